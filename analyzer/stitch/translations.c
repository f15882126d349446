/*
 * Translations from listings and from a person.
 *
 * A conntrack entry holds the connection as its client sent it and the reply as
 * it arrives: turned round, the reply is what the server sees.
 * spec: Linux 6.12 Documentation/networking/nf_conntrack-sysctl.rst and
 * conntrack(8): the original direction comes first.
 */
#include "stitch/translations.h"

#include <stdlib.h>

#include "base/arena.h"
#include "store/select.h"

/* The reply is turned round: its destination is the client that the server sees. */
/* clang-format off */
#define LISTED(X)                                                             \
	X(TEXT, client, "src")                                                \
	X(INT, client_port, "src_port")                                       \
	X(TEXT, server, "dst")                                                \
	X(INT, server_port, "dst_port")                                       \
	X(TEXT, seen_client, "reply_dst")                                     \
	X(INT, seen_client_port, "reply_dst_port")                            \
	X(TEXT, seen_server, "reply_src")                                     \
	X(INT, seen_server_port, "reply_src_port")
/* clang-format on */
STORE_SELECT(listed, LISTED)

static const char select_translated[] = "SELECT DISTINCT 0" STORE_COLUMNS(
	LISTED) " FROM conntrack"
		" WHERE protocol = 6 AND src_port IS NOT NULL"
		" AND dst_port IS NOT NULL AND reply_src IS NOT NULL"
		" AND reply_src_port IS NOT NULL AND reply_dst IS NOT NULL"
		" AND reply_dst_port IS NOT NULL"
		" AND NOT (src = reply_dst AND src_port = reply_dst_port"
		"  AND dst = reply_src AND dst_port = reply_src_port)";

#define PAIR(X)             \
	X(TEXT, one, "one") \
	X(TEXT, other, "other")
STORE_SELECT(pair, PAIR)

/*
 * spec: Amazon VPC flow log records, pkt-srcaddr and pkt-dstaddr: the packet's
 * own address where the interface's, srcaddr or dstaddr, is that of a layer
 * between (a NAT gateway, a load balancer, a pod's node).
 */
static const char select_addresses[] = "SELECT 0" STORE_COLUMNS(
	PAIR) " FROM ("
	      "SELECT src AS one, pkt_src AS other FROM flow_record"
	      " WHERE protocol = 6 AND pkt_src IS NOT NULL AND pkt_src <> src"
	      " UNION SELECT dst, pkt_dst FROM flow_record"
	      " WHERE protocol = 6 AND pkt_dst IS NOT NULL AND pkt_dst <> dst)";

static uint64_t
tuple_key(const struct translations *t, struct case_endpoint client,
	struct case_endpoint server)
{
	return hash_tuple(t->keys, client.ip, (uint16_t)client.port, server.ip,
		(uint16_t)server.port);
}

static bool
endpoint_of(const char *text, int64_t port, struct case_endpoint *out)
{
	out->port = (int32_t)port;
	return text != NULL && port >= 0 && port <= UINT16_MAX &&
		ip_parse(text, &out->ip);
}

static void
read_row(struct translations *t, sqlite3_stmt *stmt)
{
	struct listed row = listed_of(stmt);
	struct translation x;
	if (!endpoint_of(row.client, row.client_port, &x.client) ||
		!endpoint_of(row.server, row.server_port, &x.server) ||
		!endpoint_of(row.seen_client, row.seen_client_port,
			&x.seen_client) ||
		!endpoint_of(
			row.seen_server, row.seen_server_port, &x.seen_server))
		return;
	if (t->count == t->room) {
		t->room = t->room == 0 ? 64 : t->room * 2;
		t->listed = memory_grow(t->listed, t->room, sizeof *t->listed);
	}
	t->listed[t->count++] = x;
}

static void
read_pair(struct translations *t, sqlite3_stmt *stmt)
{
	struct pair row = pair_of(stmt);
	struct address_pair x;
	if (row.one == NULL || row.other == NULL ||
		!ip_parse(row.one, &x.one) || !ip_parse(row.other, &x.other) ||
		t->pairs_count == TRANSLATIONS_PAIRS_MAX)
		return;
	if (t->pairs == NULL)
		t->pairs =
			memory_take(TRANSLATIONS_PAIRS_MAX, sizeof *t->pairs);
	t->pairs[t->pairs_count++] = x;
}

bool
translations_same_host(
	const struct translations *t, struct ip_addr a, struct ip_addr b)
{
	if (t == NULL || t->pairs_count == 0)
		return false;
	uint32_t i = index_find(&t->by_pair, hash_pair(t->keys, a, b));
	if (i == INDEX_NONE)
		return false;
	const struct address_pair *x = &t->pairs[i];
	return (ip_equal(x->one, a) && ip_equal(x->other, b)) ||
		(ip_equal(x->one, b) && ip_equal(x->other, a));
}

void
translations_index(struct translations *t)
{
	index_init(&t->by_pair, t->pairs_count);
	for (uint32_t i = 0; i < t->pairs_count; i++)
		index_add(&t->by_pair,
			hash_pair(t->keys, t->pairs[i].one, t->pairs[i].other),
			i);
	index_init(&t->by_tuple, t->count);
	for (uint32_t i = 0; i < t->count; i++)
		index_add_unique(&t->by_tuple,
			tuple_key(t, t->listed[i].client, t->listed[i].server),
			i);
}

bool
translations_load(struct translations *t, const struct case_config *config,
	struct store *s, struct error *e)
{
	*t = (struct translations){
		.config = config, .keys = hash_keys_random()};
	sqlite3_stmt *stmt = store_prepare(s, select_translated, e);
	if (stmt == NULL)
		return false;
	while (sqlite3_step(stmt) == SQLITE_ROW)
		read_row(t, stmt);
	sqlite3_finalize(stmt);
	stmt = store_prepare(s, select_addresses, e);
	if (stmt == NULL)
		return false;
	while (sqlite3_step(stmt) == SQLITE_ROW)
		read_pair(t, stmt);
	sqlite3_finalize(stmt);
	translations_index(t);
	return true;
}

void
translations_release(struct translations *t)
{
	index_release(&t->by_tuple);
	index_release(&t->by_pair);
	free(t->listed);
	free(t->pairs);
	*t = (struct translations){0};
}

static bool
is_endpoint(const struct case_endpoint *e, struct ip_addr ip, uint16_t port)
{
	return ip_equal(e->ip, ip) && (e->port < 0 || e->port == port);
}

bool
translations_listed(const struct translations *t, const struct sighting *s,
	struct sighting *out)
{
	if (t == NULL || t->count == 0)
		return false;
	struct case_endpoint client = {s->client, s->client_port};
	struct case_endpoint server = {s->server, s->server_port};
	uint32_t i = index_find(&t->by_tuple, tuple_key(t, client, server));
	if (i == INDEX_NONE || i == INDEX_MANY ||
		!is_endpoint(&t->listed[i].client, s->client, s->client_port) ||
		!is_endpoint(&t->listed[i].server, s->server, s->server_port))
		return false;
	*out = *s;
	out->client = t->listed[i].seen_client.ip;
	out->client_port = (uint16_t)t->listed[i].seen_client.port;
	out->server = t->listed[i].seen_server.ip;
	out->server_port = (uint16_t)t->listed[i].seen_server.port;
	return true;
}

bool
translations_stated(const struct translations *t, const struct sighting *s,
	struct sighting *out)
{
	if (t == NULL || t->config == NULL)
		return false;
	for (size_t i = 0; i < t->config->translations_count; i++) {
		const struct case_translation *x = &t->config->translations[i];
		if (!is_endpoint(&x->from, s->server, s->server_port))
			continue;
		*out = *s;
		out->server = x->to.ip;
		if (x->to.port >= 0)
			out->server_port = (uint16_t)x->to.port;
		return true;
	}
	return false;
}
