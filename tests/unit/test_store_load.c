/*
 * Tables that are written past SQLite's machine: the same rows as by its own way,
 * in a file that it finds nothing wrong with.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <dirent.h>
#include <fcntl.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "store/load.h"
#include "store/tables.h"

/* Of so many rows of attempt the tree has three levels, and few do not fit into one
 * page above the leaves. */
#define ROWS_DEEP 260000
#define ROWS_FEW 5000

struct made {
	struct store_attempt row;
	struct store_facts facts;
	int64_t disorder; /* the row that comes too late, or -1 */
	int64_t instead;  /* its number */
	const char *text; /* of facts, or NULL */
};

/* Every length that an integer may take, on both sides of each border. */
static int64_t
number_of(int64_t i)
{
	unsigned bits = (unsigned)(i % 63);
	int64_t border = INT64_C(1) << bits;
	switch (i / 63 % 6) {
	case 0:
		return border;
	case 1:
		return border - 1;
	case 2:
		return -border;
	case 3:
		return -border - 1;
	case 4:
		return INT64_MAX - border;
	default:
		return i % 2;
	}
}

static void
attempt_fill(void *context, int64_t i)
{
	struct made *m = context;
	m->row = store_attempt_null;
	m->row.id = i == m->disorder ? m->instead : 3 * i + 1;
	m->row.client = number_of(i);
	m->row.client_port = i % 65536;
	m->row.server = number_of(i + 1);
	m->row.server_port = 443;
	m->row.isn = i * 7919 % 4294967296;
	m->row.first_ns = INT64_C(1700000000000000000) + i * 1000003;
	m->row.duration_us = i % 3 == 0 ? STORE_NULL : i * 11;
	m->row.syn_retransmits = 0;
	m->row.clean = 1;
	m->row.traits = number_of(i + 2);
	m->row.answer_ttl = i % 5 == 0 ? STORE_NULL : 64;
	m->row.alike = 0;
}

static void
facts_fill(void *context, int64_t i)
{
	struct made *m = context;
	char *bytes = (char *)&m->facts;
	m->facts = store_facts_null;
	const struct store_table *t = &store_tables[STORE_TABLE_facts];
	for (int c = 0; c < t->columns_count; c++) {
		if (t->columns[c].type == STORE_INT)
			*(int64_t *)(bytes + t->columns[c].offset) =
				number_of(i + c);
		else if (t->columns[c].type == STORE_TEXT)
			*(const char **)(bytes + t->columns[c].offset) =
				m->text;
	}
	m->facts.attempt = i + 1;
}

static int64_t
query_int(struct store *s, const char *sql)
{
	sqlite3_stmt *stmt = store_prepare(s, sql, NULL);
	assert_non_null(stmt);
	assert_int_equal(sqlite3_step(stmt), SQLITE_ROW);
	int64_t value = sqlite3_column_int64(stmt, 0);
	sqlite3_finalize(stmt);
	return value;
}

static void
assert_sound(struct store *s)
{
	sqlite3_stmt *stmt = store_prepare(s, "PRAGMA integrity_check", NULL);
	assert_non_null(stmt);
	assert_int_equal(sqlite3_step(stmt), SQLITE_ROW);
	assert_string_equal((const char *)sqlite3_column_text(stmt, 0), "ok");
	sqlite3_finalize(stmt);
}

/* All values of all rows, of both. */
static void
assert_same(struct store *a, struct store *b, const char *sql)
{
	sqlite3_stmt *x = store_prepare(a, sql, NULL);
	sqlite3_stmt *y = store_prepare(b, sql, NULL);
	int code;
	while ((code = sqlite3_step(x)) == SQLITE_ROW) {
		assert_int_equal(sqlite3_step(y), SQLITE_ROW);
		for (int i = 0; i < sqlite3_column_count(x); i++) {
			assert_int_equal(sqlite3_column_type(x, i),
				sqlite3_column_type(y, i));
			assert_int_equal(sqlite3_column_int64(x, i),
				sqlite3_column_int64(y, i));
			if (sqlite3_column_type(x, i) == SQLITE_TEXT)
				assert_string_equal(
					(const char *)sqlite3_column_text(x, i),
					(const char *)sqlite3_column_text(
						y, i));
		}
	}
	assert_int_equal(code, SQLITE_DONE);
	assert_int_equal(sqlite3_step(y), SQLITE_DONE);
	sqlite3_finalize(x);
	sqlite3_finalize(y);
}

struct place {
	char folder[64];
	char path[96];
	char temporary[384]; /* where the store grows */
};

static struct store *
store_in(struct place *p)
{
	struct error e = {0};
	snprintf(p->folder, sizeof p->folder, "/tmp/lostsyn-load-XXXXXX");
	assert_non_null(mkdtemp(p->folder));
	snprintf(p->path, sizeof p->path, "%s/evidence.sqlite", p->folder);
	struct store *s = store_create(p->path, &e);
	assert_non_null(s);
	store_stage(s, STORE_STITCH);
	DIR *d = opendir(p->folder);
	for (struct dirent *f; (f = readdir(d)) != NULL;)
		if (f->d_name[0] != '.' || strlen(f->d_name) > 2)
			snprintf(p->temporary, sizeof p->temporary, "%s/%s",
				p->folder, f->d_name);
	closedir(d);
	return s;
}

static struct store *
store_in_memory(void)
{
	struct error e = {0};
	struct store *s = store_create(NULL, &e);
	assert_non_null(s);
	store_stage(s, STORE_STITCH);
	return s;
}

static void
place_leave(struct store *s, struct place *p)
{
	store_free(s);
	unlink(p->path);
	rmdir(p->folder);
}

static void
append_attempts(struct store *s, struct made *m, int64_t count)
{
	struct error e = {0};
	assert_true(
		store_append_attempt(s, count, &m->row, attempt_fill, m, &e));
}

static void
test_same_rows(void **state)
{
	(void)state;
	static const int64_t counts[] = {
		LOAD_ROWS_MIN - 1, LOAD_ROWS_MIN, ROWS_DEEP};
	for (size_t i = 0; i < sizeof counts / sizeof *counts; i++) {
		struct error e = {0};
		struct place p;
		struct made m = {.disorder = -1, .text = "covered"};
		struct store *s = store_in(&p);
		struct store *plain = store_in_memory();
		append_attempts(s, &m, counts[i]);
		append_attempts(plain, &m, counts[i]);
		assert_true(store_append_facts(
			s, ROWS_FEW, &m.facts, facts_fill, &m, &e));
		assert_true(store_append_facts(
			plain, ROWS_FEW, &m.facts, facts_fill, &m, &e));
		assert_same(s, plain, "SELECT * FROM attempt ORDER BY id");
		assert_same(s, plain, "SELECT * FROM facts ORDER BY attempt");
		assert_same(s, plain,
			"SELECT * FROM attempt WHERE id IN (1, 4, 40000, "
			"4097)");
		assert_sound(s);
		if (counts[i] == ROWS_DEEP)
			/* More than one page above the leaves points at. */
			assert_true(query_int(s, "PRAGMA page_count") > 1100);
		store_free(plain);
		place_leave(s, &p);
	}
}

/* The file goes on as any other. */
static void
test_grows_on(void **state)
{
	(void)state;
	struct error e = {0};
	struct place p;
	struct made m = {.disorder = -1};
	struct store *s = store_in(&p);
	append_attempts(s, &m, ROWS_FEW);
	assert_true(store_exec(s,
		"CREATE INDEX by_isn ON attempt (isn); DELETE FROM attempt "
		"WHERE id % 2 = 0; INSERT INTO attempt SELECT id + 100000, "
		"client, client_port, server, server_port, isn, first_ns, "
		"duration_us, syn_retransmits, clean, traits, seen_client, "
		"seen_port, used_us, answer_ttl, answer_clock, alike "
		"FROM attempt",
		&e));
	assert_int_equal(query_int(s, "SELECT count(*) FROM attempt"), 5000);
	assert_sound(s);
	assert_true(store_publish(s, &e));
	place_leave(s, &p);
}

/* What does not fit goes SQLite's own way, and leaves nothing behind. */
static void
test_unfit(void **state)
{
	(void)state;
	struct error e = {0};
	struct place p;
	char longest[9000];
	memset(longest, 'x', sizeof longest - 1);
	longest[sizeof longest - 1] = '\0';
	struct made m = {.disorder = -1, .text = longest};
	struct store *s = store_in(&p);
	assert_true(
		store_append_facts(s, ROWS_FEW, &m.facts, facts_fill, &m, &e));
	assert_int_equal(query_int(s, "SELECT count(*) FROM facts"), ROWS_FEW);
	m.disorder = 4800;
	m.instead = 2;
	append_attempts(s, &m, ROWS_FEW);
	assert_int_equal(
		query_int(s, "SELECT count(*) FROM attempt"), ROWS_FEW);
	assert_int_equal(
		query_int(s, "SELECT client_port FROM attempt WHERE id = 2"),
		4800);
	assert_sound(s);
	place_leave(s, &p);
}

/* What the schema refuses is refused, in SQLite's words. */
static void
test_number_twice(void **state)
{
	(void)state;
	struct error e = {0};
	struct place p;
	struct made m = {.disorder = 4800, .instead = 1};
	struct store *s = store_in(&p);
	assert_false(store_append_attempt(
		s, ROWS_FEW, &m.row, attempt_fill, &m, &e));
	assert_non_null(strstr(e.text, "UNIQUE"));
	assert_sound(s);
	place_leave(s, &p);
}

static void
null_fill(void *context, int64_t i)
{
	struct made *m = context;
	attempt_fill(m, i);
	if (i == 4500)
		m->row.isn = STORE_NULL;
}

static void
test_null_refused(void **state)
{
	(void)state;
	struct error e = {0};
	struct place p;
	struct made m = {.disorder = -1};
	struct store *s = store_in(&p);
	assert_false(
		store_append_attempt(s, ROWS_FEW, &m.row, null_fill, &m, &e));
	assert_non_null(strstr(e.text, "NOT NULL"));
	place_leave(s, &p);
}

/* Rows that are there stay; a statement that runs is not robbed of its pages. */
static void
test_not_alone(void **state)
{
	(void)state;
	struct error e = {0};
	struct place p;
	struct made m = {.disorder = -1};
	struct store *s = store_in(&p);
	attempt_fill(&m, 7000);
	assert_true(store_insert_attempt(s, &m.row, &e));
	append_attempts(s, &m, ROWS_FEW);
	assert_int_equal(query_int(s, "SELECT count(*) FROM attempt"), 5001);
	assert_true(store_exec(s, "DELETE FROM attempt", &e));
	sqlite3_stmt *running =
		store_prepare(s, "SELECT name FROM sqlite_schema", &e);
	assert_int_equal(sqlite3_step(running), SQLITE_ROW);
	append_attempts(s, &m, ROWS_FEW);
	assert_int_equal(sqlite3_step(running), SQLITE_ROW);
	sqlite3_finalize(running);
	assert_int_equal(query_int(s, "SELECT count(*) FROM attempt"), 5000);
	assert_sound(s);
	place_leave(s, &p);
}

/* No room on the disk, as a limit on the file's size has it. */
static void
test_disk_full(void **state)
{
	(void)state;
	struct error e = {0};
	struct place p;
	struct made m = {.disorder = -1};
	struct store *s = store_in(&p);
	struct rlimit before, small;
	assert_int_equal(getrlimit(RLIMIT_FSIZE, &before), 0);
	small = before;
	small.rlim_cur = 2000000;
	signal(SIGXFSZ, SIG_IGN);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &small), 0);
	bool ok = store_append_attempt(s, 50000, &m.row, attempt_fill, &m, &e);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &before), 0);
	assert_false(ok);
	assert_int_equal(e.kind, ERROR_ENVIRONMENT);
	assert_non_null(strstr(e.text, "free some space"));
	place_leave(s, &p);
}

/*
 * The file reaches its first GiB within the table: the page of that byte is left
 * out. What was before is a hole here, which only integrity_check would mind.
 * cite: sqlite.org/fileformat2.html, 1.4
 */
static void
test_lock_page(void **state)
{
	(void)state;
	enum { PAGE = 16384, LOCK = 0x40000000 / PAGE + 1 };
	struct error e = {0};
	struct place p;
	struct made m = {.disorder = -1};
	struct store *s = store_in(&p);
	assert_true(store_exec(s,
		"COMMIT; PRAGMA locking_mode = NORMAL; SELECT 1 FROM meta",
		&e));
	int fd = open(p.temporary, O_RDWR);
	uint8_t header[100];
	assert_int_equal(pread(fd, header, 100, 0), 100);
	assert_int_equal(header[16] << 8 | header[17], PAGE);
	header[27] = header[95] = (uint8_t)(header[27] + 1);
	for (int i = 0; i < 4; i++)
		header[28 + i] = (uint8_t)((LOCK - 20) >> (24 - 8 * i));
	assert_int_equal(ftruncate(fd, (off_t)(LOCK - 20) * PAGE), 0);
	assert_int_equal(pwrite(fd, header, 100, 0), 100);
	assert_true(
		store_exec(s, "PRAGMA locking_mode = EXCLUSIVE; BEGIN", &e));
	append_attempts(s, &m, 20000);
	assert_int_equal(query_int(s, "SELECT count(*) FROM attempt"), 20000);
	assert_int_equal(query_int(s, "SELECT sum(id) FROM attempt"),
		INT64_C(3) * 19999 * 20000 / 2 + 20000);
	assert_true(lseek(fd, 0, SEEK_END) > (off_t)(LOCK + 20) * PAGE);
	uint8_t page[PAGE], none[PAGE] = {0};
	assert_int_equal(pread(fd, page, PAGE, (off_t)(LOCK - 1) * PAGE), PAGE);
	assert_memory_equal(page, none, PAGE);
	assert_int_equal(pread(fd, page, PAGE, (off_t)LOCK * PAGE), PAGE);
	assert_int_equal(page[0], 0x0d);
	close(fd);
	place_leave(s, &p);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_same_rows),
		cmocka_unit_test(test_grows_on),
		cmocka_unit_test(test_unfit),
		cmocka_unit_test(test_number_twice),
		cmocka_unit_test(test_null_refused),
		cmocka_unit_test(test_not_alone),
		cmocka_unit_test(test_disk_full),
		cmocka_unit_test(test_lock_page),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
