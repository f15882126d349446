/*
 * AWS flow-log lines and the layouts that give their fields names.
 *
 * A line names none of its fields, and its version field is only the highest
 * version among the fields chosen, so neither it nor the number of fields
 * identifies a layout. It comes from a header line or from the user; without
 * either only the two default layouts are believed, and only where every field of
 * them fits; fields that were added behind the VPC's are then passed over (aws.c).
 * Private to parsers/flow.
 */
#ifndef PARSERS_FLOW_AWS_H
#define PARSERS_FLOW_AWS_H

#include "parsers/flow/flow.h"

/* Fields in one line; the documented ones of all versions are 72. */
#define AWS_FIELDS_MAX 128

/* What becomes of one line or entry; the reader counts accordingly. */
enum flow_entry {
	FLOW_ENTRY_RECORD,
	FLOW_ENTRY_BLANK, /* nothing in it, or a header */
	FLOW_ENTRY_MALFORMED,
	FLOW_ENTRY_NO_HEADER, /* a record whose layout is not known */
	FLOW_ENTRY_FOREIGN,   /* well-formed, but no flow record */
	FLOW_ENTRY_NONE,      /* nothing left of what was begun */
};

/* Fields of the default layouts: version 2, and the transit gateway's. */
#define AWS_DEFAULT_FIELDS 14
#define AWS_TGW_DEFAULT_FIELDS 36

/* What setters fill; action and status stand in any order, so both wait. */
struct aws_line {
	struct flow_record *record;
	enum flow_action action;
	enum flow_action status; /* UNKNOWN for OK */
};

/* Take over one field, which is not "-"; false when it is malformed. */
typedef bool aws_set_fn(struct aws_line *line, struct view value);

struct aws_layout {
	size_t count;                    /* 0: no layout is known */
	aws_set_fn *set[AWS_FIELDS_MAX]; /* NULL: ignore this field */
};

/* Is it a header line? Then *layout is filled; otherwise it is unchanged. */
bool aws_header_read(struct view text, struct aws_layout *layout);

/* The default layouts of VPC and transit gateway. */
void aws_layout_default(struct aws_layout *layout);
void aws_layout_default_tgw(struct aws_layout *layout);

/* AWS_VPC or AWS_TGW; NONE for a layout without any address or gateway. */
enum flow_format aws_layout_format(const struct aws_layout *layout);

/* Split at blanks; returns the number of words, AWS_FIELDS_MAX + 1 for more. */
size_t aws_split(struct view text, struct view words[AWS_FIELDS_MAX]);

/* One line without its end, by *layout or, when that is empty, by default. */
enum flow_entry aws_line_read(struct view text, const struct aws_layout *layout,
	struct flow_record *record);

/*
 * The format of a lone line: FLOW_FORMAT_AWS_VPC or _TGW when it is a header
 * or looks like a flow-log line in whatever layout, otherwise _NONE.
 */
enum flow_format aws_line_recognise(struct view text);

/* A record with every field unknown. */
void flow_record_clear(struct flow_record *record);

#endif
