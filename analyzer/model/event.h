/*
 * A log line that a pattern recognised, before its time is on any clock.
 *
 * Filled by ingest, read by stitch, which alone knows the clocks.
 */
#ifndef MODEL_EVENT_H
#define MODEL_EVENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/bytes.h"

/* What a line's time is, and so what is needed to make it UTC. */
enum event_time_kind {
	EVENT_TIME_NONE,
	EVENT_TIME_UTC,           /* ns since the Unix epoch */
	EVENT_TIME_LOCAL,         /* ns of a wall clock of unknown zone */
	EVENT_TIME_LOCAL_NO_YEAR, /* the same from 1 January of a leap year */
	EVENT_TIME_BOOT,          /* ns since boot */
};

struct event_time {
	int64_t ns;
	int64_t resolution_ns; /* the instant lies in [ns, ns + resolution) */
	enum event_time_kind kind;
	bool offset_written; /* of UTC: with the writer's own offset */
	int32_t offset_s;    /* that offset, east of UTC */
};

/* All texts lie in the list's arena, NUL-terminated. */
struct event {
	uint32_t file;    /* index of the source among the case's files */
	int64_t source;   /* source.id, once that row is written */
	uint64_t line;    /* from 1 */
	const char *name; /* of the pattern */
	const char *role; /* of the source, or NULL */
	const char *host; /* in the line, or NULL */
	struct event_time time;
	struct event_time second; /* another clock in the same line, or NONE */
	/* the time is that of an earlier line, or its date could not be read */
	bool borrowed;
	uint32_t count;  /* lines or packets that it stands for, >= 1 */
	int64_t span_ns; /* equal events within so long are in count; 0: none */
	bool floor;      /* count is a lower bound */
	const char *src; /* addresses as text, or NULL */
	const char *dst;
	int32_t src_port; /* or -1 */
	int32_t dst_port;
	int32_t protocol;   /* IP protocol number, or -1 */
	int32_t ip_id;      /* or -1 */
	int64_t seq;        /* or -1 */
	const char *fields; /* JSON object */
	const char *text;   /* the line, cut to EVENT_TEXT_MAX */
};

/* Bytes of a line that are kept; the file has the rest. */
#define EVENT_TEXT_MAX 2048

/* Events of one case that are kept; more are only counted. About 4 GB: what
   twenty sources may have (ingest/event_budget.h). */
#define EVENTS_MAX ((size_t)4000000)

struct event_list {
	struct arena arena;
	struct event *list; /* owned */
	size_t count;
	size_t room;
	uint64_t dropped; /* beyond EVENTS_MAX */
};

/*
 * A JSON object with one more member: so_far, or {} when NULL, and name: value
 * as a string. Empty values are left out; names need no escaping, values are
 * any bytes. In the arena.
 */
const char *event_fields_add(struct arena *a, const char *so_far,
	const char *name, struct view value);

/* A zeroed event at the end of the list; NULL when it is full. */
struct event *event_list_add(struct event_list *l);
void event_list_release(struct event_list *l);

#endif
