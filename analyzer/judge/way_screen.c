/*
 * Ways that cannot hold are not written into the statement that judges.
 *
 * Of eighty ways most ask for what a case has nowhere: an ICMP message, a RST, data
 * behind a closed window. To prepare them costs a small case a millisecond; the look
 * at the largest value of each such fact costs a tenth of that, and it is the rows
 * that it costs a large one, so judge.c asks for it where they are few.
 */
#include "judge/way_screen.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "judge/cause.h"

/* Facts that are whole numbers; "" for the others. In the order of facts.def. */
#define NAME_INT(name) #name
#define NAME_TEXT(name) ""
#define NAME_WORD(name) ""
#define NAME_PROSE(name) ""
static const char *const numbers[] = {
#define X(name, type, meaning) NAME_##type(name),
#include "model/facts.def"
#undef X
};

#define NUMBERS_COUNT (sizeof numbers / sizeof *numbers)

/* -1 when it is no such fact. */
static int
number_of(const char *name, size_t len)
{
	for (size_t i = 0; i < NUMBERS_COUNT; i++)
		if (len > 0 && strncmp(numbers[i], name, len) == 0 &&
			numbers[i][len] == '\0')
			return (int)i;
	return -1;
}

/* Past spaces and comments of SQL. */
static const char *
blank_skip(const char *s)
{
	for (;;) {
		s += strspn(s, " \t\r\n");
		if (s[0] != '-' || s[1] != '-')
			return s;
		s += strcspn(s, "\n");
	}
}

static bool
is_word(const char *s, size_t len, const char *word)
{
	return len == strlen(word) && strncasecmp(s, word, len) == 0;
}

/* Past the condition at s, to the AND that joins another or to the end; NULL where
 * the text is more than conditions joined by AND. */
static const char *
condition_end(const char *s)
{
	int depth = 0;
	for (s = blank_skip(s); *s != '\0'; s = blank_skip(s)) {
		size_t len = sql_word_len(s);
		if (*s == '"' || *s == '[' || *s == '`' ||
			strncmp(s, "/*", 2) == 0)
			return NULL;
		if (*s == '\'') {
			s += 1 + strcspn(s + 1, "'");
			if (*s == '\0')
				return NULL;
		}
		depth += (*s == '(') - (*s == ')');
		if (is_word(s, len, "case") || is_word(s, len, "between") ||
			(depth == 0 && is_word(s, len, "or")))
			return NULL;
		if (depth == 0 && is_word(s, len, "and"))
			return s;
		s += len > 0 ? len : 1;
	}
	return s;
}

/* name > 0, name >= 1 or name = 1, and nothing more before end. */
static bool
ask_read(const char *s, const char *end, struct way_ask *ask)
{
	s = blank_skip(s);
	size_t len = sql_word_len(s);
	ask->column = number_of(s, len);
	s = blank_skip(s + len);
	bool above = *s == '>' && s[1] != '=';
	if (ask->column < 0 || (*s != '>' && *s != '='))
		return false;
	s = blank_skip(s + (*s == '>' && !above ? 2 : 1));
	if (*s < '0' || *s > '9')
		return false;
	char *behind;
	ask->least = strtoll(s, &behind, 10) + above;
	return ask->least > 0 && blank_skip(behind) == end;
}

size_t
way_asks(const char *proof, struct way_ask asks[WAY_ASKS_MAX])
{
	size_t count = 0;
	const char *s = proof;
	for (;;) {
		const char *end = condition_end(s);
		if (end == NULL)
			return 0;
		if (count < WAY_ASKS_MAX && ask_read(s, end, &asks[count]))
			count++;
		if (*end == '\0')
			return count;
		s = end + strlen("and");
	}
}

/* The largest value of each fact that a way asks for; of the others, and of those
 * that no attempt has, the least number there is. */
static bool
largest_read(struct store *s, const bool asked[NUMBERS_COUNT],
	int64_t largest[NUMBERS_COUNT], struct error *e)
{
	sqlite3_str *sql = sqlite3_str_new(NULL);
	sqlite3_str_appendall(sql, "SELECT 0");
	for (size_t i = 0; i < NUMBERS_COUNT; i++)
		if (asked[i])
			sqlite3_str_appendf(sql, ",max(%s)", numbers[i]);
	sqlite3_str_appendall(sql, " FROM facts");
	char *text = sqlite3_str_finish(sql);
	if (text == NULL)
		memory_exhausted();
	sqlite3_stmt *stmt = store_prepare(s, text, e);
	sqlite3_free(text);
	bool ok = stmt != NULL && sqlite3_step(stmt) == SQLITE_ROW;
	if (stmt != NULL && !ok)
		store_error(store_db(s), "reading facts", e);
	int column = 1;
	for (size_t i = 0; i < NUMBERS_COUNT; i++) {
		largest[i] = INT64_MIN;
		if (!ok || !asked[i])
			continue;
		if (sqlite3_column_type(stmt, column) == SQLITE_INTEGER)
			largest[i] = sqlite3_column_int64(stmt, column);
		column++;
	}
	sqlite3_finalize(stmt);
	return ok;
}

bool
way_screen(
	struct store *s, const struct rule_set *r, bool *can, struct error *e)
{
	bool asked[NUMBERS_COUNT] = {false};
	int64_t largest[NUMBERS_COUNT];
	struct way_ask asks[WAY_ASKS_MAX];
	size_t n = 0;
	for (size_t i = 0; i < r->count; i++)
		for (size_t w = 0; w < r->rules[i]->ways_count; w++)
			for (size_t k = way_asks(
				     r->rules[i]->ways[w].proof, asks);
				k > 0; k--)
				asked[asks[k - 1].column] = true;
	if (!largest_read(s, asked, largest, e))
		return false;
	for (size_t i = 0; i < r->count; i++)
		for (size_t w = 0; w < r->rules[i]->ways_count; w++, n++) {
			size_t k = way_asks(r->rules[i]->ways[w].proof, asks);
			can[n] = true;
			for (size_t a = 0; a < k; a++)
				can[n] &= largest[asks[a].column] >=
					asks[a].least;
		}
	return true;
}
