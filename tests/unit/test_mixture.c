/*
 * A table and lines of a log in one text; and texts that are only one of them.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

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
	/* a quotation */
	{LOG LOG TABLE, false},
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
	case_file_recognise(&f, view_str(LOG LOG TABLE));
	assert_int_not_equal(f.kind, CASE_FILE_TRANSCRIPT);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(mixtures_are_told),
		cmocka_unit_test(a_mixture_is_a_transcript),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
