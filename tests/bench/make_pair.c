/*
 * A pair of captures of the same connections, taken at a client-side and at a
 * server-side vantage, with a known truth for every attempt.
 *
 *	make_pair DIR [--attempts N] [--seed N] [--nat] [--many] [--large N]
 *
 * writes DIR/client.pcap, DIR/server.pcap and DIR/truth.tsv (client ip, port,
 * server ip, port, verdict; one line per attempt in order of its first SYN) and
 * prints the totals as JSON. Same arguments, same bytes. The default is the
 * size that the project's budgets speak of: 100 000 attempts, about 1.2 million
 * packets and 115 MB a side.
 *
 * The world: 400 clients, four service addresses three hops away, Linux
 * retransmission times, 4 ms one way with jitter, a server clock that is ahead
 * and drifts. One attempt in 25 fails, in turn in each way that has a verdict.
 * With --nat all clients reach the server as one address with other ports; with
 * --many there are ten times the clients, nine services at eight addresses, and
 * stamps of nanoseconds. With --large each answer has N segments more, frames are
 * of 1,000 bytes and kept whole.
 *
 * Cost: about 40 bytes of memory a packet, sorted before writing.
 */
#include <inttypes.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "pair.h"
#include "wire.h"

#define CLIENT_NET 0x0a0a0000u /* 10.10.0.0 */
#define CLIENT_ROUTER 0x0a0a0001u
#define NAT_ADDRESS 0xcb00710au /* 203.0.113.10, TEST-NET-3 (RFC 5737) */
#define FIRST_TIME (INT64_C(1700000000) * SECOND)
#define ATTEMPTS_A_SECOND 333
#define ATTEMPTS_MAX 5000000
#define LARGE_MAX 1000000

/* The server's clock, against the client's. */
#define SERVER_AHEAD (214 * MS)
#define SERVER_DRIFT_PPM 3

static const struct {
	uint32_t ip;
	uint16_t port;
} servers[] = {
	{0x0a14000a, 443},
	{0x0a14000b, 443},
	{0x0a14000a, 5432},
	{0x0a14000c, 8080},
	/* Those of --many. */
	{0x0a14000d, 443},
	{0x0a14000e, 443},
	{0x0a14000f, 5432},
	{0x0a140010, 8080},
	{0x0a140011, 443},
	/* Not behind the server-side capture: silence there proves nothing. */
	{0x0a140909, 443},
};
#define UNCOVERED_SERVER MANY_SERVERS
_Static_assert(sizeof servers / sizeof *servers == UNCOVERED_SERVER + 1,
	"the last is the uncovered one");
/* One attempt in FAIL_EVERY fails, one in SLOW_EVERY needs a second SYN. */
#define FAIL_EVERY 25
#define SLOW_EVERY 100

static unsigned
choose_story(uint32_t index)
{
	if (index % FAIL_EVERY == 7)
		return index / FAIL_EVERY % FAILING;
	if (index % SLOW_EVERY == 11)
		return STORY_SLOW;
	return STORY_ESTABLISHED;
}

static uint16_t
next_of(uint16_t *counter, uint16_t first, uint16_t last)
{
	if (*counter < first || *counter > last)
		*counter = first;
	return (*counter)++;
}

static void
make_attempt(struct world *w, uint32_t index, int64_t start)
{
	struct attempt *a = &w->attempts[index];
	unsigned client = (unsigned)(pair_random_bits(w) % w->clients);
	a->story = (uint8_t)choose_story(index);
	a->client_ip = CLIENT_NET + 256 + client;
	a->client_port = next_of(&w->next_port[client], 32768, 60999);
	a->isn[CLIENT] = (uint32_t)pair_random_bits(w);
	a->isn[SERVER] = (uint32_t)pair_random_bits(w);
	a->server = UNCOVERED_SERVER;
	if (a->story != STORY_UNDETERMINED) {
		a->server = (uint8_t)(pair_random_bits(w) % w->servers);
		a->nat_port =
			next_of(&w->next_nat_port[a->server], 1024, 65534);
	}
	pair_tell(w, index, start);
}

static int
compare_events(const void *left, const void *right)
{
	const struct event *a = left;
	const struct event *b = right;
	if (a->at_ns != b->at_ns)
		return a->at_ns < b->at_ns ? -1 : 1;
	if (a->attempt != b->attempt)
		return a->attempt < b->attempt ? -1 : 1;
	return (a->flags > b->flags) - (a->flags < b->flags);
}

static void
write_event(const struct world *w, enum side side, FILE *f, size_t number)
{
	const struct event *e = &w->events[side][number];
	const struct attempt *a = &w->attempts[e->attempt];
	bool from_server = e->form & FORM_FROM_SERVER;
	bool translated = side == SERVER && w->nat;
	uint32_t client = translated ? NAT_ADDRESS : a->client_ip;
	uint16_t port = translated ? a->nat_port : a->client_port;
	bool own = from_server == (side == SERVER);
	struct wire_segment s = {
		.src = from_server ? servers[a->server].ip : client,
		.dst = from_server ? client : servers[a->server].ip,
		.src_port = from_server ? servers[a->server].port : port,
		.dst_port = from_server ? port : servers[a->server].port,
		.seq = e->seq,
		.ack = e->ack,
		.tsval = e->tsval,
		.tsecr = e->tsecr,
		.payload_bytes = e->payload_bytes,
		.ip_id = (uint16_t)(e->tsval * 31 + e->seq),
		.flags = e->flags,
		.ttl = e->form & FORM_INJECTED ? 120
			: own                  ? 64
					       : 61,
		.wscale = 7,
	};
	int64_t at = e->at_ns;
	if (side == SERVER)
		at += SERVER_AHEAD + at / 1000000 * SERVER_DRIFT_PPM;
	if (e->form & FORM_ICMP)
		wire_write_icmp_prohibited(
			f, FIRST_TIME + at, CLIENT_ROUTER, &s);
	else
		wire_write_segment(f, FIRST_TIME + at, &s);
}

static void
write_capture(struct world *w, enum side side, const char *dir)
{
	const char *name = side == CLIENT ? "client.pcap" : "server.pcap";
	FILE *f = wire_open(dir, name);
	if (w->count[side] > 0)
		qsort(w->events[side], w->count[side], sizeof(struct event),
			compare_events);
	wire_write_header(f, w->clients == MANY_CLIENTS);
	for (size_t i = 0; i < w->count[side]; i++)
		write_event(w, side, f, i);
	wire_close(f, name);
}

static void
write_truth(const struct world *w, uint32_t attempts, const char *dir)
{
	uint32_t count[STORIES] = {0};
	FILE *f = wire_open(dir, "truth.tsv");
	for (uint32_t i = 0; i < attempts; i++) {
		const struct attempt *a = &w->attempts[i];
		uint32_t c = a->client_ip;
		uint32_t s = servers[a->server].ip;
		fprintf(f, "%u.%u.%u.%u\t%u\t%u.%u.%u.%u\t%u\t%s\n", c >> 24,
			c >> 16 & 255, c >> 8 & 255, c & 255, a->client_port,
			s >> 24, s >> 16 & 255, s >> 8 & 255, s & 255,
			servers[a->server].port,
			pair_stories[a->story].verdict);
		count[a->story]++;
	}
	wire_close(f, "truth.tsv");
	printf("{\"attempts\": %" PRIu32 ", \"client_packets\": %zu, "
	       "\"server_packets\": %zu, \"by_verdict\": {",
		attempts, w->count[CLIENT], w->count[SERVER]);
	for (size_t i = 0; i < FAILING; i++)
		printf("\"%s\": %" PRIu32 ", ", pair_stories[i].verdict,
			count[i]);
	printf("\"established\": %" PRIu32 "}}\n",
		count[STORY_SLOW] + count[STORY_ESTABLISHED]);
}

static uint64_t
number_argument(const char *text, uint64_t most)
{
	char *end;
	uint64_t v = strtoull(text, &end, 10);
	if (end == text || *end != '\0' || v > most) {
		fprintf(stderr,
			"make_pair: not a number up to %" PRIu64 ": %s\n", most,
			text);
		exit(2);
	}
	return v;
}

int
main(int argc, char **argv)
{
	struct world w = {
		.random = 1, .clients = CLIENTS, .servers = COVERED_SERVERS};
	uint32_t attempts = 100000;
	const char *dir = NULL;
	for (int i = 1; i < argc; i++) {
		if (strcmp(argv[i], "--nat") == 0)
			w.nat = true;
		else if (strcmp(argv[i], "--many") == 0) {
			w.clients = MANY_CLIENTS;
			w.servers = MANY_SERVERS;
		} else if (strcmp(argv[i], "--attempts") == 0 && i + 1 < argc)
			attempts = (uint32_t)number_argument(
				argv[++i], ATTEMPTS_MAX);
		else if (strcmp(argv[i], "--large") == 0 && i + 1 < argc) {
			w.large =
				(uint32_t)number_argument(argv[++i], LARGE_MAX);
			wire_keep_whole();
		} else if (strcmp(argv[i], "--seed") == 0 && i + 1 < argc)
			w.random = number_argument(argv[++i], UINT64_MAX - 1);
		else if (argv[i][0] != '-' && dir == NULL)
			dir = argv[i];
		else
			dir = "";
	}
	if (dir == NULL || dir[0] == '\0') {
		fputs("usage: make_pair DIR [--attempts N] [--seed N] "
		      "[--nat] [--many] [--large N]\n",
			stderr);
		return 2;
	}
	w.attempts = calloc(attempts + 1u, sizeof *w.attempts);
	if (w.attempts == NULL) {
		fputs("make_pair: out of memory\n", stderr);
		return 3;
	}
	int64_t at = 0;
	for (uint32_t i = 0; i < attempts; i++) {
		at += pair_random(&w, 1, 2 * SECOND / ATTEMPTS_A_SECOND);
		make_attempt(&w, i, at);
	}
	write_capture(&w, CLIENT, dir);
	write_capture(&w, SERVER, dir);
	write_truth(&w, attempts, dir);
	free(w.events[CLIENT]);
	free(w.events[SERVER]);
	free(w.attempts);
	return 0;
}
