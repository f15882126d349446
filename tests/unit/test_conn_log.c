/*
 * The names that other tools have for a connection: Community ID and Zeek's
 * conn_state and history.
 */
#include "stitch/community_id.h"
#include "stitch/conn_log.h"
#include "track_one.h"

static const char *
id_of(const char *a, uint16_t a_port, const char *b, uint16_t b_port)
{
	static char text[COMMUNITY_ID_MAX];
	struct ip_addr from, to;
	assert_true(ip_parse(a, &from));
	assert_true(ip_parse(b, &to));
	return community_id(from, a_port, to, b_port, text);
}

/* The TCP rows of baseline/baseline_deflt.json of the specification. */
static void
community_id_is_the_published_one(void **state)
{
	static const struct {
		const char *a;
		uint16_t a_port;
		const char *b;
		uint16_t b_port;
		const char *id;
	} rows[] = {
		{"128.232.110.120", 34855, "66.35.250.204", 80,
			"1:LQU9qZlK+B5F3KDmev6m5PMibrg="},
		{"2001:470:e5bf:dead:4957:2174:e82c:4887", 63943,
			"2607:f8b0:400c:c03::1a", 25,
			"1:/qFaeAR+gFe1KYjMzVDsMv+wgU4="},
	};
	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		assert_string_equal(id_of(rows[i].a, rows[i].a_port, rows[i].b,
					    rows[i].b_port),
			rows[i].id);
		assert_string_equal(id_of(rows[i].b, rows[i].b_port, rows[i].a,
					    rows[i].a_port),
			rows[i].id);
	}
}

/* To itself the ports decide; another port is another name. */
static void
community_id_orders_by_port(void **state)
{
	char first[COMMUNITY_ID_MAX];
	(void)state;
	strcpy(first, id_of("127.0.0.1", 40000, "127.0.0.1", 80));
	assert_string_equal(first, id_of("127.0.0.1", 80, "127.0.0.1", 40000));
	assert_string_not_equal(
		first, id_of("127.0.0.1", 80, "127.0.0.1", 40001));
}

static void
is_logged_as(const char *state, const char *history, const char *packets)
{
	char text[CONN_LOG_HISTORY_MAX];
	void *none = NULL;
	begin(&none);
	const struct sighting *s = only(packets);
	assert_string_equal(conn_log_state(s), state);
	assert_string_equal(conn_log_history(s, text), history);
	end(&none);
}

#define SYN "0.0 C>S S seq 9\n"
#define SYNACK "0.1 S>C S. seq 99 ack 10\n"
#define ACK "0.2 C>S . seq 10 ack 100\n"
#define DATA "0.3 C>S P. seq 10 ack 100 len 5\n"

static void
attempts_that_do_not_come_about(void **state)
{
	(void)state;
	is_logged_as("S0", "S", SYN "1.0 C>S S seq 9\n");
	is_logged_as("REJ", "Sr", SYN "0.1 S>C R. seq 0 ack 10\n");
	is_logged_as("RSTOS0", "SR", SYN "5.0 C>S R seq 10\n");
	is_logged_as("RSTO", "ShR", SYN SYNACK "0.2 C>S R seq 10\n");
	is_logged_as("S0", "Sa", SYN "0.1 S>C . seq 77 ack 5\n");
	is_logged_as("RSTOS0", "SaR",
		SYN "0.1 S>C . seq 77 ack 5\n"
		    "0.2 C>S R seq 5\n");
	is_logged_as("SH", "SF", SYN "5.0 C>S F seq 10\n");
	/* A SYN-ACK alone is 'established' to Zeek: its S1 proves nothing. */
	is_logged_as("S1", "Sh", SYN SYNACK "1.1 S>C S. seq 99 ack 10\n");
}

static void
connections_that_do(void **state)
{
	(void)state;
	is_logged_as("S1", "ShA", SYN SYNACK ACK);
	is_logged_as("S1", "ShADa",
		SYN SYNACK ACK DATA "0.4 S>C . seq 100 ack 15\n");
	is_logged_as(
		"S1", "ShD", SYN SYNACK "0.2 C>S P. seq 10 ack 100 len 5\n");
	is_logged_as(
		"S2", "ShAF", SYN SYNACK ACK "0.4 C>S F. seq 10 ack 100\n");
	is_logged_as(
		"S3", "ShAf", SYN SYNACK ACK "0.4 S>C F. seq 100 ack 10\n");
	is_logged_as("SF", "ShADdFf",
		SYN SYNACK ACK DATA "0.4 S>C P. seq 100 ack 15 len 5\n"
				    "0.5 C>S F. seq 15 ack 105\n"
				    "0.6 S>C F. seq 105 ack 16\n");
	is_logged_as("RSTR", "ShADr",
		SYN SYNACK ACK DATA "0.4 S>C R. seq 100 ack 15\n");
	is_logged_as("RSTO", "ShADR",
		SYN SYNACK ACK DATA "9.0 C>S R. seq 15 ack 100\n");
}

static void
captures_without_the_syn(void **state)
{
	(void)state;
	is_logged_as("SHR", "hf", SYNACK "0.4 S>C F. seq 100 ack 10\n");
	is_logged_as("RSTRH", "hr", SYNACK "0.4 S>C R. seq 100 ack 10\n");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(community_id_is_the_published_one),
		cmocka_unit_test(community_id_orders_by_port),
		cmocka_unit_test(attempts_that_do_not_come_about),
		cmocka_unit_test(connections_that_do),
		cmocka_unit_test(captures_without_the_syn),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
