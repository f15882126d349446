/*
 * CloudWatch metrics of NAT gateways and load balancers, as the AWS command line
 * prints them.
 *
 * spec: API GetMetricStatistics and GetMetricData, AWS CloudWatch API
 * reference; metric names of NAT gateways, Amazon VPC user guide.
 *
 *	{"Label":"ErrorPortAllocation","Datapoints":[
 *	    {"Timestamp":"2026-11-20T23:38:00+00:00","Sum":12.0,"Unit":"Count"}]}
 *	{"MetricDataResults":[{"Id":"m1","Label":"ErrorPortAllocation",
 *	    "Timestamps":["2026-11-20T23:38:00Z"],"Values":[12.0]}]}
 *
 * Every datapoint is a level with its period's start as scope and the metric as
 * name ("ErrorPortAllocation"), fractions cut; the sum over the periods has the
 * empty scope and the name with " total". Of several statistics in one datapoint
 * Sum counts first, then Maximum, then Average.
 */
#include "parsers/host/formats.h"
#include "parsers/host/host_json.h"

/* A label longer than this is cut: metric names have at most 255 characters. */
#define LABEL_MAX 120

enum host_match
cloudwatch_recognise(struct view head)
{
	if (!view_begins(view_trim(head), "{"))
		return HOST_MATCH_NO;
	return view_has(head, "\"Datapoints\"") ||
			view_has(head, "\"MetricDataResults\"")
		? HOST_MATCH_YES
		: HOST_MATCH_NO;
}

struct metric {
	struct view label;
	struct view datapoints; /* arrays, as text; the label may come later */
	struct view timestamps;
	struct view values;
	int64_t total;
	bool any;
};

static void
point_emit(struct host_run *r, struct metric *m, struct view when,
	struct view number)
{
	int64_t value = 0;
	if (when.len == 0 || decimal_read(number, 0, &value) != NUMBER_GOOD ||
		value < 0 ||
		__builtin_add_overflow(m->total, value, &m->total)) {
		run_note(r, ANOMALY_SNAPSHOT_VALUE_RANGE);
		return;
	}
	m->any = true;
	emit_counter(r, when, view_first(m->label, LABEL_MAX), value, true);
}

/* [{"Timestamp":"...","Sum":12.0,...}, ...] */
static void
datapoints_read(struct host_run *r, struct metric *m)
{
	static const char *const statistics[] = {"Sum", "Maximum", "Average"};
	struct json j;
	struct view when = view_str("");
	struct view number = view_str("");
	size_t best = sizeof statistics / sizeof statistics[0];
	enum json_token t;
	json_open(&j, m->datapoints);
	while ((t = json_next(&j)) != JSON_END) {
		struct view key = json_key(&j);
		if (t == JSON_CLOSE && j.depth == 1) {
			point_emit(r, m, when, number);
			when = number = view_str("");
			best = sizeof statistics / sizeof statistics[0];
		} else if (t == JSON_STRING && view_is(key, "Timestamp")) {
			when = j.value;
		}
		for (size_t i = 0; t == JSON_NUMBER && i < best; i++)
			if (view_is(key, statistics[i])) {
				number = j.value;
				best = i;
			}
	}
	host_json_trouble(r, &j);
}

/* Two arrays of equal length, read side by side. */
static void
series_read(struct host_run *r, struct metric *m)
{
	struct json times;
	struct json values;
	enum json_token t;
	json_open(&times, m->timestamps);
	json_open(&values, m->values);
	/* Both begin with their bracket. */
	json_next(&times);
	json_next(&values);
	while ((t = json_next(&times)) == JSON_STRING &&
		json_next(&values) == JSON_NUMBER)
		point_emit(r, m, times.value, values.value);
	host_json_trouble(r, &times);
	host_json_trouble(r, &values);
	if (t != JSON_CLOSE)
		run_malformed(r);
}

static void
metric_emit(struct host_run *r, struct metric *m)
{
	if (m->label.len == 0)
		return;
	if (m->datapoints.len > 0)
		datapoints_read(r, m);
	if (m->timestamps.len > 0 && m->values.len > 0)
		series_read(r, m);
	if (!m->any)
		return;
	scratch_clear(&r->text);
	host_scratch_add(&r->text, view_first(m->label, LABEL_MAX));
	scratch_adds(&r->text, " total");
	emit_counter(r, view_str(""), scratch_view(&r->text), m->total, true);
}

static bool
array_take(struct json *j, struct metric *m)
{
	struct view key = json_key_at(j, j->depth - 1);
	struct view *where = view_is(key, "Datapoints") ? &m->datapoints
		: view_is(key, "Timestamps")            ? &m->timestamps
		: view_is(key, "Values")                ? &m->values
							: NULL;
	if (where != NULL)
		*where = json_skip(j);
	return where != NULL;
}

void
cloudwatch_parse(struct host_run *r)
{
	struct host_json h;
	struct json *j = &h.json;
	struct metric m = {0};
	enum json_token t;
	host_json_open(&h, r);
	while ((t = host_json_next(&h)) != JSON_END) {
		if (t == JSON_OPEN && j->depth > 0 && array_take(j, &m))
			continue;
		if (t == JSON_STRING && view_is(json_key(j), "Label"))
			m.label = j->value;
		/* One object is one metric, alone or in MetricDataResults. */
		if (t == JSON_CLOSE && (m.datapoints.len | m.values.len) != 0) {
			metric_emit(r, &m);
			m = (struct metric){0};
		}
	}
	host_json_close(&h);
}
