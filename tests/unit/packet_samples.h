/*
 * One SYN in every wrapping that packet_decode peels: captioned bytes that the
 * packet tests share.
 *
 * Every sample holds the same segment, 10.0.0.1:32769 > 10.0.0.2:80 (or
 * fd00::1 > fd00::2), sequence number 0x01020304, with all the options a Linux
 * SYN has; what differs is written beside it.
 */
#ifndef TESTS_PACKET_SAMPLES_H
#define TESTS_PACKET_SAMPLES_H

#include "base/bytes.h"
#include "parsers/packet/packet.h"

#define BE16(x) (uint8_t)((x) >> 8), (uint8_t)(x)

/* clang-format off */

/* 40 bytes: a SYN with MSS, SACK permitted, timestamps, window scale. */
#define SYN_SEGMENT \
	0x80, 0x01, 0x00, 0x50, /* ports 32769, 80 */ \
	0x01, 0x02, 0x03, 0x04, /* sequence number */ \
	0x00, 0x00, 0x00, 0x00, /* acknowledgement number */ \
	0xa0, 0x02, 0x72, 0x10, /* 40 bytes, SYN, window 29200 */ \
	0x00, 0x00, 0x00, 0x00, /* checksum, urgent */ \
	0x02, 0x04, 0x05, 0xb4, /* MSS 1460 */ \
	0x04, 0x02,             /* SACK permitted */ \
	0x08, 0x0a, 0x11, 0x12, 0x13, 0x14, 0x00, 0x00, 0x00, 0x00, \
	0x01,                   /* NOP */ \
	0x03, 0x03, 0x07        /* window scale 7 */

/* 20 bytes: from 10.0.0.1 to 10.0.0.2, TTL 64, id 0x1234, DF. */
#define IPV4(total, protocol) \
	0x45, 0x00, BE16(total), 0x12, 0x34, 0x40, 0x00, 0x40, (protocol), \
	0x00, 0x00, 10, 0, 0, 1, 10, 0, 0, 2

/* 20 bytes: from 192.0.2.1 to 192.0.2.2, TTL 99. */
#define IPV4_OUTER(total, protocol) \
	0x45, 0x00, BE16(total), 0x00, 0x00, 0x00, 0x00, 0x63, (protocol), \
	0x00, 0x00, 192, 0, 2, 1, 192, 0, 2, 2

/* 40 bytes: from fd00::1 to fd00::2, hop limit 64. */
#define IPV6(length, next) \
	0x60, 0x00, 0x00, 0x00, BE16(length), (next), 0x40, \
	0xfd, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, \
	0xfd, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2

/* 40 bytes: from 2001:db8::1 to 2001:db8::2. */
#define IPV6_OUTER(length, next) \
	0x60, 0x00, 0x00, 0x00, BE16(length), (next), 0x63, \
	0x20, 1, 0xd, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, \
	0x20, 1, 0xd, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2

#define IPV4_SYN IPV4(60, 6), SYN_SEGMENT  /* 60 bytes */
#define IPV6_SYN IPV6(40, 6), SYN_SEGMENT  /* 80 bytes */
#define MACS 2, 0, 0, 0, 0, 2, 2, 0, 0, 0, 0, 1
#define ETHERNET_SYN MACS, 0x08, 0x00, IPV4_SYN /* 74 bytes */
#define LLC_SYN 0xaa, 0xaa, 0x03, 0, 0, 0, 0x08, 0x00, IPV4_SYN /* 68 */
#define UDP(dst, length) 0xc0, 0x00, BE16(dst), BE16(length), 0, 0

struct packet_sample {
	const char *name;
	uint16_t link_type;
	struct view bytes;
	bool v6;
	uint16_t vlan;
	uint32_t vni;
	uint8_t tunnel_depth;
	enum packet_direction direction;
	bool mirrored;
};

/* The bytes of a frame, given as a list. */
#define BYTES(...) \
	{ \
		.data = (const uint8_t[]){__VA_ARGS__}, \
		.len = sizeof((const uint8_t[]){__VA_ARGS__}) \
	}
#define SAMPLE(text, type, ...) .name = (text), .link_type = (type), \
	.bytes = BYTES(__VA_ARGS__)

static const struct packet_sample packet_samples[] = {
	/* Ethernet and its tags */
	{SAMPLE("Ethernet, IPv4", 1, ETHERNET_SYN)},
	{SAMPLE("Ethernet, IPv6", 1, MACS, 0x86, 0xdd, IPV6_SYN), .v6 = true},
	{SAMPLE("padding behind the packet", 1, ETHERNET_SYN, 0, 0, 0, 0)},
	{SAMPLE("802.1Q", 1, MACS, 0x81, 0x00, 0xa0, 0x07, 0x08, 0x00,
		IPV4_SYN), .vlan = 7},
	{SAMPLE("802.1Q, IPv6", 1, MACS, 0x81, 0x00, 0x00, 0x07, 0x86, 0xdd,
		IPV6_SYN), .vlan = 7, .v6 = true},
	{SAMPLE("802.1ad", 1, MACS, 0x88, 0xa8, 0x00, 0x01, 0x81, 0x00, 0x00,
		0x07, 0x08, 0x00, IPV4_SYN), .vlan = 7},
	{SAMPLE("QinQ 9100", 1, MACS, 0x91, 0x00, 0x00, 0x01, 0x81, 0x00, 0x00,
		0x07, 0x08, 0x00, IPV4_SYN), .vlan = 7},
	{SAMPLE("QinQ 9200", 1, MACS, 0x92, 0x00, 0x00, 0x01, 0x08, 0x00,
		IPV4_SYN), .vlan = 1},
	{SAMPLE("802.3 with SNAP", 1, MACS, BE16(68), LLC_SYN)},
	{SAMPLE("802.3 with LLC for IP", 1, MACS, BE16(63), 0x06, 0x06, 0x03,
		IPV4_SYN)},
	{SAMPLE("MAC in MAC", 1, MACS, 0x88, 0xe7, 0, 0, 0, 1, ETHERNET_SYN)},
	{SAMPLE("FabricPath", 1, MACS, 0x89, 0x03, 0x00, 0x40, ETHERNET_SYN)},
	{SAMPLE("VN-Tag", 1, MACS, 0x89, 0x26, 0, 0, 0, 1, 0x08, 0x00,
		IPV4_SYN)},
	{SAMPLE("E-Tag", 1, MACS, 0x89, 0x3f, 0, 0, 0, 1, 0, 0, 0x08, 0x00,
		IPV4_SYN)},
	{SAMPLE("HSR", 1, MACS, 0x89, 0x2f, 0, 0x52, 0, 1, 0x08, 0x00,
		IPV4_SYN)},
	{SAMPLE("PPPoE", 1, MACS, 0x88, 0x64, 0x11, 0x00, 0x00, 0x01, BE16(62),
		0x00, 0x21, IPV4_SYN)},
	{SAMPLE("PPPoE, IPv6", 1, MACS, 0x88, 0x64, 0x11, 0x00, 0x00, 0x01,
		BE16(82), 0x00, 0x57, IPV6_SYN), .v6 = true},
	{SAMPLE("Ethernet preemption", 274, 0x55, 0x55, 0x55, 0x55, 0x55, 0x55,
		0x55, 0xd5, ETHERNET_SYN)},
	/* MPLS: labels 16 and 17 */
	{SAMPLE("MPLS, IPv4", 1, MACS, 0x88, 0x47, 0x00, 0x01, 0x01, 0x40,
		IPV4_SYN)},
	{SAMPLE("MPLS, two labels, IPv6", 1, MACS, 0x88, 0x47, 0x00, 0x01, 0x00,
		0x40, 0x00, 0x01, 0x11, 0x40, IPV6_SYN), .v6 = true},
	{SAMPLE("MPLS, control word, Ethernet", 1, MACS, 0x88, 0x47, 0x00, 0x01,
		0x01, 0x40, 0, 0, 0, 1, ETHERNET_SYN)},
	{SAMPLE("MPLS, Ethernet", 1, MACS, 0x88, 0x47, 0x00, 0x01, 0x01, 0x40,
		ETHERNET_SYN)},
	/* An address that begins like an IPv4 header of 65535 bytes. */
	{SAMPLE("MPLS, Ethernet to 45:00:ff:ff", 1, MACS, 0x88, 0x47, 0x00,
		0x01, 0x01, 0x40, 0x45, 0x00, 0xff, 0xff, 0, 1, 2, 0, 0, 0, 0,
		1, 0x08, 0x00, IPV4_SYN)},
	/* Linux */
	{SAMPLE("cooked v1, to us", 113, 0, 0, 0, 1, 0, 6, 2, 0, 0, 0, 0, 1, 0,
		0, 0x08, 0x00, IPV4_SYN), .direction = PACKET_DIRECTION_IN},
	{SAMPLE("cooked v1, from us", 113, 0, 4, 0, 1, 0, 6, 2, 0, 0, 0, 0, 1,
		0, 0, 0x08, 0x00, IPV4_SYN),
		.direction = PACKET_DIRECTION_OUT},
	{SAMPLE("cooked v1, overheard", 113, 0, 3, 0, 1, 0, 6, 2, 0, 0, 0, 0, 1,
		0, 0, 0x08, 0x00, IPV4_SYN)},
	{SAMPLE("cooked v1, VLAN", 113, 0, 0, 0, 1, 0, 6, 2, 0, 0, 0, 0, 1, 0,
		0, 0x81, 0x00, 0x00, 0x07, 0x08, 0x00, IPV4_SYN), .vlan = 7,
		.direction = PACKET_DIRECTION_IN},
	{SAMPLE("cooked v1, LLC", 113, 0, 0, 0, 1, 0, 6, 2, 0, 0, 0, 0, 1, 0, 0,
		0x00, 0x04, LLC_SYN), .direction = PACKET_DIRECTION_IN},
	{SAMPLE("cooked v2, from us", 276, 0x08, 0x00, 0, 0, 0, 0, 0, 2, 0, 1,
		4, 6, 2, 0, 0, 0, 0, 1, 0, 0, IPV4_SYN),
		.direction = PACKET_DIRECTION_OUT},
	{SAMPLE("cooked v2, to us, IPv6", 276, 0x86, 0xdd, 0, 0, 0, 0, 0, 2, 0,
		1, 0, 6, 2, 0, 0, 0, 0, 1, 0, 0, IPV6_SYN), .v6 = true,
		.direction = PACKET_DIRECTION_IN},
	{SAMPLE("netfilter log", 239, 2, 0, 0, 1, /* IPv4, version 0, group 1 */
		8, 0, 1, 0, 0x08, 0x00, 3, 0, /* packet header: LOCAL_OUT */
		5, 0, 10, 0, 0, 0, 0, 0,      /* prefix "", padded */
		64, 0, 9, 0, IPV4_SYN),       /* payload */
		.direction = PACKET_DIRECTION_OUT},
	{SAMPLE("netfilter log, big endian", 239, 10, 0, 0, 1, 0, 8, 0, 1, 0x86,
		0xdd, 1, 0, 0, 84, 0, 9, IPV6_SYN), .v6 = true,
		.direction = PACKET_DIRECTION_IN},
	/* BSD, Darwin, Solaris */
	{SAMPLE("raw", 101, IPV4_SYN)},
	{SAMPLE("raw, IPv6", 101, IPV6_SYN), .v6 = true},
	{SAMPLE("raw as 12", 12, IPV4_SYN)},
	{SAMPLE("raw as 14", 14, IPV4_SYN)},
	{SAMPLE("raw IPv4", 228, IPV4_SYN)},
	{SAMPLE("raw IPv6", 229, IPV6_SYN), .v6 = true},
	{SAMPLE("loopback", 0, 2, 0, 0, 0, IPV4_SYN)},
	{SAMPLE("loopback, big endian", 0, 0, 0, 0, 2, IPV4_SYN)},
	{SAMPLE("loopback, Linux IPv6", 0, 10, 0, 0, 0, IPV6_SYN), .v6 = true},
	{SAMPLE("loopback, OpenBSD IPv6", 0, 24, 0, 0, 0, IPV6_SYN),
		.v6 = true},
	{SAMPLE("loopback, FreeBSD IPv6", 0, 0, 0, 0, 28, IPV6_SYN),
		.v6 = true},
	{SAMPLE("loopback, Darwin IPv6", 0, 30, 0, 0, 0, IPV6_SYN), .v6 = true},
	{SAMPLE("OpenBSD loopback", 108, 0, 0, 0, 2, IPV4_SYN)},
	{SAMPLE("OpenBSD IPsec", 109, 2, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0,
		IPV4_SYN)},
	{SAMPLE("packet filter log", 117, 61, 2, 0, 0, /* length, family */
		'e', 'm', '0', 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
		0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
		0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
		0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, /* direction in */
		IPV4_SYN), .direction = PACKET_DIRECTION_IN},
	{SAMPLE("IPNET", 226, 1, 26, 0, 0, 0, 0, 0, 80, 0, 0, 0, 1, 0, 0, 0, 1,
		0, 0, 0, 0, 0, 0, 0, 0, IPV6_SYN), .v6 = true},
	{SAMPLE("PKTAP", 258, 40, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 'e', 'n',
		'0', 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
		0, 0, 2, 0, 0, 0, ETHERNET_SYN),
		.direction = PACKET_DIRECTION_OUT},
	{SAMPLE("SLIP", 8, 1, 0x45, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
		IPV4_SYN), .direction = PACKET_DIRECTION_OUT},
	/* PPP and wide-area links */
	{SAMPLE("PPP", 9, 0xff, 0x03, 0x00, 0x21, IPV4_SYN)},
	{SAMPLE("PPP, compressed fields", 9, 0x21, IPV4_SYN)},
	{SAMPLE("PPP in HDLC, IPv6", 50, 0xff, 0x03, 0x00, 0x57, IPV6_SYN),
		.v6 = true},
	{SAMPLE("PPP in HDLC, Cisco", 50, 0x0f, 0x00, 0x08, 0x00, IPV4_SYN)},
	{SAMPLE("PPPoE alone", 51, 0x11, 0x00, 0x00, 0x01, BE16(62), 0x00, 0x21,
		IPV4_SYN)},
	{SAMPLE("PPP with direction", 204, 1, 0xff, 0x03, 0x00, 0x21, IPV4_SYN),
		.direction = PACKET_DIRECTION_OUT},
	{SAMPLE("Cisco HDLC", 104, 0x0f, 0x00, 0x08, 0x00, IPV4_SYN)},
	{SAMPLE("Cisco HDLC with direction", 205, 0, 0x0f, 0x00, 0x08, 0x00,
		IPV4_SYN), .direction = PACKET_DIRECTION_IN},
	{SAMPLE("Frame Relay", 107, 0x04, 0x01, 0x03, 0xcc, IPV4_SYN)},
	{SAMPLE("Frame Relay, SNAP", 107, 0x04, 0x01, 0x03, 0x00, 0x80, 0, 0, 0,
		0x08, 0x00, IPV4_SYN)},
	{SAMPLE("Frame Relay, Cisco", 107, 0x04, 0x01, 0x08, 0x00, IPV4_SYN)},
	{SAMPLE("Frame Relay, long DLCI", 107, 0x04, 0x00, 0x01, 0x03, 0xcc,
		IPV4_SYN)},
	{SAMPLE("Frame Relay with direction", 206, 1, 0x04, 0x01, 0x03, 0xcc,
		IPV4_SYN), .direction = PACKET_DIRECTION_OUT},
	{SAMPLE("RFC 1483 ATM", 100, LLC_SYN)},
	{SAMPLE("RFC 1483 ATM, bridged", 100, 0xaa, 0xaa, 0x03, 0x00, 0x80,
		0xc2, 0x00, 0x07, 0x00, 0x00, ETHERNET_SYN)},
	{SAMPLE("classical IP over ATM", 106, LLC_SYN)},
	{SAMPLE("SunATM", 123, 0x82, 0, 0, 5, LLC_SYN),
		.direction = PACKET_DIRECTION_OUT},
	/* Local networks */
	{SAMPLE("FDDI", 10, 0x50, MACS, LLC_SYN)},
	{SAMPLE("Token Ring", 6, 0x10, 0x40, MACS, LLC_SYN)},
	{SAMPLE("Token Ring, source routed", 6, 0x10, 0x40, 2, 0, 0, 0, 0, 2,
		0x82, 0, 0, 0, 0, 1, 0x04, 0x00, 0x00, 0x11, LLC_SYN)},
	{SAMPLE("ARCNET", 7, 1, 2, 212, 0, 0, 1, IPV4_SYN)},
	{SAMPLE("ARCNET, exception frame", 7, 1, 2, 212, 0xff, 0xff, 0xff, 212,
		0, 0, 1, IPV4_SYN)},
	{SAMPLE("Linux ARCNET", 129, 1, 2, 0, 0, 212, 0, 0, 1, IPV4_SYN)},
	{SAMPLE("InfiniBand", 242, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
		0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
		0, 0, 0, 0, 0x08, 0x00, 0, 0, IPV4_SYN)},
	{SAMPLE("Fibre Channel", 122, 0, 0, MACS, 0, 0, LLC_SYN)},
	{SAMPLE("IEEE 1394", 138, 0, 0, MACS, 0, 0, 0x08, 0x00, IPV4_SYN)},
	{SAMPLE("Broadcom tag", 281, MACS, 0, 0, 0, 1, 0x08, 0x00, IPV4_SYN)},
	{SAMPLE("Broadcom tag, prepended", 282, 0, 0, 0, 1, ETHERNET_SYN)},
	{SAMPLE("Marvell tag", 284, MACS, 0x60, 0x00, 0x00, 0x07, 0x08, 0x00,
		IPV4_SYN), .vlan = 7},
	{SAMPLE("Marvell tag with EtherType", 285, MACS, 0xda, 0xda, 0, 0, 0x40,
		0x00, 0x00, 0x07, 0x08, 0x00, IPV4_SYN)},
	/* Radio */
	{SAMPLE("802.11", 105, 0x08, 0x01, 0, 0, MACS, 2, 0, 0, 0, 0, 3, 0, 0,
		LLC_SYN)},
	{SAMPLE("802.11, four addresses", 105, 0x08, 0x03, 0, 0, MACS, 2, 0, 0,
		0, 0, 3, 0, 0, 2, 0, 0, 0, 0, 4, LLC_SYN)},
	{SAMPLE("802.11, QoS and HT control", 105, 0x88, 0x81, 0, 0, MACS, 2, 0,
		0, 0, 0, 3, 0, 0, 0, 0, 0, 0, 0, 0, LLC_SYN)},
	{SAMPLE("802.11, aggregate", 105, 0x88, 0x01, 0, 0, MACS, 2, 0, 0, 0, 0,
		3, 0, 0, 0x80, 0, MACS, BE16(68), LLC_SYN, 0, 0)},
	{SAMPLE("radiotap: padded header, FCS", 127, 0, 0, 20, 0, /* length */
		0x03, 0, 0, 0,                        /* timer and flags */
		1, 2, 3, 4, 5, 6, 7, 8, 0x30, 0, 0, 0, /* FCS, padded */
		0x88, 0x01, 0, 0, MACS, 2, 0, 0, 0, 0, 3, 0, 0, 0, 0, 0, 0,
		LLC_SYN, 1, 2, 3, 4)},
	{SAMPLE("AVS", 163, 0x80, 0x21, 0x10, 0x01, 0, 0, 0, 12, 0, 0, 0, 0,
		0x08, 0x01, 0, 0, MACS, 2, 0, 0, 0, 0, 3, 0, 0, LLC_SYN)},
	{SAMPLE("AVS as Prism", 119, 0x80, 0x21, 0x10, 0x01, 0, 0, 0, 12, 0, 0,
		0, 0, 0x08, 0x01, 0, 0, MACS, 2, 0, 0, 0, 0, 3, 0, 0,
		LLC_SYN)},
	{SAMPLE("PPI around 802.11", 192, 0, 0, 8, 0, 105, 0, 0, 0, 0x08, 0x01,
		0, 0, MACS, 2, 0, 0, 0, 0, 3, 0, 0, LLC_SYN)},
	{SAMPLE("Juniper Ethernet", 178, 0x4d, 0x47, 0x43, 0x81, 0, 3, 3, 1, 1,
		ETHERNET_SYN), .direction = PACKET_DIRECTION_IN},
	{SAMPLE("Juniper without link header", 178, 0x4d, 0x47, 0x43, 0x02, 0,
		0, 0, 2, IPV4_SYN), .direction = PACKET_DIRECTION_OUT},
	/* Network layer */
	{SAMPLE("IPv4 options", 228, 0x46, 0x00, BE16(64), 0x12, 0x34, 0x40,
		0x00, 0x40, 6, 0, 0, 10, 0, 0, 1, 10, 0, 0, 2,
		0x94, 0x04, 0x00, 0x00, /* router alert */ SYN_SEGMENT)},
	{SAMPLE("IPv4 length 0: to be segmented", 228, IPV4(0, 6),
		SYN_SEGMENT)},
	{SAMPLE("IPv6 hop-by-hop", 229, IPV6(48, 0), 6, 0, 1, 4, 0, 0, 0, 0,
		SYN_SEGMENT), .v6 = true},
	{SAMPLE("IPv6 jumbogram option, not jumbo", 229, IPV6(48, 0), 6, 0,
		0xc2, 4, 0, 0, 0, 48, SYN_SEGMENT), .v6 = true},
	{SAMPLE("IPv6 length 0: to be segmented", 229, IPV6(0, 6),
		SYN_SEGMENT), .v6 = true},
	{SAMPLE("IPv6 destination options", 229, IPV6(56, 60), 6, 1, 1, 12, 0,
		0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, SYN_SEGMENT), .v6 = true},
	{SAMPLE("IPv6 mobility, atomic fragment", 229, IPV6(56, 135), 44, 0, 0,
		0, 0, 0, 0, 0, 6, 0, 0, 0, 0, 0, 0, 9, SYN_SEGMENT),
		.v6 = true},
	{SAMPLE("IPv6 authentication header", 229, IPV6(64, 51), 6, 4, 0, 0, 0,
		0, 0, 1, 0, 0, 0, 1, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12,
		SYN_SEGMENT), .v6 = true},
	{SAMPLE("IPv4 authentication header", 228, IPV4(84, 51), 6, 4, 0, 0, 0,
		0, 0, 1, 0, 0, 0, 1, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12,
		SYN_SEGMENT)},
	/* The header's own destination is a way station, fd00::9. */
	{SAMPLE("IPv6 segment routing", 229, 0x60, 0, 0, 0, BE16(64), 43, 0x40,
		0xfd, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1,
		0xfd, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 9,
		6, 2, 4, 1, 0, 0, 0, 0, /* type 4, one segment left */
		0xfd, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2,
		SYN_SEGMENT), .v6 = true},
	/* Tunnels */
	{SAMPLE("IP in IP", 228, IPV4_OUTER(80, 4), IPV4_SYN),
		.tunnel_depth = 1},
	{SAMPLE("6in4", 228, IPV4_OUTER(100, 41), IPV6_SYN), .v6 = true,
		.tunnel_depth = 1},
	{SAMPLE("4in6", 229, IPV6_OUTER(60, 4), IPV4_SYN), .tunnel_depth = 1},
	{SAMPLE("EtherIP", 228, IPV4_OUTER(96, 97), 0x30, 0, ETHERNET_SYN),
		.tunnel_depth = 1, .mirrored = true},
	{SAMPLE("GRE", 228, IPV4_OUTER(84, 47), 0, 0, 0x08, 0x00, IPV4_SYN),
		.tunnel_depth = 1},
	{SAMPLE("GRE: checksum, key, sequence", 228, IPV4_OUTER(96, 47), 0xb0,
		0, 0x08, 0x00, 1, 2, 0, 0, 0, 0, 0, 5, 0, 0, 0, 1, IPV4_SYN),
		.tunnel_depth = 1, .vni = 5},
	{SAMPLE("GRE, Ethernet, VLAN", 228, IPV4_OUTER(102, 47), 0, 0, 0x65,
		0x58, MACS, 0x81, 0x00, 0x00, 0x07, 0x08, 0x00, IPV4_SYN),
		.tunnel_depth = 1, .vlan = 7, .mirrored = true},
	{SAMPLE("GRE version 1, PPP", 228, IPV4_OUTER(100, 47), 0x30, 0x81,
		0x88, 0x0b, 0, 64, 0, 7, 0, 0, 0, 1, 0, 0, 0, 1, 0xff, 0x03,
		0x00, 0x21, IPV4_SYN), .tunnel_depth = 1, .vni = 0x400007},
	{SAMPLE("GRE, WCCP version 1", 228, IPV4_OUTER(84, 47), 0, 0, 0x88,
		0x3e, IPV4_SYN), .tunnel_depth = 1},
	{SAMPLE("GRE, WCCP version 2", 228, IPV4_OUTER(88, 47), 0, 0, 0x88,
		0x3e, 0, 0, 0, 0, IPV4_SYN), .tunnel_depth = 1},
	{SAMPLE("ERSPAN I", 228, IPV4_OUTER(98, 47), 0, 0, 0x88, 0xbe,
		ETHERNET_SYN), .tunnel_depth = 1, .mirrored = true},
	{SAMPLE("ERSPAN II", 228, IPV4_OUTER(110, 47), 0x10, 0, 0x88, 0xbe, 0,
		0, 0, 1, 0x10, 0x07, 0x08, 0x64, 0, 0, 0, 1, ETHERNET_SYN),
		.tunnel_depth = 1, .vlan = 7, .vni = 100, .mirrored = true},
	{SAMPLE("ERSPAN III", 228, IPV4_OUTER(114, 47), 0x10, 0, 0x22, 0xeb, 0,
		0, 0, 1, 0x20, 0x07, 0x08, 0x64, 0, 0, 0, 1, 0, 0, 0, 0,
		ETHERNET_SYN), .tunnel_depth = 1, .vlan = 7, .vni = 100,
		.mirrored = true},
	{SAMPLE("ERSPAN III with platform header", 228, IPV4_OUTER(122, 47),
		0x10, 0, 0x22, 0xeb, 0, 0, 0, 1, 0x20, 0x07, 0x08, 0x64, 0, 0,
		0, 1, 0, 0, 0, 1, 1, 2, 3, 4, 5, 6, 7, 8, ETHERNET_SYN),
		.tunnel_depth = 1, .vlan = 7, .vni = 100, .mirrored = true},
	{SAMPLE("VXLAN", 228, IPV4_OUTER(110, 17), UDP(4789, 90), 8, 0, 0, 0, 0,
		0, 42, 0, ETHERNET_SYN), .tunnel_depth = 1, .vni = 42,
		.mirrored = true},
	{SAMPLE("VXLAN, Linux port", 228, IPV4_OUTER(110, 17), UDP(8472, 90), 8,
		0, 0, 0, 0, 0, 42, 0, ETHERNET_SYN), .tunnel_depth = 1,
		.vni = 42, .mirrored = true},
	{SAMPLE("VXLAN GPE, IPv4", 228, IPV4_OUTER(96, 17), UDP(4790, 76), 0xc,
		0, 0, 1, 0, 0, 42, 0, IPV4_SYN), .tunnel_depth = 1, .vni = 42},
	{SAMPLE("Geneve, Ethernet, options", 229, IPV6_OUTER(94, 17),
		UDP(6081, 94), 1, 0, 0x65, 0x58, 0, 0, 42, 0, 1, 2, 3, 0,
		ETHERNET_SYN), .tunnel_depth = 1, .vni = 42, .mirrored = true},
	{SAMPLE("Geneve, IPv4", 228, IPV4_OUTER(96, 17), UDP(6081, 76), 0, 0,
		0x08, 0x00, 0, 0, 42, 0, IPV4_SYN), .tunnel_depth = 1,
		.vni = 42},
	{SAMPLE("GTP-U with extension", 228, IPV4_OUTER(104, 17), UDP(2152, 84),
		0x34, 0xff, BE16(68), 0, 0, 0, 1, 0, 0, 0, 0x85, 1, 0, 9, 0,
		IPV4_SYN), .tunnel_depth = 1},
	{SAMPLE("Teredo with origin", 228, IPV4_OUTER(116, 17), UDP(3544, 96),
		0, 0, 1, 2, 3, 4, 5, 6, IPV6_SYN), .v6 = true,
		.tunnel_depth = 1},
	{SAMPLE("L2TP", 228, IPV4_OUTER(100, 17), UDP(1701, 80), 0x40, 0x02,
		BE16(72), 0, 1, 0, 2, 0xff, 0x03, 0x00, 0x21, IPV4_SYN),
		.tunnel_depth = 1},
	{SAMPLE("TZSP", 228, IPV4_OUTER(110, 17), UDP(37008, 90), 1, 0, 0, 1,
		10, 1, 7, 1, ETHERNET_SYN), .tunnel_depth = 1,
		.mirrored = true},
	{SAMPLE("MPLS in UDP", 228, IPV4_OUTER(92, 17), UDP(6635, 72), 0x00,
		0x01, 0x01, 0x40, IPV4_SYN), .tunnel_depth = 1},
	{SAMPLE("IP in GRE in VXLAN", 228, IPV4_OUTER(134, 17), UDP(4789, 114),
		8, 0, 0, 0, 0, 0, 42, 0, MACS, 0x08, 0x00, IPV4_OUTER(84, 47),
		0, 0, 0x08, 0x00, IPV4_SYN), .tunnel_depth = 2, .vni = 42,
		.mirrored = true},
};
/* clang-format on */

#define PACKET_SAMPLES (sizeof packet_samples / sizeof packet_samples[0])

#endif
