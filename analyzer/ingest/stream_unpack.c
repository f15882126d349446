/*
 * gzip, zstd, xz, bzip2 and lz4 behind one face.
 *
 * spec: RFC 1952 (gzip), RFC 8878 (zstd), the .xz file format 1.2, bzip2 1.0
 * (its format has no other text than its source), the LZ4 frame format 1.6. All
 * of them allow members to follow each other, which is what "cat a.gz b.gz"
 * makes; the result is the members' contents one behind the other.
 *
 * Zeros behind the last gzip or bzip2 member are padding of tapes and disk
 * images and mean nothing; anything else there is reported as damage.
 */
#include "ingest/stream_unpack.h"

#include <bzlib.h>
#include <lz4frame.h>
#include <lzma.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>
#include <zstd.h>
#include <zstd_errors.h>

#include "base/arena.h"
#include "ingest/stream.h"
#include "ingest/stream_utf16.h"

/* cite: zlib.h, inflateInit2(): 15 bits of window, +16 for a gzip header. */
#define GZIP_WINDOW_BITS (15 + 16)

/* cite: RFC 8878 section 3.1.2: skippable frames have 16 magic numbers. */
#define ZSTD_SKIPPABLE 0x184d2a50
#define ZSTD_SKIPPABLE_MASK 0xfffffff0

/* cite: lz4_Frame_format.md 1.6.2, "Magic Number" */
#define LZ4_MAGIC UINT32_C(0x184d2204)

/* Half-size tables of bzip2 save memory at half the speed; not wanted.
 * cite: bzlib.h 1.0.8, BZ2_bzDecompressInit(): verbosity, small */
#define BZIP2_QUIET 0
#define BZIP2_FAST 0

enum pack_format {
	PACK_NONE,
	PACK_GZIP,
	PACK_ZSTD,
	PACK_XZ,
	PACK_BZIP2,
	PACK_LZ4,
	PACK_UTF16, /* no packing, but not the bytes that parsers read */
};

struct unpacker {
	enum pack_format format;
	bool between; /* a member ended, the next has not begun */
	z_stream gzip;
	ZSTD_DStream *zstd;
	lzma_stream xz;
	bz_stream bzip2;
	LZ4F_dctx *lz4;
	struct utf16 utf16;
};

/* "BZh", the size of its blocks, and the first block's mark or the end's.
 * cite: bzip2 1.0.8 compress.c, BZ2_compressBlock() */
static bool
is_bzip2(struct view head)
{
	return head.len >= 6 && memcmp(head.data, "BZh", 3) == 0 &&
		head.data[3] >= '1' && head.data[3] <= '9' &&
		((head.data[4] == 0x31 && head.data[5] == 0x41) ||
			(head.data[4] == 0x17 && head.data[5] == 0x72));
}

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
	if (is_bzip2(head))
		return PACK_BZIP2;
	bool big;
	if (utf16_recognise(head, &big))
		return PACK_UTF16;
	if (head.len < 4)
		return PACK_NONE;
	uint32_t magic = load_le32(head.data);
	if (magic == LZ4_MAGIC)
		return PACK_LZ4;
	if (magic == ZSTD_MAGICNUMBER ||
		(magic & ZSTD_SKIPPABLE_MASK) == ZSTD_SKIPPABLE)
		return PACK_ZSTD;
	return PACK_NONE;
}

bool
unpack_recognise(struct view head)
{
	return format_of(head) != PACK_NONE;
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
	case PACK_BZIP2:
		ready = BZ2_bzDecompressInit(
				&u->bzip2, BZIP2_QUIET, BZIP2_FAST) == BZ_OK;
		break;
	case PACK_LZ4:
		ready = !LZ4F_isError(
			LZ4F_createDecompressionContext(&u->lz4, LZ4F_VERSION));
		break;
	case PACK_UTF16:
		ready = utf16_recognise(head, &u->utf16.big);
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
	switch (u->format) {
	case PACK_GZIP:
		inflateEnd(&u->gzip);
		break;
	case PACK_ZSTD:
		ZSTD_freeDStream(u->zstd);
		break;
	case PACK_XZ:
		lzma_end(&u->xz);
		break;
	case PACK_BZIP2:
		BZ2_bzDecompressEnd(&u->bzip2);
		break;
	case PACK_LZ4:
		LZ4F_freeDecompressionContext(u->lz4);
		break;
	case PACK_UTF16:
	case PACK_NONE:
		break;
	}
	free(u);
}

const char *
unpacker_name(const struct unpacker *u)
{
	static const char *const names[] = {[PACK_NONE] = "",
		[PACK_GZIP] = "gzip",
		[PACK_ZSTD] = "zstd",
		[PACK_XZ] = "xz",
		[PACK_BZIP2] = "bzip2",
		[PACK_LZ4] = "lz4",
		[PACK_UTF16] = "utf-16"};
	return names[u->format];
}

/* Between members: pass zeros over; true when a member begins, as first says. */
static bool
member_begins(struct view *in, uint8_t first)
{
	while (in->len > 0 && in->data[0] == 0)
		*in = view_skip(*in, 1);
	return in->len > 0 && in->data[0] == first;
}

static enum unpack_status
run_gzip(struct unpacker *u, struct view *in, bool at_eof, uint8_t *out,
	size_t room, size_t *made)
{
	if (u->between) {
		if (!member_begins(in, 0x1f)) {
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

static enum unpack_status
run_bzip2(struct unpacker *u, struct view *in, bool at_eof, uint8_t *out,
	size_t room, size_t *made)
{
	if (u->between) {
		if (!member_begins(in, 'B')) {
			if (in->len > 0)
				return UNPACK_DAMAGED;
			return at_eof ? UNPACK_DONE : UNPACK_GOING;
		}
		u->between = false;
	}
	/* The library does not write through next_in; its type has no const. */
	u->bzip2.next_in = (char *)(uintptr_t)in->data;
	u->bzip2.avail_in = (unsigned)in->len;
	u->bzip2.next_out = (char *)out;
	u->bzip2.avail_out = (unsigned)room;
	int rc = BZ2_bzDecompress(&u->bzip2);
	*made = room - u->bzip2.avail_out;
	*in = view_skip(*in, in->len - u->bzip2.avail_in);
	if (rc == BZ_STREAM_END) {
		u->between = true;
		BZ2_bzDecompressEnd(&u->bzip2);
		memset(&u->bzip2, 0, sizeof u->bzip2);
		rc = BZ2_bzDecompressInit(&u->bzip2, BZIP2_QUIET, BZIP2_FAST);
	}
	if (rc == BZ_MEM_ERROR)
		memory_exhausted();
	if (rc != BZ_OK)
		return UNPACK_DAMAGED;
	bool stuck = at_eof && in->len == 0 && *made == 0 && !u->between;
	return stuck ? UNPACK_DAMAGED : UNPACK_GOING;
}

static enum unpack_status
run_lz4(struct unpacker *u, struct view *in, bool at_eof, uint8_t *out,
	size_t room, size_t *made)
{
	if (u->between && in->len == 0)
		return at_eof ? UNPACK_DONE : UNPACK_GOING;
	size_t taken = in->len;
	*made = room;
	size_t rc = LZ4F_decompress(u->lz4, out, made, in->data, &taken, NULL);
	if (LZ4F_isError(rc)) {
		*made = 0;
		return UNPACK_DAMAGED;
	}
	*in = view_skip(*in, taken);
	/* 0 is "a frame ended and all of it is written". */
	u->between = rc == 0;
	bool stuck = at_eof && in->len == 0 && *made == 0 && !u->between;
	return stuck ? UNPACK_DAMAGED : UNPACK_GOING;
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
	case PACK_BZIP2:
		return run_bzip2(u, in, at_eof, out, room, made);
	case PACK_LZ4:
		return run_lz4(u, in, at_eof, out, room, made);
	case PACK_UTF16:
		*made = utf16_run(&u->utf16, in, out, room);
		return at_eof && in->len == 0 && u->utf16.left_len == 0
			? UNPACK_DONE
			: UNPACK_GOING;
	default:
		return run_xz(u, in, at_eof, out, room, made);
	}
}
