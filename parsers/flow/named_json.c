/*
 * JSON objects of flow logs that name every field.
 *
 *	{"start_time":"..","direction":"I","action":"rejected","initiator_ip":..}
 *	{"flow":{"verdict":"DROPPED","IP":{"source":..},"l4":{"TCP":{..}}}}
 *	{"event":{"event_type":"alert","src_ip":..,"alert":{"action":"blocked"}}}
 *	{"category":"AzureFirewallNetworkRule","properties":{"msg":"TCP request
 *	 from 10.1.0.2:40132 to 10.2.0.2:80. Action: Deny. "}}
 *
 * Objects within objects are walked with a list of bounded length, as every
 * member's path is its parent's name and its own.
 */
#include "parsers/flow/named.h"

#include <inttypes.h>
#include <stdio.h>

#include "parsers/flow/values.h"

/* Objects inside one record; Hubble has about 20. */
#define INNER_MAX 64

/* Numbers become text here: ports, counts and times of one record. */
#define NUMBERS_MAX 64
#define NUMBER_BYTES 32

struct walk {
	struct {
		const json_t *object;
		struct view name;
	} list[INNER_MAX];
	size_t count;
	char numbers[NUMBERS_MAX][NUMBER_BYTES];
	size_t numbers_count;
};

/* "80.0": what some exporters make of an integer. */
static bool
is_whole(double x)
{
	return x >= 0 && x < 1e15 && x == (double)(int64_t)x;
}

static struct view
scalar_text(struct walk *w, const json_t *value)
{
	if (json_is_string(value))
		return view_of(
			json_string_value(value), json_string_length(value));
	if (!json_is_number(value) || w->numbers_count == NUMBERS_MAX)
		return view_of(NULL, 0);
	char *text = w->numbers[w->numbers_count++];
	if (json_is_integer(value))
		snprintf(text, NUMBER_BYTES, "%" PRId64,
			(int64_t)json_integer_value(value));
	else
		snprintf(text, NUMBER_BYTES, "%.*f",
			is_whole(json_real_value(value)) ? 0 : 6,
			json_real_value(value));
	return view_str(text);
}

/* Hubble: "flags":{"SYN":true,"ACK":true}, by their first letters; the older NS
   has none. cite: cilium 1.16 api/v1/flow/flow.proto, TCPFlags */
static void
give_flags(struct walk *w, const json_t *flags, struct flow_named *n)
{
	const char *key;
	json_t *value;
	size_t len = 0;
	if (w->numbers_count == NUMBERS_MAX)
		return;
	char *text = w->numbers[w->numbers_count++];
	json_object_foreach((json_t *)flags, key, value)
	{
		if (json_is_true(value) && len < NUMBER_BYTES &&
			byte_among((uint8_t)key[0], "FSRPAUEC"))
			text[len++] = key[0];
	}
	named_give(
		n, view_of(NULL, 0), view_str("tcpflags"), view_of(text, len));
}

static void
walk(struct walk *w, const json_t *element, struct flow_named *n)
{
	w->count = 1;
	w->list[0].object = element;
	w->list[0].name = view_of(NULL, 0);
	for (size_t i = 0; i < w->count; i++) {
		const char *key;
		json_t *value;
		json_object_foreach((json_t *)w->list[i].object, key, value)
		{
			if (json_is_object(value) && w->count < INNER_MAX) {
				w->list[w->count].object = value;
				w->list[w->count++].name = view_str(key);
				/* Hubble: "l4":{"TCP":{...}} */
				if (strcmp(key, "TCP") == 0)
					named_give(n, view_of(NULL, 0),
						view_str("proto"),
						view_str("tcp"));
				if (strcmp(key, "flags") == 0)
					give_flags(w, value, n);
				continue;
			}
			named_give(n, w->list[i].name, view_str(key),
				scalar_text(w, value));
		}
	}
}

/* A member by its path of at most three names. */
static const json_t *
at(const json_t *element, const char *a, const char *b, const char *c)
{
	const json_t *value = json_object_get(element, a);
	if (b != NULL)
		value = json_object_get(value, b);
	if (c != NULL)
		value = json_object_get(value, c);
	return value;
}

/* Which log it is: a member that no other has. */
static enum flow_format
format_of(const json_t *element)
{
	static const struct {
		const char *path[3];
		enum flow_format format;
	} marks[] = {
		{{"initiator_ip"}, FLOW_FORMAT_IBM_VPC},
		{{"logContent", "data", "sourceAddress"},
			FLOW_FORMAT_ORACLE_VCN},
		{{"data", "sourceAddress"}, FLOW_FORMAT_ORACLE_VCN},
		{{"flow", "verdict"}, FLOW_FORMAT_HUBBLE},
		{{"verdict"}, FLOW_FORMAT_HUBBLE},
		{{"conn_state"}, FLOW_FORMAT_ZEEK},
		{{"zeek", "connection", "state"}, FLOW_FORMAT_ZEEK},
		{{"port_src"}, FLOW_FORMAT_NETFLOW}, /* before "event_type" */
		{{"event", "event_type"}, FLOW_FORMAT_AWS_FIREWALL},
		{{"event_type"}, FLOW_FORMAT_SURICATA},
		{{"orig.l4.dport"}, FLOW_FORMAT_ULOGD},
		{{"num_flows_started"}, FLOW_FORMAT_CALICO},
		{{"num_flows"}, FLOW_FORMAT_CALICO},
		{{"source_ip"}, FLOW_FORMAT_CALICO},
		{{"properties", "SourceIp"}, FLOW_FORMAT_AZURE_FIREWALL},
		{{"properties", "msg"}, FLOW_FORMAT_AZURE_FIREWALL},
		{{"SourceIp"}, FLOW_FORMAT_AZURE_FIREWALL},
		{{"FlowStatus"}, FLOW_FORMAT_AZURE_NTA},
		{{"SrcIp"}, FLOW_FORMAT_AZURE_NTA},
		{{"src4_addr"}, FLOW_FORMAT_NFDUMP},
		{{"src6_addr"}, FLOW_FORMAT_NFDUMP},
		{{"time_flow_start_ns"}, FLOW_FORMAT_NETFLOW},
		{{"sourceTransportPort"}, FLOW_FORMAT_NETFLOW},
		{{"iana:sourceTransportPort"}, FLOW_FORMAT_NETFLOW},
		{{"L4_DST_PORT"}, FLOW_FORMAT_NETFLOW},
		{{"netflow", "l4_dst_port"}, FLOW_FORMAT_NETFLOW},
		{{"netflow", "destinationTransportPort"}, FLOW_FORMAT_NETFLOW},
		{{"flow", "final"}, FLOW_FORMAT_NETFLOW},
		{{"flow.src.ip.addr"}, FLOW_FORMAT_NETFLOW},
		{{"srcAddr"}, FLOW_FORMAT_AWS_VPC},
		{{"srcaddr"}, FLOW_FORMAT_AWS_VPC},
	};
	for (size_t i = 0; i < sizeof marks / sizeof *marks; i++)
		if (at(element, marks[i].path[0], marks[i].path[1],
			    marks[i].path[2]) != NULL)
			return marks[i].format;
	return FLOW_FORMAT_NONE;
}

/* The word between two texts. */
static struct view
between(struct view v, const char *before, const char *ends)
{
	size_t n = strlen(before);
	const uint8_t *p = v.len == 0 ? NULL : memmem(v.data, v.len, before, n);
	if (p == NULL)
		return view_of(NULL, 0);
	p += n;
	const uint8_t *end = p;
	while (end < v.data + v.len && !byte_among(*end, ends))
		end++;
	return view_of(p, (size_t)(end - p));
}

static void
give_end(struct flow_named *n, struct view end, const char *address,
	const char *port)
{
	const uint8_t *colon =
		end.len == 0 ? NULL : memrchr(end.data, ':', end.len);
	if (colon == NULL)
		return;
	size_t len = (size_t)(colon - end.data);
	struct view none = view_of(NULL, 0);
	named_give(n, none, view_str(address), view_of(end.data, len));
	named_give(n, none, view_str(port), view_skip(end, len + 1));
}

/* "TCP request from A:P to B:P. Action: Deny. Reason: ...". cite:
   learn.microsoft.com, Azure Firewall logs, AzureFirewallNetworkRule */
static void
azure_message_take(struct flow_named *n)
{
	struct view m = n->value[MEMBER_MESSAGE];
	struct view none = view_of(NULL, 0);
	struct view to = between(m, " to ", " ,");
	if (to.len > 0 && to.data[to.len - 1] == '.')
		to.len--;
	give_end(n, between(m, " from ", " "), "srcip", "srcport");
	give_end(n, to, "dstip", "dstport");
	named_give(n, none, view_str("action"), between(m, "Action: ", ". "));
	named_give(n, none, view_str("rule"), between(m, "Rule: ", "."));
	/* "HTTPS request" and "HTTP request" are of an application rule. */
	named_give(n, none, view_str("protocol"),
		view_begins(m, "UDP") || view_begins(m, "ICMP")
			? view_of(m.data, m.data[0] == 'U' ? 3 : 4)
			: view_str("tcp"));
}

/* Suricata's "drop" events have no action of their own; "alert" is not of the
   whole flow unless it was blocked. cite: docs.suricata.io, EVE JSON format */
static enum flow_entry
suricata_settle(const json_t *event, struct flow_record *r)
{
	const char *type =
		json_string_value(json_object_get(event, "event_type"));
	if (type == NULL)
		return FLOW_ENTRY_FOREIGN;
	if (strcmp(type, "drop") == 0)
		r->action = FLOW_ACTION_REJECT;
	else if (strcmp(type, "flow") != 0 && strcmp(type, "netflow") != 0 &&
		(strcmp(type, "alert") != 0 || r->action != FLOW_ACTION_REJECT))
		return FLOW_ENTRY_FOREIGN;
	else if (strcmp(type, "alert") != 0)
		r->action = FLOW_ACTION_UNKNOWN;
	return FLOW_ENTRY_RECORD;
}

/* A number's text ends with the walk: no view of it may leave. */
static void
own_text_drop(const struct walk *w, struct view *v)
{
	for (size_t i = 0; i < w->numbers_count; i++)
		if (v->data == (const uint8_t *)w->numbers[i])
			*v = view_of(NULL, 0);
}

enum flow_entry
named_json_read(const json_t *element, struct flow_record *r)
{
	struct walk w = {0};
	struct flow_named n = {0};
	enum flow_format format = format_of(element);
	if (format == FLOW_FORMAT_NONE)
		return FLOW_ENTRY_FOREIGN;
	walk(&w, element, &n);
	if (format == FLOW_FORMAT_AZURE_FIREWALL)
		azure_message_take(&n);
	flow_record_clear(r);
	r->format = format;
	if (n.value[MEMBER_SRC].len == 0 || n.value[MEMBER_DST].len == 0)
		return FLOW_ENTRY_FOREIGN;
	if (!named_record(&n, r))
		return FLOW_ENTRY_MALFORMED;
	own_text_drop(&w, &r->rule);
	own_text_drop(&w, &r->reason);
	own_text_drop(&w, &r->interface);
	if (format == FLOW_FORMAT_SURICATA)
		return suricata_settle(element, r);
	if (format == FLOW_FORMAT_AWS_FIREWALL)
		return suricata_settle(json_object_get(element, "event"), r);
	return FLOW_ENTRY_RECORD;
}
