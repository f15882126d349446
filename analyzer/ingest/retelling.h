/*
 * Lines that go on with what a line above began to tell.
 *
 * A stack trace names one failure again and again: what was called, what that
 * was caused by, and the cause of this. Whoever counts failures counts them once.
 *
 *	2026-11-20 23:41:22 ERROR call of 192.0.2.9:80 failed
 *	java.io.IOException: Connect to 192.0.2.9:80 failed
 *		at ...
 *	Caused by: java.net.ConnectException: Connection refused
 */
#ifndef INGEST_RETELLING_H
#define INGEST_RETELLING_H

#include "parsers/log/log.h"

/* Lines between two causes of one trace; frameworks print a hundred frames. */
#define RETELLING_LINES 256

/* Zeroed: nothing was told yet. */
struct retelling {
	uint64_t first; /* the line of the report's first event; 0: none */
	uint64_t head;  /* the line whose time the report has, or first */
	uint64_t last;  /* the line of its latest event */
	struct log_time time;
};

/*
 * The next event's record of one file. The line of the first event of the
 * report that it goes on with, or 0 where it begins one: lines without a time of
 * their own belong to the line that they have it of; a line that says itself
 * that it is a cause, to the event above it of the same second.
 */
uint64_t retelling_of(struct retelling *t, const struct log_record *r);

#endif
