/*
 * Every link layer, tunnel and network header gives the same SYN; cut at any
 * byte it gives the same facts or says that it is cut; and the fast path is no
 * different from the walk.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "packet_frames.h"
#include "packet_samples.h"

static struct packet
sample_decode(const struct packet_sample *s, size_t n, uint32_t wirelen)
{
	return decode_exact(s->link_type, s->bytes.data, n, wirelen);
}

static struct ip_addr
address(const char *text)
{
	struct ip_addr a;
	assert_true(ip_parse(text, &a));
	return a;
}

/* What is within the first 14 bytes of TCP, and what wraps them. */
static bool
fixed_facts_hold(const struct packet_sample *s, const struct packet *p)
{
	struct ip_addr src = address(s->v6 ? "fd00::1" : "10.0.0.1");
	struct ip_addr dst = address(s->v6 ? "fd00::2" : "10.0.0.2");
	return ip_equal(p->src, src) && ip_equal(p->dst, dst) &&
		p->src_port == 32769 && p->dst_port == 80 &&
		p->seq == 0x01020304 && p->ack == 0 && p->flags == TCP_SYN &&
		p->ttl == 64 && p->ip_id == (s->v6 ? 0 : 0x1234) && p->df &&
		p->vlan == s->vlan && p->vni == s->vni &&
		p->tunnel_depth == s->tunnel_depth &&
		p->direction == s->direction && p->mirrored == s->mirrored;
}

static bool
options_hold(const struct packet *p)
{
	return p->options ==
		(TCP_OPT_MSS | TCP_OPT_WSCALE | TCP_OPT_SACK_OK |
			TCP_OPT_TIMESTAMPS) &&
		p->mss == 1460 && p->wscale == 7 && p->tsval == 0x11121314 &&
		p->tsecr == 0 && p->window == 29200;
}

static void
every_sample_is_the_syn(void **state)
{
	(void)state;
	for (size_t i = 0; i < PACKET_SAMPLES; i++) {
		const struct packet_sample *s = &packet_samples[i];
		struct packet p =
			sample_decode(s, s->bytes.len, (uint32_t)s->bytes.len);
		if (p.kind != PACKET_TCP || !fixed_facts_hold(s, &p) ||
			!options_hold(&p) || p.payload_len != 0)
			fail_msg("%s: %s", s->name, packet_kind_id(p.kind));
	}
}

/* The first bytes of a frame whose length on the wire is told. */
static void
every_cut_is_told(void **state)
{
	(void)state;
	for (size_t i = 0; i < PACKET_SAMPLES; i++) {
		const struct packet_sample *s = &packet_samples[i];
		uint32_t wire = (uint32_t)s->bytes.len;
		size_t usable = 0;
		for (size_t n = 0; n <= wire; n++) {
			struct packet p = sample_decode(s, n, wire);
			if (p.kind == PACKET_CUT && usable == 0)
				continue;
			usable = usable == 0 ? n : usable;
			bool whole = (p.options & TCP_OPT_CUT) == 0;
			if (p.kind != PACKET_TCP || p.payload_len != 0 ||
				!fixed_facts_hold(s, &p) ||
				(whole && !options_hold(&p)))
				fail_msg("%s cut at %zu: %s", s->name, n,
					packet_kind_id(p.kind));
		}
		/* Fourteen bytes of the header's forty suffice. */
		size_t segment = usable - 14;
		if (memcmp(s->bytes.data + segment, "\x80\x01\0\x50", 4) != 0)
			fail_msg("%s: usable from %zu", s->name, usable);
	}
}

/* A tool that cuts without saying so must not make a segment out of nothing.
 * Lengths that the frame alone tells (segmentation) are wrong then. */
static void
no_untold_cut_is_believed(void **state)
{
	(void)state;
	for (size_t i = 0; i < PACKET_SAMPLES; i++) {
		const struct packet_sample *s = &packet_samples[i];
		for (size_t n = 0; n < s->bytes.len; n++) {
			struct packet p = sample_decode(s, n, (uint32_t)n);
			if (p.kind == PACKET_TCP && !fixed_facts_hold(s, &p))
				fail_msg("%s ends at %zu", s->name, n);
			p = sample_decode(s, n, 0);
			if (p.kind == PACKET_TCP && !fixed_facts_hold(s, &p))
				fail_msg("%s has %zu", s->name, n);
		}
	}
}

/* Ethernet behind eight bytes of preamble takes the walk, Ethernet itself the
 * fast path where it can. */
#define LINKTYPE_ETHERNET 1
#define LINKTYPE_MPACKET 274
#define PREAMBLE 8

static void
paths_compare(const uint8_t *frame, size_t n, size_t wire, const char *name)
{
	uint8_t behind[512] = {0};
	struct packet fast =
		decode_exact(LINKTYPE_ETHERNET, frame, n, (uint32_t)wire);
	memcpy(behind + PREAMBLE, frame, n);
	struct packet walked = decode_exact(LINKTYPE_MPACKET, behind,
		n + PREAMBLE, (uint32_t)wire + PREAMBLE);
	if (memcmp(&fast, &walked, sizeof fast) != 0)
		fail_msg("%s, %zu of %zu bytes: %s, walked %s", name, n, wire,
			packet_kind_id(fast.kind), packet_kind_id(walked.kind));
}

/* One byte of a frame changed to one value, whole and cut right there. */
static void
change_compare(const struct packet_sample *s, size_t at, uint8_t value)
{
	uint8_t frame[256];
	memcpy(frame, s->bytes.data, s->bytes.len);
	frame[at] = value;
	paths_compare(frame, s->bytes.len, s->bytes.len, s->name);
	paths_compare(frame, at, s->bytes.len, s->name);
}

/* Every value of every byte of the Ethernet frames' headers. */
static void
fast_path_is_the_walk(void **state)
{
	(void)state;
	for (size_t i = 0; i < PACKET_SAMPLES; i++) {
		const struct packet_sample *s = &packet_samples[i];
		if (s->link_type != LINKTYPE_ETHERNET)
			continue;
		for (size_t at = 12; at < s->bytes.len; at++)
			for (unsigned value = 0; value < 256; value++)
				change_compare(s, at, (uint8_t)value);
	}
}

/* A data segment in the layout that the fast path knows by heart. */
static void
data_segment(void **state)
{
	static const uint8_t frame[] = {MACS, 0x08, 0x00,
		IPV4(1500, 6),          /* length of the whole */
		0x80, 0x01, 0x00, 0x50, /* ports */
		0x01, 0x02, 0x03, 0x05, /* sequence number */
		0xa1, 0xa2, 0xa3, 0xa4, /* acknowledgement number */
		0x80, 0x18, 0x01, 0xf6, /* 32 bytes, PSH ACK, 502 */
		0x00, 0x00, 0x00, 0x00, /* checksum, urgent */
		0x01, 0x01, 0x08, 0x0a, /* NOP NOP timestamps */
		0x11, 0x12, 0x13, 0x15, 0x21, 0x22, 0x23, 0x24, 'G', 'E', 'T'};
	(void)state;
	struct packet p = decode_exact(1, frame, sizeof frame, 1514);
	assert_int_equal(p.kind, PACKET_TCP);
	assert_int_equal(p.flags, TCP_PSH | TCP_ACK);
	assert_int_equal(p.ack, 0xa1a2a3a4);
	assert_int_equal(p.payload_len, 1500 - 20 - 32);
	assert_int_equal(p.options, TCP_OPT_TIMESTAMPS);
	assert_int_equal(p.tsval, 0x11121315);
	assert_int_equal(p.tsecr, 0x21222324);
	assert_int_equal(p.window, 502);
	paths_compare(frame, sizeof frame, 1514, "data segment");
	/* Cut at 54 bytes, the fixed header is whole. */
	p = decode_exact(1, frame, 54, 1514);
	assert_int_equal(p.kind, PACKET_TCP);
	assert_int_equal(p.window, 502);
	assert_int_equal(p.payload_len, 1500 - 20 - 32);
	assert_int_equal(p.options, TCP_OPT_CUT);
}

static void
every_known_link_type_has_a_sample(void **state)
{
	(void)state;
	for (uint32_t type = 0; type <= UINT16_MAX; type++) {
		bool sampled = type == 149; /* PKTAP's other number */
		for (size_t i = 0; i < PACKET_SAMPLES; i++)
			sampled |= packet_samples[i].link_type == type;
		sampled |= type == 166; /* 204's other number */
		struct packet p;
		packet_decode((uint16_t)type, view_str(""), 0, &p);
		const char *name = packet_link_type_name((uint16_t)type);
		if (sampled != (p.kind != PACKET_UNKNOWN_LINK) ||
			sampled != (strcmp(name, "unknown") != 0))
			fail_msg("link type %u", type);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_sample_is_the_syn),
		cmocka_unit_test(every_cut_is_told),
		cmocka_unit_test(no_untold_cut_is_believed),
		cmocka_unit_test(fast_path_is_the_walk),
		cmocka_unit_test(data_segment),
		cmocka_unit_test(every_known_link_type_has_a_sample),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
