/*
 * When log lines happened: zones, years, boots, packets that lines name, and
 * what a person said. Captures are written as in track_script.h; second 0 is
 * 2026-11-20T00:00:00Z.
 */
#include "track_script.h"

#include "ingest/zones.h"
#include "stitch/event_times.h"

#define HOUR_NS (3600 * NS_PER_S)
#define DAY_NS (24 * HOUR_NS)

/* Two captures, the logs of several files, and what was said of them. */
struct bench {
	struct script client;
	struct script server;
	struct vantage vantages[2];
	struct stitch_case k;
	struct event_list events;
	struct case_config config;
	struct case_file_said said[4];
	struct case_role roles[2];
	struct event_clock *clock;
	bool stitched;
};

static struct bench b;

static int
begin(void **state)
{
	(void)state;
	memset(&b, 0, sizeof b);
	script_begin(&b.client, "client");
	script_begin(&b.server, "server");
	b.config.said = b.said;
	b.config.said_count = 4;
	b.config.roles = b.roles;
	return 0;
}

static int
end(void **state)
{
	(void)state;
	event_clock_free(b.clock);
	if (b.stitched)
		stitch_case_release(&b.k);
	event_list_release(&b.events);
	arena_release(&b.config.arena);
	script_end(&b.client);
	script_end(&b.server);
	return 0;
}

/* A SYN of 10.0.0.1:40000 at 5 s, repeated at 6 s, that both captures have; the
 * server's answer comes back too, so that the clocks are compared. */
static void
captures(void)
{
	script_play(&b.client,
		"1.000 C>S S  seq 7 id 3 ts 1 cport 41000\n"
		"1.002 S>C S. seq 70 ack 8 cport 41000\n"
		"1.003 C>S .  seq 8 ack 71 cport 41000\n"
		"5.000 C>S S  seq 1000 id 100 ts 50\n"
		"6.000 C>S S  seq 1000 id 101 ts 51\n"
		"60.000 C>S S seq 9 id 4 ts 9 cport 42000\n");
	script_play(&b.server,
		"1.001 C>S S  seq 7 id 3 ts 1 cport 41000\n"
		"1.001 S>C S. seq 70 ack 8 cport 41000\n"
		"1.004 C>S .  seq 8 ack 71 cport 41000\n"
		"5.001 C>S S  seq 1000 id 100 ts 50\n"
		"6.001 C>S S  seq 1000 id 101 ts 51\n"
		"60.001 C>S S seq 9 id 4 ts 9 cport 42000\n");
}

/* A line of file 0 to 3 with a time of that kind. */
static struct event *
line_of(uint32_t file, const char *role, enum event_time_kind kind, int64_t ns,
	int64_t resolution_ns)
{
	struct event *e = event_list_add(&b.events);
	e->file = file;
	e->role = role;
	e->time = (struct event_time){ns, resolution_ns, kind};
	return e;
}

/* It is a netfilter line about the SYN of captures(). */
static struct event *
names_syn(struct event *e, int64_t seq, int32_t ip_id)
{
	e->src = "10.0.0.1";
	e->dst = "10.0.0.2";
	e->src_port = 40000;
	e->dst_port = 443;
	e->protocol = 6;
	e->seq = seq;
	e->ip_id = ip_id;
	return e;
}

static struct event *
also_at_boot(struct event *e, int64_t stamp_ns)
{
	e->second = (struct event_time){stamp_ns, NS_PER_US, EVENT_TIME_BOOT};
	return e;
}

static struct event_moment
resolve(size_t i)
{
	if (b.clock == NULL) {
		b.vantages[0] = b.client.v;
		b.vantages[1] = b.server.v;
		stitch_case_init(&b.k, b.vantages, 2, &b.config);
		b.stitched = true;
		b.clock = event_clock_new(&b.k, &b.events);
	}
	struct event_moment m;
	event_clock_resolve(b.clock, &b.events.list[i], &m);
	return m;
}

/* Event i is at seconds (true time), give or take at most unsure_ns. */
static void
expect(size_t i, double seconds, int64_t unsure_ns)
{
	struct event_moment m = resolve(i);
	int64_t true_ns =
		SCRIPT_START_NS + (int64_t)(seconds * 1e6 + 0.5) * NS_PER_US;
	assert_true(m.known);
	/* Within what it says of itself, and it does not say too much. */
	if (llabs(m.at_ns - true_ns) > m.uncertainty_ns)
		fail_msg("event %zu: %.6f s off, says +-%.6f s", i,
			(double)(m.at_ns - true_ns) / 1e9,
			(double)m.uncertainty_ns / 1e9);
	if (m.uncertainty_ns > unsure_ns)
		fail_msg("event %zu: uncertain by %.6f s", i,
			(double)m.uncertainty_ns / 1e9);
}

static const struct case_zone *
zone(const char *text)
{
	char why[ZONE_WHY_MAX];
	const struct case_zone *z = zone_read(text, &b.config.arena, why);
	if (z == NULL)
		fail_msg("%s", why);
	return z;
}

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
	assert_int_equal(resolve(0).logged_ns,
		SCRIPT_START_NS + (5 - 137) * NS_PER_S);
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
}

/* No zone in use lies a quarter of an hour from Greenwich. */
static void
no_zone_is_possible(void **state)
{
	(void)state;
	captures();
	line_of(0, "client", EVENT_TIME_LOCAL,
		SCRIPT_START_NS + 900 * NS_PER_S, NS_PER_S);
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
	line_of(0, "client", EVENT_TIME_LOCAL_NO_YEAR,
		366 * DAY_NS - NS_PER_S, NS_PER_S);
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
	line_of(0, "client", EVENT_TIME_LOCAL_NO_YEAR,
		366 * DAY_NS - NS_PER_S, NS_PER_S);
	line_of(0, "client", EVENT_TIME_LOCAL_NO_YEAR, NS_PER_S, NS_PER_S);
	/* Newest first, as journalctl -n --grep prints. */
	line_of(1, "client", EVENT_TIME_LOCAL_NO_YEAR, NS_PER_S, NS_PER_S);
	line_of(1, "client", EVENT_TIME_LOCAL_NO_YEAR,
		366 * DAY_NS - NS_PER_S, NS_PER_S);
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
		also_at_boot(line_of(0, "server", EVENT_TIME_UTC,
				     SCRIPT_START_NS + 310 * NS_PER_S,
				     NS_PER_US),
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
	expect(0, 5.001, 5 * NS_PER_MS);
	expect(1, 30, 5 * NS_PER_MS);
	assert_int_equal(resolve(1).logged_ns,
		SCRIPT_START_NS + 70 * NS_PER_S);
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
	names_syn(line_of(0, "router", EVENT_TIME_LOCAL,
			  local + 6 * NS_PER_S, NS_PER_US),
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
	names_syn(line_of(0, "server", EVENT_TIME_BOOT,
			  1005001 * NS_PER_MS, NS_PER_US),
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
	line_of(0, "router", EVENT_TIME_UTC,
		SCRIPT_START_NS + 605 * NS_PER_S, NS_PER_US);
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
		TEST(plain_dmesg_stays_open),
		TEST(two_clocks_tell_the_boot),
		TEST(late_readers_are_seen_through),
		TEST(a_reboot),
		TEST(a_stated_boot),
		TEST(a_line_that_names_its_syn),
		TEST(a_line_that_names_one_of_two_copies),
		TEST(a_router_is_pinned_by_the_identification),
		TEST(another_packet_pins_nothing),
		TEST(a_router_that_logs_utc),
		TEST(a_dmesg_that_names_its_syn),
		TEST(a_stated_zone_beats_a_pin),
		TEST(a_timeout_line_pins_nothing),
		TEST(a_stated_clock),
		TEST(hostile_times),
	};
	unsetenv("TZ");
	return cmocka_run_group_tests(tests, NULL, NULL);
}
