/*
 * Capture files built in memory, and a reader that checks itself: helpers of
 * the tests and of the fuzz seeds.
 *
 * Every build is read three times, whole, byte by byte and in steps of 7; the
 * three must agree. Windows are exact heap blocks, so that the address
 * sanitizer sees one byte too far.
 */
#ifndef TESTS_UNIT_CAPTURE_BYTES_H
#define TESTS_UNIT_CAPTURE_BYTES_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "parsers/capture/capture.h"

/* A file under construction, in one byte order at a time. */
struct build {
	uint8_t data[16384];
	size_t len;
	bool big_endian;
};

static inline void
put(struct build *b, const void *data, size_t len)
{
	assert_true(len <= sizeof b->data - b->len);
	memcpy(b->data + b->len, data, len);
	b->len += len;
}

static inline void
put_number(struct build *b, uint64_t n, size_t len)
{
	uint8_t raw[8];
	for (size_t i = 0; i < len; i++)
		raw[b->big_endian ? len - 1 - i : i] = (uint8_t)(n >> 8 * i);
	put(b, raw, len);
}

static inline void
put16(struct build *b, uint16_t n)
{
	put_number(b, n, 2);
}

static inline void
put32(struct build *b, uint32_t n)
{
	put_number(b, n, 4);
}

/* len bytes that count up from first: packet data that can be told apart. */
static inline void
put_ramp(struct build *b, uint8_t first, size_t len)
{
	for (size_t i = 0; i < len; i++)
		put(b, &(uint8_t){(uint8_t)(first + i)}, 1);
}

static inline void
put_pcap_head(struct build *b, uint32_t magic, uint16_t major, uint16_t minor,
	uint32_t snaplen, uint32_t link)
{
	put32(b, magic);
	put16(b, major);
	put16(b, minor);
	put32(b, 0); /* zone */
	put32(b, 0); /* accuracy */
	put32(b, snaplen);
	put32(b, link);
}

/* The fields in the order of the file; data_len bytes of data follow. */
static inline void
put_pcap_record(struct build *b, uint32_t seconds, uint32_t fraction,
	uint32_t first_len, uint32_t second_len, size_t data_len)
{
	put32(b, seconds);
	put32(b, fraction);
	put32(b, first_len);
	put32(b, second_len);
	put_ramp(b, (uint8_t)seconds, data_len);
}

static inline size_t
block_begin(struct build *b, uint32_t type)
{
	size_t at = b->len;
	put32(b, type);
	put32(b, 0); /* total length: block_end */
	return at;
}

static inline void
block_end(struct build *b, size_t at)
{
	while (b->len % 4 != 0)
		put(b, "", 1);
	size_t end = b->len + 4;
	b->len = at + 4;
	put32(b, (uint32_t)(end - at));
	b->len = end - 4;
	put32(b, (uint32_t)(end - at));
}

static inline void
put_option(struct build *b, uint16_t code, const void *data, size_t len)
{
	put16(b, code);
	put16(b, (uint16_t)len);
	put(b, data, len);
	while (b->len % 4 != 0)
		put(b, "", 1);
}

static inline void
put_option64(struct build *b, uint16_t code, uint64_t n)
{
	put16(b, code);
	put16(b, 8);
	put_number(b, n, 8);
}

static inline void
put_section(struct build *b)
{
	size_t at = block_begin(b, 0x0a0d0d0a);
	put32(b, 0x1a2b3c4d);
	put16(b, 1); /* version 1.0 */
	put16(b, 0);
	put_number(b, UINT64_MAX, 8); /* section length: not said */
	block_end(b, at);
}

/* An interface without options; link type and snaplen. */
static inline void
put_interface(struct build *b, uint16_t link, uint32_t snaplen)
{
	size_t at = block_begin(b, 1);
	put16(b, link);
	put16(b, 0);
	put32(b, snaplen);
	block_end(b, at);
}

/* One with if_tsresol, and if_tsoffset unless it is 0. */
static inline void
put_interface_ticks(struct build *b, uint8_t resolution, int64_t offset_s)
{
	size_t at = block_begin(b, 1);
	put16(b, 1);
	put16(b, 0);
	put32(b, 0);
	put_option(b, 9, &resolution, 1);
	if (offset_s != 0)
		put_option64(b, 14, (uint64_t)offset_s);
	put_option(b, 0, "", 0);
	block_end(b, at);
}

/* The fixed part and data of an Enhanced Packet Block, to be ended. */
static inline size_t
epb_begin(struct build *b, uint32_t interface, uint64_t ticks, uint32_t caplen,
	uint32_t wirelen)
{
	size_t at = block_begin(b, 6);
	put32(b, interface);
	put32(b, (uint32_t)(ticks >> 32));
	put32(b, (uint32_t)ticks);
	put32(b, caplen);
	put32(b, wirelen);
	put_ramp(b, (uint8_t)ticks, caplen);
	while (b->len % 4 != 0)
		put(b, "", 1);
	return at;
}

static inline void
put_epb(struct build *b, uint32_t interface, uint64_t ticks, uint32_t caplen,
	uint32_t wirelen)
{
	block_end(b, epb_begin(b, interface, ticks, caplen, wirelen));
}

static inline void
put_statistics(struct build *b, uint32_t interface, uint64_t start,
	uint64_t end, uint64_t ifdrop, uint64_t osdrop)
{
	size_t at = block_begin(b, 5);
	put32(b, interface);
	put32(b, 0);
	put32(b, 0);
	put16(b, 2); /* isb_starttime: high word, low word */
	put16(b, 8);
	put32(b, (uint32_t)(start >> 32));
	put32(b, (uint32_t)start);
	put16(b, 3); /* isb_endtime */
	put16(b, 8);
	put32(b, (uint32_t)(end >> 32));
	put32(b, (uint32_t)end);
	put_option64(b, 4, 1000); /* isb_ifrecv */
	put_option64(b, 5, ifdrop);
	put_option64(b, 7, osdrop);
	put_option(b, 0, "", 0);
	block_end(b, at);
}

static inline void
put_snoop_head(struct build *b, uint32_t version, uint32_t datalink)
{
	b->big_endian = true;
	put(b, "snoop\0\0", 8);
	put32(b, version);
	put32(b, datalink);
}

/* 5 of 60 bytes, padded to a record of 32. */
static inline void
put_snoop_record(struct build *b, uint32_t drops, uint32_t seconds)
{
	put32(b, 60);
	put32(b, 5);
	put32(b, 32);
	put32(b, drops);
	put32(b, seconds);
	put32(b, 250);
	put_ramp(b, (uint8_t)seconds, 8);
}

#define SEEN_MAX 16

/* Everything that reading a build gave. */
struct seen {
	size_t packets;
	struct capture_packet packet[SEEN_MAX]; /* data is NULL */
	uint8_t first_byte[SEEN_MAX];
	uint8_t last_byte[SEEN_MAX];
	int anomalies[ANOMALY_COUNT];
	uint64_t anomaly_at; /* of the latest */
	struct capture_summary summary;
};

static inline void
seen_anomaly(void *context, enum anomaly a, uint64_t at)
{
	struct seen *s = context;
	s->anomalies[a]++;
	s->anomaly_at = at;
}

static inline void
seen_packet(struct seen *s, const struct capture_packet *p)
{
	assert_true(s->packets < SEEN_MAX);
	size_t i = s->packets++;
	s->packet[i] = *p;
	s->packet[i].data = NULL;
	if (p->caplen > 0) {
		s->first_byte[i] = p->data[0];
		s->last_byte[i] = p->data[p->caplen - 1];
	}
}

/* Read b with windows that grow by step bytes when the reader asks. */
static inline void
read_stepwise(const struct build *b, size_t step, struct seen *s)
{
	memset(s, 0, sizeof *s);
	struct anomaly_sink sink = {seen_anomaly, s};
	struct capture_reader *r = capture_new(sink);
	struct capture_packet packet;
	memset(&packet, 0, sizeof packet);
	size_t at = 0;
	size_t end = step < b->len ? step : b->len;
	enum capture_status status = CAPTURE_MORE;
	while (status != CAPTURE_END) {
		size_t len = end - at;
		uint8_t *exact = malloc(len > 0 ? len : 1);
		assert_non_null(exact);
		memcpy(exact, b->data + at, len);
		struct view window = view_of(exact, len);
		bool at_eof = end == b->len;
		while ((status = capture_next(r, &window, at_eof, &packet)) ==
			CAPTURE_PACKET)
			seen_packet(s, &packet);
		if (status == CAPTURE_MORE) {
			assert_false(at_eof);
			assert_true(capture_need(r) > window.len);
			at += len - window.len;
			end = step < b->len - end ? end + step : b->len;
		} else {
			/* The end is for ever. */
			assert_int_equal(
				capture_next(r, &window, at_eof, &packet),
				CAPTURE_END);
		}
		free(exact);
	}
	s->summary = *capture_summary(r);
	capture_free(r);
}

static inline void
read_build(const struct build *b, struct seen *s)
{
	static const size_t steps[] = {1, 7};
	read_stepwise(b, sizeof b->data, s);
	assert_int_equal(s->summary.packets, s->packets);
	for (size_t i = 0; i < sizeof steps / sizeof steps[0]; i++) {
		struct seen again;
		read_stepwise(b, steps[i], &again);
		assert_memory_equal(&again, s, sizeof again);
	}
}

/* Exactly this anomaly was noted, once; ANOMALY_COUNT: none at all. */
static inline void
assert_only_anomaly(const struct seen *s, enum anomaly expected)
{
	for (int a = 0; a < ANOMALY_COUNT; a++) {
		int count = a == (int)expected ? 1 : 0;
		if (s->anomalies[a] != count)
			fail_msg("%s noted %d times, not %d",
				anomaly_id((enum anomaly)a), s->anomalies[a],
				count);
	}
}

#endif
