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

#include "parsers/log/envelope.h"

enum json_kind { JSON_TEXT, JSON_WORD, JSON_LIST, JSON_OBJECT };

struct json_value {
	enum json_kind kind;
	/* JSON_TEXT: between the quotes, escapes and all; JSON_WORD: a number,
	   true, false or null; otherwise the text with its brackets */
	struct view raw;
};

/* Step to the first member of the object at the cursor. */
bool json_begin(struct cursor *c);

/* The next member; false at the end of the object or at a syntax error. */
bool json_member(struct cursor *c, struct view *key, struct json_value *value);

/* The first element of a list's raw text, then the next; false at its end. */
bool json_list_begin(struct cursor *c);
bool json_element(struct cursor *c, struct json_value *value);

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
