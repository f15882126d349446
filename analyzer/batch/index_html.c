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
#include "batch/inputs.h"
#include "batch/page.h"
#include "model/verdict.h"

/* Rows of a table at most; the rest is in index.sqlite. */
#define ROWS_MAX 5000
#define INCIDENTS_MAX 200
#define LINKS_MAX "10"

extern const struct embedded embedded_index_style[];
extern const struct embedded embedded_index_script[];

static void
add_name(struct page *p, const char *escaped)
{
	char *name = memory_copy(escaped);
	inputs_unescape(name);
	html_add(p->html, "<bdi>%s</bdi>", name);
	free(name);
}

static void
add_link(struct page *p, const char *folder, const char *name)
{
	html_add(p->html, "<a href=\"%s/report.html\">", folder);
	add_name(p, name);
	html_add(p->html, "</a>");
}

static void
add_time(struct page *p, sqlite3_stmt *stmt, int column)
{
	char text[CLOCK_TEXT_MAX];
	if (sqlite3_column_type(stmt, column) == SQLITE_NULL)
		html_add(p->html, "<td></td>");
	else
		html_add(p->html, "<td><time>%s</time></td>",
			clock_format(
				sqlite3_column_int64(stmt, column), 0, text));
}

static void
say_cut(struct page *p, int64_t all, int64_t shown)
{
	if (all > shown)
		html_add(p->html,
			"<p class=\"faint\">The first %jd of %jd; all are in "
			"index.sqlite.</p>\n",
			(intmax_t)shown, (intmax_t)all);
}

static void
write_top(struct page *p)
{
	html_add(p->html,
		"<header>\n<h1>%jd of %jd cases have failed attempts</h1>\n",
		(intmax_t)page_number(
			p, "SELECT count(*) FROM case_result WHERE failed > 0"),
		(intmax_t)page_number(p, "SELECT count(*) FROM case_result"));
	sqlite3_stmt *stmt = page_query(p,
		"SELECT sum(attempts), sum(failed), sum(undetermined),"
		" sum(outcome = 'unusable'),"
		" sum(outcome NOT IN ('done', 'unusable')),"
		" (SELECT value FROM meta WHERE key = 'unplaced')"
		" FROM case_result");
	while (page_next(p, stmt))
		html_add(p->html,
			"<p>Attempts: %jd, failed: %jd, undetermined: %jd. "
			"Cases without usable evidence: %jd, not analysed: "
			"%jd. <a href=\"unplaced.txt\">Files that belong to "
			"no case</a>: %s.</p>\n",
			(intmax_t)sqlite3_column_int64(stmt, 0),
			(intmax_t)sqlite3_column_int64(stmt, 1),
			(intmax_t)sqlite3_column_int64(stmt, 2),
			(intmax_t)sqlite3_column_int64(stmt, 3),
			(intmax_t)sqlite3_column_int64(stmt, 4),
			page_text(stmt, 5));
	html_add(p->html, "</header>\n<main>\n");
}

/* The cases of one incident, most attempts first. */
static void
write_incident_cases(struct page *p, sqlite3_stmt *incident)
{
	sqlite3_stmt *stmt = page_query(p,
		"SELECT c.folder, c.name FROM failure f"
		" JOIN case_result c ON c.id = f.case_id"
		" WHERE f.server_ip = ?1 AND f.server_port = ?2"
		" AND f.verdict = ?3 AND f.cause = ?4"
		" ORDER BY f.attempts DESC, c.id LIMIT " LINKS_MAX);
	for (int i = 0; stmt != NULL && i < 4; i++)
		sqlite3_bind_value(
			stmt, i + 1, sqlite3_column_value(incident, i));
	html_add(p->html, "<td><ul>");
	while (page_next(p, stmt)) {
		html_add(p->html, "<li>");
		add_link(p, page_text(stmt, 0), page_text(stmt, 1));
		html_add(p->html, "</li>");
	}
	html_add(p->html, "</ul></td></tr>\n");
}

static void
write_incident(struct page *p, sqlite3_stmt *stmt)
{
	const char *ip = page_text(stmt, 0);
	bool six = strchr(ip, ':') != NULL;
	html_add(p->html, "<tr><td>%s%s%s:%jd</td><td>%s</td><td>%s</td>",
		six ? "[" : "", ip, six ? "]" : "",
		(intmax_t)sqlite3_column_int64(stmt, 1), page_text(stmt, 2),
		page_text(stmt, 3));
	html_add(p->html, "<td class=\"n\">%jd</td><td class=\"n\">%jd</td>",
		(intmax_t)sqlite3_column_int64(stmt, 4),
		(intmax_t)sqlite3_column_int64(stmt, 5));
	add_time(p, stmt, 6);
	add_time(p, stmt, 7);
	write_incident_cases(p, stmt);
}

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
		"SELECT * FROM incident ORDER BY verdict = "
		"'" VERDICT_UNDETERMINED "',"
		" cases DESC, attempts DESC,"
		" server_ip, server_port, verdict, cause LIMIT ?1");
	sqlite3_bind_int64(stmt, 1, INCIDENTS_MAX);
	while (page_next(p, stmt))
		write_incident(p, stmt);
	table_end(p->html);
	html_add(p->html, "</section>\n");
}

/* "verdict (confidence)"; a dash where there is none. */
static void
add_word(struct page *p, sqlite3_stmt *stmt, int word, int sure)
{
	if (sqlite3_column_type(stmt, word) == SQLITE_NULL)
		html_add(p->html, "<td>not found</td>");
	else if (sure < 0)
		html_add(p->html, "<td>%s</td>", page_text(stmt, word));
	else
		html_add(p->html, "<td>%s (%s)</td>", page_text(stmt, word),
			page_text(stmt, sure));
}

/* Columns: folder, name, what, before, its confidence, after, its confidence,
 * attempts before and after. */
static void
write_change(struct page *p, sqlite3_stmt *stmt)
{
	html_add(p->html, "<tr><td>");
	add_link(p, page_text(stmt, 0), page_text(stmt, 1));
	html_add(p->html, "</td><td>%s</td>", page_text(stmt, 2));
	bool verdict = sqlite3_column_type(stmt, 4) != SQLITE_NULL;
	add_word(p, stmt, 3, verdict ? 4 : -1);
	add_word(p, stmt, 5, verdict ? 6 : -1);
	html_add(p->html,
		"<td class=\"n\">%jd</td><td class=\"n\">%jd</td></tr>\n",
		(intmax_t)sqlite3_column_int64(stmt, 7),
		(intmax_t)sqlite3_column_int64(stmt, 8));
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
	sqlite3_stmt *stmt = page_query(p,
		"SELECT c.folder, c.name, 'verdict', v.before,"
		" v.confidence_before, v.after, v.confidence_after, v.attempts,"
		" v.attempts, c.id AS at FROM verdict_change v"
		" JOIN case_result c ON c.id = v.case_id UNION ALL"
		" SELECT c.folder, c.name, 'cause ' || f.cause ||"
		" iif(f.host = '', '', ', ' || f.host), f.before, NULL,"
		" f.after, NULL, f.attempts_before, f.attempts_after, c.id"
		" FROM finding_change f JOIN case_result c ON c.id = f.case_id"
		" ORDER BY at, 3, 4, 5, 6, 7 LIMIT ?1");
	sqlite3_bind_int64(stmt, 1, ROWS_MAX);
	while (page_next(p, stmt))
		write_change(p, stmt);
	table_end(p->html);
	html_add(p->html, "</section>\n");
}

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
		"SELECT name, outcome, status, signal, reason, folder"
		" FROM not_analysed ORDER BY id LIMIT ?1");
	sqlite3_bind_int64(stmt, 1, ROWS_MAX);
	while (page_next(p, stmt)) {
		int64_t signal = sqlite3_column_int64(stmt, 3);
		html_add(p->html, "<tr><td>");
		add_name(p, page_text(stmt, 0));
		html_add(p->html,
			"</td><td>%s</td><td class=\"n\">%s%jd</td><td>%s "
			"<a href=\"%s/stderr.txt\">stderr.txt</a></td></tr>\n",
			page_text(stmt, 1), signal ? "signal " : "",
			(intmax_t)(signal ? signal
					  : sqlite3_column_int64(stmt, 2)),
			page_text(stmt, 4), page_text(stmt, 5));
	}
	table_end(p->html);
	html_add(p->html, "</section>\n");
}

static void
write_case(struct page *p, sqlite3_stmt *stmt)
{
	int64_t failed = sqlite3_column_int64(stmt, 3);
	html_add(p->html, "<tr><td>");
	add_link(p, page_text(stmt, 0), page_text(stmt, 1));
	html_add(p->html,
		"</td><td class=\"n\">%jd</td><td class=\"n%s\">%jd</td>"
		"<td class=\"n\">%jd</td><td>%s</td><td>%s</td>",
		(intmax_t)sqlite3_column_int64(stmt, 2), failed ? " bad" : "",
		(intmax_t)failed, (intmax_t)sqlite3_column_int64(stmt, 4),
		page_text(stmt, 5), page_text(stmt, 6));
	add_time(p, stmt, 7);
	html_add(p->html, "</tr>\n");
}

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
		"SELECT c.folder, c.name, c.attempts, c.failed, c.undetermined,"
		" (SELECT group_concat(verdict || ' ' || attempts, ', ')"
		"  FROM (SELECT * FROM verdict_count WHERE case_id = c.id"
		"  ORDER BY attempts DESC, verdict)),"
		" (SELECT group_concat(cause || ' (' || confidence || ')',"
		"  ', ') FROM (SELECT * FROM cause_count WHERE"
		"  case_id = c.id AND confidence <> 'ruled-out'"
		"  ORDER BY attempts DESC, cause, confidence)), c.first_ns"
		" FROM case_result c WHERE c.outcome = 'done'"
		" ORDER BY c.failed DESC, c.undetermined DESC, c.id LIMIT ?1");
	sqlite3_bind_int64(stmt, 1, ROWS_MAX);
	while (page_next(p, stmt))
		write_case(p, stmt);
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
