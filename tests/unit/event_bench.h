/*
 * Two captures and the logs of some files, with what was said of them: helpers
 * of the tests about when log lines happened. Captures are written as in
 * track_script.h; second 0 is 2026-11-20T00:00:00Z.
 */
#ifndef TESTS_UNIT_EVENT_BENCH_H
#define TESTS_UNIT_EVENT_BENCH_H

#include "track_script.h"

#include "ingest/zones.h"
#include "stitch/event_times.h"
#include "stitch/run.h"

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

static inline int
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

static inline int
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
static inline void
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
static inline struct event *
line_of(uint32_t file, const char *role, enum event_time_kind kind, int64_t ns,
	int64_t resolution_ns)
{
	struct event *e = event_list_add(&b.events);
	e->file = file;
	e->role = role;
	e->time = (struct event_time){
		.ns = ns, .resolution_ns = resolution_ns, .kind = kind};
	return e;
}

/* It is a netfilter line about the SYN of captures(). */
static inline struct event *
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

static inline struct event *
also_at_boot(struct event *e, int64_t stamp_ns)
{
	e->second = (struct event_time){.ns = stamp_ns,
		.resolution_ns = NS_PER_US,
		.kind = EVENT_TIME_BOOT};
	return e;
}

static inline struct event_moment
resolve(size_t i)
{
	if (b.clock == NULL) {
		b.vantages[0] = b.client.v;
		b.vantages[1] = b.server.v;
		stitch_relate(&b.k, b.vantages, 2, &b.config, NULL);
		b.stitched = true;
		b.clock = event_clock_new(&b.k, &b.events);
	}
	struct event_moment m;
	event_clock_resolve(b.clock, &b.events.list[i], &m);
	return m;
}

/* Event i is at seconds (true time), give or take at most unsure_ns. */
static inline void
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

static inline const struct case_zone *
zone(const char *text)
{
	char why[ZONE_WHY_MAX];
	const struct case_zone *z = zone_read(text, &b.config.arena, why);
	if (z == NULL)
		fail_msg("%s", why);
	return z;
}

#endif
