/*
 * Anomaly ids and meanings, from parsers/anomalies.def.
 */
#include "parsers/anomaly.h"

#include <assert.h>

static const struct {
	const char *id;
	const char *meaning;
} rows[ANOMALY_COUNT] = {
#define X(constant, id, meaning) {id, meaning},
#include "parsers/anomalies.def"
#undef X
};

const char *
anomaly_id(enum anomaly a)
{
	assert(a < ANOMALY_COUNT);
	return rows[a].id;
}

const char *
anomaly_meaning(enum anomaly a)
{
	assert(a < ANOMALY_COUNT);
	return rows[a].meaning;
}
