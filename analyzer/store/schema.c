/*
 * The schema as the program carries it: schema.sql embedded at build, and the
 * `facts` table made from model/facts.def.
 */
#include <stddef.h>

#include "base/embedded.h"
#include "model/facts.h"
#include "store/store.h"

extern const struct embedded embedded_schema_sql[];
extern const struct embedded embedded_former_sql[];

const char *
store_schema_sql(void)
{
	return embedded_schema_sql[0].text;
}

const char *
store_former_sql(void)
{
	return embedded_former_sql[0].text;
}

char *
store_facts_sql(void)
{
	sqlite3_str *sql = sqlite3_str_new(NULL);
	sqlite3_str_appendall(sql,
		"-- What rules may ask about an attempt that is not clean.\n"
		"CREATE TABLE facts (\n\tattempt INTEGER PRIMARY KEY,");
	for (int i = 0; i < FACTS_COLUMNS; i++)
		sqlite3_str_appendf(sql, "\n\t%s %s%s -- %s",
			fact_columns[i].name,
			fact_columns[i].type == FACT_INT ? "INTEGER" : "TEXT",
			i + 1 < FACTS_COLUMNS ? "," : "",
			fact_columns[i].meaning);
	sqlite3_str_appendall(sql, "\n) STRICT");
	return sqlite3_str_finish(sql);
}
