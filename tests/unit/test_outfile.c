/*
 * Outputs appear whole or not at all.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/tempfile.h"
#include "base/outfile.h"

static char folder[] = "/tmp/test_outfile.XXXXXX";
static char path[64];

static int
files_in_folder(void)
{
	int n = 0;
	DIR *d = opendir(folder);
	assert_non_null(d);
	for (struct dirent *e = readdir(d); e != NULL; e = readdir(d))
		n += e->d_name[0] != '.';
	closedir(d);
	return n;
}

static void
published_whole(void **state)
{
	(void)state;
	struct outfile f;
	struct error e = {0};
	struct stat st;
	assert_true(outfile_open(&f, path, &e));
	fputs("hello", f.stream);
	assert_int_not_equal(access(path, F_OK), 0);
	assert_true(outfile_flush(&f, &e));
	assert_int_not_equal(access(path, F_OK), 0);
	assert_true(outfile_publish(&f, &e));
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_size, 5);
	assert_int_equal(st.st_mode & 0777, 0644);
	assert_int_equal(files_in_folder(), 1);
	outfile_abandon(&f); /* fine on a released one */
	unlink(path);
}

/* The old file stays until the new one is whole. */
static void
abandoned_without_a_trace(void **state)
{
	(void)state;
	struct outfile f;
	struct error e = {0};
	struct stat st;
	assert_true(outfile_open(&f, path, &e));
	fputs("old", f.stream);
	assert_true(outfile_publish(&f, &e));
	assert_true(outfile_open(&f, path, &e));
	fputs("newer", f.stream);
	assert_true(outfile_flush(&f, &e));
	outfile_abandon(&f);
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_size, 3);
	assert_int_equal(files_in_folder(), 1);
	unlink(path);
}

static void
folder_that_is_not_there(void **state)
{
	(void)state;
	struct outfile f;
	struct error e = {0};
	assert_false(outfile_open(&f, "/nonexistent/folder/x", &e));
	assert_int_equal(e.kind, ERROR_ENVIRONMENT);
	assert_int_equal(error_exit_status(&e), 3);
	assert_non_null(strstr(e.text, "/nonexistent/folder/x"));
	outfile_abandon(&f);
}

static void
name_taken_by_a_folder(void **state)
{
	(void)state;
	struct outfile f;
	struct error e = {0};
	assert_int_equal(mkdir(path, 0755), 0);
	assert_false(outfile_open(&f, path, &e));
	assert_int_equal(e.kind, ERROR_ENVIRONMENT);
	assert_int_equal(files_in_folder(), 1);
	rmdir(path);
}

/* A disk that is full: the failure shows at the latest in publish. */
static void
full_disk(void **state)
{
	(void)state;
	struct outfile f;
	struct error e = {0};
	assert_true(outfile_open(&f, path, &e));
	FILE *full = fopen("/dev/full", "w");
	if (full == NULL) {
		outfile_abandon(&f);
		print_message("skipped: no /dev/full\n");
		return;
	}
	fclose(f.stream);
	f.stream = full;
	fputs("does not fit", f.stream);
	assert_false(outfile_publish(&f, &e));
	assert_int_equal(e.kind, ERROR_ENVIRONMENT);
	assert_int_equal(files_in_folder(), 0);
}

static int
make_folder(void **state)
{
	(void)state;
	if (mkdtemp(folder) == NULL)
		return -1;
	snprintf(path, sizeof path, "%s/out", folder);
	return 0;
}

static int
remove_folder(void **state)
{
	(void)state;
	return rmdir(folder);
}

/* Root could rename a file over /dev/null, and every program would miss it. */
static void
devices_are_not_replaced(void **state)
{
	(void)state;
	struct outfile f;
	struct error e = {0};
	struct stat st;
	int fd;
	assert_int_equal(symlink("/dev/null", path), 0);
	assert_true(outfile_open(&f, path, &e));
	fputs("hello", f.stream);
	assert_true(outfile_publish(&f, &e));
	assert_int_equal(stat(path, &st), 0);
	assert_true(S_ISCHR(st.st_mode));
	assert_null(tempfile_create(path, &fd, &e));
	assert_int_equal(e.kind, ERROR_ENVIRONMENT);
	assert_int_equal(files_in_folder(), 1);
	unlink(path);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(published_whole),
		cmocka_unit_test(abandoned_without_a_trace),
		cmocka_unit_test(folder_that_is_not_there),
		cmocka_unit_test(name_taken_by_a_folder),
		cmocka_unit_test(full_disk),
		cmocka_unit_test(devices_are_not_replaced),
	};
	return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
