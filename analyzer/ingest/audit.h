/*
 * How far a capture file can be trusted, and why.
 */
#ifndef INGEST_AUDIT_H
#define INGEST_AUDIT_H

#include "ingest/feed.h"

enum audit_grade { AUDIT_GOOD, AUDIT_WEAK, AUDIT_UNUSABLE };

#define AUDIT_REASONS_MAX 12
#define AUDIT_DETAIL_MAX 200

struct audit {
	enum audit_grade grade;
	int count;
	struct {
		const char *id; /* static */
		char detail[AUDIT_DETAIL_MAX];
	} reasons[AUDIT_REASONS_MAX];
};

/* "good", "weak", "unusable". */
const char *audit_grade_word(enum audit_grade g);

/* Look at one piece of a vantage's capture. */
void audit_piece(struct audit *a, const struct vantage *v,
	const struct feed_piece *piece);

#endif
