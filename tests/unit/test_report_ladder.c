/*
 * Which copies the ladder pairs across vantages, and when it may say "lost".
 */
#include "test_report_support.h"

#include "report/ladder.h"

/* One attempt of 192.0.2.1:5 to 192.0.2.2:80 whose first SYN is at 1000 s. The
 * server's clock is 1.2 s ahead. %s are the two sightings.times. */
static const char base[] =
	"INSERT INTO vantage VALUES (0, 'client', 0), (1, 'server', 0);"
	"INSERT INTO clock(vantage, reference, offset_ns, uncertainty_ns,"
	" drift_ppm, pairs, method) VALUES (0, 'client', 0, 0, 0, 0, "
	"'reference'),"
	" (1, 'client', 1200000000, 50000, NULL, 3, 'bounds');"
	"INSERT INTO source(id, name, kind, bytes, packets, first_ns, last_ns,"
	" vantage, first_frame) VALUES"
	" (1, 'c.pcap', 'pcap', 1, 9, 990000000000, 1100000000000, 0, 1),"
	" (2, 's.pcap', 'pcap', 1, 9, 990000000000, 1100000000000, 1, 1);"
	"INSERT INTO host VALUES (1, '192.0.2.1'), (2, '192.0.2.2');"
	"INSERT INTO attempt(id, client, "
	"client_port, server, server_port, isn, first_ns, "
	"duration_us, syn_retransmits, clean) VALUES (1, 1, 5, 2, 80, 7, "
	"1000000000000, 9, 0,"
	" 0);"
	"INSERT INTO facts(attempt, c_present, s_present, c_sends, c_receives,"
	" s_receives, s_sends) VALUES (1, 1, 1, 'witnessed', 'witnessed',"
	" 'witnessed', 'covered');"
	"INSERT INTO verdict VALUES (1, 'syn-dropped-by-server', 'SYN',"
	" 'server host', 'certain', 1, '[]', '[]', 'why');";

struct seen {
	int64_t first_ns;
	int syn, synack;
	int syn_last_frame;
	const char *times;
};

static struct store *
store_of(const struct seen *client, const struct seen *server, const char *more)
{
	const struct seen *both[2] = {client, server};
	char sql[8192];
	size_t used = (size_t)snprintf(sql, sizeof sql, "%s", base);
	for (int v = 0; v < 2; v++)
		if (both[v])
			used += (size_t)snprintf(sql + used, sizeof sql - used,
				"INSERT INTO sighting VALUES (1, %d, 1, 5, 2,"
				" 80, 7, %lld, 0, %d, %d, 0, 0, 0, 0, 0, 0, 0,"
				" 0, 10, %d, 20, 21, 30, 30, 40, 50, 51, 60,"
				" 70, 71, '%s',"
				" '{\"syn\":[11,12,13],\"synack\":[26]}',"
				" NULL, 'S1', 'Sh');",
				v, (long long)both[v]->first_ns, both[v]->syn,
				both[v]->synack, both[v]->syn_last_frame,
				both[v]->times);
	snprintf(sql + used, sizeof sql - used, "%s", more ? more : "");
	return store_with(sql);
}

static void
ladder_of(struct store *s, struct ladder *l)
{
	struct report *r = report_of(s, false);
	struct report_attempt a;
	report_begin_id(r, QUERY_ATTEMPT_ONE, 1);
	assert_true(report_attempt_next(r, QUERY_ATTEMPT_ONE, &a));
	ladder_read(r, &a, l);
	/* Names live in the report; the tests look at the rest only. */
	report_free(r);
	store_free(s);
}

/* Five SYNs, the first two of which vanish: by time, not by count. */
static void
copies_are_paired_by_time(void **state)
{
	(void)state;
	struct seen client = {1000000000000, 5, 0, 14,
		"{\"syn\":[0,1000000,2000000,3000000,4000000]}"};
	/* 1200 s ahead in its own clock: the copy of 2 s, 80 us under way. */
	struct seen server = {
		1003200080000, 3, 0, 12, "{\"syn\":[0,1000010,1999990]}"};
	struct ladder l;
	ladder_of(store_of(&client, &server, NULL), &l);
	assert_int_equal(l.rung_count, 5);
	for (int i = 0; i < 5; i++) {
		const struct ladder_rung *g = &l.rungs[i];
		assert_true(g->to_server);
		assert_int_equal(g->repeat, i);
		assert_int_equal(g->fate, i < 2 ? LADDER_LOST : LADDER_ARRIVED);
		assert_int_equal(g->dots[1].seen, i >= 2);
		assert_int_equal(g->dropped, i == 4);
		assert_false(g->stray);
	}
	assert_int_equal(l.rungs[0].dots[0].frame, 10);
	assert_int_equal(l.rungs[1].dots[0].frame, 11);
	assert_int_equal(l.rungs[3].dots[0].frame, 13);
	assert_int_equal(l.rungs[4].dots[0].frame, 14);
	assert_int_equal(l.rungs[2].dots[1].frame, 10);
	assert_int_equal(l.rungs[2].dots[1].after_ns, 2000080000);
	assert_int_equal(ladder_towards(&l, &l.rungs[0]), 1);
	assert_false(l.unaligned);
}

/* A copy in the last 250 ms of the server's capture may have come after it. */
static void
beyond_the_capture_is_not_lost(void **state)
{
	(void)state;
	struct seen client = {1000000000000, 2, 0, 11, "{\"syn\":[0,1000000]}"};
	struct ladder l;
	ladder_of(store_of(&client, NULL,
			  "UPDATE source SET last_ns = 1002300000000"
			  " WHERE id = 2;"),
		&l);
	assert_int_equal(l.rung_count, 2);
	assert_int_equal(l.rungs[0].fate, LADDER_LOST);
	assert_int_equal(l.rungs[1].fate, LADDER_UNSEEN);
}

static void
a_doubtful_capture_proves_no_loss(void **state)
{
	(void)state;
	static const char *const doubts[] = {
		"UPDATE facts SET s_receives = 'lossy';",
		"UPDATE facts SET s_receives = 'outside';",
		"UPDATE verdict SET verdict = 'undetermined';",
		"DELETE FROM facts;",
	};
	struct seen client = {1000000000000, 1, 0, 10, "{\"syn\":[0]}"};
	for (size_t i = 0; i < sizeof doubts / sizeof doubts[0]; i++) {
		struct ladder l;
		ladder_of(store_of(&client, NULL, doubts[i]), &l);
		assert_int_equal(l.rung_count, 1);
		assert_int_equal(l.rungs[0].fate, LADDER_UNSEEN);
	}
}

/* A RST that the server never sent, and whose capture would have shown it. */
static void
a_stray_begins_on_the_way(void **state)
{
	(void)state;
	struct seen client = {
		1000000000000, 1, 0, 10, "{\"syn\":[0],\"rst_server\":[3000]}"};
	struct seen server = {1001200050000, 1, 0, 10, "{\"syn\":[0]}"};
	struct ladder l;
	ladder_of(store_of(&client, &server, NULL), &l);
	assert_int_equal(l.rung_count, 2);
	const struct ladder_rung *g = &l.rungs[1];
	assert_string_equal(g->word, "RST");
	assert_false(g->to_server);
	assert_true(g->stray);
	assert_true(g->stray_sure);
	assert_int_equal(g->start, 0);
	assert_int_equal(g->fate, LADDER_ARRIVED);
	assert_int_equal(g->dots[0].frame, 51);
	/* It has no length of its own to be drawn with. */
	struct report *r;
	struct store *s = store_of(&client, &server, NULL);
	r = report_of(s, false);
	char *comment = written(r, FORMAT_MARKDOWN, 0, false);
	assert_non_null(strstr(comment, " RST ---o "));
	free(comment);
	report_free(r);
	store_free(s);
}

/* The ACK whose time is kept is the first; a later one is another copy. */
static void
a_later_copy_is_not_the_first(void **state)
{
	(void)state;
	struct seen client = {1000000000000, 1, 1, 10,
		"{\"syn\":[0],\"synack\":[100],\"ack\":[150]}"};
	struct seen server = {1001200050000, 1, 1, 10,
		"{\"syn\":[0],\"synack\":[10],\"ack\":[1000150]}"};
	struct ladder l;
	ladder_of(store_of(&client, &server, NULL), &l);
	assert_int_equal(l.rung_count, 4);
	assert_string_equal(l.rungs[2].word, "ACK");
	assert_int_equal(l.rungs[2].fate, LADDER_LOST);
	assert_true(l.rungs[3].stray);
	assert_false(l.rungs[3].stray_sure);
}

static void
without_an_offset_the_first_ones_meet(void **state)
{
	(void)state;
	struct seen client = {1000000000000, 2, 0, 11, "{\"syn\":[0,1000000]}"};
	struct seen server = {1777000000000, 2, 0, 11, "{\"syn\":[0,1000000]}"};
	struct ladder l;
	ladder_of(store_of(&client, &server,
			  "UPDATE clock SET offset_ns = NULL,"
			  " uncertainty_ns = NULL WHERE vantage = 1;"),
		&l);
	assert_true(l.unaligned);
	assert_int_equal(l.rung_count, 2);
	assert_int_equal(l.rungs[0].fate, LADDER_ARRIVED);
	assert_int_equal(l.rungs[1].fate, LADDER_ARRIVED);
}

static void
one_vantage_has_another_end(void **state)
{
	(void)state;
	struct seen client = {1000000000000, 2, 0, 11, "{\"syn\":[0,1000000]}"};
	struct ladder l;
	ladder_of(store_of(&client, NULL,
			  "DELETE FROM clock WHERE vantage = 1;"
			  "DELETE FROM source WHERE vantage = 1;"
			  "DELETE FROM vantage WHERE id = 1;"),
		&l);
	assert_int_equal(l.column_count, 2);
	assert_int_equal(l.columns[1].vantage, -1);
	assert_int_equal(l.rungs[1].fate, LADDER_UNCAPTURED);
}

/* Times beyond what is kept, and a table that is not what stitch writes. */
static void
odd_tables_are_harmless(void **state)
{
	(void)state;
	static const char *const odd[] = {"", "{}", "{\"syn\":", "{\"syn\":[",
		"{\"syn\":[x]}", "[0]", "{\"syn\":[0,,1]}", "\"", "{\"a\":[1]}",
		"{\"syn\":[0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15]}",
		"{\"syn\":[99999999999999999999]}"};
	for (size_t i = 0; i < sizeof odd / sizeof odd[0]; i++) {
		struct seen client = {1000000000000, 16, 9, 11, odd[i]};
		struct ladder l;
		ladder_of(store_of(&client, NULL, NULL), &l);
		assert_true(l.rung_count <= LADDER_RUNGS_MAX);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(copies_are_paired_by_time),
		cmocka_unit_test(beyond_the_capture_is_not_lost),
		cmocka_unit_test(a_doubtful_capture_proves_no_loss),
		cmocka_unit_test(a_stray_begins_on_the_way),
		cmocka_unit_test(a_later_copy_is_not_the_first),
		cmocka_unit_test(without_an_offset_the_first_ones_meet),
		cmocka_unit_test(one_vantage_has_another_end),
		cmocka_unit_test(odd_tables_are_harmless),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
