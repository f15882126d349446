/*
 * SYNs that a card overheard: their frames were for another machine.
 */
#ifndef INGEST_OVERHEARD_H
#define INGEST_OVERHEARD_H

#include "model/vantage.h"

/*
 * Once the capture is read: leave sighting.syn_to where no SYN to this server in a
 * frame to this hardware address was ever answered, and those to another one
 * were; 0 elsewhere, and in all of a capture of several cards, which have an
 * address each.
 */
void overheard_settle(struct vantage *v);

#endif
