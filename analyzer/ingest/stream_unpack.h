/*
 * gzip, zstd, xz, bzip2 and lz4 behind one face. Private to ingest/stream.
 */
#ifndef INGEST_STREAM_UNPACK_H
#define INGEST_STREAM_UNPACK_H

#include "base/bytes.h"

/* Bytes of an input's beginning that decide how it is packed. */
#define UNPACK_MAGIC_BYTES 6

enum unpack_status {
	UNPACK_GOING,   /* progress was made, or more input is needed */
	UNPACK_DONE,    /* the last member ended; what follows is padding */
	UNPACK_DAMAGED, /* the input is damaged, or was cut (at its end) */
	UNPACK_TOO_BIG, /* a dictionary larger than we grant */
};

struct unpacker;

/* Does head begin one of the formats? */
bool unpack_recognise(struct view head);

/* NULL when head begins none of these formats. The caller owns it. */
struct unpacker *unpacker_new(struct view head);
void unpacker_free(struct unpacker *u);

/* "gzip", "zstd", "xz", "bzip2" or "lz4". */
const char *unpacker_name(const struct unpacker *u);

/*
 * Unpack from in, whose front moves behind what was taken, to out, of room
 * bytes; *made is the number written. at_eof: in's end is the input's end.
 * After any status but UNPACK_GOING it must not be called again.
 */
enum unpack_status unpacker_run(struct unpacker *u, struct view *in,
	bool at_eof, uint8_t *out, size_t room, size_t *made);

#endif
