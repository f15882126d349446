/*
 * One row for each name and outcome, in the order in which names were met.
 */
#include "stitch/lookup_rows.h"

#include "stitch/first_source.h"
#include "store/tables.h"

static int64_t
reference_ns(const struct stitch_case *k, size_t v, int64_t captured_ns)
{
	struct captured_time t = {captured_ns};
	return clock_to_reference(&k->maps[v], t).ns;
}

static bool
fate_write(const struct stitch_case *k, size_t v, const struct lookup *l,
	enum lookup_outcome o, int64_t source, struct store *s, struct error *e)
{
	const struct lookup_fate *f = &l->fates[o];
	char client[IP_TEXT_MAX];
	char resolver[IP_TEXT_MAX];
	struct store_lookup row = store_lookup_null;
	row.source = source;
	row.role = k->vantages[v].name;
	row.client = ip_format(l->client, client);
	row.name = l->name;
	row.outcome = lookup_outcome_id(o);
	row.resolver = ip_format(f->resolver, resolver);
	row.count = f->count;
	row.queries = f->queries;
	row.frame = f->frame;
	row.first_ns = reference_ns(k, v, f->first_ns);
	row.last_ns = reference_ns(k, v, f->last_ns);
	return store_insert_lookup(s, &row, e);
}

static bool
vantage_write(const struct stitch_case *k, size_t v, int64_t source,
	struct store *s, struct error *e)
{
	const struct vantage *x = &k->vantages[v];
	bool ok = true;
	for (uint32_t i = 0; ok && i < x->lookups_count; i++)
		for (int o = 0; ok && o < LOOKUP_OUTCOMES; o++)
			if (x->lookups[i].fates[o].count > 0)
				ok = fate_write(k, v, &x->lookups[i],
					(enum lookup_outcome)o, source, s, e);
	return ok;
}

bool
lookup_rows_write(const struct stitch_case *k, struct store *s, struct error *e)
{
	bool ok = true;
	for (size_t v = 0; ok && v < k->count; v++) {
		int64_t source = STORE_NULL;
		if (k->vantages[v].lookups_count > 0)
			ok = first_source(&k->vantages[v], s, &source, e);
		if (ok && source != STORE_NULL)
			ok = vantage_write(k, v, source, s, e);
	}
	return ok;
}
