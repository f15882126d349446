/*
 * The vocabulary of anomalies and the way a parser reports one.
 */
#ifndef PARSERS_ANOMALY_H
#define PARSERS_ANOMALY_H

#include <stdint.h>

enum anomaly {
#define X(constant, id, meaning) ANOMALY_##constant,
#include "parsers/anomalies.def"
#undef X
	ANOMALY_COUNT
};

/* The stable id, e.g. "capture-cut". Static storage. */
const char *anomaly_id(enum anomaly a);

/* One clause for people. Static storage. */
const char *anomaly_meaning(enum anomaly a);

/*
 * Where a parser reports. at is a byte offset from the start of the (unpacked)
 * source. note may be NULL: then nobody listens.
 */
struct anomaly_sink {
	void (*note)(void *context, enum anomaly a, uint64_t at);
	void *context;
};

static inline void
anomaly_note(const struct anomaly_sink *sink, enum anomaly a, uint64_t at)
{
	if (sink->note != 0)
		sink->note(sink->context, a, at);
}

#endif
