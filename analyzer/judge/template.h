/*
 * Sentences with facts in them, compiled into SQL once per rule.
 *
 *   {column}                  the fact; "unknown" when it is NULL
 *   {column|copy|copies}      "1 copy", "3 copies"
 *   {column:span}             microseconds as a person reads them: "3.07 s"
 *   [text with {column}]      dropped whole when a fact in it is NULL or '', or
 *                             a count of copies is 0
 *
 * Brackets do not nest. The characters { } [ ] have no other use here.
 */
#ifndef JUDGE_TEMPLATE_H
#define JUDGE_TEMPLATE_H

#include "base/tree.h"

/*
 * The SQL expression (in the arena) that gives the sentence in a scalar; NULL
 * with the problems added when the template is wrong. Line ends and runs of
 * blanks become one space.
 */
const char *template_compile(const struct tree *t, const struct tree_node *n,
	struct arena *a, struct problems *p);

#endif
