/*
 * Finding the zone, the year and the boot time of logs.
 *
 * Zone and year: of all offsets from UTC that are in use (multiples of 15
 * minutes from -12 h to +14 h; IANA tz database), those are possible under
 * which the log's recognised lines fall into the time of the captures, which
 * is when the incident was. One possible offset is an answer; several leave an
 * uncertainty as wide as they lie apart, and UTC is shown if it is among them.
 *
 * Boot: a line that carries a wall-clock time and the kernel's stamp gives the
 * moment of boot; so does every source of the same role that has such lines.
 */
#include "stitch/event_times.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/arena.h"

#define QUARTER_NS (15 * 60 * NS_PER_S)
#define OFFSET_FIRST (-48) /* quarters of an hour: UTC-12 */
#define OFFSET_LAST 56     /* UTC+14 */

/* Lines of an incident lie this near to its captures. */
#define AROUND_NS (5 * 60 * NS_PER_S)

/*
 * A log line is written a little after what it tells: daemons buffer, and
 * dmesg's wall-clock times are worked out from an offset that drifts (0.6 s were
 * seen on an otherwise idle machine).
 */
#define WRITING_NS NS_PER_S

/* Two machines whose clocks nothing compares; both are assumed to run NTP. */
#define UNCOMPARED_NS (2 * NS_PER_S)

/* What is known of one source's clock. */
struct file_clock {
	uint32_t file;
	const char *role;
	bool zone_known;
	int64_t offset_ns;     /* local - UTC */
	int64_t zone_slack_ns; /* how far other possible offsets lie */
	int year;              /* of LOCAL_NO_YEAR times; 0 unknown */
};

/* When a role's machine booted. */
struct role_boot {
	const char *role;
	int64_t boot_ns; /* UTC, the machine's clock */
};

struct event_clock {
	const struct stitch_case *k;
	struct file_clock *files; /* owned */
	size_t files_count;
	struct role_boot *boots;  /* owned */
	size_t boots_count;
	int64_t from_ns;          /* of all captures, reference clock */
	int64_t to_ns;
};

static int64_t
year_start_ns(int year)
{
	struct tm tm = {.tm_year = year - 1900, .tm_mday = 1};
	return (int64_t)timegm(&tm) * NS_PER_S;
}

/* Wall-clock nanoseconds of a time without year: it counts from the start of a
 * leap year, so that a common year is a day short after February. */
static int64_t
local_in_year(int64_t ns, int year)
{
	const int64_t day = 24 * 3600 * NS_PER_S;
	bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
	if (!leap && ns >= 60 * day)
		ns -= day;
	return year_start_ns(year) + ns;
}

/* Local wall-clock time of an event, its year filled in; false without one. */
static bool
local_ns(const struct event_time *t, int year, int64_t *out)
{
	if (t->kind == EVENT_TIME_LOCAL)
		*out = t->ns;
	else if (t->kind == EVENT_TIME_LOCAL_NO_YEAR && year != 0)
		*out = local_in_year(t->ns, year);
	else
		return false;
	return true;
}

/* The machine's clock against the reference; NULL when nothing compares. */
static const struct clock_map *
map_of(const struct stitch_case *k, const char *role)
{
	for (size_t v = 0; role != NULL && v < k->count; v++)
		if (strcmp(k->vantages[v].name, role) == 0)
			return &k->maps[v];
	return NULL;
}

static int64_t
to_reference(const struct event_clock *c, const char *role, int64_t utc_ns)
{
	const struct clock_map *map = map_of(c->k, role);
	if (map == NULL)
		return utc_ns;
	return clock_to_reference(map, (struct captured_time){utc_ns}).ns;
}

static struct file_clock *
file_clock_of(struct event_clock *c, const struct event *e)
{
	for (size_t i = 0; i < c->files_count; i++)
		if (c->files[i].file == e->file)
			return &c->files[i];
	c->files = memory_grow(
		c->files, c->files_count + 1, sizeof *c->files);
	c->files[c->files_count] = (struct file_clock){
		.file = e->file, .role = e->role};
	return &c->files[c->files_count++];
}

/* The year in which a time without one lies nearest to the captures. */
static int
nearest_year(const struct event_clock *c, const struct event_time *t)
{
	time_t middle = (time_t)((c->from_ns / 2 + c->to_ns / 2) / NS_PER_S);
	struct tm tm;
	gmtime_r(&middle, &tm);
	int best = tm.tm_year + 1900;
	int64_t distance = INT64_MAX;
	for (int year = tm.tm_year + 1899; year <= tm.tm_year + 1901; year++) {
		int64_t apart =
			local_in_year(t->ns, year) - middle * NS_PER_S;
		if (apart < 0)
			apart = -apart;
		if (apart < distance) {
			distance = apart;
			best = year;
		}
	}
	return best;
}

/* How many of the file's events fall among the captures under an offset. */
static uint64_t
events_inside(const struct event_clock *c, const struct event_list *events,
	const struct file_clock *f, int64_t offset_ns)
{
	uint64_t n = 0;
	for (size_t i = 0; i < events->count; i++) {
		const struct event *e = &events->list[i];
		int64_t local;
		if (e->file != f->file || !local_ns(&e->time, f->year, &local))
			continue;
		int64_t at = to_reference(c, f->role, local - offset_ns);
		n += at >= c->from_ns - AROUND_NS && at <= c->to_ns + AROUND_NS;
	}
	return n;
}

static void
find_zone(const struct event_clock *c, const struct event_list *events,
	struct file_clock *f)
{
	int low = 0, high = 0, found = 0;
	bool utc = false;
	for (int q = OFFSET_FIRST; q <= OFFSET_LAST; q++) {
		if (events_inside(c, events, f, q * QUARTER_NS) == 0)
			continue;
		if (found++ == 0)
			low = q;
		high = q;
		utc = utc || q == 0;
	}
	if (found == 0)
		return;
	int shown = utc ? 0 : low;
	int64_t below = shown - low;
	int64_t above = high - shown;
	f->zone_known = true;
	f->offset_ns = shown * QUARTER_NS;
	f->zone_slack_ns = (below > above ? below : above) * QUARTER_NS;
}

/* UTC of a time on the machine's clock; false when it cannot be had. */
static bool
utc_of(const struct event_clock *c, const struct event *e,
	const struct event_time *t, int64_t *utc_ns, int64_t *slack_ns)
{
	int64_t local;
	*slack_ns = 0;
	if (t->kind == EVENT_TIME_UTC) {
		*utc_ns = t->ns;
		return true;
	}
	for (size_t i = 0; i < c->files_count; i++) {
		const struct file_clock *f = &c->files[i];
		if (f->file != e->file || !f->zone_known ||
			!local_ns(t, f->year, &local))
			continue;
		*utc_ns = local - f->offset_ns;
		*slack_ns = f->zone_slack_ns;
		return true;
	}
	for (size_t i = 0; t->kind == EVENT_TIME_BOOT && i < c->boots_count;
		i++) {
		if (e->role == NULL || strcmp(c->boots[i].role, e->role) != 0)
			continue;
		*utc_ns = c->boots[i].boot_ns + t->ns;
		return true;
	}
	return false;
}

/* Lines with two clocks tell when their machine booted. */
static void
find_boots(struct event_clock *c, const struct event_list *events)
{
	for (size_t i = 0; i < events->count; i++) {
		const struct event *e = &events->list[i];
		int64_t utc, slack;
		if (e->role == NULL || e->second.kind != EVENT_TIME_BOOT ||
			!utc_of(c, e, &e->time, &utc, &slack) || slack > 0)
			continue;
		bool known = false;
		for (size_t j = 0; j < c->boots_count; j++)
			known = known ||
				strcmp(c->boots[j].role, e->role) == 0;
		if (known)
			continue;
		c->boots = memory_grow(
			c->boots, c->boots_count + 1, sizeof *c->boots);
		c->boots[c->boots_count++] =
			(struct role_boot){e->role, utc - e->second.ns};
	}
}

/* The span of all captures on the reference clock. */
static void
find_span(struct event_clock *c)
{
	c->from_ns = INT64_MAX;
	c->to_ns = INT64_MIN;
	for (size_t v = 0; v < c->k->count; v++) {
		const struct vantage *x = &c->k->vantages[v];
		if (x->first.ns == CLOCK_UNKNOWN_NS)
			continue;
		int64_t from = clock_to_reference(&c->k->maps[v], x->first).ns;
		if (from < c->from_ns)
			c->from_ns = from;
		if (c->k->last_ns[v] > c->to_ns)
			c->to_ns = c->k->last_ns[v];
	}
	if (c->from_ns > c->to_ns)
		c->from_ns = c->to_ns = 0;
}

struct event_clock *
event_clock_new(const struct stitch_case *k, const struct event_list *events)
{
	struct event_clock *c = memory_take(1, sizeof *c);
	c->k = k;
	find_span(c);
	for (size_t i = 0; i < events->count; i++) {
		const struct event *e = &events->list[i];
		struct file_clock *f = file_clock_of(c, e);
		if (f->year == 0 && e->time.kind == EVENT_TIME_LOCAL_NO_YEAR)
			f->year = nearest_year(c, &e->time);
	}
	for (size_t i = 0; i < c->files_count; i++)
		find_zone(c, events, &c->files[i]);
	find_boots(c, events);
	return c;
}

void
event_clock_free(struct event_clock *c)
{
	if (c == NULL)
		return;
	free(c->files);
	free(c->boots);
	free(c);
}

void
event_clock_resolve(const struct event_clock *c, const struct event *e,
	struct event_moment *out)
{
	int64_t slack = 0;
	*out = (struct event_moment){0};
	bool known = utc_of(c, e, &e->time, &out->logged_ns, &slack) ||
		utc_of(c, e, &e->second, &out->logged_ns, &slack);
	if (!known)
		return;
	const struct clock_map *map = map_of(c->k, e->role);
	bool compared = map != NULL && clock_known(map);
	out->known = true;
	out->at_ns = to_reference(c, e->role, out->logged_ns);
	out->uncertainty_ns = slack + e->time.resolution_ns + WRITING_NS +
		(compared ? map->uncertainty_ns : UNCOMPARED_NS);
}
