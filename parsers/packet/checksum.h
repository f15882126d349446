/*
 * The internet checksum of a TCP segment or a UDP datagram that was captured
 * whole.
 *
 * spec: RFC 1071; RFC 9293 section 3.1 (TCP), RFC 768 (UDP), RFC 8200 section
 * 8.1 (pseudo-header of IPv6).
 */
#ifndef PARSERS_PACKET_CHECKSUM_H
#define PARSERS_PACKET_CHECKSUM_H

#include <stdint.h>

#include "base/ip.h"

#define UDP_CHECKSUM_AT 6 /* cite: RFC 768 */

enum checksum {
	CHECKSUM_RIGHT,
	CHECKSUM_WRONG,
	/* Only the pseudo-header's sum stands there: the sender left the rest
	 * to its card, and no card has finished it so far.
	 * cite: Linux 6.12 include/linux/skbuff.h, CHECKSUM_PARTIAL */
	CHECKSUM_UNFINISHED,
};

/*
 * Verify len bytes of the protocol between the two addresses, whose checksum
 * lies at bytes[field]; field + 2 <= len. Both addresses are of one family.
 * Cost: about half a nanosecond a byte.
 */
enum checksum checksum_verify(struct ip_addr src, struct ip_addr dst,
	uint8_t protocol, const uint8_t *bytes, uint32_t len, uint32_t field);

#endif
