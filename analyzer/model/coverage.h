/*
 * How well a capture covers a moment and a direction.
 */
#ifndef MODEL_COVERAGE_H
#define MODEL_COVERAGE_H

enum coverage {
#define X(constant, word) COVERAGE_##constant,
#include "model/coverage.def"
#undef X
	COVERAGE_COUNT
};

/* The word that facts and reports use. Static storage. */
const char *coverage_word(enum coverage c);

#endif
