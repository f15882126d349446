/*
 * What a file's wall clock is: its zone and its year.
 */
#ifndef STITCH_EVENT_ZONES_H
#define STITCH_EVENT_ZONES_H

#include "model/event.h"
#include "stitch/case.h"
#include "stitch/event_span.h"

/* The three years around the captures. */
#define YEARS_TRIED 3

/* Local time - reference time of a file, as packets show that its lines name
 * (event_pins.h): within [low, high]. */
struct zone_pin {
	bool known;
	int64_t low_ns;
	int64_t high_ns;
	int64_t unsure_ns; /* of the packets' times on the reference clock */
};

/* What is known of one source's clock. */
struct file_clock {
	const char *role; /* or NULL */
	bool seen;        /* has an event */
	/* The machine's clock against the reference. */
	struct clock_map map;
	bool compared;
	struct case_file_said said;
	int64_t first_no_year_ns; /* the first time without a year, or -1 */
	bool zone_known;          /* inferred */
	bool zone_told;           /* by another log of the machine: no guess */
	int64_t offset_ns;        /* local - UTC */
	int64_t zone_slack_ns;    /* how far other possible offsets lie */
	struct zone_pin pin;      /* of wall-clock times */
	struct zone_pin pin_utc;  /* of times that are UTC already */
};

/* Lines of an incident lie this near to its captures. */
#define EVENT_AROUND_NS (5 * 60 * NS_PER_S)

/* A machine's UTC on the reference clock. utc_ns must be believable. */
int64_t file_clock_reference(const struct file_clock *f, int64_t utc_ns);

/* The offset in use that is nearest to one that was measured. */
int64_t zone_nearest(int64_t offset_ns);

/* Wall-clock time, its year filled in; false for another kind of time and for
 * one that no calendar has. */
bool zone_local(const struct file_clock *f, const struct event_span *span,
	const struct event_time *t, int64_t *local_ns);

/*
 * UTC of a wall-clock time by what was said or inferred; false when neither is.
 * *slack_ns: how far another possible answer lies; *twice: that is because
 * clocks going back showed it twice.
 */
bool zone_utc(const struct file_clock *f, const struct event_span *span,
	int64_t local_ns, int64_t *utc_ns, int64_t *slack_ns, bool *twice);

/* The zone by which the time is read is no more than one that fits. */
bool zone_guessed(const struct file_clock *f, const struct event_time *t);

/* Infer the zones of all files of which nothing was said. */
void zones_infer(struct file_clock *files, size_t count,
	const struct event_span *span, const struct event_list *events);

#endif
