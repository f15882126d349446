/*
 * What a line does not say itself: the end that a line above names, the lines
 * that complete its sentence, and the members beside it in its JSON object.
 * Whatever the windows.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>

#include "base/text.h"
#include "log_windows.h"

static struct pattern_set *set;

static int
set_make(void **state)
{
	(void)state;
	set = pattern_set_ours();
	return 0;
}

static int
set_free(void **state)
{
	(void)state;
	pattern_set_free(set);
	return 0;
}

/* "LINE EVENT HOST DST PORT;" */
static void
event_print(void *out, const struct log_event *e)
{
	char ip[IP_TEXT_MAX] = "-";
	struct view host = view_str("-");
	if (e->has & EVENT_DST)
		ip_format(e->dst, ip);
	for (uint8_t i = 0; i < e->fields_count; i++)
		if (strcmp(e->fields[i].name, "host") == 0)
			host = e->fields[i].value;
	fprintf(out, "%llu %s %.*s %s %d;", (unsigned long long)e->record->line,
		e->pattern->event, (int)host.len, (const char *)host.data, ip,
		e->has & EVENT_DPORT ? e->dport : -1);
}

/* Events of a text, in windows that grow by step bytes. */
static char *
events_of(struct view file, size_t step)
{
	struct log_scan_summary summary;
	char *text = log_windows(set, file, step, event_print, &summary);
	assert_int_equal(summary.lines,
		lines_count(file) + (file.data[file.len - 1] != '\n'));
	return text;
}

/* The same, read record by record. */
static char *
events_one_by_one(struct view file)
{
	char *text = NULL;
	size_t text_len = 0;
	FILE *out = open_memstream(&text, &text_len);
	struct log_reader *r = log_new(LOG_PLAIN);
	struct pattern_matcher *m = pattern_matcher_new(set);
	struct log_record record;
	struct log_event event;
	while (log_next(r, &file, true, &record) == LOG_RECORD)
		if (pattern_match(m, &record, &event))
			event_print(out, &event);
	pattern_matcher_free(m);
	log_free(r);
	fclose(out);
	return text;
}

static const struct {
	const char *file;
	const char *events;
} rows[] = {
	/* telnet: the address stands above */
	{"Trying 192.0.2.9...\n"
	 "telnet: Unable to connect to remote host: Connection refused\n",
		"2 connect-refused - 192.0.2.9 -1;"},
	{"Trying 192.0.2.9...\n\n"
	 "telnet: Unable to connect to remote host: Connection refused\n",
		"3 connect-refused - - -1;"},
	{"Trying 192.0.2.9...\n# telnet db 80\n"
	 "telnet: Unable to connect to remote host: No route to host\n",
		"3 connect-unreachable db - 80;"},
	{"Trying 192.0.2.9...\n"
	 "Nov 20 23:41:22 vm sshd[1]: Server listening\n"
	 "telnet: Unable to connect to remote host: Connection timed out\n",
		"3 connect-timeout - - -1;"},
	{"Trying 192.0.2.9...\none\ntwo\nthree\n"
	 "telnet: Unable to connect to remote host: Connection timed out\n",
		"5 connect-timeout - - -1;"},
	{"Nov 20 23:41:22 vm probe[1]: Trying 192.0.2.9...\n"
	 "Nov 20 23:41:22 vm probe[2]: telnet: Unable to connect to remote "
	 "host: Connection refused\n",
		"2 connect-refused - - -1;"},
	{"Nov 20 23:41:22 vm probe[1]: Trying 192.0.2.9...\n"
	 "Nov 20 23:41:22 vm probe[1]: telnet: Unable to connect to remote "
	 "host: Connection refused\n",
		"2 connect-refused - 192.0.2.9 -1;"},
	/* curl says it twice */
	{"*   Trying 192.0.2.9:443...\n"
	 "* Connection timed out after 5001 milliseconds\n"
	 "* Closing connection 0\n"
	 "curl: (28) Connection timed out after 5001 milliseconds\n",
		"2 connect-timeout - 192.0.2.9 443;"},
	/* the command above tells the port */
	{"$ telnet db.internal 5432\nTrying 192.0.2.9...\n"
	 "telnet: connect to address 192.0.2.9: Connection timed out\n"
	 "Trying 192.0.2.10...\n"
	 "telnet: Unable to connect to remote host: Connection refused\n",
		"3 connect-timeout db.internal 192.0.2.9 5432;"
		"5 connect-refused db.internal 192.0.2.10 5432;"},
	{"$ telnet db.internal 5432\nTrying 192.0.2.9...\n"
	 "telnet: Unable to connect to remote host: No route to host\n",
		"3 connect-unreachable db.internal 192.0.2.9 5432;"},
	{"$ curl -m 5 https://192.0.2.9:8443/\n"
	 "curl: (28) Connection timed out after 5001 milliseconds\n",
		"2 connect-timeout - 192.0.2.9 8443;"},
	{"# openssl s_client -connect db.internal:5432\n"
	 "Connecting to 192.0.2.9\n"
	 "80BB:error:8000006F:system library:BIO_connect:Connection "
	 "refused:bio_sock2.c:127:calling connect()\nconnect:errno=111\n",
		"3 connect-refused db.internal 192.0.2.9 5432;"},
	/* a scan of two machines; harmless twins say nothing */
	{"Nmap scan report for db.internal (192.0.2.9)\n"
	 "Host is up (0.0005s latency).\n\nPORT     STATE    SERVICE\n"
	 "22/tcp   open     ssh\n5432/tcp filtered postgresql\n\n"
	 "Nmap scan report for 192.0.2.10\n80/tcp closed http\n",
		"6 probe-filtered db.internal 192.0.2.9 5432;"
		"9 probe-refused - 192.0.2.10 80;"},
	{"5432/tcp filtered postgresql\n", "1 probe-filtered - - 5432;"},
	/* lists of Microsoft's tools */
	{"Querying target system called:\n\n 192.0.2.9\n\nquerying...\n\n"
	 "TCP port 443 (https service): FILTERED\n",
		"7 probe-filtered - 192.0.2.9 443;"},
	{"ComputerName     : db.internal\nRemoteAddress    : 192.0.2.9\n"
	 "RemotePort       : 5432\nTcpTestSucceeded : False\n",
		"4 connect-failed db.internal 192.0.2.9 5432;"},
	{"WARNING: TCP connect to (192.0.2.9 : 5432) failed\n\n"
	 "ComputerName     : 192.0.2.9\nRemoteAddress    : 192.0.2.9\n"
	 "RemotePort       : 5432\nTcpTestSucceeded : False\n\n"
	 "ComputerName     : 192.0.2.9\nRemoteAddress    : 192.0.2.9\n"
	 "RemotePort       : 5433\nTcpTestSucceeded : False\n",
		"1 connect-failed - 192.0.2.9 5432;"
		"11 connect-failed - 192.0.2.9 5433;"},
	/* a sentence of three lines */
	{"psql: could not connect to server: Connection timed out\n"
	 "\tIs the server running on host \"db\" (192.0.2.9) and accepting\n"
	 "\tTCP/IP connections on port 5432?\nnext\n",
		"1 connect-timeout db 192.0.2.9 5432;"},
	{"psql: could not connect to server: Connection refused\r\n"
	 "\tIs the server running on host \"192.0.2.9\" and accepting\r\n"
	 "\tTCP/IP connections on port 5432?",
		"1 connect-refused - 192.0.2.9 5432;"},
	/* and what stamps each of them anew */
	{"2026-11-20T23:41:22.1Z stderr F psql: could not connect to server: "
	 "Connection timed out\n"
	 "2026-11-20T23:41:22.1Z stderr F \tIs the server running on host "
	 "\"db\" (192.0.2.9) and accepting\n"
	 "2026-11-20T23:41:22.1Z stderr F \tTCP/IP connections on port "
	 "5432?\n"
	 "2026-11-20T23:41:22.1Z stderr F next\n",
		"1 connect-timeout db 192.0.2.9 5432;"},
	{"psql: could not connect to server: Connection refused\n"
	 "\tIs the server running locally and accepting\n"
	 "\tconnections on Unix domain socket \"/tmp/.s.PGSQL.5432\"?\n",
		"1 connect-refused - - -1;"},
	{"psql: could not connect to server: Connection refused\n"
	 "psql: could not connect to server: Connection refused\n",
		"1 connect-refused - - -1;2 connect-refused - - -1;"},
	/* members beside the text */
	{"{\"time\":\"2026-11-20T23:41:22Z\",\"msg\":\"connection refused\","
	 "\"addr\":\"192.0.2.9:5432\"}\n",
		"1 connect-refused - 192.0.2.9 5432;"},
	{"{\"time\":\"2026-11-20T23:41:22Z\",\"msg\":\"connection refused\","
	 "\"host\":\"web-1\"}\n",
		"1 connect-refused - - -1;"},
	{"{\"time\":\"2026-11-20T23:41:22Z\",\"msg\":\"connection refused\","
	 "\"remote_addr\":\"192.0.2.7:51000\"}\n",
		"1 connect-refused - - -1;"},
	{"{\"time\":\"2026-11-20T23:41:22Z\",\"msg\":\"connection refused\","
	 "\"server_ip\":\"192.0.2.9\",\"server_port\":80,"
	 "\"target\":\"192.0.2.10:80\"}\n",
		"1 connect-refused - - -1;"},
	{"{\"time\":\"2026-11-20T23:41:22Z\",\"msg\":\"connection refused\","
	 "\"@version\":\"1\",\"host\":\"192.0.2.7\",\"port\":51000}\n",
		"1 connect-refused - - -1;"},
	{"{\"time\":\"2026-11-20T23:41:22Z\",\"message\":\"Connection timed "
	 "out\",\"destination\":{\"ip\":\"2001:db8::9\",\"port\":443},"
	 "\"source\":{\"ip\":\"2001:db8::1\",\"port\":50000}}\n",
		"1 connection-timed-out - 2001:db8::9 443;"},
	{"{\"time\":\"2026-11-20T23:41:22Z\",\"msg\":\"boom\",\"error\":{"
	 "\"code\":\"ECONNREFUSED\",\"address\":\"192.0.2.9\","
	 "\"port\":5432}}\n",
		"1 connect-refused - 192.0.2.9 5432;"},
};

static void
lines_lend_to_others(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct view file = view_str(rows[i].file);
		char *one = events_one_by_one(file);
		assert_string_equal(one, rows[i].events);
		free(one);
		for (size_t step = 1; step <= file.len; step++) {
			char *text = events_of(file, step);
			assert_string_equal(text, rows[i].events);
			free(text);
		}
	}
}

#define STAMP "2026-11-20T23:41:22.1Z stderr F "
#define TRACE(error)                                       \
	STAMP "Traceback (most recent call last):\n" STAMP \
	      "  File \"a.py\", line 7, in b\n" STAMP error "\n"

static void
chained_count(void *count, const struct log_event *e)
{
	*(int *)count += 1 + 10 * e->record->chained;
}

/* Python's second exception came of the first, also where each line has a stamp;
   two traces one after the other are two reports. */
static void
traces_are_chained(void **state)
{
	(void)state;
	static const struct {
		const char *file;
		int events; /* and ten for each that is chained */
	} cases[] = {
		{TRACE("ConnectionRefusedError: [Errno 111] Connection refused")
				STAMP
			"\n" STAMP
			"During handling of the above exception, another "
			"exception occurred:\n" STAMP
			"\n" TRACE("requests.exceptions.ConnectionError: "
				   "[Errno 111] Connection refused"),
			12},
		{TRACE("ConnectionRefusedError: [Errno 111] Connection refused")
				TRACE("ConnectionRefusedError: [Errno 111] "
				      "Connection refused"),
			2},
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct view file = view_str(cases[i].file);
		struct log_scanner *s = log_scanner_new(set, file, "");
		int count = 0;
		log_scan(s, &file, true, chained_count, &count);
		log_scanner_free(s);
		assert_int_equal(count, cases[i].events);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(lines_lend_to_others),
		cmocka_unit_test(traces_are_chained),
	};
	return cmocka_run_group_tests(tests, set_make, set_free);
}
