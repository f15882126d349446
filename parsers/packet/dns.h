/*
 * What a DNS message says about one name: asked or answered, and how.
 *
 * Pure: bytes in, record out. Only the header and the first question are read;
 * what an answer holds is nobody's business here. Messages may be cut anywhere
 * (a capture of headers keeps 128 bytes of a frame) and hold any bytes.
 */
#ifndef PARSERS_PACKET_DNS_H
#define PARSERS_PACKET_DNS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/bytes.h"

/* A name is at most 255 bytes on the wire and one less as text, its root left
 * out (RFC 1035 section 2.3.4); longer ones, with bytes that are written as
 * escapes, are no host's. */
#define DNS_NAME_SIZE 256

/* cite: IANA "Domain Name System (DNS) Parameters", RFC 1035 section 3.2 */
#define DNS_TYPE_A 1
#define DNS_TYPE_AAAA 28
#define DNS_CLASS_IN 1
/* cite: RFC 1035 section 4.1.1, OPCODE and RCODE */
#define DNS_OPCODE_QUERY 0
#define DNS_RCODE_NO_ERROR 0
#define DNS_RCODE_NAME_ERROR 3
#define DNS_RCODE_REFUSED 5

struct dns_message {
	uint16_t id;
	bool response;
	bool truncated; /* the whole answer is to be had over TCP */
	uint8_t opcode;
	uint8_t rcode; /* without the upper bits that EDNS adds */
	uint16_t answers;
	bool has_question; /* the first question was captured whole */
	uint16_t type;     /* of the question, as the two below */
	uint16_t class;
	/* Lower case, labels joined by dots, other bytes as \DDD (RFC 4343);
	 * "." is the root. */
	char name[DNS_NAME_SIZE];
};

/* Decode a message behind its UDP header; false when not even the header is
 * there. Fills all of *m but the name's rest. */
bool dns_decode(struct view bytes, struct dns_message *m);

#endif
