/*
 * index.html: its frame, its style, its one script.
 */
#ifndef BATCH_PAGE_H
#define BATCH_PAGE_H

#include <sqlite3.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "base/error.h"

/* Characters of one name that are shown. */
#define PAGE_TEXT_MAX 300

struct page {
	FILE *out;
	sqlite3 *db;
	bool failed; /* a query could not be read */
};

/* Write markup; what %s inserts is made harmless (base/safe_format.h). */
void page_add(struct page *p, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/* Prepare a query; NULL, with failed set, on trouble. */
sqlite3_stmt *page_query(struct page *p, const char *sql);

/* The next row; at the end false, and the query is finalized. */
bool page_next(struct page *p, sqlite3_stmt *stmt);

/* Column text, "" for NULL. Valid until the next row. */
const char *page_text(sqlite3_stmt *stmt, int column);

/* One number from a query. */
int64_t page_number(struct page *p, const char *sql);

/* A table that can be sorted and filtered, and the end of it and its section;
 * head is the markup of its heading cells, ours alone. */
void page_table(struct page *p, const char *head);
void page_table_end(struct page *p);

void page_begin(struct page *p);
void page_end(struct page *p);

/* Attempts over time by verdict, cause and service (page_trend.c). */
void page_trend(struct page *p);

#endif
