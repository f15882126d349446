/*
 * The longest prefix decides, of equals the first of the listing, which Linux
 * prints in the order in which it asks them.
 * cite: Linux 6.12 net/ipv4/fib_trie.c, fib_table_lookup, fib_trie_seq_route_ops
 */
#include "stitch/routes.h"

#include <stdlib.h>
#include <string.h>

#include "store/select.h"

/* clang-format off */
#define SAID(X)                   \
	X(TEXT, role, "role")     \
	X(WORD, scope, "scope")   \
	X(WORD, name, "name")     \
	X(WORD, value, "value")
/* clang-format on */
STORE_SELECT(said, SAID)

/* A strict filter (1) drops what came by another card than its answer would take,
 * whichever of the two settings says so.
 * cite: Linux 6.12 Documentation/networking/ip-sysctl.rst, rp_filter */
static const char select_said[] = "SELECT 0" STORE_COLUMNS(
	SAID) " FROM (SELECT source, line, role, scope, name, value"
	      " FROM setting WHERE name IN ('route-device', 'route-link',"
	      " 'route-source', 'address', 'rule')"
	      " UNION ALL SELECT source, line, role, scope, name, ''"
	      " FROM counter WHERE \"after\" = 1 AND"
	      " name GLOB 'net.ipv4.conf.*.rp_filter')"
	      " WHERE role IS NOT NULL ORDER BY source, line";

/* "default", "192.0.2.0/24", "2001:db8::1"; false for anything else. */
static bool
read_prefix(const char *text, struct ip_addr *ip, int *bits)
{
	size_t address = strcspn(text, "/");
	*ip = (struct ip_addr){0, 0};
	*bits = 0;
	if (strcmp(text, "default") == 0)
		return true;
	if (!ip_read((struct view){(const uint8_t *)text, address}, ip))
		return false;
	*bits = 128;
	if (text[address] == '\0')
		return true;
	int most = ip_is_v4(*ip) ? 32 : 128;
	long len = strtol(text + address + 1, NULL, 10);
	if (len < 0 || len > most)
		return false;
	*bits = (int)len + 128 - most;
	return true;
}

static bool
holds(const struct route *x, struct ip_addr ip)
{
	uint64_t hi = x->to.hi ^ ip.hi;
	uint64_t lo = x->to.lo ^ ip.lo;
	if (x->bits <= 64)
		return x->bits == 0 || hi >> (64 - x->bits) == 0;
	return hi == 0 && lo >> (128 - x->bits) == 0;
}

/* A default route of IPv4 is written like one of IPv6; the other's prefixes are
 * longer than it, so that it decides only where nothing else is known. */
static const struct route *
find(const struct routes *r, size_t v, struct ip_addr ip, bool linked)
{
	const struct route *best = NULL;
	for (uint32_t i = 0; i < r->count; i++) {
		const struct route *x = &r->list[i];
		if (x->vantage == v && x->linked == linked && holds(x, ip) &&
			(best == NULL || x->bits > best->bits))
			best = x;
	}
	return best;
}

/* The card that is said to have the address. */
static const char *
source_dev(const struct routes *r, size_t v, struct ip_addr ip)
{
	for (uint32_t i = 0; i < r->sources_count; i++)
		if (r->sources[i].vantage == v &&
			ip_equal(r->sources[i].ip, ip))
			return r->sources[i].dev;
	return NULL;
}

/* Where no listing of addresses says it, the card of the network that the address
 * is in: route and netstat -r print no addresses. */
static const char *
own_dev(const struct routes *r, size_t v, struct ip_addr ip)
{
	const char *dev = source_dev(r, v, ip);
	const struct route *link = dev == NULL ? find(r, v, ip, true) : NULL;
	return link != NULL ? link->dev : dev;
}

static void
take_source(struct routes *r, size_t v, const char *address, const char *dev)
{
	struct ip_addr ip;
	int bits;
	if (!read_prefix(address, &ip, &bits) || bits == 0 ||
		r->sources_count == ROUTES_MAX || source_dev(r, v, ip) != NULL)
		return;
	r->sources[r->sources_count++] = (struct route_source){
		v, ip, arena_copy(&r->arena, dev, strlen(dev))};
}

static void
take_route(struct routes *r, size_t v, const char *to, const char *dev,
	bool linked)
{
	struct route x = {.vantage = v, .linked = linked};
	if (r->count == ROUTES_MAX) {
		r->full[v] = true;
		return;
	}
	if (!read_prefix(to, &x.to, &x.bits))
		return;
	x.dev = arena_copy(&r->arena, dev, strlen(dev));
	r->list[r->count++] = x;
}

static void
take(struct routes *r, size_t v, const struct said *x)
{
	if (strcmp(x->name, "route-device") == 0)
		take_route(r, v, x->scope, x->value, false);
	else if (strcmp(x->name, "route-link") == 0)
		take_route(r, v, x->scope, x->value, true);
	else if (strcmp(x->name, "route-source") == 0 ||
		strcmp(x->name, "address") == 0)
		take_source(r, v, x->value, x->scope);
	else
		r->policy[v] = true;
}

static size_t
vantage_of(const struct vantage *vantages, size_t count, const char *role)
{
	size_t v = 0;
	while (v < count && strcmp(vantages[v].name, role) != 0)
		v++;
	return v;
}

bool
routes_load(struct routes *r, const struct vantage *vantages, size_t count,
	struct store *s, struct error *e)
{
	*r = (struct routes){.vantages = vantages};
	sqlite3_stmt *stmt = store_prepare(s, select_said, e);
	if (stmt == NULL)
		return false;
	r->list = memory_take(ROUTES_MAX, sizeof *r->list);
	r->sources = memory_take(ROUTES_MAX, sizeof *r->sources);
	while (sqlite3_step(stmt) == SQLITE_ROW) {
		struct said x = said_of(stmt);
		size_t v = vantage_of(vantages, count, x.role);
		if (v < count)
			take(r, v, &x);
	}
	sqlite3_finalize(stmt);
	return true;
}

void
routes_release(struct routes *r)
{
	arena_release(&r->arena);
	free(r->list);
	free(r->sources);
	*r = (struct routes){0};
}

/* "eth0.20" and "eth0.30" are tags on one wire. */
static size_t
wire_len(const char *dev)
{
	return strcspn(dev, ".@:");
}

static bool
same_wire(const char *a, const char *b)
{
	return wire_len(a) == wire_len(b) && memcmp(a, b, wire_len(a)) == 0;
}

/* The capture says which cards it was made at, and this is one, or it tells the
 * directions of packets without cards, as one of all cards does. */
static bool
may_show(const struct vantage *v, const char *dev)
{
	for (uint32_t i = 0; i < v->cards_count; i++)
		if (same_wire(v->cards[i].name, dev) ||
			strncmp(v->cards[i].name, "interface ", 10) == 0)
			return true;
	return v->shows_ways && v->cards_count == 0;
}

const char *
routes_elsewhere(
	struct routes *r, size_t v, struct ip_addr own, struct ip_addr client)
{
	if (r->count == 0 || r->full[v] || r->policy[v])
		return NULL;
	const char *dev = own_dev(r, v, own);
	const struct route *back = find(r, v, client, false);
	if (dev == NULL || back == NULL || dev[0] == '\0' ||
		back->dev[0] == '\0' || same_wire(dev, back->dev) ||
		may_show(&r->vantages[v], back->dev))
		return NULL;
	return arena_format(&r->arena,
		"the server's routes send answers to this client by %s, the "
		"address that was asked is that of %s, and the capture shows "
		"no answer: they may leave by %s, which was not captured",
		back->dev, dev, back->dev);
}
