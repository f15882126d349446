/*
 * The order of SYNs; see syn_order.h. Costs: a few comparisons for an attempt
 * whose times contradict each other.
 */
#include "stitch/syn_order.h"

int
syn_order_answers(const struct sighting *s)
{
	int kept = s->synack < SIGHTING_SYNACK_TIMES ? s->synack
						     : SIGHTING_SYNACK_TIMES;
	int n = 0;
	while (n < kept && s->synack_at[n] < s->syn_last_at)
		n++;
	return n;
}

bool
syn_order_tells(const struct sighting *c, const struct sighting *s)
{
	return c->syn >= 2 && c->syn == s->syn && c->syn_tsval_first != 0 &&
		c->syn_tsval_first == s->syn_tsval_first &&
		c->syn_tsval_last == s->syn_tsval_last && c->synack == 0 &&
		(s->synack == 0 || syn_order_answers(s) > 0);
}
