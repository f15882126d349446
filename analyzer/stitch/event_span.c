/*
 * The incident's time, by captures or by what logs report.
 *
 * Lines that are UTC, or whose zone a person gave, count before those that tell
 * no zone. Where no line has a year, it is that of the newest file.
 */
#include "stitch/event_span.h"

#include <time.h>

#include "model/failure.h"
#include "stitch/event_zones.h"

/* First and last of some lines. */
struct range {
	int64_t from_ns;
	int64_t to_ns;
};

#define RANGE_EMPTY ((struct range){INT64_MAX, INT64_MIN})

static void
range_add(struct range *r, int64_t ns)
{
	if (!clock_believable(ns))
		return;
	r->from_ns = ns < r->from_ns ? ns : r->from_ns;
	r->to_ns = ns > r->to_ns ? ns : r->to_ns;
}

static bool
range_is_empty(const struct range *r)
{
	return r->from_ns > r->to_ns;
}

static int
year_of(int64_t ns)
{
	time_t t = (time_t)(ns / NS_PER_S);
	struct tm tm;
	gmtime_r(&t, &tm);
	return tm.tm_year + 1900;
}

static struct event_span
span_of(struct range r)
{
	if (range_is_empty(&r))
		r = (struct range){0, 0};
	struct event_span span = {.from_ns = r.from_ns, .to_ns = r.to_ns};
	span.year = year_of(span.from_ns / 2 + span.to_ns / 2);
	return span;
}

static struct range
captured(const struct stitch_case *k)
{
	struct range r = RANGE_EMPTY;
	for (size_t v = 0; v < k->count; v++) {
		const struct vantage *x = &k->vantages[v];
		if (x->first.ns == CLOCK_UNKNOWN_NS)
			continue;
		int64_t from = clock_to_reference(&k->maps[v], x->first).ns;
		r.from_ns = from < r.from_ns ? from : r.from_ns;
		r.to_ns = k->last_ns[v] > r.to_ns ? k->last_ns[v] : r.to_ns;
	}
	return r;
}

/* What the lines say, by what they are. */
struct told {
	struct range utc;
	struct range local;
	struct range no_year;
};

static void
told_add(struct told *t, const struct stitch_case *k, const struct event *e)
{
	struct case_file_said said = case_config_said(k->config, e->file);
	const struct event_time *x = &e->time;
	int64_t utc[2];
	/* A second clock that is UTC is as good. */
	if (x->kind != EVENT_TIME_UTC && e->second.kind == EVENT_TIME_UTC)
		x = &e->second;
	if (x->kind == EVENT_TIME_UTC) {
		range_add(&t->utc, x->ns);
	} else if (x->kind == EVENT_TIME_LOCAL) {
		bool known = said.zone != NULL &&
			case_zone_utc(said.zone, x->ns, utc) > 0;
		range_add(known ? &t->utc : &t->local, known ? utc[0] : x->ns);
	} else if (x->kind == EVENT_TIME_LOCAL_NO_YEAR) {
		const struct file_clock f = {
			.first_no_year_ns = -1, .said = said};
		int64_t newest = k->config == NULL ? 0 : k->config->newest_ns;
		struct event_span near = {
			newest, newest, year_of(newest), false, newest};
		int64_t ns;
		if (zone_local(&f, &near, x, &ns))
			range_add(&t->no_year, ns);
	}
}

static struct event_span
told_span(const struct told *t)
{
	if (!range_is_empty(&t->utc))
		return span_of(t->utc);
	struct event_span span =
		span_of(range_is_empty(&t->local) ? t->no_year : t->local);
	span.one_zone = true;
	return span;
}

struct event_span
event_span_find(const struct stitch_case *k, const struct event_list *events)
{
	struct range r = captured(k);
	if (k->count > 0)
		return span_of(r);
	struct told failures = {RANGE_EMPTY, RANGE_EMPTY, RANGE_EMPTY};
	struct told all = failures;
	for (size_t i = 0; i < events->count; i++) {
		const struct event *e = &events->list[i];
		told_add(&all, k, e);
		if (failure_of_event(e->name) < FAILURE_COUNT)
			told_add(&failures, k, e);
	}
	bool none = range_is_empty(&failures.utc) &&
		range_is_empty(&failures.local) &&
		range_is_empty(&failures.no_year);
	struct event_span span = told_span(none ? &all : &failures);
	/* Kernels and others may tell a zone where those that failed do not:
	   then lines are compared with theirs. */
	if (span.one_zone && !range_is_empty(&all.utc))
		return span_of(all.utc);
	return span;
}
