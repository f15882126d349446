/*
 * Rows of this stage. Attempts go in bulk; the others are few.
 */
#include "stitch/rows.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "model/case_anomaly.h"
#include "stitch/community_id.h"
#include "stitch/conn_log.h"
#include "stitch/gather.h"
#include "store/tables.h"

static bool
write_steps(const struct stitch_case *k, struct store *s, struct error *e)
{
	bool ok = true;
	for (size_t v = 0; ok && v < k->count; v++)
		for (int i = 0; ok && i < k->maps[v].steps_count; i++) {
			const struct clock_step *step = &k->maps[v].steps[i];
			struct store_clock_step row = store_clock_step_null;
			row.vantage = (int64_t)v;
			row.at_ns = step->first_ns;
			row.to_ns = step->last_ns;
			row.by_ns = step->by_ns;
			row.offset_ns = step->line.offset_ns;
			row.uncertainty_ns = step->uncertainty_ns;
			if (step->drift_known) {
				row.drift_ppm = step->line.drift_ppm;
				row.origin_ns = step->line.origin_ns;
			}
			ok = store_insert_clock_step(s, &row, e);
		}
	return ok;
}

/* What the clocks say against the evidence as a whole. */
static bool
write_anomalies(const struct stitch_case *k, struct store *s, struct error *e)
{
	int64_t count[CASE_ANOMALY_COUNT] = {
		[CASE_ANOMALY_ROLE_CONTRADICTED] = k->sides.contradicted,
		[CASE_ANOMALY_ANSWERS_UNASKED] = k->once.unasked,
		[CASE_ANOMALY_COUNTED_ONCE] = k->once.both_sides};
	for (size_t v = 0; v < k->count; v++) {
		count[CASE_ANOMALY_CLOCK_SET] += k->maps[v].steps_count;
		count[CASE_ANOMALY_CLOCK_CONTRADICTS] += k->maps[v].contradicts;
	}
	bool ok = true;
	for (enum case_anomaly i = 0; ok && i < CASE_ANOMALY_COUNT; i++) {
		if (count[i] == 0)
			continue;
		struct store_case_anomaly row = store_case_anomaly_null;
		row.id = case_anomaly_id(i);
		row.count = count[i];
		row.meaning = case_anomaly_meaning(i);
		ok = store_insert_case_anomaly(s, &row, e);
	}
	return ok;
}

/* What is not known stays NULL. */
static struct store_clock
clock_row(const struct stitch_case *k, size_t v)
{
	const struct clock_map *map = &k->maps[v];
	struct store_clock row = store_clock_null;
	row.vantage = (int64_t)v;
	row.reference = k->vantages[0].name;
	if (clock_known(map)) {
		row.offset_ns = map->offset_ns;
		row.uncertainty_ns = map->uncertainty_ns;
	}
	if (map->drift_known) {
		row.drift_ppm = map->drift_ppm;
		row.origin_ns = map->origin_ns;
	}
	row.pairs = (int64_t)map->pairs;
	row.method = clock_method_word(map->method);
	if (map->stated) {
		row.stated_ns = map->stated_ns;
		row.stated_uncertainty_ns = map->stated_unsure_ns;
	}
	row.contradicts = map->contradicts;
	if (map->pairs > 0) {
		row.from_ns = map->first_ns;
		row.to_ns = map->last_ns;
	}
	return row;
}

bool
rows_write_clocks(const struct stitch_case *k, struct store *s, struct error *e)
{
	bool ok = true;
	for (size_t v = 0; ok && v < k->count; v++) {
		struct store_clock row = clock_row(k, v);
		ok = store_insert_clock(s, &row, e);
	}
	return ok && write_steps(k, s, e) && write_anomalies(k, s, e);
}

struct attempt_rows {
	const struct stitch_case *k;
	struct hosts *hosts;
	const struct attempt_row *rows;
	struct store_attempt row;
};

/* The sighting behind a translation: the one farthest from the first that calls
 * the client otherwise; NULL where none does. */
static const struct sighting *
seen_translated(const struct stitch_case *k, uint32_t attempt, size_t first,
	const struct sighting *s)
{
	for (size_t i = 0; i < k->count; i++) {
		size_t v = first == 0 ? k->count - 1 - i : i;
		const struct sighting *g =
			match_seen(&k->match, k->vantages, attempt, v);
		if (g != NULL)
			return g->client_port != s->client_port ||
					!ip_equal(g->client, s->client)
				? g
				: NULL;
	}
	return NULL;
}

static void
attempt_fill(void *context, int64_t number)
{
	struct attempt_rows *x = context;
	const struct attempt_row *r = &x->rows[number];
	size_t v;
	const struct sighting *s = stitch_case_first(x->k, r->attempt, &v);
	const struct sighting *g = seen_translated(x->k, r->attempt, v, s);
	x->row = (struct store_attempt){
		.id = number + 1,
		.client = r->client,
		.client_port = s->client_port,
		.server = r->server,
		.server_port = s->server_port,
		.isn = s->isn,
		.first_ns = r->first_ns,
		.duration_us = r->duration_us,
		.syn_retransmits = r->syn_retransmits,
		.clean = r->clean,
		.traits = r->traits,
		.seen_client =
			g == NULL ? STORE_NULL : hosts_id(x->hosts, g->client),
		.seen_port = g == NULL ? STORE_NULL : g->client_port,
		.used_us = g == NULL ? STORE_NULL
				     : (g->last_ns - g->first_ns) / NS_PER_US,
		.answer_ttl = r->answer_ttl == 0 ? STORE_NULL : r->answer_ttl,
		.answer_clock =
			r->answer_clock == 0 ? STORE_NULL : r->answer_clock,
		.alike = r->alike,
	};
}

bool
rows_write_attempts(const struct stitch_case *k, struct hosts *hosts,
	const struct attempt_row *rows, uint32_t count, struct store *s,
	struct error *e)
{
	struct attempt_rows x = {.k = k, .hosts = hosts, .rows = rows};
	return store_append_attempt(s, count, &x.row, attempt_fill, &x, e);
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
		{"rst_client", g->rst_client_at},
		{"rst_server", g->rst_server_at}, {icmp, g->icmp_at},
		{"data_client", g->data_c_first_at},
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

/* Of 18 frames at most, of 10 digits. */
#define FRAMES_MAX 256

static size_t
append_frames(char *text, size_t room, const char *before,
	const struct sighting_copy *copies, uint32_t count)
{
	size_t n = (size_t)snprintf(text, room, "%s[", before);
	for (uint32_t i = 0; i < count && n < room; i++)
		n += (size_t)snprintf(text + n, room - n, "%s%u",
			i == 0 ? "" : ",", copies[i].frame);
	return n < room ? n : room - 1;
}

/* Frames of the copies between the first and the last; NULL when there is none. */
static const char *
frames_json(const struct vantage *v, const struct sighting *g,
	char text[FRAMES_MAX])
{
	const struct sighting_copy *asked, *answers;
	uint32_t asks = vantage_find_copies(v, g, false, &asked);
	uint32_t answered = vantage_find_copies(v, g, true, &answers);
	if (asks + answered == 0)
		return NULL;
	size_t n = append_frames(text, FRAMES_MAX, "{\"syn\":", asked, asks);
	n += append_frames(
		text + n, FRAMES_MAX - n, "],\"synack\":", answers, answered);
	snprintf(text + n, FRAMES_MAX - n, "]}");
	return text;
}

/* One row of `sighting` to be. */
struct sighting_row {
	uint32_t row; /* of the attempt */
	uint32_t vantage;
};

struct sighting_rows {
	const struct stitch_case *k;
	struct hosts *hosts;
	const struct attempt_row *attempts;
	const struct sighting_row *list;
	struct store_sighting row;
	/* Texts of row. */
	char times[TIMES_MAX];
	char frames[FRAMES_MAX];
	char community_id[COMMUNITY_ID_MAX];
	char history[CONN_LOG_HISTORY_MAX];
};

static void
sighting_fill(void *context, int64_t number)
{
	struct sighting_rows *x = context;
	const struct sighting_row *r = &x->list[number];
	uint32_t attempt = x->attempts[r->row].attempt;
	size_t first;
	const struct sighting *g = stitch_case_first(x->k, attempt, &first);
	if (r->vantage != first)
		g = match_seen(
			&x->k->match, x->k->vantages, attempt, r->vantage);
	times_json(g, x->times);
	x->row = (struct store_sighting){
		.attempt = (int64_t)r->row + 1,
		.vantage = r->vantage,
		.client = hosts_id(x->hosts, g->client),
		.client_port = g->client_port,
		.server = hosts_id(x->hosts, g->server),
		.server_port = g->server_port,
		.isn = g->isn,
		.first_ns = g->first_ns,
		.last_ns = g->last_ns,
		.syn = g->syn,
		.synack = g->synack,
		.ack = g->ack,
		.challenge = g->challenge,
		.rst_client = g->rst_client,
		.rst_server = g->rst_server,
		.icmp = g->icmp,
		.data_client = g->data_c,
		.data_server = g->data_s,
		.duplicates = g->duplicates,
		.syn_first_frame = g->syn_first_frame,
		.syn_last_frame = g->syn_last_frame,
		.synack_first_frame = g->synack_first_frame,
		.synack_last_frame = g->synack_last_frame,
		.ack_first_frame = g->ack_first_frame,
		.ack_last_frame = g->ack_last_frame,
		.challenge_frame = g->challenge_frame,
		.rst_client_frame = g->rst_client_frame,
		.rst_server_frame = g->rst_server_frame,
		.icmp_frame = g->icmp_frame,
		.data_client_frame = g->data_c_frame,
		.data_server_frame = g->data_s_frame,
		.times = x->times,
		.copy_frames =
			frames_json(&x->k->vantages[r->vantage], g, x->frames),
		.community_id = community_id(g->client, g->client_port,
			g->server, g->server_port, x->community_id),
		.conn_state = conn_log_state(g),
		.history = conn_log_history(g, x->history),
	};
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
	struct sighting_rows x = {
		.k = k, .hosts = hosts, .attempts = rows, .list = list};
	bool ok = store_append_sighting(
		s, (int64_t)n, &x.row, sighting_fill, &x, e);
	free(list);
	return ok;
}

struct facts_rows {
	const struct stitch_case *k;
	const struct attempt_row *attempts;
	const uint32_t *list; /* rows of the attempts that are not clean */
	struct store_facts row;
	struct arena arena; /* the texts of row */
};

static void
facts_fill(void *context, int64_t number)
{
	struct facts_rows *x = context;
	uint32_t at = x->list[number];
	struct attempt_ends ends;
	struct facts facts;
	if (x->arena.used_bytes > 32768)
		arena_release(&x->arena);
	stitch_case_ends(x->k, x->attempts[at].attempt, &ends);
	gather_facts(x->k, &ends, &x->arena, &facts);
	x->row.attempt = (int64_t)at + 1;
#define X(name, type, meaning) x->row.name = facts.name;
#include "model/facts.def"
#undef X
}

bool
rows_write_facts(const struct stitch_case *k, const struct attempt_row *rows,
	uint32_t count, struct store *s, struct error *e)
{
	uint32_t *list = memory_take(count, sizeof *list);
	uint32_t n = 0;
	for (uint32_t i = 0; i < count; i++)
		if (!rows[i].clean)
			list[n++] = i;
	struct facts_rows x = {.k = k, .attempts = rows, .list = list};
	bool ok = store_append_facts(s, n, &x.row, facts_fill, &x, e);
	arena_release(&x.arena);
	free(list);
	return ok;
}
