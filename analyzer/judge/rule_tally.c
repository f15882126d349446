/*
 * The results of rules' tests; see rule_tally.h.
 */
#include "judge/rule_tally.h"

bool
test_differs(FILE *out, const char *what, const char *wanted, const char *got)
{
	fprintf(out, "  %s: expected %s, got %s\n", what, wanted, got);
	return false;
}

bool
rule_of_part(const struct rule *rule, int part)
{
	return (rule->ours == NULL) == (part == 0);
}

void
rule_tally_add(struct rule_tally *tally, const struct rule *rule,
	const struct test_result *got, FILE *out)
{
	tally->passed += got->ok;
	tally->failed += !got->ok;
	if (rule->ours != NULL && got->ok) {
		tally->ours++;
		if (tally->theirs_only)
			return;
	}
	fprintf(out, "%s %s: %s\n", got->ok ? "ok  " : "FAIL", rule->name,
		got->name);
	if (!got->ok)
		fprintf(out, "  %s:%u\n", rule->path, got->line);
}
