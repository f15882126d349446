/*
 * Server ports at which more fails than before, and since when: what somebody who
 * looks after a fleet wants to see first.
 */
#include <inttypes.h>
#include <string.h>

#include "batch/page.h"
#include "store/select.h"

#define ROWS_MAX 50

/* The case of that day in which most of the service's attempts failed. */
#define WORST_CASE(column)                                                   \
	"(SELECT c." column " FROM day_service d JOIN case_result c ON c.id" \
	" = d.case_id WHERE d.day = w.day AND d.server_ip = w.server_ip AND" \
	" d.server_port = w.server_port AND c.duplicate_of IS NULL"          \
	" ORDER BY d.failed DESC, c.id LIMIT 1)"

#define POINT(X)                                        \
	X(WORD, service, PAGE_SERVICE)                  \
	X(TEXT, cause, "cause")                         \
	X(WORD, date, "date(day * 86400, 'unixepoch')") \
	X(WORD, change, "change")                       \
	X(INT, failed_before, "failed_before")          \
	X(INT, attempts_before, "attempts_before")      \
	X(INT, failed, "failed")                        \
	X(INT, attempts, "attempts")                    \
	X(TEXT, folder, WORST_CASE("folder"))           \
	X(TEXT, name, WORST_CASE("name"))
STORE_SELECT(point, POINT)

/* What the words of change_point.change say of a service, or of a cause. */
static const char *
sentence(const struct point *w)
{
	static const struct {
		const char *id, *service, *cause;
	} words[] = {
		{"new", "attempts fail; none did before", "a new cause"},
		{"more", "more fail than before",
			"more fail by it than before"},
		{"back", "fails again; it had been gone",
			"back again; it had been gone"},
	};
	for (size_t i = 0; i < sizeof words / sizeof *words; i++)
		if (strcmp(words[i].id, w->change) == 0)
			return w->cause == NULL ? words[i].service
						: words[i].cause;
	return w->change;
}

/* "12 of 40". */
static void
add_share(struct page *p, int64_t failed, int64_t attempts)
{
	html_add(p->html, "<td class=\"n\">%jd of %jd</td>", (intmax_t)failed,
		(intmax_t)attempts);
}

static void
write_point(struct page *p, const struct point *w)
{
	html_add(p->html,
		"<tr><td>%s</td><td>%s</td><td><time>%s</time></td><td>%s</td>",
		w->service, w->cause == NULL ? "" : w->cause, w->date,
		sentence(w));
	add_share(p, w->failed_before, w->attempts_before);
	add_share(p, w->failed, w->attempts);
	html_add(p->html, "<td>");
	if (w->folder != NULL)
		page_link(p, w->folder, w->name);
	html_add(p->html, "</td></tr>\n");
}

void
page_worse(struct page *p)
{
	int64_t all = page_number(p, "SELECT count(*) FROM worse_now");
	if (all == 0)
		return;
	html_add(p->html,
		"<section id=\"worse\">\n<h2>Worse than before</h2>\n"
		"<p class=\"faint\">From that day on more of the captured "
		"attempts fail than on the days before of which there is a "
		"case, and it did not get better since. Chance would show one "
		"such row in twenty archives in which nothing changed. What "
		"got "
		"better is in the table change_point of index.sqlite.</p>\n");
	if (all > ROWS_MAX)
		html_add(p->html,
			"<p class=\"faint\">The first %d of %jd; all are in "
			"the view worse_now of index.sqlite.</p>\n",
			ROWS_MAX, (intmax_t)all);
	table_begin(p->html, "sort", "Worse than before",
		"Server|Cause|Since|What|#Failed before|#Failed that "
		"day|Report");
	sqlite3_stmt *stmt = page_query(p,
		"SELECT 0" STORE_COLUMNS(
			POINT) " FROM worse_now w ORDER BY"
			       " max(failed) OVER (PARTITION BY server_ip,"
			       " server_port) DESC, server_ip, server_port,"
			       " cause, day DESC LIMIT :max");
	page_bind_int(stmt, ":max", ROWS_MAX);
	while (page_next(p, stmt)) {
		struct point row = point_of(stmt);
		write_point(p, &row);
	}
	table_end(p->html);
	html_add(p->html, "</section>\n");
}
