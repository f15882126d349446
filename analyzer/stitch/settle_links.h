/*
 * Which rows of several captures' crowds are one attempt.
 */
#ifndef STITCH_SETTLE_LINKS_H
#define STITCH_SETTLE_LINKS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/hash.h"
#include "model/vantage.h"

/* Rows of a crowd that can be linked; later ones stay alone. */
#define SETTLE_LINK_ROWS (UINT32_C(1) << 28)

/* From each row of a capture to that of the next capture which shows the same SYN. */
struct settle_links {
	uint32_t **next; /* of each vantage; NULL where there is none; owned */
	size_t count;    /* vantages */
};

/* Link the rows: by their 4-tuple; of those that are left, by sequence number and
 * time stamp, and by time stamp and IP ID, where these are of one row only. A link
 * is a proposal: settle_links_agree. Marks rows CROWD_BEHIND. Cost: a few passes
 * through the rows, 4 bytes each, and an index of 16 million rows at a time. */
void settle_links_find(struct settle_links *l, struct vantage *vantages,
	size_t count, struct hash_keys keys);
void settle_links_release(struct settle_links *l);

/* The row that follows in another capture; false where none does. */
bool settle_links_next(const struct settle_links *l, size_t vantage,
	uint32_t row, size_t *next_vantage, uint32_t *next_row);

/* Would the two sightings be paired (stitch/match.h) as what they are here: one SYN
 * each? */
bool settle_links_agree(const struct sighting *a, const struct sighting *b);

#endif
