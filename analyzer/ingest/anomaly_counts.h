/*
 * Anomalies of one source: how many of each, and where the first one was.
 */
#ifndef INGEST_ANOMALY_COUNTS_H
#define INGEST_ANOMALY_COUNTS_H

#include "ingest/source_rows.h"

struct anomaly_counts {
	struct {
		uint64_t count;
		uint64_t at; /* byte offset of the first one */
	} list[ANOMALY_COUNT];
};

void anomaly_counts_add(struct anomaly_counts *n, enum anomaly a, uint64_t at);

/* A sink that counts into n; n must outlive it. */
struct anomaly_sink anomaly_counts_sink(struct anomaly_counts *n);

bool anomaly_counts_write(const struct anomaly_counts *n, struct source_rows *w,
	int64_t source, struct error *e);

#endif
