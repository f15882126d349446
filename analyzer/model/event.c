/*
 * The list of events.
 */
#include "model/event.h"

#include <stdlib.h>

struct event *
event_list_add(struct event_list *l)
{
	if (l->count == EVENTS_MAX) {
		l->dropped++;
		return NULL;
	}
	if (l->count == l->room) {
		l->room = l->room == 0 ? 64 : l->room * 2;
		l->list = memory_grow(l->list, l->room, sizeof *l->list);
	}
	struct event *e = &l->list[l->count++];
	*e = (struct event){.count = 1,
		.src_port = -1,
		.dst_port = -1,
		.protocol = -1,
		.ip_id = -1,
		.seq = -1};
	return e;
}

void
event_list_release(struct event_list *l)
{
	arena_release(&l->arena);
	free(l->list);
	*l = (struct event_list){0};
}
