/*
 * The words that the case's files hold, and the scopes of its counters: does any of
 * them answer what a piece of evidence cannot do without (cause_words.c)?
 *
 * Read once for all rules. To look a word up costs a hundred instructions, to prepare
 * the statement that asks for it half a million.
 */
#include <stdlib.h>
#include <string.h>

#include "judge/cause_run.h"
#include "store/select.h"

/* A word of the case's files, and what its counters are. */
struct case_word {
	char *text;
	bool rose; /* one of them */
	bool once; /* one of them has no earlier reading */
};

/* The words that the case's files hold, in order, and the scopes of its counters
 * and settings. */
struct case_words {
	struct case_word *list;
	size_t count;
	char **scopes;
	size_t scopes_count;
	bool scopes_open; /* not all are here */
};

/* For qsort, by bytes: has_word looks up in the same order. */
static int
by_text(const void *a, const void *b)
{
	const struct case_word *x = a;
	const struct case_word *y = b;
	return strcmp(x->text, y->text);
}

#define CASE_WORD(X)          \
	X(TEXT, word, "word") \
	X(BOOL, rose, "rose") \
	X(BOOL, once, "once")
STORE_SELECT(case_row, CASE_WORD)

/* In order, each once: one that stands there in several ways is all of them. */
static void
words_sort(struct case_words *w)
{
	size_t kept = 0;
	if (w->count > 0)
		qsort(w->list, w->count, sizeof *w->list, by_text);
	for (size_t i = 0; i < w->count; i++) {
		struct case_word *last = &w->list[kept > 0 ? kept - 1 : 0];
		if (kept == 0 || strcmp(last->text, w->list[i].text) != 0) {
			w->list[kept++] = w->list[i];
			continue;
		}
		last->rose |= w->list[i].rose;
		last->once |= w->list[i].once;
		free(w->list[i].text);
	}
	w->count = kept;
}

static bool
words_fill(struct cause_run *run, struct case_words *w)
{
	static const char sql[] =
		"SELECT 0" STORE_COLUMNS(CASE_WORD) " FROM case_word";
	size_t room = 0;
	sqlite3_stmt *stmt = cause_statement(run, sql);
	while (stmt != NULL && sqlite3_step(stmt) == SQLITE_ROW) {
		struct case_row row = case_row_of(stmt);
		if (row.word == NULL)
			continue;
		if (w->count == room) {
			room = room ? 2 * room : 256;
			w->list = memory_grow(w->list, room, sizeof *w->list);
		}
		w->list[w->count++] = (struct case_word){
			.text = memory_copy(row.word),
			.rose = row.rose,
			.once = row.once,
		};
	}
	if (stmt == NULL)
		return false;
	sqlite3_reset(stmt);
	words_sort(w);
	return true;
}

static bool
scopes_fill(struct cause_run *run, struct case_words *w)
{
	static const char sql[] = "SELECT scope FROM case_scope";
	size_t room = 0;
	sqlite3_stmt *stmt = cause_statement(run, sql);
	while (stmt != NULL && sqlite3_step(stmt) == SQLITE_ROW) {
		const char *scope = select_TEXT(stmt, 0);
		w->scopes_open |= scope == NULL;
		if (scope == NULL)
			continue;
		if (w->scopes_count == room) {
			room = room ? 2 * room : 64;
			w->scopes =
				memory_grow(w->scopes, room, sizeof *w->scopes);
		}
		w->scopes[w->scopes_count++] = memory_copy(scope);
	}
	if (stmt == NULL)
		return false;
	sqlite3_reset(stmt);
	return true;
}

struct case_words *
case_words_read(struct cause_run *run)
{
	struct case_words *w = memory_take(1, sizeof *w);
	if (words_fill(run, w) && scopes_fill(run, w))
		return w;
	case_words_free(w);
	return NULL;
}

void
case_words_free(struct case_words *w)
{
	if (w == NULL)
		return;
	for (size_t i = 0; i < w->count; i++)
		free(w->list[i].text);
	free(w->list);
	for (size_t i = 0; i < w->scopes_count; i++)
		free(w->scopes[i]);
	free(w->scopes);
	free(w);
}

static bool
is_so(const struct case_word *word, enum counter_state state)
{
	return state == COUNTER_ANY ||
		(state == COUNTER_ROSE ? word->rose : word->once);
}

/* Does a scope of the case hold the text? */
static bool
has_scope(const struct case_words *w, const struct needed_word *word)
{
	for (size_t i = 0; i < w->scopes_count; i++)
		if (memmem(w->scopes[i], strlen(w->scopes[i]), word->at,
			    word->len) != NULL)
			return true;
	return w->scopes_open;
}

/* Does the case have the word? The list is sorted, and long where many programs
 * speak. */
static bool
has_word(const struct case_words *w, const struct needed_word *word)
{
	size_t low = 0;
	size_t high = w->count;
	if (word->within)
		return has_scope(w, word);
	while (low < high) {
		size_t middle = (low + high) / 2;
		const char *text = w->list[middle].text;
		int order = strncmp(text, word->at, word->len);
		if (order == 0 && text[word->len] == '\0')
			return is_so(&w->list[middle], word->state);
		if (order < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return false;
}

bool
evidence_may_speak(const struct evidence *e, const struct case_words *w)
{
	bool found = true;
	for (size_t i = 0; i < e->words_count; i++) {
		bool first =
			i == 0 || e->words[i - 1].group != e->words[i].group;
		if (first && !found)
			return false;
		found = has_word(w, &e->words[i]) || (!first && found);
	}
	return found;
}
