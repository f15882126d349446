/*
 * Telling the flow logs apart, and what text and JSON have in common.
 *
 * Adding a format: a row in flow_parsers.def, a file that reads it, and its
 * mark in recognise_json or a case in flow_json.c.
 */
#include "parsers/flow/flow.h"

#include <assert.h>
#include <stdlib.h>

#include "base/arena.h"
#include "parsers/flow/reader.h"

/* First window that is asked for. */
#define BEGIN_NEED_LEAST ((size_t)4096)

static const struct {
	const char *name;
	const char *cloud;
} formats[FLOW_FORMAT_COUNT] = {
	{"", ""},
#define X(constant, id, cloud, meaning) {id, cloud},
#include "parsers/flow/flow_parsers.def"
#undef X
};

const char *
flow_format_name(enum flow_format f)
{
	assert(f < FLOW_FORMAT_COUNT);
	return formats[f].name;
}

const char *
flow_format_cloud(enum flow_format f)
{
	assert(f < FLOW_FORMAT_COUNT);
	return formats[f].cloud;
}

const char *
flow_action_name(enum flow_action a)
{
	switch (a) {
	case FLOW_ACTION_ACCEPT:
		return "ACCEPT";
	case FLOW_ACTION_REJECT:
		return "REJECT";
	case FLOW_ACTION_NODATA:
		return "NODATA";
	case FLOW_ACTION_SKIPDATA:
		return "SKIPDATA";
	case FLOW_ACTION_UNKNOWN:
		break;
	}
	return "UNKNOWN";
}

const char *
flow_direction_name(enum flow_direction d)
{
	switch (d) {
	case FLOW_DIRECTION_INGRESS:
		return "ingress";
	case FLOW_DIRECTION_EGRESS:
		return "egress";
	case FLOW_DIRECTION_UNKNOWN:
		break;
	}
	return "";
}

/* Bytes of a UTF-8 byte order mark in front: 0 or 3. */
static size_t
mark_bytes(struct view v)
{
	return v.len >= 3 && memcmp(v.data, "\xef\xbb\xbf", 3) == 0 ? 3 : 0;
}

/* Blanks and line ends in front. */
static size_t
blank_bytes(struct view v)
{
	size_t at = 0;
	while (at < v.len && byte_among(v.data[at], " \t\r\n"))
		at++;
	return at;
}

static bool
holds(struct view v, const char *text)
{
	return memmem(v.data, v.len, text, strlen(text)) != NULL;
}

/* The first string in JSON that is an AWS line, wherever it stands. */
static enum flow_format
recognise_strings(struct view v)
{
	size_t from = 0;
	bool inside = false;
	for (size_t i = 0; i < v.len; i++) {
		if (inside && v.data[i] == '\\') {
			i++;
		} else if (v.data[i] == '\n') {
			inside = false; /* a cut line: begin anew */
		} else if (v.data[i] == '"') {
			struct view text = view_of(v.data + from, i - from);
			if (inside &&
				aws_line_recognise(text) != FLOW_FORMAT_NONE)
				return FLOW_FORMAT_AWS_CLOUDWATCH;
			inside = !inside;
			from = i + 1;
		}
	}
	return FLOW_FORMAT_NONE;
}

/*
 * JSON by words that stand in every record, cheap enough for any file.
 * cite: learn.microsoft.com, network-watcher flow log pages ("category");
 * cloud.google.com, log names of vpc_flows and firewall.
 */
static enum flow_format
recognise_json(struct view v)
{
	static const struct {
		const char *mark;
		enum flow_format format;
	} marks[] = {
		{"\"initiator_ip\"", FLOW_FORMAT_IBM_VPC},
		{"oraclecloud.vcn.flowlogs", FLOW_FORMAT_ORACLE_VCN},
		{"\"drop_reason_desc\"", FLOW_FORMAT_HUBBLE},
		{"\"traffic_direction\"", FLOW_FORMAT_HUBBLE},
		{"\"Type\":\"L3_L4\"", FLOW_FORMAT_HUBBLE},
		{"\"conn_state\"", FLOW_FORMAT_ZEEK},
		{"\"zeek.connection\"", FLOW_FORMAT_ZEEK},
		{"\"firewall_name\"", FLOW_FORMAT_AWS_FIREWALL},
		{"\"pkts_toserver\"", FLOW_FORMAT_SURICATA},
		{"\"event_type\":\"drop\"", FLOW_FORMAT_SURICATA},
		{"\"event_type\":\"netflow\"", FLOW_FORMAT_SURICATA},
		{"\"orig.l4.dport\"", FLOW_FORMAT_ULOGD},
		{"\"num_flows_started\"", FLOW_FORMAT_CALICO},
		{"AZFWNetworkRule", FLOW_FORMAT_AZURE_FIREWALL},
		{"AzureFirewallNetworkRule", FLOW_FORMAT_AZURE_FIREWALL},
		{"\"FlowStatus\"", FLOW_FORMAT_AZURE_NTA},
		{"\"NetworkSecurityGroupFlowEvent\"", FLOW_FORMAT_AZURE_NSG},
		{"\"FlowLogFlowEvent\"", FLOW_FORMAT_AZURE_VNET},
		{"\"flowRecords\"", FLOW_FORMAT_AZURE_VNET},
		{"\"src4_addr\"", FLOW_FORMAT_NFDUMP},
		{"\"src6_addr\"", FLOW_FORMAT_NFDUMP},
		{"\"time_flow_start_ns\"", FLOW_FORMAT_NETFLOW},
		{"\"port_src\"", FLOW_FORMAT_NETFLOW},
		{"\"sourceTransportPort\"", FLOW_FORMAT_NETFLOW},
		{"\"l4_dst_port\"", FLOW_FORMAT_NETFLOW},
		{"\"L4_DST_PORT\"", FLOW_FORMAT_NETFLOW},
		{"\"iana:sourceTransportPort\"", FLOW_FORMAT_NETFLOW},
		{"\"network_flow\"", FLOW_FORMAT_NETFLOW},
		{"\"flow.src.ip.addr\"", FLOW_FORMAT_NETFLOW},
		{"\"srcaddr\"", FLOW_FORMAT_AWS_VPC},
		{"\"srcAddr\"", FLOW_FORMAT_AWS_VPC},
		{"%2Fvpc_flows\"", FLOW_FORMAT_GCP_VPC},
		{"googleapis.com/vpc_flows\"", FLOW_FORMAT_GCP_VPC},
		{"compute.googleapis.com%2Ffirewall\"",
			FLOW_FORMAT_GCP_FIREWALL},
		{"compute.googleapis.com/firewall\"", FLOW_FORMAT_GCP_FIREWALL},
	};
	for (size_t i = 0; i < sizeof marks / sizeof marks[0]; i++)
		if (holds(v, marks[i].mark))
			return marks[i].format;
	return recognise_strings(v);
}

/* By the first of its marks. cite: cloud.google.com, log names of vpc_flows and
   firewall; their fields */
static enum flow_format
recognise_yaml(struct view v)
{
	static const struct {
		const char *mark;
		enum flow_format format;
	} marks[] = {
		{"compute.googleapis.com%2Fvpc_flows", FLOW_FORMAT_GCP_VPC},
		{"\n  start_time: ", FLOW_FORMAT_GCP_VPC},
		{"compute.googleapis.com%2Ffirewall", FLOW_FORMAT_GCP_FIREWALL},
		{"\n  disposition: ", FLOW_FORMAT_GCP_FIREWALL},
	};
	enum flow_format format = FLOW_FORMAT_NONE;
	for (size_t i = 0; i < sizeof marks / sizeof marks[0]; i++) {
		const uint8_t *at = memmem(
			v.data, v.len, marks[i].mark, strlen(marks[i].mark));
		if (at == NULL)
			continue;
		format = marks[i].format;
		v.len = (size_t)(at - v.data);
	}
	return format;
}

static enum flow_format
recognise_table(struct view text)
{
	struct flow_table table;
	struct flow_record record;
	if (table_header_read(text, &table))
		return table.format;
	if (yaf_line_read(text, &record))
		return FLOW_FORMAT_NETFLOW;
	if (argus_heading(text))
		return FLOW_FORMAT_ARGUS;
	if (raw_begins(text))
		return FLOW_FORMAT_NFDUMP;
	if (softflow_line_read(text, &record))
		return FLOW_FORMAT_NETFLOW;
	return nfdump_line_read(text, &record) ||
			nfdump_pipe_read(text, &record)
		? FLOW_FORMAT_NFDUMP
		: FLOW_FORMAT_NONE;
}

/* The first line that fits; a text may begin with lines of a tool. */
static enum flow_format
first_line_format(struct view v)
{
	enum flow_format format = FLOW_FORMAT_NONE;
	while (v.len > 0 && format == FLOW_FORMAT_NONE) {
		const uint8_t *end = memchr(v.data, '\n', v.len);
		size_t len = end == NULL ? v.len : (size_t)(end - v.data);
		size_t text_len = len;
		if (text_len > 0 && v.data[text_len - 1] == '\r')
			text_len--;
		struct view text = view_of(v.data, text_len);
		format = aws_line_recognise(text);
		if (format == FLOW_FORMAT_NONE)
			format = recognise_table(text);
		v = view_skip(v, end == NULL ? len : len + 1);
	}
	return format;
}

/*
 * One line that fits makes no flow log of a text: of its whole lines at least a
 * fourth must be records (read, or of an order that no header tells), or none
 * must be anything else (a header alone).
 */
static bool
lines_bear_out(struct view v)
{
	struct flow_reader *r = flow_new((struct anomaly_sink){0});
	struct flow_record record;
	while (flow_next(r, &v, false, &record) == FLOW_RECORD)
		;
	const struct flow_summary s = *flow_summary(r);
	flow_free(r);
	uint64_t unfit = s.malformed + s.too_long;
	return unfit == 0 || (s.records + s.no_header) * 3 >= unfit;
}

static enum flow_format
recognise_text(struct view v)
{
	enum flow_format format = first_line_format(v);
	return format != FLOW_FORMAT_NONE && lines_bear_out(v)
		? format
		: FLOW_FORMAT_NONE;
}

enum flow_format
flow_recognise(struct view head)
{
	head = view_skip(head, mark_bytes(head));
	head = view_skip(head, blank_bytes(head));
	if (head.len > FLOW_HEAD_BYTES)
		head.len = FLOW_HEAD_BYTES;
	if (head.len == 0)
		return FLOW_FORMAT_NONE;
	if (head.data[0] == '{' || head.data[0] == '[')
		return recognise_json(head);
	if (yaml_begins(head))
		return recognise_yaml(head);
	return recognise_text(head);
}

/* The second state: text or JSON, by the first significant byte. */
static enum flow_status
begin_kind(struct flow_reader *r, struct view *window, bool at_eof,
	struct flow_record *record)
{
	size_t at = blank_bytes(*window);
	if (at == window->len && !at_eof && at <= FLOW_LINE_MAX)
		return reader_more(r, at, BEGIN_NEED_LEAST, FLOW_LINE_MAX + 1);
	if (window->len - at < YAML_HEAD_BYTES && !at_eof &&
		at <= FLOW_LINE_MAX)
		return reader_more(r, window->len, BEGIN_NEED_LEAST,
			FLOW_LINE_MAX + YAML_HEAD_BYTES);
	bool json = at < window->len && at <= FLOW_LINE_MAX &&
		(window->data[at] == '{' || window->data[at] == '[');
	r->next = json ? flow_json_next : text_next;
	if (yaml_begins(view_skip(*window, at)))
		r->next = yaml_next;
	return r->next(r, window, at_eof, record);
}

/* The first state: one byte order mark, which needs its three bytes. */
static enum flow_status
begin(struct flow_reader *r, struct view *window, bool at_eof,
	struct flow_record *record)
{
	if (window->len < 3 && !at_eof)
		return reader_more(
			r, window->len, BEGIN_NEED_LEAST, FLOW_LINE_MAX + 1);
	reader_skip(r, window, mark_bytes(*window));
	r->next = begin_kind;
	return begin_kind(r, window, at_eof, record);
}

struct flow_reader *
flow_new(struct anomaly_sink sink)
{
	struct flow_reader *r = memory_take(1, sizeof *r);
	*r = (struct flow_reader){
		.next = begin, .sink = sink, .need = BEGIN_NEED_LEAST};
	return r;
}

void
flow_free(struct flow_reader *r)
{
	if (r == NULL)
		return;
	json_decref(r->element);
	free(r);
}

enum flow_status
flow_next(struct flow_reader *r, struct view *window, bool at_eof,
	struct flow_record *record)
{
	return r->next(r, window, at_eof, record);
}

size_t
flow_need(const struct flow_reader *r)
{
	return r->need;
}

const struct flow_summary *
flow_summary(const struct flow_reader *r)
{
	return &r->summary;
}
