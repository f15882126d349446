/*
 * Answers that were recorded just before the SYN that they answer: several
 * queues of one card are emptied one after the other, and merged files keep no
 * order within a clock's tick. A SYN-ACK finds the connection that had the
 * ports before, and fits it not; an ICMP error finds nothing that it quotes.
 *
 * They are held for TRACK_DUPLICATE_NS, a few of them at a time; an answer that
 * is displaced by later ones stays what it was taken for.
 */
#ifndef INGEST_TRACK_EARLY_H
#define INGEST_TRACK_EARLY_H

#include "ingest/track_notes.h"

/* Hold an answer that fits no SYN so far. */
void track_early_hold(struct tracker *t, const struct track_event *ev);

/*
 * The client accepted an answer that fits no SYN of this attempt of its: it goes
 * on where the answer stands, so that its SYN was recorded late or not at all.
 * Takes the answer out; false when none is held.
 */
bool track_early_accepted(struct tracker *t, const struct track_event *ev,
	struct track_early *out);

/* A SYN began this attempt: note what answered it, if it is held. old: the
   attempt that had the same ports before, or NULL. */
void track_early_settle(struct tracker *t, struct sighting *s,
	struct sighting *old, const struct track_event *ev);

#endif
