/*
 * Two reports, before and after a fix: which verdicts and causes went, came and
 * stayed, over all and for each service, and whether fewer attempts fail.
 *
 *	report_file_read twice -> diff_make -> diff_write_text, diff_write_json
 */
#ifndef DIFF_DIFF_H
#define DIFF_DIFF_H

#include <stdio.h>

#include "base/arena.h"
#include "diff/share.h"
#include "parsers/report/report_file.h"

enum { DIFF_OLD, DIFF_NEW, DIFF_SIDES };

enum diff_fate { DIFF_WENT, DIFF_CAME, DIFF_STAYED };

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

struct diff_service {
	const char *ip;
	int64_t port;
	enum diff_fate fate;
	struct diff_outcome outcome;
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
	struct diff_service
		*services; /* as the new report has them, then old */
	size_t service_count;
	struct diff_cause *causes; /* what came, stayed, went */
	size_t cause_count;
	bool caution[DIFF_CAUTION_COUNT];
	/* Something fails that did not: more failures, a cause or a kind of
	 * failure that came. */
	bool worse;
	/* Fewer fail, it shows, and it does not rest on undecided attempts. */
	bool proved;
};

/* Compare; d borrows from both and from a. */
void diff_make(struct diff *d, const struct report_file *old,
	const struct report_file *new, struct arena *a);

/* True for a cause that a report stands behind: confirmed or likely. */
bool diff_is_named(const struct report_file_cause *cause);

/* The summary; columns and colour as report_write_text has them. */
void diff_write_text(const struct diff *d, FILE *out, int columns, bool colour);

/* {"format": "lostsyn-diff", ...}, as diff/diff.schema.json says. */
void diff_write_json(const struct diff *d, FILE *out);

/* "went", "came", "stayed". */
const char *diff_fate_id(enum diff_fate fate);

const char *diff_caution_id(enum diff_caution caution);
const char *diff_caution_words(enum diff_caution caution);

#endif
