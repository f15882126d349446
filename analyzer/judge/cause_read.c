/*
 * A cause rule's tree becomes a struct cause, every problem reported.
 *
 * Only shapes and single statements are judged here; whether the rule accuses
 * the right one is for its own tests (cause_test.c).
 */
#include "judge/cause.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "judge/expression.h"
#include "judge/fields.h"
#include "judge/prepared.h"

enum cause_field {
#define X(key, type, required, meaning) CAUSE_FIELD_##key,
#include "judge/cause_fields.def"
#undef X
	CAUSE_FIELDS
};

static const struct field cause_fields[] = {
#define X(key, type, required, meaning) {#key, FIELD_##type, required},
#include "judge/cause_fields.def"
#undef X
};

/* The index of n's text among count words; fallback when n is NULL, -1 with a
 * problem when it is none of them. */
static int
word_of(struct reading *r, const struct tree_node *n, const char *const *words,
	int count, int fallback, const char *what)
{
	if (n == NULL)
		return fallback;
	for (int i = 0; n->kind == TREE_TEXT && i < count; i++)
		if (strcmp(n->text, words[i]) == 0)
			return i;
	wrong(r, n, what);
	return -1;
}

/* The verdicts whose attempts the cause may explain. Whether they exist is
 * looked at when all files have been read. */
static bool
explains_read(struct reading *r, const struct tree_node *list)
{
	struct cause *c = r->cause;
	if (list == NULL)
		return true;
	if (list->children > CAUSE_EXPLAINS_MAX)
		return wrong(r, list, "too many verdicts");
	bool ok = true;
	for (const struct tree_node *n = list->child; n != NULL; n = n->next) {
		if (n->kind != TREE_TEXT) {
			ok = wrong(r, n, "'explains' takes ids of verdicts");
			continue;
		}
		/* The place is kept: whether the verdict exists is asked when n
		 * is long gone. */
		c->explains_at[c->explains_count] = n->at;
		c->explains[c->explains_count++] = n->text;
	}
	return ok;
}

/* The causes that this one brings about, which then are told behind it. */
static bool
brings_read(struct reading *r, const struct tree_node *list)
{
	struct cause *c = r->cause;
	if (list == NULL)
		return true;
	if (list->children > CAUSE_BRINGS_MAX)
		return wrong(r, list, "too many causes");
	bool ok = true;
	for (const struct tree_node *n = list->child; n != NULL; n = n->next) {
		if (n->kind != TREE_TEXT) {
			ok = wrong(r, n, "'brings' takes ids of causes");
			continue;
		}
		c->brings_at[c->brings_count] = n->at;
		c->brings[c->brings_count++] = n->text;
	}
	return ok;
}

/* Whose evidence counts. Without a word it is the server's: most causes are of
 * the host that did not answer. */
static bool
hosts_read(struct reading *r, const struct tree_node *list)
{
	static const char *const words[] = {"server", "client", "between"};
	if (list == NULL) {
		r->cause->hosts = HOST_SERVER;
		return true;
	}
	bool ok = true;
	for (const struct tree_node *n = list->child; n != NULL; n = n->next) {
		int host = word_of(r, n, words, 3, 0,
			"a host is server, client or between");
		ok &= host >= 0;
		if (host >= 0)
			r->cause->hosts |= 1U << host;
	}
	return ok;
}

/* Sentences for a person. One line each: they become list entries in five
 * formats, none of which could fold them alike. */
static bool
sentences_read(
	struct reading *r, const struct tree_node *list, struct sentences *out)
{
	if (list == NULL)
		return true;
	if (list->children > CAUSE_SENTENCES_MAX)
		return wrong(r, list, "too many sentences");
	bool ok = true;
	for (const struct tree_node *n = list->child; n != NULL; n = n->next) {
		if (n->kind != TREE_TEXT || n->text[0] == '\0' ||
			strchr(n->text, '\n') != NULL)
			ok = wrong(r, n,
				"one sentence per entry, on one line "
				"or folded with '>-'");
		else
			out->text[out->count++] = n->text;
	}
	return ok;
}

/* `sql`: the statement must give every column; `attempt` may be left out. */
static bool
statement_read(struct reading *r, const struct tree_node *n, struct evidence *e)
{
	sqlite3_stmt *stmt = NULL;
	/* The line end closes a comment that the author may have left at the
	 * end. */
	e->sql = arena_format(r->arena, "SELECT * FROM (%s\n)", n->text);
	if (r->checker == NULL)
		return true;
	if (!select_check(r->checker, r->tree, n, "SELECT * FROM (", "\n)",
		    &stmt, r->problems))
		return false;
	struct evidence_columns columns = evidence_columns_of(stmt);
	sqlite3_finalize(stmt);
	bool ok = true;
	for (int i = 0; i < EVIDENCE_COLUMNS; i++)
		if (columns.at[i] < 0 && i != EVIDENCE_attempt) {
			problem_add(r->problems, r->tree->file, n->at,
				"the statement lacks the column '%s'",
				evidence_column_names[i]);
			ok = false;
		}
	return ok;
}

/* May `from` name it? Only views over files of the case: those over packets
 * have other columns and want a whole statement. */
static bool
is_view(const char *name)
{
	/* The names in the .def of a kind that files bring; "" for the rest. */
	static const char *const views[] = {
#define X(view, needs, columns) NEEDS_##needs &NEEDS_FILES ? #view : "",
#include "judge/cause_views.def"
#undef X
	};
	for (size_t i = 0; i < sizeof views / sizeof views[0]; i++)
		if (name[0] != '\0' && strcmp(name, views[i]) == 0)
			return true;
	return false;
}

/* `from` and `where`, and `text` where the view's own does not do. */
static bool
selection_read(struct reading *r, const struct tree_node *from,
	const struct tree_node *where, const struct tree_node *text,
	struct evidence *e)
{
	if (!is_view(from->text))
		return wrong(r, from,
			"'from' takes near_events, host_events, "
			"untried_events, "
			"host_counters, host_settings, host_sockets, tracked "
			"or "
			"flows; 'sql' takes whole statements");
	e->sql = arena_format(r->arena,
		/* The columns are those of EVIDENCE_COLUMN_LIST; short forms
		 * need no check for them, for every view of files has all of
		 * them. */
		"SELECT subject, attempt, sure, source, line, at_ns, "
		"(%s\n) AS text FROM %s WHERE (%s\n)",
		text != NULL ? text->text : "text", from->text, where->text);
	if (r->checker == NULL)
		return true;
	char *before =
		arena_format(r->arena, "SELECT 1 FROM %s WHERE (", from->text);
	bool ok = select_check(
		r->checker, r->tree, where, before, "\n)", NULL, r->problems);
	before = arena_format(
		/* As an operand of ||, so that an author's text is one
		 * expression that gives one value, whatever it is. */
		r->arena, "SELECT 1 FROM %s WHERE (''||", from->text);
	if (text != NULL)
		ok &= select_check(r->checker, r->tree, text, before, "\n)",
			NULL, r->problems);
	return ok;
}

/* The evidence named in n ("a", "a + b") as a mask; 0 with a problem. */
static uint32_t
names_read(struct reading *r, const struct tree_node *n)
{
	uint32_t mask = 0;
	if (n->kind != TREE_TEXT)
		return wrong(r, n, "write names of evidence, as in 'a + b'");
	const char *s = n->text;
	while (*s != '\0') {
		size_t len = strcspn(s, " +");
		/* A longer name is cut, and then found to be none. */
		char name[64];
		snprintf(name, sizeof name, "%.*s", (int)len, s);
		int i = len > 0 ? evidence_find(r->cause, name) : 0;
		if (i < 0) {
			problem_add(r->problems, r->tree->file, n->at,
				"no evidence is named '%s'", name);
			return 0;
		}
		if (len > 0)
			mask |= UINT32_C(1) << i;
		s += len;
		s += strspn(s, " +");
	}
	return mask;
}

/* The keys of one piece of evidence. */
enum {
	NAME,
	WEIGHS,
	FROM,
	WHERE,
	TEXT,
	SQL,
	UNLESS,
	FAINT,
	LEAST,
	EVIDENCE_FIELDS
};
static const struct field evidence_fields[] = {
	[NAME] = {"name", FIELD_WORD, true},
	[WEIGHS] = {"weighs", FIELD_WORD, true},
	[FROM] = {"from", FIELD_LINE, false},
	[WHERE] = {"where", FIELD_SQL, false},
	[TEXT] = {"text", FIELD_SQL, false},
	[SQL] = {"sql", FIELD_SQL, false},
	[UNLESS] = {"unless", FIELD_LIST, false},
	[FAINT] = {"faint", FIELD_BOOL, false},
	[LEAST] = {"least", FIELD_INT, false},
};

/* Which kinds of evidence, and which words, the case must have for this to be run at
 * all: that is what makes a small case cheap. */
static void
needs_read(struct reading *r, const struct tree_node *where,
	const struct tree_node *sql, struct evidence *e)
{
	const struct prepared_rule *ours = r->prepared;
	if (ours != NULL) {
		const struct prepared_evidence *told =
			&ours->evidence[e - r->cause->evidence];
		assert(e - r->cause->evidence < (long)ours->evidence_count);
		e->needs = told->needs;
		e->words = told->words;
		e->words_count = told->words_count;
		return;
	}
	e->needs = select_needs(e->sql);
	if ((e->needs & NEEDS_FILES) == 0)
		return;
	if (where != NULL)
		evidence_words_of_condition(e, where->text, r->arena);
	else
		evidence_words_of_select(e, sql->text, r->arena);
}

/*
 * One piece of evidence: a condition on a view, or a whole statement, checked
 * here and run as it is for every case.
 *
 * It takes its place in the list before the rest is read, so that a name is
 * known to the combinations even where its statement is wrong, and one mistake
 * gives one problem.
 */
static bool
evidence_read(struct reading *r, const struct tree_node *n)
{
	static const char *const weights[] = {
		"confirms", "contradicts", "supports"};
	struct cause *c = r->cause;
	const struct tree_node *v[EVIDENCE_FIELDS];
	if (!fields_read(r->tree, n, "a piece of evidence", evidence_fields,
		    EVIDENCE_FIELDS, v, r->problems))
		return false;
	if (evidence_find(c, v[NAME]->text) >= 0)
		return wrong(r, v[NAME], "another evidence has this name");
	struct evidence *e = &c->evidence[c->evidence_count++];
	e->name = v[NAME]->text;
	e->at = n->at;
	int weighs = word_of(r, v[WEIGHS], weights, 3, 0,
		"evidence confirms, supports or contradicts");
	if (weighs < 0)
		return false;
	e->weighs = (enum weighs)weighs;
	bool short_form = v[FROM] != NULL && v[WHERE] != NULL && v[SQL] == NULL;
	bool long_form = v[SQL] != NULL && v[FROM] == NULL &&
		v[WHERE] == NULL && v[TEXT] == NULL;
	if (!short_form && !long_form)
		return wrong(r, n,
			"evidence has either 'from' and 'where', or 'sql'");
	bool ok = short_form ? selection_read(r, v[FROM], v[WHERE], v[TEXT], e)
			     : statement_read(r, v[SQL], e);
	if (ok)
		needs_read(r, v[WHERE], v[SQL], e);
	/* host_events are of any time of that host, so they speak of the
	 * attempts' own time only by chance. */
	e->faint = ok &&
		(strstr(e->sql, "host_events") != NULL ||
			(v[FAINT] != NULL &&
				strcmp(v[FAINT]->text, "true") == 0));
	if (v[LEAST] != NULL)
		e->least = strtol(v[LEAST]->text, NULL, 10);
	return ok;
}

/* After all evidence is known: what takes the force from which piece. */
static bool
unless_read(struct reading *r, const struct tree_node *list)
{
	size_t i = 0;
	bool ok = true;
	for (const struct tree_node *n = list->child; n != NULL; n = n->next) {
		/* In step with the list: evidences_read has added one entry for
		 * each node, or failed. */
		struct evidence *e = &r->cause->evidence[i++];
		const struct tree_node *names = tree_get(n, "unless");
		if (names == NULL)
			continue;
		if (e->weighs == WEIGHS_SUPPORTS)
			ok = wrong(r, names,
				"'unless' belongs to what confirms or "
				"contradicts");
		for (names = names->child; names != NULL; names = names->next)
			e->unless |= names_read(r, names);
	}
	return ok;
}

/* The list; its length is bounded by the bits of the masks in which
 * combinations of evidence are written. */
static bool
evidences_read(struct reading *r, const struct tree_node *list)
{
	if (list == NULL)
		return false;
	if (list->children > CAUSE_EVIDENCE_MAX)
		return wrong(r, list, "too many pieces of evidence");
	bool ok = true;
	r->cause->evidence = arena_take(
		r->arena, list->children * sizeof *r->cause->evidence);
	for (const struct tree_node *n = list->child; n != NULL; n = n->next)
		ok &= evidence_read(r, n);
	return ok && unless_read(r, list);
}

/* The combinations that make the cause likely, each a mask over the list of
 * evidence. */
static bool
likely_read(struct reading *r, const struct tree_node *list)
{
	struct cause *c = r->cause;
	if (list == NULL)
		return true;
	if (list->children > CAUSE_COMBINATIONS_MAX)
		return wrong(r, list, "too many combinations");
	bool ok = true;
	for (const struct tree_node *n = list->child; n != NULL; n = n->next) {
		uint32_t mask = names_read(r, n);
		ok &= mask != 0;
		c->likely[c->likely_count++] = mask;
	}
	return ok;
}

/*
 * per, covers, possible, reach and attempts.
 *
 * Words that the file leaves out get what most rules want: a finding per
 * service, of the attempts near the evidence, and only where there is evidence.
 */
static bool
words_read(struct reading *r, const struct tree_node **v)
{
	static const char *const pers[] = {
		"service", "server", "client", "pair", "case"};
	static const char *const covers[] = {"near", "named", "subject"};
	static const char *const possible[] = {"evidence", "always"};
	struct cause *c = r->cause;
	int per = word_of(r, v[CAUSE_FIELD_per], pers, 5, PER_SERVICE,
		"'per' is service, server, client, pair or case");
	int cover = word_of(r, v[CAUSE_FIELD_covers], covers, 3, COVERS_NEAR,
		"'covers' is near, named or subject");
	int always = word_of(r, v[CAUSE_FIELD_possible], possible, 2, 0,
		"'possible' is evidence or always");
	if (per < 0 || cover < 0 || always < 0)
		return false;
	c->per = (enum cause_per)per;
	c->covers = (enum cause_covers)cover;
	c->possible_always = always == 1;
	/* The kernel lets ten lines pass in five seconds (net.core.message_cost,
	 * message_burst): what it suppressed belongs to a burst that began at
	 * most that long ago. cite: net/core/sysctl_net_core.c,
	 * include/linux/ratelimit_types.h (DEFAULT_RATELIMIT_INTERVAL), 6.12 */
	c->reach_s = 5;
	if (v[CAUSE_FIELD_reach] != NULL)
		c->reach_s = (int)strtol(v[CAUSE_FIELD_reach]->text, NULL, 10);
	const struct tree_node *attempts = v[CAUSE_FIELD_attempts];
	if (attempts == NULL)
		return true;
	c->attempts = attempts->text;
	c->attempts_need = r->prepared != NULL ? r->prepared->attempts_need
					       : select_needs(c->attempts);
	return r->checker == NULL ||
		select_check(r->checker, r->tree, attempts,
			"SELECT 1 FROM scope JOIN facts USING (attempt) WHERE "
			"(",
			"\n)", NULL, r->problems);
}

/* What the build has worked out of the file; NULL: nothing, or a file that is not of
 * the build. */
static const struct prepared_rule *
prepared_of(const struct rule *rule)
{
	return rule->ours != NULL && prepared_rules != NULL
		? &prepared_rules[rule->ours - embedded_rules]
		: NULL;
}

/* Read to the end whatever is wrong, so that an author sees all problems at
 * once. Everything is given room in the arena; nothing is to be released by
 * hand, whether it succeeds or not. */
bool
cause_read(struct rule *rule, const struct tree *tree, struct arena *a,
	struct checker *checker, struct problems *p)
{
	struct cause *c = arena_take(a, sizeof *c);
	struct reading r = {tree, a, checker, p, c, prepared_of(rule)};
	const struct tree_node *v[CAUSE_FIELDS];
	rule->cause = c;
	bool ok = fields_read(
		/* v holds NULL for what is missing or of a wrong kind; each of
		 * those has been told already, and the reading functions take
		 * NULL for "not there". */
		tree, tree->root, "the rule", cause_fields, CAUSE_FIELDS, v, p);
	if (v[CAUSE_FIELD_cause] != NULL)
		c->id = v[CAUSE_FIELD_cause]->text;
	if (v[CAUSE_FIELD_title] != NULL)
		rule->title = v[CAUSE_FIELD_title]->text;
	if (v[CAUSE_FIELD_explain] != NULL)
		rule->explain = v[CAUSE_FIELD_explain]->text;
	ok &= words_read(&r, v);
	ok &= explains_read(&r, v[CAUSE_FIELD_explains]);
	ok &= brings_read(&r, v[CAUSE_FIELD_brings]);
	if (v[CAUSE_FIELD_explains] == NULL && c->per != PER_CASE &&
		tree->root->kind == TREE_MAP)
		ok = wrong(&r, tree->root,
			"only a rule with 'per: case' may explain no verdict");
	ok &= hosts_read(&r, v[CAUSE_FIELD_host]);
	ok &= evidences_read(&r, v[CAUSE_FIELD_evidence]);
	ok &= likely_read(&r, v[CAUSE_FIELD_likely]);
	ok &= sentences_read(&r, v[CAUSE_FIELD_fix], &c->fix);
	ok &= sentences_read(&r, v[CAUSE_FIELD_verify], &c->verify);
	ok &= sentences_read(&r, v[CAUSE_FIELD_collect], &c->collect);
	ok &= sentences_read(&r, v[CAUSE_FIELD_worse], &c->worse);
	if (v[CAUSE_FIELD_tests] != NULL)
		ok &= cause_tests_read(c, tree, v[CAUSE_FIELD_tests], a, p);
	return ok;
}
