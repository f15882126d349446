/*
 * A cause rule: what it says, how it is checked, how it is run. Inside the
 * judge only. rules/README.md tells the same to rule authors.
 */
#ifndef JUDGE_CAUSE_H
#define JUDGE_CAUSE_H

#include <sqlite3.h>

#include "judge/rule.h"

#define CAUSE_EXPLAINS_MAX 16
#define CAUSE_BRINGS_MAX 8
#define CAUSE_EVIDENCE_MAX 32 /* bits of a mask */
#define CAUSE_COMBINATIONS_MAX 16
#define CAUSE_SENTENCES_MAX 12
#define CAUSE_ROWS_MAX 200 /* rows that one test gives */

/* Rows of evidence kept for one finding and one kind of evidence; the report
 * says how many more there were. A person reads five and believes. */
#define EVIDENCE_ROWS_MAX 20
/* Hosts or services for which one rule may give findings of their own; the
 * others become one finding for each confidence. */
#define CAUSE_FINDINGS_MAX 10
/* Bytes of one evidence text, as event.text. */
#define EVIDENCE_TEXT_MAX 2048

/* What a finding is about. */
enum cause_per {
	PER_SERVICE, /* one server and port */
	PER_SERVER,
	PER_CLIENT,
	PER_PAIR, /* one client and one server */
	PER_CASE, /* the whole case, even without attempts */
};

/* Which attempts a finding covers: those close to its evidence, those that the
 * evidence names, or all of its subject. */
enum cause_covers { COVERS_NEAR, COVERS_NAMED, COVERS_SUBJECT };

/* Also the order in which a report names evidence. */
enum weighs { WEIGHS_CONFIRMS, WEIGHS_CONTRADICTS, WEIGHS_SUPPORTS };

/* Best first: the order of findings. */
enum finding_confidence {
	FINDING_CONFIRMED,
	FINDING_LIKELY,
	FINDING_POSSIBLE,
	FINDING_RULED_OUT,
	FINDING_NONE,
};

/* Kinds of evidence behind a view: bits. */
enum need {
	NEEDS_NOTHING = 0,
	NEEDS_EVENTS = 1,
	NEEDS_COUNTERS = 2,
	NEEDS_SETTINGS = 4,
	NEEDS_SOCKETS = 8,
	NEEDS_TRACKED = 16,
	NEEDS_FLOWS = 32,
	NEEDS_LOOKUPS = 64,
	NEEDS_TOTALS = 128, /* worked out when asked for, never absent */
	NEEDS_TRAITS = 256, /* likewise */
	NEEDS_NEIGHBOURS = 512,
};
#define NEEDS_FILES                                                       \
	(NEEDS_EVENTS | NEEDS_COUNTERS | NEEDS_SETTINGS | NEEDS_SOCKETS | \
		NEEDS_TRACKED | NEEDS_FLOWS | NEEDS_LOOKUPS |             \
		NEEDS_NEIGHBOURS)

/* Hosts whose evidence counts: bits. */
enum { HOST_SERVER = 1, HOST_CLIENT = 2, HOST_BETWEEN = 4 };

/* What a condition asks of a counter's rise. */
enum counter_state {
	COUNTER_ANY,
	COUNTER_ROSE, /* delta > 0 */
	COUNTER_ONCE, /* delta IS NULL: there is no earlier reading */
};

/* A word without which a piece of evidence has no rows: one of each group. */
struct needed_word {
	const char *at; /* in the rule's text */
	size_t len;
	int group;
	bool within; /* a scope of the case has it somewhere, it is no whole name */
	enum counter_state state; /* of the counter that has the name */
	const char *alias;        /* of the view whose row it is; "": none */
	size_t alias_len;
};

struct evidence {
	const char *name;
	enum weighs weighs;
	const char *sql; /* SELECT of at least EVIDENCE_COLUMN_LIST */
	unsigned needs;  /* enum need */
	uint32_t unless; /* evidence that takes the force from this */
	bool faint;      /* of another time (host_events), or said to be */
	const struct needed_word *words; /* by group */
	size_t words_count;
	/* Fewer attempts in the rule's scope than this, and it has no rows. */
	int64_t least;
	struct place at;
};

/* One row of a test: a section of cause_rows.def and its values. */
struct cause_row {
	const struct tree_node *map;
	int section;
};

struct cause_test {
	const char *name;
	/* The other mechanism that brings this evidence about; or NULL. */
	const char *instead;
	const char *source; /* where that mechanism is written down; or NULL */
	uint32_t against; /* the confirming evidence that it is held against */
	/* What is visibly near its limit here, and innocent; or NULL. */
	const char *beside;
	struct place at;
	const struct tree_node *attempts; /* list, or NULL */
	struct cause_row *rows;
	size_t rows_count;
	enum finding_confidence confidence;
	int64_t expected_attempts; /* -1: not checked */
	const char *host;          /* NULL: not checked */
	uint32_t evidence;         /* names that must have rows */
	bool evidence_checked;
};

struct sentences {
	const char *text[CAUSE_SENTENCES_MAX];
	size_t count;
};

struct cause {
	const char *id;
	const char *explains[CAUSE_EXPLAINS_MAX];
	struct place explains_at[CAUSE_EXPLAINS_MAX];
	size_t explains_count;
	const char *attempts;   /* SQL over scope and facts; NULL: all */
	unsigned attempts_need; /* enum need */
	const char *brings[CAUSE_BRINGS_MAX];
	struct place brings_at[CAUSE_BRINGS_MAX];
	size_t brings_count;
	int depth; /* causes below it in chains of `brings`: roots have most */
	enum cause_per per;
	unsigned hosts; /* HOST_ bits */
	int reach_s;
	enum cause_covers covers;
	bool possible_always;
	struct evidence *evidence; /* in the set's arena */
	size_t evidence_count;
	uint32_t likely[CAUSE_COMBINATIONS_MAX];
	size_t likely_count;
	struct sentences fix, verify, collect, worse;
	struct cause_test *tests;
	size_t tests_count;
};

/* The columns that every evidence statement gives, in any order; attempt may be
 * missing. */
#define EVIDENCE_COLUMN_LIST(X) \
	X(subject)              \
	X(attempt)              \
	X(sure)                 \
	X(source)               \
	X(line)                 \
	X(at_ns)                \
	X(text)
enum evidence_column {
#define X(name) EVIDENCE_##name,
	EVIDENCE_COLUMN_LIST(X)
#undef X
		EVIDENCE_COLUMNS
};
extern const char *const evidence_column_names[EVIDENCE_COLUMNS];

/* Where they stand in the rows of a statement; -1: not among them. */
struct evidence_columns {
	int at[EVIDENCE_COLUMNS];
};
struct evidence_columns evidence_columns_of(sqlite3_stmt *stmt);

/* Fill rule->cause from its tree; false when anything is wrong, all problems
 * added. */
bool cause_read(struct rule *rule, const struct tree *tree, struct arena *a,
	struct checker *c, struct problems *p);
bool cause_tests_read(struct cause *cause, const struct tree *tree,
	const struct tree_node *list, struct arena *a, struct problems *p);

/* Check what the causes of a loaded set say of verdicts and of each other, and
 * work out their depth. */
void causes_check(struct rule_set *set, struct problems *p);

/* The index of a piece of evidence, or -1. */
static inline int
evidence_find(const struct cause *c, const char *name)
{
	for (size_t i = 0; i < c->evidence_count; i++)
		if (strcmp(c->evidence[i].name, name) == 0)
			return (int)i;
	return -1;
}

/* A database with the views of cause_views.def as empty tables. */
sqlite3 *cause_views_database(void);

/*
 * Check the SQL in n, which stands between before and after in a whole
 * statement. False with a problem added at its place. *stmt, unless NULL, gets
 * the prepared statement, which the caller finalizes.
 */
bool select_check(struct checker *c, const struct tree *t,
	const struct tree_node *n, const char *before, const char *after,
	sqlite3_stmt **stmt, struct problems *p);

/* Which evidence a statement needs (enum need), from the views that it names. */
unsigned select_needs(const char *sql);
/* The same of one name of len bytes; 0 too when it is no view. */
unsigned view_needs(const char *word, size_t len);
/* Bytes of the name or number at s; 0 where none begins. */
size_t sql_word_len(const char *s);

/* Which words e needs, from the condition on its view or from its SELECT; none
 * where that is not plain. The arena gets the list. */
void evidence_words_of_condition(
	struct evidence *e, const char *where, struct arena *a);
void evidence_words_of_select(
	struct evidence *e, const char *sql, struct arena *a);

/* What the rows of one piece of evidence say about one subject. */
struct evidence_row {
	int64_t source; /* -1: none */
	int64_t line;   /* -1 */
	int64_t at_ns;  /* INT64_MIN */
	char *text;     /* heap */
	bool sure;
};

struct gathered {
	int64_t rows;
	int64_t sure_rows;
	int64_t last_ns, sure_last_ns; /* the latest of them; INT64_MIN */
	int kept_count;
	struct evidence_row *kept; /* the first EVIDENCE_ROWS_MAX; heap */
};

/* What the evidence adds up to, in the words of rules/README.md. gathered has
 * one entry per piece of evidence. */
enum finding_confidence cause_weigh(
	const struct cause *c, const struct gathered *gathered);
const char *finding_word(enum finding_confidence f);

/* Run every cause rule over the case and write the findings. seen, unless NULL,
 * gets the mask of the evidence that had rows for the best finding. */
bool causes_run(struct store *s, const struct rule_set *r, uint32_t *seen,
	struct error *e);

struct rule_tally; /* rule_tally.h */

/* Run every cause rule's tests; adds to the counts. */
bool causes_test(const struct rule_set *r, FILE *out, struct rule_tally *tally,
	struct error *e);

/* Fill a fresh store with the rows of a test; what is wrong with them to out. */
bool cause_rows_insert(struct store *s, const struct cause_test *t, FILE *out);

#endif
