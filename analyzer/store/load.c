/*
 * A table is a tree of pages: leaves with the rows in the order of their
 * numbers, and above them pages that say which numbers are below. Leaves are
 * written one after the other behind the end of the file, then each level above
 * them, and at last the root in its old place and the header. Until then nothing
 * that was there has changed.
 *
 * A page: its kind, how many cells, where they begin; pointers to the cells, in
 * order; free room; the cells, the first at the end.
 *
 *	+--------+----------+ ... +--------+--------+
 *	| header | pointers |     | cell 2 | cell 1 |
 *	+--------+----------+ ... +--------+--------+
 *
 * spec: sqlite.org/fileformat2.html, 1.3, 1.6
 */
#include "store/load.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/arena.h"
#include "store/record.h"

/* Kinds of pages, and the bytes of their headers. */
enum { PAGE_LEAF = 0x0d, PAGE_ABOVE = 0x05 };
enum { LEAF_HEADER = 8, ABOVE_HEADER = 12 };

/* Offsets in the file's header, which is in page 1. */
enum {
	AT_PAGE_BYTES = 16,
	AT_RESERVED = 20,
	AT_CHANGES = 24,
	AT_PAGES = 28,
	AT_FORMAT = 44,
	AT_VACUUM = 52,
	AT_ENCODING = 56,
	AT_VALID_FOR = 92,
	FILE_HEADER = 100
};

/* The page that holds this byte of the file is never used: locks are there.
 * cite: fileformat2.html, 1.4 "The Lock-Byte Page" */
#define LOCK_BYTE UINT32_C(0x40000000)

/* A page of one level, for the level above. */
struct child {
	uint32_t page;
	uint64_t last; /* the largest number below it */
};

struct loader {
	int fd;
	uint32_t page_bytes;
	uint32_t old_pages; /* of the file as it was */
	uint32_t next;      /* the number of the next new page */
	uint32_t root;
	uint8_t header[FILE_HEADER];
	uint8_t *page;             /* owned: the one being filled */
	uint32_t cells, low, high; /* its cells, and its free room */
	struct child *children;    /* owned: of the level at hand */
	size_t children_count, children_room;
	bool failed; /* errno says why */
};

static void
put_be32(uint8_t *p, uint32_t v)
{
	p[0] = (uint8_t)(v >> 24);
	p[1] = (uint8_t)(v >> 16);
	p[2] = (uint8_t)(v >> 8);
	p[3] = (uint8_t)v;
}

static void
put_be16(uint8_t *p, uint32_t v)
{
	p[0] = (uint8_t)(v >> 8);
	p[1] = (uint8_t)v;
}

static bool
write_at(struct loader *l, const uint8_t *from, size_t len, uint64_t at)
{
	while (len > 0) {
		ssize_t n = pwrite(l->fd, from, len, (off_t)at);
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0) {
			l->failed = true;
			return false;
		}
		from += n;
		len -= (size_t)n;
		at += (uint64_t)n;
	}
	return true;
}

static void
page_begin(struct loader *l, uint32_t header)
{
	memset(l->page, 0, l->page_bytes);
	l->cells = 0;
	l->low = header;
	l->high = l->page_bytes;
}

/* Room for a cell of len bytes; NULL when the page has none. */
static uint8_t *
page_cell(struct loader *l, size_t len)
{
	if (l->low + 2 + len > l->high)
		return NULL;
	l->high -= (uint32_t)len;
	put_be16(l->page + l->low, l->high);
	l->low += 2;
	l->cells++;
	return l->page + l->high;
}

static bool
page_end(struct loader *l, uint8_t kind, uint32_t number)
{
	l->page[0] = kind;
	put_be16(l->page + 3, l->cells);
	/* 0 stands for 65536. */
	put_be16(l->page + 5, l->high & 0xffff);
	return write_at(l, l->page, l->page_bytes,
		(uint64_t)(number - 1) * l->page_bytes);
}

static uint32_t
page_new(struct loader *l)
{
	if (l->next == LOCK_BYTE / l->page_bytes + 1)
		l->next++;
	return l->next++;
}

static bool
leaf_end(struct loader *l, uint64_t last)
{
	if (l->children_count == l->children_room) {
		l->children_room =
			l->children_room == 0 ? 256 : 2 * l->children_room;
		l->children = memory_grow(
			l->children, l->children_room, sizeof *l->children);
	}
	uint32_t number = page_new(l);
	l->children[l->children_count++] = (struct child){number, last};
	return page_end(l, PAGE_LEAF, number);
}

/* The number of a row, or 0 when it does not come in order. */
static uint64_t
row_number(const struct bulk_rows *rows, int key, int64_t i, uint64_t before)
{
	if (key < 0)
		return (uint64_t)i + 1;
	const char *row = rows->row;
	int64_t id;
	memcpy(&id, row + rows->table->columns[key].offset, sizeof id);
	return id > 0 && (uint64_t)id > before ? (uint64_t)id : 0;
}

/* False: a row that does not fit, or the disk. A record of a quarter of a page is
 * far from needing others. */
static bool
leaves_write(struct loader *l, const struct bulk_rows *rows)
{
	int key = record_key(rows->table);
	size_t room = l->page_bytes / 4;
	uint8_t record[65536 / 4], head[2 * RECORD_VARINT_MAX];
	uint64_t last = 0;
	page_begin(l, LEAF_HEADER);
	for (int64_t i = 0; i < rows->count; i++) {
		rows->fill(rows->context, i);
		uint64_t number = row_number(rows, key, i, last);
		size_t len =
			record_write(rows->table, key, rows->row, record, room);
		if (number == 0 || len == 0)
			return false;
		size_t n = record_varint(head, len);
		n += record_varint(head + n, number);
		uint8_t *cell = page_cell(l, n + len);
		if (cell == NULL) {
			if (!leaf_end(l, last))
				return false;
			page_begin(l, LEAF_HEADER);
			cell = page_cell(l, n + len);
		}
		memcpy(cell, head, n);
		memcpy(cell + n, record, len);
		last = number;
	}
	return leaf_end(l, last);
}

/* One page above so many children, which are more than one. The last is no cell:
 * the page's header points at it. */
static bool
above_write(struct loader *l, const struct child *children, size_t count,
	uint32_t number)
{
	uint8_t key[RECORD_VARINT_MAX];
	page_begin(l, ABOVE_HEADER);
	for (size_t i = 0; i + 1 < count; i++) {
		size_t n = record_varint(key, children[i].last);
		uint8_t *cell = page_cell(l, 4 + n);
		put_be32(cell, children[i].page);
		memcpy(cell + 4, key, n);
	}
	put_be32(l->page + 8, children[count - 1].page);
	return page_end(l, PAGE_ABOVE, number);
}

/* Levels, each shared out evenly, so that no page has a single child. */
static bool
levels_write(struct loader *l)
{
	size_t most =
		(l->page_bytes - ABOVE_HEADER) / (2 + 4 + RECORD_VARINT_MAX) +
		1;
	while (l->children_count > 1) {
		size_t count = l->children_count;
		size_t pages = (count + most - 1) / most;
		for (size_t p = 0; p < pages; p++) {
			size_t from = count * p / pages;
			size_t to = count * (p + 1) / pages;
			uint32_t number = pages == 1 ? l->root : page_new(l);
			if (!above_write(
				    l, l->children + from, to - from, number))
				return false;
			l->children[p] = (struct child){
				number, l->children[to - 1].last};
		}
		l->children_count = pages;
	}
	return true;
}

/* A page size of 65536 is written as 1. */
static uint32_t
page_bytes_of(const uint8_t *header)
{
	uint32_t bytes = (uint32_t)header[AT_PAGE_BYTES] << 8 |
		header[AT_PAGE_BYTES + 1];
	return bytes == 1 ? 65536 : bytes;
}

/* Is the file of the one form that is written here, and the table's root an
 * empty leaf? */
static bool
file_suits(struct loader *l)
{
	struct stat st;
	uint8_t root[LEAF_HEADER];
	const uint8_t *h = l->header;
	if (fstat(l->fd, &st) != 0 ||
		pread(l->fd, l->header, FILE_HEADER, 0) != FILE_HEADER)
		return false;
	l->page_bytes = page_bytes_of(h);
	l->old_pages = load_be32(h + AT_PAGES);
	l->next = l->old_pages + 1;
	if (l->page_bytes < 512 || h[AT_RESERVED] != 0 ||
		load_be32(h + AT_FORMAT) != 4 ||
		load_be32(h + AT_VACUUM) != 0 ||
		load_be32(h + AT_ENCODING) != 1 ||
		load_be32(h + AT_VALID_FOR) != load_be32(h + AT_CHANGES) ||
		(uint64_t)st.st_size != (uint64_t)l->old_pages * l->page_bytes)
		return false;
	return pread(l->fd, root, sizeof root,
		       (off_t)(l->root - 1) * l->page_bytes) == sizeof root &&
		root[0] == PAGE_LEAF && root[3] == 0 && root[4] == 0;
}

/* What tells SQLite, and everybody else, that the file is another. */
static bool
header_write(struct loader *l)
{
	uint32_t changes = load_be32(l->header + AT_CHANGES) + 1;
	put_be32(l->header + AT_CHANGES, changes);
	put_be32(l->header + AT_VALID_FOR, changes);
	put_be32(l->header + AT_PAGES, l->next - 1);
	return write_at(l, l->header, FILE_HEADER, 0);
}

/* Of the file, or of SQLite's handling of it. */
static enum load_outcome
failed(const char *why, struct error *e)
{
	error_set(e, ERROR_ENVIRONMENT,
		"evidence.sqlite: writing: %s; free some space or choose "
		"another folder with -o",
		why);
	return LOAD_FAILED;
}

static enum load_outcome
table_write(struct loader *l, const struct bulk_rows *rows, struct error *e)
{
	if (!file_suits(l))
		return LOAD_UNFIT;
	l->page = memory_take(1, l->page_bytes);
	/* With one leaf the root would have a single child. */
	if (leaves_write(l, rows) && l->children_count > 1 && levels_write(l) &&
		header_write(l))
		return LOAD_DONE;
	if (l->failed ||
		ftruncate(l->fd, (off_t)l->old_pages * l->page_bytes) != 0)
		return failed(strerror(errno), e);
	return LOAD_UNFIT;
}

/* The page at which the table begins; 0 when it has an index, too. */
static uint32_t
root_of(sqlite3 *db, const char *table)
{
	sqlite3_stmt *stmt = NULL;
	uint32_t root = 0;
	if (sqlite3_prepare_v2(db,
		    "SELECT max(rootpage) FROM sqlite_schema WHERE "
		    "tbl_name = ?1 GROUP BY tbl_name HAVING count(*) = 1",
		    -1, &stmt, NULL) != SQLITE_OK)
		return 0;
	sqlite3_bind_text(stmt, 1, table, -1, SQLITE_STATIC);
	if (sqlite3_step(stmt) == SQLITE_ROW)
		root = (uint32_t)sqlite3_column_int64(stmt, 0);
	sqlite3_finalize(stmt);
	return root;
}

/* The lock goes with the first look after the mode; then SQLite asks the file's
 * header whether it is still the same. A statement that still runs keeps it. */
static bool
file_let_go(sqlite3 *db)
{
	return sqlite3_exec(db,
		       "COMMIT; PRAGMA locking_mode = NORMAL;"
		       "SELECT 1 FROM meta LIMIT 1",
		       NULL, NULL, NULL) == SQLITE_OK;
}

static bool
file_take_back(sqlite3 *db)
{
	return sqlite3_exec(db, "PRAGMA locking_mode = EXCLUSIVE; BEGIN", NULL,
		       NULL, NULL) == SQLITE_OK;
}

enum load_outcome
load_rows(sqlite3 *db, const char *path, const struct bulk_rows *rows,
	struct error *e)
{
	struct loader l = {.root = root_of(db, rows->table->name)};
	enum load_outcome outcome = LOAD_UNFIT;
	if (rows->count < LOAD_ROWS_MIN || l.root < 2 ||
		!record_suits(rows->table))
		return LOAD_UNFIT;
	if (!file_let_go(db))
		return failed(sqlite3_errmsg(db), e);
	if (sqlite3_txn_state(db, "main") == SQLITE_TXN_NONE) {
		l.fd = open(path, O_RDWR | O_CLOEXEC | O_NOFOLLOW);
		if (l.fd >= 0) {
			outcome = table_write(&l, rows, e);
			close(l.fd);
		}
		free(l.page);
		free(l.children);
	}
	if (outcome != LOAD_FAILED && !file_take_back(db))
		return failed(sqlite3_errmsg(db), e);
	return outcome;
}
