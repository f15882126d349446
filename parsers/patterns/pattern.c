/*
 * The set, sealed and shared, and the search for a record's pattern.
 */
#include "parsers/patterns/set.h"

#include <assert.h>
#include <stdlib.h>

#include "parsers/patterns/embedded.h"

/* The file whose entries every other one may name. */
static const char fragments_name[] = "patterns/fragments.yaml";

static bool
embedded_add(struct pattern_set *set, const struct embedded *p,
	struct problems *problems)
{
	return pattern_set_add(
		set, p->name, view_of(p->text, p->len), problems);
}

static struct pattern_set *
set_empty(void)
{
	struct pattern_set *set = memory_take(1, sizeof *set);
	*set = (struct pattern_set){0};
	arena_init(&set->arena);
	set->patterns = memory_take(PATTERNS_MAX, sizeof *set->patterns);
	return set;
}

struct pattern_set *
pattern_set_new(void)
{
	struct pattern_set *set = set_empty();
	struct problems problems = {0};
	for (size_t i = 0; i < embedded_patterns_count; i++)
		if (strcmp(embedded_patterns[i].name, fragments_name) == 0)
			embedded_add(set, &embedded_patterns[i], &problems);
	assert(problems.count == 0);
	return set;
}

void
pattern_set_free(struct pattern_set *set)
{
	if (set == NULL)
		return;
	for (size_t i = 0; i < set->count; i++)
		pcre2_code_free(set->patterns[i].code);
	pcre2_compile_context_free(set->compile);
	literals_free(set->literals);
	literals_free(set->escaped);
	free(set->words);
	free(set->users);
	free(set->patterns);
	arena_release(&set->arena);
	free(set);
}

bool
pattern_set_add_embedded(struct pattern_set *set, struct problems *problems)
{
	bool ok = true;
	for (size_t i = 0; i < embedded_patterns_count; i++)
		if (strcmp(embedded_patterns[i].name, fragments_name) != 0)
			ok = embedded_add(
				     set, &embedded_patterns[i], problems) &&
				ok;
	return ok;
}

size_t
pattern_set_count(const struct pattern_set *set)
{
	return set->count;
}

const struct pattern_facts *
pattern_facts_at(const struct pattern_set *set, size_t i)
{
	return &set->patterns[i].facts;
}

const struct pattern_facts *
pattern_facts_find(const struct pattern_set *set, const char *event)
{
	for (size_t i = 0; i < set->count; i++)
		if (strcmp(set->patterns[i].facts.event, event) == 0)
			return &set->patterns[i].facts;
	return NULL;
}

/* Words, numbered in the order in which they come. */
struct words {
	struct view *list; /* borrowed; with room for all that may come */
	size_t count;
	uint16_t *slots; /* owned; number + 1, 0 free; at most half are taken */
	size_t mask;
};

static struct words
words_begin(struct view *list, size_t most)
{
	size_t room = 16;
	while (room < 2 * most)
		room *= 2;
	return (struct words){
		list, 0, memory_take(room, sizeof(uint16_t)), room - 1};
}

/* The number of word, which it gets when it is new. The words are those of
 * pattern files, so that the hash need not be keyed. */
static size_t
word_number(struct words *w, struct view word)
{
	/* cite: RFC 9923 (FNV-1a), with the prime of 64 bits */
	uint64_t hash = UINT64_C(0xcbf29ce484222325);
	for (size_t i = 0; i < word.len; i++)
		hash = (hash ^ word.data[i]) * UINT64_C(0x100000001b3);
	size_t at = (hash ^ hash >> 32) & w->mask;
	for (; w->slots[at] != 0; at = (at + 1) & w->mask) {
		size_t i = w->slots[at] - 1u;
		if (w->list[i].len == word.len &&
			memcmp(w->list[i].data, word.data, word.len) == 0)
			return i;
	}
	w->list[w->count++] = word;
	w->slots[at] = (uint16_t)w->count;
	return w->count - 1;
}

/* word as it stands within a text of JSON, which is searched before it is taken
   apart: with '"' escaped, or '/' as well (PHP). Nothing for a word without such
   a character. */
static void
escaped_add(struct arena *arena, struct words *words, struct view word,
	const char *among)
{
	uint8_t *out = arena_take(arena, 2 * word.len);
	size_t len = 0;
	for (size_t i = 0; i < word.len; i++) {
		if (byte_among(word.data[i], among))
			out[len++] = '\\';
		out[len++] = word.data[i];
	}
	if (len > word.len)
		word_number(words, view_of(out, len));
}

/* All words of the patterns, numbered, each with the patterns that it is of. */
static void
words_take(struct pattern_set *set, struct words *words)
{
	word_number(words, view_str(LITERAL_REPEATED));
	for (size_t i = 0; i < set->count; i++) {
		const struct pattern *p = &set->patterns[i];
		for (size_t k = 0; k < p->contains_count; k++) {
			if (p->contains[k].len < LITERAL_MIN)
				continue;
			size_t w = word_number(words, p->contains[k]);
			set->users[w * set->pattern_words + i / 64] |=
				UINT64_C(1) << i % 64;
		}
	}
}

void
pattern_set_seal(struct pattern_set *set)
{
	assert(set->literals == NULL);
	/* And the word that is no pattern's. */
	size_t most = set->contains_count + 1;
	set->words = memory_take(most, sizeof *set->words);
	set->pattern_words = (set->count + 63) / 64;
	size_t bits = most * (set->pattern_words + 1);
	set->users = memory_take(bits, sizeof *set->users);
	struct words words = words_begin(set->words, most);
	words_take(set, &words);
	free(words.slots);
	set->literals_count = words.count;
	set->literals = literals_new(set->words, set->literals_count);
	for (size_t i = 0; i < set->count; i++)
		if (set->patterns[i].code != NULL)
			pcre2_jit_compile(
				set->patterns[i].code, PCRE2_JIT_COMPLETE);
}

_Static_assert(3 * (PATTERN_SET_WORDS_MAX + 1) <= LITERALS_MAX + 2,
	"words in three spellings have room");

static struct literals *
escaped_make(const struct pattern_set *set)
{
	struct arena arena = {0};
	/* Each in up to three spellings. */
	size_t count = set->literals_count;
	struct view *words = memory_take(3 * count, sizeof *words);
	struct words all = words_begin(words, 3 * count);
	for (size_t w = 0; w < count; w++)
		word_number(&all, set->words[w]);
	for (size_t w = 0; w < count; w++) {
		escaped_add(&arena, &all, words[w], "\"");
		escaped_add(&arena, &all, words[w], "\"/");
	}
	struct literals *escaped = literals_new(words, all.count);
	free(all.slots);
	free(words);
	arena_release(&arena);
	return escaped;
}

/* Few logs hold JSON. Whoever asks first puts them in; another thread's are the
 * same. */
const struct literals *
pattern_escaped(const struct pattern_set *set)
{
	struct pattern_set *own = (struct pattern_set *)set;
	struct literals *l =
		atomic_load_explicit(&own->escaped, memory_order_acquire);
	if (l != NULL)
		return l;
	struct literals *mine = escaped_make(set);
	if (atomic_compare_exchange_strong(&own->escaped, &l, mine))
		return mine;
	literals_free(mine);
	return l;
}

/* Only tests that load the set eagerly prove that this cannot fail. */
static pcre2_code *
code_of(const struct pattern_set *set, const struct pattern *p)
{
	int error;
	PCRE2_SIZE at;
	struct arena arena = {0};
	const char *unknown;
	size_t len;
	const char *regex = fragments_expand(
		p->fragments, p->regex, &arena, &unknown, &len);
	assert(regex != NULL);
	pcre2_code *code =
		pcre2_compile((PCRE2_SPTR)regex, PCRE2_ZERO_TERMINATED,
			REGEX_OPTIONS, &error, &at, set->compile);
	arena_release(&arena);
	if (code == NULL && error == PCRE2_ERROR_NOMEMORY)
		memory_exhausted();
	assert(code != NULL);
	/* Where the processor has no compiler, it is interpreted. */
	pcre2_jit_compile(code, PCRE2_JIT_COMPLETE);
	return code;
}

pcre2_code *
pattern_code(const struct pattern_set *set, struct pattern *p)
{
	pcre2_code *code = atomic_load_explicit(&p->code, memory_order_acquire);
	if (code != NULL || p->regex == NULL)
		return code;
	/* Whoever is first puts it in; another thread's is the same. */
	pcre2_code *mine = code_of(set, p);
	if (atomic_compare_exchange_strong(&p->code, &code, mine))
		return mine;
	pcre2_code_free(mine);
	return code;
}

/* fragments.yaml is the first of them: the others name what it holds. */
struct pattern_set *
pattern_set_ours(void)
{
	struct pattern_set *set = set_empty();
	set->lazy = true;
	assert(strcmp(embedded_patterns[0].name, fragments_name) == 0);
	for (size_t i = 0; i < embedded_patterns_count; i++)
		pattern_set_trust(set, &embedded_patterns[i]);
	pattern_set_seal(set);
	return set;
}
