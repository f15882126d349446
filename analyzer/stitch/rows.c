/*
 * Rows of this stage. Attempts go in bulk; the others are few.
 */
#include "stitch/rows.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "model/case_anomaly.h"
#include "stitch/gather.h"

static void
bind_known(sqlite3_stmt *stmt, int column, bool known, int64_t value)
{
	if (known)
		sqlite3_bind_int64(stmt, column, value);
	else
		sqlite3_bind_null(stmt, column);
}

static void
bind_drift(sqlite3_stmt *stmt, int column, bool known, double ppm)
{
	if (known)
		sqlite3_bind_double(stmt, column, ppm);
	else
		sqlite3_bind_null(stmt, column);
}

static bool
write_steps(const struct stitch_case *k, struct store *s, struct error *e)
{
	sqlite3_stmt *stmt = store_prepare(
		s, "INSERT INTO clock_step VALUES (?, ?, ?, ?, ?, ?, ?, ?)", e);
	bool ok = stmt != NULL;
	for (size_t v = 0; ok && v < k->count; v++)
		for (int i = 0; ok && i < k->maps[v].steps_count; i++) {
			const struct clock_step *step = &k->maps[v].steps[i];
			sqlite3_bind_int64(stmt, 1, (int64_t)v);
			sqlite3_bind_int64(stmt, 2, step->first_ns);
			sqlite3_bind_int64(stmt, 3, step->last_ns);
			sqlite3_bind_int64(stmt, 4, step->by_ns);
			sqlite3_bind_int64(stmt, 5, step->line.offset_ns);
			sqlite3_bind_int64(stmt, 6, step->uncertainty_ns);
			bind_drift(stmt, 7, step->drift_known,
				step->line.drift_ppm);
			bind_known(stmt, 8, step->drift_known,
				step->line.origin_ns);
			ok = store_step(s, stmt, e);
		}
	sqlite3_finalize(stmt);
	return ok;
}

/* What the clocks say against the evidence as a whole. */
static bool
write_anomalies(const struct stitch_case *k, struct store *s, struct error *e)
{
	int64_t count[CASE_ANOMALY_COUNT] = {
		[CASE_ANOMALY_ROLE_CONTRADICTED] = k->sides.contradicted};
	for (size_t v = 0; v < k->count; v++) {
		count[CASE_ANOMALY_CLOCK_SET] += k->maps[v].steps_count;
		count[CASE_ANOMALY_CLOCK_CONTRADICTS] += k->maps[v].contradicts;
	}
	sqlite3_stmt *stmt = store_prepare(
		s, "INSERT INTO case_anomaly VALUES (?, ?, ?)", e);
	bool ok = stmt != NULL;
	for (enum case_anomaly i = 0; ok && i < CASE_ANOMALY_COUNT; i++) {
		if (count[i] == 0)
			continue;
		sqlite3_bind_text(
			stmt, 1, case_anomaly_id(i), -1, SQLITE_STATIC);
		sqlite3_bind_int64(stmt, 2, count[i]);
		sqlite3_bind_text(
			stmt, 3, case_anomaly_meaning(i), -1, SQLITE_STATIC);
		ok = store_step(s, stmt, e);
	}
	sqlite3_finalize(stmt);
	return ok;
}

bool
rows_write_clocks(const struct stitch_case *k, struct store *s, struct error *e)
{
	sqlite3_stmt *stmt = store_prepare(s,
		"INSERT INTO clock VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?,"
		" ?, ?)",
		e);
	bool ok = stmt != NULL;
	for (size_t v = 0; ok && v < k->count; v++) {
		const struct clock_map *map = &k->maps[v];
		sqlite3_bind_int64(stmt, 1, (int64_t)v);
		sqlite3_bind_text(
			stmt, 2, k->vantages[0].name, -1, SQLITE_STATIC);
		bind_known(stmt, 3, clock_known(map), map->offset_ns);
		bind_known(stmt, 4, clock_known(map), map->uncertainty_ns);
		bind_drift(stmt, 5, map->drift_known, map->drift_ppm);
		sqlite3_bind_int64(stmt, 6, (int64_t)map->pairs);
		sqlite3_bind_text(stmt, 7, clock_method_word(map->method), -1,
			SQLITE_STATIC);
		bind_known(stmt, 8, map->drift_known, map->origin_ns);
		bind_known(stmt, 9, map->stated, map->stated_ns);
		bind_known(stmt, 10, map->stated, map->stated_unsure_ns);
		sqlite3_bind_int64(stmt, 11, map->contradicts);
		bind_known(stmt, 12, map->pairs > 0, map->first_ns);
		bind_known(stmt, 13, map->pairs > 0, map->last_ns);
		ok = store_step(s, stmt, e);
	}
	sqlite3_finalize(stmt);
	return ok && write_steps(k, s, e) && write_anomalies(k, s, e);
}

#define ATTEMPT_NUMBERS 10

struct attempt_rows {
	const struct stitch_case *k;
	const struct attempt_row *rows;
	int64_t current;                  /* row in numbers; -1 none */
	int64_t numbers[ATTEMPT_NUMBERS]; /* in the order of the table */
};

static void
attempt_cell(void *context, int64_t row, int column, sqlite3_context *result)
{
	struct attempt_rows *x = context;
	if (row != x->current) {
		const struct attempt_row *r = &x->rows[row];
		size_t v;
		const struct sighting *s =
			stitch_case_first(x->k, r->attempt, &v);
		const int64_t numbers[ATTEMPT_NUMBERS] = {row + 1, r->client,
			s->client_port, r->server, s->server_port, s->isn,
			r->first_ns, r->duration_us, r->syn_retransmits,
			r->clean};
		memcpy(x->numbers, numbers, sizeof numbers);
		x->current = row;
	}
	sqlite3_result_int64(result, x->numbers[column]);
}

bool
rows_write_attempts(const struct stitch_case *k, const struct attempt_row *rows,
	uint32_t count, struct store *s, struct error *e)
{
	struct attempt_rows x = {k, rows, -1, {0}};
	return store_append(
		s, "attempt", ATTEMPT_NUMBERS, count, attempt_cell, &x, e);
}

/* "name":[a,b,...] of the copies kept; nothing when there is none. */
static size_t
append_copies(char *text, size_t room, const char *name, const uint32_t *at,
	int seen, int kept_max, uint32_t last_at)
{
	int kept = seen < kept_max ? seen : kept_max;
	if (kept == 0)
		return 0;
	size_t n = (size_t)snprintf(text, room, "\"%s\":[", name);
	for (int i = 0; i < kept; i++)
		n += (size_t)snprintf(
			text + n, room - n, "%s%u", i == 0 ? "" : ",", at[i]);
	if (seen > kept)
		n += (size_t)snprintf(text + n, room - n, ",%u", last_at);
	n += (size_t)snprintf(text + n, room - n, "],");
	return n;
}

/* All times of a sighting as JSON: at most 32 numbers of 10 digits. */
#define TIMES_MAX 768

static void
times_json(const struct sighting *g, char text[TIMES_MAX])
{
	const char *icmp =
		g->flags & SIGHTING_ICMP_OF_SYNACK ? "icmp_synack" : "icmp";
	const struct {
		const char *name;
		uint32_t at;
	} once[] = {{"ack", g->ack_first_at}, {"challenge", g->challenge_at},
		{"rst_client", g->rst_c_at}, {"rst_server", g->rst_s_at},
		{icmp, g->icmp_at}, {"data_client", g->data_c_first_at},
		{"data_server", g->data_s_first_at}};
	size_t n = 0;
	text[n++] = '{';
	n += append_copies(text + n, TIMES_MAX - n, "syn", g->syn_at, g->syn,
		SIGHTING_SYN_TIMES, g->syn_last_at);
	n += append_copies(text + n, TIMES_MAX - n, "synack", g->synack_at,
		g->synack, SIGHTING_SYNACK_TIMES, g->synack_last_at);
	for (size_t i = 0; i < sizeof once / sizeof *once; i++)
		if (once[i].at != SIGHTING_AT_NONE)
			n += (size_t)snprintf(text + n, TIMES_MAX - n,
				"\"%s\":[%u],", once[i].name, once[i].at);
	if (n > 1)
		n--; /* the last comma */
	text[n++] = '}';
	text[n] = '\0';
}

/* One row of `sighting` to be. */
struct sighting_row {
	uint32_t row; /* of the attempt */
	uint32_t vantage;
};

#define SIGHTING_NUMBERS 31

struct sighting_rows {
	const struct stitch_case *k;
	struct hosts *hosts;
	const struct attempt_row *attempts;
	const struct sighting_row *list;
	int64_t current;                   /* row in numbers; -1 none */
	int64_t numbers[SIGHTING_NUMBERS]; /* in the order of the table */
};

static const struct sighting *
sighting_of(const struct sighting_rows *x, const struct sighting_row *r)
{
	return match_seen(&x->k->match, x->k->vantages,
		x->attempts[r->row].attempt, r->vantage);
}

static void
fill_numbers(struct sighting_rows *x, const struct sighting_row *r)
{
	const struct sighting *g = sighting_of(x, r);
	const int64_t numbers[SIGHTING_NUMBERS] = {(int64_t)r->row + 1,
		r->vantage, hosts_id(x->hosts, g->client), g->client_port,
		hosts_id(x->hosts, g->server), g->server_port, g->isn,
		g->first_ns, g->last_ns, g->syn, g->synack, g->ack,
		g->challenge, g->rst_c, g->rst_s, g->icmp, g->data_c, g->data_s,
		g->duplicates, g->syn_first_frame, g->syn_last_frame,
		g->synack_first_frame, g->synack_last_frame, g->ack_first_frame,
		g->ack_last_frame, g->challenge_frame, g->rst_c_frame,
		g->rst_s_frame, g->icmp_frame, g->data_c_frame,
		g->data_s_frame};
	memcpy(x->numbers, numbers, sizeof numbers);
}

static void
sighting_cell(void *context, int64_t row, int column, sqlite3_context *result)
{
	struct sighting_rows *x = context;
	const struct sighting_row *r = &x->list[row];
	if (row != x->current) {
		fill_numbers(x, r);
		x->current = row;
	}
	if (column < SIGHTING_NUMBERS) {
		sqlite3_result_int64(result, x->numbers[column]);
		return;
	}
	char times[TIMES_MAX];
	times_json(sighting_of(x, r), times);
	sqlite3_result_text(result, times, -1, SQLITE_TRANSIENT);
}

bool
rows_write_sightings(const struct stitch_case *k, struct hosts *hosts,
	const struct attempt_row *rows, uint32_t count, bool all,
	struct store *s, struct error *e)
{
	size_t n = 0;
	size_t room = 0;
	struct sighting_row *list = NULL;
	for (uint32_t i = 0; i < count; i++) {
		if (rows[i].clean && !all)
			continue;
		if (n + k->count > room) {
			room = room == 0 ? 1024 : room * 2;
			list = memory_grow(list, room, sizeof *list);
		}
		for (size_t v = 0; v < k->count; v++)
			if (match_seen(&k->match, k->vantages, rows[i].attempt,
				    v) != NULL)
				list[n++] =
					(struct sighting_row){i, (uint32_t)v};
	}
	struct sighting_rows x = {k, hosts, rows, list, -1, {0}};
	bool ok = store_append(s, "sighting", SIGHTING_NUMBERS + 1, (int64_t)n,
		sighting_cell, &x, e);
	free(list);
	return ok;
}

struct facts_rows {
	const struct stitch_case *k;
	const struct attempt_row *attempts;
	const uint32_t *list; /* rows of the attempts that are not clean */
	int64_t current;      /* row that facts holds; -1 none */
	struct facts facts;
	struct arena arena; /* the texts of facts */
};

static void
result_INT(sqlite3_context *result, int64_t value)
{
	if (value == FACT_UNKNOWN)
		sqlite3_result_null(result);
	else
		sqlite3_result_int64(result, value);
}

static void
result_TEXT(sqlite3_context *result, const char *value)
{
	if (value == NULL)
		sqlite3_result_null(result);
	else
		sqlite3_result_text(result, value, -1, SQLITE_TRANSIENT);
}

static void
facts_cell(void *context, int64_t row, int column, sqlite3_context *result)
{
	struct facts_rows *x = context;
	uint32_t at = x->list[row];
	if (row != x->current) {
		struct attempt_ends ends;
		if (x->arena.used_bytes > 32768)
			arena_release(&x->arena);
		stitch_case_ends(x->k, x->attempts[at].attempt, &ends);
		gather_facts(x->k, &ends, &x->arena, &x->facts);
		x->current = row;
	}
	switch (column - 1) {
#define X(name, type, meaning)                        \
	case FACTS_COLUMN_##name:                     \
		result_##type(result, x->facts.name); \
		break;
#include "model/facts.def"
#undef X
	default:
		sqlite3_result_int64(result, (int64_t)at + 1);
		break;
	}
}

_Static_assert(FACTS_COLUMNS + 1 <= STORE_BULK_COLUMNS, "facts fit a bulk row");

bool
rows_write_facts(const struct stitch_case *k, const struct attempt_row *rows,
	uint32_t count, struct store *s, struct error *e)
{
	uint32_t *list = memory_take(count, sizeof *list);
	uint32_t n = 0;
	for (uint32_t i = 0; i < count; i++)
		if (!rows[i].clean)
			list[n++] = i;
	struct facts_rows x = {
		.k = k, .attempts = rows, .list = list, .current = -1};
	bool ok = store_append(
		s, "facts", FACTS_COLUMNS + 1, n, facts_cell, &x, e);
	arena_release(&x.arena);
	free(list);
	return ok;
}
