/*
 * What logs, flow logs and tracers report of connections that failed, and which
 * attempt of the captures each is.
 */
#ifndef STITCH_REPORTED_H
#define STITCH_REPORTED_H

#include "store/store.h"

/*
 * Fill reported_failure from the tables event and flow_record, with hosts for
 * addresses that no capture shows. Call it when those and the attempts are
 * written. *count: how many there are. False with *e set only when the store fails.
 */
bool reported_write(struct store *s, uint64_t *count, struct error *e);

#endif
