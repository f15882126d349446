/*
 * What the parts of the flow-log reader share. Private to parsers/flow.
 *
 * Text and JSON are one flow_next_fn each; the first significant byte of a file
 * decides.
 */
#ifndef PARSERS_FLOW_READER_H
#define PARSERS_FLOW_READER_H

#include <jansson.h>

#include "parsers/flow/aws.h"
#include "parsers/flow/json_scan.h"
#include "parsers/flow/named.h"

typedef enum flow_status flow_next_fn(struct flow_reader *r,
	struct view *window, bool at_eof, struct flow_record *record);

/* Where the tuples of one Azure element are being read (azure.c). */
struct azure_cursor {
	enum flow_format format; /* AZURE_NSG or AZURE_VNET */
	const json_t *flows;     /* the outer array; borrowed */
	const char *inner_key;   /* "flows" or "flowGroups" */
	struct view mac;         /* of the whole element (VNet) */
	size_t flow;
	size_t inner;
	size_t tuple;
	bool given; /* something was handed out */
};

/* Bytes of a value that are kept of a row whose fields come one by one. */
#define FIELD_BYTES_MAX 64

/* Fields of a row of Logs Insights whose names are remembered. */
#define INSIGHTS_FIELDS_MAX 64

/* What the fields of a row gave so far; the values lie in one half of text, those
   of the row before in the other. */
struct field_row {
	struct flow_named named;
	char text[2][MEMBER_COUNT][FIELD_BYTES_MAX];
	uint8_t half;
	uint8_t count;
	uint64_t names[INSIGHTS_FIELDS_MAX]; /* mixed; of the fields so far */
};

/* A value under its name, copied. */
void field_row_take(struct field_row *row, struct view name, struct view value);

/* What the fields make: a record, MALFORMED, or FOREIGN without two addresses. The
   next field begins a row; the record's views live until that one ends. */
enum flow_entry field_row_end(struct field_row *row, enum flow_format format,
	struct flow_record *record);

struct flow_reader {
	flow_next_fn *next;
	struct anomaly_sink sink;
	struct flow_summary summary;
	uint64_t offset; /* bytes consumed: where the window begins */
	size_t need;     /* after FLOW_MORE */
	struct aws_layout layout;
	/* Text. */
	size_t scanned; /* bytes of the window known to hold no line end */
	bool skipping;  /* inside a line that is too long */
	struct flow_table table;
	bool argus; /* ra's heading was seen */
	bool sums;  /* below "Summary", behind nfdump's table */
	/* A row of Logs Insights (insights.c), or of nfdump -o raw (raw.c). */
	struct field_row row;
	uint64_t raw_line;  /* the one that began it; 0: none is open */
	uint64_t raw_ended; /* the same of the record in hand; 0: not of raw */
	/* JSON. */
	struct json_hunt hunt;
	struct json_scan scan;
	bool in_element;
	json_t *element;     /* the records' strings live in it; owned */
	uint64_t element_at; /* its offset */
	bool in_tuples;      /* azure has more of element */
	struct azure_cursor azure;
};

flow_next_fn text_next;
flow_next_fn flow_json_next;
flow_next_fn yaml_next;

/* Bytes that tell. */
#define YAML_HEAD_BYTES 12

/* Does a text begin as one document of gcloud's does? */
bool yaml_begins(struct view head);

/*
 * Count one entry that began at offset at, note its anomaly, and finish a
 * record (line number, format of the file). True when it is to be handed out.
 */
bool reader_count(struct flow_reader *r, enum flow_entry entry, uint64_t at,
	struct flow_record *record);

/* Count an entry that is beyond a bound, or cut by the end of the file. */
void reader_count_lost(struct flow_reader *r, enum anomaly a, uint64_t at);

/* Ask for twice the window, at least least and at most most (> have). */
enum flow_status reader_more(
	struct flow_reader *r, size_t have, size_t least, size_t most);

static inline void
reader_skip(struct flow_reader *r, struct view *window, size_t len)
{
	*window = view_skip(*window, len);
	r->offset += len;
}

/* The string member of an object; empty when there is none. Borrowed. */
static inline struct view
json_text(const json_t *object, const char *key)
{
	const json_t *value = json_object_get(object, key);
	return view_of(json_string_value(value), json_string_length(value));
}

/*
 * Is element an Azure record of either kind? Then *cursor stands before its
 * first tuple.
 */
bool azure_begin(json_t *element, struct azure_cursor *cursor);

/* Has it what its kind promises? An interface without traffic has no tuples,
   but has the arrays. */
bool azure_holds_tuples(const struct azure_cursor *cursor);

/*
 * The next tuple; FLOW_ENTRY_NONE behind the last. An element that has none at
 * all is one FLOW_ENTRY_BLANK, so that the accounting adds up.
 */
enum flow_entry azure_next(
	struct azure_cursor *cursor, struct flow_record *record);

/*
 * One {"field":..,"value":..} of Logs Insights: NONE until the row ends, with "@ptr"
 * or before a field that it has already, and then the record or FOREIGN. Its views
 * live until the next row ends.
 */
enum flow_entry insights_take(struct field_row *row, const json_t *element,
	struct flow_record *record);

/* What is left at the end of the file: the last row, or NONE. */
enum flow_entry insights_end(struct field_row *row, struct flow_record *record);

/*
 * A line of nfdump -o raw: FOREIGN when it is none. A record is handed out with
 * the blank line behind it, and counts for the line that began it.
 */
enum flow_entry raw_line_read(
	struct flow_reader *r, struct view text, struct flow_record *record);

/* What is left at the end of the file: the last record, or NONE. */
enum flow_entry raw_end(struct flow_reader *r, struct flow_record *record);

/* Does the line begin such a record? */
bool raw_begins(struct view text);

/* A LogEntry of Google Cloud; FOREIGN when it is of another log. */
enum flow_entry gcp_read(const json_t *entry, struct flow_record *record);

#endif
