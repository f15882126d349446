/*
 * When log lines happened: zones, years and what a person said.
 */
#include "event_bench.h"

static void
utc_needs_nothing(void **state)
{
	(void)state;
	captures();
	b.server.offset_ns = 0;
	line_of(0, "server", EVENT_TIME_UTC, SCRIPT_START_NS + 5 * NS_PER_S,
		NS_PER_US);
	line_of(1, NULL, EVENT_TIME_UTC, SCRIPT_START_NS + 5 * NS_PER_S,
		NS_PER_US);
	expect(0, 5, NS_PER_S + 10 * NS_PER_MS);
	expect(1, 5, 4 * NS_PER_S); /* nothing compares its clock */
}

static void
a_servers_lines_follow_its_clock(void **state)
{
	(void)state;
	b.server.offset_ns = -137 * NS_PER_S;
	captures();
	line_of(0, "server", EVENT_TIME_UTC,
		SCRIPT_START_NS + (5 - 137) * NS_PER_S, NS_PER_US);
	expect(0, 5, NS_PER_S + 10 * NS_PER_MS);
	assert_int_equal(
		resolve(0).logged_ns, SCRIPT_START_NS + (5 - 137) * NS_PER_S);
}

/* One zone puts the line among the captures: that is the zone. */
static void
one_zone_is_possible(void **state)
{
	(void)state;
	captures();
	line_of(0, "client", EVENT_TIME_LOCAL,
		SCRIPT_START_NS - 5 * HOUR_NS + 7 * NS_PER_S, NS_PER_S);
	line_of(1, "client", EVENT_TIME_LOCAL, /* Kathmandu */
		SCRIPT_START_NS + 5 * HOUR_NS + 2700 * NS_PER_S + 8 * NS_PER_S,
		NS_PER_S);
	expect(0, 7, 3 * NS_PER_S);
	expect(1, 8, 3 * NS_PER_S);
	/* Lines of hours ago fit as well, in another zone. */
	assert_true(resolve(0).guessed);
	assert_true(resolve(1).guessed);
}

/* UTC that fits, and a time that names its zone, are no guesses. */
static void
utc_is_no_guess(void **state)
{
	(void)state;
	captures();
	line_of(0, "client", EVENT_TIME_LOCAL, SCRIPT_START_NS + 7 * NS_PER_S,
		NS_PER_S);
	line_of(1, "server", EVENT_TIME_UTC, SCRIPT_START_NS + 7 * NS_PER_S,
		NS_PER_S);
	assert_true(resolve(0).known);
	assert_false(resolve(0).guessed);
	assert_false(resolve(1).guessed);
}

/* The machine's own syslog writes its offset: no other zone is tried, however
 * well it fits, and what was told is no guess. */
static void
a_zone_that_another_log_tells(void **state)
{
	static const int32_t east_s[] = {0, 2 * 3600};
	(void)state;
	captures();
	for (uint32_t i = 0; i < 2; i++) {
		const char *role = i == 0 ? "client" : "server";
		line_of(2 * i, role, EVENT_TIME_LOCAL,
			SCRIPT_START_NS + HOUR_NS + 7 * NS_PER_S, NS_PER_S);
		struct event *e = line_of(2 * i + 1, role, EVENT_TIME_UTC,
			SCRIPT_START_NS + 7 * NS_PER_S, NS_PER_S);
		e->host = "app-01";
		e->time.offset_written = true;
		e->time.offset_s = east_s[i];
	}
	assert_int_equal(
		resolve(0).logged_ns, SCRIPT_START_NS + HOUR_NS + 7 * NS_PER_S);
	assert_false(resolve(0).guessed);
	assert_int_equal(
		resolve(2).logged_ns, SCRIPT_START_NS - HOUR_NS + 7 * NS_PER_S);
	assert_false(resolve(2).guessed);
}

/* A program in a container has a zone of its own, and one that changed its
 * offset tells none: the one that fits is taken, as a guess. */
static void
logs_that_tell_no_zone(void **state)
{
	(void)state;
	captures();
	for (uint32_t i = 0; i < 2; i++) {
		const char *role = i == 0 ? "client" : "server";
		line_of(2 * i, role, EVENT_TIME_LOCAL,
			SCRIPT_START_NS + HOUR_NS + 7 * NS_PER_S, NS_PER_S);
		for (int k = 0; k < 2; k++) {
			struct event *e = line_of(2 * i + 1, role,
				EVENT_TIME_UTC, SCRIPT_START_NS, NS_PER_S);
			e->host = i == 0 ? NULL : "app-01";
			e->time.offset_written = true;
			e->time.offset_s = i == 0 ? 0 : k * 7200;
		}
	}
	for (size_t i = 0; i < 6; i += 3) {
		assert_int_equal(
			resolve(i).logged_ns, SCRIPT_START_NS + 7 * NS_PER_S);
		assert_true(resolve(i).guessed);
	}
}

/* No zone in use lies a quarter of an hour from Greenwich. */
static void
no_zone_is_possible(void **state)
{
	(void)state;
	captures();
	line_of(0, "client", EVENT_TIME_LOCAL, SCRIPT_START_NS + 900 * NS_PER_S,
		NS_PER_S);
	assert_false(resolve(0).known);
}

/* A capture of two hours leaves several zones possible: all within the
 * uncertainty, UTC shown. */
static void
several_zones_are_possible(void **state)
{
	(void)state;
	captures();
	script_play(&b.client, "7200.0 C>S S seq 5 cport 45000\n");
	line_of(0, "client", EVENT_TIME_LOCAL,
		SCRIPT_START_NS + 3600 * NS_PER_S, NS_PER_S);
	struct event_moment m = resolve(0);
	assert_true(m.known);
	assert_int_equal(m.at_ns, SCRIPT_START_NS + 3600 * NS_PER_S);
	assert_true(m.uncertainty_ns >= HOUR_NS);
	assert_true(m.uncertainty_ns < HOUR_NS + 10 * NS_PER_S);
}

/* 2026-12-31T23:59:50Z to 2027-01-01T00:00:10Z: no year in the lines. */
static void
the_year_turns(void **state)
{
	(void)state;
	const int64_t newyear = 42 * DAY_NS; /* from second 0 */
	b.client.offset_ns = b.server.offset_ns = newyear - 6 * NS_PER_S;
	captures();
	line_of(0, "client", EVENT_TIME_LOCAL_NO_YEAR, 366 * DAY_NS - NS_PER_S,
		NS_PER_S);
	line_of(0, "client", EVENT_TIME_LOCAL_NO_YEAR, NS_PER_S, NS_PER_S);
	expect(0, 42 * 86400 - 1, 3 * NS_PER_S);
	expect(1, 42 * 86400 + 1, 3 * NS_PER_S);
}

/* The year given is of the first line; January behind December is the next. */
static void
the_stated_year_turns(void **state)
{
	(void)state;
	captures();
	b.said[0] = (struct case_file_said){zone("UTC"), 2025};
	b.said[1] = (struct case_file_said){zone("UTC"), 2026};
	line_of(0, "client", EVENT_TIME_LOCAL_NO_YEAR, 366 * DAY_NS - NS_PER_S,
		NS_PER_S);
	line_of(0, "client", EVENT_TIME_LOCAL_NO_YEAR, NS_PER_S, NS_PER_S);
	/* Newest first, as journalctl -n --grep prints. */
	line_of(1, "client", EVENT_TIME_LOCAL_NO_YEAR, NS_PER_S, NS_PER_S);
	line_of(1, "client", EVENT_TIME_LOCAL_NO_YEAR, 366 * DAY_NS - NS_PER_S,
		NS_PER_S);
	const double year_2026 = -323 * 86400.0; /* from second 0 */
	for (size_t i = 0; i < 4; i += 2) {
		expect(i, year_2026 + (i == 0 ? -1 : 1), 3 * NS_PER_S);
		expect(i + 1, year_2026 + (i == 0 ? 1 : -1), 3 * NS_PER_S);
	}
}

/* 29 February is no day of 2026: the nearest year that has it is tried, and
 * with a common year given there is none. */
static void
a_leap_day(void **state)
{
	(void)state;
	captures();
	b.said[0] = (struct case_file_said){zone("UTC"), 2026};
	b.said[1] = (struct case_file_said){zone("UTC"), 2024};
	b.said[2] = (struct case_file_said){zone("UTC"), 0};
	line_of(0, "client", EVENT_TIME_LOCAL_NO_YEAR, 59 * DAY_NS, NS_PER_S);
	line_of(1, "client", EVENT_TIME_LOCAL_NO_YEAR, 59 * DAY_NS, NS_PER_S);
	line_of(2, "client", EVENT_TIME_LOCAL_NO_YEAR, 59 * DAY_NS, NS_PER_S);
	assert_false(resolve(0).known);
	assert_true(resolve(1).known);
	assert_false(resolve(2).known); /* 2025, 2026, 2027: none has it */
	char text[CLOCK_TEXT_MAX];
	assert_string_equal(clock_format(resolve(1).at_ns, 0, text),
		"2024-02-29T00:00:00Z");
}

/* A zone that was said leaves no doubt, though a long capture would. */
static void
a_stated_zone(void **state)
{
	(void)state;
	captures();
	script_play(&b.client, "7200.0 C>S S seq 5 cport 45000\n");
	b.said[0].zone = zone("Europe/Berlin"); /* +01:00 in November */
	line_of(0, "client", EVENT_TIME_LOCAL,
		SCRIPT_START_NS + HOUR_NS + 7 * NS_PER_S, NS_PER_S);
	expect(0, 7, 3 * NS_PER_S);
}

/* 2026-10-25T02:30 in Berlin was twice. */
static void
an_hour_that_was_twice(void **state)
{
	(void)state;
	const int64_t local = SCRIPT_START_NS - 26 * DAY_NS + 9000 * NS_PER_S;
	b.said[0].zone = zone("Europe/Berlin");
	captures();
	line_of(0, "client", EVENT_TIME_LOCAL, local, NS_PER_S);
	struct event_moment m = resolve(0);
	assert_true(m.known);
	assert_true(m.twice);
	assert_int_equal(m.at_ns, local - 2 * HOUR_NS);
	assert_true(m.uncertainty_ns >= HOUR_NS);
	assert_true(m.uncertainty_ns < HOUR_NS + 5 * NS_PER_S);
}

/* The captures were made in the second of the two hours: that one it is. */
static void
captures_tell_which_hour(void **state)
{
	(void)state;
	const int64_t utc = -26 * DAY_NS + 5400 * NS_PER_S; /* 01:30 */
	b.client.offset_ns = b.server.offset_ns = utc;
	b.said[0].zone = zone("Europe/Berlin");
	captures();
	line_of(0, "client", EVENT_TIME_LOCAL,
		SCRIPT_START_NS + utc + HOUR_NS + 7 * NS_PER_S, NS_PER_S);
	expect(0, (double)utc / 1e9 + 7, 3 * NS_PER_S);
	assert_false(resolve(0).twice);
}

/* 02:30 of 2026-03-29 was skipped in Berlin; whoever writes it is an hour
 * behind: 01:30 UTC. */
static void
an_hour_that_was_skipped(void **state)
{
	(void)state;
	int64_t utc[2];
	int64_t march29 = INT64_C(1774742400) * NS_PER_S;
	assert_int_equal(case_zone_utc(zone("Europe/Berlin"),
				 march29 + 9000 * NS_PER_S, utc),
		1);
	assert_int_equal(utc[0], march29 + 5400 * NS_PER_S);
	assert_int_equal(case_zone_utc(zone("Europe/Berlin"),
				 march29 + 11400 * NS_PER_S, utc),
		1); /* 03:10 summer time */
	assert_int_equal(utc[0], march29 + 4200 * NS_PER_S);
}

static void
zones_are_read(void **state)
{
	(void)state;
	static const char *const bad[] = {"Mars/Olympus_Mons", "", "+", "+15",
		"+1:", "-13:00", "+02:60", "+2:0", "../../etc/passwd",
		"/etc/localtime", "UTC-5", "CEST", "Europe", "utc "};
	static const struct {
		const char *text;
		int64_t minutes;
	} good[] = {{"Z", 0}, {"UTC", 0}, {"+02:00", 120}, {"-0330", -210},
		{"+5", 300}, {"+14", 840}, {"-12:00", -720},
		{"Asia/Kathmandu", 345}, {"Etc/GMT+5", -300}};
	char why[ZONE_WHY_MAX];
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		why[0] = '\0';
		if (zone_read(bad[i], &b.config.arena, why) != NULL)
			fail_msg("'%s' is taken for a zone", bad[i]);
		assert_true(why[0] != '\0');
	}
	for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
		const struct case_zone *z = zone(good[i].text);
		assert_int_equal(z->changes[z->count - 1].offset_ns,
			good[i].minutes * 60 * NS_PER_S);
	}
	assert_null(getenv("TZ"));
}

/* A clock of which nothing is seen but something was said. */
static void
a_stated_clock(void **state)
{
	(void)state;
	captures();
	b.config.roles_count = 1;
	b.roles[0] = (struct case_role){.name = "router",
		.position = -1,
		.boot_ns = CLOCK_UNKNOWN_NS,
		.offset_known = true,
		.offset_ns = 600 * NS_PER_S,
		.offset_uncertainty_ns = NS_PER_S / 2};
	line_of(0, "router", EVENT_TIME_UTC, SCRIPT_START_NS + 605 * NS_PER_S,
		NS_PER_US);
	expect(0, 5, 2 * NS_PER_S);
}

/* Times that no clock of ours shows: no crash, no overflow, no answer that is
 * too sure. */
static void
hostile_times(void **state)
{
	(void)state;
	static const int64_t times[] = {INT64_MIN, INT64_MIN + 1, -1, 0,
		CLOCK_LAST_NS, CLOCK_LAST_NS + 1, INT64_MAX};
	const int n = sizeof times / sizeof *times;
	b.server.offset_ns = -SCRIPT_START_NS; /* a clock of 1970 */
	captures();
	for (int kind = EVENT_TIME_NONE; kind <= EVENT_TIME_BOOT; kind++)
		for (int i = 0; i < n; i++)
			for (int j = 0; j < n; j++) {
				struct event *e = also_at_boot(
					line_of((uint32_t)(j % 4),
						j % 2 ? "server" : "far",
						(enum event_time_kind)kind,
						times[i], NS_PER_S),
					times[j]);
				names_syn(e, j % 3 ? 1000 : times[j],
					j % 2 ? 100 : INT32_MAX);
				e->dst_port = i % 3 ? 443 : INT32_MAX;
			}
	for (size_t i = 0; i < b.events.count; i++) {
		struct event_moment m = resolve(i);
		if (m.known)
			assert_true(m.uncertainty_ns > 0);
	}
}

int
main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, begin, end)
	const struct CMUnitTest tests[] = {
		TEST(utc_needs_nothing),
		TEST(a_servers_lines_follow_its_clock),
		TEST(one_zone_is_possible),
		TEST(utc_is_no_guess),
		TEST(a_zone_that_another_log_tells),
		TEST(logs_that_tell_no_zone),
		TEST(no_zone_is_possible),
		TEST(several_zones_are_possible),
		TEST(the_year_turns),
		TEST(the_stated_year_turns),
		TEST(a_leap_day),
		TEST(a_stated_zone),
		TEST(an_hour_that_was_twice),
		TEST(captures_tell_which_hour),
		TEST(an_hour_that_was_skipped),
		TEST(zones_are_read),
		TEST(a_stated_clock),
		TEST(hostile_times),
	};
	unsetenv("TZ");
	return cmocka_run_group_tests(tests, NULL, NULL);
}
