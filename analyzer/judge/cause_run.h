/*
 * One run of the cause rules over a case: what its parts share.
 */
#ifndef JUDGE_CAUSE_RUN_H
#define JUDGE_CAUSE_RUN_H

#include "judge/cause.h"

/* What a finding would be about, and what its evidence says. */
struct subject {
	int64_t id;
	int64_t attempts;
	enum finding_confidence confidence;
	struct gathered *gathered; /* one per piece of evidence */
};

struct finding {
	const struct rule *rule;
	enum finding_confidence confidence;
	const char *host;  /* NULL: the case */
	int64_t *attempts; /* heap, ascending */
	size_t attempts_count;
	uint32_t explains;         /* which of the rule's */
	struct gathered *gathered; /* owned; NULL without evidence */
	bool elsewhere; /* only reported, of a service that no capture shows */
};

/* Attempts that a rule could explain though nothing speaks for it. */
struct leftover {
	const struct rule *rule;
	int64_t *attempts; /* heap */
	uint8_t *explains; /* index of the verdict, one per attempt */
	size_t count;
	size_t room;
	int64_t subject; /* the only one, or -1 when there are several */
	const char *host;
};

/* The time, in SQL, of failures of which nobody says when: nothing is near it. */
#define CAUSE_UNTIMED_NS "-4611686018427387904"

/* Texts of this room's files that are run for many rules: some forty. */
#define CAUSE_STATEMENTS_MAX 64

struct cause_statement {
	const char *sql; /* known by its address */
	sqlite3_stmt *stmt;
};

struct cause_run {
	struct store *store;
	sqlite3 *db;
	struct error *error;
	struct arena arena;       /* host names */
	bool untimed;             /* some reported failures have no time */
	unsigned present;         /* enum need: kinds of evidence in the case */
	struct case_words *words; /* that the case's files hold */
	unsigned ready; /* sections of causes.sql that have run: bits */
	int64_t rows;   /* of evidence, for the bound on steps */
	struct finding *findings;
	size_t findings_count;
	size_t findings_room;
	struct leftover *leftovers;
	size_t leftovers_count;
	sqlite3_str *unexamined; /* JSON: rules that took too long */
	struct cause_statement statements[CAUSE_STATEMENTS_MAX];
	size_t statements_count;

	/* The rule at hand. */
	const struct rule *rule;
	struct subject *subjects;
	size_t subjects_count;
};

/* sql prepared, at its first use, and reset; what was bound stays so until it is
 * bound anew. NULL with the run's error set. The text outlives the run; the
 * statement is the run's until cause_statements_release. */
sqlite3_stmt *cause_statement(struct cause_run *run, const char *sql);
/* Run one that takes no values and returns no rows. */
bool cause_exec(struct cause_run *run, const char *sql);
void cause_statements_release(struct cause_run *run);

/* causes.sql: make the tables and views; look what the case holds. */
bool cause_tables_make(struct cause_run *run);
/* Make the views that statements with these needs name; once. */
bool cause_views_make(struct cause_run *run, unsigned needs);
/* Fill what statements with these needs read. */
bool cause_tables_fill(struct cause_run *run, unsigned needs);

/* Point scope at the rule at hand and fill what statements with these needs
 * (those of all its evidence together) read; subjects only when asked for.
 * *empty: there is no attempt that the rule may explain, and no case to speak of;
 * then no more is filled. */
bool cause_scope_set(
	struct cause_run *run, unsigned needs, bool subjects, bool *empty);

/* The words of the case's files (view case_word), for evidence_may_speak. NULL with
 * the run's error set. */
struct case_words *case_words_read(struct cause_run *run);
void case_words_free(struct case_words *w);
/* False: none of the files has a word that e cannot do without. */
bool evidence_may_speak(const struct evidence *e, const struct case_words *w);

/* Read the subjects of the rule at hand; subjects_free gives them back. */
bool subjects_read(struct cause_run *run);
void subjects_free(struct cause_run *run);

/* How a subject is called in reports; NULL for the case. In the arena. */
const char *subject_host(struct cause_run *run, int64_t subject);

/* Run one piece of evidence over all subjects. */
bool evidence_gather(struct cause_run *run, size_t index);
void gathered_free(struct gathered *g, size_t count);

/* Findings of the rule at hand from its subjects, and what is left over. */
bool findings_make(struct cause_run *run);
/* A finding that explains nothing, and whose proof is that of one of the `count`
 * before, of the same cause, which explains something. */
bool finding_told_before(
	const struct finding *before, size_t count, const struct finding *f);
/* What is left over and explained by nothing better becomes findings; all are
 * put into order and written. */
bool findings_finish(struct cause_run *run);

#endif
