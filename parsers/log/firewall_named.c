/*
 * Fields of firewalls by their names, in any order: "key=value" in all its
 * forms, CEF, LEEF, and members of JSON objects.
 *
 * Names are compared without case and without anything that is no letter or
 * digit, because exports of one vendor spell them anew: "src_ip", "SrcIP",
 * "source-address", "SourceAddress".
 *
 * cite: the vendors' field references of firewall_keys.def; ArcSight Common Event
 * Format, "Extension" (values run to the next key, "\=" is no such); IBM QRadar
 * LEEF, "LEEF event components" (tabs, or what the header names)
 */
#include <string.h>

#include "parsers/log/envelope.h"
#include "parsers/log/firewall_fields.h"
#include "parsers/json/json.h"

#include "base/ip.h"

/* Letters and digits of a name, that of the object around it included; none in
   firewall_keys.def has more. */
#define NAME_MAX_BYTES 40

/* Fields of a CEF header before its extension. */
#define CEF_HEADER 7

static bool
is_key_byte(uint8_t c)
{
	return byte_letter(c) || byte_digit(c) || c == '_' || c == '-' ||
		c == '.';
}

/* SonicWall: "192.0.2.10:40131:X1", "[2001:db8::1]:40131:X1:name". */
static void
end_take(struct firewall_line *l, const char *name, const char *port_name,
	struct view v)
{
	struct ip_addr ip;
	struct cursor c = cursor_of(v);
	struct view address, port;
	uint64_t n;
	if (ip_read(v, &ip)) {
		firewall_add(l, name, v);
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
	firewall_add(l, name, address);
	if (!cursor_until(&c, ':', &port))
		port = cursor_rest(&c);
	if (view_number(port, UINT16_MAX, &n))
		firewall_add(l, port_name, port);
}

/* Lower-case letters and digits of v behind the len bytes that are there. */
static size_t
plain_add(char out[NAME_MAX_BYTES + 1], size_t len, struct view v)
{
	for (size_t i = 0; i < v.len && len < NAME_MAX_BYTES; i++) {
		uint8_t c = v.data[i];
		if (byte_letter(c))
			out[len++] = (char)(c | 0x20);
		else if (byte_digit(c))
			out[len++] = (char)c;
	}
	out[len] = '\0';
	return len;
}

/* Our name for a key, or NULL. */
static const char *
name_of(struct view parent, struct view key)
{
	static const struct {
		const char *key;
		const char *name;
	} rows[] = {
#define X(key, name) {key, name},
#include "parsers/log/firewall_keys.def"
#undef X
	};
	char text[NAME_MAX_BYTES + 1];
	plain_add(text, plain_add(text, 0, parent), key);
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
		if (strcmp(text, rows[i].key) == 0)
			return rows[i].name;
	return NULL;
}

const char *
firewall_name_of(struct view key)
{
	return name_of(view_of(NULL, 0), key);
}

static void
named_take(struct firewall_line *l, const char *name, struct view value)
{
	if (name == NULL)
		return;
	if (strcmp(name, "src") == 0)
		end_take(l, name, "sport", value);
	else if (strcmp(name, "dst") == 0)
		end_take(l, name, "dport", value);
	else if (strcmp(name, "flags") == 0)
		firewall_add(l, name, firewall_flags_of(value));
	else
		firewall_add(l, name, value);
}

static void
key_take(struct firewall_line *l, struct view key, struct view value)
{
	named_take(l, firewall_name_of(key), value);
}

/* A tab as rsyslog writes it. cite: rsyslog, escapeControlCharactersOnReceive */
static bool
is_escaped_tab(const struct cursor *c)
{
	return cursor_left(c) >= 4 && memcmp(c->p, "#011", 4) == 0;
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
	while (c->p < c->end && !byte_among(*c->p, "\t;|^,]\"") &&
		(spaced || *c->p != ' ') && !is_escaped_tab(c))
		c->p++;
	v = view_of(from, (size_t)(c->p - from));
	if (is_escaped_tab(c))
		c->p += 4;
	return v;
}

/* A blank behind "=": SonicOS writes "spt= 12345", Sophos leaves values out:
   "src_country= dst_ip=10.2.0.2". */
static void
blank_take(struct cursor *c)
{
	const uint8_t *p = c->p;
	if (cursor_peek(c) != ' ')
		return;
	for (p++; p < c->end && is_key_byte(*p); p++)
		;
	if (p == c->end || *p != '=')
		c->p++;
}

/* "SrcIPAddr(1003)=": H3C numbers its keys. */
static void
key_number_skip(struct cursor *c)
{
	const uint8_t *p = c->p;
	if (cursor_peek(c) != '(')
		return;
	for (p++; p < c->end && byte_digit(*p); p++)
		;
	if (cursor_left(c) > 2 && p + 1 < c->end && p[0] == ')' && p[1] == '=')
		c->p = p + 1;
}

/* key=value, key="value", key:"value", Cisco's "Key: value, " and Check Point's
   "key: value; ". LEEF parts its fields by tabs, so that values may have blanks. */
static void
keys_take(struct view m, struct firewall_line *l)
{
	struct cursor c = cursor_of(m);
	bool colons =
		firewall_holds(m, "SrcIP: ") || firewall_holds(m, "; dst: ");
	bool tabs = firewall_holds(m, "LEEF:") &&
		(firewall_holds(m, "\t") || firewall_holds(m, "#011"));
	while (c.p < c.end) {
		const uint8_t *from = c.p;
		while (c.p < c.end && is_key_byte(*c.p))
			c.p++;
		struct view key = view_of(from, (size_t)(c.p - from));
		key_number_skip(&c);
		bool colon = cursor_left(&c) > 1 && c.p[0] == ':' &&
			(c.p[1] == '"' || (colons && c.p[1] == ' '));
		if (key.len == 0 || (!colon && cursor_peek(&c) != '=')) {
			if (c.p < c.end)
				c.p++;
			continue;
		}
		c.p++;
		bool spaced = tabs || (colon && cursor_take(&c, ' '));
		if (!spaced)
			blank_take(&c);
		key_take(l, key, value_take(&c, spaced));
	}
}

/* The next "=" of an extension that no backslash precedes, and where its key
   begins; false behind the last. */
static bool
cef_key(const struct cursor *c, const uint8_t **key, const uint8_t **equal)
{
	for (const uint8_t *p = c->p; p < c->end; p++) {
		if (*p == '\\') {
			p++;
			continue;
		}
		if (*p != '=')
			continue;
		const uint8_t *from = p;
		while (from > c->p && is_key_byte(from[-1]))
			from--;
		if (from == p || (from > c->p && from[-1] != ' '))
			continue;
		*key = from;
		*equal = p;
		return true;
	}
	return false;
}

/* FortiOS puts its product's name before its own keys. cite: docs.fortinet.com,
   FortiOS Log Message Reference, "CEF support" */
static struct view
cef_key_plain(struct view key)
{
	static const char *const prefixes[] = {"FTNTFGT", "FortinetFortiGate"};
	for (size_t i = 0; i < sizeof prefixes / sizeof *prefixes; i++)
		if (view_begins(key, prefixes[i]))
			return view_skip(key, strlen(prefixes[i]));
	return key;
}

/* "cs2Label=Rule Name cs2=Allow web": the label of which custom field names a
   rule or policy, in either order. */
struct cef_custom {
	struct view label; /* the key without "Label" */
	struct view key;   /* that of the last custom field */
	struct view value;
};

static void
cef_custom_take(struct firewall_line *l, struct cef_custom *x, struct view key,
	struct view value)
{
	bool label =
		key.len > 5 && memcmp(key.data + key.len - 5, "Label", 5) == 0;
	if (label &&
		(firewall_names(value, "rule name") ||
			firewall_names(value, "policy") ||
			view_is(value, "Rule"))) {
		x->label = view_of(key.data, key.len - 5);
	} else if (!label && view_begins(key, "cs") && key.len == 3) {
		x->key = key;
		x->value = value;
	}
	if (x->label.len > 0 && view_equal(x->label, x->key))
		firewall_add(l, "rule", x->value);
}

/* What stands behind CEF's header: values run to the next key. */
static void
cef_extension_take(struct view m, struct firewall_line *l)
{
	struct cursor c = cursor_of(m);
	struct cef_custom custom = {0};
	const uint8_t *key;
	const uint8_t *equal;
	bool more = cef_key(&c, &key, &equal);
	while (more) {
		const uint8_t *next;
		const uint8_t *next_equal = c.end;
		struct view name = view_of(key, (size_t)(equal - key));
		c.p = equal + 1;
		more = cef_key(&c, &next, &next_equal);
		const uint8_t *end = more ? next : c.end;
		while (c.p < end && *c.p == ' ')
			c.p++;
		while (end > c.p && (end[-1] == ' ' || end[-1] == '\r'))
			end--;
		struct view value = view_of(c.p, (size_t)(end - c.p));
		if (value.len > 1 && value.data[0] == '"' &&
			value.data[value.len - 1] == '"')
			value = view_of(value.data + 1, value.len - 2);
		key_take(l, cef_key_plain(name), value);
		cef_custom_take(l, &custom, name, value);
		/* cite: FortiOS CEF: "in" is rcvdbyte; CEF: bytes inbound */
		if (view_is(name, "in"))
			firewall_add(l, "replied", value);
		if (more) {
			key = next;
			equal = next_equal;
		}
	}
}

/* "CEF:0|vendor|product|version|id|name|severity|extension". The name tells
   what was done where no field does. */
static bool
cef_take(struct view m, struct firewall_line *l)
{
	const uint8_t *at =
		m.len == 0 ? NULL : memmem(m.data, m.len, "CEF:", 4);
	if (at == NULL)
		return false;
	struct cursor c = {at, m.data + m.len};
	struct view header[CEF_HEADER];
	for (size_t i = 0; i < CEF_HEADER; i++)
		if (!cursor_until(&c, '|', &header[i]))
			return false;
	cef_extension_take(cursor_rest(&c), l);
	if (firewall_action_of(header[5]) == FIREWALL_STOPPED)
		firewall_add(l, "action", header[5]);
	return true;
}

/* "pattern: deny all", "pattern: allow (dst 10.0.0.0/8)", "pattern: 1 all" (1 is
   deny, 0 allow) and "flows deny src=": cite: documentation.meraki.com, Syslog
   Server Overview and Configuration; Syslog Event Types and Log Samples */
static void
meraki_take(struct view m, struct firewall_line *l)
{
	const uint8_t *at =
		m.len == 0 ? NULL : memmem(m.data, m.len, "pattern: ", 9);
	if (at != NULL) {
		struct cursor c = {at + 9, m.data + m.len};
		struct view word = cursor_token(&c);
		struct view number = word;
		if (view_is(word, "0") || view_is(word, "1")) {
			cursor_skip_spaces(&c);
			word = cursor_token(&c);
			if (firewall_action_of(word) == FIREWALL_SEEN)
				word = view_str(view_is(number, "1") ? "deny"
								     : "allow");
		}
		firewall_add(l, "action", word);
	} else if (firewall_holds(m, " deny src=")) {
		firewall_add(l, "action", view_str("deny"));
	} else if (firewall_holds(m, " allow src=")) {
		firewall_add(l, "action", view_str("allow"));
	}
}

/* "drop   10.9.0.1 >eth1 rule: 12; src: ...; dst: ...;": the word in front of the
   device. cite: sc1.checkpoint.com, R81 CLI Reference, fw log (its output) */
static void
check_point_take(struct view m, struct firewall_line *l)
{
	struct cursor c = cursor_of(m);
	if (!firewall_holds(m, "; dst: "))
		return;
	for (int i = 0; i < 4; i++) {
		cursor_skip_spaces(&c);
		struct view word = cursor_token(&c);
		if (view_is(word, "drop") || view_is(word, "reject") ||
			view_is(word, "accept"))
			firewall_add(l, "action", word);
	}
}

/* Names of events, where no field tells the action: Zyxel's note, H3C's and
   Huawei's events. */
static void
note_take(struct view m, struct firewall_line *l)
{
	struct view note = firewall_field_of(l, "note");
	struct view event = firewall_field_of(l, "event");
	if (view_is(note, "ACCESS BLOCK") || view_is(note, "ACCESS FORWARD"))
		firewall_add(l, "action", note);
	if (firewall_action_of(event) != FIREWALL_SEEN)
		firewall_add(l, "action", event);
	if (firewall_holds(m, "/POLICYDENY"))
		firewall_add(l, "action", view_str("deny"));
	else if (firewall_holds(m, "/POLICYPERMIT"))
		firewall_add(l, "action", view_str("permit"));
	firewall_take_off(l, "note");
	firewall_take_off(l, "event");
}

/* F5's AFM: a rule that is staged is only tried. cite: F5 AFM network firewall
   event messages, acl_policy_type */
static bool
is_staged(const struct firewall_line *l)
{
	return view_is(firewall_field_of(l, "staged"), "Staged");
}

/* What tells the action where no field does: the message's name. */
static void
action_take(struct view m, struct firewall_line *l)
{
	note_take(m, l);
	struct view said = firewall_field_of(l, "action");
	struct view reason = firewall_field_of(l, "reason");
	if (is_staged(l)) {
		firewall_take_off(l, "action");
		return;
	}
	/* SonicOS: fw_action="NA", and msg says it. */
	if (firewall_holds(m, " saddr="))
		l->action = firewall_audit_action(said);
	else if (said.len > 0 && !view_is(said, "NA"))
		l->action = firewall_action_of(said);
	else if (firewall_holds(m, "RT_FLOW_SESSION_DENY"))
		l->action = FIREWALL_STOPPED;
	else if (firewall_holds(m, "RT_FLOW_SESSION_CREATE"))
		l->action = FIREWALL_PASSED;
	else if (firewall_names(reason, "dropped") ||
		firewall_names(reason, "denied") ||
		firewall_names(reason, "blocked") ||
		firewall_names(reason, "rejected"))
		l->action = FIREWALL_STOPPED;
	else if (firewall_names(reason, "opened"))
		l->action = FIREWALL_PASSED;
}

/* A session that ended without a byte back. */
static void
replies_settle(struct view m, struct firewall_line *l)
{
	uint64_t n = 0;
	struct view replied = firewall_field_of(l, "replied");
	struct view reason = firewall_field_of(l, "reason");
	bool known = view_number(replied, UINT64_MAX, &n);
	bool aged = firewall_names(reason, "aged out") ||
		firewall_names(reason, "aged-out") ||
		firewall_names(reason, "aging");
	if (l->action == FIREWALL_UNANSWERED && known && n > 0)
		l->action = FIREWALL_SEEN;
	if (l->action == FIREWALL_SEEN && known && n == 0 &&
		firewall_holds(m, "RT_FLOW_SESSION_CLOSE") &&
		(firewall_names(reason, "unset") || aged ||
			firewall_names(reason, "timeout")))
		l->action = FIREWALL_UNANSWERED;
	if (l->action == FIREWALL_PASSED && known && n == 0 && aged)
		l->action = FIREWALL_UNANSWERED;
	/* Huawei's and H3C's sessions have no word for what was done. */
	if (l->action == FIREWALL_SEEN && known && n == 0 &&
		((aged && firewall_holds(m, "SESSION_TEARDOWN")) ||
			(firewall_holds(m, "SESSION/6/SESSION_IPV") &&
				firewall_holds(m, ")Aged for timeout"))))
		l->action = FIREWALL_UNANSWERED;
}

/* Check Point's "service" is the port; elsewhere it is a name. */
static void
service_take(struct firewall_line *l)
{
	uint64_t n;
	struct view v = firewall_field_of(l, "service");
	if (view_number(v, UINT16_MAX, &n))
		firewall_add(l, "dport", v);
}

/* Is it a line of fields at all? One sign of each. */
static bool
is_named(struct view m)
{
	static const char *const signs[] = {
		"=", "SrcIP: ", "; dst: ", "s_port:\""};
	for (size_t i = 0; i < sizeof signs / sizeof *signs; i++)
		if (firewall_holds(m, signs[i]))
			return true;
	return false;
}

bool
firewall_named_parse(struct view m, struct firewall_line *l)
{
	if (!is_named(m))
		return false;
	if (!cef_take(m, l))
		keys_take(m, l);
	service_take(l);
	meraki_take(m, l);
	check_point_take(m, l);
	action_take(m, l);
	firewall_take_off(l, "staged");
	replies_settle(m, l);
	return firewall_field_of(l, "action").len > 0 ||
		l->action != FIREWALL_SEEN || firewall_holds(m, "RT_FLOW_") ||
		firewall_holds(m, "SESSION_TEARDOWN") ||
		firewall_holds(m, "SESSION/6/SESSION_IPV");
}

/* Security events of Windows that shippers took apart. cite: learn.microsoft.com,
   auditing, event-5152, 5156 and 5157 */
static void
windows_settle(struct firewall_line *l)
{
	struct view id = firewall_field_of(l, "event_id");
	struct view sport = firewall_field_of(l, "sport");
	struct view dport = firewall_field_of(l, "dport");
	struct view direction = firewall_field_of(l, "direction");
	bool connection = view_is(id, "5157");
	if (connection || view_is(id, "5152"))
		l->action = FIREWALL_STOPPED;
	else if (view_is(id, "5156"))
		l->action = FIREWALL_PASSED;
	else
		return;
	bool in = firewall_windows_path(l, direction);
	if (!connection || !in || !firewall_is_backwards(sport, dport))
		return;
	for (uint8_t i = 0; i < l->fields_count; i++) {
		static const char *const turned[][2] = {{"src", "dst"},
			{"dst", "src"}, {"sport", "dport"}, {"dport", "sport"}};
		for (size_t k = 0; k < sizeof turned / sizeof *turned; k++) {
			if (strcmp(l->fields[i].name, turned[k][0]) == 0) {
				l->fields[i].name = turned[k][1];
				break;
			}
		}
	}
}

/* "event":{"type":["connection","denied"]}. cite: elastic.co, ECS, event.type */
static bool
is_event_type(const struct json *j)
{
	return j->depth > 2 && json_key(j).len == 0 &&
		view_is(json_key_at(j, j->depth - 1), "type") &&
		view_is(json_key_at(j, j->depth - 2), "event") &&
		(view_is(j->value, "denied") || view_is(j->value, "allowed"));
}

/* What a rule would have done, and what was done. cite:
   developers.cloudflare.com, Network Analytics logs, Outcome and Verdict */
static void
outcome_settle(struct firewall_line *l, struct view typed)
{
	struct view outcome = firewall_field_of(l, "outcome");
	if (firewall_action_of(outcome) == FIREWALL_SEEN)
		outcome = typed;
	if (firewall_action_of(outcome) != FIREWALL_SEEN) {
		firewall_take_off(l, "action");
		firewall_add(l, "action", outcome);
	}
	firewall_take_off(l, "outcome");
	firewall_take_off(l, "note");
	firewall_take_off(l, "event");
	firewall_take_off(l, "staged");
}

bool
firewall_members_parse(struct view object, struct firewall_line *l)
{
	struct json j;
	enum json_token kind;
	struct view typed = {0};
	json_open(&j, object);
	while ((kind = json_next(&j)) != JSON_END) {
		if (kind != JSON_STRING && kind != JSON_NUMBER)
			continue;
		if (is_event_type(&j))
			typed = j.value;
		struct view key = json_key(&j);
		const char *name = NULL;
		if (j.depth > 1)
			name = name_of(json_key_at(&j, j.depth - 1), key);
		if (name == NULL)
			name = firewall_name_of(key);
		named_take(l, name, j.value);
	}
	outcome_settle(l, typed);
	service_take(l);
	/* An alert that let the packet pass is about its content. */
	bool alert = view_is(firewall_field_of(l, "event_id"), "alert");
	struct view said = firewall_field_of(l, "action");
	if (said.len > 0)
		l->action = firewall_action_of(said);
	/* Suricata's event "drop" has no action of its own. */
	else if (view_is(firewall_field_of(l, "event_id"), "drop"))
		l->action = FIREWALL_STOPPED;
	windows_settle(l);
	replies_settle(object, l);
	return l->action != FIREWALL_SEEN &&
		!(alert && l->action == FIREWALL_PASSED);
}
