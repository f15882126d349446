/*
 * report.json (contract, section 7; report.schema.json is its schema).
 *
 * Times are RFC 3339 in UTC on the reference clock with microseconds, which is
 * what the common date parsers read; durations are exact decimals. Keys stand
 * in the contract's order, additions after them.
 */
#include "report/report_model.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "report/json_writer.h"
#include "report/json_sections.h"

#define JSON_TIME_DECIMALS 6

void
json_time(struct json_writer *w, int64_t ns)
{
	char text[CLOCK_TEXT_MAX];
	if (ns == CLOCK_UNKNOWN_NS)
		json_null(w);
	else
		json_string(w, clock_format(ns, JSON_TIME_DECIMALS, text));
}

void
json_list(struct json_writer *w, struct report *r, const char *list)
{
	const char *text;
	json_array(w);
	if (list && strcmp(list, "[]") != 0) {
		report_list_begin(r, list);
		while (report_list_next(r, &text))
			json_string(w, text);
	}
	json_end(w);
}

static void
write_tool(struct json_writer *w, struct report *r)
{
	json_key(w, "tool");
	json_object(w);
	json_key(w, "name");
	json_string(w, "lostsyn");
	json_key(w, "version");
	json_string(w, r->tool_version);
	json_key(w, "rules_sha256");
	json_string(w, r->rules_sha256);
	json_end(w);
}

static void
write_anomalies(struct json_writer *w, struct report *r)
{
	struct report_item item;
	json_key(w, "anomalies");
	json_object(w);
	while (report_anomaly_next(r, &item)) {
		json_key(w, item.id);
		json_int(w, item.count);
	}
	json_end(w);
}

static void
write_trust(
	struct json_writer *w, struct report *r, const struct report_source *s)
{
	struct report_item item;
	json_key(w, "trust");
	if (!s->trust) {
		json_null(w);
		return;
	}
	json_object(w);
	json_key(w, "grade");
	json_string(w, s->trust);
	json_key(w, "reasons");
	json_array(w);
	report_begin_id(r, QUERY_REASONS, s->id);
	while (report_reason_next(r, &item)) {
		json_object(w);
		json_key(w, "id");
		json_string(w, item.id);
		json_key(w, "detail");
		json_string(w, item.detail);
		json_end(w);
	}
	json_end(w);
	json_end(w);
}

static void
write_accounting(
	struct json_writer *w, struct report *r, const struct report_source *s)
{
	struct report_item item;
	json_key(w, "accounting");
	json_object(w);
	report_begin_id(r, QUERY_ACCOUNTING, s->id);
	while (report_accounting_next(r, &item)) {
		json_key(w, item.id);
		json_int(w, item.count);
	}
	json_end(w);
}

static void
write_input(
	struct json_writer *w, struct report *r, const struct report_source *s)
{
	json_object(w);
	json_key(w, "id");
	json_int(w, s->id);
	json_key(w, "name");
	json_string(w, s->name);
	json_key(w, "role");
	json_string(w, s->role);
	json_key(w, "kind");
	json_string(w, s->kind);
	json_key(w, "sha256");
	json_string(w, s->sha256);
	json_key(w, "bytes");
	json_int(w, s->bytes);
	if (s->packets >= 0) {
		json_key(w, "packets");
		json_int(w, s->packets);
	}
	if (s->lines >= 0) {
		json_key(w, "lines");
		json_int(w, s->lines);
	}
	json_key(w, "first");
	json_time(w, s->first_ns);
	json_key(w, "last");
	json_time(w, s->last_ns);
	report_begin_id(r, QUERY_ANOMALIES, s->id);
	write_anomalies(w, r);
	write_trust(w, r, s);
	write_accounting(w, r, s);
	json_key(w, "note");
	json_string(w, s->note);
	json_end(w);
}

static void
write_inputs(struct json_writer *w, struct report *r)
{
	struct report_source source;
	json_key(w, "inputs");
	json_array(w);
	report_begin(r, QUERY_SOURCES);
	while (report_source_next(r, &source))
		write_input(w, r, &source);
	json_end(w);
}

static void
write_seconds(struct json_writer *w, const char *key, bool known, int64_t ns)
{
	json_key(w, key);
	if (known)
		json_fixed(w, ns, 9);
	else
		json_null(w);
}

static void
write_clocks(struct json_writer *w, struct report *r)
{
	json_key(w, "clocks");
	json_array(w);
	for (size_t i = 0; i < r->vantage_count; i++) {
		const struct report_vantage *v = &r->vantages[i];
		if (!v->clock_known)
			continue;
		json_object(w);
		json_key(w, "vantage");
		json_string(w, v->name);
		json_key(w, "reference");
		json_string(w, v->reference);
		write_seconds(w, "offset_s", v->offset_known, v->offset_ns);
		write_seconds(w, "uncertainty_s", v->uncertainty_known,
			v->uncertainty_ns);
		json_key(w, "drift_ppm");
		if (v->drift_known)
			json_double(w, v->drift_ppm, 3);
		else
			json_null(w);
		json_key(w, "pairs");
		json_int(w, v->pairs);
		json_key(w, "method");
		json_string(w, v->method);
		json_end(w);
	}
	json_end(w);
}

static int
by_name(const void *a, const void *b)
{
	const struct report_verdict *const *x = a, *const *y = b;
	return strcmp((*x)->verdict, (*y)->verdict);
}

/* The model has a row for each place; here they are summed, by name. */
static void
write_by_verdict(struct json_writer *w, struct report *r)
{
	size_t n = r->verdict_count;
	const struct report_verdict **sorted =
		memory_take(n ? n : 1, sizeof *sorted);
	for (size_t i = 0; i < n; i++)
		sorted[i] = &r->verdicts[i];
	qsort(sorted, n, sizeof *sorted, by_name);
	json_key(w, "by_verdict");
	json_object(w);
	for (size_t i = 0; i < n;) {
		const char *verdict = sorted[i]->verdict;
		int64_t count = 0;
		for (; i < n && strcmp(sorted[i]->verdict, verdict) == 0; i++)
			count += sorted[i]->count;
		json_key(w, verdict);
		json_int(w, count);
	}
	json_end(w);
	free(sorted);
}

static void
write_summary(struct json_writer *w, struct report *r)
{
	json_key(w, "summary");
	json_object(w);
	json_key(w, "attempts");
	json_int(w, r->attempts);
	json_key(w, "failed");
	json_int(w, r->failed);
	write_by_verdict(w, r);
	json_key(w, "overlap");
	if (r->overlap_first_ns == CLOCK_UNKNOWN_NS) {
		json_null(w);
	} else {
		json_object(w);
		json_key(w, "first");
		json_time(w, r->overlap_first_ns);
		json_key(w, "last");
		json_time(w, r->overlap_last_ns);
		json_end(w);
	}
	/* Those that belong to no single input. */
	report_begin(r, QUERY_ANOMALIES);
	write_anomalies(w, r);
	json_end(w);
}

bool
report_write_json(struct report *r, FILE *out, struct error *e)
{
	struct json_writer w;
	json_begin(&w, out);
	json_object(&w);
	json_key(&w, "format");
	json_string(&w, "lostsyn-report");
	json_key(&w, "version");
	json_int(&w, 1);
	write_tool(&w, r);
	write_inputs(&w, r);
	write_clocks(&w, r);
	write_summary(&w, r);
	json_write_attempts(&w, r);
	json_write_findings(&w, r);
	json_end(&w);
	json_finish(&w);
	return report_settled(r, out, e);
}
