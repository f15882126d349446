/*
 * attempts[] of report.json: one line each, streamed. Costs three statements
 * an attempt (the row, its views, its lists) and no memory.
 */
#include "report/json_sections.h"

#include <string.h>

static void
write_endpoint(
	struct json_writer *w, const char *key, const char *ip, int64_t port)
{
	json_key(w, key);
	json_object(w);
	json_key(w, "ip");
	json_string(w, ip);
	json_key(w, "port");
	json_int(w, port);
	json_end(w);
}

static bool
tuple_differs(const struct report_attempt *a, const struct report_view *v)
{
	return v->seen &&
		(a->client_port != v->client_port ||
			a->server_port != v->server_port ||
			strcmp(a->client_ip, v->client_ip) != 0 ||
			strcmp(a->server_ip, v->server_ip) != 0);
}

/* The server's end is the last vantage on the path. */
static void
write_seen_at_server(
	struct json_writer *w, struct report *r, const struct report_attempt *a)
{
	struct report_view v;
	bool translated = false;
	json_key(w, "seen_at_server_as");
	report_begin_id(r, QUERY_VIEWS, a->id);
	while (report_view_next(r, &v)) {
		if (v.vantage != r->vantages[r->vantage_count - 1].id ||
			!tuple_differs(a, &v))
			continue;
		translated = true;
		json_object(w);
		write_endpoint(w, "client", v.client_ip, v.client_port);
		write_endpoint(w, "server", v.server_ip, v.server_port);
		json_end(w);
	}
	if (!translated)
		json_null(w);
}

static void
write_count(struct json_writer *w, const char *key, int64_t count)
{
	json_key(w, key);
	if (count < 0)
		json_null(w);
	else
		json_int(w, count);
}

static void
write_view(struct json_writer *w, const struct report_attempt *a,
	const struct report_view *v)
{
	char filter[REPORT_FILTER_MAX];
	json_key(w, v->name);
	json_object(w);
	write_count(w, "syn", v->syn);
	write_count(w, "synack", v->synack);
	write_count(w, "ack", v->ack);
	write_count(w, "rst", v->rst);
	write_count(w, "icmp", v->icmp);
	write_count(w, "data", v->data);
	json_key(w, "frames");
	json_array(w);
	for (int i = 0; i < v->frame_count; i++)
		json_int(w, v->frames[i]);
	json_end(w);
	json_key(w, "filter");
	json_string(w, report_filter(a, v, filter));
	write_count(w, "challenge", v->challenge);
	json_end(w);
}

static void
write_views(
	struct json_writer *w, struct report *r, const struct report_attempt *a)
{
	struct report_view v;
	json_key(w, "views");
	json_object(w);
	report_begin_id(r, QUERY_VIEWS, a->id);
	while (report_view_next(r, &v))
		write_view(w, a, &v);
	json_end(w);
}

static void
write_fate(
	struct json_writer *w, const char *key, int64_t sent, int64_t arrived)
{
	json_key(w, key);
	json_object(w);
	write_count(w, "sent", sent);
	write_count(w, "arrived", arrived);
	json_end(w);
}

static void
write_copies(struct json_writer *w, const struct report_attempt *a)
{
	json_key(w, "copies");
	if (!a->copies_known) {
		json_null(w);
		return;
	}
	json_object(w);
	write_fate(w, "syn", a->syn_sent, a->syn_arrived);
	write_fate(w, "synack", a->synack_sent, a->synack_arrived);
	write_fate(w, "ack", a->ack_sent, a->ack_arrived);
	json_end(w);
}

static void
write_who(
	struct json_writer *w, struct report *r, const struct report_attempt *a)
{
	json_key(w, "id");
	json_int(w, a->id);
	write_endpoint(w, "client", a->client_ip, a->client_port);
	write_endpoint(w, "server", a->server_ip, a->server_port);
	write_seen_at_server(w, r, a);
	json_key(w, "matched_by");
	json_string(w, a->matched_by);
	json_key(w, "isn");
	json_int(w, a->isn);
	json_key(w, "first_syn");
	json_time(w, a->first_ns);
	json_key(w, "duration_s");
	if (a->duration_us >= 0)
		json_fixed(w, a->duration_us, 6);
	else
		json_null(w);
	json_key(w, "syn_retransmits");
	json_int(w, a->syn_retransmits);
}

static void
write_what(
	struct json_writer *w, struct report *r, const struct report_attempt *a)
{
	json_key(w, "verdict");
	json_string(w, a->verdict);
	json_key(w, "segment");
	json_string(w, a->segment);
	json_key(w, "place");
	json_string(w, a->place);
	json_key(w, "confidence");
	json_string(w, a->confidence);
	json_key(w, "candidates");
	json_list(w, r, a->candidates);
	json_key(w, "missing");
	json_list(w, r, a->missing);
	json_key(w, "why");
	json_string(w, a->why);
}

void
json_write_attempts(struct json_writer *w, struct report *r)
{
	enum report_query q = r->options.all_attempts
		? QUERY_ATTEMPTS_ALL
		: report_attempts_query(r);
	struct report_attempt a;
	json_key(w, "attempts");
	json_array(w);
	report_begin(r, q);
	while (report_attempt_next(r, q, &a)) {
		json_object(w);
		write_who(w, r, &a);
		write_what(w, r, &a);
		write_views(w, r, &a);
		json_key(w, "flow_log");
		json_null(w);
		write_copies(w, &a);
		json_end(w);
	}
	json_end(w);
}
