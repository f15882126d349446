/*
 * The two captures of a pair are gone through in turn: the earlier one's rows fill an
 * index, the later one's are looked up. An index of all of them might not fit, so
 * that each pass takes the rows of one part of the keys.
 *
 * Keys are 64 bits under secrets: among 50 million rows at both ends two unlike ones
 * have the same once in 7,000 floods, and settle_links_agree tells them apart.
 */
#include "stitch/settle_links.h"

#include <stdlib.h>

#include "base/arena.h"
#include "stitch/index.h"
#include "stitch/match.h"

/* Rows in an index: 512 MB with it half full. */
#define ROWS_PER_PASS (UINT32_C(1) << 24)

/* Rows whose places in the index are fetched while others are looked at. */
#define AHEAD 16

#define NEXT_VANTAGE_SHIFT 28

enum link_kind { LINK_TUPLE, LINK_NUMBER, LINK_MARKS, LINK_KINDS };

struct linker {
	struct settle_links *links;
	struct vantage *vantages;
	struct hash_keys keys;
	/* The hash of each kind's server, for each vantage; owned. */
	uint64_t **servers;
	enum link_kind kind;
	uint64_t passes; /* parts of the keys */
	uint64_t pass;
};

/* What the row is linked by; false where it has no such thing. */
static bool
key_of(const struct linker *x, size_t v, const struct crowd_row *row,
	uint64_t *key)
{
	uint64_t stamp = row->tsval;
	switch (x->kind) {
	case LINK_TUPLE:
		*key = hash_endpoint(x->keys, row->client, row->client_port) +
			x->servers[v][row->kind];
		return true;
	case LINK_NUMBER:
		*key = hash_mix(
			(stamp << 32 | row->isn) ^ x->keys.a, x->keys.b);
		return true;
	default:
		*key = hash_mix(
			(stamp << 16 | row->ip_id) ^ x->keys.b, ~x->keys.a);
		return stamp != 0 && row->ip_id != 0;
	}
}

static bool
is_of_pass(const struct linker *x, uint64_t key)
{
	return (key >> 40) % x->passes == x->pass;
}

static uint32_t
rows_of(const struct vantage *v)
{
	uint32_t count = v->crowd.count;
	return count < SETTLE_LINK_ROWS ? count : SETTLE_LINK_ROWS;
}

/* A row that may have one to follow, or one to follow. */
static bool
is_open(const struct linker *x, size_t v, uint32_t i, bool later,
	const struct crowd_row *row)
{
	if (row->kind == CROWD_TAKEN)
		return false;
	return later ? !(row->mark & CROWD_BEHIND) : x->links->next[v][i] == 0;
}

/* Called for each open row of this pass with its key. */
typedef void row_fn(struct linker *x, struct index *rows, size_t v, size_t w,
	uint32_t i, uint64_t key);

static void
row_add(struct linker *x, struct index *rows, size_t v, size_t w, uint32_t i,
	uint64_t key)
{
	(void)x;
	(void)v;
	(void)w;
	index_add_unique(rows, key, i);
}

static void
row_link(struct linker *x, struct index *rows, size_t v, size_t w, uint32_t i,
	uint64_t key)
{
	uint32_t before = index_find(rows, key);
	if (before == INDEX_NONE || before == INDEX_MANY ||
		x->links->next[v][before] != 0)
		return;
	x->links->next[v][before] = (uint32_t)w << NEXT_VANTAGE_SHIFT | i;
	crowd_row(&x->vantages[w].crowd, i)->mark |= CROWD_BEHIND;
}

/* Rows wait here for their places in the index. */
struct waiting {
	uint32_t row[AHEAD];
	uint64_t key[AHEAD];
	size_t count;
};

static void
waiting_do(struct waiting *q, struct linker *x, struct index *rows, size_t v,
	size_t w, row_fn *act)
{
	for (size_t i = 0; i < q->count; i++)
		act(x, rows, v, w, q->row[i], q->key[i]);
	q->count = 0;
}

/* One pass through the rows of v, or of w for those that follow. */
static void
pass_rows(struct linker *x, struct index *rows, size_t v, size_t w, bool later,
	row_fn *act)
{
	size_t at = later ? w : v;
	const struct crowd *c = &x->vantages[at].crowd;
	uint32_t count = rows_of(&x->vantages[at]);
	struct waiting q = {.count = 0};
	for (uint32_t i = 0; i < count; i++) {
		const struct crowd_row *row = crowd_row(c, i);
		uint64_t key;
		if (is_open(x, at, i, later, row) && key_of(x, at, row, &key) &&
			is_of_pass(x, key)) {
			index_prefetch(rows, key);
			q.row[q.count] = i;
			q.key[q.count++] = key;
		}
		if (q.count == AHEAD)
			waiting_do(&q, x, rows, v, w, act);
		if (crowd_ends_chunk(i)) {
			waiting_do(&q, x, rows, v, w, act);
			crowd_rest(c, i);
		}
	}
	waiting_do(&q, x, rows, v, w, act);
}

static uint64_t
count_open(const struct linker *x, size_t v)
{
	const struct crowd *c = &x->vantages[v].crowd;
	uint64_t n = 0;
	for (uint32_t i = 0; i < rows_of(&x->vantages[v]); i++) {
		n += is_open(x, v, i, false, crowd_row(c, i));
		if (crowd_ends_chunk(i))
			crowd_rest(c, i);
	}
	return n;
}

static void
link_pair(struct linker *x, size_t v, size_t w)
{
	uint64_t open = count_open(x, v);
	x->passes = open / ROWS_PER_PASS + 1;
	for (x->pass = 0; open > 0 && x->pass < x->passes; x->pass++) {
		struct index rows;
		/* A sixteenth more, for parts are not equal. */
		index_init(&rows, open / x->passes + open / 16 + 64);
		pass_rows(x, &rows, v, w, false, row_add);
		pass_rows(x, &rows, v, w, true, row_link);
		index_release(&rows);
	}
}

static void
servers_hash(struct linker *x, size_t count)
{
	x->servers = memory_take(count, sizeof *x->servers);
	for (size_t v = 0; v < count; v++) {
		const struct crowd *c = &x->vantages[v].crowd;
		x->servers[v] = memory_take(
			(size_t)c->kinds_count + 1, sizeof **x->servers);
		for (uint32_t i = 0; i < c->kinds_count; i++)
			x->servers[v][i] = 3 *
				hash_endpoint(x->keys, c->kinds[i].server,
					c->kinds[i].server_port);
	}
}

void
settle_links_find(struct settle_links *l, struct vantage *vantages,
	size_t count, struct hash_keys keys)
{
	struct linker x = {.links = l, .vantages = vantages, .keys = keys};
	*l = (struct settle_links){
		.count = count, .next = memory_take(count, sizeof *l->next)};
	size_t crowds = 0;
	for (size_t v = 0; v < count; v++)
		crowds += vantages[v].crowd.count > 0;
	if (crowds < 2)
		return;
	for (size_t v = 0; v < count; v++)
		l->next[v] = memory_take(
			(size_t)rows_of(&vantages[v]) + 1, sizeof **l->next);
	servers_hash(&x, count);
	for (int kind = 0; kind < LINK_KINDS; kind++)
		for (size_t v = 0; v < count; v++)
			for (size_t w = v + 1; w < count; w++) {
				x.kind = (enum link_kind)kind;
				if (vantages[w].crowd.count > 0)
					link_pair(&x, v, w);
			}
	for (size_t v = 0; v < count; v++)
		free(x.servers[v]);
	free(x.servers);
}

void
settle_links_release(struct settle_links *l)
{
	for (size_t v = 0; v < l->count; v++)
		free(l->next[v]);
	free(l->next);
	*l = (struct settle_links){0};
}

bool
settle_links_next(const struct settle_links *l, size_t vantage, uint32_t row,
	size_t *next_vantage, uint32_t *next_row)
{
	if (l->next[vantage] == NULL || row >= SETTLE_LINK_ROWS ||
		l->next[vantage][row] == 0)
		return false;
	*next_vantage = l->next[vantage][row] >> NEXT_VANTAGE_SHIFT;
	*next_row = l->next[vantage][row] &
		((UINT32_C(1) << NEXT_VANTAGE_SHIFT) - 1);
	return true;
}

/* Of one copy each, all that is compared is the same. */
static bool
is_same_syn(const struct sighting *a, const struct sighting *b)
{
	return a->syn_options == b->syn_options && a->wscale == b->wscale &&
		a->window == b->window &&
		a->syn_tsval_first == b->syn_tsval_first &&
		!((a->flags | b->flags) & SIGHTING_SYN_CUT);
}

bool
settle_links_agree(const struct sighting *a, const struct sighting *b)
{
	int64_t apart = clock_sub(a->first_ns, b->first_ns);
	bool tuple = match_same_tuple(a, b);
	if (tuple && a->isn == b->isn)
		return true;
	if (!is_same_syn(a, b))
		return false;
	if (tuple)
		return a->syn_tsval_first != 0 ||
			(apart < MATCH_TUPLE_TIME_NS &&
				-apart < MATCH_TUPLE_TIME_NS);
	if (a->isn == b->isn)
		return a->syn_tsval_first != 0 ||
			a->client_port == b->client_port ||
			a->server_port == b->server_port ||
			ip_equal(a->client, b->client) ||
			ip_equal(a->server, b->server);
	return a->syn_tsval_first != 0 &&
		a->syn_ip_id_first == b->syn_ip_id_first &&
		a->syn_ip_id_first != 0;
}
