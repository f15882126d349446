/*
 * pcapng: a sequence of blocks, in sections that each have their own byte order
 * and interfaces. This file walks the blocks and takes the packets out.
 *
 * spec: draft-ietf-opsawg-pcapng; the obsolete Packet Block in its appendix A.
 *
 *	block:  +---------------------------+
 *	        |  type                     |
 *	        +---------------------------+
 *	        |  total length             |  a multiple of 4
 *	        +---------------------------+
 *	        |  body, options            |
 *	        +---------------------------+
 *	        |  total length again       |
 *	        +---------------------------+
 *
 *	EPB:    +---------------------------+    SPB: +----------------------+
 *	        |  interface id             |         |  original length     |
 *	        +---------------------------+         +----------------------+
 *	        |  ticks, high word         |         |  data, padded        |
 *	        +---------------------------+         +----------------------+
 *	        |  ticks, low word          |
 *	        +---------------------------+    PB: like EPB, with a 16-bit
 *	        |  captured length          |    interface id and 16 bits of
 *	        +---------------------------+    drop count in its first word
 *	        |  original length          |
 *	        +---------------------------+
 *	        |  data, padded; options    |
 *	        +---------------------------+
 *
 * Promises: a block whose two lengths disagree, or that cannot hold what it
 * says, ends the reading. Blocks of unknown or uninteresting type are passed
 * over. Decryption secrets are never looked at. Section lengths are not
 * believed: the next section header says where the next section begins.
 */
#include "parsers/capture/pcapng.h"

#define EPB_LEN 20
#define SPB_LEN 4

/* cite: draft-ietf-opsawg-pcapng appendix A: drops count of 0xffff is unknown */
#define PB_DROPS_UNKNOWN 0xffff

/* cite: draft-ietf-opsawg-pcapng section 4.3.1, Block Flags Word */
#define FLAGS_DIRECTION(x) ((x)&3)
#define FLAGS_FCS_LEN(x) ((x) >> 5 & 0xf)

/* cite: draft-ietf-opsawg-pcapng section 4.1; 1.2 is written by some and
   means the same. */
#define VERSION_MAJOR 1

static void
count_drops(struct capture_reader *r, uint64_t n)
{
	struct pcapng_state *s = &r->pcapng;
	r->summary.has_drop_count = true;
	if (n == 0)
		return;
	if (__builtin_add_overflow(s->counted_drops, n, &s->counted_drops))
		s->counted_drops = UINT64_MAX;
	pcapng_sum_drops(r);
}

static void
apply_options(struct capture_reader *r, struct pcapng_body options,
	struct capture_packet *packet)
{
	struct pcapng_packet_options found = {0};
	pcapng_read_packet_options(r, options, &found);
	if (found.has_drop_count)
		count_drops(r, found.dropped);
	if (!found.has_flags)
		return;
	unsigned direction = FLAGS_DIRECTION(found.flags);
	if (direction == CAPTURE_DIRECTION_IN ||
		direction == CAPTURE_DIRECTION_OUT)
		packet->direction = (uint8_t)direction;
	/* 0 is "not available" and leaves the interface's word standing. */
	if (FLAGS_FCS_LEN(found.flags) != 0)
		packet->fcs_len = (uint8_t)FLAGS_FCS_LEN(found.flags);
}

/* The packet's interface is unknown: count it, and go on behind its block. */
static enum capture_status
skip_packet(struct capture_reader *r)
{
	reader_note(r, ANOMALY_CAPTURE_UNKNOWN_INTERFACE);
	r->summary.packets_skipped++;
	return CAPTURE_AGAIN;
}

/*
 * An Enhanced Packet Block, or an obsolete one, which differs in how its first
 * word is used: id is the interface either way.
 */
static ALWAYS_INLINE enum capture_status
timed_packet(struct capture_reader *r, struct view body, uint32_t id,
	struct capture_packet *packet, bool big_endian)
{
	if (UNLIKELY(body.len < EPB_LEN))
		return capture_stop(r, ANOMALY_CAPTURE_DAMAGED);
	const uint8_t *p = body.data;
	uint64_t ticks = (uint64_t)load32(big_endian, p + 4) << 32 |
		load32(big_endian, p + 8);
	uint32_t caplen = load32(big_endian, p + 12);
	size_t room = body.len - EPB_LEN;
	if (UNLIKELY(caplen > room))
		return capture_stop(r, ANOMALY_CAPTURE_DAMAGED);
	if (UNLIKELY(id >= r->pcapng.kept))
		return skip_packet(r);
	const struct capture_interface *i = &r->pcapng.interfaces[id];
	packet->data = p + EPB_LEN;
	packet->caplen = caplen;
	packet->wirelen = load32(big_endian, p + 16);
	packet->interface_id = id;
	packet->link_type = i->link_type;
	packet->fcs_len = i->fcs_len;
	packet->direction = CAPTURE_DIRECTION_UNKNOWN;

	/* The bytes are in the file, so they are kept: unlike in pcap, no
	   reader agrees with another on cutting them (libpcap gives up here,
	   Wireshark does not care). */
	if (UNLIKELY(caplen > i->snaplen && i->snaplen != 0))
		reader_note(r, ANOMALY_CAPTURE_SNAPLEN_EXCEEDED);
	size_t padded = ((size_t)caplen + 3) / 4 * 4;
	if (UNLIKELY(padded < room)) {
		struct pcapng_body options = {
			view_skip(body, EPB_LEN + padded), big_endian};
		apply_options(r, options, packet);
	}
	int64_t ns = pcapng_ticks_to_ns(i, ticks);
	if (UNLIKELY(ns == CLOCK_UNKNOWN_NS)) {
		reader_note(r, ANOMALY_CAPTURE_BAD_TIME);
		packet->time.ns = ns;
	} else {
		packet_set_time(r, packet, ns);
	}
	return CAPTURE_PACKET;
}

static enum capture_status
simple_packet(struct capture_reader *r, struct view body,
	struct capture_packet *packet, bool big_endian)
{
	if (body.len < SPB_LEN)
		return capture_stop(r, ANOMALY_CAPTURE_DAMAGED);
	if (r->pcapng.kept == 0)
		return skip_packet(r);
	const struct capture_interface *i = &r->pcapng.interfaces[0];
	uint32_t wirelen = load32(big_endian, body.data);
	uint32_t caplen = wirelen;
	if (i->snaplen != 0 && caplen > i->snaplen)
		caplen = i->snaplen;
	if (caplen > body.len - SPB_LEN)
		return capture_stop(r, ANOMALY_CAPTURE_DAMAGED);
	*packet = (struct capture_packet){
		.time = {CLOCK_UNKNOWN_NS},
		.data = body.data + SPB_LEN,
		.caplen = caplen,
		.wirelen = wirelen,
		.link_type = i->link_type,
		.fcs_len = i->fcs_len,
	};
	reader_note(r, ANOMALY_CAPTURE_NO_TIME);
	return CAPTURE_PACKET;
}

static enum capture_status
obsolete_packet(struct capture_reader *r, struct view body,
	struct capture_packet *packet, bool big_endian)
{
	if (body.len < EPB_LEN)
		return capture_stop(r, ANOMALY_CAPTURE_DAMAGED);
	uint16_t drops = load16(big_endian, body.data + 2);
	if (drops != PB_DROPS_UNKNOWN)
		count_drops(r, drops);
	return timed_packet(
		r, body, load16(big_endian, body.data), packet, big_endian);
}

static enum capture_status
section_begin(struct capture_reader *r, struct view body, bool big_endian)
{
	if (body.len < PCAPNG_SECTION_LEN)
		return capture_stop(r, ANOMALY_CAPTURE_DAMAGED);
	r->pcapng.kept = 0; /* a section has its own interfaces */
	uint16_t major = load16(big_endian, body.data + 4);
	uint16_t minor = load16(big_endian, body.data + 6);
	r->pcapng.section_skipped = major != VERSION_MAJOR;
	if (major != VERSION_MAJOR || (minor != 0 && minor != 2))
		reader_note(r, ANOMALY_CAPTURE_VERSION);
	if (!r->pcapng.section_skipped)
		pcapng_read_section(r, (struct pcapng_body){body, big_endian});
	return CAPTURE_AGAIN;
}

/* Every block but the Enhanced Packet and the section header. */
static enum capture_status
other_block(struct capture_reader *r, uint32_t type, struct view body,
	struct capture_packet *packet, bool big_endian)
{
	struct pcapng_body whole = {body, big_endian};
	switch (type) {
	case PCAPNG_BLOCK_SPB:
		return simple_packet(r, body, packet, big_endian);
	case PCAPNG_BLOCK_PB:
		return obsolete_packet(r, body, packet, big_endian);
	case PCAPNG_BLOCK_IDB:
		if (body.len < PCAPNG_INTERFACE_LEN)
			return capture_stop(r, ANOMALY_CAPTURE_DAMAGED);
		pcapng_read_interface(r, whole);
		break;
	case PCAPNG_BLOCK_ISB:
		if (body.len < PCAPNG_STATISTICS_LEN)
			return capture_stop(r, ANOMALY_CAPTURE_DAMAGED);
		pcapng_read_statistics(r, whole);
		break;
	case PCAPNG_BLOCK_DSB:
		reader_note(r, ANOMALY_CAPTURE_SECRETS);
		break;
	default:
		break;
	}
	return CAPTURE_AGAIN;
}

/*
 * A section header sets the byte order of its own length and of all that
 * follows: find it, and make its function the reader's state. False when the
 * header is damaged.
 */
static bool
section_order(struct capture_reader *r, const uint8_t *block, bool *big_endian)
{
	if (load_le32(block + 8) == PCAPNG_BYTE_ORDER_MAGIC)
		*big_endian = false;
	else if (load_be32(block + 8) == PCAPNG_BYTE_ORDER_MAGIC)
		*big_endian = true;
	else
		return false;
	r->next = *big_endian ? pcapng_next_be : pcapng_next_le;
	return true;
}

static ALWAYS_INLINE bool
length_possible(uint32_t len)
{
	return len >= PCAPNG_BLOCK_HEAD_LEN + PCAPNG_BLOCK_TAIL_LEN &&
		len % 4 == 0 && len <= CAPTURE_RECORD_MAX;
}

static ALWAYS_INLINE enum capture_status
block_next(struct capture_reader *r, struct view *window, bool at_eof,
	struct capture_packet *packet, bool big_endian)
{
	const size_t least = PCAPNG_BLOCK_HEAD_LEN + PCAPNG_BLOCK_TAIL_LEN;
	if (UNLIKELY(window->len < least))
		return capture_short(r, window, least, at_eof);
	const uint8_t *block = window->data;
	uint32_t type = load32(big_endian, block);
	if (UNLIKELY(type == PCAPNG_BLOCK_SHB) &&
		!section_order(r, block, &big_endian))
		return capture_stop(r, ANOMALY_CAPTURE_DAMAGED);
	uint32_t len = load32(big_endian, block + 4);
	if (UNLIKELY(!length_possible(len)))
		return capture_stop(r, ANOMALY_CAPTURE_DAMAGED);
	if (UNLIKELY(window->len < len))
		return capture_short(r, window, len, at_eof);
	if (UNLIKELY(load32(big_endian, block + len - 4) != len))
		return capture_stop(r, ANOMALY_CAPTURE_DAMAGED);

	struct view body = view_of(block + PCAPNG_BLOCK_HEAD_LEN, len - least);
	enum capture_status status = CAPTURE_AGAIN;
	if (UNLIKELY(type == PCAPNG_BLOCK_SHB))
		status = section_begin(r, body, big_endian);
	else if (UNLIKELY(r->pcapng.section_skipped))
		status = CAPTURE_AGAIN;
	else if (type == PCAPNG_BLOCK_EPB && body.len >= EPB_LEN)
		status = timed_packet(r, body, load32(big_endian, body.data),
			packet, big_endian);
	else if (type == PCAPNG_BLOCK_EPB)
		return capture_stop(r, ANOMALY_CAPTURE_DAMAGED);
	else
		status = other_block(r, type, body, packet, big_endian);
	if (status == CAPTURE_END)
		return status;
	reader_skip(r, window, len);
	r->summary.packets += status == CAPTURE_PACKET;
	return status;
}

enum capture_status
pcapng_next_le(struct capture_reader *r, struct view *window, bool at_eof,
	struct capture_packet *packet)
{
	return block_next(r, window, at_eof, packet, false);
}

enum capture_status
pcapng_next_be(struct capture_reader *r, struct view *window, bool at_eof,
	struct capture_packet *packet)
{
	return block_next(r, window, at_eof, packet, true);
}
