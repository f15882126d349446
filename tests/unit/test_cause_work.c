/*
 * How much work the cause rules are, and what is concluded from logs before them,
 * in steps of SQLite's machine: the same figure
 * on every computer. Twice the evidence may be twice the work and somewhat more,
 * not four times.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>

#include "judge/cause.h"
#include "judge/functions.h"
#include "stitch/machine_roles.h"
#include "stitch/reported.h"
#include "store/store.h"

/* So many that what grows with their square is most of the work. */
#define SMALL 1500

/* Four times is the square; sorting adds little to twice. */
#define GROWTH_TENTHS_MAX 28

/* SQLite calls this when a statement has ended. */
static int
steps_add(unsigned what, void *to, void *stmt, void *took_ns)
{
	(void)what;
	(void)took_ns;
	*(int64_t *)to +=
		sqlite3_stmt_status(stmt, SQLITE_STMTSTATUS_VM_STEP, 1);
	return 0;
}

/* A log of a client that names n servers of one port, each once. */
static const char servers_of_a_log[] =
	"INSERT INTO machine VALUES (1, 'client', 'client', 0, 'open', '', '',"
	" '');"
	"INSERT INTO source(id, name, role, machine, kind, bytes)"
	" VALUES (1, 'a', 'client', 1, 'text', 1);"
	"INSERT INTO host SELECT i, 'server-' || i FROM temp.n;"
	"INSERT INTO host VALUES (0, 'the-client');"
	"INSERT INTO machine_role SELECT 1, 'client', i, 8080, 0, 'report'"
	" FROM temp.n;"
	"INSERT INTO event(id, source, line, name, role, at_ns, uncertainty_ns,"
	" count, floor, src, dst, dst_port, fields, text) SELECT i, 1, i,"
	" 'nginx-connect-timeout', 'client', 1000000000000, 1000000000, 1, 0,"
	" 'the-client', 'server-' || i, 8080, '{}', 't' FROM temp.n;"
	"INSERT INTO reported_failure(id, source, line, event, at_ns,"
	" uncertainty_ns, client, server, server_port, how, count) SELECT i, 1,"
	" i, i, 1000000000000, 1000000000, 0, i, 8080, 'no-answer', 1"
	" FROM temp.n;"
	"INSERT INTO reported_verdict SELECT i, 'undetermined', 'possible',"
	" '[\"syn-lost-in-network\",\"syn-dropped-by-server\"]', '' FROM "
	"temp.n;";

/* n reports of one client about one service, within the two minutes before the only
 * attempt that the client's capture holds. */
static const char reports_of_a_service[] =
	"INSERT INTO vantage(id, name) VALUES (1, 'client');"
	"INSERT INTO machine VALUES (1, 'client', 'client', 0, 'open', '', '',"
	" '');"
	"INSERT INTO source(id, name, role, machine, kind, bytes)"
	" VALUES (1, 'a', 'client', 1, 'text', 1);"
	"INSERT INTO source(id, name, role, machine, kind, bytes, vantage, "
	"trust,"
	" first_ns, last_ns) VALUES (2, 'b', 'client', 1, 'pcap', 1, 1, 'good',"
	" 900000000000, 1100000000000);"
	"INSERT INTO host VALUES (0, 'the-client'), (1, 'the-server');"
	"INSERT INTO machine_role VALUES (1, 'client', 1, 8080, 0, 'report');"
	"INSERT INTO attempt(id, client, client_port, server, server_port, isn,"
	" first_ns, duration_us, syn_retransmits, clean)"
	" VALUES (1, 0, 1024, 1, 8080, 7, 1070000000000, 0, 0, 0);"
	"INSERT INTO pair_sum(client, server, server_port, attempts, clean,"
	" first_ns, last_ns, clean_first_ns, clean_last_ns) SELECT client,"
	" server, server_port, 1, 0, first_ns, first_ns, NULL, NULL FROM "
	"attempt;"
	"INSERT INTO facts(attempt, c_syn, s_syn, c_synack, s_synack,"
	" c_rst_server, s_rst_server) VALUES (1, 3, 0, 0, 0, 0, 0);"
	"INSERT INTO verdict VALUES (1, 'undetermined', NULL, NULL, 'possible',"
	" 1, '[\"syn-lost-in-network\",\"syn-dropped-by-server\"]', '[]', '');"
	"INSERT INTO event(id, source, line, name, role, at_ns, uncertainty_ns,"
	" count, floor, src, dst, dst_port, fields, text) SELECT i, 1, i,"
	" 'nginx-connect-timeout', 'client', 1000000000000 + i, 1000000, 1, 0,"
	" 'the-client', 'the-server', 8080, '{}', 't' FROM temp.n;"
	"INSERT INTO reported_failure(id, source, line, event, at_ns,"
	" uncertainty_ns, client, server, server_port, how, count) SELECT i, 1,"
	" i, i, 1000000000000 + i, 1000000, 0, 1, 8080, 'no-answer', 1"
	" FROM temp.n;"
	"INSERT INTO reported_verdict SELECT i, 'undetermined', 'possible',"
	" '[\"syn-lost-in-network\",\"syn-dropped-by-server\"]', '' FROM "
	"temp.n;";

/* n attempts by turns to one service for each 100; each 10th is
 * refused or lost. */
static const char attempts_on_services[] =
	"INSERT INTO host VALUES (0, 'the-client'), (1, 'the-server');"
	"INSERT INTO attempt(id, client, client_port, server, server_port, isn,"
	" first_ns, duration_us, syn_retransmits, clean) SELECT i, 0,"
	" 1024 + i, 1, 1 + i % (SELECT count(*) / 100 FROM temp.n), i,"
	" i * 1000000, 0, 0, i / 100 % 10 > 0 FROM temp.n;"
	"INSERT INTO pair_sum(client, server, server_port, attempts, clean,"
	" first_ns, last_ns, clean_first_ns, clean_last_ns) SELECT client,"
	" server, server_port, count(*), sum(clean), min(first_ns),"
	" max(first_ns), min(first_ns), max(first_ns) FROM attempt"
	" GROUP BY server_port;"
	"INSERT INTO service_sum(service, attempts, clean, first_ns, last_ns)"
	" SELECT server * 65536 + server_port, attempts, clean, first_ns,"
	" last_ns FROM pair_sum;"
	"INSERT INTO second_sum(second, server, server_port, attempts, clean)"
	" SELECT first_ns / 1000000000, server, server_port, count(*),"
	" sum(clean) FROM attempt GROUP BY 1, 3;"
	"INSERT INTO facts(attempt, c_syn, s_syn, c_synack, s_synack,"
	" c_rst_server, s_rst_server) SELECT id, 3, 0, 0, 0, id % 2, id % 2"
	" FROM attempt WHERE NOT clean;"
	"INSERT INTO verdict SELECT id, iif(id % 2, 'refused-by-server',"
	" 'syn-lost-in-network'), NULL, NULL, 'certain', 1, '[]', '[]', ''"
	" FROM attempt WHERE NOT clean;";

/* Denials of n strangers at n services, of which a program speaks, too. */
static const char denials_at_services[] =
	"INSERT INTO source(id, name, kind, bytes) VALUES (1, 'a', 'text', 1);"
	"INSERT INTO host SELECT i, 'server-' || i FROM temp.n;"
	"INSERT INTO host SELECT 1000000 + i, 'stranger-' || i FROM temp.n;"
	"INSERT INTO reported_failure(id, source, line, at_ns, uncertainty_ns,"
	" client, server, server_port, how, count) SELECT i, 1, i,"
	" 1000000000000, 1000000000, NULL, i, 8080, 'no-answer', 1 FROM temp.n;"
	"INSERT INTO reported_failure(id, source, line, at_ns, uncertainty_ns,"
	" client, server, server_port, how, count) SELECT 1000000 + i, 1, i,"
	" 1000000000000, 1000000000, 1000000 + i, i, 8080, 'dropped', 1"
	" FROM temp.n;"
	"INSERT INTO reported_verdict SELECT id, 'undetermined', 'possible',"
	" '[\"syn-lost-in-network\",\"syn-dropped-by-server\"]', ''"
	" FROM reported_failure;";

/* n cards of the server, one of which is up with an address of its own. */
static const char cards_of_a_server[] =
	"INSERT INTO source(id, name, kind, bytes) VALUES (1, 'a', 'ip-link', "
	"1);"
	"INSERT INTO host VALUES (0, 'the-client'), (1, '10.0.0.1');"
	"INSERT INTO attempt(id, client, client_port, server, server_port, isn,"
	" first_ns, duration_us, syn_retransmits, clean)"
	" VALUES (1, 0, 1024, 1, 80, 7, 0, 0, 0, 0);"
	"INSERT INTO facts(attempt, c_syn, s_syn, c_synack, s_synack,"
	" c_rst_server, s_rst_server) VALUES (1, 3, 0, 0, 0, 0, 0);"
	"INSERT INTO verdict VALUES (1, 'syn-lost-in-network', NULL, NULL,"
	" 'certain', 1, '[]', '[]', '');"
	"INSERT INTO setting(source, role, kind, scope, name, value)"
	" SELECT 1, 'server', 'ip-link', 'eth' || i, 'state', 'UP' FROM temp.n;"
	"INSERT INTO setting(source, role, kind, scope, name, value)"
	" SELECT 1, 'server', 'ip-link', 'eth' || i, 'address',"
	" '10.0.' || i || '.1/24' FROM temp.n;";

/* n records of a flow log, each of nothing but a SYN, half of them rejected. */
static const char flows_of_a_log[] =
	"INSERT INTO source(id, name, kind, bytes) VALUES (1, 'a', 'aws-flow', "
	"1);"
	"INSERT INTO flow_record(id, source, line, cloud, interface, start_ns,"
	" end_ns, src, src_port, dst, dst_port, protocol, packets, bytes, "
	"action,"
	" tcp_flags, sampled) SELECT i, 1, i, 'aws', 'eni-' || i, i, i,"
	" 'client-' || i, 1024 + i % 60000, 'server', 80, 6, 3, 180,"
	" iif(i % 2, 'REJECT', 'ACCEPT'), 2, 0 FROM temp.n;";

/* The same, each a failure that the log reports. */
static const char rejects_of_a_log[] =
	"INSERT INTO source(id, name, kind, bytes) VALUES (1, 'a', 'aws-flow', "
	"1);"
	"INSERT INTO host VALUES (0, 'the-client'), (1, 'the-server');"
	"INSERT INTO flow_record(id, source, line, cloud, interface, start_ns,"
	" end_ns, src, src_port, dst, dst_port, protocol, packets, bytes, "
	"action,"
	" tcp_flags, sampled) SELECT i, 1, i, 'aws', 'eni-1', i * 1000000, i * "
	"1000000,"
	" 'the-client', 1024 + i, 'the-server', 80, 6, 3, 180, 'REJECT', 2, 0"
	" FROM temp.n;"
	"INSERT INTO reported_failure(id, source, line, flow, at_ns,"
	" uncertainty_ns, client, client_port, server, server_port, how, count)"
	" SELECT i, 1, i, i, i * 1000000, 1000000, 0, 1024 + i, 1, 80, "
	"'dropped', 1"
	" FROM temp.n;"
	"INSERT INTO reported_verdict SELECT i, 'syn-lost-in-network', "
	"'likely',"
	" '[]', '' FROM temp.n;";

typedef bool (*work)(struct store *, const struct rule_set *, struct error *);

static bool
causes_work(struct store *s, const struct rule_set *rules, struct error *e)
{
	store_stage(s, STORE_JUDGE);
	return causes_run(s, rules, NULL, e);
}

static bool
roles_work(struct store *s, const struct rule_set *rules, struct error *e)
{
	(void)rules;
	return store_exec(s, "DELETE FROM machine_role", e) &&
		machine_roles_write(s, e);
}

static bool
reports_work(struct store *s, const struct rule_set *rules, struct error *e)
{
	uint64_t count;
	(void)rules;
	return reported_write(s, &count, e) && count > 0;
}

/* The steps that the work takes on a case that `sql` makes of temp.n, the numbers
 * 1 to n; no rule may have been given up. */
static int64_t
steps_of(work run, const struct rule_set *rules, const char *sql, int n)
{
	struct error e = {0};
	struct store *s = store_create(NULL, &e);
	assert_non_null(s);
	char numbers[256];
	snprintf(numbers, sizeof numbers,
		"CREATE TEMP TABLE n AS WITH RECURSIVE n(i) AS (SELECT 1 "
		"UNION ALL SELECT i + 1 FROM n WHERE i < %d) SELECT i FROM n",
		n);
	if (!store_exec(s, numbers, &e) || !store_exec(s, sql, &e))
		fail_msg("%s", e.text);
	assert_true(functions_add(store_db(s)));
	int64_t steps = 0;
	sqlite3_trace_v2(store_db(s), SQLITE_TRACE_PROFILE, steps_add, &steps);
	if (!run(s, rules, &e))
		fail_msg("%s", e.text);
	sqlite3_trace_v2(store_db(s), 0, NULL, NULL);
	sqlite3_stmt *stmt = NULL;
	assert_int_equal(sqlite3_prepare_v2(store_db(s),
				 "SELECT value FROM meta WHERE "
				 "key = 'causes_unexamined'",
				 -1, &stmt, NULL),
		SQLITE_OK);
	if (sqlite3_step(stmt) == SQLITE_ROW)
		fail_msg("of %d not examined: %s", n,
			(const char *)sqlite3_column_text(stmt, 0));
	sqlite3_finalize(stmt);
	store_free(s);
	return steps;
}

static void
growth_is_checked(
	work run, const struct rule_set *rules, const char *sql, int n)
{
	int64_t small = steps_of(run, rules, sql, n);
	int64_t large = steps_of(run, rules, sql, 2 * n);
	print_message("%d: %lld steps, %d: %lld\n", n, (long long)small, 2 * n,
		(long long)large);
	assert_in_range(large * 10 / small, 1, GROWTH_TENTHS_MAX);
}

static void
many_servers_of_one_port(void **state)
{
	growth_is_checked(causes_work, *state, servers_of_a_log, SMALL);
}

static void
many_reports_of_one_service(void **state)
{
	growth_is_checked(causes_work, *state, reports_of_a_service, SMALL);
}

static void
many_rejects_of_one_client(void **state)
{
	growth_is_checked(causes_work, *state, rejects_of_a_log, 4 * SMALL);
}

static void
many_attempts_on_many_services(void **state)
{
	growth_is_checked(causes_work, *state, attempts_on_services, 4 * SMALL);
}

static void
many_denials_at_many_services(void **state)
{
	growth_is_checked(causes_work, *state, denials_at_services, SMALL);
}

static void
many_cards(void **state)
{
	growth_is_checked(causes_work, *state, cards_of_a_server, 4 * SMALL);
}

static void
roles_at_many_services(void **state)
{
	growth_is_checked(roles_work, *state, servers_of_a_log, SMALL);
}

static void
many_flow_records(void **state)
{
	growth_is_checked(reports_work, *state, flows_of_a_log, SMALL);
}

static int
ours_load(void **state)
{
	struct error e = {0};
	*state = rules_load(NULL, 0, stderr, &e);
	return *state == NULL;
}

static int
ours_free(void **state)
{
	rules_free(*state);
	return 0;
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(many_servers_of_one_port),
		cmocka_unit_test(many_reports_of_one_service),
		cmocka_unit_test(many_rejects_of_one_client),
		cmocka_unit_test(many_attempts_on_many_services),
		cmocka_unit_test(many_denials_at_many_services),
		cmocka_unit_test(many_cards),
		cmocka_unit_test(roles_at_many_services),
		cmocka_unit_test(many_flow_records),
	};
	return cmocka_run_group_tests(tests, ours_load, ours_free);
}
