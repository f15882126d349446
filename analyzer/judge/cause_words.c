/*
 * Which words a statement cannot do without: an event's name, a counter's, the
 * kind of a file.
 *
 * Of 260 pieces of evidence a case has something to say to a dozen. To prepare a
 * statement costs a thousand times what it takes to see that no line of the case
 * has the name it asks for, so that is seen first. Only what holds of every row is
 * believed: conditions that the outermost WHERE joins by AND, on a column of a view
 * that stands in its FROM. Where the text is anything else, nothing is needed.
 *
 * Of a counter's row two things more are believed: that it rose (delta > 0) or has no
 * earlier reading (delta IS NULL), and texts of which its scope has one. A host lists
 * hundreds of counters that never rose, and firewalls rules of another sort.
 */
#include <string.h>
#include <strings.h>

#include "judge/cause.h"

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
	KEYWORD_DELTA,    /* a counter's rise */
	KEYWORD_IS,
	KEYWORD_NULL,
	KEYWORD_PLAIN, /* a view that every case has */
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
	KEYWORD("delta", DELTA),
	KEYWORD("is", IS),
	KEYWORD("null", NULL),
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

/* Nothing of the condition comes behind the token before this one. */
static bool
condition_ends(const struct scan *s)
{
	return at_end(s) || (s->depth == 0 && s->token.keyword == KEYWORD_AND);
}

/* [alias.]column; the alias has no length where there is none. */
static struct token
column_take(struct scan *s, struct token *alias)
{
	struct token column = s->token;
	*alias = (struct token){.kind = TOKEN_WORD, .at = ""};
	step(s);
	if (take_sign(s, '.')) {
		*alias = column;
		column = s->token;
		step(s);
	}
	return column;
}

static bool
is_word_of(struct token t, const char *word)
{
	return t.kind == TOKEN_WORD && t.len == strlen(word) &&
		strncasecmp(t.at, word, t.len) == 0;
}

/* [alias.]name = 'x', or IN ('x', 'y'), and nothing more: its words, each of the
 * group. s is a copy: the caller goes on from where it stood. */
static size_t
condition_words(struct scan s, struct needed_word *out, size_t room, int group)
{
	struct token alias;
	struct token column = column_take(&s, &alias);
	size_t count = 0;
	if (column.keyword != KEYWORD_COLUMN || !is_of_view(&s, alias))
		return 0;
	bool list = take(&s, KEYWORD_IN);
	if (!take_sign(&s, list ? '(' : '='))
		return 0;
	do {
		if (s.token.kind != TOKEN_TEXT || count == room)
			return 0;
		out[count++] = (struct needed_word){
			.at = s.token.at,
			.len = s.token.len,
			.group = group,
			.alias = alias.at,
			.alias_len = alias.len,
		};
		step(&s);
	} while (list && take_sign(&s, ','));
	if (list && !take_sign(&s, ')'))
		return 0;
	return condition_ends(&s) ? count : 0;
}

/* instr([alias.]scope, 'x'), or several of them in parentheses, joined by OR, and
 * nothing more: texts of one group. */
static size_t
condition_scopes(struct scan s, struct needed_word *out, size_t room, int group)
{
	size_t count = 0;
	bool list = take_sign(&s, '(');
	do {
		struct token alias;
		if (!is_word_of(s.token, "instr") || count == room)
			return 0;
		step(&s);
		if (!take_sign(&s, '('))
			return 0;
		struct token column = column_take(&s, &alias);
		if (!is_word_of(column, "scope") || !is_of_view(&s, alias) ||
			!take_sign(&s, ',') || s.token.kind != TOKEN_TEXT)
			return 0;
		out[count++] = (struct needed_word){
			.at = s.token.at,
			.len = s.token.len,
			.group = group,
			.within = true,
		};
		step(&s);
		if (!take_sign(&s, ')'))
			return 0;
	} while (list && is_word_of(s.token, "or") && (step(&s), true));
	if (list && !take_sign(&s, ')'))
		return 0;
	return condition_ends(&s) ? count : 0;
}

/* [alias.]delta > 0, or IS NULL, and nothing more: what it asks of a counter. */
static enum counter_state
condition_state(struct scan s, struct token *alias)
{
	enum counter_state state = COUNTER_ANY;
	if (column_take(&s, alias).keyword != KEYWORD_DELTA)
		return COUNTER_ANY;
	if (take_sign(&s, '>') && is_word_of(s.token, "0"))
		state = COUNTER_ROSE;
	else if (take(&s, KEYWORD_IS) && s.token.keyword == KEYWORD_NULL)
		state = COUNTER_ONCE;
	step(&s);
	return condition_ends(&s) && is_of_view(&s, *alias) ? state
							    : COUNTER_ANY;
}

/* A state that is asked of the rows of one view, whose words it then holds for. */
struct asked {
	enum counter_state state;
	struct token alias;
};

static void
states_set(struct needed_word *words, size_t count, const struct asked *asked)
{
	for (size_t i = 0; i < count && asked->state != COUNTER_ANY; i++)
		if (!words[i].within &&
			words[i].alias_len == asked->alias.len &&
			strncasecmp(words[i].alias, asked->alias.at,
				asked->alias.len) == 0)
			words[i].state = asked->state;
}

/* The conditions from the token on. */
static size_t
conditions_read(struct scan *s, struct needed_word out[WORDS_MAX])
{
	size_t count = 0;
	int group = 0;
	bool begins = true;
	bool between = false;
	struct asked asked = {.state = COUNTER_ANY};
	while (!at_end(s)) {
		if (s->depth == 0 && s->token.keyword == KEYWORD_OR)
			return 0;
		size_t more = 0;
		if (begins && s->depth == 0)
			more = condition_words(
				*s, out + count, WORDS_MAX - count, group);
		if (begins && s->depth == 0 && more == 0)
			more = condition_scopes(
				*s, out + count, WORDS_MAX - count, group);
		if (begins && s->depth == 0 && more == 0 &&
			asked.state == COUNTER_ANY)
			asked.state = condition_state(*s, &asked.alias);
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
	states_set(out, count, &asked);
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
