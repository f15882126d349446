/*
 * Finding captures that another one proves to be filtered.
 *
 * Only a kind of segment of which the capture holds none at all counts: one
 * connection's missing packet may be a loss.
 */
#include "stitch/filtered_capture.h"

/* By this end's capture the connection worked, in both directions. */
static bool
works(const struct sighting *g)
{
	return g != NULL && g->flags & SIGHTING_PROGRESS && g->synack > 0 &&
		g->ack > 0;
}

/* What the capture holds none of is worth a proof. */
static bool
is_suspect(const struct vantage *v)
{
	return v->audit.packets == 0 || v->audit.answered == 0 ||
		v->audit.beyond_syn == 0;
}

/* The other end shows a connection that worked. g is what this one shows of
 * it: without any packet of it, it may have been made at another time. */
static void
take_proof(struct cover *c, const struct sighting *g)
{
	const struct capture_audit *a = &c->vantage->audit;
	if (a->packets == 0)
		c->lacks_all = true;
	if (g == NULL)
		return;
	c->lacks_synacks |= a->answered == 0;
	c->lacks_more |= a->beyond_syn == 0;
}

void
filtered_captures_find(struct stitch_case *k)
{
	if (k->near == CASE_NO_END || k->far == CASE_NO_END ||
		(!is_suspect(&k->vantages[k->near]) &&
			!is_suspect(&k->vantages[k->far])))
		return;
	for (uint32_t i = 0; i < k->match.count; i++) {
		struct attempt_ends a;
		stitch_case_ends(k, i, &a);
		if (works(a.c))
			take_proof(&k->covers[a.far], a.s);
		if (works(a.s))
			take_proof(&k->covers[a.near], a.c);
	}
}
