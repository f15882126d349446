/*
 * A small database as it is before its first row, page by page: to make its tables
 * and views one by one costs a small case a tenth of a millisecond each. The build
 * writes it with the same code (cmake/embed_prepared.c); only the program itself has
 * it. Whoever links the room alone makes the tables.
 */
#ifndef STORE_IMAGE_H
#define STORE_IMAGE_H

#include <stddef.h>

struct store_image {
	const unsigned char *bytes;
	size_t len;
};

/* NULL where the program is another. */
extern const struct store_image prepared_image __attribute__((weak));

#endif
