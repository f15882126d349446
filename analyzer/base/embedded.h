/*
 * A file that travels inside the program; cmake/embed.cmake makes sets of them.
 *
 * A set SET is embedded_SET[], ended by a row without name, and
 * embedded_SET_count; whoever owns the set declares both in its header.
 */
#ifndef BASE_EMBEDDED_H
#define BASE_EMBEDDED_H

#include <stddef.h>

struct embedded {
	const char *name; /* "patterns/kernel_tcp.yaml" */
	const char *text; /* ended by a 0 that len does not count */
	size_t len;       /* bytes */
	/* Of sets of TREES; NULL in others. */
	const unsigned char *tree; /* for tree_unflatten */
	const char *sha256;        /* of text, in hex */
};

#endif
