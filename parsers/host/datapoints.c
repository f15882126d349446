/*
 * Of several statistics in one datapoint, the first of the caller's list counts;
 * other members (a unit, a count of samples) are passed over.
 */
#include "parsers/host/datapoints.h"

void
datapoints_open(struct datapoints *p, struct view array)
{
	json_open(&p->json, array);
}

bool
datapoints_next(struct datapoints *p)
{
	size_t best = DATAPOINT_STATISTICS;
	enum json_token t;
	p->when = p->number = view_str("");
	while ((t = json_next(&p->json)) != JSON_END) {
		struct view key = json_key(&p->json);
		if (t == JSON_CLOSE && p->json.depth == 1)
			return true;
		if (t == JSON_STRING && view_is(key, p->when_key))
			p->when = p->json.value;
		for (size_t i = 0; t == JSON_NUMBER && i < best; i++)
			if (view_is(key, p->statistics[i])) {
				p->number = p->json.value;
				best = i;
			}
	}
	return false;
}

bool
datapoint_emit(struct host_run *run, struct view when, struct view number,
	struct view name)
{
	int64_t value = 0;
	if (when.len == 0 || decimal_read(number, 0, &value) != NUMBER_GOOD ||
		value < 0) {
		run_note(run, ANOMALY_SNAPSHOT_VALUE_RANGE);
		return false;
	}
	emit_counter(
		run, when, view_first(name, DATAPOINT_NAME_MAX), value, true);
	return true;
}
