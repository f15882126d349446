/*
 * A SYN that begins an attempt is put into the crowd where there are very many
 * already; the next packet of its 4-tuple makes the sighting that it would have
 * been (track_records.c). Costs as much as beginning a sighting.
 */
#include <string.h>

#include "ingest/track_notes.h"

/* A capture of several interfaces shows a SYN again as it goes on, and which of its
 * names was the first matters. */
static bool
has_way(const struct track_event *ev)
{
	return ev->card != 0 ||
		ev->packet->direction != PACKET_DIRECTION_UNKNOWN;
}

static bool
is_waited_for(const struct tracker *t, const struct track_event *ev)
{
	return t->early_last_ns != 0 &&
		ev->ns - t->early_last_ns < TRACK_DUPLICATE_NS;
}

/* Is nothing known of the two hosts but SYNs that one sends? What they are is noted,
 * as it would be of a sighting. */
static bool
is_unanswered(struct tracker *t, const struct track_event *ev)
{
	const struct packet *p = ev->packet;
	uint32_t pair = track_pair(t, p->src, p->dst, false);
	if (pair == SIGHTING_NONE)
		return true;
	struct host_pair *of = &t->vantage->pairs[pair];
	int way = ip_equal(of->low, p->src) ? 0 : 1;
	if (of->seen.rows[1 - way] != 0)
		return false;
	timemap_mark(&of->seen, way, ev->ns);
	return true;
}

bool
track_crowd_take(struct tracker *t, const struct track_event *ev)
{
	struct vantage *v = t->vantage;
	struct crowd *c = &v->crowd;
	if (v->sightings < t->whole || c->count >= t->crowd_limit ||
		has_way(ev) || is_waited_for(t, ev) || !is_unanswered(t, ev))
		return false;
	struct sighting s;
	memset(&s, 0, sizeof s);
	track_fill(&s, ev, true);
	s.previous = s.pair = SIGHTING_NONE;
	note_first_syn(t, &s, ev);
	if (!crowd_add(c, &s))
		return false;
	vantage_note_port(v, s.server_port);
	track_slot_set(t, ev, TRACK_CROWD | c->count);
	return true;
}
