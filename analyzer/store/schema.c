/*
 * The schema: tables from tables.def, views from views.sql embedded at build.
 *
 * Each table's prose stands in front of its statement, each column's meaning
 * behind it, where `lostsyn schema`, SCHEMA.md and whoever opens the file with
 * sqlite3 find it.
 */
#include <string.h>

#include "base/arena.h"
#include "base/embedded.h"
#include "store/tables.h"

extern const struct embedded embedded_views_sql[];
extern const struct embedded embedded_former_views_sql[];

#define LINE_MAX_BYTES 80

static const char introduction[] =
	"-- evidence.sqlite: everything that one analysis knows, in the order "
	"in which it\n"
	"-- was found out. Views are the documented surface (contract section "
	"8); the\n"
	"-- tables behind them may change between versions.\n"
	"-- All times are nanoseconds since the Unix epoch. Those \"captured\" "
	"are on the\n"
	"-- clock of the capturing machine, all others on the case's reference "
	"clock.\n\n";

static const char *const kind_words[] = {
#define UNIT(name, words) words,
#define CLASS(name, words) words,
#include "store/kinds.def"
#undef UNIT
#undef CLASS
};

static const char *const writer_words[] = {
	[STORE_INGEST] = "ingest",
	[STORE_STITCH] = "stitch",
	[STORE_JUDGE] = "judge",
	[STORE_ANY] = "every stage",
};

/* Prose as comment lines of at most LINE_MAX_BYTES, broken at spaces. */
static void
append_prose(sqlite3_str *sql, const char *text)
{
	size_t used = 0;
	while (*text != '\0') {
		size_t len = strcspn(text, " ");
		if (used > 0 && used + 1 + len > LINE_MAX_BYTES) {
			sqlite3_str_appendall(sql, "\n");
			used = 0;
		}
		sqlite3_str_appendf(
			sql, "%s%.*s", used == 0 ? "-- " : " ", (int)len, text);
		used += len + (used == 0 ? 3 : 1);
		text += len + strspn(text + len, " ");
	}
	sqlite3_str_appendall(sql, "\n");
}

static void
append_column(sqlite3_str *sql, const struct store_column *c, bool last)
{
	static const char *const types[] = {
		[STORE_INT] = "INTEGER",
		[STORE_REAL] = "REAL",
		[STORE_TEXT] = "TEXT",
		[STORE_VIEW] = "TEXT",
	};
	const char *words = kind_words[c->kind];
	sqlite3_str_appendf(sql, "\t%s %s%s%s%s -- %s", c->name, types[c->type],
		c->constraint[0] != '\0' ? " " : "", c->constraint,
		last ? "" : ",", c->meaning);
	sqlite3_str_appendf(sql, words[0] != '\0' ? " [%s]\n" : "\n", words);
}

/* The CREATE TABLE statement with its comments, and a semicolon. */
static void
append_table(sqlite3_str *sql, const struct store_table *t)
{
	char *prose = sqlite3_mprintf(
		"%s Written by %s.", t->meaning, writer_words[t->writer]);
	if (prose == NULL)
		memory_exhausted();
	append_prose(sql, prose);
	sqlite3_free(prose);
	sqlite3_str_appendf(sql, "CREATE TABLE %s (\n", t->name);
	for (int i = 0; i < t->columns_count; i++)
		append_column(sql, &t->columns[i],
			i + 1 == t->columns_count && t->key[0] == '\0');
	if (t->key[0] != '\0')
		sqlite3_str_appendf(sql, "\t%s\n", t->key);
	sqlite3_str_appendf(sql, ") %s;\n\n", t->options);
}

static char *
finish(sqlite3_str *sql)
{
	char *text = sqlite3_str_finish(sql);
	if (text == NULL)
		memory_exhausted();
	return text;
}

char *
store_schema_sql(void)
{
	sqlite3_str *sql = sqlite3_str_new(NULL);
	sqlite3_str_appendall(sql, introduction);
	for (int i = 0; i < STORE_TABLES; i++)
		append_table(sql, &store_tables[i]);
	sqlite3_str_appendall(sql, embedded_views_sql[0].text);
	return finish(sql);
}

char *
store_former_sql(void)
{
	sqlite3_str *sql = sqlite3_str_new(NULL);
	for (int i = STORE_TABLES; i < STORE_TABLES_ALL; i++)
		append_table(sql, &store_tables[i]);
	sqlite3_str_appendall(sql, embedded_former_views_sql[0].text);
	return finish(sql);
}

char *
store_facts_sql(void)
{
	sqlite3_str *sql = sqlite3_str_new(NULL);
	append_table(sql, &store_tables[STORE_TABLE_facts]);
	return finish(sql);
}
