/*
 * From names to members, from members to a record.
 *
 * Times are seconds or milliseconds since the epoch, with or without decimals,
 * or a date; a date without a zone is taken for UTC, which is what cloud exports
 * write. (nfdump and ra write the local time of their machine: set TZ=UTC there.)
 */
#include "parsers/flow/named.h"

#include <stdio.h>

#include "base/text.h"
#include "parsers/flow/values.h"

/* Bits of TCP flags. cite: RFC 9293 section 3.1 */
#define FLAGS_MAX 0xff

/* Of a time in words, its NUL included. */
#define TIME_BYTES_MAX 40

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
	/* ipfixcol2 puts the registry in front: "iana:sourceTransportPort". */
	if (view_begins(name, "iana:"))
		name = view_skip(name, strlen("iana:"));
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

/* "11/20/2026, 11:41:22.123 PM": the portal's exports, the month first in every
   language (cite: learn.microsoft.com, Log Analytics, export to CSV). text: as
   RFC 3339 has it. */
static bool
american(struct view v, char text[TIME_BYTES_MAX])
{
	unsigned n[7] = {0};
	size_t at = 0;
	int i = 0;
	for (; i < 6 && at < v.len; i++) {
		static const char between[] = "// ::";
		size_t from = at;
		while (at < v.len && byte_digit(v.data[at]) && at - from < 4)
			n[i] = n[i] * 10 + (v.data[at++] - '0');
		if (at == from)
			return false;
		if (i == 2 && at < v.len && v.data[at] == ',')
			at++;
		if (i < 5 &&
			(at == v.len || v.data[at++] != (uint8_t)between[i]))
			return false;
	}
	size_t from = at;
	while (at < v.len && (byte_digit(v.data[at]) || v.data[at] == '.'))
		at++;
	struct view fraction = view_first(view_skip(v, from), at - from);
	struct view half = view_skip(v, at);
	if (n[2] < 1000 || n[3] > 23 || fraction.len > 10)
		return false;
	if (view_is(half, " PM") || view_is(half, " AM")) {
		if (n[3] == 0 || n[3] > 12)
			return false;
		n[3] = n[3] % 12 + (view_is(half, " PM") ? 12 : 0);
	} else if (half.len > 0) {
		return false;
	}
	snprintf(text, TIME_BYTES_MAX, "%04u-%02u-%02uT%02u:%02u:%02u%.*sZ",
		n[2], n[0], n[1], n[3], n[4], n[5], (int)fraction.len,
		(const char *)(fraction.len > 0 ? fraction.data
						: (const uint8_t *)""));
	return true;
}

/* "1795218082.501235" */
static bool
seconds_and_decimals(struct view v, int64_t *ns)
{
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

/* "Nov 20, 2026 @ 23:41:22.123": Kibana's, on the clock of who exported it. cite:
   elastic.co, Kibana advanced settings, dateFormat */
static bool
kibana(struct view v, char text[TIME_BYTES_MAX])
{
	static const char months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
	uint64_t day = 0;
	unsigned month = 0;
	while (month < 12 &&
		(v.len < 3 || memcmp(v.data, months + 3 * month, 3)))
		month++;
	struct view rest = view_skip(v, v.len < 4 ? v.len : 4);
	size_t n = 0;
	while (n < rest.len && byte_digit(rest.data[n]))
		n++;
	if (month == 12 || !view_number(view_first(rest, n), 31, &day))
		return false;
	rest = view_skip(rest, n);
	if (rest.len < 17 || rest.len > 21 || !view_begins(rest, ", ") ||
		memcmp(rest.data + 6, " @ ", 3) != 0)
		return false;
	snprintf(text, TIME_BYTES_MAX, "%.4s-%02u-%02uT%.*sZ",
		(const char *)rest.data + 2, month + 1, (unsigned)day,
		(int)(rest.len - 9), (const char *)rest.data + 9);
	return true;
}

/* "2026-11-20 23:41:22.501", ".. UTC", "...Z", "2026/11/20T..", "2026/11/20." */
bool
named_time(struct view v, int64_t *ns)
{
	char text[TIME_BYTES_MAX];
	if (value_epoch(v, ns) || value_time(v, ns))
		return true;
	if (v.len > 4 && memcmp(v.data + v.len - 4, " UTC", 4) == 0)
		v.len -= 4;
	if (v.len + 1 < sizeof text && v.len >= 19 &&
		byte_among(v.data[4], "-/")) {
		memcpy(text, v.data, v.len);
		text[v.len] = 'Z';
		text[4] = '-';
		text[7] = text[7] == '/' ? '-' : text[7];
		text[10] = text[10] == '.' ? ' ' : text[10];
		return value_time(view_of(text, v.len + 1), ns);
	}
	return seconds_and_decimals(v, ns) ||
		((american(v, text) || kibana(v, text)) &&
			value_time(view_str(text), ns));
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

enum flow_action
named_action(struct view v)
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

/* "S", "FS PA", "......S.": the letters of SiLK and nfdump. */
static int16_t
flags_by_letter(struct view v)
{
	static const char letters[] = "FSRPAUEC";
	int16_t flags = 0;
	for (size_t i = 0; i < v.len; i++) {
		if (byte_among(v.data[i], ". "))
			continue;
		const char *at = strchr(letters, v.data[i]);
		if (v.data[i] == 0 || at == NULL)
			return -1;
		flags = (int16_t)(flags | 1 << (at - letters));
	}
	return v.len == 0 ? -1 : flags;
}

/* A number, Suricata's two hexadecimal digits, or letters. */
static int16_t
flags_read(struct view v)
{
	uint64_t n = 0;
	if (v.len != 2)
		return view_number(v, FLAGS_MAX, &n) ? (int16_t)n
						     : flags_by_letter(v);
	for (size_t i = 0; i < 2; i++) {
		uint8_t c = v.data[i];
		if (c >= '0' && c <= '9')
			n = n * 16 + (c - '0');
		else if (c >= 'a' && c <= 'f')
			n = n * 16 + (c - 'a' + 10);
		else
			return flags_by_letter(v);
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
	/* "TCP (6)", Check Point. */
	const uint8_t *blank = v.len > 0 ? memchr(v.data, ' ', v.len) : NULL;
	if (blank != NULL)
		v.len = (size_t)(blank - v.data);
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

/* "3.001" seconds behind the beginning: nfdump 1.7 -o csv tells no end. */
static bool
duration_end(struct view v, struct flow_record *r)
{
	int64_t ns;
	if (!value_duration(v, &ns))
		return false;
	r->end_ns = clock_add(r->start_ns, ns);
	return true;
}

/* A span or an instant. ra prints the time of day without its date, or in any form
   that its user sets: such a record has no time. */
static bool
span_take(const struct flow_named *n, struct flow_record *r)
{
	if (!named_time(n->value[MEMBER_START], &r->start_ns)) {
		r->start_ns = CLOCK_UNKNOWN_NS;
		return n->value[MEMBER_START].len == 0 ||
			r->format == FLOW_FORMAT_ARGUS;
	}
	if (!named_time(n->value[MEMBER_END], &r->end_ns) &&
		!(r->format == FLOW_FORMAT_NFDUMP &&
			duration_end(n->value[MEMBER_DURATION], r)))
		r->end_ns = r->start_ns;
	if (r->end_ns < r->start_ns)
		r->end_ns = r->start_ns;
	return true;
}

/* Argus: "<-" and "<?" went from the second end to the first. cite:
   openargus.org, ra(1), "Dir" */
static void
arrow_take(struct view v, struct flow_record *r)
{
	struct flow_address ip = r->src;
	int32_t port = r->src_port;
	if (v.len < 2 || v.data[0] != '<' || v.data[v.len - 1] == '>')
		return;
	r->src = r->dst;
	r->src_port = r->dst_port;
	r->dst = ip;
	r->dst_port = port;
}

/* Traffic Analytics: "203.0.113.5|1|0|0|0|0|0", the address and its counts. */
static bool
address_take(struct view v, struct flow_address *out)
{
	const uint8_t *bar = v.len == 0 ? NULL : memchr(v.data, '|', v.len);
	if (bar != NULL)
		v.len = (size_t)(bar - v.data);
	return value_address(v, out);
}

/* A port; Kibana writes "51,000" where its index does not know that it is one. */
static bool
port_take(struct view v, int32_t *out)
{
	uint8_t digits[5];
	size_t n = 0;
	if ((v.len != 5 && v.len != 6) || v.data[v.len - 4] != ',')
		return value_port(v, out);
	for (size_t i = 0; i < v.len; i++)
		if (i != v.len - 4)
			digits[n++] = v.data[i];
	return value_port(view_of(digits, n), out);
}

bool
named_record(const struct flow_named *n, struct flow_record *r)
{
	const struct view *v = n->value;
	if (!address_take(v[MEMBER_SRC], &r->src) ||
		!address_take(v[MEMBER_DST], &r->dst) || !span_take(n, r))
		return false;
	if (v[MEMBER_SPORT].len > 0 &&
		!port_take(v[MEMBER_SPORT], &r->src_port))
		return false;
	if (v[MEMBER_DPORT].len > 0 &&
		!port_take(v[MEMBER_DPORT], &r->dst_port))
		return false;
	protocol_take(v[MEMBER_PROTOCOL], r);
	counts_take(n, r);
	r->action = named_action(v[MEMBER_ACTION]);
	r->direction = direction_read(v[MEMBER_DIRECTION]);
	r->tcp_flags = flags_read(v[MEMBER_FLAGS]);
	r->interface = v[MEMBER_INTERFACE];
	r->rule = v[MEMBER_RULE];
	r->reason = v[MEMBER_REASON];
	arrow_take(v[MEMBER_ARROW], r);
	return true;
}
