/*
 * What the segments behind the handshake mean for their attempt.
 *
 * spec: RFC 9293 section 3.5 (half-open connections), RFC 5961 section 4
 * (challenge ACK).
 *
 * "The connection works" (SIGHTING_PROGRESS) is said only when the server sent
 * data or a FIN, or acknowledged data: a SYN-ACK alone proves nothing, and the
 * client's ACK may have been lost or ignored.
 */
#include "ingest/track_hole.h"
#include "ingest/track_loss.h"
#include "ingest/track_notes.h"

/*
 * A client that waits for an answer sends its request in one go; a later part
 * follows within this time. Who speaks again later, without having been
 * answered, does not wait.
 */
#define TURN_NS (100 * NS_PER_MS)
#define TURNS_MAX 7
#define SHUT_ASKS_MAX 7

static uint16_t
longer(uint16_t so_far, const struct packet *p)
{
	uint32_t len =
		p->payload_len < UINT16_MAX ? p->payload_len : UINT16_MAX;
	return len > so_far ? (uint16_t)len : so_far;
}

/* Client data: how much, since when, and how often it spoke again. */
static void
note_client_data(struct sighting *s, const struct track_event *ev)
{
	const struct packet *p = ev->packet;
	if (s->data_c == 0) {
		s->data_c_first_at = track_at(s, ev->ns);
		s->data_c_frame = ev->frame;
	}
	track_count(&s->data_c);
	s->len_c = longer(s->len_c, p);
	if (p->traits & PACKET_FIRST_PIECE)
		s->data_parted = 1;
	bool more =
		s->data_c == 1 || !seq_ge(s->c_next, p->seq + p->payload_len);
	if (!more) {
		s->again_c = (uint8_t)(s->again_c + (s->again_c < UINT8_MAX));
		return;
	}
	if (s->data_c > 1 && s->turns != TURNS_MAX && s->data_s == 0 &&
		track_since(s, s->data_c_last_at, ev) > TURN_NS)
		s->turns++;
	s->data_c_last_at = track_at(s, ev->ns);
}

/* The client acknowledges what the server sent, which shows that it did. */
static void
note_server_was_heard(
	struct tracker *t, struct sighting *s, const struct track_event *ev)
{
	uint32_t ack = ev->packet->ack;
	if (seq_ge(ack, s->server_isn + 2))
		s->flags |= SIGHTING_PROGRESS;
	if (seq_ge(ack, s->s_acked + 1)) {
		s->s_acked = ack;
		s->s_acked_at = track_at(s, ev->ns);
		s->again_s = 0;
	}
	if (!seq_ge(ack, s->s_next + 1))
		return;
	/* One step beyond is the FIN's, as a rule. */
	if (ack - s->s_next > 1 || !(s->flags & SIGHTING_FIN_S))
		track_loss_suspect(t, s, ev, 1, s->s_next, ack);
	s->s_next = ack;
}

/* One of the ends goes on from seq, the server's first byte: there was a SYN-ACK,
 * and the capture lacks it. */
static void
note_synack_missed(struct tracker *t, struct sighting *s,
	const struct track_event *ev, uint32_t seq)
{
	s->flags |= SIGHTING_SYNACK_MISSED;
	s->server_isn = seq - 1;
	s->s_next = seq;
	s->s_acked = seq;
	s->s_acked_at = track_at(s, ev->ns);
	track_loss_suspect_synack(t, s, ev);
}

void
note_client_segment(
	struct tracker *t, const struct track_event *ev, struct sighting *s)
{
	const struct packet *p = ev->packet;
	if (s->ttl_c == 0)
		s->ttl_c = p->ttl;
	if (p->flags & TCP_RST) {
		note_client_reset(s, ev);
		return;
	}
	bool known = s->synack > 0 ||
		s->flags & (SIGHTING_SYNACK_MISSED | SIGHTING_SIMULTANEOUS);
	bool acks = p->flags & TCP_ACK && seq_ge(p->seq, s->isn + 1) &&
		(!known || seq_ge(p->ack, s->server_isn + 1));
	if (acks && !known) {
		note_synack_missed(t, s, ev, p->ack);
	}
	if (acks && (s->ack == 0 || !(s->flags & SIGHTING_PROGRESS)))
		note_handshake_ack(s, ev);
	if (acks)
		note_server_was_heard(t, s, ev);
	if (p->payload_len > 0 && acks) {
		track_hole_client(s, ev);
		note_client_data(s, ev);
		if (s->flags & SIGHTING_GAP)
			track_loss_fill(t, s, 0, p->seq, p->payload_len);
	}
	if (p->flags & TCP_FIN && !(s->flags & SIGHTING_FIN_C)) {
		s->flags |= SIGHTING_FIN_C;
		s->fin_c_at = track_at(s, ev->ns);
	}
	uint32_t end = p->seq + p->payload_len;
	if (seq_ge(end, s->c_next))
		s->c_next = end;
}

/*
 * What a segment of the server's may acknowledge beyond the SYN when a capture
 * lacks the answer and the client's data: of a bare ACK as much as a window
 * without scaling holds, with data of its own more. An older connection's
 * numbers are there by chance alone: once in 65,536, and in 256. Bytes.
 */
#define MISSED_ACKED (UINT32_C(1) << 16)
#define MISSED_BEHIND (UINT32_C(1) << 24)

static bool
acks_missed_data(const struct sighting *s, const struct packet *p)
{
	uint32_t most = p->payload_len > 0 || p->flags & TCP_FIN ? MISSED_BEHIND
								 : MISSED_ACKED;
	return p->ack - (s->isn + 1) < most;
}

/* A segment before any SYN-ACK: for this attempt, or for an older one? That
 * answers the SYN with a bare ACK (RFC 9293 section 3.10.7.4). */
static void
on_server_ack_without_synack(
	struct tracker *t, const struct track_event *ev, struct sighting *s)
{
	const struct packet *p = ev->packet;
	if (track_acks_syn(s, p) || acks_missed_data(s, p)) {
		/* It answers this SYN, so the SYN-ACK escaped the capture. */
		note_synack_missed(t, s, ev, p->seq);
		return;
	}
	if (p->payload_len > 0 || p->flags & TCP_FIN)
		return;
	if (s->challenge == 0) {
		s->challenge_at = track_at(s, ev->ns);
		s->challenge_frame = ev->frame;
	}
	track_count(&s->challenge);
}

static void
note_server_data(
	struct tracker *t, struct sighting *s, const struct track_event *ev)
{
	const struct packet *p = ev->packet;
	struct vantage *v = t->vantage;
	if (s->data_s == 0) {
		s->data_s_first_at = track_at(s, ev->ns);
		s->data_s_frame = ev->frame;
		v->answers[s->server_port >> 6] |= UINT64_C(1)
			<< (s->server_port & 63);
	}
	track_count(&s->data_s);
	s->len_s = longer(s->len_s, p);
	if (seq_ge(s->s_next, p->seq + p->payload_len))
		s->again_s = (uint8_t)(s->again_s + (s->again_s < UINT8_MAX));
	if (s->flags & SIGHTING_GAP)
		track_loss_fill(t, s, 1, p->seq, p->payload_len);
}

/* A window of 0 is none whatever the scale (RFC 7323 section 2.2); answers to the
 * client's probes repeat it. */
static void
note_window(struct sighting *s, const struct track_event *ev)
{
	const struct packet *p = ev->packet;
	if (p->window != 0) {
		s->flags &= ~(uint32_t)SIGHTING_WINDOW_SHUT_S;
		s->shut_asks = 0;
	} else if (!(p->options & TCP_OPT_CUT)) {
		if (s->flags & SIGHTING_WINDOW_SHUT_S && p->payload_len == 0 &&
			s->shut_asks < SHUT_ASKS_MAX)
			s->shut_asks++;
		s->flags |= SIGHTING_WINDOW_SHUT_S;
	}
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
	/* A bare ACK behind the client's data comes from a socket that took the
	   handshake, and lacks data before it (RFC 9293 section 3.10.7.4). */
	bool lacks_data = s->ack > 0 && s->data_c > 0;
	if (p->payload_len > 0 || p->flags & TCP_FIN || acks_data || lacks_data)
		s->flags |= SIGHTING_PROGRESS;
	note_window(s, ev);
	if (p->flags & TCP_FIN && !(s->flags & SIGHTING_FIN_S)) {
		s->flags |= SIGHTING_FIN_S;
		s->fin_s_at = track_at(s, ev->ns);
	}
	track_hole_acked(s, p);
	if (p->payload_len > 0) {
		track_hole_server(s, ev);
		note_server_data(t, s, ev);
	}
	if (seq_ge(p->ack, s->c_next + 2))
		track_loss_suspect(t, s, ev, 0, s->c_next, p->ack);
	if (seq_ge(p->ack, s->c_next))
		s->c_next = p->ack;
	uint32_t end = p->seq + p->payload_len;
	if (seq_ge(end, s->s_next))
		s->s_next = end;
}

void
note_server_segment(
	struct tracker *t, const struct track_event *ev, struct sighting *s)
{
	const struct packet *p = ev->packet;
	if (p->flags & TCP_RST) {
		note_server_reset(s, ev);
		return;
	}
	if (!(p->flags & TCP_ACK))
		return;
	bool answered = s->synack > 0 || s->flags & SIGHTING_SYNACK_MISSED;
	if (!answered && s->flags & SIGHTING_SIMULTANEOUS &&
		p->ack == s->isn + 1) {
		/* The crossing SYN and this ACK together are the SYN-ACK. */
		note_synack(t, s, ev);
		return;
	}
	if (!answered) {
		on_server_ack_without_synack(t, ev, s);
		if (!(s->flags & SIGHTING_SYNACK_MISSED))
			return;
	}
	note_progress(t, ev, s);
}
