/*
 * The pattern files: all load, every sample and reject holds, and a bad file
 * gives exactly the messages that its author needs.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>

#include "parsers/patterns/literals.h"
#include "parsers/patterns/pattern.h"

/* Load the embedded files, or one text; seal; check. Problems into text. */
static char *
problems_of(const char *yaml, size_t *count)
{
	char *text = NULL;
	size_t len = 0;
	struct problems p = {.out = open_memstream(&text, &len)};
	struct pattern_set *set = pattern_set_new();
	bool ok = yaml == NULL
		? pattern_set_add_embedded(set, &p)
		: pattern_set_add(set, "t.yaml", view_str(yaml), &p);
	pattern_set_seal(set);
	if (ok)
		pattern_set_check(set, PATTERNS_MAX, &p);
	pattern_set_free(set);
	fclose(p.out);
	*count = p.count;
	return text;
}

static void
embedded_hold(void **state)
{
	(void)state;
	size_t count;
	char *text = problems_of(NULL, &count);
	if (count != 0)
		print_message("%s", text);
	assert_int_equal(count, 0);
	free(text);
}

/* Every embedded pattern has something to be rejected, too. */
static void
embedded_are_many(void **state)
{
	(void)state;
	struct problems p = {0};
	struct pattern_set *set = pattern_set_new();
	assert_true(pattern_set_add_embedded(set, &p));
	assert_true(pattern_set_count(set) > 100);
	assert_non_null(pattern_facts_find(set, "conntrack-table-full"));
	assert_null(pattern_facts_find(set, "conntrack"));
	pattern_set_free(set);
}

static void
expect(const char *yaml, const char *problems)
{
	size_t count;
	char *text = problems_of(yaml, &count);
	assert_string_equal(text, problems);
	free(text);
}

#define GOOD_HEAD        \
	"- event: a-b\n" \
	"  meaning: m\n" \
	"  cite: c\n"

static void
bad_files_say_why(void **state)
{
	(void)state;
	expect("a: b\n", "t.yaml:1:1: a pattern file is a list\n");
	expect("- event: Bad_Name\n",
		"t.yaml:1:10: an event's name is lower-case words joined by "
		"'-'\n"
		"t.yaml:1:3: the pattern has no 'meaning'\n"
		"t.yaml:1:3: the pattern has no 'cite'\n"
		"t.yaml:1:3: the pattern has no 'contains'\n"
		"t.yaml:1:3: the pattern has no 'regex'\n"
		"t.yaml:1:3: the pattern has no 'samples' to prove it\n");
	expect(GOOD_HEAD "  contains: [abc]\n  regex: 'x(y'\n"
			 "  sample: [q]\n  floor: maybe\n",
		"t.yaml:6:3: 'sample' is no key of a pattern; did you mean "
		"'samples'?\n"
		"t.yaml:7:10: must be true or false\n"
		"t.yaml:4:14: 'abc' is shorter than 6 bytes\n"
		"t.yaml:5:14: regex: missing closing parenthesis\n"
		"t.yaml:1:3: the pattern has no 'samples' to prove it\n");
}

/* A regex that has outgrown its bound. */
static void
bounds_are_said(void **state)
{
	(void)state;
	char *yaml = NULL;
	size_t len = 0;
	FILE *out = open_memstream(&yaml, &len);
	fprintf(out,
		GOOD_HEAD "  contains: [abcdef]\n  regex: '%0*d'\n"
			  "  samples: [abcdef]\n",
		32769, 0);
	fclose(out);
	size_t count;
	char *text = problems_of(yaml, &count);
	assert_int_equal(count, 1);
	assert_string_equal(text,
		"t.yaml:5:10: the regex has 32769 bytes with its fragments "
		"put in, 32768 at most: break it into two patterns\n");
	free(text);
	free(yaml);
}

/* A file of 32 patterns with 64 words each, of numbers from first on. */
static char *
many_words(int first)
{
	char *yaml = NULL;
	size_t len = 0;
	FILE *out = open_memstream(&yaml, &len);
	for (int i = first; i < first + 2048; i += 64) {
		fprintf(out,
			GOOD_HEAD "  regex: x\n  samples: [x]\n  contains:\n");
		for (int k = i; k < i + 64; k++)
			fprintf(out, "    - w%05d\n", k);
	}
	fclose(out);
	return yaml;
}

/* Words that there is no room for are said, not left out. */
static void
words_are_bounded(void **state)
{
	(void)state;
	char *said = NULL;
	size_t len = 0;
	struct problems p = {.out = open_memstream(&said, &len)};
	struct pattern_set *set = pattern_set_new();
	for (int first = 0; first < PATTERN_SET_WORDS_MAX; first += 2048) {
		char *yaml = many_words(first);
		assert_true(pattern_set_add(set, "t.yaml", view_str(yaml), &p));
		free(yaml);
	}
	assert_false(pattern_set_add(set, "u.yaml",
		view_str(GOOD_HEAD "  contains: [w99999]\n  regex: x\n"
				   "  samples: [x]\n"),
		&p));
	pattern_set_seal(set);
	pattern_set_free(set);
	fclose(p.out);
	assert_string_equal(said,
		"u.yaml:4:14: all patterns together have more than 4096 "
		"words\n");
	free(said);
}

static void
samples_are_proven(void **state)
{
	(void)state;
	expect(GOOD_HEAD "  contains: [abcdef]\n"
			 "  regex: 'abcdef(?<n>\\d+)'\n"
			 "  samples:\n"
			 "    - line: xx abcdef7\n"
			 "      fields: {n: '8'}\n"
			 "    - abcdefg\n"
			 "    - abcde7\n"
			 "  rejects:\n"
			 "    - abcdef1\n",
		"t.yaml:8:19: 'n' is '7' in the line\n"
		"t.yaml:9:7: 'a-b' does not accept its sample\n"
		"t.yaml:10:7: 'a-b' does not accept its sample: no word of "
		"'contains' is in it\n"
		"t.yaml:12:7: 'a-b' accepts what it should reject\n");
}

static void
fragments_are_put_in(void **state)
{
	(void)state;
	expect("- fragment: gone\n"
	       "  cite: c\n"
	       "  words: [ran away, went off]\n"
	       "  regex: 'ran away|went off'\n" GOOD_HEAD
	       "  contains: ['{{gone}}']\n"
	       "  regex: '^it {{gone}} (?<n>\\d{2})$'\n"
	       "  samples:\n"
	       "    - line: it ran away 12\n"
	       "      fields: {n: '12'}\n"
	       "    - it went off 13\n"
	       "  rejects: [it ran away]\n",
		"");
	expect(GOOD_HEAD "  contains: ['{{gone}}']\n"
			 "  regex: 'a{{gone}}'\n"
			 "  samples: ['{{gone}}']\n",
		"t.yaml:5:10: there is no fragment 'gone'\n");
}

static void
shadows_are_seen(void **state)
{
	(void)state;
	expect(GOOD_HEAD "  contains: [abcdef]\n"
			 "  regex: abcdef\n"
			 "  samples: [abcdef]\n"
			 "- event: c-d\n"
			 "  meaning: m\n"
			 "  cite: c\n"
			 "  contains: [abcdefgh]\n"
			 "  regex: abcdefgh\n"
			 "  samples: [abcdefgh]\n",
		"t.yaml:12:13: 'c-d' never sees this line: 'a-b' of t.yaml:1 "
		"takes it\n");
}

static void
hostile_regex_is_stopped(void **state)
{
	(void)state;
	/* (a+)+ on a long run of a's: 2^n ways to fail. */
	expect(GOOD_HEAD
		"  contains: [aaaaaa]\n"
		"  regex: '(a+)+b|x{2}aaaaaa'\n"
		"  samples: [xxaaaaaa]\n"
		"  rejects:\n"
		"    - aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaac(\n",
		"t.yaml:8:7: the regex takes too many steps on this line\n");
}

/* Our own fragments, in one regex: ends of a connection, words of an errno. */
static void
ends_are_captured(void **state)
{
	(void)state;
	char *text = NULL;
	size_t len = 0;
	struct problems p = {.out = open_memstream(&text, &len)};
	struct pattern_set *set = pattern_set_new();
	assert_true(pattern_set_add_embedded(set, &p));
	assert_true(pattern_set_add(set, "t.yaml",
		view_str(GOOD_HEAD
			"  contains: ['{{refused}}']\n"
			"  regex: '{{connecting-to}}.*{{refused}}'\n"
			"  samples:\n"
			"    - line: 'connect to [2001:db8::7]:82: "
			"ECONNREFUSED'\n"
			"      fields: {dst: '2001:db8::7', dport: '82'}\n"
			"    - line: 'connect to \"db\" at host 192.0.2.7, "
			"port 82:"
			" actively refused it'\n"
			"      fields: {dst: '192.0.2.7', dport: '82'}\n"
			"    - line: 'dial 192.0.2.1:9->192.0.2.7:82: "
			"connection "
			"refused'\n"
			"      fields: {src: '192.0.2.1', dst: '192.0.2.7'}\n"
			"  rejects:\n"
			"    - 'connected to 192.0.2.7:82: Connection "
			"refused'\n"),
		&p));
	pattern_set_seal(set);
	/* Only the embedded pattern for such lines stands before it. */
	pattern_set_check(set, PATTERNS_MAX, &p);
	pattern_set_free(set);
	fclose(p.out);
	assert_null(strstr(text, "does not accept"));
	assert_null(strstr(text, "in the line"));
	assert_null(strstr(text, "should reject"));
	free(text);
}

/* The port that a URL leaves out is its scheme's; one that it has stays. */
static void
scheme_gives_the_port(void **state)
{
	(void)state;
	expect(GOOD_HEAD "  contains: [timed out]\n"
			 "  regex: '(?<scheme>\\w+)://(?<dst>[0-9.]+)"
			 "(?::(?<dport>\\d+))?.*timed out'\n"
			 "  samples:\n"
			 "    - line: 'https://192.0.2.7/a timed out'\n"
			 "      fields: {dst: '192.0.2.7', dport: '443'}\n"
			 "    - line: 'http://192.0.2.7:81/ timed out'\n"
			 "      fields: {dport: '81'}\n"
			 "    - line: 'tcp://192.0.2.7/ timed out'\n"
			 "      fields: {dport: '80'}\n",
		"t.yaml:12:23: 'dport' is '' in the line\n");
}

/* A regex that is compiled when it is needed finds what an eager one does. */
static void
lazy_is_the_same(void **state)
{
	(void)state;
	struct pattern_set *set = pattern_set_ours();
	struct problems p = {0};
	assert_true(pattern_set_check(set, PATTERNS_MAX, &p));
	assert_true(pattern_set_check(set, PATTERNS_MAX, &p));
	pattern_set_free(set);
}

/* A reference for literals.c: every word at every place. */
static bool
occurs(struct view word, struct view text)
{
	return memmem(text.data, text.len, word.data, word.len) != NULL;
}

static uint32_t
next_random(uint32_t *seed)
{
	*seed = *seed * 1664525u + 1013904223u;
	return *seed >> 16;
}

static void
literals_agree_with_memmem(void **state)
{
	(void)state;
	uint32_t seed = 1;
	for (int round = 0; round < 3000; round++) {
		uint8_t bytes[20][12];
		uint8_t text[80];
		struct view words[20];
		uint64_t bits[1] = {0};
		size_t n = 1 + next_random(&seed) % 20;
		for (size_t i = 0; i < n; i++) {
			size_t len = LITERAL_MIN + next_random(&seed) % 6;
			for (size_t k = 0; k < len; k++)
				bytes[i][k] = "abc"[next_random(&seed) % 3];
			words[i] = view_of(bytes[i], len);
		}
		size_t len = next_random(&seed) % sizeof text;
		for (size_t k = 0; k < len; k++)
			text[k] = "abcd"[next_random(&seed) % 4];
		struct view view = view_of(text, len);
		struct literals *l = literals_new(words, n);
		literals_all(l, view, bits);
		bool any = false;
		for (size_t i = 0; i < n; i++) {
			bool here = occurs(words[i], view);
			any = any || here;
			assert_int_equal(bits[0] >> i & 1, here);
		}
		assert_int_equal(literals_find(l, view, 0) < len, any);
		literals_free(l);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(embedded_hold),
		cmocka_unit_test(embedded_are_many),
		cmocka_unit_test(bad_files_say_why),
		cmocka_unit_test(bounds_are_said),
		cmocka_unit_test(words_are_bounded),
		cmocka_unit_test(samples_are_proven),
		cmocka_unit_test(fragments_are_put_in),
		cmocka_unit_test(shadows_are_seen),
		cmocka_unit_test(hostile_regex_is_stopped),
		cmocka_unit_test(ends_are_captured),
		cmocka_unit_test(scheme_gives_the_port),
		cmocka_unit_test(lazy_is_the_same),
		cmocka_unit_test(literals_agree_with_memmem),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
