/*
 * Records whose fields carry names, whoever wrote them: members of JSON objects
 * and columns of tables (flow_names.def). Private to parsers/flow.
 */
#ifndef PARSERS_FLOW_NAMED_H
#define PARSERS_FLOW_NAMED_H

#include <jansson.h>

#include "parsers/flow/aws.h"

/* Columns of one table that are looked at. */
#define TABLE_COLUMNS_MAX 128

/* Bytes of a name that are compared; no name in flow_names.def is longer. */
#define NAME_BYTES_MAX 48

enum flow_member {
	MEMBER_NONE,
	MEMBER_SRC,
	MEMBER_DST,
	MEMBER_SPORT,
	MEMBER_DPORT,
	MEMBER_PROTOCOL,
	MEMBER_START,
	MEMBER_END,
	MEMBER_DURATION, /* seconds, where no end is told */
	MEMBER_ACTION,
	MEMBER_RULE,
	MEMBER_REASON,
	MEMBER_PACKETS,
	MEMBER_BYTES,
	MEMBER_REPLY_PACKETS,
	MEMBER_REPLY_BYTES,
	MEMBER_FLAGS,
	MEMBER_INTERFACE,
	MEMBER_DIRECTION,
	MEMBER_ARROW, /* Argus: which way it went */
	MEMBER_MESSAGE,
	MEMBER_COUNT
};

/* What each member was given, before it is believed. */
struct flow_named {
	struct view value[MEMBER_COUNT];
	uint8_t rank[MEMBER_COUNT]; /* 0: nothing yet, otherwise rank + 1 */
};

/* A table that has a header line. */
struct flow_table {
	size_t count; /* 0: no table */
	char separator;
	enum flow_format format;
	uint8_t member[TABLE_COLUMNS_MAX];
	uint8_t rank[TABLE_COLUMNS_MAX];
	bool message; /* it has a column of AWS lines */
};

/* Hand a value over under its name, parent may be empty. */
void named_give(struct flow_named *n, struct view parent, struct view name,
	struct view value);

/* The record; false when addresses, ports or times are none. */
bool named_record(const struct flow_named *n, struct flow_record *record);

/* An object of one of the formats in flow_parsers.def that have no reader of
 * their own; FOREIGN when it is none. Strings live in the object. */
enum flow_entry named_json_read(
	const json_t *element, struct flow_record *record);

/* Is it a header line of such a table? Then *table is filled. */
bool table_header_read(struct view text, struct flow_table *table);

/* One line of the table. */
enum flow_entry table_line_read(struct view text,
	const struct flow_table *table, struct flow_record *record);

/* A line of nfdump's output formats, which say "->" between the ends. */
bool nfdump_line_read(struct view text, struct flow_record *record);

/* A line of nfdump -o pipe, and one of softflowctl dump-flows (lines.c). */
bool nfdump_pipe_read(struct view text, struct flow_record *record);
bool softflow_line_read(struct view text, struct flow_record *record);

/* A line of yafscii ("A => B"), and one of ra below its heading. */
bool yaf_line_read(struct view text, struct flow_record *record);
bool argus_heading(struct view text);
bool argus_line_read(struct view text, struct flow_record *record);

/* A time as exports write it, see named.c. */
bool named_time(struct view text, int64_t *ns);

/* What a filter did, by its word. */
enum flow_action named_action(struct view word);

/* nfdump's header and the sums behind the records. */
bool nfdump_frame(struct view text);

#endif
