/*
 * Any bytes behind any link type: the first two bytes are the link type,
 * little-endian, the rest is the frame.
 *
 * Beyond memory errors, it looks for a cut frame that claims other facts than
 * the whole one, and for the fast path and the walk disagreeing. Seeds:
 * `build/tests/golden/packet_seeds tests/fuzz/seeds/fuzz_packet`.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "fuzz_run.h"

#include "parsers/packet/packet.h"

/* Longer frames bring nothing new. */
#define FRAME_MAX 4096

/* Ethernet, and Ethernet behind eight bytes that only the walk peels. */
#define LINKTYPE_ETHERNET 1
#define LINKTYPE_MPACKET 274
#define PREAMBLE 8

static struct packet
decode(uint16_t link_type, const uint8_t *frame, size_t n, size_t wire)
{
	struct packet p;
	uint8_t *exact = malloc(n > 0 ? n : 1);
	require(exact != NULL);
	memcpy(exact, frame, n);
	packet_decode(link_type, view_of(exact, n), (uint32_t)wire, &p);
	require(p.kind < PACKET_KIND_COUNT);
	require(packet_kind_id(p.kind) != NULL);
	require(p.payload.len <= n);
	p.payload = view_of(NULL, p.payload.len);
	free(exact);
	return p;
}

static void
cut_check(const struct packet *whole, const struct packet *cut)
{
	if (cut->kind != PACKET_TCP)
		return;
	require(whole->kind == PACKET_TCP);
	require(ip_equal(whole->src, cut->src));
	require(ip_equal(whole->dst, cut->dst));
	require(whole->src_port == cut->src_port);
	require(whole->dst_port == cut->dst_port);
	require(whole->seq == cut->seq && whole->ack == cut->ack);
	require(whole->flags == cut->flags);
	require(whole->payload_len == cut->payload_len);
	require((whole->options & ~TCP_OPT_CUT) ==
		((whole->options | cut->options) & ~TCP_OPT_CUT));
}

static void
paths_check(const uint8_t *frame, size_t n, const struct packet *fast)
{
	uint8_t behind[PREAMBLE + FRAME_MAX] = {0};
	memcpy(behind + PREAMBLE, frame, n);
	struct packet walked =
		decode(LINKTYPE_MPACKET, behind, n + PREAMBLE, n + PREAMBLE);
	/* Eight bytes of preamble are one header more. */
	if (walked.kind != PACKET_TOO_DEEP)
		require(memcmp(fast, &walked, sizeof walked) == 0);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (size < 2)
		return 0;
	uint16_t link_type = load_le16(data);
	const uint8_t *frame = data + 2;
	size_t n = size - 2 < FRAME_MAX ? size - 2 : FRAME_MAX;
	struct packet whole = decode(link_type, frame, n, n);
	decode(link_type, frame, n, 0);
	decode(link_type, frame, n, n + 100000);
	/* A few cuts, those near the end most likely within TCP. */
	for (size_t back = 1; back <= n; back += 1 + back / 4) {
		struct packet cut = decode(link_type, frame, n - back, n);
		cut_check(&whole, &cut);
	}
	if (link_type == LINKTYPE_ETHERNET)
		paths_check(frame, n, &whole);
	return 0;
}
