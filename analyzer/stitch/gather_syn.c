/*
 * A sender that gets no answer leaves options out of the next copy of its SYN:
 * ECN from the first repetition on, Fast Open data likewise, MPTCP after two
 * (Linux 6.12 net/ipv4/tcp_output.c, tcp_retransmit_skb; net/mptcp/ctrl.c,
 * mptcp_active_detect_blackhole). What is answered then tells them apart.
 */
#include "stitch/gather_syn.h"

#include "model/syn_traits.h"

/* SYN copies before the first answer; all of them where there was none. */
static int64_t
asked(const struct sighting *g)
{
	if (g->synack == 0)
		return g->syn;
	int64_t copies = 0;
	for (int i = 0; i < g->syn && i < SIGHTING_SYN_TIMES; i++)
		copies += g->syn_at[i] <= g->synack_at[0];
	return copies;
}

/* The first copy had it and stayed unanswered; the last, answered, had not. */
static int64_t
shed(const struct sighting *g)
{
	if (g == NULL || g->syn < 2 || g->synack == 0 ||
		g->flags & SIGHTING_SYN_CUT || g->synack_at[0] < g->syn_last_at)
		return 0;
	return g->syn_traits & ~g->syn_traits_last & SYN_SHEDDABLE;
}

/* Since the connection before on these addresses and ports, microseconds. */
static int64_t
reuse_us(const struct stitch_case *k, size_t vantage, const struct sighting *g)
{
	if (g == NULL || g->previous == SIGHTING_NONE)
		return FACT_UNKNOWN;
	const struct sighting *before =
		vantage_sighting(&k->vantages[vantage], g->previous);
	int64_t us = (g->first_ns - before->last_ns) / NS_PER_US;
	return us < 0 ? 0 : us;
}

/* SYN copies that the server's end did not answer. Where the client acknowledged
 * an answer that this capture lacks, the answers take another way, and it says of
 * none that it was missing. */
static int64_t
ignored(const struct sighting *g)
{
	bool taken = g->ack > 0 || g->flags & SIGHTING_PROGRESS;
	if (g->synack == 0 && taken)
		return 0;
	int64_t copies = asked(g);
	return copies - (g->synack > 0 && copies > 0);
}

void
gather_syn(const struct stitch_case *k, const struct attempt_ends *a,
	struct facts *f)
{
	f->syn_shed = shed(a->c != NULL ? a->c : a->s);
	if (a->s != NULL) {
		f->syn_ignored = ignored(a->s);
		f->s_parted = a->s->data_parted;
		f->s_overheard = k->vantages[a->far].shows_ways &&
			a->s->syn_traits_last & SYN_OVERHEARD;
	}
	f->reuse_us = reuse_us(k, a->near, a->c);
	if (f->reuse_us == FACT_UNKNOWN)
		f->reuse_us = reuse_us(k, a->far, a->s);
	if (a->c != NULL)
		f->c_synack_sum = a->c->synack_traits;
}
