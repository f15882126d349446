/*
 * Stream, flow reader, rows; and events where a record tells of one packet.
 */
#include "ingest/flows.h"

#include "base/ip.h"
#include "ingest/anomaly_counts.h"
#include "ingest/stream.h"
#include "parsers/flow/flow.h"

/* An empty text is NULL. */
static struct view
known(struct view v)
{
	return v.len == 0 ? view_of(NULL, 0) : v;
}

static const char *
address_text(const struct flow_address *a, char text[IP_TEXT_MAX])
{
	return a->has ? ip_format(a->ip, text) : NULL;
}

static bool
write_record(struct source_rows *w, int64_t source, const struct case_file *f,
	const struct flow_record *r, struct error *e)
{
	char state[2] = {r->state, '\0'};
	char addresses[4][IP_TEXT_MAX];
	struct store_flow_record row = store_flow_record_null;
	row.source = source;
	row.line = (int64_t)case_file_line(f, r->line);
	row.cloud = flow_format_cloud(r->format);
	row.interface = known(r->interface);
	row.start_ns = r->start_ns;
	row.end_ns = r->end_ns;
	row.src = address_text(&r->src, addresses[0]);
	row.src_port = source_number(r->src_port);
	row.dst = address_text(&r->dst, addresses[1]);
	row.dst_port = source_number(r->dst_port);
	row.protocol = source_number(r->protocol);
	row.pkt_src = address_text(&r->pkt_src, addresses[2]);
	row.pkt_dst = address_text(&r->pkt_dst, addresses[3]);
	row.packets = source_number(r->packets);
	row.bytes = source_number(r->bytes);
	row.reply_packets = source_number(r->reply_packets);
	row.reply_bytes = source_number(r->reply_bytes);
	row.action = flow_action_name(r->action);
	row.tcp_flags = source_number(r->tcp_flags);
	row.direction = source_text(flow_direction_name(r->direction));
	row.state = source_text(state);
	row.rule = known(r->rule);
	row.sampled = r->sampled;
	row.reason = known(r->reason);
	return store_insert_flow_record(w->store, &row, e);
}

/* One file while it is read. */
struct reading {
	const struct case_file *file;
	uint32_t index; /* of the file in the case */
	int64_t source;
	struct event_list *events;
};

/* Cilium's program in the kernel of the host that it names threw the packet away,
 * and because of a policy. Other flow logs are of a filter somewhere on the way.
 * cite: cilium 1.16 api/v1/flow/flow.proto, DropReason: POLICY_DENIED 133,
 * POLICY_DENY 181 */
static bool
is_denied_by_host(const struct flow_record *r)
{
	return r->format == FLOW_FORMAT_HUBBLE &&
		r->action == FLOW_ACTION_REJECT &&
		(view_is(r->reason, "POLICY_DENIED") ||
			view_is(r->reason, "POLICY_DENY"));
}

/* The flags that tell a SYN from its answer, as a packet filter logs them. */
static const char *
flags_text(int16_t flags)
{
	enum { SYN = 2, ACK = 16 }; /* cite: RFC 9293 section 3.1 */
	if (flags < 0)
		return "";
	return flags & SYN ? (flags & ACK ? "ACK SYN" : "SYN")
			   : (flags & ACK ? "ACK" : "");
}

static const char *
address_kept(struct arena *a, const struct flow_address *p)
{
	return p->has ? ip_format(p->ip, arena_take(a, IP_TEXT_MAX)) : NULL;
}

/* An event, as of Hubble's other forms, and no row of a flow log: what it says is
   said once. False when there is no room for another event. */
static bool
denial_add(const struct reading *x, const struct flow_record *r)
{
	struct event *e = event_list_add(x->events);
	if (e == NULL)
		return false;
	struct arena *a = &x->events->arena;
	e->file = x->index;
	e->source = x->source;
	e->line = case_file_line(x->file, r->line);
	e->name = "firewall-log-drop";
	e->role = x->file->role;
	e->time.ns = r->start_ns;
	e->time.resolution_ns = NS_PER_US;
	e->time.kind = r->start_ns == CLOCK_UNKNOWN_NS ? EVENT_TIME_NONE
						       : EVENT_TIME_UTC;
	e->count = 1;
	e->src = address_kept(a, &r->src);
	e->dst = address_kept(a, &r->dst);
	e->src_port = r->src_port;
	e->dst_port = r->dst_port;
	e->protocol = r->protocol;
	e->fields = event_fields_add(a, NULL, "reason", r->reason);
	e->fields = event_fields_add(
		a, e->fields, "flags", view_str(flags_text(r->tcp_flags)));
	e->text = arena_format(a, "Hubble: %.*s at %.*s", (int)r->reason.len,
		(const char *)r->reason.data, (int)r->interface.len,
		r->interface.len == 0 ? "" : (const char *)r->interface.data);
	return true;
}

/* Every record of an open stream. */
static bool
write_records(struct source_rows *w, const struct reading *x, struct stream *s,
	struct flow_reader *reader, struct error *e)
{
	struct flow_record record;
	bool ok = true;
	while (ok) {
		enum flow_status status =
			flow_next(reader, &s->window, s->at_eof, &record);
		if (status == FLOW_END)
			break;
		if (status == FLOW_MORE)
			stream_fill(s, flow_need(reader));
		else if (!is_denied_by_host(&record) || !denial_add(x, &record))
			ok = write_record(w, x->source, x->file, &record, e);
	}
	return ok;
}

/* What is known only behind the last byte. */
static bool
complete(struct source_rows *w, int64_t source, const struct stream *s,
	const struct flow_summary *sum, struct error *e)
{
	const char *note = s->error.kind == ERROR_NONE ? NULL : s->error.text;
	return source_rows_complete(w, source, s->sha256, (int64_t)s->raw_bytes,
		       (int64_t)sum->read, note, e) &&
		source_rows_count(w, source, "flow-record", sum->records, e) &&
		source_rows_count(w, source, "other", sum->other, e);
}

bool
flows_write(struct source_rows *w, const struct case_file *f, uint32_t index,
	struct event_list *events, struct error *e)
{
	struct anomaly_counts counts = {0};
	struct anomaly_sink sink = anomaly_counts_sink(&counts);
	struct stream s;
	struct error unreadable = {0};
	int64_t id;
	struct store_source row = source_row_of(f, f->kind_id);
	row.compression = f->compression;
	if (!case_file_open(f, &s, sink, &unreadable)) {
		row.note = unreadable.text;
		return source_rows_add(w, &row, &id, e);
	}
	struct flow_reader *reader = flow_new(sink);
	bool ok = source_rows_add(w, &row, &id, e);
	const struct reading x = {f, index, id, events};
	ok = ok && write_records(w, &x, &s, reader, e);
	stream_finish(&s);
	ok = ok && complete(w, id, &s, flow_summary(reader), e) &&
		anomaly_counts_write(&counts, w, id, e);
	flow_free(reader);
	stream_close(&s);
	return ok;
}
