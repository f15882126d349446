/*
 * Names of AWS flow-log fields, what each sets, and layouts made of them.
 *
 * spec: docs.aws.amazon.com/vpc/latest/userguide/flow-log-records.html,
 * .../vpc/latest/userguide/flow-logs-s3-path.html (header line of S3 files),
 * .../vpc/latest/tgw/tgw-flow-logs.html.
 *
 * A new field that matters is one row in aws_fields.def and one setter here.
 */
#include "parsers/flow/aws.h"

#include <assert.h>

#include "parsers/flow/values.h"

static bool
set_interface(struct aws_line *line, struct view v)
{
	line->record->interface = v;
	return true;
}

static bool
set_attachment(struct aws_line *line, struct view v)
{
	if (line->record->interface.len == 0)
		line->record->interface = v;
	return true;
}

static bool
set_src(struct aws_line *line, struct view v)
{
	return value_address(v, &line->record->src);
}

static bool
set_dst(struct aws_line *line, struct view v)
{
	return value_address(v, &line->record->dst);
}

static bool
set_pkt_src(struct aws_line *line, struct view v)
{
	return value_address(v, &line->record->pkt_src);
}

static bool
set_pkt_dst(struct aws_line *line, struct view v)
{
	return value_address(v, &line->record->pkt_dst);
}

static bool
set_src_port(struct aws_line *line, struct view v)
{
	return value_port(v, &line->record->src_port);
}

static bool
set_dst_port(struct aws_line *line, struct view v)
{
	return value_port(v, &line->record->dst_port);
}

static bool
set_protocol(struct aws_line *line, struct view v)
{
	return value_protocol(v, &line->record->protocol);
}

static bool
set_packets(struct aws_line *line, struct view v)
{
	return value_count(v, &line->record->packets);
}

static bool
set_bytes(struct aws_line *line, struct view v)
{
	return value_count(v, &line->record->bytes);
}

static bool
set_start(struct aws_line *line, struct view v)
{
	return value_seconds(v, &line->record->start_ns);
}

static bool
set_end(struct aws_line *line, struct view v)
{
	return value_seconds(v, &line->record->end_ns);
}

static bool
set_action(struct aws_line *line, struct view v)
{
	if (view_is(v, "ACCEPT"))
		line->action = FLOW_ACTION_ACCEPT;
	else if (view_is(v, "REJECT"))
		line->action = FLOW_ACTION_REJECT;
	else
		return false;
	return true;
}

static bool
set_status(struct aws_line *line, struct view v)
{
	if (view_is(v, "NODATA"))
		line->status = FLOW_ACTION_NODATA;
	else if (view_is(v, "SKIPDATA"))
		line->status = FLOW_ACTION_SKIPDATA;
	else
		return view_is(v, "OK");
	return true;
}

static bool
set_tcp_flags(struct aws_line *line, struct view v)
{
	uint64_t n;
	if (!view_number(v, UINT8_MAX, &n))
		return false;
	line->record->tcp_flags = (int16_t)n;
	return true;
}

static bool
set_direction(struct aws_line *line, struct view v)
{
	if (view_is(v, "ingress"))
		line->record->direction = FLOW_DIRECTION_INGRESS;
	else if (view_is(v, "egress"))
		line->record->direction = FLOW_DIRECTION_EGRESS;
	else
		return false;
	return true;
}

static bool
set_reason(struct aws_line *line, struct view v)
{
	line->record->reason = v;
	return true;
}

static bool
set_resource_type(struct aws_line *line, struct view v)
{
	if (v.len >= 14 && memcmp(v.data, "TransitGateway", 14) == 0)
		line->record->format = FLOW_FORMAT_AWS_TGW;
	return true;
}

static bool
set_tgw(struct aws_line *line, struct view v)
{
	(void)v;
	line->record->format = FLOW_FORMAT_AWS_TGW;
	return true;
}

static bool
set_lost(struct aws_line *line, struct view v, const char *cause)
{
	int64_t n;
	if (!value_count(v, &n))
		return false;
	if (n > 0 && line->record->reason.len == 0)
		line->record->reason = view_str(cause);
	return true;
}

static bool
set_lost_no_route(struct aws_line *line, struct view v)
{
	return set_lost(line, v, "packets-lost-no-route");
}

static bool
set_lost_blackhole(struct aws_line *line, struct view v)
{
	return set_lost(line, v, "packets-lost-blackhole");
}

static bool
set_lost_mtu_exceeded(struct aws_line *line, struct view v)
{
	return set_lost(line, v, "packets-lost-mtu-exceeded");
}

static bool
set_lost_ttl_expired(struct aws_line *line, struct view v)
{
	return set_lost(line, v, "packets-lost-ttl-expired");
}

static const struct aws_field {
	const char *name;
	aws_set_fn *set;
} fields[] = {
#define X(name, version, set) {name, set},
#include "parsers/flow/aws_fields.def"
#undef X
};

size_t
aws_split(struct view text, struct view words[AWS_FIELDS_MAX])
{
	size_t count = 0;
	size_t at = 0;
	while (at < text.len) {
		if (text.data[at] == ' ' || text.data[at] == '\t') {
			at++;
			continue;
		}
		size_t from = at;
		while (at < text.len && text.data[at] != ' ' &&
			text.data[at] != '\t')
			at++;
		if (count == AWS_FIELDS_MAX)
			return AWS_FIELDS_MAX + 1;
		words[count++] = view_of(text.data + from, at - from);
	}
	return count;
}

/* cite: the default format of tgw-flow-logs.html, in order; 36 fields. */
#define TGW_DEFAULT                                                            \
	"version resource-type account-id tgw-id tgw-attachment-id "           \
	"tgw-src-vpc-account-id tgw-dst-vpc-account-id tgw-src-vpc-id "        \
	"tgw-dst-vpc-id tgw-src-subnet-id tgw-dst-subnet-id tgw-src-eni "      \
	"tgw-dst-eni tgw-src-az-id tgw-dst-az-id tgw-pair-attachment-id "      \
	"srcaddr dstaddr srcport dstport protocol packets bytes start end "    \
	"log-status type packets-lost-no-route packets-lost-blackhole "        \
	"packets-lost-mtu-exceeded packets-lost-ttl-expired tcp-flags region " \
	"flow-direction pkt-src-aws-service pkt-dst-aws-service"

/*
 * Is word this field's name? Underscores (parquet, Athena) and capitals count
 * as the documented spelling, and so does ${name} of a flow log's settings.
 */
static bool
name_is(struct view word, const char *name)
{
	if (word.len > 3 && word.data[0] == '$' && word.data[1] == '{' &&
		word.data[word.len - 1] == '}')
		word = view_of(word.data + 2, word.len - 3);
	for (size_t i = 0; i < word.len; i++) {
		uint8_t c = word.data[i];
		if (c >= 'A' && c <= 'Z')
			c = (uint8_t)(c | 0x20);
		/* A NUL in the word would match the name's end. */
		if (c == 0 || (c == '_' ? '-' : c) != (uint8_t)name[i])
			return false;
	}
	return name[word.len] == 0;
}

static const struct aws_field *
field_find(struct view word)
{
	for (size_t i = 0; i < sizeof fields / sizeof fields[0]; i++)
		if (name_is(word, fields[i].name))
			return &fields[i];
	return NULL;
}

bool
aws_header_read(struct view text, struct aws_layout *layout)
{
	struct view words[AWS_FIELDS_MAX];
	struct aws_layout found = {0};
	size_t known = 0;
	size_t count = aws_split(text, words);
	if (count < 2 || count > AWS_FIELDS_MAX)
		return false;
	for (size_t i = 0; i < count; i++) {
		const struct aws_field *field = field_find(words[i]);
		/* A value, not a name: spare the search of the rest. */
		if (field == NULL && known == 0 && i >= 2)
			return false;
		known += field != NULL;
		found.set[i] = field == NULL ? NULL : field->set;
	}
	if (known < 2 || known * 2 < count)
		return false;
	found.count = count;
	*layout = found;
	return true;
}

void
aws_layout_default(struct aws_layout *layout)
{
	layout->count = AWS_DEFAULT_FIELDS;
	for (size_t i = 0; i < AWS_DEFAULT_FIELDS; i++)
		layout->set[i] = fields[i].set;
}

void
aws_layout_default_tgw(struct aws_layout *layout)
{
	bool known = aws_header_read(view_str(TGW_DEFAULT), layout);
	assert(known && layout->count == AWS_TGW_DEFAULT_FIELDS);
}

/* Some header lines of other tables hold two of the names; none of them an
   address. */
enum flow_format
aws_layout_format(const struct aws_layout *layout)
{
	enum flow_format format = FLOW_FORMAT_NONE;
	for (size_t i = 0; i < layout->count; i++) {
		aws_set_fn *const *set = &layout->set[i];
		if (*set == set_tgw || *set == set_attachment)
			return FLOW_FORMAT_AWS_TGW;
		if (*set == set_src || *set == set_dst || *set == set_pkt_src ||
			*set == set_pkt_dst)
			format = FLOW_FORMAT_AWS_VPC;
	}
	return format;
}
