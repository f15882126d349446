/*
 * AWS VPC and transit gateway flow-log lines.
 *
 * spec: docs.aws.amazon.com/vpc/latest/userguide/flow-log-records.html,
 * .../vpc/latest/userguide/flow-logs-s3-path.html (header line of S3 files),
 * .../vpc/latest/tgw/tgw-flow-logs.html.
 *
 *	version account-id interface-id srcaddr dstaddr srcport dstport protocol
 *	packets bytes start end action log-status		(default, v2)
 *
 * Fields are divided by blanks, "-" means "does not apply". In front of a line
 * an export may have put the event's time, and "aws logs tail" its stream too.
 *
 * Two surprises. A transit gateway has no action: it counts lost packets by
 * cause, and the first cause with a count above 0 becomes the reason. And
 * log-status decides over action only for SKIPDATA, because a hole must not be
 * hidden; NODATA next to an action and addresses is a record with data.
 */
#include "parsers/flow/aws.h"

#include "parsers/flow/values.h"

/* The highest version of a field that AWS documents, and some to come. */
#define VERSION_MAX 99

/* Positions in the default layout. */
#define DEFAULT_ACTION 12
#define DEFAULT_STATUS 13

static bool
is_dash(struct view word)
{
	return word.len == 1 && word.data[0] == '-';
}

/*
 * Drop the time (and the stream's name, "eni-...-all") that an export put in
 * front. Returns how many words that are.
 */
static size_t
prefix_words(const struct view *words, size_t count)
{
	int64_t ns;
	if (count < 2 || !value_time(words[0], &ns))
		return 0;
	bool stream = words[1].len > 4 && memcmp(words[1].data, "eni-", 4) == 0;
	return stream && count > 2 ? 2 : 1;
}

void
flow_record_clear(struct flow_record *record)
{
	*record = (struct flow_record){
		.start_ns = CLOCK_UNKNOWN_NS,
		.end_ns = CLOCK_UNKNOWN_NS,
		.src_port = -1,
		.dst_port = -1,
		.protocol = -1,
		.packets = -1,
		.bytes = -1,
		.reply_packets = -1,
		.reply_bytes = -1,
		.tcp_flags = -1,
	};
}

static bool
fill(const struct view *words, const struct aws_layout *layout,
	struct flow_record *record)
{
	struct aws_line line = {.record = record};
	flow_record_clear(record);
	record->format = FLOW_FORMAT_AWS_VPC;
	for (size_t i = 0; i < layout->count; i++)
		if (layout->set[i] != NULL && !is_dash(words[i]) &&
			!layout->set[i](&line, words[i]))
			return false;
	record->action = line.action;
	if (line.status == FLOW_ACTION_SKIPDATA ||
		line.action == FLOW_ACTION_UNKNOWN)
		record->action = line.status;
	return record->start_ns == CLOCK_UNKNOWN_NS ||
		record->end_ns == CLOCK_UNKNOWN_NS ||
		record->start_ns <= record->end_ns;
}

/*
 * Do action and log-status stand where the default layout has them, and belong
 * together? Only an OK record has an action.
 */
static bool
default_fits(const struct view *words, bool more)
{
	struct view action = words[DEFAULT_ACTION];
	struct view status = words[DEFAULT_STATUS];
	uint64_t version;
	/* More fields than the default ones are of a later version. */
	if (!view_number(words[0], VERSION_MAX, &version) ||
		(more ? version < 3 : version != 2))
		return false;
	if (view_is(status, "OK"))
		return view_is(action, "ACCEPT") || view_is(action, "REJECT");
	return is_dash(action) &&
		(view_is(status, "NODATA") || view_is(status, "SKIPDATA"));
}

static bool
tgw_default_fits(const struct view *words, size_t count)
{
	uint64_t version;
	return count >= 2 && view_number(words[0], 99, &version) &&
		words[1].len >= 14 &&
		memcmp(words[1].data, "TransitGateway", 14) == 0;
}

/* The layout of a line without one; false when neither default fits. */
static bool
layout_fitting(
	const struct view *words, size_t count, struct aws_layout *layout)
{
	/* Many add fields to the default ones and leave those in front: what
	   begins like the default is read so far. */
	if (count >= AWS_DEFAULT_FIELDS &&
		default_fits(words, count > AWS_DEFAULT_FIELDS) &&
		(count == AWS_DEFAULT_FIELDS ||
			view_begins(words[2], "eni-"))) {
		aws_layout_default(layout);
		while (layout->count < count)
			layout->set[layout->count++] = NULL;
		return true;
	}
	if (count == AWS_TGW_DEFAULT_FIELDS && tgw_default_fits(words, count)) {
		aws_layout_default_tgw(layout);
		return true;
	}
	return false;
}

/* Below this a line of any other log could look the same. */
#define LOOKS_FIELDS_MIN 8

/*
 * A flow-log line in a layout that we do not know: a version in front, as
 * every tool suggests it, and one of the words that only such lines hold next
 * to two addresses or to the "-" of a window without any.
 */
static bool
looks_like_record(const struct view *words, size_t count)
{
	uint64_t version;
	struct flow_address address;
	unsigned places = 0;
	bool word = false;
	if (count < LOOKS_FIELDS_MIN || !view_number(words[0], 99, &version) ||
		version < 2)
		return false;
	for (size_t i = 1; i < count; i++) {
		word |= view_is(words[i], "ACCEPT") ||
			view_is(words[i], "REJECT") ||
			view_is(words[i], "OK") ||
			view_is(words[i], "NODATA") ||
			view_is(words[i], "SKIPDATA");
		places +=
			is_dash(words[i]) || value_address(words[i], &address);
	}
	return word && places >= 2;
}

enum flow_entry
aws_line_read(struct view text, const struct aws_layout *layout,
	struct flow_record *record)
{
	struct view words[AWS_FIELDS_MAX];
	struct aws_layout usual = {0};
	size_t count = aws_split(text, words);
	if (count == 0)
		return FLOW_ENTRY_BLANK;
	if (count > AWS_FIELDS_MAX)
		return FLOW_ENTRY_MALFORMED;
	size_t skip = prefix_words(words, count);
	count -= skip;
	if (layout->count == 0) {
		if (!layout_fitting(words + skip, count, &usual))
			return looks_like_record(words + skip, count)
				? FLOW_ENTRY_NO_HEADER
				: FLOW_ENTRY_MALFORMED;
		layout = &usual;
	}
	if (count != layout->count || !fill(words + skip, layout, record))
		return FLOW_ENTRY_MALFORMED;
	record->text = text;
	return FLOW_ENTRY_RECORD;
}

enum flow_format
aws_line_recognise(struct view text)
{
	struct view words[AWS_FIELDS_MAX];
	struct aws_layout layout;
	size_t count = aws_split(text, words);
	if (count > AWS_FIELDS_MAX)
		return FLOW_FORMAT_NONE;
	if (aws_header_read(text, &layout))
		return aws_layout_format(&layout);
	size_t skip = prefix_words(words, count);
	count -= skip;
	if (!looks_like_record(words + skip, count))
		return FLOW_FORMAT_NONE;
	return tgw_default_fits(words + skip, count) ? FLOW_FORMAT_AWS_TGW
						     : FLOW_FORMAT_AWS_VPC;
}
