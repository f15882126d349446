/*
 * "reported_failures" of report.json: a line each of those who tell of failed
 * connections, with the attempt that it is where a capture shows that.
 *
 *	{"at", "client", "server": {"ip", "port", "name"}, "how", "count",
 *	 "source", "line", "attempt", "verdict", "confidence", "candidates",
 *	 "why"}
 */
#include "base/clock.h"
#include "report/json_sections.h"

/* null where nothing names it. called: the log has a name for it and no
 * address, and "ip" is null then. */
static void
write_endpoint(struct json_writer *w, const char *name, const char *ip,
	int64_t port, const char *called)
{
	if (ip == NULL) {
		jsonw_null(w, name);
		return;
	}
	jsonw_object(w, name);
	jsonw_text(w, "ip", called == NULL ? ip : NULL);
	if (port > 0)
		jsonw_int(w, "port", port);
	else
		jsonw_null(w, "port");
	if (called != NULL)
		jsonw_text(w, "name", called);
	jsonw_end(w);
}

/* All of them, in the order of the store: attempts that they turned out to be
 * are named by number. */
void
json_write_reported(struct json_writer *w, struct report *r)
{
	struct report_reported f;
	jsonw_array(w, "reported_failures");
	report_begin(r, QUERY_REPORTED);
	while (report_reported_read(r, QUERY_REPORTED, &f)) {
		jsonw_object(w, NULL);
		if (f.at_ns == CLOCK_UNKNOWN_NS)
			jsonw_null(w, "at");
		else
			jsonw_time(w, "at", f.at_ns);
		write_endpoint(w, "client", f.client_ip, f.client_port, NULL);
		write_endpoint(
			w, "server", f.server_ip, f.server_port, f.server_name);
		jsonw_text(w, "how", f.how);
		jsonw_int(w, "count", f.count);
		jsonw_int(w, "source", f.source);
		jsonw_int(w, "line", f.line);
		if (f.attempt < 0)
			jsonw_null(w, "attempt");
		else
			jsonw_int(w, "attempt", f.attempt);
		jsonw_text(w, "verdict", f.verdict);
		jsonw_text(w, "confidence", f.confidence);
		jsonw_list(w, "candidates", r, f.candidates);
		jsonw_text(w, "why", f.why);
		jsonw_end(w);
	}
	jsonw_end(w);
}
