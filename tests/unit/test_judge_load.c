/*
 * Rule files that are wrong, or meant to do harm: each problem is named at its
 * place, all of them are, and none gets past loading.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "judge/rule.h"

static char folder[] = "/tmp/lostsyn-rules-XXXXXX";

static int
setup(void **state)
{
	(void)state;
	return mkdtemp(folder) == NULL;
}

static void
path_of(char *path, size_t len, const char *name)
{
	snprintf(path, len, "%s/%s", folder, name);
}

static void
file_write(const char *name, const char *text, size_t len)
{
	char path[256];
	path_of(path, sizeof path, name);
	FILE *f = fopen(path, "wb");
	assert_non_null(f);
	assert_int_equal(fwrite(text, 1, len, f), len);
	fclose(f);
}

static void
file_remove(const char *name)
{
	char path[256];
	path_of(path, sizeof path, name);
	unlink(path);
}

static int
teardown(void **state)
{
	(void)state;
	return rmdir(folder);
}

/* Load the embedded rules and the folder; the problems, without the folder's
 * name, or "" when it loaded. The caller frees. */
static char *
load(struct rule_set **set)
{
	const char *const folders[] = {folder};
	char *text = NULL;
	size_t len = 0;
	FILE *out = open_memstream(&text, &len);
	struct error e = {0};
	struct rule_set *r = rules_load(folders, 1, out, &e);
	fclose(out);
	if (r == NULL) {
		assert_int_equal(e.kind, ERROR_RULE);
		assert_true(len > 0);
	}
	if (set != NULL)
		*set = r;
	else
		rules_free(r);
	/* "/tmp/...../x.yaml:1:2: what" becomes "x.yaml:1:2: what". */
	char *p = text;
	size_t strip = strlen(folder) + 1;
	while ((p = strstr(p, folder)) != NULL) {
		size_t n = p[strip - 1] == '/' ? strip : strip - 1;
		memmove(p, p + n, strlen(p + n) + 1);
	}
	return text;
}

/* x.yaml with this text must give exactly these problems. */
static void
expect(const char *text, const char *problems)
{
	file_write("x.yaml", text, strlen(text));
	char *got = load(NULL);
	assert_string_equal(got, problems);
	free(got);
	file_remove("x.yaml");
}

static void
yaml_trouble_has_its_place(void **state)
{
	(void)state;
	expect("", "x.yaml:1:1: the file is empty\n");
	expect("# nothing\n", "x.yaml:1:1: the file is empty\n");
	expect("verdict: a\nrank: [1\n",
		"x.yaml:3:1: did not find expected ',' or ']'\n");
	expect("verdict: &v a\n", "x.yaml:1:10: anchors are not allowed\n");
	expect("verdict: *v\n", "x.yaml:1:10: aliases are not allowed\n");
	expect("verdict: !!int 3\n", "x.yaml:1:10: tags are not allowed\n");
	expect("verdict: a\n---\nverdict: b\n",
		"x.yaml:2:1: more than one document\n");
	expect("rank: 1\nverdict: a\nrank: 2\n",
		"x.yaml:3:1: 'rank' is given twice, first in line 1\n");
	expect("? [a]\n: b\n", "x.yaml:1:3: a key must be plain text\n");
	expect("a: \"x\\0y\"\n",
		"x.yaml:1:4: a NUL character is not allowed\n");
	expect("a: b\nc: \xff\n", "x.yaml:2:4: invalid leading UTF-8 octet\n");
	expect("[[[[[[[[[[[[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]]]]]]]]]]]",
		"x.yaml:1:17: nested too deeply\n");
	expect("- a\n", "x.yaml:1:1: the rule must be a map\n");
}

static void
large_files_are_refused(void **state)
{
	(void)state;
	size_t len = TREE_FILE_MAX + 10;
	char *text = malloc(len);
	memset(text, '#', len);
	file_write("x.yaml", text, len);
	char *got = load(NULL);
	assert_string_equal(got, "x.yaml: the file is larger than 256 KiB\n");
	free(got);
	/* One value more than allowed; the list itself is a value. */
	memcpy(text, "[", 1);
	for (size_t i = 0; i < TREE_NODES_MAX; i++)
		memcpy(text + 1 + 2 * i, "a,", 2);
	memcpy(text + 1 + 2 * TREE_NODES_MAX, "]", 1);
	file_write("x.yaml", text, 2 + 2 * TREE_NODES_MAX);
	got = load(NULL);
	assert_non_null(strstr(got, ": the file holds too many values\n"));
	free(got);
	free(text);
	file_remove("x.yaml");
}

/* The parts of a rule that loads; tests replace one. */
#define HEAD \
	"verdict: established\nrank: 20\ntitle: t\nexplain: e\nclean: true\n"
#define WHEN                                                           \
	"when:\n  - name: w\n    proof: c_progress > 0 OR s_ack > 0\n" \
	"    why: it works\n"
#define POSSIBLE "possible: 1\n"
#define TESTS                                                                \
	"tests:\n"                                                           \
	"  - {name: a, given: client-only, facts: {c_progress: 1}, expect: " \
	"{verdict: established}}\n"                                          \
	"  - {name: b, given: client-only, facts: {c_syn: 1}, expect: "      \
	"{verdict: undetermined}}\n"                                         \
	"  - {name: c, given: server-only, facts: {s_syn: 1, "               \
	"s_rst_server: 1}, expect: {verdict: refused-by-server}}\n"

/* Overrides the embedded rule of that name. */
static void
expect_rule(const char *text, const char *problems)
{
	file_write("established.yaml", text, strlen(text));
	char *got = load(NULL);
	assert_string_equal(got, problems);
	free(got);
	file_remove("established.yaml");
}

static void
a_good_rule_overrides_its_namesake(void **state)
{
	(void)state;
	static const char text[] = HEAD WHEN POSSIBLE TESTS;
	file_write("established.yaml", text, sizeof text - 1);
	struct rule_set *r = NULL;
	char *got = load(&r);
	assert_string_equal(got, "");
	free(got);
	assert_int_equal(r->files_count, embedded_rules_count);
	assert_string_equal(rule_find(r, "established")->title, "t");
	/* Its digest differs from that of the embedded rules. */
	struct rule_set *plain = rules_load(NULL, 0, stderr, NULL);
	assert_string_not_equal(rules_digest(r), rules_digest(plain));
	assert_int_equal(strlen(rules_digest(r)), 64);
	rules_free(plain);
	rules_free(r);
	file_remove("established.yaml");
}

static void
json_and_subfolders_are_read(void **state)
{
	(void)state;
	char sub[256];
	path_of(sub, sizeof sub, "verdicts");
	assert_int_equal(mkdir(sub, 0700), 0);
	static const char text[] =
		"{\"verdict\": \"early-bird\", \"rank\": 5,\n"
		"\t\"title\": \"t\", \"explain\": \"e\", \"possible\": \"0\",\n"
		"\t\"when\": [{\"name\": \"w\", \"proof\": \"c_syn = 99\",\n"
		"\t\t\"why\": \"{c_syn|SYN|SYNs}\"}],\n"
		"\t\"tests\": [{\"name\": \"a\", \"given\": \"any\",\n"
		"\t\t\"facts\": {\"c_syn\": 99},\n"
		"\t\t\"expect\": {\"verdict\": \"early-bird\"}},\n"
		"\t{\"name\": \"b\", \"given\": \"any\",\n"
		"\t\t\"expect\": {\"verdict\": \"undetermined\"}},\n"
		"\t{\"name\": \"c\", \"given\": \"any\",\n"
		"\t\t\"expect\": {\"verdict\": \"undetermined\"}}]}\n";
	file_write("verdicts/early-bird.json", text, sizeof text - 1);
	struct rule_set *r = NULL;
	char *got = load(&r);
	assert_string_equal(got, "");
	free(got);
	assert_int_equal(r->files_count, embedded_rules_count + 1);
	assert_string_equal(r->rules[0]->verdict, "early-bird");
	rules_free(r);
	file_remove("verdicts/early-bird.json");
	rmdir(sub);
}

static void
every_problem_is_listed(void **state)
{
	(void)state;
	expect_rule(
		"verdict: established\nrnk: 20\nrank: many\n"
		"clean: yes\nexplain: e\nsegment: FIN\n" WHEN POSSIBLE TESTS,
		"established.yaml:2:1: unknown key 'rnk' in the rule; did you "
		"mean 'rank'?\n"
		"established.yaml:3:7: 'rank' must be a number from 0 to "
		"999999\n"
		"established.yaml:4:8: 'clean' must be true or false\n"
		"established.yaml:1:1: the rule lacks 'title'\n"
		"established.yaml:6:10: not a segment: SYN, SYN-ACK, answer\n");
	expect_rule(HEAD "when: {}\n" POSSIBLE TESTS,
		"established.yaml:6:7: 'when' must be a list\n");
	expect_rule(HEAD "when: []\n" POSSIBLE TESTS,
		"established.yaml:6:7: 'when' must not be empty\n");
	expect_rule(HEAD WHEN TESTS,
		"established.yaml:1:1: the rule lacks 'possible'\n");
	expect_rule(HEAD "when:\n  - name: w\n    proof: '1'\n    why: it is.\n"
			 "    rests_on: [c_syn]\n"
			 "    confidence:\n      - sure: '1'\n" POSSIBLE TESTS,
		"established.yaml:10:16: rests_on takes c_sends, c_receives, "
		"s_receives and s_sends\n"
		"established.yaml:12:9: a confidence is certain, likely or "
		"possible\n"
		"established.yaml:9:10: leave out the full stop; the program "
		"adds it\n");
}

static void
tests_are_checked(void **state)
{
	(void)state;
	expect_rule(HEAD WHEN POSSIBLE "tests:\n  - {name: a, given: both, "
				       "facts: {c_sin: 1, s_syn: x},"
				       " expect: {verdict: established}}\n",
		"established.yaml:12:22: 'given' is two-ends, client-only, "
		"server-only or any\n"
		"established.yaml:12:36: no fact 'c_sin'; did you mean "
		"'c_syn'?\n"
		"established.yaml:12:53: this fact is a count: a number or "
		"null\n");
	expect_rule(HEAD WHEN POSSIBLE
		"tests:\n  - {name: a, given: any, expect: {verdict: "
		"established}}\n",
		"established.yaml:12:3: a rule needs a test that gets its "
		"verdict and two near misses that get another\n");
	expect_rule(HEAD WHEN POSSIBLE TESTS
		"  - {name: d, given: any, expect: {verdict: astray}}\n",
		"established.yaml:15:5: no rule gives the verdict 'astray'\n");
}

static void
templates_are_checked(void **state)
{
	(void)state;
	static const struct {
		const char *why, *problem;
	} cases[] = {
		{"{c_sin} seen", "12: no fact 'c_sin'; did you mean 'c_syn'?"},
		{"{c_syn|SYN} seen", "12: write {c_syn|singular|plural}"},
		{"{c_syn:ms}", "12: no format 'ms'; there is 'span'"},
		{"x {c_syn", "13: '{' without '}'"},
		{"x c_syn}", "18: '}' without '{'"},
		{"a [b [c]]", "16: brackets do not nest"},
		{"a b]", "14: ']' without '['"},
		{"a [b", "15: '[' without ']'"},
	};
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		char text[2048];
		char problem[256];
		snprintf(text, sizeof text,
			HEAD "when:\n  - name: w\n    proof: c_progress\n"
			     "    why: \"%s\"\n" POSSIBLE TESTS,
			cases[i].why);
		snprintf(problem, sizeof problem, "established.yaml:9:%s\n",
			cases[i].problem);
		expect_rule(text, problem);
	}
}

/* Each must be refused when the file is loaded, at the place of the harm. */
static void
hostile_sql_is_refused(void **state)
{
	(void)state;
	static const struct {
		const char *sql, *problem;
	} cases[] = {
		{"c_sin > 0", "3: no such column: c_sin; did you mean c_syn?"},
		{"c_syn >", "10: the expression ends too early"},
		{"(c_syn > 0", "3: '(' without ')'"},
		{"1) OR (1", "4: ')' without '('"},
		{"1; DROP TABLE facts",
			"4: ';' is not allowed in an expression"},
		{"c_syn = ?", "11: parameters are not allowed"},
		{"c_syn = :a", "11: parameters are not allowed"},
		{"1 /* open", "5: the comment does not end"},
		{"(SELECT max(c_syn) FROM facts) > 0",
			"3: subqueries are not allowed"},
		{"EXISTS (SELECT 1 FROM sqlite_master)",
			"3: subqueries are not allowed"},
		{"1 IN (WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + "
		 "1 FROM n) SELECT i FROM n)",
			"3: subqueries are not allowed"},
		{"length(randomblob(2000000000))",
			"10: a rule may not call randomblob()"},
		{"length(zeroblob(2000000000))",
			"10: a rule may not call zeroblob()"},
		{"load_extension('/tmp/x.so')",
			"3: a rule may not call load_extension()"},
		{"printf('%1000000000d', 1)",
			"3: a rule may not call printf()"},
		{"'aaaaaaaaab' LIKE '%a%a%a%a%c'",
			"16: a rule may not call like()"},
		{"c_syn REGEXP 'a'", "9: no such function: REGEXP"},
		{"count(*) > 0", "3: a rule may not call count()"},
		{"min(c_syn) > 0", "3: misuse of aggregate function min()"},
		{"row_number() OVER () > 0",
			"3: a rule may not call row_number()"},
		{"\"witnessed\" = c_sends", "3: no such column: witnessed"},
		{"random() > 0", "3: a rule may not call random()"},
		{"sqlite_master.name = ''",
			"3: no such column: sqlite_master.name"},
		{"ATTACH DATABASE '/tmp/x' AS x",
			"10: near \"DATABASE\": "
			"syntax error"},
		{"PRAGMA writable_schema = 1",
			"10: near \"writable_schema\": syntax error"},
		{"INSERT INTO facts VALUES (1)",
			"3: near \"INSERT\": syntax error"},
		{"RAISE(ABORT, 'x')",
			"3: RAISE() may only be used within a "
			"trigger-program"},
	};
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		char text[4096];
		char *got;
		snprintf(text, sizeof text,
			HEAD WHEN "possible: |\n  %s\n" TESTS, cases[i].sql);
		file_write("established.yaml", text, strlen(text));
		got = load(NULL);
		char wanted[256];
		snprintf(wanted, sizeof wanted, "established.yaml:11:%s\n",
			cases[i].problem);
		assert_string_equal(got, wanted);
		free(got);
	}
	file_remove("established.yaml");
}

/* A huge expression would make each row slow. */
static void
long_expressions_are_refused(void **state)
{
	(void)state;
	char text[8192];
	int n = snprintf(text, sizeof text, HEAD WHEN "possible: |\n  1");
	for (int i = 0; i < 1100; i++)
		n += snprintf(text + n, sizeof text - (size_t)n, " + 1");
	snprintf(text + n, sizeof text - (size_t)n, "\n%s", TESTS);
	expect_rule(text,
		"established.yaml:10:11: the expression is longer than "
		"4096 bytes\n");
}

/* The place of an error inside an expression, in each way of writing it. */
static void
places_inside_expressions(void **state)
{
	(void)state;
	expect_rule(HEAD WHEN
		"possible: |\n  c_syn > 0\n\n    AND c_sin = 0\n" TESTS,
		"established.yaml:13:9: no such column: c_sin; did you mean "
		"c_syn?\n");
	expect_rule(HEAD WHEN "possible: 'c_syn > 0 AND c_sin = 0'\n" TESTS,
		"established.yaml:10:26: no such column: c_sin; did you mean "
		"c_syn?\n");
	expect_rule(HEAD WHEN "possible: c_syn > 0 AND c_sin = 0\n" TESTS,
		"established.yaml:10:25: no such column: c_sin; did you mean "
		"c_syn?\n");
	expect_rule(HEAD WHEN
		"possible: >\n  c_syn > 0\n  AND c_sin = 0\n" TESTS,
		"established.yaml:10:11: no such column: c_sin; did you mean "
		"c_syn?\n");
}

static void
sets_must_hold_together(void **state)
{
	(void)state;
	expect_rule(
		"verdict: established\nrank: 20\ntitle: t\nexplain: e\n" WHEN
			POSSIBLE TESTS,
		"rules: exactly one verdict must say 'clean: true'\n");
	expect("verdict: established\nrank: 20\ntitle: t\nexplain: e\n" WHEN
			POSSIBLE TESTS,
		"x.yaml: verdict 'established' is that of "
		"rules/verdicts/established.yaml already\n"
		"x.yaml: rank 20 is that of rules/verdicts/established.yaml "
		"already\n");
	/* A rule ranked behind the fallback would never be tried. */
	expect("verdict: late\nrank: 1000\ntitle: t\nexplain: e\n" WHEN POSSIBLE
	       "tests:\n  - {name: a, given: any, expect: {verdict: late}}\n"
	       "  - {name: b, given: any, expect: {verdict: undetermined}}\n"
	       "  - {name: c, given: any, expect: {verdict: undetermined}}\n",
		"rules: exactly one verdict must say 'fallback: true', and its "
		"rank must be the highest\n");
}

static void
unreadable_folders_are_named(void **state)
{
	(void)state;
	char *got = load(NULL);
	assert_string_equal(got, ": no *.yaml, *.yml or *.json file in it\n");
	free(got);
	char path[256];
	path_of(path, sizeof path, "pipe.yaml");
	assert_int_equal(mkfifo(path, 0600), 0);
	got = load(NULL);
	assert_string_equal(got, "pipe.yaml: Invalid argument\n");
	free(got);
	unlink(path);
}

static void
words_are_suggested(void **state)
{
	(void)state;
	struct rule_set *r = rules_load(NULL, 0, stderr, NULL);
	char *text = NULL;
	size_t len = 0;
	FILE *out = open_memstream(&text, &len);
	assert_false(rules_explain(r, "syn-lost-in-netwrok", out));
	fflush(out);
	assert_non_null(strstr(text, "did you mean 'syn-lost-in-network'?"));
	rewind(out);
	assert_true(rules_explain(r, "syn-lost-in-network", out));
	fflush(out);
	assert_non_null(strstr(text, "place: network, client→server\n"));
	rewind(out);
	assert_true(rules_show(r, "undetermined", out));
	fflush(out);
	assert_memory_equal(text, "# Given when nothing is proved", 30);
	fclose(out);
	free(text);
	rules_free(r);
}

/* Everything for the terminal fits 80 columns. */
static void
output_fits_the_terminal(void **state)
{
	(void)state;
	struct rule_set *r = rules_load(NULL, 0, stderr, NULL);
	char *text = NULL;
	size_t len = 0;
	FILE *out = open_memstream(&text, &len);
	rules_list(r, out);
	for (size_t i = 0; i < r->count; i++)
		rules_explain(r, r->rules[i]->verdict, out);
	fclose(out);
	for (char *line = strtok(text, "\n"); line; line = strtok(NULL, "\n"))
		if (strlen(line) > 80)
			fail_msg("too wide: %s", line);
	free(text);
	/* A title that `rules list` cuts tells half of it. */
	for (size_t i = 0; i < r->count; i++)
		assert_true(strlen(r->rules[i]->title) <= 41);
	rules_free(r);
}

/* The whole of a file of the source tree. The caller frees. */
static char *
source_text(const char *path)
{
	FILE *f = fopen(path, "rb");
	assert_non_null(f);
	char *text = calloc(1, 65536);
	assert_true(fread(text, 1, 65535, f) > 0);
	fclose(f);
	return text;
}

/* The README's table has every key, and its example loads and passes. */
static void
readme_is_true(void **state)
{
	(void)state;
	char *text = source_text(SOURCE_DIR "/rules/README.md");
	static const char *const keys[] = {
#define X(key, type, required, meaning) "\n| `" #key "` | ",
#include "judge/rule_fields.def"
#undef X
	};
	for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++)
		if (strstr(text, keys[i]) == NULL)
			fail_msg("README lacks%s", keys[i]);
	char *example = strstr(text, "```yaml\n");
	assert_non_null(example);
	example += strlen("```yaml\n");
	size_t len = (size_t)(strstr(example, "```") - example);
	file_write("refused-late.yaml", example, len);
	struct rule_set *r = NULL;
	char *got = load(&r);
	assert_string_equal(got, "");
	struct error e = {0};
	FILE *out = fopen("/dev/null", "w");
	if (!rules_test(r, out, &e))
		fail_msg("%s", e.text);
	fclose(out);
	free(got);
	free(text);
	rules_free(r);
	file_remove("refused-late.yaml");
}

/* Rules that break their own tests are told from those that keep them. */
static void
failing_tests_are_reported(void **state)
{
	(void)state;
	static const char text[] = HEAD WHEN
		"possible: '0'\n" TESTS
		"  - {name: d, given: any, expect: {verdict: established}}\n";
	file_write("established.yaml", text, sizeof text - 1);
	struct rule_set *r = NULL;
	char *got = load(&r);
	assert_string_equal(got, "");
	char *out_text = NULL;
	size_t len = 0;
	FILE *out = open_memstream(&out_text, &len);
	struct error e = {0};
	assert_false(rules_test(r, out, &e));
	fclose(out);
	assert_int_equal(e.kind, ERROR_RULE);
	assert_non_null(strstr(out_text, "FAIL established: d\n"));
	assert_non_null(strstr(out_text,
		"  verdict: expected established, got undetermined\n"));
	assert_non_null(strstr(out_text,
		"  established is proved, but its 'possible' is false\n"));
	free(out_text);
	free(got);
	rules_free(r);
	file_remove("established.yaml");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(yaml_trouble_has_its_place),
		cmocka_unit_test(large_files_are_refused),
		cmocka_unit_test(a_good_rule_overrides_its_namesake),
		cmocka_unit_test(json_and_subfolders_are_read),
		cmocka_unit_test(every_problem_is_listed),
		cmocka_unit_test(tests_are_checked),
		cmocka_unit_test(templates_are_checked),
		cmocka_unit_test(hostile_sql_is_refused),
		cmocka_unit_test(long_expressions_are_refused),
		cmocka_unit_test(places_inside_expressions),
		cmocka_unit_test(sets_must_hold_together),
		cmocka_unit_test(unreadable_folders_are_named),
		cmocka_unit_test(words_are_suggested),
		cmocka_unit_test(output_fits_the_terminal),
		cmocka_unit_test(readme_is_true),
		cmocka_unit_test(failing_tests_are_reported),
	};
	return cmocka_run_group_tests(tests, setup, teardown);
}
