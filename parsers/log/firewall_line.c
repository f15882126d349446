/*
 * Lines of firewalls: pf's filterlog, whose columns depend on its version of IP,
 * Windows' pfirewall.log, and which reader takes which.
 *
 * spec: docs.netgate.com, Raw Filter Log Format; opnsense/ports,
 * opnsense/filterlog/files/description.txt; learn.microsoft.com, Windows
 * Firewall, pfirewall.log fields; the others: firewall_columns.c, firewall_keys.def.
 */
#include "parsers/log/firewall_line.h"

#include "parsers/log/envelope.h"
#include "parsers/log/firewall_fields.h"
#include "parsers/service.h"

#include "base/ip.h"

/* Fields of a line of pf that are looked at. */
#define COLUMNS_MAX 64

/* Columns: 0 rule, 3 tracker, 4 interface, 5 reason, 6 action, 7 direction, 8
   version; then of IPv4 16 protocol, 18 and 19 addresses, of IPv6 12, 15, 16;
   behind them ports, length and flags. */
static bool
filterlog_parse(struct view m, struct firewall_line *l)
{
	struct view f[COLUMNS_MAX];
	size_t count = firewall_split(m, f, COLUMNS_MAX);
	if (count < 19 || (!view_is(f[7], "in") && !view_is(f[7], "out")))
		return false;
	bool v4 = view_is(f[8], "4");
	size_t proto = v4 ? 16 : 12;
	size_t src = v4 ? 18 : 15;
	if ((!v4 && !view_is(f[8], "6")) || count < src + 5)
		return false;
	firewall_add(l, "src", f[src]);
	firewall_add(l, "dst", f[src + 1]);
	firewall_add(l, "sport", f[src + 2]);
	firewall_add(l, "dport", f[src + 3]);
	firewall_add(l, "proto", f[proto]);
	firewall_add(l, "action", f[6]);
	firewall_add(
		l, "rule", f[3].len > 0 && !view_is(f[3], "0") ? f[3] : f[0]);
	firewall_add(l, view_is(f[7], "in") ? "in" : "out", f[4]);
	firewall_add(l, "reason", f[5]);
	if (count > src + 5)
		firewall_add(l, "flags", firewall_flags_of(f[src + 5]));
	l->action = firewall_action_of(f[6]);
	return l->action == FIREWALL_STOPPED || l->action == FIREWALL_PASSED;
}

/* ACTION PROTOCOL SRC DST SPORT DPORT SIZE FLAGS SYN ACK WIN TYPE CODE INFO PATH
   ..., the default and only order of the columns. */
#define PFIREWALL_PATH 14
static bool
pfirewall_parse(struct view m, struct firewall_line *l)
{
	struct view f[PFIREWALL_PATH + 1] = {0};
	struct cursor c = cursor_of(m);
	size_t count = 0;
	while (count <= PFIREWALL_PATH &&
		(f[count] = cursor_token(&c)).len > 0) {
		count++;
		if (!cursor_take(&c, ' '))
			break;
	}
	if (count < 9 || (!view_is(f[0], "DROP") && !view_is(f[0], "ALLOW")))
		return false;
	firewall_add(l, "src", f[2]);
	firewall_add(l, "dst", f[3]);
	firewall_add(l, "sport", f[4]);
	firewall_add(l, "dport", f[5]);
	firewall_add(l, "proto", f[1]);
	firewall_add(l, "action", f[0]);
	firewall_add(l, "flags", firewall_flags_of(f[7]));
	if (count > PFIREWALL_PATH)
		firewall_add(l, "path", f[PFIREWALL_PATH]);
	l->action = firewall_action_of(f[0]);
	return true;
}

/* A service's name where the port should be, or in its place. */
static void
port_settle(struct firewall_line *l, const char *name, const char *instead)
{
	uint64_t n;
	struct view said = firewall_field_of(l, name);
	if (view_number(said, UINT16_MAX, &n))
		return;
	struct view port = service_port(
		said.len > 0 ? said : firewall_field_of(l, instead));
	if (port.len == 0)
		return;
	firewall_take_off(l, name);
	firewall_add(l, name, port);
}

static bool
complete(struct firewall_line *l)
{
	port_settle(l, "dport", "service");
	port_settle(l, "sport", "");
	struct ip_addr ip;
	uint64_t n;
	return ip_read(firewall_field_of(l, "src"), &ip) &&
		ip_read(firewall_field_of(l, "dst"), &ip) &&
		view_number(firewall_field_of(l, "dport"), UINT16_MAX, &n);
}

bool
firewall_line_parse(struct view message, struct firewall_line *out)
{
	static bool (*const parsers[])(struct view, struct firewall_line *) = {
		firewall_columns_parse, pfirewall_parse, filterlog_parse,
		firewall_windows_parse, firewall_named_parse};
	for (size_t i = 0; i < sizeof parsers / sizeof *parsers; i++) {
		*out = (struct firewall_line){0};
		if (parsers[i](message, out) && complete(out))
			return true;
	}
	return false;
}

bool
firewall_object_parse(struct view object, struct firewall_line *out)
{
	*out = (struct firewall_line){0};
	return firewall_members_parse(object, out) && complete(out);
}
