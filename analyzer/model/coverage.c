/*
 * The words of coverage, from coverage.def.
 */
#include "model/coverage.h"

#include <assert.h>

const char *
coverage_word(enum coverage c)
{
	static const char *const words[COVERAGE_COUNT] = {
#define X(constant, word) word,
#include "model/coverage.def"
#undef X
	};
	assert(c < COVERAGE_COUNT);
	return words[c];
}
