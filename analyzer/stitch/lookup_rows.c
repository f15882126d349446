/*
 * One row for each name and outcome, in the order in which names were met.
 */
#include "stitch/lookup_rows.h"

static int64_t
reference_ns(const struct stitch_case *k, size_t v, int64_t captured_ns)
{
	struct captured_time t = {captured_ns};
	return clock_to_reference(&k->maps[v], t).ns;
}

static bool
fate_write(const struct stitch_case *k, size_t v, const struct lookup *l,
	enum lookup_outcome o, sqlite3_stmt *stmt, struct store *s,
	struct error *e)
{
	const struct lookup_fate *f = &l->fates[o];
	char client[IP_TEXT_MAX];
	char resolver[IP_TEXT_MAX];
	sqlite3_bind_text(stmt, 1, k->vantages[v].name, -1, SQLITE_STATIC);
	sqlite3_bind_text(
		stmt, 2, ip_format(l->client, client), -1, SQLITE_TRANSIENT);
	sqlite3_bind_text(stmt, 3, l->name, -1, SQLITE_STATIC);
	sqlite3_bind_text(stmt, 4, lookup_outcome_id(o), -1, SQLITE_STATIC);
	sqlite3_bind_text(stmt, 5, ip_format(f->resolver, resolver), -1,
		SQLITE_TRANSIENT);
	sqlite3_bind_int64(stmt, 6, f->count);
	sqlite3_bind_int64(stmt, 7, f->queries);
	sqlite3_bind_int64(stmt, 8, f->frame);
	sqlite3_bind_int64(stmt, 9, reference_ns(k, v, f->first_ns));
	sqlite3_bind_int64(stmt, 10, reference_ns(k, v, f->last_ns));
	return store_step(s, stmt, e);
}

static bool
vantage_write(const struct stitch_case *k, size_t v, sqlite3_stmt *stmt,
	struct store *s, struct error *e)
{
	const struct vantage *x = &k->vantages[v];
	bool ok = true;
	for (uint32_t i = 0; ok && i < x->lookups_count; i++)
		for (int o = 0; ok && o < LOOKUP_OUTCOMES; o++)
			if (x->lookups[i].fates[o].count > 0)
				ok = fate_write(k, v, &x->lookups[i],
					(enum lookup_outcome)o, stmt, s, e);
	return ok;
}

bool
lookup_rows_write(const struct stitch_case *k, struct store *s, struct error *e)
{
	sqlite3_stmt *stmt = store_prepare(s,
		"INSERT INTO lookup SELECT min(s.id), ?1, ?2, ?3, ?4, ?5, ?6, "
		"?7, ?8, ?9, ?10 FROM source s JOIN vantage v "
		"ON v.id = s.vantage WHERE v.name = ?1 "
		"HAVING min(s.id) IS NOT NULL",
		e);
	bool ok = stmt != NULL;
	for (size_t v = 0; ok && v < k->count; v++)
		ok = vantage_write(k, v, stmt, s, e);
	sqlite3_finalize(stmt);
	return ok;
}
