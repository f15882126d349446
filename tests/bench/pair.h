/*
 * The generated pair's world, shared by the stories (what happens to an attempt)
 * and make_pair.c (who connects to whom, and how it is written down).
 */
#ifndef BENCH_PAIR_H
#define BENCH_PAIR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define MS INT64_C(1000000)
#define SECOND INT64_C(1000000000)

#define CLIENTS 400
/* Service addresses behind the server-side capture. */
#define COVERED_SERVERS 4
/* With --many: most pairs of hosts are new to the capture. */
#define MANY_CLIENTS 4000
#define MANY_SERVERS 9

enum side {
	CLIENT,
	SERVER,
};

/* One packet as one side's capture shows it. */
struct event {
	int64_t at_ns; /* on the client's clock, since FIRST_TIME */
	uint32_t attempt;
	uint32_t seq;
	uint32_t ack;
	uint32_t tsval;
	uint32_t tsecr;
	uint16_t payload_bytes;
	uint8_t flags;
	uint8_t form; /* FORM_* */
};

#define FORM_FROM_SERVER 0x01
#define FORM_INJECTED 0x02 /* by a box on the path: another TTL */
#define FORM_ICMP 0x04     /* an ICMP error that quotes this segment */

struct attempt {
	uint32_t client_ip;
	uint16_t client_port;
	uint16_t nat_port;
	uint8_t server;
	uint8_t story;
	uint32_t isn[2]; /* by enum side */
};

struct world {
	struct attempt *attempts;
	struct event *events[2]; /* by enum side; owned */
	size_t count[2];
	size_t room[2];
	uint64_t random;
	bool nat;
	uint32_t large;   /* more segments of each answer */
	unsigned clients; /* at most MANY_CLIENTS */
	unsigned servers; /* at most MANY_SERVERS */
	uint16_t next_port[MANY_CLIENTS];
	uint16_t next_nat_port[MANY_SERVERS];
};

/* Uniform in low..high, both included. */
int64_t pair_random(struct world *w, int64_t low, int64_t high);

/* 64 random bits, the same for the same seed. */
uint64_t pair_random_bits(struct world *w);

/* Append to one side's packets; ends the program when memory does. */
void pair_add_event(struct world *w, enum side side, struct event e);

struct talk;

/* A way for an attempt to go, and the verdict that is its truth. */
struct story {
	const char *verdict;
	void (*tell)(struct talk *t);
};

/* The failing ones stand first, all the ways of failing once. */
#define STORIES 14
#define FAILING (STORIES - 2)
#define STORY_UNDETERMINED (STORIES - 3)
#define STORY_SLOW (STORIES - 2)
#define STORY_ESTABLISHED (STORIES - 1)
extern const struct story pair_stories[STORIES];

/* Add the packets of attempt `index`, whose first SYN leaves at `start`
 * nanoseconds, to both sides. */
void pair_tell(struct world *w, uint32_t index, int64_t start);

#endif
