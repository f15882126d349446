/*
 * A few statements over tables that have a row per machine, service or report.
 */
#include "stitch/machine_roles.h"

#include <stddef.h>

/* Services, of a scan no more than these, and under which addresses their two ends are known. */
static const char services_sql[] =
	"CREATE TEMP TABLE service AS"
	" SELECT server, server_port FROM reported_failure UNION"
	" SELECT server, server_port FROM standing UNION"
	" SELECT * FROM (SELECT DISTINCT server, server_port FROM pair_sum"
	"  LIMIT 4096);"
	"CREATE TEMP TABLE service_end AS"
	" SELECT server AS host, 'server' AS role, server, server_port"
	"  FROM service UNION"
	" SELECT host, 'server', server, server_port FROM standing"
	"  WHERE at_server UNION"
	" SELECT host, 'client', server, server_port FROM standing"
	"  WHERE NOT at_server UNION"
	" SELECT client, 'client', server, server_port FROM pair_sum"
	"  WHERE EXISTS (SELECT 1 FROM machine_address) UNION"
	" SELECT client, 'client', server, server_port FROM reported_failure"
	"  WHERE client IS NOT NULL;";

/* Where nothing told the order of two captures neither end is sure, nor where a
 * capture stands at several addresses: they may be several machines'. */
static const char captures_sql[] =
	"INSERT OR IGNORE INTO machine_role WITH lone AS MATERIALIZED ("
	"  SELECT vantage FROM standing GROUP BY vantage"
	"  HAVING min(host) = max(host))"
	" SELECT DISTINCT m.id,"
	" CASE WHEN t.at_server THEN 'server' ELSE 'client' END, t.server,"
	" t.server_port, m.sure <> 'open' AND t.vantage IN lone, 'capture'"
	" FROM standing t"
	" JOIN source s ON s.vantage = t.vantage JOIN machine m"
	" ON m.id = s.machine;";

/* An address that several machines have (bridges of containers) tells nothing. */
static const char addresses_sql[] =
	"INSERT INTO machine_role SELECT min(a.machine), x.role,"
	" x.server, x.server_port, 1, 'address' FROM machine_address a"
	" JOIN host h ON h.ip = a.ip JOIN service_end x ON x.host = h.id"
	" GROUP BY a.ip, x.role, x.server, x.server_port"
	" HAVING count(DISTINCT a.machine) = 1"
	" ON CONFLICT DO UPDATE SET sure = 1, because = 'address';";

/* "app-01", "app-01.example.org", HAProxy's "backend/app-01". */
#define CALLED                                                                 \
	"lower(m.name) IN (lower(r.server_name), lower(substr(r.server_name, " \
	"1,"                                                                   \
	" instr(r.server_name || '.', '.') - 1)), lower(substr(r.server_name," \
	" instr(r.server_name, '/') + 1)))"

/* A name without a port is the port on which alone its machine listens, but for
 * others than itself, and besides the one by which people come in.
 * cite: IANA service names and port numbers, ssh 22 */
static const char ports_sql[] =
	"UPDATE reported_failure AS r SET server_port = coalesce((SELECT"
	"  min(k.local_port) FROM machine m JOIN source s ON s.machine = m.id"
	"  JOIN socket k ON k.source = s.id WHERE " CALLED
	"  AND k.state = 'LISTEN' AND k.local_port <> 22"
	"  AND coalesce(k.local, '') NOT LIKE '127.%'"
	"  AND coalesce(k.local, '') NOT IN ('::1', '::ffff:127.0.0.1')"
	"  HAVING min(k.local_port) = max(k.local_port)), 0)"
	" WHERE r.server_name IS NOT NULL AND r.server_port = 0;";

static const char names_sql[] =
	"INSERT OR IGNORE INTO machine_role SELECT m.id, 'server', r.server,"
	" r.server_port, 1, 'name' FROM reported_failure r JOIN machine m"
	" ON " CALLED " WHERE r.server_name IS NOT NULL;";

/*
 * A line of netfilter without an outgoing card is about a packet for the machine
 * itself, one without an incoming card about a packet of its own. What is logged
 * before routing has no outgoing card either, and behind it no incoming one:
 * chains of these places are mostly called so. Windows says which way it was
 * (path). Firewalls that tell an action are devices, which pass on.
 * cite: Linux 6.12 net/netfilter/nf_log_syslog.c, dump_ipv4_mac_header and
 * nf_log_dump_packet_common (IN= and OUT= of the hook); learn.microsoft.com,
 * Windows Firewall, pfirewall.log fields (path: SEND, RECEIVE, FORWARD)
 */
#define NETFILTER_HERE(near, far, place)                                   \
	"e.fields ->> '$." near "' <> '' AND e.fields ->> '$." far         \
	"' IS NULL AND e.fields ->> '$.action' IS NULL"                    \
	" AND instr(upper(coalesce(e.fields ->> '$.prefix', '')), '" place \
	"') = 0"

/* One that judges the packets of several servers, or of several clients, is a
 * router: %s is the end that all its lines share. */
#define OF_ONE(end)                                                 \
	" AND r.source IN (SELECT o.source FROM reported_failure o" \
	"  WHERE o.how = 'dropped' GROUP BY o.source"               \
	"  HAVING min(o." end ") = max(o." end "));"

#define JUDGES(role, because, not_said)                                        \
	"INSERT OR IGNORE INTO machine_role SELECT DISTINCT m.id, '" role      \
	"', r.server, r.server_port, 1, '" because                             \
	"' FROM reported_failure r JOIN event e ON e.id = r.event"             \
	" JOIN source s ON s.id = e.source JOIN machine m ON m.id = s.machine" \
	" WHERE r.how = 'dropped' AND e.name = 'firewall-log-drop'"            \
	" AND NOT m.is_between AND NOT (m.sure = 'said' AND m.role = "         \
	"'" not_said "') AND "

static const char filters_sql[] = JUDGES(
	"server", "filters", "client") "(" NETFILTER_HERE("in", "out",
	"PRE") " OR e.fields ->> '$.path' = 'RECEIVE')" OF_ONE("server");

static const char sends_sql[] =
	JUDGES("client", "sends", "server") "(" NETFILTER_HERE("out", "in",
		"POST") " OR e.fields ->> '$.path' = 'SEND')"
			" AND coalesce(e.fields ->> '$.flags', 'SYN') = 'SYN'"
			" AND r.client IS NOT NULL" OF_ONE("client");

/* A kernel tells of a signature that it missed in a segment for itself: the
 * machine is the server of who sent it. One that names no server (Junos) is so
 * where the client asks but one for what is signed.
 * cite: RFC 2385 section 1 (BGP, 179), RFC 3618 section 3 (MSDP, 639), RFC 5036
 * section 2.9 (LDP, 646) */
static const char signs_sql[] =
	"INSERT OR IGNORE INTO machine_role SELECT m.id, 'server',"
	" min(p.server), min(p.server_port), 1, 'signs' FROM (SELECT DISTINCT"
	"  source, src, dst, dst_port FROM event"
	"  WHERE name = 'tcp-signature-refused') e"
	" JOIN source s ON s.id = e.source JOIN machine m ON m.id = s.machine"
	" JOIN host c ON c.ip = e.src JOIN (SELECT DISTINCT client, server,"
	"  server_port FROM pair_sum) p ON p.client = c.id"
	" JOIN host h ON h.id = p.server"
	" WHERE NOT m.is_between AND NOT (m.sure = 'said' AND m.role ="
	"  'client') AND CASE WHEN e.dst IS NULL"
	"  THEN p.server_port IN (179, 639, 646)"
	"  ELSE h.ip = e.dst AND p.server_port = e.dst_port END"
	" GROUP BY m.id, e.src, e.dst, e.dst_port"
	" HAVING count(DISTINCT p.server) = 1"
	" AND count(DISTINCT p.server_port) = 1;";

/* What stands between, and what a person called the server, is no client
 * because its log tells of a connect that failed. */
static const char reports_sql[] =
	"INSERT OR IGNORE INTO machine_role SELECT DISTINCT m.id, 'client',"
	" r.server, r.server_port, 1, 'reports' FROM reported_failure r"
	" JOIN source s ON s.id = r.source JOIN machine m ON m.id = s.machine"
	" WHERE r.flow IS NULL AND r.how <> 'dropped' AND NOT m.is_between"
	" AND NOT (m.sure = 'said' AND m.role = 'server')"
	" AND NOT EXISTS (SELECT 1 FROM machine_role o WHERE o.machine = m.id"
	"  AND o.role = 'server' AND o.server = r.server"
	"  AND o.server_port = r.server_port);";

/* From here on roles are looked up by their service, thousands of which a log
 * may name. */
static const char index_sql[] =
	"CREATE INDEX machine_role_by_service ON machine_role"
	" (server, server_port, role);";

/* Ports to which machines pass connections on, by what their filters say. */
static const char routers_sql[] =
	"CREATE TEMP TABLE passed_on (machine, port, PRIMARY KEY (machine,"
	" port)) WITHOUT ROWID;"
	"INSERT INTO passed_on SELECT DISTINCT f.machine, e.dst_port"
	" FROM event e JOIN source f ON f.id = e.source"
	" WHERE f.machine IS NOT NULL AND e.name = 'firewall-log-drop'"
	" AND e.dst_port IS NOT NULL"
	" AND e.fields ->> '$.in' <> '' AND e.fields ->> '$.out' <> '';";

/* Machines that may be a service's server for all that is known; elsewhere:
 * their own files name other addresses, so that it takes a translation. */
static const char open_sql[] =
	"CREATE TEMP TABLE may_serve (server, server_port, machine, elsewhere,"
	" PRIMARY KEY (server, server_port, machine)) WITHOUT ROWID;"
	"INSERT INTO may_serve SELECT v.server, v.server_port, m.id,"
	" EXISTS (SELECT 1 FROM machine_address a"
	"  WHERE a.machine = m.id) FROM (SELECT DISTINCT server, "
	"server_port"
	"  FROM reported_failure) v JOIN machine m ON NOT m.is_between"
	" WHERE NOT EXISTS (SELECT 1 FROM machine_role o"
	"  WHERE o.server = v.server AND o.server_port = v.server_port"
	"  AND (o.machine = m.id OR o.role = 'server'))"
	" AND NOT (m.sure = 'said' AND m.role = 'client')"
	" AND EXISTS (SELECT 1 FROM source f WHERE f.machine = m.id"
	"  AND f.kind <> 'unrecognised')"
	/* one that filters what it passes on is a router */
	" AND NOT EXISTS (SELECT 1 FROM passed_on p WHERE p.machine = m.id"
	"  AND p.port = v.server_port);";

static const char listens_sql[] =
	"INSERT OR IGNORE INTO machine_role SELECT DISTINCT y.machine,"
	" 'server', y.server, y.server_port, k.local = h.ip OR NOT y.elsewhere "
	"AND (SELECT"
	"  count(*) FROM may_serve o WHERE o.server = y.server"
	"  AND o.server_port = y.server_port) = 1, 'listens'"
	" FROM may_serve y JOIN source s ON s.machine = y.machine"
	" JOIN socket k ON k.source = s.id JOIN host h ON h.id = y.server"
	" WHERE k.state = 'LISTEN' AND k.local_port = y.server_port"
	" AND k.local IN ('0.0.0.0', '::', h.ip) ORDER BY 5 DESC;";

static const char left_sql[] =
	"INSERT OR IGNORE INTO machine_role SELECT min(y.machine), 'server',"
	" y.server, y.server_port, 0, 'left' FROM may_serve y"
	" WHERE NOT y.elsewhere AND NOT EXISTS (SELECT 1 FROM machine_role o"
	"  WHERE o.server = y.server AND o.server_port = y.server_port"
	"  AND o.role = 'server')"
	" AND EXISTS (SELECT 1 FROM machine_role o WHERE o.server = y.server"
	"  AND o.server_port = y.server_port AND o.role = 'client')"
	" GROUP BY y.server, y.server_port HAVING count(*) = 1;";

bool
machine_roles_write(struct store *s, struct error *e)
{
	static const char *const steps[] = {ports_sql, services_sql,
		captures_sql, addresses_sql, names_sql, filters_sql, sends_sql,
		signs_sql, reports_sql, index_sql, routers_sql, open_sql,
		listens_sql, left_sql,
		"DROP TABLE temp.service; DROP TABLE temp.service_end;"
		"DROP TABLE temp.may_serve; DROP TABLE temp.passed_on;"
		"DROP INDEX machine_role_by_service;"};
	for (size_t i = 0; i < sizeof steps / sizeof *steps; i++)
		if (!store_exec(s, steps[i], e))
			return false;
	return true;
}
