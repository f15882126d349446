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

/* The columns of QUERY_SERVICES. */
enum {
	AT_IP,
	AT_PORT,
	AT_VERDICT,
	AT_COUNT,
	AT_FAILED,
	AT_UNDECIDED,
	AT_ALL,
	AT_ALL_FAILED,
	AT_SERVER,
};

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
service_begin(struct json_writer *w, sqlite3_stmt *s)
{
	jsonw_object(w, NULL);
	jsonw_object(w, "server");
	jsonw_text(w, "ip", (const char *)sqlite3_column_text(s, AT_IP));
	jsonw_int(w, "port", sqlite3_column_int64(s, AT_PORT));
	jsonw_end(w);
	jsonw_int(w, "attempts", sqlite3_column_int64(s, AT_ALL));
	jsonw_int(w, "failed", sqlite3_column_int64(s, AT_ALL_FAILED));
	jsonw_object(w, "by_verdict");
}

void
json_write_services(struct json_writer *w, struct report *r)
{
	struct service at = {-1, -1, 0, false};
	int64_t services = 0;
	sqlite3_stmt *s = r->query[QUERY_SERVICES];
	jsonw_array(w, "services");
	report_begin_id(r, QUERY_SERVICES, !r->all_judged);
	while (report_next(r, QUERY_SERVICES)) {
		int64_t server = sqlite3_column_int64(s, AT_SERVER);
		int64_t port = sqlite3_column_int64(s, AT_PORT);
		if (server != at.server || port != at.port) {
			service_end(w, &at);
			at = (struct service){
				server, port, 0, services < SERVICES_MAX};
			services++;
			if (at.open)
				service_begin(w, s);
		}
		if (!at.open)
			continue;
		at.undecided += sqlite3_column_int64(s, AT_UNDECIDED);
		jsonw_int(w, (const char *)sqlite3_column_text(s, AT_VERDICT),
			sqlite3_column_int64(s, AT_COUNT));
	}
	service_end(w, &at);
	jsonw_end(w);
	jsonw_int(w, "services_left_out",
		services > SERVICES_MAX ? services - SERVICES_MAX : 0);
}
