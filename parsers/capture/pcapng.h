/*
 * What the pcapng files share: block types, options, interface ticks. Private
 * to parsers/capture.
 *
 * spec: draft-ietf-opsawg-pcapng; section numbers below are its.
 */
#ifndef PARSERS_CAPTURE_PCAPNG_H
#define PARSERS_CAPTURE_PCAPNG_H

#include "parsers/capture/reader.h"

/* cite: draft-ietf-opsawg-pcapng section 10.1, Standardized Block Type Codes */
#define PCAPNG_BLOCK_IDB 0x00000001
#define PCAPNG_BLOCK_PB 0x00000002
#define PCAPNG_BLOCK_SPB 0x00000003
#define PCAPNG_BLOCK_ISB 0x00000005
#define PCAPNG_BLOCK_EPB 0x00000006
#define PCAPNG_BLOCK_DSB 0x0000000a
#define PCAPNG_BLOCK_SHB 0x0a0d0d0a /* the same in both byte orders */

/* cite: draft-ietf-opsawg-pcapng section 4.1 */
#define PCAPNG_BYTE_ORDER_MAGIC 0x1a2b3c4d

/* A block's type and length before its body, and the length again behind. */
#define PCAPNG_BLOCK_HEAD_LEN 8
#define PCAPNG_BLOCK_TAIL_LEN 4

/* A block without head and tail, in the byte order of its section. */
struct pcapng_body {
	struct view bytes;
	bool big_endian;
};

/* What a packet block's options say (pcapng_options.c). */
struct pcapng_packet_options {
	bool has_drop_count;
	uint64_t dropped; /* between this packet and the one before */
	bool has_flags;
	uint32_t flags;
};

/*
 * Each reads one block whose fixed fields the caller has found to be there.
 * Options that overrun the block are noted as CAPTURE_BAD_OPTION and end the
 * reading of options, not of the block.
 */
void pcapng_read_section(struct capture_reader *r, struct pcapng_body body);
void pcapng_read_interface(struct capture_reader *r, struct pcapng_body body);
void pcapng_read_statistics(struct capture_reader *r, struct pcapng_body body);

/* options: the part of a packet block behind the padded data. */
void pcapng_read_packet_options(struct capture_reader *r,
	struct pcapng_body options, struct pcapng_packet_options *out);

/* Bring summary.dropped up to date. */
void pcapng_sum_drops(struct capture_reader *r);

/* Bytes of the fixed fields, before any option. */
#define PCAPNG_SECTION_LEN 16
#define PCAPNG_INTERFACE_LEN 8
#define PCAPNG_STATISTICS_LEN 12

/*
 * Prepare i->scale, factor, offset_ns and ticks_max. resolution is the byte of
 * if_tsresol: its top bit chooses powers of 2, the rest is the negative
 * exponent. offset_s is if_tsoffset in seconds.
 */
void pcapng_ticks_init(
	struct capture_interface *i, uint8_t resolution, int64_t offset_s);

/* Any tick count in nanoseconds since 1970; CLOCK_UNKNOWN_NS if out of range. */
int64_t pcapng_ticks_slow(const struct capture_interface *i, uint64_t ticks);

/* The same; one multiplication for the usual resolutions and years. */
static ALWAYS_INLINE int64_t
pcapng_ticks_to_ns(const struct capture_interface *i, uint64_t ticks)
{
	if (UNLIKELY(ticks > i->ticks_max))
		return pcapng_ticks_slow(i, ticks);
	return (int64_t)(ticks * i->factor) + i->offset_ns;
}

#endif
