/*
 * Sessions split at their prompts, each form that people paste.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "parsers/transcript/transcript.h"

/* One part as "line host|command|first line of the body". */
static void
expect_parts(const char *text, const char *const *wanted)
{
	size_t len = strlen(text);
	uint8_t *bytes = malloc(len + 1);
	assert_non_null(bytes);
	memcpy(bytes, text, len);
	struct transcript t;
	struct transcript_part p;
	transcript_open(&t, view_of(bytes, transcript_clean(bytes, len)));
	for (; *wanted != NULL; wanted++) {
		char got[256];
		assert_true(transcript_next(&t, &p));
		snprintf(got, sizeof got, "%u %.*s|%.*s|%.*s", (unsigned)p.line,
			(int)p.host.len, (const char *)p.host.data,
			(int)p.command.len, (const char *)p.command.data,
			(int)(p.body.len > 12 ? 12 : p.body.len),
			(const char *)p.body.data);
		char *end = strchr(got, '\n');
		if (end != NULL)
			*end = '\0';
		assert_string_equal(got, *wanted);
	}
	assert_false(transcript_next(&t, &p));
	free(bytes);
}

#define PARTS(...) ((const char *const[]){__VA_ARGS__, NULL})
#define NO_PARTS ((const char *const[]){NULL})

static void
prompts_name_the_machine(void **state)
{
	(void)state;
	expect_parts("[root@gw ~]# conntrack -S\ncpu=0\n"
		     "[root@gw ~]# ss -ltn\nState\n[root@gw ~]#\n",
		PARTS("2 gw|conntrack -S|cpu=0", "4 gw|ss -ltn|State"));
	expect_parts("adm@web-01:~$ sudo nstat -az | grep Listen\nTcp 1\n"
		     "root@web-02:/var/log# date\nSat\n",
		PARTS("2 web-01|nstat -az|Tcp 1", "4 web-02|date|Sat"));
	expect_parts(
		"ops@mac ~ % ss -s\nTotal\nPS C:\\x> netstat -an\nActive\n",
		PARTS("2 mac|ss -s|Total", "4 mac|netstat -an|Active"));
	expect_parts("web-01:~ # ss -ltn\nState\nfw# conntrack -C\n12\n",
		PARTS("2 web-01|ss -ltn|State", "4 fw|conntrack -C|12"));
}

static void
bare_prompts_need_a_command(void **state)
{
	(void)state;
	expect_parts("# ss -ltn\nState\n# ss output below\n$ nstat\n#kernel\n",
		PARTS("2 |ss -ltn|State", "5 |nstat|#kernel"));
	/* Where prompts name machines, "# date" is output. */
	expect_parts("root@gw:~# cat notes\n# date\nx\n",
		PARTS("2 gw|cat notes|# date"));
}

static void
wrappers_are_taken_off(void **state)
{
	(void)state;
	expect_parts("a@b:~$ ssh -p 22 root@web-01 'conntrack -S | head'\n1\n"
		     "a@b:~$ kubectl exec -n x -it web-0 -c web -- ss -ltn\n2\n"
		     "a@b:~$ sudo -u root ip netns exec blue ss -ltn\n3\n"
		     "a@b:~$ date\n4\n",
		PARTS("2 web-01|conntrack -S|1", "4 web-0|ss -ltn|2",
			"6 blue|ss -ltn|3", "8 b|date|4"));
}

static void
loops_have_headers(void **state)
{
	(void)state;
	expect_parts("a@b:~$ for h in web-01 web-02; do echo \"== $h ==\"; "
		     "ssh $h conntrack -S; done\n== web-01 ==\n1\n"
		     "== web-02 ==\n2\na@b:~$ ss\n3\n",
		PARTS("3 web-01|conntrack -S|1", "5 web-02|conntrack -S|2",
			"7 b|ss|3"));
	expect_parts("### web-01\nx\n### web-02: ss -ltn\ny\n### Summary\nz\n",
		PARTS("2 web-01||x", "4 web-02|ss -ltn|y"));
	expect_parts(
		"web01 | CHANGED | rc=0 >>\n1\nweb02 | FAILED | rc=1 >>\n2\n",
		PARTS("2 web01||1", "4 web02||2"));
}

static void
outside_of_fences_is_prose(void **state)
{
	(void)state;
	expect_parts("On it `ss -ltn` said:\n```\nState\n```\nand more\n"
		     "```console\n$ nstat\n#kernel\n```\nbye\n",
		PARTS("3 |ss -ltn|State", "8 |nstat|#kernel"));
}

static void
terminals_are_cleaned(void **state)
{
	(void)state;
	expect_parts("Script started on x\r\n\033]0;t\007\033[01;32mroot@gw"
		     "\033[00m:~# sss\b\033[K -ltn\r\nState\r\n"
		     "root@gw:~# exit\r\nScript done on y\r\n",
		PARTS("3 gw|ss -ltn|State"));
	expect_parts("> root@gw:~# ss\n> State\n> root@gw:~# date\n> Sat\n",
		PARTS("2 gw|ss|State", "4 gw|date|Sat"));
}

static void
logs_are_one_part_or_none(void **state)
{
	(void)state;
	assert_int_equal(transcript_marks(view_str(
				 "# comment\n$ price\nNov 20 a b: c\n")),
		0);
	assert_int_equal(transcript_marks(view_str("")), 0);
	expect_parts("", NO_PARTS);
	expect_parts("\n\n", NO_PARTS);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(prompts_name_the_machine),
		cmocka_unit_test(bare_prompts_need_a_command),
		cmocka_unit_test(wrappers_are_taken_off),
		cmocka_unit_test(loops_have_headers),
		cmocka_unit_test(outside_of_fences_is_prose),
		cmocka_unit_test(terminals_are_cleaned),
		cmocka_unit_test(logs_are_one_part_or_none),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
