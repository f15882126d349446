/*
 * Lines of firewalls: the two that are numbered, pf's filterlog and Palo Alto's,
 * Windows' two, and which reader takes which.
 *
 * spec: docs.netgate.com, Raw Filter Log Format; opnsense/ports,
 * opnsense/filterlog/files/description.txt; docs.paloaltonetworks.com, PAN-OS,
 * Traffic Log Fields; learn.microsoft.com, Windows Firewall, pfirewall.log
 * fields; the others: firewall_keys.def.
 */
#include "parsers/log/firewall_line.h"

#include "parsers/log/envelope.h"
#include "parsers/log/firewall_fields.h"

#include "base/ip.h"

/* Fields of a numbered line that are looked at; the last is Palo Alto's 46th. */
#define COLUMNS_MAX 64

/* Split at commas that stand in no quotes; the quotes come off. */
static size_t
columns(struct view v, struct view out[COLUMNS_MAX])
{
	struct cursor c = cursor_of(v);
	size_t n = 0;
	while (n < COLUMNS_MAX) {
		struct view word;
		if (cursor_take(&c, '"')) {
			if (!cursor_until(&c, '"', &word))
				return n;
			out[n++] = word;
			if (!cursor_take(&c, ','))
				return n;
		} else if (cursor_until(&c, ',', &word)) {
			out[n++] = word;
		} else {
			out[n++] = cursor_rest(&c);
			return n;
		}
	}
	return n;
}

/* Columns behind ",TRAFFIC,": 0 subtype, 3 src, 4 dst, 7 rule, 10 application,
   14 in, 15 out, 20 and 21 ports, 25 protocol, 26 action, 29 bytes received, 41
   packets received, 42 why the session ended. */
static bool
palo_alto_parse(struct view m, struct firewall_line *l)
{
	struct view f[COLUMNS_MAX];
	uint64_t n = 1;
	const uint8_t *at =
		m.len == 0 ? NULL : memmem(m.data, m.len, ",TRAFFIC,", 9);
	if (at == NULL)
		return false;
	size_t count =
		columns(view_of(at + 9, (size_t)(m.data + m.len - at) - 9), f);
	if (count < 30)
		return false;
	firewall_add(l, "src", f[3]);
	firewall_add(l, "dst", f[4]);
	firewall_add(l, "sport", f[20]);
	firewall_add(l, "dport", f[21]);
	firewall_add(l, "proto", f[25]);
	firewall_add(l, "action", f[26]);
	firewall_add(l, "rule", f[7]);
	firewall_add(l, "in", f[14]);
	firewall_add(l, "out", f[15]);
	firewall_add(l, "replied", f[29]);
	if (count > 42)
		firewall_add(l, "reason", f[42]);
	l->action = firewall_action_of(f[26]);
	if (l->action != FIREWALL_PASSED || view_is(f[0], "start"))
		return true;
	bool silent = view_number(f[29], UINT64_MAX, &n) && n == 0;
	if (silent)
		l->action = view_is(f[10], "incomplete") || count <= 42 ||
				view_is(f[42], "aged-out")
			? FIREWALL_UNANSWERED
			: FIREWALL_SEEN;
	return true;
}

/* Columns: 0 rule, 3 tracker, 4 interface, 5 reason, 6 action, 7 direction, 8
   version; then of IPv4 16 protocol, 18 and 19 addresses, of IPv6 12, 15, 16;
   behind them ports, length and flags. */
static bool
filterlog_parse(struct view m, struct firewall_line *l)
{
	struct view f[COLUMNS_MAX];
	size_t count = columns(m, f);
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

/* ACTION PROTOCOL SRC DST SPORT DPORT SIZE FLAGS ..., the default and only
   order of the columns. */
static bool
pfirewall_parse(struct view m, struct firewall_line *l)
{
	struct view f[8];
	struct cursor c = cursor_of(m);
	for (size_t i = 0; i < 8; i++) {
		f[i] = cursor_token(&c);
		if (f[i].len == 0 || !cursor_take(&c, ' '))
			return false;
	}
	if (!view_is(f[0], "DROP") && !view_is(f[0], "ALLOW"))
		return false;
	firewall_add(l, "src", f[2]);
	firewall_add(l, "dst", f[3]);
	firewall_add(l, "sport", f[4]);
	firewall_add(l, "dport", f[5]);
	firewall_add(l, "proto", f[1]);
	firewall_add(l, "action", f[0]);
	firewall_add(l, "flags", firewall_flags_of(f[7]));
	l->action = firewall_action_of(f[0]);
	return true;
}

/* The word behind a label, whatever blanks part them. */
static struct view
labelled(struct view m, const char *label)
{
	const uint8_t *at = memmem(m.data, m.len, label, strlen(label));
	if (at == NULL)
		return view_of(NULL, 0);
	struct cursor c = {at + strlen(label), m.data + m.len};
	while (c.p < c.end && byte_among(*c.p, " \t"))
		c.p++;
	const uint8_t *from = c.p;
	while (c.p < c.end && !byte_among(*c.p, " \t\r\n"))
		c.p++;
	return view_of(from, (size_t)(c.p - from));
}

static bool
is_told_backwards(struct view m, struct view sport, struct view dport)
{
	return firewall_holds(m, "blocked a connection") &&
		view_is(labelled(m, "Direction:"), "Inbound") &&
		firewall_is_backwards(sport, dport);
}

/*
 * Windows' security events 5152 and 5157. cite: learn.microsoft.com, auditing,
 * event-5152 and event-5157: the example of the latter has the listening end as
 * source ("local IP address on which application received the connection").
 */
static bool
windows_parse(struct view m, struct firewall_line *l)
{
	if (!firewall_holds(m, "Windows Filtering Platform ") ||
		(!firewall_holds(m, "blocked a packet") &&
			!firewall_holds(m, "blocked a connection")))
		return false;
	struct view sport = labelled(m, "Source Port:");
	struct view dport = labelled(m, "Destination Port:");
	bool backwards = is_told_backwards(m, sport, dport);
	firewall_add(
		l, backwards ? "dst" : "src", labelled(m, "Source Address:"));
	firewall_add(l, backwards ? "src" : "dst",
		labelled(m, "Destination Address:"));
	firewall_add(l, "sport", backwards ? dport : sport);
	firewall_add(l, "dport", backwards ? sport : dport);
	firewall_add(l, "proto", labelled(m, "Protocol:"));
	firewall_add(l, "action", view_str("blocked"));
	firewall_add(l, "rule", labelled(m, "Filter Run-Time ID:"));
	l->action = FIREWALL_STOPPED;
	return true;
}

static bool
complete(const struct firewall_line *l)
{
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
		palo_alto_parse, pfirewall_parse, filterlog_parse,
		windows_parse, firewall_named_parse};
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
