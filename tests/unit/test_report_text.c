/*
 * What makes text harmless: UTF-8, hidden characters, JSON escapes, line
 * filling. Bytes are captioned with what they mean.
 */
#include "test_report_support.h"

#include <jansson.h>
#include <limits.h>

#include "report/html.h"
#include "render/json_writer.h"
#include "render/text_layout.h"
#include "base/utf8.h"

/* Decode all of text, as code points. */
static int
decode(const char *text, uint32_t *codes, int max)
{
	struct view v = view_str(text);
	int n = 0;
	while (v.len > 0 && n < max)
		codes[n++] = utf8_take(&v);
	assert_int_equal(v.len, 0);
	return n;
}

static void
utf8_well_formed_is_decoded(void **state)
{
	(void)state;
	uint32_t codes[8];
	assert_int_equal(
		decode("a\xc3\xa4\xe2\x82\xac\xf0\x9f\x98\x80", codes, 8), 4);
	assert_int_equal(codes[0], 'a');
	assert_int_equal(codes[1], 0xe4);
	assert_int_equal(codes[2], 0x20ac);
	assert_int_equal(codes[3], 0x1f600);
	char bytes[4];
	assert_int_equal(utf8_put(0x1f600, bytes), 4);
	assert_memory_equal(bytes, "\xf0\x9f\x98\x80", 4);
}

static void
utf8_ill_formed_is_replaced(void **state)
{
	(void)state;
	static const struct {
		const char *bytes; /* what it is */
		int replaced, then;
	} cases[] = {
		{"\xff!", 1, '!'},             /* no first byte at all */
		{"\x80!", 1, '!'},             /* continuation alone */
		{"\xc0\xaf!", 2, '!'},         /* '/' in two bytes */
		{"\xe0\x80\xaf!", 3, '!'},     /* '/' in three */
		{"\xed\xa0\x80!", 3, '!'},     /* a surrogate */
		{"\xf4\x90\x80\x80!", 4, '!'}, /* beyond U+10FFFF */
		{"\xe2\x82!", 1, '!'},         /* cut within a character */
		{"\xf0\x9f\x98!", 1, '!'},     /* cut within a long one */
	};
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		uint32_t codes[8];
		int n = decode(cases[i].bytes, codes, 8);
		assert_int_equal(n, cases[i].replaced + 1);
		for (int k = 0; k < cases[i].replaced; k++)
			assert_int_equal(codes[k], UTF8_REPLACEMENT);
		assert_int_equal(codes[n - 1], cases[i].then);
	}
	uint32_t cut[2];
	assert_int_equal(decode("\xe2\x82", cut, 2), 1);
	assert_int_equal(cut[0], UTF8_REPLACEMENT);
}

static void
hidden_characters_are_known(void **state)
{
	(void)state;
	static const uint32_t hidden[] = {0, 7, 0x1b, 0x7f, 0x85, 0x9b, 0xad,
		0x61c, 0x200b, 0x200e, 0x200f, 0x2028, 0x2029, 0x202a, 0x202e,
		0x2066, 0x2069, 0xfeff, 0xfffe, 0xe0041, 0x10ffff};
	static const uint32_t shown[] = {' ', '~', 0xa0, 0xe4, 0x20ac, 0x4e2d,
		0x1f600, UTF8_REPLACEMENT};
	for (size_t i = 0; i < sizeof hidden / sizeof hidden[0]; i++)
		assert_true(utf8_is_hidden(hidden[i]));
	for (size_t i = 0; i < sizeof shown / sizeof shown[0]; i++)
		assert_false(utf8_is_hidden(shown[i]));
}

/* One JSON text holding one string; the caller frees. */
static char *
json_of(const char *text, size_t len)
{
	static struct json_writer w;
	char *json = NULL;
	size_t size = 0;
	FILE *out = open_memstream(&json, &size);
	jsonw_begin(&w, out);
	jsonw_array(&w, NULL);
	jsonw_view(&w, NULL, view_of(text, len));
	jsonw_end(&w);
	jsonw_finish(&w);
	fclose(out);
	return json;
}

static void
json_escape_check(const char *text, const char *expected)
{
	char whole[128];
	char *json = json_of(text, strlen(text));
	snprintf(whole, sizeof whole, "[\n  \"%s\"\n]\n", expected);
	assert_string_equal(json, whole);
	json_t *parsed = json_loads(json, 0, NULL);
	assert_non_null(parsed);
	json_decref(parsed);
	free(json);
}

static void
json_strings_are_escaped(void **state)
{
	(void)state;
	json_escape_check("plain </script>", "plain </script>");
	json_escape_check("q\" b\\", "q\\\" b\\\\");
	json_escape_check("\n\t\r\b\x1b[31m\x7f",
		"\\n\\t\\u000d\\u0008\\u001b[31m\\u007f");
	json_escape_check("\xc2\x9b", "\\u009b"); /* C1 CSI */
	json_escape_check("\xe2\x80\xa8\xe2\x80\xa9", "\\u2028\\u2029");
	json_escape_check("\xe2\x80\xae", "\\u202e");            /* RLO */
	json_escape_check("\xf3\xa0\x81\x81", "\\udb40\\udc41"); /* a tag */
	json_escape_check("\xff\xc3", "\xef\xbf\xbd\xef\xbf\xbd");
	json_escape_check(
		"\xc3\xa4\xf0\x9f\x98\x80", "\xc3\xa4\xf0\x9f\x98\x80");
}

static void
json_string_of_a_megabyte_comes_back(void **state)
{
	(void)state;
	size_t len = 1 << 20;
	char *text = memory_take(len + 1, 1);
	for (size_t i = 0; i < len; i++)
		text[i] = (char)("a\"\\\n\x1b"[i % 5]);
	char *json = json_of(text, len);
	json_t *parsed = json_loads(json, 0, NULL);
	assert_non_null(parsed);
	assert_string_equal(json_string_value(json_array_get(parsed, 0)), text);
	json_decref(parsed);
	free(json);
	free(text);
}

static void
json_numbers_are_exact(void **state)
{
	(void)state;
	static struct json_writer w;
	char *json = NULL;
	size_t size = 0;
	FILE *out = open_memstream(&json, &size);
	jsonw_begin(&w, out);
	jsonw_array(&w, NULL);
	jsonw_int(&w, NULL, INT64_MIN);
	jsonw_int(&w, NULL, INT64_MAX);
	jsonw_int(&w, NULL, 0);
	jsonw_fixed(&w, NULL, 0, 6);
	jsonw_fixed(&w, NULL, 1, 6);
	jsonw_fixed(&w, NULL, -1, 9);
	jsonw_fixed(&w, NULL, INT64_MIN, 9);
	jsonw_fixed(&w, NULL, 1203045000, 9);
	jsonw_double(&w, NULL, -3.25, 3);
	jsonw_double(&w, NULL, 0.0 / 0.0, 3);
	jsonw_object(&w, NULL);
	jsonw_end(&w);
	jsonw_end(&w);
	jsonw_finish(&w);
	fclose(out);
	assert_string_equal(json,
		"[\n"
		"  -9223372036854775808,\n  9223372036854775807,\n  0,\n"
		"  0.000000,\n  0.000001,\n  -0.000000001,\n"
		"  -9223372036.854775808,\n  1.203045000,\n"
		"  -3.250,\n  null,\n  {}\n]\n");
	free(json);
}

#define LARGEST "18446744073709551615 18446744073709551615 4294967295"

/* Not inlined: the compiler would warn of the NULL that is tried on purpose. */
__attribute__((noinline)) static char *
html_of(const char *text)
{
	char *page = NULL;
	size_t size = 0;
	FILE *out = open_memstream(&page, &size);
	struct html *h = html_new(out, HTML_TEXT_MAX);
	html_add(h, "<p title=\"%s\">%%%d %jd %zu %ju %u", text, -3,
		(intmax_t)INT64_MIN, SIZE_MAX, UINTMAX_MAX, UINT_MAX);
	html_free(h);
	fclose(out);
	return page;
}

static void
html_text_is_escaped(void **state)
{
	(void)state;
	char *page = html_of("<script>'\"&\x1b]0;x\a\xe2\x80\xae\xff");
	assert_string_equal(page,
		"<p title=\"&lt;script&gt;&#39;&quot;&amp;\\u{1b}]0;x\\u{7}"
		"\\u{202e}\xef\xbf\xbd\">%-3 -9223372036854775808 " LARGEST);
	free(page);
	page = html_of(NULL);
	assert_string_equal(
		page, "<p title=\"-\">%-3 -9223372036854775808 " LARGEST);
	free(page);
}

static void
html_text_is_cut_visibly(void **state)
{
	(void)state;
	size_t len = 1 << 20;
	char *text = memory_take(len + 1, 1);
	memset(text, '<', len);
	char *page = html_of(text);
	assert_non_null(strstr(page, "&lt;... [1046576 more bytes]\""));
	assert_true(strlen(page) < 10000);
	free(page);
	free(text);
}

/* Not inlined: gcc 12 then takes open_memstream's buffer for a variable that is
 * gone. */
static __attribute__((noinline)) char *
text_of(const char *format_argument, int columns, int hang, bool colour)
{
	char *lines = NULL;
	size_t size = 0;
	FILE *out = open_memstream(&lines, &size);
	struct text t;
	text_init(&t, out, columns, colour);
	text_add(&t, "  %s", format_argument);
	text_end(&t, hang, TEXT_BAD);
	text_release(&t);
	fclose(out);
	return lines;
}

static void
text_is_filled(void **state)
{
	(void)state;
	char *lines = text_of("The quick brown fox jumps over the lazy dog "
			      "again",
		40, 4, false);
	assert_string_equal(lines,
		"  The quick brown fox jumps over the\n"
		"    lazy dog again\n");
	free(lines);
	/* No space to break at: 38 columns, then 36 behind the indent. */
	lines = text_of(
		"1234567890123456789012345678901234567890123456", 40, 4, false);
	assert_string_equal(lines,
		"  12345678901234567890123456789012345678\n"
		"    90123456\n");
	free(lines);
	/* Wide characters count two columns. */
	lines = text_of("\xe4\xb8\xad\xe4\xb8\xad\xe4\xb8\xad\xe4\xb8\xad"
			"\xe4\xb8\xad\xe4\xb8\xad\xe4\xb8\xad\xe4\xb8\xad"
			"\xe4\xb8\xad\xe4\xb8\xad\xe4\xb8\xad\xe4\xb8\xad"
			"\xe4\xb8\xad\xe4\xb8\xad\xe4\xb8\xad\xe4\xb8\xad"
			"\xe4\xb8\xad\xe4\xb8\xad\xe4\xb8\xad\xe4\xb8\xad",
		40, 0, false);
	assert_int_equal(strchr(lines, '\n') - lines, 2 + 19 * 3);
	free(lines);
}

static void
text_colour_is_ours_alone(void **state)
{
	(void)state;
	char *lines = text_of("a\033[32mb\n\rc", 80, 0, true);
	assert_string_equal(
		lines, "  \033[31ma\\u{1b}[32mb\\u{a}\\u{d}c\033[0m\n");
	free(lines);
}

static void
text_pads_and_aligns(void **state)
{
	(void)state;
	char *lines = NULL;
	size_t size = 0;
	FILE *out = open_memstream(&lines, &size);
	struct text t;
	text_init(&t, out, 0, false);
	text_number(&t, 9, 12);
	text_add(&t, "  x");
	text_pad(&t, 16);
	text_add(&t, "y");
	text_pad(&t, 3);
	text_add(&t, "z");
	text_end(&t, 0, TEXT_PLAIN);
	text_release(&t);
	fclose(out);
	assert_string_equal(lines, "       12  x    y z\n");
	free(lines);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(utf8_well_formed_is_decoded),
		cmocka_unit_test(utf8_ill_formed_is_replaced),
		cmocka_unit_test(hidden_characters_are_known),
		cmocka_unit_test(json_strings_are_escaped),
		cmocka_unit_test(json_string_of_a_megabyte_comes_back),
		cmocka_unit_test(json_numbers_are_exact),
		cmocka_unit_test(html_text_is_escaped),
		cmocka_unit_test(html_text_is_cut_visibly),
		cmocka_unit_test(text_is_filled),
		cmocka_unit_test(text_colour_is_ours_alone),
		cmocka_unit_test(text_pads_and_aligns),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
