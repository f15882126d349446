/*
 * Putting two reports beside each other.
 */
#include "diff/diff.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "model/verdict.h"

bool
diff_is_named(const struct report_file_cause *c)
{
	return c != NULL &&
		(strcmp(c->confidence, "confirmed") == 0 ||
			strcmp(c->confidence, "likely") == 0);
}

static bool
same_text(const char *a, const char *b)
{
	return a != NULL && b != NULL ? strcmp(a, b) == 0 : a == b;
}

/* A report names a cause once for each host; more often, the first counts. */
static const struct report_file_cause *
cause_find(const struct report_file *f, const struct report_file_cause *c)
{
	for (size_t i = 0; i < f->cause_count; i++)
		if (strcmp(f->causes[i].cause, c->cause) == 0 &&
			same_text(f->causes[i].host, c->host))
			return &f->causes[i];
	return NULL;
}

/* Ruled out is as good as not there, unless the other report has it. */
static bool
is_there(const struct report_file_cause *c)
{
	return c != NULL && strcmp(c->confidence, "ruled-out") != 0;
}

static void
cause_add(struct diff *d, const struct report_file_cause *c)
{
	const struct report_file_cause *old = cause_find(d->side[DIFF_OLD], c);
	const struct report_file_cause *new = cause_find(d->side[DIFF_NEW], c);
	if (!is_there(old) && !is_there(new))
		return;
	/* Seen from the new report, unless only the old one has it; once. */
	if (c != (new ? new : old))
		return;
	d->causes[d->cause_count++] = (struct diff_cause){
		.cause = c->cause,
		.title = c->title,
		.host = c->host,
		.fate = diff_fate_of(is_there(old), is_there(new)),
		.side = {old, new},
	};
}

static void
causes_make(struct diff *d, struct arena *a)
{
	size_t most = d->side[0]->cause_count + d->side[1]->cause_count;
	d->causes = arena_take(a, (most + 1) * sizeof *d->causes);
	for (int s = DIFF_SIDES - 1; s >= 0; s--)
		for (size_t i = 0; i < d->side[s]->cause_count; i++)
			cause_add(d, &d->side[s]->causes[i]);
}

static bool
same_capture(const struct report_file *a, const struct report_file *b)
{
	for (size_t i = 0; i < a->capture_count; i++)
		for (size_t k = 0; k < b->capture_count; k++)
			if (strcmp(a->captures[i], b->captures[k]) == 0)
				return true;
	return false;
}

static const struct report_file_vantage *
vantage_find(const struct report_file *f, const char *role)
{
	for (size_t i = 0; i < f->vantage_count; i++)
		if (strcmp(f->vantages[i].role, role) == 0)
			return &f->vantages[i];
	return NULL;
}

static void
look_at_vantages(struct diff *d)
{
	const struct report_file *old = d->side[DIFF_OLD];
	const struct report_file *new = d->side[DIFF_NEW];
	if (!diff_is_captured(d, DIFF_OLD) || !diff_is_captured(d, DIFF_NEW)) {
		d->caution[DIFF_CAUTION_NO_CAPTURE] = true;
		return;
	}
	bool other = old->vantage_count != new->vantage_count;
	for (size_t i = 0; i < old->vantage_count; i++) {
		const struct report_file_vantage *v = &old->vantages[i];
		const struct report_file_vantage *w =
			vantage_find(new, v->role);
		if (w == NULL)
			other = true;
		else if (v->weak != w->weak)
			d->caution[DIFF_CAUTION_WEAK_CAPTURE] = true;
	}
	d->caution[DIFF_CAUTION_OTHER_VANTAGES] = other;
}

/* Attempts a second over the time that all captures share; 0: not known. */
static double
load_of(const struct report_file *f)
{
	int64_t first, last;
	bool zoned;
	if (f->first == NULL || f->last == NULL ||
		!clock_parse(f->first, &first, &zoned) ||
		!clock_parse(f->last, &last, &zoned) || last <= first)
		return 0;
	return (double)f->all.attempts * 1e9 / (double)(last - first);
}

/* All that failed is listed by service: nothing hides among those left out. */
static bool
failures_are_listed(const struct report_file *f)
{
	int64_t failed = 0;
	for (size_t i = 0; i < f->service_count; i++)
		failed += f->services[i].outcome.failed;
	return f->services_left_out == 0 || failed == f->all.failed;
}

static void
look_for_cautions(struct diff *d)
{
	const struct report_file *old = d->side[DIFF_OLD];
	const struct report_file *new = d->side[DIFF_NEW];
	double then = load_of(old), now = load_of(new);
	look_at_vantages(d);
	d->caution[DIFF_CAUTION_SAME_EVIDENCE] = same_capture(old, new);
	d->caution[DIFF_CAUTION_OTHER_RULES] =
		!same_text(old->rules_sha256, new->rules_sha256) ||
		strcmp(old->tool_version, new->tool_version) != 0;
	d->caution[DIFF_CAUTION_LESS_LOAD] =
		then > 0 && now > 0 && then >= 2 * now;
	struct share_change undecided;
	share_compare((struct share){old->all.undecided, old->all.attempts},
		(struct share){new->all.undecided, new->all.attempts}, 1,
		&undecided);
	d->caution[DIFF_CAUTION_MORE_UNDECIDED] =
		undecided.word == SHARE_MORE || d->all.rests_on_undecided;
	d->caution[DIFF_CAUTION_NO_SERVICES] = !d->services_known;
	d->caution[DIFF_CAUTION_LEFT_OUT] = d->services_known &&
		(!failures_are_listed(old) || !failures_are_listed(new));
	for (size_t i = 0; i < d->service_count; i++) {
		const struct diff_service *s = &d->services[i];
		struct share_change slow;
		share_compare((struct share){s->slow[DIFF_OLD],
				      s->outcome.side[DIFF_OLD]->attempts},
			(struct share){s->slow[DIFF_NEW],
				s->outcome.side[DIFF_NEW]->attempts},
			(int)d->service_count, &slow);
		d->caution[DIFF_CAUTION_SLOWER] |= slow.word == SHARE_MORE;
	}
}

/* What OLD had no capture for may have been so then: that a cause is named now
 * is no change. */
static bool
is_worse(const struct diff *d)
{
	for (size_t i = 0; i < d->service_count; i++)
		if (d->services[i].state == DIFF_STATE_WORSE ||
			d->services[i].state == DIFF_STATE_NEW_FAILS)
			return true;
	for (size_t i = 0; diff_is_captured(d, DIFF_OLD) && i < d->cause_count;
		i++)
		if (d->causes[i].fate == DIFF_CAME &&
			diff_is_named(d->causes[i].side[DIFF_NEW]))
			return true;
	return !d->services_known && d->all.failures.word == SHARE_MORE;
}

void
diff_make(struct diff *d, const struct report_file *old,
	const struct report_file *new, const struct diff_same *same,
	size_t same_count, struct arena *a)
{
	*d = (struct diff){.side = {old, new},
		.name = {"OLD", "NEW"},
		.same = same,
		.same_count = same_count};
	diff_outcome_make(&d->all, &old->all, &new->all, 1, a);
	diff_services_make(d, a);
	causes_make(d, a);
	look_for_cautions(d);
	d->worse = is_worse(d);
	d->proved = !d->worse && d->failed_before > 0 &&
		d->better == d->failed_before &&
		!d->caution[DIFF_CAUTION_LEFT_OUT] &&
		!d->caution[DIFF_CAUTION_SAME_EVIDENCE];
}

const char *
diff_fate_id(enum diff_fate fate)
{
	static const char *const ids[] = {
		[DIFF_WENT] = "went",
		[DIFF_CAME] = "came",
		[DIFF_STAYED] = "stayed",
	};
	return ids[fate];
}

static const struct {
	const char *id, *words;
} states[] = {
#define X(name, id, words) {id, words},
#include "diff/states.def"
#undef X
};

const char *
diff_state_id(enum diff_state state)
{
	return states[state].id;
}

const char *
diff_state_words(enum diff_state state)
{
	return states[state].words;
}

const char *
diff_lack_id(enum diff_lack lack)
{
	static const char *const ids[] = {
#define X(name, id) id,
#include "diff/lacks.def"
#undef X
	};
	return ids[lack];
}

static const struct {
	const char *id, *words;
} cautions[] = {
#define X(name, id, words) {id, words},
#include "diff/cautions.def"
#undef X
};

const char *
diff_caution_id(enum diff_caution caution)
{
	return cautions[caution].id;
}

const char *
diff_caution_words(enum diff_caution caution)
{
	return cautions[caution].words;
}
