/*
 * A pattern file becomes patterns; everything wrong with it is listed.
 */
#include "parsers/patterns/set.h"

#include <assert.h>
#include <string.h>

#include "base/tree_flat.h"

/* Bytes of a regex, its fragments put in; ours have up to 17,000. */
#define REGEX_MAX 32768

/* Groups within groups; a bound on the compiler's stack. */
#define REGEX_NEST_MAX 32

/* Bytes of an event's name. */
#define EVENT_NAME_MAX 64

struct loader {
	struct pattern_set *set;
	struct view words[PATTERN_WORDS_MAX]; /* contained by the one at hand */
	struct tree tree;
	struct problems *problems;
};

static void
complain(const struct loader *l, const struct tree_node *n, const char *what)
{
	problem_add(l->problems, l->tree.file, n->at, "%s", what);
}

static const char *const keys[] = {"event", "meaning", "cite", "caution",
	"floor", "where", "contains", "parser", "regex", "samples", "rejects",
	"fragment", "words", "names", "adds", "of", "lines", "blanks",
	"beside"};
#define KEYS (sizeof keys / sizeof *keys)

static const char *
key_at(const void *context, size_t i)
{
	(void)context;
	return keys[i];
}

static void
keys_check(const struct loader *l, const struct tree_node *map)
{
	for (const struct tree_node *n = map->child; n != NULL; n = n->next) {
		size_t i = 0;
		while (i < KEYS && strcmp(keys[i], n->key->text) != 0)
			i++;
		if (i < KEYS)
			continue;
		const char *near =
			word_nearest(n->key->text, KEYS, key_at, NULL);
		problem_add(l->problems, l->tree.file, n->key->at,
			"'%.60s' is no key of a pattern%s%s%s", n->key->text,
			near != NULL ? "; did you mean '" : "",
			near != NULL ? near : "", near != NULL ? "'?" : "");
	}
}

/* The text of a key; "" with a problem when it is needed and missing. */
static const char *
text_of(const struct loader *l, const struct tree_node *map, const char *key,
	bool needed)
{
	const struct tree_node *n = tree_get(map, key);
	if (n == NULL && !needed)
		return "";
	if (n == NULL) {
		problem_add(l->problems, l->tree.file, map->at,
			"the pattern has no '%s'", key);
		return "";
	}
	if (n->kind != TREE_TEXT || n->text[0] == '\0') {
		problem_add(l->problems, l->tree.file, n->at,
			"'%s' must be a text", key);
		return "";
	}
	return n->text;
}

static bool
is_kebab(const char *name)
{
	size_t n = strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789-");
	return name[n] == '\0' && n > 0 && n <= EVENT_NAME_MAX &&
		name[0] != '-' && name[n - 1] != '-';
}

static bool
flag_of(const struct loader *l, const struct tree_node *map, const char *key)
{
	const char *text = text_of(l, map, key, false);
	if (strcmp(text, "true") == 0)
		return true;
	if (text[0] != '\0' && strcmp(text, "false") != 0)
		complain(l, tree_get(map, key), "must be true or false");
	return false;
}

/* A text or a list of texts; NULL when the key is missing or bad. */
static const struct tree_node *
words_of(const struct loader *l, const struct tree_node *map, const char *key,
	size_t *count)
{
	const struct tree_node *n = tree_get(map, key);
	*count = 0;
	if (n == NULL)
		return NULL;
	const struct tree_node *first = n->kind == TREE_LIST ? n->child : n;
	*count = n->kind == TREE_LIST ? n->children : 1;
	if (*count > PATTERN_WORDS_MAX) {
		problem_add(l->problems, l->tree.file, n->at,
			"at most %d words", PATTERN_WORDS_MAX);
		*count = PATTERN_WORDS_MAX;
	}
	for (size_t i = 0; i < *count; i++, first = first->next) {
		if (first->kind == TREE_TEXT)
			continue;
		complain(l, first, "must be a text");
		*count = 0;
		return NULL;
	}
	return n->kind == TREE_LIST ? n->child : n;
}

static void
where_take(struct loader *l, const struct tree_node *map, struct pattern *p)
{
	const struct tree_node *n = words_of(l, map, "where", &p->where_count);
	p->where =
		arena_take(&l->set->arena, p->where_count * sizeof *p->where);
	for (size_t i = 0; i < p->where_count; i++, n = n->next)
		p->where[i] = n->text;
}

/* One word of `contains`; checked, and dropped when there is no room. */
static void
word_take(struct loader *l, const struct tree_node *n, const char *word,
	struct pattern *p)
{
	if (p->contains_count == PATTERN_WORDS_MAX) {
		complain(l, n, "too many words, those of fragments counted in");
		return;
	}
	if (l->set->contains_count == PATTERN_SET_WORDS_MAX) {
		problem_add(l->problems, l->tree.file, n->at,
			"all patterns together have more than %d words",
			PATTERN_SET_WORDS_MAX);
		return;
	}
	l->set->contains_count++;
	l->words[p->contains_count++] = view_str(word);
	if (strlen(word) < LITERAL_MIN)
		problem_add(l->problems, l->tree.file, n->at,
			"'%.60s' is shorter than %d bytes", word, LITERAL_MIN);
	else if (strchr(word, '\n') != NULL)
		complain(l, n, "a line end is in no line");
}

static void
contains_take(struct loader *l, const struct tree_node *map, struct pattern *p)
{
	size_t count;
	const struct tree_node *n = words_of(l, map, "contains", &count);
	if (count == 0 && tree_get(map, "contains") == NULL)
		problem_add(l->problems, l->tree.file, map->at,
			"the pattern has no 'contains'");
	for (; count > 0; count--, n = n->next) {
		const struct fragment *f =
			fragment_named(l->set->fragments, n->text);
		if (f == NULL)
			word_take(l, n, n->text, p);
		else if (f->words_count == 0)
			complain(l, n, "the fragment has no 'words'");
		for (size_t i = 0; f != NULL && i < f->words_count; i++)
			word_take(l, n, f->words[i], p);
	}
	size_t bytes = p->contains_count * sizeof *p->contains;
	p->contains = arena_take(&l->set->arena, bytes);
	memcpy(p->contains, l->words, bytes);
}

/* A regex with its fragments put in; NULL with a problem. */
static const char *
regex_text(struct loader *l, const struct tree_node *n)
{
	const char *unknown;
	size_t len;
	const char *text = fragments_expand(
		l->set->fragments, n->text, &l->set->arena, &unknown, &len);
	if (text == NULL)
		problem_add(l->problems, l->tree.file, n->at,
			"there is no fragment '%.*s'",
			(int)(len < 60 ? len : 60), unknown);
	return text;
}

/* Different names of groups; the table has them in the order of names. */
static size_t
names_count(const pcre2_code *code)
{
	uint32_t rows;
	uint32_t size;
	PCRE2_SPTR row;
	size_t count = 0;
	pcre2_pattern_info(code, PCRE2_INFO_NAMECOUNT, &rows);
	pcre2_pattern_info(code, PCRE2_INFO_NAMEENTRYSIZE, &size);
	pcre2_pattern_info(code, PCRE2_INFO_NAMETABLE, &row);
	/* cite: pcre2api(3): two bytes of number, then the name */
	for (uint32_t i = 0; i < rows; i++, row += size)
		count += i == 0 ||
			strcmp((const char *)row + 2,
				(const char *)row + 2 - size) != 0;
	return count;
}

static void
regex_take(struct loader *l, const struct tree_node *map, struct pattern *p)
{
	const struct tree_node *n = tree_get(map, "regex");
	int error;
	PCRE2_SIZE at;
	if (n == NULL && p->parser == PARSER_NONE)
		problem_add(l->problems, l->tree.file, map->at,
			"the pattern has no 'regex'");
	if (n == NULL || text_of(l, map, "regex", true)[0] == '\0')
		return;
	/* Ours are known to be right: see code_of. */
	if (l->set->lazy) {
		p->regex = n->text;
		p->fragments = l->set->fragments;
		return;
	}
	const char *text = regex_text(l, n);
	if (text == NULL)
		return;
	size_t len = strlen(text);
	if (len > REGEX_MAX) {
		problem_add(l->problems, l->tree.file, n->at,
			"the regex has %zu bytes with its fragments put in, "
			"%d at most: break it into two patterns",
			len, REGEX_MAX);
		return;
	}
	p->regex = text;
	p->code = pcre2_compile((PCRE2_SPTR)text, PCRE2_ZERO_TERMINATED,
		REGEX_OPTIONS, &error, &at, l->set->compile);
	if (p->code == NULL) {
		PCRE2_UCHAR what[128];
		pcre2_get_error_message(error, what, sizeof what);
		/* Behind a word that was put in, the place is not known. */
		problem_add(l->problems, l->tree.file,
			text == n->text ? tree_place(&l->tree, n, at) : n->at,
			"regex: %s", (const char *)what);
		return;
	}
	if (names_count(p->code) > LOG_EVENT_FIELDS_MAX)
		problem_add(l->problems, l->tree.file, n->at,
			"more than %d names of groups", LOG_EVENT_FIELDS_MAX);
}

/* One sample: a line, or a map {line, fields}. */
static void
sample_take(struct loader *l, const struct tree_node *n, bool reject,
	struct pattern_sample ***tail)
{
	const struct tree_node *line = n;
	const struct tree_node *fields = NULL;
	if (n->kind == TREE_MAP) {
		line = tree_get(n, "line");
		fields = tree_get(n, "fields");
		if (line == NULL || n->children != 1u + (fields != NULL) ||
			(fields != NULL && fields->kind != TREE_MAP)) {
			complain(l, n, "a sample is a line, or {line, fields}");
			return;
		}
	}
	if (line->kind != TREE_TEXT) {
		complain(l, line, "a sample's line must be a text");
		return;
	}
	struct pattern_sample *s = arena_take(&l->set->arena, sizeof *s);
	*s = (struct pattern_sample){
		.line = view_str(line->text),
		.at = line->at,
		.fields = fields,
		.reject = reject,
	};
	**tail = s;
	*tail = &s->next;
}

static void
samples_take(struct loader *l, const struct tree_node *map, struct pattern *p)
{
	static const char *const lists[] = {"samples", "rejects"};
	struct pattern_sample **tail = &p->samples;
	for (int reject = 0; reject < 2; reject++) {
		const struct tree_node *n = tree_get(map, lists[reject]);
		if (n == NULL && !reject && !l->tree.trimmed)
			problem_add(l->problems, l->tree.file, map->at,
				"the pattern has no 'samples' to prove it");
		if (n == NULL)
			continue;
		if (n->kind != TREE_LIST || n->children == 0) {
			complain(l, n, "must be a list of lines");
			continue;
		}
		for (n = n->child; n != NULL; n = n->next)
			sample_take(l, n, reject != 0, &tail);
	}
}

/* A text that patterns below share: fragments.h. */
static void
fragment_take(struct loader *l, const struct tree_node *map)
{
	struct fragment *f = arena_take(&l->set->arena, sizeof *f);
	const char *unknown;
	size_t unknown_len;
	*f = (struct fragment){.next = l->set->fragments};
	keys_check(l, map);
	f->name = text_of(l, map, "fragment", true);
	if (f->name[0] != '\0' && !is_kebab(f->name))
		complain(l, tree_get(map, "fragment"),
			"a fragment's name is lower-case words joined by '-'");
	text_of(l, map, "cite", true);
	f->regex = text_of(l, map, "regex", true);
	/* It may be made of others. */
	f->regex = fragments_expand(l->set->fragments, f->regex, &l->set->arena,
		&unknown, &unknown_len);
	if (f->regex == NULL) {
		complain(l, map, "the regex names an unknown fragment");
		f->regex = "";
	}
	const struct tree_node *n = words_of(l, map, "words", &f->words_count);
	if (f->words_count > FRAGMENT_WORDS_MAX) {
		complain(l, map, "too many words");
		f->words_count = FRAGMENT_WORDS_MAX;
	}
	for (size_t i = 0; i < f->words_count; i++, n = n->next)
		f->words[i] = n->text;
	l->set->fragments = f;
}

static void
parser_take(struct loader *l, const struct tree_node *map, struct pattern *p)
{
	static const struct {
		const char *name;
		enum pattern_parser parser;
	} rows[] = {
		{"", PARSER_NONE},
		{"netfilter", PARSER_NETFILTER},
		{"firewall-seen", PARSER_FIREWALL_SEEN},
		{"firewall-stopped", PARSER_FIREWALL_STOPPED},
		{"firewall-passed", PARSER_FIREWALL_PASSED},
		{"firewall-unanswered", PARSER_FIREWALL_UNANSWERED},
	};
	const char *parser = text_of(l, map, "parser", false);
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		if (strcmp(parser, rows[i].name) == 0) {
			p->parser = rows[i].parser;
			return;
		}
	}
	complain(l, tree_get(map, "parser"),
		"parsers are 'netfilter' and 'firewall-seen', '-stopped', "
		"'-passed', '-unanswered'");
}

/* What it has to do with lines above and below: subject.h. */
static void
subject_take(struct loader *l, const struct tree_node *map, struct pattern *p)
{
	static const struct {
		const char *key;
		enum subject_role role;
	} rows[] = {{"names", SUBJECT_NAMES}, {"adds", SUBJECT_ADDS},
		{"of", SUBJECT_OF}};
	uint64_t lines = SUBJECT_LINES;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		if (tree_get(map, rows[i].key) == NULL)
			continue;
		if (p->subject.role != SUBJECT_NONE)
			complain(l, tree_get(map, rows[i].key),
				"one of 'names', 'adds' and 'of' is enough");
		p->subject.role = rows[i].role;
		p->subject.word = text_of(l, map, rows[i].key, true);
	}
	const char *text = text_of(l, map, "lines", false);
	if (text[0] != '\0' &&
		!view_number(view_str(text), SUBJECT_LINES_MAX, &lines))
		problem_add(l->problems, l->tree.file, map->at,
			"'lines' is a number up to %d", SUBJECT_LINES_MAX);
	p->subject.lines = (uint32_t)lines;
	p->subject.blanks = flag_of(l, map, "blanks");
	p->beside = flag_of(l, map, "beside");
	if (strcmp(p->facts.event, SUBJECT_EVENT) == 0 &&
		p->subject.role != SUBJECT_NAMES &&
		p->subject.role != SUBJECT_ADDS)
		complain(l, map, "'" SUBJECT_EVENT "' must name or add");
}

static void
pattern_take(struct loader *l, const struct tree_node *map)
{
	struct pattern_set *set = l->set;
	if (map->kind == TREE_MAP && tree_get(map, "fragment") != NULL) {
		fragment_take(l, map);
		return;
	}
	if (map->kind != TREE_MAP) {
		complain(l, map, "a pattern is a map of keys");
		return;
	}
	if (set->count == PATTERNS_MAX) {
		complain(l, map, "too many patterns");
		return;
	}
	struct pattern *p = &set->patterns[set->count++];
	*p = (struct pattern){.facts = {.file = l->tree.file, .at = map->at}};
	if (!l->tree.trimmed)
		keys_check(l, map);
	p->facts.event = text_of(l, map, "event", true);
	if (p->facts.event[0] != '\0' && !is_kebab(p->facts.event))
		complain(l, tree_get(map, "event"),
			"an event's name is lower-case words joined by '-'");
	p->facts.meaning = text_of(l, map, "meaning", true);
	p->facts.cite = text_of(l, map, "cite", true);
	p->facts.caution = text_of(l, map, "caution", false);
	p->facts.floor = flag_of(l, map, "floor");
	parser_take(l, map, p);
	where_take(l, map, p);
	contains_take(l, map, p);
	regex_take(l, map, p);
	subject_take(l, map, p);
	samples_take(l, map, p);
}

static void
compile_prepare(struct pattern_set *set)
{
	if (set->compile != NULL)
		return;
	set->compile = pcre2_compile_context_create(NULL);
	if (set->compile == NULL)
		memory_exhausted();
	pcre2_set_max_pattern_length(set->compile, REGEX_MAX);
	pcre2_set_parens_nest_limit(set->compile, REGEX_NEST_MAX);
}

static void
list_take(struct loader *l)
{
	if (l->tree.root->kind != TREE_LIST) {
		complain(l, l->tree.root, "a pattern file is a list");
		return;
	}
	compile_prepare(l->set);
	for (const struct tree_node *n = l->tree.root->child; n != NULL;
		n = n->next)
		pattern_take(l, n);
}

bool
pattern_set_add(struct pattern_set *set, const char *file, struct view text,
	struct problems *problems)
{
	struct loader l = {.set = set, .problems = problems};
	size_t before = problems->count;
	/* Places in samples are looked up later, in our own copy. */
	const char *copy = arena_copy(&set->arena, text.data, text.len);
	file = arena_copy(&set->arena, file, strlen(file));
	if (!tree_read(&l.tree, file, view_of(copy, text.len), &set->arena,
		    problems))
		return false;
	list_take(&l);
	return problems->count == before;
}

void
pattern_set_trust(struct pattern_set *set, const struct embedded *ours)
{
	static const char *const without[] = {"samples", "rejects", NULL};
	struct problems problems = {0};
	struct loader l = {.set = set, .problems = &problems};
	tree_unflatten(&l.tree, ours->name, view_of(ours->text, ours->len),
		ours->tree, without, &set->arena);
	list_take(&l);
	assert(problems.count == 0);
}
