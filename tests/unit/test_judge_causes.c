/*
 * Cause rules as a set: what they say of each other, how their findings are
 * ordered and bounded, and that the views and the README have what is promised.
 * Whether a rule accuses the right one is for its own tests (rules test).
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "scratch_folder.h"

#include "judge/cause.h"
#include "judge/functions.h"
#include "judge/rule_tally.h"
#include "store/store.h"

/* A whole rule, its id and the lines that differ from test to test. */
#define RULE(id, lines)                                                \
	"cause: " id "\ntitle: t\nexplain: e\n" lines                  \
	"fix: [f]\nverify: [v]\ncollect: [c]\n"                        \
	"tests:\n"                                                     \
	"  - {name: a, attempts: [{verdict: refused-by-server}],"      \
	" expect: {confidence: possible}}\n"                           \
	"  - {name: b, attempts: [{verdict: syn-dropped-by-server}],"  \
	" expect: {confidence: none}}\n"                               \
	"  - {name: c, attempts: [{verdict: synack-lost-in-network}]," \
	" expect: {confidence: none, evidence: []}}\n"

/* One row for each subject. */
#define EVERY_SUBJECT                                                 \
	"evidence:\n"                                                 \
	"  - name: seen\n"                                            \
	"    weighs: supports\n"                                      \
	"    sql: SELECT subject, 0 AS sure, NULL AS source, NULL AS" \
	" line, NULL AS at_ns, 'x' AS text FROM subject\n"

#define REFUSED "explains: [refused-by-server]\n"

static void
rule_write(const char *name, const char *text)
{
	scratch_file(name, text, strlen(text));
}

/* Load ours and the folder's rules; the problems in *text (heap). */
static struct rule_set *
load(char **text)
{
	const char *const folders[] = {scratch};
	size_t len = 0;
	struct error e = {0};
	FILE *out = open_memstream(text, &len);
	struct rule_set *r = rules_load(folders, 1, out, &e);
	fclose(out);
	return r;
}

static void
expect_problem(const char *problem)
{
	char *text = NULL;
	struct rule_set *r = load(&text);
	assert_null(r);
	if (strstr(text, problem) == NULL)
		fail_msg("no '%s' in: %s", problem, text);
	free(text);
}

static void
brings_names_causes_and_no_circle(void **state)
{
	(void)state;
	rule_write("x.yaml",
		RULE("x", REFUSED "brings: [no-such-cause]\n" EVERY_SUBJECT));
	expect_problem("x.yaml:5:10: no rule is about the cause "
		       "'no-such-cause'");
	rule_write("x.yaml", RULE("x", REFUSED "brings: [y]\n" EVERY_SUBJECT));
	rule_write("y.yaml", RULE("y", REFUSED "brings: [x]\n" EVERY_SUBJECT));
	expect_problem("'brings' goes round in a circle");
	remove(scratch_path("x.yaml"));
	remove(scratch_path("y.yaml"));
}

static void
only_a_case_explains_nothing(void **state)
{
	(void)state;
	rule_write("x.yaml", RULE("x", EVERY_SUBJECT));
	expect_problem("only a rule with 'per: case' may explain no verdict");
	rule_write("x.yaml", RULE("x", "per: case\n" EVERY_SUBJECT));
	char *text = NULL;
	struct rule_set *r = load(&text);
	assert_non_null(r);
	rules_free(r);
	free(text);
	remove(scratch_path("x.yaml"));
}

/* An alternative is held against evidence that there is, and its source is nothing
 * without it. What confirms may be made weaker without a word to its tests. */
static void
alternatives_name_evidence(void **state)
{
	(void)state;
	rule_write("x.yaml",
		RULE("x", REFUSED EVERY_SUBJECT) "  - {name: d, instead: "
						 "other, against: [nothing],"
						 " expect: {confidence: "
						 "none}}\n");
	expect_problem("no evidence has this name");
	rule_write("x.yaml",
		RULE("x",
			REFUSED EVERY_SUBJECT) "  - {name: d, source: a page, "
					       "expect: {confidence: none}}\n");
	expect_problem("'against' and 'source' speak of an 'instead'");
	remove(scratch_path("x.yaml"));
}

/* One row of each kind of evidence, so that no view is passed over. */
static const char evidence_rows[] =
	"INSERT INTO source(id, name, kind, bytes) VALUES (1, 'a', 'text', 1);"
	"INSERT INTO event(source, line, name, count, floor, fields, text)"
	" VALUES (1, 1, 'e', 1, 0, '{}', 't');"
	"INSERT INTO counter(source, kind, scope, name, gauge, after)"
	" VALUES (1, 'nstat', '', 'c', 0, 1);"
	"INSERT INTO setting(source, kind, scope, name, value)"
	" VALUES (1, 'sysctl', '', 's', '1');"
	"INSERT INTO socket(source, state) VALUES (1, 'LISTEN');"
	"INSERT INTO conntrack(source, protocol, src, dst, unreplied, assured)"
	" VALUES (1, 6, 'a', 'b', 0, 0);"
	"INSERT INTO flow_record(source, line, cloud, action, sampled)"
	" VALUES (1, 1, 'aws', 'ACCEPT', 0);";

/* A case of `ports` services that refused one attempt each, judged by rules of
 * the folder alone. */
static struct store *
judged(int ports, struct rule_set **set)
{
	struct error e = {0};
	char *text = NULL;
	struct store *s = store_create(NULL, &e);
	assert_non_null(s);
	char sql[512];
	snprintf(sql, sizeof sql,
		"WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 "
		"FROM n WHERE i < %d) INSERT INTO attempt(id, client, "
		"client_port, server, server_port, isn, first_ns, "
		"duration_us, syn_retransmits, clean) SELECT i, 1, "
		"40000 + i, 2, i, i, i * 1000000000, 0, 0, 0 FROM n;"
		"INSERT INTO verdict SELECT id, 'refused-by-server', NULL, "
		"NULL, 'certain', 1, '[]', '[]', '' FROM attempt;"
		"INSERT INTO host VALUES (1, '10.1.0.2'), (2, '10.2.0.2');",
		ports);
	assert_true(store_exec(s, sql, &e));
	assert_true(store_exec(s, evidence_rows, &e));
	*set = load(&text);
	if (*set == NULL)
		fail_msg("%s", text);
	free(text);
	/* Ours stay out: only x and y are run. */
	size_t kept = 0;
	for (size_t i = 0; i < (*set)->causes_count; i++)
		if ((*set)->causes[i]->cause->id[1] == '\0')
			(*set)->causes[kept++] = (*set)->causes[i];
	(*set)->causes_count = kept;
	assert_true(functions_add(store_db(s)));
	store_stage(s, STORE_JUDGE);
	if (!causes_run(s, *set, NULL, &e))
		fail_msg("%s", e.text);
	return s;
}

static int64_t
number(struct store *s, const char *sql)
{
	sqlite3_stmt *stmt = NULL;
	assert_int_equal(sqlite3_prepare_v2(store_db(s), sql, -1, &stmt, NULL),
		SQLITE_OK);
	assert_int_equal(sqlite3_step(stmt), SQLITE_ROW);
	int64_t value = sqlite3_column_int64(stmt, 0);
	sqlite3_finalize(stmt);
	return value;
}

/* A scan must not make a finding for each port, and none may be lost. */
static void
many_subjects_become_one_finding(void **state)
{
	(void)state;
	struct rule_set *r;
	rule_write("x.yaml", RULE("x", REFUSED EVERY_SUBJECT));
	struct store *s = judged(CAUSE_FINDINGS_MAX + 37, &r);
	assert_int_equal(number(s, "SELECT count(*) FROM finding"),
		CAUSE_FINDINGS_MAX + 1);
	assert_int_equal(
		number(s,
			"SELECT count(DISTINCT attempt) FROM finding_attempt"),
		CAUSE_FINDINGS_MAX + 37);
	assert_int_equal(number(s,
				 "SELECT attempts FROM finding "
				 "WHERE host = '37 other places'"),
		37);
	store_free(s);
	rules_free(r);
	r = NULL;
	s = judged(CAUSE_FINDINGS_MAX, &r);
	assert_int_equal(
		number(s, "SELECT count(*) FROM finding"), CAUSE_FINDINGS_MAX);
	store_free(s);
	rules_free(r);
	remove(scratch_path("x.yaml"));
}

/* The root before its symptom, but only where it is more than possible. */
static void
roots_come_first(void **state)
{
	(void)state;
	struct rule_set *r;
	rule_write(
		"x.yaml", RULE("x", REFUSED EVERY_SUBJECT "likely: [seen]\n"));
	rule_write("y.yaml",
		RULE("y",
			REFUSED "brings: [x]\n" EVERY_SUBJECT
				"likely: [seen]\n"));
	struct store *s = judged(1, &r);
	assert_int_equal(
		number(s, "SELECT id FROM finding WHERE cause='y'"), 1);
	store_free(s);
	rules_free(r);
	rule_write("x.yaml", RULE("x", REFUSED EVERY_SUBJECT));
	rule_write("y.yaml", RULE("y", REFUSED "brings: [x]\n" EVERY_SUBJECT));
	s = judged(1, &r);
	assert_int_equal(
		number(s, "SELECT id FROM finding WHERE cause='x'"), 1);
	store_free(s);
	rules_free(r);
	remove(scratch_path("x.yaml"));
	remove(scratch_path("y.yaml"));
}

/* Every view of causes.sql has the columns that the rules were checked with. */
static void
views_have_their_columns(void **state)
{
	(void)state;
	static const char *const views[][2] = {
#define X(view, needs, columns) {#view, columns},
#include "judge/cause_views.def"
#undef X
	};
	static const char sql[] =
		"evidence:\n  - name: seen\n    weighs: supports\n    sql: |\n"
		"      SELECT 1 AS subject, 0 AS sure, NULL AS source, "
		"NULL AS line, NULL AS at_ns, 'x' AS text\n"
		"      FROM (SELECT %s FROM %s)\n";
	for (size_t i = 0; i < sizeof views / sizeof views[0]; i++) {
		char lines[1024], rule[2048];
		if (views[i][1] == NULL)
			continue;
		snprintf(lines, sizeof lines, sql, views[i][1], views[i][0]);
		snprintf(rule, sizeof rule, RULE("x", "per: case\n%s"), lines);
		rule_write("x.yaml", rule);
		struct rule_set *r;
		/* Fails when the statement does not compile over the views. */
		struct store *s = judged(1, &r);
		store_free(s);
		rules_free(r);
	}
	remove(scratch_path("x.yaml"));
}

/* The README's table has every key, and its example passes its tests. */
static void
readme_is_true(void **state)
{
	(void)state;
	static const char *const keys[] = {
#define X(key, type, required, meaning) "`" #key "`",
#include "judge/cause_fields.def"
#undef X
	};
	char *text = calloc(1, 65536);
	FILE *f = fopen(SOURCE_DIR "/rules/README.md", "rb");
	assert_non_null(f);
	assert_true(fread(text, 1, 65535, f) > 0);
	fclose(f);
	char *part = strstr(text, "\n# Causes\n");
	assert_non_null(part);
	for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++)
		if (strstr(part, keys[i]) == NULL)
			fail_msg("README lacks %s", keys[i]);
	char *example = strstr(part, "```yaml\n");
	assert_non_null(example);
	example += strlen("```yaml\n");
	*strstr(example, "```") = '\0';
	rule_write("disk-full.yaml", example);
	char *problems = NULL;
	struct rule_set *r = load(&problems);
	if (r == NULL)
		fail_msg("%s", problems);
	free(problems);
	struct rule_tally tally = {0};
	struct error e = {0};
	FILE *out = fopen("/dev/null", "w");
	for (size_t i = 0; i < r->causes_count; i++)
		if (strcmp(r->causes[i]->cause->id, "disk-full") == 0)
			r->causes[0] = r->causes[i];
	r->causes_count = 1;
	assert_true(causes_test(r, out, &tally, &e));
	fclose(out);
	assert_int_equal(tally.passed, 3);
	assert_int_equal(tally.failed, 0);
	rules_free(r);
	free(text);
	remove(scratch_path("disk-full.yaml"));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(brings_names_causes_and_no_circle),
		cmocka_unit_test(only_a_case_explains_nothing),
		cmocka_unit_test(alternatives_name_evidence),
		cmocka_unit_test(many_subjects_become_one_finding),
		cmocka_unit_test(roots_come_first),
		cmocka_unit_test(views_have_their_columns),
		cmocka_unit_test(readme_is_true),
	};
	return cmocka_run_group_tests(tests, scratch_make, scratch_remove);
}
