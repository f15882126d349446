/*
 * The order of SYNs; see syn_order.h. Costs: a few comparisons for an attempt
 * whose times contradict each other.
 */
#include "stitch/syn_order.h"

#include "base/clock.h"
#include "model/coverage.h"

/* There and back again: the SYN that shows that the client's capture ran left it
 * a while before it came, and the answer takes a while to the client. */
#define ROUND_NS NS_PER_S

int
syn_order_answers(const struct sighting *s, int64_t ran_until_ns)
{
	int kept = s->synack < SIGHTING_SYNACK_TIMES ? s->synack
						     : SIGHTING_SYNACK_TIMES;
	int64_t until = clock_sub(ran_until_ns, ROUND_NS);
	int n = 0;
	while (n < kept &&
		(s->synack_at[n] < s->syn_last_at ||
			clock_add(s->first_ns,
				(int64_t)s->synack_at[n] * NS_PER_US) <= until))
		n++;
	return n;
}

bool
syn_order_tells(const struct sighting *c, const struct sighting *s,
	int64_t ran_until_ns)
{
	return c->syn >= 2 && c->syn == s->syn && c->syn_tsval_first != 0 &&
		c->syn_tsval_first == s->syn_tsval_first &&
		c->syn_tsval_last == s->syn_tsval_last && c->synack == 0 &&
		(s->synack == 0 || syn_order_answers(s, ran_until_ns) > 0);
}

bool
syn_order_brackets_acks(const struct sighting *c, const struct sighting *s)
{
	return c != NULL && s != NULL && c->ack > 0 &&
		c->synack_after_ack > 0 && s->synack > 1 &&
		c->synack == s->synack;
}

/* Both ends show the same SYNs, by their timestamps. */
static bool
same_syns(const struct sighting *c, const struct sighting *s)
{
	return c->syn > 0 && c->syn == s->syn && c->syn_tsval_first != 0 &&
		c->syn_tsval_first == s->syn_tsval_first &&
		c->syn_tsval_last == s->syn_tsval_last;
}

/* As many SYN-ACKs came as were sent: no time is needed to say that all did.
 * Two that were sent within a millisecond, on a timer and for a repeated SYN,
 * are the same bytes, so that a capture may have counted them once. */
static void
count_synacks(
	const struct sighting *c, const struct sighting *s, struct facts *f)
{
	bool all = s->synack > 0 && c->synack >= s->synack;
	bool alike =
		!all && c->synack > 0 && c->synack + c->duplicates >= s->synack;
	f->synack_arrived = all ? 1 : FACT_UNKNOWN;
	f->synack_covered = alike ? 0 : f->synack_covered;
	f->synack_absent = f->synack_lost = 0;
	f->synack_lost_between = NULL;
}

void
syn_order_doubt(
	const struct sighting *c, const struct sighting *s, struct facts *f)
{
	const char *nothing = coverage_word(COVERAGE_OUTSIDE);
	f->c_receives = f->s_receives = nothing;
	if (c->syn == 0)
		f->c_sends = nothing;
	if (s->syn == 0)
		f->s_sends = nothing;
	if (same_syns(c, s))
		count_synacks(c, s, f);
	f->coverage_note = "a clock was set around this attempt, or the "
			   "captures show different copies of it";
}
