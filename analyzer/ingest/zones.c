/*
 * The C library knows the tz database but only for the whole process (TZ,
 * tzset), so a zone is asked once, from 1980 to 2060 in steps of a week, and
 * what lies between two different answers is found by halving. No zone has
 * changed twice within a week in that time (tz database 2025b); the shortest
 * interval is the month of Ramadan.
 */
#include "ingest/zones.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define FIRST_S INT64_C(315532800) /* 1980-01-01T00:00:00Z */
#define LAST_S INT64_C(2840140800) /* 2060-01-01T00:00:00Z */
#define STEP_S INT64_C(604800)

/* Twice a year for the 80 years, and room for Ramadan's. */
#define CHANGES_MAX 400

/* Longest name of the tz database is 32 letters ("America/Argentina/..."). */
#define NAME_MAX_BYTES 64

/* The offsets in use lie from -12 h (Baker Island) to +14 h (Kiribati). */
#define WEST_MAX_S (12 * 3600)
#define EAST_MAX_S (14 * 3600)

static const struct case_zone *
complain(char why[ZONE_WHY_MAX], const char *format, const char *text)
{
	snprintf(why, ZONE_WHY_MAX, format, text);
	return NULL;
}

static const struct case_zone *
zone_make(const char *name, const struct zone_change *changes, size_t count,
	struct arena *a)
{
	struct zone_change *list = arena_take(a, count * sizeof *list);
	memcpy(list, changes, count * sizeof *list);
	struct case_zone *z = arena_take(a, sizeof *z);
	*z = (struct case_zone){arena_copy(a, name, strlen(name)), list, count};
	return z;
}

static bool
two_digits(const char **p, int *out)
{
	if (!isdigit((unsigned char)(*p)[0]) ||
		!isdigit((unsigned char)(*p)[1]))
		return false;
	*out = ((*p)[0] - '0') * 10 + (*p)[1] - '0';
	*p += 2;
	return true;
}

/* +HH:MM, +HHMM, +HH and +H in seconds; false for anything else. */
static bool
offset_read(const char *text, int *seconds)
{
	const char *p = text + 1;
	int hours = 0;
	int minutes = 0;
	if (!two_digits(&p, &hours)) {
		if (!isdigit((unsigned char)*p))
			return false;
		hours = *p++ - '0';
	}
	if (*p == ':')
		p++;
	if (*p != '\0' && !two_digits(&p, &minutes))
		return false;
	if (*p != '\0' || p[-1] == ':' || minutes > 59)
		return false;
	*seconds = hours * 3600 + minutes * 60;
	if (*text == '-')
		*seconds = -*seconds;
	return *seconds >= -WEST_MAX_S && *seconds <= EAST_MAX_S;
}

/* The name of a file of the tz database that is there. */
static bool
is_named(const char *text)
{
	const char *folder = getenv("TZDIR");
	char path[512];
	char magic[4] = "";
	size_t len = strspn(text,
		"ABCDEFGHIJKLMNOPQRSTUVWXYZ"
		"abcdefghijklmnopqrstuvwxyz0123456789_+-/");
	if (len == 0 || text[len] != '\0' || len > NAME_MAX_BYTES ||
		!isalpha((unsigned char)text[0]))
		return false;
	snprintf(path, sizeof path, "%.400s/%s",
		folder != NULL && folder[0] == '/' ? folder
						   : "/usr/share/zoneinfo",
		text);
	FILE *f = fopen(path, "rb");
	/* cite: RFC 8536 section 3.1: every file begins with "TZif". */
	bool ok = f != NULL && fread(magic, 1, sizeof magic, f) == 4 &&
		memcmp(magic, "TZif", 4) == 0;
	if (f != NULL)
		fclose(f);
	return ok;
}

static int64_t
offset_at(int64_t utc_s)
{
	time_t t = (time_t)utc_s;
	struct tm tm;
	return localtime_r(&t, &tm) == NULL ? 0 : tm.tm_gmtoff;
}

/* The first second from which on the offset is that of high. */
static int64_t
change_between(int64_t low, int64_t high)
{
	int64_t after = offset_at(high);
	while (high - low > 1) {
		int64_t middle = low + (high - low) / 2;
		if (offset_at(middle) == after)
			high = middle;
		else
			low = middle;
	}
	return high;
}

/* All changes of the zone that TZ names now. */
static size_t
changes_of(struct zone_change list[CHANGES_MAX])
{
	int64_t before = offset_at(FIRST_S);
	size_t n = 0;
	list[n++] = (struct zone_change){INT64_MIN, before * NS_PER_S};
	for (int64_t t = FIRST_S; t < LAST_S && n < CHANGES_MAX; t += STEP_S) {
		int64_t after = offset_at(t + STEP_S);
		if (after == before)
			continue;
		int64_t at = change_between(t, t + STEP_S);
		list[n++] =
			(struct zone_change){at * NS_PER_S, after * NS_PER_S};
		before = after;
	}
	return n;
}

static const struct case_zone *
zone_named(const char *text, struct arena *a)
{
	struct zone_change list[CHANGES_MAX];
	const char *now = getenv("TZ");
	char *old = now == NULL ? NULL : memory_copy(now);
	char value[NAME_MAX_BYTES + 2];
	snprintf(value, sizeof value, ":%s", text);
	setenv("TZ", value, 1);
	tzset();
	size_t count = changes_of(list);
	if (old == NULL)
		unsetenv("TZ");
	else
		setenv("TZ", old, 1);
	tzset();
	free(old);
	return zone_make(text, list, count, a);
}

const struct case_zone *
zone_read(const char *text, struct arena *a, char why[ZONE_WHY_MAX])
{
	struct zone_change only = {INT64_MIN, 0};
	if (strcmp(text, "UTC") == 0 || strcmp(text, "Z") == 0 ||
		strcmp(text, "GMT") == 0)
		return zone_make(text, &only, 1, a);
	if (text[0] == '+' || text[0] == '-') {
		int seconds;
		if (!offset_read(text, &seconds))
			return complain(why,
				"'%.60s' is no offset from UTC; write +02:00 "
				"or -0330, from -12:00 to +14:00",
				text);
		only.offset_ns = seconds * NS_PER_S;
		return zone_make(text, &only, 1, a);
	}
	if (!is_named(text))
		return complain(why,
			"'%.60s' is no time zone of this system; write a name "
			"such as Europe/Berlin or an offset such as +02:00",
			text);
	return zone_named(text, a);
}
