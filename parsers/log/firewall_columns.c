/*
 * Firewalls' lines of columns without names: Palo Alto's logs of sessions and
 * threats, and the rows of firewall_columns.def.
 *
 *	1,2026/11/20 23:41:22,0012,TRAFFIC,drop,2561,..,10.1.0.2,10.2.0.2,..
 *	"..","Tunnel","OUTBOUND","6","84","10.1.0.2","40131","10.2.0.2","80",..
 *	"21" "20Nov2026" "23:41:22" "eth1" "gw1" "Log" "Drop" "80" "40131" ..
 *
 * Where a column stands is told from one that names itself (a mark), for envelopes
 * take columns off the front.
 *
 * spec: docs.paloaltonetworks.com, PAN-OS, Traffic Log Fields and Threat Log
 * Fields, whose columns are the same up to the action; firewall_columns.def
 */
#include <string.h>

#include "parsers/log/envelope.h"
#include "parsers/log/firewall_fields.h"

#include "base/ip.h"
#include "parsers/service.h"

/* Columns of a line that are looked at. Palo Alto's reason of a session's end is
   the 46th of its line, behind a mark that is the fourth. */
#define COLUMNS_MAX 64

struct layout {
	const char *mark;
	int src, sport, dst, dport, proto, action, rule;
	const char *decides;
};

static const struct layout layouts[] = {
#define X(mark, src, sport, dst, dport, proto, action, rule, decides, cite) \
	{mark, src, sport, dst, dport, proto, action, rule, decides},
#include "parsers/log/firewall_columns.def"
#undef X
};

/* Columns behind the name of the log: 1 subtype, 4 src, 5 dst, 8 rule, 11
   application, 15 in, 16 out, 21 and 22 ports, 26 protocol, 27 action; of TRAFFIC
   30 bytes received, 43 why the session ended. */
static void
palo_alto_take(const struct view *f, struct firewall_line *l)
{
	firewall_add(l, "src", f[4]);
	firewall_add(l, "dst", f[5]);
	firewall_add(l, "sport", f[21]);
	firewall_add(l, "dport", f[22]);
	firewall_add(l, "proto", f[26]);
	firewall_add(l, "action", f[27]);
	firewall_add(l, "rule", f[8]);
	firewall_add(l, "in", f[15]);
	firewall_add(l, "out", f[16]);
	l->action = firewall_action_of(f[27]);
}

static bool
traffic_take(const struct view *f, size_t count, struct firewall_line *l)
{
	uint64_t n = 1;
	if (count < 31)
		return false;
	palo_alto_take(f, l);
	firewall_add(l, "replied", f[30]);
	if (count > 43)
		firewall_add(l, "reason", f[43]);
	if (l->action != FIREWALL_PASSED || view_is(f[1], "start"))
		return true;
	bool silent = view_number(f[30], UINT64_MAX, &n) && n == 0;
	if (silent)
		l->action = view_is(f[11], "incomplete") || count <= 43 ||
				view_is(f[43], "aged-out")
			? FIREWALL_UNANSWERED
			: FIREWALL_SEEN;
	return true;
}

/* A threat that was let pass says nothing of the connection. */
static bool
threat_take(const struct view *f, size_t count, struct firewall_line *l)
{
	if (count < 30)
		return false;
	palo_alto_take(f, l);
	firewall_add(l, "reason", f[29]);
	return l->action == FIREWALL_STOPPED;
}

static bool
decides(const char *words, struct view v)
{
	while (*words != '\0') {
		size_t n = strcspn(words, "|");
		if (v.len == n && memcmp(v.data, words, n) == 0)
			return true;
		words += n + (words[n] == '|');
	}
	return false;
}

/* The column at a distance from the mark, or empty. */
static struct view
column(const struct view *f, size_t count, size_t mark, int distance)
{
	int64_t at = (int64_t)mark + distance;
	return at < 0 || at >= (int64_t)count ? view_of(NULL, 0) : f[at];
}

/* Names of services stand where the column of a port has no number. */
static struct view
port_of(struct view v)
{
	struct view port = service_port(v);
	return port.len > 0 ? port : v;
}

static bool
layout_take(const struct layout *x, const struct view *f, size_t count,
	size_t mark, struct firewall_line *l)
{
	struct ip_addr ip;
	struct view action = column(f, count, mark, x->action);
	struct view src = column(f, count, mark, x->src);
	struct view dst = column(f, count, mark, x->dst);
	if (!decides(x->decides, action) || !ip_read(src, &ip) ||
		!ip_read(dst, &ip))
		return false;
	firewall_add(l, "src", src);
	firewall_add(l, "dst", dst);
	firewall_add(l, "sport", port_of(column(f, count, mark, x->sport)));
	firewall_add(l, "dport", port_of(column(f, count, mark, x->dport)));
	firewall_add(l, "proto", column(f, count, mark, x->proto));
	firewall_add(l, "action", action);
	firewall_add(l, "rule", column(f, count, mark, x->rule));
	l->action = firewall_action_of(action);
	return true;
}

bool
firewall_columns_parse(struct view m, struct firewall_line *l)
{
	struct view f[COLUMNS_MAX];
	size_t count = firewall_split(m, f, COLUMNS_MAX);
	for (size_t i = 0; i < count; i++) {
		if (view_is(f[i], "TRAFFIC"))
			return traffic_take(f + i, count - i, l);
		if (view_is(f[i], "THREAT"))
			return threat_take(f + i, count - i, l);
		for (size_t k = 0; k < sizeof layouts / sizeof *layouts; k++)
			if (view_is(f[i], layouts[k].mark) &&
				layout_take(&layouts[k], f, count, i, l))
				return true;
	}
	return false;
}
