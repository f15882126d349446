/*
 * The Community ID of a TCP connection: the name by which Zeek, Suricata,
 * Wireshark and Elastic call the same 4-tuple, so that rows of theirs and of
 * ours can be joined by one string.
 *
 * It is an unsalted hash of addresses and ports: who has one can try all
 * addresses. It is as secret as they are, and --redact leaves it out.
 *
 * spec: github.com/corelight/community-id-spec, version 1, seed 0
 */
#ifndef STITCH_COMMUNITY_ID_H
#define STITCH_COMMUNITY_ID_H

#include "base/ip.h"

/* "1:", 28 characters of base64 and a NUL. */
#define COMMUNITY_ID_MAX 31

/* The same for both directions. Returns text. */
const char *community_id(struct ip_addr a, uint16_t a_port, struct ip_addr b,
	uint16_t b_port, char text[COMMUNITY_ID_MAX]);

#endif
