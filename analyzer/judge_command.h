/*
 * Judging stored evidence again, for the command and for a batch.
 */
#ifndef JUDGE_COMMAND_H
#define JUDGE_COMMAND_H

struct rule_set;

/*
 * What `lostsyn judge` does with these arguments (argv[0] is the command's
 * name); returns its exit status. With rules the caller's are used, and --rules
 * is not looked at. It may give up the process's rights for good.
 */
int judge_command(int argc, char **argv, const struct rule_set *rules);

#endif
