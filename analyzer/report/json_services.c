/*
 * The services of report.json's summary: how the attempts to each ended.
 *
 * Shares need the number of all attempts, and the attempts that went well are
 * not listed; so the totals stand here. `lostsyn diff` compares by them.
 *
 * Costs a pass over all attempts.
 */
#include "report/json_sections.h"

#include <string.h>

#include "report/service_words.h"

/* Beyond these, which are those with most failures, they are only counted. */
#define SERVICES_MAX 200

struct service {
	int64_t server, port;
	int64_t undecided;
	bool open; /* its object is being written */
};

static void
service_end(struct json_writer *w, struct service *at)
{
	if (!at->open)
		return;
	jsonw_end(w);
	jsonw_int(w, "undecided", at->undecided);
	jsonw_end(w);
	at->open = false;
}

static void
service_begin(struct json_writer *w, const struct report_service *s)
{
	jsonw_object(w, NULL);
	jsonw_object(w, "server");
	jsonw_text(w, "ip", s->ip);
	jsonw_int(w, "port", s->port);
	jsonw_end(w);
	jsonw_int(w, "attempts", s->attempts);
	jsonw_int(w, "failed", s->failed);
	jsonw_object(w, "by_verdict");
}

void
json_write_services(struct json_writer *w, struct report *r)
{
	struct service at = {-1, -1, 0, false};
	int64_t services = 0;
	struct report_service s;
	jsonw_array(w, "services");
	report_begin_id(r, QUERY_SERVICES, !r->all_judged);
	while (report_service_read(r, QUERY_SERVICES, &s)) {
		if (s.server != at.server || s.port != at.port) {
			service_end(w, &at);
			at = (struct service){
				s.server, s.port, 0, services < SERVICES_MAX};
			services++;
			if (at.open)
				service_begin(w, &s);
		}
		if (!at.open)
			continue;
		at.undecided += s.undecided;
		jsonw_int(w, s.verdict, s.count);
	}
	service_end(w, &at);
	jsonw_end(w);
	jsonw_int(w, "services_left_out",
		services > SERVICES_MAX ? services - SERVICES_MAX : 0);
}

static void
write_deciding(
	struct json_writer *w, struct report *r, const struct service_sum *s)
{
	char text[WORDS_MAX], place[WORDS_MAX];
	services_evidence(r, s, text, place);
	if (!text[0]) {
		jsonw_null(w, "deciding_evidence");
		return;
	}
	struct evidence_at at = services_evidence_at(r, s);
	jsonw_object(w, "deciding_evidence");
	jsonw_count(w, "source", at.source);
	if (at.line >= 0)
		jsonw_int(w, at.is_capture ? "frame" : "line", at.line);
	jsonw_text(w, "text", text);
	jsonw_end(w);
}

static void
write_service(
	struct json_writer *w, struct report *r, const struct service_sum *s)
{
	jsonw_object(w, NULL);
	jsonw_text(w, "address", s->ip);
	jsonw_int(w, "port", s->port);
	jsonw_int(w, "attempts", s->attempts);
	jsonw_int(w, "failed", s->failed);
	jsonw_int(w, "slow", s->slow);
	jsonw_int(w, "reported", s->reported);
	jsonw_text(w, "verdict",
		s->verdict < 0 ? NULL : r->verdicts[s->verdict].verdict);
	jsonw_text(w, "confidence", s->confidence);
	if (s->finding < 0)
		jsonw_null(w, "finding");
	else
		jsonw_int(w, "finding", r->services.findings[s->finding].id);
	write_deciding(w, r, s);
	jsonw_time(w, "first", s->first_ns);
	jsonw_time(w, "last", s->last_ns);
	jsonw_int(w, "undecided", s->undecided);
	jsonw_int(w, "clients", s->clients);
	jsonw_end(w);
}

void
json_write_service_list(struct json_writer *w, struct report *r)
{
	const struct report_services *x = &r->services;
	jsonw_array(w, "services");
	for (int i = 0; i < x->count && i < SERVICES_MAX; i++)
		write_service(w, r, &x->list[i]);
	jsonw_end(w);
}
