/*
 * Checksums of segments and datagrams: right, wrong, left to a card.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>

#include "parsers/packet/checksum.h"
#include "parsers/packet/packet.h"

/* RFC 1071 section 3's words behind a UDP header of ports 1 and 2. */
static const uint8_t datagram[] = {
	0x00, 0x01, 0x00, 0x02,       /* ports */
	0x00, 0x0d, 0x00, 0x00,       /* length 13, checksum to be set */
	0x00, 0x01, 0xf2, 0x03, 0xf4, /* five bytes of data: an odd number */
};

#define UDP 17

static struct ip_addr
v4(const char *text)
{
	struct ip_addr a;
	assert_true(ip_parse(text, &a));
	return a;
}

/* The sum that makes it right, worked out word by word. */
static uint16_t
right_sum(const uint8_t *bytes, uint32_t len, uint32_t pseudo)
{
	uint32_t sum = pseudo;
	for (uint32_t i = 0; i < len; i++)
		sum += i % 2 == 0 ? (uint32_t)bytes[i] << 8 : bytes[i];
	while (sum >> 16)
		sum = (sum >> 16) + (sum & 0xffff);
	return (uint16_t)~sum;
}

static void
datagram_sums(void **state)
{
	(void)state;
	uint8_t bytes[sizeof datagram];
	memcpy(bytes, datagram, sizeof bytes);
	/* 10.0.0.1 -> 10.0.0.2 */
	uint32_t pseudo = 0x0a00 + 1 + 0x0a00 + 2 + UDP + sizeof bytes;
	uint16_t sum = right_sum(bytes, sizeof bytes, pseudo);
	struct ip_addr a = v4("10.0.0.1"), b = v4("10.0.0.2");
	bytes[6] = (uint8_t)(sum >> 8);
	bytes[7] = (uint8_t)sum;
	assert_int_equal(checksum_verify(a, b, UDP, bytes, sizeof bytes, 6),
		CHECKSUM_RIGHT);
	/* Another address, another sum. */
	assert_int_equal(
		checksum_verify(a, v4("10.0.0.3"), UDP, bytes, sizeof bytes, 6),
		CHECKSUM_WRONG);
	bytes[12] ^= 1; /* the last byte has no neighbour */
	assert_int_equal(checksum_verify(a, b, UDP, bytes, sizeof bytes, 6),
		CHECKSUM_WRONG);
	bytes[6] = (uint8_t)(pseudo >> 8);
	bytes[7] = (uint8_t)pseudo;
	assert_int_equal(checksum_verify(a, b, UDP, bytes, sizeof bytes, 6),
		CHECKSUM_UNFINISHED);
}

/* An Ethernet frame with a SYN that asks for ECN and MPTCP; its sum is right. */
static const uint8_t syn[] = {
	2, 0, 0, 0, 0, 2, 2, 0, 0, 0, 0, 1, 0x08, 0x00, /* Ethernet */
	0x45, 0, 0, 44, 0, 1, 0x40, 0, 64, 6, 0, 0,     /* IPv4 */
	10, 0, 0, 1, 10, 0, 0, 2,                       /* addresses */
	0x9c, 0x40, 0, 80, 0, 0, 0, 7, 0, 0, 0, 0,      /* ports, numbers */
	0x60, 0xc2, 0xff, 0xff, 0, 0, 0, 0, /* SYN ECE CWR, checksum at 50 */
	30, 4, 0, 0x81,                     /* MPTCP, MP_CAPABLE */
};

static struct packet
decoded(const uint8_t *bytes, size_t len)
{
	struct packet p;
	packet_decode(1, view_of(bytes, len), sizeof syn, &p);
	assert_int_equal(p.kind, PACKET_TCP);
	return p;
}

static void
segment_traits(void **state)
{
	(void)state;
	uint8_t bytes[sizeof syn];
	memcpy(bytes, syn, sizeof bytes);
	uint32_t pseudo = 0x0a00 + 1 + 0x0a00 + 2 + 6 + 24;
	uint16_t sum = right_sum(bytes + 34, 24, pseudo);
	assert_int_equal(decoded(bytes, sizeof bytes).traits,
		PACKET_MPTCP | PACKET_SUM_WRONG);
	bytes[50] = (uint8_t)(sum >> 8);
	bytes[51] = (uint8_t)sum;
	struct packet p = decoded(bytes, sizeof bytes);
	assert_int_equal(p.traits, PACKET_MPTCP | PACKET_SUM_RIGHT);
	assert_int_equal(p.flags, TCP_SYN | TCP_ECE | TCP_CWR);
	/* Of a segment that was cut nothing can be said. */
	assert_int_equal(decoded(bytes, sizeof bytes - 2).traits &
			(PACKET_SUM_RIGHT | PACKET_SUM_WRONG),
		0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(datagram_sums),
		cmocka_unit_test(segment_traits),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
