/*
 * Cause rules become findings.
 *
 * Every rule is tried over all its subjects. Evidence of a kind that the case
 * does not hold, or of a name that none of its files has, is not looked for, so
 * that a small case costs little; rules that nothing speaks for are not even set up.
 */
#include <stdlib.h>

#include "judge/cause_run.h"

/* Evidence of a kind that the case does not have says nothing, and its absence
 * nothing either: a rule may conclude only from what somebody gave. */
static bool
can_run(const struct cause_run *run, const struct evidence *e)
{
	return (e->needs & ~run->present) == 0 &&
		evidence_may_speak(e, run->words);
}

/* The needs of the rule's evidence that can be run here; -1 when none can. */
static int
runnable(const struct cause_run *run, const struct cause *c)
{
	int needs = -1;
	for (size_t i = 0; i < c->evidence_count; i++)
		if (can_run(run, &c->evidence[i]))
			needs = (needs < 0 ? 0 : needs) |
				(int)c->evidence[i].needs;
	return needs;
}

/* Gather what the rule looks for, as far as the case has such evidence. Without
 * a subject there is nothing to gather for. */
static bool
evidence_run(struct cause_run *run)
{
	const struct cause *c = run->rule->cause;
	bool ok = subjects_read(run);
	int64_t attempts = 0;
	for (size_t i = 0; i < run->subjects_count; i++)
		attempts += run->subjects[i].attempts;
	for (size_t i = 0; ok && i < c->evidence_count; i++)
		if (run->subjects_count > 0 &&
			attempts >= c->evidence[i].least &&
			can_run(run, &c->evidence[i]))
			ok = evidence_gather(run, i);
	return ok;
}

/* One rule over the case. Most end at the first line: nothing that they need is
 * there. A rule that is always possible leaves at least its name. */
static bool
rule_run(struct cause_run *run, const struct rule *rule)
{
	int needs = runnable(run, rule->cause);
	bool any = needs >= 0;
	if (!any && !rule->cause->possible_always)
		return true;
	run->rule = rule;
	unsigned wanted = rule->cause->attempts_need;
	wanted |= any ? (unsigned)needs : 0;
	bool empty = false;
	bool ok = cause_scope_set(run, wanted, any, &empty) &&
		(empty || ((!any || evidence_run(run)) && findings_make(run)));
	subjects_free(run);
	return ok;
}

/* What the rules need that will run, all together. */
static unsigned
needs_of_all(const struct cause_run *run, const struct rule_set *r)
{
	unsigned all = 0;
	for (size_t i = 0; i < r->causes_count; i++) {
		const struct cause *c = r->causes[i]->cause;
		int needs = runnable(run, c);
		all |= needs > 0 ? (unsigned)needs : 0;
		if (needs >= 0 || c->possible_always)
			all |= c->attempts_need;
	}
	return all;
}

/* Which of the rule's evidence had rows, for the tests. */
static uint32_t
finding_seen(const struct finding *f)
{
	uint32_t seen = 0;
	for (size_t i = 0;
		f->gathered != NULL && i < f->rule->cause->evidence_count; i++)
		if (f->gathered[i].rows > 0)
			seen |= UINT32_C(1) << i;
	return seen;
}

/* Give back all that a run has taken, whether it ended well or not. */
static void
run_release(struct cause_run *run)
{
	for (size_t i = 0; i < run->findings_count; i++) {
		struct finding *f = &run->findings[i];
		free(f->attempts);
		gathered_free(f->gathered, f->rule->cause->evidence_count);
	}
	free(run->findings);
	for (size_t i = 0; i < run->leftovers_count; i++) {
		free(run->leftovers[i].attempts);
		free(run->leftovers[i].explains);
	}
	free(run->leftovers);
	case_words_free(run->words);
	cause_statements_release(run);
	sqlite3_free(sqlite3_str_finish(run->unexamined));
	arena_release(&run->arena);
}

/* In this order, for a reason each: tables and words first, since every rule
 * asks which evidence can speak at all; then the rules one by one, each with
 * the tables of the scope to itself; then the order of findings, which needs
 * them all. The tables stay until the store is closed or the rules are run again:
 * no table or view of the store has a name of theirs, and dropping them costs a
 * small case as much as making them. */
bool
causes_run(struct store *s, const struct rule_set *r, uint32_t *seen,
	struct error *e)
{
	struct cause_run run = {
		.store = s,
		.db = store_db(s),
		.error = e,
		.unexamined = sqlite3_str_new(NULL),
	};
	if (r->causes_count == 0) {
		run_release(&run);
		return true;
	}
	run.leftovers = memory_take(r->causes_count, sizeof *run.leftovers);
	sqlite3_str_appendall(run.unexamined, "[");
	bool ok = cause_tables_make(&run) &&
		(run.words = case_words_read(&run)) != NULL &&
		cause_views_make(&run, needs_of_all(&run, r));
	for (size_t i = 0; ok && i < r->causes_count; i++)
		ok = rule_run(&run, r->causes[i]);
	sqlite3_str_appendall(run.unexamined, "]");
	ok = ok && findings_finish(&run);
	if (ok && sqlite3_str_length(run.unexamined) > 2)
		ok = store_meta(s, "causes_unexamined",
			sqlite3_str_value(run.unexamined), e);
	if (ok && seen != NULL && run.findings_count > 0)
		*seen = finding_seen(&run.findings[0]);
	run_release(&run);
	return ok;
}
