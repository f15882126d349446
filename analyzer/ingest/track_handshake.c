/*
 * What SYNs, SYN-ACKs, the ACK behind them and RSTs mean for their attempt.
 *
 * spec: RFC 9293 section 3.5 (three-way handshake, simultaneous open), RFC 7413
 * (Fast Open).
 */
#include <string.h>

#include "ingest/track_loss.h"
#include "ingest/track_notes.h"
#include "model/syn_traits.h"

/* A SYN's scale is 14 at most; more is not believed, and kept as this. cite: RFC
 * 7323 section 2.3 */
#define WSCALE_TOP 15

/*
 * With the same IP ID and timestamp, so much as this may lie between the copies
 * of a handshake segment that was captured twice: real retransmissions have a
 * new IP ID, and many are a second apart.
 */
#define DUPLICATE_ID_NS (50 * NS_PER_MS)

/* Scheduling, and a queue that fills: far below the second after which a
   server repeats its SYN-ACK. */
#define REACTION_SLACK_NS (10 * NS_PER_MS)
/* Without the SYN or its SYN-ACK; and at most, over a satellite. */
#define REACTION_UNKNOWN_NS (250 * NS_PER_MS)
#define REACTION_MAX_NS (3 * NS_PER_S)

static enum sighting_direction
direction_of(const struct packet *p)
{
	switch (p->direction) {
	case PACKET_DIRECTION_IN:
		return SIGHTING_DIRECTION_IN;
	case PACKET_DIRECTION_OUT:
		return SIGHTING_DIRECTION_OUT;
	case PACKET_DIRECTION_UNKNOWN:
		break;
	}
	return SIGHTING_DIRECTION_UNKNOWN;
}

/* Another interface showed the copy of a segment. */
static void
note_step(uint8_t *way, const struct track_event *ev)
{
	uint8_t step = SIGHTING_STEP(ev->card, direction_of(ev->packet));
	if (step == 0)
		return;
	for (int i = 0; i < SIGHTING_WAY_STEPS; i++) {
		if (way[i] == step)
			return;
		if (way[i] != 0)
			continue;
		way[i] = step;
		return;
	}
}

/* again: the same copy at another interface; else the way begins anew. */
static void
note_syn_way(struct sighting *s, const struct track_event *ev, bool again)
{
	enum packet_direction way = ev->packet->direction;
	if (!again)
		memset(s->syn_way, 0, sizeof s->syn_way);
	else if (s->ttl_c != ev->packet->ttl)
		s->flags |= SIGHTING_FORWARDED;
	note_step(s->syn_way, ev);
	s->flags |= way == PACKET_DIRECTION_IN ? SIGHTING_SYN_IN
		: way == PACKET_DIRECTION_OUT  ? SIGHTING_SYN_OUT
					       : 0;
}

static void
note_synack_way(struct sighting *s, const struct track_event *ev, bool again)
{
	enum packet_direction way = ev->packet->direction;
	if (!again)
		memset(s->synack_way, 0, sizeof s->synack_way);
	note_step(s->synack_way, ev);
	s->flags |= way == PACKET_DIRECTION_IN ? SIGHTING_SYNACK_IN
		: way == PACKET_DIRECTION_OUT  ? SIGHTING_SYNACK_OUT
					       : 0;
}

/*
 * A server that remembers its peers' time stamps for this long takes a SYN with
 * an older one for a copy from the past, and ignores it.
 * cite: Linux 4.9 include/net/tcp.h, TCP_PAWS_MSL (seconds), TCP_PAWS_WINDOW;
 * net/ipv4/tcp_metrics.c, tcp_peer_is_proven
 */
#define PEER_STAMP_NS (60 * NS_PER_S)
#define PEER_STAMP_SLACK 1

/* Which of its host pair's two hosts the client is. */
static int
client_row(const struct host_pair *pair, const struct sighting *s)
{
	return ip_equal(pair->low, s->client) ? 0 : 1;
}

static bool
is_older(const struct tracker *t, const struct sighting *s,
	const struct track_event *ev)
{
	if (s->pair == SIGHTING_NONE)
		return false;
	const struct host_pair *pair = &t->vantage->pairs[s->pair];
	int row = client_row(pair, s);
	if (pair->tsval_ns[row] == 0 ||
		ev->ns - pair->tsval_ns[row] > PEER_STAMP_NS)
		return false;
	return (int32_t)(pair->tsval[row] - ev->packet->tsval) >
		PEER_STAMP_SLACK;
}

static uint16_t
sum_traits(const struct packet *p)
{
	uint16_t traits = 0;
	if (p->traits & PACKET_SUM_WRONG)
		traits |= SYN_SUM_WRONG;
	if (p->traits & PACKET_SUM_UNFINISHED)
		traits |= SYN_SUM_UNFINISHED;
	if (p->traits & PACKET_SUM_RIGHT)
		traits |= SYN_SUM_RIGHT;
	if (p->traits & PACKET_OUTER_SUM_WRONG)
		traits |= SYN_OUTER_SUM_WRONG;
	return traits;
}

/* What the SYN asks for, and how it is wrapped. */
static uint16_t
syn_traits(const struct packet *p)
{
	const uint8_t ecn = TCP_ECE | TCP_CWR;
	uint16_t traits = sum_traits(p);
	if ((p->flags & ecn) == ecn)
		traits |= SYN_ECN;
	if (p->traits & PACKET_MPTCP)
		traits |= SYN_MPTCP;
	if (p->options & TCP_OPT_FAST_OPEN)
		traits |= SYN_FAST_OPEN;
	if (p->payload_len > 0)
		traits |= SYN_DATA;
	if (p->options & TCP_OPT_TIMESTAMPS)
		traits |= SYN_TIMESTAMPS;
	if (p->tunnel_depth > 0)
		traits |= SYN_TUNNEL;
	if (p->traits & PACKET_OVERHEARD)
		traits |= SYN_OVERHEARD;
	return traits;
}

/* SYN options and times that later stages match and align by. */
void
note_first_syn(
	struct tracker *t, struct sighting *s, const struct track_event *ev)
{
	const struct packet *p = ev->packet;
	uint8_t scale = p->wscale < WSCALE_TOP ? p->wscale : WSCALE_TOP;
	s->isn = p->seq;
	s->c_next = p->seq + 1 + p->payload_len;
	s->syn = 1;
	s->syn_at[0] = 0;
	s->syn_last_at = 0;
	s->syn_first_frame = ev->frame;
	s->syn_last_frame = ev->frame;
	_Static_assert(
		SIGHTING_OPTION_FAST_OPEN == TCP_OPT_FAST_OPEN, "one bit");
	s->syn_options = p->options;
	s->mss = p->mss;
	s->window = p->window;
	s->wscale = scale & 15U;
	s->ttl_c = p->ttl;
	s->syn_ip_id_first = p->ip_id;
	s->syn_ip_id_last = p->ip_id;
	s->syn_tsval_first = p->tsval;
	s->syn_tsval_last = p->tsval;
	s->syn_traits = syn_traits(p);
	s->syn_traits_last = s->syn_traits;
	if (s->previous != SIGHTING_NONE)
		s->syn_traits |= SYN_REUSE;
	if (s->syn_traits & SYN_TIMESTAMPS && is_older(t, s, ev))
		s->syn_traits |= SYN_OLDER;
	note_syn_way(s, ev, false);
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
on_syn_behind_synack(
	struct tracker *t, struct sighting *s, const struct track_event *ev)
{
	uint32_t c_next = s->c_next;
	track_rebase(s, ev->ns);
	bool copy = track_since(s, s->synack_last_at, ev) > TRACK_DUPLICATE_NS;
	note_first_syn(t, s, ev);
	s->syn_at[0] = track_at(s, ev->ns);
	s->syn_last_at = s->syn_at[0];
	if (copy)
		track_count(&s->syn_after_synack);
	if (seq_ge(c_next, s->c_next))
		s->c_next = c_next;
	s->flags &= ~(uint32_t)SIGHTING_NO_SYN;
}

void
note_syn_again(
	struct tracker *t, struct sighting *s, const struct track_event *ev)
{
	if (s->flags & SIGHTING_NO_SYN) {
		on_syn_behind_synack(t, s, ev);
		return;
	}
	bool again = is_duplicate_syn(s, ev);
	note_syn_way(s, ev, again);
	/* A bridge's port overhears what its host takes at the next sight. */
	if (!(ev->packet->traits & PACKET_OVERHEARD)) {
		s->syn_traits &= (uint16_t)~SYN_OVERHEARD;
		s->syn_traits_last &= (uint16_t)~SYN_OVERHEARD;
	}
	if (again) {
		track_count(&s->duplicates);
		s->flags |= SIGHTING_DUPLICATES;
		return;
	}
	if (s->syn < SIGHTING_SYN_TIMES)
		s->syn_at[s->syn] = track_at(s, ev->ns);
	/* What was the last copy is one between now. */
	if (s->syn > 1 && s->syn <= SIGHTING_SYN_TIMES)
		track_note_copy(t, s, s->syn_last_frame, false);
	track_count(&s->syn);
	if (s->synack > 0)
		track_count(&s->syn_after_synack);
	if (s->flags & (SIGHTING_RST_C_EARLY | SIGHTING_RST_C_OF_BAD))
		s->flags |= SIGHTING_SYN_AFTER_RST;
	s->syn_last_at = track_at(s, ev->ns);
	s->syn_last_frame = ev->frame;
	s->syn_ip_id_last = ev->packet->ip_id;
	s->syn_tsval_last = ev->packet->tsval;
	s->syn_traits_last = syn_traits(ev->packet);
	if (!(s->syn_traits & SYN_OVERHEARD))
		s->syn_traits_last &= (uint16_t)~SYN_OVERHEARD;
}

/*
 * Behind the last copy one captured twice follows at once. Before it, by its
 * stamp, lies one of an earlier copy (files joined end to end, records out of
 * order), which has that one's time; any other was stamped by a clock that had
 * been set back meanwhile, and is a copy of its own.
 */
static bool
is_duplicate_synack(const struct sighting *s, const struct track_event *ev)
{
	if (s->synack == 0 || s->server_isn != ev->packet->seq)
		return false;
	if (track_since(s, s->synack_last_at, ev) >= 0)
		return track_since(s, s->synack_last_at, ev) <
			TRACK_DUPLICATE_NS;
	for (int i = 0; i < SIGHTING_SYNACK_TIMES && i < s->synack; i++) {
		int64_t since = track_since(s, s->synack_at[i], ev);
		if (since > -TRACK_DUPLICATE_NS && since < TRACK_DUPLICATE_NS)
			return true;
	}
	return false;
}

/* See sighting.answer_clock. A tick is 1 ms: Linux's, and most others'.
 * cite: Linux 6.12 include/net/tcp.h TCP_TS_HZ */
static uint16_t
answer_clock(const struct packet *p, int64_t ns)
{
	if (p->tsval == 0)
		return 0;
	uint16_t clock =
		(uint16_t)((p->tsval - (uint32_t)(ns / NS_PER_MS)) >> 10);
	return clock == 0 ? UINT16_MAX : clock;
}

void
note_synack(struct tracker *t, struct sighting *s, const struct track_event *ev)
{
	const struct packet *p = ev->packet;
	bool again = is_duplicate_synack(s, ev);
	note_synack_way(s, ev, again);
	if (again) {
		track_count(&s->duplicates);
		s->flags |= SIGHTING_DUPLICATES;
		return;
	}
	bool behind = s->synack == 0 && s->flags & SIGHTING_SYNACK_MISSED &&
		s->flags & SIGHTING_GAP;
	if (s->flags & SIGHTING_GAP)
		track_loss_fill(t, s, 1, p->seq, 1);
	if (s->synack > 0 && s->server_isn != p->seq)
		s->flags |= SIGHTING_SERVER_ISN_CHANGED;
	s->server_isn = p->seq;
	if (s->synack == 0) {
		s->synack_first_frame = ev->frame;
		s->s_next = p->seq + 1 + p->payload_len;
		s->s_acked = p->seq + 1;
		s->s_acked_at = track_at(s, ev->ns);
		s->ttl_s = p->ttl;
		s->answer_clock = answer_clock(p, ev->ns);
		s->synack_traits = sum_traits(p);
		struct host_pair *pair = &t->vantage->pairs[s->pair];
		pair->ttl[ip_equal(pair->low, s->server) ? 0 : 1] = p->ttl;
		if (s->syn_traits & SYN_TIMESTAMPS) {
			pair->tsval[client_row(pair, s)] = s->syn_tsval_last;
			pair->tsval_ns[client_row(pair, s)] = ev->ns;
		}
		if (p->window == 0)
			s->flags |= SIGHTING_ZERO_WINDOW_SYNACK;
	}
	if (s->synack < SIGHTING_SYNACK_TIMES)
		s->synack_at[s->synack] = track_at(s, ev->ns);
	if (s->synack > 1 && s->synack <= SIGHTING_SYNACK_TIMES)
		track_note_copy(t, s, s->synack_last_frame, true);
	track_count(&s->synack);
	/* The ACK was recorded just before the SYN-ACK that it answers. */
	if (behind)
		s->flags &= ~(uint32_t)SIGHTING_SYNACK_MISSED;
	else if (s->ack > 0)
		track_count(&s->synack_after_ack);
	s->synack_last_at = track_at(s, ev->ns);
	s->synack_last_frame = ev->frame;
}

void
note_unfit_synack(struct sighting *s, const struct track_event *ev)
{
	const struct packet *p = ev->packet;
	if (s->synack_bad == 0)
		s->bad_ack = (int32_t)(p->ack - (s->isn + 1));
	else if (track_since(s, s->bad_at, ev) < TRACK_DUPLICATE_NS)
		return;
	s->bad_at = track_at(s, ev->ns);
	track_count(&s->synack_bad);
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

/*
 * The client's first segment came so long after the last SYN-ACK, or where that
 * was missed the last SYN, that it cannot be what answers it: a kernel answers at
 * once, and who hears nothing repeats itself after a second. The capture missed
 * the one that was, and the connection was silent meanwhile.
 */
static bool
is_late_ack(const struct sighting *s, int64_t ns)
{
	uint32_t asked = s->synack > 0 ? s->synack_last_at : s->syn_last_at;
	return asked != SIGHTING_AT_NONE &&
		ns - s->first_ns - (int64_t)asked * NS_PER_US > REACTION_MAX_NS;
}

static void
note_silence(struct sighting *s, int64_t ns)
{
	int64_t us = (ns - s->last_ns) / NS_PER_US;
	if (us > s->quiet_us)
		s->quiet_us = us > UINT32_MAX ? UINT32_MAX : (uint32_t)us;
}

/* The client's segment that completes the handshake, or one that repeats it. */
void
note_handshake_ack(struct sighting *s, const struct track_event *ev)
{
	if (is_duplicate_ack(s, ev))
		return;
	if (s->ack == 0 && is_late_ack(s, ev->ns))
		note_silence(s, ev->ns);
	if (s->ack == 0) {
		s->ack_first_at = track_at(s, ev->ns);
		s->ack_first_frame = ev->frame;
	}
	track_count(&s->ack);
	s->ack_last_at = track_at(s, ev->ns);
	s->ack_last_frame = ev->frame;
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

/*
 * A RST has the number that the segment acknowledged which it answers (RFC 9293
 * section 3.10.7.3). One of another number than this SYN's answers, where
 * nothing came that it could answer, a SYN-ACK that was recorded late or not at
 * all.
 */
static bool
is_reset_of_unfit(const struct sighting *s, const struct packet *p)
{
	if (s->ack > 0 || s->syn == 0)
		return false;
	if (s->synack_bad > 0)
		return p->seq == s->isn + 1 + (uint32_t)s->bad_ack;
	return s->synack == 0 && s->challenge == 0 && p->seq != s->isn &&
		p->seq != s->isn + 1 && p->seq != s->c_next;
}

/* More than so many bytes in either direction are no proof: a RST may be of
 * another connection, or hold any number. */
#define WORKED_BYTES (UINT32_C(1) << 24)

/*
 * A RST with ACK says where both streams stand. One behind the client's SYN, or
 * behind the server's, ends a connection that worked, whatever the capture holds
 * of it: filters for SYN and RST are common.
 * cite: Linux 6.12 net/ipv4/tcp_output.c, tcp_send_active_reset
 */
static void
note_what_worked(struct sighting *s, const struct track_event *ev)
{
	const struct packet *p = ev->packet;
	uint32_t got = p->ack - (s->server_isn + 1);
	uint32_t sent = p->seq - s->c_next;
	if (!(p->flags & TCP_ACK) || s->synack == 0 || s->ack > 0 ||
		s->synack_bad > 0 || got >= WORKED_BYTES ||
		sent >= WORKED_BYTES || got + sent == 0)
		return;
	note_handshake_ack(s, ev);
	if (got > 0)
		s->flags |= SIGHTING_PROGRESS;
}

void
note_client_reset(struct sighting *s, const struct track_event *ev)
{
	note_what_worked(s, ev);
	bool late = s->flags & SIGHTING_PROGRESS;
	if (is_reset_of_unfit(s, ev->packet)) {
		s->flags |= SIGHTING_RST_C_OF_BAD;
		return;
	}
	s->flags |= late ? SIGHTING_RST_C_LATE : SIGHTING_RST_C_EARLY;
	if (s->fin_c_at == SIGHTING_AT_NONE)
		s->fin_c_at = track_at(s, ev->ns);
	if (late || is_duplicate_reset(s, s->rst_client, s->rst_client_at, ev))
		return;
	if (s->rst_client == 0) {
		s->rst_client_at = track_at(s, ev->ns);
		s->rst_client_frame = ev->frame;
	}
	track_count(&s->rst_client);
}

/*
 * How long a RST may take that answers the client's ACK: a kernel sends it at
 * once, so it comes within the time that the SYN-ACK took here, and slack for a
 * path that is slower now and then. Nanoseconds.
 */
static int64_t
reaction_ns(const struct sighting *s)
{
	uint32_t asked = s->syn == 0                ? 0
		: s->syn_last_at <= s->synack_at[0] ? s->syn_last_at
						    : s->syn_at[0];
	if (s->synack == 0 || s->syn == 0)
		return REACTION_UNKNOWN_NS;
	int64_t us = (int64_t)s->synack_at[0] - asked;
	int64_t ns = REACTION_SLACK_NS + 4 * us * NS_PER_US;
	return ns > REACTION_MAX_NS ? REACTION_MAX_NS : ns;
}

/*
 * A RST refuses when it is the first answer to the SYN, or the answer to the
 * ACK that completes the handshake; one on the heels of a SYN-ACK is somebody
 * else's. Any other ends what was begun: a half-open connection whose time was
 * up, a connection that was idle, data that came too late, an ACK that the
 * client's own RST overtook.
 */
static bool
is_refusal(const struct sighting *s, const struct track_event *ev)
{
	if (s->synack == 0 && s->ack == 0)
		return true;
	if (s->synack > 0 && s->rst_client > 0)
		return false;
	if (s->ack == 0)
		return track_since(s, s->synack_last_at, ev) <
			REACTION_SLACK_NS;
	if (is_late_ack(s, s->first_ns + (int64_t)s->ack_first_at * NS_PER_US))
		return false;
	return track_since(s, s->ack_first_at, ev) < reaction_ns(s);
}

/* The RST acknowledges data, which only a socket that is open has taken. */
static bool
acks_data(const struct sighting *s, const struct packet *p)
{
	return p->flags & TCP_ACK && s->ack > 0 && s->data_c > 0 &&
		seq_ge(p->ack, s->isn + 2) && seq_ge(s->c_next + 1, p->ack);
}

void
note_server_reset(struct sighting *s, const struct track_event *ev)
{
	const struct packet *p = ev->packet;
	bool late = s->flags & SIGHTING_PROGRESS;
	track_note_quiet(s, ev->ns);
	s->flags |= late ? SIGHTING_RST_S_LATE : SIGHTING_RST_S_EARLY;
	bool again = is_duplicate_reset(s, s->rst_server, s->rst_server_at, ev);
	if (s->rst_server_at == SIGHTING_AT_NONE) {
		s->rst_server_at = track_at(s, ev->ns);
		s->rst_server_frame = ev->frame;
		s->ttl_rst_server = p->ttl;
	}
	if (late || again)
		return;
	if (acks_data(s, p))
		s->flags |= SIGHTING_RST_S_ACKS_DATA;
	if (is_refusal(s, ev))
		track_count(&s->rst_server);
	else
		s->flags |= SIGHTING_RST_S_END;
}
