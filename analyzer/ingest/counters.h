/*
 * The counters of one snapshot, and writing the difference of two.
 */
#ifndef INGEST_COUNTERS_H
#define INGEST_COUNTERS_H

#include "base/arena.h"
#include "base/bytes.h"
#include "store/store.h"

/* Counters of one file that are kept; /proc of a large host has a few 10,000. */
#define COUNTERS_MAX ((size_t)1000000)

struct counter_value {
	const char *scope; /* in the arena */
	const char *name;
	int64_t first; /* value where the snapshot shows it first and last: */
	int64_t last;  /* they differ when snapshots were appended */
	bool repeated;
	bool gauge;
	uint32_t line;
};

struct counters {
	struct arena arena;
	struct counter_value *list; /* owned */
	size_t count;
	size_t room;
	uint64_t beyond;    /* that were not kept */
	int64_t source;     /* source.id of the file */
	bool zeros_omitted; /* what is missing here was 0 */
	bool whole;         /* the file was read to its end */
};

void counters_add(struct counters *c, struct view scope, struct view name,
	int64_t value, bool gauge, uint32_t line);

/* All of the file was added: sort, join repetitions. */
void counters_end(struct counters *c, bool zeros_omitted);

void counters_release(struct counters *c);

/* Write the rows of after, with before's values (before may be NULL). */
bool counters_write(struct store *s, const char *role, const char *kind,
	const struct counters *before, const struct counters *after,
	struct error *e);

#endif
