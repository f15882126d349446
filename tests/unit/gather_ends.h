/*
 * Two captures that tests of facts write (track_script.h), and the facts of the
 * attempt from port 40000: begin and end are set-up and tear-down.
 */
#ifndef TESTS_UNIT_GATHER_ENDS_H
#define TESTS_UNIT_GATHER_ENDS_H

#include "track_script.h"

#include "stitch/gather.h"
#include "stitch/run.h"

static struct script near;
static struct script far;
static struct vantage both[2];
static struct stitch_case k;
static struct arena arena;
static bool run;
static bool order_open; /* nothing says which capture is whose */

static inline int
begin(void **state)
{
	(void)state;
	script_begin(&near, "client");
	script_begin(&far, "server");
	run = false;
	return 0;
}

static inline int
end(void **state)
{
	(void)state;
	if (run)
		stitch_case_release(&k);
	arena_release(&arena);
	script_end(&near);
	script_end(&far);
	return 0;
}

/* Good traffic of the same hosts around everything: witnesses, and pairs that
 * align the clocks. TTL 64 at its sender, 63 behind one router. */
static inline void
background(int seconds)
{
	char line[128];
	for (int i = -2; i <= seconds; i++) {
		int port = 2000 + i;
		snprintf(line, sizeof line, "%d.50 C>S S seq 7 cport %d ttl 64",
			i + 2, port);
		script_line(&near, line);
		snprintf(line, sizeof line, "%d.51 C>S S seq 7 cport %d ttl 63",
			i + 2, port);
		script_line(&far, line);
		snprintf(line, sizeof line,
			"%d.52 S>C S. seq 9 ack 8 cport %d ttl 64", i + 2,
			port);
		script_line(&far, line);
		snprintf(line, sizeof line,
			"%d.53 S>C S. seq 9 ack 8 cport %d ttl 63", i + 2,
			port);
		script_line(&near, line);
		snprintf(line, sizeof line,
			"%d.53 C>S . seq 8 ack 10 cport %d ttl 64", i + 2,
			port);
		script_line(&near, line);
		snprintf(line, sizeof line,
			"%d.54 C>S . seq 8 ack 10 cport %d ttl 63", i + 2,
			port);
		script_line(&far, line);
	}
}

/* The attempt from cport 40000, and its ends. */
static inline struct attempt_ends
ends(size_t count)
{
	both[0] = near.v;
	both[1] = far.v;
	if (count == 2)
		both[0].shown_by = both[1].shown_by =
			order_open ? 0 : SHOWN_BY_TTL;
	if (!run)
		stitch_relate(&k,
			count == 1 && far.frames > 0 ? &both[1] : both, count,
			NULL, NULL);
	run = true;
	struct attempt_ends e;
	for (uint32_t i = 0; i < k.match.count; i++) {
		stitch_case_ends(&k, i, &e);
		const struct sighting *g = e.c != NULL ? e.c : e.s;
		if (g->client_port == 40000 || g->server_port == 40000)
			return e;
	}
	fail_msg("no attempt from port 40000");
	return e;
}

static inline struct facts
facts_of(size_t count)
{
	struct facts f;
	struct attempt_ends e = ends(count);
	gather_facts(&k, &e, &arena, &f);
	return f;
}

#endif
