/*
 * Flow logs in lines of text: AWS's (aws.c), and tables with a header (table.c).
 *
 * A header line may stand anywhere, because people join the files of an hour
 * with cat; each one holds until the next.
 */
#include "parsers/flow/reader.h"

/* First window that is asked for. */
#define TEXT_NEED_LEAST ((size_t)4096)

enum line_found {
	LINE_COMPLETE,
	LINE_TOO_LONG,
	LINE_OPEN, /* the window ends first */
};

/* *len: the line's bytes without its end, or of a skipped one those to drop. */
static enum line_found
find_line(struct flow_reader *r, struct view window, size_t *len)
{
	size_t limit =
		window.len < FLOW_LINE_MAX + 1 ? window.len : FLOW_LINE_MAX + 1;
	const uint8_t *end = limit == r->scanned
		? NULL
		: memchr(window.data + r->scanned, '\n', limit - r->scanned);
	if (end != NULL) {
		*len = (size_t)(end - window.data);
		return LINE_COMPLETE;
	}
	r->scanned = limit;
	*len = limit;
	return limit > FLOW_LINE_MAX ? LINE_TOO_LONG : LINE_OPEN;
}

/* Drop the rest of a line that is too long; false when the window ends. */
static bool
skip_line(struct flow_reader *r, struct view *window)
{
	const uint8_t *end = window->len == 0
		? NULL
		: memchr(window->data, '\n', window->len);
	if (end == NULL) {
		reader_skip(r, window, window->len);
		return false;
	}
	reader_skip(r, window, (size_t)(end - window->data) + 1);
	r->skipping = false;
	return true;
}

/* Names begin with a letter, or the "${" of a flow log's settings. */
static bool
may_be_header(struct view text)
{
	if (text.len == 0)
		return false;
	uint8_t c = text.data[0];
	return c == '$' || c == ' ' || c == '\t' || (c >= 'a' && c <= 'z') ||
		(c >= 'A' && c <= 'Z');
}

static enum flow_entry
read_line(struct flow_reader *r, struct view text, struct flow_record *record)
{
	if (text.len > 0 && text.data[text.len - 1] == '\r')
		text.len--;
	if (may_be_header(text) && aws_header_read(text, &r->layout)) {
		r->table.count = 0;
		return FLOW_ENTRY_BLANK;
	}
	if (table_header_read(text, &r->table)) {
		r->sums = false;
		return FLOW_ENTRY_BLANK;
	}
	if (text.len > 0 && text.data[0] == '#')
		return FLOW_ENTRY_FOREIGN; /* Zeek's other headings */
	if (r->table.format == FLOW_FORMAT_NFDUMP && r->table.count > 0 &&
		view_is(text, "Summary")) {
		r->table.count = 0;
		r->sums = true;
	}
	if (r->sums)
		return FLOW_ENTRY_FOREIGN;
	if (raw_begins(text) || r->raw_line > 0)
		return raw_line_read(r, text, record);
	if (r->table.count > 0)
		return table_line_read(text, &r->table, record);
	if (argus_heading(text)) {
		r->argus = true;
		return FLOW_ENTRY_BLANK;
	}
	if (nfdump_line_read(text, record) || yaf_line_read(text, record) ||
		nfdump_pipe_read(text, record) ||
		softflow_line_read(text, record) ||
		(r->argus && argus_line_read(text, record)))
		return FLOW_ENTRY_RECORD;
	if (r->layout.count == 0 && nfdump_frame(text))
		return FLOW_ENTRY_FOREIGN;
	return aws_line_read(text, &r->layout, record);
}

/* A record of several lines has the number of its first one. */
static enum flow_status
raw_line_settle(struct flow_reader *r, struct flow_record *record)
{
	if (r->raw_ended > 0)
		record->line = r->raw_ended;
	r->raw_ended = 0;
	return FLOW_RECORD;
}

/* What the end of the file leaves of a record of several lines. */
static enum flow_status
last_record(struct flow_reader *r, struct flow_record *record)
{
	enum flow_entry entry = raw_end(r, record);
	return reader_count(r, entry, r->offset, record)
		? raw_line_settle(r, record)
		: FLOW_END;
}

enum flow_status
text_next(struct flow_reader *r, struct view *window, bool at_eof,
	struct flow_record *record)
{
	for (;;) {
		size_t len;
		if (r->skipping && !skip_line(r, window))
			return at_eof ? FLOW_END
				      : reader_more(r, 0, TEXT_NEED_LEAST,
						FLOW_LINE_MAX + 1);
		enum line_found found = find_line(r, *window, &len);
		if (found == LINE_OPEN && !at_eof)
			return reader_more(r, window->len, TEXT_NEED_LEAST,
				FLOW_LINE_MAX + 1);
		if (found == LINE_OPEN && len == 0)
			return last_record(r, record);
		uint64_t at = r->offset;
		r->scanned = 0;
		if (found == LINE_TOO_LONG) {
			r->skipping = true;
			reader_count_lost(r, ANOMALY_FLOW_TOO_LONG, at);
			continue;
		}
		struct view text = view_of(window->data, len);
		enum flow_entry entry = read_line(r, text, record);
		reader_skip(r, window, found == LINE_COMPLETE ? len + 1 : len);
		if (reader_count(r, entry, at, record))
			return raw_line_settle(r, record);
	}
}
