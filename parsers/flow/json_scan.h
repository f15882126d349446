/*
 * Finding the elements of a JSON document without holding the document.
 *
 * An element is an object; a document is whatever surrounds elements: nothing
 * (one object after the other), an array, or an object with a member "records",
 * "events", "logEvents", "entries", "results" or "flow_logs" that is an array. Such objects
 * may lie inside each other (a page of Azure's documentation nests "records" in
 * "records"): entering one means to consume it up to its "[" and to go on.
 *
 * So there is no stack to overflow: between elements brackets are only counted,
 * and inside one a bit per level, at most JSON_DEPTH_MAX, checks that they
 * match. Damage (a raw line end in a string, a bracket that cannot stand where
 * it does, too many levels) ends the element there; the next "{" begins anew.
 * Everything else about the grammar is left to the JSON library, which gets
 * whole elements. (The reader of parsers/json wants a whole text; this one goes
 * on where a window ended, and finds its feet again behind damage.)
 *
 * cite: RFC 8259 sections 2 to 7. Private to parsers/flow.
 */
#ifndef PARSERS_FLOW_JSON_SCAN_H
#define PARSERS_FLOW_JSON_SCAN_H

#include "parsers/flow/flow.h"

/* Levels inside one element; real ones have 7. Also what bounds the recursion
   of the JSON library. */
#define JSON_DEPTH_MAX 64

/*
 * Values in one element: more than FLOW_ELEMENT_MAX bytes of real tuples hold,
 * and what keeps the parsed tree of a hostile "[0,0,0..." below 64 MiB.
 */
#define JSON_VALUES_MAX ((uint32_t)512 * 1024)

enum json_step {
	JSON_STEP_MORE,      /* the window ends first */
	JSON_STEP_ELEMENT,   /* complete, at bytes long */
	JSON_STEP_CONTAINER, /* its elements begin at at */
	JSON_STEP_DAMAGED,   /* go on behind at */
	JSON_STEP_LONG,      /* beyond a bound; json_scan_skip finds its end */
};

/* Inside an element, from its "{"; {0} to begin. */
struct json_scan {
	size_t at;        /* bytes of the element looked at */
	uint64_t objects; /* bit i: level i is an object, not an array */
	unsigned depth;   /* open brackets */
	uint32_t values;  /* separators so far */
	size_t string_at; /* where the latest string's content begins */
	uint8_t before;   /* latest significant byte; 'v' for a value */
	bool in_string;
	bool escaped;
	bool container_key; /* the latest key of level 1 names a container */
	bool skipping;
};

/* Between elements; {0} to begin. */
struct json_hunt {
	uint64_t open; /* brackets of the surroundings that are not closed */
	bool in_string;
	bool escaped;
	bool garbage; /* bytes that belong nowhere were already noted */
};

/*
 * Go on with the element at the front of window. Looks at no more than
 * FLOW_ELEMENT_MAX bytes.
 */
enum json_step json_scan_element(struct json_scan *s, struct view window);

/* The rest of an element that is too long: ELEMENT, DAMAGED or MORE. */
enum json_step json_scan_skip(struct json_scan *s, struct view window);

/*
 * Bytes before the next element in window, or all of window when there is none.
 * *garbage: a new run of bytes that is no JSON began at the last of them.
 */
size_t json_hunt_next(struct json_hunt *h, struct view window, bool *garbage);

#endif
