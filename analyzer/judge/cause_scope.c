/*
 * What the rule at hand is about: its attempts, the subjects that they form,
 * the roles whose evidence speaks of them, and their times.
 */
#include <stdlib.h>

#include "base/clock.h"
#include "judge/cause_run.h"
#include "store/select.h"

/* Host ids stay below 2^31, so that two fit into one number. In the order of enum
 * cause_per. */
#define SUBJECT_SQL                                                       \
	"CASE :per WHEN 0 THEN server * 65536 + server_port WHEN 1 THEN " \
	"server WHEN 2 THEN client WHEN 3 THEN client * 4294967296 + "    \
	"server ELSE 1 END"
_Static_assert(PER_SERVICE == 0 && PER_SERVER == 1 && PER_CLIENT == 2 &&
		PER_PAIR == 3 && PER_CASE == 4,
	"as SUBJECT_SQL has them");

/* Parameters for the verdicts that a rule explains; those beyond are NULL. */
/* clang-format off */
#define VERDICTS(X)                                              \
	X(":v1") X(":v2") X(":v3") X(":v4") X(":v5") X(":v6")    \
	X(":v7") X(":v8") X(":v9") X(":v10") X(":v11") X(":v12") \
	X(":v13") X(":v14") X(":v15") X(":v16")
/* clang-format on */
/* Three uses of one list: the names, for binding; a list for IN; and a search
 * in the JSON of an undetermined attempt's candidates, for which the name is
 * bound with its quotes, so that no verdict is found within a longer one. */
#define VERDICT_NAME(name) name,
#define VERDICT_LISTED(name) "," name
#define VERDICT_AMONG(name) " OR instr(candidates, " name ")"
static const char *const verdict_names[] = {VERDICTS(VERDICT_NAME)};
_Static_assert(
	sizeof verdict_names / sizeof *verdict_names == CAUSE_EXPLAINS_MAX,
	"a parameter for each");

/* An attempt may come by both statements and is taken once: the attempt is the
 * key of scoped. */
#define FILL                                                    \
	"INSERT OR IGNORE INTO scoped SELECT " SUBJECT_SQL      \
	", attempt, verdict, candidates IS NULL, client, "      \
	"client_port, server, server_port, first_ns, last_ns, " \
	"syn_retransmits, guessed FROM failing WHERE "

/* Bind the verdicts that the rule explains, each within quote. */
static void
verdicts_bind(sqlite3_stmt *stmt, const struct cause *c, const char *quote)
{
	sqlite3_clear_bindings(stmt);
	store_bind_int(stmt, ":per", c->per);
	for (size_t i = 0; i < c->explains_count; i++) {
		char *text =
			sqlite3_mprintf("%s%s%s", quote, c->explains[i], quote);
		if (text == NULL)
			memory_exhausted();
		sqlite3_bind_text(stmt,
			sqlite3_bind_parameter_index(stmt, verdict_names[i]),
			text, -1, sqlite3_free);
	}
}

/* Those of the rule's attempts that its own condition leaves. A condition that
 * is NULL does not hold: so goes what is only reported, of which there are no
 * facts, where the condition asks for them. */
static bool
scope_narrow(struct cause_run *run)
{
	char *sql = sqlite3_mprintf(
		"DELETE FROM scoped WHERE attempt NOT IN (SELECT attempt FROM "
		"scope LEFT JOIN facts USING (attempt) WHERE (%s\n))",
		run->rule->cause->attempts);
	if (sql == NULL)
		memory_exhausted();
	bool ok = store_exec(run->store, sql, run->error);
	sqlite3_free(sql);
	return ok;
}

/* The attempts that have one of the verdicts, or may have. Two statements, each
 * with an index. */
static bool
scope_fill(struct cause_run *run, bool *empty)
{
	static const char none[] = "DELETE FROM scoped";
	static const char decided[] =
		FILL "verdict IN (NULL" VERDICTS(VERDICT_LISTED) ")";
	static const char open[] = FILL
		"candidates IS NOT NULL AND (0" VERDICTS(VERDICT_AMONG) ")";
	static const char any[] = "SELECT 1 FROM scoped LIMIT 1";
	const struct cause *c = run->rule->cause;
	/* Verdicts that are given are found by one index, undetermined attempts
	 * by another; one statement with OR would use neither. */
	sqlite3_stmt *fill[2] = {
		cause_statement(run, decided), cause_statement(run, open)};
	sqlite3_stmt *look = cause_statement(run, any);
	if (fill[0] == NULL || fill[1] == NULL || look == NULL ||
		!cause_exec(run, none))
		return false;
	for (int i = 0; i < 2; i++) {
		verdicts_bind(fill[i], c, i == 0 ? "" : "\"");
		if (!store_step(run->store, fill[i], run->error))
			return false;
	}
	*empty = sqlite3_step(look) != SQLITE_ROW;
	sqlite3_reset(look);
	if (*empty || c->attempts == NULL)
		return true;
	if (!scope_narrow(run))
		return false;
	*empty = sqlite3_step(look) != SQLITE_ROW;
	sqlite3_reset(look);
	return true;
}

/* The case is a subject even when no attempt is left in it: what never left
 * the client is in no capture. */
static bool
subject_table(struct cause_run *run)
{
	static const char *const none[] = {"DELETE FROM subject",
		"DELETE FROM moment", "DELETE FROM pointed",
		"DELETE FROM current_rule"};
	static const char rule[] = "INSERT INTO current_rule (reach_ns, whole) "
				   "VALUES (:reach, :whole)";
	static const char subjects[] =
		"INSERT INTO subject (subject, attempts, determined, "
		"first_ns, last_ns) SELECT subject, count(*), "
		"sum(determined), min(first_ns), max(last_ns) FROM scope "
		"GROUP BY subject";
	static const char the_case[] =
		"INSERT OR IGNORE INTO subject (subject, attempts, "
		"determined) VALUES (1, 0, 0)";
	const struct cause *c = run->rule->cause;
	for (size_t i = 0; i < sizeof none / sizeof *none; i++)
		if (!cause_exec(run, none[i]))
			return false;
	sqlite3_stmt *stmt = cause_statement(run, rule);
	if (stmt == NULL)
		return false;
	store_bind_int(stmt, ":reach", c->reach_s * NS_PER_S);
	store_bind_int(stmt, ":whole", c->per == PER_CASE);
	return store_step(run->store, stmt, run->error) &&
		cause_exec(run, subjects) &&
		(c->per != PER_CASE || cause_exec(run, the_case));
}

/* One statement that takes the role alone, or the role and nothing. */
static bool
role_exec(struct cause_run *run, const char *sql, const char *role)
{
	sqlite3_stmt *stmt = cause_statement(run, sql);
	if (stmt == NULL)
		return false;
	store_bind_text(stmt, ":role", role);
	return store_step(run->store, stmt, run->error);
}

/* By what the places are called, as far as the captures' ends fit it. */
static bool
role_named(struct cause_run *run, const char *role, bool whole)
{
	static const char in_case[] =
		"INSERT OR IGNORE INTO subject_role "
		"(subject, place, role, sure) VALUES (1, :role, :role, 1)";
	static const char in_scope[] =
		"INSERT OR IGNORE INTO subject_role "
		"SELECT DISTINCT s.subject, h.role, h.role, "
		"(SELECT count(*) = 1 AND min(sure) FROM role_host "
		"WHERE role = :role) "
		"FROM scope s JOIN role_host h ON h.role = :role "
		"AND h.host = CASE :role WHEN 'server' THEN s.server "
		"ELSE s.client END";
	return role_exec(run, whole ? in_case : in_scope, role);
}

/* By what the places' machines are for the subject's services; that wins over
 * names where it is proven. */
static bool
role_of_machines(struct cause_run *run, const char *role, bool whole)
{
	static const char in_case[] =
		"INSERT INTO subject_role SELECT 1, place, role, max(sure) "
		"FROM place_role WHERE role = :role GROUP BY place "
		"ON CONFLICT DO UPDATE SET sure = max(sure, excluded.sure)";
	/* +: by the service, as a place may be of very many. */
	static const char proven[] =
		"DELETE FROM subject_role WHERE role = :role AND place IN "
		"('client', 'server') AND EXISTS (SELECT 1 FROM scope s "
		"CROSS JOIN place_role p ON p.server = s.server AND "
		"p.server_port = s.server_port WHERE "
		"s.subject = subject_role.subject AND "
		"+p.place = subject_role.place AND p.proven AND "
		"p.role <> :role) "
		"AND NOT EXISTS (SELECT 1 FROM scope s CROSS JOIN place_role p "
		"ON p.server = s.server AND p.server_port = s.server_port "
		"WHERE "
		"s.subject = subject_role.subject AND "
		"p.place = subject_role.place AND p.role = :role)";
	static const char in_scope[] =
		"INSERT INTO subject_role SELECT s.subject, p.place, p.role, "
		"max(p.sure) FROM scope s JOIN place_role p ON "
		"p.server = s.server AND p.server_port = s.server_port "
		"WHERE p.role = :role GROUP BY s.subject, p.place "
		"ON CONFLICT DO UPDATE SET sure = max(sure, excluded.sure)";
	if (whole)
		return role_exec(run, in_case, role);
	return role_exec(run, proven, role) && role_exec(run, in_scope, role);
}

/* What is an end of the subject's service does not stand between its ends. */
static const char between_sql[] =
	"INSERT OR IGNORE INTO subject_role SELECT s.subject, b.place, "
	"b.place, b.sure FROM subject s CROSS JOIN place_between b "
	"WHERE NOT EXISTS (SELECT 1 FROM scope x JOIN place_role p ON "
	"p.server = x.server AND p.server_port = x.server_port "
	"WHERE x.subject = s.subject AND p.place = b.place)";

/* Of what nobody says when it failed, a listing may be of another day. */
static const char untimed_sql[] =
	"UPDATE subject_role SET sure = 0 WHERE subject IN (SELECT subject "
	"FROM "
	"scoped GROUP BY subject HAVING max(last_ns) = " CAUSE_UNTIMED_NS ")";

/*
 * Whose files speak of the subjects. Files without a place may: never sure.
 *
 * What names say comes first, and what machines are proven to be corrects it: a
 * folder called "server" may hold the files of what calls another server.
 */
static bool
role_tables(struct cause_run *run)
{
	static const char *const anew[] = {
		"DELETE FROM subject_pair",
		"INSERT INTO subject_pair "
		"SELECT DISTINCT subject, client, service FROM scope",
		"DELETE FROM subject_role",
		"INSERT INTO subject_role "
		"SELECT subject, '', NULL, 0 FROM subject",
	};
	static const char *const ends[] = {"server", "client"};
	static const unsigned hosts[] = {HOST_SERVER, HOST_CLIENT};
	const struct cause *c = run->rule->cause;
	bool whole = c->per == PER_CASE;
	for (size_t i = 0; i < sizeof anew / sizeof *anew; i++)
		if (!cause_exec(run, anew[i]))
			return false;
	for (int end = 0; end < 2; end++)
		if ((c->hosts & hosts[end]) != 0 &&
			(!role_named(run, ends[end], whole) ||
				!role_of_machines(run, ends[end], whole)))
			return false;
	if ((c->hosts & HOST_BETWEEN) != 0 && !cause_exec(run, between_sql))
		return false;
	return !run->untimed || cause_exec(run, untimed_sql);
}

/*
 * Times of the attempts, widened and joined where they overlap: a case has a
 * handful, however many attempts and lines it has.
 *
 * Of a rule about the whole case it is one: from the first packet of any
 * capture to the last, and where there is no capture, the times that are
 * reported.
 */
static bool
episode_table(struct cause_run *run)
{
	static const char none[] = "DELETE FROM episode";
	static const char in_case[] =
		"INSERT INTO episode "
		"SELECT 1, min(first_ns) - :reach, max(last_ns) + :reach, "
		"1, 0 FROM source WHERE vantage IS NOT NULL "
		"HAVING min(first_ns) IS NOT NULL UNION ALL "
		"SELECT 1, min(first_ns) - :reach, max(last_ns) + :reach, "
		"1, max(guessed) FROM failing WHERE first_ns "
		"> " CAUSE_UNTIMED_NS " AND NOT EXISTS "
		"(SELECT 1 FROM vantage) HAVING min(first_ns) IS NOT NULL";
	static const char in_scope[] =
		"INSERT INTO episode "
		"SELECT subject, min(first_ns) - :reach, "
		"max(last_ns) + :reach, 0, max(guessed) FROM (SELECT "
		"subject, first_ns, last_ns, guessed, sum(begins) OVER "
		"(PARTITION BY subject ORDER "
		"BY first_ns, last_ns ROWS UNBOUNDED PRECEDING) AS nth "
		"FROM (SELECT subject, first_ns, last_ns, guessed, "
		"first_ns - 2 * :reach > coalesce(max(last_ns) OVER "
		"(PARTITION BY subject ORDER BY first_ns, last_ns ROWS "
		"BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING), first_ns) "
		"AS begins FROM scoped WHERE first_ns > " CAUSE_UNTIMED_NS
		")) GROUP BY subject, nth";
	const struct cause *c = run->rule->cause;
	sqlite3_stmt *stmt =
		cause_statement(run, c->per == PER_CASE ? in_case : in_scope);
	if (stmt == NULL || !cause_exec(run, none))
		return false;
	store_bind_int(stmt, ":reach", c->reach_s * NS_PER_S);
	return store_step(run->store, stmt, run->error);
}

/* In this order: subjects are made of the scope, and what files say is joined
 * to subjects. What no evidence of the rule needs is not filled, which is most
 * of the cost in a small case. */
bool
cause_scope_set(
	struct cause_run *run, unsigned needs, bool subjects, bool *empty)
{
	if (!cause_tables_fill(run, needs) || !scope_fill(run, empty))
		return false;
	*empty &= run->rule->cause->per != PER_CASE;
	if (*empty)
		return true;
	return (!subjects || subject_table(run)) &&
		((needs & NEEDS_FILES) == 0 || role_tables(run)) &&
		((needs & (NEEDS_EVENTS | NEEDS_NEIGHBOURS)) == 0 ||
			episode_table(run));
}

#define SUBJECT(X)            \
	X(INT, id, "subject") \
	X(INT, attempts, "attempts")
STORE_SELECT(subject_row, SUBJECT)

/* Ascending, as subject_find in cause_gather.c wants them. */
bool
subjects_read(struct cause_run *run)
{
	size_t room = 0;
	static const char sql[] = "SELECT 0" STORE_COLUMNS(
		SUBJECT) " FROM subject ORDER BY subject";
	sqlite3_stmt *stmt = cause_statement(run, sql);
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
	sqlite3_reset(stmt);
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
	sqlite3_stmt *stmt = cause_statement(run, sql[run->rule->cause->per]);
	if (stmt == NULL)
		return NULL;
	if (run->rule->cause->per != PER_CASE)
		store_bind_int(stmt, ":subject", subject);
	if (sqlite3_step(stmt) == SQLITE_ROW &&
		sqlite3_column_type(stmt, 0) == SQLITE_TEXT)
		host = arena_copy(&run->arena, sqlite3_column_text(stmt, 0),
			/* Copied, for the statement's text ends with the next
			 * step. */
			(size_t)sqlite3_column_bytes(stmt, 0));
	sqlite3_reset(stmt);
	return host;
}
