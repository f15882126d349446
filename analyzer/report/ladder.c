/*
 * Pairing the copies of an attempt's segments along the path; see ladder.h.
 *
 * Each kind of segment is followed in its own direction. A copy seen at one
 * vantage is the copy seen at the next whose time fits: not earlier than the
 * clocks allow, nearer to this copy than to the next one, and within the time
 * that a packet may be under way.
 */
#include "report/ladder.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "model/sighting.h"
#include "model/verdict.h"

/* How long a segment may be under way. Beyond it is another copy: the first
 * repetition of a SYN comes after 1 s (cite: RFC 6298 section 2.1), and of kinds
 * whose first copy's time alone is kept a later copy must not be taken for it. */
#define TRANSIT_MAX_NS (3 * NS_PER_S)
#define TRANSIT_FIRST_MAX_NS (900 * NS_PER_MS)

/* What is allowed against the order of time: times are whole microseconds, and
 * an offset without a known uncertainty is a guess. */
#define SLACK_NS NS_PER_MS
#define SLACK_UNKNOWN_NS (50 * NS_PER_MS)

/* So long before its last packet a capture certainly still ran; stitch/cover.c
 * allows the same. */
#define CAPTURE_END_NS (250 * NS_PER_MS)

enum {
#define X(key, word, to_server, copies, first, last) KIND_##key,
#include "report/segments.def"
#undef X
	KIND_COUNT
};

/* The rows of segments.def: copies tells which count of a sighting is of this
 * kind (0: SYNs, 1: SYN-ACKs, -1: only its first copy is known), first and last
 * which of its frames are kept. */
static const struct kind {
	const char *key, *word;
	bool to_server;
	int copies, first, last;
} kinds[KIND_COUNT] = {
#define X(key, word, to_server, copies, first, last) \
	{#key, word, to_server, copies, first, last},
#include "report/segments.def"
#undef X
};

/* One copy at one vantage. at_ns counts from the attempt's first SYN, on the
 * reference clock. */
struct moment {
	int64_t at_ns;
	int64_t captured_ns; /* clock of the vantage */
	int64_t frame;
	bool used;
};

/* The copies of one kind at one column. */
struct lane {
	int64_t total; /* how many there were, kept or not */
	int count;
	struct moment moments[SIGHTING_SYN_TIMES];
};

/* All that the columns saw, before it is paired. */
struct lanes {
	struct lane lane[KIND_COUNT][LADDER_COLUMNS_MAX];
	int64_t slack_ns[LADDER_COLUMNS_MAX];
	/* When the capture ran, since the attempt's first SYN. */
	int64_t from_ns[LADDER_COLUMNS_MAX], to_ns[LADDER_COLUMNS_MAX];
	bool aligned[LADDER_COLUMNS_MAX];
};

/* By the key that stitch writes; -1 for one that this version does not know. */
static int
kind_find(const char *key, size_t len)
{
	for (int k = 0; k < KIND_COUNT; k++)
		if (strlen(kinds[k].key) == len &&
			memcmp(kinds[k].key, key, len) == 0)
			return k;
	return -1;
}

/* Note a copy of a segment at a vantage. Those beyond the bound are counted
 * elsewhere and said under the picture. */
static void
lane_add(struct lane *lane, const struct kind *kind, int64_t base_ns,
	int64_t after_ns, const struct report_view *v)
{
	if (lane->count == SIGHTING_SYN_TIMES)
		return;
	lane->moments[lane->count] =
		(struct moment){.at_ns = clock_add(base_ns, after_ns),
			.captured_ns = clock_add(v->first_ns, after_ns)};
	if (lane->count == 0)
		lane->moments[0].frame = v->frame_of[kind->first];
	lane->count++;
}

/*
 * Read {"syn":[0,1003000],"ack":[1003420]}. The table is our own (stitch writes
 * it), so this knows just that shape and stops at anything else; the whole
 * database was made by this program or is refused by its version.
 */
static void
times_read(struct lanes *lanes, int column, const struct report_view *v,
	int64_t base_ns)
{
	const char *p = v->times ? v->times : "";
	for (;;) {
		p = strchr(p, '"');
		if (!p)
			return;
		size_t len = strcspn(p + 1, "\"");
		int k = kind_find(p + 1, len);
		p += 1 + len;
		if (p[0] != '"' || p[1] != ':' || p[2] != '[')
			return;
		p += 2;
		while (*p == '[' || *p == ',') {
			char *end;
			long long us = strtoll(p + 1, &end, 10);
			if (end == p + 1 || us < 0 || us > SIGHTING_AT_MAX)
				return;
			if (k >= 0)
				lane_add(&lanes->lane[k][column], &kinds[k],
					base_ns, clock_of_us(us), v);
			p = end;
		}
	}
}

/* Totals, and the frames of the copies whose times are kept. */
static void
lanes_complete(struct lanes *lanes, int column, const struct report_view *v)
{
	for (int k = 0; k < KIND_COUNT; k++) {
		struct lane *lane = &lanes->lane[k][column];
		bool syn = kinds[k].copies == 0;
		int kept = kinds[k].copies < 0 ? 0
			: syn                  ? SIGHTING_SYN_TIMES - 1
					       : SIGHTING_SYNACK_TIMES - 1;
		const int64_t *between = v->frame_of +
			(syn ? FRAME_SYN_BETWEEN : FRAME_SYNACK_BETWEEN);
		lane->total = lane->count;
		if (kinds[k].copies >= 0)
			lane->total = kinds[k].copies == 0 ? v->syn : v->synack;
		for (int i = 0; i < kept && i + 1 < lane->count; i++)
			lane->moments[i + 1].frame = between[i];
		if (lane->count > 1 && lane->total == lane->count)
			lane->moments[lane->count - 1].frame =
				v->frame_of[kinds[k].last];
	}
}

/* There are a handful, so a list will do. NULL: none of that id. */
static const struct report_vantage *
vantage_find(const struct report *r, int64_t id)
{
	for (size_t i = 0; i < r->vantage_count; i++)
		if (r->vantages[i].id == id)
			return &r->vantages[i];
	return NULL;
}

/* A vantage's column: its clock, what it covers, and the times of all it saw,
 * on the reference clock as far as that is known. */
static void
column_read(struct report *r, const struct report_attempt *a, struct ladder *l,
	struct lanes *lanes, const struct report_view *v)
{
	/* The ends tell most; what stands between them may be left out. */
	if (l->column_count == LADDER_COLUMNS_MAX)
		l->column_count--; /* the last of the path takes its place */
	int c = l->column_count++;
	l->columns[c] = (struct ladder_column){
		.vantage = v->vantage, .name = v->name, .seen = v->seen};
	for (int k = 0; k < KIND_COUNT; k++)
		lanes->lane[k][c] = (struct lane){0};
	const struct report_vantage *at = vantage_find(r, v->vantage);
	int64_t offset_ns = at->offset_known ? at->offset_ns : 0;
	lanes->aligned[c] = at->offset_known;
	/* How far a time of this column may be off against the reference; two
	 * columns may be off by the sum of both. */
	lanes->slack_ns[c] = at->uncertainty_known
		? clock_add(at->uncertainty_ns, SLACK_NS)
		: SLACK_UNKNOWN_NS;
	lanes->from_ns[c] = clock_sub(at->covers_from_ns, a->first_ns);
	lanes->to_ns[c] = clock_sub(
		at->covers_to_ns, clock_add(a->first_ns, CAPTURE_END_NS));
	if (!v->seen)
		return;
	times_read(lanes, c, v,
		clock_sub(clock_sub(v->first_ns, offset_ns), a->first_ns));
	lanes_complete(lanes, c, v);
}

/* A column whose clock is not known is moved so that its first segment of some
 * kind meets that of an aligned column. */
static void
column_shift(struct lanes *lanes, int c, int to)
{
	int64_t shift = 0;
	for (int k = KIND_COUNT - 1; k >= 0; k--)
		if (lanes->lane[k][c].count && lanes->lane[k][to].count)
			shift = lanes->lane[k][to].moments[0].at_ns -
				lanes->lane[k][c].moments[0].at_ns;
	for (int k = 0; k < KIND_COUNT; k++)
		for (int i = 0; i < lanes->lane[k][c].count; i++)
			lanes->lane[k][c].moments[i].at_ns += shift;
}

/* Where a clock is not known, move the column so that its first segment meets
 * its partner. The picture then says so: its slopes mean nothing. */
static void
columns_align(struct ladder *l, struct lanes *lanes)
{
	int to = -1;
	for (int c = 0; c < l->column_count && to < 0; c++)
		if (lanes->aligned[c])
			to = c;
	for (int c = 0; c < l->column_count; c++) {
		if (lanes->aligned[c] || c == to || !l->columns[c].seen)
			continue;
		if (to < 0) {
			to = c;
			continue;
		}
		column_shift(lanes, c, to);
		l->unaligned = true;
	}
}

/* With one vantage there is another end that nobody captured. */
static void
ghost_add(struct ladder *l, struct lanes *lanes)
{
	if (l->column_count != 1)
		return;
	bool at_server = strcmp(l->columns[0].name, "server") == 0;
	if (at_server) {
		l->columns[1] = l->columns[0];
		for (int k = 0; k < KIND_COUNT; k++) {
			lanes->lane[k][1] = lanes->lane[k][0];
			lanes->lane[k][0] = (struct lane){0};
		}
	}
	int ghost = at_server ? 0 : 1;
	if (!at_server)
		for (int k = 0; k < KIND_COUNT; k++)
			lanes->lane[k][1] = (struct lane){0};
	l->columns[ghost] = (struct ladder_column){
		.vantage = -1, .name = at_server ? "client" : "server"};
	lanes->slack_ns[0] = lanes->slack_ns[1] = SLACK_UNKNOWN_NS;
	l->column_count = 2;
}

/* Times of one attempt are seconds apart, so the difference does not overflow.
 * */
static int64_t
distance(int64_t a, int64_t b)
{
	return a < b ? b - a : a - b;
}

/*
 * The copy at the next column that is the one sent at at_ns; next_ns is when the
 * sender's next copy followed (INT64_MAX when none did).
 */
static struct moment *
match(struct lane *lane, int64_t at_ns, int64_t next_ns, int64_t slack_ns,
	int64_t transit_ns)
{
	for (int i = 0; i < lane->count; i++) {
		struct moment *m = &lane->moments[i];
		int64_t after_ns = clock_sub(m->at_ns, at_ns);
		if (m->used || clock_add(after_ns, slack_ns) < 0 ||
			after_ns > clock_add(transit_ns, slack_ns))
			continue;
		if (next_ns != INT64_MAX &&
			distance(m->at_ns, next_ns) < distance(m->at_ns, at_ns))
			continue;
		return m;
	}
	return NULL;
}

/* Coverage that lets an absence prove something (model/coverage.def). */
static bool
is_sure(const char *coverage)
{
	return coverage &&
		(strcmp(coverage, "covered") == 0 ||
			strcmp(coverage, "witnessed") == 0);
}

/* What became of a copy: it arrived, or it was lost, which only a capture that
 * covers the moment can say, or nobody can tell. */
static void
fate_set(struct ladder_rung *g, const struct report_attempt *a,
	const struct ladder *l, const struct lanes *lanes,
	const struct lane lane[LADDER_COLUMNS_MAX])
{
	int end = g->to_server ? l->column_count - 1 : 0;
	int origin = g->to_server ? 0 : l->column_count - 1;
	/* Seen on its way but not where it was sent: it was made on the way, or
	 * that capture missed it. */
	g->stray = !g->dots[origin].seen;
	g->stray_sure = is_sure(g->to_server ? a->c_sends : a->s_sends) &&
		lane[origin].count == 0 && l->columns[origin].vantage >= 0;
	if (g->dots[end].seen)
		g->fate = LADDER_ARRIVED;
	else if (l->columns[end].vantage < 0)
		g->fate = LADDER_UNCAPTURED;
	/* Lost, and not merely unseen: the far end's capture covers what comes
	 * in there, all copies that it saw are known by their times (else this
	 * one may be among the others), it ran at that moment, and the judge
	 * could decide the attempt at all. */
	else if (is_sure(g->to_server ? a->s_receives : a->c_receives) &&
		lane[end].total <= lane[end].count &&
		g->after_ns >= lanes->from_ns[end] &&
		g->after_ns <= lanes->to_ns[end] &&
		strcmp(a->verdict, VERDICT_UNDETERMINED) != 0)
		g->fate = LADDER_LOST;
	else
		g->fate = LADDER_UNSEEN;
}

/* Follow one copy from column c on. */
static void
rung_add(struct ladder *l, const struct report_attempt *a, struct lanes *lanes,
	int k, int c, int i)
{
	struct lane *lane = lanes->lane[k];
	struct ladder_rung g = {.word = kinds[k].word,
		.to_server = kinds[k].to_server,
		.start = c,
		.after_ns = lane[c].moments[i].at_ns};
	int step = g.to_server ? 1 : -1;
	struct moment *m = &lane[c].moments[i];
	int64_t next_ns = i + 1 < lane[c].count ? m[1].at_ns : INT64_MAX;
	int64_t transit_ns =
		kinds[k].copies < 0 ? TRANSIT_FIRST_MAX_NS : TRANSIT_MAX_NS;
	while (m) {
		m->used = true;
		g.dots[c] = (struct ladder_dot){.seen = true,
			.after_ns = m->at_ns,
			.captured_ns = m->captured_ns,
			.frame = m->frame};
		g.last = c;
		int64_t at_ns = m->at_ns;
		/* A column that did not see it is passed over: a capture in the
		 * middle may have missed what one behind it shows. */
		m = NULL;
		for (c += step; c >= 0 && c < l->column_count && !m; c += step)
			m = match(&lane[c], at_ns, next_ns,
				clock_add(lanes->slack_ns[c],
					lanes->slack_ns[g.last]),
				transit_ns);
		c -= step;
		if (!m)
			break;
		next_ns = m + 1 < lane[c].moments + lane[c].count ? m[1].at_ns
								  : INT64_MAX;
	}
	fate_set(&g, a, l, lanes, lane);
	if (l->rung_count == LADDER_RUNGS_MAX)
		l->more++;
	else
		l->rungs[l->rung_count++] = g;
}

/* Make an arrow of each copy, kind by kind, from the end that sends it; copies
 * that no vantage kept a time of are counted. */
static void
rungs_read(
	struct ladder *l, const struct report_attempt *a, struct lanes *lanes)
{
	int n = l->column_count;
	for (int k = 0; k < KIND_COUNT; k++) {
		int64_t not_kept = 0;
		for (int j = 0; j < n; j++) {
			int c = kinds[k].to_server ? j : n - 1 - j;
			struct lane *lane = &lanes->lane[k][c];
			for (int i = 0; i < lane->count; i++)
				if (!lane->moments[i].used)
					rung_add(l, a, lanes, k, c, i);
			if (lane->total - lane->count > not_kept)
				not_kept = lane->total - lane->count;
		}
		l->more += (int)not_kept;
	}
}

/* For qsort. Rungs of one moment are the two ways of one exchange. */
static int
by_time(const void *a, const void *b)
{
	const struct ladder_rung *x = a, *y = b;
	if (x->after_ns != y->after_ns)
		return x->after_ns < y->after_ns ? -1 : 1;
	/* At one moment the cause comes before its effect. */
	return (int)y->to_server - (int)x->to_server;
}

/* Number the copies, and mark where the host dropped the last one. */
static void
rungs_finish(struct ladder *l, const struct report_attempt *a)
{
	qsort(l->rungs, (size_t)l->rung_count, sizeof l->rungs[0], by_time);
	for (int i = 0; i < l->rung_count; i++)
		for (int j = 0; j < i; j++)
			if (l->rungs[j].word == l->rungs[i].word &&
				l->rungs[j].to_server == l->rungs[i].to_server)
				l->rungs[i].repeat++;
	if (!a->segment || !a->place || strstr(a->place, " host") == NULL)
		return;
	for (int i = l->rung_count - 1; i >= 0; i--) {
		struct ladder_rung *g = &l->rungs[i];
		if (g->fate == LADDER_ARRIVED &&
			strcmp(g->word, a->segment) == 0) {
			g->dropped = true;
			return;
		}
	}
}

/*  */
/* Filled anew. Costs what reading the attempt's sightings costs, and pairing of as
 * many copies as times are kept. */
void
ladder_read(struct report *r, const struct report_attempt *a, struct ladder *l)
{
	struct lanes lanes;
	struct report_view v;
	l->column_count = l->rung_count = l->more = 0;
	l->unaligned = false;
	report_views_begin(r, a->id);
	while (report_view_next(r, &v))
		column_read(r, a, l, &lanes, &v);
	if (l->column_count == 0)
		return;
	columns_align(l, &lanes);
	ghost_add(l, &lanes);
	rungs_read(l, a, &lanes);
	rungs_finish(l, a);
}

/* A rung that arrived has no column beyond its last. */
int
ladder_towards(const struct ladder *l, const struct ladder_rung *g)
{
	int next = g->last + (g->to_server ? 1 : -1);
	return next < 0 || next >= l->column_count ? g->last : next;
}
