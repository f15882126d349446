/*
 * The pattern files that travel inside the program.
 */
#ifndef PARSERS_PATTERNS_EMBEDDED_H
#define PARSERS_PATTERNS_EMBEDDED_H

#include "base/embedded.h"

extern const struct embedded embedded_patterns[];
extern const size_t embedded_patterns_count;

#endif
