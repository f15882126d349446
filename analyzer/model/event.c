/*
 * The list of events.
 */
#include "model/event.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

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

/* A JSON string: quotes, backslashes and control characters escaped. */
static char *
json_string(struct arena *a, const char *text)
{
	char *out = arena_take(a, 6 * strlen(text) + 3);
	char *p = out;
	*p++ = '"';
	for (; *text != '\0'; text++) {
		uint8_t c = (uint8_t)*text;
		if (c == '"' || c == '\\')
			*p++ = '\\';
		if (c < 0x20 || c == 0x7f)
			p += snprintf(p, 7, "\\u%04x", c);
		else
			*p++ = (char)c;
	}
	*p++ = '"';
	*p = '\0';
	return out;
}

const char *
event_fields(struct arena *a, const char *name, const char *value,
	const char *other, const char *other_value)
{
	bool first = value != NULL && value[0] != '\0';
	bool second = other_value != NULL && other_value[0] != '\0';
	const char *one = first ? arena_format(a, "\"%s\":%s", name,
					  json_string(a, value))
				: "";
	const char *two = second ? arena_format(a, "\"%s\":%s", other,
					   json_string(a, other_value))
				 : "";
	return arena_format(
		a, "{%s%s%s}", one, first && second ? "," : "", two);
}

void
event_list_release(struct event_list *l)
{
	arena_release(&l->arena);
	free(l->list);
	*l = (struct event_list){0};
}
