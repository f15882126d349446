/*
 * Lines that a terminal broke, and lines that only stand below each other: what is
 * joined gets the time of the line above.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "ingest/wraps.h"

#define DATED "Nov 20 23:41:22 vm kernel: "
/* 80 bytes with what stands in front */
#define FULL DATED "nf_conntrack: nf_conntrack: table full, in netns 4026"
#define FLOOD \
	DATED "TCP: request_sock_TCP: Possible SYN flooding on port 80. Do"

static const struct {
	const char *text;
	bool broken;
} rows[] = {
	/* at the width of a terminal, or where a blank begins the rest */
	{FULL "\n532178, dropping packet\n", true},
	{FULL "x\n 532178, dropping packet\n", true},
	/* at one width, and at different words */
	{DATED "first message that is long enough to be broken he\nre\n" DATED
	       "second message that is broken as well at that pla\nce\n",
		true},
	/* a line of another program below the longest one */
	{FULL "xy\ndial tcp 192.0.2.9:443: connection refused\n", false},
	/* as often as the message comes: it is as long each time */
	{FULL "xy\ndial tcp 192.0.2.9:443: connection refused\n" FULL
	      "xy\ndial tcp 192.0.2.8:443: connection refused\n",
		false},
	/* the width of a terminal by chance, where a sentence ends */
	{FULL ".\ndial tcp 192.0.2.9:443: connection refused\n", false},
	{FLOOD "\nDropped.\n" DATED "short\nplain\n", false},
};

static void
breaks_are_told_from_neighbours(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
		if (wraps_has(view_str(rows[i].text)) != rows[i].broken)
			fail_msg("%s", rows[i].text);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(breaks_are_told_from_neighbours),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
