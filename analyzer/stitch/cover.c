/*
 * Asking a vantage's capture whether it covers a moment.
 *
 * From bad to good: the moment lies outside the capture; the capture lost
 * packets around it; something else speaks against it; it covers the moment;
 * it also saw this host pair in this direction around the moment.
 */
#include "stitch/cover.h"

/*
 * A capture's last second is not known: the kernel's ring block may not have
 * been handed over when it was stopped (tcpdump without --immediate-mode).
 */
#define LAST_SECOND_NS NS_PER_S

/* "Around that moment", for a witness of the host pair. */
#define WITNESS_NS (60 * NS_PER_S)

/* How near a lost packet must be to count against a moment. */
#define LOSS_NS (5 * NS_PER_S)

static uint64_t
pair_key(const struct cover *c, struct ip_addr one, struct ip_addr other)
{
	return hash_endpoint(c->keys, one, 0) +
		hash_endpoint(c->keys, other, 0);
}

void
cover_init(
	struct cover *c, const struct vantage *v, const struct clock_map *map)
{
	*c = (struct cover){
		.vantage = v, .map = map, .keys = hash_keys_random()};
	index_init(&c->pairs, v->pairs_count);
	for (uint32_t i = 0; i < v->pairs_count; i++)
		index_add(&c->pairs, 
			pair_key(c, v->pairs[i].low, v->pairs[i].high), i);
}

void
cover_release(struct cover *c)
{
	index_release(&c->pairs);
}

static const struct host_pair *
pair_of(const struct cover *c, struct ip_addr one, struct ip_addr other)
{
	uint32_t i = index_find(&c->pairs, pair_key(c, one, other));
	if (i == INDEX_NONE)
		return NULL;
	const struct host_pair *p = &c->vantage->pairs[i];
	bool same = (ip_equal(p->low, one) && ip_equal(p->high, other)) ||
		(ip_equal(p->low, other) && ip_equal(p->high, one));
	return same ? p : NULL;
}

bool
cover_knows_pair(
	const struct cover *c, struct ip_addr one, struct ip_addr other)
{
	return pair_of(c, one, other) != NULL;
}

/* The time that the capture certainly ran, on its own clock. */
static void
running_time(const struct vantage *v, int64_t *from, int64_t *to)
{
	*from = v->first.ns;
	*to = v->last.ns - LAST_SECOND_NS;
	if (v->started.ns != CLOCK_UNKNOWN_NS && v->started.ns < *from)
		*from = v->started.ns;
	if (v->ended.ns != CLOCK_UNKNOWN_NS && v->ended.ns > *to)
		*to = v->ended.ns;
}

/* Count the moments that lie inside the running time, uncertainty allowed. */
static void
count_inside(const struct cover *c, const struct cover_question *q,
	struct cover_answer *out)
{
	int64_t from, to;
	running_time(c->vantage, &from, &to);
	int64_t slack = clock_known(c->map) ? c->map->uncertainty_ns : 0;
	out->inside = 0;
	out->last_inside = -1;
	for (int i = 0; i < q->count; i++) {
		struct captured_time t = clock_from_reference(
			c->map, (struct reference_time){q->at_ns[i]});
		if (t.ns - slack < from || t.ns + slack > to)
			continue;
		out->inside++;
		out->last_inside = i;
	}
}

static bool
lost_around(const struct vantage *v, int64_t ns)
{
	return timemap_any(&v->losses, 0, ns - LOSS_NS, ns + LOSS_NS) ||
		timemap_any(&v->losses, 1, ns - LOSS_NS, ns + LOSS_NS);
}

/* What makes the capture's silence suspicious, or NULL. */
static const char *
doubt(const struct cover *c, const struct cover_question *q)
{
	const struct vantage *v = c->vantage;
	const struct capture_audit *a = &v->audit;
	if (a->one_sided > 0 && a->two_sided == 0)
		return "the capture holds one direction of its connections "
		       "only";
	if (!vantage_saw_port(v, q->server_port) && a->filtered)
		return "a capture filter is set and no packet of this port was "
		       "captured";
	if (!vantage_saw_port(v, q->server_port) && a->tcp > 0 &&
		a->other == 0)
		return "the capture holds other TCP ports only and nothing but "
		       "TCP: it may be filtered by port";
	return NULL;
}

static bool
witnessed(const struct cover *c, const struct cover_question *q, int64_t ns)
{
	const struct host_pair *p = pair_of(c, q->from, q->to);
	if (p == NULL || !clock_known(c->map))
		return false;
	return timemap_any(&p->seen, ip_equal(p->low, q->from) ? 0 : 1,
		ns - WITNESS_NS, ns + WITNESS_NS);
}

void
cover_ask(const struct cover *c, const struct cover_question *q,
	struct cover_answer *out)
{
	const struct vantage *v = c->vantage;
	*out = (struct cover_answer){COVERAGE_DOUBTFUL, "", 0, -1};
	if (v->audit.packets == 0) {
		out->note = "the capture is empty: wrong interface, wrong "
			    "filter, or stopped before its buffer was written "
			    "(tcpdump without -U)";
		out->inside = q->count;
		out->last_inside = q->count - 1;
		return;
	}
	count_inside(c, q, out);
	if (out->inside == 0) {
		out->coverage = COVERAGE_OUTSIDE;
		out->note = "the moment is not inside the capture's time";
		return;
	}
	int64_t ns = clock_from_reference(c->map,
		(struct reference_time){q->at_ns[out->last_inside]})
			     .ns;
	if (v->audit.dropped > 0 || v->audit.overflowed ||
		lost_around(v, ns)) {
		out->coverage = COVERAGE_LOSSY;
		out->note = "the capture lost packets";
		return;
	}
	const char *against = doubt(c, q);
	if (against != NULL) {
		out->note = against;
		return;
	}
	out->coverage = witnessed(c, q, ns) ? COVERAGE_WITNESSED
					    : COVERAGE_COVERED;
}
