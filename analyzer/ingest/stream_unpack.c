/*
 * gzip, zstd and xz behind one face.
 *
 * spec: RFC 1952 (gzip), RFC 8878 (zstd), the .xz file format 1.2. All three
 * allow members to follow each other, which is what "cat a.gz b.gz" makes; the
 * result is the members' contents one behind the other.
 *
 * Zeros behind the last gzip member are padding of tapes and disk images and
 * mean nothing; anything else there is reported as damage.
 */
#include "ingest/stream_unpack.h"

#include <lzma.h>
#include <stdlib.h>
#include <zlib.h>
#include <zstd.h>
#include <zstd_errors.h>

#include "base/arena.h"
#include "ingest/stream.h"

/* cite: zlib.h, inflateInit2(): 15 bits of window, +16 for a gzip header. */
#define GZIP_WINDOW_BITS (15 + 16)

/* cite: RFC 8878 section 3.1.2: skippable frames have 16 magic numbers. */
#define ZSTD_SKIPPABLE 0x184d2a50
#define ZSTD_SKIPPABLE_MASK 0xfffffff0

enum pack_format { PACK_NONE, PACK_GZIP, PACK_ZSTD, PACK_XZ };

struct unpacker {
	enum pack_format format;
	bool between; /* a member ended, the next has not begun */
	z_stream gzip;
	ZSTD_DStream *zstd;
	lzma_stream xz;
};

static enum pack_format
format_of(struct view head)
{
	/* cite: RFC 1952 section 2.3.1; 8 is deflate, the only method. */
	static const uint8_t gzip[] = {0x1f, 0x8b, 8};
	/* cite: the .xz file format, section 2.1.1.1 */
	static const uint8_t xz[] = {0xfd, '7', 'z', 'X', 'Z', 0};

	if (head.len >= sizeof gzip &&
		memcmp(head.data, gzip, sizeof gzip) == 0)
		return PACK_GZIP;
	if (head.len >= sizeof xz && memcmp(head.data, xz, sizeof xz) == 0)
		return PACK_XZ;
	if (head.len < 4)
		return PACK_NONE;
	uint32_t magic = load_le32(head.data);
	if (magic == ZSTD_MAGICNUMBER ||
		(magic & ZSTD_SKIPPABLE_MASK) == ZSTD_SKIPPABLE)
		return PACK_ZSTD;
	return PACK_NONE;
}

struct unpacker *
unpacker_new(struct view head)
{
	enum pack_format format = format_of(head);
	if (format == PACK_NONE)
		return NULL;
	struct unpacker *u = memory_take(1, sizeof *u);
	*u = (struct unpacker){.format = format, .between = true};
	bool ready = false;
	switch (format) {
	case PACK_GZIP:
		ready = inflateInit2(&u->gzip, GZIP_WINDOW_BITS) == Z_OK;
		break;
	case PACK_ZSTD:
		u->zstd = ZSTD_createDStream();
		ready = u->zstd != NULL &&
			!ZSTD_isError(ZSTD_DCtx_setParameter(u->zstd,
				ZSTD_d_windowLogMax, STREAM_ZSTD_WINDOW_LOG));
		break;
	case PACK_XZ:
		u->xz = (lzma_stream)LZMA_STREAM_INIT;
		ready = lzma_stream_decoder(&u->xz, STREAM_XZ_MEMORY,
				LZMA_CONCATENATED) == LZMA_OK;
		break;
	case PACK_NONE:
		break;
	}
	/* The only way for these to fail. */
	if (!ready)
		memory_exhausted();
	return u;
}

void
unpacker_free(struct unpacker *u)
{
	if (u == NULL)
		return;
	if (u->format == PACK_GZIP)
		inflateEnd(&u->gzip);
	else if (u->format == PACK_ZSTD)
		ZSTD_freeDStream(u->zstd);
	else
		lzma_end(&u->xz);
	free(u);
}

const char *
unpacker_name(const struct unpacker *u)
{
	switch (u->format) {
	case PACK_GZIP:
		return "gzip";
	case PACK_ZSTD:
		return "zstd";
	default:
		return "xz";
	}
}

/* Between gzip members: pass zeros over; true when a member begins. */
static bool
gzip_member_begins(struct view *in)
{
	while (in->len > 0 && in->data[0] == 0)
		*in = view_skip(*in, 1);
	return in->len > 0 && in->data[0] == 0x1f;
}

static enum unpack_status
run_gzip(struct unpacker *u, struct view *in, bool at_eof, uint8_t *out,
	size_t room, size_t *made)
{
	if (u->between) {
		if (!gzip_member_begins(in)) {
			if (in->len > 0)
				return UNPACK_DAMAGED;
			return at_eof ? UNPACK_DONE : UNPACK_GOING;
		}
		u->between = false;
	}
	/* zlib does not write through next_in; its type has no const. */
	u->gzip.next_in = (Bytef *)(uintptr_t)in->data;
	u->gzip.avail_in = (uInt)in->len;
	u->gzip.next_out = out;
	u->gzip.avail_out = (uInt)room;
	int rc = inflate(&u->gzip, Z_NO_FLUSH);
	*made = room - u->gzip.avail_out;
	*in = view_skip(*in, in->len - u->gzip.avail_in);
	if (rc == Z_STREAM_END) {
		u->between = true;
		inflateReset(&u->gzip);
		return UNPACK_GOING;
	}
	if (rc == Z_MEM_ERROR)
		memory_exhausted();
	if (rc != Z_OK && rc != Z_BUF_ERROR)
		return UNPACK_DAMAGED;
	bool stuck = at_eof && in->len == 0 && *made == 0;
	return stuck ? UNPACK_DAMAGED : UNPACK_GOING;
}

static enum unpack_status
run_zstd(struct unpacker *u, struct view *in, bool at_eof, uint8_t *out,
	size_t room, size_t *made)
{
	if (u->between && in->len == 0)
		return at_eof ? UNPACK_DONE : UNPACK_GOING;
	ZSTD_inBuffer src = {in->data, in->len, 0};
	ZSTD_outBuffer dst = {out, room, 0};
	size_t rc = ZSTD_decompressStream(u->zstd, &dst, &src);
	*made = dst.pos;
	*in = view_skip(*in, src.pos);
	if (ZSTD_isError(rc)) {
		ZSTD_ErrorCode code = ZSTD_getErrorCode(rc);
		if (code == ZSTD_error_memory_allocation)
			memory_exhausted();
		return code == ZSTD_error_frameParameter_windowTooLarge
			? UNPACK_TOO_BIG
			: UNPACK_DAMAGED;
	}
	/* 0 is "a frame ended and all of it is written". */
	u->between = rc == 0;
	bool stuck = at_eof && in->len == 0 && *made == 0 && !u->between;
	return stuck ? UNPACK_DAMAGED : UNPACK_GOING;
}

static enum unpack_status
run_xz(struct unpacker *u, struct view *in, bool at_eof, uint8_t *out,
	size_t room, size_t *made)
{
	u->xz.next_in = in->data;
	u->xz.avail_in = in->len;
	u->xz.next_out = out;
	u->xz.avail_out = room;
	lzma_ret rc = lzma_code(&u->xz, at_eof ? LZMA_FINISH : LZMA_RUN);
	*made = room - u->xz.avail_out;
	*in = view_skip(*in, in->len - u->xz.avail_in);
	switch (rc) {
	case LZMA_OK:
		return UNPACK_GOING;
	case LZMA_STREAM_END:
		return UNPACK_DONE;
	case LZMA_MEMLIMIT_ERROR:
		return UNPACK_TOO_BIG;
	case LZMA_MEM_ERROR:
		memory_exhausted();
	case LZMA_BUF_ERROR:
		/* No progress: cut, unless more input is still to come. */
		return at_eof && *made == 0 ? UNPACK_DAMAGED : UNPACK_GOING;
	default:
		return UNPACK_DAMAGED;
	}
}

enum unpack_status
unpacker_run(struct unpacker *u, struct view *in, bool at_eof, uint8_t *out,
	size_t room, size_t *made)
{
	*made = 0;
	switch (u->format) {
	case PACK_GZIP:
		return run_gzip(u, in, at_eof, out, room, made);
	case PACK_ZSTD:
		return run_zstd(u, in, at_eof, out, room, made);
	default:
		return run_xz(u, in, at_eof, out, room, made);
	}
}
