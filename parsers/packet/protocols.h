/*
 * The IP protocol numbers that are peeled.
 *
 * cite: IANA "Protocol Numbers"; RFC 8200 section 4 for extension headers.
 */
#ifndef PARSERS_PACKET_PROTOCOLS_H
#define PARSERS_PACKET_PROTOCOLS_H

#define PROTOCOL_HOP_BY_HOP 0
#define PROTOCOL_ICMP 1
#define PROTOCOL_IPV4 4
#define PROTOCOL_TCP 6
#define PROTOCOL_UDP 17
#define PROTOCOL_IPV6 41
#define PROTOCOL_IPV6_ROUTING 43
#define PROTOCOL_IPV6_FRAGMENT 44
#define PROTOCOL_GRE 47
#define PROTOCOL_ESP 50
#define PROTOCOL_AH 51
#define PROTOCOL_ICMPV6 58
#define PROTOCOL_DESTINATION_OPTIONS 60
#define PROTOCOL_IPIP 94
#define PROTOCOL_ETHERIP 97
#define PROTOCOL_MOBILITY 135
#define PROTOCOL_MPLS 137
#define PROTOCOL_HIP 139
#define PROTOCOL_SHIM6 140
#define PROTOCOL_ETHERNET 143 /* cite: RFC 8986 section 10.1 */

#endif
