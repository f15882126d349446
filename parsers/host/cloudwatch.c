/*
 * CloudWatch metrics of NAT gateways and load balancers, as the AWS command line
 * and the console's CSV print them.
 *
 * spec: API GetMetricStatistics and GetMetricData, AWS CloudWatch API
 * reference; metric names of NAT gateways, Amazon VPC user guide.
 *
 *	{"Label":"ErrorPortAllocation","Datapoints":[
 *	    {"Timestamp":"2026-11-20T23:38:00+00:00","Sum":12.0,"Unit":"Count"}]}
 *	{"MetricDataResults":[{"Id":"m1","Label":"ErrorPortAllocation",
 *	    "Timestamps":["2026-11-20T23:38:00Z"],"Values":[12.0]}]}
 *	"Timestamp","ErrorPortAllocation","PacketsDropCount"
 *	"2026-11-20T23:38:00Z","12","0"
 *
 * Every datapoint is a level with its period's start as scope and the metric as
 * name ("ErrorPortAllocation"), fractions cut; the sum over the periods has the
 * empty scope and the name with " total". Of several statistics in one datapoint
 * Sum counts first, then Maximum, then Average.
 */
#include "parsers/host/datapoints.h"
#include "parsers/host/formats.h"
#include "parsers/host/host_json.h"

/* A label longer than this is cut: metric names have at most 255 characters. */
#define LABEL_MAX 120

/* Metrics side by side in a table. */
#define COLUMNS_MAX 32

/* The next column of a line of CSV, its quote marks off; false behind the last.
   spec: RFC 4180, without line ends in quotes. */
static bool
column_take(struct view *rest, bool *more, struct view *out)
{
	if (!*more)
		return false;
	bool quoted = rest->len > 0 && rest->data[0] == '"';
	struct view v = quoted ? view_skip(*rest, 1) : *rest;
	const uint8_t *end =
		v.len == 0 ? NULL : memchr(v.data, quoted ? '"' : ',', v.len);
	out->data = v.data;
	out->len = end == NULL ? v.len : (size_t)(end - v.data);
	v = view_skip(v, out->len);
	if (quoted && v.len > 0)
		v = view_skip(v, 1);
	*more = v.len > 0 && v.data[0] == ',';
	*rest = *more ? view_skip(v, 1) : v;
	return true;
}

static struct view
first_line(struct view text)
{
	const uint8_t *end =
		text.len == 0 ? NULL : memchr(text.data, '\n', text.len);
	if (end != NULL)
		text.len = (size_t)(end - text.data);
	return view_trim(text);
}

/* "Timestamp" and the names of metrics, one of which only CloudWatch has. */
static bool
is_heading(struct view line)
{
	static const char *const metrics[] = {"ErrorPortAllocation",
		"PacketsDropCount", "ConnectionAttemptCount",
		"ConnectionEstablishedCount", "IdleTimeoutCount",
		"ActiveConnectionCount", "RejectedConnectionCount",
		"TargetConnectionErrorCount", "BackendConnectionErrors",
		"SpilloverCount", "SurgeQueueLength", "PeakPacketsPerSecond",
		"TCP_Target_Reset_Count", "PortAllocationErrorCount"};
	bool more = true;
	struct view column;
	if (!column_take(&line, &more, &column) ||
		!view_is(view_trim(column), "Timestamp"))
		return false;
	while (column_take(&line, &more, &column))
		for (size_t i = 0; i < sizeof metrics / sizeof *metrics; i++)
			if (view_has(column, metrics[i]))
				return true;
	return false;
}

enum host_match
cloudwatch_recognise(struct view head)
{
	if (!view_begins(view_trim(head), "{"))
		return is_heading(first_line(head)) ? HOST_MATCH_YES
						    : HOST_MATCH_NO;
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
	/* A column without a name: nothing says what was measured. */
	if (m->label.len == 0) {
		run_malformed(r);
		return;
	}
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
	struct datapoints points = {.when_key = "Timestamp",
		.statistics = {"Sum", "Maximum", "Average"}};
	datapoints_open(&points, m->datapoints);
	while (datapoints_next(&points))
		point_emit(r, m, points.when, points.number);
	host_json_trouble(r, &points.json);
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
total_emit(struct host_run *r, struct metric *m)
{
	if (!m->any)
		return;
	scratch_clear(&r->text);
	host_scratch_add(&r->text, view_first(m->label, LABEL_MAX));
	scratch_adds(&r->text, " total");
	emit_counter(r, view_str(""), scratch_view(&r->text), m->total, true);
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
	total_emit(r, m);
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

/* One line of the table: a time, then a value a metric; empty ones were not
   measured. */
static void
row_read(struct host_run *r, struct metric *metrics, size_t count)
{
	struct view rest = view_trim(r->line);
	struct view when;
	struct view value;
	bool more = true;
	if (!column_take(&rest, &more, &when) || run_line_is_cut(r))
		return;
	size_t i = 0;
	while (i < count && column_take(&rest, &more, &value)) {
		if (value.len > 0)
			point_emit(r, &metrics[i], when, value);
		i++;
	}
	if (i != count || more)
		run_malformed(r);
	else
		run_claim(r);
}

static void
table_read(struct host_run *r)
{
	struct metric metrics[COLUMNS_MAX];
	size_t count = 0;
	bool more = true;
	struct view name;
	if (!run_next_whole(r))
		return;
	struct view rest = view_trim(r->line);
	column_take(&rest, &more, &name);
	while (count < COLUMNS_MAX && column_take(&rest, &more, &name))
		metrics[count++] = (struct metric){.label = view_trim(name)};
	if (more)
		run_malformed(r);
	else
		run_claim(r);
	while (!more && run_next(r))
		if (!run_blank(r))
			row_read(r, metrics, count);
	for (size_t i = 0; i < count; i++)
		total_emit(r, &metrics[i]);
}

static void
document_read(struct host_run *r)
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

void
cloudwatch_parse(struct host_run *r)
{
	if (view_begins(view_trim(r->whole), "{"))
		document_read(r);
	else
		table_read(r);
}
