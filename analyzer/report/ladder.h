/*
 * One attempt as a ladder: every handshake segment, where it was seen and where
 * it vanished.
 *
 * A rung is one copy of one segment on its way along the path. Copies are paired
 * across vantages by their time on the reference clock, never by their count
 * alone: when three of five SYNs arrive, the ladder says which three.
 *
 * A rung says "lost" only when the capture at the far end covers that direction
 * around the attempt (coverage facts) and keeps the times of all it saw; in any
 * other case it says that the segment is not in that capture.
 *
 * Fixed size, no allocation. More vantages than LADDER_COLUMNS_MAX: the middle
 * ones are left out. More rungs than LADDER_RUNGS_MAX: the later ones are
 * counted in `more`.
 */
#ifndef REPORT_LADDER_H
#define REPORT_LADDER_H

#include "report/report_model.h"

#define LADDER_COLUMNS_MAX 6
#define LADDER_RUNGS_MAX 32

enum ladder_fate {
	LADDER_ARRIVED, /* seen at the far end of its way */
	LADDER_LOST,    /* seen on its way, and certainly not further on */
	LADDER_UNSEEN,  /* not seen further on, by a capture that proves nothing
	                 */
	LADDER_UNCAPTURED, /* nobody captured the far end */
};

struct ladder_dot {
	bool seen;
	int64_t after_ns; /* since the attempt's first SYN, reference clock */
	int64_t captured_ns; /* clock of its vantage; whole us from the first
	                        packet there */
	int64_t frame;       /* in its vantage; 0 when not known */
};

struct ladder_rung {
	const char *word; /* "SYN", "SYN-ACK", ...: static storage */
	bool to_server;
	int repeat; /* 0 for the first copy known of its kind */
	int start;  /* column where its way begins: where it was sent, or the
	               first that saw it when `stray` */
	int last;   /* last column that saw it */
	bool stray; /* not seen where it should have been sent */
	bool stray_sure; /* ... by a capture that would have shown it */
	bool dropped;    /* the last of those that the far host dropped */
	enum ladder_fate fate;
	int64_t after_ns; /* of its first dot */
	struct ladder_dot dots[LADDER_COLUMNS_MAX];
};

struct ladder_column {
	int64_t vantage; /* -1: nobody captured here */
	const char *name;
	bool seen; /* the vantage saw something of the attempt */
};

struct ladder {
	int column_count;
	struct ladder_column columns[LADDER_COLUMNS_MAX];
	int rung_count;
	int more; /* rungs that did not fit, and copies whose times were not
	             kept */
	bool unaligned; /* a clock has no offset: its column was shifted so that
	                   the first segments meet */
	struct ladder_rung rungs[LADDER_RUNGS_MAX];
};

/* Read the ladder of an attempt. The attempt's texts must still be valid. */
void ladder_read(
	struct report *r, const struct report_attempt *a, struct ladder *l);

/* The column that a rung was on its way to when it was last seen; for one that
 * arrived, the last one. */
int ladder_towards(const struct ladder *l, const struct ladder_rung *g);

#endif
