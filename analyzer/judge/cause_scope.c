/*
 * What the rule at hand is about: its attempts, the subjects that they form,
 * the roles whose evidence speaks of them, and their times.
 */
#include <inttypes.h>
#include <stdlib.h>

#include "base/clock.h"
#include "judge/cause_run.h"
#include "store/select.h"

/* Host ids stay below 2^31, so that two fit into one number. */
static const char *const per_sql[] = {
	[PER_SERVICE] = "server * 65536 + server_port",
	[PER_SERVER] = "server",
	[PER_CLIENT] = "client",
	[PER_PAIR] = "client * 4294967296 + server",
	[PER_CASE] = "1",
};

static bool
exec_str(struct cause_run *run, sqlite3_str *sql)
{
	char *text = sqlite3_str_finish(sql);
	if (text == NULL)
		memory_exhausted();
	bool ok = store_exec(run->store, text, run->error);
	sqlite3_free(text);
	return ok;
}

/* Rows of scoped from those of failing that meet what sql is given next. */
static void
fill_sql(sqlite3_str *sql, const struct cause *c)
{
	sqlite3_str_appendf(sql,
		"INSERT OR IGNORE INTO scoped SELECT %s, attempt, verdict, "
		"candidates "
		"IS NULL, client, client_port, server, server_port, first_ns, "
		"last_ns, syn_retransmits, guessed FROM failing WHERE ",
		per_sql[c->per]);
}

/* The attempts that have one of the verdicts, or may have. Two statements, each
 * with an index. */
static bool
scope_fill(struct cause_run *run)
{
	const struct cause *c = run->rule->cause;
	sqlite3_str *sql = sqlite3_str_new(NULL);
	sqlite3_str_appendall(sql, "DELETE FROM scoped;");
	fill_sql(sql, c);
	sqlite3_str_appendall(sql, "verdict IN (");
	for (size_t i = 0; i < c->explains_count; i++)
		sqlite3_str_appendf(
			sql, "%s%Q", i > 0 ? "," : "", c->explains[i]);
	sqlite3_str_appendall(sql, ");");
	fill_sql(sql, c);
	sqlite3_str_appendall(sql, "candidates IS NOT NULL AND (0");
	for (size_t i = 0; i < c->explains_count; i++)
		sqlite3_str_appendf(
			sql, " OR instr(candidates, '\"%q\"')", c->explains[i]);
	sqlite3_str_appendall(sql, ");");
	if (c->attempts != NULL)
		sqlite3_str_appendf(sql,
			"DELETE FROM scoped WHERE attempt NOT IN (SELECT "
			"attempt FROM scope LEFT JOIN facts USING (attempt) "
			"WHERE "
			"(%s\n));",
			c->attempts);
	return exec_str(run, sql);
}

/* The case is a subject even when no attempt is left in it: what never left
 * the client is in no capture. */
static bool
subject_table(struct cause_run *run)
{
	const struct cause *c = run->rule->cause;
	sqlite3_str *sql = sqlite3_str_new(NULL);
	sqlite3_str_appendf(sql,
		"DELETE FROM subject; DELETE FROM moment; "
		"DELETE FROM pointed; DELETE FROM current_rule; "
		"INSERT INTO current_rule VALUES (%lld, %d); "
		"INSERT INTO subject SELECT subject, count(*), "
		"sum(determined), min(first_ns), max(last_ns) FROM scope "
		"GROUP BY subject;",
		c->reach_s * NS_PER_S, c->per == PER_CASE);
	if (c->per == PER_CASE)
		sqlite3_str_appendall(sql,
			"INSERT OR IGNORE INTO subject VALUES "
			"(1, 0, 0, NULL, NULL);");
	return exec_str(run, sql);
}

/* By what the places are called, as far as the captures' ends fit it. */
static void
role_sql(sqlite3_str *sql, const char *role, bool whole)
{
	if (whole)
		sqlite3_str_appendf(sql,
			"INSERT OR IGNORE INTO subject_role "
			"VALUES (1,%Q,%Q,1);",
			role, role);
	else
		sqlite3_str_appendf(sql,
			"INSERT OR IGNORE INTO subject_role "
			"SELECT DISTINCT s.subject, h.role, h.role, "
			"(SELECT count(*) = 1 AND min(sure) FROM role_host "
			"WHERE role = %Q) "
			"FROM scope s JOIN role_host h ON h.role = %Q "
			"AND h.host = s.%s;",
			role, role, role);
}

/* By what the places' machines are for the subject's services; that wins over
 * names where it is proven. */
static void
machine_sql(sqlite3_str *sql, const char *role, bool whole)
{
	if (whole) {
		sqlite3_str_appendf(sql,
			"INSERT INTO subject_role SELECT 1, place, role, "
			"max(sure) FROM place_role WHERE role = %Q GROUP BY "
			"place ON CONFLICT DO UPDATE SET "
			"sure = max(sure, excluded.sure);",
			role);
		return;
	}
	sqlite3_str_appendf(sql,
		"DELETE FROM subject_role WHERE role = %Q AND place IN "
		"('client', 'server') AND EXISTS (SELECT 1 FROM scope s "
		"JOIN place_role p ON p.server = s.server AND "
		"p.server_port = s.server_port WHERE "
		"s.subject = subject_role.subject AND "
		"p.place = subject_role.place AND p.proven AND p.role <> %Q) "
		"AND NOT EXISTS (SELECT 1 FROM scope s JOIN place_role p ON "
		"p.server = s.server AND p.server_port = s.server_port WHERE "
		"s.subject = subject_role.subject AND "
		"p.place = subject_role.place AND p.role = %Q);",
		role, role, role);
	sqlite3_str_appendf(sql,
		"INSERT INTO subject_role SELECT s.subject, p.place, p.role, "
		"max(p.sure) FROM scope s JOIN place_role p ON "
		"p.server = s.server AND p.server_port = s.server_port "
		"WHERE p.role = %Q GROUP BY s.subject, p.place "
		"ON CONFLICT DO UPDATE SET sure = max(sure, excluded.sure);",
		role);
}

/* What is an end of the subject's service does not stand between its ends. */
static const char between_sql[] =
	"INSERT OR IGNORE INTO subject_role SELECT s.subject, b.place, "
	"b.place, b.sure FROM subject s CROSS JOIN place_between b "
	"WHERE NOT EXISTS (SELECT 1 FROM scope x JOIN place_role p ON "
	"p.server = x.server AND p.server_port = x.server_port "
	"WHERE x.subject = s.subject AND p.place = b.place);";

/* Whose files speak of the subjects. Files without a place may: never sure. */
static bool
role_tables(struct cause_run *run)
{
	static const char *const ends[] = {"server", "client"};
	static const unsigned hosts[] = {HOST_SERVER, HOST_CLIENT};
	const struct cause *c = run->rule->cause;
	bool whole = c->per == PER_CASE;
	sqlite3_str *sql = sqlite3_str_new(NULL);
	sqlite3_str_appendall(sql,
		"DELETE FROM subject_pair; INSERT INTO subject_pair "
		"SELECT DISTINCT subject, client, service FROM scope;"
		"DELETE FROM subject_role; INSERT INTO subject_role "
		"SELECT subject, '', NULL, 0 FROM subject;");
	for (int end = 0; end < 2; end++) {
		if ((c->hosts & hosts[end]) == 0)
			continue;
		role_sql(sql, ends[end], whole);
		machine_sql(sql, ends[end], whole);
	}
	if (c->hosts & HOST_BETWEEN)
		sqlite3_str_appendall(sql, between_sql);
	return exec_str(run, sql);
}

/* Times of the attempts, widened and joined where they overlap: a case has a
 * handful, however many attempts and lines it has. */
static bool
episode_table(struct cause_run *run)
{
	const struct cause *c = run->rule->cause;
	int64_t reach = c->reach_s * NS_PER_S;
	sqlite3_str *sql = sqlite3_str_new(NULL);
	sqlite3_str_appendall(sql, "DELETE FROM episode; INSERT INTO episode ");
	if (c->per == PER_CASE)
		sqlite3_str_appendf(sql,
			"SELECT 1, min(first_ns) - %lld, max(last_ns) + %lld, "
			"1, 0 FROM source WHERE vantage IS NOT NULL "
			"HAVING min(first_ns) IS NOT NULL UNION ALL "
			"SELECT 1, min(first_ns) - %lld, max(last_ns) + %lld, "
			"1, max(guessed) FROM failing WHERE NOT EXISTS (SELECT "
			"1 FROM "
			"vantage) HAVING min(first_ns) IS NOT NULL",
			reach, reach, reach, reach);
	else
		sqlite3_str_appendf(sql,
			"SELECT subject, min(first_ns) - %lld, "
			"max(last_ns) + %lld, 0, max(guessed) FROM (SELECT "
			"subject, first_ns, last_ns, guessed, sum(begins) OVER "
			"(PARTITION BY subject ORDER "
			"BY first_ns, last_ns ROWS UNBOUNDED PRECEDING) AS nth "
			"FROM (SELECT subject, first_ns, last_ns, guessed, "
			"first_ns - "
			"%lld > coalesce(max(last_ns) OVER (PARTITION BY "
			"subject ORDER BY first_ns, last_ns ROWS BETWEEN "
			"UNBOUNDED PRECEDING AND 1 PRECEDING), first_ns) AS "
			"begins FROM scoped)) GROUP BY subject, nth",
			reach, reach, 2 * reach);
	return exec_str(run, sql);
}

bool
cause_scope_set(struct cause_run *run, unsigned needs, bool subjects)
{
	return cause_tables_fill(run, needs) && scope_fill(run) &&
		(!subjects || subject_table(run)) &&
		((needs & NEEDS_FILES) == 0 || role_tables(run)) &&
		((needs & NEEDS_EVENTS) == 0 || episode_table(run));
}

#define SUBJECT(X)            \
	X(INT, id, "subject") \
	X(INT, attempts, "attempts")
STORE_SELECT(subject_row, SUBJECT)

bool
subjects_read(struct cause_run *run)
{
	size_t room = 0;
	sqlite3_stmt *stmt = store_prepare(run->store,
		"SELECT 0" STORE_COLUMNS(SUBJECT) " FROM subject ORDER BY "
						  "subject",
		run->error);
	if (stmt == NULL)
		return false;
	run->subjects_count = 0;
	while (sqlite3_step(stmt) == SQLITE_ROW) {
		if (run->subjects_count == room) {
			room = room ? 2 * room : 16;
			run->subjects = memory_grow(
				run->subjects, room, sizeof *run->subjects);
		}
		struct subject_row row = subject_row_of(stmt);
		run->subjects[run->subjects_count++] = (struct subject){
			.id = row.id,
			.attempts = row.attempts,
			.confidence = FINDING_NONE,
		};
	}
	sqlite3_finalize(stmt);
	return true;
}

void
subjects_free(struct cause_run *run)
{
	size_t evidence = run->rule->cause->evidence_count;
	for (size_t i = 0; i < run->subjects_count; i++)
		gathered_free(run->subjects[i].gathered, evidence);
	free(run->subjects);
	run->subjects = NULL;
	run->subjects_count = 0;
}

const char *
subject_host(struct cause_run *run, int64_t subject)
{
	static const char *const sql[] = {
		[PER_SERVICE] =
			"SELECT CASE WHEN instr(ip, ':') THEN '['||ip||']' "
			"ELSE ip END||':'||(:subject % 65536) FROM host "
			"WHERE id = :subject / 65536",
		[PER_SERVER] = "SELECT ip FROM host WHERE id = :subject",
		[PER_CLIENT] = "SELECT ip FROM host WHERE id = :subject",
		[PER_PAIR] = "SELECT c.ip||' → '||s.ip FROM host c, host s "
			     "WHERE c.id = :subject / 4294967296 "
			     "AND s.id = :subject % 4294967296",
		[PER_CASE] = "SELECT NULL",
	};
	const char *host = NULL;
	sqlite3_stmt *stmt = store_prepare(
		run->store, sql[run->rule->cause->per], run->error);
	if (stmt == NULL)
		return NULL;
	if (run->rule->cause->per != PER_CASE)
		store_bind_int(stmt, ":subject", subject);
	if (sqlite3_step(stmt) == SQLITE_ROW &&
		sqlite3_column_type(stmt, 0) == SQLITE_TEXT)
		host = arena_copy(&run->arena, sqlite3_column_text(stmt, 0),
			(size_t)sqlite3_column_bytes(stmt, 0));
	sqlite3_finalize(stmt);
	return host;
}
