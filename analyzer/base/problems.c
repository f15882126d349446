/*
 * Writing problems down, and guessing what a misspelt word was meant to be.
 */
#include "base/problems.h"

#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include "base/safe_format.h"

void
problem_add(struct problems *p, const char *file, struct place at,
	const char *format, ...)
{
	char what[PROBLEM_TEXT_MAX];
	va_list args;
	va_start(args, format);
	vsnprintf(what, sizeof what, format, args);
	va_end(args);

	char line[2 * PROBLEM_TEXT_MAX];
	if (at.line == 0)
		snprintf(line, sizeof line, "%.300s: %s", file, what);
	else
		snprintf(line, sizeof line, "%.300s:%u:%u: %s", file, at.line,
			at.column, what);
	if (p->out != NULL)
		safe_print(p->out, "%s\n", line);
	if (p->count++ == 0)
		snprintf(p->first, sizeof p->first, "%.511s", line);
}

/* The longest word compared; longer ones are no slips of ours. */
#define WORD_MAX 63

static size_t
least(size_t a, size_t b, size_t c)
{
	size_t x = a < b ? a : b;
	return x < c ? x : c;
}

/* Letters that make a beginning, and one in so many of them may be wrong. */
#define BEGINNING_MIN 4
#define BEGINNING_SLIP 5

struct distance {
	size_t whole;     /* between both words */
	size_t beginning; /* from a to the beginning of b that is most like it */
};

/* Levenshtein's distance, one row at a time. Both at most WORD_MAX long. */
static struct distance
distance(const char *a, const char *b)
{
	size_t a_len = strlen(a);
	size_t b_len = strlen(b);
	size_t row[WORD_MAX + 1];
	for (size_t j = 0; j <= b_len; j++)
		row[j] = j;
	for (size_t i = 1; i <= a_len; i++) {
		size_t diagonal = row[0];
		row[0] = i;
		for (size_t j = 1; j <= b_len; j++) {
			size_t above = row[j];
			size_t swap = diagonal + (a[i - 1] != b[j - 1]);
			row[j] = least(above + 1, row[j - 1] + 1, swap);
			diagonal = above;
		}
	}
	size_t beginning = row[0];
	for (size_t j = 1; j <= b_len; j++)
		if (row[j] < beginning)
			beginning = row[j];
	return (struct distance){row[b_len], beginning};
}

/* How far the word is from the candidate, SIZE_MAX for too far; a beginning
 * comes behind a whole word that is as near. */
static size_t
slips(const char *word, const char *candidate)
{
	size_t len = strlen(word);
	struct distance d = distance(word, candidate);
	if (d.whole <= d.beginning + 1)
		return d.whole <= len / 3 + 1 ? d.whole : SIZE_MAX;
	if (len >= BEGINNING_MIN && d.beginning <= len / BEGINNING_SLIP)
		return d.beginning + 1;
	return d.whole <= len / 3 + 1 ? d.whole : SIZE_MAX;
}

const char *
word_nearest(const char *word, size_t count,
	const char *(*next)(const void *context, size_t i), const void *context)
{
	size_t len = strlen(word);
	if (len == 0 || len > WORD_MAX)
		return NULL;
	const char *best = NULL;
	size_t best_slips = SIZE_MAX;
	for (size_t i = 0; i < count; i++) {
		const char *candidate = next(context, i);
		if (strlen(candidate) > WORD_MAX)
			continue;
		size_t n = slips(word, candidate);
		if (n < best_slips) {
			best = candidate;
			best_slips = n;
		}
	}
	return best;
}
