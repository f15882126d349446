/*
 * A packet that a capture lost speaks against what the same capture lacks
 * elsewhere in proportion: one in two hundred does not explain why four copies
 * of a segment, seconds apart, are all absent. Losses come in bursts, though,
 * so that near one the share of those seconds counts, and as if for one copy.
 */
#include "stitch/cover_loss.h"

#include "base/clock.h"

/* How near a lost packet must be for a burst of losses to reach a moment. */
#define BURST_NS (5 * NS_PER_S)
/* Lost packets show where later ones acknowledge them, which few do. */
#define UNSEEN 5.0
/* What may happen by chance to one attempt in ten thousand accuses nobody. */
#define CHANCE 1e-4
/*
 * What is lost steadily shows steadily. Of few losses, all further off than this,
 * a moment has seen a small part; what is left of them happens to one attempt in a
 * hundred thousand, and a witness need not speak of that.
 */
#define FAR_NS (600 * NS_PER_S)
#define FEW 0.05
#define FAR_PART 0.05
#define FAR_CHANCE 1e-5

static double
share(double lost, double seen)
{
	return lost <= 0 ? 0 : lost / (lost + seen);
}

static int
marks(const struct timemap *t)
{
	return __builtin_popcountll(t->rows[0] | t->rows[1]);
}

/* Of the packets in the seconds around a mark, the average of all marks. */
static double
share_near(const struct vantage *v)
{
	double span = (double)clock_sub(v->last.ns, v->first.ns);
	double width = (double)timemap_width_ns(&v->losses);
	if (width < 2 * BURST_NS)
		width = 2 * BURST_NS;
	double seen = span > width ? (double)v->audit.tcp * width / span
				   : (double)v->audit.tcp;
	int n = marks(&v->losses);
	return share(
		UNSEEN * (double)v->audit.loss_events / (n > 0 ? n : 1), seen);
}

static bool
is_near(const struct vantage *v, int64_t ns)
{
	int64_t from = clock_sub(ns, BURST_NS);
	int64_t to = clock_add(ns, BURST_NS);
	return timemap_any(&v->losses, 0, from, to) ||
		timemap_any(&v->losses, 1, from, to);
}

static bool
is_far(const struct vantage *v, int64_t ns)
{
	int64_t from = clock_sub(ns, FAR_NS);
	int64_t to = clock_add(ns, FAR_NS);
	return !timemap_any(&v->losses, 0, from, to) &&
		!timemap_any(&v->losses, 1, from, to);
}

static enum coverage
weigh(double chance)
{
	if (chance <= 0)
		return COVERAGE_WITNESSED;
	return chance > CHANCE ? COVERAGE_LOSSY : COVERAGE_COVERED;
}

enum coverage
cover_loss(const struct vantage *v, int64_t ns, int copies)
{
	const struct capture_audit *a = &v->audit;
	if (a->overflowed)
		return COVERAGE_LOSSY;
	double lost = share(UNSEEN * (double)a->loss_events, (double)a->tcp);
	/* The capture's own count is exact; when it dropped them is unknown. */
	double dropped = share((double)a->dropped, (double)a->packets);
	bool far = a->dropped == 0 && lost < FEW && is_far(v, ns);
	if (far)
		lost *= FAR_PART;
	if (dropped > lost)
		lost = dropped;
	double chance = 1;
	for (int i = 0; i < copies && chance > 0; i++)
		chance *= lost;
	if (far && chance < FAR_CHANCE)
		chance = 0;
	enum coverage worst = weigh(chance);
	if (is_near(v, ns)) {
		enum coverage near = weigh(share_near(v));
		worst = near < worst ? near : worst;
	}
	return worst;
}
