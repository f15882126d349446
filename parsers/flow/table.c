/*
 * Flow records in tables with a header line: commas (exports of Athena, Logs
 * Insights, Log Analytics, BigQuery, nfdump -o csv) or tabs (Zeek, whose header
 * is "#fields"), and nfdump's lines.
 *
 *	2026-11-20 23:41:22.501  00:00:03.001 TCP  10.1.0.2:40131 -> 10.2.0.2:80  3  180  1
 *
 * cite: RFC 4180; docs.zeek.org, Zeek log formats, TSV; nfdump 1.7
 * bin/output_fmt.c (formats line, long, extended).
 */
#include "parsers/flow/named.h"

#include "parsers/flow/values.h"
#include "parsers/service.h"

/* The next column; false behind the last. */
static bool
column(struct view *rest, char separator, bool *more, struct view *out)
{
	if (!*more)
		return false;
	struct view v = *rest;
	if (v.len > 0 && v.data[0] == '"' && separator == ',') {
		const uint8_t *end = memchr(v.data + 1, '"', v.len - 1);
		size_t len =
			end == NULL ? v.len - 1 : (size_t)(end - v.data) - 1;
		*out = view_of(v.data + 1, len);
		v = view_skip(v, end == NULL ? v.len : len + 2);
		*more = v.len > 0 && v.data[0] == ',';
		*rest = *more ? view_skip(v, 1) : v;
		return true;
	}
	const uint8_t *end =
		v.len == 0 ? NULL : memchr(v.data, separator, v.len);
	*more = end != NULL;
	*out = end == NULL ? v : view_of(v.data, (size_t)(end - v.data));
	*rest = view_skip(v, end == NULL ? v.len : out->len + 1);
	return true;
}

/* Columns may be padded (SiLK, Argus). */
static struct view
trimmed(struct view v)
{
	while (v.len > 0 && v.data[0] == ' ')
		v = view_skip(v, 1);
	while (v.len > 0 && v.data[v.len - 1] == ' ')
		v.len--;
	return v;
}

static enum flow_format
format_of(struct view header)
{
	static const struct {
		const char *word;
		enum flow_format format;
	} marks[] = {
		{"conn_state", FLOW_FORMAT_ZEEK},
		{"vpc_flows", FLOW_FORMAT_GCP_VPC},
		{"jsonPayload", FLOW_FORMAT_GCP_VPC},
		{"FlowStatus", FLOW_FORMAT_AZURE_NTA},
		{"SrcIp", FLOW_FORMAT_AZURE_NTA},
		{"ts,te,", FLOW_FORMAT_NFDUMP},
		{"firstSeen,", FLOW_FORMAT_NFDUMP},
		{"sIP|", FLOW_FORMAT_SILK},
		{"TotPkts", FLOW_FORMAT_ARGUS},
		{"SRC_IP", FLOW_FORMAT_NETFLOW},
		{"RuleCollection", FLOW_FORMAT_AZURE_FIREWALL},
		{"Source address", FLOW_FORMAT_TABLE},
		{"Source Port", FLOW_FORMAT_TABLE},
		{"source.ip", FLOW_FORMAT_TABLE},
		{"src_ip", FLOW_FORMAT_TABLE},
		{"dest_ip", FLOW_FORMAT_TABLE},
	};
	for (size_t i = 0; i < sizeof marks / sizeof *marks; i++)
		if (memmem(header.data, header.len, marks[i].word,
			    strlen(marks[i].word)) != NULL)
			return marks[i].format;
	return FLOW_FORMAT_AWS_VPC;
}

/* One name through the same door as a value: what it would be given to. */
static void
column_name(struct flow_table *t, size_t i, struct view name)
{
	struct flow_named n = {0};
	named_give(&n, view_of(NULL, 0), name, name);
	for (uint8_t m = 1; m < MEMBER_COUNT; m++) {
		if (n.rank[m] == 0)
			continue;
		t->member[i] = m;
		t->rank[i] = n.rank[m];
	}
}

/* What parts the columns: first is the likeliest, the others follow. */
static bool
separator_find(struct view text, char *first)
{
	const char among[] = {*first, '|', '\t', ';'};
	for (size_t i = 0; i < sizeof among; i++) {
		if (memchr(text.data, among[i], text.len) == NULL)
			continue;
		*first = among[i];
		return true;
	}
	return false;
}

bool
table_header_read(struct view text, struct flow_table *table)
{
	struct flow_table t = {.separator = ','};
	struct view name;
	bool more = true;
	bool has[MEMBER_COUNT] = {false};
	if (text.len > 8 && memcmp(text.data, "#fields\t", 8) == 0) {
		t.separator = '\t';
		text = view_skip(text, 8);
	}
	if (text.len == 0 || !separator_find(text, &t.separator))
		return false;
	struct view rest = text;
	while (t.count < TABLE_COLUMNS_MAX &&
		column(&rest, t.separator, &more, &name)) {
		column_name(&t, t.count, trimmed(name));
		has[t.member[t.count++]] = true;
	}
	t.message = has[MEMBER_MESSAGE] && !has[MEMBER_SRC];
	if (!t.message &&
		!(has[MEMBER_SRC] && has[MEMBER_DST] && has[MEMBER_DPORT]))
		return false;
	/* "@timestamp,@message": what a message is, its lines say. */
	if (t.message && (text.data[0] != '@' && text.data[0] != '"'))
		return false;
	t.format = format_of(text);
	*table = t;
	return true;
}

enum flow_entry
table_line_read(struct view text, const struct flow_table *table,
	struct flow_record *record)
{
	struct flow_named n = {0};
	struct view rest = text;
	struct view value;
	bool more = true;
	if (text.len == 0 || text.data[0] == '#')
		return FLOW_ENTRY_BLANK;
	for (size_t i = 0; i < table->count &&
		column(&rest, table->separator, &more, &value);
		i++) {
		uint8_t m = table->member[i];
		value = trimmed(value);
		if (m == MEMBER_NONE || value.len == 0 || view_is(value, "-") ||
			(n.rank[m] > 0 && n.rank[m] <= table->rank[i]))
			continue;
		n.value[m] = value;
		n.rank[m] = table->rank[i];
	}
	if (table->message) {
		struct aws_layout none = {0};
		return aws_line_read(n.value[MEMBER_MESSAGE], &none, record);
	}
	flow_record_clear(record);
	record->format = table->format;
	if (table->format == FLOW_FORMAT_GCP_VPC)
		record->sampled = true;
	record->text = text;
	return named_record(&n, record) ? FLOW_ENTRY_RECORD
					: FLOW_ENTRY_MALFORMED;
}

/* "192.0.2.10:40131", "2001:db8::10.40131" (nfdump's IPv6). */
static bool
end_read(struct view v, struct flow_address *address, int32_t *port)
{
	const uint8_t *colon = memrchr(v.data, ':', v.len);
	const uint8_t *dot = memrchr(v.data, '.', v.len);
	const uint8_t *cut = colon;
	if (dot != NULL && (colon == NULL || dot > colon))
		cut = dot;
	if (cut == NULL)
		return false;
	size_t len = (size_t)(cut - v.data);
	struct view digits = view_skip(v, len + 1);
	struct view named = service_port(digits);
	return value_address(view_of(v.data, len), address) &&
		value_port(named.len > 0 ? named : digits, port);
}

/* "2026-11-20", "23:41:22.501" as one time. */
static bool
stamp_read(struct view day, struct view clock, int64_t *at)
{
	char stamp[40];
	if (day.len != 10 || clock.len > 15 || clock.len < 8)
		return false;
	memcpy(stamp, day.data, 10);
	stamp[10] = ' ';
	memcpy(stamp + 11, clock.data, clock.len);
	stamp[11 + clock.len] = 'Z';
	return value_time(view_of(stamp, 12 + clock.len), at);
}

/* Both ends, around words[arrow], and the protocol before them. */
static bool
ends_read(const struct view *words, size_t arrow, struct view protocol,
	struct flow_record *r)
{
	return value_protocol(protocol, &r->protocol) &&
		end_read(words[arrow - 1], &r->src, &r->src_port) &&
		end_read(words[arrow + 1], &r->dst, &r->dst_port);
}

static void
counts_read(const struct view *words, size_t count, size_t at,
	struct flow_record *r)
{
	if (at + 1 >= count)
		return;
	if (!value_count(words[at], &r->packets))
		r->packets = -1;
	if (!value_count(words[at + 1], &r->bytes))
		r->bytes = -1;
}

/* Packets back and there, bytes back and there ("out" is what came back), flags and
   tos before them or not. cite: nfdump 1.6 bin/nfdump.c, formats biline and bilong;
   bin/nflowcache.c AddBidirFlow() */
static void
both_counts_read(const struct view *words, size_t count, struct flow_record *r)
{
	int64_t *const out[] = {
		&r->reply_packets, &r->packets, &r->reply_bytes, &r->bytes};
	size_t at = count >= 14 ? 9 : 7;
	for (size_t i = 0; i < 4; i++)
		if (at + i >= count || !value_count(words[at + i], out[i]))
			*out[i] = -1;
}

bool
nfdump_line_read(struct view text, struct flow_record *r)
{
	struct view words[AWS_FIELDS_MAX];
	size_t count = aws_split(text, words);
	int64_t at;
	if (count < 8 || count > AWS_FIELDS_MAX ||
		!stamp_read(words[0], words[1], &at))
		return false;
	/* With the firewall's event in the place of a duration (NSEL). */
	bool both =
		view_is(words[5], "<->"); /* nfdump -b: what came back, too */
	size_t arrow = both || view_is(words[5], "->") ? 5 : 6;
	if (!both && !view_is(words[arrow], "->"))
		return false;
	flow_record_clear(r);
	r->format = FLOW_FORMAT_NFDUMP;
	r->text = text;
	r->start_ns = at;
	r->end_ns = at;
	if (!ends_read(words, arrow, words[arrow - 2], r))
		return false;
	if (arrow == 6) {
		r->action = named_action(words[2]);
		r->reason = words[2];
		return true;
	}
	int64_t lasted = 0;
	if (value_duration(words[2], &lasted))
		r->end_ns = clock_add(at, lasted);
	if (both) {
		both_counts_read(words, count, r);
		return true;
	}
	/* long and extended have flags and tos before the counts */
	counts_read(words, count,
		count >= 10 && !value_count(words[7], &at) ? 9 : 7, r);
	return true;
}

/* "2026-11-20 23:41:22.501 - 23:41:25.502 (3.001 sec) tcp A:P => B:P ...". cite:
   tools.netsa.cert.org, yafscii(1) */
bool
yaf_line_read(struct view text, struct flow_record *r)
{
	struct view words[AWS_FIELDS_MAX];
	size_t count = aws_split(text, words);
	int64_t at;
	if (count < 10 || count > AWS_FIELDS_MAX || !view_is(words[8], "=>") ||
		!view_is(words[2], "-") || !stamp_read(words[0], words[1], &at))
		return false;
	flow_record_clear(r);
	r->format = FLOW_FORMAT_NETFLOW;
	r->text = text;
	r->start_ns = at;
	if (!stamp_read(words[0], words[3], &r->end_ns) || r->end_ns < at)
		r->end_ns = at;
	return ends_read(words, 8, words[6], r);
}

static bool
has_word(struct view text, const char *word)
{
	return text.len > 0 &&
		memmem(text.data, text.len, word, strlen(word)) != NULL;
}

bool
argus_heading(struct view text)
{
	return has_word(text, "SrcAddr") && has_word(text, "DstAddr") &&
		has_word(text, " Dir ");
}

/* "->", "?>", "<->", "<?>", "<-": which way a flow went. */
static bool
is_argus_arrow(struct view v)
{
	return v.len >= 2 && v.len <= 3 &&
		(v.data[0] == '<' || v.data[v.len - 1] == '>');
}

/* "TIME flags tcp A.P -> B.P packets bytes STATE"; a time of day without its date
   is none. cite: openargus.org, ra(1), "Dir" and "State" */
bool
argus_line_read(struct view text, struct flow_record *r)
{
	struct view words[AWS_FIELDS_MAX];
	size_t count = aws_split(text, words);
	size_t arrow = 3;
	if (count < 6 || count > AWS_FIELDS_MAX)
		return false;
	while (arrow + 1 < count && !is_argus_arrow(words[arrow]))
		arrow++;
	if (arrow + 1 >= count)
		return false;
	flow_record_clear(r);
	r->format = FLOW_FORMAT_ARGUS;
	r->text = text;
	if (!ends_read(words, arrow, words[arrow - 2], r))
		return false;
	if (named_time(words[0], &r->start_ns))
		r->end_ns = r->start_ns;
	else
		r->start_ns = CLOCK_UNKNOWN_NS;
	counts_read(words, count, arrow + 2, r);
	if (arrow + 4 < count)
		r->reason = words[arrow + 4];
	if (words[arrow].data[words[arrow].len - 1] != '>') {
		struct flow_address ip = r->src;
		int32_t port = r->src_port;
		r->src = r->dst;
		r->src_port = r->dst_port;
		r->dst = ip;
		r->dst_port = port;
	}
	return true;
}

bool
nfdump_frame(struct view text)
{
	static const char *const begins[] = {"Date first seen",
		"Date flow start",
		"Summary: ", "Time window: ", "Total flows processed: ",
		"Sys: ", "Total records processed: "};
	for (size_t i = 0; i < sizeof begins / sizeof *begins; i++) {
		size_t n = strlen(begins[i]);
		if (text.len >= n && memcmp(text.data, begins[i], n) == 0)
			return true;
	}
	return false;
}
