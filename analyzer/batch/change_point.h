/*
 * Change points: days from which on more or fewer of the attempts at a server
 * port fail than before.
 *
 * For each server port at which anything failed, and for each cause there, the
 * days of which there is a case are gone through in order. What was tried since
 * the last change point is compared with the next day (base/share.h: Fisher's
 * test and Newcombe's interval have to agree, 5 % for all comparisons of an
 * index together). A change that shows makes a change point, and the comparison
 * begins anew with that day; else the day joins those before it.
 *
 * An archive holds what somebody captured, mostly because something failed: a
 * day without a case says nothing, and a share is one of captured attempts.
 */
#ifndef BATCH_CHANGE_POINT_H
#define BATCH_CHANGE_POINT_H

#include <sqlite3.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"
#include "base/share.h"

enum change {
	CHANGE_NONE,
	CHANGE_NEW,   /* fails, and never did */
	CHANGE_MORE,  /* more fail */
	CHANGE_BACK,  /* fails again after it had been gone */
	CHANGE_FEWER, /* fewer fail */
	CHANGE_GONE,  /* nothing fails any more */
};

/* What is known of one server port, or of one cause there, before a day. Zeroed
 * before the first day. */
struct change_history {
	struct share since; /* the last change point, or the first day */
	bool ever;          /* did anything fail before? */
};

/* One more day: what it changed, of comparisons that are made in all (at least
 * 1). *before is what the day was compared with, *p the chance of Fisher's test,
 * -1 when it was not worked out. */
enum change change_next(struct change_history *h, struct share day,
	int comparisons, struct share *before, double *p);

/* "new", "more", "back", "fewer", "gone". */
const char *change_id(enum change change);

/* Fill change_point of an index that has all its cases. False with *e set on
 * trouble. */
bool change_points_write(sqlite3 *db, struct error *e);

#endif
