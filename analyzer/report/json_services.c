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
