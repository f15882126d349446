/*
 * From names to members, from members to a record.
 *
 * Times are seconds or milliseconds since the epoch, with or without decimals,
 * or a date; a date without a zone is taken for UTC, which is what cloud exports
 * write. (nfdump writes the local time of its machine: set TZ=UTC there.)
 */
#include "parsers/flow/named.h"

#include "parsers/flow/values.h"

/* Bits of TCP flags. cite: RFC 9293 section 3.1 */
#define FLAGS_MAX 0xff

struct name_row {
	const char *name;
	uint8_t member;
	uint8_t rank;
};

static const struct name_row rows[] = {
#define X(name, member, rank) {name, MEMBER_##member, rank},
#include "parsers/flow/flow_names.def"
#undef X
};

/* Letters in lower case and digits; returns the length with v added. */
static size_t
plain(char out[NAME_BYTES_MAX], size_t len, struct view v)
{
	for (size_t i = 0; i < v.len && len < NAME_BYTES_MAX; i++) {
		uint8_t c = v.data[i];
		if (c >= 'A' && c <= 'Z')
			c |= 0x20;
		if ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'))
			out[len++] = (char)c;
	}
	return len;
}

static const struct name_row *
row_of(struct view parent, struct view name)
{
	char text[NAME_BYTES_MAX];
	size_t len = plain(text, plain(text, 0, parent), name);
	struct view v = view_of(text, len);
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
		if (view_is(v, rows[i].name))
			return &rows[i];
	return NULL;
}

void
named_give(struct flow_named *n, struct view parent, struct view name,
	struct view value)
{
	const struct name_row *row = NULL;
	if (value.len == 0 || view_is(value, "-"))
		return;
	if (parent.len > 0)
		row = row_of(parent, name);
	if (row == NULL)
		row = row_of(view_of(NULL, 0), name);
	if (row == NULL ||
		(n->rank[row->member] > 0 &&
			n->rank[row->member] <= row->rank + 1))
		return;
	n->value[row->member] = value;
	n->rank[row->member] = row->rank + 1;
}

/* "1795218082.501235", "2026-11-20 23:41:22.501", ".. UTC", "...Z". */
static bool
time_read(struct view v, int64_t *ns)
{
	char text[40];
	if (value_epoch(v, ns) || value_time(v, ns))
		return true;
	if (v.len > 4 && memcmp(v.data + v.len - 4, " UTC", 4) == 0)
		v.len -= 4;
	if (v.len + 1 < sizeof text && v.len >= 19 && v.data[4] == '-') {
		memcpy(text, v.data, v.len);
		text[v.len] = 'Z';
		return value_time(view_of(text, v.len + 1), ns);
	}
	const uint8_t *dot = v.len == 0 ? NULL : memchr(v.data, '.', v.len);
	if (dot == NULL ||
		!value_seconds(view_of(v.data, (size_t)(dot - v.data)), ns))
		return false;
	int64_t unit = NS_PER_S / 10;
	for (const uint8_t *p = dot + 1; p < v.data + v.len; p++, unit /= 10) {
		if (*p < '0' || *p > '9')
			return false;
		*ns += unit * (*p - '0');
	}
	return true;
}

static bool
among(struct view v, const char *const *words, size_t count)
{
	char text[NAME_BYTES_MAX];
	struct view p = view_of(text, plain(text, 0, v));
	for (size_t i = 0; i < count; i++)
		if (view_is(p, words[i]))
			return true;
	return false;
}

static enum flow_action
action_read(struct view v)
{
	static const char *const rejected[] = {"reject", "rejected", "deny",
		"denied", "drop", "dropped", "blocked", "block", "reset"};
	static const char *const accepted[] = {"accept", "accepted", "allow",
		"allowed", "pass", "passed", "forwarded"};
	if (among(v, rejected, sizeof rejected / sizeof *rejected))
		return FLOW_ACTION_REJECT;
	if (among(v, accepted, sizeof accepted / sizeof *accepted))
		return FLOW_ACTION_ACCEPT;
	return FLOW_ACTION_UNKNOWN;
}

static enum flow_direction
direction_read(struct view v)
{
	static const char *const in[] = {"i", "in", "ingress", "inbound"};
	static const char *const out[] = {"o", "out", "egress", "outbound"};
	if (among(v, in, sizeof in / sizeof *in))
		return FLOW_DIRECTION_INGRESS;
	if (among(v, out, sizeof out / sizeof *out))
		return FLOW_DIRECTION_EGRESS;
	return FLOW_DIRECTION_UNKNOWN;
}

/* A number, or Suricata's two hexadecimal digits. */
static int16_t
flags_read(struct view v)
{
	uint64_t n = 0;
	if (v.len != 2)
		return view_number(v, FLAGS_MAX, &n) ? (int16_t)n : -1;
	for (size_t i = 0; i < 2; i++) {
		uint8_t c = v.data[i];
		if (c >= '0' && c <= '9')
			n = n * 16 + (c - '0');
		else if ((c | 0x20) >= 'a' && (c | 0x20) <= 'f')
			n = n * 16 + ((c | 0x20) - 'a' + 10);
		else
			return -1;
	}
	return (int16_t)n;
}

/* Azure's T and U. */
static void
protocol_take(struct view v, struct flow_record *r)
{
	if (view_is(v, "T"))
		v = view_str("tcp");
	else if (view_is(v, "U"))
		v = view_str("udp");
	if (!value_protocol(v, &r->protocol))
		r->protocol = -1;
}

static void
counts_take(const struct flow_named *n, struct flow_record *r)
{
	const struct {
		enum flow_member member;
		int64_t *out;
	} counts[] = {{MEMBER_PACKETS, &r->packets}, {MEMBER_BYTES, &r->bytes},
		{MEMBER_REPLY_PACKETS, &r->reply_packets},
		{MEMBER_REPLY_BYTES, &r->reply_bytes}};
	for (size_t i = 0; i < sizeof counts / sizeof *counts; i++)
		if (!value_count(n->value[counts[i].member], counts[i].out))
			*counts[i].out = -1;
}

/* A span or an instant. */
static bool
span_take(const struct flow_named *n, struct flow_record *r)
{
	if (!time_read(n->value[MEMBER_START], &r->start_ns))
		return n->value[MEMBER_START].len == 0;
	if (!time_read(n->value[MEMBER_END], &r->end_ns) ||
		r->end_ns < r->start_ns)
		r->end_ns = r->start_ns;
	return true;
}

bool
named_record(const struct flow_named *n, struct flow_record *r)
{
	const struct view *v = n->value;
	if (!value_address(v[MEMBER_SRC], &r->src) ||
		!value_address(v[MEMBER_DST], &r->dst) || !span_take(n, r))
		return false;
	if (v[MEMBER_SPORT].len > 0 &&
		!value_port(v[MEMBER_SPORT], &r->src_port))
		return false;
	if (v[MEMBER_DPORT].len > 0 &&
		!value_port(v[MEMBER_DPORT], &r->dst_port))
		return false;
	protocol_take(v[MEMBER_PROTOCOL], r);
	counts_take(n, r);
	r->action = action_read(v[MEMBER_ACTION]);
	r->direction = direction_read(v[MEMBER_DIRECTION]);
	r->tcp_flags = flags_read(v[MEMBER_FLAGS]);
	r->interface = v[MEMBER_INTERFACE];
	r->rule = v[MEMBER_RULE];
	r->reason = v[MEMBER_REASON];
	return true;
}
