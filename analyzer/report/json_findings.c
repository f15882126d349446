/*
 * findings[] of report.json, best first.
 *
 * Ruled-out causes are among them, with what contradicts them. Which attempts a
 * finding explains is listed by id, so that nobody has to work it out again; of a
 * flood, which the first are.
 *
 *	{"id", "rule", "cause", "title", "confidence", "host", "attempts",
 *	 "attempt_ids", "reported", "explains",
 *	 "evidence": [{"source", "line" or "frame", "at", "text", "weighs"}],
 *	 "fix", "verify", "collect", "worse"}
 */
#include "report/alike.h"
#include "report/json_sections.h"
#include "report/steps.h"

/* Ascending; the first REPORT_ALIKE_MAX, unless all attempts are asked for.
 * Their number is in "attempts". */
static void
write_attempt_ids(struct json_writer *w, struct report *r, int64_t finding)
{
	int64_t most = r->options.all_attempts ? INT64_MAX : REPORT_ALIKE_MAX;
	int64_t id;
	jsonw_array(w, "attempt_ids");
	report_begin_id(r, QUERY_FINDING_ATTEMPTS, finding);
	while (most-- > 0 && report_id_next(r, QUERY_FINDING_ATTEMPTS, &id))
		jsonw_int(w, NULL, id);
	jsonw_end(w);
}

/* The rows of evidence; of a capture the number is a frame's, else a line's. */
static void
write_evidence(struct json_writer *w, struct report *r, int64_t finding)
{
	struct report_evidence v;
	jsonw_array(w, "evidence");
	report_begin_id(r, QUERY_EVIDENCE, finding);
	while (report_evidence_next(r, &v)) {
		jsonw_object(w, NULL);
		jsonw_count(w, "source", v.source);
		if (v.line >= 0) {
			jsonw_int(w, v.is_capture ? "frame" : "line", v.line);
		}
		jsonw_time(w, "at", v.at_ns);
		jsonw_text(w, "text", v.text);
		jsonw_text(w, "weighs", v.weighs);
		jsonw_end(w);
	}
	jsonw_end(w);
}

/* The steps of `fix` with the things of this case: which rule it is with its
 * counter, what the setting is today and what to type. Those that name nothing
 * are the same words. */
static void
write_here(
	struct json_writer *w, struct report *r, const struct report_finding *f)
{
	const char *step;
	char words[WORDS_MAX];
	jsonw_array(w, "fix_here");
	report_list_begin(r, f->fix);
	while (report_list_next(r, &step))
		jsonw_text(w, NULL, step_words(r, f->id, step, words));
	jsonw_end(w);
}

/* A finding with all that the contract promises of one, in its order. */
static void
write_finding(
	struct json_writer *w, struct report *r, const struct report_finding *f)
{
	jsonw_object(w, NULL);
	jsonw_int(w, "id", f->id);
	jsonw_text(w, "rule", f->rule);
	jsonw_text(w, "cause", f->cause);
	jsonw_text(w, "title", f->title);
	jsonw_text(w, "confidence", f->confidence);
	jsonw_text(w, "host", f->host);
	jsonw_int(w, "attempts", f->attempts);
	write_attempt_ids(w, r, f->id);
	jsonw_int(w, "reported", f->reported);
	jsonw_list(w, "explains", r, f->explains);
	write_evidence(w, r, f->id);
	jsonw_list(w, "fix", r, f->fix);
	jsonw_list(w, "verify", r, f->verify);
	jsonw_list(w, "collect", r, f->collect);
	jsonw_list(w, "worse", r, f->worse);
	write_here(w, r, f);
	jsonw_end(w);
}

/* Best first; those of one rule and confidence stand together. */
void
json_write_findings(struct json_writer *w, struct report *r)
{
	struct report_finding f;
	jsonw_array(w, "findings");
	report_begin(r, QUERY_FINDINGS);
	while (report_finding_next(r, &f))
		write_finding(w, r, &f);
	jsonw_end(w);
}
