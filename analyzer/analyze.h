/*
 * An analysis, for commands that run many.
 */
#ifndef ANALYZE_H
#define ANALYZE_H

struct rule_set;
struct pattern_set;

/* What the caller has loaded once for all its analyses. Borrowed. */
struct analyze_given {
	const struct rule_set *rules; /* NULL: as the command loads them */
	/* Sealed; used where --patterns names none. NULL: loaded when needed. */
	const struct pattern_set *patterns;
};

/*
 * What `lostsyn analyze` does with these arguments (argv[0] is the command's
 * name); returns its exit status. Where rules are given --rules is not looked at.
 *
 * It may give up the process's rights for good (base/sandbox.h).
 */
int analyze_run(int argc, char **argv, const struct analyze_given *given);

#endif
