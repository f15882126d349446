/*
 * Gathering what the pictures show; see overview.h.
 *
 * The classes and lanes of attempts are given out first, by verdict; then one pass
 * fills bins and tallies. Nothing here draws: html_plots.c and its like do.
 */
#include "report/overview.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "model/verdict.h"

/* Lower end of the lowest cell: no handshake over a network is done in less. */
#define CELL_FIRST_US 10.0

/* Log lines so long after the last attempt are on the axis even when all
 * attempts began within less; later ones as long as the axis doubles at most. */
#define AFTER_MIN_NS (5 * NS_PER_S)

double
overview_cell_us(int cell)
{
	return CELL_FIRST_US * pow(10, (double)cell / OVERVIEW_PER_DECADE);
}

/* The cell of a span; 1e-9 keeps a decade's own number from falling into the
 * cell below it by rounding. What is longer than the scale shares the last
 * cell. */
static int
cell_of(int64_t us)
{
	if (us <= (int64_t)CELL_FIRST_US)
		return 0;
	int cell =
		(int)(log10((double)us / CELL_FIRST_US) * OVERVIEW_PER_DECADE +
			1e-9);
	return cell < OVERVIEW_CELLS ? cell : OVERVIEW_CELLS - 1;
}

/* Of an attempt that is not clean. */
static enum overview_class
class_of(const char *verdict, bool failed)
{
	if (strcmp(verdict, VERDICT_UNDETERMINED) == 0)
		return CLASS_OPEN;
	return failed ? CLASS_FAILED : CLASS_SLOW;
}

/* The lane of each of the model's rows: several places share a verdict's. */
static int
lane_of(struct overview *o, const char *verdict, enum overview_class class)
{
	for (int i = 0; i < o->lane_count; i++)
		if (strcmp(o->lanes[i].verdict, verdict) == 0)
			return i;
	int k = o->lane_count < OVERVIEW_LANES_MAX ? o->lane_count++
						   : OVERVIEW_LANES_MAX - 1;
	bool shared = k == OVERVIEW_LANES_MAX - 1;
	/* The last lane is shared from the first verdict on that finds no
	 * other. */
	o->lanes[k].verdict = shared ? "other verdicts" : verdict;
	o->lanes[k].class = class;
	return k;
}

/* lane[i] becomes the lane of the model's row i. Rows are in order, so the
 * commonest verdicts have lanes of their own. */
static void
lanes_make(struct overview *o, const struct report *r, int *lane)
{
	for (size_t i = 0; i < r->verdict_count; i++) {
		const struct report_verdict *v = &r->verdicts[i];
		lane[i] = lane_of(
			o, v->verdict, class_of(v->verdict, v->failed > 0));
		o->lanes[lane[i]].count += v->count;
	}
}

/* The largest quota for each kind with which all fit the page, by halving: the
 * sum grows with the quota. */
static int64_t
quota_find(const struct report *r)
{
	int64_t low = 1, high = OVERVIEW_CHOSEN_MAX;
	while (low < high) {
		int64_t quota = (low + high + 1) / 2, sum = 0;
		for (size_t i = 0; i < r->verdict_count; i++) {
			int64_t n = r->verdicts[i].count - r->verdicts[i].clean;
			sum += n < quota ? n : quota;
		}
		if (sum <= OVERVIEW_CHOSEN_MAX)
			low = quota;
		else
			high = quota - 1;
	}
	return low;
}

/* A duration below 0 is one that is not known. */
static void
latency_add(struct overview *o, int bin, int64_t us, enum overview_class class)
{
	if (us < 0)
		return;
	o->latency[bin][cell_of(us)][class]++;
	o->latency_known[class]++;
}

/* Linear steps in a table that is half full at most; beyond that it is full for
 * good, and the database is asked instead. */
void
tally_add(struct tally *t, int64_t key, int64_t count)
{
	/* Host ids and ports are ours and dense: no hashing needed against
	 * crafted ones, just spreading. */
	size_t i = (size_t)((uint64_t)key * UINT64_C(0x9e3779b97f4a7c15) >> 51);
	for (;; i = (i + 1) % TALLY_SLOTS) {
		if (t->slots[i].count > 0 && t->slots[i].key != key)
			continue;
		if (t->slots[i].count == 0) {
			if (t->used >= TALLY_SLOTS / 2) {
				t->full = true;
				return;
			}
			t->slots[i].key = key;
			t->taken[t->used++] = (uint16_t)i;
		}
		t->slots[i].count += count;
		return;
	}
}

/* v->row is the row as it stands in this pass: the model's own order comes
 * later (rows_use). */
void
overview_judge(struct overview *o, const struct report_verdict *v,
	const struct report_judged *j)
{
	if (v->row >= o->row_count) {
		o->rows = memory_grow(
			o->rows, (size_t)v->row + 1, sizeof *o->rows);
		o->rows[v->row] = (struct overview_row){0};
		o->row_count = v->row + 1;
	}
	struct overview_row *row = &o->rows[v->row];
	int bin = axis_bin_nearest(&o->axis, j->first_ns);
	row->bins[bin] += j->count;
	if (row->chosen_count < OVERVIEW_CHOSEN_MAX)
		row->chosen[row->chosen_count++] = j->attempt;
	latency_add(o, bin, j->duration_us, class_of(v->verdict, j->failed));
}

/* What was counted by row, by lane; and which attempts the page shows. */
static void
rows_use(struct overview *o, const struct report *r, const int *lane)
{
	for (size_t i = 0; i < r->verdict_count; i++) {
		if (r->verdicts[i].row < 0)
			continue;
		const struct overview_row *row = &o->rows[r->verdicts[i].row];
		for (int b = 0; b < o->axis.bins; b++)
			o->lanes[lane[i]].bins[b] += row->bins[b];
		for (int k = 0; k < row->chosen_count && k < o->quota &&
			o->chosen_count < OVERVIEW_CHOSEN_MAX;
			k++) {
			o->chosen[o->chosen_count].id = row->chosen[k];
			o->chosen[o->chosen_count++].verdict = (int)i;
		}
	}
}

/* What no rule has judged: undetermined (a database made by hand). */
static void
unjudged_read(struct overview *o, struct report *r, const int *lane)
{
	struct report_attempt a;
	int64_t taken = 0;
	size_t i = 0;
	while (i < r->verdict_count &&
		(strcmp(r->verdicts[i].verdict, VERDICT_UNDETERMINED) != 0 ||
			r->verdicts[i].segment || r->verdicts[i].place))
		i++;
	if (r->all_judged || i == r->verdict_count)
		return;
	report_begin(r, QUERY_ATTEMPTS_NOT_CLEAN);
	while (report_attempt_next(r, QUERY_ATTEMPTS_NOT_CLEAN, &a)) {
		if (!a.unjudged)
			continue;
		int bin = axis_bin_nearest(&o->axis, a.first_ns);
		o->lanes[lane[i]].bins[bin]++;
		latency_add(o, bin, a.duration_us, CLASS_OPEN);
		if (o->chosen_count < OVERVIEW_CHOSEN_MAX &&
			taken++ < o->quota) {
			o->chosen[o->chosen_count].id = a.id;
			o->chosen[o->chosen_count++].verdict = (int)i;
		}
	}
}

/* What a look at an id found: the attempt of that id, or the first one behind
 * it. */
struct probe {
	bool found;
	struct report_attempt_time at;
};

/* The attempt with this id or the next one. */
static struct probe
probe_at(struct report *r, int64_t id)
{
	struct probe p = {0};
	report_begin_id(r, QUERY_ATTEMPT_TIME, id);
	p.found = report_attempt_time_read(r, QUERY_ATTEMPT_TIME, &p.at);
	return p;
}

/* Ids that are searched and counted over; more attempts no file holds. */
#define ID_MAX (INT64_C(1) << 48)

/* The first id whose attempt is not before at_ns, from low on. */
static int64_t
id_at(struct report *r, int64_t low, int64_t high, int64_t at_ns)
{
	while (low < high) {
		int64_t middle = low + (high - low) / 2;
		struct probe p = probe_at(r, middle);
		if (p.found && p.at.first_ns < at_ns)
			low = p.at.id + 1;
		else
			high = middle;
	}
	return low;
}

/* The clean ones of each bin: all that began in it, less the others. */
static void
clean_count(struct overview *o, struct report *r, int lane, int64_t first_id,
	int64_t last_id)
{
	int64_t id = first_id, left = r->clean;
	for (int b = 0; b < o->axis.bins; b++) {
		int64_t end = b + 1 == o->axis.bins
			? last_id + 1
			: id_at(r, id, last_id + 1,
				  o->axis.start_ns + (b + 1) * o->axis.step_ns);
		/* Ids are in the order of time, so those of the bin are a
		 * range: how many of them there are is known without reading
		 * one. */
		int64_t others = 0;
		for (int k = 0; k < o->lane_count; k++)
			others += o->lanes[k].bins[b];
		int64_t n = end - id - others;
		n = n < 0 ? 0 : n > left ? left : n;
		/* Ids with gaps (a database made by hand): what is left over
		 * cannot be placed, what lacks ends in the last bin. */
		o->lanes[lane].bins[b] += b + 1 == o->axis.bins ? left : n;
		left -= n;
		id = end;
	}
}

/* Clean attempts are too many to read all: a sample at even distances shows
 * where their latencies lie. */
static void
clean_sample(
	struct overview *o, struct report *r, int64_t first_id, int64_t last_id)
{
	o->sample_of = (last_id - first_id) / OVERVIEW_SAMPLE_MAX + 1;
	for (int64_t id = first_id; id <= last_id; id += o->sample_of) {
		struct probe p = probe_at(r, id);
		/* An attempt that is not clean falls out of the sample: it has
		 * been counted by itself. */
		if (p.found && p.at.clean && p.at.id < id + o->sample_of)
			latency_add(o,
				axis_bin_nearest(&o->axis, p.at.first_ns),
				p.at.duration_us, CLASS_CLEAN);
	}
}

/* One row of the model is that of clean attempts, at most. */
static void
clean_read(struct overview *o, struct report *r, const int *lane,
	int64_t first_id, int64_t last_id)
{
	for (size_t i = 0; i < r->verdict_count; i++)
		if (r->verdicts[i].clean > 0) {
			clean_count(o, r, lane[i], first_id, last_id);
			clean_sample(o, r, first_id, last_id);
		}
}

/* Where the axis ends: at the last attempt, or at log lines soon after it, which
 * tell of the last ones (a connect timeout is logged when it is over). */
static int64_t
end_find(struct report *r, int64_t first_ns, int64_t last_ns)
{
	struct report_number last;
	uint64_t span = (uint64_t)last_ns - (uint64_t)first_ns;
	int64_t more =
		span < (uint64_t)AFTER_MIN_NS ? AFTER_MIN_NS : (int64_t)span;
	if (span > INT64_MAX / 2 || last_ns > INT64_MAX - more)
		return last_ns;
	report_begin_ids(r, QUERY_EVENT_LAST, last_ns, last_ns + more);
	if (report_number_read(r, QUERY_EVENT_LAST, &last) &&
		last.number != CLOCK_UNKNOWN_NS)
		last_ns = last.number;
	report_begin(r, QUERY_EVENT_LAST);
	return last_ns;
}

/* Without an attempt the axis is of no time, and last_id below first_id, so
 * that no loop over ids runs. */
struct overview *
overview_new(struct report *r)
{
	struct overview *o = memory_take(1, sizeof *o);
	struct report_first_last ends;
	o->last_id = -1;
	axis_choose(&o->axis, 0, 0);
	report_begin(r, QUERY_FIRST_LAST);
	if (report_first_last_read(r, QUERY_FIRST_LAST, &ends)) {
		/* Ours count from 0 on; of others no sample is drawn. */
		if (ends.first_id >= 0 && ends.last_id <= ID_MAX) {
			o->first_id = ends.first_id;
			o->last_id = ends.last_id;
		}
		axis_choose(&o->axis, ends.first_ns,
			end_find(r, ends.first_ns, ends.last_ns));
	}
	report_begin(r, QUERY_FIRST_LAST);
	return o;
}

void
overview_free(struct overview *o)
{
	if (!o)
		return;
	free(o->rows);
	free(o);
}

/* In this order: clean attempts of a bin are what is left of it, so the others
 * are placed first. */
void
overview_complete(struct overview *o, struct report *r)
{
	if (o->complete)
		return;
	o->complete = true;
	int *lane = memory_take(r->verdict_count + 1, sizeof *lane);
	o->vantages = (int)r->vantage_count < OVERVIEW_VANTAGES_MAX
		? (int)r->vantage_count
		: OVERVIEW_VANTAGES_MAX;
	o->quota = quota_find(r);
	lanes_make(o, r, lane);
	rows_use(o, r, lane);
	unjudged_read(o, r, lane);
	clean_read(o, r, lane, o->first_id, o->last_id);
	overview_legs(o, r);
	free(lane);
}
