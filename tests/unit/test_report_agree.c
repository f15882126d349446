/*
 * The formats against each other, and the model against what can be odd about
 * a database: empty, unjudged, huge, hostile, broken.
 */
#include "test_report_support.h"

#include <inttypes.h>
#include <jansson.h>
#include <malloc.h>

#include "base/utf8.h"

/* The count that the terminal's verdict table shows for verdict. */
static long long
text_count(const char *text, const char *verdict)
{
	char line[64];
	long long sum = 0;
	const char *table = strstr(text, "\nVerdicts\n");
	assert_non_null(table);
	const char *end = strstr(table, "\n\n");
	assert_non_null(end);
	int len = snprintf(line, sizeof line, "  %s", verdict);
	for (const char *p = strstr(table, line); p && p < end;
		p = strstr(p + 1, line)) {
		const char *start = p;
		if (p[len] != ' ' && p[len] != '\n')
			continue;
		while (start[-1] != '\n')
			start--;
		/* "   96,000  established" */
		long long n = 0;
		for (; start < p; start++)
			if (*start >= '0' && *start <= '9')
				n = 10 * n + (*start - '0');
		sum += n;
	}
	return sum;
}

/* The same in the page's table. */
static long long
html_count(const char *page, const char *verdict)
{
	char cell[96];
	long long sum = 0;
	snprintf(cell, sizeof cell, "</td><th scope=\"row\">%s</th>", verdict);
	for (const char *p = strstr(page, cell); p; p = strstr(p + 1, cell)) {
		const char *start = p;
		while (start[-1] != '>')
			start--;
		/* "96,000" */
		long long n = 0;
		for (; *start != '<'; start++)
			n = *start == ',' ? n : 10 * n + (*start - '0');
		sum += n;
	}
	return sum;
}

static void
figures_agree(struct report *r)
{
	char *json = written(r, FORMAT_JSON, 0, false);
	char *page = written(r, FORMAT_HTML, 0, false);
	r->options.verbose = true;
	char *text = written(r, FORMAT_TEXT, 0, false);
	json_t *parsed = json_loads(json, 0, NULL);
	assert_non_null(parsed);
	json_t *summary = json_object_get(parsed, "summary");
	const char *verdict;
	json_t *count;
	long long sum = 0, listed = 0;
	json_object_foreach(
		json_object_get(summary, "by_verdict"), verdict, count)
	{
		long long n = json_integer_value(count);
		assert_int_equal(n, text_count(text, verdict));
		assert_int_equal(n, html_count(page, verdict));
		sum += n;
	}
	assert_int_equal(sum, r->attempts);
	assert_int_equal(json_integer_value(json_object_get(summary, "failed")),
		report_failed(r));
	for (const char *p = page;
		(p = strstr(p, "<details class=\"attempt\"")); p++)
		listed++;
	long long all =
		(long long)json_array_size(json_object_get(parsed, "attempts"));
	assert_int_equal(listed, all < 500 ? all : 500);
	json_decref(parsed);
	free(text);
	free(page);
	free(json);
}

static void
formats_agree_on_the_fixture(void **state)
{
	(void)state;
	struct store *s = store_fixture();
	struct report *r = report_of(s, false);
	assert_int_equal(r->attempts, 11);
	assert_int_equal(report_failed(r), 7);
	assert_int_equal(report_undetermined(r), 2);
	figures_agree(r);
	report_free(r);
	store_free(s);
}

/* No line is wider than columns, nothing in it steers a terminal. */
static void
text_check(const char *text, int columns)
{
	struct view v = view_str(text);
	int width = 0;
	while (v.len > 0) {
		uint32_t code = utf8_take(&v);
		if (code == '\n') {
			width = 0;
			continue;
		}
		assert_false(utf8_is_hidden(code));
		width += utf8_columns(code);
		assert_true(width <= columns);
	}
}

static void
text_fits_its_width(void **state)
{
	(void)state;
	static const int widths[] = {0, 40, 60, 80, 132};
	struct store *s = store_fixture();
	struct report *r = report_of(s, false);
	for (size_t i = 0; i < sizeof widths / sizeof widths[0]; i++) {
		char *text = written(r, FORMAT_TEXT, widths[i], false);
		text_check(text, widths[i] ? widths[i] : 80);
		free(text);
	}
	report_free(r);
	store_free(s);
}

/* The page's own script, which is its last element, and no other. Not inlined:
 * gcc 12 then takes open_memstream's buffer for a variable that is gone. */
static __attribute__((noinline)) void
check_scripts(const char *page)
{
	static const char own[] = "<script>/*\n * Sorting tables";
	const char *first = strstr(page, "<script");
	assert_non_null(first);
	assert_memory_equal(first, own, sizeof own - 1);
	assert_null(strstr(first + 1, "<script"));
}

/* Outside of code blocks, whose frames no text can break (unit/
 * test_report_page), nothing can begin a tag. */
static void
check_markup(const char *comment)
{
	bool code = false;
	for (const char *p = comment; *p; p++) {
		bool begins = p == comment || p[-1] == '\n';
		if (begins && strncmp(p, "```", 3) == 0)
			code = !code;
		if (*p == '<' && !code)
			assert_true(p > comment && p[-1] == '\\');
	}
	assert_false(code);
}

/*
 * Every text column of the fixture is replaced by something hostile; nothing of
 * it may reach the page or the terminal as it is.
 */
static void
hostile_check(const char *sql_value, const char *update_table[][2], size_t n)
{
	struct error e = {0};
	struct store *s = store_fixture();
	store_stage(s, STORE_INGEST);
	sqlite3_set_authorizer(store_db(s), NULL, NULL);
	for (size_t i = 0; i < n; i++) {
		char sql[512];
		snprintf(sql, sizeof sql, "UPDATE %s SET %s = %s",
			update_table[i][0], update_table[i][1], sql_value);
		if (!store_exec(s, sql, &e))
			fail_msg("%s: %s", sql, e.text);
	}
	struct report *r = report_of(s, true);
	char *text = written(r, FORMAT_TEXT, 80, false);
	text_check(text, 80);
	char *page = written(r, FORMAT_HTML, 0, false);
	check_scripts(page);
	assert_null(strstr(page, "<img"));
	assert_null(strstr(page, "\x1b"));
	assert_null(strstr(page, "\xe2\x80\xae"));
	assert_null(strstr(page, "\" onload"));
	assert_null(strstr(page, "\xff"));
	char *json = written(r, FORMAT_JSON, 0, false);
	json_t *parsed = json_loads(json, 0, NULL);
	assert_non_null(parsed);
	json_decref(parsed);
	/* As bytes: what steers a terminal is escaped. */
	assert_null(strstr(json, "\x1b"));
	assert_null(strstr(json, "\xe2\x80\xae"));
	char *comment = written(r, FORMAT_MARKDOWN, 0, false);
	check_markup(comment);
	assert_null(strstr(comment, "\x1b"));
	assert_null(strstr(comment, "\xe2\x80\xae"));
	assert_null(strstr(comment, "\xff"));
	free(comment);
	free(json);
	free(page);
	free(text);
	report_free(r);
	store_free(s);
}

static const char *hostile_columns[][2] = {
	{"meta", "value"},
	{"source", "name"},
	{"source", "role"},
	{"source", "kind"},
	{"source", "compression"},
	{"source", "sha256"},
	{"source", "link_types"},
	{"source", "filter"},
	{"source", "trust"},
	{"source", "note"},
	{"trust_reason", "reason"},
	{"trust_reason", "detail"},
	{"accounting", "kind"},
	{"anomaly", "id"},
	{"anomaly", "meaning"},
	{"clock", "reference"},
	{"clock", "method"},
	{"vantage", "name"},
	{"host", "ip"},
	{"verdict", "verdict"},
	{"verdict", "segment"},
	{"verdict", "place"},
	{"verdict", "confidence"},
	{"verdict", "why"},
	{"facts", "matched_by"},
	{"finding", "rule"},
	{"finding", "cause"},
	{"finding", "title"},
	{"finding", "confidence"},
	{"finding", "host"},
	{"finding_evidence", "text"},
	{"finding_evidence", "weighs"},
	{"event", "name"},
	{"event", "text"},
	{"counter", "role"},
	{"counter", "kind"},
	{"counter", "scope"},
	{"rule", "name"},
	{"rule", "kind"},
	{"rule", "sha256"},
};

/* <script>alert(1)</script>" onload=" ESC[2J ESC]0;x BEL LF RLO 0xff <img */
#define HOSTILE                                                             \
	"CAST(X'3c7363726970743e616c6572742831293c2f7363726970743e22206f6e" \
	"6c6f61643d221b5b324a1b5d303b78070ae280aeff3c696d67' || rowid AS "  \
	"TEXT)"

static void
hostile_texts_are_inert(void **state)
{
	(void)state;
	/* meta and rule have no rowid; rule wants distinct names. */
	size_t n = sizeof hostile_columns / sizeof hostile_columns[0];
	for (size_t i = 0; i < n; i++) {
		bool keyed = strcmp(hostile_columns[i][0], "meta") == 0 ||
			strcmp(hostile_columns[i][0], "rule") == 0;
		hostile_check(keyed ? "CAST(X'3c7363726970743e1b5b324ae280ae"
				      "ff' || hex(randomblob(9)) AS TEXT)"
				    : HOSTILE,
			&hostile_columns[i], 1);
	}
	/* Only numbers whose name speaks of trouble are shown. */
	const char *name[][2] = {{"counter", "name"}};
	hostile_check(HOSTILE " || ' drop'", name, 1);
}

/* The texts of rules, which are lists. */
static void
hostile_lists_are_inert(void **state)
{
	(void)state;
	static const char *lists[][2] = {{"finding", "fix"},
		{"finding", "verify"}, {"finding", "collect"},
		{"finding", "worse"}, {"finding", "explains"},
		{"verdict", "missing"}, {"verdict", "candidates"}};
	for (size_t i = 0; i < sizeof lists / sizeof lists[0]; i++)
		hostile_check("json_array(" HOSTILE ")", &lists[i], 1);
}

static void
a_megabyte_of_name_is_bounded(void **state)
{
	(void)state;
	const char *columns[][2] = {{"source", "name"}, {"verdict", "why"},
		{"vantage", "name"}, {"host", "ip"}};
	for (size_t i = 0; i < 4; i++)
		hostile_check("CAST(replace(hex(zeroblob(524288)), '0', '<') "
			      "|| rowid AS TEXT)",
			&columns[i], 1);
}

static void
empty_database_is_reported(void **state)
{
	(void)state;
	struct store *s = store_with("");
	struct report *r = report_of(s, true);
	assert_int_equal(r->attempts, 0);
	assert_int_equal(report_failed(r), 0);
	char *text = written(r, FORMAT_TEXT, 80, false);
	assert_non_null(strstr(text, "No TCP connection attempt was found"));
	free(text);
	char *json = written(r, FORMAT_JSON, 0, false);
	assert_non_null(strstr(json, "\"attempts\":[],"));
	assert_non_null(strstr(json, "\"overlap\":null"));
	free(json);
	free(written(r, FORMAT_HTML, 0, false));
	report_free(r);
	store_free(s);
}

/* An attempt that no rule has judged is undetermined, not clean. */
static void
unjudged_is_undetermined(void **state)
{
	(void)state;
	struct store *s = store_with(
		"INSERT INTO host VALUES (1, '192.0.2.1'), (2, '192.0.2.2');"
		"INSERT INTO attempt(id, client, "
		"client_port, server, server_port, isn, first_ns, "
		"duration_us, syn_retransmits, clean) VALUES (1, 1, 5, 2, 80, "
		"7, 0, NULL, 0, "
		"0);");
	struct report *r = report_of(s, false);
	assert_int_equal(report_undetermined(r), 1);
	figures_agree(r);
	char *json = written(r, FORMAT_JSON, 0, false);
	assert_non_null(strstr(json, "\"by_verdict\":{\"undetermined\":1}"));
	assert_non_null(strstr(json, "No rule has judged this attempt."));
	free(json);
	report_free(r);
	store_free(s);
}

static void
captures_without_overlap_have_none(void **state)
{
	(void)state;
	struct store *s = store_with(
		"INSERT INTO vantage VALUES (0, 'client', 0), (1, 'server', 0);"
		"INSERT INTO source(id, name, kind, bytes, first_ns, last_ns,"
		" vantage) VALUES (1, 'a', 'pcap', 1, 10, 20, 0),"
		" (2, 'b', 'pcap', 1, 21, 30, 1);");
	struct report *r = report_of(s, false);
	char *json = written(r, FORMAT_JSON, 0, false);
	assert_non_null(strstr(json, "\"overlap\":null"));
	free(json);
	report_free(r);
	store_free(s);
}

static void
broken_list_is_an_error(void **state)
{
	(void)state;
	struct error e = {0};
	struct store *s = store_fixture();
	sqlite3_set_authorizer(store_db(s), NULL, NULL);
	assert_true(store_exec(s,
		"UPDATE verdict SET candidates = '[\"a' WHERE attempt = 12",
		&e));
	struct report *r = report_of(s, false);
	FILE *out = fopen("/dev/null", "w");
	assert_false(report_write_json(r, out, &e));
	assert_int_equal(e.kind, ERROR_ENVIRONMENT);
	assert_non_null(strstr(e.text, "JSON"));
	fclose(out);
	report_free(r);
	store_free(s);
}

static void
full_disk_is_an_error(void **state)
{
	(void)state;
	struct store *s = store_fixture();
	struct report *r = report_of(s, false);
	for (int format = FORMAT_JSON; format <= FORMAT_TEXT; format++) {
		struct error e = {0};
		FILE *out = fopen("/dev/full", "w");
		if (!out) {
			print_message("skipped: no /dev/full\n");
			break;
		}
		bool ok = format == FORMAT_JSON ? report_write_json(r, out, &e)
			: format == FORMAT_HTML
			? report_write_html(r, out, &e)
			: report_write_text(r, out, 80, false, NULL, &e);
		assert_false(ok);
		assert_int_equal(e.kind, ERROR_ENVIRONMENT);
		fclose(out);
	}
	report_free(r);
	store_free(s);
}

/* n attempts that failed and two of a rare kind at the end. */
static struct store *
store_of_many(int n)
{
	char sql[4096];
	snprintf(sql, sizeof sql,
		"INSERT INTO vantage VALUES (0, 'client', 0), (1, 'server', 0);"
		"INSERT INTO host VALUES (1, '192.0.2.1'), (2, '192.0.2.2');"
		"CREATE TEMP TABLE n AS WITH RECURSIVE c(i) AS (SELECT 1 UNION"
		" ALL SELECT i + 1 FROM c WHERE i < %d) SELECT i FROM c;"
		"INSERT INTO attempt(id, client, "
		"client_port, server, server_port, isn, first_ns, "
		"duration_us, syn_retransmits, clean) SELECT i, 1, i %% 65536, "
		"2, 80, i,"
		" 1795217551000000000 + i * 1000, 7000000, 3, 0 FROM n;"
		"INSERT INTO facts(attempt, c_present, s_present, c_syn, s_syn,"
		" c_synack, s_synack, c_ack, s_ack)"
		" SELECT i, 1, 1, 4, 0, 0, 0, 0, 0 FROM n;"
		"INSERT INTO verdict SELECT i, CASE WHEN i > %d THEN"
		" 'refused-by-server' ELSE 'syn-lost-in-network' END, 'SYN',"
		" 'network, client->server', 'certain', 1, '[]', '[]',"
		" '4 SYNs left the client and none reached the server.' FROM n;"
		"INSERT INTO sighting SELECT i, 0, 1, i %% 65536, 2, 80, i,"
		" 1795217551000000000 + i * 1000, 1795217558000000000 + i, 4,"
		" 0, 0, 0, 0, 0, 0, 0, 0, 0, i, i + 9, 0, 0, 0, 0, 0, 0, 0, 0,"
		" 0, 0, '{\"syn\":[0,1000000,3000000,7000000]}',"
		" NULL, NULL, NULL, NULL FROM n;",
		n, n - 2);
	return store_with(sql);
}

static void
a_rare_verdict_is_on_the_page(void **state)
{
	(void)state;
	struct store *s = store_of_many(3000);
	struct report *r = report_of(s, false);
	figures_agree(r);
	char *page = written(r, FORMAT_HTML, 0, false);
	assert_non_null(strstr(page, "id=\"attempt-3000\""));
	assert_non_null(strstr(page, "id=\"attempt-498\""));
	assert_null(strstr(page, "id=\"attempt-499\""));
	assert_non_null(strstr(page, "The first 498 of 2,998"));
	free(page);
	report_free(r);
	store_free(s);
}

static size_t
heap_in_use(struct report *r)
{
	struct error e = {0};
	FILE *out = fopen("/dev/null", "w");
	assert_true(report_write_json(r, out, &e));
	size_t used = mallinfo2().uordblks;
	fclose(out);
	return used;
}

/* Writers stream: the heap after 20,000 attempts is that after 200. */
static void
memory_is_flat(void **state)
{
	(void)state;
	size_t grown[2];
	for (int i = 0; i < 2; i++) {
		struct store *s = store_of_many(i == 0 ? 200 : 20000);
		struct report *r = report_of(s, false);
		size_t before = mallinfo2().uordblks;
		int64_t sqlite_before = sqlite3_memory_used();
		size_t after = heap_in_use(r);
		grown[i] = after > before ? after - before : 0;
		assert_true(sqlite3_memory_used() - sqlite_before < 1 << 20);
		report_free(r);
		store_free(s);
	}
	assert_true(grown[1] < grown[0] + (1 << 20));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(formats_agree_on_the_fixture),
		cmocka_unit_test(text_fits_its_width),
		cmocka_unit_test(hostile_texts_are_inert),
		cmocka_unit_test(hostile_lists_are_inert),
		cmocka_unit_test(a_megabyte_of_name_is_bounded),
		cmocka_unit_test(empty_database_is_reported),
		cmocka_unit_test(unjudged_is_undetermined),
		cmocka_unit_test(captures_without_overlap_have_none),
		cmocka_unit_test(broken_list_is_an_error),
		cmocka_unit_test(full_disk_is_an_error),
		cmocka_unit_test(a_rare_verdict_is_on_the_page),
		cmocka_unit_test(memory_is_flat),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
