/*
 * The tracker's lookups and records, shared by the files that implement it.
 */
#ifndef INGEST_TRACK_FLOW_H
#define INGEST_TRACK_FLOW_H

#include "ingest/track.h"

/*
 * Segments or errors of one kind this close together are one captured twice (-i
 * any, a mirror port): a network stack is through in microseconds. Real
 * retransmissions come at least 10 ms later (Linux 6.12 include/net/tcp.h,
 * TCP_TIMEOUT_MIN), errors to one host once a second (net/ipv4/icmp.c,
 * icmp_ratelimit).
 */
#define TRACK_DUPLICATE_NS (2 * NS_PER_MS)

/* One packet on its way through the tracker. */
struct track_event {
	const struct packet *packet;
	int64_t ns; /* captured clock */
	uint32_t frame;
	uint32_t tag; /* of the packet's 4-tuple, by track_tag */
	uint8_t card; /* interface of the host, 0 unknown */
};

/* In a slot's index: it is that of a row of the crowd, from 1. */
#define TRACK_CROWD (UINT32_C(1) << 31)

/*
 * The latest sighting of the packet's 4-tuple in either orientation, or NULL.
 * src_is_client tells which way round.
 */
struct sighting *track_find(
	struct tracker *t, const struct track_event *ev, bool *src_is_client);

/*
 * A new sighting of the packet's 4-tuple, its client the packet's source or
 * destination. previous is the index of the tuple's latest sighting or
 * SIGHTING_NONE. NULL when the limit is reached.
 */
struct sighting *track_begin(struct tracker *t, const struct track_event *ev,
	bool src_is_client, struct sighting *previous);

/* An unused record at the end of the vantage; NULL at the limit. */
struct sighting *track_record(struct tracker *t);

/* What every sighting has of its first packet, in a record that is all zero. */
void track_fill(
	struct sighting *s, const struct track_event *ev, bool src_is_client);

/* The index of two hosts' pair; SIGHTING_NONE where there is none and none is to
 * be made. */
uint32_t track_pair(
	struct tracker *t, struct ip_addr a, struct ip_addr b, bool make);

/* Let the packet's 4-tuple, which has no slot yet, have one with this index. */
void track_slot_set(
	struct tracker *t, const struct track_event *ev, uint32_t index);

/* Put the SYN of a 4-tuple that is new into the crowd; false where it should have
 * a sighting. */
bool track_crowd_take(struct tracker *t, const struct track_event *ev);

/* Among s and the earlier sightings of its tuple the one with this ISN. */
struct sighting *track_with_isn(
	struct tracker *t, struct sighting *s, uint32_t isn);

/* A connection of which nothing is seen for longer is silent. */
#define TRACK_QUIET_NS NS_PER_S

/* The sighting was silent until ns; call before the packet there is noted. */
void track_note_quiet(struct sighting *s, int64_t ns);

/* Remember that the sighting and its host pair were seen at ns. */
void track_touch(
	struct tracker *t, struct sighting *s, bool src_is_client, int64_t ns);

/* Move the times of a sighting so that first_ns is not after ns. */
void track_rebase(struct sighting *s, int64_t ns);

/* Remember the frame of a copy between the first and the last. */
void track_note_copy(struct tracker *t, const struct sighting *s,
	uint32_t frame, bool answer);

/* Act on a TCP segment. */
void track_segment(struct tracker *t, const struct track_event *ev);

/* Act on an ICMP error that quotes a segment; false, and counted, when that is
   of no attempt that is known. */
bool track_icmp(struct tracker *t, const struct track_event *ev);

/* Microseconds from the sighting's first packet to ns, saturating. */
static inline uint32_t
track_at(const struct sighting *s, int64_t ns)
{
	int64_t us = (ns - s->first_ns) / NS_PER_US;
	if (us < 0)
		return 0;
	return us > SIGHTING_AT_MAX ? SIGHTING_AT_MAX : (uint32_t)us;
}

/* Nanoseconds from such a moment to the packet. */
static inline int64_t
track_since(
	const struct sighting *s, uint32_t at_us, const struct track_event *ev)
{
	return ev->ns - s->first_ns - (int64_t)at_us * NS_PER_US;
}

static inline void
track_count(uint16_t *counter)
{
	if (*counter != UINT16_MAX)
		(*counter)++;
}

#endif
