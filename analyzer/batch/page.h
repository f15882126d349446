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

/* The server port of a row, as a URL has it. */
#define PAGE_SERVICE                                                     \
	"iif(instr(server_ip, ':'), '[' || server_ip || ']', server_ip)" \
	" || ':' || server_port"

/* A link to a case's report, relative, so that the folder can be moved or sent
 * as a whole. name is in percent-escapes. */
void page_link(struct page *p, const char *folder, const char *name);

/* A case's name as its file has it. */
void page_name(struct page *p, const char *escaped);

/* Server ports at which more fails than before (page_worse.c). */
void page_worse(struct page *p);

/* Attempts over time by verdict, cause and service (page_trend.c). */
void page_trend(struct page *p);

#endif
