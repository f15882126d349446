/*
 * Google Cloud: LogEntry objects of VPC flow logs and firewall rules logging.
 *
 * spec: cloud.google.com/vpc/docs/about-flow-logs-records and
 * cloud.google.com/firewall/docs/firewall-rules-logging.
 *
 *	{"logName":"projects/P/logs/compute.googleapis.com%2Fvpc_flows",
 *	 "jsonPayload":{"connection":{"src_ip":..,"src_port":..,"dest_ip":..,
 *	  "dest_port":..,"protocol":6},"start_time":..,"end_time":..,
 *	  "packets_sent":"1","bytes_sent":"0","reporter":"SRC",..}}
 *	{"logName":"...%2Ffirewall","timestamp":..,"jsonPayload":{
 *	  "connection":{..},"disposition":"DENIED","rule_details":{..},..}}
 *
 * Counters are strings, because JSON numbers end at 2^53; ports and protocols
 * come as numbers or strings, protocols also by name.
 *
 * VPC flow logs are sampled. Packets that a VM sends are sampled before its
 * egress firewall rules, those it receives after its ingress rules
 * (cite: cloud.google.com/vpc/docs/flow-logs, "Key properties"), so only the
 * receiver's record says that they were accepted. Firewall logging covers TCP
 * and UDP, never the implied rules, and only so many connections a second.
 */
#include "parsers/flow/reader.h"

#include <inttypes.h>
#include <stdio.h>

#include "parsers/flow/named.h"
#include "parsers/flow/values.h"

/* Digits of an int64_t and its sign and NUL. */
#define NUMBER_TEXT_MAX 24

/* A member that is a string or a whole number, as text: exports of BigQuery write
   80.0. Empty when absent. */
static struct view
scalar(const json_t *object, const char *key, char text[NUMBER_TEXT_MAX])
{
	const json_t *value = json_object_get(object, key);
	double x = json_real_value(value);
	if (json_is_real(value) && x >= 0 && x < 1e15 &&
		x == (double)(int64_t)x) {
		snprintf(text, NUMBER_TEXT_MAX, "%" PRId64, (int64_t)x);
		return view_str(text);
	}
	if (!json_is_integer(value))
		return json_text(object, key);
	snprintf(text, NUMBER_TEXT_MAX, "%" PRId64,
		(int64_t)json_integer_value(value));
	return view_str(text);
}

/* A counter that may be absent. */
static bool
read_count(const json_t *object, const char *key, int64_t *out)
{
	char text[NUMBER_TEXT_MAX];
	struct view v = scalar(object, key, text);
	return v.len == 0 || value_count(v, out);
}

/* Ports are absent where the protocol has none. */
static bool
read_connection(const json_t *connection, struct flow_record *r)
{
	char text[NUMBER_TEXT_MAX];
	struct view v = scalar(connection, "src_port", text);
	if (v.len > 0 && !value_port(v, &r->src_port))
		return false;
	v = scalar(connection, "dest_port", text);
	if (v.len > 0 && !value_port(v, &r->dst_port))
		return false;
	v = scalar(connection, "protocol", text);
	return value_protocol(v, &r->protocol) &&
		value_address(json_text(connection, "src_ip"), &r->src) &&
		value_address(json_text(connection, "dest_ip"), &r->dst);
}

static enum flow_entry
read_vpc(const json_t *payload, struct flow_record *r)
{
	struct view reporter = json_text(payload, "reporter");
	bool source = view_is(reporter, "SRC");
	bool destination = view_is(reporter, "DEST");
	r->format = FLOW_FORMAT_GCP_VPC;
	r->sampled = true;
	if (source)
		r->direction = FLOW_DIRECTION_EGRESS;
	if (destination) {
		r->direction = FLOW_DIRECTION_INGRESS;
		r->action = FLOW_ACTION_ACCEPT;
	}
	r->interface =
		json_text(json_object_get(payload,
				  source ? "src_instance" : "dest_instance"),
			"vm_name");
	if (!named_time(json_text(payload, "start_time"), &r->start_ns) ||
		!named_time(json_text(payload, "end_time"), &r->end_ns) ||
		r->start_ns > r->end_ns ||
		!read_count(payload, "packets_sent", &r->packets) ||
		!read_count(payload, "bytes_sent", &r->bytes))
		return FLOW_ENTRY_MALFORMED;
	return FLOW_ENTRY_RECORD;
}

static enum flow_entry
read_firewall(const json_t *entry, const json_t *payload, struct flow_record *r)
{
	const json_t *rule = json_object_get(payload, "rule_details");
	struct view direction = json_text(rule, "direction");
	struct view disposition = json_text(payload, "disposition");
	r->format = FLOW_FORMAT_GCP_FIREWALL;
	r->interface =
		json_text(json_object_get(payload, "instance"), "vm_name");
	r->rule = json_text(rule, "reference");
	if (view_is(direction, "INGRESS"))
		r->direction = FLOW_DIRECTION_INGRESS;
	else if (view_is(direction, "EGRESS"))
		r->direction = FLOW_DIRECTION_EGRESS;
	if (view_is(disposition, "ALLOWED"))
		r->action = FLOW_ACTION_ACCEPT;
	else if (view_is(disposition, "DENIED"))
		r->action = FLOW_ACTION_REJECT;
	else
		return FLOW_ENTRY_MALFORMED;
	if (!named_time(json_text(entry, "timestamp"), &r->start_ns))
		return FLOW_ENTRY_MALFORMED;
	r->end_ns = r->start_ns;
	return FLOW_ENTRY_RECORD;
}

enum flow_entry
gcp_read(const json_t *entry, struct flow_record *r)
{
	const json_t *payload = json_object_get(entry, "jsonPayload");
	const json_t *connection = json_object_get(payload, "connection");
	bool firewall = json_object_get(payload, "disposition") != NULL;
	bool vpc = json_object_get(payload, "start_time") != NULL;
	if (connection == NULL || (!firewall && !vpc))
		return FLOW_ENTRY_FOREIGN;
	flow_record_clear(r);
	if (!read_connection(connection, r))
		return FLOW_ENTRY_MALFORMED;
	return firewall ? read_firewall(entry, payload, r)
			: read_vpc(payload, r);
}
