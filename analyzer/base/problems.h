/*
 * All that is wrong with a file of ours, listed as "file:line:column: what".
 *
 * A rule author wants every problem at once, so readers report and go on; the
 * count tells at the end whether anything may be used.
 */
#ifndef BASE_PROBLEMS_H
#define BASE_PROBLEMS_H

#include <stddef.h>
#include <stdio.h>

/* A place in a text file, counted from 1; line 0 means the file as a whole. */
struct place {
	unsigned line;
	unsigned column; /* in characters, as editors count */
};

#define PROBLEM_TEXT_MAX 512

struct problems {
	FILE *out;    /* where they are written; NULL for nowhere. Borrowed. */
	size_t count; /* problems so far */
	char first[PROBLEM_TEXT_MAX]; /* the first one, for the summary */
};

/* Write one problem and count it. */
void problem_add(struct problems *p, const char *file, struct place at,
	const char *format, ...) __attribute__((format(printf, 4, 5)));

/*
 * The one of count words that is most like word, or NULL when none is near
 * enough to be a slip of the pen (a third of its letters differ, Levenshtein) or
 * its beginning (four letters or more, a fifth of them differ).
 * next(context, i) gives the i-th word; words over 63 bytes are not compared.
 */
const char *word_nearest(const char *word, size_t count,
	const char *(*next)(const void *context, size_t i),
	const void *context);

#endif
