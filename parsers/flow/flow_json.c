/*
 * Flow logs in JSON: from elements (json_scan.h) to entries of each kind.
 *
 * AWS lines come wrapped in many ways, all of which leave the line itself in
 * one string:
 *
 *	{"events":[{"logStreamName":..,"timestamp":..,"message":"2 1234.."}]}
 *	{"messageType":"DATA_MESSAGE",..,"logEvents":[{..,"message":".."}]}
 *	{"message":"2 1234.."}{"message":".."}			(Firehose)
 *	{"results":[[{"field":"@message","value":".."}, ..]]}	(Insights)
 *
 * cite: docs.aws.amazon.com, CloudWatch Logs API FilterLogEvents,
 * GetQueryResults, and "subscription filters" (DATA_MESSAGE, CONTROL_MESSAGE).
 */
#include "parsers/flow/reader.h"

#include "base/arena.h"
#include "parsers/flow/named.h"

/* First window that is asked for. */
#define JSON_NEED_LEAST ((size_t)65536)

/* What CloudWatch sends to try a destination out, instead of log events. */
#define CONTROL_MESSAGE "CWL CONTROL MESSAGE"

static enum flow_entry
read_message(
	struct flow_reader *r, struct view text, struct flow_record *record)
{
	if (view_begins(text, CONTROL_MESSAGE))
		return FLOW_ENTRY_FOREIGN;
	while (text.len > 0 &&
		(text.data[text.len - 1] == '\n' ||
			text.data[text.len - 1] == '\r'))
		text.len--;
	return aws_line_read(text, &r->layout, record);
}

/* Decode one whole element and read its only, or begin its many entries. */
static enum flow_entry
read_element(
	struct flow_reader *r, struct view text, struct flow_record *record)
{
	json_error_t error;
	r->element = json_loadb((const char *)text.data, text.len, 0, &error);
	if (r->element == NULL) {
		if (json_error_code(&error) == json_error_out_of_memory)
			memory_exhausted();
		return FLOW_ENTRY_MALFORMED;
	}
	if (azure_begin(r->element, &r->azure)) {
		r->in_tuples = azure_holds_tuples(&r->azure);
		return r->in_tuples ? FLOW_ENTRY_NONE : FLOW_ENTRY_MALFORMED;
	}
	if (view_is(json_text(r->element, "field"), "@message"))
		return read_message(r, json_text(r->element, "value"), record);
	if (json_is_string(json_object_get(r->element, "field")))
		return insights_take(&r->row, r->element, record);
	if (json_is_string(json_object_get(r->element, "message")))
		return read_message(
			r, json_text(r->element, "message"), record);
	enum flow_entry entry = gcp_read(r->element, record);
	return entry == FLOW_ENTRY_FOREIGN ? named_json_read(r->element, record)
					   : entry;
}

/* The next tuple of the element that is being read; false behind the last. */
static bool
next_tuple(struct flow_reader *r, struct flow_record *record)
{
	enum flow_entry entry;
	do {
		entry = azure_next(&r->azure, record);
		if (reader_count(r, entry, r->element_at, record))
			return true;
	} while (entry != FLOW_ENTRY_NONE);
	r->in_tuples = false;
	return false;
}

/* Behind damage nothing is known of the surroundings. */
static void
surroundings_lost(struct flow_reader *r)
{
	r->hunt = (struct json_hunt){.garbage = true};
}

/* What to do with a step that ended or entered an element; true: a record. */
static bool
take_step(struct flow_reader *r, enum json_step step, struct view *window,
	struct flow_record *record)
{
	uint64_t at = r->offset;
	size_t len = r->scan.at;
	struct view text = view_of(window->data, len);
	bool skipping = r->scan.skipping;
	enum flow_entry entry = FLOW_ENTRY_NONE;
	reader_skip(r, window, len);
	r->in_element = false;
	if (step == JSON_STEP_CONTAINER) {
		r->hunt.open += 2;
	} else if (step == JSON_STEP_ELEMENT && !skipping) {
		r->element_at = at;
		entry = read_element(r, text, record);
	} else if (step == JSON_STEP_DAMAGED) {
		surroundings_lost(r);
		if (!skipping)
			entry = FLOW_ENTRY_MALFORMED;
	}
	return reader_count(r, entry, at, record);
}

/* The file ends in the middle of something, or does it? The last row of Logs
   Insights may have no end of its own. */
static enum flow_status
finish(struct flow_reader *r, struct view *window, struct flow_record *record)
{
	if (reader_count(r, insights_end(&r->row, record), r->offset, record))
		return FLOW_RECORD;
	bool cut = r->in_element || r->hunt.open > 0 || r->hunt.in_string;
	/* An element that is skipped was counted where it became too long. */
	if (r->in_element && !r->scan.skipping)
		reader_count_lost(r, ANOMALY_FLOW_CUT, r->offset);
	else if (cut)
		anomaly_note(&r->sink, ANOMALY_FLOW_CUT, r->offset);
	reader_skip(r, window, window->len);
	r->in_element = false;
	r->hunt = (struct json_hunt){0};
	return FLOW_END;
}

/* Go to the next element; false when the window ends before one. */
static bool
hunt(struct flow_reader *r, struct view *window)
{
	bool garbage;
	do {
		size_t n = json_hunt_next(&r->hunt, *window, &garbage);
		reader_skip(r, window, n);
		if (garbage)
			reader_count(
				r, FLOW_ENTRY_MALFORMED, r->offset - 1, NULL);
	} while (garbage);
	if (window->len == 0)
		return false;
	r->hunt.garbage = false;
	r->in_element = true;
	r->scan = (struct json_scan){0};
	return true;
}

/* Look further at the current element; MORE when the window is used up. */
static enum json_step
step_element(struct flow_reader *r, struct view *window)
{
	if (!r->scan.skipping) {
		enum json_step step = json_scan_element(&r->scan, *window);
		if (step != JSON_STEP_LONG)
			return step;
		reader_count_lost(r, ANOMALY_FLOW_TOO_LONG, r->offset);
	}
	enum json_step step = json_scan_skip(&r->scan, *window);
	if (step == JSON_STEP_MORE) {
		reader_skip(r, window, window->len);
		r->scan.at = 0;
	}
	return step;
}

enum flow_status
flow_json_next(struct flow_reader *r, struct view *window, bool at_eof,
	struct flow_record *record)
{
	for (;;) {
		if (r->in_tuples && next_tuple(r, record))
			return FLOW_RECORD;
		json_decref(r->element);
		r->element = NULL;
		if (!r->in_element && !hunt(r, window))
			return at_eof ? finish(r, window, record)
				      : reader_more(r, 0, JSON_NEED_LEAST,
						FLOW_ELEMENT_MAX + 1);
		enum json_step step = step_element(r, window);
		if (step != JSON_STEP_MORE) {
			if (take_step(r, step, window, record))
				return FLOW_RECORD;
			continue;
		}
		if (at_eof)
			return finish(r, window, record);
		return reader_more(
			r, window->len, JSON_NEED_LEAST, FLOW_ELEMENT_MAX + 1);
	}
}
