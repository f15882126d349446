/*
 * What the report's tests share: the fixture's database and a writer's output
 * in memory.
 */
#ifndef TEST_REPORT_SUPPORT_H
#define TEST_REPORT_SUPPORT_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "base/arena.h"
#include "report/report_model.h"

#define REPORT_FIXTURE SOURCE_DIR "/tests/unit/fixtures/report_case.sql"

/* The whole file, NUL-terminated; the caller frees. */
static inline char *
file_read(const char *path)
{
	FILE *f = fopen(path, "rb");
	if (!f)
		fail_msg("%s cannot be read", path);
	char *text = NULL;
	size_t used = 0, n;
	do {
		text = memory_grow(text, used + 65537, 1);
		n = fread(text + used, 1, 65536, f);
		used += n;
	} while (n > 0);
	text[used] = '\0';
	fclose(f);
	return text;
}

/* A database in memory with sql run on it, in the report's stage. */
static inline struct store *
store_with(const char *sql)
{
	struct error e = {0};
	struct store *s = store_create(NULL, &e);
	if (!s)
		fail_msg("%s", e.text);
	if (!store_exec(s, sql, &e))
		fail_msg("%s", e.text);
	store_stage(s, STORE_REPORT);
	return s;
}

static inline struct store *
store_fixture(void)
{
	char *sql = file_read(REPORT_FIXTURE);
	struct store *s = store_with(sql);
	free(sql);
	return s;
}

static inline struct report *
report_of(struct store *s, bool all_attempts)
{
	struct error e = {0};
	struct report_options options = {.all_attempts = all_attempts};
	struct report *r = report_new(s, &options, &e);
	if (!r)
		fail_msg("%s", e.text);
	return r;
}

enum format { FORMAT_JSON, FORMAT_HTML, FORMAT_TEXT, FORMAT_MARKDOWN };

/* What a writer writes, NUL-terminated; the caller frees. */
static inline char *
written(struct report *r, enum format format, int columns, bool colour)
{
	static const char *const outputs[] = {"out/report.html",
		"out/report.json", "out/evidence.sqlite", NULL};
	struct error e = {0};
	char *text = NULL;
	size_t len = 0;
	FILE *out = open_memstream(&text, &len);
	bool ok = false;
	if (format == FORMAT_JSON)
		ok = report_write_json(r, out, &e);
	else if (format == FORMAT_HTML)
		ok = report_write_html(r, out, &e);
	else if (format == FORMAT_MARKDOWN)
		ok = report_write_markdown(r, out, &e);
	else
		ok = report_write_text(r, out, columns, colour, outputs, &e);
	fclose(out);
	if (!ok)
		fail_msg("%s", e.text);
	assert_int_equal(strlen(text), len);
	return text;
}

#endif
