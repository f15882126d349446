/*
 * Data of which a first piece is missing although later ones came.
 *
 * A receiver acknowledges up to the piece that it lacks and no further (RFC
 * 9293 section 3.10.7.4), whatever comes behind it. Where the place of capture
 * is the receiver's, the piece itself is absent from the capture; at the
 * sender's end the acknowledgements that stand still tell of it. Only the first
 * 64 KiB of either direction are watched: what tears later is no connect.
 */
#ifndef INGEST_TRACK_HOLE_H
#define INGEST_TRACK_HOLE_H

#include "ingest/track_flow.h"

/* Data of the client's, or the server's, is about to be counted. Call it before
 * c_next or s_next takes it in. */
void track_hole_client(struct sighting *s, const struct track_event *ev);
void track_hole_server(struct sighting *s, const struct track_event *ev);

/* The server acknowledges. Call it for each of its segments behind the
 * handshake. */
void track_hole_acked(struct sighting *s, const struct packet *p);

#endif
