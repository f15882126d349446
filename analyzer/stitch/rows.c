/*
 * Rows of this stage. Attempts go in bulk; the others are few.
 */
#include "stitch/rows.h"

#include <stdio.h>
#include <string.h>

bool
rows_write_clocks(
	const struct stitch_case *k, struct store *s, struct error *e)
{
	sqlite3_stmt *stmt = store_prepare(
		s, "INSERT INTO clock VALUES (?, ?, ?, ?, ?, ?, ?)", e);
	bool ok = stmt != NULL;
	for (size_t v = 0; ok && v < k->count; v++) {
		const struct clock_map *map = &k->maps[v];
		sqlite3_bind_int64(stmt, 1, (int64_t)v);
		sqlite3_bind_text(
			stmt, 2, k->vantages[0].name, -1, SQLITE_STATIC);
		if (clock_known(map)) {
			sqlite3_bind_int64(stmt, 3, map->offset_ns);
			sqlite3_bind_int64(stmt, 4, map->uncertainty_ns);
		} else {
			sqlite3_bind_null(stmt, 3);
			sqlite3_bind_null(stmt, 4);
		}
		if (map->drift_known)
			sqlite3_bind_double(stmt, 5, map->drift_ppm);
		else
			sqlite3_bind_null(stmt, 5);
		sqlite3_bind_int64(stmt, 6, (int64_t)map->pairs);
		sqlite3_bind_text(stmt, 7, clock_method_word(map->method), -1,
			SQLITE_STATIC);
		ok = store_step(s, stmt, e);
	}
	sqlite3_finalize(stmt);
	return ok;
}

struct attempt_rows {
	const struct stitch_case *k;
	const struct attempt_row *rows;
};

static void
attempt_cell(void *context, int64_t row, int column, sqlite3_context *result)
{
	const struct attempt_rows *x = context;
	const struct attempt_row *r = &x->rows[row];
	size_t v;
	const struct sighting *s = stitch_case_first(x->k, r->attempt, &v);
	const int64_t values[] = {row + 1, r->client, s->client_port, r->server,
		s->server_port, s->isn, r->first_ns, r->duration_us,
		r->syn_retransmits, r->clean};
	sqlite3_result_int64(result, values[column]);
}

bool
rows_write_attempts(const struct stitch_case *k, const struct attempt_row *rows,
	uint32_t count, struct store *s, struct error *e)
{
	struct attempt_rows x = {k, rows};
	return store_append(s, "attempt", 10, count, attempt_cell, &x, e);
}

static sqlite3_stmt *
prepare_facts(struct store *s, struct error *e)
{
	char sql[64 + 2 * FACTS_COLUMNS];
	size_t n = (size_t)snprintf(
		sql, sizeof sql, "INSERT INTO facts VALUES (?");
	for (int i = 0; i < FACTS_COLUMNS; i++)
		n += (size_t)snprintf(sql + n, sizeof sql - n, ",?");
	snprintf(sql + n, sizeof sql - n, ")");
	return store_prepare(s, sql, e);
}

bool
rows_writer_init(struct rows_writer *w, const struct stitch_case *k,
	struct hosts *hosts, struct store *s, struct error *e)
{
	*w = (struct rows_writer){.k = k, .hosts = hosts, .store = s};
	w->sighting = store_prepare(s,
		"INSERT INTO sighting VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,"
		"?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)",
		e);
	w->facts = prepare_facts(s, e);
	return w->sighting != NULL && w->facts != NULL;
}

void
rows_writer_release(struct rows_writer *w)
{
	sqlite3_finalize(w->sighting);
	sqlite3_finalize(w->facts);
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
	const struct {
		const char *name;
		uint32_t at;
	} once[] = {{"ack", g->ack_first_at}, {"challenge", g->challenge_at},
		{"rst_client", g->rst_c_at}, {"rst_server", g->rst_s_at},
		{"icmp", g->icmp_at}, {"data_client", g->data_c_first_at},
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

static bool
write_sighting(struct rows_writer *w, int64_t id, size_t v,
	const struct sighting *g, struct error *e)
{
	const int64_t values[] = {id, (int64_t)v, hosts_id(w->hosts, g->client),
		g->client_port, hosts_id(w->hosts, g->server), g->server_port,
		g->isn, g->first_ns, g->last_ns, g->syn, g->synack, g->ack,
		g->challenge, g->rst_c, g->rst_s, g->icmp, g->data_c, g->data_s,
		g->duplicates, g->syn_first_frame, g->syn_last_frame,
		g->synack_first_frame, g->synack_last_frame, g->ack_first_frame,
		g->ack_last_frame, g->challenge_frame, g->rst_c_frame,
		g->rst_s_frame, g->icmp_frame, g->data_c_frame,
		g->data_s_frame};
	int count = (int)(sizeof values / sizeof *values);
	char times[TIMES_MAX];
	times_json(g, times);
	for (int i = 0; i < count; i++)
		sqlite3_bind_int64(w->sighting, i + 1, values[i]);
	sqlite3_bind_text(w->sighting, count + 1, times, -1, SQLITE_STATIC);
	return store_step(w->store, w->sighting, e);
}

bool
rows_write_sightings(
	struct rows_writer *w, int64_t id, uint32_t attempt, struct error *e)
{
	for (size_t v = 0; v < w->k->count; v++) {
		const struct sighting *g = match_seen(
			&w->k->match, w->k->vantages, attempt, v);
		if (g != NULL && !write_sighting(w, id, v, g, e))
			return false;
	}
	return true;
}

static void
bind_INT(sqlite3_stmt *stmt, int at, int64_t value)
{
	if (value == FACT_UNKNOWN)
		sqlite3_bind_null(stmt, at);
	else
		sqlite3_bind_int64(stmt, at, value);
}

static void
bind_TEXT(sqlite3_stmt *stmt, int at, const char *value)
{
	sqlite3_bind_text(stmt, at, value, -1, SQLITE_STATIC);
}

bool
rows_write_facts(struct rows_writer *w, int64_t id, const struct facts *f,
	struct error *e)
{
	int at = 1;
	sqlite3_bind_int64(w->facts, at++, id);
#define X(name, type, meaning) bind_##type(w->facts, at++, f->name);
#include "model/facts.def"
#undef X
	return store_step(w->store, w->facts, e);
}
