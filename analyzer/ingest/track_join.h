/*
 * Answers that came from elsewhere join the attempt that they acknowledge.
 */
#ifndef INGEST_TRACK_JOIN_H
#define INGEST_TRACK_JOIN_H

#include "model/vantage.h"

/*
 * SYN-ACKs from an address or port that was sent no SYN began sightings of
 * their own. Where their ISN is that of a SYN of the same client, they are
 * answers to it: its synack_bad counts them, its other names their sighting,
 * which is no attempt any more. Call once, when everything is read.
 */
void track_join_answers(struct vantage *v);

#endif
