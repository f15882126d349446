/*
 * Ids and meanings, from case_anomaly.def.
 */
#include "model/case_anomaly.h"

#include <assert.h>

static const struct {
	const char *id;
	const char *meaning;
} anomalies[CASE_ANOMALY_COUNT] = {
#define X(constant, id, meaning) {id, meaning},
#include "model/case_anomaly.def"
#undef X
};

const char *
case_anomaly_id(enum case_anomaly a)
{
	assert(a < CASE_ANOMALY_COUNT);
	return anomalies[a].id;
}

const char *
case_anomaly_meaning(enum case_anomaly a)
{
	assert(a < CASE_ANOMALY_COUNT);
	return anomalies[a].meaning;
}
