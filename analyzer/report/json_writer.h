/*
 * A streaming JSON writer (RFC 8259): constant memory, stable bytes.
 *
 * Values are written in the order of the calls. The first two levels of nesting
 * begin a line for each element, deeper ones stay on it: a report is read by
 * line tools as well, one attempt to a line.
 *
 * All output is plain to a terminal: whatever utf8_is_hidden names is written
 * as an escape (the value stays the same), bytes that are no UTF-8 become
 * U+FFFD. Misuse (a value where a key belongs, nesting beyond JSON_DEPTH_MAX)
 * is an assert. Write errors show in ferror(out).
 *
 * The prefix is jsonw_ because jansson, which reads JSON elsewhere in the
 * program, owns json_.
 */
#ifndef REPORT_JSON_WRITER_H
#define REPORT_JSON_WRITER_H

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
	bool key_pending;
	bool filled[JSON_DEPTH_MAX + 1]; /* the level has an element */
	char close[JSON_DEPTH_MAX + 1];  /* '}' or ']' */
	char buffer[JSON_BUFFER_BYTES];
};

void jsonw_begin(struct json_writer *w, FILE *out);

/* Write the closing newline and hand everything to the stream. */
void jsonw_finish(struct json_writer *w);

void jsonw_object(struct json_writer *w);
void jsonw_array(struct json_writer *w);
void jsonw_end(struct json_writer *w);

void jsonw_key(struct json_writer *w, const char *key);

/* NULL text writes null. */
void jsonw_string(struct json_writer *w, const char *text);
void jsonw_view(struct json_writer *w, struct view text);
void jsonw_int(struct json_writer *w, int64_t value);
void jsonw_null(struct json_writer *w);
void jsonw_bool(struct json_writer *w, bool value);

/* value / 10^decimals, written exactly; decimals 1 to 18. */
void jsonw_fixed(struct json_writer *w, int64_t value, int decimals);

/* A double with that many decimals; null when it is not finite. */
void jsonw_double(struct json_writer *w, double value, int decimals);

#endif
