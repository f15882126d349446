/*
 * Rows of the table event. The texts lie in the
 * list's arena, so nothing is copied.
 */
#include "stitch/event_rows.h"

#include "stitch/event_times.h"
#include "store/tables.h"

/* Negative is "not known". */
static int64_t
known(int64_t value)
{
	return value < 0 ? STORE_NULL : value;
}

static bool
write_event(struct store *s, const struct event *ev,
	const struct event_moment *m, struct error *e)
{
	struct store_event row = store_event_null;
	row.source = ev->source;
	row.line = (int64_t)ev->line;
	row.name = ev->name;
	row.role = ev->role;
	row.host = ev->host;
	if (m->known) {
		row.logged_ns = m->logged_ns;
		row.at_ns = m->at_ns;
		row.uncertainty_ns = m->uncertainty_ns;
	}
	row.count = ev->count;
	row.floor = ev->floor;
	row.src = ev->src;
	row.src_port = known(ev->src_port);
	row.dst = ev->dst;
	row.dst_port = known(ev->dst_port);
	row.protocol = known(ev->protocol);
	row.ip_id = known(ev->ip_id);
	row.seq = known(ev->seq);
	row.fields = ev->fields != NULL ? ev->fields : "{}";
	row.text = ev->text;
	row.guessed = m->guessed;
	return store_insert_event(s, &row, e);
}

bool
event_rows_write(const struct stitch_case *k, const struct event_list *events,
	struct store *s, uint64_t *twice, struct error *e)
{
	*twice = 0;
	if (events->count == 0)
		return true;
	struct event_clock *clock = event_clock_new(k, events);
	bool ok = true;
	for (size_t i = 0; ok && i < events->count; i++) {
		struct event_moment m;
		event_clock_resolve(clock, &events->list[i], &m);
		*twice += m.twice;
		ok = write_event(s, &events->list[i], &m, e);
	}
	event_clock_free(clock);
	return ok;
}
