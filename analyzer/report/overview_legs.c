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

const char *const overview_leg_words[LEG_COUNT] = {"SYN", "SYN-ACK", "ACK"};

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
			strcmp(l.rungs[i].word, overview_leg_words[segment]) ==
				0;
	return n;
}

/* Copies of one segment that a row tells: who wrote the database may have written
 * more than there can be, and their sum would overflow. */
static int64_t
copies_of(int64_t told)
{
	return told > INT32_MAX ? INT32_MAX : told < 0 ? 0 : told;
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
		int64_t here = copies_of(p->seen[at][segment]);
		/* A capture on the way that missed a copy which one further on
		 * saw: it has passed there too. */
		if (here < arrived)
			here = arrived;
		if (i < n - 1) {
			int leg = to_server ? at : at - 1;
			struct overview_leg *l = &o->legs[leg][segment];
			l->passed += arrived;
			/* Where the judge could decide nothing, no copy is
			 * called lost. */
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
	/* More arrived than the captures could both have seen: so many were
	 * under way while one of them did not run, and prove no loss. */
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

/* All three segments of the attempt whose rows have gone by; attempt is -1
 * before the first. */
static void
passage_end(struct overview *o, struct passage *p)
{
	for (int k = 0; p->attempt >= 0 && k < LEG_COUNT; k++)
		passage_count(o, p, k);
}

/* Which place on the path; -1 for one that the picture leaves out. */
static int
vantage_at(const struct report *r, int64_t id)
{
	for (int i = 0; i < (int)r->vantage_count && i < OVERVIEW_VANTAGES_MAX;
		i++)
		if (r->vantages[i].id == id)
			return i;
	return -1;
}

/* Add up what passed each leg, attempt by attempt, over any number of vantages.
 * */
static void
legs_read(struct overview *o, struct report *r)
{
	struct passage p = {.report = r, .attempt = -1};
	struct report_passed row;
	report_begin(r, QUERY_PASSED);
	while (report_passed_read(r, QUERY_PASSED, &row)) {
		if (row.attempt != p.attempt) {
			passage_end(o, &p);
			p = (struct passage){.report = r,
				.attempt = row.attempt,
				.open = row.undetermined,
				.covered = {[LEG_SYN] = row.syn_covered,
					[LEG_SYNACK] = row.synack_covered,
					[LEG_ACK] = -1}};
		}
		int at = vantage_at(r, row.vantage);
		if (at < 0)
			continue;
		p.seen[at][LEG_SYN] = row.syn;
		p.seen[at][LEG_SYNACK] = row.synack;
		p.seen[at][LEG_ACK] = row.ack;
	}
	passage_end(o, &p);
}

/* The same with two vantages, from one row for each attempt: most cases, and
 * several times as fast. */
static void
legs_read_two(struct overview *o, struct report *r)
{
	struct report_passed_two row;
	report_begin(r, QUERY_PASSED_TWO);
	while (report_passed_two_read(r, QUERY_PASSED_TWO, &row)) {
		struct passage p = {.report = r,
			.attempt = row.attempt,
			.open = row.undetermined,
			.covered = {[LEG_SYN] = row.syn_covered,
				[LEG_SYNACK] = row.synack_covered,
				[LEG_ACK] = -1},
			.seen = {{[LEG_SYN] = row.c_syn,
					 [LEG_SYNACK] = row.c_synack,
					 [LEG_ACK] = row.c_ack},
				{[LEG_SYN] = row.s_syn,
					[LEG_SYNACK] = row.s_synack,
					[LEG_ACK] = row.s_ack}}};
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

/* Two ways to the same figures; a test compares them. */
void
overview_legs(struct overview *o, struct report *r)
{
	if (o->vantages == 2)
		legs_read_two(o, r);
	else
		legs_read(o, r);
	legs_clean(o, r);
}
