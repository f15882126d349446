/*
 * The packet loop: stream, capture reader, decoder, tracker.
 *
 * One thread runs it for one vantage. Everything that is wrong with a file is
 * noted in its piece and the next file is read.
 */
#include "ingest/feed.h"

#include <stdlib.h>
#include <string.h>

#include "ingest/cards.h"
#include "ingest/filter.h"
#include "ingest/datagrams.h"
#include "ingest/lookups.h"
#include "ingest/neighbours.h"
#include "ingest/reading.h"
#include "ingest/track_join.h"

/* Packets that wait to be tracked in the order of their times: those that
 * several queues of a card wrote down out of order come right, up to half so
 * many apart. Half of them are tracked together, so that their waits for memory
 * overlap. */
#define GROUP 64
/* They wait in a longer list, so that they move to its front only now and then. */
#define GROUP_ROOM (2 * GROUP)
/* Longer is no disorder: the clock was set back. */
#define DISORDER_NS (10 * NS_PER_MS)

struct waiting {
	struct packet packet;
	struct captured_time time;
	uint32_t frame;
	uint32_t tag;
	uint8_t card;
};

/*
 * Files of one vantage that are read side by side, at most. More that overlap
 * in time are read as their predecessors end.
 */
#define FEED_OPEN_MAX 32

/* Everything that one vantage's packets pass through. */
struct feed {
	struct tracker tracker;
	struct lookups lookups;
	struct datagram_notes datagrams;
	struct neighbours neighbours;
	struct cards cards;
	struct vantage *vantage;
	struct filter filter;
	const struct feed_options *options;
	struct progress *progress;
	struct captured_time now; /* of the latest packet that has a time */
	uint64_t frames;
	bool saturated;
	int begin; /* the first of the packets that wait */
	int count; /* how many they are, up to GROUP */
	struct waiting group[GROUP_ROOM];
	struct reading open[FEED_OPEN_MAX];
	int open_count;
};

static void
note_link_type(struct feed_piece *piece, uint16_t link_type)
{
	for (int i = 0; i < piece->link_types_count; i++)
		if (piece->link_types[i] == link_type)
			return;
	if (piece->link_types_count < FEED_LINK_TYPES_MAX)
		piece->link_types[piece->link_types_count++] = link_type;
}

/* The time span of a piece. */
static void
note_time(struct feed_piece *piece, struct captured_time t)
{
	if (piece->first.ns == CLOCK_UNKNOWN_NS || t.ns < piece->first.ns)
		piece->first = t;
	if (piece->last.ns == CLOCK_UNKNOWN_NS || t.ns > piece->last.ns)
		piece->last = t;
}

/* Within one file times go on, but for what queues and cards put out of order:
 * more means that the clock was set back. */
static void
note_set_back(
	struct feed *f, const struct feed_piece *piece, struct captured_time t)
{
	if (piece->last.ns == CLOCK_UNKNOWN_NS || t.ns >= piece->last.ns)
		return;
	int64_t by = clock_sub(piece->last.ns, t.ns);
	if (by > f->tracker.vantage->set_back_ns)
		f->tracker.vantage->set_back_ns = by;
}

/*
 * When a packet was captured. One without a time that can be believed was
 * captured when its predecessor was; the first of a file, when the file's first
 * packet with a time was; without any it gets 0, and the vantage no time span.
 */
static void
take_time(struct feed *f, struct reading *r)
{
	struct captured_time t = r->packet.time;
	if (clock_believable(t.ns)) {
		f->now = t;
		note_set_back(f, r->piece, t);
		note_time(r->piece, t);
		return;
	}
	if (t.ns != CLOCK_UNKNOWN_NS)
		anomaly_counts_add(&r->piece->anomalies,
			ANOMALY_CAPTURE_BAD_TIME,
			r->stream.unpacked_bytes - r->stream.window.len);
	if (f->now.ns != CLOCK_UNKNOWN_NS)
		return;
	f->now.ns = reading_first_time(r->piece->file);
	if (f->now.ns == INT64_MAX)
		f->now.ns = 0;
}

static uint32_t
frame_number(struct feed *f, struct feed_piece *piece)
{
	uint64_t n = ++f->frames;
	if (n <= UINT32_MAX)
		return (uint32_t)n;
	if (!f->saturated)
		anomaly_counts_add(
			&piece->anomalies, ANOMALY_FRAME_NUMBER_SATURATED, n);
	f->saturated = true;
	return UINT32_MAX;
}

/* The latest packet takes its place among those that wait. */
static void
put_in_order(struct feed *f)
{
	struct waiting *group = &f->group[f->begin];
	int64_t ns = group[f->count - 1].time.ns;
	int at = f->count - 1;
	while (at > 0 && group[at - 1].time.ns > ns &&
		group[at - 1].time.ns - ns < DISORDER_NS)
		at--;
	if (at == f->count - 1)
		return;
	struct waiting w = group[f->count - 1];
	memmove(&group[at + 1], &group[at],
		(size_t)(f->count - 1 - at) * sizeof w);
	group[at] = w;
}

/* The first so many of those that wait. */
static void
track_group(struct feed *f, int count)
{
	const struct waiting *group = &f->group[f->begin];
	for (int i = 0; i < count; i++)
		track_prefetch(&f->tracker, group[i].tag);
	for (int i = 0; i < count; i++) {
		f->tracker.card = group[i].card;
		track_packet(&f->tracker, &group[i].packet, group[i].time,
			group[i].frame, group[i].tag);
	}
	f->begin += count;
	f->count -= count;
	if (f->begin + GROUP <= GROUP_ROOM)
		return;
	memmove(&f->group[0], &f->group[f->begin],
		(size_t)f->count * sizeof f->group[0]);
	f->begin = 0;
}

static void
take_packet(struct feed *f, struct reading *r)
{
	struct feed_piece *piece = r->piece;
	const struct capture_packet *c = &r->packet;
	uint32_t frame = frame_number(f, piece);
	piece->packets++;
	if (piece->link_types_count == 0 ||
		piece->link_types[0] != c->link_type)
		note_link_type(piece, c->link_type);
	take_time(f, r);
	if (f->now.ns < f->options->from_ns || f->now.ns > f->options->to_ns ||
		!filter_passes(&f->filter, c->link_type, c->data, c->caplen,
			c->wirelen)) {
		piece->filtered_out++;
		return;
	}
	struct waiting *w = &f->group[f->begin + f->count++];
	uint32_t wirelen =
		c->wirelen > c->fcs_len ? c->wirelen - c->fcs_len : 0;
	packet_decode(
		c->link_type, view_of(c->data, c->caplen), wirelen, &w->packet);
	piece->kinds[w->packet.kind]++;
	/* Before the window moves on: the message is only borrowed. */
	if (w->packet.kind == PACKET_DNS)
		lookups_packet(&f->lookups, &w->packet, f->now, frame);
	else if (w->packet.kind == PACKET_ARP ||
		w->packet.kind == PACKET_ICMP_OTHER)
		neighbours_packet(&f->neighbours, &w->packet, f->now, frame);
	if (w->packet.kind != PACKET_TCP)
		datagrams_packet(&f->datagrams, &w->packet, f->now);
	w->time = f->now;
	w->frame = frame;
	w->card = cards_find(&f->cards, r, &w->packet);
	w->tag = track_tag(&f->tracker, &w->packet);
	put_in_order(f);
	if (f->count == GROUP)
		track_group(f, GROUP / 2);
}

static int
by_first_time(const void *a, const void *b)
{
	const struct feed_piece *x = a;
	const struct feed_piece *y = b;
	if (x->first.ns != y->first.ns)
		return x->first.ns < y->first.ns ? -1 : 1;
	return strcmp(x->file->name, y->file->name);
}

static void
order_pieces(struct feed_piece *pieces, size_t count)
{
	if (count < 2)
		return;
	for (size_t i = 0; i < count; i++)
		pieces[i].first.ns = reading_first_time(pieces[i].file);
	qsort(pieces, count, sizeof *pieces, by_first_time);
}

/*
 * Remember that nothing was captured from the end of one piece to the start of
 * the next: a piece between them may be missing. When the list is full, the two
 * neighbours with the least time between them become one.
 */
static void
note_gap(struct vantage *v, int64_t from_ns, int64_t to_ns)
{
	struct capture_gap *g = v->gaps;
	if (v->gaps_count < VANTAGE_GAPS_MAX) {
		g[v->gaps_count++] = (struct capture_gap){from_ns, to_ns};
		return;
	}
	uint32_t last = VANTAGE_GAPS_MAX - 1;
	uint32_t best = last;
	int64_t least = clock_sub(from_ns, g[last].to_ns);
	for (uint32_t i = 0; i < last; i++) {
		int64_t between = clock_sub(g[i + 1].from_ns, g[i].to_ns);
		if (between >= least)
			continue;
		best = i;
		least = between;
	}
	if (best == last) {
		g[last].to_ns = to_ns;
		return;
	}
	g[best].to_ns = g[best + 1].to_ns;
	for (uint32_t i = best + 1; i < last; i++)
		g[i] = g[i + 1];
	g[last] = (struct capture_gap){from_ns, to_ns};
}

/* The time from first to last belongs to the vantage's capture, as far as
 * --from and --to let it be read. */
static void
note_span(struct vantage *v, const struct feed_options *o,
	struct captured_time first, struct captured_time last)
{
	if (first.ns == CLOCK_UNKNOWN_NS || last.ns < o->from_ns ||
		first.ns > o->to_ns)
		return;
	if (first.ns < o->from_ns)
		first.ns = o->from_ns;
	if (last.ns > o->to_ns)
		last.ns = o->to_ns;
	if (v->last.ns != CLOCK_UNKNOWN_NS &&
		first.ns - v->last.ns >= VANTAGE_GAP_NS)
		note_gap(v, v->last.ns, first.ns);
	if (v->first.ns == CLOCK_UNKNOWN_NS || first.ns < v->first.ns)
		v->first = first;
	if (v->last.ns == CLOCK_UNKNOWN_NS || last.ns > v->last.ns)
		v->last = last;
}

/* What a file states of its beginning and end, within --from and --to. */
static void
note_stated(struct vantage *v, const struct feed_options *o,
	const struct capture_summary *s)
{
	struct captured_time t = s->started;
	if (clock_believable(t.ns) && t.ns >= o->from_ns &&
		(v->started.ns == CLOCK_UNKNOWN_NS || t.ns < v->started.ns))
		v->started = t;
	t = s->ended;
	if (clock_believable(t.ns) && t.ns <= o->to_ns &&
		(v->ended.ns == CLOCK_UNKNOWN_NS || t.ns > v->ended.ns))
		v->ended = t;
}

/* Captured on all cards of a Linux host, which has this header alone. (A tunnel's
 * has it, too; nothing of it is seen twice.)
 * cite: tcpdump.org/linktypes.html, LINKTYPE_LINUX_SLL and LINKTYPE_LINUX_SLL2 */
static bool
is_of_any(const struct feed_piece *piece)
{
	enum { LINUX_SLL = 113, LINUX_SLL2 = 276 };
	for (int i = 0; i < piece->link_types_count; i++)
		if (piece->link_types[i] != LINUX_SLL &&
			piece->link_types[i] != LINUX_SLL2)
			return false;
	return piece->link_types_count > 0;
}

/* What the pieces say together of the vantage's capture. */
static void
sum_up(struct vantage *v, const struct feed_options *o,
	const struct feed_piece *piece)
{
	const struct capture_summary *s = &piece->summary;
	struct capture_audit *a = &v->audit;
	a->packets += piece->packets;
	a->tcp += piece->kinds[PACKET_TCP];
	a->cut += piece->kinds[PACKET_CUT];
	for (int k = 0; k < PACKET_KIND_COUNT; k++)
		if (k != PACKET_TCP && k != PACKET_ICMP_ERROR)
			a->other += piece->kinds[k];
	a->dropped += s->dropped;
	a->dropped_known |= s->has_drop_count;
	a->filtered |= s->has_filter || o->filter != NULL;
	a->damaged |= piece->anomalies.list[ANOMALY_CAPTURE_CUT].count > 0 ||
		piece->anomalies.list[ANOMALY_CAPTURE_DAMAGED].count > 0 ||
		piece->anomalies.list[ANOMALY_COMPRESSION_DAMAGED].count > 0;
	a->timed_out |=
		piece->anomalies.list[ANOMALY_READING_TIMED_OUT].count > 0;
	note_span(v, o, piece->first, piece->last);
	note_stated(v, o, s);
	v->all_cards = is_of_any(piece) && (v->all_cards || v->pieces == 0);
	v->pieces++;
}

/* More than the SYN and its answer was captured of it. A SYN-ACK under a name that
 * no SYN was sent to (ingest/track_join.h) is an answer and nothing more. */
static bool
goes_beyond_syn(const struct sighting *s)
{
	const uint32_t more = SIGHTING_PROGRESS | SIGHTING_SYNACK_MISSED |
		SIGHTING_RST_C_EARLY | SIGHTING_RST_S_EARLY;
	bool midstream = s->flags & SIGHTING_MIDSTREAM && s->synack == 0;
	return midstream || s->flags & more || s->ack > 0 || s->challenge > 0 ||
		s->data_c > 0 || s->data_s > 0;
}

/* One direction or both, and how far: counted over all connections. */
static void
count_sides(struct vantage *v)
{
	struct capture_audit *a = &v->audit;
	for (uint32_t i = 0; i < v->sightings; i++) {
		const struct sighting *s = vantage_sighting(v, i);
		bool midstream = s->flags & SIGHTING_MIDSTREAM;
		bool both = midstream ? s->data_c > 0 && s->data_s > 0
				      : s->syn > 0 && s->synack > 0;
		bool only_answers = s->flags & SIGHTING_NO_SYN && s->ack == 0 &&
			s->flags & SIGHTING_PROGRESS;
		a->two_sided += both;
		a->beyond_syn += goes_beyond_syn(s);
		a->answered += s->synack > 0;
		a->lacks_client_side += only_answers;
		a->lacks_server_side +=
			s->flags & SIGHTING_SYNACK_MISSED && s->data_s == 0;
		a->duplicates += s->duplicates;
		v->shows_ways |= s->syn_way[0] != 0 || s->synack_way[0] != 0;
	}
}

/* The time at which an open file's next packet belongs. */
static int64_t
next_time(const struct feed *f, const struct reading *r)
{
	return clock_believable(r->packet.time.ns) ? r->packet.time.ns
						   : f->now.ns;
}

static void
open_piece(struct feed *f, struct feed_piece *piece)
{
	struct reading *r = &f->open[f->open_count];
	piece->first_frame = f->open_count == 0 ? f->frames + 1 : 0;
	piece->first.ns = piece->last.ns = CLOCK_UNKNOWN_NS;
	piece->late_fd = -1;
	/* Frames of files that are mixed are numbered as a merged file's. */
	for (int i = 0; i < f->open_count; i++)
		f->open[i].piece->first_frame = 0;
	if (!reading_open(r, piece, f->progress))
		return;
	if (r->has_packet)
		f->open_count++;
	else
		reading_close(r);
}

/* Read from one file as long as its packets come before until_ns; false when
 * it came to its end. */
static bool
read_until(struct feed *f, struct reading *r, int64_t until_ns)
{
	do {
		take_packet(f, r);
		if (!reading_next(r))
			return false;
	} while (next_time(f, r) <= until_ns);
	return true;
}

/* The open file whose packet is next; *second is when another one's is. */
static int
earliest(const struct feed *f, int64_t *second)
{
	int best = 0;
	*second = INT64_MAX;
	for (int i = 1; i < f->open_count; i++) {
		int64_t time = next_time(f, &f->open[i]);
		int64_t lead = next_time(f, &f->open[best]);
		if (time < lead) {
			best = i;
			time = lead;
		}
		if (time < *second)
			*second = time;
	}
	return best;
}

static void
close_piece(struct feed *f, int at)
{
	/* What waits was decoded already; the window may go. */
	reading_close(&f->open[at]);
	f->open_count--;
	if (at != f->open_count)
		f->open[at] = f->open[f->open_count];
}

/* All pieces, in the order of time; they are sorted by their first packets. */
static void
read_pieces(struct feed *f, struct feed_piece *pieces, size_t count)
{
	size_t next = 0;
	while (f->open_count > 0 || next < count) {
		int64_t second;
		int at = earliest(f, &second);
		bool room = f->open_count < FEED_OPEN_MAX && next < count;
		int64_t starts = room ? pieces[next].first.ns : INT64_MAX;
		if (room &&
			(f->open_count == 0 ||
				starts <= next_time(f, &f->open[at]))) {
			open_piece(f, &pieces[next++]);
			continue;
		}
		if (!read_until(
			    f, &f->open[at], second < starts ? second : starts))
			close_piece(f, at);
	}
	track_group(f, f->count);
}

void
feed_vantage(struct vantage *v, struct feed_piece *pieces, size_t count,
	const struct feed_options *options, struct progress *progress)
{
	const struct captured_time unknown = {CLOCK_UNKNOWN_NS};
	struct feed *f = memory_take(1, sizeof *f);
	*f = (struct feed){.vantage = v,
		.options = options,
		.progress = progress,
		.now = unknown};
	v->first = v->last = v->started = v->ended = unknown;
	track_init(&f->tracker, v, options->limit, options->whole);
	lookups_init(&f->lookups, v);
	datagrams_init(&f->datagrams, v);
	neighbours_init(&f->neighbours, v);
	cards_init(&f->cards, v);
	filter_init(&f->filter, options->filter);
	order_pieces(pieces, count);
	read_pieces(f, pieces, count);
	for (size_t i = 0; i < count; i++)
		sum_up(v, options, &pieces[i]);
	if (v->audit.overflowed && count > 0)
		anomaly_counts_add(&pieces[count - 1].anomalies,
			ANOMALY_ATTEMPTS_BEYOND_MEMORY, 0);
	if (f->lookups.beyond > 0 && count > 0)
		anomaly_counts_add(&pieces[count - 1].anomalies,
			ANOMALY_NAMES_BEYOND_MEMORY, 0);
	if (f->neighbours.beyond > 0 && count > 0)
		anomaly_counts_add(&pieces[count - 1].anomalies,
			ANOMALY_NEIGHBOURS_BEYOND_MEMORY, 0);
	if (f->datagrams.beyond > 0 && count > 0)
		anomaly_counts_add(&pieces[count - 1].anomalies,
			ANOMALY_DATAGRAMS_BEYOND_MEMORY, 0);
	track_join_answers(v);
	count_sides(v);
	lookups_finish(&f->lookups);
	datagrams_finish(&f->datagrams);
	neighbours_finish(&f->neighbours);
	filter_release(&f->filter);
	track_release(&f->tracker);
	free(f);
}
