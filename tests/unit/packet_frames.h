/*
 * Decoding from blocks of exact size, for the packet tests.
 */
#ifndef TESTS_PACKET_FRAMES_H
#define TESTS_PACKET_FRAMES_H

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "parsers/packet/packet.h"

/* Decode from a block of exactly n bytes, so that a sanitizer sees a read past
 * its end. payload keeps its length alone. */
static inline struct packet
decode_exact(
	uint16_t link_type, const uint8_t *data, size_t n, uint32_t wirelen)
{
	struct packet p;
	uint8_t *exact = malloc(n > 0 ? n : 1);
	assert(exact != NULL);
	memcpy(exact, data, n);
	packet_decode(link_type, view_of(exact, n), wirelen, &p);
	p.payload = view_of(NULL, p.payload.len);
	free(exact);
	return p;
}

#endif
