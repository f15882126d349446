/*
 * The packet loop: stream, capture reader, decoder, tracker.
 *
 * One thread runs it for one vantage. Everything that is wrong with a file is
 * noted in its piece and the next file is read.
 */
#include "ingest/feed.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "ingest/filter.h"
#include "ingest/stream.h"

/* Packets that are tracked together, so that their waits for memory overlap. */
#define GROUP 16

struct waiting {
	struct packet packet;
	struct captured_time time;
	uint32_t frame;
	uint32_t tag;
};

/* Everything that one file's packets pass through. */
struct feed {
	struct tracker *tracker;
	struct vantage *vantage;
	struct feed_piece *piece;
	struct filter *filter;
	const struct feed_options *options;
	const struct stream *stream;
	struct captured_time now; /* of the latest packet that has a time */
	uint64_t *frames;         /* of the vantage so far */
	bool saturated;
	int count;                 /* of the packets that wait */
	struct waiting group[GROUP];
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

static int64_t first_time(const struct case_file *file);

/*
 * When a packet was captured. One without a time that can be believed was
 * captured when its predecessor was; the first of a file, when the file's first
 * packet with a time was; without any it gets 0, and the vantage no time span.
 */
static void
take_time(struct feed *f, struct captured_time t)
{
	if (clock_believable(t.ns)) {
		f->now = t;
		note_time(f->piece, t);
		return;
	}
	if (t.ns != CLOCK_UNKNOWN_NS)
		noted_add(&f->piece->anomalies, ANOMALY_CAPTURE_BAD_TIME,
			f->stream->unpacked_bytes - f->stream->window.len);
	if (f->now.ns != CLOCK_UNKNOWN_NS)
		return;
	f->now.ns = first_time(f->piece->file);
	if (f->now.ns == INT64_MAX)
		f->now.ns = 0;
}

static uint32_t
frame_number(struct feed *f)
{
	uint64_t n = ++*f->frames;
	if (n <= UINT32_MAX)
		return (uint32_t)n;
	if (!f->saturated)
		noted_add(&f->piece->anomalies,
			ANOMALY_FRAME_NUMBER_SATURATED, n);
	f->saturated = true;
	return UINT32_MAX;
}

static void
track_group(struct feed *f)
{
	for (int i = 0; i < f->count; i++)
		track_prefetch(f->tracker, f->group[i].tag);
	for (int i = 0; i < f->count; i++)
		track_packet(f->tracker, &f->group[i].packet, f->group[i].time,
			f->group[i].frame, f->group[i].tag);
	f->count = 0;
}

static void
take_packet(struct feed *f, const struct capture_packet *c)
{
	struct feed_piece *piece = f->piece;
	uint32_t frame = frame_number(f);
	piece->packets++;
	if (piece->link_types_count == 0 ||
		piece->link_types[0] != c->link_type)
		note_link_type(piece, c->link_type);
	take_time(f, c->time);
	if (f->now.ns < f->options->from_ns || f->now.ns > f->options->to_ns ||
		!filter_passes(f->filter, c->link_type, c->data, c->caplen,
			c->wirelen)) {
		piece->filtered_out++;
		return;
	}
	struct waiting *w = &f->group[f->count++];
	uint32_t wirelen =
		c->wirelen > c->fcs_len ? c->wirelen - c->fcs_len : 0;
	packet_decode(c->link_type, view_of(c->data, c->caplen), wirelen,
		&w->packet);
	piece->kinds[w->packet.kind]++;
	w->time = f->now;
	w->frame = frame;
	w->tag = track_tag(f->tracker, &w->packet);
	if (f->count == GROUP)
		track_group(f);
}

/* All packets of an open stream. */
static void
read_packets(struct feed *f, struct stream *s, struct progress *progress)
{
	struct anomaly_sink sink = noted_sink(&f->piece->anomalies);
	struct capture_reader *reader = capture_new(sink);
	struct capture_packet packet;
	uint64_t reported = 0;
	for (;;) {
		enum capture_status status =
			capture_next(reader, &s->window, s->at_eof, &packet);
		if (status == CAPTURE_PACKET) {
			take_packet(f, &packet);
			continue;
		}
		if (status == CAPTURE_END)
			break;
		stream_fill(s, capture_need(reader));
		progress_add(progress, s->raw_bytes - reported);
		reported = s->raw_bytes;
	}
	track_group(f);
	f->piece->summary = *capture_summary(reader);
	capture_free(reader);
	stream_finish(s);
	progress_add(progress, s->raw_bytes - reported);
}

/* Large files are hashed later, beside other work. */
static void
plan_hash(struct feed_piece *piece, struct stream *s)
{
	struct stat st;
	piece->late_fd = stream_hash_later(s);
	if (piece->late_fd >= 0 && fstat(piece->late_fd, &st) == 0)
		piece->late_mtime = st.st_mtim;
}

static void
read_piece(struct feed *f, struct progress *progress)
{
	struct feed_piece *piece = f->piece;
	struct anomaly_sink sink = noted_sink(&piece->anomalies);
	struct stream s;
	piece->first_frame = *f->frames + 1;
	piece->late_fd = -1;
	if (!stream_open(&s, piece->file->path, sink, &piece->error))
		return;
	plan_hash(piece, &s);
	f->stream = &s;
	read_packets(f, &s, progress);
	memcpy(piece->sha256, s.sha256, sizeof piece->sha256);
	piece->raw_bytes = s.raw_bytes;
	if (s.error.kind != ERROR_NONE)
		piece->error = s.error;
	stream_close(&s);
}

static void
discard(void *context, enum anomaly a, uint64_t at)
{
	(void)context;
	(void)a;
	(void)at;
}

/* A file that can be opened twice: what is read of a pipe is gone. */
static bool
can_be_peeked(const struct case_file *file)
{
	struct stat st;
	return strcmp(file->path, "-") != 0 && stat(file->path, &st) == 0 &&
		S_ISREG(st.st_mode);
}

/* The time of a file's first packet that has one, INT64_MAX without. */
static int64_t
first_time(const struct case_file *file)
{
	struct stream s;
	struct anomaly_sink sink = {discard, NULL};
	if (!can_be_peeked(file) || !stream_open(&s, file->path, sink, NULL))
		return INT64_MAX;
	struct capture_reader *reader = capture_new(sink);
	struct capture_packet packet;
	enum capture_status status;
	do {
		status = capture_next(reader, &s.window, s.at_eof, &packet);
		if (status == CAPTURE_MORE)
			stream_fill(&s, capture_need(reader));
	} while (status == CAPTURE_MORE ||
		(status == CAPTURE_PACKET &&
			!clock_believable(packet.time.ns)));
	int64_t ns = status == CAPTURE_PACKET ? packet.time.ns : INT64_MAX;
	capture_free(reader);
	stream_close(&s);
	return ns;
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
		pieces[i].first.ns = first_time(pieces[i].file);
	qsort(pieces, count, sizeof *pieces, by_first_time);
}

/* Remember that nothing was captured from the end of one piece to the start of
 * the next: a piece between them may be missing. */
static void
note_gap(struct vantage *v, int64_t from_ns, int64_t to_ns)
{
	if (v->gaps_count < VANTAGE_GAPS_MAX)
		v->gaps[v->gaps_count++] = (struct capture_gap){from_ns, to_ns};
	else
		v->gaps[VANTAGE_GAPS_MAX - 1].to_ns = to_ns;
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
	note_span(v, o, piece->first, piece->last);
	note_stated(v, o, s);
	v->pieces++;
}

/* One direction or both: counted over all connections. */
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
		a->lacks_client_side += only_answers;
		a->lacks_server_side +=
			s->flags & SIGHTING_SYNACK_MISSED && s->data_s == 0;
		a->duplicates += s->duplicates;
	}
}

void
feed_vantage(struct vantage *v, struct feed_piece *pieces, size_t count,
	const struct feed_options *options, struct progress *progress)
{
	const struct captured_time unknown = {CLOCK_UNKNOWN_NS};
	struct tracker tracker;
	struct filter filter;
	struct captured_time now = unknown;
	uint64_t frames = 0;
	v->first = v->last = v->started = v->ended = unknown;
	track_init(&tracker, v, options->limit);
	filter_init(&filter, options->filter);
	order_pieces(pieces, count);
	for (size_t i = 0; i < count; i++) {
		pieces[i].first = pieces[i].last = unknown;
		struct feed f = {.tracker = &tracker,
			.vantage = v,
			.piece = &pieces[i],
			.filter = &filter,
			.options = options,
			.now = now,
			.frames = &frames};
		read_piece(&f, progress);
		now = f.now;
		sum_up(v, options, &pieces[i]);
	}
	if (v->audit.overflowed && count > 0)
		noted_add(&pieces[count - 1].anomalies,
			ANOMALY_ATTEMPTS_BEYOND_MEMORY, 0);
	count_sides(v);
	filter_release(&filter);
	track_release(&tracker);
}
