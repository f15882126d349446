/*
 * A streaming JSON writer (RFC 8259): constant memory, stable bytes.
 *
 * Values are written in the order of the calls. The first two levels of nesting
 * begin a line for each element, deeper ones stay on it: a report is read by
 * line tools as well, one attempt to a line.
 *
 * All output is plain to a terminal: whatever utf8_is_hidden names is written
 * as an escape (the value stays the same), bytes that are no UTF-8 become
 * U+FFFD. Misuse (a member without name, nesting beyond JSON_DEPTH_MAX)
 * is an assert. Write errors show in ferror(out).
 *
 * The prefix is jsonw_ because jansson, which reads JSON elsewhere in the
 * program, owns json_.
 */
#ifndef RENDER_JSON_WRITER_H
#define RENDER_JSON_WRITER_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "base/bytes.h"

#define JSON_DEPTH_MAX 16
/* Large enough that a line of the report needs one fwrite. */
#define JSON_BUFFER_BYTES 16384

struct json_writer {
	FILE *out; /* borrowed */
	size_t used;
	int depth;
	int line_depth; /* levels down to which each element begins a line */
	bool filled[JSON_DEPTH_MAX + 1]; /* the level has an element */
	char close[JSON_DEPTH_MAX + 1];  /* '}' or ']' */
	char buffer[JSON_BUFFER_BYTES];
};

void jsonw_begin(struct json_writer *w, FILE *out);

/* The same for a document that is to be one line, as NDJSON has it. */
void jsonw_begin_line(struct json_writer *w, FILE *out);

/* Write the closing newline and hand everything to the stream. */
void jsonw_finish(struct json_writer *w);

/* One call a member: name is the member's, or NULL where the value is an
 * element of an array (or the document). */
void jsonw_object(struct json_writer *w, const char *name);
void jsonw_array(struct json_writer *w, const char *name);

/* Close the innermost of them. */
void jsonw_end(struct json_writer *w);

/* NULL text writes null. */
void jsonw_text(struct json_writer *w, const char *name, const char *text);
void jsonw_view(struct json_writer *w, const char *name, struct view text);
void jsonw_int(struct json_writer *w, const char *name, int64_t value);
void jsonw_null(struct json_writer *w, const char *name);
void jsonw_bool(struct json_writer *w, const char *name, bool value);

/* A number of things; null below 0, which stands for unknown. */
void jsonw_count(struct json_writer *w, const char *name, int64_t value);

/* RFC 3339 in UTC with microseconds; null for CLOCK_UNKNOWN_NS. */
void jsonw_time(struct json_writer *w, const char *name, int64_t ns);

/* value / 10^decimals, written exactly; decimals 1 to 18. */
void jsonw_fixed(
	struct json_writer *w, const char *name, int64_t value, int decimals);

/* A double with that many decimals; null when it is not finite. */
void jsonw_double(
	struct json_writer *w, const char *name, double value, int decimals);

#endif
