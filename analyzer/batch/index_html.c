/*
 * index.html: what an archive came to, most pressing first.
 *
 * Tables are written most pressing first; the longest ones are cut, and say so.
 * Names are in percent-escapes in the index; for people they are undone again
 * and then made harmless like all text from outside.
 */
#include "batch/index.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "batch/index_db.h"
#include "batch/inputs.h"
#include "batch/page.h"
#include "model/verdict.h"
#include "store/select.h"

/* Rows of a table at most; the rest is in index.sqlite. */
#define ROWS_MAX 5000
#define INCIDENTS_MAX 200
#define LINKS_MAX "10"

extern const struct embedded embedded_index_style[];
extern const struct embedded embedded_index_script[];

/* A cell with a time in UTC; an empty one when there is none. */
static void
add_time(struct page *p, int64_t ns)
{
	char text[CLOCK_TEXT_MAX];
	if (ns == CLOCK_UNKNOWN_NS)
		html_add(p->html, "<td></td>");
	else
		html_add(p->html, "<td><time>%s</time></td>",
			clock_format(ns, 0, text));
}

/* What a table leaves out is said above it, with where all of it is. */
static void
say_cut(struct page *p, int64_t all, int64_t shown)
{
	if (all > shown)
		html_add(p->html,
			"<p class=\"faint\">The first %jd of %jd; all are in "
			"index.sqlite.</p>\n",
			(intmax_t)shown, (intmax_t)all);
}

/* Sums over all cases. unplaced is a text, as meta holds texts. */
#define TOP(X)                                                             \
	X(INT, attempts, "sum(attempts * (duplicate_of IS NULL))")         \
	X(INT, failed, "sum(failed * (duplicate_of IS NULL))")             \
	X(INT, undetermined, "sum(undetermined * (duplicate_of IS NULL))") \
	X(INT, unusable, "sum(outcome = 'unusable')")                      \
	X(INT, not_analysed, "sum(outcome NOT IN ('done', 'unusable'))")   \
	X(WORD, unplaced, "(SELECT value FROM meta WHERE key = 'unplaced')")
STORE_SELECT(top, TOP)

/* Said only where there are some: else it is a riddle. */
static void
write_duplicates(struct page *p)
{
	int64_t all = page_number(p, "SELECT count(*) FROM duplicate");
	if (all > 0)
		html_add(p->html,
			"<p id=\"duplicates\">Cases with the same evidence as "
			"another one: %jd; it is counted once everywhere but "
			"in their own rows.</p>\n",
			(intmax_t)all);
}

/* Each of them has the failures of the whole. */
static void
write_parts(struct page *p)
{
	int64_t cases = page_number(p,
		"SELECT count(*) FROM case_result WHERE part_of IS NOT NULL");
	if (cases > 0)
		html_add(p->html,
			"<p id=\"parts\">Cases that show the connections of "
			"another one, as the ends of one incident do: %jd; "
			"each "
			"is counted. <code>--case FOLDER</code> makes one case "
			"of a folder.</p>\n",
			(intmax_t)cases);
}

/* What the archive came to, in two sentences. Files that belong to no case are
 * named at once: they may be the evidence that somebody misses. */
static void
write_top(struct page *p)
{
	html_add(p->html,
		"<header>\n<h1>%jd of %jd cases have failed attempts</h1>\n",
		(intmax_t)page_number(p,
			"SELECT count(*) FROM case_result WHERE failed > 0"
			" AND duplicate_of IS NULL"),
		(intmax_t)page_number(p,
			"SELECT count(*) FROM case_result"
			" WHERE duplicate_of IS NULL"));
	sqlite3_stmt *stmt = page_query(
		p, "SELECT 0" STORE_COLUMNS(TOP) " FROM case_result");
	while (page_next(p, stmt)) {
		struct top row = top_of(stmt);
		html_add(p->html,
			"<p>Attempts: %jd, failed: %jd, undetermined: %jd. "
			"Cases without usable evidence: %jd, not analysed: "
			"%jd. <a href=\"unplaced.txt\">Files that belong to "
			"no case</a>: %s.</p>\n",
			(intmax_t)row.attempts, (intmax_t)row.failed,
			(intmax_t)row.undetermined, (intmax_t)row.unusable,
			(intmax_t)row.not_analysed, row.unplaced);
	}
	write_duplicates(p);
	write_parts(p);
	html_add(p->html, "</header>\n<main>\n");
}

/* One failing service: how many cases and attempts share server, port, verdict
 * and cause; cause is "" where none was found. */
#define INCIDENT(X)                        \
	X(WORD, server_ip, "server_ip")    \
	X(INT, server_port, "server_port") \
	X(WORD, verdict, "verdict")        \
	X(WORD, cause, "cause")            \
	X(INT, cases, "cases")             \
	X(INT, attempts, "attempts")       \
	X(TIME, first_ns, "first_ns")      \
	X(TIME, last_ns, "last_ns")
STORE_SELECT(incident, INCIDENT)

/* folder is relative to the page ("cases/..."). */
#define LINK(X)                     \
	X(WORD, folder, "c.folder") \
	X(WORD, name, "c.name")
STORE_SELECT(link, LINK)

/* The cases of one incident, most attempts first. */
static void
write_incident_cases(struct page *p, const struct incident *i)
{
	sqlite3_stmt *stmt = page_query(p,
		"SELECT 0" STORE_COLUMNS(
			LINK) " FROM failure f"
			      " JOIN case_result c ON c.id = f.case_id"
			      " WHERE f.server_ip = :ip AND f.server_port = "
			      ":port"
			      " AND f.verdict = :verdict AND f.cause = :cause"
			      " AND c.duplicate_of IS NULL"
			      " ORDER BY f.attempts DESC, c.id "
			      "LIMIT " LINKS_MAX);
	page_bind_text(stmt, ":ip", i->server_ip);
	page_bind_int(stmt, ":port", i->server_port);
	page_bind_text(stmt, ":verdict", i->verdict);
	page_bind_text(stmt, ":cause", i->cause);
	html_add(p->html, "<td><ul>");
	while (page_next(p, stmt)) {
		struct link row = link_of(stmt);
		html_add(p->html, "<li>");
		page_link(p, row.folder, row.name);
		html_add(p->html, "</li>");
	}
	html_add(p->html, "</ul></td></tr>\n");
}

/* One row: a server's port, what went wrong there and in how many cases. The
 * address of IPv6 stands in brackets, as in a URL. */
static void
write_incident(struct page *p, const struct incident *i)
{
	bool six = strchr(i->server_ip, ':') != NULL;
	html_add(p->html, "<tr><td>%s%s%s:%jd</td><td>%s</td><td>%s</td>",
		six ? "[" : "", i->server_ip, six ? "]" : "",
		(intmax_t)i->server_port, i->verdict, i->cause);
	html_add(p->html, "<td class=\"n\">%jd</td><td class=\"n\">%jd</td>",
		(intmax_t)i->cases, (intmax_t)i->attempts);
	add_time(p, i->first_ns);
	add_time(p, i->last_ns);
	write_incident_cases(p, i);
}

/* What recurs over the cases, which is what a reader of a hundred reports wants
 * to know first. Nothing is written where nothing failed. */
static void
write_incidents(struct page *p)
{
	int64_t all = page_number(p, "SELECT count(*) FROM incident");
	if (all == 0)
		return;
	html_add(p->html,
		"<section id=\"incidents\">\n<h2>The same thing again</h2>\n"
		"<p class=\"faint\">Failed and undetermined attempts by "
		"server, "
		"verdict and cause; what recurs in most cases first, the "
		"undetermined last.</p>\n");
	say_cut(p, all, INCIDENTS_MAX);
	table_begin(p->html, "sort", "The same thing again",
		"Server|Verdict|Cause|#Cases|#Attempts|First|Last|Reports (at "
		"most " LINKS_MAX ")");
	sqlite3_stmt *stmt = page_query(p,
		"SELECT 0" STORE_COLUMNS(
			INCIDENT) " FROM incident"
				  " ORDER BY verdict = '" VERDICT_UNDETERMINED
				  "',"
				  " cases DESC, attempts DESC,"
				  " server_ip, server_port, verdict, cause "
				  "LIMIT :max");
	page_bind_int(stmt, ":max", INCIDENTS_MAX);
	while (page_next(p, stmt)) {
		struct incident row = incident_of(stmt);
		write_incident(p, &row);
	}
	table_end(p->html);
	html_add(p->html, "</section>\n");
}

/* What the rules before said of attempts or of a cause, and what those of today
 * say. A cause has no confidence beside it: its word is one. */
#define CHANGE(X)                                       \
	X(WORD, folder, "folder")                       \
	X(WORD, name, "name")                           \
	X(WORD, what, "what")                           \
	X(TEXT, before, "before")                       \
	X(TEXT, confidence_before, "confidence_before") \
	X(TEXT, after, "after")                         \
	X(TEXT, confidence_after, "confidence_after")   \
	X(INT, attempts_before, "attempts_before")      \
	X(INT, attempts_after, "attempts_after")
STORE_SELECT(change, CHANGE)

static const char changes_sql[] = "SELECT 0" STORE_COLUMNS(
	CHANGE) " FROM ("
		"SELECT case_id, 'verdict' AS what, before, confidence_before, "
		"after,"
		" confidence_after, attempts AS attempts_before,"
		" attempts AS attempts_after FROM verdict_change UNION ALL "
		"SELECT case_id, 'cause ' || cause || iif(host = '', '', ', ' "
		"|| host),"
		" before, NULL, after, NULL, attempts_before, attempts_after"
		" FROM finding_change) JOIN case_result c ON c.id = case_id"
		" ORDER BY c.id, what, before, confidence_before, after,"
		" confidence_after LIMIT :max";

/* "verdict (confidence)". */
static void
add_word(struct page *p, const char *word, const char *confidence)
{
	if (word == NULL)
		html_add(p->html, "<td>not found</td>");
	else if (confidence == NULL)
		html_add(p->html, "<td>%s</td>", word);
	else
		html_add(p->html, "<td>%s (%s)</td>", word, confidence);
}

/* One row: what the rules before said, and what those of today say instead. */
static void
write_change(struct page *p, const struct change *c)
{
	html_add(p->html, "<tr><td>");
	page_link(p, c->folder, c->name);
	html_add(p->html, "</td><td>%s</td>", c->what);
	add_word(p, c->before, c->confidence_before);
	add_word(p, c->after, c->confidence_after);
	html_add(p->html,
		"<td class=\"n\">%jd</td><td class=\"n\">%jd</td></tr>\n",
		(intmax_t)c->attempts_before, (intmax_t)c->attempts_after);
}

/* Where rules of today say something else than those before. */
static void
write_changes(struct page *p)
{
	int64_t judged = page_number(p,
		"SELECT count(*) FROM case_result WHERE rules_before IS NOT "
		"NULL");
	if (judged == 0)
		return;
	int64_t all = page_number(p,
		"SELECT (SELECT count(*) FROM verdict_change) +"
		" (SELECT count(*) FROM finding_change)");
	html_add(p->html,
		"<section id=\"changes\">\n<h2>Judged again: what changed"
		"</h2>\n<p class=\"faint\">Cases judged by other rules than "
		"before: %jd. Differences: %jd.</p>\n",
		(intmax_t)judged, (intmax_t)all);
	say_cut(p, all, ROWS_MAX);
	table_begin(p->html, "sort", "Judged again: what changed",
		"Case|What|Before|Now|#Attempts before|#Attempts now");
	sqlite3_stmt *stmt = page_query(p, changes_sql);
	page_bind_int(stmt, ":max", ROWS_MAX);
	while (page_next(p, stmt)) {
		struct change row = change_of(stmt);
		write_change(p, &row);
	}
	table_end(p->html);
	html_add(p->html, "</section>\n");
}

/* signal is 0 unless the analysis was ended by one; status is -1 then. */
#define FAULT(X)                    \
	X(WORD, name, "name")       \
	X(WORD, outcome, "outcome") \
	X(INT, status, "status")    \
	X(INT, signal, "signal")    \
	X(WORD, reason, "reason")   \
	X(WORD, folder, "folder")
STORE_SELECT(fault, FAULT)

/* One row of a case that gave no report, with its own words about the reason.
 * */
static void
write_fault(struct page *p, const struct fault *f)
{
	html_add(p->html, "<tr><td>");
	page_name(p, f->name);
	html_add(p->html,
		"</td><td>%s</td><td class=\"n\">%s%jd</td><td>%s "
		"<a href=\"%s/stderr.txt\">stderr.txt</a></td></tr>\n",
		f->outcome, f->signal ? "signal " : "",
		(intmax_t)(f->signal ? f->signal : f->status), f->reason,
		f->folder);
}

/* Cases that have no report stand above those that have one: what was not
 * looked at must not look healthy. */
static void
write_not_analysed(struct page *p)
{
	int64_t all = page_number(p, "SELECT count(*) FROM not_analysed");
	if (all == 0)
		return;
	html_add(p->html,
		"<section id=\"not-analysed\">\n<h2>Cases without a report"
		"</h2>\n");
	say_cut(p, all, ROWS_MAX);
	table_begin(p->html, "sort", "Cases without a report",
		"Case|How it ended|#Status|Why");
	sqlite3_stmt *stmt = page_query(p,
		"SELECT 0" STORE_COLUMNS(
			FAULT) " FROM not_analysed ORDER BY id LIMIT :max");
	page_bind_int(stmt, ":max", ROWS_MAX);
	while (page_next(p, stmt)) {
		struct fault row = fault_of(stmt);
		write_fault(p, &row);
	}
	table_end(p->html);
	html_add(p->html, "</section>\n");
}

/* verdicts and causes are one text each, the most attempts first, as a cell has
 * them; first_ns is absent where there was no attempt. */
#define CASE(X)                                                            \
	X(WORD, folder, "c.folder")                                        \
	X(WORD, name, "c.name")                                            \
	X(INT, attempts, "c.attempts")                                     \
	X(INT, failed, "c.failed")                                         \
	X(INT, undetermined, "c.undetermined")                             \
	X(WORD, verdicts,                                                  \
		"(SELECT group_concat(verdict || ' ' || attempts, ', ')"   \
		" FROM (SELECT * FROM verdict_count WHERE case_id = c.id"  \
		" ORDER BY attempts DESC, verdict))")                      \
	X(WORD, causes,                                                    \
		"(SELECT group_concat(cause || ' (' || confidence || ')'," \
		" ', ') FROM (SELECT * FROM cause_count WHERE"             \
		" case_id = c.id AND confidence <> 'ruled-out'"            \
		" ORDER BY attempts DESC, cause, confidence))")            \
	X(TIME, first_ns, "c.first_ns")                                    \
	X(TEXT, same_as,                                                   \
		"(SELECT name FROM case_result WHERE id = c.duplicate_of)")
STORE_SELECT(case_row, CASE)

/* One row of the long table: a link to the report and what it says. */
static void
write_case(struct page *p, const struct case_row *c)
{
	html_add(p->html, "<tr><td>");
	page_link(p, c->folder, c->name);
	if (c->same_as != NULL) {
		html_add(p->html, " <span class=\"faint\">same evidence as ");
		page_name(p, c->same_as);
		html_add(p->html, "</span>");
	}
	html_add(p->html,
		"</td><td class=\"n\">%jd</td><td class=\"n%s\">%jd</td>"
		"<td class=\"n\">%jd</td><td>%s</td><td>%s</td>",
		(intmax_t)c->attempts, c->failed ? " bad" : "",
		(intmax_t)c->failed, (intmax_t)c->undetermined, c->verdicts,
		c->causes);
	add_time(p, c->first_ns);
	html_add(p->html, "</tr>\n");
}

/* All cases with a report, those with the most failures first. */
static void
write_cases(struct page *p)
{
	int64_t all = page_number(
		p, "SELECT count(*) FROM case_result WHERE outcome = 'done'");
	html_add(p->html, "<section id=\"cases\">\n<h2>Cases</h2>\n");
	say_cut(p, all, ROWS_MAX);
	table_begin(p->html, "sort", "Cases",
		"Case|#Attempts|#Failed|#Undetermined|Verdicts|Causes|First "
		"attempt");
	sqlite3_stmt *stmt = page_query(p,
		"SELECT 0" STORE_COLUMNS(
			CASE) " FROM case_result c WHERE c.outcome = 'done'"
			      " ORDER BY c.failed DESC, c.undetermined DESC, "
			      "c.id"
			      " LIMIT :max");
	page_bind_int(stmt, ":max", ROWS_MAX);
	while (page_next(p, stmt)) {
		struct case_row row = case_row_of(stmt);
		write_case(p, &row);
	}
	table_end(p->html);
	html_add(p->html, "</section>\n");
}

bool
index_write_html(sqlite3 *db, FILE *out, struct error *e)
{
	const struct frame frame = {
		.title = "Index of cases",
		.style = &embedded_index_style[0],
		.script = &embedded_index_script[0],
	};
	struct page p = {.html = html_new(out, PAGE_TEXT_MAX), .db = db};
	frame_begin(p.html, &frame);
	write_top(&p);
	page_worse(&p);
	page_trend(&p);
	write_incidents(&p);
	write_changes(&p);
	write_not_analysed(&p);
	write_cases(&p);
	html_add(p.html,
		"</main>\n<footer>\n<p class=\"faint\">lostsyn %s. The same "
		"figures, and more, are in index.sqlite and index.ndjson."
		"</p>\n</footer>\n",
		LOSTSYN_VERSION);
	frame_end(p.html, &frame);
	html_free(p.html);
	return !p.failed || index_error(db, "reading", e);
}
