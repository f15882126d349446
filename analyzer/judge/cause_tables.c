/*
 * The temporary tables that cause rules read, from causes.sql.
 *
 * Those that only evidence besides captures needs are filled when such evidence
 * is there, and only once. Their statements have no bound of steps, as those of
 * rules have: an INSERT that a progress handler ends rolls the whole transaction
 * back, verdicts and all (sqlite.org/c3ref/interrupt.html). What they cost is
 * bounded by the rows that are read (ingest/event_budget.h) and by that it grows
 * with them and not with their square (unit/test_cause_work).
 */
#include <string.h>

#include "base/embedded.h"
#include "judge/cause_run.h"

extern const struct embedded embedded_causes_sql[];

/* The statements of one section of causes.sql; the caller frees. */
static char *
section(const char *name)
{
	char mark[32];
	snprintf(mark, sizeof mark, "--%% %s\n", name);
	const char *text = embedded_causes_sql[0].text;
	const char *start = strstr(text, mark);
	if (start == NULL)
		return NULL;
	start += strlen(mark);
	const char *end = strstr(start, "\n--% ");
	size_t len = end != NULL ? (size_t)(end - start) : strlen(start);
	return sqlite3_mprintf("%.*s", (int)len, start);
}

/* Run one part of causes.sql, where the working tables and views stand. */
static bool
section_run(struct cause_run *run, const char *name)
{
	char *sql = section(name);
	if (sql == NULL)
		memory_exhausted();
	bool ok = store_exec(run->store, sql, run->error);
	sqlite3_free(sql);
	return ok;
}

/* Which kinds of evidence there are, and how much of it. */
static const struct {
	const char *table;
	enum need need;
} tables[] = {
	{"event", NEEDS_EVENTS},
	{"counter", NEEDS_COUNTERS},
	{"setting", NEEDS_SETTINGS},
	{"socket", NEEDS_SOCKETS},
	{"conntrack", NEEDS_TRACKED},
	{"flow_record", NEEDS_FLOWS},
	{"lookup", NEEDS_LOOKUPS},
	{"neighbour", NEEDS_NEIGHBOURS},
};

/* Totals and traits are not among them: they are worked out of attempts, which
 * every case has. */
#define TABLES_COUNT (sizeof tables / sizeof tables[0])

/* Which kinds of evidence the case has, and how many rows: rules that need
 * others are not run, and the rows bound what the others may cost. */
static bool
present_read(struct cause_run *run)
{
	for (size_t i = 0; i < TABLES_COUNT; i++) {
		/* The names are those of the list above: no outside text gets
		 * in. */
		char sql[64];
		snprintf(sql, sizeof sql, "SELECT count(*) FROM %s",
			tables[i].table);
		sqlite3_stmt *stmt = store_prepare(run->store, sql, run->error);
		if (stmt == NULL)
			return false;
		if (sqlite3_step(stmt) == SQLITE_ROW &&
			sqlite3_column_int64(stmt, 0) > 0) {
			run->present |= tables[i].need;
			run->rows += sqlite3_column_int64(stmt, 0);
		}
		sqlite3_finalize(stmt);
	}
	run->present |= NEEDS_TOTALS | NEEDS_TRAITS;
	return true;
}

/* Does somebody report failures of which only that they happened is known? */
static bool
untimed_read(struct cause_run *run)
{
	static const char sql[] = "SELECT 1 FROM failing WHERE attempt < 0 AND "
				  "first_ns = " CAUSE_UNTIMED_NS " LIMIT 1";
	sqlite3_stmt *stmt = store_prepare(run->store, sql, run->error);
	if (stmt == NULL)
		return false;
	run->untimed = sqlite3_step(stmt) == SQLITE_ROW;
	sqlite3_finalize(stmt);
	return true;
}

/* The traits that SYNs may have. The row of bit 0 only ends the list of values
 * without a comma, and goes again. */
static bool
traits_name(struct cause_run *run)
{
	static const char rows[] = "INSERT INTO temp.trait (bit, words) VALUES "
#define X(name, bit, words) "(" #bit ", '" words "'),"
#include "model/syn_traits.def"
#undef X
				   "(0, 'nothing')";
	return store_exec(run->store, rows, run->error) &&
		store_exec(run->store, "DELETE FROM temp.trait WHERE bit = 0",
			run->error);
}

/* Views before tables, for a view may stand on a table. A drop that fails
 * leaves the rest: what is temporary ends with the connection anyway. */
static void
tables_drop(struct cause_run *run)
{
	/* Read whole first: dropping changes what the list is read from. */
	static const char sql[] =
		"SELECT group_concat('DROP '||type||' temp.'||name, ';') FROM "
		"(SELECT type, name FROM sqlite_temp_schema WHERE type IN "
		"('view', 'table') ORDER BY type DESC, name) WHERE EXISTS "
		"(SELECT 1 FROM sqlite_temp_schema WHERE name = 'failing')";
	sqlite3_stmt *stmt = NULL;
	char *drop = NULL;
	if (sqlite3_prepare_v2(run->db, sql, -1, &stmt, NULL) == SQLITE_OK &&
		sqlite3_step(stmt) == SQLITE_ROW)
		drop = sqlite3_mprintf("%s", sqlite3_column_text(stmt, 0));
	sqlite3_finalize(stmt);
	if (drop != NULL)
		sqlite3_exec(run->db, drop, NULL, NULL, NULL);
	sqlite3_free(drop);
}

/* Costs a millisecond or two for the statements of causes.sql, whatever the case;
 * nothing is filled yet. */
bool
cause_tables_make(struct cause_run *run)
{
	tables_drop(run); /* those of a run before, on the same store */
	return section_run(run, "tables") && section_run(run, "views") &&
		traits_name(run) && present_read(run) && untimed_read(run);
}

/* What every kind of file evidence builds on, and the kinds' own. */
static const struct {
	unsigned needs;
	const char *section;
	/* The first serves all kinds that files bring and so comes before them. */
} fillings[] = {
	{NEEDS_FILES, "sources"},
	{NEEDS_EVENTS, "events"},
	{NEEDS_FLOWS, "flows"},
	{NEEDS_TRACKED, "tracked"},
	{NEEDS_TOTALS, "totals"},
	{NEEDS_TRAITS, "traits"},
};

/* The views of a kind. One costs a tenth of a millisecond, which in a small case is
 * more than what it shows. */
static const struct {
	enum need need;
	const char *section;
} views[] = {
	{NEEDS_EVENTS, "views of events"},
	{NEEDS_COUNTERS, "views of counters"},
	{NEEDS_SETTINGS, "views of settings"},
	{NEEDS_SOCKETS, "views of sockets"},
	{NEEDS_TRACKED, "views of tracked"},
	{NEEDS_FLOWS, "views of flows"},
	{NEEDS_LOOKUPS, "views of lookups"},
	{NEEDS_NEIGHBOURS, "views of neighbours"},
	{NEEDS_TOTALS, "views of totals"},
	{NEEDS_TRAITS, "views of traits"},
};

/* All before the first rule: SQLite prepares every statement anew when a view has
 * come in between. */
bool
cause_views_make(struct cause_run *run, unsigned needs)
{
	for (size_t i = 0; i < sizeof views / sizeof views[0]; i++)
		if ((needs & views[i].need) != 0 &&
			!section_run(run, views[i].section))
			return false;
	return true;
}

/* What names a whole connection is looked up among the rule's attempts. The index
 * costs every rule a write for each attempt, so only a case with such evidence has
 * it. */
static bool
hits_index(struct cause_run *run)
{
	static const char any[] =
		"SELECT 1 FROM event_hit UNION ALL SELECT 1 FROM flow_hit "
		"UNION ALL SELECT 1 FROM tracked_hit LIMIT 1";
	static const char index[] =
		"CREATE INDEX IF NOT EXISTS "
		"temp.scoped_by_attempt ON scoped (attempt)";
	sqlite3_stmt *stmt = store_prepare(run->store, any, run->error);
	if (stmt == NULL)
		return false;
	bool hit = sqlite3_step(stmt) == SQLITE_ROW;
	sqlite3_finalize(stmt);
	return !hit || store_exec(run->store, index, run->error);
}

/* Each section runs at most once in a run, when the first rule that needs it
 * comes; what the case does not have is never filled. ready has a bit per row
 * of the list above. */
bool
cause_tables_fill(struct cause_run *run, unsigned needs)
{
	bool filled = false;
	for (size_t i = 0; i < sizeof fillings / sizeof fillings[0]; i++) {
		unsigned bit = 1U << i;
		if ((needs & run->present & fillings[i].needs) == 0 ||
			(run->ready & bit) != 0)
			continue;
		run->ready |= bit;
		if (!section_run(run, fillings[i].section))
			return false;
		filled = true;
	}
	return !filled || hits_index(run);
}
