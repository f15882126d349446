/*
 * What an ICMP error means for the attempt that it quotes. A sighting keeps one
 * of them: about the SYN, which ends the attempt at the client, or about the
 * SYN-ACK, which tells the server that its answer was not delivered.
 *
 * spec: RFC 792, RFC 4443 section 3, RFC 5927 section 4.1 (the quoted sequence
 * number tells an error of this attempt from one of another). An error kills a
 * connect() at once, whatever its code, for the socket is in SYN-SENT.
 * cite: Linux 6.12 net/ipv4/tcp_ipv4.c, tcp_v4_err
 */
#include "ingest/track_flow.h"
#include "ingest/track_notes.h"

/* The index of an ICMP error's sender among the vantage's. */
static uint32_t
sender_index(struct vantage *v, struct ip_addr sender)
{
	for (uint32_t i = 0; i < v->senders_count; i++)
		if (ip_equal(v->senders[i], sender))
			return i;
	if (v->senders_count == VANTAGE_SENDERS_MAX)
		return SIGHTING_NONE;
	v->senders[v->senders_count] = sender;
	return v->senders_count++;
}

/*
 * An error that asks the sender for something and ends nothing: source quench,
 * fragmentation needed, packet too big.
 * cite: Linux 6.12 net/ipv4/icmp.c, icmp_err_convert (fatal 0);
 * RFC 4443 section 3.2
 */
static bool
is_advice(bool v6, uint8_t type, uint8_t code)
{
	if (v6)
		return type == 2;
	return type == 4 || (type == 3 && code == 4);
}

/* The error that is kept: the first one, but advice makes way. */
static bool
is_worse(const struct sighting *s, const struct packet *p)
{
	return s->icmp == 0 ||
		(is_advice(p->icmp_v6, s->icmp_type, s->icmp_code) &&
			!is_advice(p->icmp_v6, p->icmp_type, p->icmp_code));
}

static void
keep(struct tracker *t, struct sighting *s, const struct track_event *ev,
	bool of_synack)
{
	const struct packet *p = ev->packet;
	s->icmp_at = track_at(s, ev->ns);
	s->icmp_frame = ev->frame;
	s->icmp_type = p->icmp_type;
	s->icmp_code = p->icmp_code;
	s->icmp_sender = sender_index(t->vantage, p->icmp_src);
	s->flags &= ~(uint32_t)(SIGHTING_ICMP_FROM_SERVER |
		SIGHTING_ICMP_FROM_CLIENT | SIGHTING_ICMP_OF_SYNACK);
	if (ip_equal(p->icmp_src, s->server))
		s->flags |= SIGHTING_ICMP_FROM_SERVER;
	if (ip_equal(p->icmp_src, s->client))
		s->flags |= SIGHTING_ICMP_FROM_CLIENT;
	if (of_synack)
		s->flags |= SIGHTING_ICMP_OF_SYNACK;
}

/*
 * Does the error quote this attempt's SYN-ACK? Its sequence number is used by
 * nothing else that the server sends. An error in the server's own name never
 * left it: its own firewall.
 */
static bool
is_of_synack(const struct sighting *s, const struct packet *p)
{
	return p->quote_has_seq && s->synack > 0 && p->seq == s->server_isn &&
		!ip_equal(p->icmp_src, s->server);
}

/*
 * The error quotes data of this connection which is on its way, and says that it
 * is too large for the next link: it ends nothing, but explains what stands
 * still. spec: RFC 1191 section 4, RFC 5927 section 7.2 (the quoted number lies
 * in what was sent and not acknowledged)
 */
static bool
is_too_big(const struct sighting *s, const struct packet *p, bool src_is_client)
{
	bool says = p->icmp_v6 ? p->icmp_type == 2
			       : p->icmp_type == 3 && p->icmp_code == 4;
	if (!says || !p->quote_has_seq || s->synack == 0)
		return false;
	if (src_is_client)
		return seq_ge(p->seq, s->isn + 1) && seq_ge(s->c_next, p->seq);
	return seq_ge(p->seq, s->server_isn + 1) && seq_ge(s->s_next, p->seq);
}

/* Longer than a router waits for its neighbour before it says that there is none.
 * cite: Linux 6.12 net/ipv4/arp.c, arp_tbl: three probes, a second each */
#define ERROR_LATE_NS (4 * NS_PER_S)

/*
 * The error quotes a SYN of these ports with another number, and with the timestamp
 * of one that this attempt sent: behind a device that rewrites numbers, it was this
 * one. (The client's host takes it for none of its own, and goes on asking.
 * cite: Linux 6.12 net/ipv4/tcp_ipv4.c, tcp_v4_err, LINUX_MIB_OUTOFWINDOWICMPS)
 */
static bool
quotes_rewritten(const struct sighting *s, const struct track_event *ev)
{
	const struct packet *p = ev->packet;
	int64_t since = track_since(s, s->syn_last_at, ev);
	return (p->flags & (TCP_SYN | TCP_ACK)) == TCP_SYN && p->tsval != 0 &&
		s->syn > 0 && s->synack == 0 && s->ack == 0 && since >= 0 &&
		since < ERROR_LATE_NS &&
		(p->tsval == s->syn_tsval_first ||
			p->tsval == s->syn_tsval_last);
}

bool
track_icmp(struct tracker *t, const struct track_event *ev)
{
	const struct packet *p = ev->packet;
	bool src_is_client;
	struct sighting *s = track_find(t, ev, &src_is_client);
	if (s != NULL && is_too_big(s, p, src_is_client)) {
		s->too_big_c |= src_is_client;
		s->too_big_s |= !src_is_client;
		return true;
	}
	if (s != NULL && p->quote_has_seq && src_is_client) {
		struct sighting *of = track_with_isn(t, s, p->seq);
		s = of != NULL || !quotes_rewritten(s, ev) ? of : s;
	}
	bool of_synack = s != NULL && !src_is_client && is_of_synack(s, p);
	if (s == NULL || s->flags & SIGHTING_MIDSTREAM ||
		(!src_is_client && !of_synack)) {
		t->unmatched_icmp++;
		return false;
	}
	bool kept_of_synack = s->flags & SIGHTING_ICMP_OF_SYNACK;
	if (s->icmp > 0 && of_synack && !kept_of_synack)
		return true;
	/* One about the SYN ends the attempt at its root: it displaces them. */
	if (!of_synack && kept_of_synack)
		s->icmp = 0;
	/* Captured twice: what is counted are errors that were sent. */
	bool again = s->icmp > 0 && !is_worse(s, p) &&
		track_since(s, s->icmp_at, ev) < TRACK_DUPLICATE_NS;
	if (is_worse(s, p))
		keep(t, s, ev, of_synack);
	if (!again)
		track_count(&s->icmp);
	if (ev->ns > s->last_ns)
		s->last_ns = ev->ns;
	return true;
}
