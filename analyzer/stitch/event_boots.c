/*
 * Boot times that may drift, be stepped, and be followed by a reboot.
 *
 * The kernel's stamp is not slewed and the wall clock is, so "boot" moves by
 * seconds over weeks; and a daemon that reads the kernel's messages late stamps
 * them late. So words are merged per role and ten minutes of the stamp: of
 * several, the highest lower and the lowest upper bound hold; where these
 * cross, lines were late, and the earliest line is the one that was not. Words
 * over an hour apart are of different boots; a stamp alone belongs to the last.
 *
 * Cost: one sort of the lines with two clocks; a binary search a question.
 */
#include "stitch/event_boots.h"

#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/clock.h"

#define MERGED_NS (10 * 60 * NS_PER_S)
#define OTHER_BOOT_NS (3600 * NS_PER_S)

/*
 * How fast the kernel's clock and the wall clock drift apart at most. A tenth
 * of what the kernel will slew (500 ppm); crystals keep below 100 ppm.
 * cite: Linux 6.12 include/linux/timex.h MAXFREQ
 */
#define DRIFT_PER_MILLION 100

static int64_t
slice_of(const struct boot_word *w)
{
	return w->stamp_ns / MERGED_NS;
}

/* By clock, role and slice of the stamp, then from the earliest boot on. */
static int
by_place(const void *a, const void *b)
{
	const struct boot_word *x = a;
	const struct boot_word *y = b;
	if (x->pinned != y->pinned)
		return x->pinned ? -1 : 1;
	int order = strcmp(x->role, y->role);
	if (order != 0)
		return order;
	if (slice_of(x) != slice_of(y))
		return slice_of(x) < slice_of(y) ? -1 : 1;
	return x->low_ns < y->low_ns ? -1 : x->low_ns > y->low_ns;
}

void
event_boots_add(struct event_boots *b, const struct boot_word *word)
{
	if (b->count == b->room) {
		b->room = b->room == 0 ? 64 : b->room * 2;
		b->words = memory_grow(b->words, b->room, sizeof *b->words);
	}
	b->words[b->count++] = *word;
}

static bool
same_slice(const struct boot_word *x, const struct boot_word *y)
{
	return x->pinned == y->pinned && slice_of(x) == slice_of(y) &&
		strcmp(x->role, y->role) == 0;
}

/* Two words of one boot: the tighter bounds, or those of the earlier. */
static void
merge(struct boot_word *into, const struct boot_word *w)
{
	if (w->low_ns <= into->high_ns) {
		if (w->low_ns > into->low_ns)
			into->low_ns = w->low_ns;
		if (w->high_ns < into->high_ns)
			into->high_ns = w->high_ns;
	}
	/* Else w was late: words come by their lower bounds. */
}

void
event_boots_settle(struct event_boots *b)
{
	size_t kept = 0;
	if (b->count > 1)
		qsort(b->words, b->count, sizeof *b->words, by_place);
	for (size_t i = 0; i < b->count; i++) {
		struct boot_word *last = kept == 0 ? NULL : &b->words[kept - 1];
		if (last != NULL && same_slice(last, &b->words[i]) &&
			b->words[i].low_ns - last->low_ns < OTHER_BOOT_NS)
			merge(last, &b->words[i]);
		else
			b->words[kept++] = b->words[i];
	}
	b->count = kept;
}

/* The first word that is not before the place of `key`. */
static size_t
lower_bound(const struct event_boots *b, const struct boot_word *key)
{
	size_t low = 0;
	size_t high = b->count;
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (by_place(&b->words[middle], key) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static int64_t
middle_of(const struct boot_word *w)
{
	return w->low_ns + (w->high_ns - w->low_ns) / 2;
}

/* How far from a stamp a word was; within the slice it is as good as here. */
static int64_t
distance(const struct boot_word *w, int64_t stamp_ns)
{
	int64_t apart = llabs(stamp_ns - w->stamp_ns);
	return apart > MERGED_NS ? apart : 0;
}

/* The better of two words for a stamp; NULL is none. */
static const struct boot_word *
better(const struct boot_word *x, const struct boot_word *y, int64_t stamp_ns,
	int64_t own_ns)
{
	if (own_ns != CLOCK_UNKNOWN_NS &&
		llabs(clock_sub(own_ns - stamp_ns, middle_of(y))) >=
			OTHER_BOOT_NS)
		return x;
	if (x == NULL)
		return y;
	if (distance(x, stamp_ns) != distance(y, stamp_ns))
		return distance(x, stamp_ns) < distance(y, stamp_ns) ? x : y;
	bool other = y->low_ns - x->low_ns >= OTHER_BOOT_NS ||
		x->low_ns - y->low_ns >= OTHER_BOOT_NS;
	/* Of two boots the last; of two words of one, the one that was not
	 * late. */
	return (x->low_ns > y->low_ns) == other ? x : y;
}

static const struct boot_word *
find_word(const struct event_boots *b, const char *role, bool pinned,
	int64_t stamp_ns, int64_t own_ns)
{
	struct boot_word key = {role, pinned,
		stamp_ns < MERGED_NS ? 0 : stamp_ns - MERGED_NS, INT64_MIN, 0};
	size_t from = lower_bound(b, &key);
	const struct boot_word *best = NULL;
	/* From the last one before the neighbouring slices to the first one
	 * behind them. */
	for (size_t i = from > 0 ? from - 1 : 0; i < b->count; i++) {
		const struct boot_word *w = &b->words[i];
		bool ours = w->pinned == pinned && strcmp(w->role, role) == 0;
		if (ours)
			best = better(best, w, stamp_ns, own_ns);
		if (i >= from &&
			(!ours || w->stamp_ns > stamp_ns + 2 * MERGED_NS))
			break;
	}
	return best;
}

bool
event_boots_find(const struct event_boots *b, const char *role,
	int64_t stamp_ns, int64_t own_ns, struct boot_answer *out)
{
	if (role == NULL || !clock_believable(stamp_ns))
		return false;
	const struct boot_word *w =
		find_word(b, role, true, stamp_ns, CLOCK_UNKNOWN_NS);
	if (w == NULL)
		w = find_word(b, role, false, stamp_ns, own_ns);
	if (w == NULL)
		return false;
	out->pinned = w->pinned;
	out->at_ns = clock_add(middle_of(w), stamp_ns);
	out->slack_ns = (w->high_ns - w->low_ns) / 2 +
		distance(w, stamp_ns) / 1000000 * DRIFT_PER_MILLION;
	return clock_believable(out->at_ns);
}

void
event_boots_release(struct event_boots *b)
{
	free(b->words);
	*b = (struct event_boots){0};
}
