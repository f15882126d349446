/*
 * Folding equal events: see event_budget.h.
 */
#include "ingest/event_budget.h"

#include <stdlib.h>
#include <string.h>

#include "base/hash.h"

/* Events of one name in this source so far. */
struct budget_name {
	const char *name;
	uint64_t seen;
	uint64_t kept;
};

#define SLOTS_FIRST ((size_t)1024)
#define SLOT_EMPTY UINT32_MAX

void
event_budget_init(struct event_budget *b, struct event_list *events)
{
	*b = (struct event_budget){.events = events, .first = events->count};
}

void
event_budget_release(struct event_budget *b)
{
	free(b->names);
	free(b->slots);
	*b = (struct event_budget){0};
}

static struct budget_name *
name_of(struct event_budget *b, const char *name)
{
	for (size_t i = 0; i < b->names_count; i++)
		if (strcmp(b->names[i].name, name) == 0)
			return &b->names[i];
	if (b->names_count == b->names_room) {
		b->names_room = b->names_room == 0 ? 32 : b->names_room * 2;
		b->names =
			memory_grow(b->names, b->names_room, sizeof *b->names);
	}
	b->names[b->names_count] = (struct budget_name){.name = name};
	return &b->names[b->names_count++];
}

/* The span within which equal events are one; 0: each is kept. */
static int64_t
span_ns(const struct budget_name *n)
{
	if (n->seen <= EVENTS_SINGLE)
		return 0;
	if (n->seen <= EVENTS_BY_SECOND)
		return NS_PER_S;
	return (n->seen <= EVENTS_BY_MINUTE ? 60 : 3600) * NS_PER_S;
}

static bool
same_text(const char *a, const char *b)
{
	return a == b || (a != NULL && b != NULL && strcmp(a, b) == 0);
}

/* Do they say the same of the same? Ports of clients differ from try to try. */
static bool
same(const struct event *a, const struct event *b, int64_t span)
{
	return same_text(a->name, b->name) && same_text(a->src, b->src) &&
		same_text(a->dst, b->dst) && a->dst_port == b->dst_port &&
		same_text(a->host, b->host) && a->time.kind == b->time.kind &&
		a->time.ns / span == b->time.ns / span;
}

static uint64_t
text_hash(uint64_t h, const char *text)
{
	for (; text != NULL && *text != '\0'; text++)
		h = hash_mix(h ^ (uint8_t)*text, UINT64_C(0x9e3779b97f4a7c15));
	return h + 1;
}

static uint64_t
event_hash(const struct event *e, int64_t span)
{
	uint64_t h = text_hash((uint64_t)(e->time.ns / span), e->name);
	h = text_hash(h ^ (uint64_t)(uint32_t)e->dst_port, e->dst);
	return text_hash(text_hash(h, e->src), e->host);
}

/* The slots anew, with twice the room. Spans may have grown since: an event is
   found under the span that it was put in with, or put in again. */
static void
slots_grow(struct event_budget *b)
{
	size_t room = b->slots_room == 0 ? SLOTS_FIRST : b->slots_room * 2;
	uint32_t *old = b->slots;
	size_t old_room = b->slots_room;
	b->slots = memory_take(room, sizeof *b->slots);
	memset(b->slots, 0xff, room * sizeof *b->slots);
	b->slots_room = room;
	for (size_t i = 0; i < old_room; i++) {
		if (old[i] == SLOT_EMPTY)
			continue;
		const struct event *e = &b->events->list[old[i]];
		size_t at = event_hash(e, e->span_ns) & (room - 1);
		while (b->slots[at] != SLOT_EMPTY)
			at = (at + 1) & (room - 1);
		b->slots[at] = old[i];
	}
	free(old);
}

/* The event that takes e in, or the empty slot that e may have. */
static size_t
slot_find(struct event_budget *b, const struct event *e, int64_t span)
{
	if (b->slots_used * 2 >= b->slots_room)
		slots_grow(b);
	size_t at = event_hash(e, span) & (b->slots_room - 1);
	while (b->slots[at] != SLOT_EMPTY) {
		const struct event *x = &b->events->list[b->slots[at]];
		if (x->span_ns == span && same(x, e, span))
			break;
		at = (at + 1) & (b->slots_room - 1);
	}
	return at;
}

/* into stands for e, too: its time is the span of both. */
static void
fold(struct event *into, const struct event *e)
{
	struct event_time *t = &into->time;
	int64_t to = t->ns + t->resolution_ns;
	int64_t end = e->time.ns + e->time.resolution_ns;
	if (e->time.ns < t->ns)
		t->ns = e->time.ns;
	t->resolution_ns = (end > to ? end : to) - t->ns;
	into->count = e->count > UINT32_MAX - into->count
		? UINT32_MAX
		: into->count + e->count;
	into->floor = into->floor || e->floor;
	if (into->src_port != e->src_port)
		into->src_port = -1;
	if (into->ip_id != e->ip_id)
		into->ip_id = -1;
	if (into->seq != e->seq)
		into->seq = -1;
}

void
event_budget_settle(struct event_budget *b)
{
	struct event_list *l = b->events;
	struct event *e = &l->list[l->count - 1];
	struct budget_name *n = name_of(b, e->name);
	n->seen++;
	int64_t span =
		e->time.kind == EVENT_TIME_NONE && n->seen > EVENTS_SINGLE
		? INT64_MAX
		: span_ns(n);
	if (span > 0) {
		size_t at = slot_find(b, e, span);
		if (b->slots[at] != SLOT_EMPTY) {
			fold(&l->list[b->slots[at]], e);
			b->folded++;
			l->count--;
			return;
		}
		e->span_ns = span;
		if (l->count - b->first <= EVENTS_SOURCE_MAX) {
			b->slots[at] = (uint32_t)(l->count - 1);
			b->slots_used++;
		}
	}
	if (l->count - b->first > EVENTS_SOURCE_MAX && n->kept >= EVENTS_RARE) {
		b->dropped++;
		l->count--;
		return;
	}
	n->kept++;
}
