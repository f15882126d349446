/*
 * Everything that is not TCP has its kind, nesting has its end, and any bytes
 * have an answer.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "packet_frames.h"
#include "packet_samples.h"

struct kind_case {
	const char *name;
	uint16_t link_type;
	struct view bytes;
	enum packet_kind kind;
};

/* clang-format off */
static const struct kind_case kind_cases[] = {
	{"ARP", 1, BYTES(MACS, 0x08, 0x06, 0, 1), PACKET_ARP},
	{"RARP", 1, BYTES(MACS, 0x80, 0x35), PACKET_ARP},
	{"LLDP", 1, BYTES(MACS, 0x88, 0xcc, 2, 7), PACKET_NON_IP},
	{"spanning tree", 1, BYTES(MACS, 0, 3, 0x42, 0x42, 0x03),
		PACKET_NON_IP},
	{"a length of 1501", 1, BYTES(MACS, 0x05, 0xdd, 0xaa, 0xaa, 0x03),
		PACKET_NON_IP},
	{"PPPoE discovery", 1, BYTES(MACS, 0x88, 0x64, 0x11, 0x09, 0, 0, 0, 0),
		PACKET_NON_IP},
	{"PPP link control", 9, BYTES(0xff, 0x03, 0xc0, 0x21, 1),
		PACKET_NON_IP},
	{"MACsec", 1, BYTES(MACS, 0x88, 0xe5, 0x2c, 0), PACKET_ENCRYPTED},
	{"802.11, protected", 105, BYTES(0x08, 0x41, 0, 0), PACKET_ENCRYPTED},
	{"802.11, beacon", 105, BYTES(0x80, 0x00, 0, 0), PACKET_NON_IP},
	{"802.11, null data", 105, BYTES(0x48, 0x01, 0, 0), PACKET_NON_IP},
	{"UDP", 101, BYTES(IPV4(29, 17), UDP(9, 9), 1), PACKET_UDP},
	{"DNS", 101, BYTES(IPV4(30, 17), UDP(53, 10), 1, 2), PACKET_DNS},
	{"UDP header cut short by IP", 101, BYTES(IPV4(24, 17), 0, 1, 0, 2),
		PACKET_MALFORMED},
	{"ESP", 101, BYTES(IPV4(28, 50), 0, 0, 0, 1, 0, 0, 0, 1),
		PACKET_ENCRYPTED},
	{"ESP in UDP", 101, BYTES(IPV4(36, 17), UDP(4500, 16), 0, 0, 0, 1, 0, 0,
		0, 1), PACKET_ENCRYPTED},
	{"key exchange in UDP", 101, BYTES(IPV4(36, 17), UDP(4500, 16), 0, 0, 0,
		0, 0, 0, 0, 1), PACKET_UDP},
	{"NAT keepalive", 101, BYTES(IPV4(29, 17), UDP(4500, 9), 0xff),
		PACKET_UDP},
	{"VXLAN port, no VNI flag", 101, BYTES(IPV4(36, 17), UDP(4789, 16), 0,
		0, 0, 0, 0, 0, 0, 0), PACKET_UDP},
	{"Geneve port, version 3", 101, BYTES(IPV4(36, 17), UDP(6081, 16), 0xc0,
		0, 8, 0, 0, 0, 0, 0), PACKET_UDP},
	{"Geneve control message", 101, BYTES(IPV4(110, 17), UDP(6081, 90), 0,
		0x80, 0x65, 0x58, 0, 0, 42, 0, ETHERNET_SYN), PACKET_UDP},
	{"GTP echo", 101, BYTES(IPV4(36, 17), UDP(2152, 16), 0x32, 1, 0, 4, 0,
		0, 0, 0), PACKET_UDP},
	{"Teredo port, no IP", 101, BYTES(IPV4(32, 17), UDP(3544, 12), 9, 9, 9,
		9), PACKET_UDP},
	{"L2TP control", 101, BYTES(IPV4(30, 17), UDP(1701, 10), 0xc8, 0x02),
		PACKET_UDP},
	{"SCTP", 101, BYTES(IPV4(20, 132)), PACKET_IP_OTHER},
	{"no next header", 101, BYTES(IPV6(0, 59)), PACKET_IP_OTHER},
	{"GRE with a source route", 101, BYTES(IPV4(28, 47), 0x40, 0, 8, 0, 0,
		0, 0, 0), PACKET_IP_OTHER},
	{"GRE version 2", 101, BYTES(IPV4(24, 47), 0, 2, 8, 0),
		PACKET_IP_OTHER},
	{"GRE keepalive", 101, BYTES(IPV4(28, 47), 0, 0, 0, 0, 1, 2, 3, 4),
		PACKET_IP_OTHER},
	{"PPTP acknowledgement", 101, BYTES(IPV4(32, 47), 0x20, 0x81, 0x88,
		0x0b, 0, 0, 0, 7, 0, 0, 0, 1), PACKET_IP_OTHER},
	{"ICMP echo", 101, BYTES(IPV4(28, 1), 8, 0, 0, 0, 0, 0, 0, 0),
		PACKET_ICMP_OTHER},
	{"neighbour solicitation", 101, BYTES(IPV6(8, 58), 135, 0, 0, 0, 0, 0,
		0, 0), PACKET_ICMP_OTHER},
	{"IP version 5", 101, BYTES(0x50, 0, 0, 0), PACKET_NON_IP},
	{"link type 147", 147, BYTES(IPV4_SYN), PACKET_UNKNOWN_LINK},
	{"PPI around link type 147", 192, BYTES(0, 0, 8, 0, 147, 0, 0, 0,
		IPV4_SYN), PACKET_UNKNOWN_LINK},
	{"PPI shorter than itself", 192, BYTES(0, 0, 7, 0, 1, 0, 0, 0),
		PACKET_MALFORMED},
	{"radiotap shorter than itself", 127, BYTES(0, 0, 7, 0, 0, 0, 0, 0),
		PACKET_MALFORMED},
	{"netfilter log, attribute of 3", 239, BYTES(2, 0, 0, 0, 3, 0, 9, 0),
		PACKET_MALFORMED},
	{"netfilter log, no packet", 239, BYTES(2, 0, 0, 0, 5, 0, 10, 0, 0),
		PACKET_NON_IP},
	{"Frame Relay address without end", 107, BYTES(0, 0, 0, 0, 0, 0),
		PACKET_MALFORMED},
	{"Ethernet of 13 bytes", 1, BYTES(MACS, 8), PACKET_MALFORMED},
	{"nothing", 1, {(const uint8_t *)"", 0}, PACKET_MALFORMED},
	{"MPLS, nothing behind it", 1, BYTES(MACS, 0x88, 0x47, 0, 1, 1, 64),
		PACKET_MALFORMED},
	{"MPLS, associated channel", 1, BYTES(MACS, 0x88, 0x47, 0, 1, 1, 64,
		0x10, 0, 0, 0x21, ETHERNET_SYN), PACKET_NON_IP},
};
/* clang-format on */

static void
kinds(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof kind_cases / sizeof *kind_cases; i++) {
		const struct kind_case *c = &kind_cases[i];
		struct packet p = decode_exact(c->link_type, c->bytes.data,
			c->bytes.len, (uint32_t)c->bytes.len);
		if (p.kind != c->kind)
			fail_msg("%s: %s", c->name, packet_kind_id(p.kind));
	}
}

static void
dns_has_its_payload(void **state)
{
	static const uint8_t frame[] = {
		IPV4(30, 17), UDP(53, 10), 0xab, 0xcd, 0, 0};
	(void)state;
	struct packet p;
	packet_decode(101, view_of(frame, sizeof frame), sizeof frame, &p);
	assert_int_equal(p.kind, PACKET_DNS);
	assert_ptr_equal(p.payload.data, frame + 28);
	assert_int_equal(p.payload.len, 2);
	assert_int_equal(p.src_port, 0xc000);
	assert_int_equal(p.dst_port, 53);
}

/* head once, then unit again and again: far deeper than any walk. */
static enum packet_kind
nested_decode(
	uint16_t link_type, struct view head, struct view unit, size_t count)
{
	static uint8_t frame[200000];
	size_t n = head.len;
	memcpy(frame, head.data, head.len);
	for (size_t i = 0; i < count && n + unit.len <= sizeof frame; i++) {
		memcpy(frame + n, unit.data, unit.len);
		n += unit.len;
	}
	return decode_exact(link_type, frame, n, (uint32_t)n).kind;
}

static const struct bomb {
	const char *name;
	uint16_t link_type;
	struct view head;
	struct view unit;
} bombs[] = {
	{"VLAN", 1, BYTES(MACS, 0x81, 0x00), BYTES(0, 7, 0x81, 0x00)},
	{"MPLS", 1, BYTES(MACS, 0x88, 0x47), BYTES(0, 1, 0, 64)},
	{"IP in IP", 101, BYTES(IPV4(60000, 4)), BYTES(IPV4(60000, 4))},
	{"IPv6 in IPv6", 101, BYTES(IPV6(60000, 41)), BYTES(IPV6(60000, 41))},
	{"IPv6 options", 101, BYTES(IPV6(60000, 60)),
		BYTES(60, 0, 1, 4, 0, 0, 0, 0)},
	{"authentication", 101, BYTES(IPV4(60000, 51)),
		BYTES(51, 0, 0, 0, 0, 0, 0, 0)},
	{"GRE", 101, BYTES(IPV4(60000, 47)),
		BYTES(0, 0, 8, 0, IPV4(60000, 47))},
	{"PPI", 192, BYTES(0, 0, 8, 0, 192, 0, 0, 0),
		BYTES(0, 0, 8, 0, 192, 0, 0, 0)},
	{"MAC in MAC", 1, BYTES(MACS, 0x88, 0xe7),
		BYTES(0, 0, 0, 0, MACS, 0x88, 0xe7)},
};

static void
depth_bombs(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof bombs / sizeof *bombs; i++) {
		enum packet_kind k = nested_decode(
			bombs[i].link_type, bombs[i].head, bombs[i].unit, 5000);
		if (k != PACKET_TOO_DEEP)
			fail_msg("%s: %s", bombs[i].name, packet_kind_id(k));
	}
	/* As deep as is peeled: tags 1 to 21, Ethernet, IP and TCP. */
	uint8_t frame[512] = {MACS, 0x81, 0x00};
	static const uint8_t tag[] = {0, 7, 0x81, 0x00};
	static const uint8_t last[] = {0, 7, 0x08, 0x00, IPV4_SYN};
	for (size_t tags = 1; tags < 30; tags++) {
		size_t n = 14;
		for (size_t i = 1; i < tags; i++, n += sizeof tag)
			memcpy(frame + n, tag, sizeof tag);
		memcpy(frame + n, last, sizeof last);
		n += sizeof last;
		assert_int_equal(decode_exact(1, frame, n, (uint32_t)n).kind,
			tags + 3 <= PACKET_LAYERS_MAX ? PACKET_TCP
						      : PACKET_TOO_DEEP);
	}
}

/* Every single-byte change of every sample, with every link type's reader, is
 * answered; the sanitizers watch. */
static void
any_bytes(void **state)
{
	(void)state;
	for (size_t i = 0; i < PACKET_SAMPLES; i++) {
		const struct packet_sample *s = &packet_samples[i];
		uint8_t frame[512];
		for (size_t at = 0; at < s->bytes.len; at++) {
			memcpy(frame, s->bytes.data, s->bytes.len);
			for (unsigned bit = 0; bit < 9; bit++) {
				frame[at] = (uint8_t)(bit == 8 ? 0xffu : 1u << bit);
				struct packet p = decode_exact(
					s->link_type, frame, s->bytes.len, 0);
				assert_true(p.kind < PACKET_KIND_COUNT);
			}
		}
		for (size_t j = 0; j < PACKET_SAMPLES; j++) {
			struct packet p =
				decode_exact(packet_samples[j].link_type,
					s->bytes.data, s->bytes.len, 0);
			assert_true(p.kind < PACKET_KIND_COUNT);
		}
	}
}

static void
kinds_are_named(void **state)
{
	(void)state;
	assert_string_equal(packet_kind_id(PACKET_TCP), "tcp");
	assert_string_equal(packet_kind_id(PACKET_CUT), "cut-before-tcp");
	for (int k = 0; k < PACKET_KIND_COUNT; k++) {
		assert_true(strlen(packet_kind_id(k)) > 0);
		assert_true(strlen(packet_kind_meaning(k)) > 0);
		for (int other = 0; other < k; other++)
			assert_string_not_equal(
				packet_kind_id(k), packet_kind_id(other));
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(kinds),
		cmocka_unit_test(dns_has_its_payload),
		cmocka_unit_test(depth_bombs),
		cmocka_unit_test(any_bytes),
		cmocka_unit_test(kinds_are_named),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
