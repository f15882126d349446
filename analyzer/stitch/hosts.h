/*
 * Addresses to small numbers, so that rows stay narrow.
 */
#ifndef STITCH_HOSTS_H
#define STITCH_HOSTS_H

#include "base/error.h"
#include "base/hash.h"
#include "stitch/index.h"
#include "store/store.h"

struct hosts {
	struct hash_keys keys;
	struct index index;   /* owned */
	struct ip_addr *list; /* owned; position is the id */
	uint32_t count;
};

/* most: how many different addresses there can be. */
void hosts_init(struct hosts *h, uint64_t most);
void hosts_release(struct hosts *h);

/* The id of an address, given on first sight. */
uint32_t hosts_id(struct hosts *h, struct ip_addr ip);

/* Write all host rows. */
bool hosts_write(const struct hosts *h, struct store *s, struct error *e);

#endif
