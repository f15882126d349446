/*
 * UTF-16 as UTF-8: what PowerShell's > writes. Private to ingest/stream.
 */
#ifndef INGEST_STREAM_UTF16_H
#define INGEST_STREAM_UTF16_H

#include "base/bytes.h"

struct utf16 {
	bool big;      /* the high byte comes first */
	bool has_half; /* one byte of a unit was taken */
	uint8_t half;
	uint16_t high; /* of a surrogate pair whose low half is to come; or 0 */
	uint8_t left_len;
	char left[4]; /* of a character that did not fit into out */
	bool begun;   /* a mark at the front was looked for */
};

/* Does head begin a text in UTF-16: with its mark, or with letters of ASCII? */
bool utf16_recognise(struct view head, bool *big);

/*
 * Take from in, as far as out, of room bytes, has room; returns the bytes
 * written. What is no UTF-16 becomes U+FFFD.
 */
size_t utf16_run(struct utf16 *u, struct view *in, uint8_t *out, size_t room);

#endif
