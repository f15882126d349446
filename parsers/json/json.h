/*
 * JSON, token by token, over borrowed bytes.
 *
 *	struct json j;
 *	json_open(&j, text);
 *	while (json_next(&j) != JSON_END)
 *		... j.value, json_key(&j), j.depth ...
 *	if (j.trouble != JSON_FINE)
 *		... it ended at j.at, before the text did ...
 *
 * No tree is built and nothing is allocated: a text of any size costs the same
 * memory. Several documents one behind the other (JSON lines) are read as one
 * sequence. Strings are handed out as they stand, escapes included. Reading
 * stops at the first byte that fits no JSON; what came before it is still
 * evidence.
 *
 * It wants the whole text. Flow logs, whose documents may be larger than
 * memory, are cut into elements first (parsers/flow/json_scan.h).
 *
 * spec: RFC 8259; RFC 7464 for the record separator.
 */
#ifndef PARSERS_JSON_JSON_H
#define PARSERS_JSON_JSON_H

#include <stdbool.h>

#include "base/bytes.h"

/* Twice what nft, which nests its expressions, was ever seen to need. */
#define JSON_DEPTH_MAX 64

enum json_token {
	JSON_END,   /* of the text, or of what can be read */
	JSON_OPEN,  /* { or [: depth counts it already */
	JSON_CLOSE, /* } or ]: depth is that outside */
	JSON_STRING,
	JSON_NUMBER,
	JSON_WORD, /* true, false, null, NaN ... */
};

/* Why reading ended, when not at the end. */
enum json_trouble {
	JSON_FINE,
	JSON_CUT, /* the text ends within a value or document */
	JSON_MALFORMED,
	JSON_NESTED, /* deeper than JSON_DEPTH_MAX */
};

struct json {
	struct view text;
	size_t at;         /* offset of what comes next */
	size_t from;       /* offset of the token, or of its value if keyed */
	struct view value; /* of the token; a string's without its quotes */
	unsigned depth;    /* 0 outside of everything */
	enum json_trouble trouble;
	bool keyed; /* a key was read, its value comes next */
	uint8_t open[JSON_DEPTH_MAX + 1];    /* '{' or '[' of each depth */
	struct view key[JSON_DEPTH_MAX + 1]; /* the latest key of each depth */
};

/* text outlives j and the views that it hands out. */
void json_open(struct json *j, struct view text);
enum json_token json_next(struct json *j);
/* The key of the value just read; "" within an array or outside. */
struct view json_key(const struct json *j);
/* The key under which the object or array of a depth (>= 1) stands. */
struct view json_key_at(const struct json *j, unsigned depth);
/*
 * A string as JSON means it, without its escapes; out has room for v.len bytes.
 * Returns how many it took. NUL, half a surrogate pair and an escape that is
 * none become U+FFFD or a question mark.
 */
size_t json_unescape(struct view v, char *out);
/*
 * After JSON_OPEN: go behind its end; its text with brackets is returned.
 * Brackets are only counted, so what is skipped may nest without bound.
 */
struct view json_skip(struct json *j);

#endif
