/*
 * Every sample is recognised as what it is, yields the records it must, and its
 * lines add up; every kind has a sample.
 */
#include "base/clock.h"
#include "parsers/host/wall_time.h"
#include "host_samples.h"
#include "host_seen.h"

static struct seen seen;

static void
test_samples_are_recognised(void **state)
{
	(void)state;
	for (size_t i = 0; i < SAMPLES; i++) {
		const struct sample *s = &samples[i];
		enum host_kind kind =
			host_recognise(view_str(s->text), s->name);
		if (kind != s->kind)
			fail_msg("%s: taken for %s", s->caption,
				host_kind_id(kind));
	}
}

static void
test_samples_yield_their_records(void **state)
{
	(void)state;
	for (size_t i = 0; i < SAMPLES; i++) {
		const struct sample *s = &samples[i];
		see(&seen, s->kind, view_str(s->text), s->name);
		for (size_t w = 0; w < WANTS_MAX && s->wants[w] != NULL; w++)
			if (!seen_has(&seen, s->wants[w]))
				fail_msg("%s: no record\n%s\nin\n%s",
					s->caption, s->wants[w], seen.text);
		if (seen.result.other != s->other)
			fail_msg("%s: %d lines other, wanted %d", s->caption,
				(int)seen.result.other, (int)s->other);
	}
}

static void
test_every_kind_has_a_sample(void **state)
{
	(void)state;
	for (int kind = HOST_NONE + 1; kind < HOST_KIND_COUNT; kind++) {
		bool found = false;
		for (size_t i = 0; i < SAMPLES; i++)
			found = found || (int)samples[i].kind == kind;
		if (!found)
			fail_msg("no sample of %s",
				host_kind_id((enum host_kind)kind));
	}
}

/* What a kind does with another kind's file is its own business, as long as it
   keeps its promises: see() checks them. */
static void
test_any_kind_takes_any_file(void **state)
{
	(void)state;
	for (size_t i = 0; i < SAMPLES; i++)
		for (int kind = HOST_NONE; kind < HOST_KIND_COUNT; kind++)
			see(&seen, (enum host_kind)kind,
				view_str(samples[i].text), samples[i].name);
}

static void
test_bare_number_needs_a_name(void **state)
{
	(void)state;
	struct view number = view_str("2000\n");
	assert_int_equal(host_recognise(number, NULL), HOST_NONE);
	assert_int_equal(host_recognise(number, "notes.txt"), HOST_NONE);
	assert_int_equal(host_recognise(number, "router/conntrack-C.txt"),
		HOST_CONNTRACK_C);
	assert_int_equal(host_recognise(number, "proc/sys/net/core/somaxconn"),
		HOST_PROC_SYS);
}

static void
test_logs_and_captures_are_not_claimed(void **state)
{
	(void)state;
	static const char *const others[] = {"", "\n\n",
		"\xd4\xc3\xb2\xa1\x02\x00\x04\x00",
		"Nov 20 18:39:43 web kernel: TCP: request_sock_TCP: Possible "
		"SYN "
		"flooding on port 0.0.0.0:92. Sending cookies.\n",
		"[ 1263.426672] nf_conntrack: nf_conntrack: table full, "
		"dropping "
		"packet\n",
		"2 123456789010 eni-1 192.0.2.1 192.0.2.2 1 2 6 1 40 1 2 "
		"ACCEPT "
		"OK\n",
		("2026/11/20 18:39:43 [error] 7#7: *1 upstream timed out (110: "
		 "Connection timed out) while connecting to upstream\n"),
		"{\"records\":[{\"time\":\"2026-11-20T23:38:00Z\"}]}\n",
		"version: 1\nname: case\n"};

	for (size_t i = 0; i < sizeof others / sizeof others[0]; i++)
		assert_int_equal(host_recognise(view_str(others[i]), "x.log"),
			HOST_NONE);
}

static void
test_none_reads_nothing(void **state)
{
	(void)state;
	see(&seen, HOST_NONE, view_str("a\nb\nc"), NULL);
	assert_int_equal(seen.result.lines, 3);
	assert_int_equal(seen.result.other, 3);
	assert_string_equal(host_kind_id(HOST_NONE), "none");
}

static void
test_byte_order_mark_is_passed_over(void **state)
{
	(void)state;
	struct view text = view_str("\xef\xbb\xbf#kernel\nTcpInErrs 7 0.0\n");
	assert_int_equal(host_recognise(text, NULL), HOST_NSTAT);
	see(&seen, HOST_NSTAT, text, NULL);
	want(&seen, "|TcpInErrs=7");
	assert_int_equal(seen.result.other, 0);
}

static void
test_wall_times_are_real_days(void **state)
{
	(void)state;
	static const char *const none[] = {"Feb 29 09:14:58 2026",
		"Apr 31 09:14:58 2026", "Nov 20 24:00:00 2026",
		"Nov 20 9:14:58 2026", "nov 20 09:14:58 2026",
		"Nov 20 09:14:58 1969", "Nov 20 09:14:58", ""};
	int64_t ns;
	for (size_t i = 0; i < sizeof none / sizeof none[0]; i++)
		assert_false(wall_time_read(view_str(none[i]), &ns));
	assert_true(wall_time_read(view_str("Feb 29 00:00:01 2028"), &ns));
	assert_int_equal(ns / NS_PER_S, 1835395201);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_samples_are_recognised),
		cmocka_unit_test(test_samples_yield_their_records),
		cmocka_unit_test(test_every_kind_has_a_sample),
		cmocka_unit_test(test_any_kind_takes_any_file),
		cmocka_unit_test(test_bare_number_needs_a_name),
		cmocka_unit_test(test_logs_and_captures_are_not_claimed),
		cmocka_unit_test(test_none_reads_nothing),
		cmocka_unit_test(test_byte_order_mark_is_passed_over),
		cmocka_unit_test(test_wall_times_are_real_days),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
