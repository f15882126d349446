/*
 * Segments that both vantages saw, one to one.
 *
 * A bound is only as good as the pair it comes from: where copies were sent
 * again, the first one here and the first one there may be different packets,
 * and the offset would be wrong by a whole timeout.
 */
#include "stitch/clock_samples.h"

static int64_t
moment(const struct sighting *s, uint32_t at_us)
{
	return s->first_ns + (int64_t)at_us * NS_PER_US;
}

/* Copies were sent again, and the first here has another IP identification than
 * the first there: captures that began or paused in between show different ones.
 * Only where options that were cut leave nothing better to tell copies by. */
static bool
other_copies(const struct sighting *near, const struct sighting *far)
{
	bool again = near->syn > 1 || far->syn > 1 || near->synack > 1 ||
		far->synack > 1;
	bool cut = (near->flags | far->flags) & SIGHTING_SYN_CUT;
	return again && cut && near->syn_ip_id_first != 0 &&
		far->syn_ip_id_first != 0 &&
		near->syn_ip_id_first != far->syn_ip_id_first;
}

/* The first SYN copy of both sightings is the same packet. */
static bool
same_first_syn(const struct sighting *near, const struct sighting *far)
{
	if (near->syn == 0 || far->syn == 0)
		return false;
	bool stamped = near->syn_tsval_first != 0 && far->syn_tsval_first != 0;
	if (stamped ? near->syn_tsval_first != far->syn_tsval_first
		    : other_copies(near, far))
		return false;
	/* Timestamps tell copies apart that a second separates. */
	return near->syn == far->syn ||
		(stamped && near->syn_ip_id_first == far->syn_ip_id_first);
}

/* Both ends' first SYN-ACK is the same one. That of a SYN proxy, which offers
 * no window, was not sent by the server. */
static bool
same_synack(const struct sighting *near, const struct sighting *far)
{
	return near->synack > 0 && near->synack == far->synack &&
		!(near->flags & SIGHTING_ZERO_WINDOW_SYNACK &&
			near->server_isn != far->server_isn);
}

/* The segment that completed the handshake was the client's FIN, or data. */
static bool
completed_late(const struct sighting *g)
{
	return g->ack_first_at == g->fin_c_at ||
		g->ack_first_at == g->data_c_first_at;
}

/* Both ends' only ACK is the same segment: where one capture missed it, the next
 * one completes the handshake there. */
static bool
same_ack(const struct sighting *near, const struct sighting *far)
{
	return near->ack == 1 && far->ack == 1 &&
		completed_late(near) == completed_late(far);
}

static struct band_point
sample_of(int64_t near_ns, int64_t far_ns, bool upper)
{
	return (struct band_point){far_ns, clock_sub(far_ns, near_ns), upper};
}

/* The moment was kept as it was shown: before the SYN, where a clock that was
 * set back may put it, and after more than an hour, it was not. */
static bool
was_kept(const struct vantage *v, uint32_t at_us)
{
	return at_us < SIGHTING_AT_MAX &&
		(at_us > 0 || v->set_back_ns < CLOCK_STEP_MIN_NS);
}

/* The same segment behind the SYN, as both saw it, if both kept its moment. */
static int
sample_later(const struct clock_pairs *p, const struct sighting *near,
	const struct sighting *far, uint32_t near_us, uint32_t far_us,
	bool upper, struct band_point *out)
{
	if (!was_kept(&p->vantages[p->near], near_us) ||
		!was_kept(&p->vantages[p->v], far_us))
		return 0;
	*out = sample_of(moment(near, near_us), moment(far, far_us), upper);
	return 1;
}

/* What one attempt that both vantages saw says of the offset; the count. */
static int
pair_samples(const struct clock_pairs *p, const struct sighting *near,
	const struct sighting *far, struct band_point out[CLOCK_SAMPLES_MAX])
{
	int n = 0;
	/* Crossing SYNs: the two vantages need not mean the same one. */
	if ((near->flags | far->flags) & SIGHTING_SIMULTANEOUS)
		return 0;
	if (same_first_syn(near, far))
		out[n++] = sample_of(moment(near, near->syn_at[0]),
			moment(far, far->syn_at[0]), true);
	/* Captures that began in between show different copies. */
	bool stamped = near->syn_tsval_first != 0 && far->syn_tsval_first != 0;
	if ((near->flags | far->flags) & SIGHTING_NO_SYN ||
		(!stamped && other_copies(near, far)))
		return 0;
	if (same_synack(near, far))
		n += sample_later(p, near, far, near->synack_at[0],
			far->synack_at[0], false, &out[n]);
	if (same_ack(near, far))
		n += sample_later(p, near, far, near->ack_first_at,
			far->ack_first_at, true, &out[n]);
	if (near->rst_server == 1 && far->rst_server == 1)
		n += sample_later(p, near, far, near->rst_server_at,
			far->rst_server_at, false, &out[n]);
	return n;
}

/*
 * Bounds of one attempt that exclude each other come from different copies, or
 * from a device that answers in the server's place: none of them is used.
 */
static bool
agree(const struct band_point *points, int n)
{
	for (int i = 0; i < n; i++)
		for (int j = 0; j < n; j++)
			if (points[i].upper && !points[j].upper &&
				points[i].diff_ns < points[j].diff_ns)
				return false;
	return true;
}

int
clock_samples(const struct clock_pairs *p, uint32_t a,
	struct band_point out[CLOCK_SAMPLES_MAX])
{
	const struct sighting *near = match_seen(p->m, p->vantages, a, p->near);
	const struct sighting *far = match_seen(p->m, p->vantages, a, p->v);
	if (near == NULL || far == NULL)
		return 0;
	int n = pair_samples(p, near, far, out);
	/* Its SYN travelled up the path, its SYN-ACK down. */
	if (sides_reversed(p->sides, a))
		for (int i = 0; i < n; i++)
			out[i].upper = !out[i].upper;
	return agree(out, n) ? n : 0;
}
