/*
 * What each kind of segment means for the attempt that it belongs to.
 *
 * spec: RFC 9293 section 3.5 (three-way handshake, simultaneous open, half-open
 * connections), RFC 5961 section 4 (challenge ACK), RFC 7413 (Fast Open).
 *
 * "The connection works" (SIGHTING_PROGRESS) is said only when the server sent
 * data or a FIN, or acknowledged data: a SYN-ACK alone proves nothing, and the
 * client's ACK may have been lost or ignored.
 */
#include "ingest/track_flow.h"

/*
 * With the same IP ID and timestamp, so much as this may lie between the copies
 * of a handshake segment that was captured twice: real retransmissions have a
 * new IP ID, and many are a second apart.
 */
#define DUPLICATE_ID_NS (50 * NS_PER_MS)

/*
 * A SYN that crosses ours belongs to a simultaneous open only while ours is
 * unanswered and young: within the longest SYN schedule's first gaps.
 */
#define CROSSING_NS (10 * NS_PER_S)

/* a is at or behind b in sequence space (RFC 9293 section 3.4). */
static bool
seq_ge(uint32_t a, uint32_t b)
{
	return (int32_t)(a - b) >= 0;
}

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

/* SYN options and times that later stages match and align by. */
static void
note_first_syn(struct sighting *s, const struct track_event *ev)
{
	const struct packet *p = ev->packet;
	s->isn = p->seq;
	s->c_next = p->seq + 1 + p->payload_len;
	s->syn = 1;
	s->syn_at[0] = 0;
	s->syn_last_at = 0;
	s->syn_first_frame = ev->frame;
	s->syn_last_frame = ev->frame;
	s->syn_options = p->options;
	s->mss = p->mss;
	s->window = p->window;
	s->wscale = p->wscale;
	s->ttl_c = p->ttl;
	s->syn_ip_id_first = p->ip_id;
	s->syn_ip_id_last = p->ip_id;
	s->syn_tsval_first = p->tsval;
	s->syn_tsval_last = p->tsval;
	if (p->payload_len > 0)
		s->flags |= SIGHTING_SYN_DATA;
	if (p->options & TCP_OPT_CUT)
		s->flags |= SIGHTING_SYN_CUT;
	if (p->options & TCP_OPT_FAST_OPEN)
		s->flags |= SIGHTING_FAST_OPEN;
}

/* The same packet again, by another interface or a mirror. */
static bool
is_duplicate_syn(const struct sighting *s, const struct track_event *ev)
{
	const struct packet *p = ev->packet;
	if (p->ip_id != s->syn_ip_id_last || p->tsval != s->syn_tsval_last)
		return false;
	return track_since(s, s->syn_last_at, ev) <
		(p->ip_id != 0 ? DUPLICATE_ID_NS : TRACK_DUPLICATE_NS);
}

/*
 * The first SYN of an attempt that began with its SYN-ACK. Either packets were
 * captured out of order, or this is a copy and the one before was not captured.
 */
static void
on_syn_behind_synack(struct sighting *s, const struct track_event *ev)
{
	uint32_t c_next = s->c_next;
	track_rebase(s, ev->ns);
	bool copy = track_since(s, s->synack_last_at, ev) > TRACK_DUPLICATE_NS;
	note_first_syn(s, ev);
	s->syn_at[0] = track_at(s, ev->ns);
	s->syn_last_at = s->syn_at[0];
	if (copy)
		track_count(&s->syn_after_synack);
	if (seq_ge(c_next, s->c_next))
		s->c_next = c_next;
	s->flags &= ~(uint32_t)SIGHTING_NO_SYN;
}

static void
on_syn_copy(struct sighting *s, const struct track_event *ev)
{
	if (s->flags & SIGHTING_NO_SYN) {
		on_syn_behind_synack(s, ev);
		return;
	}
	if (is_duplicate_syn(s, ev)) {
		track_count(&s->duplicates);
		s->flags |= SIGHTING_DUPLICATES;
		return;
	}
	if (s->syn < SIGHTING_SYN_TIMES)
		s->syn_at[s->syn] = track_at(s, ev->ns);
	track_count(&s->syn);
	if (s->synack > 0)
		track_count(&s->syn_after_synack);
	s->syn_last_at = track_at(s, ev->ns);
	s->syn_last_frame = ev->frame;
	s->syn_ip_id_last = ev->packet->ip_id;
	s->syn_tsval_last = ev->packet->tsval;
}

/* The answer to this very SYN was captured just before it. */
static bool
is_refused_early(const struct sighting *s, const struct track_event *ev)
{
	return s->flags & SIGHTING_MIDSTREAM && s->rst_s == 1 &&
		s->isn == ev->packet->seq &&
		ev->ns - s->first_ns < TRACK_DUPLICATE_NS;
}

static struct sighting *
on_syn(struct tracker *t, const struct track_event *ev, struct sighting *s,
	bool *src_is_client)
{
	const struct packet *p = ev->packet;
	if (s != NULL && *src_is_client) {
		struct sighting *same = track_with_isn(t, s, p->seq);
		if (same != NULL) {
			on_syn_copy(same, ev);
			return same;
		}
	}
	/* A copy of the SYN that crossed ours, or the same captured twice. */
	if (s != NULL && !*src_is_client && s->flags & SIGHTING_SIMULTANEOUS &&
		p->seq == s->server_isn)
		return s;
	if (s != NULL && !*src_is_client && is_pending(s) && s->syn > 0 &&
		ev->ns - s->first_ns < CROSSING_NS) {
		s->flags |= SIGHTING_SIMULTANEOUS;
		s->server_isn = p->seq;
		s->s_next = p->seq + 1 + p->payload_len;
		return s;
	}
	if (s != NULL && *src_is_client && is_refused_early(s, ev)) {
		note_first_syn(s, ev);
		s->flags &= ~(uint32_t)SIGHTING_MIDSTREAM;
		return s;
	}
	/* Later than that it is an attempt of its own; but where this clock was
	   set in between they did cross, so that nobody left ours unanswered. */
	if (s != NULL && !*src_is_client && is_pending(s) && s->syn > 0)
		s->flags |= SIGHTING_SIMULTANEOUS;
	*src_is_client = true;
	s = track_begin(t, ev, true, s);
	if (s != NULL)
		note_first_syn(s, ev);
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

static bool
is_duplicate_synack(const struct sighting *s, const struct track_event *ev)
{
	if (s->synack == 0 || s->server_isn != ev->packet->seq)
		return false;
	return track_since(s, s->synack_last_at, ev) < TRACK_DUPLICATE_NS;
}

static void
on_valid_synack(
	struct tracker *t, struct sighting *s, const struct track_event *ev)
{
	const struct packet *p = ev->packet;
	if (is_duplicate_synack(s, ev)) {
		track_count(&s->duplicates);
		s->flags |= SIGHTING_DUPLICATES;
		return;
	}
	if (s->synack > 0 && s->server_isn != p->seq)
		s->flags |= SIGHTING_SERVER_ISN_CHANGED;
	s->server_isn = p->seq;
	if (s->synack == 0) {
		s->synack_first_frame = ev->frame;
		s->s_next = p->seq + 1 + p->payload_len;
		s->ttl_s = p->ttl;
		struct host_pair *pair = &t->vantage->pairs[s->pair];
		pair->ttl[ip_equal(pair->low, s->server) ? 0 : 1] = p->ttl;
		if (p->window == 0)
			s->flags |= SIGHTING_ZERO_WINDOW_SYNACK;
	}
	if (s->synack < SIGHTING_SYNACK_TIMES)
		s->synack_at[s->synack] = track_at(s, ev->ns);
	track_count(&s->synack);
	if (s->ack > 0)
		track_count(&s->synack_after_ack);
	s->synack_last_at = track_at(s, ev->ns);
	s->synack_last_frame = ev->frame;
}

/* The same segment again: nothing in it is new, and no time has passed. */
static bool
is_duplicate_ack(const struct sighting *s, const struct track_event *ev)
{
	const struct packet *p = ev->packet;
	if (s->ack == 0 || !seq_ge(s->c_next, p->seq + p->payload_len))
		return false;
	return track_since(s, s->ack_last_at, ev) < TRACK_DUPLICATE_NS;
}

/* The client's segment that completes the handshake, or one that repeats it. */
static void
note_handshake_ack(struct sighting *s, const struct track_event *ev)
{
	if (is_duplicate_ack(s, ev))
		return;
	if (s->ack == 0) {
		s->ack_first_at = track_at(s, ev->ns);
		s->ack_first_frame = ev->frame;
	}
	track_count(&s->ack);
	s->ack_last_at = track_at(s, ev->ns);
	s->ack_last_frame = ev->frame;
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
	on_valid_synack(t, s, ev);
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
		on_valid_synack(t, same, ev);
		return same;
	}
	if (!is_pending(s))
		return begin_from_synack(t, ev, s, src_is_client);
	track_count(&s->synack_bad);
	return s;
}

/* The peer acknowledges bytes that this capture never saw: it lost them. */
static void
note_loss(struct tracker *t, struct sighting *s, int row, int64_t ns)
{
	s->flags |= SIGHTING_LOSS;
	t->vantage->audit.loss_events++;
	timemap_mark(&t->vantage->losses, row, ns);
}

/*
 * A RST has nothing that tells a copy from a second one: Linux gives it IP ID 0
 * and no timestamp. What follows the first this closely is the same captured
 * twice, or answers segments that travelled together: neither says that the
 * sender insists.
 */
static bool
is_duplicate_reset(const struct sighting *s, uint16_t count, uint32_t at_us,
	const struct track_event *ev)
{
	return count > 0 && track_since(s, at_us, ev) < TRACK_DUPLICATE_NS;
}

static void
on_client_reset(struct sighting *s, const struct track_event *ev)
{
	bool late = s->flags & SIGHTING_PROGRESS;
	s->flags |= late ? SIGHTING_RST_C_LATE : SIGHTING_RST_C_EARLY;
	if (s->fin_c_at == SIGHTING_AT_NONE)
		s->fin_c_at = track_at(s, ev->ns);
	if (late || is_duplicate_reset(s, s->rst_c, s->rst_c_at, ev))
		return;
	if (s->rst_c == 0) {
		s->rst_c_at = track_at(s, ev->ns);
		s->rst_c_frame = ev->frame;
	}
	track_count(&s->rst_c);
}

/* Client data: how much, and since when. */
static void
note_client_data(struct sighting *s, const struct track_event *ev)
{
	if (s->data_c == 0) {
		s->data_c_first_at = track_at(s, ev->ns);
		s->data_c_frame = ev->frame;
	}
	track_count(&s->data_c);
	s->data_c_last_at = track_at(s, ev->ns);
}

static void
on_client_segment(
	struct tracker *t, const struct track_event *ev, struct sighting *s)
{
	const struct packet *p = ev->packet;
	if (s->ttl_c == 0)
		s->ttl_c = p->ttl;
	if (p->flags & TCP_RST) {
		on_client_reset(s, ev);
		return;
	}
	bool known = s->synack > 0 ||
		s->flags & (SIGHTING_SYNACK_MISSED | SIGHTING_SIMULTANEOUS);
	bool acks = p->flags & TCP_ACK && seq_ge(p->seq, s->isn + 1) &&
		(!known || seq_ge(p->ack, s->server_isn + 1));
	if (acks && !known) {
		s->flags |= SIGHTING_SYNACK_MISSED;
		s->server_isn = p->ack - 1;
		s->s_next = p->ack;
		note_loss(t, s, 1, ev->ns);
	}
	if (acks && !(s->flags & SIGHTING_PROGRESS))
		note_handshake_ack(s, ev);
	if (acks && seq_ge(p->ack, s->s_next + 1)) {
		/* One step beyond is the FIN's; more is data never seen. One
		   without a FIN is either: an answer that this capture lacks,
		   or files out of order. */
		if (seq_ge(p->ack, s->s_next + 2))
			note_loss(t, s, 1, ev->ns);
		else if (!(s->flags & SIGHTING_FIN_S))
			s->flags |= SIGHTING_LOSS;
		s->s_next = p->ack;
	}
	if (p->payload_len > 0 && acks)
		note_client_data(s, ev);
	if (p->flags & TCP_FIN && !(s->flags & SIGHTING_FIN_C)) {
		s->flags |= SIGHTING_FIN_C;
		s->fin_c_at = track_at(s, ev->ns);
	}
	uint32_t end = p->seq + p->payload_len;
	if (seq_ge(end, s->c_next))
		s->c_next = end;
}

static void
on_server_reset(struct sighting *s, const struct track_event *ev)
{
	const struct packet *p = ev->packet;
	bool late = s->flags & SIGHTING_PROGRESS;
	s->flags |= late ? SIGHTING_RST_S_LATE : SIGHTING_RST_S_EARLY;
	if (late || is_duplicate_reset(s, s->rst_s, s->rst_s_at, ev))
		return;
	if (s->rst_s == 0) {
		s->rst_s_at = track_at(s, ev->ns);
		s->rst_s_frame = ev->frame;
		s->ttl_rst_s = p->ttl;
		s->rst_s_ip_id = p->ip_id;
	}
	if (p->flags & TCP_ACK && p->ack == s->isn + 1)
		s->flags |= SIGHTING_RST_S_ACKS_SYN;
	track_count(&s->rst_s);
}

/* The segment acknowledges this attempt's SYN, or data that came with it. */
static bool
acks_syn(const struct sighting *s, const struct packet *p)
{
	return p->flags & TCP_ACK && seq_ge(p->ack, s->isn + 1) &&
		seq_ge(s->c_next + 1, p->ack);
}

/* A bare ACK before any SYN-ACK: for this attempt, or for an older one? */
static void
on_server_ack_without_synack(
	struct tracker *t, const struct track_event *ev, struct sighting *s)
{
	const struct packet *p = ev->packet;
	if (acks_syn(s, p)) {
		/* It answers this SYN, so the SYN-ACK escaped the capture. */
		s->flags |= SIGHTING_SYNACK_MISSED;
		s->server_isn = p->seq - 1;
		s->s_next = p->seq;
		note_loss(t, s, 1, ev->ns);
		return;
	}
	if (s->challenge == 0) {
		s->challenge_at = track_at(s, ev->ns);
		s->challenge_frame = ev->frame;
	}
	track_count(&s->challenge);
}

static void
note_progress(
	struct tracker *t, const struct track_event *ev, struct sighting *s)
{
	const struct packet *p = ev->packet;
	if (s->ttl_s == 0)
		s->ttl_s = p->ttl;
	/* Before the client's ACK, what a Fast Open server acknowledges is the
	   SYN's own data. */
	bool acks_data = seq_ge(p->ack, s->isn + 2) &&
		(s->ack > 0 || !(s->flags & SIGHTING_SYN_DATA));
	if (p->payload_len > 0 || p->flags & TCP_FIN || acks_data)
		s->flags |= SIGHTING_PROGRESS;
	if (p->flags & TCP_FIN && !(s->flags & SIGHTING_FIN_S)) {
		s->flags |= SIGHTING_FIN_S;
		s->fin_s_at = track_at(s, ev->ns);
	}
	if (p->payload_len > 0) {
		if (s->data_s == 0) {
			s->data_s_first_at = track_at(s, ev->ns);
			s->data_s_frame = ev->frame;
		}
		track_count(&s->data_s);
	}
	if (seq_ge(p->ack, s->c_next + 2))
		note_loss(t, s, 0, ev->ns);
	if (seq_ge(p->ack, s->c_next))
		s->c_next = p->ack;
	uint32_t end = p->seq + p->payload_len;
	if (seq_ge(end, s->s_next))
		s->s_next = end;
}

static void
on_server_segment(
	struct tracker *t, const struct track_event *ev, struct sighting *s)
{
	const struct packet *p = ev->packet;
	if (p->flags & TCP_RST) {
		on_server_reset(s, ev);
		return;
	}
	if (!(p->flags & TCP_ACK))
		return;
	bool answered = s->synack > 0 || s->flags & SIGHTING_SYNACK_MISSED;
	if (!answered && s->flags & SIGHTING_SIMULTANEOUS &&
		p->ack == s->isn + 1) {
		/* The crossing SYN and this ACK together are the SYN-ACK. */
		on_valid_synack(t, s, ev);
		return;
	}
	if (!answered) {
		on_server_ack_without_synack(t, ev, s);
		if (!(s->flags & SIGHTING_SYNACK_MISSED))
			return;
	}
	note_progress(t, ev, s);
}

/* A RST that may have been captured before the SYN that it answers. */
static void
note_early_refusal(struct sighting *s, const struct track_event *ev)
{
	const struct packet *p = ev->packet;
	bool refuses = p->flags & TCP_RST && p->flags & TCP_ACK && p->seq == 0;
	if (!refuses || !ip_equal(s->server, p->src))
		return;
	s->isn = p->ack - 1;
	on_server_reset(s, ev);
}

/* A segment of a connection that was open before the capture began. */
static struct sighting *
on_midstream(struct tracker *t, const struct track_event *ev,
	struct sighting *s, bool *src_is_client)
{
	const struct packet *p = ev->packet;
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
		acks_syn(s, p))
		return s;
	struct sighting *old = vantage_sighting(t->vantage, s->previous);
	return old->client_port == s->client_port &&
			ip_equal(old->client, s->client)
		? old
		: s;
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
	if (syn && p->flags & TCP_ACK)
		s = on_synack(t, ev, s, &src_is_client);
	else if (syn)
		s = on_syn(t, ev, s, &src_is_client);
	else if (s == NULL || !is_attempt(s))
		s = on_midstream(t, ev, s, &src_is_client);
	else if (src_is_client)
		on_client_segment(t, ev, s);
	else
		on_server_segment(t, ev, s);
	if (s != NULL)
		track_touch(t, s, src_is_client, ev->ns);
}
