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

/* Rows of a table at most; the rest is in index.sqlite. */
#define ROWS_MAX 5000
#define INCIDENTS_MAX 200
#define LINKS_MAX "10"

static void
add_name(struct page *p, const char *escaped)
{
	char *name = memory_copy(escaped);
	inputs_unescape(name);
	page_add(p, "<bdi>%s</bdi>", name);
	free(name);
}

static void
add_link(struct page *p, const char *folder, const char *name)
{
	page_add(p, "<a href=\"%s/report.html\">", folder);
	add_name(p, name);
	page_add(p, "</a>");
}

static void
add_time(struct page *p, sqlite3_stmt *stmt, int column)
{
	char text[CLOCK_TEXT_MAX];
	if (sqlite3_column_type(stmt, column) == SQLITE_NULL)
		page_add(p, "<td></td>");
	else
		page_add(p, "<td><time>%s</time></td>",
			clock_format(
				sqlite3_column_int64(stmt, column), 0, text));
}

static void
say_cut(struct page *p, int64_t all, int64_t shown)
{
	if (all > shown)
		page_add(p,
			"<p class=\"faint\">The first %jd of %jd; all are in "
			"index.sqlite.</p>\n",
			(intmax_t)shown, (intmax_t)all);
}

static void
write_top(struct page *p)
{
	page_add(p,
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
		page_add(p,
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
	page_add(p, "</header>\n<main>\n");
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
	page_add(p, "<td><ul>");
	while (page_next(p, stmt)) {
		page_add(p, "<li>");
		add_link(p, page_text(stmt, 0), page_text(stmt, 1));
		page_add(p, "</li>");
	}
	page_add(p, "</ul></td></tr>\n");
}

static void
write_incident(struct page *p, sqlite3_stmt *stmt)
{
	const char *ip = page_text(stmt, 0);
	bool six = strchr(ip, ':') != NULL;
	page_add(p, "<tr><td>%s%s%s:%jd</td><td>%s</td><td>%s</td>",
		six ? "[" : "", ip, six ? "]" : "",
		(intmax_t)sqlite3_column_int64(stmt, 1), page_text(stmt, 2),
		page_text(stmt, 3));
	page_add(p, "<td class=\"n\">%jd</td><td class=\"n\">%jd</td>",
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
	page_add(p,
		"<section id=\"incidents\">\n<h2>The same thing again</h2>\n"
		"<p class=\"faint\">Failed and undetermined attempts by "
		"server, "
		"verdict and cause; what recurs in most cases first, the "
		"undetermined last.</p>\n");
	say_cut(p, all, INCIDENTS_MAX);
	page_table(p,
		"<th>Server</th><th>Verdict</th><th>Cause</th>"
		"<th class=\"n\">Cases</th><th class=\"n\">Attempts</th>"
		"<th>First</th><th>Last</th><th>Reports (at most " LINKS_MAX
		")</th>");
	sqlite3_stmt *stmt = page_query(p,
		"SELECT * FROM incident ORDER BY verdict = 'undetermined',"
		" cases DESC, attempts DESC,"
		" server_ip, server_port, verdict, cause LIMIT ?1");
	sqlite3_bind_int64(stmt, 1, INCIDENTS_MAX);
	while (page_next(p, stmt))
		write_incident(p, stmt);
	page_table_end(p);
}

/* "verdict (confidence)"; a dash where there is none. */
static void
add_word(struct page *p, sqlite3_stmt *stmt, int word, int sure)
{
	if (sqlite3_column_type(stmt, word) == SQLITE_NULL)
		page_add(p, "<td>not found</td>");
	else if (sure < 0)
		page_add(p, "<td>%s</td>", page_text(stmt, word));
	else
		page_add(p, "<td>%s (%s)</td>", page_text(stmt, word),
			page_text(stmt, sure));
}

/* Columns: folder, name, what, before, its confidence, after, its confidence,
 * attempts before and after. */
static void
write_change(struct page *p, sqlite3_stmt *stmt)
{
	page_add(p, "<tr><td>");
	add_link(p, page_text(stmt, 0), page_text(stmt, 1));
	page_add(p, "</td><td>%s</td>", page_text(stmt, 2));
	bool verdict = sqlite3_column_type(stmt, 4) != SQLITE_NULL;
	add_word(p, stmt, 3, verdict ? 4 : -1);
	add_word(p, stmt, 5, verdict ? 6 : -1);
	page_add(p, "<td class=\"n\">%jd</td><td class=\"n\">%jd</td></tr>\n",
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
	page_add(p,
		"<section id=\"changes\">\n<h2>Judged again: what changed"
		"</h2>\n<p class=\"faint\">Cases judged by other rules than "
		"before: %jd. Differences: %jd.</p>\n",
		(intmax_t)judged, (intmax_t)all);
	say_cut(p, all, ROWS_MAX);
	page_table(p,
		"<th>Case</th><th>What</th><th>Before</th><th>Now</th>"
		"<th class=\"n\">Attempts before</th>"
		"<th class=\"n\">Attempts now</th>");
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
	page_table_end(p);
}

static void
write_not_analysed(struct page *p)
{
	int64_t all = page_number(p, "SELECT count(*) FROM not_analysed");
	if (all == 0)
		return;
	page_add(p,
		"<section id=\"not-analysed\">\n<h2>Cases without a report"
		"</h2>\n");
	say_cut(p, all, ROWS_MAX);
	page_table(p,
		"<th>Case</th><th>How it ended</th><th class=\"n\">Status</th>"
		"<th>Why</th>");
	sqlite3_stmt *stmt = page_query(p,
		"SELECT name, outcome, status, signal, reason, folder"
		" FROM not_analysed ORDER BY id LIMIT ?1");
	sqlite3_bind_int64(stmt, 1, ROWS_MAX);
	while (page_next(p, stmt)) {
		int64_t signal = sqlite3_column_int64(stmt, 3);
		page_add(p, "<tr><td>");
		add_name(p, page_text(stmt, 0));
		page_add(p,
			"</td><td>%s</td><td class=\"n\">%s%jd</td><td>%s "
			"<a href=\"%s/stderr.txt\">stderr.txt</a></td></tr>\n",
			page_text(stmt, 1), signal ? "signal " : "",
			(intmax_t)(signal ? signal
					  : sqlite3_column_int64(stmt, 2)),
			page_text(stmt, 4), page_text(stmt, 5));
	}
	page_table_end(p);
}

static void
write_case(struct page *p, sqlite3_stmt *stmt)
{
	int64_t failed = sqlite3_column_int64(stmt, 3);
	page_add(p, "<tr><td>");
	add_link(p, page_text(stmt, 0), page_text(stmt, 1));
	page_add(p,
		"</td><td class=\"n\">%jd</td><td class=\"n%s\">%jd</td>"
		"<td class=\"n\">%jd</td><td>%s</td><td>%s</td>",
		(intmax_t)sqlite3_column_int64(stmt, 2), failed ? " bad" : "",
		(intmax_t)failed, (intmax_t)sqlite3_column_int64(stmt, 4),
		page_text(stmt, 5), page_text(stmt, 6));
	add_time(p, stmt, 7);
	page_add(p, "</tr>\n");
}

static void
write_cases(struct page *p)
{
	int64_t all = page_number(
		p, "SELECT count(*) FROM case_result WHERE outcome = 'done'");
	page_add(p, "<section id=\"cases\">\n<h2>Cases</h2>\n");
	say_cut(p, all, ROWS_MAX);
	page_table(p,
		"<th>Case</th><th class=\"n\">Attempts</th>"
		"<th class=\"n\">Failed</th><th class=\"n\">Undetermined</th>"
		"<th>Verdicts</th><th>Causes</th><th>First attempt</th>");
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
	page_table_end(p);
}

bool
index_write_html(sqlite3 *db, FILE *out, struct error *e)
{
	struct page p = {.out = out, .db = db};
	page_begin(&p);
	write_top(&p);
	page_trend(&p);
	write_incidents(&p);
	write_changes(&p);
	write_not_analysed(&p);
	write_cases(&p);
	page_end(&p);
	return !p.failed || index_error(db, "reading", e);
}
