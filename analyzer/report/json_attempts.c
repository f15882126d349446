/*
 * attempts[] of report.json: one line each, streamed. Costs three statements
 * an attempt (the row, its views, its lists) and no memory. Of those that are alike
 * the first are listed and the others counted, unless all are asked for.
 *
 *	{"id", "client": {"ip", "port"}, "server", "seen_at_server_as",
 *	 "matched_by", "isn", "first_syn", "duration_s", "syn_retransmits",
 *	 "verdict", "segment", "place", "confidence", "candidates", "missing",
 *	 "why", "views": {VANTAGE: {counts, "frames", "filter", ...}},
 *	 "flow_log", "copies": {"syn": {"sent", "arrived"}, ...},
 *	 "reset": {"by", "after_silence_s", "after_data_s"}}
 */
#include "report/alike.h"
#include "report/json_sections.h"

/* {"ip", "port"}: every end in the file has this shape. */
static void
write_endpoint(
	struct json_writer *w, const char *key, const char *ip, int64_t port)
{
	jsonw_object(w, key);
	jsonw_text(w, "ip", ip);
	jsonw_int(w, "port", port);
	jsonw_end(w);
}

/* The addresses at the server's end, where they differ; null where they do not.
 * */
static void
write_seen_at_server(struct json_writer *w, const struct report_attempt *a)
{
	if (!a->there_client_ip || !a->there_server_ip) {
		jsonw_null(w, "seen_at_server_as");
		return;
	}
	jsonw_object(w, "seen_at_server_as");
	write_endpoint(w, "client", a->there_client_ip, a->there_client_port);
	write_endpoint(w, "server", a->there_server_ip, a->there_server_port);
	jsonw_end(w);
}

/* What one vantage saw. Counts are all that were seen; frames are those that
 * the analysis kept. */
static void
write_view(struct json_writer *w, const struct report_attempt *a,
	const struct report_view *v)
{
	char filter[REPORT_FILTER_MAX];
	jsonw_object(w, v->name);
	jsonw_count(w, "syn", v->syn);
	jsonw_count(w, "synack", v->synack);
	jsonw_count(w, "ack", v->ack);
	jsonw_count(w, "rst", v->rst);
	jsonw_count(w, "icmp", v->icmp);
	jsonw_count(w, "data", v->data);
	jsonw_array(w, "frames");
	for (int i = 0; i < v->frame_count; i++)
		jsonw_int(w, NULL, v->frames[i]);
	jsonw_end(w);
	jsonw_text(w, "filter", report_filter(a, v, filter));
	jsonw_count(w, "challenge", v->challenge);
	jsonw_text(w, "community_id", v->community_id);
	jsonw_text(w, "conn_state", v->conn_state);
	jsonw_text(w, "history", v->history);
	jsonw_end(w);
}

/* An object by vantage; without a member for one, nothing of it was kept. */
static void
write_views(
	struct json_writer *w, struct report *r, const struct report_attempt *a)
{
	struct report_view v;
	jsonw_object(w, "views");
	report_views_begin(r, a->id);
	while (report_view_next(r, &v))
		write_view(w, a, &v);
	jsonw_end(w);
}

/* Copies of one segment at its sender and at its receiver; null what a capture
 * cannot tell. */
static void
write_fate(
	struct json_writer *w, const char *key, int64_t sent, int64_t arrived)
{
	jsonw_object(w, key);
	jsonw_count(w, "sent", sent);
	jsonw_count(w, "arrived", arrived);
	jsonw_end(w);
}

/* How many copies of each segment were sent and arrived; null where one end
 * alone cannot tell. */
static void
write_copies(struct json_writer *w, const struct report_attempt *a)
{
	if (!a->copies_known) {
		jsonw_null(w, "copies");
		return;
	}
	jsonw_object(w, "copies");
	write_fate(w, "syn", a->syn_sent, a->syn_arrived);
	write_fate(w, "synack", a->synack_sent, a->synack_arrived);
	write_fate(w, "ack", a->ack_sent, a->ack_arrived);
	jsonw_end(w);
}

/* How a connection that was made came to an end; no member where the server's
 * side did not reset it. */
static void
write_reset(struct json_writer *w, const struct report_attempt *a)
{
	if (a->reset_by == NULL)
		return;
	jsonw_object(w, "reset");
	jsonw_text(w, "by", a->reset_by);
	if (a->idle_reset_us >= 0)
		jsonw_fixed(w, "after_silence_s", a->idle_reset_us, 6);
	if (a->request_reset_us >= 0)
		jsonw_fixed(w, "after_data_s", a->request_reset_us, 6);
	jsonw_end(w);
}

/* Who tried to reach whom, and when. */
static void
write_who(struct json_writer *w, const struct report_attempt *a)
{
	jsonw_int(w, "id", a->id);
	write_endpoint(w, "client", a->client_ip, a->client_port);
	write_endpoint(w, "server", a->server_ip, a->server_port);
	write_seen_at_server(w, a);
	jsonw_text(w, "matched_by", a->matched_by);
	jsonw_int(w, "isn", a->isn);
	jsonw_time(w, "first_syn", a->first_ns);
	if (a->duration_us >= 0)
		jsonw_fixed(w, "duration_s", a->duration_us, 6);
	else
		jsonw_null(w, "duration_s");
	jsonw_int(w, "syn_retransmits", a->syn_retransmits);
}

/* What came of it, and in one sentence why. */
static void
write_what(
	struct json_writer *w, struct report *r, const struct report_attempt *a)
{
	jsonw_text(w, "verdict", a->verdict);
	jsonw_text(w, "segment", a->segment);
	jsonw_text(w, "place", a->place);
	jsonw_text(w, "confidence", a->confidence);
	jsonw_list(w, "candidates", r, a->candidates);
	jsonw_list(w, "missing", r, a->missing);
	jsonw_text(w, "why", a->why);
}

/* A flow log's record of the attempt. */
static void
write_flow(struct json_writer *w, const struct report_flow *f)
{
	jsonw_object(w, NULL);
	jsonw_text(w, "source", f->file);
	jsonw_int(w, "line", f->line);
	jsonw_time(w, "at", f->start_ns);
	jsonw_text(w, "from", f->forward ? "client" : "server");
	jsonw_text(w, "action", f->action);
	jsonw_count(w, "packets", f->packets);
	jsonw_count(w, "tcp_flags", f->tcp_flags);
	jsonw_text(w, "interface", f->interface);
	jsonw_text(w, "rule", f->rule);
	jsonw_text(w, "reason", f->reason);
	jsonw_end(w);
}

/* What flow logs say of the attempt: of its SYN, or, without a record of that,
 * of its answer. */
static void
write_flow_log(
	struct json_writer *w, struct report *r, const struct report_attempt *a)
{
	struct report_flow f;
	report_begin_id(r, QUERY_FLOWS, a->id);
	if (!report_flow_next(r, &f)) {
		jsonw_null(w, "flow_log");
		return;
	}
	jsonw_object(w, "flow_log");
	jsonw_text(w, "action", f.action);
	jsonw_array(w, "records");
	do
		write_flow(w, &f);
	while (report_flow_next(r, &f));
	jsonw_end(w);
	jsonw_end(w);
}

/* The order of the members is the contract's. flows: there are flow logs at
 * all; without them one statement an attempt is spared. */
static void
write_attempt(struct json_writer *w, struct report *r,
	const struct report_attempt *a, bool flows)
{
	jsonw_object(w, NULL);
	write_who(w, a);
	write_what(w, r, a);
	write_views(w, r, a);
	if (flows)
		write_flow_log(w, r, a);
	else
		jsonw_null(w, "flow_log");
	write_copies(w, a);
	write_reset(w, a);
	jsonw_end(w);
}

/* What is not listed, kind by kind. */
static void
write_alike(
	struct json_writer *w, struct report *r, const struct alike_kind *kind)
{
	if (kind == NULL)
		return;
	jsonw_array(w, "attempts_alike");
	for (; kind != NULL; kind = kind->next) {
		const struct report_attempt *a = &kind->like;
		jsonw_object(w, NULL);
		write_endpoint(w, "server", a->server_ip, a->server_port);
		jsonw_int(w, "listed", kind->listed);
		jsonw_int(w, "more", kind->more);
		jsonw_time(w, "first", a->first_ns);
		jsonw_time(w, "last", kind->last_ns);
		jsonw_int(w, "syn_retransmits", a->syn_retransmits);
		write_what(w, r, a);
		jsonw_end(w);
	}
	jsonw_end(w);
}

/* Whether any flow log speaks is asked once, before the rows. */
void
json_write_attempts(struct json_writer *w, struct report *r)
{
	bool all = r->options.all_attempts;
	enum report_query q =
		all ? QUERY_ATTEMPTS_ALL : report_attempts_query(r);
	struct alike_table *alike = alike_new();
	struct report_attempt a;
	report_begin(r, QUERY_FLOWS_ANY);
	bool flows = report_next(r, QUERY_FLOWS_ANY);
	report_begin(r, QUERY_FLOWS_ANY);
	jsonw_array(w, "attempts");
	report_begin(r, q);
	report_views_stream(r);
	while (report_attempt_next(r, q, &a))
		if (all || alike_take(alike, &a))
			write_attempt(w, r, &a, flows);
	report_views_stream_end(r);
	jsonw_end(w);
	write_alike(w, r, alike_kinds(alike));
	alike_free(alike);
}
