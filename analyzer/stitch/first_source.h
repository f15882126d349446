/*
 * The file that speaks for a vantage where a row names one.
 */
#ifndef STITCH_FIRST_SOURCE_H
#define STITCH_FIRST_SOURCE_H

#include "model/vantage.h"
#include "store/store.h"

/* The first file of a vantage; STORE_NULL in *id where it has none. */
bool first_source(
	const struct vantage *v, struct store *s, int64_t *id, struct error *e);

#endif
