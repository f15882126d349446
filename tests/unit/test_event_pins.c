/*
 * When log lines happened: packets that lines name, boots, late readers.
 */
#include "event_bench.h"

/* dmesg alone: there is no telling when the machine booted. */
static void
plain_dmesg_stays_open(void **state)
{
	(void)state;
	captures();
	line_of(0, "server", EVENT_TIME_BOOT, 1263 * NS_PER_S, NS_PER_US);
	assert_false(resolve(0).known);
}

/* The host's syslog has both clocks: dmesg of that role follows. */
static void
two_clocks_tell_the_boot(void **state)
{
	(void)state;
	captures();
	for (int i = 0; i < 5; i++) {
		/* Whole seconds, cut off: 10.2, 11.4, 12.6 ... */
		int64_t at = 10200 + 1200 * i;
		also_at_boot(
			line_of(0, "server", EVENT_TIME_LOCAL_NO_YEAR,
				324 * DAY_NS + at / 1000 * NS_PER_S, NS_PER_S),
			1000 * NS_PER_S + at * NS_PER_MS);
	}
	line_of(1, "server", EVENT_TIME_BOOT, 1005 * NS_PER_S, NS_PER_US);
	line_of(2, "client", EVENT_TIME_BOOT, 1005 * NS_PER_S, NS_PER_US);
	line_of(3, NULL, EVENT_TIME_BOOT, 1005 * NS_PER_S, NS_PER_US);
	expect(5, 5, 2 * NS_PER_S);
	assert_false(resolve(6).known); /* another machine */
	assert_false(resolve(7).known);
	/* Five lines in whole seconds bound the boot within 0.2 s. */
	assert_true(llabs(resolve(5).at_ns - SCRIPT_START_NS - 5 * NS_PER_S) <
		250 * NS_PER_MS);
}

/* journald read lines five minutes late; one it read at once. */
static void
late_readers_are_seen_through(void **state)
{
	(void)state;
	captures();
	for (int i = 0; i < 3; i++)
		also_at_boot(
			line_of(0, "server", EVENT_TIME_UTC,
				SCRIPT_START_NS + 310 * NS_PER_S, NS_PER_US),
			1000 * NS_PER_S + (5 + i) * NS_PER_S);
	also_at_boot(line_of(0, "server", EVENT_TIME_UTC,
			     SCRIPT_START_NS + 320 * NS_PER_S, NS_PER_US),
		1320 * NS_PER_S);
	line_of(1, "server", EVENT_TIME_BOOT, 1009 * NS_PER_S, NS_PER_US);
	for (size_t i = 0; i < 3; i++)
		expect(i, 5 + (double)i, 2 * NS_PER_S);
	expect(3, 320, 2 * NS_PER_S);
	expect(4, 9, 2 * NS_PER_S);
}

/* A reboot: each stamp belongs to a boot of its own, dmesg to the last. */
static void
a_reboot(void **state)
{
	(void)state;
	captures();
	also_at_boot(line_of(0, "server", EVENT_TIME_UTC,
			     SCRIPT_START_NS - 9000 * NS_PER_S, NS_PER_US),
		300 * NS_PER_S);
	also_at_boot(line_of(0, "server", EVENT_TIME_UTC,
			     SCRIPT_START_NS + 3 * NS_PER_S, NS_PER_US),
		303 * NS_PER_S);
	line_of(1, "server", EVENT_TIME_BOOT, 310 * NS_PER_S, NS_PER_US);
	expect(0, -9000, 2 * NS_PER_S);
	expect(1, 3, 2 * NS_PER_S);
	expect(2, 10, 2 * NS_PER_S);
}

/* What a person says of the boot wins over what lines tell. */
static void
a_stated_boot(void **state)
{
	(void)state;
	captures();
	b.config.roles_count = 1;
	b.roles[0] = (struct case_role){.name = "server",
		.position = -1,
		.boot_ns = SCRIPT_START_NS - 1000 * NS_PER_S};
	also_at_boot(line_of(0, "server", EVENT_TIME_UTC,
			     SCRIPT_START_NS + 100 * NS_PER_S, NS_PER_US),
		1000 * NS_PER_S);
	line_of(1, "server", EVENT_TIME_BOOT, 1005 * NS_PER_S, NS_PER_US);
	expect(1, 5, 2 * NS_PER_S);
}

/* The server's own log of a SYN with its number, in an unknown zone: exact. */
static void
a_line_that_names_its_syn(void **state)
{
	(void)state;
	b.server.offset_ns = 40 * NS_PER_S; /* both its clocks are ahead */
	captures();
	const int64_t zone_ns = -3 * HOUR_NS - 1800 * NS_PER_S;
	int64_t local = SCRIPT_START_NS + 40 * NS_PER_S + zone_ns;
	names_syn(line_of(0, "server", EVENT_TIME_LOCAL,
			  local + 5001 * NS_PER_MS, NS_PER_US),
		1000, 100);
	line_of(0, "server", EVENT_TIME_LOCAL, local + 30 * NS_PER_S,
		NS_PER_US);
	/* The path, and what the clocks may drift between two attempts. */
	expect(0, 5.001, 8 * NS_PER_MS);
	expect(1, 30, 8 * NS_PER_MS);
	assert_int_equal(resolve(1).logged_ns, SCRIPT_START_NS + 70 * NS_PER_S);
}

/* Without the IP identification either copy can be meant. */
static void
a_line_that_names_one_of_two_copies(void **state)
{
	(void)state;
	captures();
	names_syn(line_of(0, "client", EVENT_TIME_LOCAL,
			  SCRIPT_START_NS + 6 * NS_PER_S, NS_PER_US),
		1000, -1);
	expect(0, 6, NS_PER_S);
	assert_true(resolve(0).uncertainty_ns >= 500 * NS_PER_MS);
}

/* A router without a capture, its clock 90 s ahead and in an unknown zone: the
 * default LOG line has no sequence number, but the identification. */
static void
a_router_is_pinned_by_the_identification(void **state)
{
	(void)state;
	captures();
	int64_t local = SCRIPT_START_NS + 90 * NS_PER_S + 9 * HOUR_NS;
	names_syn(line_of(0, "router", EVENT_TIME_LOCAL, local + 6 * NS_PER_S,
			  NS_PER_US),
		-1, 101);
	line_of(0, "router", EVENT_TIME_LOCAL, local + 20 * NS_PER_S,
		NS_PER_US);
	expect(0, 6, 400 * NS_PER_MS);
	expect(1, 20, 400 * NS_PER_MS);
}

static void
another_packet_pins_nothing(void **state)
{
	(void)state;
	captures();
	int64_t local = SCRIPT_START_NS + 90 * NS_PER_S + 9 * HOUR_NS;
	names_syn(line_of(0, "router", EVENT_TIME_LOCAL, local, NS_PER_US), -1,
		777);
	names_syn(line_of(1, "router", EVENT_TIME_LOCAL, local, NS_PER_US),
		1001, 100); /* the client's next segment, not its SYN */
	names_syn(line_of(2, "router", EVENT_TIME_LOCAL, local, NS_PER_US),
		1000, 100)
		->src_port = 40001;
	names_syn(line_of(3, "router", EVENT_TIME_LOCAL, local, NS_PER_US),
		1000, 100)
		->protocol = 17;
	for (size_t i = 0; i < 4; i++)
		assert_true(resolve(i).uncertainty_ns > NS_PER_S);
}

/* Its clock is a minute off; a pin tells even of lines in UTC. */
static void
a_router_that_logs_utc(void **state)
{
	(void)state;
	captures();
	names_syn(line_of(0, "router", EVENT_TIME_UTC,
			  SCRIPT_START_NS + 65 * NS_PER_S, NS_PER_US),
		1000, 100);
	line_of(0, "router", EVENT_TIME_UTC, SCRIPT_START_NS + 90 * NS_PER_S,
		NS_PER_US);
	expect(0, 5, 400 * NS_PER_MS);
	expect(1, 30, 400 * NS_PER_MS);
}

/* A kernel line that names its SYN tells the boot of a plain dmesg. */
static void
a_dmesg_that_names_its_syn(void **state)
{
	(void)state;
	b.server.offset_ns = 40 * NS_PER_S;
	captures();
	names_syn(line_of(0, "server", EVENT_TIME_BOOT, 1005001 * NS_PER_MS,
			  NS_PER_US),
		1000, 100);
	line_of(0, "server", EVENT_TIME_BOOT, 1030 * NS_PER_S, NS_PER_US);
	expect(0, 5.001, 10 * NS_PER_MS);
	expect(1, 30, 10 * NS_PER_MS);
	assert_true(llabs(resolve(1).logged_ns - SCRIPT_START_NS -
			    70 * NS_PER_S) < 10 * NS_PER_MS);
}

/* A zone that was said stands against a line that seems to name a packet. */
static void
a_stated_zone_beats_a_pin(void **state)
{
	(void)state;
	captures();
	b.said[0].zone = zone("UTC");
	names_syn(line_of(0, "router", EVENT_TIME_LOCAL,
			  SCRIPT_START_NS + 3 * HOUR_NS, NS_PER_US),
		1000, 100);
	expect(0, 3 * 3600, 4 * NS_PER_S);
}

/* nginx's "upstream timed out" names no packet: its time is as it is. */
static void
a_timeout_line_pins_nothing(void **state)
{
	(void)state;
	captures();
	struct event *e = line_of(0, "client", EVENT_TIME_LOCAL,
		SCRIPT_START_NS + 8 * NS_PER_S, NS_PER_S);
	e->dst = "10.0.0.2";
	e->dst_port = 443;
	expect(0, 8, 3 * NS_PER_S);
	assert_true(resolve(0).uncertainty_ns >= 2 * NS_PER_S);
}

int
main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, begin, end)
	const struct CMUnitTest tests[] = {
		TEST(a_line_that_names_its_syn),
		TEST(a_line_that_names_one_of_two_copies),
		TEST(a_router_is_pinned_by_the_identification),
		TEST(another_packet_pins_nothing),
		TEST(a_router_that_logs_utc),
		TEST(a_dmesg_that_names_its_syn),
		TEST(a_stated_zone_beats_a_pin),
		TEST(a_timeout_line_pins_nothing),
		TEST(plain_dmesg_stays_open),
		TEST(two_clocks_tell_the_boot),
		TEST(late_readers_are_seen_through),
		TEST(a_reboot),
		TEST(a_stated_boot),
	};
	unsetenv("TZ");
	return cmocka_run_group_tests(tests, NULL, NULL);
}
