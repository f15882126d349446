/*
 * Rows of CloudWatch Logs Insights, whose fields come one by one.
 *
 *	{"results":[[{"field":"srcAddr","value":"192.0.2.10"}, ..,
 *	 {"field":"@ptr","value":".."}], ..]}
 *
 * The reader of JSON hands out the innermost objects; a row ends with "@ptr",
 * which Insights adds to each.
 *
 * cite: docs.aws.amazon.com, CloudWatch Logs API, GetQueryResults ("@ptr"), and
 * Insights, discovered fields of VPC flow logs
 */
#include "parsers/flow/reader.h"

/* A value under its name, copied: the element's own goes with the element. */
static void
value_take(struct insights_row *row, struct view name, struct view value)
{
	struct flow_named given = row->named;
	if (value.len >= INSIGHTS_BYTES_MAX)
		return;
	named_give(&given, view_of(NULL, 0), name, value);
	for (size_t m = 0; m < MEMBER_COUNT; m++) {
		if (given.rank[m] == row->named.rank[m])
			continue;
		memcpy(row->text[m], value.data, value.len);
		row->named.value[m] = view_of(row->text[m], value.len);
		row->named.rank[m] = given.rank[m];
	}
}

enum flow_entry
insights_take(struct insights_row *row, const json_t *element,
	struct flow_record *record)
{
	struct view name = json_text(element, "field");
	if (!view_is(name, "@ptr")) {
		value_take(row, name, json_text(element, "value"));
		return FLOW_ENTRY_NONE;
	}
	const struct flow_named n = row->named;
	row->named = (struct flow_named){0};
	if (n.value[MEMBER_SRC].len == 0 || n.value[MEMBER_DST].len == 0)
		return FLOW_ENTRY_FOREIGN;
	flow_record_clear(record);
	record->format = FLOW_FORMAT_AWS_VPC;
	return named_record(&n, record) ? FLOW_ENTRY_RECORD
					: FLOW_ENTRY_MALFORMED;
}
