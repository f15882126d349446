/*
 * Anomalies of one source: how many of each, and where the first one was.
 */
#ifndef INGEST_NOTED_H
#define INGEST_NOTED_H

#include "ingest/source_rows.h"

struct noted {
	struct {
		uint64_t count;
		uint64_t at; /* byte offset of the first one */
	} list[ANOMALY_COUNT];
};

void noted_add(struct noted *n, enum anomaly a, uint64_t at);

/* A sink that counts into n; n must outlive it. */
struct anomaly_sink noted_sink(struct noted *n);

bool noted_write(const struct noted *n, struct source_rows *w, int64_t source,
	struct error *e);

#endif
