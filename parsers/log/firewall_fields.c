/*
 * Fields of firewalls' lines by name, and the words of many vendors.
 *
 * cite: the vendors' field references of firewall_keys.def
 */
#include "parsers/log/firewall_fields.h"

#include <string.h>

#include "parsers/log/cursor.h"

/* The lowest port that a system gives to a client by itself. cite: Linux
   Documentation/networking/ip-sysctl.rst, ip_local_port_range (32768);
   learn.microsoft.com, default dynamic port range (49152) */
#define GIVEN_OUT_MIN 32768

struct view
firewall_field_of(const struct firewall_line *l, const char *name)
{
	for (uint8_t i = 0; i < l->fields_count; i++)
		if (strcmp(l->fields[i].name, name) == 0)
			return l->fields[i].value;
	return view_of(NULL, 0);
}

void
firewall_add(struct firewall_line *l, const char *name, struct view value)
{
	if (value.len == 0 || view_is(value, "-") ||
		l->fields_count == FIREWALL_FIELDS_MAX ||
		firewall_field_of(l, name).len > 0)
		return;
	l->fields[l->fields_count++] = (struct firewall_field){name, value};
}

bool
firewall_holds(struct view v, const char *word)
{
	return v.len > 0 && memmem(v.data, v.len, word, strlen(word)) != NULL;
}

bool
firewall_names(struct view v, const char *word)
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
		if (firewall_names(v, words[i]))
			return true;
	return false;
}

/*
 * FortiGate's client-rst and server-rst are resets that the ends sent; "reset"
 * as an action is the device's own (Palo Alto, FTD "Block with reset"). Some say
 * what they would have done: "alarm-without-drop" (Juniper screens), "wDrop"
 * (Suricata), "Would have dropped" (FTD). ip-conn is FortiGate's for a session that
 * it let pass and that no packet came back to. cite: community.fortinet.com, article
 * 198452
 */
enum firewall_action
firewall_action_of(struct view v)
{
	static const char *const watched[] = {"without", "would", "wdrop",
		"not drop", "not block", "not den", "unblock", "password"};
	static const char *const stopped[] = {"deny", "denied", "denies",
		"denial", "drop", "block", "reject", "discard", "refuse",
		"prevent", "reset", "violation"};
	static const char *const passed[] = {"allow", "accept", "permit",
		"pass", "trust", "fastpath", "monitor", "start", "forward"};
	if (names_any(v, watched, sizeof watched / sizeof *watched))
		return FIREWALL_SEEN;
	if (names_any(v, stopped, sizeof stopped / sizeof *stopped))
		return FIREWALL_STOPPED;
	if (names_any(v, passed, sizeof passed / sizeof *passed))
		return FIREWALL_PASSED;
	return firewall_names(v, "timeout") || firewall_names(v, "ip-conn")
		? FIREWALL_UNANSWERED
		: FIREWALL_SEEN;
}

/* cite: Linux 6.12 include/uapi/linux/netfilter/xt_AUDIT.h */
enum firewall_action
firewall_audit_action(struct view v)
{
	if (view_is(v, "0"))
		return FIREWALL_PASSED;
	return view_is(v, "1") || view_is(v, "2") ? FIREWALL_STOPPED
						  : FIREWALL_SEEN;
}

/* Letters of pf and Windows, words of Cisco and others, as netfilter writes
   them: its order is that of the bits, downwards. */
struct view
firewall_flags_of(struct view v)
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

size_t
firewall_split(struct view v, struct view *out, size_t max)
{
	struct cursor c = cursor_of(v);
	size_t n = 0;
	while (n < max) {
		struct view word;
		cursor_skip_spaces(&c);
		if (cursor_take(&c, '"')) {
			if (!cursor_until(&c, '"', &word))
				return n;
			out[n++] = word;
			bool blank = cursor_take(&c, ' ');
			cursor_skip_spaces(&c);
			if (!cursor_take(&c, ',') &&
				!(blank && cursor_peek(&c) == '"'))
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

void
firewall_take_off(struct firewall_line *l, const char *name)
{
	uint8_t kept = 0;
	for (uint8_t i = 0; i < l->fields_count; i++)
		if (strcmp(l->fields[i].name, name) != 0)
			l->fields[kept++] = l->fields[i];
	l->fields_count = kept;
}

bool
firewall_is_backwards(struct view sport, struct view dport)
{
	uint64_t from = 0;
	uint64_t to = 0;
	return view_number(sport, UINT16_MAX, &from) &&
		view_number(dport, UINT16_MAX, &to) && from < GIVEN_OUT_MIN &&
		to >= GIVEN_OUT_MIN;
}
