/*
 * When log lines happened, on the reference clock.
 *
 * A log line's own time lacks a year, a zone, or the moment of boot. What is
 * missing is taken from what a person said (case.yaml, --timezone, --year), from
 * packets that lines name, from lines that carry two clocks, or from the
 * captures' time, in this order; what stays open becomes uncertainty, or no
 * time.
 */
#ifndef STITCH_EVENT_TIMES_H
#define STITCH_EVENT_TIMES_H

#include "model/event.h"
#include "stitch/case.h"

/* A moment on the reference clock; the true one is within +- uncertainty. */
struct event_moment {
	bool known;
	bool twice;        /* clocks going back showed this time twice */
	bool guessed;      /* its zone is one that fits, no more is known; or
	                      the time is an earlier line's */
	int64_t logged_ns; /* UTC on the logging machine's clock */
	int64_t at_ns;     /* reference clock */
	int64_t uncertainty_ns;
};

struct event_clock;

/* What is known of every source's clock; free with event_clock_free. Borrows
 * both until then. */
struct event_clock *event_clock_new(
	const struct stitch_case *k, const struct event_list *events);
void event_clock_free(struct event_clock *c);

void event_clock_resolve(const struct event_clock *c, const struct event *e,
	struct event_moment *out);

#endif
