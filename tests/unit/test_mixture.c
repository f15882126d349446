/*
 * A table and lines of a log in one text; and texts that are only one of them.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "ingest/case_files.h"
#include "ingest/mixture.h"

#define LOG                                                              \
	"Nov 20 23:41:22 vm kernel: nf_conntrack: table full, dropping " \
	"packet\n"
#define TABLE                                          \
	"TCP Statistics for IPv4\n"                    \
	"  Active Opens                        = 77\n" \
	"  Failed Connection Attempts          = 13\n" \
	"  Reset Connections                   = 2\n"  \
	"  Segments Retransmitted              = 21\n"
#define TRACE                                                              \
	"          <idle>-0     [001] ..s1.  1263.426672: kfree_skb: "     \
	"skbaddr=00000000a protocol=2048 location=tcp_v4_rcv+0x1 reason: " \
	"NO_SOCKET\n"

#define SOCKETS                                                           \
	"Active Internet connections (w/o servers)\n"                     \
	"Proto Recv-Q Send-Q Local Address   Foreign Address  State\n"    \
	"tcp        0      1 192.0.2.1:40131 192.0.2.2:80     SYN_SENT\n" \
	"tcp        0      1 192.0.2.1:40132 192.0.2.2:80     SYN_SENT\n"
#define FLOW                                                                 \
	"2 123456789010 eni-1235b8ca123456789 192.0.2.1 192.0.2.2 40131 80 " \
	"6 3 180 1795218082 1795218142 REJECT OK\n"
#define ZEEK                                                                \
	"{\"ts\":1795218082.5,\"uid\":\"C1\",\"id.orig_h\":\"192.0.2.1\","  \
	"\"id.orig_p\":40131,\"id.resp_h\":\"192.0.2.2\",\"id.resp_p\":80," \
	"\"proto\":\"tcp\",\"conn_state\":\"S0\",\"orig_pkts\":1,"          \
	"\"resp_pkts\":0}\n"

static const struct {
	const char *text;
	bool mixed;
} rows[] = {
	{LOG LOG LOG TABLE, true},
	{TABLE LOG LOG LOG, true},
	{LOG TABLE LOG "\n" LOG, true},
	{"Active Internet connections (w/o servers)\n"
	 "Proto Recv-Q Send-Q Local Address   Foreign Address  State\n"
	 "tcp        0      1 192.0.2.1:40131 192.0.2.2:80     SYN_SENT\n" LOG
	 "tcp        0      1 192.0.2.1:40132 192.0.2.2:80     SYN_SENT\n" LOG
			LOG,
		true},
	/* one line of a log is a line of a log */
	{TABLE LOG, true},
	{LOG TABLE, true},
	{SOCKETS LOG, true},
	/* and flow logs, as text and as objects */
	{FLOW FLOW LOG FLOW, true},
	{LOG FLOW FLOW FLOW, true},
	{ZEEK ZEEK LOG ZEEK, true},
	{FLOW FLOW FLOW, false},
	{ZEEK ZEEK ZEEK, false},
	/* a quotation */
	{LOG LOG FLOW FLOW, false},
	{LOG "TCP Statistics for IPv4\n"
	     "  Active Opens                        = 77\n",
		false},
	/* a table, a log, a log with words that no table has */
	{TABLE TABLE, false},
	{LOG LOG LOG LOG, false},
	{LOG LOG LOG "first words\nsecond words\nthird words\n", false},
	{TRACE TRACE TRACE TRACE, false},
};

static void
mixtures_are_told(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
		if (mixture_is(view_str(rows[i].text)) != rows[i].mixed)
			fail_msg("%s", rows[i].text);
}

/* The file is read by its parts. */
static void
a_mixture_is_a_transcript(void **state)
{
	(void)state;
	struct case_file f = {.place = "x.log", .name = "x.log"};
	case_file_recognise(&f, view_str(LOG LOG LOG TABLE));
	assert_int_equal(f.kind, CASE_FILE_TRANSCRIPT);
	f = (struct case_file){.place = "x.log", .name = "x.log"};
	case_file_recognise(&f, view_str(FLOW FLOW FLOW LOG));
	assert_int_equal(f.kind, CASE_FILE_TRANSCRIPT);
	f = (struct case_file){.place = "x.log", .name = "x.log"};
	case_file_recognise(&f, view_str(LOG LOG FLOW));
	assert_int_equal(f.kind, CASE_FILE_LOG);
}

/* A flow log that is longer than the head stays one: it is not held in memory. */
static void
long_flow_logs_are_read_as_they_come(void **state)
{
	(void)state;
	static char text[CASE_FILE_HEAD_BYTES];
	size_t len = sizeof LOG - 1;
	memcpy(text, LOG, len);
	while (len + sizeof FLOW - 1 <= sizeof text) {
		memcpy(text + len, FLOW, sizeof FLOW - 1);
		len += sizeof FLOW - 1;
	}
	memset(text + len, '\n', sizeof text - len);
	struct case_file f = {.place = "x.log", .name = "x.log"};
	case_file_recognise(&f, view_of(text, sizeof text));
	assert_int_equal(f.kind, CASE_FILE_FLOWS);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(mixtures_are_told),
		cmocka_unit_test(a_mixture_is_a_transcript),
		cmocka_unit_test(long_flow_logs_are_read_as_they_come),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
