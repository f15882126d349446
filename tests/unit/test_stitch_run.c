/*
 * The stage as a whole, into a store in memory, read back as rows.
 */
#include "track_script.h"

#include "stitch/stitch.h"

static const struct event_list no_events;

static struct script near;
static struct script far;
static struct vantage both[2];
static struct store *store;
static struct stitch_result result;

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
run(bool all)
{
	struct error e = {0};
	struct stitch_options options = {.all_attempts = all};
	both[0] = near.v;
	both[1] = far.v;
	both[0].role_said = both[1].role_said = true;
	store_stage(store, STORE_STITCH);
	if (!stitch_run(both, 2, &no_events, &options, store, &result, &e))
		fail_msg("%s", e.text);
}

/* The first column of the first row as text, "" for NULL. */
static const char *
query(const char *sql)
{
	static char text[256];
	struct error e = {0};
	sqlite3_stmt *stmt = store_prepare(store, sql, &e);
	assert_non_null(stmt);
	assert_int_equal(sqlite3_step(stmt), SQLITE_ROW);
	const unsigned char *value = sqlite3_column_text(stmt, 0);
	snprintf(text, sizeof text, "%s",
		value == NULL ? "" : (const char *)value);
	sqlite3_finalize(stmt);
	return text;
}

#define ROWS(sql, wanted) assert_string_equal(query(sql), wanted)

/* One clean connection, one lost SYN, one that only the server saw. */
static void
three_attempts(void)
{
	far.offset_ns = 7 * NS_PER_S;
	script_play(&near,
		"0.000 C>S S  seq 1 cport 1 ts 5\n"
		"0.020 S>C S. seq 5 ack 2 cport 1\n"
		"0.021 C>S .  seq 2 ack 6 cport 1\n"
		"3.000 C>S S  seq 1 cport 2 ts 7 id 1\n"
		"4.000 C>S S  seq 1 cport 2 ts 9 id 2\n"
		"9.000 C>S S  seq 1 cport 4 ts 9 id 2\n");
	script_play(&far,
		"0.010 C>S S  seq 1 cport 1 ts 5\n"
		"0.010 S>C S. seq 5 ack 2 cport 1\n"
		"0.031 C>S .  seq 2 ack 6 cport 1\n"
		"2.000 C>S S  seq 1 cport 3 ts 6\n"
		"9.010 C>S S  seq 1 cport 4 ts 9 id 2\n");
}

static void
attempts_in_order_of_time(void **state)
{
	(void)state;
	three_attempts();
	run(false);
	assert_int_equal(result.attempts, 4);
	assert_int_equal(result.clean, 1);
	assert_int_equal(result.paired, 2);
	ROWS("SELECT group_concat(client_port) FROM "
	     "(SELECT client_port FROM attempt ORDER BY id)",
		"1,3,2,4");
	ROWS("SELECT group_concat(clean) FROM attempt ORDER BY id", "1,0,0,0");
	/* 2 s on the server's clock, which is 7 s ahead. */
	ROWS("SELECT abs(first_ns - 1795132802000000000) < 20000000 "
	     "FROM attempt WHERE client_port = 3",
		"1");
	ROWS("SELECT syn_retransmits FROM attempt WHERE client_port = 2", "1");
	ROWS("SELECT duration_us FROM attempt WHERE client_port = 1", "21000");
	ROWS("SELECT duration_us FROM attempt WHERE client_port = 2",
		"1000000");
	ROWS("SELECT isn FROM attempt WHERE client_port = 2", "1");
}

static void
addresses_by_number(void **state)
{
	(void)state;
	three_attempts();
	run(false);
	ROWS("SELECT count(*) FROM host", "2");
	ROWS("SELECT c.ip || ' ' || s.ip FROM attempt a "
	     "JOIN host c ON c.id = a.client JOIN host s ON s.id = a.server",
		"10.0.0.1 10.0.0.2");
}

static void
clock_rows(void **state)
{
	(void)state;
	three_attempts();
	run(false);
	ROWS("SELECT method FROM clock WHERE vantage = 0", "reference");
	ROWS("SELECT method FROM clock WHERE vantage = 1", "bounds");
	ROWS("SELECT abs(offset_ns - 7000000000) <= uncertainty_ns "
	     "FROM clock WHERE vantage = 1",
		"1");
	ROWS("SELECT pairs FROM clock WHERE vantage = 1", "2");
	ROWS("SELECT drift_ppm IS NULL FROM clock WHERE vantage = 1", "1");
}

/* Clean attempts have no rows beyond their own, unless all are wanted. */
static void
details_of_what_needs_judging(void **state)
{
	(void)state;
	three_attempts();
	run(false);
	ROWS("SELECT count(*) FROM sighting", "4");
	ROWS("SELECT count(*) FROM facts", "3");
	ROWS("SELECT times FROM sighting JOIN attempt ON id = attempt "
	     "WHERE sighting.client_port = 2",
		"{\"syn\":[0,1000000]}");
	ROWS("SELECT syn_first_frame || '-' || syn_last_frame FROM sighting "
	     "WHERE client_port = 2",
		"4-5");
	ROWS("SELECT c_syn || ' ' || s_syn || ' ' || syn_covered || ' ' || "
	     "syn_arrived FROM facts JOIN attempt ON id = attempt "
	     "WHERE client_port = 2",
		"2 0 2 0");
	/* Unknown facts are NULL. */
	ROWS("SELECT icmp_type IS NULL FROM facts", "1");
}

static void
all_attempts_have_sightings(void **state)
{
	(void)state;
	three_attempts();
	run(true);
	ROWS("SELECT count(*) FROM sighting", "6");
	ROWS("SELECT count(*) FROM facts", "3");
}

/* Every copy's time, whatever the counts: the JSON must fit and be JSON. */
static void
times_of_many_copies(void **state)
{
	(void)state;
	char line[96];
	for (int i = 0; i < 40; i++) {
		snprintf(line, sizeof line, "%d C>S S seq 1 id %d", i * 600,
			i + 1);
		script_line(&near, line);
		snprintf(line, sizeof line, "%d.5 S>C S. seq 7 ack 2", i * 600);
		script_line(&near, line);
	}
	script_play(&near,
		"30000 C>S . seq 2 ack 8\n"
		"30000.1 S>C R. seq 8 ack 2\n"
		"30000.2 C>S R seq 2\n"
		"30000.3 icmp 3/1 from 9 C>S seq 1\n");
	run(false);
	ROWS("SELECT json_valid(times) FROM sighting", "1");
	ROWS("SELECT json_array_length(times, '$.syn') FROM sighting", "12");
	ROWS("SELECT json_array_length(times, '$.synack') FROM sighting", "8");
	ROWS("SELECT max(value) FROM sighting, json_each(times, '$.syn')",
		"4294967294");
}

/* A machine's name goes with what was captured there. */
static void
turned_captures_keep_machines_names(void **state)
{
	(void)state;
	script_play(&near,
		"0.010 C>S S  seq 1 ttl 60\n"
		"0.011 S>C S. seq 5 ack 2 ttl 64\n");
	script_play(&far,
		"0.000 C>S S  seq 1 ttl 64\n"
		"0.020 S>C S. seq 5 ack 2 ttl 60\n");
	both[0] = near.v;
	both[1] = far.v;
	strcpy(both[0].name, "db-02");
	strcpy(both[1].name, "web-07");
	stitch_arrange(both, 2);
	assert_string_equal(both[0].name, "web-07");
	assert_int_equal(vantage_sighting(&both[0], 0)->ttl_c, 64);
	near.v = both[0];
	far.v = both[1];
}

/* The vantages as they were given; the packets say they are swapped. */
static void
swapped_captures_are_turned(void **state)
{
	(void)state;
	script_play(&near,
		"0.010 C>S S  seq 1 ttl 60\n"
		"0.011 S>C S. seq 5 ack 2 ttl 64\n");
	script_play(&far,
		"0.000 C>S S  seq 1 ttl 64\n"
		"0.020 S>C S. seq 5 ack 2 ttl 60\n");
	both[0] = near.v;
	both[1] = far.v;
	stitch_arrange(both, 2);
	assert_true(both[0].swapped);
	assert_true(both[1].swapped);
	assert_string_equal(both[0].name, "client");
	assert_int_equal(vantage_sighting(&both[0], 0)->ttl_c, 64);
	stitch_arrange(both, 2);
	assert_int_equal(vantage_sighting(&both[0], 0)->ttl_c, 64);
	/* Their owners changed places. */
	near.v = both[0];
	far.v = both[1];
}

/* Their addresses are translated on the way: the SYN's number and timestamp are
   not. */
static void
swapped_captures_behind_a_translation_are_turned(void **state)
{
	(void)state;
	script_play(
		&near, "0.010 C>S S seq 71 ts 900 ttl 63 chost 7 shost 8\n");
	script_play(&far, "0.000 C>S S seq 71 ts 900 ttl 64\n");
	both[0] = near.v;
	both[1] = far.v;
	stitch_arrange(both, 2);
	assert_true(both[0].swapped);
	assert_int_equal(vantage_sighting(&both[0], 0)->ttl_c, 64);
	near.v = both[0];
	far.v = both[1];
}

/* The server's address alone is, and nothing has a timestamp. */
static void
swapped_captures_beside_a_balancer_are_turned(void **state)
{
	(void)state;
	script_play(&near, "0.010 C>S S  seq 70001 ttl 63 shost 77\n");
	script_play(&far, "0.000 C>S S  seq 70001 ttl 64\n");
	both[0] = near.v;
	both[1] = far.v;
	stitch_arrange(both, 2);
	assert_true(both[0].swapped);
	assert_int_equal(vantage_sighting(&both[0], 0)->ttl_c, 64);
	near.v = both[0];
	far.v = both[1];
}

/* What a person said stands where one delay alone speaks against it: of packets
   that are recorded out of order it may be anything. */
static void
one_delay_refutes_nobodys_word(void **state)
{
	(void)state;
	script_play(&near,
		"0.000000 S>C S. seq 5 ack 2 ttl 63\n"
		"0.000058 C>S S  seq 1 ttl 64\n"
		"0.000072 C>S .  seq 2 ack 6 ttl 64\n");
	script_play(&far,
		"0.000000 S>C S. seq 5 ack 2 ttl 64\n"
		"0.000024 C>S .  seq 2 ack 6 ttl 63\n"
		"0.000044 C>S S  seq 1 ttl 63\n");
	both[0] = near.v;
	both[1] = far.v;
	both[0].role_said = both[1].role_said = true;
	stitch_arrange(both, 2);
	assert_false(both[0].swapped);
	near.v = both[0];
	far.v = both[1];
}

/* A connection that the server's host opened, seen at both ends. */
static void
attempt_the_other_way_round(void **state)
{
	(void)state;
	three_attempts();
	script_play(&far,
		"1.000 S>C S  seq 70 cport 9 ttl 64 id 1\n"
		"1.020 C>S S. seq 80 ack 71 cport 9 ttl 60\n"
		"1.021 S>C .  seq 71 ack 81 cport 9 ttl 64\n");
	script_play(&near,
		"1.010 S>C S  seq 70 cport 9 ttl 60 id 1\n"
		"1.010 C>S S. seq 80 ack 71 cport 9 ttl 64\n"
		"1.031 S>C .  seq 71 ack 81 cport 9 ttl 60\n");
	run(false);
	/* The SYN's time is its sender's: 1 s, not a transit later. */
	ROWS("SELECT abs(first_ns - 1795132801000000000) < 1000000 "
	     "FROM attempt WHERE server_port = 9",
		"1");
	ROWS("SELECT duration_us || ' ' || clean FROM attempt "
	     "WHERE server_port = 9",
		"21000 1");
}

static void
nothing_to_stitch(void **state)
{
	(void)state;
	run(false);
	assert_int_equal(result.attempts, 0);
	ROWS("SELECT count(*) FROM attempt", "0");
	ROWS("SELECT count(*) FROM clock", "2");
}

static void
only_this_stage_may_write(void **state)
{
	(void)state;
	struct error e = {0};
	struct stitch_options options = {false};
	three_attempts();
	both[0] = near.v;
	both[1] = far.v;
	both[0].role_said = both[1].role_said = true;
	store_stage(store, STORE_JUDGE);
	assert_false(
		stitch_run(both, 2, &no_events, &options, store, &result, &e));
	assert_int_equal(e.kind, ERROR_ENVIRONMENT);
}

#define STORY(f) cmocka_unit_test_setup_teardown(f, begin, end)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		STORY(attempts_in_order_of_time),
		STORY(addresses_by_number),
		STORY(clock_rows),
		STORY(details_of_what_needs_judging),
		STORY(all_attempts_have_sightings),
		STORY(times_of_many_copies),
		STORY(swapped_captures_are_turned),
		STORY(turned_captures_keep_machines_names),
		STORY(swapped_captures_behind_a_translation_are_turned),
		STORY(swapped_captures_beside_a_balancer_are_turned),
		STORY(one_delay_refutes_nobodys_word),
		STORY(attempt_the_other_way_round),
		STORY(nothing_to_stitch),
		STORY(only_this_stage_may_write),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
