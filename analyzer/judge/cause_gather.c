/*
 * Running one piece of evidence: a stranger's SELECT, under guard.
 *
 * It was checked when the rule was loaded (cause_check.c); here it may only
 * read, its steps are counted, and its texts are bounded. A statement that goes
 * beyond is given up, its rule named in meta key causes_unexamined: one greedy
 * rule must not cost the night's report.
 */
#include <stdlib.h>
#include <string.h>

#include "base/utf8.h"
#include "judge/cause_run.h"
#include "judge/run_limit.h"
#include "store/select.h"

/* Looks (run_limit.h) for one statement: about a second, and more
 * where there is much evidence. Ours take some dozens of steps a row. */
#define GATHER_LOOKS 200
#define GATHER_ROWS_PER_LOOK 500
/* Bytes of any text or row while a rule's statement runs. */
#define GATHER_LENGTH_MAX (1 << 20)

/* SQLite calls it every RUN_STEPS steps of its machine, not by the clock: a
 * slow machine and a fast one give up the same rule. */
static int
look(void *context)
{
	struct run_limit *limit = context;
	return --limit->looks < 0;
}

/* The subject of that number, or NULL for one that is none: a rule's statement
 * may name what is not in its scope. Subjects are in ascending order. */
static struct subject *
subject_find(struct cause_run *run, int64_t id)
{
	size_t low = 0;
	size_t high = run->subjects_count;
	while (low < high) {
		size_t middle = (low + high) / 2;
		if (run->subjects[middle].id < id)
			low = middle + 1;
		else
			high = middle;
	}
	if (low == run->subjects_count || run->subjects[low].id != id)
		return NULL;
	return &run->subjects[low];
}

/* g has count entries, one per piece of evidence; NULL is a subject for which
 * no row came, which most are. */
void
gathered_free(struct gathered *g, size_t count)
{
	for (size_t i = 0; g != NULL && i < count; i++) {
		for (int k = 0; k < g[i].kept_count; k++)
			free(g[i].kept[k].text);
		free(g[i].kept);
	}
	free(g);
}

/* -1, 0 or 1; a difference would not fit an int. */
static int
compare_int(int64_t a, int64_t b)
{
	return (a > b) - (a < b);
}

/* The order in which rows are kept and shown: sure ones first, then by time,
 * file and line, then by text, so that it never depends on the query's plan. */
static int
row_order(const struct evidence_row *a, const struct evidence_row *b)
{
	if (a->sure != b->sure)
		return a->sure ? -1 : 1;
	int order = compare_int(a->at_ns, b->at_ns);
	if (order == 0)
		order = compare_int(a->source, b->source);
	if (order == 0)
		order = compare_int(a->line, b->line);
	return order != 0 ? order : strcmp(a->text, b->text);
}

/* Cut at a character's border; control characters are the reports' business. */
static char *
text_keep(const char *text)
{
	size_t len = utf8_cut(text, strlen(text), EVIDENCE_TEXT_MAX);
	char *copy = memory_take(len + 1, 1);
	memcpy(copy, text, len);
	copy[len] = '\0';
	return copy;
}

/* Insert a row among the first EVIDENCE_ROWS_MAX. Rows that are the same in
 * everything are one: a view may name a line for several attempts. */
static void
row_keep(struct gathered *g, const struct evidence_row *row)
{
	int at = g->kept_count;
	while (at > 0 && row_order(row, &g->kept[at - 1]) < 0)
		at--;
	if (at > 0 && row_order(row, &g->kept[at - 1]) == 0)
		return;
	g->rows++;
	g->sure_rows += row->sure;
	if (row->at_ns > g->last_ns)
		g->last_ns = row->at_ns;
	if (row->sure && row->at_ns > g->sure_last_ns)
		g->sure_last_ns = row->at_ns;
	/* Counted and timed, but not kept: it sorts behind all that are. */
	if (at == EVIDENCE_ROWS_MAX)
		return;
	if (g->kept == NULL)
		g->kept = memory_take(EVIDENCE_ROWS_MAX, sizeof *g->kept);
	if (g->kept_count == EVIDENCE_ROWS_MAX)
		/* The last one gives way; its count stays in rows. */
		free(g->kept[--g->kept_count].text);
	memmove(&g->kept[at + 1], &g->kept[at],
		(size_t)(g->kept_count - at) * sizeof *g->kept);
	g->kept[at] = *row;
	g->kept[at].text = text_keep(row->text);
	g->kept_count++;
}

/* In the order of enum evidence_column; also what a rule's author is told of.
 * */
const char *const evidence_column_names[EVIDENCE_COLUMNS] = {
#define X(name) #name,
	EVIDENCE_COLUMN_LIST(X)
#undef X
};

/* From the last column to the first, so that of two with one name the first is
 * taken, as SQLite itself does with a name that it looks up. */
struct evidence_columns
evidence_columns_of(sqlite3_stmt *stmt)
{
	struct evidence_columns columns;
	for (int i = 0; i < EVIDENCE_COLUMNS; i++)
		columns.at[i] = -1;
	for (int c = sqlite3_column_count(stmt) - 1; c >= 0; c--)
		for (int i = 0; i < EVIDENCE_COLUMNS; i++)
			if (strcmp(sqlite3_column_name(stmt, c),
				    evidence_column_names[i]) == 0)
				columns.at[i] = c;
	return columns;
}

/* One row of a statement. */
struct found {
	int64_t subject, attempt, at_ns; /* STORE_NULL: not told */
	int64_t source, line;            /* -1 */
	bool sure;
	const char *text; /* NULL; SQLite's until the next row */
};

/* The row at hand, whatever the order in which the rule's author wrote its
 * columns. */
static struct found
found_of(sqlite3_stmt *stmt, const struct evidence_columns *c)
{
	struct found row = {
		.subject = select_INT(stmt, c->at[EVIDENCE_subject]),
		.attempt = c->at[EVIDENCE_attempt] < 0
			? STORE_NULL
			: select_TIME(stmt, c->at[EVIDENCE_attempt]),
		.at_ns = select_TIME(stmt, c->at[EVIDENCE_at_ns]),
		.source = select_KNOWN(stmt, c->at[EVIDENCE_source]),
		.line = select_KNOWN(stmt, c->at[EVIDENCE_line]),
		.sure = select_BOOL(stmt, c->at[EVIDENCE_sure]),
		.text = select_TEXT(stmt, c->at[EVIDENCE_text]),
	};
	return row;
}

/* Note which attempts the row points at, by number or by time. Rows that do
 * neither speak of all: marked as attempt -1. */
static bool
row_point(struct cause_run *run, sqlite3_stmt *point[2],
	const struct found *found, enum weighs weighs)
{
	bool named = found->attempt != STORE_NULL;
	bool timed = !named && found->at_ns != STORE_NULL;
	sqlite3_stmt *insert = point[timed];
	store_bind_int(insert, ":subject", found->subject);
	store_bind_int(insert, ":weighs", weighs);
	store_bind_int(insert, ":at",
		named           ? found->attempt
			: timed ? found->at_ns
				: -1);
	return store_step(run->store, insert, run->error);
}

/* Keep a row for its subject, and note which attempts it points at. Rows that
 * are not sure support; they never confirm and never contradict. */
static bool
row_take(struct cause_run *run, size_t index, struct found found,
	sqlite3_stmt *point[2])
{
	const struct cause *c = run->rule->cause;
	enum weighs weighs = c->evidence[index].weighs;
	struct subject *s = subject_find(run, found.subject);
	if (s == NULL || found.text == NULL)
		return true;
	struct evidence_row row = {
		.source = found.source,
		.line = found.line,
		.at_ns = found.at_ns,
		.text = (char *)found.text,
		.sure = found.sure,
	};
	/* What is not sure contradicts nothing, so it is not shown. */
	if (weighs == WEIGHS_CONTRADICTS && !row.sure)
		return true;
	if (s->gathered == NULL) {
		s->gathered =
			/* Only once a row has come: of a hundred services most
			 * have none. */
			memory_take(c->evidence_count, sizeof *s->gathered);
		for (size_t i = 0; i < c->evidence_count; i++)
			s->gathered[i] = (struct gathered){
				.last_ns = INT64_MIN,
				.sure_last_ns = INT64_MIN,
			};
	}
	row_keep(&s->gathered[index], &row);
	if (weighs == WEIGHS_CONTRADICTS)
		return true;
	if (weighs == WEIGHS_CONFIRMS && row.sure &&
		!row_point(run, point, &found, WEIGHS_CONFIRMS))
		return false;
	return row_point(run, point, &found, WEIGHS_SUPPORTS);
}

/* Name the rule among those that were given up. */
static void
unexamined_add(struct cause_run *run)
{
	sqlite3_str_appendf(run->unexamined, "%s\"%w\"",
		sqlite3_str_length(run->unexamined) > 1 ? "," : "",
		run->rule->cause->id);
}

/* Run the statement to its end, or until it has used what a rule may use. Then
 * the rule is named as not examined, and the others go on. */
static bool
rows_take(struct cause_run *run, size_t index, sqlite3_stmt *stmt,
	sqlite3_stmt *point[2])
{
	struct run_limit limit = {
		GATHER_LOOKS + run->rows / GATHER_ROWS_PER_LOOK};
	int length =
		sqlite3_limit(run->db, SQLITE_LIMIT_LENGTH, GATHER_LENGTH_MAX);
	sqlite3_progress_handler(run->db, RUN_STEPS, look, &limit);
	struct evidence_columns columns = evidence_columns_of(stmt);
	bool ok = true;
	int code = SQLITE_DONE;
	while (ok && (code = sqlite3_step(stmt)) == SQLITE_ROW)
		ok = row_take(run, index, found_of(stmt, &columns), point);
	run_limit_clear(run->db);
	sqlite3_limit(run->db, SQLITE_LIMIT_LENGTH, length);
	if (!ok || code == SQLITE_DONE)
		return ok;
	/* Its own fault: too many steps, too long a text, or a function that
	 * failed on its data. What was gathered before stays, as it is true.
	 * Anything else is the store's trouble (a disk, a damaged file) and
	 * ends the run. */
	if (code == SQLITE_INTERRUPT || code == SQLITE_TOOBIG ||
		code == SQLITE_ERROR) {
		unexamined_add(run);
		return true;
	}
	return store_error(run->db, "weighing evidence", run->error);
}

/* The two inserts are the room's own and kept; a rule's statement is prepared
 * for this one use, since no other rule has the same. */
bool
evidence_gather(struct cause_run *run, size_t index)
{
	static const char pointed[] =
		"INSERT OR IGNORE INTO pointed(subject, weighs, "
		"attempt) VALUES (:subject, :weighs, :at)";
	static const char moment[] =
		"INSERT OR IGNORE INTO moment(subject, weighs, "
		"at_ns) VALUES (:subject, :weighs, :at)";
	const struct evidence *e = &run->rule->cause->evidence[index];
	sqlite3_stmt *point[2] = {
		cause_statement(run, pointed),
		cause_statement(run, moment),
	};
	if (point[0] == NULL || point[1] == NULL)
		return false;
	sqlite3_stmt *stmt = store_prepare_reading(run->store, e->sql);
	if (stmt == NULL)
		return error_set(run->error, ERROR_RULE, "%s:%u: %s",
			run->rule->path, e->at.line, sqlite3_errmsg(run->db));
	bool ok = rows_take(run, index, stmt, point);
	sqlite3_finalize(stmt);
	return ok;
}
