/*
 * Addresses: one type for both families, to and from text.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/hash.h"
#include "base/ip.h"

/* Text that is read must be written back as wanted. */
static void
round_trip(const char *text, const char *wanted)
{
	struct ip_addr a;
	char out[IP_TEXT_MAX];
	assert_true(ip_parse(text, &a));
	assert_string_equal(ip_format(a, out), wanted);
}

static void
text_both_ways(void **state)
{
	(void)state;
	round_trip("0.0.0.0", "0.0.0.0");
	round_trip("192.0.2.1", "192.0.2.1");
	round_trip("255.255.255.255", "255.255.255.255");
	round_trip("::", "::");
	round_trip("::1", "::1");
	/* RFC 5952: lower case, no leading zeros, the longest run of zeros. */
	round_trip("2001:DB8:0:0:1:0:0:1", "2001:db8::1:0:0:1");
	round_trip("2001:db8:0:1:1:1:1:1", "2001:db8:0:1:1:1:1:1");
	/* The IPv4-mapped form is the IPv4 address. */
	round_trip("::ffff:192.0.2.1", "192.0.2.1");
	/* The IPv4-compatible form is not (RFC 4291 section 2.5.5.1). */
	round_trip("::192.0.2.1", "::192.0.2.1");
	/* The longest text there is. */
	round_trip("ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff",
		"ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff");
}

static void
what_is_no_address(void **state)
{
	(void)state;
	static const char *const bad[] = {"", "1.2.3", "1.2.3.4.5", "256.1.1.1",
		"1.2.3.4 ", " 1.2.3.4", "01.2.3.4", "::1%eth0", "[::1]",
		"1:2:3:4:5:6:7:8:9", "example.com"};
	struct ip_addr a;
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
		assert_false(ip_parse(bad[i], &a));
}

static void
families_never_meet(void **state)
{
	(void)state;
	static const uint8_t six[16] = {[12] = 192, [14] = 2, [15] = 1};
	struct ip_addr v4 = ip_from_v4(UINT32_C(0xc0000201));
	struct ip_addr v6 = ip_from_v6(six);
	assert_true(ip_is_v4(v4));
	assert_false(ip_is_v4(v6));
	assert_false(ip_equal(v4, v6));
	assert_true(ip_equal(v4, v4));
}

static void
hash_tells_ports_and_addresses_apart(void **state)
{
	(void)state;
	struct hash_keys k = hash_keys_random();
	struct ip_addr a = ip_from_v4(1);
	struct ip_addr b = ip_from_v4(2);
	assert_true(hash_endpoint(k, a, 1) == hash_endpoint(k, a, 1));
	assert_true(hash_endpoint(k, a, 1) != hash_endpoint(k, a, 2));
	assert_true(hash_endpoint(k, a, 1) != hash_endpoint(k, b, 1));
	struct hash_keys other = {k.a + 2, k.b + 2};
	assert_true(hash_endpoint(k, a, 1) != hash_endpoint(other, a, 1));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(text_both_ways),
		cmocka_unit_test(what_is_no_address),
		cmocka_unit_test(families_never_meet),
		cmocka_unit_test(hash_tells_ports_and_addresses_apart),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
