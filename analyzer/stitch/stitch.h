/*
 * From sightings at several vantages to attempts with facts.
 *
 *	stitch_arrange   which vantage is nearest the client (swapped pairs)
 *	stitch_run       pair sightings, align clocks, work out facts, write
 *	                 clock, host, attempt, sighting, facts and event rows
 *
 * The order of vantages is the order of the path, client first. The reference
 * clock is that of the first vantage.
 */
#ifndef STITCH_STITCH_H
#define STITCH_STITCH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "model/case_config.h"
#include "model/event.h"
#include "model/vantage.h"
#include "store/store.h"

/* More points on one path than anyone captures at. */
#define STITCH_VANTAGES_MAX 8

struct stitch_options {
	bool all_attempts; /* write sightings of clean attempts too */
	const struct case_config *config; /* what a person said, or NULL */
};

struct stitch_result {
	uint64_t attempts;
	uint64_t clean;
	uint64_t paired; /* seen at two vantages or more */
	uint64_t
		reported; /* failed connections that logs and the like tell of */
	uint64_t twice;   /* log times of an hour that clocks showed twice */
};

/*
 * Where the packets themselves show that two captures stand in the wrong
 * order, exchange them and set their swapped flags. "client" and "server" stay
 * with the places: the one nearest the client is the client. Names of machines go
 * with their captures.
 */
void stitch_arrange(struct vantage *vantages, size_t count);

/* Do the machines of several captures call each other: is one of them client of
 * some attempts and server of others? Then no name of an end is one's. */
bool stitch_calls_both_ways(const struct vantage *vantages, size_t count);

/* The own address of each of two or more captures' machines, of which one both
 * takes and opens connections; own has room for count. False when it is not so,
 * or not known. */
bool stitch_own_addresses(
	const struct vantage *vantages, size_t count, struct ip_addr *own);

/* At which end a lone capture was made: 1 the client's, -1 the server's, when
 * its packets prove it and none the opposite; else 0. *by: what proves it, enum
 * shown_by bits. */
int stitch_lone_end(const struct vantage *v, uint8_t *by);

/* Does its host send on SYNs that came in: a router, or a container's host? */
bool stitch_passes_syns_on(const struct vantage *v);

/* The store must be in stage STORE_STITCH. */
bool stitch_run(struct vantage *vantages, size_t count,
	const struct event_list *events, const struct stitch_options *options,
	struct store *s, struct stitch_result *result, struct error *e);

#endif
