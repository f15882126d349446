/*
 * From questions and answers to neighbours.
 *
 * A host repeats its question until somebody answers, so an answer holds for the
 * questions just before it.
 */
#include "ingest/neighbours.h"

#include "base/arena.h"
#include "base/clock.h"
#include "parsers/packet/neighbour.h"

/* Linux asks three times, a second apart, and says so then; an answer that comes
 * later is no answer to these. cite: Linux 6.12 net/ipv4/arp.c arp_tbl
 * (MCAST_PROBES 3, RETRANS_TIME 1 s) */
#define PATIENCE_NS (3 * NS_PER_S)
/* A capture on all interfaces shows a question twice within less. */
#define TWICE_NS NS_PER_MS
/* So soon after a question the next one repeats it: a second, late timers. */
#define REPEAT_NS (2 * NS_PER_S)
/* Two answers within this are answers to one question. */
#define CONTEST_NS NS_PER_S

void
neighbours_init(struct neighbours *n, struct vantage *v)
{
	*n = (struct neighbours){.vantage = v, .keys = hash_keys_random()};
	table_init(&n->pairs);
}

static uint32_t
pair_tag(const struct neighbours *n, const struct neighbour_message *m)
{
	uint64_t h = hash_endpoint(n->keys, m->asker, 0) ^
		hash_mix(hash_endpoint(n->keys, m->target, 1), n->keys.b | 1);
	return (uint32_t)(h >> 32) ^ (uint32_t)h;
}

/* The record of a pair; NULL for an answer to a question that was not seen, and
 * when there are too many. */
static struct neighbour *
pair_find(struct neighbours *n, const struct neighbour_message *m)
{
	struct vantage *v = n->vantage;
	uint32_t tag = pair_tag(n, m);
	table_reserve(&n->pairs);
	uint32_t at = tag & n->pairs.mask;
	for (; n->pairs.slots[at].index != 0; at = (at + 1) & n->pairs.mask) {
		struct neighbour *k =
			&v->neighbours[n->pairs.slots[at].index - 1];
		if (n->pairs.slots[at].tag == tag &&
			ip_equal(k->asker, m->asker) &&
			ip_equal(k->target, m->target))
			return k;
	}
	n->beyond += !m->answer && v->neighbours_count == NEIGHBOURS_MAX;
	if (m->answer || v->neighbours_count == NEIGHBOURS_MAX)
		return NULL;
	if (v->neighbours_count == n->room) {
		n->room = n->room == 0 ? 16 : 2 * n->room;
		v->neighbours = memory_grow(
			v->neighbours, n->room, sizeof *v->neighbours);
	}
	n->pairs.slots[at] = (struct table_slot){tag, ++v->neighbours_count};
	n->pairs.used++;
	struct neighbour *k = &v->neighbours[v->neighbours_count - 1];
	*k = (struct neighbour){.asker = m->asker, .target = m->target};
	return k;
}

/* Nobody answered what is under way. */
static void
give_up(struct neighbour *k)
{
	if (k->open == 0)
		return;
	if (k->unanswered == 0) {
		k->frame = k->open_frame;
		k->first_ns = k->open_first_ns;
	}
	k->unanswered += k->open;
	k->last_ns = k->open_last_ns;
	k->open = 0;
}

static void
question_take(struct neighbour *k, int64_t ns, uint32_t frame)
{
	if (k->open > 0 && clock_sub(ns, k->open_last_ns) < TWICE_NS)
		return;
	if (k->open == 0) {
		k->open_frame = frame;
		k->open_first_ns = ns;
	}
	bool repeats =
		k->open > 0 && clock_sub(ns, k->open_last_ns) < REPEAT_NS;
	k->open_in_a_row = repeats ? k->open_in_a_row + 1 : 1;
	k->questions++;
	k->open++;
	k->open_last_ns = ns;
	if (k->open_in_a_row > k->in_a_row)
		k->in_a_row = k->open_in_a_row;
}

static void
answer_take(struct neighbour *k, const struct neighbour_message *m, int64_t ns)
{
	uint64_t hardware = 0;
	for (int i = 0; m->has_hardware && i < NEIGHBOUR_HARDWARE_SIZE; i++)
		hardware = hardware << 8 | m->hardware[i];
	if (k->open > 0 && clock_sub(ns, k->open_last_ns) > PATIENCE_NS)
		give_up(k);
	bool again = k->open == 0 && k->answers > 0 &&
		clock_sub(ns, k->answered_ns) < CONTEST_NS;
	if (again && hardware != 0 && k->hardware != 0 &&
		hardware != k->hardware) {
		k->contested++;
		k->other = hardware;
	} else if (hardware != 0) {
		k->hardware = hardware;
	}
	k->open = 0;
	k->answers++;
	k->answered_ns = ns;
}

void
neighbours_packet(struct neighbours *n, const struct packet *p,
	struct captured_time at, uint32_t frame)
{
	struct neighbour_message m;
	if (!neighbour_decode(p, &m))
		return;
	struct neighbour *k = pair_find(n, &m);
	if (k == NULL)
		return;
	if (m.answer)
		answer_take(k, &m, at.ns);
	else
		question_take(k, at.ns, frame);
}

void
neighbours_finish(struct neighbours *n)
{
	struct vantage *v = n->vantage;
	for (uint32_t i = 0; i < v->neighbours_count; i++) {
		struct neighbour *k = &v->neighbours[i];
		if (k->open > 0 &&
			clock_sub(v->last.ns, k->open_last_ns) < NS_PER_S)
			k->open--;
		give_up(k);
	}
	table_release(&n->pairs);
}
