/*
 * Counting in SQL, over the few attempts of which it matters.
 */
#include "stitch/alike.h"

/* Moments are told apart by tenths of a second: what fell into one gap of a
 * capture counts once. */
static const char update[] =
	"WITH single AS MATERIALIZED ("
	" SELECT f.attempt AS id, a.first_ns / 100000000 AS moment,"
	"  a.server || ' ' || a.server_port || ' ' || f.c_syn || f.s_syn ||"
	"  min(f.c_synack, 1) || min(f.s_synack, 1) || min(f.c_ack, 1) ||"
	"  min(f.s_ack, 1) || min(f.c_rst_server, 1) || min(f.s_rst_server, 1) "
	"||"
	"  min(f.c_icmp, 1) || coalesce(f.syn_arrived, 'x') ||"
	"  coalesce(f.synack_arrived, 'x') AS look"
	" FROM facts f CROSS JOIN attempt a ON a.id = f.attempt"
	" WHERE f.c_syn < 2 AND f.s_syn < 2 AND f.s_synack < 2"
	"  AND f.c_progress = 0 AND f.s_progress = 0),"
	"same AS MATERIALIZED ("
	" SELECT look, count(DISTINCT moment) AS n FROM single GROUP BY look)"
	"UPDATE facts SET alike = same.n FROM single JOIN same USING (look)"
	" WHERE single.id = facts.attempt";

/* Of whom a server answers once one missing record leaves no answer at all: SYN
 * cookies keep nothing to repeat, and nobody's patience ends within a second.
 * cite: Linux 6.12 net/ipv4/tcp_input.c, tcp_conn_request (want_cookie);
 * Documentation/networking/ip-sysctl.rst, tcp_synack_retries */
static const char answered_once[] =
	"WITH once AS MATERIALIZED ("
	" SELECT a.server AS server, a.server_port AS port, count(*) AS n"
	" FROM facts f CROSS JOIN attempt a ON a.id = f.attempt"
	" WHERE f.s_synack = 1 AND f.s_ack = 0 AND f.c_ack = 0"
	"  AND f.s_rst_client = 0 AND f.c_rst_client = 0"
	"  AND f.s_rst_server = 0"
	" GROUP BY 1, 2)"
	"UPDATE facts SET answered_once = once.n FROM once JOIN attempt a"
	" ON a.server = once.server AND a.server_port = once.port"
	" WHERE a.id = facts.attempt AND facts.s_syn = 1"
	"  AND facts.s_synack = 0";

bool
alike_write(struct store *s, struct error *e)
{
	return store_exec(s, update, e) && store_exec(s, answered_once, e);
}
