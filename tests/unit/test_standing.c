/*
 * Where captures were made, in words of addresses: rows of the table standing.
 */
#include "stitch/standing.h"

#include "stitch/stitch.h"
#include "store/store.h"
#include "track_script.h"

static const struct event_list no_events;

static struct script near;
static struct script far;
static struct vantage both[2];
static struct store *store;

static int
begin(void **state)
{
	(void)state;
	struct error e = {0};
	script_begin(&near, "client");
	script_begin(&far, "server");
	store = store_create(NULL, &e);
	return store == NULL ? -1 : 0;
}

static int
end(void **state)
{
	(void)state;
	store_free(store);
	script_end(&near);
	script_end(&far);
	return 0;
}

static void
run(size_t count, bool said)
{
	struct error e = {0};
	struct stitch_options options = {.all_attempts = false};
	struct stitch_result result;
	both[0] = near.v;
	both[1] = far.v;
	both[0].role_said = both[1].role_said = said;
	store_stage(store, STORE_STITCH);
	if (!stitch_run(both, count, &no_events, &options, store, &result, &e))
		fail_msg("%s", e.text);
}

/* All rows: "vantage end address service:port attempts; ...". */
static void
expect(const char *wanted)
{
	struct error e = {0};
	sqlite3_stmt *stmt = store_prepare(store,
		"SELECT coalesce(group_concat(row, '; '), '') FROM (SELECT "
		"s.vantage || CASE s.at_server WHEN 1 THEN ' server ' ELSE "
		"' client ' END || h.ip || ' ' || v.ip || ':' || "
		"s.server_port || ' ' || s.attempts AS row FROM standing s "
		"JOIN host h ON h.id = s.host JOIN host v ON v.id = s.server)",
		&e);
	assert_non_null(stmt);
	assert_int_equal(sqlite3_step(stmt), SQLITE_ROW);
	assert_string_equal((const char *)sqlite3_column_text(stmt, 0), wanted);
	sqlite3_finalize(stmt);
}

/* A connection that both captures show. */
static void
connection(int cport, int sport)
{
	char text[512];
	int isn = cport * 7919;
	snprintf(text, sizeof text,
		"%d.000 C>S S  seq %d cport %d sport %d ttl 64\n"
		"%d.020 S>C S. seq 5 ack %d cport %d sport %d ttl 60\n"
		"%d.021 C>S .  seq %d ack 6 cport %d sport %d ttl 64\n",
		cport, isn, cport, sport, cport, isn + 1, cport, sport, cport,
		isn + 1, cport, sport);
	script_play(&near, text);
	snprintf(text, sizeof text,
		"%d.010 C>S S  seq %d cport %d sport %d ttl 60\n"
		"%d.010 S>C S. seq 5 ack %d cport %d sport %d ttl 64\n"
		"%d.031 C>S .  seq %d ack 6 cport %d sport %d ttl 60\n",
		cport, isn, cport, sport, cport, isn + 1, cport, sport, cport,
		isn + 1, cport, sport);
	script_play(&far, text);
}

static void
both_ends_of_two_services(void **state)
{
	(void)state;
	connection(1, 443);
	connection(2, 443);
	connection(3, 80);
	run(2, true);
	/* Those with the most attempts first, then by capture. */
	expect("0 client 10.0.0.1 10.0.0.2:443 2; "
	       "1 server 10.0.0.2 10.0.0.2:443 2; "
	       "0 client 10.0.0.1 10.0.0.2:80 1; "
	       "1 server 10.0.0.2 10.0.0.2:80 1");
}

/* Behind a translator the server's machine has another address than the service
   is asked at. */
static void
address_of_the_end_itself(void **state)
{
	(void)state;
	script_play(&near,
		"0.000 C>S S seq 77 ts 5 shost 9 sport 80\n"
		"1.000 C>S S seq 77 ts 9 shost 9 sport 80\n");
	script_play(&far,
		"0.010 C>S S seq 77 ts 5 shost 2 sport 8080 ttl 62\n"
		"1.010 C>S S seq 77 ts 9 shost 2 sport 8080 ttl 62\n");
	run(2, true);
	expect("0 client 10.0.0.1 10.0.0.9:80 1; "
	       "1 server 10.0.0.2 10.0.0.9:80 1");
}

/* The server's machine opens one itself. */
static void
machines_with_both_roles(void **state)
{
	(void)state;
	connection(1, 443);
	connection(2, 443);
	script_play(&far,
		"9.000 S>C S  seq 70 cport 9 ttl 64\n"
		"9.020 C>S S. seq 80 ack 71 cport 9 ttl 60\n"
		"9.021 S>C .  seq 71 ack 81 cport 9 ttl 64\n");
	script_play(&near,
		"9.010 S>C S  seq 70 cport 9 ttl 60\n"
		"9.010 C>S S. seq 80 ack 71 cport 9 ttl 64\n"
		"9.031 S>C .  seq 71 ack 81 cport 9 ttl 60\n");
	run(2, true);
	expect("0 client 10.0.0.1 10.0.0.2:443 2; "
	       "1 server 10.0.0.2 10.0.0.2:443 2; "
	       "0 server 10.0.0.1 10.0.0.1:9 1; "
	       "1 client 10.0.0.2 10.0.0.1:9 1");
}

/* Of a capture between the ends, or that nobody knows the end of, nothing. */
static void
unknown_ends_stand_nowhere(void **state)
{
	(void)state;
	script_play(&near,
		"0.000 C>S S seq 77\n"
		"1.000 C>S S seq 77\n");
	run(1, false);
	expect("");
}

/* A scan has as many services as it likes: the first are kept, and it ends. */
static void
bounded(void **state)
{
	(void)state;
	char line[64];
	for (int port = 1; port <= STANDINGS_MAX + 900; port++) {
		snprintf(line, sizeof line, "0.%06d C>S S seq %d sport %d\n",
			port, port * 13, port);
		script_line(&near, line);
	}
	run(1, true);
	struct error e = {0};
	sqlite3_stmt *stmt = store_prepare(
		store, "SELECT count(*), max(server_port) FROM standing", &e);
	assert_non_null(stmt);
	assert_int_equal(sqlite3_step(stmt), SQLITE_ROW);
	assert_int_equal(sqlite3_column_int(stmt, 0), STANDINGS_MAX);
	assert_int_equal(sqlite3_column_int(stmt, 1), STANDINGS_MAX);
	sqlite3_finalize(stmt);
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, begin, end)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(both_ends_of_two_services),
		CASE(address_of_the_end_itself),
		CASE(machines_with_both_roles),
		CASE(unknown_ends_stand_nowhere),
		CASE(bounded),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
