/*
 * The pattern files that travel inside the program; embed.cmake makes them.
 */
#ifndef PARSERS_PATTERNS_EMBEDDED_H
#define PARSERS_PATTERNS_EMBEDDED_H

#include <stddef.h>

struct embedded_pattern {
	const char *name; /* "patterns/kernel_tcp.yaml" */
	const unsigned char *text;
	size_t len; /* bytes */
};

extern const struct embedded_pattern embedded_patterns[];
extern const size_t embedded_patterns_count;

#endif
