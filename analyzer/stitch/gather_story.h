/*
 * The facts of how an attempt went on and ended: late resets, silences, who
 * waited for whom.
 */
#ifndef STITCH_GATHER_STORY_H
#define STITCH_GATHER_STORY_H

#include "model/facts.h"
#include "stitch/case.h"

/* A RST of the server that ends what was begun, and refuses nothing. */
#define STORY_RESETS_WHAT_BEGAN (SIGHTING_RST_S_END | SIGHTING_RST_S_LATE)

/* Fill in those facts; what gather_counts wrote is there already. */
void gather_story(const struct stitch_case *k, const struct attempt_ends *a,
	struct facts *f);

/* Who sent the RST that ended the connection: asks for the coverage of the ends,
 * so it comes last. */
void gather_reset_by(const struct attempt_ends *a, struct facts *f);

/* Microseconds from the client's last data, which got no data for an answer, to
 * the RST that followed it; or FACT_UNKNOWN. */
int64_t story_request_reset_us(const struct sighting *g);

/* The connection was reset after a silence that is worth telling. */
bool story_has_idle_reset(const struct sighting *g);

/* Microseconds for which the server repeated data that the client did not
 * acknowledge any more, 3 s or more; or FACT_UNKNOWN. */
int64_t story_stuck_us(const struct sighting *g);

/* The same of the client's data, on a connection that had been answered before. */
int64_t story_request_stuck_us(const struct sighting *g);

/* Microseconds, 3 s or more, for which the server has offered no window to a
 * client that asked for it again and again; or FACT_UNKNOWN. */
int64_t story_shut_us(
	const struct stitch_case *k, size_t vantage, const struct sighting *g);

/* Nanoseconds from since_at to the end of a wait, which is the client's close,
 * a reset or the capture's end; FACT_UNKNOWN where the capture has a gap in
 * between. */
int64_t story_waited_ns(const struct stitch_case *k, size_t vantage,
	const struct sighting *g, uint32_t since_at);

/* All that the client's segments acknowledge is the SYN-ACK: nothing behind it
 * had reached the client when it sent the last of them. A capture that lacks
 * the server's direction shows that as well. */
bool story_unheard(const struct sighting *g);

/* Nanoseconds from the client's last new data to the last segment of its own
 * that shows story_unheard; 0 when it sent none. */
int64_t story_unheard_ns(const struct sighting *g);

/* A first piece of either end's data was missing for a second or more, at the
 * place of this capture, where later ones had arrived. */
bool story_is_torn(
	const struct stitch_case *k, size_t vantage, const struct sighting *g);

#endif
