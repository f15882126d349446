/*
 * The verdicts: the embedded rules pass their own tests, one pass gives what
 * trying the rules one by one gives, and a run fills its tables.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <sqlite3.h>

#include "judge/expression.h"
#include "judge/rule.h"
#include "judge/verdict_sql.h"
#include "model/facts.h"

#define ROWS 4000
/* Thrice what the rules take: a join or a subquery for each row shows. */
#define STEPS_MAX 1000

static int
setup(void **state)
{
	struct error e = {0};
	*state = rules_load(NULL, 0, stderr, &e);
	return *state == NULL;
}

static int
teardown(void **state)
{
	rules_free(*state);
	return 0;
}

static void
embedded_rules_pass_their_tests(void **state)
{
	struct error e = {0};
	char *text = NULL;
	size_t len = 0;
	FILE *out = open_memstream(&text, &len);
	bool ok = rules_test(*state, out, &e);
	fclose(out);
	if (!ok)
		print_message("%s", text);
	assert_true(ok);
	assert_non_null(strstr(text, " passed, 0 failed\n"));
	free(text);
}

/* The ids, segments and places of contract section 3. */
static void
verdicts_are_those_of_the_contract(void **state)
{
	static const struct {
		const char *verdict, *segment, *place;
	} contract[] = {
		{"established", NULL, NULL},
		{"syn-lost-in-network", "SYN", "network, client→server"},
		{"syn-dropped-by-server", "SYN", "server host"},
		{"synack-lost-in-network", "SYN-ACK", "network, server→client"},
		{"synack-dropped-by-client", "SYN-ACK", "client host"},
		{"synack-unacceptable", "SYN-ACK", "between, or client host"},
		{"ack-lost-in-network", "ACK", "network, client→server"},
		{"ack-dropped-by-server", "ACK", "server host"},
		{"refused-by-server", NULL, "server host"},
		{"rejected-in-network", NULL, "network"},
		{"abandoned-by-client", NULL, "client"},
		{"answered-with-challenge-ack", NULL, "server host"},
		{"stalled-after-handshake", NULL, NULL},
		{"undetermined", NULL, NULL},
	};
	const struct rule_set *r = *state;
	size_t count = sizeof contract / sizeof contract[0];
	assert_int_equal(r->count, count);
	for (size_t i = 0; i < count; i++) {
		const struct rule *rule = rule_find(r, contract[i].verdict);
		assert_non_null(rule);
		if (contract[i].segment == NULL)
			assert_null(rule->segment);
		else
			assert_string_equal(rule->segment, contract[i].segment);
		if (contract[i].place == NULL)
			assert_null(rule->place);
		else
			assert_string_equal(rule->place, contract[i].place);
	}
}

/* xorshift: the same facts in every run. */
static uint32_t
dice(uint32_t sides)
{
	static uint32_t x = 2463534242;
	x ^= x << 13;
	x ^= x >> 17;
	x ^= x << 5;
	return x % sides;
}

/* Facts of any kind, most counts 0, some unknown. */
static void
random_value(sqlite3_str *sql, int column)
{
	static const char *const words[] = {"none", "outside", "lossy",
		"doubtful", "covered", "witnessed", "witnessed", "witnessed"};
	const char *name = fact_columns[column].name;
	size_t len = strlen(name);
	if (fact_columns[column].type == FACT_TEXT) {
		bool coverage =
			strstr(name, "sends") || strstr(name, "receives");
		if (coverage)
			sqlite3_str_appendf(sql, ",%Q", words[dice(8)]);
		else
			sqlite3_str_appendf(
				sql, ",%s", dice(2) ? "'it''s'" : "NULL");
	} else if (dice(40) == 0) {
		sqlite3_str_appendall(sql, ",NULL");
	} else if (len > 3 && strcmp(name + len - 3, "_us") == 0) {
		sqlite3_str_appendf(sql, ",%u", dice(3000000));
	} else {
		sqlite3_str_appendf(sql, ",%u", dice(5) == 0 ? dice(4) : 0);
	}
}

static sqlite3 *
random_facts(void)
{
	sqlite3 *db = facts_database();
	for (int i = 1; i <= ROWS; i++) {
		sqlite3_str *sql = sqlite3_str_new(NULL);
		sqlite3_str_appendf(sql, "INSERT INTO facts VALUES (%d", i);
		for (int c = 0; c < FACTS_COLUMNS; c++)
			random_value(sql, c);
		sqlite3_str_appendall(sql, ")");
		char *text = sqlite3_str_finish(sql);
		assert_int_equal(
			sqlite3_exec(db, text, NULL, NULL, NULL), SQLITE_OK);
		sqlite3_free(text);
	}
	return db;
}

/* One way alone: does it hold, its confidence, its sentence. */
static sqlite3_stmt *
way_statement(sqlite3 *db, const struct way *way)
{
	sqlite3_str *sql = sqlite3_str_new(db);
	sqlite3_str_appendall(sql, "SELECT ");
	way_holds(sql, way);
	sqlite3_str_appendall(sql, ",");
	way_confidence(sql, way);
	sqlite3_str_appendf(sql, ",%s FROM facts WHERE attempt=?", way->why);
	char *text = sqlite3_str_finish(sql);
	sqlite3_stmt *stmt = NULL;
	assert_int_equal(
		sqlite3_prepare_v2(db, text, -1, &stmt, NULL), SQLITE_OK);
	sqlite3_free(text);
	return stmt;
}

#define WAYS_MAX 100

static void
one_pass_equals_one_by_one(void **state)
{
	const struct rule_set *r = *state;
	sqlite3 *db = random_facts();
	sqlite3_stmt *ways[WAYS_MAX];
	const struct rule *rules[WAYS_MAX];
	int count = 0;
	for (size_t i = 0; i < r->count; i++)
		for (size_t w = 0; w < r->rules[i]->ways_count; w++) {
			assert_true(count < WAYS_MAX);
			rules[count] = r->rules[i];
			ways[count++] =
				way_statement(db, &r->rules[i]->ways[w]);
		}
	sqlite3_stmt *all = NULL;
	assert_int_equal(
		sqlite3_prepare_v2(db, r->select, -1, &all, NULL), SQLITE_OK);
	int seen[WAYS_MAX] = {0};
	int rows = 0;
	while (sqlite3_step(all) == SQLITE_ROW) {
		rows++;
		int w = 0;
		for (;; w++) {
			assert_true(w < count);
			sqlite3_reset(ways[w]);
			sqlite3_bind_int64(
				ways[w], 1, sqlite3_column_int64(all, 0));
			assert_int_equal(sqlite3_step(ways[w]), SQLITE_ROW);
			if (sqlite3_column_int(ways[w], 0))
				break;
		}
		seen[w]++;
		/* One candidate alone takes the fallback's place. */
		const char *verdict = (const char *)sqlite3_column_text(all, 1);
		if (!rules[w]->fallback || strcmp(verdict, "undetermined") == 0)
			assert_string_equal(verdict, rules[w]->verdict);
		assert_string_equal(sqlite3_column_text(all, 4),
			confidence_word((enum confidence)sqlite3_column_int(
				ways[w], 1)));
		const char *why = (const char *)sqlite3_column_text(ways[w], 2);
		assert_non_null(why);
		assert_memory_equal(
			sqlite3_column_text(all, 8), why, strlen(why));
	}
	assert_int_equal(rows, ROWS);
	int exercised = 0;
	for (int i = 0; i < count; i++)
		exercised += seen[i] > 0;
	/* Random facts reach most ways, or the comparison says little. */
	print_message("%d of %d ways reached\n", exercised, count);
	assert_true(exercised * 2 > count);
	for (int i = 0; i < count; i++)
		sqlite3_finalize(ways[i]);
	sqlite3_finalize(all);
	sqlite3_close(db);
}

/* Every row of a statement as one text; sqlite3_free. */
static char *
rows_text(sqlite3 *db, const char *sql)
{
	sqlite3_stmt *stmt = NULL;
	sqlite3_str *text = sqlite3_str_new(NULL);
	assert_int_equal(
		sqlite3_prepare_v2(db, sql, -1, &stmt, NULL), SQLITE_OK);
	while (sqlite3_step(stmt) == SQLITE_ROW)
		for (int i = 0; i < sqlite3_column_count(stmt); i++)
			sqlite3_str_appendf(
				text, "%s|", sqlite3_column_text(stmt, i));
	sqlite3_finalize(stmt);
	return sqlite3_str_finish(text);
}

/* A run judges in two statements, the second written for the ways that held. */
static void
two_statements_say_what_one_says(void **state)
{
	const struct rule_set *r = *state;
	sqlite3 *db = random_facts();
	char *one = rows_text(db, r->select);
	char *ways = verdict_ways(r, NULL);
	char *table = sqlite3_mprintf("CREATE TEMP TABLE judged AS %s", ways);
	assert_int_equal(sqlite3_exec(db, table, NULL, NULL, NULL), SQLITE_OK);
	bool *held = calloc(VERDICT_WAYS_MAX, sizeof *held);
	sqlite3_stmt *stmt = NULL;
	assert_int_equal(
		sqlite3_prepare_v2(
			db, "SELECT DISTINCT way FROM judged", -1, &stmt, NULL),
		SQLITE_OK);
	while (sqlite3_step(stmt) == SQLITE_ROW)
		held[sqlite3_column_int(stmt, 0)] = true;
	sqlite3_finalize(stmt);
	char *told = verdict_told(r, held);
	assert_true(strlen(told) < strlen(r->select));
	char *two = rows_text(db, told);
	assert_true(strlen(one) > ROWS);
	assert_string_equal(one, two);
	sqlite3_free(one);
	sqlite3_free(two);
	sqlite3_free(told);
	sqlite3_free(table);
	sqlite3_free(ways);
	free(held);
	sqlite3_close(db);
}

/* An undetermined attempt has several candidates, or none and something that
 * is missing; one that was the only candidate names what speaks against it. */
static void
one_candidate_is_the_verdict(void **state)
{
	const struct rule_set *r = *state;
	sqlite3 *db = random_facts();
	char *sql = sqlite3_mprintf(
		"WITH v(attempt, verdict, segment, place, confidence, failed,"
		" candidates, missing, why) AS (%s) SELECT"
		" sum(json_array_length(candidates) = 1),"
		" sum(candidates = '[]' AND verdict = 'undetermined' AND"
		"  why NOT LIKE '%%No verdict fits that one fault explains.'),"
		" sum(why LIKE '%%No other verdict fits.' AND"
		"  verdict <> 'undetermined' AND confidence = 'possible') > 10"
		" FROM v",
		r->select);
	sqlite3_stmt *stmt = NULL;
	/* The SELECT has a WITH of its own, which may stand inside. */
	assert_int_equal(
		sqlite3_prepare_v2(db, sql, -1, &stmt, NULL), SQLITE_OK);
	assert_int_equal(sqlite3_step(stmt), SQLITE_ROW);
	assert_int_equal(sqlite3_column_int(stmt, 0), 0);
	assert_int_equal(sqlite3_column_int(stmt, 1), 0);
	assert_int_equal(sqlite3_column_int(stmt, 2), 1);
	sqlite3_finalize(stmt);
	sqlite3_free(sql);
	sqlite3_close(db);
}

/* candidates and missing are JSON whatever the facts hold. */
static void
lists_are_json(void **state)
{
	const struct rule_set *r = *state;
	sqlite3 *db = random_facts();
	char *sql = sqlite3_mprintf(
		"SELECT count(*), sum(json_valid(candidates) AND "
		"json_valid(missing)), count(why), sum(failed IN (0, 1)) "
		"FROM (SELECT 0 AS attempt, '' AS verdict, '' AS segment, '' "
		"AS place, '' AS confidence, 0 AS failed, '[]' AS candidates, "
		"'[]' AS missing, '' AS why WHERE 0 UNION ALL "
		"SELECT * FROM (%s))",
		r->select);
	sqlite3_stmt *stmt = NULL;
	assert_int_equal(
		sqlite3_prepare_v2(db, sql, -1, &stmt, NULL), SQLITE_OK);
	assert_int_equal(sqlite3_step(stmt), SQLITE_ROW);
	for (int i = 0; i < 4; i++)
		assert_int_equal(sqlite3_column_int(stmt, i), ROWS);
	sqlite3_finalize(stmt);
	sqlite3_free(sql);
	sqlite3_close(db);
}

/* How much work a verdict is, in steps of SQLite's machine: the same figure on
 * every computer. */
static void
a_run_is_little_work(void **state)
{
	const struct rule_set *r = *state;
	sqlite3 *db = random_facts();
	sqlite3_stmt *stmt = NULL;
	assert_int_equal(
		sqlite3_prepare_v2(db, r->select, -1, &stmt, NULL), SQLITE_OK);
	while (sqlite3_step(stmt) == SQLITE_ROW)
		continue;
	int steps = sqlite3_stmt_status(stmt, SQLITE_STMTSTATUS_VM_STEP, 0);
	sqlite3_finalize(stmt);
	print_message(
		"%d attempts judged in %d steps each\n", ROWS, steps / ROWS);
	assert_in_range(steps / ROWS, 1, STEPS_MAX);
	sqlite3_close(db);
}

static int
count_of(struct store *s, const char *sql)
{
	struct error e = {0};
	sqlite3_stmt *stmt = store_prepare(s, sql, &e);
	assert_non_null(stmt);
	assert_int_equal(sqlite3_step(stmt), SQLITE_ROW);
	int n = sqlite3_column_int(stmt, 0);
	sqlite3_finalize(stmt);
	return n;
}

static void
a_run_fills_its_tables(void **state)
{
	struct error e = {0};
	struct store *s = store_create(NULL, &e);
	assert_non_null(s);
	store_stage(s, STORE_STITCH);
	/* A SYN that left the client thrice and never reached the server. */
	assert_true(store_exec(s,
		"INSERT INTO facts (attempt, c_present, s_present, c_sends, "
		"c_receives, s_receives, s_sends, coverage_note, orphans, "
		"c_syn, s_syn, syn_covered, syn_arrived, syn_missed_by_server, "
		"c_synack, s_synack, c_synack_bad, c_ack, s_ack, c_rst_server, "
		"s_rst_server, c_icmp, s_icmp, c_challenge, s_challenge, "
		"c_progress, "
		"s_progress, simultaneous, syn_absent, c_sees_icmp, "
		"b_icmp, syn_logged) VALUES "
		"(7, 1, 1, 'witnessed', "
		"'witnessed', 'witnessed', 'witnessed', '', 0, 3, 0, 3, 0, 0, "
		"0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 3, 1, 0, 0)",
		&e));
	store_stage(s, STORE_JUDGE);
	assert_true(judge_run(s, *state, &e));
	assert_int_equal(count_of(s,
				 "SELECT count(*) FROM rule "
				 "WHERE kind = 'verdict'"),
		14);
	assert_int_equal(
		count_of(s,
			"SELECT count(*) FROM verdict WHERE attempt = 7 "
			"AND verdict = 'syn-lost-in-network' AND segment = "
			"'SYN' "
			"AND confidence = 'certain' AND failed = 1 "
			"AND candidates = '[]' AND missing = '[]'"),
		1);
	assert_int_equal(
		count_of(s,
			"SELECT count(*) FROM meta WHERE key = 'clean_verdict' "
			"AND value = 'established' OR key = 'rules_sha256' "
			"AND length(value) = 64"),
		2);
	store_free(s);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(embedded_rules_pass_their_tests),
		cmocka_unit_test(verdicts_are_those_of_the_contract),
		cmocka_unit_test(one_pass_equals_one_by_one),
		cmocka_unit_test(two_statements_say_what_one_says),
		cmocka_unit_test(one_candidate_is_the_verdict),
		cmocka_unit_test(lists_are_json),
		cmocka_unit_test(a_run_is_little_work),
		cmocka_unit_test(a_run_fills_its_tables),
	};
	return cmocka_run_group_tests(tests, setup, teardown);
}
