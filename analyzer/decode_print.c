/*
 * Records as lines of text or JSON: see decode_print.h.
 */
#include "decode_print.h"

#include <inttypes.h>
#include <stdio.h>

#include "base/clock.h"
#include "base/utf8.h"

/* Characters of one field; longer ones end in "...". A log line of interest
   has fewer. */
#define FIELD_MAX 2000

/* 1972 is the first leap year; see LOG_TIME_LOCAL_NO_YEAR. */
#define LEAP_YEAR 1972

static bool as_json;

void
print_as_json(bool json)
{
	as_json = json;
}

bool
print_is_json(void)
{
	return as_json;
}

/* Hidden characters become visible ones; in JSON they are escaped. */
static void
put_text(struct view v)
{
	char out[4] = {0};
	for (int i = 0; v.len > 0 && i < FIELD_MAX; i++) {
		uint32_t code = utf8_take(&v);
		bool hidden = utf8_is_hidden(code);
		if (as_json && hidden && code <= UINT16_MAX) {
			printf("\\u%04x", (unsigned)code);
			continue;
		}
		if (as_json && (code == '"' || code == '\\'))
			putchar('\\');
		if (hidden)
			code = UTF8_REPLACEMENT;
		fwrite(out, 1, utf8_put(code, out), stdout);
	}
	if (v.len > 0)
		fputs("...", stdout);
}

static void
put_member(const char *key, struct view v)
{
	printf(",\"%s\":\"", key);
	put_text(v);
	putchar('"');
}

void
print_begin(uint64_t line, const char *what)
{
	if (as_json) {
		printf("{\"line\":%" PRIu64, line);
		if (what[0] != '\0')
			printf(",\"record\":\"%s\"", what);
		return;
	}
	printf("%" PRIu64 "%s%s", line, what[0] != '\0' ? " " : "", what);
}

void
print_text(const char *key, struct view v)
{
	if (v.len == 0)
		return;
	if (as_json) {
		put_member(key, v);
		return;
	}
	printf(" %s=", key);
	put_text(v);
}

void
print_number(const char *key, int64_t n)
{
	if (n >= 0)
		printf(as_json ? ",\"%s\":%" PRId64 : " %s=%" PRId64, key, n);
}

void
print_endpoint(const char *key, bool known, struct ip_addr ip, int32_t port)
{
	char text[IP_TEXT_MAX];
	if (!known)
		return;
	ip_format(ip, text);
	if (as_json) {
		printf(",\"%s\":{\"ip\":\"%s\"", key, text);
		if (port >= 0)
			printf(",\"port\":%" PRId32, port);
		putchar('}');
		return;
	}
	printf(" %s=%s", key, text);
	if (port >= 0)
		printf(":%" PRId32, port);
}

void
print_bare(const char *key, const char *text)
{
	if (as_json)
		put_member(key, view_str(text));
	else
		printf(" %s", text);
}

void
print_claim(const char *claim)
{
	printf(as_json ? ",\"%s\":true" : " %s", claim);
}

/* The time as text, as far as it is known. */
static void
time_text(const struct log_time *t, char *text, size_t room)
{
	char at[CLOCK_TEXT_MAX];
	int64_t ns = t->ns;
	switch ((enum log_time_kind)t->kind) {
	case LOG_TIME_NONE:
		text[0] = '\0';
		break;
	case LOG_TIME_UTC:
		snprintf(text, room, "%s", clock_format(ns, 6, at));
		break;
	case LOG_TIME_LOCAL:
		clock_format(ns, 6, at);
		snprintf(text, room, "%.*s%s", (int)strcspn(at, "Z"), at,
			t->zone[0] == '\0' ? "(unknown zone)" : t->zone);
		break;
	case LOG_TIME_LOCAL_NO_YEAR:
		log_time_in_year(t, LEAP_YEAR, &ns);
		clock_format(ns, 6, at);
		snprintf(text, room, "????%.*s(unknown zone)",
			(int)strcspn(at + 4, "Z"), at + 4);
		break;
	case LOG_TIME_BOOT:
		snprintf(text, room, "boot+%.6fs",
			(double)ns / (double)NS_PER_S);
		break;
	case LOG_TIME_DELTA:
	case LOG_TIME_CLOCK:
		snprintf(text, room, "+%.6fs", (double)ns / (double)NS_PER_S);
		break;
	}
}

void
print_time(const char *key, const struct log_time *t)
{
	char text[CLOCK_TEXT_MAX + 2 * LOG_ZONE_MAX];
	if (t->kind == LOG_TIME_NONE)
		return;
	time_text(t, text, sizeof text);
	print_bare(key, text);
	if (!t->inherited)
		return;
	if (as_json)
		put_member("time-of", view_str("an earlier line"));
	else
		fputs("(of a line before)", stdout);
}

void
print_end(struct view message)
{
	if (as_json) {
		if (message.data != NULL)
			put_member("message", message);
		puts("}");
		return;
	}
	if (message.data != NULL) {
		fputs(" | ", stdout);
		put_text(message);
	}
	putchar('\n');
}

void
print_about(const char *text)
{
	fputs(as_json ? "{\"about\":\"" : "# ", stdout);
	put_text(view_str(text));
	puts(as_json ? "\"}" : "");
}

void
print_accounting(
	const char *kind, uint64_t lines, uint64_t recognised, uint64_t other)
{
	printf(as_json ? "{\"kind\":\"%s\",\"lines\":%" PRIu64
			 ",\"recognised\":%" PRIu64 ",\"other\":%" PRIu64 "}\n"
		       : "# %s: %" PRIu64 " lines = %" PRIu64
			 " recognised + %" PRIu64 " other\n",
		kind, lines, recognised, other);
}
