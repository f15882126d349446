/*
 * The pull reader of JSON: its tokens with their keys and depths, and how it
 * ends where the text is no JSON, or not all of it.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>

#include "parsers/json/json.h"

/* All tokens of a text, "key=value" with its depth, and how it ended. */
static char *
tokens_of(const char *text)
{
	static const char *const troubles[] = {
		"fine", "cut", "malformed", "nested"};
	static const char kinds[] = " {}snw";
	char *out = NULL;
	size_t len = 0;
	FILE *f = open_memstream(&out, &len);
	/* Exact memory, so that reading behind the text shows. */
	size_t n = strlen(text);
	char *exact = malloc(n + (n == 0));
	assert_non_null(f);
	assert_non_null(exact);
	memcpy(exact, text, n);
	struct json j;
	enum json_token t;
	json_open(&j, view_of(exact, n));
	while ((t = json_next(&j)) != JSON_END) {
		struct view key = json_key(&j);
		struct view v = t < JSON_STRING ? view_str("") : j.value;
		fprintf(f, "%c%u%s%.*s%.*s ", kinds[t], j.depth,
			key.len > 0 || v.len > 0 ? ":" : "", (int)key.len,
			(const char *)key.data, (int)v.len,
			(const char *)v.data);
	}
	fprintf(f, "%s@%zu", troubles[j.trouble], j.at);
	fclose(f);
	free(exact);
	return out;
}

static void
assert_tokens(const char *text, const char *want)
{
	char *got = tokens_of(text);
	assert_string_equal(got, want);
	free(got);
}

static void
test_tokens(void **state)
{
	(void)state;
	assert_tokens("", "fine@0");
	assert_tokens("{\"a\":1,\"b\":[\"x\",null],\"c\":{}}",
		"{1 n1:a1 {2 s2:x w2:null }1:b {2 }1:c }0 fine@29");
	/* JSON lines and the record separator of RFC 7464. */
	assert_tokens("{\"a\":-1.5e3}\n\x1e[true]",
		"{1 n1:a-1.5e3 }0 {1 w1:true }0 fine@20");
	/* Escapes stay, and a quote behind one ends nothing. */
	assert_tokens("[\"a\\\"b\"]", "{1 s1:a\\\"b }0 fine@8");
}

static void
test_troubles(void **state)
{
	(void)state;
	assert_tokens("{\"a\":1,\"b", "{1 n1:a1 cut@9");
	assert_tokens("{\"a\":1,\"b\"", "{1 n1:a1 cut@10");
	assert_tokens("{\"a\"", "{1 cut@4");
	assert_tokens("\"a\\", "cut@3");
	assert_tokens("[1", "{1 n1:1 cut@2");
	assert_tokens("[1}", "{1 n1:1 malformed@2");
	assert_tokens("]", "malformed@0");
	assert_tokens("{\"a\" 1}", "{1 malformed@5");
	/* A value without a key would be taken for another key's. */
	assert_tokens("{\"a\":1,2}", "{1 n1:a1 malformed@7");
	assert_tokens("[#]", "{1 malformed@1");
}

static void
test_nesting(void **state)
{
	(void)state;
	char text[3 * JSON_DEPTH_MAX + 1];
	struct json j;
	memset(text, '[', sizeof text);
	json_open(&j, view_of(text, sizeof text));
	for (unsigned i = 1; i <= JSON_DEPTH_MAX; i++) {
		assert_int_equal(json_next(&j), JSON_OPEN);
		assert_int_equal(j.depth, i);
	}
	assert_int_equal(json_next(&j), JSON_END);
	assert_int_equal(j.trouble, JSON_NESTED);
}

static void
test_skip(void **state)
{
	(void)state;
	/* Deeper than can be read, with brackets in a string. */
	char text[4 * JSON_DEPTH_MAX] = "{\"deep\":";
	size_t n = strlen(text);
	memset(text + n, '[', JSON_DEPTH_MAX + 5);
	n += JSON_DEPTH_MAX + 5;
	memcpy(text + n, "\"]\\\"]\"", 6);
	n += 6;
	memset(text + n, ']', JSON_DEPTH_MAX + 5);
	n += JSON_DEPTH_MAX + 5;
	memcpy(text + n, ",\"b\":2}", 8);
	n += 7;
	struct json j;
	json_open(&j, view_of(text, n));
	assert_int_equal(json_next(&j), JSON_OPEN);
	assert_int_equal(json_next(&j), JSON_OPEN);
	struct view skipped = json_skip(&j);
	assert_int_equal(skipped.len, 2 * (JSON_DEPTH_MAX + 5) + 6);
	assert_true(view_is(json_key(&j), "deep"));
	assert_int_equal(json_next(&j), JSON_NUMBER);
	assert_true(view_is(json_key(&j), "b"));
	assert_int_equal(json_next(&j), JSON_CLOSE);
	assert_int_equal(json_next(&j), JSON_END);
	assert_int_equal(j.trouble, JSON_FINE);

	json_open(&j, view_of(text, n - 10));
	json_next(&j);
	json_next(&j);
	json_skip(&j);
	assert_int_equal(j.trouble, JSON_CUT);
	assert_int_equal(json_next(&j), JSON_END);
}

static void
means(const char *escaped, const char *wanted)
{
	char out[64];
	size_t n = json_unescape(view_str(escaped), out);
	assert_int_equal(n, strlen(wanted));
	assert_true(n <= strlen(escaped));
	assert_memory_equal(out, wanted, n);
}

static void
test_unescape(void **state)
{
	(void)state;
	means("a \\\"b\\\" \\\\ \\/ \\n\\t", "a \"b\" \\ / \n\t");
	means("\\u0041\\u00e4\\u20ac\\ud83d\\ude00",
		"A\xc3\xa4\xe2\x82\xac\xf0\x9f\x98\x80");
	/* Half a pair, NUL, no digits, no such escape, and nothing behind it. */
	means("\\ud83dx", "\xef\xbf\xbdx");
	means("\\u0000", "\xef\xbf\xbd");
	means("\\u00", "?00");
	means("\\u", "?");
	means("\\q", "?");
	means("\\", "\\");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_tokens),
		cmocka_unit_test(test_troubles),
		cmocka_unit_test(test_nesting),
		cmocka_unit_test(test_skip),
		cmocka_unit_test(test_unescape),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
