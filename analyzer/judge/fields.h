/*
 * One validator for every map of our files: a table says which keys there are.
 */
#ifndef JUDGE_FIELDS_H
#define JUDGE_FIELDS_H

#include "base/tree.h"

enum field_type {
	FIELD_TEXT, /* any text that is not empty */
	FIELD_LINE, /* text of one line */
	FIELD_WORD, /* lower-case letters, digits and '-' */
	FIELD_INT,  /* decimal, 0 to 999999 */
	FIELD_BOOL, /* true or false */
	FIELD_SQL,  /* an SQL expression over facts */
	FIELD_LIST, /* a list that is not empty */
	FIELD_SET,  /* a list, possibly empty */
	FIELD_MAP,  /* a map, possibly empty */
};

struct field {
	const char *key;
	enum field_type type;
	bool required;
};

struct checker;
struct cause;

/* What the functions that read a rule file's tree need. Texts that they keep
 * point into the tree, which stays as long as the rule set. */
struct reading {
	const struct tree *tree;
	struct arena *arena;
	struct checker *checker; /* NULL: nothing of SQL is to be checked */
	struct problems *problems;
	struct cause *cause; /* the one that is read; NULL: a verdict */
	const struct prepared_rule *prepared; /* by the build; NULL: nothing */
};

/* One problem, at the place of n. Always false, so that it can be returned. */
static inline bool
wrong(const struct reading *r, const struct tree_node *n, const char *what)
{
	problem_add(r->problems, r->tree->file, n->at, "%s", what);
	return false;
}

/*
 * Check a map against count fields, all problems reported. values[i] becomes
 * the node of fields[i], or NULL when it is absent or of another type. False
 * when anything was wrong.
 */
bool fields_read(const struct tree *t, const struct tree_node *map,
	const char *what, const struct field *fields, size_t count,
	const struct tree_node **values, struct problems *p);

#endif
