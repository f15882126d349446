/*
 * The byte stream: plain files, FIFOs, packed and damaged ones, and the hash.
 *
 * Packed inputs are made here with the same libraries, so no test data is kept.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <fcntl.h>
#include <lzma.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>
#include <zstd.h>

#include "ingest/stream.h"

#define CONTENT_LEN ((size_t)700 * 1000) /* more than two windows */

static uint8_t content[CONTENT_LEN];
static char folder[] = "/tmp/test_stream.XXXXXX";
static char path[64];
static int damage_notes;

static void
note(void *context, enum anomaly a, uint64_t at)
{
	(void)context;
	(void)at;
	assert_int_equal(a, ANOMALY_COMPRESSION_DAMAGED);
	damage_notes++;
}

static const struct anomaly_sink sink = {note, NULL};

/* A third noise, so that it packs, but not to nothing. */
static int
make_content(void **state)
{
	(void)state;
	uint32_t x = 1;
	for (size_t i = 0; i < CONTENT_LEN; i++) {
		x = x * 1664525 + 1013904223;
		content[i] = i % 3 == 0 ? (uint8_t)(x >> 24) : 7;
	}
	if (mkdtemp(folder) == NULL)
		return -1;
	snprintf(path, sizeof path, "%s/input", folder);
	return 0;
}

static int
remove_folder(void **state)
{
	(void)state;
	unlink(path);
	return rmdir(folder);
}

/* Bytes that grow; released by the test. */
struct bytes {
	uint8_t *data;
	size_t len;
};

static void
append(struct bytes *b, const void *data, size_t len)
{
	b->data = realloc(b->data, b->len + len + 1);
	assert_non_null(b->data);
	memcpy(b->data + b->len, data, len);
	b->len += len;
}

static void
append_gzip(struct bytes *b, const uint8_t *data, size_t len)
{
	z_stream z = {0};
	assert_int_equal(deflateInit2(&z, 1, Z_DEFLATED, 15 + 16, 8, 0), Z_OK);
	size_t room = deflateBound(&z, len) + 64;
	uint8_t *out = malloc(room);
	z.next_in = (Bytef *)(uintptr_t)data;
	z.avail_in = (uInt)len;
	z.next_out = out;
	z.avail_out = (uInt)room;
	assert_int_equal(deflate(&z, Z_FINISH), Z_STREAM_END);
	append(b, out, z.total_out);
	deflateEnd(&z);
	free(out);
}

static void
append_zstd(struct bytes *b, const uint8_t *data, size_t len)
{
	size_t room = ZSTD_compressBound(len);
	uint8_t *out = malloc(room);
	/* With a checksum, as the zstd program does. */
	ZSTD_CCtx *z = ZSTD_createCCtx();
	ZSTD_CCtx_setParameter(z, ZSTD_c_checksumFlag, 1);
	size_t n = ZSTD_compress2(z, out, room, data, len);
	assert_false(ZSTD_isError(n));
	append(b, out, n);
	ZSTD_freeCCtx(z);
	free(out);
}

static void
append_xz(struct bytes *b, const uint8_t *data, size_t len)
{
	size_t room = lzma_stream_buffer_bound(len);
	uint8_t *out = malloc(room);
	size_t n = 0;
	assert_int_equal(lzma_easy_buffer_encode(0, LZMA_CHECK_CRC32, NULL,
				 data, len, out, &n, room),
		LZMA_OK);
	append(b, out, n);
	free(out);
}

typedef void append_fn(struct bytes *b, const uint8_t *data, size_t len);
static append_fn *const packers[] = {append_gzip, append_zstd, append_xz};
#define PACKERS (sizeof packers / sizeof packers[0])

static void
write_file(const void *data, size_t len)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);
	assert_true(fd >= 0);
	assert_int_equal(write(fd, data, len), len);
	close(fd);
}

/* Read all of s in bites, comparing with content; how much there was. */
static size_t
drain(struct stream *s, size_t bite)
{
	size_t total = 0;
	for (;;) {
		bool filled = stream_fill(s, bite);
		assert_true(filled == (s->window.len >= bite));
		size_t n = filled ? bite : s->window.len;
		if (n > 0)
			assert_memory_equal(s->window.data,
				content + total % CONTENT_LEN, n);
		stream_consume(s, n);
		total += n;
		if (!filled)
			break;
	}
	assert_true(s->at_eof);
	assert_int_equal(s->unpacked_bytes, total);
	return total;
}

static void
assert_hash_is_of(const struct stream *s, const void *data, size_t len)
{
	struct digest d;
	char hex[DIGEST_TEXT_MAX];
	digest_init(&d);
	digest_add(&d, view_of(data, len));
	digest_finish(&d, hex);
	assert_string_equal(s->sha256, hex);
	assert_int_equal(s->raw_bytes, len);
}

static void
test_plain_file_in_bites(void **state)
{
	(void)state;
	/* Divisors of CONTENT_LEN, so that no bite crosses its end. */
	static const size_t bites[] = {1, 1000, 350000, CONTENT_LEN};
	write_file(content, CONTENT_LEN);
	for (size_t i = 0; i < sizeof bites / sizeof bites[0]; i++) {
		struct stream s;
		struct error e = {0};
		assert_true(stream_open(&s, path, sink, &e));
		assert_int_equal(drain(&s, bites[i]), CONTENT_LEN);
		assert_true(stream_finish(&s));
		assert_hash_is_of(&s, content, CONTENT_LEN);
		stream_close(&s);
	}
	assert_int_equal(damage_notes, 0);
}

static void
test_hash_covers_what_was_not_read(void **state)
{
	(void)state;
	struct bytes b = {0};
	append_gzip(&b, content, CONTENT_LEN);
	write_file(b.data, b.len);
	struct stream s;
	assert_true(stream_open(&s, path, sink, NULL));
	assert_true(stream_fill(&s, 10));
	assert_string_equal(s.sha256, "");
	assert_true(stream_finish(&s));
	assert_true(stream_finish(&s)); /* asking twice does no harm */
	assert_hash_is_of(&s, b.data, b.len);
	stream_close(&s);
	free(b.data);
}

static void
test_short_files(void **state)
{
	(void)state;
	for (size_t len = 0; len < 8; len++) {
		struct stream s;
		write_file(content, len);
		assert_true(stream_open(&s, path, sink, NULL));
		assert_false(stream_fill(&s, 8));
		assert_int_equal(s.window.len, len);
		assert_true(s.at_eof);
		assert_int_equal(s.error.kind, ERROR_NONE);
		assert_true(stream_finish(&s));
		stream_close(&s);
	}
}

/* Whole, in two members, and with what formats allow behind them. */
static void
test_packed(void **state)
{
	(void)state;
	static const uint8_t zeros[512];
	for (size_t i = 0; i < 2 * PACKERS; i++) {
		struct bytes b = {0};
		append_fn *pack = packers[i / 2];
		size_t half = i % 2 == 0 ? CONTENT_LEN : 300001;
		pack(&b, content, half);
		if (half < CONTENT_LEN)
			pack(&b, content + half, CONTENT_LEN - half);
		if (pack == append_gzip)
			append(&b, zeros, sizeof zeros);
		write_file(b.data, b.len);
		struct stream s;
		assert_true(stream_open(&s, path, sink, NULL));
		assert_int_equal(drain(&s, 1000), CONTENT_LEN);
		assert_true(stream_finish(&s));
		assert_hash_is_of(&s, b.data, b.len);
		stream_close(&s);
		free(b.data);
	}
	assert_int_equal(damage_notes, 0);
}

static void
test_cut_and_damaged_keep_what_came_before(void **state)
{
	(void)state;
	for (size_t i = 0; i < 2 * PACKERS; i++) {
		struct bytes b = {0};
		packers[i / 2](&b, content, CONTENT_LEN);
		size_t len = b.len;
		if (i % 2 == 0)
			len = len * 3 / 4;
		else
			memset(b.data + len * 3 / 4, 0xff, 64);
		write_file(b.data, len);
		struct stream s;
		damage_notes = 0;
		assert_true(stream_open(&s, path, sink, NULL));
		size_t got = 0;
		while (stream_fill(&s, 1000)) {
			/* Behind the damage a format without block checks
			   may give a little that is wrong. */
			if (got < CONTENT_LEN / 2)
				assert_memory_equal(
					s.window.data, content + got, 1000);
			stream_consume(&s, 1000);
			got += 1000;
		}
		assert_true(got > CONTENT_LEN / 2);
		/* A checksum at the very end notices last. */
		assert_true(got < CONTENT_LEN || i % 2 != 0);
		assert_int_equal(damage_notes, 1);
		assert_int_equal(s.error.kind, ERROR_NONE);
		assert_true(stream_finish(&s));
		assert_hash_is_of(&s, b.data, len);
		stream_close(&s);
		free(b.data);
	}
}

/* Rubbish behind the last member is damage, after all of the content. */
static void
test_rubbish_behind(void **state)
{
	(void)state;
	for (size_t i = 0; i < PACKERS; i++) {
		struct bytes b = {0};
		packers[i](&b, content, CONTENT_LEN);
		append(&b, "rubbish", 7);
		write_file(b.data, b.len);
		struct stream s;
		damage_notes = 0;
		assert_true(stream_open(&s, path, sink, NULL));
		assert_int_equal(drain(&s, 1000), CONTENT_LEN);
		assert_int_equal(damage_notes, 1);
		stream_close(&s);
		free(b.data);
	}
}

/* A dictionary of 2 GiB is refused with advice, not tried. */
static void
test_too_large_dictionary(void **state)
{
	(void)state;
	/* cite: RFC 8878 section 3.1.1.1: descriptor, window descriptor with
	   exponent 21 (2^31 bytes), then a block. */
	static const uint8_t frame[] = {
		0x28, 0xb5, 0x2f, 0xfd, 0x00, 21 << 3, 0x01, 0, 0};
	struct stream s;
	damage_notes = 0;
	write_file(frame, sizeof frame);
	assert_true(stream_open(&s, path, sink, NULL));
	assert_false(stream_fill(&s, 1));
	assert_int_equal(s.error.kind, ERROR_USAGE);
	assert_non_null(strstr(s.error.text, "unpack it first"));
	assert_int_equal(damage_notes, 0);
	assert_false(stream_finish(&s));
	stream_close(&s);
}

static void *
feed_fifo(void *argument)
{
	int fd = *(int *)argument;
	for (size_t at = 0; at < CONTENT_LEN;) {
		size_t n = at % 7 + 1; /* dribble, then gush */
		if (at > 1000)
			n = CONTENT_LEN - at;
		ssize_t done = write(fd, content + at, n);
		if (done <= 0)
			break;
		at += (size_t)done;
	}
	close(fd);
	return NULL;
}

static void
test_pipe(void **state)
{
	(void)state;
	for (int nonblocking = 0; nonblocking < 2; nonblocking++) {
		int ends[2];
		pthread_t feeder;
		struct stream s;
		assert_int_equal(pipe(ends), 0);
		if (nonblocking)
			fcntl(ends[0], F_SETFL, O_NONBLOCK);
		assert_int_equal(
			pthread_create(&feeder, NULL, feed_fifo, &ends[1]), 0);
		assert_true(stream_take_fd(&s, ends[0], "pipe", sink, NULL));
		assert_int_equal(drain(&s, 1000), CONTENT_LEN);
		pthread_join(feeder, NULL);
		assert_true(stream_finish(&s));
		assert_hash_is_of(&s, content, CONTENT_LEN);
		stream_close(&s);
	}
}

static void
test_window_grows_to_the_longest_record(void **state)
{
	(void)state;
	int fd = open(path, O_RDWR | O_CREAT | O_TRUNC, 0600);
	assert_int_equal(ftruncate(fd, (off_t)STREAM_WINDOW_MAX + 10), 0);
	struct stream s;
	assert_true(stream_take_fd(&s, fd, "sparse", sink, NULL));
	assert_true(stream_fill(&s, 3));
	stream_consume(&s, 3);
	assert_true(stream_fill(&s, STREAM_WINDOW_MAX));
	stream_consume(&s, STREAM_WINDOW_MAX);
	assert_false(stream_fill(&s, STREAM_WINDOW_MAX));
	assert_int_equal(s.window.len, 7);
	stream_close(&s);
}

static void
test_unreadable(void **state)
{
	(void)state;
	struct stream s;
	struct error e = {0};
	assert_false(stream_open(&s, folder, sink, &e));
	assert_int_equal(e.kind, ERROR_ENVIRONMENT);
	assert_non_null(strstr(e.text, folder));
	assert_non_null(strstr(e.text, strerror(EISDIR)));
	e = (struct error){0};
	assert_false(stream_open(&s, "/nonexistent/file", sink, &e));
	assert_non_null(strstr(
		e.text, "/nonexistent/file: cannot be read: No such file"));
}

static void
test_read_error(void **state)
{
	(void)state;
	/* Opened for writing only: read fails with EBADF. */
	int fd = open(path, O_WRONLY | O_CREAT, 0600);
	struct stream s;
	assert_true(stream_take_fd(&s, fd, "odd", sink, NULL));
	assert_false(stream_fill(&s, 1));
	assert_true(s.at_eof);
	assert_int_equal(s.error.kind, ERROR_ENVIRONMENT);
	assert_false(stream_finish(&s));
	stream_close(&s);
}

/* Text of Windows, in both orders, with a mark or without, read in any steps:
   the same UTF-8. */
static void
test_utf16(void **state)
{
	(void)state;
	/* "a", e acute, the euro sign, a clef beyond 16 bits, end of line */
	static const uint16_t units[] = {
		'a', 'b', 'c', 0xe9, 0x20ac, 0xd834, 0xdd1e, '\n'};
	static const char utf8[] = "abc\303\251\342\202\254"
				   "\360\235\204\236\n";
	for (int form = 0; form < 4; form++) {
		struct bytes b = {0};
		bool big = form & 1;
		if (form & 2)
			append(&b, big ? "\xfe\xff" : "\xff\xfe", 2);
		for (int n = 0; n < 9000; n++) {
			for (size_t i = 0; i < sizeof units / sizeof *units;
				i++) {
				uint8_t unit[2];
				unit[!big] = (uint8_t)(units[i] >> 8);
				unit[big] = (uint8_t)units[i];
				append(&b, unit, 2);
			}
		}
		struct stream s;
		struct error e = {0};
		FILE *f = fopen(path, "wb");
		assert_non_null(f);
		assert_int_equal(fwrite(b.data, 1, b.len, f), b.len);
		fclose(f);
		assert_true(stream_open(&s, path, sink, &e));
		size_t len;
		uint8_t *all = stream_read_whole(&s, 1000000, &len);
		assert_int_equal(len, 9000 * (sizeof utf8 - 1));
		for (size_t at = 0; at < len; at += sizeof utf8 - 1)
			assert_memory_equal(all + at, utf8, sizeof utf8 - 1);
		assert_string_equal(stream_compression(&s), "utf-16");
		free(all);
		free(b.data);
		stream_close(&s);
	}
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_plain_file_in_bites),
		cmocka_unit_test(test_hash_covers_what_was_not_read),
		cmocka_unit_test(test_short_files),
		cmocka_unit_test(test_packed),
		cmocka_unit_test(test_utf16),
		cmocka_unit_test(test_cut_and_damaged_keep_what_came_before),
		cmocka_unit_test(test_rubbish_behind),
		cmocka_unit_test(test_too_large_dictionary),
		cmocka_unit_test(test_pipe),
		cmocka_unit_test(test_window_grows_to_the_longest_record),
		cmocka_unit_test(test_unreadable),
		cmocka_unit_test(test_read_error),
	};
	return cmocka_run_group_tests(tests, make_content, remove_folder);
}
