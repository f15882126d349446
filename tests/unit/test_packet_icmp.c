/*
 * ICMP errors and what they quote: whole, as little as is allowed, wrapped in
 * extension headers, cut, and not of TCP at all.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "packet_frames.h"
#include "packet_samples.h"

/* clang-format off */

/* From a router, 192.0.2.1, TTL 99: unreachable, administratively filtered. */
static const uint8_t unreachable[] = {
	IPV4_OUTER(88, 1),
	3, 13, 0, 0, 0, 0, 0, 0, /* type, code, checksum, unused */
	IPV4_SYN,
};

/* From 2001:db8::1, hop limit 99: unreachable, rejected by policy. */
static const uint8_t unreachable_v6[] = {
	IPV6_OUTER(88, 58),
	1, 6, 0, 0, 0, 0, 0, 0,
	IPV6_SYN,
};

/* clang-format on */

#define QUOTE 28 /* where the quoted IPv4 header begins */
#define QUOTE_TCP 48 /* ... and its TCP header */

static struct packet
raw_decode(const uint8_t *frame, size_t n, size_t wire)
{
	return decode_exact(101, frame, n, (uint32_t)wire);
}

static struct ip_addr
address(const char *text)
{
	struct ip_addr a;
	assert_true(ip_parse(text, &a));
	return a;
}

static void
whole_quote(void **state)
{
	(void)state;
	struct packet p =
		raw_decode(unreachable, sizeof unreachable, sizeof unreachable);
	assert_int_equal(p.kind, PACKET_ICMP_ERROR);
	assert_true(ip_equal(p.icmp_src, address("192.0.2.1")));
	assert_int_equal(p.icmp_type, 3);
	assert_int_equal(p.icmp_code, 13);
	assert_false(p.icmp_v6);
	assert_int_equal(p.ttl, 99);
	assert_int_equal(p.tunnel_depth, 0);
	assert_true(ip_equal(p.src, address("10.0.0.1")));
	assert_true(ip_equal(p.dst, address("10.0.0.2")));
	assert_int_equal(p.src_port, 32769);
	assert_int_equal(p.dst_port, 80);
	assert_true(p.quote_has_seq);
	assert_int_equal(p.seq, 0x01020304);
	assert_int_equal(p.flags, TCP_SYN);
	assert_int_equal(p.mss, 1460);
	assert_int_equal(p.tsval, 0x11121314);
	assert_int_equal(p.ip_id, 0x1234);
	assert_true(p.df);
	assert_int_equal(p.payload_len, 0);
}

static void
whole_quote_v6(void **state)
{
	(void)state;
	struct packet p = raw_decode(
		unreachable_v6, sizeof unreachable_v6, sizeof unreachable_v6);
	assert_int_equal(p.kind, PACKET_ICMP_ERROR);
	assert_true(p.icmp_v6);
	assert_int_equal(p.icmp_type, 1);
	assert_int_equal(p.icmp_code, 6);
	assert_int_equal(p.ttl, 99);
	assert_true(ip_equal(p.icmp_src, address("2001:db8::1")));
	assert_true(ip_equal(p.dst, address("fd00::2")));
	assert_int_equal(p.seq, 0x01020304);
	assert_int_equal(p.wscale, 7);
}

/* RFC 792 promises eight bytes. The error itself may end there, or the capture
 * may cut it: the facts are the same. */
static void
short_quotes(void **state)
{
	(void)state;
	for (size_t tcp = 0; tcp <= 40; tcp++) {
		uint8_t frame[sizeof unreachable];
		memcpy(frame, unreachable, sizeof frame);
		size_t n = QUOTE_TCP + tcp;
		struct packet cut = raw_decode(frame, n, sizeof frame);
		frame[3] = (uint8_t)n; /* the sender quoted no more */
		struct packet p = raw_decode(frame, n, n);
		/* The quote's own length does not know of the cut. */
		assert_int_equal(
			p.kind, tcp < 4 ? PACKET_CUT : PACKET_ICMP_ERROR);
		assert_memory_equal(&p, &cut, sizeof p);
		if (tcp < 4)
			continue;
		assert_int_equal(p.dst_port, 80);
		assert_int_equal(p.quote_has_seq, tcp >= 8);
		assert_int_equal(p.seq, tcp >= 8 ? 0x01020304 : 0);
		assert_int_equal(p.flags, tcp >= 14 ? TCP_SYN : 0);
		assert_int_equal(p.window, tcp >= 16 ? 29200 : 0);
		assert_int_equal(p.mss, tcp >= 24 ? 1460 : 0);
	}
}

/* Every cut before the quoted ports says so. */
static void
cut_before_the_quote(void **state)
{
	(void)state;
	for (size_t n = 0; n < QUOTE_TCP + 4; n++) {
		struct packet p =
			raw_decode(unreachable, n, sizeof unreachable);
		if (p.kind != PACKET_CUT)
			fail_msg("%zu: %s", n, packet_kind_id(p.kind));
	}
}

static enum packet_kind
changed(size_t at, uint8_t value)
{
	uint8_t frame[sizeof unreachable];
	memcpy(frame, unreachable, sizeof frame);
	frame[at] = value;
	return raw_decode(frame, sizeof frame, sizeof frame).kind;
}

static void
types(void **state)
{
	(void)state;
	for (unsigned type = 0; type < 256; type++) {
		bool error = type == 3 || type == 4 || type == 11 || type == 12;
		assert_int_equal(changed(20, (uint8_t)type),
			error ? PACKET_ICMP_ERROR : PACKET_ICMP_OTHER);
	}
}

/* What a quote may hold that is no TCP segment of ours. */
static void
other_quotes(void **state)
{
	(void)state;
	assert_int_equal(changed(QUOTE + 9, 17), PACKET_ICMP_OTHER);
	assert_int_equal(changed(QUOTE + 9, 47), PACKET_ICMP_OTHER);
	assert_int_equal(changed(QUOTE + 9, 50), PACKET_ICMP_OTHER);
	assert_int_equal(changed(QUOTE + 9, 1), PACKET_ICMP_OTHER);
	assert_int_equal(changed(QUOTE + 9, 4), PACKET_ICMP_OTHER);
	/* A later fragment. */
	assert_int_equal(changed(QUOTE + 7, 1), PACKET_ICMP_OTHER);
	/* No IPv4 header at all. */
	assert_int_equal(changed(QUOTE, 0x65), PACKET_MALFORMED);
	/* Some senders quote with a length that a byte swap spoiled. */
	uint8_t frame[sizeof unreachable];
	memcpy(frame, unreachable, sizeof frame);
	frame[QUOTE + 2] = 60;
	frame[QUOTE + 3] = 0;
	struct packet p = raw_decode(frame, sizeof frame, sizeof frame);
	assert_int_equal(p.kind, PACKET_ICMP_ERROR);
	assert_int_equal(p.seq, 0x01020304);
}

/* The quoted packet has IP options of its own (a router alert). */
static void
quote_with_options(void **state)
{
	static const uint8_t frame[] = {IPV4_OUTER(60, 1), 11, 0, 0, 0, 0, 0, 0,
		0, /* time exceeded */
		0x46, 0x00, BE16(64), 0x12, 0x34, 0x40, 0x00, 1, 6, 0, 0, 10, 0,
		0, 1, 10, 0, 0, 2, 0x94, 0x04, 0, 0, /* 24 bytes */
		0x80, 0x01, 0x00, 0x50, 1, 2, 3, 4};
	(void)state;
	struct packet p = raw_decode(frame, sizeof frame, sizeof frame);
	assert_int_equal(p.kind, PACKET_ICMP_ERROR);
	assert_int_equal(p.icmp_type, 11);
	assert_int_equal(p.ttl, 99);
	assert_true(p.quote_has_seq);
	assert_int_equal(p.seq, 0x01020304);
}

/* The error and its quote behind extension headers: hop-by-hop (0) outside,
 * destination options (60) inside. */
static void
quote_behind_extensions(void **state)
{
	static const uint8_t frame[] = {IPV6_OUTER(104, 0), 58, 0, 1, 4, 0, 0,
		0, 0, /* hop-by-hop */
		2, 0, 0, 0, 0, 0, 0x05, 0xdc, /* packet too big: 1500 */
		IPV6(48, 60), 6, 0, 1, 4, 0, 0, 0, 0, SYN_SEGMENT};
	(void)state;
	struct packet p = raw_decode(frame, sizeof frame, sizeof frame);
	assert_int_equal(p.kind, PACKET_ICMP_ERROR);
	assert_true(p.icmp_v6);
	assert_int_equal(p.icmp_type, 2);
	assert_int_equal(p.seq, 0x01020304);
	assert_true(ip_equal(p.src, address("fd00::1")));
}

/* An error that itself came through a tunnel. */
static void
error_in_tunnel(void **state)
{
	uint8_t frame[28 + sizeof unreachable] = {
		IPV4(28 + sizeof unreachable, 47), 0x20, 0, 8, 0, 0, 0, 0, 9};
	(void)state;
	memcpy(frame + 28, unreachable, sizeof unreachable);
	struct packet p = raw_decode(frame, sizeof frame, sizeof frame);
	assert_int_equal(p.kind, PACKET_ICMP_ERROR);
	assert_int_equal(p.tunnel_depth, 1);
	assert_int_equal(p.vni, 9);
	assert_true(ip_equal(p.icmp_src, address("192.0.2.1")));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(whole_quote),
		cmocka_unit_test(whole_quote_v6),
		cmocka_unit_test(short_quotes),
		cmocka_unit_test(cut_before_the_quote),
		cmocka_unit_test(types),
		cmocka_unit_test(other_quotes),
		cmocka_unit_test(quote_with_options),
		cmocka_unit_test(quote_behind_extensions),
		cmocka_unit_test(error_in_tunnel),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
