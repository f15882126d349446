/*
 * findings[] of report.json, best first.
 */
#include "report/json_sections.h"

static void
write_text(struct json_writer *w, const char *key, const char *text)
{
	jsonw_key(w, key);
	jsonw_string(w, text);
}

static void
write_attempt_ids(struct json_writer *w, struct report *r, int64_t finding)
{
	int64_t id;
	jsonw_key(w, "attempt_ids");
	jsonw_array(w);
	report_begin_id(r, QUERY_FINDING_ATTEMPTS, finding);
	while (report_id_next(r, QUERY_FINDING_ATTEMPTS, &id))
		jsonw_int(w, id);
	jsonw_end(w);
}

static void
write_evidence(struct json_writer *w, struct report *r, int64_t finding)
{
	struct report_evidence v;
	jsonw_key(w, "evidence");
	jsonw_array(w);
	report_begin_id(r, QUERY_EVIDENCE, finding);
	while (report_evidence_next(r, &v)) {
		jsonw_object(w);
		jsonw_key(w, "source");
		if (v.source >= 0)
			jsonw_int(w, v.source);
		else
			jsonw_null(w);
		if (v.line >= 0) {
			jsonw_key(w, v.is_capture ? "frame" : "line");
			jsonw_int(w, v.line);
		}
		jsonw_key(w, "at");
		jsonw_time(w, v.at_ns);
		write_text(w, "text", v.text);
		write_text(w, "weighs", v.weighs);
		jsonw_end(w);
	}
	jsonw_end(w);
}

static void
write_list(struct json_writer *w, struct report *r, const char *key,
	const char *list)
{
	jsonw_key(w, key);
	jsonw_list(w, r, list);
}

static void
write_finding(
	struct json_writer *w, struct report *r, const struct report_finding *f)
{
	jsonw_object(w);
	jsonw_key(w, "id");
	jsonw_int(w, f->id);
	write_text(w, "rule", f->rule);
	write_text(w, "cause", f->cause);
	write_text(w, "title", f->title);
	write_text(w, "confidence", f->confidence);
	write_text(w, "host", f->host);
	jsonw_key(w, "attempts");
	jsonw_int(w, f->attempts);
	write_attempt_ids(w, r, f->id);
	write_list(w, r, "explains", f->explains);
	write_evidence(w, r, f->id);
	write_list(w, r, "fix", f->fix);
	write_list(w, r, "verify", f->verify);
	write_list(w, r, "collect", f->collect);
	write_list(w, r, "worse", f->worse);
	jsonw_end(w);
}

void
json_write_findings(struct json_writer *w, struct report *r)
{
	struct report_finding f;
	jsonw_key(w, "findings");
	jsonw_array(w);
	report_begin(r, QUERY_FINDINGS);
	while (report_finding_next(r, &f))
		write_finding(w, r, &f);
	jsonw_end(w);
}
