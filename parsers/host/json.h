/*
 * JSON, token by token, over borrowed bytes.
 *
 *	struct json j = json_open(r);
 *	while (json_next(&j) != JSON_END)
 *		... j.value, json_key(&j), j.depth ...
 *	json_close(&j);
 *
 * No tree is built and nothing is allocated: a file of any size costs the same
 * memory. Several documents one behind the other (JSON lines) are read as one
 * sequence. Strings are handed out as they stand, escapes included. Reading
 * stops at the first byte that fits no JSON, with an anomaly; lines up to there
 * count as recognised. Nesting beyond JSON_DEPTH_MAX ends the reading too.
 */
#ifndef PARSERS_HOST_JSON_H
#define PARSERS_HOST_JSON_H

#include "parsers/host/run.h"

/* Deeper than nft nests its expressions. */
#define JSON_DEPTH_MAX 32

enum json_token {
	JSON_END,   /* of the file, or of what can be read */
	JSON_OPEN,  /* { or [: depth counts it already */
	JSON_CLOSE, /* } or ]: depth is that outside */
	JSON_STRING,
	JSON_NUMBER,
	JSON_WORD, /* true, false, null */
};

struct json {
	struct host_run *run;
	struct view text;
	size_t at;         /* offset of what comes next */
	size_t counted;    /* line ends before this offset are in run->number */
	struct view value; /* of the token; a string's without its quotes */
	unsigned depth;    /* 0 outside of everything */
	uint8_t open[JSON_DEPTH_MAX + 1];    /* '{' or '[' of each depth */
	struct view key[JSON_DEPTH_MAX + 1]; /* the latest key of each depth */
	bool keyed; /* a key was read, its value comes next */
	bool stopped;
};

struct json json_open(struct host_run *r);
enum json_token json_next(struct json *j);
/* The key of the value just read; "" within an array or outside. */
struct view json_key(const struct json *j);
/* The key under which the object or array of a depth (>= 1) stands. */
struct view json_key_at(const struct json *j, unsigned depth);
/* After JSON_OPEN: go behind its end; its text with brackets is returned. */
struct view json_skip(struct json *j);
/* A reader of a part that json_skip returned; it is not to be closed. */
struct json json_within(const struct json *j, struct view part);
void json_close(struct json *j);

#endif
