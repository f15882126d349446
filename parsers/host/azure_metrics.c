/*
 * Azure Monitor metrics of NAT gateways and load balancers, as the Azure command
 * line prints them (az monitor metrics list).
 *
 * spec: Azure Monitor REST API reference, Metrics - List; metric names and their
 * dimensions, Azure Monitor supported metrics, Microsoft.Network/natgateways and
 * loadBalancers.
 *
 *	{"value":[{"name":{"value":"SNATConnectionCount"},"timeseries":[
 *	    {"metadatavalues":[{"name":{"value":"connectionstate"},"value":"failed"}],
 *	     "data":[{"timeStamp":"2026-11-20T23:38:00Z","total":12.0}]}]}]}
 *
 * Every datapoint is a level with its period's start as scope and the metric, with
 * the values of its dimensions behind it, as name ("SNATConnectionCount failed"),
 * fractions cut. Of several statistics in one datapoint total counts first, then
 * maximum, then average. A file costs one pass, and its series one more.
 */
#include "parsers/host/datapoints.h"
#include "parsers/host/formats.h"
#include "parsers/host/host_json.h"

enum host_match
azure_metrics_recognise(struct view head)
{
	return view_begins(view_trim(head), "{") &&
			view_has(head, "\"timeseries\"") &&
			(view_has(head, "\"metadatavalues\"") ||
				view_has(head, "\"timeStamp\""))
		? HOST_MATCH_YES
		: HOST_MATCH_NO;
}

/* One series: arrays as text, whichever stands first. */
struct series {
	struct view metric;
	struct view dimensions;
	struct view data;
};

/* The metric, and the values of what it is divided by. */
static void
name_read(struct host_run *r, const struct series *s)
{
	struct json j;
	enum json_token t;
	scratch_clear(&r->text);
	host_scratch_add(&r->text, s->metric);
	json_open(&j, s->dimensions);
	while ((t = json_next(&j)) != JSON_END)
		/* [{"name":{"value":"connectionstate"},"value":"failed"}]: in the
		   element itself, not in its name. */
		if (t == JSON_STRING && j.depth == 2 &&
			view_is(json_key(&j), "value")) {
			scratch_adds(&r->text, " ");
			host_scratch_add(&r->text, j.value);
		}
	host_json_trouble(r, &j);
}

/* [{"timeStamp":"...","total":12.0}, ...]; an empty period has a time alone. */
static void
series_emit(struct host_run *r, const struct series *s)
{
	struct datapoints points = {.when_key = "timeStamp",
		.statistics = {"total", "maximum", "average"}};
	name_read(r, s);
	datapoints_open(&points, s->data);
	while (datapoints_next(&points))
		if (points.number.len > 0)
			datapoint_emit(r, points.when, points.number,
				scratch_view(&r->text));
	host_json_trouble(r, &points.json);
}

/* Is the array that opens one of a series'? Then it is kept, and gone behind. */
static bool
array_take(struct json *j, struct series *s)
{
	struct view key = json_key_at(j, j->depth - 1);
	struct view *where = view_is(key, "metadatavalues") ? &s->dimensions
		: view_is(key, "data")                      ? &s->data
							    : NULL;
	if (where != NULL)
		*where = json_skip(j);
	return where != NULL;
}

void
azure_metrics_parse(struct host_run *r)
{
	struct host_json h;
	struct json *j = &h.json;
	struct series s = {0};
	enum json_token t;
	host_json_open(&h, r);
	while ((t = host_json_next(&h)) != JSON_END) {
		if (t == JSON_OPEN && j->depth > 1 && array_take(j, &s))
			continue;
		if (t == JSON_STRING && j->depth > 1 &&
			view_is(json_key(j), "value") &&
			view_is(json_key_at(j, j->depth - 1), "name"))
			s.metric = j->value;
		/* The element of "timeseries" that ends holds what was kept. */
		if (t == JSON_CLOSE && s.data.len > 0) {
			if (s.metric.len > 0)
				series_emit(r, &s);
			s.data = s.dimensions = view_str("");
		}
	}
	host_json_close(&h);
}
