/*
 * The bytes of one input, as a window that slides over them.
 *
 * A stream opens a regular file, a FIFO or standard input, unpacks gzip, zstd,
 * xz, bzip2 and lz4 by their magic (also several members or frames one behind
 * the other), and hashes the bytes as they are stored while they are hot in the
 * cache.
 *
 *	struct stream s;
 *	if (!stream_open(&s, path, sink, &error))
 *		return ...;
 *	while (stream_fill(&s, want)) {
 *		... read s.window.data, at least want bytes ...
 *		stream_consume(&s, n);  (or move s.window's front in place)
 *	}
 *	... s.window holds the last, fewer than want, bytes; s.error says
 *	    whether reading them failed ...
 *	stream_finish(&s);          (s.sha256 and s.raw_bytes are complete)
 *	stream_close(&s);
 *
 * Memory is flat: the window, STREAM_WINDOW_FIRST bytes until a record needs
 * more, at most STREAM_WINDOW_MAX; for packed inputs a buffer of
 * STREAM_PACKED_BUFFER and what the format's dictionary takes, bounded by
 * STREAM_ZSTD_WINDOW_LOG and STREAM_XZ_MEMORY. A stream belongs to one thread.
 *
 * Opening reads nothing, so that a caller can open all inputs, lock itself into
 * a sandbox, and read afterwards.
 */
#ifndef INGEST_STREAM_H
#define INGEST_STREAM_H

#include <stdbool.h>
#include <stdint.h>

#include "base/bytes.h"
#include "base/digest.h"
#include "base/error.h"
#include "parsers/anomaly.h"
#include "parsers/capture/capture.h"

/* Fits the second-level cache of current CPUs; see decisions/0003. */
#define STREAM_WINDOW_FIRST ((size_t)256 * 1024)

/* The longest record that a parser may ask for, and a header. */
#define STREAM_WINDOW_MAX (CAPTURE_RECORD_MAX + 4096)

#define STREAM_PACKED_BUFFER ((size_t)64 * 1024)

/* 128 MiB: what the zstd program itself accepts without --long or --memory.
   A frame that needs more is refused with a message that says what to do. */
#define STREAM_ZSTD_WINDOW_LOG 27

/* How long a named FIFO may be without a program that writes to it. */
#define STREAM_WRITER_WAIT_MS 5000

/* xz -9 needs 65 MiB to unpack; anything above this is refused likewise. */
#define STREAM_XZ_MEMORY (UINT64_C(256) * 1024 * 1024)

struct unpacker;

struct stream {
	int writer_wait_ms; /* of a FIFO: how long its end is none yet */
	/* unread bytes; data is borrowed from the stream until the next
	   stream_fill */
	struct view window;
	bool at_eof;    /* nothing follows the window */
	bool timed_out; /* more may follow, but the time is over; at_eof too */
	/* set when reading failed; at_eof is then true as well */
	struct error error;
	uint64_t raw_bytes;      /* as stored, read so far */
	uint64_t unpacked_bytes; /* put into the window so far */
	/* of the raw bytes; after stream_finish, before it "" */
	char sha256[DIGEST_TEXT_MAX];
	uint8_t imprint[DIGEST_IMPRINT_BYTES]; /* of them too, and as long */
	/* Private from here on. */
	int fd;
	bool may_wait; /* a pipe, or standard input: its bytes come in time */
	bool part;     /* of a file: at and left say which */
	uint64_t at;   /* the next byte's offset in the file */
	uint64_t left; /* bytes of the part not yet read */
	bool raw_eof;
	bool started;    /* the magic bytes have been looked at */
	char *name;      /* for messages; owned */
	uint8_t *buffer; /* the window lies in it; owned */
	size_t room;     /* of buffer */
	uint8_t *packed; /* raw bytes not yet unpacked; owned, or NULL */
	size_t packed_at;
	size_t packed_end;
	struct unpacker *unpacker; /* owned; NULL for plain bytes */
	struct anomaly_sink sink;
	struct digest digest;
	bool hash_later; /* somebody else's work */
};

/*
 * Open path, or standard input for "-". sink (copied) hears of damaged
 * compression. False with *error set when it cannot be read, a folder, a device
 * and a FIFO that nobody writes to included; s then needs no stream_close.
 */
bool stream_open(struct stream *s, const char *path, struct anomaly_sink sink,
	struct error *error);

/* The same for an open descriptor, which the stream takes and closes. name is
   for messages. */
bool stream_take_fd(struct stream *s, int fd, const char *name,
	struct anomaly_sink sink, struct error *error);

/* Bytes in memory, which are copied. Always true. */
bool stream_take_bytes(struct stream *s, struct view bytes, const char *name,
	struct anomaly_sink sink);
/* The len bytes from at on of a file that can be read at any place. fd stays
   the caller's: the stream reads through a descriptor of its own. */
bool stream_take_part(struct stream *s, int fd, uint64_t at, uint64_t len,
	const char *name, struct anomaly_sink sink, struct error *error);

/*
 * No stream of this process is read on once the monotonic clock shows ns, but for
 * the first bytes of each and, where it is a file, for its hash. Before reading
 * begins; INT64_MAX, as at the start: never.
 */
void stream_stop_at(int64_t ns);

/*
 * Make the window hold at least want (<= STREAM_WINDOW_MAX) bytes. False when
 * the input has not so many left: the window then holds all of them, at_eof is
 * set, and s->error tells a failure from an ordinary end. Damaged or cut
 * compression is an ordinary end with ANOMALY_COMPRESSION_DAMAGED, the end of the
 * time (stream_stop_at) one with ANOMALY_READING_TIMED_OUT.
 */
bool stream_fill(struct stream *s, size_t want);

/* Does a beginning (6 bytes) say that what follows is packed? */
bool stream_is_packed(struct view head);

/* "gzip", "zstd", "xz", "bzip2", "lz4"; NULL for plain bytes and before the first fill. */
const char *stream_compression(const struct stream *s);

/* Drop n (<= window.len) bytes from the window's front. */
void stream_consume(struct stream *s, size_t n);

/*
 * Consume up to max bytes into one piece, len bytes long, which the caller
 * frees; NULL when there are none.
 */
uint8_t *stream_read_whole(struct stream *s, size_t max, size_t *len);

/*
 * Leave the hashing to the caller: sha256 stays "". Before the first fill only.
 * Returns a descriptor of the same open file, which the caller closes, or -1
 * when the stream goes on hashing: what is no regular file can be read only
 * once, a small file is not worth it, and a large one may have left the page
 * cache by then.
 */
int stream_hash_later(struct stream *s);

/*
 * Read the raw bytes that are left, for the hash and the size only, and write
 * s->sha256. Of a pipe whose time is over only what came is hashed. The window is
 * empty afterwards. False with s->error set when reading fails or failed before.
 */
bool stream_finish(struct stream *s);

/* Close and free; s must not be used again before it is opened. */
void stream_close(struct stream *s);

#endif
