/*
 * From the time that a line states to a moment.
 *
 *	event_pins    lines whose very packet was captured
 *	event_zones   zone and year of a file's wall clock
 *	event_boots   when the machine booted
 *
 * A line with a wall-clock time and a kernel stamp is at its wall-clock time,
 * unless the stamp shows that it was written late: journald stamps what the
 * kernel said when it gets to reading it.
 */
#include "stitch/event_times.h"

#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "stitch/event_boots.h"
#include "stitch/event_pins.h"
#include "stitch/clock_stated.h"
#include "stitch/event_zones.h"

/*
 * A log line is written a little after what it tells: daemons buffer, and
 * dmesg's wall-clock times are worked out from an offset that drifts (0.6 s were
 * seen on an otherwise idle machine).
 */
#define WRITING_NS NS_PER_S

/* Two machines whose clocks nothing compares; both are assumed to run NTP. */
#define UNCOMPARED_NS (2 * NS_PER_S)

/* Pins of one file that lie further apart are not of one clock. */
#define PINS_APART_NS (5 * NS_PER_S)

/* A clock that is wrong by more than this contradicts its stated zone: half of
 * what the nearest zones differ by. */
#define ZONE_WRONG_NS (15 * 60 * NS_PER_S)

struct event_clock {
	const struct stitch_case *k;
	struct event_span span;
	struct file_clock *files; /* owned; by file index */
	size_t files_count;
	struct event_boots boots; /* owned */
};

static void
find_files(struct event_clock *c, const struct event_list *events)
{
	for (size_t i = 0; i < events->count; i++)
		if (events->list[i].file >= c->files_count)
			c->files_count = (size_t)events->list[i].file + 1;
	c->files = memory_take(
		c->files_count == 0 ? 1 : c->files_count, sizeof *c->files);
	for (size_t i = 0; i < events->count; i++) {
		const struct event *e = &events->list[i];
		struct file_clock *f = &c->files[e->file];
		if (!f->seen) {
			f->seen = true;
			f->role = e->role;
			f->first_no_year_ns = -1;
			f->said = case_config_said(c->k->config, e->file);
			f->compared = clock_of_role(c->k, e->role, &f->map);
		}
		if (f->first_no_year_ns < 0 &&
			e->time.kind == EVENT_TIME_LOCAL_NO_YEAR)
			f->first_no_year_ns = e->time.ns;
	}
}

/* A time as it is compared with packets: wall clock, or UTC. */
static bool
stated_ns(const struct event_clock *c, const struct file_clock *f,
	const struct event_time *t, int64_t *ns)
{
	if (t->kind != EVENT_TIME_UTC)
		return zone_local(f, &c->span, t, ns);
	*ns = t->ns;
	return clock_believable(t->ns);
}

/* Narrow a file's pin by one more; two that exclude each other a little give
 * what lies between them, and much later ones are not believed. */
static void
pin_narrow(struct zone_pin *p, const struct zone_pin *next)
{
	if (!p->known) {
		*p = *next;
		return;
	}
	int64_t low = p->low_ns > next->low_ns ? p->low_ns : next->low_ns;
	int64_t high = p->high_ns < next->high_ns ? p->high_ns : next->high_ns;
	if (clock_sub(low, high) > PINS_APART_NS)
		return;
	p->low_ns = low < high ? low : high;
	p->high_ns = low < high ? high : low;
	if (next->unsure_ns > p->unsure_ns)
		p->unsure_ns = next->unsure_ns;
}

/* Does a pin agree with what a person said of the zone? */
static bool
pin_allowed(const struct file_clock *f, int64_t local_ns, int64_t from_ns)
{
	int64_t utc[2];
	if (f->said.zone == NULL)
		return true;
	int n = case_zone_utc(f->said.zone, local_ns, utc);
	for (int i = 0; i < n; i++)
		if (clock_believable(utc[i]) &&
			llabs(clock_sub(file_clock_reference(f, utc[i]),
				from_ns)) <= ZONE_WRONG_NS)
			return true;
	return false;
}

/* The file's wall clock, and the boot of its machine, by one packet. */
static void
take_pin(struct event_clock *c, const struct event *e,
	const struct event_pin *pin)
{
	struct file_clock *f = &c->files[e->file];
	bool utc = e->time.kind == EVENT_TIME_UTC;
	int64_t stated;
	if (stated_ns(c, f, &e->time, &stated) &&
		(utc || pin_allowed(f, stated, pin->from_ns))) {
		struct zone_pin next = {true, clock_sub(stated, pin->to_ns),
			clock_sub(clock_add(stated, e->time.resolution_ns),
				pin->from_ns),
			pin->unsure_ns};
		pin_narrow(utc ? &f->pin_utc : &f->pin, &next);
	}
	const struct event_time *boot =
		e->time.kind == EVENT_TIME_BOOT ? &e->time : &e->second;
	if (e->role == NULL || boot->kind != EVENT_TIME_BOOT ||
		!clock_believable(boot->ns) ||
		boot->ns > pin->from_ns - pin->unsure_ns)
		return;
	/* The stamp is of the packet itself: read when it is logged. */
	struct boot_word word = {e->role, true, boot->ns,
		pin->from_ns - pin->unsure_ns - boot->ns - boot->resolution_ns,
		pin->to_ns + pin->unsure_ns - boot->ns};
	event_boots_add(&c->boots, &word);
}

static void
take_pins(struct event_clock *c, const struct event_list *events)
{
	struct event_pins pins;
	event_pins_find(&pins, c->k, events);
	for (size_t i = 0; i < pins.count; i++)
		take_pin(c, &events->list[pins.list[i].event], &pins.list[i]);
	event_pins_release(&pins);
}

/* UTC of a wall-clock time on the machine's own clock. */
static bool
wall_utc(const struct event_clock *c, const struct file_clock *f,
	const struct event_time *t, int64_t *utc_ns, int64_t *slack_ns,
	bool *twice)
{
	int64_t local;
	*slack_ns = 0;
	*twice = false;
	if (t->kind == EVENT_TIME_UTC) {
		*utc_ns = t->ns;
		return clock_believable(t->ns);
	}
	return zone_local(f, &c->span, t, &local) &&
		zone_utc(f, &c->span, local, utc_ns, slack_ns, twice);
}

/* A pinned file: the machine's UTC is the nearest zone's. */
static bool
pinned_moment(const struct event_clock *c, const struct file_clock *f,
	const struct event_time *t, struct event_moment *out)
{
	const struct zone_pin *p =
		t->kind == EVENT_TIME_UTC ? &f->pin_utc : &f->pin;
	int64_t stated;
	if (!p->known || !stated_ns(c, f, t, &stated))
		return false;
	/* The clock of a role with a capture is known better than by lines. */
	if (t->kind == EVENT_TIME_UTC && f->compared)
		return false;
	int64_t ahead = p->low_ns + (p->high_ns - p->low_ns) / 2;
	int64_t clock = f->compared ? f->map.offset_ns : 0;
	out->known = true;
	out->at_ns = clock_sub(stated, ahead);
	out->logged_ns = t->kind == EVENT_TIME_UTC
		? stated
		: clock_sub(stated, zone_nearest(clock_sub(ahead, clock)));
	out->uncertainty_ns =
		(p->high_ns - p->low_ns) / 2 + t->resolution_ns + p->unsure_ns;
	return clock_believable(out->at_ns);
}

/* Lines with two clocks tell when their machine booted. */
static void
find_boots(struct event_clock *c, const struct event_list *events)
{
	for (size_t i = 0; i < events->count; i++) {
		const struct event *e = &events->list[i];
		const struct file_clock *f = &c->files[e->file];
		int64_t utc, slack;
		bool twice;
		if (e->role == NULL || e->second.kind != EVENT_TIME_BOOT ||
			!clock_believable(e->second.ns) ||
			!wall_utc(c, f, &e->time, &utc, &slack, &twice) ||
			slack > 0 || zone_guessed(f, &e->time) ||
			utc < e->second.ns)
			continue;
		struct boot_word word = {e->role, false, e->second.ns,
			utc - e->second.ns,
			clock_add(utc - e->second.ns, e->time.resolution_ns)};
		event_boots_add(&c->boots, &word);
	}
}

struct event_clock *
event_clock_new(const struct stitch_case *k, const struct event_list *events)
{
	struct event_clock *c = memory_take(1, sizeof *c);
	c->k = k;
	c->span = event_span_find(k, events);
	find_files(c, events);
	zones_infer(c->files, c->files_count, &c->span, events);
	take_pins(c, events);
	find_boots(c, events);
	event_boots_settle(&c->boots);
	return c;
}

void
event_clock_free(struct event_clock *c)
{
	if (c == NULL)
		return;
	event_boots_release(&c->boots);
	free(c->files);
	free(c);
}

/* From the machine's UTC to the reference, with what that adds of doubt. */
static void
place(const struct file_clock *f, int64_t utc_ns, int64_t slack_ns,
	struct event_moment *out)
{
	out->known = true;
	out->logged_ns = utc_ns;
	out->at_ns = file_clock_reference(f, utc_ns);
	out->uncertainty_ns = clock_add(slack_ns,
		WRITING_NS +
			(f->compared ? f->map.uncertainty_ns : UNCOMPARED_NS));
}

static void
place_boot(const struct file_clock *f, const struct boot_answer *a,
	int64_t resolution_ns, struct event_moment *out)
{
	place(f, a->at_ns, a->slack_ns + resolution_ns, out);
	if (!a->pinned)
		return;
	out->at_ns = a->at_ns;
	out->logged_ns = clock_add(a->at_ns, f->map.offset_ns);
	out->uncertainty_ns = a->slack_ns + resolution_ns;
}

/* What a person said of the boot, or what lines tell. */
static bool
boot_find(const struct event_clock *c, const struct event *e, int64_t stamp_ns,
	int64_t own_ns, struct boot_answer *out)
{
	const struct case_role *r = case_config_role(c->k->config, e->role);
	if (r == NULL || r->boot_ns == CLOCK_UNKNOWN_NS ||
		own_ns != CLOCK_UNKNOWN_NS)
		return event_boots_find(
			&c->boots, e->role, stamp_ns, own_ns, out);
	*out = (struct boot_answer){.at_ns = clock_add(r->boot_ns, stamp_ns)};
	return stamp_ns >= 0 && clock_believable(out->at_ns);
}

/* A line that its own kernel stamp shows to be late is at the stamp. */
static void
correct_lateness(const struct event_clock *c, const struct event *e,
	struct event_moment *out)
{
	const struct file_clock *f = &c->files[e->file];
	struct boot_answer a;
	struct event_moment stamped = {0};
	if (e->second.kind != EVENT_TIME_BOOT ||
		!boot_find(c, e, e->second.ns, out->logged_ns, &a))
		return;
	place_boot(f, &a, e->second.resolution_ns, &stamped);
	if (a.pinned ||
		out->at_ns - stamped.at_ns >
			a.slack_ns + e->time.resolution_ns + WRITING_NS)
		*out = stamped;
}

void
event_clock_resolve(const struct event_clock *c, const struct event *e,
	struct event_moment *out)
{
	*out = (struct event_moment){0};
	if (e->file >= c->files_count)
		return;
	const struct file_clock *f = &c->files[e->file];
	int64_t utc, slack;
	struct boot_answer a;
	const struct event_time *boot =
		e->time.kind == EVENT_TIME_BOOT ? &e->time : &e->second;
	if (pinned_moment(c, f, &e->time, out)) {
		correct_lateness(c, e, out);
		out->guessed = e->borrowed;
		return;
	}
	*out = (struct event_moment){0};
	if (wall_utc(c, f, &e->time, &utc, &slack, &out->twice)) {
		place(f, utc, clock_add(slack, e->time.resolution_ns), out);
		out->guessed = zone_guessed(f, &e->time) || e->borrowed;
		if (slack == 0)
			correct_lateness(c, e, out);
		return;
	}
	out->twice = false;
	if (boot->kind == EVENT_TIME_BOOT &&
		boot_find(c, e, boot->ns, CLOCK_UNKNOWN_NS, &a))
		place_boot(f, &a, boot->resolution_ns, out);
	else if (wall_utc(c, f, &e->second, &utc, &slack, &out->twice)) {
		place(f, utc, clock_add(slack, e->second.resolution_ns), out);
		out->guessed = zone_guessed(f, &e->second);
	}
}
