/*
 * Joining flow records to attempts, in SQL.
 *
 * A record belongs to an attempt when it names its addresses and ports (those
 * in the packet, where the interface's own differ: pkt-srcaddr, pkt-dstaddr)
 * and its window overlaps the attempt, 60 s allowed: start and end "might be up
 * to 60 seconds after the packet" (AWS, "Flow log records", start, end).
 * Accepted wins over rejected: AWS also writes REJECT for what arrives after a
 * connection was closed.
 */
#include "stitch/flow_facts.h"

#include <stddef.h>

static const char index_records[] =
	"CREATE INDEX flow_record_tuple ON flow_record (src_port, dst_port) "
	"WHERE protocol = 6";

/* %s: the four columns of an attempt that the record's src, src_port, dst and
 * dst_port must equal. */
static const char update[] =
	"UPDATE facts SET %s = ("
	" SELECT CASE max(r.action = 'ACCEPT') WHEN 1 THEN 'accepted'"
	"  WHEN 0 THEN CASE max(r.action = 'REJECT') WHEN 1 THEN 'rejected' END"
	"  END"
	" FROM attempts a JOIN flow_record r"
	" ON r.protocol = 6 AND r.src_port = a.%s AND r.dst_port = a.%s"
	" AND a.%s IN (r.src, r.pkt_src) AND a.%s IN (r.dst, r.pkt_dst)"
	" AND r.start_ns <= a.first_ns + coalesce(a.duration_us, 0) * 1000"
	"  + 60000000000"
	" AND r.end_ns >= a.first_ns - 60000000000"
	" WHERE a.id = facts.attempt)";

/*
 * A firewall between the ends that logs the packet's addresses and ports stands
 * for a record. Its drop counts beside the accept of another device, but not
 * beside its own: a state that ran out makes a device deny what it let pass. Its
 * flags, where it tells them, are those of the segment in question.
 */
static const char index_events[] =
	"CREATE INDEX IF NOT EXISTS event_tuple ON event (src_port, dst_port) "
	"WHERE src_port IS NOT NULL AND dst_port IS NOT NULL";

/* %s: the fact (three times), the flags, then as for update. */
static const char update_by_events[] =
	"UPDATE facts SET %s = coalesce(("
	" SELECT CASE max(dropped AND NOT passed) WHEN 1 THEN 'rejected'"
	"  ELSE coalesce(facts.%s, CASE max(passed) WHEN 1 THEN 'accepted' END)"
	"  END"
	" FROM (SELECT max(v.name = 'firewall-log-drop') AS dropped,"
	"   max(v.name = 'firewall-log-accept') AS passed"
	"  FROM attempts a JOIN event v"
	"  ON v.src_port = a.%s AND v.dst_port = a.%s"
	"  AND v.src = a.%s AND v.dst = a.%s"
	"  AND v.name IN ('firewall-log-drop', 'firewall-log-accept')"
	"  AND v.role NOT IN ('client', 'server')"
	"  AND NOT EXISTS (SELECT 1 FROM source f JOIN source c"
	"   ON c.machine = f.machine JOIN standing t ON t.vantage = c.vantage"
	"   WHERE f.id = v.source)"
	"  AND coalesce(v.fields ->> '$.flags', '%s') = '%s'"
	"  AND v.at_ns <= a.first_ns + coalesce(a.duration_us, 0) * 1000"
	"   + 60000000000"
	"  AND v.at_ns >= a.first_ns - 60000000000"
	"  WHERE a.id = facts.attempt GROUP BY v.source)), %s)";

/*
 * What a cloud's flow log of the server's own interface shows of an attempt: a
 * packet that it accepted on its way in has passed network ACL and security group
 * and is the machine's, whose kernel may still drop it (its capture would show it;
 * the log cannot). Whose interface it is says the direction (dst of what comes in is
 * the interface's own address), or, where the layout has none, the one address that
 * stands in every record of the interface.
 * cite: AWS, "Flow log records", srcaddr, dstaddr, flow-direction
 */
static const char own_addresses[] =
	"WITH ends(source, interface, ip, id) AS MATERIALIZED ("
	" SELECT source, interface, src, id FROM flow_record"
	" WHERE direction IS NULL AND interface IS NOT NULL"
	" UNION SELECT source, interface, dst, id FROM flow_record"
	" WHERE direction IS NULL AND interface IS NOT NULL),"
	"rows_of(source, interface, n) AS MATERIALIZED (SELECT source, "
	"interface,"
	" count(*) FROM flow_record WHERE direction IS NULL"
	" GROUP BY source, interface),"
	"all_of(source, interface, ip) AS MATERIALIZED ("
	" SELECT e.source, e.interface, e.ip FROM ends e JOIN rows_of t"
	" ON t.source = e.source AND t.interface = e.interface"
	" GROUP BY e.source, e.interface, e.ip HAVING count(*) = max(t.n)),"
	"own(source, interface, ip) AS MATERIALIZED (SELECT source, interface,"
	" max(ip) FROM all_of GROUP BY source, interface HAVING count(*) = 1)";

/* %s: the attempt's four columns as for update, and the direction. */
#define AT_SERVER                                                             \
	" FROM attempts a JOIN flow_record r"                                 \
	" ON r.protocol = 6 AND r.src_port = a.%s AND r.dst_port = a.%s"      \
	" AND a.%s = r.src AND a.%s = r.dst"                                  \
	" AND r.start_ns <= a.first_ns + coalesce(a.duration_us, 0) * 1000"   \
	"  + 60000000000 AND r.end_ns >= a.first_ns - 60000000000"            \
	" AND r.cloud IN ('aws', 'azure', 'gcp') AND NOT r.sampled"           \
	" AND (r.direction = '%s' OR (r.direction IS NULL AND EXISTS (SELECT" \
	"  1 FROM own o WHERE o.source = r.source"                            \
	"  AND o.interface = r.interface AND o.ip = a.server_ip)))"           \
	" WHERE a.id = facts.attempt"

/* Beside a record that refuses, what another let in tells nothing. */
static const char update_in[] =
	" UPDATE facts SET flow_in = (SELECT CASE WHEN min(r.action = 'ACCEPT')"
	" THEN sum(coalesce(r.packets, 0)) END" AT_SERVER ")"
	" WHERE flow_syn = 'accepted'";

static const char update_out[] =
	" UPDATE facts SET flow_out = coalesce((SELECT"
	" sum(coalesce(r.packets, 1))" AT_SERVER
	" AND r.action = 'ACCEPT'), (SELECT 0 FROM attempts a WHERE a.id ="
	" facts.attempt AND EXISTS (SELECT 1 FROM flow_record r"
	"  WHERE r.src = a.server_ip AND r.action = 'ACCEPT'"
	"  AND (r.direction = 'egress' OR EXISTS (SELECT 1 FROM own o"
	"   WHERE o.source = r.source AND o.interface = r.interface"
	"   AND o.ip = a.server_ip))"
	"  AND r.start_ns <= a.first_ns + coalesce(a.duration_us, 0) * 1000"
	"   + 60000000000 AND r.end_ns >= a.first_ns - 60000000000)))"
	" WHERE flow_in IS NOT NULL";

static bool
update_at_server(struct store *s, struct error *e)
{
	char *in = sqlite3_mprintf(update_in, "client_port", "server_port",
		"client_ip", "server_ip", "ingress");
	char *out = sqlite3_mprintf(update_out, "server_port", "client_port",
		"server_ip", "client_ip", "egress");
	char *both = sqlite3_mprintf(
		"%s%s;%s%s", own_addresses, in, own_addresses, out);
	bool ok = store_exec(s, both, e);
	sqlite3_free(in);
	sqlite3_free(out);
	sqlite3_free(both);
	return ok;
}

static bool
has_records(struct store *s, struct error *e)
{
	sqlite3_stmt *stmt =
		store_prepare(s, "SELECT 1 FROM flow_record LIMIT 1", e);
	bool found = stmt != NULL && sqlite3_step(stmt) == SQLITE_ROW;
	sqlite3_finalize(stmt);
	return found;
}

static bool
update_fact(struct store *s, const char *fact, const char *from_port,
	const char *to_port, const char *from, const char *to, struct error *e)
{
	char *sql = sqlite3_mprintf(update, fact, from_port, to_port, from, to);
	bool ok = store_exec(s, sql, e);
	sqlite3_free(sql);
	return ok;
}

static bool
update_by(struct store *s, const char *fact, const char *from_port,
	const char *to_port, const char *from, const char *to,
	const char *flags, struct error *e)
{
	char *sql = sqlite3_mprintf(update_by_events, fact, fact, from_port,
		to_port, from, to, flags, flags, fact);
	bool ok = store_exec(s, sql, e);
	sqlite3_free(sql);
	return ok;
}

static bool
has_firewall_events(struct store *s, struct error *e)
{
	sqlite3_stmt *stmt = store_prepare(s,
		"SELECT 1 FROM event WHERE dst_port IS NOT NULL AND name IN "
		"('firewall-log-drop', 'firewall-log-accept') LIMIT 1",
		e);
	bool found = stmt != NULL && sqlite3_step(stmt) == SQLITE_ROW;
	sqlite3_finalize(stmt);
	return found;
}

/*
 * Of the copies of a SYN the last one decides: only a line of its time counts, for
 * rules that log are limited to so many lines as a rule. What has a card to leave
 * by was forwarded, and came no further than to a router.
 * cite: Linux 6.12 net/ipv4/netfilter/nf_log_ipv4.c, IN= and OUT=
 */
static const char update_arrivals[] =
	"UPDATE facts SET syn_logged = 2 - (SELECT"
	"  max(v.name = 'firewall-log-drop') = 0"
	" FROM attempts a JOIN event v"
	" ON v.src_port = a.client_port AND v.dst_port = a.server_port"
	" AND v.src = a.client_ip AND v.dst = a.server_ip"
	" JOIN source f ON f.id = v.source"
	" WHERE a.id = facts.attempt AND v.name IN ('firewall-log',"
	"  'firewall-log-accept', 'firewall-log-drop')"
	" AND v.fields ->> '$.flags' = 'SYN'"
	" AND v.fields ->> '$.in' IS NOT NULL"
	" AND coalesce(v.fields ->> '$.out', '') = ''"
	" AND (v.role = 'server' OR EXISTS (SELECT 1 FROM machine_address m"
	"  WHERE m.machine = f.machine AND m.ip = a.server_ip))"
	" AND abs(v.at_ns - a.first_ns - 1000 * coalesce((SELECT"
	"  g.times ->> '$.syn[#-1]' FROM sighting g WHERE g.attempt = a.id"
	"  ORDER BY g.vantage LIMIT 1), 0)) <= 1500000000"
	"  + coalesce(v.uncertainty_ns, 0))"
	" WHERE s_syn = 0 AND c_syn > 0";

static bool
has_rows(struct store *s, const char *sql, struct error *e)
{
	sqlite3_stmt *stmt = store_prepare(s, sql, e);
	bool found = stmt != NULL && sqlite3_step(stmt) == SQLITE_ROW;
	sqlite3_finalize(stmt);
	return found;
}

bool
flow_facts_of_arrivals(struct store *s, struct error *e)
{
	if (!has_rows(s,
		    "SELECT 1 FROM event WHERE dst_port IS NOT NULL"
		    " AND name GLOB 'firewall-log*' LIMIT 1",
		    e))
		return e->kind == ERROR_NONE;
	return store_exec(s, index_events, e) &&
		store_exec(s, update_arrivals, e) &&
		store_exec(s,
			"UPDATE facts SET syn_logged = 0"
			" WHERE syn_logged IS NULL",
			e);
}

bool
flow_facts_by_events(struct store *s, struct error *e)
{
	if (!has_firewall_events(s, e))
		return e->kind == ERROR_NONE;
	return store_exec(s, index_events, e) &&
		update_by(s, "flow_syn", "client_port", "server_port",
			"client_ip", "server_ip", "SYN", e) &&
		update_by(s, "flow_reply", "server_port", "client_port",
			"server_ip", "client_ip", "ACK SYN", e);
}

bool
flow_facts_write(struct store *s, struct error *e)
{
	if (!has_records(s, e))
		return e->kind == ERROR_NONE;
	return store_exec(s, index_records, e) &&
		update_fact(s, "flow_syn", "client_port", "server_port",
			"client_ip", "server_ip", e) &&
		update_fact(s, "flow_reply", "server_port", "client_port",
			"server_ip", "client_ip", e) &&
		update_at_server(s, e);
}

/*
 * A line that names the server and the port belongs to an attempt while its data
 * went unanswered, or as long after as a program needs to write it; one that
 * names the client's port, to that one alone.
 */
static const char update_waits[] =
	"UPDATE facts SET wait_told = 1 WHERE unanswered_us IS NOT NULL"
	" AND attempt IN (SELECT a.id FROM attempts a JOIN facts f"
	"  ON f.attempt = a.id AND f.unanswered_us IS NOT NULL"
	"  JOIN event v ON v.dst = a.server_ip AND v.dst_port = a.server_port"
	"  AND (v.name LIKE '%read-timeout' OR v.name LIKE '%response-timeout'"
	"   OR v.name LIKE '%handshake-timeout' OR v.name = 'request-timeout')"
	"  AND coalesce(v.src_port, a.client_port) = a.client_port"
	"  AND (v.src_port IS NULL OR coalesce(v.src, a.client_ip) = "
	"a.client_ip)"
	"  AND v.at_ns >= a.first_ns + 1000000000"
	"  AND v.at_ns <= a.first_ns + coalesce(a.duration_us, 0) * 1000"
	"   + f.unanswered_us * 1000 + 2000000000)";

bool
flow_facts_of_waits(struct store *s, struct error *e)
{
	sqlite3_stmt *stmt = store_prepare(s,
		"SELECT 1 FROM event WHERE dst_port IS NOT NULL"
		" AND name LIKE '%-timeout' LIMIT 1",
		e);
	bool found = stmt != NULL && sqlite3_step(stmt) == SQLITE_ROW;
	sqlite3_finalize(stmt);
	if (!found)
		return e->kind == ERROR_NONE;
	return store_exec(s, update_waits, e);
}
