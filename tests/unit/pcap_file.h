/*
 * Small capture files of TCP over raw IPv4, built in memory.
 *
 * pcap with nanoseconds, link type 101 (raw IP), so that a packet is an IPv4
 * and a TCP header:
 *
 *	 0                   1                   2                   3
 *	+-------+-------+---------------+-------------------------------+
 *	|4|  5  |  TOS  |        total length           |  IP: 20 bytes
 *	|  id           |DF|          0 |  TTL  |   6   |  checksum     |
 *	|        source address         |       destination address     |
 *	|  source port  |   dest. port  |  TCP: 20 bytes
 *	|   seq         |     ack       |5,flags| window|chksum | urgent|
 */
#ifndef TESTS_UNIT_PCAP_FILE_H
#define TESTS_UNIT_PCAP_FILE_H

#include <assert.h>
#include <stdint.h>
#include <string.h>

#include "base/clock.h"
#include "parsers/packet/packet.h"

struct pcap_file {
	uint8_t data[65536];
	size_t len;
};

/* One TCP segment; addresses are 10.0.0.x. */
struct pcap_segment {
	int64_t ns;
	uint8_t src, dst;
	uint16_t src_port, dst_port;
	uint8_t flags;
	uint8_t ttl;
	uint16_t id;
	uint32_t seq, ack, len;
};

static inline void
pcap_le32(struct pcap_file *f, uint32_t n)
{
	assert(f->len + 4 <= sizeof f->data);
	for (int i = 0; i < 4; i++)
		f->data[f->len++] = (uint8_t)(n >> 8 * i);
}

static inline void
pcap_be(struct pcap_file *f, uint32_t n, int bytes)
{
	assert(f->len + 4 <= sizeof f->data);
	while (bytes-- > 0)
		f->data[f->len++] = (uint8_t)(n >> 8 * bytes);
}

static inline void
pcap_begin(struct pcap_file *f)
{
	f->len = 0;
	pcap_le32(f, UINT32_C(0xa1b23c4d)); /* nanoseconds */
	pcap_le32(f, 2 | 4 << 16);
	pcap_le32(f, 0);
	pcap_le32(f, 0);
	pcap_le32(f, 262144);
	pcap_le32(f, 101);
}

static inline void
pcap_add(struct pcap_file *f, const struct pcap_segment *s)
{
	uint32_t total = 40 + s->len;
	pcap_le32(f, (uint32_t)(s->ns / NS_PER_S));
	pcap_le32(f, (uint32_t)(s->ns % NS_PER_S));
	pcap_le32(f, 40);
	pcap_le32(f, total);
	pcap_be(f, 0x4500, 2);
	pcap_be(f, total, 2);
	pcap_be(f, s->id, 2);
	pcap_be(f, 0x4000, 2);
	pcap_be(f, s->ttl != 0 ? s->ttl : 64, 1);
	pcap_be(f, 6, 1);
	pcap_be(f, 0, 2);
	pcap_be(f, UINT32_C(0x0a000000) + s->src, 4);
	pcap_be(f, UINT32_C(0x0a000000) + s->dst, 4);
	pcap_be(f, s->src_port, 2);
	pcap_be(f, s->dst_port, 2);
	pcap_be(f, s->seq, 4);
	pcap_be(f, s->ack, 4);
	pcap_be(f, 0x50, 1);
	pcap_be(f, s->flags, 1);
	pcap_be(f, 65535, 2);
	pcap_be(f, 0, 4);
}

#endif
