/*
 * What else in a case says how addresses and ports are translated on the way:
 * conntrack -L listings, and case.yaml.
 */
#ifndef STITCH_TRANSLATIONS_H
#define STITCH_TRANSLATIONS_H

#include "base/error.h"
#include "base/hash.h"
#include "model/case_config.h"
#include "model/sighting.h"
#include "stitch/index.h"
#include "store/store.h"

/* One connection as both sides of a translating device see it. */
struct translation {
	struct case_endpoint client; /* before it */
	struct case_endpoint server;
	struct case_endpoint seen_client; /* behind it */
	struct case_endpoint seen_server;
};

/* Addresses that are one host's on two sides of a device, as a flow log says:
 * its interface's and, pkt-srcaddr or pkt-dstaddr, the packet's own. */
struct address_pair {
	struct ip_addr one;
	struct ip_addr other;
};

/* A device has a handful of addresses; more pairs than these are not kept. */
#define TRANSLATIONS_PAIRS_MAX 4096

struct translations {
	const struct case_config *config; /* borrowed, or NULL */
	struct translation *listed;       /* of conntrack; owned */
	uint32_t count;
	uint32_t room;
	struct hash_keys keys;
	struct index by_tuple;      /* the listed ones, by client and server */
	struct address_pair *pairs; /* of flow logs; owned */
	uint32_t pairs_count;
	struct index by_pair;
};

/* Read the translations of a case. Entries that translate nothing, and those
 * that two listings tell differently, are left out. Release in any case. */
bool translations_load(struct translations *t, const struct case_config *config,
	struct store *s, struct error *e);
/* Make the index of what is listed; for tests, which list themselves. */
void translations_index(struct translations *t);
void translations_release(struct translations *t);

/*
 * Give *out the addresses and ports of s behind the device, by a listing or, of
 * the server's end alone, by case.yaml. False when nothing is known of it.
 */
bool translations_listed(const struct translations *t, const struct sighting *s,
	struct sighting *out);
bool translations_stated(const struct translations *t, const struct sighting *s,
	struct sighting *out);

/* A flow log shows the two addresses on both sides of one device. It names no
 * port behind it: this may stand beside other evidence, not for it. */
bool translations_same_host(
	const struct translations *t, struct ip_addr a, struct ip_addr b);

#endif
