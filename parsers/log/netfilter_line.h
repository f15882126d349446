/*
 * The kernel's packet log: what iptables LOG, nft log and conntrack's
 * log_invalid print about one packet.
 *
 *	PREFIX IN=eth0 OUT= MAC=.. SRC=10.1.0.2 DST=10.2.0.2 LEN=60 TOS=0x00
 *	PREC=0x00 TTL=63 ID=45441 DF PROTO=TCP SPT=58034 DPT=80 SEQ=.. ACK=..
 *	WINDOW=64240 RES=0x00 SYN URGP=0 OPT (0204..)
 *
 * The line says that a rule with a log statement was passed, not that the
 * packet was dropped: the prefix is free text that somebody chose. SEQ and ACK
 * are printed only where asked for; ID only for IPv4; MAC only on input. TTL is
 * that behind the decrement when the packet is forwarded. The line may be cut.
 */
#ifndef PARSERS_LOG_NETFILTER_LINE_H
#define PARSERS_LOG_NETFILTER_LINE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/bytes.h"
#include "base/ip.h"

/* What the line names; bits of netfilter_line.has. */
#define NETFILTER_ADDRESSES 0x01u /* our own */
#define NETFILTER_PORTS 0x02u
#define NETFILTER_PROTOCOL 0x04u
#define NETFILTER_IP_ID 0x08u
#define NETFILTER_TTL 0x10u
#define NETFILTER_LEN 0x20u
#define NETFILTER_SEQ 0x40u  /* seq and ack */
#define NETFILTER_ICMP 0x80u /* type and code */

struct netfilter_line {
	struct view prefix;  /* before IN=, without trailing spaces */
	struct view in, out; /* interface names, empty where none */
	struct view flags;   /* "SYN", "ACK SYN", ...: as printed, or empty */
	struct ip_addr src, dst;
	uint32_t seq, ack, len_bytes;
	uint16_t sport, dport, ip_id;
	uint8_t has;      /* NETFILTER_* */
	uint8_t protocol; /* IP protocol number */
	uint8_t ttl;      /* or hop limit */
	uint8_t icmp_type, icmp_code;
	bool dont_fragment;
	bool incomplete; /* "INCOMPLETE [n bytes]": the packet was cut short */
};

/* False when message has no "IN=.. OUT=..". */
bool netfilter_line_parse(struct view message, struct netfilter_line *out);

#endif
