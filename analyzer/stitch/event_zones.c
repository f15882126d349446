/*
 * Zone and year of logs that name neither.
 *
 * Zone: of all offsets from UTC that are in use, those are possible under which
 * one of the file's recognised lines falls into the time of the captures, which
 * is when the incident was. Several leave an uncertainty as wide as they lie
 * apart, and UTC is shown if it is among them. A single one that is not UTC is a
 * guess: lines of three hours ago would fit as well, in a zone three hours away.
 * Lines placed so say that they are guessed, and confirm nothing.
 *
 * Where the machine's syslog writes its offset in another file, that is its
 * zone, wherever the lines then lie: nothing says that two logs are of the same
 * hour. Only lines that name a host count: those are of a daemon of the machine,
 * while a program in a container has a zone of its own. Several offsets, as of
 * summer and winter, tell nothing.
 *
 * Year: the one that puts a line nearest to the captures; each line by itself,
 * so that a log runs from December into January. Where a person gave the year
 * it is that of the file's first such line, and half a year decides whether
 * another line is of the year after or before.
 *
 * Cost: two passes over the events; 45 additions a file, and a comparison with
 * each other file.
 */
#include "stitch/event_zones.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/arena.h"

#define MINUTE_NS (60 * NS_PER_S)
#define DAY_NS (24 * 60 * MINUTE_NS)

/*
 * Offsets in use anywhere since 2000, in minutes, ascending.
 * cite: tz database 2025b, the zones' UTOFF + SAVE of 2000 to 2025.
 */
static const int16_t offsets[] = {-720, -660, -600, -570, -540, -480, -420,
	-360, -300, -270, -240, -210, -180, -150, -120, -60, 0, 60, 120, 180,
	210, 240, 270, 300, 330, 345, 360, 390, 420, 480, 510, 525, 540, 570,
	600, 630, 660, 690, 720, 765, 780, 825, 840};
#define OFFSETS ((int)(sizeof offsets / sizeof *offsets))

static int64_t
offset_ns(int i)
{
	return offsets[i] * MINUTE_NS;
}

int64_t
zone_nearest(int64_t measured_ns)
{
	int best = 0;
	for (int i = 1; i < OFFSETS; i++)
		if (llabs(clock_sub(measured_ns, offset_ns(i))) <
			llabs(clock_sub(measured_ns, offset_ns(best))))
			best = i;
	return offset_ns(best);
}

int64_t
file_clock_reference(const struct file_clock *f, int64_t utc_ns)
{
	struct captured_time t = {utc_ns};
	return clock_to_reference(&f->map, t).ns;
}

static bool
is_leap(int year)
{
	return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
}

/* Days from 1970 to 1 January of a year from 1970 on. */
static int64_t
days_before(int year)
{
	int64_t y = year - 1;
	return 365 * (y - 1969) + (y / 4 - 492) - (y / 100 - 19) +
		(y / 400 - 4);
}

/* A time without year counts from the start of a leap year, so that a common
 * year is a day short after February. False for 29 February of one. */
static bool
in_year(int64_t ns, int year, int64_t *local_ns)
{
	const int64_t leap_day = 59;
	if (ns < 0 || ns >= 366 * DAY_NS || year < 1970 || year > 2115)
		return false;
	if (!is_leap(year)) {
		if (ns / DAY_NS == leap_day)
			return false;
		if (ns / DAY_NS > leap_day)
			ns -= DAY_NS;
	}
	*local_ns = days_before(year) * DAY_NS + ns;
	return true;
}

/* A zone is at most 14 hours, a clock that runs unattended some more. */
#define YOUNGER_DAYS 2

/* The year in which a time without one lies nearest to the captures. */
static bool
in_nearest_year(const struct event_span *span, int64_t ns, int64_t *local_ns)
{
	int64_t middle = span->from_ns / 2 + span->to_ns / 2;
	int64_t nearest = INT64_MAX;
	for (int year = span->year - 1; year <= span->year + 1; year++) {
		int64_t at;
		if (!in_year(ns, year, &at) || llabs(at - middle) >= nearest)
			continue;
		/* No line is younger than its file, zones and clocks aside. */
		if (span->written_ns > 0 &&
			at > span->written_ns + YOUNGER_DAYS * DAY_NS)
			continue;
		nearest = llabs(at - middle);
		*local_ns = at;
	}
	return nearest != INT64_MAX;
}

/* The year that was given, or one off for a line over half a year away. */
static bool
in_stated_year(const struct file_clock *f, int64_t ns, int64_t *local_ns)
{
	const int64_t half = 183 * DAY_NS;
	int year = f->said.year;
	if (f->first_no_year_ns >= 0 && ns < f->first_no_year_ns - half)
		year++;
	else if (f->first_no_year_ns >= 0 && ns > f->first_no_year_ns + half)
		year--;
	return in_year(ns, year, local_ns);
}

bool
zone_local(const struct file_clock *f, const struct event_span *span,
	const struct event_time *t, int64_t *local_ns)
{
	bool known = false;
	if (t->kind == EVENT_TIME_LOCAL) {
		*local_ns = t->ns;
		known = true;
	} else if (t->kind == EVENT_TIME_LOCAL_NO_YEAR) {
		known = f->said.year != 0
			? in_stated_year(f, t->ns, local_ns)
			: in_nearest_year(span, t->ns, local_ns);
	}
	return known && clock_believable(*local_ns);
}

static bool
inside(const struct file_clock *f, const struct event_span *span,
	int64_t utc_ns)
{
	if (!clock_believable(utc_ns))
		return false;
	int64_t at = file_clock_reference(f, utc_ns);
	return at >= span->from_ns - EVENT_AROUND_NS &&
		at <= span->to_ns + EVENT_AROUND_NS;
}

bool
zone_utc(const struct file_clock *f, const struct event_span *span,
	int64_t local_ns, int64_t *utc_ns, int64_t *slack_ns, bool *twice)
{
	*slack_ns = 0;
	*twice = false;
	if (f->said.zone != NULL) {
		int64_t at[2];
		int n = case_zone_utc(f->said.zone, local_ns, at);
		*utc_ns = at[0];
		if (n == 1)
			return clock_believable(at[0]);
		/* The captures decide when only one of the two fits them. */
		bool first = inside(f, span, at[0]);
		bool second = inside(f, span, at[1]);
		if (second && !first)
			*utc_ns = at[1];
		if (first == second) {
			*slack_ns = at[1] - at[0];
			*twice = true;
		}
		return clock_believable(*utc_ns);
	}
	if (!f->zone_known)
		return false;
	*utc_ns = clock_sub(local_ns, f->offset_ns);
	*slack_ns = f->zone_slack_ns;
	return clock_believable(*utc_ns);
}

bool
zone_guessed(const struct file_clock *f, const struct event_time *t)
{
	return t->kind != EVENT_TIME_UTC && f->said.zone == NULL &&
		!f->zone_told && f->offset_ns != 0;
}

/* possible[i]: how many more lines than offset i - 1 offset i puts among the
 * captures; one line makes a run of offsets possible. */
static void
note_offsets(const struct file_clock *f, const struct event_span *span,
	int64_t local_ns, int32_t possible[OFFSETS + 1])
{
	int from = 0;
	while (from < OFFSETS && !inside(f, span, local_ns - offset_ns(from)))
		from++;
	if (from == OFFSETS)
		return;
	int to = from;
	while (to < OFFSETS && inside(f, span, local_ns - offset_ns(to)))
		to++;
	possible[from]++;
	possible[to]--;
}

static void
settle_zone(struct file_clock *f, const int32_t possible[OFFSETS + 1])
{
	int low = -1;
	int high = 0;
	bool utc = false;
	int32_t lines = 0;
	for (int i = 0; i < OFFSETS; i++) {
		lines += possible[i];
		if (lines == 0)
			continue;
		if (low < 0)
			low = i;
		high = i;
		utc = utc || offsets[i] == 0;
	}
	if (low < 0)
		return;
	f->zone_known = true;
	f->offset_ns = utc ? 0 : offset_ns(low);
	int64_t below = f->offset_ns - offset_ns(low);
	int64_t above = offset_ns(high) - f->offset_ns;
	f->zone_slack_ns = below > above ? below : above;
}

/* The offset that a file's syslog lines, or a machine's, are written with. */
struct written {
	bool seen;
	bool several;
	int32_t offset_s;
};

static void
written_add(struct written *w, int32_t offset_s)
{
	w->several = w->several || (w->seen && w->offset_s != offset_s);
	w->seen = true;
	w->offset_s = offset_s;
}

/* By file; the caller frees it. */
static struct written *
written_find(size_t count, const struct event_list *events)
{
	struct written *w = memory_take(count == 0 ? 1 : count, sizeof *w);
	for (size_t i = 0; i < events->count; i++) {
		const struct event *e = &events->list[i];
		if (e->host != NULL && e->time.kind == EVENT_TIME_UTC &&
			e->time.offset_written)
			written_add(&w[e->file], e->time.offset_s);
	}
	return w;
}

/* What the other logs of the machine are written with, if it is one zone. */
static void
take_told_zone(struct file_clock *files, size_t count, size_t i,
	const struct written *w)
{
	struct file_clock *f = &files[i];
	struct written all = {0};
	if (f->role == NULL)
		return;
	for (size_t k = 0; k < count; k++)
		if (w[k].seen && files[k].role != NULL &&
			strcmp(files[k].role, f->role) == 0) {
			written_add(&all, w[k].offset_s);
			all.several = all.several || w[k].several;
		}
	if (!all.seen || all.several)
		return;
	f->zone_known = f->zone_told = true;
	f->offset_ns = all.offset_s * NS_PER_S;
	f->zone_slack_ns = 0;
}

void
zones_infer(struct file_clock *files, size_t count,
	const struct event_span *span, const struct event_list *events)
{
	int32_t(*possible)[OFFSETS + 1] =
		memory_take(count == 0 ? 1 : count, sizeof *possible);
	for (size_t i = 0; i < events->count; i++) {
		const struct event *e = &events->list[i];
		const struct file_clock *f = &files[e->file];
		int64_t local;
		if (f->said.zone == NULL &&
			zone_local(f, span, &e->time, &local))
			note_offsets(f, span, local, possible[e->file]);
	}
	for (size_t i = 0; i < count; i++)
		settle_zone(&files[i], possible[i]);
	for (size_t i = 0; span->one_zone && i < count; i++) {
		files[i].zone_known = true;
		files[i].offset_ns = files[i].zone_slack_ns = 0;
	}
	struct written *w = written_find(count, events);
	for (size_t i = 0; i < count; i++)
		take_told_zone(files, count, i, w);
	free(w);
	free(possible);
}
