/*
 * A sorted list of tuples, and a merge of files that overlap in time.
 */
#include "ingest/slice.h"

#include <stdlib.h>
#include <string.h>

#include "ingest/reading.h"

/* Files of one vantage that are open together, at most; as in feed.c. */
#define SLICE_OPEN_MAX 32

/* Connections that are followed because they bear a wanted number. */
#define OTHERS_MAX 100000

void
slice_add(struct slice_targets *t, const struct slice_target *target)
{
	if (t->count == t->room) {
		t->room = t->room == 0 ? 64 : t->room * 2;
		t->list = memory_grow(t->list, t->room, sizeof *t->list);
	}
	t->list[t->count++] = *target;
}

void
slice_release(struct slice_targets *t)
{
	free(t->list);
	free(t->isns);
	slice_notes_release(&t->notes);
	*t = (struct slice_targets){0};
}

static int
compare_ip(struct ip_addr a, struct ip_addr b)
{
	if (a.hi != b.hi)
		return a.hi < b.hi ? -1 : 1;
	return a.lo < b.lo ? -1 : a.lo > b.lo;
}

static int
compare_tuple(const struct slice_target *a, const struct slice_target *b)
{
	int order = compare_ip(a->one, b->one);
	if (order == 0)
		order = compare_ip(a->other, b->other);
	if (order == 0)
		order = a->one_port - b->one_port;
	return order != 0 ? order : a->other_port - b->other_port;
}

static int
compare(const void *a, const void *b)
{
	const struct slice_target *x = a;
	const struct slice_target *y = b;
	int order = compare_tuple(x, y);
	if (order != 0)
		return order;
	return x->from_ns < y->from_ns ? -1 : x->from_ns > y->from_ns;
}

/* The lower end first, so that both directions are one tuple. */
static void
set_order(struct slice_target *t)
{
	int order = compare_ip(t->one, t->other);
	if (order < 0 || (order == 0 && t->one_port <= t->other_port))
		return;
	struct slice_target s = *t;
	t->one = s.other;
	t->other = s.one;
	t->one_port = s.other_port;
	t->other_port = s.one_port;
}

static int
compare_isn(const void *a, const void *b)
{
	const struct slice_isn *x = a;
	const struct slice_isn *y = b;
	if (x->isn != y->isn)
		return x->isn < y->isn ? -1 : 1;
	return x->from_ns < y->from_ns ? -1 : x->from_ns > y->from_ns;
}

/* Before the tuples are joined: each attempt has a number of its own. */
static void
sort_isns(struct slice_targets *t)
{
	t->isns = memory_take(t->count, sizeof *t->isns);
	t->isns_count = t->count;
	for (size_t i = 0; i < t->count; i++)
		t->isns[i] = (struct slice_isn){.isn = t->list[i].isn,
			.from_ns = t->list[i].from_ns,
			.to_ns = t->list[i].to_ns};
	qsort(t->isns, t->isns_count, sizeof *t->isns, compare_isn);
}

void
slice_sort(struct slice_targets *t)
{
	size_t kept = 0;
	slice_notes_sort(&t->notes);
	for (size_t i = 0; i < t->count; i++)
		set_order(&t->list[i]);
	if (t->count == 0)
		return;
	sort_isns(t);
	qsort(t->list, t->count, sizeof *t->list, compare);
	for (size_t i = 1; i < t->count; i++) {
		struct slice_target *last = &t->list[kept];
		const struct slice_target *next = &t->list[i];
		if (compare_tuple(last, next) != 0 ||
			next->from_ns > last->to_ns)
			t->list[++kept] = *next;
		else if (next->to_ns > last->to_ns)
			last->to_ns = next->to_ns;
	}
	t->count = kept + 1;
}

/* The last target that does not come after key; it is the one, or none is. */
static bool
wanted(const struct slice_targets *t, struct slice_target *key)
{
	size_t low = 0;
	size_t high = t->count;
	set_order(key);
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (compare(&t->list[middle], key) <= 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low > 0 && compare_tuple(&t->list[low - 1], key) == 0 &&
		key->from_ns <= t->list[low - 1].to_ns;
}

/* The handshake of that number that goes on at that moment, or NULL. */
static const struct slice_isn *
find_isn(const struct slice_targets *t, uint32_t isn, int64_t at_ns)
{
	size_t low = 0;
	size_t high = t->isns_count;
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		const struct slice_isn *x = &t->isns[middle];
		if (x->isn < isn || (x->isn == isn && x->from_ns <= at_ns))
			low = middle + 1;
		else
			high = middle;
	}
	return low > 0 && t->isns[low - 1].isn == isn &&
			at_ns <= t->isns[low - 1].to_ns
		? &t->isns[low - 1]
		: NULL;
}

/* Datagrams for the context of a slice: which way they go shows in the first. */
#define SLICE_DATAGRAMS_MAX 200

/* All that is open, and what is read so far. */
struct slicing {
	struct slice_targets *targets;
	struct slice_targets others; /* wanted handshakes' other addresses */
	struct feed_piece *pieces;   /* borrowed */
	size_t pieces_count;
	size_t pieces_next;
	int given; /* index in open, of the packet that slice_next gave; -1 */
	uint16_t link_type;
	struct reading open[SLICE_OPEN_MAX];
	int open_count;
	int64_t now_ns; /* of the last packet that had a time */
	struct progress progress;
	struct slice_result result;
	bool context;
	struct capture_packet
		first; /* TCP; its data is a copy, owned, or NULL */
	struct captured_time first_at;
	bool seen[PACKET_KIND_COUNT]; /* a packet of this kind is written */
	int datagrams;                /* written for their hosts */
};

static int64_t
time_of(const struct slicing *s, const struct reading *r)
{
	return clock_believable(r->packet.time.ns) ? r->packet.time.ns
						   : s->now_ns;
}

/* The first packet of its kind, of those that are no TCP? */
static bool
is_context(struct slicing *s, enum packet_kind kind)
{
	if (!s->context || s->seen[kind])
		return false;
	s->seen[kind] = true;
	s->result.context++;
	return true;
}

/* Do the two hosts have an attempt that is wanted, at whatever ports? */
static bool
hosts_wanted(const struct slice_targets *t, const struct packet *p)
{
	struct slice_target key = {.one = p->src, .other = p->dst};
	size_t low = 0;
	size_t high = t->count;
	set_order(&key);
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (compare_tuple(&t->list[middle], &key) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low < t->count && compare_ip(t->list[low].one, key.one) == 0 &&
		compare_ip(t->list[low].other, key.other) == 0;
}

/* What else the hosts of a wanted attempt send each other shows which way this
 * capture sees (datagrams.h). */
static bool
is_datagram(struct slicing *s, const struct packet *p)
{
	if (!s->context || s->datagrams == SLICE_DATAGRAMS_MAX ||
		(p->kind != PACKET_UDP && p->kind != PACKET_DNS &&
			p->kind != PACKET_ICMP_OTHER) ||
		!hosts_wanted(s->targets, p))
		return false;
	s->datagrams++;
	s->seen[p->kind] = true;
	s->result.context++;
	return true;
}

/* Keep the first TCP packet that is no SYN, for a slice that would be empty. */
static void
keep_first(struct slicing *s, const struct capture_packet *c)
{
	if (s->first.data != NULL || s->result.written > 0)
		return;
	uint8_t *copy = memory_take(c->caplen, 1);
	memcpy(copy, c->data, c->caplen);
	s->first = *c;
	s->first.data = copy;
	s->first_at.ns = s->now_ns;
}

/*
 * A SYN of a wanted handshake, or an answer to it, under other addresses: its
 * connection is wanted from here to the end of that handshake's time. A stranger
 * with the same number costs nothing: 1 in 2^32 a connection and handshake.
 */
static bool
follow(struct slicing *s, const struct packet *p, struct slice_target key)
{
	struct slice_targets *t = &s->others;
	bool answer = (p->flags & TCP_ACK) != 0;
	if (p->kind != PACKET_TCP || (p->flags & (TCP_SYN | TCP_RST)) == 0 ||
		t->count == OTHERS_MAX)
		return false;
	const struct slice_isn *x =
		find_isn(s->targets, answer ? p->ack - 1 : p->seq, key.from_ns);
	if (x == NULL)
		return false;
	key.to_ns = x->to_ns;
	slice_add(t, &key);
	size_t at = t->count - 1;
	for (; at > 0 && compare(&t->list[at - 1], &key) > 0; at--)
		t->list[at] = t->list[at - 1];
	t->list[at] = key;
	return true;
}

static bool
is_wanted(struct slicing *s, const struct capture_packet *c, const char **note)
{
	struct packet p;
	uint32_t wirelen =
		c->wirelen > c->fcs_len ? c->wirelen - c->fcs_len : 0;
	packet_decode(c->link_type, view_of(c->data, c->caplen), wirelen, &p);
	if (p.kind != PACKET_TCP && p.kind != PACKET_ICMP_ERROR)
		return is_datagram(s, &p) || is_context(s, p.kind);
	struct slice_target key = {.one = p.src,
		.other = p.dst,
		.one_port = p.src_port,
		.other_port = p.dst_port,
		.from_ns = s->now_ns};
	if (!wanted(s->targets, &key) && !wanted(&s->others, &key) &&
		!follow(s, &p, key)) {
		/* A SYN alone would look as an attempt that failed. */
		if (p.kind == PACKET_TCP && (p.flags & TCP_SYN) == 0)
			keep_first(s, c);
		return p.kind != PACKET_TCP && is_context(s, p.kind);
	}
	s->seen[p.kind] = true;
	*note = slice_notes_take(&s->targets->notes, &p, s->now_ns);
	return true;
}

/* The packet of one file; false when it is not wanted. */
static bool
take(struct slicing *s, const struct reading *r, struct slice_packet *out)
{
	const struct captured_time t = {s->now_ns = time_of(s, r)};
	const char *note = NULL;
	s->result.read++;
	if (!is_wanted(s, &r->packet, &note))
		return false;
	s->result.written++;
	*out = (struct slice_packet){r->packet, t, note};
	return true;
}

/* The open file whose packet is next; -1 when none is open. */
static int
earliest(const struct slicing *s)
{
	int best = s->open_count > 0 ? 0 : -1;
	for (int i = 1; i < s->open_count; i++)
		if (time_of(s, &s->open[i]) < time_of(s, &s->open[best]))
			best = i;
	return best;
}

/* A piece that has a packet is open afterwards. */
static void
open_piece(struct slicing *s, struct feed_piece *piece)
{
	struct reading *r = &s->open[s->open_count];
	if (!reading_open_hashed(r, piece, &s->progress))
		return;
	if (!r->has_packet) {
		reading_close(r);
		return;
	}
	if (s->link_type == CAPTURE_LINK_UNKNOWN)
		s->link_type = r->packet.link_type;
	s->open_count++;
}

static void
close_one(struct slicing *s, int at)
{
	reading_close(&s->open[at]);
	if (at != --s->open_count)
		s->open[at] = s->open[s->open_count];
}

/* Behind the packet of one file. */
static void
advance(struct slicing *s, int at)
{
	if (!reading_next(&s->open[at]))
		close_one(s, at);
}

struct slicing *
slice_begin(struct slice_targets *targets, bool context,
	struct feed_piece *pieces, size_t count)
{
	struct slicing *s = memory_take(1, sizeof *s);
	s->targets = targets;
	s->context = context;
	s->pieces = pieces;
	s->pieces_count = count;
	s->given = -1;
	s->link_type = CAPTURE_LINK_UNKNOWN;
	return s;
}

bool
slice_next(struct slicing *s, struct slice_packet *out)
{
	if (s->given >= 0)
		advance(s, s->given);
	s->given = -1;
	for (;;) {
		int at = earliest(s);
		bool more = s->pieces_next < s->pieces_count &&
			s->open_count < SLICE_OPEN_MAX;
		if (more &&
			(at < 0 ||
				s->pieces[s->pieces_next].first.ns <=
					time_of(s, &s->open[at]))) {
			open_piece(s, &s->pieces[s->pieces_next++]);
			continue;
		}
		if (at < 0)
			return false;
		if (take(s, &s->open[at], out)) {
			s->given = at;
			return true;
		}
		advance(s, at);
	}
}

uint16_t
slice_link_type(const struct slicing *s)
{
	return s->link_type;
}

void
slice_end(struct slicing *s, struct slice_result *result)
{
	if (s == NULL)
		return;
	while (s->open_count > 0)
		close_one(s, 0);
	*result = s->result;
	free((void *)s->first.data);
	slice_release(&s->others);
	free(s);
}

/* The first interface is that of the capture's first packet, wanted or not. */
static bool
write_packet(struct pcapng_write *w, const struct slicing *s,
	const struct capture_packet *c, struct captured_time at,
	const char *note)
{
	if (w->count == 0 && s->link_type != CAPTURE_LINK_UNKNOWN)
		pcapng_write_interface(w, s->link_type);
	return pcapng_write_packet(w, c, at, note);
}

bool
slice_write(struct slice_targets *targets, bool context,
	struct feed_piece *pieces, size_t count, struct pcapng_write *w,
	struct slice_result *result, struct error *e)
{
	struct slicing *s = slice_begin(targets, context, pieces, count);
	struct slice_packet x;
	bool ok = true;
	while (ok && slice_next(s, &x))
		ok = write_packet(w, s, &x.packet, x.at, x.note);
	if (ok && s->result.written == 0 && s->first.data != NULL) {
		s->result.written = s->result.context = 1;
		ok = write_packet(w, s, &s->first, s->first_at, NULL);
	}
	if (w->count == 0 && s->link_type != CAPTURE_LINK_UNKNOWN)
		pcapng_write_interface(w, s->link_type);
	slice_end(s, result);
	return ok ||
		error_set(e, ERROR_USAGE,
			"more than %d kinds of interfaces in one capture",
			PCAPNG_WRITE_INTERFACES_MAX);
}
