/*
 * Nothing that a log line holds mentions, links, includes or ends anything in a
 * ticket, whatever system it is in.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "base/bytes.h"
#include "base/utf8.h"
#include "report/ticket_escape.h"

/* The text as the form writes it; the caller frees. */
static char *
escaped(ticket_escape *escape, const char *text, bool verbatim)
{
	char *out = NULL;
	size_t len = 0;
	struct ticket_sink t = {
		.out = open_memstream(&out, &len), .verbatim = verbatim};
	for (struct view v = view_of(text, strlen(text)); v.len > 0;) {
		uint32_t code = utf8_take(&v);
		escape(&t, code);
		t.run = code == t.previous ? t.run + 1 : 1;
		t.previous = code;
	}
	fclose(t.out);
	return out;
}

/* text comes out without any of the words behind it. */
static void
is_kept_out(ticket_escape *escape, bool verbatim, const char *text,
	const char *word)
{
	char *out = escaped(escape, text, verbatim);
	if (strstr(out, word) != NULL)
		fail_msg("'%s' became '%s'", text, out);
	free(out);
}

static void
markdown_is_kept_out(void **state)
{
	(void)state;
	static const char *const rows[][2] = {
		{"@admin", "@admin"},
		{"mail a@b.example", "@b"},
		{"see #12", "#12"},
		{"slow.", "&#8203;"},
		{"!42 ~bug %1.0 &3 $7 ^alert", "!42"},
		{"~bug", "~bug"},
		{"%\"next release\"", "%\""},
		{"http://evil.example/x", "http://"},
		{"www.evil.example", "www."},
		{"[a](javascript:alert)", "[a]("},
		{"x<img src=x>", "x<"},
		{"a | b", " | b"},
		{"`code`", "code`\n"},
		{"**bold**", "**"},
		{"&lt;script&gt;", " &lt;"},
	};
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
		is_kept_out(escape_markdown, false, rows[i][0], rows[i][1]);
	is_kept_out(escape_markdown, true, "x```\nout", "```");
}

static void
jira_is_kept_out(void **state)
{
	(void)state;
	static const char *const rows[][2] = {
		{"[~admin]", "[~"},
		{"[x|http://evil.example]", "["},
		{"http://evil.example", "http://"},
		{"{html}<script>{html}", "{"},
		{"{code}", "{code"},
		{"!http://evil.example/x.png!", "!"},
		{"a | b || c", "|"},
		{"*bold* _it_ -gone- +new+ ^up^ ~down~ ??cite??", "*"},
		{" -gone-", " -"},
		{"back\\slash", "\\"},
		{"&#123;code&#125;", "&#123;"},
	};
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
		is_kept_out(escape_jira, false, rows[i][0], rows[i][1]);
	is_kept_out(escape_jira, true, "{noformat} out {html}", "{");
}

static void
servicenow_is_kept_out(void **state)
{
	(void)state;
	static const char *const rows[][2] = {
		{"[/code]<script>", "[/code]"},
		{"<script>alert(1)</script>", "<"},
		{"\" onmouseover='x'", "\""},
		{"&lt;", "&lt;"},
		{"${gs.log}", "${"},
		{"@[sys_user:x]", "@["},
	};
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
		for (int verbatim = 0; verbatim < 2; verbatim++)
			is_kept_out(escape_servicenow, verbatim != 0,
				rows[i][0], rows[i][1]);
}

static void
slack_is_kept_out(void **state)
{
	(void)state;
	static const char *const rows[][2] = {
		{"<!channel> <!here>", "<"},
		{"<@U123ABC>", "<@"},
		{"<http://evil.example|bank>", "http://"},
		{"@channel", "@channel"},
		{"#general", "#general"},
		{"www.evil.example", "www."},
		{"```", "`"},
		{"&lt;!channel&gt;", " &lt;"},
	};
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
		is_kept_out(escape_slack, false, rows[i][0], rows[i][1]);
	is_kept_out(escape_slack, true, "<!channel>``` out", "<");
	is_kept_out(escape_slack, true, "``` <!channel> out", "```");
	char *amp = escaped(escape_slack, "&lt;", false);
	assert_string_equal(amp, "&amp;lt;");
	free(amp);
}

/* What needs no escape stays as it is: addresses, times, numbers. */
static void
plain_text_stays(void **state)
{
	(void)state;
	static const char plain[] =
		"10.1.0.9:443 lost 7 of 20, 3.5 s, since 2026-11-21T00:37:25Z";
	ticket_escape *const all[] = {escape_markdown, escape_jira,
		escape_servicenow, escape_slack, escape_text};
	for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
		char *out = escaped(all[i], plain, false);
		assert_string_equal(out, plain);
		free(out);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(markdown_is_kept_out),
		cmocka_unit_test(jira_is_kept_out),
		cmocka_unit_test(servicenow_is_kept_out),
		cmocka_unit_test(slack_is_kept_out),
		cmocka_unit_test(plain_text_stays),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
