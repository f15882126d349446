/*
 * Counting anomalies and writing them.
 */
#include "ingest/anomaly_counts.h"

void
anomaly_counts_add(struct anomaly_counts *n, enum anomaly a, uint64_t at)
{
	if (n->list[a].count++ == 0)
		n->list[a].at = at;
}

static void
note(void *context, enum anomaly a, uint64_t at)
{
	anomaly_counts_add(context, a, at);
}

struct anomaly_sink
anomaly_counts_sink(struct anomaly_counts *n)
{
	return (struct anomaly_sink){note, n};
}

bool
anomaly_counts_write(const struct anomaly_counts *n, struct source_rows *w,
	int64_t source, struct error *e)
{
	for (int i = 0; i < ANOMALY_COUNT; i++)
		if (n->list[i].count > 0 &&
			!source_rows_anomaly(w, source, (enum anomaly)i,
				(int64_t)n->list[i].at, n->list[i].count, e))
			return false;
	return true;
}
