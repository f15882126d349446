/*
 * findings[] of report.json, best first.
 */
#include "report/json_sections.h"

static void
write_text(struct json_writer *w, const char *key, const char *text)
{
	json_key(w, key);
	json_string(w, text);
}

static void
write_attempt_ids(struct json_writer *w, struct report *r, int64_t finding)
{
	int64_t id;
	json_key(w, "attempt_ids");
	json_array(w);
	report_begin_id(r, QUERY_FINDING_ATTEMPTS, finding);
	while (report_id_next(r, QUERY_FINDING_ATTEMPTS, &id))
		json_int(w, id);
	json_end(w);
}

static void
write_evidence(struct json_writer *w, struct report *r, int64_t finding)
{
	struct report_evidence v;
	json_key(w, "evidence");
	json_array(w);
	report_begin_id(r, QUERY_EVIDENCE, finding);
	while (report_evidence_next(r, &v)) {
		json_object(w);
		json_key(w, "source");
		if (v.source >= 0)
			json_int(w, v.source);
		else
			json_null(w);
		if (v.line >= 0) {
			json_key(w, v.is_capture ? "frame" : "line");
			json_int(w, v.line);
		}
		json_key(w, "at");
		json_time(w, v.at_ns);
		write_text(w, "text", v.text);
		write_text(w, "weighs", v.weighs);
		json_end(w);
	}
	json_end(w);
}

static void
write_list(struct json_writer *w, struct report *r, const char *key,
	const char *list)
{
	json_key(w, key);
	json_list(w, r, list);
}

static void
write_finding(
	struct json_writer *w, struct report *r, const struct report_finding *f)
{
	json_object(w);
	json_key(w, "id");
	json_int(w, f->id);
	write_text(w, "rule", f->rule);
	write_text(w, "cause", f->cause);
	write_text(w, "title", f->title);
	write_text(w, "confidence", f->confidence);
	write_text(w, "host", f->host);
	json_key(w, "attempts");
	json_int(w, f->attempts);
	write_attempt_ids(w, r, f->id);
	write_list(w, r, "explains", f->explains);
	write_evidence(w, r, f->id);
	write_list(w, r, "fix", f->fix);
	write_list(w, r, "verify", f->verify);
	write_list(w, r, "collect", f->collect);
	json_end(w);
}

void
json_write_findings(struct json_writer *w, struct report *r)
{
	struct report_finding f;
	json_key(w, "findings");
	json_array(w);
	report_begin(r, QUERY_FINDINGS);
	while (report_finding_next(r, &f))
		write_finding(w, r, &f);
	json_end(w);
}
