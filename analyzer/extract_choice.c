/*
 * The queries of lostsyn extract.
 */
#include "extract_choice.h"
#include "store/select.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/problems.h"
#include "model/verdict.h"
#include "stitch/cover.h"

/* Attempts that one --attempt list may name. */
#define IDS_MAX 1000000

/* One number or range of a list: "8-12". */
static bool
read_range(const char **text, int64_t *from, int64_t *to)
{
	char *end;
	*from = strtoll(*text, &end, 10);
	if (end == *text)
		return false;
	*to = *from;
	if (*end == '-') {
		const char *second = end + 1;
		*to = strtoll(second, &end, 10);
		if (end == second)
			return false;
	}
	*text = *end == ',' ? end + 1 : end;
	return *from > 0 && *to >= *from && *to - *from < IDS_MAX &&
		(*end == ',' || *end == '\0');
}

static bool
choose_ids(struct store *s, const char *list, struct error *e)
{
	sqlite3_stmt *stmt = store_prepare(s,
		"INSERT OR IGNORE INTO chosen SELECT id FROM attempt "
		"WHERE id BETWEEN :from AND :to",
		e);
	bool ok = stmt != NULL;
	for (const char *rest = list; ok && *rest != '\0';) {
		int64_t from, to;
		const char *here = rest;
		if (!read_range(&rest, &from, &to)) {
			ok = error_set(e, ERROR_USAGE,
				"--attempt %s: write numbers and ranges, such "
				"as 3,5,8-12",
				list);
			break;
		}
		store_bind_int(stmt, ":from", from);
		store_bind_int(stmt, ":to", to);
		ok = store_step(s, stmt, e);
		if (ok && sqlite3_changes(store_db(s)) == 0)
			ok = error_set(e, ERROR_USAGE,
				"--attempt: '%.*s' is no attempt of this "
				"report; report.json lists their ids",
				(int)strcspn(here, ","), here);
	}
	sqlite3_finalize(stmt);
	return ok;
}

/* Without a list: those of a verdict, or all that failed or are undecided. */
static bool
choose_kind(struct store *s, const struct extract_choice *c, struct error *e)
{
	sqlite3_stmt *stmt = store_prepare(s,
		"INSERT INTO chosen SELECT id FROM (SELECT id, row_number() "
		"OVER (PARTITION BY verdict ORDER BY id) AS n FROM attempts "
		"WHERE CASE WHEN :verdict IS NULL THEN failed OR verdict = "
		"'" VERDICT_UNDETERMINED "' ELSE verdict = :verdict END) WHERE "
		":first = 0 OR n <= :first",
		e);
	if (stmt == NULL)
		return false;
	store_bind_text(stmt, ":verdict", c->verdict);
	store_bind_int(stmt, ":first", c->first);
	bool ok = store_step(s, stmt, e);
	sqlite3_finalize(stmt);
	return ok;
}

/* A text of SQLite's for the plan; "" for none. */
static const char *
keep(struct extract_plan *p, const char *text)
{
	return text == NULL ? "" : arena_copy(&p->arena, text, strlen(text));
}

static bool
done(struct store *s, sqlite3_stmt *stmt, int code, struct error *e)
{
	bool ok = code == SQLITE_DONE || store_error(store_db(s), "reading", e);
	sqlite3_finalize(stmt);
	return ok;
}

/* clang-format off */
#define VANTAGE(X)                                                            \
	X(TEXT, name, "name")                                                 \
	X(TEXT, file_name, "coalesce((SELECT m.name FROM machine m WHERE"     \
		" m.role = vantage.name AND m.sure = 'open'), name)")
/* clang-format on */
STORE_SELECT(vantage_row, VANTAGE)

static bool
read_vantages(struct extract_plan *p, struct store *s, struct error *e)
{
	const struct captured_time unknown = {CLOCK_UNKNOWN_NS};
	sqlite3_stmt *stmt = store_prepare(s,
		"SELECT 0" STORE_COLUMNS(VANTAGE) " FROM "
						  "vantage ORDER BY id",
		e);
	int code = SQLITE_ROW;
	if (stmt == NULL)
		return false;
	while (p->vantages_count < INGEST_VANTAGES_MAX &&
		(code = sqlite3_step(stmt)) == SQLITE_ROW) {
		struct vantage_row row = vantage_row_of(stmt);
		p->vantages[p->vantages_count++] =
			(struct extract_vantage){.name = keep(p, row.name),
				.file_name = keep(p, row.file_name),
				.started = unknown,
				.ended = unknown,
				.dropped = -1};
	}
	return done(s, stmt, code == SQLITE_ROW ? SQLITE_DONE : code, e);
}

/*
 * A vantage's capture ran while its pieces did; to its last packet only the
 * slice itself would say, so what may have come after that one is left out
 * here as it is for the whole.
 */
static void
span(struct extract_vantage *v, const struct extract_source *x)
{
	if (x->first_ns != CLOCK_UNKNOWN_NS &&
		(v->started.ns == CLOCK_UNKNOWN_NS ||
			x->first_ns < v->started.ns))
		v->started.ns = x->first_ns;
	int64_t last = x->last_ns;
	if (last != CLOCK_UNKNOWN_NS)
		last = clock_sub(last, COVER_LAST_NS);
	if (last != CLOCK_UNKNOWN_NS && last > v->ended.ns)
		v->ended.ns = last;
	if (v->filter == NULL)
		v->filter = x->filter;
	if (x->dropped >= 0)
		v->dropped = (v->dropped < 0 ? 0 : v->dropped) + x->dropped;
}

/* clang-format off */
#define SOURCE(X)                                                             \
	X(TEXT, name, "name")                                                 \
	X(TEXT, sha256, "sha256")                                             \
	X(INT, bytes, "bytes")                                                \
	X(INT, vantage, "vantage")                                            \
	X(TIME, first_ns, "first_ns")                                         \
	X(TIME, last_ns, "last_ns")                                           \
	X(KNOWN, dropped, "dropped")                                          \
	X(TEXT, filter, "coalesce(filter, (SELECT 'unknown' FROM trust_reason " \
		"r WHERE r.source = source.id AND r.reason = 'filtered'))")
/* clang-format on */
STORE_SELECT(piece_row, SOURCE)

static bool
read_sources(struct extract_plan *p, struct store *s, struct error *e)
{
	sqlite3_stmt *stmt = store_prepare(s,
		"SELECT 0" STORE_COLUMNS(
			SOURCE) " FROM source WHERE vantage IS NOT NULL ORDER "
				"BY "
				"vantage, first_ns IS NULL, first_ns, piece",
		e);
	int code;
	if (stmt == NULL)
		return false;
	while ((code = sqlite3_step(stmt)) == SQLITE_ROW) {
		p->sources = memory_grow(
			p->sources, p->sources_count + 1, sizeof *p->sources);
		struct extract_source *x = &p->sources[p->sources_count];
		struct piece_row row = piece_row_of(stmt);
		*x = (struct extract_source){
			.name = keep(p, row.name),
			.sha256 = keep(p, row.sha256),
			.bytes = row.bytes,
			.vantage = row.vantage,
			.first_ns = row.first_ns,
			.last_ns = row.last_ns,
			.dropped = row.dropped,
			.filter =
				row.filter == NULL ? NULL : keep(p, row.filter),
		};
		if (x->vantage < 0 || x->vantage >= (int64_t)p->vantages_count)
			continue;
		p->sources_count++;
		span(&p->vantages[x->vantage], x);
	}
	return done(s, stmt, code, e);
}

/* Attempts in the order in which they used the same ports. */
static const char order_sql[] =
	"CREATE TEMP TABLE used AS SELECT client, client_port, server,"
	" server_port, first_ns, duration_us FROM attempt;"
	"CREATE INDEX temp.used_by_tuple ON used (client, client_port, server,"
	" server_port, first_ns);";

/* before_ns: from the end of the last attempt from the same ports to this one;
 * after_ns: from this one's first SYN to the next one's. */
/* clang-format off */
#define SAME_PORTS \
	" FROM used u WHERE u.client = a.client AND u.client_port ="          \
	" a.client_port AND u.server = a.server AND u.server_port ="          \
	" a.server_port AND u.first_ns "
#define TARGET(X)                                                             \
	X(INT, vantage, "v.id")                                               \
	X(TEXT, one, "coalesce(gc.ip, c.ip)")                                 \
	X(INT, one_port, "coalesce(g.client_port, a.client_port)")            \
	X(TEXT, other, "coalesce(gs.ip, s.ip)")                               \
	X(INT, other_port, "coalesce(g.server_port, a.server_port)")          \
	X(INT, first_ns, "coalesce(g.first_ns, a.first_ns +"                  \
		" coalesce(k.offset_ns, 0))")                                 \
	X(INT, last_ns, "coalesce(g.last_ns, a.first_ns +"                    \
		" coalesce(k.offset_ns, 0) + 1000 * coalesce(a.duration_us, 0))") \
	X(TIME, before_ns, "a.first_ns - (SELECT u.first_ns +"                \
		" 1000 * coalesce(u.duration_us, 0)" SAME_PORTS               \
		"< a.first_ns ORDER BY u.first_ns DESC LIMIT 1)")             \
	X(TIME, after_ns, "(SELECT u.first_ns" SAME_PORTS                     \
		"> a.first_ns ORDER BY u.first_ns LIMIT 1) - a.first_ns")     \
	X(INT, isn, "coalesce(g.isn, a.isn)")
/* clang-format on */
STORE_SELECT(target_row, TARGET)

/*
 * Every chosen attempt at every vantage: as it was seen there, or where it
 * would have been; and how long before it the last attempt from the same ports
 * ended, and how long after its first SYN the next one began.
 */
static const char targets_sql[] = "SELECT 0" STORE_COLUMNS(
	TARGET) " FROM (SELECT id FROM chosen UNION SELECT id FROM witness) h "
		"CROSS JOIN attempt a ON a.id = h.id "
		"JOIN host c ON c.id = a.client JOIN host s ON s.id = a.server "
		"CROSS JOIN vantage v LEFT JOIN clock k ON k.vantage = v.id "
		"LEFT JOIN sighting g ON g.attempt = a.id AND g.vantage = v.id "
		"LEFT JOIN host gc ON gc.id = g.client "
		"LEFT JOIN host gs ON gs.id = g.server";

/* Copies of a SYN arrive nearly as far apart as they were sent. */
#define JITTER_NS NS_PER_MS

/*
 * The time of a target, with a margin on both sides that reaches into no other
 * attempt from the same ports: half of one would look as one that failed.
 */
static void
set_time(
	struct slice_target *t, const struct target_row *row, int64_t margin_ns)
{
	int64_t first = row->first_ns;
	int64_t last = row->last_ns;
	int64_t before =
		row->before_ns == STORE_NULL ? INT64_MAX : row->before_ns;
	int64_t after = row->after_ns == STORE_NULL ? INT64_MAX : row->after_ns;
	before = before < JITTER_NS ? 0 : before - JITTER_NS;
	t->from_ns = clock_sub(first, before < margin_ns ? before : margin_ns);
	t->to_ns = clock_add(last, margin_ns);
	int64_t next = clock_sub(clock_add(first, after), JITTER_NS);
	if (next < t->to_ns)
		t->to_ns = next > last ? next : last;
}

static bool
read_targets(struct extract_plan *p, struct store *s,
	const struct extract_choice *choice, struct error *e)
{
	sqlite3_stmt *stmt = store_exec(s, order_sql, e)
		? store_prepare(s, targets_sql, e)
		: NULL;
	int code;
	if (stmt == NULL)
		return false;
	while ((code = sqlite3_step(stmt)) == SQLITE_ROW) {
		struct target_row row = target_row_of(stmt);
		struct slice_target t = {
			.one_port = (uint16_t)row.one_port,
			.other_port = (uint16_t)row.other_port,
			.isn = (uint32_t)row.isn,
		};
		set_time(&t, &row, choice->margin_ns);
		if (row.vantage < 0 ||
			row.vantage >= (int64_t)p->vantages_count ||
			row.one == NULL || row.other == NULL ||
			!ip_parse(row.one, &t.one) ||
			!ip_parse(row.other, &t.other))
			continue;
		slice_add(&p->vantages[row.vantage].targets, &t);
	}
	for (size_t v = 0; v < p->vantages_count; v++)
		slice_sort(&p->vantages[v].targets);
	return done(s, stmt, code, e);
}

/*
 * A capture proves that it would have shown a segment by what else it shows of
 * the same hosts and port around that moment (decisions/0010). Without that a
 * slice would say less than the whole, or more: the empty slice of a capture
 * made elsewhere looks as one of the right place. So the nearest attempts of the
 * same hosts, and to the same port, that succeeded (clean ones, and those that
 * only one end's capture shows) come along. Where there are none,
 * those of any hosts: they compare the clocks.
 */
static const char witness_sql[] =
	"CREATE TEMP TABLE near AS SELECT id, client, server, server_port,"
	" first_ns FROM attempt WHERE id NOT IN chosen AND (clean OR id IN"
	" (SELECT attempt FROM verdict WHERE verdict = '" VERDICT_CLEAN "'));"
	"CREATE INDEX temp.near_pair ON near (client, server, first_ns);"
	"CREATE INDEX temp.near_port ON near (server, server_port, first_ns);"
	"CREATE INDEX temp.near_time ON near (first_ns);"
	"CREATE TEMP VIEW mine AS SELECT a.* FROM needy h CROSS JOIN attempt a"
	" ON a.id = h.id;"
	"INSERT OR IGNORE INTO witness SELECT (SELECT id FROM near n WHERE"
	" n.client = m.client AND n.server = m.server AND"
	" n.first_ns <= m.first_ns ORDER BY n.first_ns DESC LIMIT 1) AS w"
	" FROM mine m WHERE w IS NOT NULL;"
	"INSERT OR IGNORE INTO witness SELECT (SELECT id FROM near n WHERE"
	" n.client = m.client AND n.server = m.server AND"
	" n.first_ns > m.first_ns ORDER BY n.first_ns LIMIT 1) AS w"
	" FROM mine m WHERE w IS NOT NULL;"
	"INSERT OR IGNORE INTO witness SELECT (SELECT id FROM near n WHERE"
	" n.server = m.server AND n.server_port = m.server_port AND"
	" n.first_ns <= m.first_ns ORDER BY n.first_ns DESC LIMIT 1) AS w"
	" FROM mine m WHERE w IS NOT NULL;"
	"INSERT OR IGNORE INTO witness SELECT (SELECT id FROM near n WHERE"
	" n.server = m.server AND n.server_port = m.server_port AND"
	" n.first_ns > m.first_ns ORDER BY n.first_ns LIMIT 1) AS w"
	" FROM mine m WHERE w IS NOT NULL;"
	"CREATE TEMP TABLE alone AS SELECT first_ns FROM mine"
	" WHERE NOT EXISTS (SELECT 1 FROM witness);"
	"INSERT OR IGNORE INTO witness SELECT (SELECT id FROM near n WHERE"
	" n.first_ns <= m.first_ns ORDER BY n.first_ns DESC LIMIT 1) AS w"
	" FROM alone m WHERE w IS NOT NULL;"
	"INSERT OR IGNORE INTO witness SELECT (SELECT id FROM near n WHERE"
	" n.first_ns > m.first_ns ORDER BY n.first_ns LIMIT 1) AS w"
	" FROM alone m WHERE w IS NOT NULL";

/* Without witnesses a capture of the wrong place looks as one of the right one:
 * attempts that are undetermined keep theirs in any case. */
static const char needy_only_sql[] =
	"CREATE TEMP VIEW needy AS SELECT id FROM chosen WHERE id IN"
	" (SELECT attempt FROM verdict WHERE verdict = '" VERDICT_UNDETERMINED
	"')";
static const char needy_all_sql[] =
	"CREATE TEMP VIEW needy AS SELECT id FROM chosen";

/* The first figure of a query. */
static int64_t
figure(struct store *s, const char *sql)
{
	sqlite3_stmt *stmt = store_prepare(s, sql, NULL);
	int64_t n = 0;
	if (stmt != NULL && sqlite3_step(stmt) == SQLITE_ROW)
		n = sqlite3_column_int64(stmt, 0);
	sqlite3_finalize(stmt);
	return n;
}

/* Verdicts that a report may have: more than there are rules. */
#define VERDICTS_MAX 200

struct verdicts {
	const char *at[VERDICTS_MAX];
	size_t count;
};

static const char *
verdict_at(const void *context, size_t i)
{
	const struct verdicts *v = context;
	return v->at[i];
}

#define GIVEN(X) X(TEXT, verdict, "verdict")
STORE_SELECT(given_row, GIVEN)

/* No attempt has it: one of those that some have may be meant. */
static bool
refuse_verdict(struct extract_plan *p, struct store *s, const char *verdict,
	struct error *e)
{
	struct verdicts v = {.count = 0};
	sqlite3_stmt *stmt = store_prepare(s,
		"SELECT 0" STORE_COLUMNS(
			GIVEN) " FROM attempts WHERE verdict IS NOT NULL "
			       "GROUP BY verdict ORDER BY verdict",
		NULL);
	while (stmt != NULL && v.count < VERDICTS_MAX &&
		sqlite3_step(stmt) == SQLITE_ROW)
		v.at[v.count++] = keep(p, given_row_of(stmt).verdict);
	sqlite3_finalize(stmt);
	const char *near = word_nearest(verdict, v.count, verdict_at, &v);
	if (near == NULL)
		return error_set(e, ERROR_USAGE,
			"no attempt has the verdict '%s'", verdict);
	return error_set(e, ERROR_USAGE,
		"no attempt has the verdict '%s'; did you mean '%s'?", verdict,
		near);
}

static bool
choose(struct extract_plan *p, struct store *s,
	const struct extract_choice *choice, struct error *e)
{
	if (!store_exec(s,
		    "PRAGMA temp_store = MEMORY; "
		    "CREATE TEMP TABLE chosen (id INTEGER PRIMARY KEY);"
		    "CREATE TEMP TABLE witness (id INTEGER PRIMARY KEY)",
		    e) ||
		!(choice->attempts != NULL ? choose_ids(s, choice->attempts, e)
					   : choose_kind(s, choice, e)))
		return false;
	p->attempts = figure(s, "SELECT count(*) FROM chosen");
	if (p->attempts > 0 &&
		(!store_exec(
			 s, choice->only ? needy_only_sql : needy_all_sql, e) ||
			!store_exec(s, witness_sql, e)))
		return false;
	p->witnesses = figure(s, "SELECT count(*) FROM witness");
	if (p->attempts > 0)
		return true;
	if (choice->verdict != NULL)
		return refuse_verdict(p, s, choice->verdict, e);
	return error_set(e, ERROR_USAGE,
		"no attempt failed; choose others with --attempt or --verdict");
}

bool
extract_plan_read(struct extract_plan *p, struct store *s,
	const struct extract_choice *choice, struct error *e)
{
	*p = (struct extract_plan){0};
	if (figure(s, "SELECT count(*) FROM meta WHERE key = 'redacted'") > 0)
		return error_set(e, ERROR_USAGE,
			"this evidence.sqlite is redacted: its addresses are "
			"in no capture; use the one of a run without --redact");
	return choose(p, s, choice, e) && read_vantages(p, s, e) &&
		read_sources(p, s, e) && read_targets(p, s, choice, e);
}

void
extract_plan_release(struct extract_plan *p)
{
	for (size_t v = 0; v < p->vantages_count; v++)
		slice_release(&p->vantages[v].targets);
	free(p->sources);
	arena_release(&p->arena);
	*p = (struct extract_plan){0};
}
