/*
 * What one end proves that the other end's capture does not show.
 *
 * A filter on flags, on the direction or on another host leaves no trace in a
 * pcap file. But a connection that worked, by one end's capture, had a SYN-ACK
 * and an ACK that passed the other end as well: a capture that holds none of
 * any connection was filtered, and convicts nobody by what it lacks.
 */
#ifndef STITCH_FILTERED_CAPTURE_H
#define STITCH_FILTERED_CAPTURE_H

#include "stitch/case.h"

/* Set lacks_all, lacks_synacks and lacks_more of the case's covers. Costs one
 * look over the attempts, and only where a capture lacks a kind altogether. */
void filtered_captures_find(struct stitch_case *k);

#endif
