/*
 * The members of one JSON object, in order, without a tree.
 *
 * Log lines are flat; a nested object or array is handed out as its raw text.
 * Nothing is validated beyond what finding the members takes: a log is cut,
 * and what stands before the cut is still evidence.
 *
 * spec: RFC 8259
 */
#ifndef PARSERS_LOG_JSON_WALK_H
#define PARSERS_LOG_JSON_WALK_H

#include "parsers/json/json.h"
#include "parsers/log/envelope.h"

struct json_value {
	/* JSON_STRING, JSON_NUMBER or JSON_WORD; JSON_OPEN for a list or object
	   as a whole */
	enum json_token kind;
	/* a string's without its quotes, escapes and all; a list's or object's
	   with its brackets */
	struct view raw;
};

/* Open text, which must be an object, and step to its first member. */
bool json_begin(struct json *j, struct view text);

/* The next member; false at the end of the object or at a syntax error. */
bool json_member(struct json *j, struct view *key, struct json_value *value);

/*
 * A value as text: escapes undone into s where there are any, a list of
 * numbers as bytes (journald's way with bytes that are no UTF-8), of a list of
 * texts the first. Empty for null.
 */
struct view json_text(struct json_value v, struct log_scratch *s);

/* A text or number of decimal digits. */
bool json_number(struct json_value v, uint64_t *out);

/*
 * Bytes of the object that begins at text's first byte, braces included; 0
 * when it does not end within text.
 */
size_t json_object_len(struct view text);

#endif
