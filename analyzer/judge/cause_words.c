/*
 * Which words a statement cannot do without: an event's name, a counter's, the
 * kind of a file.
 *
 * Of 260 pieces of evidence a case has something to say to a dozen. To prepare a
 * statement costs a thousand times what it takes to see that no line of the case
 * has the name it asks for, so that is seen first. Only what holds of every row is
 * believed: conditions that the outermost WHERE joins by AND, on a column of a view
 * that stands in its FROM. Where the text is anything else, nothing is needed.
 */
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "judge/cause_run.h"
#include "store/select.h"

/* Words of one statement, and views in its FROM; with more it needs nothing. */
#define WORDS_MAX 64
#define ALIASES_MAX 8

enum token_kind { TOKEN_END, TOKEN_WORD, TOKEN_TEXT, TOKEN_SIGN };

/* The words of SQL that tell where a condition begins and ends, by what they do.
 * Each is recognised once, when its token is taken. */
enum keyword {
	KEYWORD_NONE,
	KEYWORD_CASE,
	KEYWORD_END,
	KEYWORD_AND,
	KEYWORD_OR,
	KEYWORD_IN,
	KEYWORD_AS,
	KEYWORD_BETWEEN,
	KEYWORD_SELECT,
	KEYWORD_FROM,
	KEYWORD_WHERE,
	KEYWORD_JOIN,
	KEYWORD_JOINS,    /* what else stands behind or before one */
	KEYWORD_ENDS,     /* the conditions of WHERE */
	KEYWORD_COMPOUND, /* ends them, too */
	KEYWORD_COLUMN,   /* of names that a case is asked for */
	KEYWORD_PLAIN,    /* a view that every case has */
};

static const struct {
	const char *text;
	size_t len;
	enum keyword keyword;
} keywords[] = {
#define KEYWORD(text, keyword)                           \
	{                                                \
		text, sizeof text - 1, KEYWORD_##keyword \
	}
	KEYWORD("case", CASE),
	KEYWORD("end", END),
	KEYWORD("and", AND),
	KEYWORD("or", OR),
	KEYWORD("in", IN),
	KEYWORD("as", AS),
	KEYWORD("between", BETWEEN),
	KEYWORD("select", SELECT),
	KEYWORD("from", FROM),
	KEYWORD("where", WHERE),
	KEYWORD("join", JOIN),
	KEYWORD("cross", JOINS),
	KEYWORD("left", JOINS),
	KEYWORD("inner", JOINS),
	KEYWORD("natural", JOINS),
	KEYWORD("right", JOINS),
	KEYWORD("full", JOINS),
	KEYWORD("on", JOINS),
	KEYWORD("using", JOINS),
	KEYWORD("group", ENDS),
	KEYWORD("having", ENDS),
	KEYWORD("order", ENDS),
	KEYWORD("limit", ENDS),
	KEYWORD("window", ENDS),
	KEYWORD("union", COMPOUND),
	KEYWORD("intersect", COMPOUND),
	KEYWORD("except", COMPOUND),
	KEYWORD("name", COLUMN),
	KEYWORD("counter", COLUMN),
	KEYWORD("kind", COLUMN),
	KEYWORD("scope", PLAIN),
	KEYWORD("facts", PLAIN),
	KEYWORD("loss", PLAIN),
	KEYWORD("subject", PLAIN),
#undef KEYWORD
};

struct token {
	enum token_kind kind;
	enum keyword keyword; /* of a word */
	const char *at;
	size_t len; /* of a text: of what stands between its quotes */
};

/* A statement, read token by token. */
struct scan {
	struct token token;
	size_t depth; /* of parentheses and CASEs around the token */
	bool lost;    /* something that is not understood */
	struct token aliases[ALIASES_MAX];
	size_t aliases_count;
	bool derived; /* FROM holds more than views */
};

/* Past spaces and comments of SQL. */
static const char *
blank_skip(const char *s)
{
	for (;;) {
		while (*s == ' ' || *s == '\t' || *s == '\r' || *s == '\n')
			s++;
		if (s[0] != '-' || s[1] != '-')
			return s;
		s += strcspn(s, "\n");
	}
}

static enum keyword
keyword_of(const char *word, size_t len)
{
	for (size_t i = 0; i < sizeof keywords / sizeof *keywords; i++)
		if (keywords[i].len == len &&
			keywords[i].text[0] == (word[0] | ' ') &&
			strncasecmp(keywords[i].text, word, len) == 0)
			return keywords[i].keyword;
	return KEYWORD_NONE;
}

/* Deeper than the conditions that are read only these two are of use, and most
 * of a statement is deeper. */
static enum keyword
keyword_below(const char *word, size_t len)
{
	if (len == 3 && strncasecmp(word, "end", 3) == 0)
		return KEYWORD_END;
	if (len == 4 && strncasecmp(word, "case", 4) == 0)
		return KEYWORD_CASE;
	return KEYWORD_NONE;
}

/* The token at s, so deep in parentheses. Texts are taken without their quotes. */
static struct token
token_at(const char *s, size_t depth)
{
	if (*s == '\0')
		return (struct token){.kind = TOKEN_END, .at = s};
	if (*s == '\'')
		return (struct token){.kind = TOKEN_TEXT,
			.at = s + 1,
			.len = strcspn(s + 1, "'")};
	size_t len = sql_word_len(s);
	if (len == 0)
		return (struct token){.kind = TOKEN_SIGN, .at = s, .len = 1};
	return (struct token){TOKEN_WORD,
		depth == 0 ? keyword_of(s, len) : keyword_below(s, len), s,
		len};
}

/* Past the token, and past the quote that ends a text. */
static const char *
token_end(struct token t)
{
	const char *end = t.at + t.len;
	return t.kind == TOKEN_TEXT && *end == '\'' ? end + 1 : end;
}

static bool
is_sign(struct token t, char sign)
{
	return t.kind == TOKEN_SIGN && *t.at == sign;
}

/* Quoted names, comments in the midst, and quotes within a text. */
static bool
is_strange(struct token t)
{
	if (t.kind == TOKEN_TEXT)
		return *token_end(t) == '\'' || t.at[t.len] == '\0';
	return t.kind == TOKEN_SIGN &&
		(strchr("\"[`", *t.at) != NULL || strncmp(t.at, "/*", 2) == 0);
}

static void
step(struct scan *s)
{
	s->depth += is_sign(s->token, '(') || s->token.keyword == KEYWORD_CASE;
	s->token = token_at(blank_skip(token_end(s->token)), s->depth);
	if (is_sign(s->token, ')') || s->token.keyword == KEYWORD_END)
		s->depth -= s->depth > 0;
	s->lost |= is_strange(s->token);
}

static bool
take(struct scan *s, enum keyword keyword)
{
	if (s->token.keyword != keyword)
		return false;
	step(s);
	return true;
}

static bool
take_sign(struct scan *s, char sign)
{
	if (!is_sign(s->token, sign))
		return false;
	step(s);
	return true;
}

static bool
at_end(const struct scan *s)
{
	return s->token.kind == TOKEN_END ||
		(s->depth == 0 &&
			(s->token.keyword == KEYWORD_ENDS ||
				s->token.keyword == KEYWORD_COMPOUND));
}

/* Is it a column of one of the views, by the name that FROM gives it? */
static bool
is_of_view(const struct scan *s, struct token alias)
{
	if (alias.len == 0)
		return !s->derived;
	for (size_t i = 0; i < s->aliases_count; i++)
		if (s->aliases[i].len == alias.len &&
			strncasecmp(s->aliases[i].at, alias.at, alias.len) == 0)
			return true;
	return false;
}

/* [alias.]name = 'x', or IN ('x', 'y'), and nothing more: its words, each of the
 * group. s is a copy: the caller goes on from where it stood. */
static size_t
condition_words(struct scan s, struct needed_word *out, size_t room, int group)
{
	struct token alias = {.kind = TOKEN_WORD, .at = ""};
	struct token column = s.token;
	size_t count = 0;
	step(&s);
	if (take_sign(&s, '.')) {
		alias = column;
		column = s.token;
		step(&s);
	}
	if (column.keyword != KEYWORD_COLUMN || !is_of_view(&s, alias))
		return 0;
	bool list = take(&s, KEYWORD_IN);
	if (!take_sign(&s, list ? '(' : '='))
		return 0;
	do {
		if (s.token.kind != TOKEN_TEXT || count == room)
			return 0;
		out[count++] =
			(struct needed_word){s.token.at, s.token.len, group};
		step(&s);
	} while (list && take_sign(&s, ','));
	if (list && !take_sign(&s, ')'))
		return 0;
	return at_end(&s) || s.token.keyword == KEYWORD_AND ? count : 0;
}

/* The conditions from the token on. */
static size_t
conditions_read(struct scan *s, struct needed_word out[WORDS_MAX])
{
	size_t count = 0;
	int group = 0;
	bool begins = true;
	bool between = false;
	while (!at_end(s)) {
		if (s->depth == 0 && s->token.keyword == KEYWORD_OR)
			return 0;
		size_t more = 0;
		if (begins && s->depth == 0)
			more = condition_words(
				*s, out + count, WORDS_MAX - count, group);
		count += more;
		group += more > 0;
		/* x BETWEEN a AND b: that AND begins nothing. */
		bool and = s->depth == 0 && s->token.keyword == KEYWORD_AND;
		between |= s->depth == 0 && s->token.keyword == KEYWORD_BETWEEN;
		begins = and&&!between;
		between &= !and;
		step(s);
	}
	while (s->token.kind != TOKEN_END) {
		s->lost |=
			s->depth == 0 && s->token.keyword == KEYWORD_COMPOUND;
		step(s);
	}
	return s->lost ? 0 : count;
}

/* One item of FROM: a view and what it is called here. */
static void
item_read(struct scan *s)
{
	struct token item = s->token;
	if (item.kind != TOKEN_WORD || view_needs(item.at, item.len) == 0) {
		s->derived |= item.keyword != KEYWORD_PLAIN;
		return;
	}
	step(s);
	take(s, KEYWORD_AS);
	bool named = s->token.kind == TOKEN_WORD &&
		s->token.keyword != KEYWORD_JOIN &&
		s->token.keyword != KEYWORD_JOINS &&
		s->token.keyword != KEYWORD_WHERE;
	if (named && !at_end(s))
		item = s->token;
	if (s->aliases_count < ALIASES_MAX)
		s->aliases[s->aliases_count++] = item;
}

/* Go to the outermost WHERE, noting the views of FROM; false without one. */
static bool
where_find(struct scan *s)
{
	bool from = false;
	if (s->token.keyword != KEYWORD_SELECT)
		return false;
	while (!at_end(s)) {
		bool outer = s->depth == 0;
		if (outer && s->token.keyword == KEYWORD_WHERE) {
			step(s);
			return true;
		}
		bool begins = outer &&
			(s->token.keyword == KEYWORD_FROM ||
				(from &&
					(is_sign(s->token, ',') ||
						s->token.keyword ==
							KEYWORD_JOIN)));
		from |= begins;
		if (begins) {
			step(s);
			item_read(s);
			continue;
		}
		step(s);
	}
	return false;
}

static void
words_keep(struct evidence *e, struct arena *a, const struct needed_word *words,
	size_t count)
{
	struct needed_word *kept = arena_take(a, count * sizeof *kept);
	memcpy(kept, words, count * sizeof *kept);
	e->words = kept;
	e->words_count = count;
}

void
evidence_words_of_condition(
	struct evidence *e, const char *where, struct arena *a)
{
	struct needed_word words[WORDS_MAX];
	struct scan s = {.token = token_at(blank_skip(where), 0)};
	s.lost = is_strange(s.token);
	words_keep(e, a, words, conditions_read(&s, words));
}

void
evidence_words_of_select(struct evidence *e, const char *sql, struct arena *a)
{
	struct needed_word words[WORDS_MAX];
	struct scan s = {.token = token_at(blank_skip(sql), 0)};
	size_t count = where_find(&s) ? conditions_read(&s, words) : 0;
	words_keep(e, a, words, count);
}

/* The words that the case's files hold, in order. */
struct case_words {
	char **list;
	size_t count;
};

/* For qsort, by bytes: has_word looks up in the same order. */
static int
by_text(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

struct case_words *
case_words_read(struct cause_run *run)
{
	static const char sql[] = "SELECT word FROM case_word";
	struct case_words *w = memory_take(1, sizeof *w);
	size_t room = 0;
	sqlite3_stmt *stmt = cause_statement(run, sql);
	while (stmt != NULL && sqlite3_step(stmt) == SQLITE_ROW) {
		const char *word = select_TEXT(stmt, 0);
		if (word == NULL)
			continue;
		if (w->count == room) {
			room = room ? 2 * room : 256;
			w->list = memory_grow(w->list, room, sizeof *w->list);
		}
		w->list[w->count++] = memory_copy(word);
	}
	if (stmt == NULL) {
		case_words_free(w);
		return NULL;
	}
	sqlite3_reset(stmt);
	if (w->count > 0)
		qsort(w->list, w->count, sizeof *w->list, by_text);
	return w;
}

void
case_words_free(struct case_words *w)
{
	for (size_t i = 0; w != NULL && i < w->count; i++)
		free(w->list[i]);
	if (w != NULL)
		free(w->list);
	free(w);
}

/* Does the case have the word? The list is sorted, and long where many programs
 * speak. */
static bool
has_word(const struct case_words *w, const struct needed_word *word)
{
	size_t low = 0;
	size_t high = w->count;
	while (low < high) {
		size_t middle = (low + high) / 2;
		int order = strncmp(w->list[middle], word->at, word->len);
		if (order == 0 && w->list[middle][word->len] == '\0')
			return true;
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
