/*
 * Queries of the index; see page.h.
 */
#include "batch/page.h"

#include <stdlib.h>
#include <string.h>

#include "batch/inputs.h"
#include "store/select.h"

/* NULL on trouble, which is remembered and told at the end: a page is written
 * to its end or not published at all. */
sqlite3_stmt *
page_query(struct page *p, const char *sql)
{
	sqlite3_stmt *stmt = NULL;
	if (sqlite3_prepare_v2(p->db, sql, -1, &stmt, NULL) != SQLITE_OK)
		p->failed = true;
	return stmt;
}

/* Finalizes at the last row, so a loop over it needs no end of its own; it must
 * be run to that end. */
bool
page_next(struct page *p, sqlite3_stmt *stmt)
{
	int code = stmt == NULL ? SQLITE_ERROR : sqlite3_step(stmt);
	if (code == SQLITE_ROW)
		return true;
	p->failed = p->failed || code != SQLITE_DONE;
	sqlite3_finalize(stmt);
	return false;
}

void
page_bind_int(sqlite3_stmt *stmt, const char *name, int64_t value)
{
	if (stmt != NULL)
		store_bind_int(stmt, name, value);
}

void
page_bind_text(sqlite3_stmt *stmt, const char *name, const char *value)
{
	if (stmt != NULL)
		store_bind_text(stmt, name, value);
}

/* 0 when there is no row. */
int64_t
page_number(struct page *p, const char *sql)
{
	int64_t value = 0;
	sqlite3_stmt *stmt = page_query(p, sql);
	while (page_next(p, stmt))
		value = sqlite3_column_int64(stmt, 0);
	return value;
}

/* Isolated, so that a name written from right to left does not turn the line
 * around it. */
void
page_name(struct page *p, const char *escaped)
{
	char *name = memory_copy(escaped);
	inputs_unescape(name);
	html_add(p->html, "<bdi>%s</bdi>", name);
	free(name);
}

void
page_link(struct page *p, const char *folder, const char *name)
{
	html_add(p->html, "<a href=\"%s/report.html\">", folder);
	page_name(p, name);
	html_add(p->html, "</a>");
}
