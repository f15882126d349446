/*
 * A flood of SYNs in the captures of honest connections, with a known truth for
 * every honest attempt.
 *
 *	make_flood DIR [--flood N] [--honest N] [--both] [--bots N] [--lost N]
 *		[--one-isn] [--no-stamps] [--nat]
 *
 * writes DIR/client.pcap, DIR/server.pcap and DIR/truth.tsv (as make_pair does, of
 * the honest attempts alone). The flood's SYNs come from as many addresses, one
 * copy each, and only the server's capture shows them; with --both the client's
 * does, too. --bots has them come from so many addresses, --one-isn all with one
 * sequence number, --no-stamps without time stamps; of --both, --lost loses every
 * N-th on the way, and --nat shows other addresses in the client's capture. Of four honest attempts one meets a server that ignores it: three
 * copies at both ends. They last ten seconds, the flood as long. Same arguments,
 * same bytes; nothing is kept in memory.
 */
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "wire.h"

#define MS INT64_C(1000000)
#define SECOND INT64_C(1000000000)
#define FIRST_TIME (INT64_C(1700000000) * SECOND)
#define LASTS (10 * SECOND)
#define ONE_WAY (2 * MS)
#define SERVER_IP 0x0a14000au /* 10.20.0.10 */
#define SERVER_PORT 443
#define CLIENT_NET 0x0a0a0100u /* 10.10.1.0 */
#define FLOOD_NET 0x64400000u  /* 100.64.0.0 and on */
#define INSIDE_NET 0x0b000000u /* 11.0.0.0 and on, before translation */
#define STEPS 4 /* segments of an honest attempt, and one place more */

struct flood {
	uint64_t count, honest, bots, lost;
	bool both, one_isn, no_stamps, nat;
	FILE *side[2]; /* client, server */
};

/* One segment, at the end that it passes first and at the other. */
static void
pass(const struct flood *f, int64_t at, bool from_server, struct wire_segment s)
{
	for (int i = 0; i < 2; i++) {
		bool far = (i == 0) == from_server;
		s.ttl = far ? 61 : 64;
		wire_write_segment(
			f->side[i], FIRST_TIME + at + (far ? ONE_WAY : 0), &s);
	}
}

static struct wire_segment
segment(uint64_t i, bool from_server, uint8_t flags)
{
	uint32_t client = CLIENT_NET + 1 + (uint32_t)(i % 200);
	uint16_t port = (uint16_t)(20000 + i / 200);
	uint32_t isn = (uint32_t)(i * 2654435761u);
	struct wire_segment s = {
		.src = from_server ? SERVER_IP : client,
		.dst = from_server ? client : SERVER_IP,
		.src_port = from_server ? SERVER_PORT : port,
		.dst_port = from_server ? port : SERVER_PORT,
		.seq = from_server ? ~isn : isn,
		.tsval = (uint32_t)i + 1,
		.flags = flags,
		.wscale = 7,
	};
	if (flags & WIRE_ACK)
		s.ack = (from_server ? isn : ~isn) + 1;
	if (flags == WIRE_ACK || flags & WIRE_FIN)
		s.seq++;
	return s;
}

static bool
is_ignored(uint64_t i)
{
	return i % 4 == 3;
}

/* Honest segment number `step` of attempt i, if it has so many; its time in
 * *at. Segments of different attempts may cross: the files are in order of time
 * only as far as steps are. */
static bool
honest_step(uint64_t i, uint64_t honest, int step, int64_t *at,
	struct wire_segment *s, bool *from_server)
{
	static const int64_t copies[] = {0, SECOND, 3 * SECOND};
	int64_t start = (int64_t)(i * (uint64_t)(LASTS / 2) / honest);
	*from_server = false;
	if (is_ignored(i)) {
		if (step > 2)
			return false;
		*at = start + copies[step];
		*s = segment(i, false, WIRE_SYN);
		return true;
	}
	if (step > 2)
		return false;
	*at = start + step * 2 * ONE_WAY;
	*from_server = step == 1;
	*s = segment(i, *from_server,
		step == 0           ? WIRE_SYN
			: step == 1 ? WIRE_SYN | WIRE_ACK
				    : WIRE_ACK);
	return true;
}

/* One packet of the flood. */
static void
flood_write(const struct flood *f, uint64_t i, int64_t at)
{
	uint64_t host = f->bots > 0 ? i % f->bots : i;
	uint64_t port = f->bots > 0 ? i / f->bots : i;
	struct wire_segment s = {
		.src = FLOOD_NET + (uint32_t)host,
		.dst = SERVER_IP,
		.src_port = (uint16_t)(1024 + port % 60000),
		.dst_port = SERVER_PORT,
		.seq = f->one_isn ? 17 : (uint32_t)(i * 40503u + 17),
		.tsval = f->no_stamps ? 0 : (uint32_t)i + 1,
		.flags = WIRE_SYN,
		.ttl = 61,
		.wscale = 7,
	};
	if (!f->both || f->lost == 0 || i % f->lost != 0)
		wire_write_segment(f->side[1], FIRST_TIME + at + ONE_WAY, &s);
	if (!f->both)
		return;
	s.ttl = 64;
	if (f->nat)
		s.src = INSIDE_NET + (uint32_t)host;
	wire_write_segment(f->side[0], FIRST_TIME + at, &s);
}

struct honest {
	int64_t at;
	struct wire_segment segment;
	bool from_server;
};

static int
by_time(const void *a, const void *b)
{
	const struct honest *x = a;
	const struct honest *y = b;
	return (x->at > y->at) - (x->at < y->at);
}

static void
write_all(const struct flood *f)
{
	struct honest *list = calloc(f->honest * STEPS + 1, sizeof *list);
	size_t count = 0;
	if (list == NULL)
		exit(3);
	for (uint64_t i = 0; i < f->honest; i++)
		for (int step = 0;
			honest_step(i, f->honest, step, &list[count].at,
				&list[count].segment, &list[count].from_server);
			step++)
			count++;
	qsort(list, count, sizeof *list, by_time);
	size_t next = 0;
	for (uint64_t i = 0; i < f->count || next < count; i++) {
		int64_t at = f->count == 0
			? LASTS
			: (int64_t)((double)i * (double)LASTS /
				  (double)f->count);
		for (; next < count && (i >= f->count || list[next].at <= at);
			next++)
			pass(f, list[next].at, list[next].from_server,
				list[next].segment);
		if (i < f->count)
			flood_write(f, i, at);
	}
	free(list);
}

static void
write_truth(const struct flood *f, FILE *out)
{
	for (uint64_t i = 0; i < f->honest; i++) {
		struct wire_segment s = segment(i, false, WIRE_SYN);
		fprintf(out, "%u.%u.%u.%u\t%u\t10.20.0.10\t%d\t%s\n",
			s.src >> 24, s.src >> 16 & 255, s.src >> 8 & 255,
			s.src & 255, s.src_port, SERVER_PORT,
			is_ignored(i) ? "syn-dropped-by-server"
				      : "established");
	}
}

static bool
read_arguments(struct flood *f, int argc, char **argv)
{
	const struct {
		const char *name;
		bool *flag;
		uint64_t *number;
	} options[] = {
		{"--flood", NULL, &f->count},
		{"--honest", NULL, &f->honest},
		{"--bots", NULL, &f->bots},
		{"--lost", NULL, &f->lost},
		{"--both", &f->both, NULL},
		{"--one-isn", &f->one_isn, NULL},
		{"--no-stamps", &f->no_stamps, NULL},
		{"--nat", &f->nat, NULL},
	};
	const size_t count = sizeof options / sizeof *options;
	for (int i = 2; i < argc; i++) {
		size_t o = 0;
		while (o < count && strcmp(argv[i], options[o].name) != 0)
			o++;
		if (o == count || (options[o].number != NULL && i + 1 == argc))
			return false;
		if (options[o].flag != NULL)
			*options[o].flag = true;
		else
			*options[o].number = strtoull(argv[++i], NULL, 10);
	}
	return argc >= 2;
}

int
main(int argc, char **argv)
{
	struct flood f = {.count = 300000, .honest = 200};
	if (!read_arguments(&f, argc, argv)) {
		fputs("usage: make_flood DIR [--flood N] [--honest N] [--both] "
		      "[--bots N] [--lost N] [--one-isn] [--no-stamps] "
		      "[--nat]\n",
			stderr);
		return 2;
	}
	f.side[0] = wire_open(argv[1], "client.pcap");
	f.side[1] = wire_open(argv[1], "server.pcap");
	FILE *truth = wire_open(argv[1], "truth.tsv");
	wire_write_header(f.side[0], false);
	wire_write_header(f.side[1], false);
	write_all(&f);
	write_truth(&f, truth);
	wire_close(f.side[0], "client.pcap");
	wire_close(f.side[1], "server.pcap");
	wire_close(truth, "truth.tsv");
	return 0;
}
