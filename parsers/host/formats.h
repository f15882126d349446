/*
 * The two functions of every format, from host_parsers.def: one that looks at
 * the head of a file and one that reads the whole of it.
 */
#ifndef PARSERS_HOST_FORMATS_H
#define PARSERS_HOST_FORMATS_H

#include "base/bytes.h"
#include "parsers/host/run.h"

enum host_match {
	HOST_MATCH_NO,
	HOST_MATCH_WEAK, /* only if the file's name agrees */
	HOST_MATCH_YES,
};

#define X(constant, id, recognise, parse, meaning)   \
	enum host_match recognise(struct view head); \
	void parse(struct host_run *r);
#include "parsers/host/host_parsers.def"
#undef X

/* Do any of the head's first lines fulfil is? */
enum host_match head_has(struct view head, bool (*is)(struct view line));

#endif
