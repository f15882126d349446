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
#include "parsers/transcript/unfold.h"

/* One part as "line host|command|first line of the body"; a host that may be none
 * as "host?". */
static void
expect_parts(const char *text, const char *const *wanted)
{
	size_t len = strlen(text);
	uint8_t *bytes = malloc(len + 1);
	assert_non_null(bytes);
	memcpy(bytes, text, len);
	struct arena a = {0};
	struct transcript_text whole;
	struct transcript t;
	struct transcript_part p;
	transcript_unfold(
		view_of(bytes, transcript_clean(bytes, len)), &a, &whole);
	transcript_open(&t, whole.text);
	for (; *wanted != NULL; wanted++) {
		char got[256];
		assert_true(transcript_next(&t, &p));
		snprintf(got, sizeof got, "%u %.*s%s|%.*s|%.*s",
			(unsigned)whole.lines[p.line - 1],
			p.several ? 1 : (int)p.host.len,
			p.several ? "?" : (const char *)p.host.data,
			p.unsure ? "?" : "", (int)p.command.len,
			(const char *)p.command.data,
			(int)(p.body.len > 12 ? 12 : p.body.len),
			(const char *)p.body.data);
		char *end = strchr(got, '\n');
		if (end != NULL)
			*end = '\0';
		assert_string_equal(got, *wanted);
	}
	assert_false(transcript_next(&t, &p));
	arena_release(&a);
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
		PARTS("2 mac|ss -s|Total", "4 |netstat -an|Active"));
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
	/* Before the first of these, "$" is the prompt of somebody else. */
	expect_parts("$ kubectl logs web-0\nx\nroot@gw:~# ss -ltn\nState\n",
		PARTS("2 |kubectl logs web-0|x", "4 gw|ss -ltn|State"));
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
		PARTS("2 web-01||x", "4 web-02|ss -ltn|y", "6 web-02||z"));
	expect_parts(
		"web01 | CHANGED | rc=0 >>\n1\nweb02 | FAILED | rc=1 >>\n2\n",
		PARTS("2 web01||1", "4 web02||2"));
}

/* Drawn as headers that name machines: it may be another machine's, and is not
 * the last one's. */
static void
a_header_may_name_no_machine(void **state)
{
	(void)state;
	expect_parts(
		"== db-01 ==\n1\n== gateway ==\n2\n== the other box ==\n3\n"
		"== web-01 ==\n4\n== kernel messages ==\n5\n",
		PARTS("2 db-01||1", "4 gateway?||2", "6 ?||3", "8 web-01||4",
			"10 web-01||5"));
	/* A prompt without a name is where the header said. */
	expect_parts("--- db-01 ---\n# ss -s\n1\n--- cache ---\n# ss -s\n2\n",
		PARTS("3 db-01|ss -s|1", "6 cache?|ss -s|2"));
	/* Drawn otherwise, and what tail -f prints. */
	expect_parts("==> db-01 <==\n1\n=== other ===\n2\n"
		     "==> /var/log/messages <==\n3\n",
		PARTS("2 db-01||1", "6 db-01||3"));
}

static void
outside_of_fences_is_prose(void **state)
{
	(void)state;
	expect_parts("On it `ss -ltn` said:\n```\nState\n```\nand more\n"
		     "```console\n$ nstat\n#kernel\n```\nbye\n",
		PARTS("3 |ss -ltn|State", "8 |nstat|#kernel"));
	expect_parts("On `db-02` I ran `ss -ltn`:\n```\nState\n```\n"
		     "and on web-01:\n```\n# nstat\n#kernel\n```\n"
		     "on Tuesday:\n```\n# ss -s\nTotal\n```\n",
		PARTS("3 db-02|ss -ltn|State", "8 web-01|nstat|#kernel",
			"13 web-01|ss -s|Total"));
}

/* What a recording of a terminal wrote, event by event; what was typed is not
   told twice, and what is no recording stays. */
static void
recordings_are_played(void **state)
{
	(void)state;
	static const struct {
		const char *text;
		const char *played;
	} cases[] = {
		{"{\"version\": 2, \"width\": 80}\n"
		 "[0.1, \"o\", \"[root@db-02 ~]# \"]\n"
		 "[0.2, \"i\", \"u\"]\n"
		 "[0.2, \"o\", \"u\"]\n"
		 "[0.3,\"o\",\"\\u001b[1mname\\u001b[0m "
		 "\\\"\\u00e9\\ud83d\\ude00\\\"\\r\\n\"]\n"
		 "[0.4, \"r\", \"100x50\"]\n"
		 "[0.5, \"o\", \"Linux\\r\\ncut",
			"[root@db-02 ~]# uname \"\xc3\xa9\xf0\x9f\x98\x80\"\n"
			"Linux\ncut"},
		{"{\"version\":3,\"term\":{}}\n[0, \"o\", \"\\ud800x\\u12\"]\n",
			"\xef\xbf\xbdx12"},
		{"{\"version\": 2}\n{\"level\": \"error\"}\n",
			"{\"version\": 2}\n{\"level\": \"error\"}\n"},
		{"{\"version\": 21}\n[1, \"o\", \"x\"]\n",
			"{\"version\": 21}\n[1, \"o\", \"x\"]\n"},
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		uint8_t bytes[512];
		size_t len = strlen(cases[i].text);
		memcpy(bytes, cases[i].text, len);
		len = transcript_clean(bytes, len);
		assert_int_equal(len, strlen(cases[i].played));
		assert_memory_equal(bytes, cases[i].played, len);
	}
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
	/* Written over, inserted, deleted, and the pen's places in UTF-8. */
	expect_parts("root@gw:~# sx\bs -x\b\b-ltn\r\nState\r\n",
		PARTS("2 gw|ss -ltn|State"));
	expect_parts("root@gw:~# s -ltn\033[5D\033[1@s\r\nState\n",
		PARTS("2 gw|ss -ltn|State"));
	expect_parts("root@gw:~# ss \303\244-ltn\033[5D\033[P\033[9C\nA\n",
		PARTS("2 gw|ss -ltn|A"));
	expect_parts("wrong line\rroot@gw:~# ss\033[K\nState\n",
		PARTS("2 gw|ss|State"));
}

/* Pages, and texts in documents of JSON. */
static void
documents_are_read(void **state)
{
	(void)state;
	expect_parts("<p>On <code>web-1</code>:</p><pre># ss\nA &lt;b&#x3e;"
		     "</pre><pre># nstat\nc</pre>",
		PARTS("4 web-1|ss|A <b>", "8 web-1|nstat|c"));
	expect_parts("<!DOCTYPE html><title># x\n</title>root@gw:~# ss<br>a"
		     "<!-- <br>root@gw:~# date -->&copy;&nbsp;b</p>",
		PARTS("2 gw|ss|a&copy; b"));
	expect_parts("<html><script>\"</p>\"</script><p\nclass=x>root@gw:~# ss"
		     "<br>1 < 2 <",
		PARTS("2 gw|ss|1 < 2 <"));
	expect_parts(
		"{\"hosts\": {\"web-1\": {\"cmd\": \"ss -ltn\",\n\"stdout\":"
		" \"a\\nb\",\n\"stdout_lines\": [\"a\"]}}}\n",
		PARTS("2 web-1|ss -ltn|a"));
	expect_parts("{\"InstanceId\": \"i-0a\", \"StandardOutputContent\":"
		     " \"a\\nb",
		PARTS("1 i-0a||a"));
}

/* What tools print of many machines: each line is of the machine that said it,
 * and what nobody said is nobody's ("?"). */
static void
machines_are_told_apart(void **state)
{
	(void)state;
	expect_parts("[r@m ~]# clush -w web-[1-2] 'ss -ltn | head'\nweb-1: a\n"
		     "web-2: b\nweb-1: c\n[r@m ~]# date\nx\n",
		PARTS("2 web-1|ss -ltn|a", "3 web-2|ss -ltn|b", "6 m|date|x"));
	expect_parts("$ pdsh -w web-1 nstat\npdsh@m: web-2: exited\nweb-1: a\n",
		PARTS("2 ?|nstat|pdsh@m: web-", "3 web-1|nstat|a"));
	expect_parts("$ knife ssh 'role:app' 'ss -ltn'\nweb-1.x a\nweb-2.x b\n"
		     "web-1.x c\n",
		PARTS("2 web-1.x|ss -ltn|a", "3 web-2.x|ss -ltn|b"));
	expect_parts("web-1: a\nweb-1: b\nweb-2:\n", PARTS("1 web-1||a"));
	expect_parts("-----\nweb-1\n-----\na\n-----\nweb-[2-4] (3)\n-----\nb\n",
		PARTS("4 web-1||a", "8 ?||b"));
	expect_parts("$ for h in a1 b2; do echo $h; ssh $h nstat; done\n"
		     "a1\nx\nb2\ny\nc3\n",
		PARTS("3 a1|nstat|x", "5 b2|nstat|y"));
	expect_parts("$ for h in a1 b2; do ssh $h nstat; done\nx\ny\n$ ss\nz\n",
		PARTS("2 ?|nstat|x", "5 |ss|z"));
	expect_parts("r@m:~$ for h in a b; do\n> echo \"-- $h --\"\n"
		     "> ssh $h 'date; nstat'\n> done\n-- a --\nx\n-- b --\ny\n",
		PARTS("6 a|nstat|x", "8 b|nstat|y"));
	expect_parts("w1.x | CHANGED | rc=0 | (stdout) a\\nb (stderr) c\n",
		PARTS("1 w1.x||a"));
	expect_parts("ok: [web-1] => {\n  \"o.stdout\": \"a\\tb\\nc\"\n}\n"
		     "PLAY RECAP ***\n",
		PARTS("2 web-1||a\tb"));
	expect_parts("[1] 00:37:25 [SUCCESS] root@web-2:22\na\n",
		PARTS("2 web-2||a"));
	expect_parts("web-1:\n    a\nweb-2:\n    b\n",
		PARTS("2 web-1||a", "4 web-2||b"));
}

/* Headers name machines, commands and times; traces and watch do as well. */
static void
headers_have_many_forms(void **state)
{
	(void)state;
	expect_parts(
		"=== web-1 : ss ===\na\n## HOST: web-2 ##\n## nstat ##\nb\n",
		PARTS("2 web-1|ss|a", "5 web-2|nstat|b"));
	expect_parts("+ hostname\nweb-1\n+ date\nSat\n+ ss -ltn\na\n",
		PARTS("2 |hostname|web-1", "4 web-1|date|Sat",
			"6 web-1|ss -ltn|a"));
	expect_parts(
		"$ watch -n5 nstat\nEvery 5.0s: nstat     web-1: Sat Nov 21 "
		"00:37:20 2026\n\na\n",
		PARTS("4 web-1|nstat|a"));
	expect_parts(
		"r@m:~$ kubectl debug node/n-3 -it --image=x -- chroot /host "
		"nstat\nCreating debugging pod node-debugger-1\na\n",
		PARTS("3 n-3|nstat|a"));
	expect_parts(
		"TASK [debug] ***\nchanged: [web-1]\na\n", PARTS("3 web-1||a"));
}

/* Devices of networks and Windows: their modes, with a blank and without. */
static void
devices_have_prompts(void **state)
{
	(void)state;
	expect_parts("fw01#show conn\na\nfw01/ctx(config)# sh run\nb\n"
		     "sw1>show tcp brief\nc\nadmin@srx> show log messages\nd\n"
		     "<core-1>display tcp status\ne\n",
		PARTS("2 fw01|show conn|a", "4 fw01|sh run|b",
			"6 sw1|show tcp brief|c", "8 srx|show log messages|d",
			"10 core-1|display tcp status|e"));
	expect_parts(
		"FGT60F # diagnose sys session list\na\n"
		"FGT60F (vdom1) # get system status\nb\n"
		"[admin@gw] > /ip address print\nc\n"
		"C:\\Users\\x>netstat -s -p tcp\nd\nPS C:\\> netstat -an\ne\n",
		PARTS("2 FGT60F|diagnose sys session list|a",
			"4 FGT60F|get system status|b",
			"6 gw|/ip address print|c", "8 |netstat -s -p tcp|d",
			"10 |netstat -an|e"));
	expect_parts("a1#b showing\n<p>show me</p>\nx > show y\n",
		PARTS("1 ||a1#b showing"));
}

/* Prompts of two lines, with arrows, branches, and commands of several lines. */
static void
prompts_have_many_forms(void **state)
{
	(void)state;
	expect_parts("\u250c\u2500\u2500(root\u327fweb-1)-[~]\n"
		     "\u2514\u2500# ss -ltn\na\n",
		PARTS("3 web-1|ss -ltn|a"));
	expect_parts("\u256d\u2500root@web-1 ~\n\u2570\u2500# nstat\na\n",
		PARTS("3 web-1|nstat|a"));
	expect_parts(
		"\u279c  ~ ss -ltn\na\n\u279c  x git:(main) \u2717 nstat\nb\n"
		"\u276f ss -s\nc\n",
		PARTS("2 |ss -ltn|a", "4 |nstat|b", "6 |ss -s|c"));
	expect_parts("web-1 in ~ took 2s\n\u276f ss -ltn\na\n\n"
		     "root in \U0001f310 db-2 in /var/log\n\u276f nstat\nb\n"
		     "\n\u276f ss -s\nc\nr@web-3 ~/x main\n\u276f ss\nd\n",
		PARTS("3 web-1|ss -ltn|a", "7 db-2|nstat|b", "13 web-3|ss|d"));
	expect_parts(
		"(prod) r@m:~/k8s (main) $ kubectl exec w-0 -- ss -ltn\na\n"
		"[prod|shop] r@m:~$ nstat\nb\n",
		PARTS("2 w-0|ss -ltn|a", "4 m|nstat|b"));
	expect_parts("r@m:~$ nstat -az \\\n> TcpExtListenDrops\na\n",
		PARTS("3 m|nstat -az  TcpExtListenDrops|a"));
}

/* What a ticket or a mail puts around: quotes, indents, fences on one line. */
static void
tickets_are_unwrapped(void **state)
{
	(void)state;
	expect_parts(
		"On Sat J. wrote:\n> r@m:~# ss\n> a\n> > r@n:~# ss\n> > b\n"
		"\nThanks\n",
		PARTS("1 ||On Sat J. wr", "3 m|ss|a", "5 n|ss|b"));
	expect_parts(
		"Hello:\n\n    r@m:~# ss\n    a\n      b\n    r@m:~# nstat\n"
		"    c\n",
		PARTS("1 ||Hello:", "4 m|ss|a", "7 m|nstat|c"));
	expect_parts("see\n```r@m:~# ss\na```\nand\n{noformat}r@n:~# ss\nb\n"
		     "{noformat}\nbye\n",
		PARTS("3 m|ss|a", "6 n|ss|b"));
}

/* The date that was printed last, and on another machine none. */
static void
dates_go_along(void **state)
{
	static const char text[] = "r@m:~# date; nstat\n"
				   "Sat Nov 21 00:37:20 UTC 2026\na\n"
				   "r@m:~# ss\nb\nr@n:~# ss\nc\n";
	static const char date[] = "Sat Nov 21 00:37:20 UTC 2026";
	struct transcript t;
	struct transcript_part p;
	(void)state;
	transcript_open(&t, view_str(text));
	assert_true(transcript_next(&t, &p) && view_is(p.when, date));
	assert_true(transcript_next(&t, &p) && view_is(p.when, date));
	assert_true(transcript_next(&t, &p) && p.when.len == 0);
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

/* Only dates part a loop's output; a date further down parts nothing, and where
 * there are prompts they do. */
static void
dated_loops_are_parted(void **state)
{
	(void)state;
	expect_parts("Sat Nov 21 00:37:10 UTC 2026\n#kernel\nTcpInSegs 1 0.0\n"
		     "Sat Nov 21 00:37:11 UTC 2026\n#kernel\nTcpInSegs 2 0.0\n",
		PARTS("2 ||#kernel", "5 ||#kernel"));
	expect_parts("#kernel\nSat Nov 21 00:37:10 UTC 2026\nTcpInSegs 1 0.0\n"
		     "Sat Nov 21 00:37:11 UTC 2026\nTcpInSegs 2 0.0\n",
		PARTS("1 ||#kernel"));
	expect_parts("Sat Nov 21 00:37:10 UTC 2026\nroot@gw:~# ss -s\nTotal\n"
		     "Sat Nov 21 00:37:11 UTC 2026\n",
		PARTS("1 ||Sat Nov 21 0", "3 gw|ss -s|Total"));
}

/* NUL would end what is made of a text before its end. */
static void
no_nul_is_left(void **state)
{
	(void)state;
	uint8_t bytes[] = "r@m:~# nst\0at \\\n\0> -az\na\n";
	size_t len = transcript_clean(bytes, sizeof bytes - 1);
	assert_null(memchr(bytes, '\0', len));
	assert_memory_equal(bytes, "r@m:~# nstat \\\n> -az\na\n", len);
}

static void
documents_share_lines(void **state)
{
	(void)state;
	expect_parts("{\"host\": \"web-1\", \"cmd\": \"ss -ltn\", \"stdout\": "
		     "\"a\\n\"}, {\"host\": \"web-2\", \"cmd\": \"ss -ltn\", "
		     "\"stdout\": \"b\\n\"} rest\n",
		PARTS("1 web-1|ss -ltn|a", "1 web-2|ss -ltn|b"));
}

static size_t
fill(char *out, size_t n, const char *front, const char *again)
{
	size_t len = strlen(front);
	memcpy(out, front, len);
	for (size_t step = strlen(again); len + step < n; len += step)
		memcpy(out + len, again, step);
	out[len] = '\0';
	return len;
}

/* Half a megabyte of what opens and never closes takes a moment, and not the
 * square of one. */
static void
what_never_ends_is_looked_for_once(void **state)
{
	(void)state;
	static const char *const cases[][2] = {
		{"<html><body>\n", "<title>"},
		{"<html><body>\n", "<svg></p>"},
		{"{\"text\": \"\\n\\n", "<http"},
		{"{\"stdout\": \"\\n\"}\n", "[\n{\"a\":"},
		{"", "\x1b]"},
	};
	static char text[512 * 1024];
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		size_t len = fill(text, sizeof text, cases[i][0], cases[i][1]);
		struct arena a = {0};
		struct transcript_text whole;
		len = transcript_clean((uint8_t *)text, len);
		transcript_unfold(view_of(text, len), &a, &whole);
		arena_release(&a);
	}
}

/* A document's texts have no more lines than a file may have. */
static void
lines_of_documents_are_bounded(void **state)
{
	(void)state;
	struct arena a = {0};
	struct unfold out = {.arena = &a};
	unfold_json(view_str("{\"stdout\": \"1\\n2\\n3\\n4\\n\"}\n"), 3, &out);
	assert_int_equal(out.count, 3);
	free(out.list);
	arena_release(&a);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(prompts_name_the_machine),
		cmocka_unit_test(bare_prompts_need_a_command),
		cmocka_unit_test(wrappers_are_taken_off),
		cmocka_unit_test(loops_have_headers),
		cmocka_unit_test(a_header_may_name_no_machine),
		cmocka_unit_test(outside_of_fences_is_prose),
		cmocka_unit_test(recordings_are_played),
		cmocka_unit_test(terminals_are_cleaned),
		cmocka_unit_test(documents_are_read),
		cmocka_unit_test(machines_are_told_apart),
		cmocka_unit_test(headers_have_many_forms),
		cmocka_unit_test(devices_have_prompts),
		cmocka_unit_test(prompts_have_many_forms),
		cmocka_unit_test(tickets_are_unwrapped),
		cmocka_unit_test(dates_go_along),
		cmocka_unit_test(dated_loops_are_parted),
		cmocka_unit_test(logs_are_one_part_or_none),
		cmocka_unit_test(no_nul_is_left),
		cmocka_unit_test(documents_share_lines),
		cmocka_unit_test(what_never_ends_is_looked_for_once),
		cmocka_unit_test(lines_of_documents_are_bounded),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
