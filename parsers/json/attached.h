/*
 * Files within a document of JSON, as trackers and mail APIs export them: a name,
 * and beside it the bytes in base64.
 *
 *	{"attachment": [{"filename": "db-02.pcap", "content": "1MOyoQIA..."}]}
 *
 *	struct attached a;
 *	struct attached_file file;
 *	attached_open(&a, whole);
 *	while (attached_next(&a, &file))
 *		... file.coded, file.name ...
 *
 * Pure: bytes in, views into them out. What is a file shows by its name, which has
 * an ending, in the same object; a token or a key in base64 has none.
 *
 * cite: ServiceNow "Attachment API"; Microsoft Graph fileAttachment (name,
 * contentBytes); RFC 4648 section 4
 */
#ifndef PARSERS_JSON_ATTACHED_H
#define PARSERS_JSON_ATTACHED_H

#include "parsers/json/json.h"

/* Shorter texts are tokens and hashes. */
#define ATTACHED_MIN 96

struct attached_file {
	struct view name;  /* as it stands, with escapes */
	struct view coded; /* base64 */
};

/* Private. */
struct attached {
	struct json j;
	struct view name;  /* of the object that is read */
	struct view coded; /* in it, or empty */
	unsigned depth;    /* of that object */
};

/* Does a document begin here that has such a file in these bytes? It may break
 * off in one. */
bool attached_is(struct view head);

void attached_open(struct attached *a, struct view whole);

/* The next file; false behind the last one. */
bool attached_next(struct attached *a, struct attached_file *out);

#endif
