/*
 * TCP options, cuts within the header, and headers that contradict themselves.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "packet_frames.h"
#include "packet_samples.h"

#define LINKTYPE_RAW_IPV4 228

/* A segment with these flags and option bytes, padded to four by END. */
static struct packet
options_decode(uint8_t flags, const uint8_t *options, size_t len, size_t cut)
{
	static const uint8_t head[] = {
		IPV4(0, 6),             /* length filled in below */
		0x80, 0x01, 0x00, 0x50, /* ports */
		0x01, 0x02, 0x03, 0x04, /* sequence number */
		0x05, 0x06, 0x07, 0x08, /* acknowledgement number */
		0x50, 0x00, 0x72, 0x10, /* length and flags: below */
		0x00, 0x00, 0x00, 0x00, /* checksum, urgent */
	};
	uint8_t frame[128] = {0};
	size_t padded = (len + 3) & ~(size_t)3;
	size_t total = sizeof head + padded;
	memcpy(frame, head, sizeof head);
	memcpy(frame + sizeof head, options, len);
	frame[3] = (uint8_t)total;
	frame[32] = (uint8_t)((20 + padded) / 4 << 4);
	frame[33] = flags;
	return decode_exact(
		LINKTYPE_RAW_IPV4, frame, total - cut, (uint32_t)total);
}

struct options_case {
	const char *name;
	uint8_t flags;
	struct view bytes;
	uint8_t options;
};

static const struct options_case options_cases[] = {
	{"none", TCP_SYN, {(const uint8_t *)"", 0}, 0},
	{"MSS", TCP_SYN, BYTES(2, 4, 5, 0xb4), TCP_OPT_MSS},
	{"MSS without SYN", TCP_ACK, BYTES(2, 4, 5, 0xb4), 0},
	{"MSS of wrong length", TCP_SYN, BYTES(2, 3, 5, 4, 2), TCP_OPT_SACK_OK},
	{"END hides the rest", TCP_SYN, BYTES(0, 2, 4, 5, 0xb4), 0},
	{"window scale", TCP_SYN, BYTES(1, 3, 3, 14), TCP_OPT_WSCALE},
	{"SYN-ACK, SACK permitted", TCP_SYN | TCP_ACK, BYTES(1, 1, 4, 2),
		TCP_OPT_SACK_OK},
	{"timestamps first", TCP_ACK,
		BYTES(8, 10, 0, 0, 0, 1, 0, 0, 0, 2, 1, 1), TCP_OPT_TIMESTAMPS},
	{"timestamps aligned", TCP_ACK,
		BYTES(1, 1, 8, 10, 0, 0, 0, 1, 0, 0, 0, 2), TCP_OPT_TIMESTAMPS},
	{"timestamps of wrong length", TCP_ACK, BYTES(8, 6, 0, 0, 0, 1, 0, 0),
		0},
	{"timestamps and SACK", TCP_ACK,
		BYTES(1, 1, 8, 10, 0, 0, 0, 1, 0, 0, 0, 2, 1, 1, 5, 10, 0, 0, 0,
			1, 0, 0, 0, 2),
		TCP_OPT_TIMESTAMPS},
	{"Fast Open request", TCP_SYN, BYTES(34, 2), TCP_OPT_FAST_OPEN},
	{"Fast Open cookie", TCP_SYN, BYTES(34, 10, 1, 2, 3, 4, 5, 6, 7, 8),
		TCP_OPT_FAST_OPEN},
	{"Fast Open, experimental", TCP_SYN, BYTES(254, 4, 0xf9, 0x89),
		TCP_OPT_FAST_OPEN},
	{"another experiment", TCP_SYN, BYTES(254, 4, 0xf9, 0x88), 0},
	{"MD5", TCP_SYN,
		BYTES(19, 18, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0),
		TCP_OPT_MD5},
	{"MD5 of a data segment", TCP_ACK,
		BYTES(19, 18, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0),
		TCP_OPT_MD5},
	{"authentication option", TCP_SYN,
		BYTES(29, 16, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0),
		TCP_OPT_AO},
	{"length 0", TCP_SYN, BYTES(4, 2, 2, 0), TCP_OPT_SACK_OK | TCP_OPT_CUT},
	{"length 1", TCP_SYN, BYTES(2, 1, 5, 0xb4), TCP_OPT_CUT},
	{"beyond the header", TCP_SYN, BYTES(2, 5, 5, 0xb4), TCP_OPT_CUT},
	{"kind at the last byte", TCP_SYN, BYTES(1, 1, 1, 2), TCP_OPT_CUT},
};

static void
options(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof options_cases / sizeof *options_cases;
		i++) {
		const struct options_case *c = &options_cases[i];
		struct packet p = options_decode(
			c->flags, c->bytes.data, c->bytes.len, 0);
		assert_int_equal(p.kind, PACKET_TCP);
		if (p.options != c->options)
			fail_msg("%s: %02x", c->name, p.options);
		assert_int_equal(p.mss, p.options & TCP_OPT_MSS ? 1460 : 0);
		assert_int_equal(
			p.tsval, p.options & TCP_OPT_TIMESTAMPS ? 1 : 0);
		assert_int_equal(
			p.tsecr, p.options & TCP_OPT_TIMESTAMPS ? 2 : 0);
		assert_int_equal(p.ack, c->flags & TCP_ACK ? 0x05060708 : 0);
	}
}

/* A cut within the options leaves those before it; behind END nothing is
 * missed. */
static void
options_cut(void **state)
{
	static const uint8_t mss_scale[] = {2, 4, 5, 0xb4, 1, 3, 3, 7};
	static const uint8_t ended[] = {2, 4, 5, 0xb4, 0, 0, 0, 0};
	(void)state;
	struct packet p = options_decode(TCP_SYN, mss_scale, 8, 1);
	assert_int_equal(p.options, TCP_OPT_MSS | TCP_OPT_CUT);
	p = options_decode(TCP_SYN, mss_scale, 8, 4);
	assert_int_equal(p.options, TCP_OPT_MSS | TCP_OPT_CUT);
	p = options_decode(TCP_SYN, mss_scale, 8, 5);
	assert_int_equal(p.options, TCP_OPT_CUT);
	p = options_decode(TCP_SYN, ended, 8, 3);
	assert_int_equal(p.options, TCP_OPT_MSS);
}

/* A record of 68 bytes ends behind the timestamp's value. */
static void
timestamps_cut(void **state)
{
	static const uint8_t stamps[] = {8, 10, 0, 0, 0, 1, 0, 0, 0, 2};
	(void)state;
	/* Two bytes of padding follow. */
	struct packet p = options_decode(TCP_SYN, stamps, 10, 4);
	assert_int_equal(p.options, TCP_OPT_CUT);
	assert_int_equal(p.tsval, 1);
	p = options_decode(TCP_SYN, stamps, 10, 7);
	assert_int_equal(p.options, TCP_OPT_CUT);
	assert_int_equal(p.tsval, 0);
}

/* From 14 bytes on a segment is usable; the window needs 16. */
static void
header_cut(void **state)
{
	(void)state;
	for (size_t present = 0; present <= 20; present++) {
		struct packet p = options_decode(
			TCP_ACK, (const uint8_t *)"", 0, 20 - present);
		assert_int_equal(
			p.kind, present < 14 ? PACKET_CUT : PACKET_TCP);
		if (present < 14)
			continue;
		assert_int_equal(p.seq, 0x01020304);
		assert_int_equal(p.ack, 0x05060708);
		assert_int_equal(p.flags, TCP_ACK);
		assert_int_equal(p.window, present < 16 ? 0 : 0x7210);
		assert_int_equal(p.options, present < 20 ? TCP_OPT_CUT : 0);
	}
}

/* Change one byte of a plain SYN and name the kind that comes out. */
static enum packet_kind
changed(size_t at, uint8_t value)
{
	uint8_t frame[] = {IPV4_SYN};
	frame[at] = value;
	return decode_exact(
		LINKTYPE_RAW_IPV4, frame, sizeof frame, sizeof frame)
		.kind;
}

static void
contradictions(void **state)
{
	(void)state;
	assert_int_equal(changed(8, 1), PACKET_TCP); /* a TTL harms nothing */
	assert_int_equal(changed(0, 0x44), PACKET_MALFORMED); /* IHL 16 */
	assert_int_equal(changed(0, 0x55), PACKET_MALFORMED); /* version 5 */
	assert_int_equal(changed(3, 19), PACKET_MALFORMED); /* total < header */
	assert_int_equal(changed(3, 39), PACKET_MALFORMED); /* TCP of 19 */
	assert_int_equal(changed(3, 59), PACKET_MALFORMED); /* TCP of 39 */
	assert_int_equal(changed(32, 0x40), PACKET_MALFORMED); /* offset 16 */
	assert_int_equal(changed(32, 0xf0), PACKET_MALFORMED); /* offset 60 */
	assert_int_equal(changed(9, 132), PACKET_IP_OTHER);
	assert_int_equal(changed(9, 50), PACKET_ENCRYPTED);
	assert_int_equal(changed(9, 0), PACKET_IP_OTHER); /* IPv6's alone */
}

static void
fragments(void **state)
{
	(void)state;
	/* First: decoded, with the payload of this fragment alone. */
	assert_int_equal(changed(6, 0x20), PACKET_TCP);
	/* Later ones hold no header. */
	assert_int_equal(changed(7, 0x01), PACKET_FRAGMENT);
	assert_int_equal(changed(6, 0x1f), PACKET_FRAGMENT);

	/* A first fragment may end within the header. */
	uint8_t tiny[] = {IPV4(36, 6), SYN_SEGMENT};
	tiny[6] = 0x20;
	struct packet p = decode_exact(LINKTYPE_RAW_IPV4, tiny, 36, 36);
	assert_int_equal(p.kind, PACKET_TCP);
	assert_int_equal(p.options, TCP_OPT_CUT);
	assert_int_equal(p.payload_len, 0);
	tiny[3] = 28;
	p = decode_exact(LINKTYPE_RAW_IPV4, tiny, 28, 28);
	assert_int_equal(p.kind, PACKET_CUT);

	static const uint8_t v6_later[] = {
		IPV6(48, 44), 6, 0, 0x00, 0x08, 0, 0, 0, 1, SYN_SEGMENT};
	p = decode_exact(229, v6_later, sizeof v6_later, sizeof v6_later);
	assert_int_equal(p.kind, PACKET_FRAGMENT);
}

/* The IP length counts, not the frame's. */
static void
payload_length(void **state)
{
	(void)state;
	uint8_t frame[] = {IPV4(60, 6), SYN_SEGMENT, 1, 2, 3, 4, 5, 6};
	struct packet p =
		decode_exact(LINKTYPE_RAW_IPV4, frame, sizeof frame, 66);
	assert_int_equal(p.payload_len, 0); /* six bytes are padding */
	frame[3] = 62;
	p = decode_exact(LINKTYPE_RAW_IPV4, frame, sizeof frame, 66);
	assert_int_equal(p.payload_len, 2);
	/* A tool cut the frame and its length. */
	p = decode_exact(LINKTYPE_RAW_IPV4, frame, 60, 60);
	assert_int_equal(p.payload_len, 2);
	/* Segmentation offload: the frame's length, cut or not. */
	frame[3] = 0;
	p = decode_exact(LINKTYPE_RAW_IPV4, frame, sizeof frame, 40060);
	assert_int_equal(p.payload_len, 40000);
	/* Bytes beyond the wire length are a frame check sequence. */
	p = decode_exact(LINKTYPE_RAW_IPV4, frame, sizeof frame, 62);
	assert_int_equal(p.payload_len, 2);
}

/* RFC 2675: hop-by-hop (6, 0), jumbo payload 100000. */
static void
jumbogram(void **state)
{
	static const uint8_t frame[] = {
		IPV6(0, 0), 6, 0, 0xc2, 4, 0x00, 0x01, 0x86, 0xa0, SYN_SEGMENT};
	(void)state;
	struct packet p = decode_exact(229, frame, sizeof frame, 100040);
	assert_int_equal(p.kind, PACKET_TCP);
	assert_int_equal(p.payload_len, 100000 - 8 - 40);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(options),
		cmocka_unit_test(options_cut),
		cmocka_unit_test(timestamps_cut),
		cmocka_unit_test(header_cut),
		cmocka_unit_test(contradictions),
		cmocka_unit_test(fragments),
		cmocka_unit_test(payload_length),
		cmocka_unit_test(jumbogram),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
