/*
 * Change points of all server ports, from the view share_over_time.
 *
 * Costs: a sort of the days of services at which something failed, and for each
 * of them up to SHARE_EXACT_MAX steps; COMPARISONS_MAX of them at most.
 */
#include "batch/change_point.h"

#include "batch/index_db.h"
#include "store/select.h"

/* Days compared in one index at most. Each costs up to SHARE_EXACT_MAX steps, and
 * an archive may be made to have more of them than there is time. */
#define COMPARISONS_MAX 100000

const char *
change_id(enum change change)
{
	static const char *const ids[] = {
		[CHANGE_NONE] = "",
		[CHANGE_NEW] = "new",
		[CHANGE_MORE] = "more",
		[CHANGE_BACK] = "back",
		[CHANGE_FEWER] = "fewer",
		[CHANGE_GONE] = "gone",
	};
	return ids[change];
}

/* The word for a difference that shows. */
static enum change
word_of(const struct change_history *h, struct share day, enum share_word shown)
{
	if (shown == SHARE_FEWER)
		return day.failed == 0 ? CHANGE_GONE : CHANGE_FEWER;
	if (h->since.failed > 0)
		return CHANGE_MORE;
	return h->ever ? CHANGE_BACK : CHANGE_NEW;
}

enum change
change_next(struct change_history *h, struct share day, int comparisons,
	struct share *before, double *p)
{
	struct share_change c;
	enum change change = CHANGE_NONE;
	*before = h->since;
	share_compare(h->since, day, comparisons, &c);
	*p = c.p;
	if (c.word == SHARE_FEWER || c.word == SHARE_MORE) {
		change = word_of(h, day, c.word);
		h->since = day;
	} else {
		h->since.failed += day.failed;
		h->since.attempts += day.attempts;
	}
	h->ever |= day.failed > 0;
	return change;
}

/* A day of a series: of a server port, or of one cause there (cause is not NULL
 * then). Series are numbered from 1 in the order of the rows. */
#define SHARE_DAY(X)                                                          \
	X(INT, series,                                                        \
		"dense_rank() OVER (ORDER BY server_ip, server_port, cause)") \
	X(WORD, server_ip, "server_ip")                                       \
	X(INT, server_port, "server_port")                                    \
	X(TEXT, cause, "cause")                                               \
	X(INT, day, "day")                                                    \
	X(INT, failed, "failed")                                              \
	X(INT, attempts, "attempts")
STORE_SELECT(share_day, SHARE_DAY)

/* One row of change_point. */
static bool
put(sqlite3_stmt *out, const struct share_day *d, enum change change,
	struct share before, double p, struct error *e)
{
	sqlite3_clear_bindings(out);
	store_bind_text(out, ":ip", d->server_ip);
	store_bind_int(out, ":port", d->server_port);
	store_bind_text(out, ":cause", d->cause);
	store_bind_int(out, ":day", d->day);
	store_bind_text(out, ":change", change_id(change));
	store_bind_int(out, ":worse", change < CHANGE_FEWER);
	store_bind_int(out, ":failed_before", before.failed);
	store_bind_int(out, ":attempts_before", before.attempts);
	store_bind_int(out, ":failed", d->failed);
	store_bind_int(out, ":attempts", d->attempts);
	if (p >= 0)
		sqlite3_bind_double(
			out, sqlite3_bind_parameter_index(out, ":p"), p);
	return index_step(out, e);
}

/* How many days have one before them in their series; what is beyond the bound
 * is not compared, and meta says so. */
static bool
count_comparisons(sqlite3 *db, int64_t *count, struct error *e)
{
	sqlite3_stmt *stmt = index_prepare(db,
		"SELECT count(*) - count(DISTINCT server_ip || ' ' ||"
		" server_port || ' ' || coalesce(cause, ''))"
		" FROM share_over_time",
		e);
	if (stmt == NULL)
		return false;
	bool ok = sqlite3_step(stmt) == SQLITE_ROW;
	*count = ok ? sqlite3_column_int64(stmt, 0) : 0;
	sqlite3_finalize(stmt);
	if (!ok)
		return index_error(db, "reading", e);
	if (*count <= COMPARISONS_MAX)
		return true;
	char sql[128];
	snprintf(sql, sizeof sql,
		"INSERT INTO meta (key, value) VALUES"
		" ('days_not_compared', '%lld')",
		(long long)(*count - COMPARISONS_MAX));
	*count = COMPARISONS_MAX;
	return index_exec(db, sql, e);
}

/* The days in order; each series begins with nothing known. */
static bool
go_through(sqlite3_stmt *days, sqlite3_stmt *out, int64_t comparisons,
	struct error *e)
{
	struct change_history h = {0};
	int64_t series = 0, done = 0;
	bool ok = true;
	while (ok && done < comparisons && sqlite3_step(days) == SQLITE_ROW) {
		struct share_day d = share_day_of(days);
		struct share before;
		double p;
		if (d.series != series)
			h = (struct change_history){0};
		else
			done++;
		series = d.series;
		enum change change = change_next(&h,
			(struct share){d.failed, d.attempts},
			comparisons > 0 ? (int)comparisons : 1, &before, &p);
		if (change != CHANGE_NONE)
			ok = put(out, &d, change, before, p, e);
	}
	return ok;
}

bool
change_points_write(sqlite3 *db, struct error *e)
{
	int64_t comparisons;
	if (!count_comparisons(db, &comparisons, e))
		return false;
	sqlite3_stmt *days = index_prepare(db,
		"SELECT 0" STORE_COLUMNS(SHARE_DAY) " FROM share_over_time"
						    " ORDER BY server_ip,"
						    " server_port, cause, day",
		e);
	sqlite3_stmt *out = days == NULL
		? NULL
		: index_prepare(db,
			  "INSERT INTO change_point (server_ip, server_port,"
			  " cause, day, change, worse, failed_before,"
			  " attempts_before, failed, attempts, p) VALUES (:ip,"
			  " :port, :cause, :day, :change, :worse,"
			  " :failed_before, :attempts_before, :failed,"
			  " :attempts, :p)",
			  e);
	bool ok = out != NULL && go_through(days, out, comparisons, e);
	/* A query that was not read to its end is told by its reset. */
	if (ok && sqlite3_reset(days) != SQLITE_OK)
		ok = index_error(db, "reading", e);
	sqlite3_finalize(days);
	sqlite3_finalize(out);
	return ok;
}
