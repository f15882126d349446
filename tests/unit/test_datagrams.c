/*
 * What hosts send each other besides TCP, and whose packet is whose.
 */
#include "track_script.h"

#include "ingest/datagrams.h"

#define C 1
#define S 2
#define ROUTER 9

static struct vantage v;
static struct datagram_notes notes;

static int
begin(void **state)
{
	(void)state;
	v = (struct vantage){0};
	datagrams_init(&notes, &v);
	return 0;
}

static int
end(void **state)
{
	(void)state;
	datagrams_finish(&notes);
	vantage_release(&v);
	return 0;
}

static struct ip_addr
host(uint32_t last)
{
	return ip_from_v4(SCRIPT_NET + last);
}

/* One packet; error_from is 0 where it is no ICMP error. */
static void
take(enum packet_kind kind, uint32_t src, uint32_t dst, uint32_t error_from,
	int64_t ns)
{
	struct packet p = {.kind = kind, .src = host(src), .dst = host(dst)};
	if (error_from != 0)
		p.icmp_src = host(error_from);
	datagrams_packet(&notes, &p, (struct captured_time){ns});
}

static void
directions_and_their_times(void **state)
{
	(void)state;
	take(PACKET_UDP, C, S, 0, 100);
	take(PACKET_DNS, C, S, 0, 300);
	take(PACKET_UDP, C, S, 0, 200);
	assert_int_equal(v.datagrams_count, 1);
	int way = datagrams_row(&v.datagrams[0], host(C));
	assert_true(v.datagrams[0].seen[way]);
	assert_false(v.datagrams[0].seen[!way]);
	assert_int_equal(v.datagrams[0].first[way].ns, 100);
	assert_int_equal(v.datagrams[0].last[way].ns, 300);
	take(PACKET_UDP, S, C, 0, 400);
	assert_int_equal(v.datagrams_count, 1);
	assert_true(v.datagrams[0].seen[!way]);
}

/* The record's addresses are those of what the error quotes. */
static void
an_error_is_its_senders(void **state)
{
	(void)state;
	take(PACKET_ICMP_OTHER, C, S, S, 100);
	assert_int_equal(v.datagrams_count, 1);
	assert_true(
		v.datagrams[0].seen[datagrams_row(&v.datagrams[0], host(S))]);
	assert_false(
		v.datagrams[0].seen[datagrams_row(&v.datagrams[0], host(C))]);
	/* Of one whose quote is cut away the outer addresses are left. */
	take(PACKET_CUT, S, C, S, 200);
	assert_int_equal(v.datagrams_count, 1);
	assert_int_equal(
		v.datagrams[0].last[datagrams_row(&v.datagrams[0], host(S))].ns,
		200);
	take(PACKET_CUT, S, C, 0, 300);
	assert_int_equal(v.datagrams_count, 1);
	take(PACKET_ICMP_ERROR, C, S, ROUTER, 100);
	assert_int_equal(v.datagrams_count, 2);
	assert_true(ip_equal(v.datagrams[1].low, host(C)));
	assert_true(ip_equal(v.datagrams[1].high, host(ROUTER)));
}

static void
other_packets_say_nothing(void **state)
{
	(void)state;
	take(PACKET_TCP, C, S, 0, 100);
	take(PACKET_ARP, C, S, 0, 100);
	take(PACKET_UDP, C, C, 0, 100);
	assert_int_equal(v.datagrams_count, 0);
}

static void
many_pairs(void **state)
{
	(void)state;
	for (uint32_t i = 1; i <= 2 * DATAGRAMS_MAX; i++)
		take(PACKET_UDP, 100, 100 + i, 0, i);
	assert_int_equal(v.datagrams_count, DATAGRAMS_MAX);
	/* What was left out is counted. */
	assert_int_equal(notes.beyond, DATAGRAMS_MAX);
	take(PACKET_UDP, 101, 100, 0, 7);
	assert_true(v.datagrams[0].seen[0] && v.datagrams[0].seen[1]);
}

#define STORY(f) cmocka_unit_test_setup_teardown(f, begin, end)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		STORY(directions_and_their_times),
		STORY(an_error_is_its_senders),
		STORY(other_packets_say_nothing),
		STORY(many_pairs),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
