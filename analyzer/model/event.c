/*
 * The list of events.
 */
#include "model/event.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/utf8.h"

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

/* A JSON string: quotes, backslashes and control characters escaped; bytes that
 * are no UTF-8 become the replacement character. */
static char *
json_string(struct arena *a, struct view text)
{
	char *out = arena_take(a, 6 * text.len + 3);
	char *p = out;
	*p++ = '"';
	while (text.len > 0) {
		uint32_t code = utf8_take(&text);
		if (code == '"' || code == '\\')
			*p++ = '\\';
		if (code < 0x20 || code == 0x7f)
			p += snprintf(p, 7, "\\u%04x", (unsigned)code);
		else
			p += utf8_put(code, p);
	}
	*p++ = '"';
	*p = '\0';
	return out;
}

const char *
event_fields_add(struct arena *a, const char *so_far, const char *name,
	struct view value)
{
	if (so_far == NULL)
		so_far = "{}";
	if (value.len == 0)
		return so_far;
	size_t len = strlen(so_far) - 1; /* without the closing brace */
	return arena_format(a, "%.*s%s\"%s\":%s}", (int)len, so_far,
		len > 1 ? "," : "", name, json_string(a, value));
}

void
event_list_release(struct event_list *l)
{
	arena_release(&l->arena);
	free(l->list);
	*l = (struct event_list){0};
}
