/*
 * Attempts that are alike: to one service, with the same verdict for the same
 * reason. A flood, a scan or a dead server makes millions; a report lists the first
 * and counts the others.
 */
#ifndef REPORT_ALIKE_H
#define REPORT_ALIKE_H

#include "report/report_model.h"

/* At most so many of a kind are listed one by one, and so many ids of a finding. */
#define REPORT_ALIKE_MAX 10000

/* A kind of which there are more; its texts are the table's. */
struct alike_kind {
	struct report_attempt like; /* what its attempts share, and the first
	                               that is not listed */
	int64_t listed;
	int64_t more;    /* attempts not listed, with those that one of the
	                    others stands for (attempt.alike) */
	int64_t last_ns; /* reference clock: of the last of them */
	struct alike_kind *next;
};

struct alike_table;

/* Freed with alike_free. */
struct alike_table *alike_new(void);
void alike_free(struct alike_table *t);

/* Count an attempt, in the order of time; true: it is to be listed. Costs some
 * 24 bytes for each kind, and one look. The attempt's texts are copied where
 * they are needed beyond the call. */
bool alike_take(struct alike_table *t, const struct report_attempt *a);

/* The kinds of which some are not listed, in the order in which that began. */
const struct alike_kind *alike_kinds(const struct alike_table *t);

#endif
