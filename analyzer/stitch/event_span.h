/*
 * When the incident was: the time that zones and years of logs are told by.
 */
#ifndef STITCH_EVENT_SPAN_H
#define STITCH_EVENT_SPAN_H

#include "model/event.h"
#include "stitch/case.h"

/* Reference clock. */
struct event_span {
	int64_t from_ns;
	int64_t to_ns;
	int year; /* of its middle */
	/* No capture, and no line tells its zone: all are taken to be of one,
	   shown as UTC. */
	bool one_zone;
	int64_t written_ns; /* nothing else tells the year but when the newest
	                       file was written: UTC; 0: something does */
};

/*
 * The time of all captures; without any, of the lines that report failed
 * connections, or else of all events.
 */
struct event_span event_span_find(
	const struct stitch_case *k, const struct event_list *events);

#endif
