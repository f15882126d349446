/*
 * The attempt that a segment belongs to: found by its 4-tuple and by what it
 * acknowledges, or begun. What it means for that attempt is noted elsewhere
 * (track_notes.h).
 *
 * spec: RFC 9293 section 3.5, figure 8 (simultaneous open); section 3.10.7.3
 * (what a client in SYN-SENT accepts).
 */
#include "ingest/track_early.h"
#include "ingest/track_notes.h"

/*
 * A SYN that crosses ours belongs to a simultaneous open only while ours is
 * unanswered and young: within the longest SYN schedule's first gaps.
 */
#define CROSSING_NS (10 * NS_PER_S)

/*
 * A segment of the client's that is further ahead of its SYN than this is of
 * another connect, whose SYN was recorded late or not at all: before its first
 * answer a client may send what one window without scaling holds (RFC 7323
 * section 2.2), and one that lost its first megabytes here is still its own.
 * Bytes.
 */
#define OTHER_CONNECT_BYTES (UINT32_C(1) << 24)

static bool
is_attempt(const struct sighting *s)
{
	return !(s->flags & SIGHTING_MIDSTREAM);
}

/* No answer of any kind yet. */
static bool
is_pending(const struct sighting *s)
{
	return is_attempt(s) && s->synack == 0 && s->ack == 0 &&
		!(s->flags &
			(SIGHTING_PROGRESS | SIGHTING_RST_C_EARLY |
				SIGHTING_RST_S_EARLY));
}

/* Its connect goes on: nothing that fits came to stay, nobody gave up. */
static bool
is_open(const struct sighting *s)
{
	return is_attempt(s) && s->syn > 0 && s->ack == 0 &&
		!(s->flags &
			(SIGHTING_PROGRESS | SIGHTING_RST_C_EARLY |
				SIGHTING_RST_S_EARLY));
}

/* The answer to this very SYN was captured just before it. */
static bool
is_refused_early(const struct sighting *s, const struct track_event *ev)
{
	return s->flags & SIGHTING_MIDSTREAM && s->rst_server == 1 &&
		s->isn == ev->packet->seq &&
		ev->ns - s->first_ns < TRACK_DUPLICATE_NS;
}

/* Both ends opened: the other one's SYN has this number. */
static void
note_crossing(struct sighting *s, uint32_t isn, uint32_t next)
{
	s->flags |= SIGHTING_SIMULTANEOUS;
	s->server_isn = isn;
	s->s_next = next;
}

/*
 * The answer to this very SYN was captured first, and acknowledges the data that
 * came with it (RFC 7413 section 4.2.2): what was taken for its number is not.
 */
static bool
is_answered_early(const struct sighting *s, const struct packet *p)
{
	return s->flags & SIGHTING_NO_SYN && p->payload_len > 0 &&
		s->synack > 0 && s->isn == p->seq + p->payload_len;
}

static struct sighting *
on_syn(struct tracker *t, const struct track_event *ev, struct sighting *s,
	bool *src_is_client)
{
	const struct packet *p = ev->packet;
	if (s != NULL && *src_is_client) {
		if (is_answered_early(s, p))
			s->isn = p->seq;
		struct sighting *same = track_with_isn(t, s, p->seq);
		if (same != NULL) {
			note_syn_again(t, same, ev);
			return same;
		}
	}
	/* A copy of the SYN that crossed ours, or the same captured twice. */
	if (s != NULL && !*src_is_client && s->flags & SIGHTING_SIMULTANEOUS &&
		p->seq == s->server_isn)
		return s;
	if (s != NULL && !*src_is_client && is_pending(s) && s->syn > 0 &&
		ev->ns - s->first_ns < CROSSING_NS) {
		note_crossing(s, p->seq, p->seq + 1 + p->payload_len);
		return s;
	}
	if (s != NULL && *src_is_client && is_refused_early(s, ev)) {
		note_first_syn(t, s, ev);
		s->flags &= ~(uint32_t)SIGHTING_MIDSTREAM;
		return s;
	}
	/* Later than that it is an attempt of its own; but where this clock was
	   set in between they did cross, so that nobody left ours unanswered. */
	if (s != NULL && !*src_is_client && is_pending(s) && s->syn > 0)
		s->flags |= SIGHTING_SIMULTANEOUS;
	*src_is_client = true;
	struct sighting *old = s;
	if (old == NULL && track_crowd_take(t, ev))
		return NULL;
	s = track_begin(t, ev, true, old);
	if (s == NULL)
		return NULL;
	note_first_syn(t, s, ev);
	track_early_settle(t, s, old, ev);
	return s;
}

/* The attempt that an answer acknowledging ack belongs to, or NULL. */
static struct sighting *
acknowledged(struct tracker *t, struct sighting *s, uint32_t ack)
{
	struct sighting *same = track_with_isn(t, s, ack - 1);
	if (same != NULL)
		return same;
	/* A Fast Open server may acknowledge the SYN's data as well. */
	if (is_attempt(s) && seq_ge(ack, s->isn + 1) && seq_ge(s->c_next, ack))
		return s;
	return NULL;
}

/* A SYN-ACK whose SYN this capture does not hold begins an attempt too. */
static struct sighting *
begin_from_synack(struct tracker *t, const struct track_event *ev,
	struct sighting *previous, bool *src_is_client)
{
	*src_is_client = false;
	struct sighting *s = track_begin(t, ev, false, previous);
	if (s == NULL)
		return NULL;
	s->flags |= SIGHTING_NO_SYN;
	s->isn = ev->packet->ack - 1;
	s->c_next = ev->packet->ack;
	s->syn_last_at = SIGHTING_AT_NONE;
	note_synack(t, s, ev);
	return s;
}

static struct sighting *
on_synack(struct tracker *t, const struct track_event *ev, struct sighting *s,
	bool *src_is_client)
{
	const struct packet *p = ev->packet;
	if (s == NULL)
		return begin_from_synack(t, ev, NULL, src_is_client);
	if (*src_is_client) {
		/* Who answers with the number of its own SYN was asked as well,
		   by a SYN that was recorded late or not at all. */
		if (is_pending(s) && s->syn > 0 && p->seq == s->isn &&
			!(s->flags & SIGHTING_SIMULTANEOUS))
			note_crossing(s, p->ack - 1, p->ack);
		/* Simultaneous open: both ends answer (RFC 9293, figure 8). */
		if (s->flags & SIGHTING_SIMULTANEOUS &&
			p->ack == s->server_isn + 1) {
			note_handshake_ack(s, ev);
			return s;
		}
		return begin_from_synack(t, ev, s, src_is_client);
	}
	struct sighting *same = acknowledged(t, s, p->ack);
	if (same != NULL) {
		note_synack(t, same, ev);
		return same;
	}
	/* One connect is one attempt: what answers it wrongly begins no other. */
	if (!is_open(s))
		return begin_from_synack(t, ev, s, src_is_client);
	note_unfit_synack(s, ev);
	track_early_hold(t, ev);
	return s;
}

/*
 * A RST that acknowledges and has the number 0 answers a SYN, and nothing else:
 * of a segment with ACK it takes that one's number (RFC 9293 section 3.10.7.1).
 */
static bool
refuses_a_syn(const struct packet *p)
{
	return p->flags & TCP_RST && p->flags & TCP_ACK && p->seq == 0;
}

/* The attempt of a SYN that this capture does not hold, or not yet. */
static struct sighting *
begin_from_refusal(
	struct tracker *t, const struct track_event *ev, bool *src_is_client)
{
	*src_is_client = false;
	struct sighting *s = track_begin(t, ev, false, NULL);
	if (s == NULL)
		return NULL;
	s->flags |= SIGHTING_NO_SYN;
	s->isn = ev->packet->ack - 1;
	s->c_next = ev->packet->ack;
	note_server_reset(s, ev);
	return s;
}

/* A RST of another number that may have been captured before the SYN that it
 * answers: what refuses in a server's place may write any. */
static void
note_early_refusal(struct sighting *s, const struct track_event *ev)
{
	const struct packet *p = ev->packet;
	bool refuses = p->flags & TCP_RST && p->flags & TCP_ACK;
	if (!refuses || !ip_equal(s->server, p->src) ||
		s->server_port != p->src_port)
		return;
	s->isn = p->ack - 1;
	note_server_reset(s, ev);
}

/* A segment of a connection that was open before the capture began. */
static struct sighting *
on_midstream(struct tracker *t, const struct track_event *ev,
	struct sighting *s, bool *src_is_client)
{
	const struct packet *p = ev->packet;
	if (s == NULL && refuses_a_syn(p))
		return begin_from_refusal(t, ev, src_is_client);
	if (s == NULL) {
		/* The lower port is the server's, as a rule. */
		*src_is_client = p->src_port > p->dst_port;
		s = track_begin(t, ev, *src_is_client, NULL);
		if (s == NULL)
			return NULL;
		s->flags |= SIGHTING_MIDSTREAM;
		note_early_refusal(s, ev);
	}
	track_count(*src_is_client ? &s->data_c : &s->data_s);
	return s;
}

/*
 * While a SYN waits for its answer, what remains of the connection that had its
 * ports before may still arrive: data, FIN or RST of the server that do not
 * acknowledge the SYN. A client in SYN-SENT drops such a RST (RFC 9293 section
 * 3.10.7.3), so it refuses nothing. A bare ACK, though, is the server's answer
 * to the SYN on behalf of that connection.
 */
static struct sighting *
owner_of(struct tracker *t, struct sighting *s, const struct packet *p)
{
	bool bare = p->payload_len == 0 && !(p->flags & (TCP_FIN | TCP_RST));
	if (bare || !is_pending(s) || s->previous == SIGHTING_NONE ||
		track_acks_syn(s, p))
		return s;
	struct sighting *old = vantage_sighting(t->vantage, s->previous);
	return old->client_port == s->client_port &&
			ip_equal(old->client, s->client)
		? old
		: s;
}

static bool
is_of_other_connect(const struct sighting *s, const struct packet *p)
{
	return is_pending(s) && s->syn > 0 && !(p->flags & TCP_RST) &&
		p->seq - s->isn > OTHER_CONNECT_BYTES;
}

/* The attempt whose SYN-ACK, which does not fit s, the client accepts here; NULL
 * where there is none. */
static struct sighting *
begin_accepted(
	struct tracker *t, struct sighting *s, const struct track_event *ev)
{
	struct track_early held;
	if (s->synack_bad == 0 || !is_open(s) ||
		!track_early_accepted(t, ev, &held))
		return NULL;
	struct track_event answer = {
		&held.packet, held.ns, held.frame, held.tag, held.card};
	bool src_is_client;
	struct sighting *own = begin_from_synack(t, &answer, s, &src_is_client);
	if (own != NULL)
		s->synack_bad--;
	return own;
}

/*
 * The attempt of a segment of the client's, or what stands for a connect that
 * began unseen. Where it accepts a SYN-ACK that does
 * not fit the SYN before, there was another SYN, which was recorded late or not
 * at all: the answer begins its attempt.
 */
static struct sighting *
client_owner(
	struct tracker *t, struct sighting *s, const struct track_event *ev)
{
	struct sighting *other = begin_accepted(t, s, ev);
	if (other == NULL && is_of_other_connect(s, ev->packet)) {
		other = track_begin(t, ev, true, s);
		if (other != NULL)
			other->flags |= SIGHTING_MIDSTREAM;
	}
	return other != NULL ? other : s;
}

void
track_segment(struct tracker *t, const struct track_event *ev)
{
	const struct packet *p = ev->packet;
	bool src_is_client;
	struct sighting *s = track_find(t, ev, &src_is_client);
	bool syn = p->flags & TCP_SYN && !(p->flags & TCP_RST);
	if (s != NULL && !syn && !src_is_client)
		s = owner_of(t, s, p);
	if (s != NULL && !syn && src_is_client)
		s = client_owner(t, s, ev);
	if (syn && p->flags & TCP_ACK)
		s = on_synack(t, ev, s, &src_is_client);
	else if (syn)
		s = on_syn(t, ev, s, &src_is_client);
	else if (s == NULL || !is_attempt(s))
		s = on_midstream(t, ev, s, &src_is_client);
	else if (src_is_client)
		note_client_segment(t, ev, s);
	else
		note_server_segment(t, ev, s);
	if (s != NULL)
		track_touch(t, s, src_is_client, ev->ns);
}
