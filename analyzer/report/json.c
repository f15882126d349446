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
jsonw_time(struct json_writer *w, int64_t ns)
{
	char text[CLOCK_TEXT_MAX];
	if (ns == CLOCK_UNKNOWN_NS)
		jsonw_null(w);
	else
		jsonw_string(w, clock_format(ns, JSON_TIME_DECIMALS, text));
}

void
jsonw_list(struct json_writer *w, struct report *r, const char *list)
{
	const char *text;
	jsonw_array(w);
	if (list && strcmp(list, "[]") != 0) {
		report_list_begin(r, list);
		while (report_list_next(r, &text))
			jsonw_string(w, text);
	}
	jsonw_end(w);
}

static void
write_tool(struct json_writer *w, struct report *r)
{
	jsonw_key(w, "tool");
	jsonw_object(w);
	jsonw_key(w, "name");
	jsonw_string(w, "lostsyn");
	jsonw_key(w, "version");
	jsonw_string(w, r->tool_version);
	jsonw_key(w, "rules_sha256");
	jsonw_string(w, r->rules_sha256);
	/* Only a person's choice: what the kernel offers differs between
	 * machines, and reports must not. */
	if (r->sandbox_off) {
		jsonw_key(w, "sandbox");
		jsonw_string(w, "off");
	}
	if (r->redacted) {
		jsonw_key(w, "redacted");
		jsonw_string(w, "pseudonyms");
	}
	jsonw_end(w);
}

static void
write_anomalies(struct json_writer *w, struct report *r)
{
	struct report_item item;
	jsonw_key(w, "anomalies");
	jsonw_object(w);
	while (report_anomaly_next(r, &item)) {
		jsonw_key(w, item.id);
		jsonw_int(w, item.count);
	}
	jsonw_end(w);
}

static void
write_trust(
	struct json_writer *w, struct report *r, const struct report_source *s)
{
	struct report_item item;
	jsonw_key(w, "trust");
	if (!s->trust) {
		jsonw_null(w);
		return;
	}
	jsonw_object(w);
	jsonw_key(w, "grade");
	jsonw_string(w, s->trust);
	jsonw_key(w, "reasons");
	jsonw_array(w);
	report_begin_id(r, QUERY_REASONS, s->id);
	while (report_reason_next(r, &item)) {
		jsonw_object(w);
		jsonw_key(w, "id");
		jsonw_string(w, item.id);
		jsonw_key(w, "detail");
		jsonw_string(w, item.detail);
		jsonw_end(w);
	}
	jsonw_end(w);
	jsonw_end(w);
}

static void
write_accounting(
	struct json_writer *w, struct report *r, const struct report_source *s)
{
	struct report_item item;
	jsonw_key(w, "accounting");
	jsonw_object(w);
	report_begin_id(r, QUERY_ACCOUNTING, s->id);
	while (report_accounting_next(r, &item)) {
		jsonw_key(w, item.id);
		jsonw_int(w, item.count);
	}
	jsonw_end(w);
}

static void
write_input(
	struct json_writer *w, struct report *r, const struct report_source *s)
{
	jsonw_object(w);
	jsonw_key(w, "id");
	jsonw_int(w, s->id);
	jsonw_key(w, "name");
	jsonw_string(w, s->name);
	jsonw_key(w, "role");
	jsonw_string(w, s->role);
	jsonw_key(w, "kind");
	jsonw_string(w, s->kind);
	jsonw_key(w, "sha256");
	jsonw_string(w, s->sha256);
	jsonw_key(w, "bytes");
	jsonw_int(w, s->bytes);
	if (s->packets >= 0) {
		jsonw_key(w, "packets");
		jsonw_int(w, s->packets);
	}
	if (s->lines >= 0) {
		jsonw_key(w, "lines");
		jsonw_int(w, s->lines);
	}
	jsonw_key(w, "first");
	jsonw_time(w, s->first_ns);
	jsonw_key(w, "last");
	jsonw_time(w, s->last_ns);
	report_begin_id(r, QUERY_ANOMALIES, s->id);
	write_anomalies(w, r);
	write_trust(w, r, s);
	write_accounting(w, r, s);
	jsonw_key(w, "note");
	jsonw_string(w, s->note);
	jsonw_end(w);
}

static void
write_inputs(struct json_writer *w, struct report *r)
{
	struct report_source source;
	jsonw_key(w, "inputs");
	jsonw_array(w);
	report_begin(r, QUERY_SOURCES);
	while (report_source_next(r, &source))
		write_input(w, r, &source);
	jsonw_end(w);
}

static void
write_seconds(struct json_writer *w, const char *key, bool known, int64_t ns)
{
	jsonw_key(w, key);
	if (known)
		jsonw_fixed(w, ns, 9);
	else
		jsonw_null(w);
}

/* The vantage's own clock: when segments were seen that bound its offset. */
static void
write_measured(
	struct json_writer *w, bool known, int64_t from_ns, int64_t to_ns)
{
	char text[CLOCK_TEXT_MAX];
	jsonw_key(w, "measured");
	if (!known) {
		jsonw_null(w);
		return;
	}
	jsonw_object(w);
	jsonw_key(w, "from");
	jsonw_string(w, clock_format(from_ns, 9, text));
	jsonw_key(w, "to");
	jsonw_string(w, clock_format(to_ns, 9, text));
	jsonw_end(w);
}

static void
write_drift(struct json_writer *w, bool known, double ppm, int64_t from_ns)
{
	char text[CLOCK_TEXT_MAX];
	jsonw_key(w, "drift_ppm");
	if (known)
		jsonw_double(w, ppm, 3);
	else
		jsonw_null(w);
	jsonw_key(w, "drift_from");
	if (known)
		jsonw_string(w, clock_format(from_ns, 9, text));
	else
		jsonw_null(w);
}

static void
write_steps(struct json_writer *w, struct report *r, int64_t vantage)
{
	jsonw_key(w, "steps");
	jsonw_array(w);
	for (size_t i = 0; i < r->step_count; i++) {
		const struct report_step *s = &r->steps[i];
		if (s->vantage != vantage)
			continue;
		jsonw_object(w);
		write_measured(w, true, s->at_ns, s->to_ns);
		write_seconds(w, "by_s", true, s->by_ns);
		write_seconds(w, "offset_s", true, s->offset_ns);
		write_seconds(w, "uncertainty_s", true, s->uncertainty_ns);
		write_drift(w, s->drift_known, s->drift_ppm, s->origin_ns);
		jsonw_end(w);
	}
	jsonw_end(w);
}

static void
write_stated(struct json_writer *w, const struct report_vantage *v)
{
	jsonw_key(w, "stated");
	if (!v->stated) {
		jsonw_null(w);
		return;
	}
	jsonw_object(w);
	write_seconds(w, "offset_s", true, v->stated_ns);
	write_seconds(w, "uncertainty_s", true, v->stated_uncertainty_ns);
	jsonw_key(w, "contradicted");
	jsonw_bool(w, v->contradicts);
	jsonw_end(w);
}

static void
write_clocks(struct json_writer *w, struct report *r)
{
	jsonw_key(w, "clocks");
	jsonw_array(w);
	for (size_t i = 0; i < r->vantage_count; i++) {
		const struct report_vantage *v = &r->vantages[i];
		if (!v->clock_known)
			continue;
		jsonw_object(w);
		jsonw_key(w, "vantage");
		jsonw_string(w, v->name);
		jsonw_key(w, "reference");
		jsonw_string(w, v->reference);
		write_seconds(w, "offset_s", v->offset_known, v->offset_ns);
		write_seconds(w, "uncertainty_s", v->uncertainty_known,
			v->uncertainty_ns);
		write_drift(w, v->drift_known, v->drift_ppm, v->origin_ns);
		write_measured(
			w, v->measured, v->measured_from_ns, v->measured_to_ns);
		jsonw_key(w, "pairs");
		jsonw_int(w, v->pairs);
		jsonw_key(w, "method");
		jsonw_string(w, v->method);
		write_steps(w, r, v->id);
		write_stated(w, v);
		jsonw_end(w);
	}
	jsonw_end(w);
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
	jsonw_key(w, "by_verdict");
	jsonw_object(w);
	for (size_t i = 0; i < n;) {
		const char *verdict = sorted[i]->verdict;
		int64_t count = 0;
		for (; i < n && strcmp(sorted[i]->verdict, verdict) == 0; i++)
			count += sorted[i]->count;
		jsonw_key(w, verdict);
		jsonw_int(w, count);
	}
	jsonw_end(w);
	free(sorted);
}

static void
write_summary(struct json_writer *w, struct report *r)
{
	jsonw_key(w, "summary");
	jsonw_object(w);
	jsonw_key(w, "attempts");
	jsonw_int(w, r->attempts);
	jsonw_key(w, "failed");
	jsonw_int(w, r->failed);
	write_by_verdict(w, r);
	json_write_services(w, r);
	jsonw_key(w, "overlap");
	if (r->overlap_first_ns == CLOCK_UNKNOWN_NS) {
		jsonw_null(w);
	} else {
		jsonw_object(w);
		jsonw_key(w, "first");
		jsonw_time(w, r->overlap_first_ns);
		jsonw_key(w, "last");
		jsonw_time(w, r->overlap_last_ns);
		jsonw_end(w);
	}
	/* Those that belong to no single input. */
	report_begin(r, QUERY_ANOMALIES);
	write_anomalies(w, r);
	jsonw_end(w);
}

bool
report_write_json(struct report *r, FILE *out, struct error *e)
{
	struct json_writer w;
	jsonw_begin(&w, out);
	jsonw_object(&w);
	jsonw_key(&w, "format");
	jsonw_string(&w, "lostsyn-report");
	jsonw_key(&w, "version");
	jsonw_int(&w, 1);
	write_tool(&w, r);
	write_inputs(&w, r);
	write_clocks(&w, r);
	write_summary(&w, r);
	json_write_attempts(&w, r);
	json_write_findings(&w, r);
	jsonw_end(&w);
	jsonw_finish(&w);
	return report_settled(r, out, e);
}
