/*
 * What writes index.html: the page, and queries of the index.
 */
#ifndef BATCH_PAGE_H
#define BATCH_PAGE_H

#include <sqlite3.h>

#include "base/error.h"
#include "render/frame.h"

/* Characters of one name that are shown. */
#define PAGE_TEXT_MAX 300

struct page {
	struct html *html;
	sqlite3 *db;
	bool failed; /* a query could not be read */
};

/* Prepare a query; NULL, with failed set, on trouble. */
sqlite3_stmt *page_query(struct page *p, const char *sql);

/* The next row; at the end false, and the query is finalized. */
bool page_next(struct page *p, sqlite3_stmt *stmt);

/* Give a query's parameter its value; nothing of a query that failed. The text
 * must live until the last row. */
void page_bind_int(sqlite3_stmt *stmt, const char *name, int64_t value);
void page_bind_text(sqlite3_stmt *stmt, const char *name, const char *value);

/* One number from a query. */
int64_t page_number(struct page *p, const char *sql);

/* Attempts over time by verdict, cause and service (page_trend.c). */
void page_trend(struct page *p);

#endif
