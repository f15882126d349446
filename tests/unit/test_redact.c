/*
 * Pseudonyms: what must be kept, what must not, and where addresses hide.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "redact/ip_cipher.h"
#include "redact/redactor.h"

static struct ip_cipher
cipher_of(uint8_t seed)
{
	struct ip_cipher c;
	uint8_t secret[IP_CIPHER_SECRET];
	for (size_t i = 0; i < sizeof secret; i++)
		secret[i] = (uint8_t)(seed * 31 + i * 7);
	ip_cipher_init(&c, secret);
	return c;
}

static struct ip_addr
address(const char *text)
{
	struct ip_addr a;
	assert_true(ip_parse(text, &a));
	return a;
}

/* Bits that two addresses share from the family's first on. */
static int
shared(struct ip_addr a, struct ip_addr b)
{
	int n = 0;
	while (n < 128) {
		uint64_t x = n < 64 ? a.hi ^ b.hi : a.lo ^ b.lo;
		if (x >> (63 - n % 64) & 1)
			break;
		n++;
	}
	return n;
}

static uint64_t state = 88172645463325252u;

/* xorshift64: the same numbers in every run. */
static uint64_t
next(void)
{
	state ^= state << 13;
	state ^= state >> 7;
	state ^= state << 17;
	return state;
}

/* An address is a network as long as its family allows. */
static struct ip_addr
address_of(const struct ip_cipher *c, struct ip_addr a)
{
	return ip_cipher_network(c, a, ip_is_v4(a) ? 32 : 128);
}

/* The property itself, for neighbours at every distance, in both families. */
static void
prefixes_are_kept_exactly(void **unused)
{
	(void)unused;
	struct ip_cipher c = cipher_of(1);
	for (int i = 0; i < 4000; i++) {
		bool v4 = i % 2 == 0;
		struct ip_addr a = v4 ? ip_from_v4((uint32_t)next())
				      : (struct ip_addr){next(), next()};
		struct ip_addr b = a;
		int bit = (int)(next() % (v4 ? 32 : 128));
		if (bit < 64)
			b.lo ^= UINT64_C(1) << bit;
		else
			b.hi ^= UINT64_C(1) << (bit - 64);
		struct ip_addr x = address_of(&c, a);
		struct ip_addr y = address_of(&c, b);
		assert_int_equal(shared(a, b), shared(x, y));
		assert_int_equal(ip_is_v4(a), ip_is_v4(x));
	}
}

static void
other_keys_give_other_addresses(void **unused)
{
	(void)unused;
	struct ip_cipher c = cipher_of(1);
	struct ip_cipher d = cipher_of(2);
	struct ip_addr a = address("203.0.113.77");
	assert_true(ip_equal(address_of(&c, a), address_of(&c, a)));
	assert_false(ip_equal(address_of(&c, a), address_of(&d, a)));
	/* Each free bit is turned in about half of the keys, whatever the
	 * others are: two neighbours are not turned together. */
	int turned[32] = {0}, together = 0;
	for (int k = 0; k < 250; k++) {
		struct ip_cipher e = cipher_of((uint8_t)k);
		uint64_t x = address_of(&e, a).lo ^ a.lo;
		for (int n = 0; n < 32; n++)
			turned[n] += (int)(x >> n & 1);
		for (int n = 0; n < 20; n++)
			together += (int)((x >> n ^ x >> (n + 1)) & 1);
	}
	for (int n = 0; n < 22; n++)
		assert_in_range(turned[n], 80, 170);
	assert_in_range(together, 2200, 2800); /* of 5000 */
}

static void
special_addresses_keep_their_class(void **unused)
{
	(void)unused;
	static const struct {
		const char *address;
		int kept;
	} rows[] = {
		{"127.0.0.1", 128},
		{"127.0.0.53", 128},
		{"0.0.0.0", 128},
		{"255.255.255.255", 128},
		{"255.255.255.0", 128}, /* a netmask */
		{"224.0.0.1", 128},
		{"239.1.2.3", 96 + 4},
		{"10.200.1.2", 96 + 8},
		{"172.31.0.9", 96 + 12},
		{"192.168.7.7", 96 + 16},
		{"169.254.169.254", 96 + 16},
		{"100.100.1.1", 96 + 10},
		{"::", 128},
		{"::1", 128},
		{"fe80::5054:ff:fe12:3456", 64},
		{"fd00:1:2::3", 8},
		{"ff02::1", 128},
		{"ff02::1:ff12:3456", 16},
		{"2001:db8::1", 3},
	};
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct ip_addr a = address(rows[i].address);
		bool moved = false;
		for (uint8_t k = 0; k < 40; k++) {
			struct ip_cipher c = cipher_of(k);
			struct ip_addr x = address_of(&c, a);
			assert_true(shared(a, x) >= rows[i].kept);
			moved |= !ip_equal(a, x);
		}
		assert_int_equal(moved, rows[i].kept < 128);
	}
	/* Nothing public becomes private, or the other way round. */
	for (int i = 0; i < 2000; i++) {
		struct ip_cipher c = cipher_of(3);
		uint32_t v4 = (uint32_t)next();
		uint32_t to = (uint32_t)address_of(&c, ip_from_v4(v4)).lo;
		assert_int_equal(v4 >> 24 == 10, to >> 24 == 10);
		assert_int_equal(v4 >> 16 == 0xc0a8, to >> 16 == 0xc0a8);
		assert_int_equal(v4 >> 28 == 14, to >> 28 == 14);
	}
}

static void
one_address_in_two_families(void **unused)
{
	(void)unused;
	struct ip_cipher c = cipher_of(9);
	struct ip_addr v4 = address_of(&c, address("198.51.100.7"));
	struct ip_addr nat = address_of(&c, address("64:ff9b::198.51.100.7"));
	assert_int_equal(nat.hi, UINT64_C(0x64ff9b) << 32);
	assert_int_equal((uint32_t)nat.lo, (uint32_t)v4.lo);
}

static struct redactor *
keyed(void)
{
	struct redactor *r = redactor_new();
	redactor_key(r, view_str("a key of this test's"));
	return r;
}

static char *
text_of(struct redactor *r, enum redact_how how, const char *text)
{
	return redactor_rewrite(r, how, view_str(text), NULL);
}

/* What stood in the text is gone, and what else there was is not. */
static void
gone(struct redactor *r, enum redact_how how, const char *text,
	const char *secret, const char *kept)
{
	char *out = text_of(r, how, text);
	if (strstr(out, secret) != NULL)
		fail_msg("%s: %s is left in: %s", text, secret, out);
	if (kept != NULL && strstr(out, kept) == NULL)
		fail_msg("%s: %s is gone from: %s", text, kept, out);
	free(out);
}

static void
addresses_are_found_in_every_spelling(void **unused)
{
	(void)unused;
	static const struct {
		const char *text, *secret, *kept;
	} rows[] = {
		{"a=198.51.100.20", "198.51.100", "a="},
		{"198.51.100.20.443 > x", "198.51.100", ".443 > "},
		{"(198.51.100.20:80)", "198.51.100", ":80)"},
		{"v198.51.100.20", "198.51.100", NULL},
		{"ip-198-51-100-20.ec2", "198-51-100", NULL},
		{"ip_198_51_100_20", "198_51_100", NULL},
		{"-s 198.51.100.0/24 -j DROP", "198.51.100", ".0/24 -j DROP"},
		{"-s 0.0.0.0/0", "198", "0.0.0.0/0"},
		{"198.51.100.1-198.51.100.9", "198.51.100", "-"},
		{"[2001:db8:a::20]:443", "2001:db8:a", "]:443"},
		{"SRC=2001:0db8:000a:0000:0000:0000:0000:0020 DST", "0db8",
			" DST"},
		{"2001:DB8:A::20", "DB8:A", NULL},
		{"2001:db8:a::/48 dev", "db8:a", "::/48"},
		{"2001:db8:a::20.443", "db8:a", ".443"},
		{"fe80::5054:ff:fe12:3456%eth0", "fe12:3456", "%eth0"},
		{"::ffff:198.51.100.20", "198.51.100", NULL},
		{"::ffff:c633:6414", "6414", NULL},
		{"MAC=52:54:00:12:34:56:52:54:00:65:43:21:86:dd SRC",
			"12:34:56", ":86:dd SRC"},
		{"MAC=52:54:00:12:34:56:52:54:00:65:43:21:86:dd SRC",
			"65:43:21", ":86:dd SRC"},
		{"00-16-3E-12-34-56", "12-34-56", NULL},
		{"0016.3e12.3456", "3e12", NULL},
		{"at 23:41:22 and 1:2", "x-", "at 23:41:22 and 1:2"},
		{"2026-11-21T09:15:04.123456Z", "x-",
			"2026-11-21T09:15:04.123456Z"},
	};
	struct redactor *r = keyed();
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		gone(r, REDACT_TEXT, rows[i].text, rows[i].secret,
			rows[i].kept);
		if (strncmp(rows[i].secret, "x-", 2) != 0)
			gone(r, REDACT_PROSE, rows[i].text, rows[i].secret,
				rows[i].kept);
	}
	redactor_free(r);
}

/* An address has one pseudonym however it is written. */
static void
spellings_agree(void **unused)
{
	(void)unused;
	struct redactor *r = keyed();
	char *plain = text_of(r, REDACT_PROSE, "198.51.100.20");
	char *dashed = text_of(r, REDACT_PROSE, "198-51-100-20");
	char *mapped = text_of(r, REDACT_TEXT, "::ffff:198.51.100.20");
	for (char *p = dashed; *p != '\0'; p++)
		*p = *p == '-' ? '.' : *p;
	assert_string_equal(plain, dashed);
	assert_string_equal(plain, mapped);
	/* A host of a network is in the network's pseudonym. */
	char *network = text_of(r, REDACT_TEXT, "198.51.100.0/24");
	size_t start = (size_t)(strrchr(plain, '.') - plain);
	assert_memory_equal(plain, network, start);
	assert_string_equal(network + start, ".0/24");
	free(plain);
	free(dashed);
	free(mapped);
	free(network);
	redactor_free(r);
}

static void
words_from_outside_must_be_known(void **unused)
{
	(void)unused;
	struct redactor *r = keyed();
	redactor_know(r,
		view_str("upstream timed out while net.core.somaxconn "
			 "front.example sample-01"));
	gone(r, REDACT_TEXT, "upstream acme-db timed out", "acme",
		"upstream x-");
	gone(r, REDACT_TEXT, "upstream \"db.acme.example\"", "acme",
		"upstream");
	/* Labels that are words of ours do not stay within another's name. */
	gone(r, REDACT_TEXT, "host client.upstream.internal", "upstream",
		"host x-");
	gone(r, REDACT_TEXT, "GET /acme/upstream?q=1 HTTP/1.1", "upstream",
		" HTTP/1.1");
	gone(r, REDACT_TEXT, "open /var/log/nginx/x", "/var", NULL);
	gone(r, REDACT_TEXT, "http://198.51.100.20:80/client", "198.51",
		"http://");
	gone(r, REDACT_TEXT, "net.core.somaxconn = 4096 eth0 12ms 0x1f", "x-",
		"net.core.somaxconn = 4096 eth0 12ms 0x1f");
	gone(r, REDACT_TEXT, "0xc6336414 0100007F", "6336414", NULL);
	gone(r, REDACT_TEXT, "sample-01 web01", "sample-01", NULL);
	gone(r, REDACT_TEXT, "b\xc3\xbcro-m\xc3\xbcnchen", "ro-m", NULL);
	/* Labels one by one: a host's short name is found in its long one. */
	char *name = text_of(r, REDACT_TEXT, "db.acme.example");
	char *label = text_of(r, REDACT_NAME, "acme");
	assert_non_null(strstr(name, label));
	free(name);
	free(label);
	redactor_free(r);
}

static void
names_that_were_told_go_from_our_sentences(void **unused)
{
	(void)unused;
	struct redactor *r = keyed();
	redactor_name(r, "client/acme capture.pcap", REDACT_PATH, true);
	redactor_name(r, "acme-lb", REDACT_NAME, true);
	redactor_name(r, "network", REDACT_NAME, true);
	redactor_name(r, "gateway-host", REDACT_NAME, false);
	gone(r, REDACT_PROSE, "client/acme capture.pcap: damaged", "acme",
		".pcap: damaged");
	gone(r, REDACT_PROSE, "network, client->acme-lb", "acme",
		"network, client->x-");
	gone(r, REDACT_PROSE, "acme-lb2 and xacme-lb", "x-",
		"acme-lb2 and xacme-lb");
	gone(r, REDACT_PROSE, "a gateway-host", "x-", "gateway-host");
	gone(r, REDACT_TEXT, "a gateway-host", "gateway", NULL);
	gone(r, REDACT_MESSAGE, "a capture's 'acme.zone' is no zone", "acme",
		"' is no zone");
	redactor_free(r);
}

static void
without_a_key_nothing_is_shown(void **unused)
{
	(void)unused;
	struct redactor *r = redactor_new();
	char *out = text_of(r, REDACT_TEXT, "acme 198.51.100.20 2001:db8::1");
	assert_string_equal(out, "[name] [address] [address]");
	free(out);
	redactor_free(r);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(prefixes_are_kept_exactly),
		cmocka_unit_test(other_keys_give_other_addresses),
		cmocka_unit_test(special_addresses_keep_their_class),
		cmocka_unit_test(one_address_in_two_families),
		cmocka_unit_test(addresses_are_found_in_every_spelling),
		cmocka_unit_test(spellings_agree),
		cmocka_unit_test(words_from_outside_must_be_known),
		cmocka_unit_test(names_that_were_told_go_from_our_sentences),
		cmocka_unit_test(without_a_key_nothing_is_shown),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
