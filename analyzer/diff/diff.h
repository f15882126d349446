/*
 * Two reports, before and after a fix: what became of each service, which
 * verdicts and causes went, came and stayed, and whether a ticket may be closed.
 *
 *	report_file_read twice -> diff_make -> diff_write_text, diff_write_json
 */
#ifndef DIFF_DIFF_H
#define DIFF_DIFF_H

#include <stdio.h>

#include "base/arena.h"
#include "base/share.h"
#include "parsers/report/report_file.h"
#include "render/words.h"

enum { DIFF_OLD, DIFF_NEW, DIFF_SIDES };

enum diff_fate { DIFF_WENT, DIFF_CAME, DIFF_STAYED };

/* What became of something between the reports. */
static inline enum diff_fate
diff_fate_of(bool then, bool now)
{
	return then && now ? DIFF_STAYED : now ? DIFF_CAME : DIFF_WENT;
}

struct diff_verdict {
	const char *verdict;
	enum diff_fate fate;
	int64_t count[DIFF_SIDES];
	/* Of all attempts of its report or service that ended so. */
	struct share_change change;
};

/* All attempts, or those to one service. */
struct diff_outcome {
	const struct report_file_outcome *side[DIFF_SIDES]; /* NULL: none */
	struct share_change failures;
	/* What the failures would be if every undecided attempt spoke against
	 * the change: all of the new ones failed, none of the old ones. */
	struct share_change worst;
	int64_t clean_needed;    /* share_clean_needed */
	bool rests_on_undecided; /* fewer fail, but not in the worst case */
	struct diff_verdict *verdicts; /* by name */
	size_t verdict_count;
};

/* What became of a service. */
enum diff_state {
#define X(name, id, words) DIFF_STATE_##name,
#include "diff/states.def"
#undef X
	DIFF_STATE_COUNT
};

/* Why a service that failed is not shown to be better. */
enum diff_lack {
#define X(name, id) DIFF_LACK_##name,
#include "diff/lacks.def"
#undef X
	DIFF_LACK_COUNT
};

/* A service counts as tried enough with that many attempts of the clients that
 * failed, or with as many as they made in OLD. With ten and no failure, up to
 * 28 % may still fail (95 %). */
#define DIFF_TRIED_MIN 10

/* Of the clients that failed in OLD, and of their failures, so many parts of a
 * hundred try again at least. */
#define DIFF_RETRIED_MIN 90

struct diff_service {
	const char *ip; /* as NEW has it, else OLD */
	int64_t port;
	const char *old_ip;  /* where it was another; else NULL */
	const char *same_by; /* the name that says so, NULL: --same */
	enum diff_fate fate;
	enum diff_state state;
	enum diff_lack lack;
	bool failed_before;
	struct diff_outcome outcome; /* whoever tried */
	/* Of the clients that tried both times, each with itself. */
	struct share_change same_clients;
	int64_t clients_both;
	/* Of the clients that failed in OLD: how many there are, how many tried
	 * again, how often, and one that did not (NULL: all did). */
	int64_t clients_failed, clients_again, attempts_again;
	const char *client_missing;
	/* So many attempts without a failure, of the clients that failed, show
	 * that it is better; 0: no practical number does. */
	int64_t needed;
	int64_t slow[DIFF_SIDES], reported[DIFF_SIDES];
};

/* An address of OLD that is another one in NEW. */
struct diff_same {
	const char *old, *new;
};

struct diff_cause {
	const char *cause, *title;
	const char *host; /* or NULL */
	enum diff_fate fate;
	/* NULL: that report does not name it. */
	const struct report_file_cause *side[DIFF_SIDES];
};

/* Why the comparison says less than it seems to. */
enum diff_caution {
#define X(name, id, words) DIFF_CAUTION_##name,
#include "diff/cautions.def"
#undef X
	DIFF_CAUTION_COUNT
};

struct diff {
	const struct report_file *side[DIFF_SIDES];
	const char *name[DIFF_SIDES]; /* as on the command line */
	struct diff_outcome all;
	bool services_known;
	struct diff_service *services; /* what speaks against a fix first */
	size_t service_count;
	int64_t failed_before; /* services that failed in OLD */
	int64_t better;        /* of these, those that are shown to be better */
	const struct diff_same *same; /* as said on the command line */
	size_t same_count;
	struct diff_cause *causes; /* what came, stayed, went */
	size_t cause_count;
	bool caution[DIFF_CAUTION_COUNT];
	/* A service fails more often, or is new and fails, or a cause came. */
	bool worse;
	/* Every service that failed was tried enough and is better, and none is
	 * worse. */
	bool proved;
};

/* Compare; d borrows from both, from a and from same, of which there are
 * same_count. */
void diff_make(struct diff *d, const struct report_file *old,
	const struct report_file *new, const struct diff_same *same,
	size_t same_count, struct arena *a);

/* The services of d, whose sides, names and same are set. In diff_services.c. */
void diff_services_make(struct diff *d, struct arena *a);

/* How an outcome compares, whoever tried; comparisons are made at once. NULL:
 * not in that report. */
void diff_outcome_make(struct diff_outcome *o,
	const struct report_file_outcome *old,
	const struct report_file_outcome *new, int comparisons,
	struct arena *a);

/* "gone", "better", "same", "worse", "not-tried", "too-few", "new". */
const char *diff_state_id(enum diff_state state);
/* The same in words. */
const char *diff_state_words(enum diff_state state);
const char *diff_lack_id(enum diff_lack lack);

/* True when the state of a service speaks against closing the ticket. */
bool diff_is_open(const struct diff_service *s);

/* What is missing, in a sentence; "" when nothing is. */
const char *diff_lack_words(const struct diff *d, const struct diff_service *s,
	char text[WORDS_MAX]);

/* Has this report a capture, or logs alone? Without one it counts no attempts. */
static inline bool
diff_is_captured(const struct diff *d, int side)
{
	return d->side[side]->vantage_count > 0 ||
		d->side[side]->all.attempts > 0;
}

/* "3 of 20 (15.0 %)"; "no attempt"; "no capture". */
const char *diff_share_words(const struct diff *d, const struct diff_outcome *o,
	int side, char text[WORDS_MAX]);

/* How much failed, then and now: "failed: 3 of 20 (15.0 %) in OLD, no attempt in
 * NEW"; "" where no capture counts attempts. */
const char *diff_failed_words(const struct diff *d,
	const struct diff_outcome *o, char text[WORDS_MAX]);

/* The conclusion, in a sentence. */
const char *diff_conclusion(const struct diff *d, char text[WORDS_MAX]);

/* True for a cause that a report stands behind: confirmed or likely. */
bool diff_is_named(const struct report_file_cause *cause);

/* The summary; columns and colour as report_write_text has them. */
void diff_write_text(const struct diff *d, FILE *out, int columns, bool colour);

/* {"format": "lostsyn-diff", ...} */
void diff_write_json(const struct diff *d, FILE *out);

/* For pipelines: each service a test, which fails where the ticket has to stay
 * open; and each of these a result (render/junit.h, render/sarif.h). */
void diff_write_junit(const struct diff *d, FILE *out);
void diff_write_sarif(const struct diff *d, FILE *out);

/* "went", "came", "stayed". */
const char *diff_fate_id(enum diff_fate fate);

const char *diff_caution_id(enum diff_caution caution);
const char *diff_caution_words(enum diff_caution caution);

#endif
