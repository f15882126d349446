/*
 * Rows of the table event, one statement for all of them. The texts lie in the
 * list's arena, so nothing is copied.
 */
#include "stitch/event_rows.h"

#include "stitch/event_times.h"

/* Negative is "not known". */
static void
bind_known(sqlite3_stmt *stmt, int at, int64_t value)
{
	if (value < 0)
		sqlite3_bind_null(stmt, at);
	else
		sqlite3_bind_int64(stmt, at, value);
}

static void
bind_text(sqlite3_stmt *stmt, int at, const char *text)
{
	sqlite3_bind_text(stmt, at, text, -1, SQLITE_STATIC);
}

static void
bind_moment(sqlite3_stmt *stmt, const struct event_moment *m)
{
	for (int i = 6; i <= 8; i++)
		sqlite3_bind_null(stmt, i);
	if (!m->known)
		return;
	sqlite3_bind_int64(stmt, 6, m->logged_ns);
	sqlite3_bind_int64(stmt, 7, m->at_ns);
	sqlite3_bind_int64(stmt, 8, m->uncertainty_ns);
}

static bool
write_event(struct store *s, sqlite3_stmt *stmt, const struct event *ev,
	const struct event_moment *m, struct error *e)
{
	sqlite3_bind_int64(stmt, 1, ev->source);
	sqlite3_bind_int64(stmt, 2, (int64_t)ev->line);
	bind_text(stmt, 3, ev->name);
	bind_text(stmt, 4, ev->role);
	bind_text(stmt, 5, ev->host);
	bind_moment(stmt, m);
	sqlite3_bind_int64(stmt, 9, ev->count);
	sqlite3_bind_int(stmt, 10, ev->floor);
	bind_text(stmt, 11, ev->src);
	bind_known(stmt, 12, ev->src_port);
	bind_text(stmt, 13, ev->dst);
	bind_known(stmt, 14, ev->dst_port);
	bind_known(stmt, 15, ev->protocol);
	bind_known(stmt, 16, ev->ip_id);
	bind_known(stmt, 17, ev->seq);
	bind_text(stmt, 18, ev->fields != NULL ? ev->fields : "{}");
	bind_text(stmt, 19, ev->text);
	sqlite3_bind_int(stmt, 20, m->guessed);
	return store_step(s, stmt, e);
}

bool
event_rows_write(const struct stitch_case *k, const struct event_list *events,
	struct store *s, uint64_t *twice, struct error *e)
{
	*twice = 0;
	if (events->count == 0)
		return true;
	sqlite3_stmt *stmt = store_prepare(s,
		"INSERT INTO event VALUES (NULL, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, "
		"?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
		e);
	struct event_clock *clock = event_clock_new(k, events);
	bool ok = stmt != NULL;
	for (size_t i = 0; ok && i < events->count; i++) {
		struct event_moment m;
		event_clock_resolve(clock, &events->list[i], &m);
		*twice += m.twice;
		ok = write_event(s, stmt, &events->list[i], &m, e);
	}
	event_clock_free(clock);
	sqlite3_finalize(stmt);
	return ok;
}
