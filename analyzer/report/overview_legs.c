/*
 * How many copies of each handshake segment passed between neighbours on the
 * path, and how many were lost there; see overview.h.
 *
 * Counted from the sightings, copy by copy only where a capture's beginning or
 * end leaves open which copies it covers.
 */
#include "report/overview.h"

#include <string.h>

#include "report/ladder.h"

/* Attempts whose ladder is asked which copies the far capture covers; there are
 * few at the ends of a capture. */
#define LADDERS_MAX 1000

/* One attempt's copies at each vantage, [vantage][segment]. */
struct passage {
	struct report *report;
	int64_t attempt;
	bool open;
	int64_t covered[LEG_COUNT]; /* -1: not known */
	int64_t seen[OVERVIEW_VANTAGES_MAX][LEG_COUNT];
};

/*
 * How many copies vanished at a moment that the far end's capture does not
 * cover. Counts alone say only that so many were outside it, seen or not.
 */
static int64_t
outside_count(
	struct overview *o, struct passage *p, int segment, int64_t otherwise)
{
	static const char *const words[LEG_COUNT] = {"SYN", "SYN-ACK", "ACK"};
	struct report_attempt a;
	struct ladder l;
	int64_t n = 0;
	if (o->ladders_read == LADDERS_MAX)
		return otherwise;
	o->ladders_read++;
	report_begin_id(p->report, QUERY_ATTEMPT_ONE, p->attempt);
	if (!report_attempt_next(p->report, QUERY_ATTEMPT_ONE, &a))
		return otherwise;
	ladder_read(p->report, &a, &l);
	for (int i = 0; i < l.rung_count; i++)
		n += l.rungs[i].fate == LADDER_UNSEEN &&
			strcmp(l.rungs[i].word, words[segment]) == 0;
	return n;
}

/* A copy seen anywhere further on has passed here, seen or not. */
static void
passage_count(struct overview *o, struct passage *p, int segment)
{
	bool to_server = segment != LEG_SYNACK;
	int64_t arrived = 0, lost = 0;
	int n = o->vantages;
	struct overview_leg *first = NULL;
	for (int i = n - 1; i >= 0; i--) {
		int at = to_server ? i : n - 1 - i;
		int64_t here = p->seen[at][segment];
		if (here < arrived)
			here = arrived;
		if (i < n - 1) {
			int leg = to_server ? at : at - 1;
			struct overview_leg *l = &o->legs[leg][segment];
			l->passed += arrived;
			if (p->open)
				l->unknown += here - arrived;
			else
				l->lost += here - arrived;
			lost += here - arrived;
			first = here > arrived ? l : first;
		}
		arrived = here;
	}
	if (p->open || p->covered[segment] < 0 || !first)
		return;
	int64_t outside = arrived - p->covered[segment];
	if (outside > 0 && lost > 0)
		outside = outside_count(o, p, segment, outside);
	outside = outside > lost ? lost : outside;
	outside = outside > first->lost ? first->lost : outside;
	if (outside > 0) {
		first->lost -= outside;
		first->unknown += outside;
	}
}

static void
passage_end(struct overview *o, struct passage *p)
{
	for (int k = 0; p->attempt >= 0 && k < LEG_COUNT; k++)
		passage_count(o, p, k);
}

static int
vantage_at(const struct report *r, int64_t id)
{
	for (int i = 0; i < (int)r->vantage_count && i < OVERVIEW_VANTAGES_MAX;
		i++)
		if (r->vantages[i].id == id)
			return i;
	return -1;
}

static void
legs_read(struct overview *o, struct report *r)
{
	sqlite3_stmt *s = r->query[QUERY_PASSED];
	struct passage p = {.report = r, .attempt = -1};
	report_begin(r, QUERY_PASSED);
	while (report_next(r, QUERY_PASSED)) {
		int64_t attempt = sqlite3_column_int64(s, 0);
		if (attempt != p.attempt) {
			passage_end(o, &p);
			p = (struct passage){.report = r,
				.attempt = attempt,
				.open = sqlite3_column_int(s, 5) != 0,
				.covered = {overview_int(s, 6),
					overview_int(s, 7), -1}};
		}
		int at = vantage_at(r, sqlite3_column_int64(s, 1));
		for (int k = 0; at >= 0 && k < LEG_COUNT; k++)
			p.seen[at][k] = sqlite3_column_int64(s, 2 + k);
	}
	passage_end(o, &p);
}

static void
legs_read_two(struct overview *o, struct report *r)
{
	sqlite3_stmt *s = r->query[QUERY_PASSED_TWO];
	report_begin(r, QUERY_PASSED_TWO);
	while (report_next(r, QUERY_PASSED_TWO)) {
		struct passage p = {.report = r,
			.attempt = sqlite3_column_int64(s, 0),
			.open = sqlite3_column_int(s, 4) != 0,
			.covered = {
				overview_int(s, 5), overview_int(s, 6), -1}};
		for (int k = 0; k < LEG_COUNT; k++) {
			p.seen[0][k] = sqlite3_column_int64(s, 1 + k);
			p.seen[1][k] = sqlite3_column_int64(s, 7 + k);
		}
		passage_end(o, &p);
	}
}

/* A clean handshake passed every segment once, at both ends. What a vantage
 * between them saw of it was not kept. */
static void
legs_clean(struct overview *o, const struct report *r)
{
	o->clean_passed = o->vantages == 2;
	for (int k = 0; o->clean_passed && k < LEG_COUNT; k++)
		o->legs[0][k].passed += r->clean;
}

void
overview_legs(struct overview *o, struct report *r)
{
	if (o->vantages == 2)
		legs_read_two(o, r);
	else
		legs_read(o, r);
	legs_clean(o, r);
}
