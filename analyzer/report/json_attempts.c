/*
 * attempts[] of report.json: one line each, streamed. Costs three statements
 * an attempt (the row, its views, its lists) and no memory.
 */
#include "report/json_sections.h"

static void
write_endpoint(
	struct json_writer *w, const char *key, const char *ip, int64_t port)
{
	jsonw_key(w, key);
	jsonw_object(w);
	jsonw_key(w, "ip");
	jsonw_string(w, ip);
	jsonw_key(w, "port");
	jsonw_int(w, port);
	jsonw_end(w);
}

static void
write_seen_at_server(struct json_writer *w, const struct report_attempt *a)
{
	jsonw_key(w, "seen_at_server_as");
	if (!a->there_client_ip || !a->there_server_ip) {
		jsonw_null(w);
		return;
	}
	jsonw_object(w);
	write_endpoint(w, "client", a->there_client_ip, a->there_client_port);
	write_endpoint(w, "server", a->there_server_ip, a->there_server_port);
	jsonw_end(w);
}

static void
write_count(struct json_writer *w, const char *key, int64_t count)
{
	jsonw_key(w, key);
	if (count < 0)
		jsonw_null(w);
	else
		jsonw_int(w, count);
}

static void
write_view(struct json_writer *w, const struct report_attempt *a,
	const struct report_view *v)
{
	char filter[REPORT_FILTER_MAX];
	jsonw_key(w, v->name);
	jsonw_object(w);
	write_count(w, "syn", v->syn);
	write_count(w, "synack", v->synack);
	write_count(w, "ack", v->ack);
	write_count(w, "rst", v->rst);
	write_count(w, "icmp", v->icmp);
	write_count(w, "data", v->data);
	jsonw_key(w, "frames");
	jsonw_array(w);
	for (int i = 0; i < v->frame_count; i++)
		jsonw_int(w, v->frames[i]);
	jsonw_end(w);
	jsonw_key(w, "filter");
	jsonw_string(w, report_filter(a, v, filter));
	write_count(w, "challenge", v->challenge);
	jsonw_end(w);
}

static void
write_views(
	struct json_writer *w, struct report *r, const struct report_attempt *a)
{
	struct report_view v;
	jsonw_key(w, "views");
	jsonw_object(w);
	report_views_begin(r, a->id);
	while (report_view_next(r, &v))
		write_view(w, a, &v);
	jsonw_end(w);
}

static void
write_fate(
	struct json_writer *w, const char *key, int64_t sent, int64_t arrived)
{
	jsonw_key(w, key);
	jsonw_object(w);
	write_count(w, "sent", sent);
	write_count(w, "arrived", arrived);
	jsonw_end(w);
}

static void
write_copies(struct json_writer *w, const struct report_attempt *a)
{
	jsonw_key(w, "copies");
	if (!a->copies_known) {
		jsonw_null(w);
		return;
	}
	jsonw_object(w);
	write_fate(w, "syn", a->syn_sent, a->syn_arrived);
	write_fate(w, "synack", a->synack_sent, a->synack_arrived);
	write_fate(w, "ack", a->ack_sent, a->ack_arrived);
	jsonw_end(w);
}

static void
write_who(struct json_writer *w, const struct report_attempt *a)
{
	jsonw_key(w, "id");
	jsonw_int(w, a->id);
	write_endpoint(w, "client", a->client_ip, a->client_port);
	write_endpoint(w, "server", a->server_ip, a->server_port);
	write_seen_at_server(w, a);
	jsonw_key(w, "matched_by");
	jsonw_string(w, a->matched_by);
	jsonw_key(w, "isn");
	jsonw_int(w, a->isn);
	jsonw_key(w, "first_syn");
	jsonw_time(w, a->first_ns);
	jsonw_key(w, "duration_s");
	if (a->duration_us >= 0)
		jsonw_fixed(w, a->duration_us, 6);
	else
		jsonw_null(w);
	jsonw_key(w, "syn_retransmits");
	jsonw_int(w, a->syn_retransmits);
}

static void
write_what(
	struct json_writer *w, struct report *r, const struct report_attempt *a)
{
	jsonw_key(w, "verdict");
	jsonw_string(w, a->verdict);
	jsonw_key(w, "segment");
	jsonw_string(w, a->segment);
	jsonw_key(w, "place");
	jsonw_string(w, a->place);
	jsonw_key(w, "confidence");
	jsonw_string(w, a->confidence);
	jsonw_key(w, "candidates");
	jsonw_list(w, r, a->candidates);
	jsonw_key(w, "missing");
	jsonw_list(w, r, a->missing);
	jsonw_key(w, "why");
	jsonw_string(w, a->why);
}

static void
write_flow(struct json_writer *w, const struct report_flow *f)
{
	jsonw_object(w);
	jsonw_key(w, "source");
	jsonw_string(w, f->file);
	jsonw_key(w, "line");
	jsonw_int(w, f->line);
	jsonw_key(w, "at");
	jsonw_time(w, f->start_ns);
	jsonw_key(w, "from");
	jsonw_string(w, f->forward ? "client" : "server");
	jsonw_key(w, "action");
	jsonw_string(w, f->action);
	write_count(w, "packets", f->packets);
	write_count(w, "tcp_flags", f->tcp_flags);
	jsonw_key(w, "interface");
	jsonw_string(w, f->interface);
	jsonw_key(w, "rule");
	jsonw_string(w, f->rule);
	jsonw_key(w, "reason");
	jsonw_string(w, f->reason);
	jsonw_end(w);
}

/* What flow logs say of the attempt: of its SYN, or, without a record of that,
 * of its answer. */
static void
write_flow_log(
	struct json_writer *w, struct report *r, const struct report_attempt *a)
{
	struct report_flow f;
	jsonw_key(w, "flow_log");
	report_begin_id(r, QUERY_FLOWS, a->id);
	if (!report_flow_next(r, &f)) {
		jsonw_null(w);
		return;
	}
	jsonw_object(w);
	jsonw_key(w, "action");
	jsonw_string(w, f.action);
	jsonw_key(w, "records");
	jsonw_array(w);
	do
		write_flow(w, &f);
	while (report_flow_next(r, &f));
	jsonw_end(w);
	jsonw_end(w);
}

void
json_write_attempts(struct json_writer *w, struct report *r)
{
	enum report_query q = r->options.all_attempts
		? QUERY_ATTEMPTS_ALL
		: report_attempts_query(r);
	struct report_attempt a;
	report_begin(r, QUERY_FLOWS_ANY);
	bool flows = report_next(r, QUERY_FLOWS_ANY);
	report_begin(r, QUERY_FLOWS_ANY);
	jsonw_key(w, "attempts");
	jsonw_array(w);
	report_begin(r, q);
	report_views_stream(r);
	while (report_attempt_next(r, q, &a)) {
		jsonw_object(w);
		write_who(w, &a);
		write_what(w, r, &a);
		write_views(w, r, &a);
		if (flows) {
			write_flow_log(w, r, &a);
		} else {
			jsonw_key(w, "flow_log");
			jsonw_null(w);
		}
		write_copies(w, &a);
		jsonw_end(w);
	}
	report_views_stream_end(r);
	jsonw_end(w);
}
