/*
 * Everything that is known while attempts are stitched: shared by the files of
 * this stage.
 */
#ifndef STITCH_CASE_H
#define STITCH_CASE_H

#include "stitch/clock.h"
#include "stitch/cover.h"
#include "stitch/match.h"
#include "stitch/sides.h"
#include "stitch/stitch.h"

/* The end of a path at which no capture was made. */
#define CASE_NO_END SIDES_NO_END

/* A SYN that only the server's end saw. */
struct orphan {
	uint64_t tuple; /* hash of its addresses and ports */
	int64_t at_ns;  /* reference clock */
};

struct stitch_case {
	struct vantage *vantages;
	size_t count;
	size_t near; /* index of the vantage at the client, or CASE_NO_END */
	const struct case_config *config; /* what a person said, or NULL */
	size_t far; /* index of the vantage at the server, or CASE_NO_END */
	struct sides sides; /* attempts for which it is the other way */
	struct match match;
	struct clock_map maps[STITCH_VANTAGES_MAX];
	struct cover covers[STITCH_VANTAGES_MAX];
	int64_t last_ns[STITCH_VANTAGES_MAX]; /* end of each capture,
	                                         reference clock */
	/* When the SYNs came that only the server's end saw: ascending,
	   reference clock; owned. And the same, by 4-tuple first; owned. */
	int64_t *orphans;
	struct orphan *rivals;
	uint32_t orphans_count;
	struct hash_keys keys; /* of the rivals' 4-tuples */
};

/* The ends of one attempt. */
struct attempt_ends {
	uint32_t attempt;
	size_t near;              /* vantage at its client, or CASE_NO_END */
	size_t far;               /* vantage at its server, or CASE_NO_END */
	const struct sighting *c; /* at the client, or NULL */
	const struct sighting *s; /* at the server, or NULL */
};

/* Release with stitch_case_release; borrows the vantages and config, which may
 * be NULL, as may translations, which are not kept. */
void stitch_case_init(struct stitch_case *k, struct vantage *vantages,
	size_t count, const struct case_config *config,
	const struct translations *translations);
void stitch_case_release(struct stitch_case *k);

/* How many SYNs that only the server's end saw came in [from_ns, to_ns]. */
uint32_t stitch_case_orphans(
	const struct stitch_case *k, int64_t from_ns, int64_t to_ns);

/* The same, of those with the addresses and ports of s. */
uint32_t stitch_case_rivals(const struct stitch_case *k,
	const struct sighting *s, int64_t from_ns, int64_t to_ns);

void stitch_case_ends(const struct stitch_case *k, uint32_t attempt,
	struct attempt_ends *out);

/* The sighting of an attempt that was made nearest its client; *vantage is set
 * to where. Every attempt has one. */
const struct sighting *stitch_case_first(
	const struct stitch_case *k, uint32_t attempt, size_t *vantage);

/*
 * How the clock of a role relates to the reference: that of its capture, or
 * what was said of it. False when nothing compares them; map says "equal" then.
 */
bool stitch_case_clock(
	const struct stitch_case *k, const char *role, struct clock_map *map);

/* When something of a sighting happened, on the reference clock, ns. */
int64_t stitch_case_time(const struct stitch_case *k, size_t vantage,
	const struct sighting *s, uint32_t at_us);

#endif
