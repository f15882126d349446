/*
 * Reading a template left to right, writing `'text' || fact || ...`.
 *
 * A sentence of a rule becomes SQL once, when the rule is loaded, and costs an
 * expression for each attempt then. What names no fact is a problem at its place in
 * the file; nothing of the text reaches SQL but as a quoted string or a fact's name.
 */
#include "judge/template.h"

#include <sqlite3.h>
#include <string.h>

#include "judge/expression.h"

struct compiler {
	const struct tree *tree;
	const struct tree_node *node;
	struct problems *problems;
	sqlite3_str *sql;
	sqlite3_str *literal; /* text not yet written */
	bool optional;        /* between brackets */
};

/* One problem at an offset of the sentence. Always false. */
static bool
wrong(struct compiler *c, size_t at, const char *what, const char *word)
{
	problem_add(c->problems, c->tree->file,
		tree_place(c->tree, c->node, at), what, word);
	return false;
}

/* %q doubles quotes, so that text stays text whatever the author wrote. */
static void
literal_flush(struct compiler *c)
{
	if (sqlite3_str_length(c->literal) == 0)
		return;
	sqlite3_str_appendf(c->sql, "||'%q'", sqlite3_str_value(c->literal));
	sqlite3_str_reset(c->literal);
}

/* Append one character of text; white space collapses. */
static void
literal_add(struct compiler *c, char x)
{
	int len = sqlite3_str_length(c->literal);
	const char *text = sqlite3_str_value(c->literal);
	if (x == '\n' || x == '\t')
		x = ' ';
	if (x == ' ' && len > 0 && text[len - 1] == ' ')
		return;
	sqlite3_str_appendchar(c->literal, 1, x);
}

/* The fact as text. In brackets an empty text and a count of none are NULL, so that
 * the concatenation becomes NULL and the bracket disappears. */
static void
fact_write(struct compiler *c, const char *column, const char *format)
{
	literal_flush(c);
	char value[96];
	if (strcmp(format, "span") == 0)
		snprintf(value, sizeof value, "span(%s)", column);
	else if (strcmp(format, "count") == 0 && c->optional)
		snprintf(value, sizeof value, "nullif(%s,0)", column);
	else
		snprintf(value, sizeof value, "%s", column);
	if (c->optional)
		sqlite3_str_appendf(c->sql, "||nullif(%s,'')", value);
	else
		sqlite3_str_appendf(c->sql, "||coalesce(%s,'unknown')", value);
}

/* {count|SYN|SYNs}: the number and the word that goes with it. An unknown
 * number takes the plural. */
static void
count_write(struct compiler *c, const char *column, const char *one,
	const char *many)
{
	fact_write(c, column, "count");
	sqlite3_str_appendf(c->sql,
		"||CASE %s WHEN 1 THEN ' %q' ELSE ' %q' END", column, one,
		many);
}

/* What stands between braces; body is len bytes at offset at. */
static bool
placeholder(struct compiler *c, size_t at, const char *body, size_t len)
{
	char text[128];
	if (len >= sizeof text)
		return wrong(c, at, "a placeholder is too long%s", "");
	memcpy(text, body, len);
	text[len] = '\0';
	char *one = strchr(text, '|');
	char *format = one == NULL ? strchr(text, ':') : NULL;
	char *many = NULL;
	if (format != NULL)
		*format++ = '\0';
	if (one != NULL) {
		*one++ = '\0';
		many = strchr(one, '|');
		if (many == NULL || strchr(many + 1, '|') != NULL)
			return wrong(c, at, "write {%s|singular|plural}", text);
		*many++ = '\0';
	}
	if (fact_find(text) < 0) {
		const char *near = fact_nearest(text);
		char what[160];
		snprintf(what, sizeof what, "no fact '%%.60s'%s%s%s",
			near != NULL ? "; did you mean '" : "",
			near != NULL ? near : "", near != NULL ? "'?" : "");
		return wrong(c, at, what, text);
	}
	if (format != NULL && strcmp(format, "span") != 0)
		return wrong(
			c, at, "no format '%.60s'; there is 'span'", format);
	if (one != NULL)
		count_write(c, text, one, many);
	else
		fact_write(c, text, format != NULL ? format : "");
	return true;
}

/* Open or close an optional part, which vanishes when a fact in it is unknown.
 * They do not nest: nobody could say what vanishes. */
static bool
bracket(struct compiler *c, size_t at, char x)
{
	bool open = x == '[';
	if (open == c->optional)
		return wrong(c, at,
			open ? "brackets do not nest%s" : "']' without '['%s",
			"");
	literal_flush(c);
	sqlite3_str_appendall(c->sql, open ? "||coalesce(''" : ",'')");
	c->optional = open;
	return true;
}

/* Turn the sentence into an SQL expression: literal text, {facts} and [optional
 * parts]. */
static bool
template_scan(struct compiler *c, const char *s, size_t len)
{
	for (size_t i = 0; i < len; i++) {
		if (s[i] == '[' || s[i] == ']') {
			if (!bracket(c, i, s[i]))
				return false;
			continue;
		}
		if (s[i] == '}')
			return wrong(c, i, "'}' without '{'%s", "");
		if (s[i] != '{') {
			literal_add(c, s[i]);
			continue;
		}
		const char *end = memchr(s + i, '}', len - i);
		if (end == NULL)
			return wrong(c, i, "'{' without '}'%s", "");
		size_t body = (size_t)(end - s) - i - 1;
		if (!placeholder(c, i + 1, s + i + 1, body))
			return false;
		i += body + 1;
	}
	if (c->optional)
		return wrong(c, len, "'[' without ']'%s", "");
	literal_flush(c);
	return true;
}

/* NULL with a problem added. The SQL is one expression in parentheses, in the
 * arena; each sentence begins with '' so that every piece can begin with ||. */
const char *
template_compile(const struct tree *t, const struct tree_node *n,
	struct arena *a, struct problems *p)
{
	struct compiler c = {
		.tree = t,
		.node = n,
		.problems = p,
		.sql = sqlite3_str_new(NULL),
		.literal = sqlite3_str_new(NULL),
	};
	size_t len = strlen(n->text);
	while (len > 0 && strchr(" \t\n", n->text[len - 1]) != NULL)
		len--;
	sqlite3_str_appendall(c.sql, "(''");
	bool ok = template_scan(&c, n->text, len);
	sqlite3_str_appendall(c.sql, ")");
	if (sqlite3_str_errcode(c.sql) != SQLITE_OK ||
		sqlite3_str_errcode(c.literal) != SQLITE_OK)
		memory_exhausted();
	sqlite3_free(sqlite3_str_finish(c.literal));
	char *sql = sqlite3_str_finish(c.sql);
	const char *copy = ok ? arena_copy(a, sql, strlen(sql)) : NULL;
	sqlite3_free(sql);
	return copy;
}
