/*
 * Zones behind times: offsets and names.
 */
#ifndef PARSERS_LOG_LOG_ZONE_H
#define PARSERS_LOG_LOG_ZONE_H

#include "parsers/log/envelope.h"

/* What was written; not known and no name: nothing was. */
struct zone {
	bool known;
	bool number;             /* an offset, by whoever knows his zone */
	int32_t offset_s;        /* east of UTC */
	char name[LOG_ZONE_MAX]; /* of one that stands for no one offset */
};

/* %z of log_time.h: takes nothing where there is no zone. False for an offset
   that no zone has. */
bool zone_take(struct cursor *c, struct zone *z);

/* A zone that must be there: an offset, or any name. */
bool zone_word_take(struct cursor *c, struct zone *z);

/* Put a local time, its year known, on UTC by what was written. */
void zone_apply(const struct zone *z, struct log_time *t);

#endif
