/*
 * Words, numbers and endpoints: the parts that every host parser leans on.
 */
#include "host_seen.h"
#include "parsers/host/endpoint.h"
#include "base/text.h"
#include "parsers/host/scratch.h"

static int64_t
number(const char *text, int base)
{
	int64_t n = 77;
	enum number got = number_read(view_str(text), base, &n);
	return got == NUMBER_GOOD ? n : got == NUMBER_RANGE ? -1000 : -2000;
}

static void
test_numbers(void **state)
{
	(void)state;
	assert_int_equal(number("0", 10), 0);
	assert_int_equal(number("-12", 10), -12);
	assert_int_equal(number("9223372036854775807", 10), INT64_MAX);
	assert_int_equal(number("9223372036854775808", 10), -1000);
	assert_int_equal(number("99999999999999999999999", 10), -1000);
	assert_int_equal(number("ff", 16), 255);
	assert_int_equal(number("FFFFFFFFFFFFFFFF", 16), -1000);
	assert_int_equal(number("", 10), -2000);
	assert_int_equal(number("-", 10), -2000);
	assert_int_equal(number("+1", 10), -2000);
	assert_int_equal(number("1a", 10), -2000);
	assert_int_equal(number("-1", 16), -2000);
	/* Too long, and then no number after all. */
	assert_int_equal(number("99999999999999999999x", 10), -2000);
}

static int64_t
decimal(const char *text, unsigned places)
{
	int64_t n = 77;
	enum number got = decimal_read(view_str(text), places, &n);
	return got == NUMBER_GOOD ? n : got == NUMBER_RANGE ? -1000 : -2000;
}

static void
test_decimals(void **state)
{
	(void)state;
	assert_int_equal(decimal("0.049", 3), 49);
	assert_int_equal(decimal("12,5", 2), 1250);
	assert_int_equal(decimal("100.00", 2), 10000);
	assert_int_equal(decimal("3.999", 0), 3);
	assert_int_equal(decimal("25%", 0), 25);
	assert_int_equal(decimal("7", 2), 700);
	assert_int_equal(decimal("-0.5", 0), 0);
	assert_int_equal(decimal("-1.5", 1), -15);
	assert_int_equal(decimal("1.x", 2), -2000);
	assert_int_equal(decimal("1.2.3", 1), -2000);
	assert_int_equal(decimal(".5", 1), -2000);
	assert_int_equal(decimal("9223372036854775807.5", 1), -1000);
}

static void
test_lines_and_words(void **state)
{
	(void)state;
	struct view rest = view_str("a\tb  c\r\n\nlast");
	struct view line;
	struct view words[2];
	assert_true(line_next(&rest, &line));
	assert_true(view_is(line, "a\tb  c"));
	assert_int_equal(words_count(line), 3);
	assert_int_equal(words_split(line, words, 2), 2);
	assert_true(view_is(words[1], "b"));
	assert_true(line_next(&rest, &line));
	assert_int_equal(line.len, 0);
	assert_true(line_next(&rest, &line));
	assert_true(view_is(line, "last"));
	assert_false(line_next(&rest, &line));
	assert_true(view_is(view_trim(view_str(" \t x y \r\n")), "x y"));
	assert_true(view_is(
		view_between(view_str("t:(on,3) x"), "t:(", ")"), "on,3"));
	assert_int_equal(view_between(view_str("t:(on,3"), "t:(", ")").len, 0);
}

static void
test_text_is_bounded(void **state)
{
	(void)state;
	struct scratch t;
	scratch_clear(&t);
	for (unsigned i = 0; i < SCRATCH_MAX; i++)
		scratch_adds(&t, "x");
	assert_false(t.cut);
	scratch_add_number(&t, UINT64_MAX);
	assert_true(t.cut);
	assert_int_equal(scratch_view(&t).len, SCRATCH_MAX);
}

static void
assert_end(const char *text, const char *ip, int32_t port)
{
	struct host_endpoint e;
	char shown[IP_TEXT_MAX];
	assert_true(endpoint_read(view_str(text), &e));
	assert_int_equal(e.known, ip != NULL);
	if (ip != NULL)
		assert_string_equal(ip_format(e.ip, shown), ip);
	assert_int_equal(e.port, port);
}

static void
test_endpoints(void **state)
{
	(void)state;
	struct host_endpoint e;
	assert_end("192.0.2.1:80", "192.0.2.1", 80);
	assert_end("[2001:db8::1]:443", "2001:db8::1", 443);
	assert_end("[::ffff:192.0.2.1]:443", "192.0.2.1", 443);
	assert_end(":::22", "::", 22);
	assert_end("::1:25", "::1", 25);
	assert_end("*:http", "::", 80);
	assert_end("0.0.0.0:*", "0.0.0.0", HOST_UNKNOWN);
	assert_end("[fe80::1%eth0]:22", "fe80::1", 22);
	assert_end("fe80::1%eth0:22", "fe80::1", 22);
	assert_end("localhost:ssh", NULL, 22);
	assert_end("192.0.2.7.50312", "192.0.2.7", 50312);
	assert_end("*.*", "::", HOST_UNKNOWN);
	assert_end("192.0.2.1:65536", "192.0.2.1", HOST_UNKNOWN);
	assert_false(endpoint_read(view_str("*"), &e));
	assert_false(endpoint_read(view_str(":80"), &e));
	assert_false(endpoint_read(view_str("192.0.2.1:"), &e));
}

static void
test_states(void **state)
{
	(void)state;
	assert_true(view_is(state_read(view_str("SYN_RECV")), "SYN-RECV"));
	assert_true(view_is(state_read(view_str("SYN_RECEIVED")), "SYN-RECV"));
	assert_true(view_is(state_read(view_str("LISTENING")), "LISTEN"));
	assert_true(view_is(state_read(view_str("FIN_WAIT_2")), "FIN-WAIT-2"));
	assert_true(view_is(state_read(view_str("CLOSED")), "UNCONN"));
	assert_int_equal(state_read(view_str("VERBUNDEN")).len, 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_numbers),
		cmocka_unit_test(test_decimals),
		cmocka_unit_test(test_lines_and_words),
		cmocka_unit_test(test_text_is_bounded),
		cmocka_unit_test(test_endpoints),
		cmocka_unit_test(test_states),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
