/*
 * A rule file, read and checked. Inside the judge only.
 *
 * Everything points into the rule set's arena; rules_free gives it all back.
 */
#ifndef JUDGE_RULE_H
#define JUDGE_RULE_H

#include "base/arena.h"
#include "base/digest.h"
#include "base/embedded.h"
#include "judge/judge.h"
#include "base/tree.h"

/* Bounds per rule; a reader who needs more is better served by two rules. */
#define RULE_WAYS_MAX 24
#define RULE_RESTS_MAX 4
#define RULE_LIMITS_MAX 8
#define RULE_MISSING_MAX 24
#define RULE_TESTS_MAX 64
#define RULE_FACTS_MAX 64      /* facts that one test sets */
#define RULE_CANDIDATES_MAX 16 /* that one test expects */
/* Rule files in a set; the generated SQL has a bound of its own. */
#define RULES_MAX 200

/* Words of contract section 3, and their order: a weaker one is smaller. */
enum confidence {
	CONFIDENCE_NONE, /* the way does not hold */
	CONFIDENCE_POSSIBLE,
	CONFIDENCE_LIKELY,
	CONFIDENCE_CERTAIN,
};

/* A bound on confidence that holds when its expression does. */
struct limit {
	enum confidence at_most;
	const char *sql;
	const char *because; /* SQL of a sentence's part: what speaks against
	                        the verdict; NULL where nothing is said */
};

/* One way in which the evidence can prove a verdict. */
struct way {
	const char *name;
	const char *proof;                 /* SQL */
	const char *rests[RULE_RESTS_MAX]; /* coverage columns */
	size_t rests_count;
	struct limit limits[RULE_LIMITS_MAX]; /* first that holds */
	size_t limits_count;
	const char *why;     /* SQL that gives the sentence */
	const char *segment; /* in the place of the rule's; NULL: that one */
	const char *place;   /* the same, SQL that gives the words */
};

/* What would decide, for an attempt that this rule could not. */
struct missing {
	const char *when; /* SQL */
	const char *text; /* SQL that gives the sentence */
};

/* One column set by a test. */
struct test_fact {
	int column;        /* enum facts_column */
	const char *value; /* as written; NULL for null */
	struct place at;
};

struct rule_test {
	const char *name;
	struct place at;
	const char *given; /* preset of test_given.def */
	struct test_fact *facts;
	size_t facts_count;
	const char *verdict;
	const char *confidence;  /* NULL: not checked */
	const char *why;         /* words that the sentence holds; NULL */
	int failed;              /* 0, 1, or -1: not checked */
	const char **candidates; /* NULL: not checked */
	size_t candidates_count;
};

/* Attempts with the rule's verdict may be reported so (judge/reported.h). */
struct rule_report {
	const char *how;
	int place; /* among the verdicts that it may have been, from 1 */
};

struct rule {
	/* The file. */
	const char *name; /* file name without its ending */
	const char *path; /* for messages */
	struct view text; /* in the arena, or the program's own */
	char sha256[DIGEST_TEXT_MAX];
	const struct embedded *ours; /* NULL: somebody's file */

	/* What it says. The rest is a verdict's, unless cause is set; causes
	 * have title and explain as well. */
	struct cause *cause; /* NULL: the rule gives a verdict */
	const char *verdict;
	int rank; /* ways are tried in this order */
	const char *title;
	const char *segment; /* NULL: none */
	const char *place;   /* NULL: none */
	const char *story;   /* NULL: the verdict is told by its name */
	const char *look;    /* NULL: nothing to say */
	const char *explain;
	const char *failed;   /* SQL; NULL for the fallback */
	bool clean;           /* the verdict of clean attempts */
	bool fallback;        /* lists the candidates when nothing is proved */
	const char *possible; /* SQL; NULL for the fallback */
	struct way *ways;
	size_t ways_count;
	struct rule_report *reports;
	size_t reports_count;
	struct missing *missing;
	size_t missing_count;
	struct rule_test *tests;
	size_t tests_count;
};

struct rule_set {
	struct arena arena;
	struct rule *files[RULES_MAX]; /* all, in name order once loaded */
	size_t files_count;
	struct rule *rules[RULES_MAX]; /* verdicts, in rank order once loaded */
	size_t count;
	struct rule *causes[RULES_MAX]; /* in name order once loaded */
	size_t causes_count;
	char digest[DIGEST_TEXT_MAX];
	char *select; /* verdict_select's; sqlite3_free; NULL when all are trusted */
};

/* The rules that were compiled in: rules/ at the time of the build. */
extern const struct embedded embedded_rules[];
extern const size_t embedded_rules_count;

struct checker; /* expression.h */
struct cause;   /* cause.h */

/* Fill *r (its file part is set) from its text; false when anything is wrong,
 * every problem added. c checks the SQL. Without c the rule is one of ours, of
 * which the tests of the build have checked all, and is taken as it is, without
 * its own tests. */
bool rule_read(
	struct rule *r, struct arena *a, struct checker *c, struct problems *p);

/* Read the `tests` list of a rule; the same promises. */
bool rule_tests_read(struct rule *r, const struct tree *t,
	const struct tree_node *list, struct arena *a, struct problems *p);

/* The rule that gives a verdict, or NULL. */
static inline const struct rule *
rule_find(const struct rule_set *r, const char *verdict)
{
	for (size_t i = 0; i < r->count; i++)
		if (strcmp(r->rules[i]->verdict, verdict) == 0)
			return r->rules[i];
	return NULL;
}

/* The spelling of a confidence, and back (CONFIDENCE_NONE when unknown). */
const char *confidence_word(enum confidence c);
enum confidence confidence_parse(const char *word);

#endif
