/*
 * An index of hosts for all captures, one of sightings for each; then the rows.
 */
#include "stitch/settle_known.h"

#include <stdlib.h>

#include "base/arena.h"
#include "stitch/index.h"
#include "store/select.h"

/* What is known beside one capture's crowd: of each an index of keys. */
struct known {
	struct hash_keys keys;
	struct index hosts; /* of pairs, at any capture, and of texts */
	struct index syns;  /* sequence numbers and time stamps: how many */
};

/* A sequence number or time stamp of more sightings than this is what a tool writes
 * into all that it sends. */
#define SYNS_ALIKE_MAX 64

static uint64_t
host_key(const struct known *k, struct ip_addr ip)
{
	return hash_endpoint(k->keys, ip, 0);
}

static uint64_t
isn_key(const struct known *k, uint32_t isn)
{
	return hash_mix(isn ^ k->keys.a, k->keys.b);
}

/* Apart from sequence numbers. */
static uint64_t
stamp_key(const struct known *k, uint32_t tsval)
{
	return hash_mix(tsval ^ k->keys.b, ~k->keys.a);
}

static void
text_add(struct known *k, const char *text)
{
	struct ip_addr ip;
	if (text != NULL && ip_parse(text, &ip))
		index_add(&k->hosts, host_key(k, ip), 0);
}

static const char named_sql[] =
	"SELECT src FROM flow_record UNION SELECT dst FROM flow_record UNION"
	" SELECT pkt_src FROM flow_record UNION SELECT pkt_dst FROM"
	" flow_record UNION SELECT src FROM conntrack UNION SELECT reply_src"
	" FROM conntrack UNION SELECT reply_dst FROM conntrack";

static const char named_count_sql[] =
	"SELECT (SELECT count(*) FROM flow_record) * 4 +"
	" (SELECT count(*) FROM conntrack) * 3";

static bool
named_read(struct known *k, struct store *s, struct error *e)
{
	sqlite3_stmt *stmt = store_prepare(s, named_sql, e);
	if (stmt == NULL)
		return false;
	while (sqlite3_step(stmt) == SQLITE_ROW)
		text_add(k, select_TEXT(stmt, 0));
	return sqlite3_finalize(stmt) == SQLITE_OK;
}

static bool
named_count(struct store *s, uint64_t *count, struct error *e)
{
	sqlite3_stmt *stmt = store_prepare(s, named_count_sql, e);
	if (stmt == NULL)
		return false;
	if (sqlite3_step(stmt) == SQLITE_ROW)
		*count += (uint64_t)select_INT(stmt, 0);
	sqlite3_finalize(stmt);
	return true;
}

/* One SYN, and nothing else was seen of it: as a row would have it. */
static bool
is_lone(const struct sighting *g)
{
	return g->syn == 1 && g->synack == 0 && g->synack_bad == 0 &&
		g->ack == 0 && g->challenge == 0 && g->rst_client == 0 &&
		g->rst_server == 0 && g->icmp == 0 && g->data_c == 0 &&
		g->data_s == 0 && g->duplicates == 0 &&
		!(g->flags &
			(SIGHTING_MIDSTREAM | SIGHTING_NO_SYN |
				SIGHTING_SIMULTANEOUS));
}

/* The hosts of pairs that did more. */
static void
pairs_add(struct known *k, const struct vantage *v)
{
	for (uint32_t i = 0; i < v->sightings; i++) {
		const struct sighting *g = vantage_sighting(v, i);
		if (is_lone(g))
			continue;
		index_add(&k->hosts, host_key(k, g->client), 0);
		index_add(&k->hosts, host_key(k, g->server), 0);
	}
}

/* All hosts that anything but a crowd shows. */
static bool
hosts_read(struct known *k, const struct vantage *vantages, size_t count,
	const struct event_list *events, struct store *s, struct error *e)
{
	uint64_t most = 2 * (uint64_t)events->count;
	if (!named_count(s, &most, e))
		return false;
	for (size_t v = 0; v < count; v++)
		most += 2 * (uint64_t)vantages[v].pairs_count;
	index_init(&k->hosts, most);
	for (size_t v = 0; v < count; v++)
		pairs_add(k, &vantages[v]);
	for (size_t i = 0; i < events->count; i++) {
		text_add(k, events->list[i].src);
		text_add(k, events->list[i].dst);
	}
	return named_read(k, s, e);
}

/* What the other captures saw, and what of this one is no crowd: a translated SYN has
 * its number twice in one capture. */
static void
syns_read(struct known *k, const struct vantage *vantages, size_t count,
	size_t but)
{
	uint64_t most = 0;
	for (size_t v = 0; v < count; v++)
		most += 3 * (uint64_t)vantages[v].sightings;
	index_init(&k->syns, most);
	for (size_t v = 0; v < count; v++) {
		const struct vantage *x = &vantages[v];
		for (uint32_t i = 0; i < x->sightings; i++) {
			const struct sighting *g = vantage_sighting(x, i);
			index_tally(&k->syns, isn_key(k, g->isn));
			if (v == but || g->syn_tsval_first == 0)
				continue;
			index_tally(&k->syns, stamp_key(k, g->syn_tsval_first));
			if (g->syn_tsval_last != g->syn_tsval_first)
				index_tally(&k->syns,
					stamp_key(k, g->syn_tsval_last));
		}
	}
}

static bool
is_rare(const struct known *k, uint64_t key)
{
	uint32_t others = index_find(&k->syns, key);
	return others != INDEX_NONE && others < SYNS_ALIKE_MAX;
}

static bool
is_known(const struct known *k, const struct crowd_row *row)
{
	return index_find(&k->hosts, host_key(k, row->client)) != INDEX_NONE ||
		is_rare(k, isn_key(k, row->isn)) ||
		(row->tsval != 0 && is_rare(k, stamp_key(k, row->tsval)));
}

/* Rows among which the translated twin of a SYN is looked for: it passes the same
 * host, some milliseconds later at most, and keeps what a translation leaves alone
 * (seen_twice.c). */
#define RECENT (1u << 16)

/* As often as one SYN may pass by under other names; what comes more often is what a
 * tool writes into all that it sends. */
#define TWINS_MAX 4

struct recent {
	uint64_t key;
	uint32_t row; /* the first with this key */
	uint32_t seen;
};

static void
twins_mark(struct recent *recent, struct crowd *c, uint32_t i, uint64_t key)
{
	struct recent *r = &recent[key & (RECENT - 1)];
	if (r->key != key || r->seen == 0) {
		*r = (struct recent){key, i, 1};
		return;
	}
	if (r->seen >= TWINS_MAX)
		return;
	r->seen++;
	crowd_row(c, r->row)->mark |= CROWD_WHOLE;
	crowd_row(c, i)->mark |= CROWD_WHOLE;
}

static uint64_t
twin_key(const struct known *k, const struct crowd_row *row)
{
	uint64_t marks = (uint64_t)row->tsval << 16 | row->ip_id;
	return hash_mix(row->isn ^ k->keys.a, marks ^ k->keys.b);
}

static void
crowd_mark(struct crowd *c, const struct known *k)
{
	struct recent *recent = memory_take(RECENT, sizeof *recent);
	for (uint32_t i = 0; i < c->count; i++) {
		struct crowd_row *row = crowd_row(c, i);
		if (crowd_ends_chunk(i))
			crowd_rest(c, i);
		if (row->kind == CROWD_TAKEN)
			continue;
		twins_mark(recent, c, i, twin_key(k, row));
		if (is_known(k, row))
			row->mark |= CROWD_WHOLE;
	}
	free(recent);
}

bool
settle_known_mark(struct vantage *vantages, size_t count,
	const struct event_list *events, struct hash_keys keys, struct store *s,
	struct error *e)
{
	struct known k = {.keys = keys};
	bool ok = hosts_read(&k, vantages, count, events, s, e);
	for (size_t v = 0; ok && v < count; v++) {
		if (vantages[v].crowd.count == 0)
			continue;
		syns_read(&k, vantages, count, v);
		crowd_mark(&vantages[v].crowd, &k);
		index_release(&k.syns);
	}
	index_release(&k.hosts);
	return ok;
}
