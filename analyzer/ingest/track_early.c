/*
 * A few answers in a ring, looked through when a SYN begins an attempt within
 * two milliseconds of the latest of them: in a tidy capture never.
 */
#include "ingest/track_early.h"

void
track_early_hold(struct tracker *t, const struct track_event *ev)
{
	struct track_early *e = &t->early[t->early_next];
	*e = (struct track_early){
		*ev->packet, ev->ns, ev->frame, ev->tag, ev->card};
	t->early_next = (uint8_t)((t->early_next + 1) % TRACK_EARLY_MAX);
	t->early_last_ns = ev->ns;
}

static bool
is_from(const struct packet *p, struct ip_addr addr, uint16_t port)
{
	return p->src_port == port && ip_equal(p->src, addr);
}

static bool
is_to(const struct packet *p, struct ip_addr addr, uint16_t port)
{
	return p->dst_port == port && ip_equal(p->dst, addr);
}

static bool
quotes(const struct packet *error, const struct packet *syn)
{
	return error->kind == PACKET_ICMP_ERROR && error->seq == syn->seq &&
		is_from(error, syn->src, syn->src_port) &&
		is_to(error, syn->dst, syn->dst_port);
}

static bool
answers(const struct packet *synack, const struct packet *syn)
{
	return synack->kind == PACKET_TCP && synack->ack == syn->seq + 1 &&
		is_from(synack, syn->dst, syn->dst_port) &&
		is_to(synack, syn->src, syn->src_port);
}

/* A client acknowledges what it accepts, and goes on where its SYN ended. */
static bool
accepts(const struct packet *p, const struct packet *synack)
{
	return p->flags & TCP_ACK && !(p->flags & TCP_RST) &&
		p->seq == synack->ack && p->ack == synack->seq + 1 &&
		synack->kind == PACKET_TCP &&
		is_from(synack, p->dst, p->dst_port) &&
		is_to(synack, p->src, p->src_port);
}

bool
track_early_accepted(struct tracker *t, const struct track_event *ev,
	struct track_early *out)
{
	for (int i = 0; i < TRACK_EARLY_MAX; i++) {
		struct track_early *e = &t->early[i];
		if (e->tag != ev->tag || !accepts(ev->packet, &e->packet))
			continue;
		*out = *e;
		*e = (struct track_early){.ns = 0};
		return true;
	}
	return false;
}

/* Once more, now that its SYN is known. */
static void
settle(struct tracker *t, struct sighting *s, struct sighting *old,
	const struct track_early *e)
{
	struct track_event ev = {&e->packet, e->ns, e->frame, e->tag, e->card};
	if (e->packet.kind == PACKET_ICMP_ERROR) {
		t->unmatched_icmp--;
		track_icmp(t, &ev);
		return;
	}
	if (old != NULL && old->synack_bad > 0)
		old->synack_bad--;
	note_synack(t, s, &ev);
}

void
track_early_settle(struct tracker *t, struct sighting *s, struct sighting *old,
	const struct track_event *ev)
{
	if (t->early_last_ns == 0 ||
		ev->ns - t->early_last_ns >= TRACK_DUPLICATE_NS)
		return;
	for (int i = 0; i < TRACK_EARLY_MAX; i++) {
		struct track_early *e = &t->early[i];
		if (e->tag != ev->tag || ev->ns - e->ns >= TRACK_DUPLICATE_NS ||
			(!quotes(&e->packet, ev->packet) &&
				!answers(&e->packet, ev->packet)))
			continue;
		struct track_early held = *e;
		*e = (struct track_early){.ns = 0};
		settle(t, s, old, &held);
	}
}
