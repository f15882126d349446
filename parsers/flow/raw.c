/*
 * Flow records of nfdump -o raw: a name and a value a line.
 *
 *	Flow Record:
 *	  first        =        1795218082 [2026-11-20 23:41:22]
 *	  src addr     =          10.1.0.2
 *	  tcp flags    =              0x02 ......S.
 *	  proto        =                 6 TCP
 *	  (in)packets  =                 3
 *
 * cite: nfdump 1.6 bin/nf_common.c format_file_block_record(), 1.7
 * src/output/output_raw.c (milliseconds, names without brackets)
 */
#include "parsers/flow/reader.h"

bool
raw_begins(struct view text)
{
	return view_begins(text, "Flow Record:");
}

enum flow_entry
raw_end(struct flow_reader *r, struct flow_record *record)
{
	if (r->raw_line == 0)
		return FLOW_ENTRY_NONE;
	enum flow_entry entry =
		field_row_end(&r->row, FLOW_FORMAT_NFDUMP, record);
	r->raw_ended = r->raw_line;
	r->raw_line = 0;
	return entry == FLOW_ENTRY_FOREIGN ? FLOW_ENTRY_MALFORMED : entry;
}

/* Of "0x02 ......S." the letters, of "6 TCP" the number. */
static struct view
value_of(struct view name, struct view text)
{
	struct view words[AWS_FIELDS_MAX];
	size_t count = aws_split(text, words);
	if (count == 0 || count > AWS_FIELDS_MAX)
		return view_of(NULL, 0);
	return words[count > 1 && view_is(name, "tcp flags") ? 1 : 0];
}

static struct view
trimmed(struct view v)
{
	while (v.len > 0 && byte_among(v.data[0], " \t"))
		v = view_skip(v, 1);
	while (v.len > 0 && byte_among(v.data[v.len - 1], " \t"))
		v.len--;
	return v;
}

enum flow_entry
raw_line_read(
	struct flow_reader *r, struct view text, struct flow_record *record)
{
	struct view line = trimmed(text);
	const uint8_t *equal =
		line.len == 0 ? NULL : memchr(line.data, '=', line.len);
	bool begins = raw_begins(text);
	if (!begins && equal != NULL) {
		size_t len = (size_t)(equal - line.data);
		struct view name = trimmed(view_of(line.data, len));
		field_row_take(&r->row, name,
			value_of(name, view_skip(line, len + 1)));
		return FLOW_ENTRY_BLANK;
	}
	enum flow_entry entry = raw_end(r, record);
	if (!begins)
		reader_count(r, FLOW_ENTRY_BLANK, r->offset, NULL);
	/* The line that begins a record counts when the record ends. */
	r->raw_line =
		begins ? r->summary.read + 1 + (entry != FLOW_ENTRY_NONE) : 0;
	return entry;
}
