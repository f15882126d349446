/*
 * lostsyn rules: list, show, check, test.
 */
#include <stdio.h>
#include <string.h>

#include "command.h"
#include "judge/judge.h"

static const char usage[] =
	"usage: lostsyn rules list | show NAME | check [DIR] | test [DIR]\n"
	"\n"
	"list   every rule, in the order in which it is tried\n"
	"show   one rule file\n"
	"check  load all rules, and those of DIR; say what is wrong with them\n"
	"test   run the tests that stand in the rule files\n"
	"\n"
	"Example: lostsyn rules test my-rules/\n";

static int
run(const struct rule_set *r, const char *action, const char *argument,
	struct error *e)
{
	if (strcmp(action, "list") == 0)
		rules_list(r, stdout);
	else if (strcmp(action, "check") == 0)
		printf("rules are well-formed, sha256 %s\n", rules_digest(r));
	else if (strcmp(action, "test") == 0)
		return rules_test(r, stdout, e) ? EXIT_ALL_WELL : EXIT_USAGE;
	else if (!rules_show(r, argument, stdout))
		return error_set(e, ERROR_USAGE,
			"no rule is named '%s'; 'lostsyn rules list' names "
			"them",
			argument)
			? EXIT_ALL_WELL
			: EXIT_USAGE;
	return EXIT_ALL_WELL;
}

int
cmd_rules(int argc, char **argv)
{
	const char *action = argc > 1 ? argv[1] : "";
	const char *argument = argc > 2 ? argv[2] : NULL;
	bool shows = strcmp(action, "show") == 0;
	bool folder = strcmp(action, "check") == 0 ||
		strcmp(action, "test") == 0;
	if (strcmp(action, "--help") == 0) {
		fputs(usage, stdout);
		return command_done(EXIT_ALL_WELL);
	}
	if (argc > 3 || (!shows && !folder && strcmp(action, "list") != 0) ||
		(shows && argument == NULL) || (!shows && !folder && argument))
		return command_usage(usage);
	struct error e = {0};
	struct rule_set *r =
		rules_load(&argument, folder && argument != NULL, stderr, &e);
	if (r == NULL)
		return command_fail(&e);
	int status = run(r, action, argument, &e);
	if (e.kind != ERROR_NONE)
		status = command_fail(&e);
	rules_free(r);
	return command_done(status);
}
