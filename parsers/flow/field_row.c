/*
 * A record whose fields come one by one, each with its name: of Logs Insights, and
 * of nfdump -o raw.
 */
#include "parsers/flow/reader.h"

void
field_row_take(struct field_row *row, struct view name, struct view value)
{
	struct flow_named given = row->named;
	if (value.len >= FIELD_BYTES_MAX)
		return;
	named_give(&given, view_of(NULL, 0), name, value);
	for (size_t m = 0; m < MEMBER_COUNT; m++) {
		if (given.rank[m] == row->named.rank[m])
			continue;
		char *text = row->text[row->half][m];
		memcpy(text, value.data, value.len);
		row->named.value[m] = view_of(text, value.len);
		row->named.rank[m] = given.rank[m];
	}
}

enum flow_entry
field_row_end(struct field_row *row, enum flow_format format,
	struct flow_record *record)
{
	const struct flow_named n = row->named;
	row->named = (struct flow_named){0};
	row->count = 0;
	row->half ^= 1;
	if (n.value[MEMBER_SRC].len == 0 || n.value[MEMBER_DST].len == 0)
		return FLOW_ENTRY_FOREIGN;
	flow_record_clear(record);
	record->format = format;
	return named_record(&n, record) ? FLOW_ENTRY_RECORD
					: FLOW_ENTRY_MALFORMED;
}
