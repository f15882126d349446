/*
 * What a proof of a way cannot do without: only what its text leaves no doubt about.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "judge/way_screen.h"
#include "model/facts.h"

static void
asks(void **state)
{
	(void)state;
	static const struct {
		const char *proof;
		const char *asks;
	} rows[] = {
		{"c_syn > 0", "c_syn 1"},
		{"c_syn>1 AND s_present = 1\n", "c_syn 2,s_present 1"},
		{"-- c_ack > 0\nc_syn >= 3 -- OR 1\n AND NOT (1 OR 2)",
			"c_syn 3"},
		{"(c_syn > 0) AND s_syn > 0", "s_syn 1"},
		{"matched_by = 'OR' AND s_syn > 0", "s_syn 1"},
		{"c_syn = 0 AND s_syn > 0 AND s_ack = 0", "s_syn 1"},
		/* Doubt: nothing. */
		{"c_syn > 0 OR s_syn > 0", ""},
		{"c_syn > 0 AND s_syn = 0 OR s_ack", ""},
		{"NOT c_syn > 0", ""},
		{"c_syn > 0 IS NULL", ""},
		{"c_syn > 0.5", ""},
		{"c_syn > -1", ""},
		{"c_syn >= 0", ""},
		{"c_syn > s_syn", ""},
		{"c_syn + s_syn > 0", ""},
		{"c_sends > 0", ""},
		{"nothing > 0", ""},
		{"c_syn BETWEEN 0 AND s_syn > 0", ""},
		{"CASE WHEN 1 AND c_syn > 0 THEN 1 END", ""},
		{"\"c_syn\" > 0", ""},
		{"c_syn > 0 /* OR 1 */", ""},
		{"c_syn > 0 AND 'a", ""},
		{"c_syn >", ""},
		{"c_syn", ""},
		{"", ""},
	};
	static const char *const names[] = {
#define X(name, type, meaning) #name,
#include "model/facts.def"
#undef X
	};
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct way_ask found[WAY_ASKS_MAX];
		char text[256] = "";
		size_t len = 0;
		size_t count = way_asks(rows[i].proof, found);
		for (size_t k = 0; k < count; k++)
			len += (size_t)snprintf(text + len, sizeof text - len,
				"%s%s %lld", k > 0 ? "," : "",
				names[found[k].column],
				(long long)found[k].least);
		if (strcmp(text, rows[i].asks) != 0)
			fail_msg("%s: '%s'", rows[i].proof, text);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(asks),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
