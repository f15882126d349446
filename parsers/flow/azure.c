/*
 * Azure: tuples of network security group and virtual network flow logs.
 *
 * spec: learn.microsoft.com/azure/network-watcher/nsg-flow-logs-overview and
 * .../vnet-flow-logs-overview.
 *
 *	NSG   {"properties":{"Version":2,"flows":[{"rule":"..","flows":[
 *		{"mac":"..","flowTuples":["..",..]}]}]}}
 *	VNet  {"macAddress":"..","flowRecords":{"flows":[{"aclID":"..",
 *		"flowGroups":[{"rule":"..","flowTuples":["..",..]}]}]}}
 *
 *	flat  {"macAddress":"..","rule":"..","flow.0":"..","flow.1":".."}, what
 *		shippers make of one group of it
 *
 *	v1    time,src,dst,sport,dport,T|U,I|O,A|D
 *	v2    ... A|D,B|C|E,packets,bytes,reply packets,reply bytes
 *	v4    time,src,dst,sport,dport,number,I|O,B|C|E|D,encryption,4 counters
 *
 * Counters are empty or zero in the first tuple of a flow. Times are seconds in
 * v1 and v2 and milliseconds in v4 by the documentation, whose own examples mix
 * them, so their size decides. The encryption word becomes the reason where it
 * says that packets were dropped.
 */
#include "parsers/flow/reader.h"

#include <stdio.h>

#include "parsers/flow/values.h"

#define WORDS_V1 8
#define WORDS_V2 13
#define WORDS_V4 13

/* Tuples of a flat record that are looked for, and digits of their numbers. */
#define FLAT_MAX 4096
#define FLAT_KEY_BYTES 16

/* "flow.0", "flow.1" ...: as the nested form has them. The caller frees. */
static json_t *
flat_tuples(const json_t *element)
{
	json_t *tuples = json_array();
	for (int i = 0; i < FLAT_MAX; i++) {
		char key[FLAT_KEY_BYTES];
		snprintf(key, sizeof key, "flow.%d", i);
		json_t *tuple = json_object_get(element, key);
		if (!json_is_string(tuple))
			break;
		json_array_append(tuples, tuple);
	}
	return tuples;
}

/* A flat record gets the members that the nested form has. cite: published
   records of SEKOIA-IO/intake-formats, azure-network-watcher-flow-logs */
static void
flat_unfold(json_t *element)
{
	if (!json_is_string(json_object_get(element, "flow.0")))
		return;
	const char *rule = json_string_value(json_object_get(element, "rule"));
	json_t *records = json_pack("{s:[{s:[{s:s, s:o}]}]}", "flows",
		"flowGroups", "rule", rule != NULL ? rule : "", "flowTuples",
		flat_tuples(element));
	if (records != NULL)
		json_object_set_new(element, "flowRecords", records);
}

bool
azure_begin(json_t *element, struct azure_cursor *cursor)
{
	flat_unfold(element);
	const json_t *vnet = json_object_get(element, "flowRecords");
	const json_t *nsg = json_object_get(
		json_object_get(element, "properties"), "flows");
	*cursor = (struct azure_cursor){0};
	if (vnet != NULL) {
		cursor->format = FLOW_FORMAT_AZURE_VNET;
		cursor->flows = json_object_get(vnet, "flows");
		cursor->inner_key = "flowGroups";
		cursor->mac = json_text(element, "macAddress");
	} else if (nsg != NULL) {
		cursor->format = FLOW_FORMAT_AZURE_NSG;
		cursor->flows = nsg;
		cursor->inner_key = "flows";
	}
	return cursor->format != FLOW_FORMAT_NONE;
}

/* Split at commas; empty words count. WORDS_V4 + 1 when there are more. */
static size_t
split_tuple(struct view text, struct view words[WORDS_V4])
{
	size_t count = 0;
	size_t from = 0;
	for (size_t i = 0; i <= text.len; i++) {
		if (i < text.len && text.data[i] != ',')
			continue;
		if (count == WORDS_V4)
			return WORDS_V4 + 1;
		words[count++] = view_of(text.data + from, i - from);
		from = i + 1;
	}
	return count;
}

/* The one letter of word, when it is one of letters; otherwise 0. */
static char
letter(struct view word, const char *letters)
{
	if (word.len != 1 || word.data[0] == 0 ||
		strchr(letters, word.data[0]) == NULL)
		return 0;
	return (char)word.data[0];
}

static bool
read_counters(const struct view *words, struct flow_record *r)
{
	int64_t *const into[] = {
		&r->packets, &r->bytes, &r->reply_packets, &r->reply_bytes};
	for (size_t i = 0; i < 4; i++)
		if (words[i].len > 0 && !value_count(words[i], into[i]))
			return false;
	return true;
}

/* The words that all versions begin with. */
static bool
read_common(const struct view *words, struct flow_record *r)
{
	char direction = letter(words[6], "IO");
	char protocol = letter(words[5], "TU");
	r->direction = direction == 'I' ? FLOW_DIRECTION_INGRESS
					: FLOW_DIRECTION_EGRESS;
	/* cite: IANA, Assigned Internet Protocol Numbers: TCP and UDP. */
	r->protocol = protocol == 'T' ? 6 : 17;
	if (!value_epoch(words[0], &r->start_ns))
		return false;
	r->end_ns = r->start_ns;
	return direction != 0 && value_address(words[1], &r->src) &&
		value_address(words[2], &r->dst) &&
		value_port(words[3], &r->src_port) &&
		value_port(words[4], &r->dst_port) &&
		(protocol != 0 || value_protocol(words[5], &r->protocol));
}

static bool
read_nsg(const struct view *words, size_t count, struct flow_record *r)
{
	if (count != WORDS_V1 && count != WORDS_V2)
		return false;
	char decision = letter(words[7], "AD");
	r->action = decision == 'D' ? FLOW_ACTION_REJECT : FLOW_ACTION_ACCEPT;
	if (decision == 0 || count == WORDS_V1)
		return decision != 0;
	r->state = letter(words[8], "BCE");
	return r->state != 0 && read_counters(words + 9, r);
}

/*
 * cite: vnet-flow-logs-overview, "Flow encryption": in these three states the
 * packet is dropped.
 */
static bool
encryption_drops(struct view word)
{
	return view_is(word, "NX_SW_NOT_READY") ||
		view_is(word, "NX_NOT_ACCEPTED") ||
		view_is(word, "NX_NOT_SUPPORTED");
}

static bool
read_vnet(const struct view *words, size_t count, struct flow_record *r)
{
	if (count != WORDS_V4)
		return false;
	r->state = letter(words[7], "BCED");
	r->action = r->state == 'D' ? FLOW_ACTION_REJECT : FLOW_ACTION_ACCEPT;
	if (encryption_drops(words[8]))
		r->reason = words[8];
	return r->state != 0 && read_counters(words + 9, r);
}

static enum flow_entry
read_tuple(const struct azure_cursor *c, const json_t *flow,
	const json_t *inner, const json_t *tuple, struct flow_record *r)
{
	struct view words[WORDS_V4];
	bool vnet = c->format == FLOW_FORMAT_AZURE_VNET;
	if (!json_is_string(tuple))
		return FLOW_ENTRY_MALFORMED;
	flow_record_clear(r);
	r->format = c->format;
	r->text = view_of(json_string_value(tuple), json_string_length(tuple));
	r->interface = vnet ? c->mac : json_text(inner, "mac");
	r->rule = json_text(vnet ? inner : flow, "rule");
	size_t count = split_tuple(r->text, words);
	if (count != WORDS_V1 && count != WORDS_V4)
		return FLOW_ENTRY_MALFORMED;
	if (!read_common(words, r))
		return FLOW_ENTRY_MALFORMED;
	if (vnet ? !read_vnet(words, count, r) : !read_nsg(words, count, r))
		return FLOW_ENTRY_MALFORMED;
	return FLOW_ENTRY_RECORD;
}

bool
azure_holds_tuples(const struct azure_cursor *c)
{
	return json_is_array(c->flows);
}

/* Behind the last tuple. */
static enum flow_entry
leave(struct azure_cursor *c)
{
	enum flow_entry entry = c->given ? FLOW_ENTRY_NONE : FLOW_ENTRY_BLANK;
	c->given = true;
	return entry;
}

enum flow_entry
azure_next(struct azure_cursor *c, struct flow_record *record)
{
	for (;;) {
		const json_t *flow = json_array_get(c->flows, c->flow);
		if (flow == NULL)
			return leave(c);
		const json_t *inner = json_array_get(
			json_object_get(flow, c->inner_key), c->inner);
		if (inner == NULL) {
			c->flow++;
			c->inner = 0;
			continue;
		}
		const json_t *tuple = json_array_get(
			json_object_get(inner, "flowTuples"), c->tuple);
		if (tuple == NULL) {
			c->inner++;
			c->tuple = 0;
			continue;
		}
		c->tuple++;
		c->given = true;
		return read_tuple(c, flow, inner, tuple, record);
	}
}
