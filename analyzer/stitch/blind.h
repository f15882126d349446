/*
 * What one end proves that the other end's capture does not show.
 *
 * A filter on flags, on the direction or on another host leaves no trace in a
 * pcap file. But a connection that worked, by one end's capture, had a SYN-ACK
 * and an ACK that passed the other end as well: a capture that holds none of
 * any connection was filtered, and convicts nobody by what it lacks.
 */
#ifndef STITCH_BLIND_H
#define STITCH_BLIND_H

#include "stitch/case.h"

/* Set blind, blind_to_synack and blind_to_more of the case's covers. Costs one
 * look over the attempts, and only where a capture lacks a kind altogether. */
void blind_find(struct stitch_case *k);

#endif
