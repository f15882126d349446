/*
 * How many events of one source are kept one by one.
 *
 * A log can hold the same line a million times. Of each event of a source the
 * first EVENTS_SINGLE are kept as they are; of the rest those that say the same
 * (name, host, addresses, service) within a span of time are one event with
 * their number, whose time says the span. The span grows with the number, so
 * that what is kept of a source depends on how long it goes on and of how many
 * things it speaks, not on how often it says them. Beyond EVENTS_SOURCE_MAX only
 * events are kept of whose name there are few yet: what is rare decides. What is
 * folded and what is dropped is counted and said.
 *
 * A source's flood takes nothing from another source.
 */
#ifndef INGEST_EVENT_BUDGET_H
#define INGEST_EVENT_BUDGET_H

#include "model/event.h"
#include "parsers/patterns/pattern.h"

/* Of one name in one source: kept singly; folded by the second; by the minute;
   by the hour beyond. */
#define EVENTS_SINGLE 10000
#define EVENTS_BY_SECOND 30000
#define EVENTS_BY_MINUTE 60000

/* Events of one source, about 200 MB; and those of a name that are kept even
   then, with PATTERNS_MAX names at most. */
#define EVENTS_SOURCE_MAX 200000
#define EVENTS_RARE 100

struct event_budget {
	struct event_list *events; /* borrowed */
	size_t first;              /* index of the source's first event */
	uint64_t folded; /* events that are in the number of another */
	uint64_t dropped;
	struct budget_name *names; /* owned */
	size_t names_count;
	size_t names_room;
	uint32_t *slots; /* hash of events that take others in; owned */
	size_t slots_room;
	size_t slots_used;
};

void event_budget_init(struct event_budget *b, struct event_list *events);
void event_budget_release(struct event_budget *b);

/*
 * Keep a whole event, which must be the list's last: as it is, in the number of
 * an earlier one, or not at all. Where it is not kept itself, it is taken off
 * the list.
 */
void event_budget_settle(struct event_budget *b);

#endif
