/*
 * What happens to one attempt, packet by packet: one function per way that a
 * handshake can go, each the plainest form of what a Linux client and server
 * put on the wire.
 */
#include <stdio.h>
#include <stdlib.h>

#include "pair.h"
#include "wire.h"

#define ONE_WAY (4 * MS)
/* Of --large: a frame of 1,000 bytes. */
#define LARGE_PAYLOAD 934

/* One attempt while its story is told. */
struct talk {
	struct world *world;
	uint32_t index;
	const struct attempt *attempt;
	int64_t start;
	int64_t last_arrival[2]; /* at enum side; segments stay in order */
	uint32_t heard[2];       /* the peer's last timestamp value */
};

/* splitmix64, by its public-domain definition (Vigna, 2015). */
uint64_t
pair_random_bits(struct world *w)
{
	uint64_t z = w->random += UINT64_C(0x9e3779b97f4a7c15);
	z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
	z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
	return z ^ z >> 31;
}

int64_t
pair_random(struct world *w, int64_t low, int64_t high)
{
	return low +
		(int64_t)(pair_random_bits(w) % (uint64_t)(high - low + 1));
}

void
pair_add_event(struct world *w, enum side side, struct event e)
{
	if (w->count[side] == w->room[side]) {
		size_t room = w->room[side] ? w->room[side] * 2 : 4096;
		struct event *p = realloc(w->events[side], room * sizeof *p);
		if (p == NULL) {
			fputs("make_pair: out of memory\n", stderr);
			exit(3);
		}
		w->events[side] = p;
		w->room[side] = room;
	}
	w->events[side][w->count[side]++] = e;
}

/* seq and ack are relative to the sides' initial sequence numbers. */
struct segment {
	enum side from;
	uint8_t flags;
	uint32_t seq;
	uint32_t ack;
	uint16_t payload_bytes;
};

/*
 * Send one segment at the given time. Its sender's capture shows it; the
 * other's does when it is delivered. Returns the time of arrival.
 */
static int64_t
send_at(struct talk *t, int64_t at, struct segment s, bool delivered)
{
	enum side to = s.from == CLIENT ? SERVER : CLIENT;
	uint32_t tsval = t->attempt->isn[s.from] / 7 + (uint32_t)(at / MS);
	struct event e = {
		.at_ns = at,
		.attempt = t->index,
		.seq = t->attempt->isn[s.from] + s.seq,
		.ack = s.flags & WIRE_ACK ? t->attempt->isn[to] + s.ack : 0,
		.tsval = tsval,
		.tsecr = s.flags & WIRE_ACK ? t->heard[s.from] : 0,
		.payload_bytes = s.payload_bytes,
		.flags = s.flags,
		.form = s.from == SERVER ? FORM_FROM_SERVER : 0,
	};
	pair_add_event(t->world, s.from, e);
	/* Most packets are close to the floor, a few wait in a queue. */
	int64_t jitter = pair_random(t->world, 0, MS / 5);
	if (pair_random_bits(t->world) % 50 == 0)
		jitter += pair_random(t->world, 0, 3 * MS);
	int64_t arrival = at + ONE_WAY + jitter;
	if (arrival <= t->last_arrival[to])
		arrival = t->last_arrival[to] + 2000;
	if (delivered) {
		t->last_arrival[to] = arrival;
		t->heard[to] = tsval;
		e.at_ns = arrival;
		pair_add_event(t->world, to, e);
	}
	return arrival;
}

static int64_t
send_syn(struct talk *t, int64_t after, bool delivered)
{
	struct segment s = {.from = CLIENT, .flags = WIRE_SYN};
	return send_at(t, t->start + after, s, delivered);
}

static int64_t
send_synack(struct talk *t, int64_t at, bool delivered)
{
	struct segment s = {
		.from = SERVER, .flags = WIRE_SYN | WIRE_ACK, .ack = 1};
	return send_at(t, at, s, delivered);
}

static int64_t
send_ack(struct talk *t, int64_t at, bool delivered)
{
	struct segment s = {
		.from = CLIENT, .flags = WIRE_ACK, .seq = 1, .ack = 1};
	return send_at(t, at, s, delivered);
}

static int64_t
send_request(struct talk *t, int64_t at, uint16_t bytes, bool delivered)
{
	struct segment s = {.from = CLIENT,
		.flags = WIRE_PSH | WIRE_ACK,
		.seq = 1,
		.ack = 1,
		.payload_bytes = bytes};
	return send_at(t, at, s, delivered);
}

/* When SYNs are sent again, and SYN-ACKs: 1 s, doubled (RFC 6298 section 5);
 * the client's connect timeout of 10 s ends it. */
static const int64_t syn_times[] = {0, 1 * SECOND, 3 * SECOND, 7 * SECOND};
#define SYN_TIMES (sizeof syn_times / sizeof syn_times[0])
#define GIVE_UP (10 * SECOND)

/* SYN at `after`, then SYN-ACK and ACK; returns when the client is done. */
static int64_t
handshake(struct talk *t, int64_t after)
{
	int64_t at = send_syn(t, after, true);
	at = send_synack(t, at + pair_random(t->world, 20000, 90000), true);
	at += pair_random(t->world, 15000, 60000);
	send_ack(t, at, true);
	return at;
}

/* Request, response of one to four segments, close from the server's side. */
static void
exchange(struct talk *t, int64_t at)
{
	struct world *w = t->world;
	uint16_t request = (uint16_t)pair_random(w, 40, 900);
	uint32_t asked = 1u + request;
	at = send_request(t, at + pair_random(w, 50000, 400000), request, true);
	struct segment ack = {
		.from = SERVER, .flags = WIRE_ACK, .seq = 1, .ack = asked};
	send_at(t, at + 20000, ack, true);

	int64_t segments = pair_random(w, 1, 4) + w->large;
	uint16_t full = w->large > 0 ? LARGE_PAYLOAD : 1448;
	uint32_t sent = 1;
	at += pair_random(w, MS / 2, 40 * MS);
	int64_t arrival = at;
	for (int64_t i = 0; i < segments; i++) {
		bool last = i == segments - 1;
		struct segment data = {.from = SERVER,
			.flags = last ? WIRE_PSH | WIRE_ACK : WIRE_ACK,
			.seq = sent,
			.ack = asked,
			.payload_bytes = last
				? (uint16_t)pair_random(w, 20, 1448)
				: full};
		at += 12000;
		arrival = send_at(t, at, data, true);
		sent += data.payload_bytes;
		if (i % 2 == 1 || last) {
			struct segment got = {.from = CLIENT,
				.flags = WIRE_ACK,
				.seq = asked,
				.ack = sent};
			send_at(t, arrival + 10000, got, true);
		}
	}
	struct segment fin = {.from = SERVER,
		.flags = WIRE_FIN | WIRE_ACK,
		.seq = sent,
		.ack = asked};
	arrival = send_at(t, at + pair_random(w, 1, 9) * MS, fin, true);
	fin = (struct segment){.from = CLIENT,
		.flags = WIRE_FIN | WIRE_ACK,
		.seq = asked,
		.ack = sent + 1};
	arrival = send_at(t, arrival + 30000, fin, true);
	struct segment end = {.from = SERVER,
		.flags = WIRE_ACK,
		.seq = sent + 1,
		.ack = asked + 1};
	send_at(t, arrival + 15000, end, true);
}

static void
story_established(struct talk *t)
{
	exchange(t, handshake(t, 0));
}

static void
story_slow(struct talk *t)
{
	send_syn(t, 0, false);
	exchange(t, handshake(t, SECOND));
}

static void
story_syn_lost(struct talk *t)
{
	for (size_t i = 0; i < SYN_TIMES; i++)
		send_syn(t, syn_times[i], false);
}

static void
story_syn_dropped(struct talk *t)
{
	for (size_t i = 0; i < SYN_TIMES; i++)
		send_syn(t, syn_times[i], true);
}

/* The server answers every SYN and repeats its SYN-ACK by its own timer. */
static void
unanswered_synacks(struct talk *t, bool delivered)
{
	for (size_t i = 0; i < SYN_TIMES; i++) {
		int64_t at = send_syn(t, syn_times[i], true);
		send_synack(t, at + 40000, delivered);
		send_synack(t, at + (i + 1) * 37 * MS + SECOND, delivered);
	}
}

static void
story_synack_lost(struct talk *t)
{
	unanswered_synacks(t, false);
}

static void
story_synack_dropped(struct talk *t)
{
	unanswered_synacks(t, true);
}

/* The client believes in the connection, the server does not. */
static void
half_open(struct talk *t, bool delivered)
{
	int64_t at = send_syn(t, 0, true);
	int64_t answer = at + 40000;
	at = send_synack(t, answer, true) + 30000;
	send_ack(t, at, delivered);
	for (int64_t wait = MS; wait < 7 * SECOND; wait = wait * 2 + 200 * MS)
		send_request(t, at + wait, 517, delivered);
	for (size_t i = 1; i < SYN_TIMES; i++) {
		/* Later than the client's own, by the server's timer slack. */
		int64_t again =
			send_synack(t, answer + syn_times[i] + 11 * MS, true);
		struct segment s = {.from = CLIENT,
			.flags = WIRE_ACK,
			.seq = 518,
			.ack = 1};
		send_at(t, again + 20000, s, delivered);
	}
	struct segment fin = {.from = CLIENT,
		.flags = WIRE_FIN | WIRE_ACK,
		.seq = 518,
		.ack = 1};
	send_at(t, at + GIVE_UP, fin, delivered);
}

static void
story_ack_lost(struct talk *t)
{
	half_open(t, false);
}

static void
story_ack_dropped(struct talk *t)
{
	half_open(t, true);
}

static void
story_refused(struct talk *t)
{
	struct segment s = {
		.from = SERVER, .flags = WIRE_RST | WIRE_ACK, .ack = 1};
	send_at(t, send_syn(t, 0, true) + 15000, s, true);
}

/* A box on the path answers in the server's name, or says who it is. */
static void
story_rejected(struct talk *t)
{
	send_syn(t, 0, false);
	struct event e = {.at_ns = t->start + 2 * MS, .attempt = t->index};
	if (t->index % 2 == 0) {
		e.form = FORM_FROM_SERVER | FORM_INJECTED;
		e.flags = WIRE_RST | WIRE_ACK;
		e.ack = t->attempt->isn[CLIENT] + 1;
	} else {
		e.form = FORM_ICMP;
		e.flags = WIRE_SYN;
		e.seq = t->attempt->isn[CLIENT];
	}
	pair_add_event(t->world, CLIENT, e);
}

/* The answer comes half a second after the client stopped waiting. */
static void
story_abandoned(struct talk *t)
{
	int64_t at = send_syn(t, 0, true);
	send_syn(t, SECOND, true);
	at = send_synack(t, at + 3 * SECOND, true);
	struct segment rst = {.from = CLIENT, .flags = WIRE_RST, .seq = 1};
	send_at(t, at + 10000, rst, true);
}

/* The server still knows this 4-tuple; the client's RST does not get back. */
static void
story_challenge(struct talk *t)
{
	struct segment ack = {.from = SERVER,
		.flags = WIRE_ACK,
		.seq = 1000000,
		.ack = 0u - 2000000u};
	struct segment rst = {
		.from = CLIENT, .flags = WIRE_RST, .seq = 0u - 2000000u};
	for (size_t i = 0; i < SYN_TIMES; i++) {
		int64_t at = send_syn(t, syn_times[i], true);
		at = send_at(t, at + 20000, ack, true);
		send_at(t, at + 10000, rst, false);
	}
}

/* The server's kernel answers and its program does not; or the request is lost
   on its way. */
static void
story_stalled(struct talk *t)
{
	int64_t at = handshake(t, 0) + MS;
	bool arrives = t->index % 2 == 0;
	int64_t arrival = send_request(t, at, 300, arrives);
	if (arrives) {
		struct segment ack = {.from = SERVER,
			.flags = WIRE_ACK,
			.seq = 1,
			.ack = 301};
		send_at(t, arrival + 20000, ack, true);
	} else {
		for (int64_t wait = 200 * MS; wait < 8 * SECOND; wait *= 2)
			send_request(t, at + wait, 300, false);
	}
	struct segment rst = {.from = CLIENT,
		.flags = WIRE_RST | WIRE_ACK,
		.seq = 301,
		.ack = 1};
	send_at(t, at + GIVE_UP, rst, true);
}

const struct story pair_stories[STORIES] = {
	{"syn-lost-in-network", story_syn_lost},
	{"syn-dropped-by-server", story_syn_dropped},
	{"synack-lost-in-network", story_synack_lost},
	{"synack-dropped-by-client", story_synack_dropped},
	{"ack-lost-in-network", story_ack_lost},
	{"ack-dropped-by-server", story_ack_dropped},
	{"refused-by-server", story_refused},
	{"rejected-in-network", story_rejected},
	{"abandoned-by-client", story_abandoned},
	{"answered-with-challenge-ack", story_challenge},
	{"stalled-after-handshake", story_stalled},
	/* The same silence, towards the address that nobody captured. */
	{"undetermined", story_syn_lost},
	{"established", story_slow},
	{"established", story_established},
};

void
pair_tell(struct world *w, uint32_t index, int64_t start)
{
	const struct attempt *a = &w->attempts[index];
	struct talk t = {
		.world = w, .index = index, .attempt = a, .start = start};
	pair_stories[a->story].tell(&t);
}
