/*
 * Mails: what is one, its parts in their order and whole, names of files in all
 * the ways that they are written, and codings undone. Bytes are made by hand.
 */
#include "parsers/mail/mail.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#define BYTES(TEXT) view_of(TEXT, sizeof(TEXT) - 1)

static void
test_whole_headers_make_a_mail(void **state)
{
	(void)state;
	static const char mail[] =
		"Received: from mx (mx [192.0.2.1])\r\n"
		"\tby example.com; Sat, 21 Nov 2026 01:00:00\r\n"
		"From: a@example.com\r\nMIME-Version: 1.0\r\n\r\nhello\r\n";
	assert_true(mail_is(BYTES(mail)));
	assert_false(mail_is(view_of(mail, 60)));
	assert_false(mail_is_packed(BYTES(mail)));
	assert_false(mail_is(BYTES("From: a@example.com\n"
				   "Date: Sat, 21 Nov 2026\n\nx\n")));
	assert_false(mail_is(BYTES("MIME-Version: 1.0\nFrom here: x\n\nx\n")));
	assert_true(mail_is_packed(
		BYTES("from: a\ncontent-transfer-encoding: BASE64\n"
		      "mime-version: 1.0\n\neA==\n")));
	/* A wiki's export has no sender. */
	assert_true(mail_is_packed(
		BYTES("MIME-Version: 1.0\nContent-Type: multipart/related;\n"
		      "\tboundary=x\n\n--x\n")));
	assert_false(mail_is_packed(BYTES(
		"MIME-Version: 1.0\nContent-Type: multipart/related\n\nx\n")));
}

/* The parts as "type|name|text;" one behind the other. */
static void
parts_are(struct view whole, const char *wanted)
{
	static char got[4096];
	static uint8_t out[4096];
	struct mail m;
	struct mail_part part;
	size_t n = 0;
	mail_open(&m, whole);
	while (mail_next(&m, &part)) {
		size_t len = mail_decode(&part, out);
		n += (size_t)snprintf(got + n, sizeof got - n,
			"%.*s|%s|%.*s%s;", (int)part.type.len,
			(const char *)part.type.data, part.name, (int)len,
			(const char *)out, part.again ? "|again" : "");
	}
	got[n] = '\0';
	assert_string_equal(got, wanted);
}

static void
test_parts_come_in_order(void **state)
{
	(void)state;
	parts_are(BYTES("Content-Type: multipart/mixed; boundary=\"a b\"\n\n"
			"preface\n--a b\n"
			"Content-Type: multipart/alternative; boundary=in\n\n"
			"--in\nContent-Type: text/plain\n\nhello\n"
			"--in\nContent-Type: text/html\n\n<p>hello\n--in--\n"
			"between\n--a b\n"
			"Content-Type: text/x-log; name=k.log\n"
			"Content-Transfer-Encoding: base64\n\n"
			"bGlu\r\nZQo=\n\n--a b--\nbehind\n"),
		"text/plain||hello;text/html||<p>hello|again;"
		"text/x-log|k.log|line\n;");
	/* An inner boundary that is never closed; the mail breaks off. */
	parts_are(BYTES("Content-Type: multipart/mixed; boundary=o\n\n--o\n"
			"Content-Type: multipart/mixed; boundary=i\n\n--i\n\n"
			"one\n--o\n\ntwo"),
		"||one;||two;");
	/* A boundary that begins like another one. */
	parts_are(BYTES("Content-Type: multipart/mixed; boundary=o\n\n--o\n"
			"Content-Type: multipart/mixed; boundary=oo\n\n--oo\n\n"
			"one\n--oo--\n--o\n\ntwo\n--o--\n"),
		"||one;||two;");
	parts_are(BYTES("Subject: x\n\nall of it\n"), "||all of it\n;");
	parts_are(BYTES("Content-Type: multipart/mixed; boundary=o\n\n"), "");
}

static void
test_nesting_is_bounded(void **state)
{
	(void)state;
	static char deep[8192];
	size_t n = 0;
	for (int i = 0; i < 2 * MAIL_DEPTH_MAX; i++)
		n += (size_t)snprintf(deep + n, sizeof deep - n,
			"Content-Type: multipart/mixed; boundary=b%dx\n\n"
			"--b%dx\n",
			i, i);
	struct mail m;
	struct mail_part part;
	int parts = 0;
	mail_open(&m, view_of(deep, n));
	while (mail_next(&m, &part))
		parts++;
	assert_int_equal(parts, 1);
}

/* A boundary that never comes makes no parts, and hides no text. */
static void
test_multiparts_without_parts_are_texts(void **state)
{
	(void)state;
	parts_are(BYTES("Content-Type: multipart/mixed; boundary=o\n\nhi\n"),
		"multipart/mixed||hi\n;");
	parts_are(BYTES("Content-Type: multipart/mixed; boundary=o\n\n--o\n"
			"Content-Type: multipart/mixed; boundary=i\n\nhi\n"
			"--o\n\nbye\n--o--\n"),
		"multipart/mixed||hi;||bye;");
	/* A blank in front belongs to no field: it is the text's. */
	parts_are(BYTES("Content-Type: multipart/mixed; boundary=o\n\n--o\n"
			" a\n--o--\n"),
		"|| a;");
}

/* What is no encoded word is not looked for again and again. */
static void
test_names_without_end(void **state)
{
	(void)state;
	static const char front[] =
		"Content-Type: multipart/mixed; boundary=o\n\n--o\n"
		"Content-Disposition: attachment; filename=\"";
	static char text[1024 * 1024];
	size_t n = sizeof front - 1;
	memcpy(text, front, n);
	for (; n + 16 < sizeof text; n += 7)
		memcpy(text + n, "=?a?b?\1", 7);
	n += (size_t)snprintf(text + n, sizeof text - n, "\"\n\nx\n--o--");
	struct mail m;
	struct mail_part part;
	mail_open(&m, view_of(text, n));
	assert_true(mail_next(&m, &part));
	assert_int_equal(strlen(part.name), MAIL_NAME_MAX - 1);
	assert_false(mail_next(&m, &part));
}

#define NAMED(FIELD)                                               \
	"Content-Type: multipart/mixed; boundary=o\n\n--o\n" FIELD \
	"\n\nx\n--o--\n"

static void
test_names_of_files(void **state)
{
	(void)state;
	parts_are(BYTES(NAMED("Content-Disposition: attachment;\n"
			      "\tfilename=\"web \\\"1\\\".log\"")),
		"|web \"1\".log|x;");
	parts_are(BYTES(NAMED("Content-Disposition: attachment; size=1; "
			      "filename*=UTF-8''St%C3%B6rung.pcap")),
		"|St\xc3\xb6rung.pcap|x;");
	parts_are(BYTES(NAMED("Content-Disposition: attachment; "
			      "filename*0*=UTF-8''a%20; filename*1=\"b.c\"")),
		"|a b.c|x;");
	parts_are(BYTES(NAMED("Content-Type: text/plain; name=\""
			      "=?UTF-8?B?U3TDtnI=?= =?utf-8?q?ung=5F1?=\"")),
		"text/plain|St\xc3\xb6rung_1|x;");
	/* What is no encoded word, and no percent. */
	parts_are(BYTES(NAMED("Content-Disposition: attachment; "
			      "filename=\"=?x\"")),
		"|=?x|x;");
	parts_are(BYTES(NAMED("Content-Disposition: attachment; "
			      "filename*=UTF-8''%4")),
		"|%4|x;");
}

static void
decodes(enum mail_coding coding, bool flowed, struct view in,
	const char *wanted)
{
	uint8_t *out = malloc(in.len + 1);
	assert_non_null(out);
	struct mail_part part = {
		.body = in, .coding = coding, .flowed = flowed};
	size_t len = mail_decode(&part, out);
	assert_int_equal(len, strlen(wanted));
	assert_memory_equal(out, wanted, len);
	free(out);
}

static void
test_codings_are_undone(void **state)
{
	(void)state;
	decodes(MAIL_QUOTED, false, BYTES("a=3Db =\r\nc=\n=E2=82=AC = =G1="),
		"a=b c\xe2\x82\xac = =G1");
	decodes(MAIL_BASE64, false, BYTES("aGVs\r\n bG8=\r\n"), "hello");
	decodes(MAIL_BASE64, false, BYTES("aGVsbG8"), "hello");
	decodes(MAIL_AS_IS, false, BYTES("x \ny"), "x \ny");
	/* One line of a log, a quotation of another depth, a signature. */
	decodes(MAIL_AS_IS, true,
		BYTES("one \r\nline\r\n> two \r\n> three\r\n> four \r\n"
		      " five\r\n-- \r\nAnna\r\n"),
		"one line\n> two three\n> four \nfive\n-- \nAnna\n");
}

static void
test_boxes_are_split(void **state)
{
	(void)state;
	struct view rest =
		BYTES("From a@x Sat Nov 21 09:00:00 2026\nFrom: a\n\none\n"
		      ">From b\nFrom here on\n\n"
		      "From b@x Sat Nov 21 09:01:00 2026\nFrom: b\n\ntwo\n");
	struct view message;
	assert_true(mail_is_box(rest));
	assert_true(mail_box_next(&rest, &message));
	assert_true(view_ends(message, "here on\n\n"));
	assert_true(mail_box_next(&rest, &message));
	assert_true(view_is(message, "From: b\n\ntwo\n"));
	assert_false(mail_box_next(&rest, &message));
	assert_false(mail_is_box(BYTES("From: a@x\n\nx\n")));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_whole_headers_make_a_mail),
		cmocka_unit_test(test_parts_come_in_order),
		cmocka_unit_test(test_nesting_is_bounded),
		cmocka_unit_test(test_multiparts_without_parts_are_texts),
		cmocka_unit_test(test_names_without_end),
		cmocka_unit_test(test_names_of_files),
		cmocka_unit_test(test_codings_are_undone),
		cmocka_unit_test(test_boxes_are_split),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
