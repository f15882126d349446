/*
 * Data that was acknowledged before it was captured, or never.
 *
 * Cards with several queues and merged files put an acknowledgement before the
 * data that it acknowledges, by microseconds. What is acknowledged and not
 * there is therefore remembered first, and is a loss of the capture only when
 * it is still missing some packets and milliseconds later.
 */
#ifndef INGEST_TRACK_LOSS_H
#define INGEST_TRACK_LOSS_H

#include "ingest/track_flow.h"

/*
 * The peer acknowledges [from, to) of the data of row (0: the client's, 1: the
 * server's), which this capture does not hold so far. single: one number of
 * the sequence space, which may be a FIN or a byte, is no loss that counts.
 */
void track_loss_suspect(struct tracker *t, struct sighting *s,
	const struct track_event *ev, int row, uint32_t from, uint32_t to);

/* The same of the SYN-ACK, whose numbers are known by its acknowledgement. */
void track_loss_suspect_synack(
	struct tracker *t, struct sighting *s, const struct track_event *ev);

/* Such data has come: bytes [seq, seq + len). Call where SIGHTING_GAP is set. */
void track_loss_fill(struct tracker *t, struct sighting *s, int row,
	uint32_t seq, uint32_t len);

/* Count what has been missing for long enough at this packet. Call for each
 * while tracker.gaps_count is not 0. */
void track_loss_settle(struct tracker *t, const struct track_event *ev);

#endif
