/*
 * Event patterns of a user's own: --patterns DIR.
 */
#ifndef INGEST_PATTERN_FOLDERS_H
#define INGEST_PATTERN_FOLDERS_H

#include <stdio.h>

#include "base/error.h"
#include "parsers/patterns/pattern.h"

/*
 * The patterns of every *.yaml file of those folders, which are tried first, and
 * then our own. Each must load, and hold against its own samples; otherwise every
 * problem is written to problems and NULL is returned with *e set. count may be
 * 0. Free with pattern_set_free.
 */
struct pattern_set *pattern_folders_load(const char *const *folders,
	size_t count, FILE *problems, struct error *e);

#endif
