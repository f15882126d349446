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
	if (text.len == 0 || memchr(text.data, t.separator, text.len) == NULL)
		return false;
	struct view rest = text;
	while (t.count < TABLE_COLUMNS_MAX &&
		column(&rest, t.separator, &more, &name)) {
		column_name(&t, t.count, name);
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
	return value_address(view_of(v.data, len), address) &&
		value_port(view_skip(v, len + 1), port);
}

bool
nfdump_line_read(struct view text, struct flow_record *r)
{
	struct view words[AWS_FIELDS_MAX];
	size_t count = aws_split(text, words);
	char stamp[40];
	int64_t at;
	if (count < 8 || count > AWS_FIELDS_MAX || words[0].len != 10 ||
		words[1].len > 15 || words[1].len < 8)
		return false;
	memcpy(stamp, words[0].data, 10);
	stamp[10] = ' ';
	memcpy(stamp + 11, words[1].data, words[1].len);
	stamp[11 + words[1].len] = 'Z';
	if (!view_is(words[5], "->") ||
		!value_time(view_of(stamp, 12 + words[1].len), &at))
		return false;
	flow_record_clear(r);
	r->format = FLOW_FORMAT_NFDUMP;
	r->text = text;
	r->start_ns = at;
	r->end_ns = at;
	if (!value_protocol(words[3], &r->protocol) ||
		!end_read(words[4], &r->src, &r->src_port) ||
		!end_read(words[6], &r->dst, &r->dst_port))
		return false;
	/* long and extended have flags and tos before the counts */
	size_t counts = count >= 10 && !value_count(words[7], &at) ? 9 : 7;
	if (counts + 1 < count) {
		if (!value_count(words[counts], &r->packets))
			r->packets = -1;
		if (!value_count(words[counts + 1], &r->bytes))
			r->bytes = -1;
	}
	return true;
}

bool
nfdump_frame(struct view text)
{
	static const char *const begins[] = {"Date first seen",
		"Summary: ", "Time window: ", "Total flows processed: ",
		"Sys: ", "Total records processed: "};
	for (size_t i = 0; i < sizeof begins / sizeof *begins; i++) {
		size_t n = strlen(begins[i]);
		if (text.len >= n && memcmp(text.data, begins[i], n) == 0)
			return true;
	}
	return false;
}
