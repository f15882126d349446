/*
 * Sentences put together from parts: numbers, endpoints, plurals.
 */
#ifndef RENDER_WORDS_H
#define RENDER_WORDS_H

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

/* Room for a sentence; longer ones are cut by names, which are capped. */
#define WORDS_MAX 1024

/* Append to a sentence; what does not fit is left out. */
void words_append(char text[WORDS_MAX], const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/* 3180 as "3,180". */
const char *words_number(int64_t n, char text[WORDS_MAX]);

/* "10.1.0.2:80", "[2001:db8::2]:80". */
const char *words_endpoint(const char *ip, int64_t port, char text[WORDS_MAX]);

/* Are they the same text? Nothing (NULL) equals nothing alone. */
static inline bool
words_same(const char *a, const char *b)
{
	return a != NULL && b != NULL ? strcmp(a, b) == 0 : a == b;
}

/* "s", or "" after one. */
const char *words_plural(int64_t n);

#endif
