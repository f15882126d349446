/*
 * From a frame's bytes to what the handshake needs of it.
 *
 * packet_decode peels link layer, tags, tunnels and network layer and stops at
 * the innermost TCP segment or ICMP error; everything else is named and
 * skipped. Pure: bytes in, record out. Frames may be cut anywhere (snaplen) and
 * hold any bytes; what lies within the captured bytes is used as far as it
 * goes. No recursion; at most PACKET_LAYERS_MAX headers are peeled.
 */
#ifndef PARSERS_PACKET_PACKET_H
#define PARSERS_PACKET_PACKET_H

#include <stdbool.h>
#include <stdint.h>

#include "base/bytes.h"
#include "base/ip.h"

/* More nested headers than any real frame has; deeper ones are skipped. */
#define PACKET_LAYERS_MAX 24

/* TCP flags as in the header's byte 13 (RFC 9293 section 3.1). */
#define TCP_FIN 0x01
#define TCP_SYN 0x02
#define TCP_RST 0x04
#define TCP_PSH 0x08
#define TCP_ACK 0x10
#define TCP_URG 0x20
#define TCP_ECE 0x40
#define TCP_CWR 0x80

enum packet_kind {
#define X(constant, id, meaning) PACKET_##constant,
#include "parsers/packet/packet_kinds.def"
#undef X
	PACKET_KIND_COUNT
};

/* Bits of packet.options: which TCP options the segment carries. MSS, WSCALE,
 * SACK_OK and FAST_OPEN are set for SYN and SYN-ACK only, where they mean
 * something (RFC 9293 section 3.2, RFC 7323 section 2.1). */
#define TCP_OPT_MSS 0x01
#define TCP_OPT_WSCALE 0x02
#define TCP_OPT_SACK_OK 0x04
#define TCP_OPT_TIMESTAMPS 0x08
#define TCP_OPT_FAST_OPEN 0x10
#define TCP_OPT_MD5 0x20
#define TCP_OPT_AO 0x40
#define TCP_OPT_CUT 0x80 /* header cut by the snaplen, or malformed options */

/* Bits of packet.traits, of segments with SYN only but for the last two. Checksums are verified where
 * the segment, or the datagram around it, was captured whole. */
#define PACKET_MPTCP 0x01          /* carries an MPTCP option (RFC 8684) */
#define PACKET_SUM_WRONG 0x02      /* the segment's checksum */
#define PACKET_SUM_UNFINISHED 0x04 /* ... is left to a card: see checksum.h */
#define PACKET_SUM_RIGHT 0x10
#define PACKET_OVERHEARD 0x20   /* its frame was addressed to another machine */
#define PACKET_FIRST_PIECE 0x40 /* the first of several IP fragments */
#define PACKET_OUTER_SUM_WRONG \
	0x08 /* that of the UDP tunnel around it, and
				       not one that is left to a card */

/* Where a Linux cooked or similar header says that a packet was going. */
enum packet_direction {
	PACKET_DIRECTION_UNKNOWN,
	PACKET_DIRECTION_IN,
	PACKET_DIRECTION_OUT,
};

/* 128 bytes; ordered so that nothing is lost to padding. */
struct packet {
	enum packet_kind kind;
	enum packet_direction direction;

	/* Kinds TCP, and ICMP_ERROR (there: the quoted segment's, as sent).
	 * Kind DNS has addresses and ports too. Behind an IPv6 routing header
	 * dst is the final destination. */
	struct ip_addr src;
	struct ip_addr dst;
	uint16_t src_port;
	uint16_t dst_port;
	uint32_t seq;
	/* 0 when the ACK flag is clear, and in a quote that does not hold it */
	uint32_t ack;
	uint8_t flags;   /* TCP_*; in a quote 0 when it does not hold them */
	uint8_t options; /* TCP_OPT_* */
	uint8_t wscale;  /* as sent, not clamped to 14 */
	/* TTL or hop limit of the innermost network header (of the ICMP message
	 * itself, not of its quote) */
	uint8_t ttl;
	uint16_t mss;
	uint16_t window; /* unscaled; 0 with TCP_OPT_CUT may be "cut off" */
	/* TCP payload on the wire, bytes; of a first fragment only that
	 * fragment's */
	uint32_t payload_len;
	uint32_t tsval;
	uint32_t tsecr;
	uint16_t ip_id; /* IPv4 identification; 0 for IPv6 */
	bool df;        /* IPv4 "don't fragment"; true for IPv6 */
	uint8_t traits; /* PACKET_*, of a SYN or SYN-ACK */

	/* Kind ICMP_ERROR only. */
	uint8_t icmp_type; /* as on the wire, ICMP or ICMPv6 */
	uint8_t icmp_code;
	bool icmp_v6;
	bool quote_has_seq;      /* the quote reaches the sequence number */
	struct ip_addr icmp_src; /* who sent the error */

	/* How it was wrapped. */
	uint16_t vlan;        /* innermost VLAN id, 0 when none */
	uint8_t tunnel_depth; /* IP headers outside the innermost one */
	/* A whole frame came inside ERSPAN, VXLAN, Geneve, GRE, EtherIP or
	 * TZSP: a mirror, or an overlay network */
	bool mirrored;
	/* Innermost VXLAN, Geneve or ERSPAN id or GRE key, 0 when none */
	uint32_t vni;
	/* Of the interface in its host, as a Linux cooked header of version 2
	 * has it; 0 unknown */
	uint32_t ifindex;

	/* Kind DNS: the message behind the UDP header; ARP: the message behind
	 * the link layer's header; ICMP_OTHER: an ICMPv6 message; as far as it
	 * was captured; borrowed. */
	struct view payload;
};

/* "Ethernet", "Linux cooked v1"...; "unknown" for others. Static storage. */
const char *packet_link_type_name(uint16_t link_type);

/*
 * Decode one frame. bytes holds what was captured, wirelen what was on the
 * wire without its frame check sequence (bytes.len when 0; bytes beyond it are
 * not looked at). Lengths come from the IP headers; wirelen decides where they
 * say 0 (segmentation offload) and tells cut frames from contradictory ones.
 * Fills all of *p. Cost: about 10 ns for plain Ethernet/IP/TCP.
 */
void packet_decode(uint16_t link_type, struct view bytes, uint32_t wirelen,
	struct packet *p);

/* The stable id of a kind ("tcp", "arp", "cut-before-tcp" ...), and one clause
 * for people. Static storage. */
const char *packet_kind_id(enum packet_kind k);
const char *packet_kind_meaning(enum packet_kind k);

#endif
