/*
 * When machines booted, by lines that have the kernel's stamp and another clock.
 */
#ifndef STITCH_EVENT_BOOTS_H
#define STITCH_EVENT_BOOTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* One line's word: the machine booted within [low, high]. */
struct boot_word {
	const char *role;
	bool pinned;      /* on the reference clock; else the machine's */
	int64_t stamp_ns; /* since boot */
	int64_t low_ns;
	int64_t high_ns;
};

struct event_boots {
	struct boot_word *words; /* owned; settled: one a role and time */
	size_t count;
	size_t room;
};

/* The moment of a kernel stamp. */
struct boot_answer {
	bool pinned; /* at_ns is on the reference clock, else the machine's UTC */
	int64_t at_ns;
	int64_t slack_ns;
};

/* stamp_ns, low_ns and high_ns must be believable; role's text is borrowed. */
void event_boots_add(struct event_boots *b, const struct boot_word *word);

/* Sort and merge what was added; before the first question. */
void event_boots_settle(struct event_boots *b);

/*
 * The moment of a stamp. own_ns: what another clock in the same line says of
 * that moment (the machine's UTC), or CLOCK_UNKNOWN_NS. False when nothing is
 * known of the role.
 */
bool event_boots_find(const struct event_boots *b, const char *role,
	int64_t stamp_ns, int64_t own_ns, struct boot_answer *out);

void event_boots_release(struct event_boots *b);

#endif
