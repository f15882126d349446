/*
 * Late hashing: the digest is that of the file, and a file that changed since
 * it was read is noted.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "ingest/late_hash.h"

/* cite: FIPS 180-4's example of one block, "abc". */
#define SHA256_ABC                         \
	"ba7816bf8f01cfea414140de5dae2223" \
	"b00361a396177a9cb410ff61f20015ad"

/* A file that holds "abc", as reading leaves it. */
static void
piece_make(struct feed_piece *p)
{
	char path[] = "/tmp/late_hash.XXXXXX";
	struct stat st;
	*p = (struct feed_piece){.late_fd = mkstemp(path)};
	assert_true(p->late_fd >= 0);
	unlink(path);
	assert_int_equal(write(p->late_fd, "abc", 3), 3);
	assert_int_equal(fstat(p->late_fd, &st), 0);
	p->late_mtime = st.st_mtim;
	p->raw_bytes = 3;
}

static void
hash_all(struct feed_piece *pieces, size_t count)
{
	struct late_hash h;
	struct late_file *list = calloc(count, sizeof *list);
	for (size_t i = 0; i < count; i++)
		list[i].piece = &pieces[i];
	late_hash_start(&h, list, count);
	/* Rows are written meanwhile: the pieces are left as they are. */
	usleep(20000);
	for (size_t i = 0; i < count; i++) {
		assert_string_equal(pieces[i].sha256, "");
		assert_true(pieces[i].late_fd >= 0);
	}
	late_hash_wait(&h);
}

static void
test_digests(void **state)
{
	(void)state;
	struct feed_piece pieces[5];
	for (size_t i = 0; i < 5; i++)
		piece_make(&pieces[i]);
	hash_all(pieces, 5);
	for (size_t i = 0; i < 5; i++) {
		assert_string_equal(pieces[i].sha256, SHA256_ABC);
		assert_int_equal(pieces[i].late_fd, -1);
		assert_int_equal(
			pieces[i].anomalies.list[ANOMALY_FILE_CHANGED].count,
			0);
	}
}

static void
test_changed(void **state)
{
	(void)state;
	struct feed_piece pieces[2];
	struct timespec times[2] = {{.tv_nsec = UTIME_OMIT}, {.tv_sec = 1}};
	piece_make(&pieces[0]);
	assert_int_equal(write(pieces[0].late_fd, "d", 1), 1);
	piece_make(&pieces[1]);
	assert_int_equal(futimens(pieces[1].late_fd, times), 0);
	hash_all(pieces, 2);
	for (size_t i = 0; i < 2; i++)
		assert_int_equal(
			pieces[i].anomalies.list[ANOMALY_FILE_CHANGED].count,
			1);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_digests),
		cmocka_unit_test(test_changed),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
