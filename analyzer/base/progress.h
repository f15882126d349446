/*
 * How far the work is, for a person who waits.
 *
 * Workers add to a counter; one thread prints a line on standard error about
 * four times a second, from the second second on, and wipes it at the end.
 */
#ifndef BASE_PROGRESS_H
#define BASE_PROGRESS_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"

/* In the order of --progress's words. */
enum progress_mode { PROGRESS_AUTO, PROGRESS_ALWAYS, PROGRESS_NEVER };

struct progress {
	_Atomic uint64_t done_bytes;
	uint64_t total_bytes; /* 0 when it is not known (pipes) */
	bool shown;
	bool printed;       /* a line is on the terminal */
	int64_t started_ns; /* monotonic clock */
};

/* Start counting; PROGRESS_AUTO shows only on a terminal. */
void progress_begin(struct progress *p, enum progress_mode mode);

static inline void
progress_add(struct progress *p, uint64_t bytes)
{
	atomic_fetch_add_explicit(&p->done_bytes, bytes, memory_order_relaxed);
}

/* Print the line if it is time to; what names the work. One thread only. */
void progress_tick(struct progress *p, const char *what);

/* Work that goes on for a while begins: print what it is, if it is time to. */
void progress_stage(struct progress *p, const char *what);

/* Wipe the line. */
void progress_end(struct progress *p);

#endif
