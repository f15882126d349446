/*
 * An analysis, for commands that run many.
 */
#ifndef ANALYZE_H
#define ANALYZE_H

struct rule_set;

/*
 * What `lostsyn analyze` does with these arguments (argv[0] is the command's
 * name); returns its exit status. With rules the caller's are used, unchanged,
 * and --rules is not looked at; NULL loads them as the command does.
 *
 * It may give up the process's rights for good (base/sandbox.h).
 */
int analyze_run(int argc, char **argv, const struct rule_set *rules);

#endif
