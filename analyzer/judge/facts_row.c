/*
 * The facts that a rule's test gives, as a row of the table that rules read: its own,
 * and for the rest those of what the test calls "given" (test_given.def).
 */
#include <string.h>

#include "judge/rule_test.h"
#include "model/facts.h"

/* The value of a column in a preset, as SQL. The last row that fits wins: those
 * of "any" come first in the .def, the preset's own behind them. */
static const char *
given_value(const char *given, int column)
{
	static const struct {
		const char *preset;
		int column;
		const char *value;
	} rows[] = {
#define X(preset, column, value) {preset, FACTS_COLUMN_##column, value},
#include "judge/test_given.def"
#undef X
	};
	const char *found =
		fact_columns[column].type == FACT_INT ? "0" : "NULL";
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
		if (rows[i].column == column &&
			(strcmp(rows[i].preset, "any") == 0 ||
				strcmp(rows[i].preset, given) == 0))
			found = rows[i].value;
	return found;
}

/* The test's own value of that column, or NULL. */
static const struct test_fact *
fact_set(const struct rule_test *t, int column)
{
	for (size_t i = 0; i < t->facts_count; i++)
		if (t->facts[i].column == column)
			return &t->facts[i];
	return NULL;
}

/* A fact of the test: what the author wrote, else what the preset gives. */
static void
fact_value(sqlite3_str *sql, const struct rule_test *t, int column)
{
	const struct test_fact *fact = fact_set(t, column);
	if (fact == NULL)
		sqlite3_str_appendf(sql, ",%s", given_value(t->given, column));
	else if (fact->value == NULL)
		sqlite3_str_appendall(sql, ",NULL");
	else if (fact_columns[column].type == FACT_INT)
		sqlite3_str_appendf(sql, ",%s", fact->value);
	else
		sqlite3_str_appendf(sql, ",%Q", fact->value);
}

/* False where the database refuses a value (facts is STRICT): its message is
 * for the author. id is the row's attempt. */
bool
facts_row_insert(sqlite3 *db, const struct rule_test *t, int64_t id)
{
	sqlite3_str *sql = sqlite3_str_new(NULL);
	sqlite3_str_appendall(sql, "INSERT INTO facts (attempt");
	for (int i = 0; i < FACTS_COLUMNS; i++)
		sqlite3_str_appendf(sql, ",%s", fact_columns[i].name);
	sqlite3_str_appendf(sql, ") VALUES (%lld", id);
	for (int i = 0; i < FACTS_COLUMNS; i++)
		fact_value(sql, t, i);
	sqlite3_str_appendall(sql, ")");
	char *text = sqlite3_str_finish(sql);
	if (text == NULL)
		memory_exhausted();
	bool ok = sqlite3_exec(db, text, NULL, NULL, NULL) == SQLITE_OK;
	sqlite3_free(text);
	return ok;
}
