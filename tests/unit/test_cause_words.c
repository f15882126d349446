/*
 * Which words a piece of evidence cannot do without: only those of which its text
 * leaves no doubt.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "judge/cause.h"

/* The words by group, "a,b;c"; + for one that rose, ? for one read once, ~ for a text
 * within a scope. */
static void
words_text(const struct evidence *e, char out[static 256])
{
	static const char *const marks[] = {
		[COUNTER_ANY] = "", [COUNTER_ROSE] = "+", [COUNTER_ONCE] = "?"};
	size_t len = 0;
	out[0] = '\0';
	for (size_t i = 0; i < e->words_count; i++)
		len += (size_t)snprintf(out + len, 256 - len, "%s%s%.*s",
			i == 0 ? ""
				: e->words[i].group == e->words[i - 1].group
				? ","
				: ";",
			e->words[i].within ? "~" : marks[e->words[i].state],
			(int)e->words[i].len, e->words[i].at);
}

static void
conditions(void **state)
{
	(void)state;
	static const struct {
		const char *where;
		const char *words;
	} rows[] = {
		{"name = 'a'", "a"},
		{"name IN ('a', 'b')", "a,b"},
		{"sure AND name='a' -- 'b' AND name = 'c'\n", "a"},
		{"kind IN ('a') AND counter = 'b' AND delta > 0", "+a;+b"},
		{"counter = 'b' AND delta IS NULL", "?b"},
		{"delta > 0 AND counter IN ('a', 'b')", "+a,+b"},
		{"counter = 'b' AND instr(scope, 'x')", "b;~x"},
		{"counter = 'b' AND (instr(scope, 'x') OR instr(scope, 'y')) "
		 "AND delta > 0",
			"+b;~x,~y"},
		{"name = 'a' AND (x OR name = 'b')", "a"},
		/* Doubt: nothing. */
		{"name = 'a' AND delta > 01", "a"},
		{"name = 'a' AND delta > 0 OR sure", ""},
		{"name = 'a' AND NOT delta > 0", "a"},
		{"name = 'a' AND delta > 0 = sure", "a"},
		{"name = 'a' AND delta IS NOT NULL", "a"},
		{"name = 'a' AND delta IS NULL IS NULL", "a"},
		{"name = 'a' AND (delta > 0 OR sure)", "a"},
		{"name = 'a' AND x.delta > 0", "a"},
		{"name = 'a' AND instr(scope, 'x') = 0", "a"},
		{"name = 'a' AND (instr(scope, 'x') OR sure)", "a"},
		{"name = 'a' AND (instr(scope, 'x') = 0 OR instr(scope, 'y'))",
			"a"},
		{"name = 'a' AND instr(text, 'x')", "a"},
		{"name = 'a' AND instr(scope, lower('X'))", "a"},
		{"name = 'a' AND NOT (instr(scope, 'x') OR instr(scope, 'y'))",
			"a"},
		{"name = 'a' AND (instr(scope, 'x')", "a"},
		{"name = 'a' OR sure", ""},
		{"sure OR name = 'a'", ""},
		{"NOT name = 'a'", ""},
		{"name <> 'a'", ""},
		{"name NOT IN ('a')", ""},
		{"name = 'a' || 'b'", ""},
		{"name = 'a' COLLATE NOCASE", ""},
		{"name IN ('a', lower('B'))", ""},
		{"name IN (SELECT 'a')", ""},
		{"name = 'a''b'", ""},
		{"name = 'a", ""},
		{"\"name\" = 'a'", ""},
		{"sure /* AND name = 'a' */", ""},
		{"line BETWEEN 1 AND name = 'a'", ""},
		{"CASE WHEN 1 AND name = 'a' THEN 1 END", ""},
		{"x.name = 'a'", ""},
		{"text = 'a'", ""},
		{"name = 'a' = 0", ""},
		{"", ""},
		{"name", ""},
		{"name =", ""},
		{"name IN ('a',", ""},
	};
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct arena arena = {0};
		struct evidence e = {0};
		char text[256];
		evidence_words_of_condition(&e, rows[i].where, &arena);
		words_text(&e, text);
		if (strcmp(text, rows[i].words) != 0)
			fail_msg("%s: '%s'", rows[i].where, text);
		arena_release(&arena);
	}
}

static void
selects(void **state)
{
	(void)state;
	static const struct {
		const char *sql;
		const char *words;
	} rows[] = {
		{"SELECT * FROM near_events WHERE name = 'a'", "a"},
		{"SELECT * FROM near_events e JOIN scope s ON s.attempt = "
		 "e.attempt WHERE e.name = 'a' AND s.determined",
			"a"},
		{"SELECT * FROM host_counters AS c, host_counters d WHERE "
		 "c.counter = 'a' AND d.counter IN ('b', 'c') GROUP BY "
		 "c.subject HAVING max(d.delta) = 0",
			"a;b,c"},
		{"SELECT * FROM host_counters c, host_counters d WHERE "
		 "c.counter = 'a' AND d.counter = 'b' AND d.delta > 0",
			"a;+b"},
		{"SELECT * FROM host_counters c JOIN scope s WHERE "
		 "c.counter = 'a' AND (instr(c.scope, 'x') OR instr(c.scope, "
		 "'y')) AND c.delta IS NULL",
			"?a;~x,~y"},
		{"SELECT * FROM host_counters c JOIN scope s WHERE "
		 "c.counter = 'a' AND instr(s.scope, 'x') AND s.delta > 0",
			"a"},
		{"SELECT (SELECT 1 FROM x WHERE name = 'z') FROM host_events "
		 "WHERE name = 'a' ORDER BY 1",
			"a"},
		/* Whatever a subquery calls so is no name of a file's. */
		{"SELECT * FROM (SELECT 1 AS name) n WHERE n.name = 'a'", ""},
		{"SELECT * FROM scope s JOIN (SELECT 1 AS name) n "
		 "WHERE name = 'a'",
			""},
		{"SELECT * FROM near_events e WHERE EXISTS (SELECT 1 FROM "
		 "host_counters c WHERE c.counter = 'a')",
			""},
		{"SELECT * FROM near_events WHERE name = 'a' UNION ALL SELECT "
		 "* FROM host_events",
			""},
		{"WITH near_events AS (SELECT 1 AS name) SELECT * FROM "
		 "near_events WHERE name = 'a'",
			""},
		{"SELECT * FROM near_events", ""},
		{"SELECT", ""},
		{"SELECT * FROM", ""},
		{"SELECT * FROM near_events WHERE", ""},
	};
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct arena arena = {0};
		struct evidence e = {0};
		char text[256];
		evidence_words_of_select(&e, rows[i].sql, &arena);
		words_text(&e, text);
		if (strcmp(text, rows[i].words) != 0)
			fail_msg("%s: '%s'", rows[i].sql, text);
		arena_release(&arena);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(conditions),
		cmocka_unit_test(selects),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
