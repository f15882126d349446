/*
 * lostsyn extract --merged: the packets of all ends in one file, in the order
 * of the reference clock, each vantage an interface of its own.
 */
#ifndef EXTRACT_MERGE_H
#define EXTRACT_MERGE_H

#include "extract_choice.h"

/* A vantage's pieces, or none of it. */
struct merge_part {
	struct feed_piece *pieces; /* the caller's; filled */
	size_t count;              /* 0: not among the evidence */
};

/* Write it to out; parts and results as p->vantages. False with *e set when the
 * database cannot be read, or when there are too many interfaces. */
bool extract_merge(struct extract_plan *p, struct store *s, bool context,
	struct merge_part *parts, FILE *out, struct slice_result *results,
	struct error *e);

#endif
