/*
 * Naming things; see things.h. Costs a query each.
 *
 * A command is put together for people to paste: what of it stems from evidence is a
 * chain's name of letters and figures, and numbers. Else there is none.
 */
#include "report/things.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "report/evidence.h"

/* A chain, table or family. */
#define NAME_MAX 32
/* Of a rule's words. */
#define RULE_SHOWN 160

/* Where a rule stands: "inet lab input 1" or "filter INPUT 4", and its port. */
struct spot {
	char words[4][NAME_MAX];
	int count;
	const char *match; /* "dport" or "sport"; NULL: the rule names none */
	int64_t port;
};

/* Letters, figures, "_" and "-", not in front: such a word can be pasted into a
 * shell as it is. */
static bool
is_name(const char *text, size_t len)
{
	static const char signs[] =
		"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
		"0123456789_-";
	return len > 0 && len < NAME_MAX && text[0] != '-' &&
		strspn(text, signs) >= len;
}

/* The words before ": "; false where one of them is no plain name. */
static bool
spot_place(struct spot *t, const char *scope)
{
	const char *end = strstr(scope, ": ");
	for (t->count = 0; end != NULL && scope < end; t->count++) {
		size_t len = strcspn(scope, " :");
		if (t->count == 4 || !is_name(scope, len))
			return false;
		memcpy(t->words[t->count], scope, len);
		t->words[t->count][len] = '\0';
		scope += len;
		scope += *scope == ' ';
	}
	return t->count >= 2;
}

/* The one port that the rule is about. */
static bool
spot_port(struct spot *t, const char *scope)
{
	static const struct {
		const char *words, *match;
	} forms[] = {{"dport ", "dport"}, {"dpt:", "dport"},
		{"sport ", "sport"}, {"spt:", "sport"}};
	for (size_t i = 0; i < sizeof forms / sizeof forms[0]; i++) {
		const char *at = strstr(scope, forms[i].words);
		if (at == NULL)
			continue;
		at += strlen(forms[i].words);
		size_t len = strspn(at, "0123456789");
		if (len == 0 || len > 5 || (at[len] != ' ' && at[len] != '\0'))
			return false;
		t->match = forms[i].match;
		t->port = strtoll(at, NULL, 10);
		return t->port > 0 && t->port <= UINT16_MAX;
	}
	return false;
}

/*
 * What lets the rule's port pass, in front of it.
 *
 * cite: nft(8) 1.0.6, RULES: "insert rule ... index": counted from 0
 * cite: iptables(8) 1.8.9, -I chain [rulenum]: counted from 1
 */
static void
add_command(const struct report_dropping *d, char text[WORDS_MAX])
{
	struct spot t = {0};
	if (!spot_place(&t, d->scope) || !spot_port(&t, d->scope))
		return;
	int64_t number = strtoll(t.words[t.count - 1], NULL, 10);
	bool nft = strcmp(d->kind, "nft") == 0;
	if (number < 1 || number > UINT16_MAX || (nft && t.count != 4))
		return;
	if (nft)
		words_append(text,
			"; nft insert rule %s %s %s index %" PRId64
			" tcp %s %" PRId64 " accept",
			t.words[0], t.words[1], t.words[2], number - 1, t.match,
			t.port);
	else if (strncmp(d->kind, "iptables", 8) == 0)
		words_append(text,
			"; %s%s%s -I %s %" PRId64 " -p tcp --%s %" PRId64
			" -j ACCEPT",
			d->six ? "ip6tables" : "iptables",
			t.count == 3 ? " -t " : "",
			t.count == 3 ? t.words[0] : "", t.words[t.count - 2],
			number, t.match, t.port);
}

/* " (FILE:LINE)"; "?" where the input has no name. */
static void
add_place(const char *file, int64_t line, char text[WORDS_MAX])
{
	words_append(text, " (");
	evidence_stands(file ? file : "?", line, false, text);
	words_append(text, ")");
}

/* The rule that counted most packets of the finding's evidence is taken for the
 * one that it is about. */
void
thing_rule(struct report *r, int64_t finding, bool accept, char text[WORDS_MAX])
{
	struct report_dropping d;
	char number[WORDS_MAX];
	report_begin_id(r, QUERY_DROPPING, finding);
	if (report_dropping_read(r, QUERY_DROPPING, &d) && d.scope != NULL &&
		d.kind != NULL) {
		/* Its place; the words stand beside the cause. */
		const char *end = strstr(d.scope, ": ");
		size_t len = end ? (size_t)(end - d.scope) : strlen(d.scope);
		words_append(text, " Here: %.*s",
			len < RULE_SHOWN ? (int)len : RULE_SHOWN, d.scope);
		add_place(d.file, d.line, text);
		words_append(text, ", %s packet%s",
			words_number(d.packets, number),
			words_plural(d.packets));
		if (accept)
			add_command(&d, text);
		words_append(text, ".");
	}
	report_begin(r, QUERY_DROPPING);
}

/* Only a listener whose queue's length is known is a thing to be named: without
 * it the step says no more than before. */
int64_t
thing_listener(struct report *r, int64_t finding, char text[WORDS_MAX])
{
	struct report_listener l;
	char end[WORDS_MAX], number[WORDS_MAX];
	int64_t backlog = -1;
	report_begin_id(r, QUERY_LISTENER, finding);
	if (report_listener_read(r, QUERY_LISTENER, &l) && l.backlog >= 0) {
		backlog = l.backlog;
		words_append(text, " Here: %s listens with a backlog of %s",
			words_endpoint(l.ip ? l.ip : "?", (int)l.port, end),
			words_number(backlog, number));
		if (l.process != NULL && l.process[0] != '\0')
			words_append(text, ", %.60s", l.process);
		add_place(l.file, l.line, text);
		words_append(text, ".");
	}
	report_begin(r, QUERY_LISTENER);
	return backlog;
}
