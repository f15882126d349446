/*
 * lostsyn rules: list, show, check, test.
 */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/message.h"
#include "base/problems.h"
#include "base/sandbox.h"
#include "command.h"
#include "judge/judge.h"
#include "parsers/patterns/pattern.h"

struct rules_command {
	struct option_list rules;
	enum sandbox_wanted sandbox;
};

#define OPTIONS_INTO struct rules_command
static const struct option_row rows[] = {
#include "cmd_rules.def"
};
const struct options rules_options = OPTIONS("rules", rows);

/* Every event pattern holds against its own sample lines. */
static bool
check_patterns(struct error *e)
{
	struct problems problems = {.out = stderr};
	struct pattern_set *patterns = pattern_set_new();
	pattern_set_add_embedded(patterns, &problems);
	pattern_set_seal(patterns);
	pattern_set_check(patterns, PATTERNS_MAX, &problems);
	size_t count = pattern_set_count(patterns);
	pattern_set_free(patterns);
	if (problems.count > 0)
		return error_set(e, ERROR_RULE, "%zu problems in patterns: %s",
			problems.count, problems.first);
	printf("%zu event patterns match their samples\n", count);
	return true;
}

static int
run(const struct rule_set *r, const char *action, const char *argument,
	struct error *e)
{
	if (strcmp(action, "check") == 0) {
		printf("rules are well-formed, sha256 %s\n", rules_digest(r));
		return check_patterns(e) ? EXIT_ALL_WELL : EXIT_USAGE;
	}
	if (strcmp(action, "list") == 0)
		rules_list(r, stdout);
	else if (strcmp(action, "test") == 0)
		return rules_test(r, stdout, e) ? EXIT_ALL_WELL : EXIT_USAGE;
	else if (rules_know(r, argument))
		rules_show(r, argument, stdout);
	else {
		rules_show(r, argument, stderr);
		return EXIT_USAGE;
	}
	return EXIT_ALL_WELL;
}

/* Folders of rules from somebody: to be read, and nothing else. */
static bool
enter_sandbox(const struct rules_command *c, struct error *e)
{
	const struct option_list *folders = &c->rules;
	struct sandbox s;
	sandbox_begin(&s);
	for (size_t i = 0; i < folders->count; i++)
		sandbox_read(&s, folders->at[i]);
	return sandbox_enter_as_wanted(&s, c->sandbox, e) != NULL;
}

static const char *const actions[] = {"list", "show", "check", "test"};
#define ACTIONS_COUNT (sizeof actions / sizeof *actions)

static const char *
action_name(const void *context, size_t i)
{
	(void)context;
	return actions[i];
}

/* The words behind "rules" are none that it takes. */
static int
refuse(const char *action)
{
	const char *near =
		word_nearest(action, ACTIONS_COUNT, action_name, NULL);
	if (near == NULL || strcmp(near, action) == 0)
		return command_usage(&rules_options);
	message("rules %s: did you mean '%s'? 'lostsyn rules --help' has more",
		action, near);
	return EXIT_USAGE;
}

int
cmd_rules(int argc, char **argv)
{
	struct rules_command c = {0};
	struct error e = {0};
	bool help;
	if (!options_read(&rules_options, &c, argc, argv, &help, &e))
		return command_fail(&e);
	if (help) {
		options_print(&rules_options, stdout);
		return command_done(EXIT_ALL_WELL);
	}
	int words = argc - optind;
	const char *action = words > 0 ? argv[optind] : "";
	const char *argument = words > 1 ? argv[optind + 1] : NULL;
	bool shows = strcmp(action, "show") == 0;
	bool folder =
		strcmp(action, "check") == 0 || strcmp(action, "test") == 0;
	if (words > 2 || (!shows && !folder && strcmp(action, "list") != 0) ||
		(shows && argument == NULL) || (!shows && !folder && argument))
		return refuse(action);
	if (folder && argument != NULL && c.rules.count < OPTION_LIST_MAX)
		c.rules.at[c.rules.count++] = argument;
	if (c.rules.count > 0 && !enter_sandbox(&c, &e))
		return command_done(command_fail(&e));
	struct rule_set *r = rules_load(c.rules.at, c.rules.count, stderr, &e);
	if (r == NULL)
		return command_fail(&e);
	int status = run(r, action, argument, &e);
	if (e.kind != ERROR_NONE)
		status = command_fail(&e);
	rules_free(r);
	return command_done(status);
}
