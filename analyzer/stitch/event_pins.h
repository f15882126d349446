/*
 * Lines that name a packet which a capture has, too.
 *
 * A netfilter LOG line with the SYN's sequence number (or its IP
 * identification) is that very SYN: the capture knows to the microsecond when
 * it passed, whatever the line's clock says.
 */
#ifndef STITCH_EVENT_PINS_H
#define STITCH_EVENT_PINS_H

#include "model/event.h"
#include "stitch/case.h"

/* The packet of one event passed within [from, to], reference clock. */
struct event_pin {
	size_t event; /* index in the list */
	int64_t from_ns;
	int64_t to_ns;
	int64_t unsure_ns; /* of these bounds */
};

struct event_pins {
	struct event_pin *list; /* owned; ascending events, one each */
	size_t count;
};

/* Release with event_pins_release. */
void event_pins_find(struct event_pins *p, const struct stitch_case *k,
	const struct event_list *events);
void event_pins_release(struct event_pins *p);

#endif
