/*
 * Ethernet frames and pcap files for the generated pair of captures.
 *
 * Frames carry correct lengths and checksums, so that any decoder takes them
 * for real. Payload is the letter x throughout: its checksum is a product, and
 * a frame that the snaplen cuts needs no bytes behind the cut.
 */
#ifndef BENCH_WIRE_H
#define BENCH_WIRE_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

/* Bytes kept of each frame: every header, little payload. */
#define WIRE_SNAPLEN 112
/* With wire_keep_whole: an Ethernet frame of 1,500 bytes within. */
#define WIRE_WHOLE 1518

/* TCP flags as in the header's byte 13 (RFC 9293 section 3.1). */
#define WIRE_FIN 0x01
#define WIRE_SYN 0x02
#define WIRE_RST 0x04
#define WIRE_PSH 0x08
#define WIRE_ACK 0x10

/* One IPv4 TCP segment; all numbers in host order. */
struct wire_segment {
	uint32_t src;
	uint32_t dst;
	uint16_t src_port;
	uint16_t dst_port;
	uint32_t seq;
	uint32_t ack;
	uint32_t tsval;
	uint32_t tsecr;
	uint16_t payload_bytes;
	uint16_t ip_id;
	uint8_t flags;
	uint8_t ttl;
	uint8_t wscale; /* used when SYN is set */
};

/* From here on frames are kept whole. */
void wire_keep_whole(void);

/* Write the 24 byte file header: Ethernet, and stamps of microseconds or of
 * nanoseconds, which the records that follow, in any file, have as well. */
void wire_write_header(FILE *f, bool nanoseconds);

/* Write one record; time in nanoseconds since the epoch, cut to what the
 * header says. Segments
 * carry the options of a Linux host: MSS, SACK, timestamps and window scale
 * with SYN, timestamps otherwise, none with RST. */
void wire_write_segment(FILE *f, int64_t time_ns, const struct wire_segment *s);

/* Write an ICMP "communication administratively prohibited" (RFC 1812 section
 * 5.2.7.1: type 3, code 13) from router to s->src that quotes s. */
void wire_write_icmp_prohibited(FILE *f, int64_t time_ns, uint32_t router,
	const struct wire_segment *s);

/* Open DIR/NAME anew, and close a file that is whole. Trouble is told on
 * standard error and ends the program with status 3. */
FILE *wire_open(const char *dir, const char *name);
void wire_close(FILE *f, const char *name);

#endif
