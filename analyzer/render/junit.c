/*
 * A suite of JUnit's XML; see junit.h.
 */
#include "render/junit.h"

#include <string.h>

/* One message; a sentence or two. */
#define MESSAGE_CHARACTERS 1000

/* The schema wants seconds and no zone: 2026-11-20T09:15:00. */
#define STAMP_LEN 19

struct html *
junit_begin(FILE *out, const char *suite, const char *at, int64_t tests,
	int64_t failures, int64_t skipped)
{
	char stamp[STAMP_LEN + 1] = "1970-01-01T00:00:00";
	struct html *h = html_new(out, MESSAGE_CHARACTERS);
	if (at && strlen(at) >= STAMP_LEN)
		memcpy(stamp, at, STAMP_LEN);
	html_add(h,
		"<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites>\n"
		"<testsuite package=\"lostsyn\" id=\"0\" name=\"%s\" "
		"timestamp=\"%s\" hostname=\"localhost\" tests=\"%jd\" "
		"failures=\"%jd\" errors=\"0\" skipped=\"%jd\" time=\"0\">\n"
		"<properties></properties>\n",
		suite, stamp, (intmax_t)tests, (intmax_t)failures,
		(intmax_t)skipped);
	return h;
}

void
junit_case(struct html *h, const char *name, enum junit_outcome outcome,
	const char *message, const char *detail)
{
	html_add(h, "<testcase name=\"%s\" classname=\"lostsyn\" time=\"0\">",
		name);
	if (outcome == JUNIT_FAILED)
		html_add(h,
			"<failure type=\"lostsyn\" message=\"%s\">%s</failure>",
			message, detail);
	else if (outcome == JUNIT_SKIPPED)
		html_add(h, "<skipped/>");
	html_add(h, "</testcase>\n");
}

void
junit_end(struct html *h)
{
	html_add(h,
		"<system-out></system-out><system-err></system-err>\n"
		"</testsuite>\n</testsuites>\n");
	html_free(h);
}
