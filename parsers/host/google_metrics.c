/*
 * Google Cloud Monitoring time series, as its API prints them.
 *
 * spec: Cloud Monitoring API v3 reference, projects.timeSeries.list (TimeSeries,
 * Point, TypedValue: int64Value is a string); metric names and their labels,
 * Google Cloud metrics list, router.googleapis.com.
 *
 *	{"timeSeries":[{"metric":{"type":"router.googleapis.com/nat/dropped_sent_packets_count",
 *	    "labels":{"ip_protocol":"TCP","reason":"OUT_OF_RESOURCES"}},
 *	  "points":[{"interval":{"startTime":"2026-11-20T23:38:00Z","endTime":"..."},
 *	    "value":{"int64Value":"27"}}]}]}
 *
 * Every point is a level with its period's start as scope (its end, where there is
 * no start), and as name what stands behind the metric's service with the values of
 * its labels ("nat/dropped_sent_packets_count TCP OUT_OF_RESOURCES"), fractions cut.
 * A file costs one pass, and its points one more.
 */
#include "parsers/host/datapoints.h"
#include "parsers/host/formats.h"
#include "parsers/host/host_json.h"

#define SERVICE_END "googleapis.com/"

enum host_match
google_metrics_recognise(struct view head)
{
	return view_begins(view_trim(head), "{") &&
			view_has(head, "\"timeSeries\"") &&
			view_has(head, SERVICE_END)
		? HOST_MATCH_YES
		: HOST_MATCH_NO;
}

/* One series: arrays and objects as text, whichever stands first. */
struct series {
	struct view metric;
	struct view labels;
	struct view points;
};

/* The metric without its service, and the values of its labels. */
static void
name_read(struct host_run *r, const struct series *s)
{
	struct json j;
	enum json_token t;
	struct view metric = s->metric;
	size_t service = view_find(metric, SERVICE_END);
	if (service != TEXT_NOWHERE)
		metric = view_skip(metric, service + strlen(SERVICE_END));
	scratch_clear(&r->text);
	host_scratch_add(&r->text, metric);
	json_open(&j, s->labels);
	while ((t = json_next(&j)) != JSON_END)
		if (t == JSON_STRING && j.depth == 1) {
			scratch_adds(&r->text, " ");
			host_scratch_add(&r->text, j.value);
		}
	host_json_trouble(r, &j);
}

/* One point while it is read; its number is a string or a number. */
struct point {
	struct view start;
	struct view end;
	struct view number;
};

/* [{"interval":{...},"value":{...}}, ...]; distributions have no number. */
static void
points_read(struct host_run *r, const struct series *s)
{
	struct json j;
	struct point p = {0};
	enum json_token t;
	name_read(r, s);
	json_open(&j, s->points);
	while ((t = json_next(&j)) != JSON_END) {
		struct view key = json_key(&j);
		if (t == JSON_CLOSE && j.depth == 1) {
			if (p.number.len > 0)
				datapoint_emit(r,
					p.start.len > 0 ? p.start : p.end,
					p.number, scratch_view(&r->text));
			p = (struct point){0};
		}
		if (j.depth != 3 || (t != JSON_STRING && t != JSON_NUMBER))
			continue;
		if (view_is(key, "startTime"))
			p.start = j.value;
		else if (view_is(key, "endTime"))
			p.end = j.value;
		else if (view_is(key, "int64Value") ||
			view_is(key, "doubleValue"))
			p.number = j.value;
	}
	host_json_trouble(r, &j);
}

/* What opens may be a series' labels or points: then it is kept, and gone behind. */
static bool
part_take(struct json *j, struct series *s)
{
	struct view key = json_key_at(j, j->depth - 1);
	struct view *where = NULL;
	if (view_is(key, "points"))
		where = &s->points;
	else if (view_is(key, "labels") && j->depth > 2 &&
		view_is(json_key_at(j, j->depth - 2), "metric"))
		where = &s->labels;
	if (where != NULL)
		*where = json_skip(j);
	return where != NULL;
}

void
google_metrics_parse(struct host_run *r)
{
	struct host_json h;
	struct json *j = &h.json;
	struct series s = {0};
	enum json_token t;
	host_json_open(&h, r);
	while ((t = host_json_next(&h)) != JSON_END) {
		if (t == JSON_OPEN && j->depth > 1 && part_take(j, &s))
			continue;
		if (t == JSON_STRING && j->depth > 1 &&
			view_is(json_key(j), "type") &&
			view_is(json_key_at(j, j->depth - 1), "metric"))
			s.metric = j->value;
		/* The element of "timeSeries" ends, two levels within the file. */
		if (t == JSON_CLOSE && j->depth == 2) {
			if (s.metric.len > 0 && s.points.len > 0)
				points_read(r, &s);
			s = (struct series){0};
		}
	}
	host_json_close(&h);
}
