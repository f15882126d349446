/*
 * What a segment means for the attempt that it belongs to: one function for
 * each kind of segment, which changes the sighting and nothing else but the
 * vantage's audit. Which attempt that is stands elsewhere (track_owner.c).
 */
#ifndef INGEST_TRACK_NOTES_H
#define INGEST_TRACK_NOTES_H

#include "ingest/track_flow.h"

/* a is at or behind b in sequence space (RFC 9293 section 3.4). */
static inline bool
seq_ge(uint32_t a, uint32_t b)
{
	return (int32_t)(a - b) >= 0;
}

/* The segment acknowledges this attempt's SYN, or data that came with it. */
static inline bool
track_acks_syn(const struct sighting *s, const struct packet *p)
{
	return p->flags & TCP_ACK && seq_ge(p->ack, s->isn + 1) &&
		seq_ge(s->c_next + 1, p->ack);
}

/* The SYN that begins the attempt: what later stages match and align by. */
void note_first_syn(
	struct tracker *t, struct sighting *s, const struct track_event *ev);

/* The same SYN once more: a copy, or one captured twice. */
void note_syn_again(
	struct tracker *t, struct sighting *s, const struct track_event *ev);

/* A SYN-ACK that acknowledges this attempt. */
void note_synack(
	struct tracker *t, struct sighting *s, const struct track_event *ev);

/* A SYN-ACK for this 4-tuple that acknowledges no SYN of it. */
void note_unfit_synack(struct sighting *s, const struct track_event *ev);

/* The client's segment that completes the handshake, or one that repeats it. */
void note_handshake_ack(struct sighting *s, const struct track_event *ev);

void note_client_reset(struct sighting *s, const struct track_event *ev);
void note_server_reset(struct sighting *s, const struct track_event *ev);

/* Any segment of the client other than a SYN. */
void note_client_segment(
	struct tracker *t, const struct track_event *ev, struct sighting *s);

/* Any segment of the server other than a SYN-ACK. */
void note_server_segment(
	struct tracker *t, const struct track_event *ev, struct sighting *s);

#endif
