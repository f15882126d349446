/*
 * The comparison for pipelines: JUnit's tests and SARIF's results.
 */
#include "diff/diff.h"

#include <string.h>

#include "render/junit.h"
#include "render/sarif.h"

static const char *
name_of(const struct diff_service *s, char text[WORDS_MAX])
{
	return words_endpoint(s->ip, s->port, text);
}

/* "same; failed: 3 of 20 (15.0 %) in OLD, ... No change shows." */
static const char *
story_of(const struct diff *d, const struct diff_service *s,
	char text[WORDS_MAX])
{
	char a[WORDS_MAX], b[WORDS_MAX];
	text[0] = '\0';
	diff_failed_words(d, &s->outcome, a);
	words_append(text, "%s%s%s", diff_state_words(s->state),
		a[0] ? "; " : "", a);
	if (s->reported[DIFF_OLD] + s->reported[DIFF_NEW] > 0)
		words_append(text, "; reported by logs: %s, now %s",
			words_number(s->reported[DIFF_OLD], a),
			words_number(s->reported[DIFF_NEW], b));
	words_append(text, ".");
	diff_lack_words(d, s, a);
	if (a[0])
		words_append(text, " %s", a);
	return text;
}

static enum junit_outcome
outcome_of(const struct diff_service *s)
{
	return diff_is_open(s)                ? JUNIT_FAILED
		: s->state == DIFF_STATE_LEFT ? JUNIT_SKIPPED
					      : JUNIT_PASSED;
}

void
diff_write_junit(const struct diff *d, FILE *out)
{
	char name[WORDS_MAX], text[WORDS_MAX];
	int64_t count[3] = {0};
	for (size_t i = 0; i < d->service_count; i++)
		count[outcome_of(&d->services[i])]++;
	struct html *h = junit_begin(out, "lostsyn diff",
		d->side[DIFF_NEW]->first, (int64_t)d->service_count + 1,
		count[JUNIT_FAILED] + !d->proved, count[JUNIT_SKIPPED]);
	diff_conclusion(d, text);
	junit_case(h, "proved", d->proved ? JUNIT_PASSED : JUNIT_FAILED, text,
		text);
	for (size_t i = 0; i < d->service_count; i++) {
		const struct diff_service *s = &d->services[i];
		junit_case(h, name_of(s, name), outcome_of(s),
			diff_state_words(s->state), story_of(d, s, text));
	}
	junit_end(h);
}

/* The states that can be open come first, each with an id of its own. */
enum { CAUSE_CAME = DIFF_STATE_SAME + 1, RULES };

static void
rules_make(struct sarif_rule rules[RULES])
{
	for (int i = 0; i < CAUSE_CAME; i++)
		rules[i] =
			(struct sarif_rule){diff_state_id((enum diff_state)i),
				diff_state_words((enum diff_state)i)};
	rules[CAUSE_CAME] = (struct sarif_rule){
		"cause-came", "a cause that the former report does not have"};
}

static void
write_cause(struct json_writer *w, const struct sarif_rule *rules,
	const struct diff *d, const struct diff_cause *c)
{
	char text[WORDS_MAX];
	text[0] = '\0';
	words_append(text, "A cause came: %s%s%s.", c->cause,
		c->host ? ", host " : "", c->host ? c->host : "");
	sarif_result(w, rules,
		&(struct sarif_result){.rule = CAUSE_CAME,
			.level = "error",
			.message = text,
			.subject = c->cause,
			.path = d->name[DIFF_NEW],
			.line = -1});
}

void
diff_write_sarif(const struct diff *d, FILE *out)
{
	char name[WORDS_MAX], text[WORDS_MAX];
	struct sarif_rule rules[RULES];
	struct json_writer w;
	rules_make(rules);
	sarif_begin(&w, out, d->side[DIFF_NEW]->tool_version, rules, RULES);
	for (size_t i = 0; i < d->service_count; i++) {
		const struct diff_service *s = &d->services[i];
		if (!diff_is_open(s))
			continue;
		sarif_result(&w, rules,
			&(struct sarif_result){.rule = s->state,
				.level = s->lack == DIFF_LACK_NONE ? "error"
								   : "warning",
				.message = story_of(d, s, text),
				.subject = name_of(s, name),
				.path = d->name[DIFF_NEW],
				.line = -1});
	}
	for (size_t i = 0; i < d->cause_count; i++)
		if (d->causes[i].fate == DIFF_CAME &&
			diff_is_named(d->causes[i].side[DIFF_NEW]))
			write_cause(&w, rules, d, &d->causes[i]);
	sarif_end(&w);
}
