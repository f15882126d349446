/*
 * Rows of CloudWatch Logs Insights, whose fields come one by one.
 *
 *	{"results":[[{"field":"srcAddr","value":"192.0.2.10"}, ..,
 *	 {"field":"@ptr","value":".."}], ..]}
 *
 * The reader of JSON hands out the innermost objects. A row ends with "@ptr", which
 * Insights adds to each; whoever takes that column away leaves rows that end where
 * a field comes that the row has already, or the file.
 *
 * cite: docs.aws.amazon.com, CloudWatch Logs API, GetQueryResults ("@ptr"), and
 * Insights, discovered fields of VPC flow logs
 */
#include "base/hash.h"
#include "parsers/flow/reader.h"

/* Fields are told apart by this; a chance in 2^64 joins two rows. */
static uint64_t
name_mixed(struct view name)
{
	uint64_t sum = name.len;
	for (size_t i = 0; i < name.len; i++)
		sum = hash_mix(
			sum ^ name.data[i], UINT64_C(0x9e3779b97f4a7c15));
	return sum;
}

/* Has the row a field of this name? Then nothing is changed. */
static bool
name_take(struct field_row *row, struct view name)
{
	uint64_t mixed = name_mixed(name);
	for (uint8_t i = 0; i < row->count; i++)
		if (row->names[i] == mixed)
			return false;
	if (row->count < INSIGHTS_FIELDS_MAX)
		row->names[row->count++] = mixed;
	return true;
}

enum flow_entry
insights_take(struct field_row *row, const json_t *element,
	struct flow_record *record)
{
	struct view name = json_text(element, "field");
	enum flow_entry entry = FLOW_ENTRY_NONE;
	if (view_is(name, "@ptr"))
		return field_row_end(row, FLOW_FORMAT_AWS_VPC, record);
	if (!name_take(row, name)) {
		entry = field_row_end(row, FLOW_FORMAT_AWS_VPC, record);
		name_take(row, name);
	}
	field_row_take(row, name, json_text(element, "value"));
	return entry;
}

enum flow_entry
insights_end(struct field_row *row, struct flow_record *record)
{
	return row->count > 0 ? field_row_end(row, FLOW_FORMAT_AWS_VPC, record)
			      : FLOW_ENTRY_NONE;
}
