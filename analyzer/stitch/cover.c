/*
 * Asking a vantage's capture whether it covers a moment.
 *
 * From bad to good: the capture would not have shown the segment (another time,
 * host, port or direction); it lost packets around the moment; it is empty, so
 * that nothing tells when it ran; it covers the moment; it also saw
 * this host pair, in this direction, around the moment, and this server port at
 * some time (a capture filtered by port shows the pair and lacks the port).
 */
#include "stitch/cover.h"

#include <stdlib.h>

#include "base/arena.h"
#include "stitch/cover_loss.h"

/* "Around that moment", for a witness of the host pair. */
#define WITNESS_NS (60 * NS_PER_S)

/*
 * A witness is found by slots of 1/64 of the span in which its hosts talked
 * (base/timemap.h): with slots of more than an hour, that is after more than a
 * day and a half, it is none for one moment.
 */
#define WITNESS_WIDTH_NS (3600 * NS_PER_S)

void
cover_init(
	struct cover *c, const struct vantage *v, const struct clock_map *map)
{
	*c = (struct cover){.vantage = v,
		.map = map,
		.keys = hash_keys_random(),
		.ran_by = SIZE_MAX};
	c->proofs = memory_take(v->pairs_count, sizeof *c->proofs);
	index_init(&c->pairs, v->pairs_count);
	index_init(&c->hosts, 2 * (uint64_t)v->pairs_count);
	for (uint32_t i = 0; i < v->pairs_count; i++) {
		const struct host_pair *p = &v->pairs[i];
		index_add(&c->pairs, hash_pair(c->keys, p->low, p->high), i);
		index_add(&c->hosts, hash_endpoint(c->keys, p->low, 0), i);
		index_add(&c->hosts, hash_endpoint(c->keys, p->high, 0), i);
	}
	index_init(&c->datagrams, v->datagrams_count);
	for (uint32_t i = 0; i < v->datagrams_count; i++)
		index_add(&c->datagrams,
			hash_pair(c->keys, v->datagrams[i].low,
				v->datagrams[i].high),
			i);
}

void
cover_release(struct cover *c)
{
	index_release(&c->pairs);
	index_release(&c->hosts);
	index_release(&c->datagrams);
	index_release(&c->by_stranger);
	free(c->strangers);
	free(c->proofs);
}

static const struct host_pair *
pair_of(const struct cover *c, struct ip_addr one, struct ip_addr other)
{
	uint32_t i = cover_pair_index(c, one, other);
	return i == INDEX_NONE ? NULL : &c->vantage->pairs[i];
}

bool
cover_knows_pair(
	const struct cover *c, struct ip_addr one, struct ip_addr other)
{
	return pair_of(c, one, other) != NULL;
}

bool
cover_shows_sender(
	const struct cover *c, struct ip_addr from, struct ip_addr to)
{
	const struct host_pair *p = pair_of(c, from, to);
	return p != NULL && p->seen.rows[ip_equal(p->low, from) ? 0 : 1] != 0;
}

bool
cover_knows_host(const struct cover *c, struct ip_addr host)
{
	return index_find(&c->hosts, hash_endpoint(c->keys, host, 0)) !=
		INDEX_NONE;
}

/* The time that the capture certainly ran, on its own clock. */
static void
running_time(const struct vantage *v, int64_t *from, int64_t *to)
{
	*from = v->first.ns;
	*to = clock_sub(v->last.ns, COVER_LAST_NS);
	if (v->started.ns != CLOCK_UNKNOWN_NS && v->started.ns < *from)
		*from = v->started.ns;
	if (v->ended.ns != CLOCK_UNKNOWN_NS && v->ended.ns > *to)
		*to = v->ended.ns;
}

bool
cover_between_pieces(const struct vantage *v, int64_t ns, int64_t slack)
{
	for (uint32_t i = 0; i < v->gaps_count; i++)
		if (clock_add(ns, slack) > v->gaps[i].from_ns &&
			clock_sub(ns, slack) < v->gaps[i].to_ns)
			return true;
	return false;
}

/* When the vantage's own clock showed a moment; false when it was set around then,
 * and nobody knows which of two such times it was. */
static bool
moment_here(const struct cover *c, const struct cover_question *q, int i,
	int64_t *ns)
{
	bool sure = true;
	*ns = q->shown_ns != NULL
		? q->shown_ns[i]
		: clock_from_reference(
			  c->map, (struct reference_time){q->at_ns[i]}, &sure)
			  .ns;
	return sure;
}

/* Count the moments that lie inside the running time, uncertainty allowed. */
static void
count_inside(const struct cover *c, const struct cover_question *q,
	struct cover_answer *out)
{
	int64_t from, to;
	running_time(c->vantage, &from, &to);
	/* Sent before the capture's first packet, and yet that very packet. */
	if (q->seen_here)
		from = clock_sub(from, COVER_LAST_NS);
	out->inside = 0;
	out->last_inside = -1;
	for (int i = 0; i < q->count; i++) {
		int64_t ns;
		int64_t doubt = q->answers ? 0 : q->unsure_ns;
		if (!moment_here(c, q, i, &ns) || clock_sub(ns, doubt) < from ||
			clock_add(ns, q->unsure_ns) > to ||
			cover_between_pieces(c->vantage, ns, q->unsure_ns))
			continue;
		out->inside++;
		out->last_inside = i;
	}
}

/* True when the capture holds exactly one server port and nothing else. */
static bool
one_port_only(const struct vantage *v)
{
	int ports = 0;
	for (size_t i = 0; i < sizeof v->ports / sizeof *v->ports; i++)
		ports += __builtin_popcountll(v->ports[i]);
	return ports == 1 && v->audit.other == 0;
}

/* Another vantage shows what must have passed here and is not in the capture. */
static const char *
proven_filtered(const struct cover *c, const struct cover_question *q)
{
	if (c->lacks_all)
		return "the capture is empty while the other end shows "
		       "what must have passed it: it was made elsewhere, at "
		       "another time or with a filter";
	if ((c->lacks_synacks && !q->from_client) ||
		(c->lacks_more && q->beyond_syn))
		return "the capture lacks what the other end's connections "
		       "prove: it was filtered by the flags or the direction "
		       "of segments";
	return NULL;
}

/* Why the capture would not have shown the segment at all, or NULL. */
static const char *
never_shown(const struct cover *c, const struct cover_question *q)
{
	const struct vantage *v = c->vantage;
	const struct capture_audit *a = &v->audit;
	uint64_t lacking =
		q->from_client ? a->lacks_client_side : a->lacks_server_side;
	if (lacking > 0 && a->two_sided == 0)
		return "the capture holds one direction of its connections "
		       "only";
	if (vantage_saw_port(v, q->server_port))
		return NULL;
	if (a->filtered)
		return "a capture filter is set and no packet of this port was "
		       "captured";
	if (one_port_only(v))
		return "the capture holds one other TCP port and nothing else: "
		       "it may have been filtered by port";
	return NULL;
}

/*
 * The capture is of two hosts and holds nothing else, not even their ARP: a filter
 * on one of them leaves that. Asked of a host that it never shows.
 */
static bool
one_peer_only(const struct cover *c, const struct cover_question *q)
{
	const struct vantage *v = c->vantage;
	struct ip_addr peer = ip_equal(q->own, q->from) ? q->to : q->from;
	return v->pairs_count == 1 && v->datagrams_count == 0 &&
		v->audit.other == 0 && !cover_knows_host(c, peer);
}

/*
 * Why such segments may have been filtered out, or "". A capture of nothing but
 * SYNs (and SYN-ACKs) is what a filter on the SYN flag leaves, and what a filter
 * on the port leaves where every attempt fails.
 */
static const char *
narrow(const struct cover *c, const struct cover_question *q)
{
	const struct capture_audit *a = &c->vantage->audit;
	if (a->tcp == 0)
		return "the capture holds no TCP at all: it may have been made "
		       "at another interface, outside a tunnel or with a "
		       "filter";
	if (one_peer_only(c, q))
		return "the capture holds what one other host sends and gets "
		       "and nothing else: it may have been filtered by host";
	if (a->other > 0 || a->beyond_syn > 0)
		return "";
	if (a->answered == 0 && (!q->from_client || q->beyond_syn))
		return "the capture holds SYNs and nothing else: it may have "
		       "been filtered";
	if (q->beyond_syn)
		return "the capture holds SYNs and SYN-ACKs and nothing else: "
		       "it may have been filtered";
	return "";
}

/*
 * The answers of the capture's own host are asked for, and it holds nothing but
 * SYNs that came in: a filter on a direction or on the SYN flag leaves the same as
 * silence, and what shows one direction convicts nobody of the other's.
 */
static bool
shows_syns_alone(const struct vantage *v, const struct cover_question *q)
{
	const struct capture_audit *a = &v->audit;
	return ip_equal(q->own, q->from) && !q->from_client && a->tcp > 0 &&
		a->other == 0 && a->beyond_syn == 0 && a->answered == 0;
}

/* A SYN that its client did not repeat may well have been answered: together
 * with a capture that may have been filtered, and none at the client that would
 * show an answer, that is one doubt too many. */
static bool
maybe_answered(const struct cover *c, const struct cover_question *q)
{
	return q->alone && !q->from_client && q->count == 1 &&
		narrow(c, q)[0] != '\0';
}

/*
 * Whether the capture is of this host at all: one that holds TCP of others and
 * never this address was made elsewhere, or behind a device that translates.
 */
static bool
host_seen(const struct cover *c, struct ip_addr host)
{
	return c->vantage->audit.tcp == 0 || cover_knows_host(c, host);
}

static bool
witnessed(const struct cover *c, const struct cover_question *q, int64_t ns)
{
	const struct host_pair *p = pair_of(c, q->from, q->to);
	if (p == NULL || !clock_known(c->map) ||
		!vantage_saw_port(c->vantage, q->server_port) ||
		timemap_width_ns(&p->seen) > WITNESS_WIDTH_NS)
		return false;
	return timemap_any(&p->seen, ip_equal(p->low, q->from) ? 0 : 1,
		clock_sub(ns, WITNESS_NS), clock_add(ns, WITNESS_NS));
}

/* The capture would not have shown such a segment at any time. */
static const char *
not_of_these(const struct cover *c, const struct cover_question *q)
{
	const char *note = never_shown(c, q);
	if (note == NULL && !host_seen(c, q->own))
		note = "the capture never shows this host's address: it is of "
		       "another host, or the address is translated on the way";
	if (note == NULL)
		note = cover_answers_by(c, q);
	if (note == NULL && shows_syns_alone(c->vantage, q))
		note = "the capture holds SYNs that came in and nothing else: "
		       "a filter on a direction or on the SYN flag would have "
		       "hidden the answers";
	if (note == NULL && maybe_answered(c, q))
		note = "the capture holds no segments but SYNs and SYN-ACKs, "
		       "and the client did not repeat its SYN: the answer may "
		       "have been filtered out";
	return note;
}

/* What it lost, at the last of the moments that it covers; false when that
 * settles the answer. */
static bool
ask_losses(const struct cover *c, const struct cover_question *q,
	struct cover_answer *out)
{
	const struct vantage *v = c->vantage;
	int64_t ns;
	moment_here(c, q, out->last_inside, &ns);
	if (v->audit.cut > v->audit.tcp) {
		out->coverage = COVERAGE_LOSSY;
		out->note = "packets are cut before their TCP header is "
			    "complete (snaplen too small)";
		return false;
	}
	enum coverage proved = cover_proof_ask(c, q, &out->note);
	if (proved == COVERAGE_OUTSIDE) {
		*out = (struct cover_answer){proved, out->note, 0, -1};
		return false;
	}
	enum coverage loss = cover_lacks_answers(c, q)
		? COVERAGE_COVERED
		: cover_loss(v, ns, out->inside);
	if (loss == COVERAGE_LOSSY)
		out->note = "the capture lost packets";
	if (loss != COVERAGE_LOSSY && proved != COVERAGE_LOSSY) {
		bool sure = loss == COVERAGE_WITNESSED && !c->end_doubted;
		out->coverage = sure && witnessed(c, q, ns) ? COVERAGE_WITNESSED
							    : COVERAGE_COVERED;
		return true;
	}
	out->coverage = COVERAGE_LOSSY;
	return false;
}

void
cover_ask(const struct cover *c, const struct cover_question *q,
	struct cover_answer *out)
{
	const struct vantage *v = c->vantage;
	*out = (struct cover_answer){COVERAGE_DOUBTFUL, "", 0, -1};
	const char *note = proven_filtered(c, q);
	if (note == NULL && v->audit.packets == 0) {
		out->note = "the capture is empty: wrong interface, wrong "
			    "filter, or stopped before its buffer was written "
			    "(tcpdump without -U)";
		return;
	}
	if (note == NULL && v->first.ns == CLOCK_UNKNOWN_NS)
		note = "no packet of the capture carries a time, or none in "
		       "the time that was asked for";
	if (note == NULL)
		count_inside(c, q, out);
	/* Nothing in it is of these hosts, and nothing dates it. */
	if (note == NULL && v->audit.tcp == 0 && !clock_known(c->map) &&
		v->audit.packets > v->audit.cut)
		note = "the capture holds no TCP at all and shares nothing "
		       "with the other one: it may have been made at another "
		       "interface, outside a tunnel or with a filter";
	if (note == NULL && out->inside == 0)
		note = "the moment is not inside the capture's time, or "
		       "between two of its files: one may be missing";
	if (note == NULL)
		note = not_of_these(c, q);
	if (note != NULL) {
		*out = (struct cover_answer){COVERAGE_OUTSIDE, note, 0, -1};
		return;
	}
	if (!ask_losses(c, q, out))
		return;
	out->note = clock_known(c->map)
		? narrow(c, q)
		: "nothing compares the clocks of the captures";
	if (out->note[0] == '\0' && c->no_answers && !q->from_client)
		out->note = "the capture shows no answer of any connection: it "
			    "may hold one direction only, or the answers take "
			    "another way";
	if (out->note[0] != '\0')
		out->coverage = COVERAGE_DOUBTFUL;
}
