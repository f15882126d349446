/*
 * Groups by the table connection: an initial sequence number, two addresses and
 * two ports are those of one connection, whoever captured it (RFC 9293 section
 * 3.4.1: the number comes from a clock and a secret hash of the 4-tuple).
 *
 * A case with both ends is whole; its like beside it is another form of the same
 * evidence. So only cases with one vantage have rows there.
 */
#include "batch/index_parts.h"

#include <stdlib.h>
#include <string.h>

#include "base/message.h"
#include "base/text.h"
#include "batch/index_db.h"
#include "store/select.h"

/* clang-format off */
#define PAIR(X)                                                               \
	X(INT, one, "a.case_id")                                              \
	X(INT, other, "b.case_id")
#define NAMED(X)                                                              \
	X(INT, id, "id")                                                      \
	X(TEXT, name, "name")
#define BESIDE(X)                                                             \
	X(TEXT, one, "a.name")                                                \
	X(TEXT, other, "b.name")
/* clang-format on */
STORE_SELECT(pair, PAIR)
STORE_SELECT(named, NAMED)
STORE_SELECT(beside, BESIDE)

static const char pairs_sql[] = "SELECT DISTINCT 0" STORE_COLUMNS(
	PAIR) " FROM connection a JOIN connection b ON a.isn = b.isn AND"
	      " a.client_ip = b.client_ip AND a.client_port = b.client_port"
	      " AND a.server_ip = b.server_ip AND"
	      " a.server_port = b.server_port AND a.case_id < b.case_id"
	      " WHERE a.case_id NOT IN (SELECT case_id FROM duplicate)"
	      " AND b.case_id NOT IN (SELECT case_id FROM duplicate)"
	      " ORDER BY a.case_id, b.case_id";

/* Lone captures that ran at the same time, within a minute. */
static const char beside_sql[] = "SELECT 0" STORE_COLUMNS(
	BESIDE) " FROM case_result a JOIN case_result b ON a.id < b.id AND"
		" a.first_ns <= b.last_ns + 60000000000 AND"
		" b.first_ns <= a.last_ns + 60000000000"
		" WHERE a.kind = 'single' AND b.kind = 'single' AND"
		" a.id IN (SELECT case_id FROM connection) AND"
		" b.id IN (SELECT case_id FROM connection) AND"
		" a.part_of IS NULL AND b.part_of IS NULL AND"
		" a.duplicate_of IS NULL AND b.duplicate_of IS NULL"
		" ORDER BY a.id, b.id";

struct parts {
	sqlite3 *db;
	struct arena *arena;
	const char **names; /* of the cases, by id; the arena's */
	int64_t *group;     /* the least id that a case hangs together with */
	int64_t *next;      /* the next case of the group, 0 behind the last */
	size_t count;
};

static bool
read_names(struct parts *x, struct error *e)
{
	sqlite3_stmt *stmt = index_prepare(
		x->db, "SELECT 0" STORE_COLUMNS(NAMED) " FROM case_result", e);
	while (stmt != NULL && sqlite3_step(stmt) == SQLITE_ROW) {
		struct named row = named_of(stmt);
		if (row.id > 0 && row.id <= (int64_t)x->count)
			x->names[row.id] = arena_copy(
				x->arena, row.name, strlen(row.name));
	}
	sqlite3_finalize(stmt);
	return stmt != NULL;
}

static int64_t
group_of(struct parts *x, int64_t id)
{
	while (x->group[id] != id)
		id = x->group[id] = x->group[x->group[id]];
	return id;
}

/* Every case behind the one of its group before it. */
static void
link_groups(struct parts *x)
{
	int64_t *last = memory_take(x->count + 1, sizeof *last);
	for (int64_t i = 1; i <= (int64_t)x->count; i++) {
		int64_t group = group_of(x, i);
		if (group != i)
			x->next[last[group]] = i;
		last[group] = i;
	}
	free(last);
}

/* Pairs come by their first case, so that a group's least id stays. */
static bool
read_pairs(struct parts *x, struct error *e)
{
	sqlite3_stmt *stmt = index_prepare(x->db, pairs_sql, e);
	while (stmt != NULL && sqlite3_step(stmt) == SQLITE_ROW) {
		struct pair row = pair_of(stmt);
		int64_t one = group_of(x, row.one);
		int64_t other = group_of(x, row.other);
		x->group[one < other ? other : one] = one < other ? one : other;
	}
	sqlite3_finalize(stmt);
	return stmt != NULL;
}

/* Bytes of the folder that both lie in, its slash included. */
static size_t
common_folder(const char *a, size_t len, const char *b)
{
	size_t n = 0;
	size_t end = 0;
	while (n < len && a[n] != '\0' && a[n] == b[n])
		if (a[n++] == '/')
			end = n;
	return end;
}

/* The folder that all of a group lie in; "." for the archive itself. */
static const char *
folder_of(const struct parts *x, int64_t group)
{
	const char *first = x->names[group];
	size_t len = strlen(first) + 1;
	for (int64_t i = x->next[group]; i > 0; i = x->next[i])
		len = common_folder(first, len, x->names[i]);
	return len == 0 ? "." : arena_copy(x->arena, first, len - 1);
}

/* Is there another case in that folder? */
static bool
holds_others(struct parts *x, int64_t group, const char *folder)
{
	size_t len = strcmp(folder, ".") == 0 ? 0 : strlen(folder);
	for (size_t i = 1; i <= x->count; i++)
		if (group_of(x, (int64_t)i) != group &&
			(len == 0 ||
				(strncmp(x->names[i], folder, len) == 0 &&
					x->names[i][len] == '/')))
			return true;
	return false;
}

static bool
set_part_of(const struct parts *x, int64_t group, const char *folder,
	struct error *e)
{
	sqlite3_stmt *stmt = index_prepare(x->db,
		"UPDATE case_result SET part_of = :folder WHERE id = :id", e);
	bool ok = stmt != NULL;
	for (int64_t i = group; ok && i > 0; i = x->next[i]) {
		store_bind_text(stmt, ":folder", folder);
		store_bind_int(stmt, ":id", i);
		ok = index_step(stmt, e);
	}
	sqlite3_finalize(stmt);
	return ok;
}

static void
tell(struct parts *x, int64_t group, const char *folder)
{
	const char *name = x->names[group];
	size_t size = 0;
	for (int64_t i = group; i > 0; i = x->next[i])
		size++;
	if (holds_others(x, group, folder))
		message("%s and %zu more show the same connections: they are "
			"one incident, counted as %zu; analyse them together "
			"with lostsyn analyze",
			name, size - 1, size);
	else
		message("%s and %zu more show the same connections: they are "
			"one incident, counted as %zu; say --case %s",
			name, size - 1, size, folder);
}

static bool
mark_groups(struct parts *x, struct error *e)
{
	size_t told = 0;
	size_t more = 0;
	link_groups(x);
	for (int64_t g = 1; g <= (int64_t)x->count; g++) {
		if (group_of(x, g) != g || x->next[g] == 0)
			continue;
		const char *folder = folder_of(x, g);
		if (!set_part_of(x, g, folder, e))
			return false;
		if (told++ < PARTS_TOLD_MAX)
			tell(x, g, folder);
		else
			more++;
	}
	if (more > 0)
		message("%zu more incidents are counted as several cases: "
			"part_of in index.sqlite",
			more);
	return true;
}

/* The name without its last part: "" for what lies in the archive itself. */
static size_t
above(const char *name, size_t len)
{
	while (len > 0 && name[len - 1] != '/')
		len--;
	return len > 0 ? len - 1 : 0;
}

/* Of captures in folders that lie side by side, the first two that ran at the
 * same time: a question, for nothing proves it. */
static bool
ask_of_folders(const struct parts *x, struct error *e)
{
	sqlite3_stmt *stmt = index_prepare(x->db, beside_sql, e);
	bool asked = false;
	while (stmt != NULL && !asked && sqlite3_step(stmt) == SQLITE_ROW) {
		struct beside row = beside_of(stmt);
		size_t one = above(row.one, strlen(row.one));
		size_t other = above(row.other, strlen(row.other));
		size_t root = above(row.one, one);
		asked = one > 0 && other > 0 &&
			root == above(row.other, other) &&
			strncmp(row.one, row.other, root) == 0 &&
			(one != other || strncmp(row.one, row.other, one) != 0);
		if (asked)
			message("%s and %s ran at the same time and are two "
				"cases; where the folders side by side are "
				"machines of one incident, say --case %s",
				row.one, row.other,
				root == 0
					? "."
					: arena_copy(x->arena, row.one, root));
	}
	sqlite3_finalize(stmt);
	return stmt != NULL;
}

bool
index_parts_mark(sqlite3 *db, size_t count, struct arena *a, struct error *e)
{
	struct parts x = {.db = db, .arena = a, .count = count};
	x.names = memory_take(count + 1, sizeof *x.names);
	x.group = memory_take(count + 1, sizeof *x.group);
	x.next = memory_take(count + 1, sizeof *x.next);
	for (size_t i = 0; i <= count; i++) {
		x.names[i] = "";
		x.group[i] = (int64_t)i;
	}
	bool ok = read_names(&x, e) && read_pairs(&x, e) &&
		mark_groups(&x, e) && ask_of_folders(&x, e);
	free(x.names);
	free(x.group);
	free(x.next);
	return ok;
}
