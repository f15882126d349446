/*
 * Building frames byte by byte, and pcap records around them.
 */
#include "wire.h"

#include <stdlib.h>
#include <string.h>

#define ETHERNET_BYTES 14
#define IPV4_BYTES 20
#define TCP_BYTES 20
#define SYN_OPTION_BYTES 20
#define OPTION_BYTES 12
#define FRAME_ROOM (WIRE_WHOLE + 64)

/* Of a second, in the stamps of the file that is written. */
static int64_t stamp_ns = 1000;
static uint32_t snaplen = WIRE_SNAPLEN;

static void
put16(uint8_t *p, uint16_t v)
{
	p[0] = (uint8_t)(v >> 8);
	p[1] = (uint8_t)v;
}

static void
put32(uint8_t *p, uint32_t v)
{
	put16(p, (uint16_t)(v >> 16));
	put16(p + 2, (uint16_t)v);
}

/* The Internet checksum's running sum (RFC 1071); len is even. */
static uint64_t
sum16(const uint8_t *p, size_t len)
{
	uint64_t sum = 0;
	for (size_t i = 0; i < len; i += 2)
		sum += (uint64_t)p[i] << 8 | p[i + 1];
	return sum;
}

static uint16_t
fold(uint64_t sum)
{
	while (sum >> 16 != 0)
		sum = (sum & 0xffff) + (sum >> 16);
	return (uint16_t)~sum;
}

static void
write_record(FILE *f, int64_t time_ns, const uint8_t *frame, uint32_t caplen,
	uint32_t wirelen)
{
	uint32_t head[4] = {
		(uint32_t)(time_ns / 1000000000),
		(uint32_t)(time_ns % 1000000000 / stamp_ns),
		caplen < snaplen ? caplen : snaplen,
		wirelen,
	};
	fwrite(head, sizeof head, 1, f);
	fwrite(frame, head[2], 1, f);
}

static void
fill_ethernet(uint8_t *p)
{
	static const uint8_t addresses[] = {
		0x02, 0, 0, 0, 0, 0x01, 0x02, 0, 0, 0, 0, 0x02};
	memcpy(p, addresses, sizeof addresses);
	put16(p + 12, 0x0800);
}

static void
fill_ipv4(uint8_t *p, uint32_t src, uint32_t dst, uint8_t protocol, uint8_t ttl,
	uint16_t id, uint16_t total_bytes)
{
	memset(p, 0, IPV4_BYTES);
	p[0] = 0x45;
	put16(p + 2, total_bytes);
	put16(p + 4, id);
	put16(p + 6, 0x4000);
	p[8] = ttl;
	p[9] = protocol;
	put32(p + 12, src);
	put32(p + 16, dst);
	put16(p + 10, fold(sum16(p, IPV4_BYTES)));
}

/* The options a Linux host sends; returns their length in bytes. */
static unsigned
fill_options(uint8_t *p, const struct wire_segment *s)
{
	if (s->flags & WIRE_RST)
		return 0;
	if (!(s->flags & WIRE_SYN)) {
		static const uint8_t head[] = {1, 1, 8, 10};
		memcpy(p, head, sizeof head);
		put32(p + 4, s->tsval);
		put32(p + 8, s->tsecr);
		return OPTION_BYTES;
	}
	static const uint8_t head[] = {
		2, 4, 1460 >> 8, 1460 & 0xff, 4, 2, 8, 10};
	memcpy(p, head, sizeof head);
	put32(p + 8, s->tsval);
	put32(p + 12, s->tsecr);
	p[16] = 1;
	p[17] = 3;
	p[18] = 3;
	p[19] = s->wscale;
	return SYN_OPTION_BYTES;
}

/* 64240 bytes unscaled with SYN, the same scaled later, none with RST. */
static uint16_t
window_of(const struct wire_segment *s)
{
	if (s->flags & WIRE_RST)
		return 0;
	return s->flags & WIRE_SYN ? 64240 : 502;
}

/* Header and options into p, checksum over the whole payload included;
 * returns their length in bytes. */
static unsigned
fill_tcp(uint8_t *p, const struct wire_segment *s)
{
	memset(p, 0, TCP_BYTES);
	unsigned len = TCP_BYTES + fill_options(p + TCP_BYTES, s);
	put16(p, s->src_port);
	put16(p + 2, s->dst_port);
	put32(p + 4, s->seq);
	put32(p + 8, s->ack);
	p[12] = (uint8_t)(len / 4 << 4);
	p[13] = s->flags;
	put16(p + 14, window_of(s));
	uint8_t pseudo[12] = {[9] = 6};
	put32(pseudo, s->src);
	put32(pseudo + 4, s->dst);
	put16(pseudo + 10, (uint16_t)(len + s->payload_bytes));
	uint64_t sum = sum16(pseudo, sizeof pseudo) + sum16(p, len) +
		(uint64_t)(s->payload_bytes / 2) * 0x7878 +
		(s->payload_bytes % 2 ? 0x7800 : 0);
	put16(p + 16, fold(sum));
	return len;
}

void
wire_keep_whole(void)
{
	snaplen = WIRE_WHOLE;
}

void
wire_write_header(FILE *f, bool nanoseconds)
{
	const uint32_t head[] = {nanoseconds ? 0xa1b23c4d : 0xa1b2c3d4,
		2 | 4 << 16, 0, 0, snaplen, 1};
	stamp_ns = nanoseconds ? 1 : 1000;
	fwrite(head, sizeof head, 1, f);
}

void
wire_write_segment(FILE *f, int64_t time_ns, const struct wire_segment *s)
{
	uint8_t frame[FRAME_ROOM];
	memset(frame, 'x', sizeof frame);
	unsigned tcp = fill_tcp(frame + ETHERNET_BYTES + IPV4_BYTES, s);
	unsigned ip_total = IPV4_BYTES + tcp + s->payload_bytes;
	fill_ethernet(frame);
	fill_ipv4(frame + ETHERNET_BYTES, s->src, s->dst, 6, s->ttl, s->ip_id,
		(uint16_t)ip_total);
	write_record(f, time_ns, frame, ETHERNET_BYTES + ip_total,
		ETHERNET_BYTES + ip_total);
}

void
wire_write_icmp_prohibited(
	FILE *f, int64_t time_ns, uint32_t router, const struct wire_segment *s)
{
	uint8_t frame[FRAME_ROOM] = {0};
	uint8_t *icmp = frame + ETHERNET_BYTES + IPV4_BYTES;
	uint8_t *quote = icmp + 8;
	uint8_t tcp[TCP_BYTES + SYN_OPTION_BYTES];
	unsigned tcp_bytes = fill_tcp(tcp, s);
	unsigned icmp_bytes = 8 + IPV4_BYTES + 8;

	icmp[0] = 3;
	icmp[1] = 13;
	fill_ipv4(quote, s->src, s->dst, 6, (uint8_t)(s->ttl - 1), s->ip_id,
		(uint16_t)(IPV4_BYTES + tcp_bytes));
	memcpy(quote + IPV4_BYTES, tcp, 8);
	put16(icmp + 2, fold(sum16(icmp, icmp_bytes)));
	fill_ethernet(frame);
	fill_ipv4(frame + ETHERNET_BYTES, router, s->src, 1, 63, 1,
		(uint16_t)(IPV4_BYTES + icmp_bytes));
	write_record(f, time_ns, frame,
		ETHERNET_BYTES + IPV4_BYTES + icmp_bytes,
		ETHERNET_BYTES + IPV4_BYTES + icmp_bytes);
}

FILE *
wire_open(const char *dir, const char *name)
{
	char path[4096];
	snprintf(path, sizeof path, "%s/%s", dir, name);
	FILE *f = fopen(path, "wb");
	if (f == NULL) {
		perror(path);
		exit(3);
	}
	return f;
}

void
wire_close(FILE *f, const char *name)
{
	if (ferror(f) != 0 || fclose(f) != 0) {
		perror(name);
		exit(3);
	}
}
