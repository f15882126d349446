/*
 * A packet on its way through the tracker.
 *
 *	track_packet -> track_segment   whose it is            track_owner.c
 *	                -> note_...     what it means          track_handshake.c,
 *	                                                       track_data.c
 *	             -> track_icmp      an error about one     track_icmp.c
 *
 * All of them stand on the records (track_records.c), which stand on nothing.
 */
#include "ingest/track.h"

#include "ingest/track_early.h"
#include "ingest/track_flow.h"
#include "ingest/track_loss.h"

void
track_init(struct tracker *t, struct vantage *v, uint32_t limit, uint32_t whole)
{
	uint32_t most = TRACK_CROWD - 1;
	*t = (struct tracker){
		.vantage = v,
		.keys = hash_keys_random(),
		.limit = limit < most ? limit : most,
		.whole = whole,
		.crowd_limit = limit < most / TRACK_CROWD_PER_SIGHTING
			? limit * TRACK_CROWD_PER_SIGHTING
			: most,
	};
	table_init(&t->flows);
	table_init(&t->pairs);
}

void
track_release(struct tracker *t)
{
	table_release(&t->flows);
	table_release(&t->pairs);
	vantage_sort_copies(t->vantage);
}

static bool
is_tracked(const struct packet *p)
{
	return p->kind == PACKET_TCP || p->kind == PACKET_ICMP_ERROR;
}

uint32_t
track_tag(const struct tracker *t, const struct packet *p)
{
	if (!is_tracked(p))
		return 0;
	uint64_t h = hash_endpoint(t->keys, p->src, p->src_port) +
		hash_endpoint(t->keys, p->dst, p->dst_port);
	uint32_t tag = (uint32_t)(h >> 32) ^ (uint32_t)h;
	__builtin_prefetch(&t->flows.slots[tag & t->flows.mask]);
	return tag;
}

void
track_prefetch(const struct tracker *t, uint32_t tag)
{
	const struct table_slot *slot = &t->flows.slots[tag & t->flows.mask];
	if (slot->index == 0 || slot->index & TRACK_CROWD)
		return;
	/* The lines that every packet of a connection touches. */
	const char *s =
		(const char *)vantage_sighting(t->vantage, slot->index - 1);
	__builtin_prefetch(s, 1);
	__builtin_prefetch(s + 64, 1);
	__builtin_prefetch(s + 128, 1);
}

void
track_packet(struct tracker *t, const struct packet *p, struct captured_time at,
	uint32_t frame, uint32_t tag)
{
	struct track_event ev = {p, at.ns, frame, tag, t->card};
	if (t->gaps_count > 0)
		track_loss_settle(t, &ev);
	if (p->kind == PACKET_TCP)
		track_segment(t, &ev);
	else if (p->kind == PACKET_ICMP_ERROR && !track_icmp(t, &ev) &&
		p->quote_has_seq)
		track_early_hold(t, &ev);
}
