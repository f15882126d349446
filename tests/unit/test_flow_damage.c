/*
 * Flow logs that are cut anywhere, read in any steps, too long or too deep.
 */
#include "flow_read.h"

#include <stdio.h>

static void
assert_same(const struct reading *a, const struct reading *b)
{
	assert_memory_equal(&a->summary, &b->summary, sizeof a->summary);
	assert_memory_equal(a->anomalies, b->anomalies, sizeof a->anomalies);
	assert_int_equal(a->count, b->count);
	if (a->noted > 0)
		assert_int_equal(a->first_at, b->first_at);
	for (unsigned i = 0; i < a->count && i < KEPT_MAX; i++) {
		const struct kept *x = &a->kept[i];
		const struct kept *y = &b->kept[i];
		assert_string_equal(x->src, y->src);
		assert_string_equal(x->dst, y->dst);
		assert_string_equal(x->interface, y->interface);
		assert_string_equal(x->rule, y->rule);
		assert_string_equal(x->reason, y->reason);
		assert_int_equal(x->r.line, y->r.line);
		assert_int_equal(x->r.start_ns, y->r.start_ns);
		assert_int_equal(x->r.packets, y->r.packets);
		assert_int_equal(x->r.action, y->r.action);
	}
}

/* Windows that grow by a step give what one window gives. */
static void
test_split_windows(void **state)
{
	(void)state;
	static const size_t steps[] = {1, 2, 7, 100};
	for (size_t i = 0; i < FLOW_SAMPLES; i++) {
		struct view text = view_str(flow_samples[i].text);
		struct reading whole = read_flow(text, 0);
		for (size_t j = 0; j < 4; j++) {
			struct reading split = read_flow(text, steps[j]);
			assert_same(&whole, &split);
		}
	}
}

/* Every prefix adds up, gives no record that the whole does not give, and of
   JSON (but for a stop between entries) says that it is cut. */
static void
test_every_prefix(void **state)
{
	(void)state;
	for (size_t i = 0; i < FLOW_SAMPLES; i++) {
		const struct flow_sample *f = &flow_samples[i];
		size_t len = strlen(f->text);
		for (size_t n = 0; n < len; n++) {
			struct reading s = read_flow(view_of(f->text, n), 0);
			assert_in_range(s.count, 0, f->records);
			if (f->text[0] == '[' && n > 0 && n < len - 1)
				assert_int_equal(
					s.anomalies[ANOMALY_FLOW_CUT], 1);
			flow_recognise(view_of(f->text, n));
		}
	}
}

/* Every byte changed to some that mean something. */
static void
test_every_byte(void **state)
{
	(void)state;
	static const char bytes[] = "\0\n\"\\{}[],- 9\xff";
	static char text[8192];
	for (size_t i = 0; i < FLOW_SAMPLES; i++) {
		size_t len = strlen(flow_samples[i].text);
		assert_true(len < sizeof text);
		for (size_t n = 0; n < len; n++) {
			memcpy(text, flow_samples[i].text, len);
			text[n] = bytes[n % (sizeof bytes - 1)];
			read_flow(view_of(text, len), 0);
		}
	}
}

#define GOOD                                                              \
	"2 1 eni-1 192.0.2.1 192.0.2.2 1 2 6 1 60 1795222320 1795222379 " \
	"ACCEPT OK\n"
#define GOOD_JSON                                                         \
	"{\"message\":\"2 1 eni-1 - - - - - - - 1795222320 1795222379 - " \
	"NODATA\"}\n"

/* first, then middle count times, then last; freed by the caller. */
static char *
build(const char *first, const char *middle, size_t count, const char *last,
	struct view *out)
{
	size_t len = strlen(middle);
	char *text = malloc(strlen(first) + len * count + strlen(last) + 1);
	assert_non_null(text);
	char *at = stpcpy(text, first);
	for (size_t i = 0; i < count; i++, at += len)
		memcpy(at, middle, len);
	at = stpcpy(at, last);
	*out = view_of(text, (size_t)(at - text));
	return text;
}

/* Read whole and in steps, which must agree. */
static struct reading
read_built(const char *first, const char *middle, size_t count,
	const char *last, size_t step)
{
	struct view text;
	char *owned = build(first, middle, count, last, &text);
	struct reading whole = read_flow(text, 0);
	if (step > 0) {
		struct reading split = read_flow(text, step);
		assert_same(&whole, &split);
	}
	free(owned);
	return whole;
}

static void
test_long_lines(void **state)
{
	(void)state;
	/* 1 MiB without a line end, and a good line behind it */
	struct reading s = read_built(GOOD, "x", 1 << 20, "\n" GOOD, 50021);
	assert_int_equal(s.count, 2);
	assert_int_equal(s.anomalies[ANOMALY_FLOW_TOO_LONG], 1);
	assert_int_equal(s.summary.too_long, 1);
	assert_int_equal(s.first_at, sizeof GOOD - 1);
	assert_int_equal(s.kept[1].r.line, 3);
	/* the longest line that is read, and one byte more */
	s = read_built("", "x", FLOW_LINE_MAX, "\n" GOOD, 50021);
	assert_int_equal(s.anomalies[ANOMALY_FLOW_MALFORMED], 1);
	s = read_built("", "x", FLOW_LINE_MAX + 1, "\n" GOOD, 50021);
	assert_int_equal(s.anomalies[ANOMALY_FLOW_TOO_LONG], 1);
	assert_int_equal(s.count, 1);
	/* more words than a layout can have, and blanks without end */
	s = read_built("", "9 ", 1000, "\n" GOOD, 0);
	assert_int_equal(s.anomalies[ANOMALY_FLOW_MALFORMED], 1);
	s = read_built("", " ", FLOW_LINE_MAX + 100, "\n" GOOD, 50021);
	assert_int_equal(s.count, 1);
}

static void
test_long_elements(void **state)
{
	(void)state;
	/* a string longer than an element may be */
	struct reading s = read_built(GOOD_JSON "{\"message\":\"", "x",
		FLOW_ELEMENT_MAX, "\"}\n" GOOD_JSON, 5000011);
	assert_int_equal(s.count, 2);
	assert_int_equal(s.anomalies[ANOMALY_FLOW_TOO_LONG], 1);
	assert_int_equal(s.noted, 1);
	/* more values than the tree may have */
	s = read_built("{\"a\":[0", ",0", 1 << 20, "]}\n" GOOD_JSON, 700001);
	assert_int_equal(s.count, 1);
	assert_int_equal(s.anomalies[ANOMALY_FLOW_TOO_LONG], 1);
	/* a cut one */
	s = read_built("{\"a\":[0", ",0", 1 << 20, "", 700001);
	assert_int_equal(s.anomalies[ANOMALY_FLOW_TOO_LONG], 1);
	assert_int_equal(s.anomalies[ANOMALY_FLOW_CUT], 1);
}

static void
test_bombs(void **state)
{
	(void)state;
	/* levels without end, within an element, around it, of containers */
	struct reading s =
		read_built("{\"a\":", "[", 1 << 20, "\n" GOOD_JSON, 65536);
	assert_int_equal(s.count, 1);
	assert_int_equal(s.anomalies[ANOMALY_FLOW_MALFORMED], 1);
	s = read_built("", "{\"a\":", 1 << 16, "\n" GOOD_JSON, 65536);
	/* each level beyond the last begins a new element */
	assert_int_equal(s.count, 1);
	assert_int_equal(s.anomalies[ANOMALY_FLOW_MALFORMED], (1 << 16) / 64);
	s = read_built("", "[", 1 << 20, "\n" GOOD_JSON, 65536);
	assert_int_equal(s.count, 1);
	assert_int_equal(s.anomalies[ANOMALY_FLOW_CUT], 1);
	s = read_built("", "{\"records\":[", 1 << 16, "\n" GOOD_JSON, 65536);
	assert_int_equal(s.count, 1);
	assert_int_equal(s.anomalies[ANOMALY_FLOW_CUT], 1);
	/* the most levels that an element may have, and one more */
	s = read_built("{\"a\":", "[", 63, "", 0);
	assert_int_equal(s.anomalies[ANOMALY_FLOW_CUT], 1);
	assert_int_equal(s.anomalies[ANOMALY_FLOW_MALFORMED], 0);
	s = read_built("{\"a\":", "[", 64, "", 0);
	assert_int_equal(s.anomalies[ANOMALY_FLOW_MALFORMED], 1);
}

/* A record of Azure that is damaged in the middle costs itself only. */
static void
test_damage_in_document(void **state)
{
	(void)state;
#define RECORD(broken)                                                       \
	"{\"properties\":{\"flows\":[{\"rule\":\"r\",\n\"flows\":[{\"mac\":" \
	"\"m\",\"flowTuples\":[\"1795222320,192.0.2.1,192.0.2.2,1,2,T,I,"    \
	"A\"" broken "}]}]}}"
	struct reading s = read_text("{\"records\":[" RECORD("]") "," RECORD(
		",\"17952\n]") "," RECORD("]") "]}");
	assert_int_equal(s.count, 2);
	assert_int_equal(s.anomalies[ANOMALY_FLOW_MALFORMED], 1);
	/* a bracket that does not match */
	s = read_text("{\"records\":[" RECORD("}") "," RECORD("]") "]}");
	assert_int_equal(s.count, 1);
	assert_int_equal(s.anomalies[ANOMALY_FLOW_MALFORMED], 1);
}

/* A byte order mark, carriage returns, blank lines; nothing at all. */
static void
test_small_things(void **state)
{
	(void)state;
	struct reading s = read_text("\xef\xbb\xbf" GOOD "\r\n \n" GOOD);
	assert_int_equal(s.count, 2);
	assert_int_equal(s.noted, 0);
	assert_int_equal(s.kept[1].r.line, 4);
	s = read_text("\xef\xbb\xbf\n" GOOD_JSON);
	assert_int_equal(s.count, 1);
	/* one mark is a mark, a second one is rubbish, in any windows */
	s = read_built("\xef\xbb\xbf\xef\xbb\xbf", "x", 5, "", 1);
	assert_int_equal(s.anomalies[ANOMALY_FLOW_MALFORMED], 1);
	s = read_text("");
	assert_int_equal(s.summary.read, 0);
	flow_free(NULL);
}

/* Clocks are set back; ports have five digits. */
static void
test_values_that_cannot_be(void **state)
{
	(void)state;
	struct reading s = read_flow(
		view_str("2|1795218082|501|1747609042|502|6|0|0|0|3232235521|"
			 "40131|0|0|0|167903234|80|0|0|0|0|2|0|3|180\n"),
		0);
	assert_int_equal(s.count, 1);
	assert_true(s.kept[0].r.end_ns == s.kept[0].r.start_ns);
	static const char header[] = "src_ip,src_port,dest_ip,dest_port\n";
	static const struct {
		const char *port;
		unsigned records;
	} ports[] = {{"51000", 1}, {"\"51,000\"", 1}, {"123456", 0},
		{"\"5100,0\"", 0}};
	for (size_t i = 0; i < sizeof ports / sizeof *ports; i++) {
		char text[200];
		snprintf(text, sizeof text, "%s192.0.2.1,%s,192.0.2.2,80\n",
			header, ports[i].port);
		s = read_flow(view_str(text), 0);
		assert_int_equal(s.count, ports[i].records);
		if (s.count > 0)
			assert_int_equal(s.kept[0].r.src_port, 51000);
	}
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_split_windows),
		cmocka_unit_test(test_every_prefix),
		cmocka_unit_test(test_every_byte),
		cmocka_unit_test(test_long_lines),
		cmocka_unit_test(test_long_elements),
		cmocka_unit_test(test_bombs),
		cmocka_unit_test(test_damage_in_document),
		cmocka_unit_test(test_small_things),
		cmocka_unit_test(test_values_that_cannot_be),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
