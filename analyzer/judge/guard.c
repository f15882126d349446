/*
 * Reading a stranger's SQL as far as quotes and parentheses, and telling where it
 * went wrong. See guard.h.
 *
 * Only what SQLite cannot be asked about is read here: whether the text ends
 * where it seems to end. The rest is left to SQLite's own parser.
 */
#include "judge/guard.h"

#include <stdio.h>
#include <string.h>

int
guard_deny(
	struct guard *g, const char *word, const char *format, const char *near)
{
	if (g->denied[0] != '\0')
		return SQLITE_DENY;
	snprintf(g->word, sizeof g->word, "%s", word);
	int len = snprintf(g->denied, sizeof g->denied, format, g->word);
	if (near != NULL && len > 0 && (size_t)len < sizeof g->denied)
		snprintf(g->denied + len, sizeof g->denied - (size_t)len,
			"; did you mean %s?", near);
	return SQLITE_DENY;
}

/* The end of a quoted run or comment that begins at s[i], or i when none does.
 * An unfinished one ends with the text: SQLite then reports it. */
static size_t
quoted_end(const char *s, size_t i)
{
	const char *end;
	if (strncmp(s + i, "--", 2) == 0) {
		end = strchr(s + i, '\n');
		return end == NULL ? strlen(s) : (size_t)(end - s);
	}
	if (strncmp(s + i, "/*", 2) == 0) {
		end = strstr(s + i + 2, "*/");
		return end == NULL ? strlen(s) : (size_t)(end - s) + 2;
	}
	char close = s[i] == '[' ? ']' : s[i];
	if (strchr("'\"`[", s[i]) == NULL)
		return i;
	/* A doubled quote ends one run and begins the next: same result. */
	end = strchr(s + i + 1, close);
	return end == NULL ? strlen(s) : (size_t)(end - s) + 1;
}

/* What makes a text more than one expression or one statement's part
 * (parameters, ';', unbalanced parentheses), or NULL; *at says where. */
static const char *
shape_trouble(const char *s, size_t *at)
{
	size_t depth = 0;
	size_t opened = 0; /* the outermost parenthesis that is open */
	size_t i = 0;
	while (s[i] != '\0') {
		size_t end = quoted_end(s, i);
		*at = i;
		if (end > i) {
			if (s[i] == '/' && s[end] == '\0' && s[end - 1] != '/')
				return "the comment does not end";
			i = end;
			continue;
		}
		if (s[i] == '(' && depth++ == 0)
			opened = i;
		if (s[i] == ')' && depth-- == 0)
			return "')' without '('";
		if (s[i] == ';')
			return "';' is not allowed in an expression";
		if (strchr("?:@$#", s[i]) != NULL)
			return "parameters are not allowed";
		i++;
	}
	*at = opened;
	return depth > 0 ? "'(' without ')'" : NULL;
}

bool
guard_shape(const struct tree *t, const struct tree_node *n, const char *noun,
	struct problems *p)
{
	size_t at = 0;
	if (strlen(n->text) > EXPRESSION_MAX) {
		problem_add(p, t->file, n->at, "the %s is longer than %d bytes",
			noun, EXPRESSION_MAX);
		return false;
	}
	const char *trouble = shape_trouble(n->text, &at);
	if (trouble != NULL)
		problem_add(p, t->file, tree_place(t, n, at), "%s", trouble);
	return trouble == NULL;
}

/* Where the refused word stands in the text; 0 when it is not found. */
static size_t
word_at(const char *text, const char *word)
{
	const char *found = word[0] != '\0' ? strcasestr(text, word) : NULL;
	return found == NULL ? 0 : (size_t)(found - text);
}

void
guard_problem(const struct guard *g, sqlite3 *db, const struct tree *t,
	const struct tree_node *n, const char *noun, size_t before,
	guard_meant *meant, struct problems *p)
{
	char early[64];
	const char *what = sqlite3_errmsg(db);
	int offset = sqlite3_error_offset(db);
	size_t at = 0;
	size_t len = strlen(n->text);
	while (len > 0 && strchr(" \t\n", n->text[len - 1]) != NULL)
		len--;
	if (offset >= 0 && (size_t)offset >= before)
		at = (size_t)offset - before;
	/* SQLite stumbled over the parenthesis that is ours. */
	if (at > len) {
		snprintf(early, sizeof early, "the %s ends too early", noun);
		what = early;
		at = len;
	}
	if (g->denied[0] != '\0') {
		what = g->denied;
		at = word_at(n->text, g->word);
	}
	const char *near = meant != NULL ? meant(what) : NULL;
	problem_add(p, t->file, tree_place(t, n, at), "%s%s%s%s", what,
		near != NULL ? "; did you mean " : "", near != NULL ? near : "",
		near != NULL ? "?" : "");
}
