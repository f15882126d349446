/*
 * Health checks whose connect failed: see checks.h. Of the rows of
 * failure_checks.def that fit what a check says, the first says how it failed.
 */
#include "stitch/checks.h"

#include "model/failure.h"
#include "store/select.h"

/* The last check before a server is out (no health left) is told again by the
 * line that it is out. min(): SQLite takes n.how from the row that has it.
 * cite: HAProxy 2.6 src/check.c set_server_check_status, src/server.c
 * srv_append_status; sqlite.org/lang_select.html, bare columns in an aggregate */
static const char find_sql[] =
	"CREATE TEMP TABLE failed_check AS SELECT e.id AS event,"
	" e.fields ->> '$.backend' || '/' || (e.fields ->> '$.server')"
	"  AS server_name, n.how, min(n.nth) AS nth"
	" FROM temp.check_name n CROSS JOIN event e ON e.name = n.name"
	"  AND instr((e.fields ->> '$.reason')"
	"   || coalesce(', ' || (e.fields ->> '$.info'), ''), n.said) = 1"
	" WHERE coalesce(e.fields ->> '$.health', '') <> '0'"
	" AND e.fields ->> '$.backend' || (e.fields ->> '$.server') <> ''"
	" GROUP BY e.id;"
	"DROP TABLE temp.check_name;";

static const char report_sql[] =
	"INSERT INTO host (ip) SELECT DISTINCT server_name"
	" FROM temp.failed_check"
	" WHERE server_name NOT IN (SELECT ip FROM host);"
	"INSERT INTO reported_failure (source, line, event, at_ns,"
	" uncertainty_ns, server, server_port, server_name, how, count)"
	" SELECT e.source, e.line, e.id, e.at_ns, e.uncertainty_ns, h.id, 0,"
	" f.server_name, f.how, e.count FROM temp.failed_check f"
	" JOIN event e ON e.id = f.event JOIN host h ON h.ip = f.server_name"
	" ORDER BY e.id;"
	"DROP TABLE temp.failed_check;";

static bool
name_add(struct store *s, const struct failure_check *check, size_t nth,
	struct error *e)
{
	sqlite3_stmt *stmt = store_prepare(s,
		"INSERT INTO temp.check_name (name, said, how, nth)"
		" SELECT :name, :said, :how, :nth"
		" WHERE EXISTS (SELECT 1 FROM event WHERE name = :name)",
		e);
	if (stmt == NULL)
		return false;
	store_bind_text(stmt, ":name", check->event);
	store_bind_text(stmt, ":said", check->said);
	store_bind_text(stmt, ":how", failure_id(check->how));
	store_bind_int(stmt, ":nth", (int64_t)nth);
	bool ok = store_step(s, stmt, e);
	sqlite3_finalize(stmt);
	return ok;
}

bool
checks_find(struct store *s, struct error *e)
{
	bool ok = store_exec(s,
		"CREATE TEMP TABLE check_name (name TEXT NOT NULL,"
		" said TEXT NOT NULL, how TEXT NOT NULL, nth INTEGER)",
		e);
	const struct failure_check *check;
	for (size_t i = 0; ok && (check = failure_check_at(i)) != NULL; i++)
		ok = name_add(s, check, i, e);
	return ok && store_exec(s, find_sql, e);
}

bool
checks_report(struct store *s, struct error *e)
{
	return store_exec(s, report_sql, e);
}
