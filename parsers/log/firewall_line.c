/*
 * Named fields in any order, and the two that are numbered: pf's filterlog and
 * Palo Alto's traffic log.
 *
 * spec: docs.netgate.com, Raw Filter Log Format; opnsense/ports,
 * opnsense/filterlog/files/description.txt; docs.paloaltonetworks.com, PAN-OS,
 * Traffic Log Fields; learn.microsoft.com, Windows Firewall, pfirewall.log
 * fields; the others: firewall_keys.def.
 */
#include "parsers/log/firewall_line.h"

#include "parsers/log/envelope.h"

#include "base/ip.h"

/* Fields of a numbered line that are looked at; the last is Palo Alto's 46th. */
#define COLUMNS_MAX 64

/* The lowest port that a system gives to a client by itself. cite: Linux
   Documentation/networking/ip-sysctl.rst, ip_local_port_range (32768);
   learn.microsoft.com, default dynamic port range (49152) */
#define GIVEN_OUT_MIN 32768

static struct view
field_of(const struct firewall_line *l, const char *name)
{
	for (uint8_t i = 0; i < l->fields_count; i++)
		if (strcmp(l->fields[i].name, name) == 0)
			return l->fields[i].value;
	return view_of(NULL, 0);
}

/* The first of a name wins; what is empty or "-" is none. */
static void
add(struct firewall_line *l, const char *name, struct view value)
{
	if (value.len == 0 || view_is(value, "-") ||
		l->fields_count == FIREWALL_FIELDS_MAX ||
		field_of(l, name).len > 0)
		return;
	l->fields[l->fields_count++] = (struct firewall_field){name, value};
}

static bool
holds(struct view v, const char *word)
{
	return v.len > 0 && memmem(v.data, v.len, word, strlen(word)) != NULL;
}

/* In any case of letters; word is lower-case. */
static bool
names(struct view v, const char *word)
{
	size_t n = strlen(word);
	for (size_t at = 0; at + n <= v.len; at++) {
		size_t i = 0;
		while (i < n && (v.data[at + i] | 0x20) == (uint8_t)word[i])
			i++;
		if (i == n)
			return true;
	}
	return false;
}

static bool
names_any(struct view v, const char *const *words, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (names(v, words[i]))
			return true;
	return false;
}

/*
 * FortiGate's client-rst and server-rst are resets that the ends sent; "reset"
 * as an action is the device's own (Palo Alto, FTD "Block with reset").
 */
static enum firewall_action
action_of(struct view v)
{
	static const char *const stopped[] = {"den", "drop", "block", "reject",
		"discard", "reset", "violation"};
	static const char *const passed[] = {"allow", "accept", "permit",
		"pass", "trust", "fastpath", "monitor", "start", "forward"};
	if (names_any(v, stopped, sizeof stopped / sizeof *stopped))
		return FIREWALL_STOPPED;
	if (names_any(v, passed, sizeof passed / sizeof *passed))
		return FIREWALL_PASSED;
	return names(v, "timeout") ? FIREWALL_UNANSWERED : FIREWALL_SEEN;
}

/* cite: Linux 6.12 include/uapi/linux/netfilter/xt_AUDIT.h */
static enum firewall_action
audit_action_of(struct view v)
{
	if (view_is(v, "0"))
		return FIREWALL_PASSED;
	return view_is(v, "1") || view_is(v, "2") ? FIREWALL_STOPPED
						  : FIREWALL_SEEN;
}

/* Letters of pf and Windows, words of Cisco and others, as netfilter writes
   them: its order is that of the bits, downwards. */
static struct view
flags_of(struct view v)
{
	static const struct {
		const char *said;
		const char *ours;
	} rows[] = {
		{"S", "SYN"},
		{"SEC", "CWR ECE SYN"},
		{"SWE", "CWR ECE SYN"},
		{"SEW", "CWR ECE SYN"},
		{"SA", "ACK SYN"},
		{"AS", "ACK SYN"},
		{"SYN ACK", "ACK SYN"},
		{"SAE", "ECE ACK SYN"},
		{"A", "ACK"},
		{"PA", "ACK PSH"},
		{"AP", "ACK PSH"},
		{"PSH ACK", "ACK PSH"},
		{"R", "RST"},
		{"RA", "ACK RST"},
		{"AR", "ACK RST"},
		{"RST ACK", "ACK RST"},
		{"FA", "ACK FIN"},
		{"AF", "ACK FIN"},
		{"FIN ACK", "ACK FIN"},
		{"FPA", "ACK PSH FIN"},
	};
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
		if (view_is(v, rows[i].said))
			return view_str(rows[i].ours);
	return v;
}

static bool
is_key_byte(uint8_t c)
{
	return byte_letter(c) || byte_digit(c) || c == '_' || c == '-' ||
		c == '.';
}

/* SonicWall: "192.0.2.10:40131:X1", "[2001:db8::1]:40131:X1:name". */
static void
add_end(struct firewall_line *l, const char *name, const char *port_name,
	struct view v)
{
	struct ip_addr ip;
	struct cursor c = cursor_of(v);
	struct view address, port;
	uint64_t n;
	if (ip_read(v, &ip)) {
		add(l, name, v);
		return;
	}
	if (cursor_take(&c, '[')) {
		if (!cursor_until(&c, ']', &address))
			return;
		cursor_take(&c, ':');
	} else if (!cursor_until(&c, ':', &address)) {
		return;
	}
	if (!ip_read(address, &ip))
		return;
	add(l, name, address);
	if (!cursor_until(&c, ':', &port))
		port = cursor_rest(&c);
	if (view_number(port, UINT16_MAX, &n))
		add(l, port_name, port);
}

static void
key_take(struct firewall_line *l, struct view key, struct view value)
{
	static const struct {
		const char *key;
		const char *name;
	} rows[] = {
#define X(key, name) {key, name},
#include "parsers/log/firewall_keys.def"
#undef X
	};
	size_t i = 0;
	while (i < sizeof rows / sizeof *rows && !view_is(key, rows[i].key))
		i++;
	if (i == sizeof rows / sizeof *rows)
		return;
	const char *name = rows[i].name;
	if (strcmp(name, "src") == 0)
		add_end(l, name, "sport", value);
	else if (strcmp(name, "dst") == 0)
		add_end(l, name, "dport", value);
	else if (strcmp(name, "flags") == 0)
		add(l, name, flags_of(value));
	else
		add(l, name, value);
}

/* A value in quotes, or up to what parts it from the next. */
static struct view
value_take(struct cursor *c, bool spaced)
{
	struct view v = {0};
	if (cursor_take(c, '"')) {
		if (!cursor_until(c, '"', &v)) {
			v = cursor_rest(c);
			c->p = c->end;
		}
		return v;
	}
	const uint8_t *from = c->p;
	while (c->p < c->end && *c->p != '\t' && *c->p != ';' && *c->p != '|' &&
		*c->p != '^' && *c->p != ',' && (spaced || *c->p != ' '))
		c->p++;
	return view_of(from, (size_t)(c->p - from));
}

/* key=value, key="value", key:"value" and Cisco's "Key: value, ". */
static void
keys_take(struct view m, struct firewall_line *l)
{
	struct cursor c = cursor_of(m);
	bool colons = holds(m, "SrcIP: ");
	while (c.p < c.end) {
		const uint8_t *from = c.p;
		while (c.p < c.end && is_key_byte(*c.p))
			c.p++;
		struct view key = view_of(from, (size_t)(c.p - from));
		bool colon = cursor_left(&c) > 1 && c.p[0] == ':' &&
			(c.p[1] == '"' || (colons && c.p[1] == ' '));
		if (key.len == 0 || (!colon && cursor_peek(&c) != '=')) {
			if (c.p < c.end)
				c.p++;
			continue;
		}
		c.p++;
		bool spaced = colon && cursor_take(&c, ' ');
		key_take(l, key, value_take(&c, spaced));
	}
}

/* "pattern: deny all", "pattern: 1 deny all", "pattern: allow (dst 10.0.0.0/8)": cite:
   documentation.meraki.com, Syslog Event Types and Log Samples, flows. */
static void
meraki_take(struct view m, struct firewall_line *l)
{
	const uint8_t *at =
		m.len == 0 ? NULL : memmem(m.data, m.len, "pattern: ", 9);
	if (at == NULL)
		return;
	struct cursor c = {at + 9, m.data + m.len};
	struct view word = cursor_token(&c);
	if (word.len > 0 && byte_digit(word.data[0])) {
		cursor_skip_spaces(&c);
		word = cursor_token(&c);
	}
	add(l, "action", word);
}

/* What tells the action where no field does: the message's name. */
static void
action_take(struct view m, struct firewall_line *l)
{
	struct view said = field_of(l, "action");
	struct view reason = field_of(l, "reason");
	/* SonicOS: fw_action="NA", and msg says it. */
	if (holds(m, " saddr="))
		l->action = audit_action_of(said);
	else if (said.len > 0 && !view_is(said, "NA"))
		l->action = action_of(said);
	else if (holds(m, "RT_FLOW_SESSION_DENY"))
		l->action = FIREWALL_STOPPED;
	else if (holds(m, "RT_FLOW_SESSION_CREATE"))
		l->action = FIREWALL_PASSED;
	else if (names(reason, "dropped") || names(reason, "denied") ||
		names(reason, "blocked") || names(reason, "rejected"))
		l->action = FIREWALL_STOPPED;
	else if (names(reason, "opened"))
		l->action = FIREWALL_PASSED;
}

/* A session that ended without a byte back. */
static void
replies_settle(struct view m, struct firewall_line *l)
{
	uint64_t n = 0;
	struct view replied = field_of(l, "replied");
	struct view reason = field_of(l, "reason");
	bool known = view_number(replied, UINT64_MAX, &n);
	if (l->action == FIREWALL_UNANSWERED && known && n > 0)
		l->action = FIREWALL_SEEN;
	if (l->action == FIREWALL_SEEN && known && n == 0 &&
		holds(m, "RT_FLOW_SESSION_CLOSE") &&
		(names(reason, "unset") || names(reason, "aged out") ||
			names(reason, "timeout")))
		l->action = FIREWALL_UNANSWERED;
}

/* Check Point's "service" is the port; elsewhere it is a name. */
static void
service_take(struct firewall_line *l)
{
	uint64_t n;
	struct view v = field_of(l, "service");
	if (view_number(v, UINT16_MAX, &n))
		add(l, "dport", v);
}

/* Is it a line of fields of a firewall at all? One sign of each. */
static bool
is_named(struct view m)
{
	static const char *const signs[] = {"srcip=", "source-address=\"",
		"s_port", "id=firewall",
		"CEF:", "LEEF:", "SrcIP: ", "log_type=", "fw_action=",
		"policy_id=", "pattern: ", "action=", "SourceIP="};
	for (size_t i = 0; i < sizeof signs / sizeof *signs; i++)
		if (holds(m, signs[i]))
			return true;
	return false;
}

static bool
named_parse(struct view m, struct firewall_line *l)
{
	if (!is_named(m))
		return false;
	keys_take(m, l);
	service_take(l);
	meraki_take(m, l);
	action_take(m, l);
	replies_settle(m, l);
	return field_of(l, "action").len > 0 || l->action != FIREWALL_SEEN ||
		holds(m, "RT_FLOW_");
}

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
	add(l, "src", f[3]);
	add(l, "dst", f[4]);
	add(l, "sport", f[20]);
	add(l, "dport", f[21]);
	add(l, "proto", f[25]);
	add(l, "action", f[26]);
	add(l, "rule", f[7]);
	add(l, "in", f[14]);
	add(l, "out", f[15]);
	add(l, "replied", f[29]);
	if (count > 42)
		add(l, "reason", f[42]);
	l->action = action_of(f[26]);
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
	add(l, "src", f[src]);
	add(l, "dst", f[src + 1]);
	add(l, "sport", f[src + 2]);
	add(l, "dport", f[src + 3]);
	add(l, "proto", f[proto]);
	add(l, "action", f[6]);
	add(l, "rule", f[3].len > 0 && !view_is(f[3], "0") ? f[3] : f[0]);
	add(l, view_is(f[7], "in") ? "in" : "out", f[4]);
	add(l, "reason", f[5]);
	if (count > src + 5)
		add(l, "flags", flags_of(f[src + 5]));
	l->action = action_of(f[6]);
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
	add(l, "src", f[2]);
	add(l, "dst", f[3]);
	add(l, "sport", f[4]);
	add(l, "dport", f[5]);
	add(l, "proto", f[1]);
	add(l, "action", f[0]);
	add(l, "flags", flags_of(f[7]));
	l->action = action_of(f[0]);
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

/* The client of a connection that came in stands as its destination in some
   versions: the port of a client is one that systems give out themselves. */
static bool
is_told_backwards(struct view m, struct view sport, struct view dport)
{
	uint64_t from = 0;
	uint64_t to = 0;
	return holds(m, "blocked a connection") &&
		view_is(labelled(m, "Direction:"), "Inbound") &&
		view_number(sport, UINT16_MAX, &from) &&
		view_number(dport, UINT16_MAX, &to) && from < GIVEN_OUT_MIN &&
		to >= GIVEN_OUT_MIN;
}

/*
 * Windows' security events 5152 and 5157. cite: learn.microsoft.com, auditing,
 * event-5152 and event-5157: the example of the latter has the listening end as
 * source ("local IP address on which application received the connection").
 */
static bool
windows_parse(struct view m, struct firewall_line *l)
{
	if (!holds(m, "Windows Filtering Platform ") ||
		(!holds(m, "blocked a packet") &&
			!holds(m, "blocked a connection")))
		return false;
	struct view sport = labelled(m, "Source Port:");
	struct view dport = labelled(m, "Destination Port:");
	bool backwards = is_told_backwards(m, sport, dport);
	add(l, backwards ? "dst" : "src", labelled(m, "Source Address:"));
	add(l, backwards ? "src" : "dst", labelled(m, "Destination Address:"));
	add(l, "sport", backwards ? dport : sport);
	add(l, "dport", backwards ? sport : dport);
	add(l, "proto", labelled(m, "Protocol:"));
	add(l, "action", view_str("blocked"));
	add(l, "rule", labelled(m, "Filter Run-Time ID:"));
	l->action = FIREWALL_STOPPED;
	return true;
}

static bool
complete(const struct firewall_line *l)
{
	struct ip_addr ip;
	uint64_t n;
	return ip_read(field_of(l, "src"), &ip) &&
		ip_read(field_of(l, "dst"), &ip) &&
		view_number(field_of(l, "dport"), UINT16_MAX, &n);
}

bool
firewall_line_parse(struct view message, struct firewall_line *out)
{
	static bool (*const parsers[])(struct view, struct firewall_line *) = {
		palo_alto_parse, pfirewall_parse, filterlog_parse,
		windows_parse, named_parse};
	for (size_t i = 0; i < sizeof parsers / sizeof *parsers; i++) {
		*out = (struct firewall_line){0};
		if (parsers[i](message, out) && complete(out))
			return true;
	}
	return false;
}
