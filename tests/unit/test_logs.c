/*
 * What an event keeps of its line's time: how finely it is known, whose it is,
 * and a zone's name that could be one of several.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>

#include "ingest/event_budget.h"
#include "ingest/logs.h"
#include "scratch_folder.h"

/* What the store has of lines that were counted only. */
static int64_t
beyond_memory(struct store *s)
{
	struct error e = {0};
	int64_t count = 0;
	sqlite3_stmt *stmt = store_prepare(s,
		"SELECT coalesce(sum(count), 0) FROM anomaly "
		"WHERE id = 'log-events-beyond-memory'",
		&e);
	assert_non_null(stmt);
	assert_int_equal(sqlite3_step(stmt), SQLITE_ROW);
	count = sqlite3_column_int64(stmt, 0);
	sqlite3_finalize(stmt);
	return count;
}

/* Returns the lines beyond those that are kept. */
static int64_t
events_of(const char *text, struct event_list *events)
{
	struct error e = {0};
	struct problems problems = {0};
	struct source_rows rows;
	struct case_file file = {
		.path = scratch_file("app.log", text, strlen(text)),
		.name = "app.log",
		.kind_id = "stamped",
	};
	struct pattern_set *patterns = pattern_set_new();
	assert_true(pattern_set_add_embedded(patterns, &problems));
	pattern_set_seal(patterns);
	struct store *s = store_create(NULL, &e);
	assert_non_null(s);
	store_stage(s, STORE_INGEST);
	assert_true(source_rows_init(&rows, s, &e));
	assert_true(logs_write(&rows, &file, 0, patterns, events, &e));
	source_rows_release(&rows);
	int64_t beyond = beyond_memory(s);
	store_free(s);
	pattern_set_free(patterns);
	return beyond;
}

static void
test_time_of_an_earlier_line(void **state)
{
	(void)state;
	struct event_list events = {0};
	events_of("2026-11-20T23:44:52.501242Z ERROR request failed:\n"
		  "  connect to 10.2.0.2:80: Connection timed out\n"
		  "2026-11-20T23:44:53.000001Z connect to 10.2.0.2:80: "
		  "Connection timed out\n",
		&events);
	assert_int_equal(events.count, 2);
	const struct event *taken = &events.list[0];
	const struct event *own = &events.list[1];
	assert_int_equal(taken->line, 2);
	assert_int_equal(taken->time.kind, EVENT_TIME_UTC);
	assert_int_equal(own->time.ns - taken->time.ns, 498759 * NS_PER_US);
	/* A report of several lines takes a while to print. */
	assert_int_equal(taken->time.resolution_ns, NS_PER_S);
	assert_int_equal(own->time.resolution_ns, NS_PER_US);
	assert_non_null(
		strstr(taken->fields, "\"time_of\":\"an earlier line\""));
	assert_null(strstr(own->fields, "time_of"));
	event_list_release(&events);
}

static void
test_zone_of_several_places(void **state)
{
	(void)state;
	struct event_list events = {0};
	events_of("Fri 2026-11-20 23:44:52 CST vm app[7]: connect to "
		  "10.2.0.2:80: Connection timed out\n"
		  "Fri 2026-11-20 23:44:52 CET vm app[7]: connect to "
		  "10.2.0.2:80: Connection timed out\n",
		&events);
	assert_int_equal(events.count, 2);
	assert_int_equal(events.list[0].time.kind, EVENT_TIME_LOCAL);
	assert_non_null(strstr(events.list[0].fields, "\"zone\":\"CST\""));
	assert_int_equal(events.list[1].time.kind, EVENT_TIME_UTC);
	assert_null(strstr(events.list[1].fields, "zone"));
	event_list_release(&events);
}

/* A flood of one line takes nothing from the others: it becomes few events that
   say how many they are, and when. */
static void
test_flood(void **state)
{
	(void)state;
	struct event_list events = {0};
	size_t flood = 0;
	size_t rare = 0;
	uint64_t count = 0;
	char *text = NULL;
	size_t len = 0;
	FILE *out = open_memstream(&text, &len);
	for (int i = 0; i < 200000; i++) {
		fprintf(out,
			"2026-11-20T%02d:%02d:%02dZ app: connect to "
			"10.2.0.2:80: Connection timed out\n",
			i / 36000, i / 600 % 60, i / 10 % 60);
		if (i % 40000 == 0)
			fputs("2026-11-20T23:44:52Z vm kernel: nf_conntrack: "
			      "nf_conntrack: table full, dropping packet\n",
				out);
	}
	fclose(out);
	assert_int_equal(events_of(text, &events), 0);
	int64_t last = 0;
	for (size_t i = 0; i < events.count; i++) {
		const struct event *e = &events.list[i];
		if (strcmp(e->name, "conntrack-table-full") == 0) {
			rare += e->count;
			continue;
		}
		flood++;
		count += e->count;
		int64_t end = e->time.ns + e->time.resolution_ns;
		last = end > last ? end : last;
	}
	assert_int_equal(rare, 5);
	assert_int_equal(count, 200000);
	assert_true(flood < 20000);
	/* 05:33:19, the last line's second, to its end */
	assert_int_equal(last % (86400 * NS_PER_S),
		(5 * 3600 + 33 * 60 + 20) * NS_PER_S);
	event_list_release(&events);
	free(text);
}

/* Lines that all differ do not fold: beyond a source's most they are counted,
   and what is rare is kept even then. */
static void
test_beyond_memory(void **state)
{
	(void)state;
	enum { MORE = 123 };
	struct event_list events = {0};
	size_t rare = 0;
	char *text = NULL;
	size_t len = 0;
	FILE *out = open_memstream(&text, &len);
	for (int i = 0; i < EVENTS_SOURCE_MAX + MORE; i++)
		fprintf(out,
			"2026-11-20T23:44:52Z app: connect to "
			"10.2.%d.%d:%d: Connection timed out\n",
			i >> 8 & 0xff, i & 0xff, 80 + (i >> 16));
	fputs("2026-11-20T23:44:52Z vm kernel: nf_conntrack: nf_conntrack: "
	      "table full, dropping packet\n",
		out);
	fclose(out);
	assert_int_equal(events_of(text, &events), MORE);
	for (size_t i = 0; i < events.count; i++)
		rare += strcmp(events.list[i].name, "conntrack-table-full") ==
			0;
	assert_int_equal(rare, 1);
	assert_int_equal(events.count, EVENTS_SOURCE_MAX + 1);
	event_list_release(&events);
	free(text);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_time_of_an_earlier_line),
		cmocka_unit_test(test_zone_of_several_places),
		cmocka_unit_test(test_flood),
		cmocka_unit_test(test_beyond_memory),
	};
	return cmocka_run_group_tests(tests, scratch_make, scratch_remove);
}
