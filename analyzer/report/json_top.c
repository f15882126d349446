/*
 * report.json (contract, section 7; report.schema.json is its schema).
 *
 * Times are RFC 3339 in UTC on the reference clock with microseconds, which is
 * what the common date parsers read; durations are exact decimals. Keys stand
 * in the contract's order, additions after them.
 *
 *	{"format": "lostsyn-report", "version": 1, "tool", "inputs", "clocks",
 *	 "hosts", "services", "reported_failures", "summary", "attempts",
 *	 "findings"}
 */
#include "report/report_model.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "render/json_writer.h"
#include "report/json_sections.h"

/* What made the report. Nothing of the machine or the hour is in it: the same
 * evidence gives the same bytes. */
static void
write_tool(struct json_writer *w, struct report *r)
{
	jsonw_object(w, "tool");
	jsonw_text(w, "name", "lostsyn");
	jsonw_text(w, "version", r->tool_version);
	jsonw_text(w, "rules_sha256", r->rules_sha256);
	/* Only a person's choice: what the kernel offers differs between
	 * machines, and reports must not. */
	if (r->sandbox_off) {
		jsonw_text(w, "sandbox", "off");
	}
	if (r->redacted) {
		jsonw_text(w, "redacted", "pseudonyms");
	}
	jsonw_end(w);
}

/* Of the query that was begun: those of one input, or of none. */
static void
write_anomalies(struct json_writer *w, struct report *r)
{
	struct report_item item;
	jsonw_object(w, "anomalies");
	while (report_anomaly_next(r, &item)) {
		jsonw_int(w, item.id, item.count);
	}
	jsonw_end(w);
}

static void
write_reason(struct json_writer *w, const struct report_item *item)
{
	jsonw_object(w, NULL);
	jsonw_text(w, "id", item->id);
	jsonw_text(w, "detail", item->detail);
	jsonw_end(w);
}

/* How far a capture can be trusted, and what speaks against it. */
static void
write_trust(
	struct json_writer *w, struct report *r, const struct report_source *s)
{
	struct report_item item;
	if (!s->trust) {
		jsonw_null(w, "trust");
		return;
	}
	jsonw_object(w, "trust");
	jsonw_text(w, "grade", s->trust);
	jsonw_array(w, "reasons");
	report_begin_id(r, QUERY_REASONS, s->id);
	while (report_reason_next(r, &item))
		write_reason(w, &item);
	jsonw_end(w);
	jsonw_end(w);
}

/* Of a text: what became of its lines and which was the first that was not
   understood. Left out where nothing is to be said. */
static void
write_used(
	struct json_writer *w, struct report *r, const struct report_source *s)
{
	struct report_item item;
	bool any = false;
	if (s->trust)
		return;
	report_begin_id(r, QUERY_REASONS, s->id);
	for (; report_reason_next(r, &item); any = true) {
		if (!any)
			jsonw_array(w, "used");
		write_reason(w, &item);
	}
	if (any)
		jsonw_end(w);
}

/* Where all packets or lines of an input went. */
static void
write_accounting(
	struct json_writer *w, struct report *r, const struct report_source *s)
{
	struct report_item item;
	jsonw_object(w, "accounting");
	report_begin_id(r, QUERY_ACCOUNTING, s->id);
	while (report_accounting_next(r, &item)) {
		jsonw_int(w, item.id, item.count);
	}
	jsonw_end(w);
}

/* An input. Packets are a capture's, lines a text's; the other is left out. */
static void
write_input(
	struct json_writer *w, struct report *r, const struct report_source *s)
{
	jsonw_object(w, NULL);
	jsonw_int(w, "id", s->id);
	jsonw_text(w, "name", s->name);
	jsonw_text(w, "role", s->role);
	jsonw_text(w, "kind", s->kind);
	jsonw_text(w, "sha256", s->sha256);
	jsonw_int(w, "bytes", s->bytes);
	if (s->packets >= 0) {
		jsonw_int(w, "packets", s->packets);
	}
	if (s->lines >= 0) {
		jsonw_int(w, "lines", s->lines);
	}
	jsonw_time(w, "first", s->first_ns);
	jsonw_time(w, "last", s->last_ns);
	report_begin_id(r, QUERY_ANOMALIES, s->id);
	write_anomalies(w, r);
	write_trust(w, r, s);
	write_accounting(w, r, s);
	write_used(w, r, s);
	jsonw_text(w, "note", s->note);
	jsonw_end(w);
}

/* Ids are those by which evidence and hosts name them. */
static void
write_inputs(struct json_writer *w, struct report *r)
{
	struct report_source source;
	jsonw_array(w, "inputs");
	report_begin(r, QUERY_SOURCES);
	while (report_source_next(r, &source))
		write_input(w, r, &source);
	jsonw_end(w);
}

/* Nine decimals: the clocks' figures are nanoseconds. */
static void
write_seconds(struct json_writer *w, const char *key, bool known, int64_t ns)
{
	if (known)
		jsonw_fixed(w, key, ns, 9);
	else
		jsonw_null(w, key);
}

/* The vantage's own clock: when segments were seen that bound its offset. */
static void
write_measured(
	struct json_writer *w, bool known, int64_t from_ns, int64_t to_ns)
{
	char text[CLOCK_TEXT_MAX];
	if (!known) {
		jsonw_null(w, "measured");
		return;
	}
	jsonw_object(w, "measured");
	jsonw_text(w, "from", clock_format(from_ns, 9, text));
	jsonw_text(w, "to", clock_format(to_ns, 9, text));
	jsonw_end(w);
}

/* How fast a clock runs wrong, and from when; null for both when it is not
 * known. */
static void
write_drift(struct json_writer *w, bool known, double ppm, int64_t from_ns)
{
	char text[CLOCK_TEXT_MAX];
	if (known)
		jsonw_double(w, "drift_ppm", ppm, 3);
	else
		jsonw_null(w, "drift_ppm");
	if (known)
		jsonw_text(w, "drift_from", clock_format(from_ns, 9, text));
	else
		jsonw_null(w, "drift_from");
}

/* The moments at which a clock was set. */
static void
write_steps(struct json_writer *w, struct report *r, int64_t vantage)
{
	jsonw_array(w, "steps");
	for (size_t i = 0; i < r->step_count; i++) {
		const struct report_step *s = &r->steps[i];
		if (s->vantage != vantage)
			continue;
		jsonw_object(w, NULL);
		write_measured(w, true, s->at_ns, s->to_ns);
		write_seconds(w, "by_s", true, s->by_ns);
		write_seconds(w, "offset_s", true, s->offset_ns);
		write_seconds(w, "uncertainty_s", true, s->uncertainty_ns);
		write_drift(w, s->drift_known, s->drift_ppm, s->origin_ns);
		jsonw_end(w);
	}
	jsonw_end(w);
}

/* What a person said of a clock, and whether the packets contradict it. */
static void
write_stated(struct json_writer *w, const struct report_vantage *v)
{
	if (!v->stated) {
		jsonw_null(w, "stated");
		return;
	}
	jsonw_object(w, "stated");
	write_seconds(w, "offset_s", true, v->stated_ns);
	write_seconds(w, "uncertainty_s", true, v->stated_uncertainty_ns);
	jsonw_bool(w, "contradicted", v->contradicts);
	jsonw_end(w);
}

/* The clocks of all vantages against the reference. */
static void
write_clocks(struct json_writer *w, struct report *r)
{
	jsonw_array(w, "clocks");
	for (size_t i = 0; i < r->vantage_count; i++) {
		const struct report_vantage *v = &r->vantages[i];
		if (!v->clock_known)
			continue;
		jsonw_object(w, NULL);
		jsonw_text(w, "vantage", v->name);
		jsonw_text(w, "reference", v->reference);
		write_seconds(w, "offset_s", v->offset_known, v->offset_ns);
		write_seconds(w, "uncertainty_s", v->uncertainty_known,
			v->uncertainty_ns);
		write_drift(w, v->drift_known, v->drift_ppm, v->origin_ns);
		write_measured(
			w, v->measured, v->measured_from_ns, v->measured_to_ns);
		jsonw_int(w, "pairs", v->pairs);
		jsonw_text(w, "method", v->method);
		write_steps(w, r, v->id);
		write_stated(w, v);
		jsonw_end(w);
	}
	jsonw_end(w);
}

/* By bytes. qsort hands over pointers to pointers. */
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
	jsonw_object(w, "by_verdict");
	for (size_t i = 0; i < n;) {
		const char *verdict = sorted[i]->verdict;
		int64_t count = 0;
		for (; i < n && strcmp(sorted[i]->verdict, verdict) == 0; i++)
			count += sorted[i]->count;
		jsonw_int(w, verdict, count);
	}
	jsonw_end(w);
	free(sorted);
}

/* The figures of the first screen, and anomalies that are of no input. */
static void
write_summary(struct json_writer *w, struct report *r)
{
	jsonw_object(w, "summary");
	jsonw_int(w, "attempts", r->attempts);
	jsonw_int(w, "failed", r->failed);
	jsonw_int(w, "reported", r->reported);
	write_by_verdict(w, r);
	json_write_services(w, r);
	if (r->overlap_first_ns == CLOCK_UNKNOWN_NS) {
		jsonw_null(w, "overlap");
	} else {
		jsonw_object(w, "overlap");
		jsonw_time(w, "first", r->overlap_first_ns);
		jsonw_time(w, "last", r->overlap_last_ns);
		jsonw_end(w);
	}
	/* Those that belong to no single input. */
	report_begin(r, QUERY_ANOMALIES);
	write_anomalies(w, r);
	if (r->reset_in_answer + r->reset_after_silence > 0) {
		jsonw_object(w, "resets");
		jsonw_int(w, "in_answer", r->reset_in_answer);
		jsonw_int(w, "after_silence", r->reset_after_silence);
		jsonw_end(w);
	}
	jsonw_end(w);
}

/* In the contract's order, streamed; the writer holds one buffer, whatever the
 * number of attempts. */
bool
report_write_json(struct report *r, FILE *out, struct error *e)
{
	struct json_writer w;
	jsonw_begin(&w, out);
	jsonw_object(&w, NULL);
	jsonw_text(&w, "format", "lostsyn-report");
	jsonw_int(&w, "version", 1);
	write_tool(&w, r);
	write_inputs(&w, r);
	write_clocks(&w, r);
	json_write_hosts(&w, r);
	json_write_service_list(&w, r);
	json_write_reported(&w, r);
	write_summary(&w, r);
	json_write_attempts(&w, r);
	json_write_findings(&w, r);
	jsonw_end(&w);
	jsonw_finish(&w);
	return report_settled(r, out, e);
}
