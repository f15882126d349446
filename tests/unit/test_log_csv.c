/*
 * Exports of log stores: which column of a CSV is what, rows, and what is none;
 * the pairs of Loki's answers.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "test_log_text.h"

#define KIBANA "@timestamp,host.name,process.name,message\n"
#define LOKI "Time,tsNs,labels,Line\n"
#define LOKI_ROW(line)                                     \
	"2026-11-20T23:41:22.191569Z,1795218082191569000," \
	"\"{host=\"\"db-02\"\", job=\"\"syslog\"\"}\"," line

static const struct {
	const char *file;
	const char *reading; /* of its second line */
} rows[] = {
	{KIBANA "\"Nov 20, 2026 @ 23:41:22.191\",db-02,kernel,\"eth0: a, b\"\n",
		"stamped, local 2026-11-20T23:41:22.191Z, second none, host "
		"'db-02' tag 'kernel' pid '' sev - | eth0: a, b"},
	{KIBANA "\"Nov 20, 2026 @ 23:41:22.191\",-,app,\"said \"\"no\"\" "
		"twice\"\n",
		"stamped, local 2026-11-20T23:41:22.191Z, second none, host "
		"'' tag 'app' pid '' sev - | said \"no\" twice"},
	{LOKI LOKI_ROW("\"Nov 20 23:41:22 db-02 kernel: eth0: \"\"x\"\"\"\n"),
		"stamped+syslog, utc 2026-11-20T23:41:22.191569Z, second "
		"no-year 2028-11-20T23:41:22Z, host 'db-02' tag 'kernel' pid "
		"'' sev - | eth0: \"x\""},
	/* a firewall's columns */
	{"__timestamp__,action,dst,dstport,interface,protoname,src,srcport,"
	 "tcpflags\n"
	 "2026-11-20T23:41:22,block,192.0.2.9,443,em0,tcp,192.0.2.7,51000,S\n",
		"stamped, local 2026-11-20T23:41:22Z, second none, host '' tag "
		"'' pid '' sev - | action=\"block\" dst=\"192.0.2.9\" "
		"dport=\"443\" proto=\"tcp\" src_ip=\"192.0.2.7\" "
		"sport=\"51000\" tcpflags=\"S\" "},
	{"#Fields: time date dst-ip dst-port src-ip src-port action protocol\n"
	 "23:41:22 2026-11-20 192.0.2.9 443 192.0.2.7 51000 DROP TCP\n",
		"stamped, utc 2026-11-20T23:41:22Z, second none, host '' tag "
		"'' pid '' sev - | dst=\"192.0.2.9\" dport=\"443\" "
		"src_ip=\"192.0.2.7\" sport=\"51000\" action=\"DROP\" "
		"proto=\"TCP\" "},
	{"\"TimeGenerated "
	 "[UTC]\",\"Computer\",\"SyslogMessage\",\"ProcessName\"\n"
	 "\"2026-11-20T23:41:22.191Z\",\"db-02\",\"eth0: up\",\"kernel\"\n",
		"stamped, utc 2026-11-20T23:41:22.191Z, second none, host "
		"'db-02' tag 'kernel' pid '' sev - | eth0: up"},
	{"\"Date\",\"Host\",\"Service\",\"Message\"\n"
	 "\"2026-11-20T23:41:22.191Z\",\"db-02\",\"kernel\",\"eth0: up\"\n",
		"stamped, utc 2026-11-20T23:41:22.191Z, second none, host "
		"'db-02' tag 'kernel' pid '' sev - | eth0: up"},
	/* the text in front, and a host of its own column */
	{"_raw,_time,host\n\"link, down\",2026-11-20T23:41:22.191+0000,db-02\n",
		"stamped, utc 2026-11-20T23:41:22.191Z, second none, host "
		"'db-02' tag '' pid '' sev - | link, down"},
};

static void
second_line(const char *file, char text[RECORD_TEXT_MAX])
{
	struct log_guess guess = log_recognise(view_str(file));
	struct log_reader *r = log_new_for(&guess);
	struct log_record record;
	const char *line = strchr(file, '\n') + 1;
	log_parse_line(r, view_of(line, strcspn(line, "\n")), &record);
	record_text(&record, text);
	log_free(r);
}

static void
rows_are_read(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		char text[RECORD_TEXT_MAX];
		second_line(rows[i].file, text);
		assert_string_equal(text, rows[i].reading);
	}
}

/* No host comes of a row that does not fit its header, nor without a header. */
static void
near_misses_have_no_host(void **state)
{
	(void)state;
	static const char *const files[] = {
		/* a field more than the header, one less, an open quote */
		KIBANA "\"Nov 20, 2026 @ 23:41:22.191\",db-02,kernel,a,b\n",
		KIBANA "\"Nov 20, 2026 @ 23:41:22.191\",db-02,kernel\n",
		KIBANA "\"Nov 20, 2026 @ 23:41:22.191\",db-02,kernel,\"a\n",
		/* a quote within a field is no end of it */
		KIBANA "\"Nov 20, 2026 @ 23:41:22.191\"x,db-02,kernel,a\n",
		/* the time is none */
		KIBANA "yesterday,db-02,kernel,a\n",
		/* no text, no time, no header */
		"@timestamp,host.name,bytes\n2026-11-20T23:41:22Z,db-02,7\n",
		"host.name,message\ndb-02,a\n",
		"first line\n2026-11-20 23:41:22.000,db-02,kernel,a\n",
	};
	for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
		char text[RECORD_TEXT_MAX];
		second_line(files[i], text);
		if (strstr(text, "host 'db-02'") != NULL)
			fail_msg("%s: %s", files[i], text);
	}
}

/* "LINE+LINES message;" of each record. */
static void
records_of(const char *file, char *out, size_t room)
{
	struct log_guess guess = log_recognise(view_str(file));
	struct log_reader *r = log_new_for(&guess);
	struct view window = view_str(file);
	struct log_record record;
	size_t len = 0;
	while (log_next(r, &window, true, &record) == LOG_RECORD)
		len += (size_t)snprintf(out + len, room - len, "%d+%d %.*s;",
			(int)record.line, (int)record.lines,
			(int)record.message.len,
			(const char *)record.message.data);
	log_free(r);
}

/* A text in quotes goes on over line ends; a quote that never closes takes no
   more than its own line. */
static void
texts_have_several_lines(void **state)
{
	(void)state;
	char text[512];
	records_of(LOKI LOKI_ROW("\"a\n\tat b\nc \"\"d\"\"\"\n")
			   LOKI_ROW("\"e\"\n"),
		text, sizeof text);
	assert_string_equal(text,
		"1+1 Time,tsNs,labels,Line;2+3 a\n\tat b\nc \"d\";5+1 e;");
	records_of(KIBANA "\"Nov 20, 2026 @ 23:41:22.191\",db-02,kernel,\"a\n"
			  "\"Nov 20, 2026 @ 23:41:23.191\",db-02,kernel,b\n",
		text, sizeof text);
	assert_non_null(strstr(text, ";3+1 b;"));
}

#define STREAMS(values)                                                      \
	"{\"status\": \"success\", \"data\": {\"resultType\": \"streams\", " \
	"\"result\": [{\"stream\": {\"host\": \"db-02\"}, \"values\": "      \
	"[" values "]}]}}\n"

/* How many records have a time of their own; first: the text of the first. */
static int
timed(const char *file, char first[RECORD_TEXT_MAX])
{
	struct log_guess guess = log_recognise(view_str(file));
	struct log_reader *r = log_new_for(&guess);
	struct view window = view_str(file);
	struct log_record record;
	int count = 0;
	first[0] = '\0';
	while (log_next(r, &window, true, &record) == LOG_RECORD)
		if (record.time.kind != LOG_TIME_NONE &&
			!record.time.inherited && count++ == 0)
			record_text(&record, first);
	log_free(r);
	return count;
}

static void
pairs_are_records(void **state)
{
	(void)state;
	char text[RECORD_TEXT_MAX];
	assert_int_equal(
		timed(STREAMS("[\"1795218082191569000\", \"Nov 20 "
			      "23:41:22 db-02 kernel: a \\\"b\\\"\"], "
			      "[\"1795218083191569000\",\"c\",{\"x\":\"y\"}]"),
			text),
		2);
	assert_string_equal(text,
		"json-document+syslog, utc 2026-11-20T23:41:22.191569000Z, "
		"second no-year 2028-11-20T23:41:22Z, host 'db-02' tag "
		"'kernel' pid '' sev - | a \"b\"");
	/* no pairs of a time and a line; and one that is cut */
	assert_int_equal(timed(STREAMS("[1795218082.191, \"7\"]"), text), 0);
	assert_int_equal(
		timed(STREAMS("[\"17952180821915\", \"c\"]"), text), 0);
	assert_int_equal(timed(STREAMS("[\"1795218082191569000\", 5], "
				       "[\"1795218083191569000\", \"c\"]"),
				 text),
		1);
	assert_int_equal(timed("{\"data\": {\"resultType\": \"streams\", "
			       "\"result\": [{\"stream\": {}, \"values\": "
			       "[[\"1795218082191569000\", \"c",
				 text),
		0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(rows_are_read),
		cmocka_unit_test(near_misses_have_no_host),
		cmocka_unit_test(pairs_are_records),
		cmocka_unit_test(texts_have_several_lines),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
