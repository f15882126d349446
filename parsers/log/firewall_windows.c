/*
 * Windows' security events of its Filtering Platform, in words and as XML.
 *
 *	The Windows Filtering Platform has blocked a packet. ... Source Address: ..
 *	<EventID>5152</EventID> .. <Data Name='SourceAddress'>10.1.0.2</Data>
 *
 * In other languages than English the labels differ, and nothing else: the number of
 * the event, and behind it direction, source, its port, destination, its port and
 * protocol, a line each.
 *
 * spec: learn.microsoft.com, auditing, event-5152, event-5156 and event-5157: their
 * texts and "Event XML". What parts the words differs by what shipped them: blanks,
 * tabs, or a tab as rsyslog writes it, "#011".
 */
#include <string.h>

#include "base/ip.h"
#include "parsers/log/envelope.h"
#include "parsers/log/firewall_fields.h"

/* cite: rsyslog, escapeControlCharactersOnReceive: "#" and three octal digits */
#define ESCAPED_LEN 4

static bool
is_escaped(const struct cursor *c)
{
	return cursor_left(c) >= ESCAPED_LEN && c->p[0] == '#' &&
		c->p[1] == '0' && c->p[2] == '1' && byte_digit(c->p[3]);
}

static const uint8_t *
find(struct view m, const char *text)
{
	return m.len == 0 ? NULL : memmem(m.data, m.len, text, strlen(text));
}

/* The word behind a label, whatever blanks part them. */
static struct view
labelled(struct view m, const char *label)
{
	const uint8_t *at = find(m, label);
	if (at == NULL)
		return view_of(NULL, 0);
	struct cursor c = {at + strlen(label), m.data + m.len};
	while (c.p < c.end && (byte_among(*c.p, " \t") || is_escaped(&c)))
		c.p += *c.p == '#' ? ESCAPED_LEN : 1;
	const uint8_t *from = c.p;
	while (c.p < c.end && !byte_among(*c.p, " \t\r\n") && !is_escaped(&c))
		c.p++;
	return view_of(from, (size_t)(c.p - from));
}

/* The text of an element of XML: behind the next ">", up to the next "<". */
static struct view
element(struct view m, const char *label)
{
	struct view v;
	const uint8_t *at = find(m, label);
	if (at == NULL)
		return view_of(NULL, 0);
	struct cursor c = {at + strlen(label), m.data + m.len};
	if (!cursor_until(&c, '>', &v) || !cursor_until(&c, '<', &v))
		return view_of(NULL, 0);
	return v;
}

/* Attributes stand in either kind of quotes. */
static struct view
datum(struct view m, const char *name)
{
	char label[32];
	size_t n = strlen(name);
	memcpy(label, "Name='", 6);
	memcpy(label + 6, name, n);
	label[6 + n] = '\'';
	label[7 + n] = '\0';
	if (find(m, label) == NULL) {
		label[5] = '"';
		label[6 + n] = '"';
	}
	return element(m, label);
}

/* The ends of an event, which may tell them backwards. */
static void
ends_add(struct firewall_line *l, bool backwards, const struct view v[4])
{
	firewall_add(l, backwards ? "dst" : "src", v[0]);
	firewall_add(l, backwards ? "dport" : "sport", v[1]);
	firewall_add(l, backwards ? "src" : "dst", v[2]);
	firewall_add(l, backwards ? "sport" : "dport", v[3]);
}

/* "Inbound" and "Outbound" as Windows calls them. A language that is missing costs
   no more than whose packet it was, and the order of ends that are told backwards.
   cite: Windows message resources of adtschema.dll.mui, %%14592 and %%14593 */
static const char *const inbound[] = {"Inbound", "%%14592", "Eingehend",
	"Entrant", "Entrante", "In ingresso", "In entrata", "Entrada",
	"Inkomend", "Binnenkomend", "Inkommande", "Przychodz\304\205ce",
	"P\305\231\303\255choz\303\255", "Gelen",
	"\320\222\321\205\320\276\320\264\321\217\321\211\320\270"
	"\320\265",
	"\345\217\227\344\277\241", "\347\235\200\344\277\241",
	"\345\205\245\347\253\231",
	"\354\235\270\353\260\224\354\232\264\353\223\234"};
static const char *const outbound[] = {"Outbound", "%%14593", "Ausgehend",
	"Sortant", "Saliente", "In uscita", "Sa\303\255da", "Uitgaand",
	"Utg\303\245ende", "Giden"};

bool
firewall_windows_path(struct firewall_line *l, struct view direction)
{
	for (size_t i = 0; i < sizeof inbound / sizeof *inbound; i++)
		if (view_is(direction, inbound[i])) {
			firewall_add(l, "path", view_str("RECEIVE"));
			return true;
		}
	for (size_t i = 0; i < sizeof outbound / sizeof *outbound; i++)
		if (view_is(direction, outbound[i]))
			firewall_add(l, "path", view_str("SEND"));
	return false;
}

static bool
words_parse(struct view m, struct firewall_line *l)
{
	bool connection = firewall_holds(m, "blocked a connection");
	if (!firewall_holds(m, "Windows Filtering Platform ") ||
		(!connection && !firewall_holds(m, "blocked a packet")))
		return false;
	const struct view ends[] = {labelled(m, "Source Address:"),
		labelled(m, "Source Port:"),
		labelled(m, "Destination Address:"),
		labelled(m, "Destination Port:")};
	bool in = firewall_windows_path(l, labelled(m, "Direction:"));
	ends_add(l, connection && in && firewall_is_backwards(ends[1], ends[3]),
		ends);
	firewall_add(l, "proto", labelled(m, "Protocol:"));
	firewall_add(l, "action", view_str("blocked"));
	firewall_add(l, "rule", labelled(m, "Filter Run-Time ID:"));
	l->action = FIREWALL_STOPPED;
	return true;
}

static bool
xml_parse(struct view m, struct firewall_line *l)
{
	if (!firewall_holds(m, "<EventID") ||
		!firewall_holds(m, "SourceAddress"))
		return false;
	struct view id = element(m, "<EventID");
	bool connection = view_is(id, "5157");
	if (connection || view_is(id, "5152"))
		l->action = FIREWALL_STOPPED;
	else if (view_is(id, "5156"))
		l->action = FIREWALL_PASSED;
	else
		return false;
	const struct view ends[] = {datum(m, "SourceAddress"),
		datum(m, "SourcePort"), datum(m, "DestAddress"),
		datum(m, "DestPort")};
	bool in = firewall_windows_path(l, datum(m, "Direction"));
	ends_add(l, connection && in && firewall_is_backwards(ends[1], ends[3]),
		ends);
	firewall_add(l, "proto", datum(m, "Protocol"));
	firewall_add(l, "action",
		view_str(l->action == FIREWALL_PASSED ? "permitted"
						      : "blocked"));
	firewall_add(l, "rule", datum(m, "FilterRTID"));
	return true;
}

/* The lines of the network's part, in their order. */
enum told {
	TOLD_DIRECTION,
	TOLD_SRC,
	TOLD_SPORT,
	TOLD_DST,
	TOLD_DPORT,
	TOLD_PROTO,
	TOLD_COUNT
};

/* What stands behind the label of a line: behind ":" and blanks. */
static bool
value_of_line(struct cursor *c, struct view *value)
{
	struct view line;
	struct view label;
	if (cursor_left(c) == 0)
		return false;
	if (!cursor_until(c, '\n', &line)) {
		line = cursor_rest(c);
		c->p = c->end;
	}
	struct cursor at = cursor_of(line);
	if (!cursor_until(&at, ':', &label))
		at.p = at.end;
	while (at.p < at.end && byte_among(*at.p, " \t"))
		at.p++;
	*value = cursor_rest(&at);
	while (value->len > 0 &&
		byte_among(value->data[value->len - 1], " \t\r"))
		value->len--;
	return true;
}

/* Does the value fit its place? */
static bool
fits(enum told place, struct view v)
{
	struct ip_addr ip;
	uint64_t n;
	if (place == TOLD_SRC || place == TOLD_DST)
		return ip_read(v, &ip);
	return place == TOLD_DIRECTION || view_number(v, UINT16_MAX, &n);
}

/* The six lines, wherever they stand: a run that fits. */
static bool
told_find(struct view m, struct view told[TOLD_COUNT])
{
	struct cursor c = cursor_of(m);
	struct view v = {0};
	struct view before = {0};
	int place = TOLD_SRC;
	while (place < TOLD_COUNT && value_of_line(&c, &v)) {
		if (!fits((enum told)place, v))
			place = TOLD_SRC;
		if (fits((enum told)place, v)) {
			if (place == TOLD_SRC)
				told[TOLD_DIRECTION] = before;
			told[place++] = v;
		}
		before = v;
	}
	return place == TOLD_COUNT;
}

/* "Ereignis-ID:   5157" in front, and the description below it. */
static bool
numbered_parse(struct view m, struct firewall_line *l)
{
	struct cursor c = cursor_of(m);
	struct view id;
	struct view told[TOLD_COUNT];
	if (!value_of_line(&c, &id))
		return false;
	bool connection = view_is(id, "5157");
	if (!connection && !view_is(id, "5152") && !view_is(id, "5156"))
		return false;
	if (!told_find(cursor_rest(&c), told))
		return false;
	l->action = view_is(id, "5156") ? FIREWALL_PASSED : FIREWALL_STOPPED;
	bool in = firewall_windows_path(l, told[TOLD_DIRECTION]);
	ends_add(l,
		connection && in &&
			firewall_is_backwards(
				told[TOLD_SPORT], told[TOLD_DPORT]),
		told + TOLD_SRC);
	firewall_add(l, "proto", told[TOLD_PROTO]);
	firewall_add(l, "action",
		view_str(l->action == FIREWALL_PASSED ? "permitted"
						      : "blocked"));
	return true;
}

bool
firewall_windows_parse(struct view m, struct firewall_line *l)
{
	return xml_parse(m, l) || words_parse(m, l) || numbered_parse(m, l);
}
