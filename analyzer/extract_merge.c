/*
 * A merge of slices, packet by packet; nothing is kept but each vantage's next
 * one.
 */
#include "extract_merge.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "stitch/clock.h"
#include "store/select.h"

/* clang-format off */
#define CLOCK(X)                                                              \
	X(INT, vantage, "vantage")                                            \
	X(TEXT, reference, "reference")                                       \
	X(BOOL, known, "offset_ns IS NOT NULL")                               \
	X(INT, offset_ns, "offset_ns")                                        \
	X(INT, uncertainty_ns, "uncertainty_ns")                              \
	X(INT, drift_e6, "CAST(coalesce(drift_ppm, 0) * 1000000 AS INTEGER)") \
	X(INT, origin_ns, "origin_ns")
#define STEP(X)                                                               \
	X(INT, vantage, "vantage")                                            \
	X(INT, at_ns, "at_ns")                                                \
	X(INT, to_ns, "to_ns")                                                \
	X(INT, by_ns, "by_ns")                                                \
	X(INT, offset_ns, "offset_ns")                                        \
	X(INT, drift_e6, "CAST(coalesce(drift_ppm, 0) * 1000000 AS INTEGER)") \
	X(INT, origin_ns, "origin_ns")
/* clang-format on */
STORE_SELECT(clock_row, CLOCK)
STORE_SELECT(step_row, STEP)

#define DRIFT_E6 1e6
#define DESCRIPTION_MAX 512

/* A vantage while it is merged. */
struct part {
	struct clock_map clock;
	char description[DESCRIPTION_MAX];
	struct slicing *slicing; /* owned; NULL: nothing of it */
	struct slice_packet next;
	int64_t next_ns; /* reference clock */
	bool more;
};

struct merge {
	struct extract_plan *plan;
	struct part parts[INGEST_VANTAGES_MAX];
};

static void
describe(struct merge *m, const struct clock_row *row)
{
	const char *name = m->plan->vantages[row->vantage].name;
	char *text = m->parts[row->vantage].description;
	if (row->reference != NULL && strcmp(row->reference, name) == 0)
		snprintf(text, DESCRIPTION_MAX,
			"captured at %s, whose clock is the reference", name);
	else if (!row->known)
		snprintf(text, DESCRIPTION_MAX,
			"captured at %s; its clock could not be compared: "
			"times as captured",
			name);
	else
		snprintf(text, DESCRIPTION_MAX,
			"captured at %s; times moved by %+.6f s (+-%.6f) to "
			"the clock of %s",
			name, -(double)row->offset_ns / NS_PER_S,
			(double)row->uncertainty_ns / NS_PER_S,
			row->reference == NULL ? "?" : row->reference);
}

static bool
read_clocks(struct merge *m, struct store *s, struct error *e)
{
	sqlite3_stmt *stmt = store_prepare(
		s, "SELECT 0" STORE_COLUMNS(CLOCK) " FROM clock", e);
	if (stmt == NULL)
		return false;
	while (sqlite3_step(stmt) == SQLITE_ROW) {
		struct clock_row row = clock_row_of(stmt);
		if (row.vantage < 0 ||
			row.vantage >= (int64_t)m->plan->vantages_count)
			continue;
		m->parts[row.vantage].clock = (struct clock_map){
			.offset_ns = row.known ? row.offset_ns : 0,
			.drift_ppm = (double)row.drift_e6 / DRIFT_E6,
			.origin_ns = row.origin_ns,
		};
		describe(m, &row);
	}
	sqlite3_finalize(stmt);
	return true;
}

static bool
read_steps(struct merge *m, struct store *s, struct error *e)
{
	sqlite3_stmt *stmt = store_prepare(s,
		"SELECT 0" STORE_COLUMNS(
			STEP) " FROM clock_step ORDER BY vantage, rowid",
		e);
	if (stmt == NULL)
		return false;
	while (sqlite3_step(stmt) == SQLITE_ROW) {
		struct step_row row = step_row_of(stmt);
		if (row.vantage < 0 ||
			row.vantage >= (int64_t)m->plan->vantages_count)
			continue;
		struct clock_map *map = &m->parts[row.vantage].clock;
		if (map->steps_count == CLOCK_STEPS_MAX)
			continue;
		map->steps[map->steps_count++] = (struct clock_step){
			.first_ns = row.at_ns,
			.last_ns = row.to_ns,
			.by_ns = row.by_ns,
			.line = {row.offset_ns, (double)row.drift_e6 / DRIFT_E6,
				row.origin_ns},
		};
	}
	sqlite3_finalize(stmt);
	return true;
}

static void
advance(struct part *x)
{
	x->more = slice_next(x->slicing, &x->next);
	if (x->more)
		x->next_ns = clock_to_reference(&x->clock, x->next.at).ns;
}

/* The part whose packet is next, the nearer to the client first; or NULL. */
static struct part *
earliest(struct merge *m)
{
	struct part *best = NULL;
	for (size_t v = 0; v < m->plan->vantages_count; v++) {
		struct part *x = &m->parts[v];
		if (x->more && (best == NULL || x->next_ns < best->next_ns))
			best = x;
	}
	return best;
}

static void
set_interface(struct pcapng_write *w, const struct merge *m, size_t v)
{
	w->name = m->plan->vantages[v].name;
	w->description = m->parts[v].description;
	w->filter = m->plan->vantages[v].filter;
}

static bool
write_all(struct merge *m, struct pcapng_write *w)
{
	bool ok = true;
	for (struct part *x; ok && (x = earliest(m)) != NULL; advance(x)) {
		set_interface(w, m, (size_t)(x - m->parts));
		ok = pcapng_write_packet(w, &x->next.packet,
			(struct captured_time){x->next_ns}, x->next.note);
	}
	return ok;
}

/* Interfaces in path order, those without a packet too. */
static void
open_parts(struct merge *m, bool context, struct merge_part *parts,
	struct pcapng_write *w)
{
	for (size_t v = 0; v < m->plan->vantages_count; v++) {
		struct part *x = &m->parts[v];
		if (parts[v].count == 0)
			continue;
		x->slicing = slice_begin(&m->plan->vantages[v].targets, context,
			parts[v].pieces, parts[v].count);
		advance(x);
		set_interface(w, m, v);
		if (slice_link_type(x->slicing) != CAPTURE_LINK_UNKNOWN)
			pcapng_write_interface(w, slice_link_type(x->slicing));
	}
}

bool
extract_merge(struct extract_plan *p, struct store *s, bool context,
	struct merge_part *parts, FILE *out, struct slice_result *results,
	struct error *e)
{
	struct merge *m = memory_take(1, sizeof *m);
	struct pcapng_write w;
	m->plan = p;
	bool ok = read_clocks(m, s, e) && read_steps(m, s, e);
	if (ok) {
		pcapng_write_begin(&w, out,
			"lostsyn " LOSTSYN_VERSION " extract --merged",
			"all ends in one, on the reference clock: to look at, "
			"not to analyse",
			NULL);
		open_parts(m, context, parts, &w);
		ok = write_all(m, &w) ||
			error_set(e, ERROR_USAGE,
				"more than %d kinds of interfaces in all",
				PCAPNG_WRITE_INTERFACES_MAX);
	}
	for (size_t v = 0; v < p->vantages_count; v++)
		slice_end(m->parts[v].slicing, &results[v]);
	free(m);
	return ok;
}
