/*
 * Reports of failed connections, out of the events and flow records.
 *
 * A log of a program says once that a connect failed, in one line or in the
 * several of one report (retold.h). A firewall, a tracer and
 * a flow log say so of every packet that they saw: the packets of one 4-tuple
 * are one connect. They also tell of strangers who knock at every port, so that
 * they count only for services that somebody else speaks of, where somebody
 * does; and for those of a server that denies again and again itself.
 *
 * A report is of an attempt when it names what the attempt has, and its time is
 * within the attempt's, or behind it by less than the client would wait before
 * the next SYN: programs write when they give up. One line of a file is one
 * attempt, the earliest that fits and is not taken.
 */
#include "stitch/reported.h"

#include <string.h>

#include "model/failure.h"
#include "stitch/checks.h"
#include "stitch/retold.h"
#include "store/select.h"

/* A server by name, where its address is not told: HAProxy writes backend and
 * server, applications what they were told to connect to. Some write of no
 * server at all ("connect: Connection timed out"): who has nothing but logs
 * still wants to know of them. */
#define SERVER_NAME                                                      \
	"CASE WHEN e.dst IS NULL THEN coalesce(e.fields ->> '$.backend'" \
	" || '/' || (e.fields ->> '$.server'), e.fields ->> '$.name',"   \
	" e.fields ->> '$.host', (SELECT '" FAILURE_UNNAMED              \
	"' WHERE NOT EXISTS (SELECT 1 FROM pair_sum))) END"

static const char hosts_sql[] =
	"INSERT INTO host (ip) SELECT DISTINCT ip FROM ("
	" SELECT coalesce(e.dst, " SERVER_NAME ") AS ip, name FROM event e"
	" UNION ALL SELECT src, name FROM event) e"
	" JOIN temp.failure_name n ON n.name = e.name"
	" WHERE ip IS NOT NULL AND ip NOT IN (SELECT ip FROM host);"
	"INSERT INTO host (ip) SELECT DISTINCT ip FROM ("
	" SELECT coalesce(pkt_dst, dst) AS ip FROM temp.failing_flow UNION ALL"
	" SELECT coalesce(pkt_src, src) FROM temp.failing_flow)"
	" WHERE ip IS NOT NULL AND ip NOT IN (SELECT ip FROM host);";

/*
 * Records of nothing but a SYN: rejected, or accepted and, by the log's own
 * flags, all that was ever said (no record of the way back). 80 bytes: an IPv6
 * header and the longest TCP header of a SYN that is seen, with options; a
 * dozen copies are more than any kernel sends by default. Or of the answer,
 * rejected where those SYNs passed: a network ACL, for security groups remember.
 * cite: docs.aws.amazon.com/vpc/latest/userguide/flow-log-records.html
 * (tcp-flags: 2 is SYN alone, 18 SYN-ACK); Linux 6.12
 * Documentation/networking/ip-sysctl.rst (tcp_syn_retries)
 */
static const char flows_sql[] =
	"CREATE INDEX flow_by_tuple ON flow_record (src, dst, src_port,"
	" dst_port);"
	"CREATE TEMP TABLE failing_flow AS SELECT f.*, CASE f.action"
	"  WHEN 'REJECT' THEN 'dropped' ELSE 'no-answer' END AS how,"
	" 0 AS answers"
	" FROM flow_record f WHERE f.protocol = 6 AND f.src IS NOT NULL"
	" AND f.dst IS NOT NULL AND f.dst_port IS NOT NULL"
	" AND (f.action = 'REJECT' AND (f.tcp_flags & 18 = 2"
	"   OR f.tcp_flags IS NULL AND f.dst_port < coalesce(f.src_port, "
	"65536))"
	"  AND NOT EXISTS (SELECT 1 FROM flow_record o WHERE"
	"   o.action = 'ACCEPT' AND o.interface IS f.interface"
	"   AND o.src = f.src AND o.src_port = f.src_port"
	"   AND o.dst = f.dst AND o.dst_port = f.dst_port)"
	" OR f.action = 'ACCEPT' AND f.tcp_flags = 2 AND NOT f.sampled"
	"  AND f.packets BETWEEN 1 AND 12 AND f.bytes <= 80 * f.packets"
	"  AND NOT EXISTS (SELECT 1 FROM flow_record o WHERE"
	"   o.protocol = 6 AND o.src = f.dst AND o.src_port = f.dst_port"
	"   AND o.dst = f.src AND o.dst_port = f.src_port));"
	"INSERT INTO temp.failing_flow SELECT f.*, 'dropped', 1"
	" FROM flow_record f WHERE f.protocol = 6 AND f.action = 'REJECT'"
	" AND (f.tcp_flags & 18 = 18"
	"  OR f.tcp_flags IS NULL AND f.src_port < f.dst_port)"
	" AND NOT EXISTS (SELECT 1 FROM flow_record o"
	"  WHERE o.action = 'ACCEPT' AND o.src = f.src"
	"  AND o.src_port = f.src_port AND o.dst = f.dst"
	"  AND o.dst_port = f.dst_port AND o.interface IS f.interface)"
	" AND EXISTS (SELECT 1 FROM flow_record o"
	"  WHERE o.action = 'ACCEPT' AND o.interface IS f.interface"
	"  AND o.src = f.dst AND o.src_port = f.dst_port"
	"  AND o.dst = f.src AND o.dst_port = f.src_port"
	"  AND o.packets BETWEEN 1 AND 12 AND o.bytes <= 80 * o.packets);";

/* The reports of programs, a line each, of the events :name. */
static const char programs_sql[] =
	"INSERT INTO reported_failure (source, line, event, at_ns,"
	" uncertainty_ns, client, client_port, server, server_port,"
	" server_name, how, count)"
	" SELECT e.source, e.line, e.id, e.at_ns, e.uncertainty_ns, c.id,"
	" e.src_port, s.id, coalesce(e.dst_port, 0), " SERVER_NAME ", :how,"
	" e.count FROM event e"
	" JOIN host s ON s.ip = coalesce(e.dst, " SERVER_NAME ")"
	" LEFT JOIN host c ON c.ip = e.src"
	" WHERE e.name = :name ORDER BY e.id";

/* A server whose port a line does not tell has the one that all others tell. */
static const char ports_sql[] =
	"CREATE TEMP TABLE one_port AS SELECT server, min(server_port) AS port"
	" FROM (SELECT server, server_port FROM reported_failure UNION ALL"
	"  SELECT server, server_port FROM pair_sum) WHERE server_port > 0"
	" GROUP BY server HAVING min(server_port) = max(server_port);"
	"CREATE INDEX temp.one_port_server ON one_port (server);"
	"UPDATE reported_failure SET server_port = (SELECT o.port"
	"  FROM temp.one_port o WHERE o.server = reported_failure.server)"
	" WHERE server_port = 0"
	" AND server IN (SELECT server FROM temp.one_port);"
	"DROP TABLE temp.one_port;";

/* One failure is often told twice, and only once with the server's name: lines
 * without one count in files that never tell it. */
static const char unnamed_sql[] =
	"DELETE FROM reported_failure WHERE server_name = '" FAILURE_UNNAMED
	"' AND source IN (SELECT source FROM reported_failure"
	"  WHERE server_name IS NOT '" FAILURE_UNNAMED "');";

/* Those of firewalls and tracers, a 4-tuple each, or a line of such as do not
 * tell whose connect it was. Hubble has names of pods for addresses. */
static const char packets_sql[] =
	"INSERT INTO reported_failure (source, line, event, at_ns,"
	" uncertainty_ns, client, client_port, server, server_port,"
	" server_name, how, count)"
	" SELECT e.source, min(e.line), min(e.id), min(e.at_ns),"
	" max(e.uncertainty_ns), c.id, e.src_port, s.id, e.dst_port,"
	" min(" SERVER_NAME "), :how, 1"
	" FROM event e JOIN host s ON s.ip = coalesce(e.dst, e.fields ->> "
	"'$.host')"
	" LEFT JOIN host c ON c.ip = e.src"
	" WHERE e.name = :name AND e.dst_port > 0"
	" AND coalesce(e.protocol, 6) = 6"
	" AND coalesce(upper(e.fields ->> '$.flags') IN ('SYN', 'S'),"
	"  e.dst_port < coalesce(e.src_port, 65536))"
	" GROUP BY e.source, e.src, e.src_port, s.id, e.dst_port,"
	"  iif(e.src IS NULL, e.id, 0)"
	" ORDER BY min(e.id)";

static const char flow_reports_sql[] =
	"INSERT INTO reported_failure (source, line, flow, at_ns,"
	" uncertainty_ns, client, client_port, server, server_port, how, count)"
	" SELECT f.source, min(f.line), min(f.id), min(f.start_ns), "
	"60000000000,"
	" c.id, iif(f.answers, f.dst_port, f.src_port) AS client_port, s.id,"
	" iif(f.answers, f.src_port, f.dst_port) AS server_port, f.how, 1"
	" FROM temp.failing_flow f JOIN host s ON s.ip = iif(f.answers,"
	"  coalesce(f.pkt_src, f.src), coalesce(f.pkt_dst, f.dst))"
	" JOIN host c ON c.ip = iif(f.answers,"
	"  coalesce(f.pkt_dst, f.dst), coalesce(f.pkt_src, f.src))"
	" GROUP BY f.source, f.interface, c.id, client_port, s.id,"
	" server_port, f.how ORDER BY min(f.id)";

/*
 * Strangers at doors that nobody asks about. A server that is spoken of by
 * nobody else keeps what it denied itself, as long as no capture says what the
 * case is about: three connects of one client are no stranger who tries a door
 * (a port scan asks each port once or twice; copies of a SYN are one connect).
 * A server that is told by its name, or not at all, may be any address: where no
 * one else is spoken of, what was denied to one client three times is kept.
 */
static const char strangers_sql[] =
	"CREATE TEMP TABLE known_service AS"
	" SELECT server, server_port FROM pair_sum UNION"
	" SELECT server, server_port FROM reported_failure"
	" WHERE flow IS NULL AND how <> 'dropped' AND server_name IS NULL;"
	"CREATE TEMP TABLE own_denial AS"
	" SELECT r.server, r.server_port FROM reported_failure r"
	" JOIN source s ON s.id = r.source AND s.role = 'server'"
	" WHERE r.how = 'dropped' AND r.flow IS NULL"
	" AND NOT EXISTS (SELECT 1 FROM pair_sum)"
	" AND NOT EXISTS (SELECT 1 FROM reported_failure n"
	"  WHERE n.server_name IS NOT NULL)"
	" AND r.server NOT IN (SELECT server FROM temp.known_service)"
	" GROUP BY r.server, r.server_port, r.client HAVING count(*) >= 3"
	" UNION SELECT r.server, r.server_port FROM reported_failure r"
	" WHERE (r.how = 'dropped' OR r.flow IS NOT NULL)"
	" AND r.client IS NOT NULL"
	" AND NOT EXISTS (SELECT 1 FROM temp.known_service)"
	" GROUP BY r.server, r.server_port, r.client HAVING count(*) >= 3;"
	"DELETE FROM reported_failure WHERE (flow IS NOT NULL"
	" OR how = 'dropped') AND EXISTS (SELECT 1 FROM reported_failure"
	"  WHERE flow IS NULL AND how <> 'dropped'"
	"  UNION ALL SELECT 1 FROM pair_sum)"
	" AND (server, server_port) NOT IN (SELECT server, server_port"
	"  FROM temp.known_service UNION"
	"  SELECT server, server_port FROM temp.own_denial);"
	"DROP TABLE temp.own_denial;"
	"DROP TABLE temp.known_service;";

#define FOUND(X) X(INT, id, "a.id")
STORE_SELECT(found, FOUND)

/*
 * The attempt that a report is of. 135 s: a connect() of Linux ends 131 s after
 * its first SYN at the latest, and timers are late; a minute more is the next
 * copy that was not sent any more (cite: Linux 6.12
 * Documentation/networking/ip-sysctl.rst, tcp_syn_retries 6).
 */
/* clang-format off */
static const char find_sql[] =
	"SELECT 0" STORE_COLUMNS(FOUND) " FROM attempt a WHERE (:server IS NULL"
	"  OR a.server = :server AND :server_port IN (0, a.server_port))"
	" AND a.first_ns BETWEEN :at - :uncertainty - 195000000000"
	"  AND :at + :uncertainty"
	" AND NOT a.clean AND (:client IS NULL OR a.client = :client)"
	" AND (:client_port IS NULL OR a.client_port = :client_port)"
	" AND a.first_ns + 2 * coalesce(a.duration_us, 0) * 1000 + 2000000000"
	"  >= :at - :uncertainty"
	" AND (:client_port IS NOT NULL OR NOT EXISTS (SELECT 1"
	"  FROM reported_failure r"
	"  WHERE r.attempt = a.id AND r.source = :source))"
	" ORDER BY a.first_ns, a.id LIMIT 1";
/* clang-format on */

static bool
name_add(struct store *s, const char *name, enum failure_how how,
	struct error *e)
{
	sqlite3_stmt *stmt = store_prepare(s,
		"INSERT INTO temp.failure_name (name, how)"
		" VALUES (:name, :how)",
		e);
	if (stmt == NULL)
		return false;
	store_bind_text(stmt, ":name", name);
	store_bind_text(stmt, ":how", failure_id(how));
	bool ok = store_step(s, stmt, e);
	sqlite3_finalize(stmt);
	return ok;
}

#define NAME(X) X(TEXT, name, "name")
STORE_SELECT(failure_name, NAME)

/* The names of events that report failures, of those that the case has. */
static bool
names_find(struct store *s, struct error *e)
{
	if (!store_exec(s,
		    "CREATE TEMP TABLE failure_name (name TEXT PRIMARY KEY,"
		    " how TEXT NOT NULL)",
		    e))
		return false;
	sqlite3_stmt *stmt = store_prepare(
		s, "SELECT DISTINCT 0" STORE_COLUMNS(NAME) " FROM event", e);
	bool ok = stmt != NULL;
	while (ok && sqlite3_step(stmt) == SQLITE_ROW) {
		struct failure_name row = failure_name_of(stmt);
		enum failure_how how = failure_of_event(row.name);
		if (how < FAILURE_COUNT)
			ok = name_add(s, row.name, how, e);
	}
	sqlite3_finalize(stmt);
	return ok;
}

static bool
events_take(struct store *s, const char *name, const char *how, struct error *e)
{
	bool packets = strcmp(how, failure_id(FAILURE_DROPPED)) == 0;
	sqlite3_stmt *stmt =
		store_prepare(s, packets ? packets_sql : programs_sql, e);
	if (stmt == NULL)
		return false;
	store_bind_text(stmt, ":how", how);
	store_bind_text(stmt, ":name", name);
	bool ok = store_step(s, stmt, e);
	sqlite3_finalize(stmt);
	return ok;
}

#define NAMED(X)              \
	X(TEXT, name, "name") \
	X(TEXT, how, "how")
STORE_SELECT(named, NAMED)

static bool
reports_take(struct store *s, struct error *e)
{
	sqlite3_stmt *stmt = store_prepare(s,
		"SELECT 0" STORE_COLUMNS(
			NAMED) " FROM temp.failure_name ORDER BY name",
		e);
	bool ok = stmt != NULL;
	while (ok && sqlite3_step(stmt) == SQLITE_ROW) {
		struct named row = named_of(stmt);
		ok = events_take(s, row.name, row.how, e);
	}
	sqlite3_finalize(stmt);
	return ok && retold_merge(s, e) && store_exec(s, flow_reports_sql, e) &&
		checks_report(s, e) && store_exec(s, unnamed_sql, e) &&
		store_exec(s, ports_sql, e) && store_exec(s, strangers_sql, e);
}

static bool
any_row(struct store *s, const char *sql, struct error *e)
{
	sqlite3_stmt *stmt = store_prepare(s, sql, e);
	bool found = stmt != NULL && sqlite3_step(stmt) == SQLITE_ROW;
	sqlite3_finalize(stmt);
	return found;
}

#define REPORT(X) X(INT, id, "id")
STORE_SELECT(report, REPORT)

static bool
attempt_set(struct store *s, sqlite3_stmt *set, int64_t report, int64_t attempt,
	struct error *e)
{
	store_bind_int(set, ":report", report);
	store_bind_int(set, ":attempt", attempt);
	return store_step(s, set, e);
}

/* Row by row in the order of time, so that each attempt is given once. */
static bool
attempts_join(struct store *s, sqlite3_stmt *all, sqlite3_stmt *find,
	sqlite3_stmt *set, struct error *e)
{
	bool ok = true;
	while (ok && sqlite3_step(all) == SQLITE_ROW) {
		store_bind_row(find, all);
		if (sqlite3_step(find) == SQLITE_ROW)
			ok = attempt_set(s, set, report_of(all).id,
				found_of(find).id, e);
		sqlite3_reset(find);
	}
	return ok;
}

static bool
reports_join(struct store *s, struct error *e)
{
	if (!any_row(s, "SELECT 1 FROM attempt WHERE NOT clean LIMIT 1", e))
		return e->kind == ERROR_NONE;
	if (!store_exec(s,
		    "CREATE INDEX attempt_by_service ON attempt (server,"
		    " server_port, first_ns) WHERE NOT clean;"
		    "CREATE INDEX reported_by_attempt ON reported_failure"
		    " (attempt, source)",
		    e))
		return false;
	/* Into a table of its own: rows change while they are read. */
	sqlite3_stmt *all = store_prepare(s,
		"SELECT 0" STORE_COLUMNS(
			REPORT) ", CASE WHEN server_name"
				" IS NULL THEN server END AS server, "
				"server_port, client,"
				" client_port, at_ns AS at, uncertainty_ns AS "
				"uncertainty,"
				" source FROM (SELECT * FROM reported_failure"
				" WHERE at_ns IS NOT NULL ORDER BY at_ns, id "
				"LIMIT -1)",
		e);
	sqlite3_stmt *find = store_prepare(s, find_sql, e);
	sqlite3_stmt *set = store_prepare(s,
		"UPDATE reported_failure SET attempt = :attempt WHERE id = "
		":report",
		e);
	bool ok = all != NULL && find != NULL && set != NULL &&
		attempts_join(s, all, find, set, e);
	sqlite3_finalize(all);
	sqlite3_finalize(find);
	sqlite3_finalize(set);
	return ok;
}

#define COUNT(X) X(INT, count, "count(*)")
STORE_SELECT(count, COUNT)

static bool
reports_count(struct store *s, uint64_t *count, struct error *e)
{
	sqlite3_stmt *stmt = store_prepare(
		s, "SELECT 0" STORE_COLUMNS(COUNT) " FROM reported_failure", e);
	if (stmt != NULL && sqlite3_step(stmt) == SQLITE_ROW)
		*count = (uint64_t)count_of(stmt).count;
	sqlite3_finalize(stmt);
	return e->kind == ERROR_NONE;
}

bool
reported_write(struct store *s, uint64_t *count, struct error *e)
{
	*count = 0;
	if (!names_find(s, e) || !checks_find(s, e) ||
		!store_exec(s, flows_sql, e))
		return false;
	bool any = any_row(s,
		"SELECT 1 FROM temp.failure_name UNION ALL"
		" SELECT 1 FROM temp.failed_check UNION ALL"
		" SELECT 1 FROM temp.failing_flow LIMIT 1",
		e);
	bool ok = e->kind == ERROR_NONE &&
		(!any ||
			(store_exec(s, hosts_sql, e) && reports_take(s, e) &&
				reports_join(s, e)));
	return ok && reports_count(s, count, e) &&
		store_exec(s,
			"DROP INDEX flow_by_tuple;"
			"DROP TABLE IF EXISTS temp.failed_check;"
			"DROP TABLE temp.failure_name;"
			"DROP TABLE temp.failing_flow",
			e);
}
