/*
 * Members of an object that are the other end of an attempt: see beside.h.
 *
 * `remote_addr` and `peer` are left out: in the logs of servers they are the
 * client. `host` alone is mostly the machine that logs; with a port beside it, it
 * is an end, except in what Logstash has received: there both are the sender's.
 *
 * cite: Node.js lib/net.js (errors have address and port); Logstash, "Tcp input
 * plugin"; Elastic Common Schema,
 * destination.*, server.*; OpenTelemetry semantic conventions, server.address,
 * server.port, net.peer.* of clients; go.uber.org/zap and log/slog (addr)
 */
#include "parsers/patterns/beside.h"

#include "parsers/log/json_walk.h"
#include "parsers/patterns/event_field.h"

/* Objects within each other that are looked into. */
#define DEPTH_MAX 4

/* Bytes of a host's name. cite: RFC 1035 2.3.4 */
#define NAME_MAX_BYTES 255

enum beside_kind { BESIDE_NAME, BESIDE_PORT, BESIDE_BOTH };

/* parent "" is any: the key tells enough, or a pair of one object does. */
static const struct {
	const char *parent;
	const char *key;
	enum beside_kind kind;
} rows[] = {
	{"destination", "ip", BESIDE_NAME},
	{"destination", "address", BESIDE_NAME},
	{"", "destination.ip", BESIDE_NAME},
	{"", "destination.address", BESIDE_NAME},
	{"", "destination.port", BESIDE_PORT},
	{"", "server.address", BESIDE_NAME},
	{"", "server.port", BESIDE_PORT},
	{"", "net.peer.ip", BESIDE_NAME},
	{"", "net.peer.name", BESIDE_NAME},
	{"", "net.peer.port", BESIDE_PORT},
	{"", "dest_ip", BESIDE_NAME},
	{"", "dest_port", BESIDE_PORT},
	{"", "dst_ip", BESIDE_NAME},
	{"", "dst_port", BESIDE_PORT},
	{"", "destination_ip", BESIDE_NAME},
	{"", "destination_port", BESIDE_PORT},
	{"", "destIp", BESIDE_NAME},
	{"", "destPort", BESIDE_PORT},
	{"", "dstIp", BESIDE_NAME},
	{"", "dstPort", BESIDE_PORT},
	{"", "server_ip", BESIDE_NAME},
	{"", "server_port", BESIDE_PORT},
	{"", "target_ip", BESIDE_NAME},
	{"", "target_host", BESIDE_NAME},
	{"", "target_port", BESIDE_PORT},
	{"", "address", BESIDE_NAME},
	{"", "host", BESIDE_NAME},
	{"", "port", BESIDE_PORT},
	{"", "addr", BESIDE_BOTH},
	{"", "dial_addr", BESIDE_BOTH},
	{"", "target", BESIDE_BOTH},
	{"", "endpoint", BESIDE_BOTH},
	{"", "upstream", BESIDE_BOTH},
	{"", "upstream_addr", BESIDE_BOTH},
	{"", "backend", BESIDE_BOTH},
	{"", "server", BESIDE_BOTH},
	{"", "broker", BESIDE_BOTH},
	{"", "address", BESIDE_BOTH},
};

struct end {
	struct view name;
	struct view port;
};

/* What was found so far; a pair is whole only within one object. */
struct search {
	struct end open[DEPTH_MAX + 1]; /* of the object at each depth */
	struct end found;
	bool contradicts;
};

static bool
is_port(struct view v)
{
	uint64_t n;
	return view_number(v, UINT16_MAX, &n) && n > 0;
}

/* A host's name or an address, and nothing else. */
static bool
is_name(struct view v)
{
	struct ip_addr ip;
	if (v.len == 0 || v.len > NAME_MAX_BYTES)
		return false;
	for (size_t i = 0; i < v.len; i++)
		if (!byte_letter(v.data[i]) && !byte_digit(v.data[i]) &&
			!byte_among(v.data[i], ".-_"))
			return ip_read(v, &ip);
	return !is_port(v);
}

/* "192.0.2.1:80", "name:80", "[2001:db8::1]:80" */
static bool
end_read(struct view v, struct end *out)
{
	const uint8_t *colon = v.len > 0 ? memrchr(v.data, ':', v.len) : NULL;
	if (colon == NULL)
		return false;
	struct view name = view_of(v.data, (size_t)(colon - v.data));
	bool brackets = name.len > 2 && name.data[0] == '[' &&
		name.data[name.len - 1] == ']';
	if (brackets)
		name = view_of(name.data + 1, name.len - 2);
	*out = (struct end){.name = name,
		.port = view_skip(v, (size_t)(colon + 1 - v.data))};
	bool v6 = memchr(name.data, ':', name.len) != NULL;
	return v6 == brackets && is_name(out->name) && is_port(out->port);
}

static void
end_take(struct search *s, struct end x)
{
	if (s->found.name.len == 0)
		s->found = x;
	else if (!view_equal(s->found.name, x.name) ||
		!view_equal(s->found.port, x.port))
		s->contradicts = true;
}

static void
value_take(struct search *s, enum beside_kind kind, unsigned depth,
	struct view value)
{
	struct end *open = &s->open[depth];
	struct end both;
	if (kind == BESIDE_BOTH) {
		if (end_read(value, &both))
			end_take(s, both);
		return;
	}
	if (kind == BESIDE_NAME && is_name(value) && open->name.len == 0)
		open->name = value;
	if (kind == BESIDE_PORT && is_port(value) && open->port.len == 0)
		open->port = value;
	if (open->name.len > 0 && open->port.len > 0) {
		end_take(s, *open);
		*open = (struct end){0};
	}
}

static void
member_take(struct search *s, const struct json *j)
{
	struct view key = json_key(j);
	struct view parent =
		j->depth > 1 ? json_key_at(j, j->depth - 1) : view_of(NULL, 0);
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
		if (view_is(key, rows[i].key) &&
			(rows[i].parent[0] == '\0' ||
				view_is(parent, rows[i].parent)))
			value_take(s, rows[i].kind, j->depth, j->value);
	if (view_is(key, "@version"))
		s->contradicts = true;
}

static struct end
end_find(struct view object)
{
	struct search s = {0};
	struct json j;
	enum json_token kind;
	json_open(&j, object);
	while ((kind = json_next(&j)) != JSON_END) {
		if (kind == JSON_OPEN && j.depth > DEPTH_MAX)
			json_skip(&j);
		else if (kind == JSON_OPEN)
			s.open[j.depth] = (struct end){0};
		else if (kind == JSON_STRING || kind == JSON_NUMBER)
			member_take(&s, &j);
	}
	return s.contradicts ? (struct end){0} : s.found;
}

void
beside_take(struct view object, struct log_event *e)
{
	struct ip_addr ip;
	if (object.len == 0 || (e->has & (EVENT_DST | EVENT_DPORT)))
		return;
	if (event_field_find(e, "host") != NULL)
		return;
	struct end end = end_find(object);
	if (end.name.len == 0)
		return;
	event_field_take(ip_read(end.name, &ip) ? "dst" : "host", end.name, e);
	event_field_take("dport", end.port, e);
}
