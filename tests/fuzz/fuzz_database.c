/*
 * An evidence.sqlite from a stranger. What begins like a database is taken as
 * the file itself; anything else edits the cells of a small database of ours, so
 * that mutations get past SQLite's own checks: wrong types, extremes, texts that
 * would steer a terminal or a page, rows that are gone, rows that point nowhere.
 *
 * Whatever it holds: it is refused with a reason, or every writer ends, the
 * JSON is JSON, the page has no tag of the evidence's and the terminal gets no
 * hidden character. Judging it again ends as well.
 */
#include <jansson.h>
#include <sqlite3.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/embedded.h"
#include "base/utf8.h"
#include "fuzz_run.h"
#include "judge/judge.h"
#include "report/export.h"

/* Run on a new database: an incident with every shape of verdict. */
extern const struct embedded embedded_report_case[];
/* A tag that only a cell can bring into the page. */
#define TAG "<lost"
/* Each edit costs a statement; the rows of the fixture are some hundred. */
#define EDITS_MAX 24

/* How an edit changes a cell: the byte after its row. */
enum edit {
	EDIT_TEXT,
	EDIT_NUMBER,
	EDIT_EXTREME,
	EDIT_NULL,
	EDIT_BLOB,
	EDIT_REAL,
	EDIT_DELETE_ROW,
	EDIT_MODES,
};

/* Every stored cell's column, as "table" and "column". */
struct column {
	char table[32];
	char name[48];
};

static struct column columns[1024];
static size_t column_count;
/* The fixture's database, serialized; the edits begin from it. */
static unsigned char *fixture;
static sqlite3_int64 fixture_len;

static void
run_sql(sqlite3 *db, const char *sql)
{
	require(sqlite3_exec(db, sql, NULL, NULL, NULL) == SQLITE_OK);
}

static void
learn_columns(sqlite3 *db)
{
	sqlite3_stmt *s = NULL;
	require(sqlite3_prepare_v2(db,
			"SELECT m.name, c.name FROM sqlite_schema m "
			"JOIN pragma_table_info(m.name) c "
			"WHERE m.type = 'table' ORDER BY m.name, c.cid",
			-1, &s, NULL) == SQLITE_OK);
	while (sqlite3_step(s) == SQLITE_ROW && column_count < 1024) {
		struct column *c = &columns[column_count++];
		snprintf(c->table, sizeof c->table, "%s",
			(const char *)sqlite3_column_text(s, 0));
		snprintf(c->name, sizeof c->name, "%s",
			(const char *)sqlite3_column_text(s, 1));
	}
	sqlite3_finalize(s);
	require(column_count > 0);
}

/* Once: the schema of today with the fixture's rows. */
static void
make_fixture(void)
{
	const char *rows = embedded_report_case[0].text;
	struct error e = {0};
	struct store *s = store_create(NULL, &e);
	require(s != NULL && store_exec(s, rows, &e));
	learn_columns(store_db(s));
	fixture = sqlite3_serialize(store_db(s), "main", &fixture_len, 0);
	require(fixture != NULL);
	store_free(s);
}

/* The next n bytes of the input, fewer at its end. */
static struct view
take(struct view *in, size_t n)
{
	struct view taken = view_of(in->data, n < in->len ? n : in->len);
	in->data += taken.len;
	in->len -= taken.len;
	return taken;
}

static uint8_t
take_byte(struct view *in)
{
	struct view b = take(in, 1);
	return b.len == 1 ? b.data[0] : 0;
}

static void
bind_value(sqlite3_stmt *s, enum edit mode, struct view value)
{
	static const int64_t extremes[] = {INT64_MIN, INT64_MAX, -1, 0, 1,
		INT64_MAX / 1000, INT32_MAX, UINT32_MAX};
	int64_t number = 0;
	double real = 0;
	memcpy(&number, value.data, value.len < 8 ? value.len : 8);
	memcpy(&real, &number, sizeof real);
	if (mode == EDIT_TEXT)
		sqlite3_bind_text(s, 1, (const char *)value.data,
			(int)value.len, SQLITE_TRANSIENT);
	else if (mode == EDIT_BLOB)
		sqlite3_bind_blob(
			s, 1, value.data, (int)value.len, SQLITE_TRANSIENT);
	else if (mode == EDIT_NUMBER)
		sqlite3_bind_int64(s, 1, number);
	else if (mode == EDIT_EXTREME)
		sqlite3_bind_int64(s, 1, extremes[(uint64_t)number % 8]);
	else if (mode == EDIT_REAL)
		sqlite3_bind_double(s, 1, real);
}

/* Column (2 bytes), row, mode, length of the value, value. An edit that a
 * table's own type refuses changes nothing. */
static void
edit_cell(sqlite3 *db, struct view *in)
{
	size_t at = take_byte(in);
	at = (at << 8 | take_byte(in)) % column_count;
	const struct column *c = &columns[at];
	int row = take_byte(in);
	enum edit mode = take_byte(in) % EDIT_MODES;
	struct view value = take(in, take_byte(in));
	char *sql = mode == EDIT_DELETE_ROW
		? sqlite3_mprintf(
			  "DELETE FROM \"%w\" WHERE rowid = "
			  "(SELECT rowid FROM \"%w\" LIMIT 1 OFFSET %d)",
			  c->table, c->table, row)
		: sqlite3_mprintf(
			  "UPDATE OR IGNORE \"%w\" SET \"%w\" = ?1 WHERE rowid "
			  "IN (SELECT rowid FROM \"%w\" LIMIT 1 OFFSET %d)",
			  c->table, c->name, c->table, row);
	sqlite3_stmt *s = NULL;
	if (sqlite3_prepare_v2(db, sql, -1, &s, NULL) == SQLITE_OK) {
		bind_value(s, mode, value);
		sqlite3_step(s);
	}
	sqlite3_finalize(s);
	sqlite3_free(sql);
}

/* The fixture with the input's edits, as the bytes of a file; freed with
 * sqlite3_free. */
static unsigned char *
edited(struct view in, sqlite3_int64 *len)
{
	sqlite3 *db = NULL;
	unsigned char *copy = sqlite3_malloc64((sqlite3_uint64)fixture_len);
	require(copy != NULL && sqlite3_open(":memory:", &db) == SQLITE_OK);
	memcpy(copy, fixture, (size_t)fixture_len);
	require(sqlite3_deserialize(db, "main", copy, fixture_len, fixture_len,
			SQLITE_DESERIALIZE_FREEONCLOSE |
				SQLITE_DESERIALIZE_RESIZEABLE) == SQLITE_OK);
	run_sql(db, "PRAGMA ignore_check_constraints = ON");
	for (int i = 0; i < EDITS_MAX && in.len > 0; i++)
		edit_cell(db, &in);
	unsigned char *bytes = sqlite3_serialize(db, "main", len, 0);
	require(bytes != NULL);
	sqlite3_close(db);
	return bytes;
}

static void
check_terminal(const char *text, size_t len)
{
	for (struct view v = view_of(text, len); v.len > 0;) {
		uint32_t code = utf8_take(&v);
		require(code == '\n' || !utf8_is_hidden(code));
	}
}

typedef bool writer(struct report *r, FILE *out, struct error *e);

static bool
write_text(struct report *r, FILE *out, struct error *e)
{
	return report_write_text(r, out, 80, false, NULL, e);
}

static bool
write_ticket(struct report *r, FILE *out, struct error *e)
{
	return report_write_ticket(r, out, REPORT_TICKET_TEXT, e);
}

static bool
write_csv(struct report *r, FILE *out, struct error *e)
{
	return report_export(r, out, EXPORT_CSV, true, e);
}

static bool
write_ndjson(struct report *r, FILE *out, struct error *e)
{
	return report_export(r, out, EXPORT_NDJSON, true, e);
}

/* What the writer writes; NULL when it refuses, with its reason. The caller
 * frees. */
static char *
output_of(struct report *r, writer *write, size_t *len)
{
	struct error e = {0};
	char *text = NULL;
	FILE *out = open_memstream(&text, len);
	require(out != NULL);
	bool ok = write(r, out, &e);
	fclose(out);
	if (ok)
		return text;
	require(e.text[0] != '\0');
	free(text);
	return NULL;
}

static void
write_all(struct report *r)
{
	size_t len = 0;
	char *text = output_of(r, report_write_json, &len);
	if (text != NULL) {
		json_t *j = json_loadb(text, len, 0, NULL);
		require(j != NULL);
		json_decref(j);
	}
	free(text);
	text = output_of(r, report_write_html, &len);
	require(text == NULL || strstr(text, TAG) == NULL);
	free(text);
	text = output_of(r, write_text, &len);
	if (text != NULL)
		check_terminal(text, len);
	free(text);
	writer *const others[] = {report_write_markdown, report_write_junit,
		report_write_sarif, write_ticket, write_csv, write_ndjson};
	for (size_t i = 0; i < sizeof others / sizeof *others; i++)
		free(output_of(r, others[i], &len));
}

static void
report_on(struct store *s)
{
	struct error e = {0};
	struct report_options options = {.all_attempts = true, .verbose = true};
	store_stage(s, STORE_REPORT);
	struct report *r = report_new(s, &options, &e);
	if (r != NULL)
		write_all(r);
	else
		require(e.text[0] != '\0');
	report_free(r);
}

/* Judged anew by the rules of the build. */
static void
judge_again(struct store *from)
{
	static struct rule_set *rules;
	struct error e = {0};
	if (rules == NULL)
		rules = rules_load_to_judge(NULL, 0, NULL, &e);
	struct store *s = store_create(NULL, &e);
	require(rules != NULL && s != NULL);
	if (judge_rejudge(s, from, rules, &e))
		report_on(s);
	else
		require(e.text[0] != '\0');
	store_free(s);
}

/* A file with a name, because SQLite opens no other; path ends in XXXXXX. */
static void
write_file(char *path, const unsigned char *bytes, size_t len)
{
	int fd = mkstemp(path);
	require(fd >= 0 && write(fd, bytes, len) == (ssize_t)len);
	close(fd);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char magic[] = "SQLite format 3";
	char path[] = "/tmp/fuzz_database.XXXXXX";
	struct error e = {0};
	if (fixture == NULL)
		make_fixture();
	struct view in = view_of(data, size);
	sqlite3_int64 len = (sqlite3_int64)size;
	unsigned char *bytes = NULL;
	bool again = size > 0 && data[0] % 4 == 3;
	if (size < sizeof magic || memcmp(data, magic, sizeof magic) != 0) {
		take_byte(&in);
		bytes = edited(in, &len);
	}
	write_file(path, bytes ? bytes : data, (size_t)len);
	sqlite3_free(bytes);
	struct store *s = store_open(path, &e);
	unlink(path);
	/* What no edit touched is ours, and is opened. */
	if (s == NULL)
		require(e.text[0] != '\0' && size > 1);
	else if (again)
		judge_again(s);
	else
		report_on(s);
	store_free(s);
	return 0;
}
