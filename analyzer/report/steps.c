/*
 * Settings in steps; see steps.h. Costs a look into the settings for each
 * dotted name.
 */
#include "report/steps.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

/* Machines of which the value is told. */
#define STEP_VALUES_MAX 2

static const char letters[] = "abcdefghijklmnopqrstuvwxyz0123456789_-*.";

/* The next name with two dots or more in text; its length, 0: none. */
static size_t
name_find(const char **text)
{
	for (const char *p = *text; *p != '\0';) {
		size_t len = strspn(p, letters);
		size_t end = len;
		int dots = 0;
		while (end > 0 && (p[end - 1] == '.' || p[end - 1] == '-'))
			end--;
		for (size_t i = 0; i < end; i++)
			dots += p[i] == '.';
		if (dots >= 2 && p[0] >= 'a' && p[0] <= 'z') {
			*text = p;
			return end;
		}
		p += len > 0 ? len : 1;
	}
	return 0;
}

/* What to set it to: the number behind "NAME to", or twice today's when it is
 * to be raised; -1: the step does not say. */
static int64_t
wanted(const char *step, const char *name, size_t len, int64_t today)
{
	const char *behind = name + len;
	if (strncmp(behind, " to ", 4) == 0 && behind[4] >= '0' &&
		behind[4] <= '9')
		return strtoll(behind + 4, NULL, 10);
	if (strncmp(step, "Raise ", 6) == 0 && name == step + 6 && today > 0 &&
		today < INT64_MAX / 2)
		return 2 * today;
	return -1;
}

static void
add_value(const struct report_setting *g, char text[WORDS_MAX], int n)
{
	words_append(text, "%s%.40s (%s", n == 0 ? " Today: " : ", ",
		g->value ? g->value : "", g->file ? g->file : "?");
	if (g->line >= 0)
		words_append(text, ":%" PRId64, g->line);
	words_append(text, ")");
}

const char *
step_words(struct report *r, const char *step, char text[WORDS_MAX])
{
	const char *name = step;
	char key[128];
	text[0] = '\0';
	words_append(text, "%s", step);
	size_t len = name_find(&name);
	if (len == 0 || len >= sizeof key)
		return text;
	memcpy(key, name, len);
	key[len] = '\0';
	struct report_setting g;
	int64_t today = -1;
	int n = 0;
	report_begin_text(r, QUERY_SETTING, key);
	while (n < STEP_VALUES_MAX &&
		report_setting_read(r, QUERY_SETTING, &g)) {
		today = g.value ? strtoll(g.value, NULL, 10) : -1;
		add_value(&g, text, n++);
	}
	report_begin(r, QUERY_SETTING);
	if (n == 0)
		return text;
	int64_t value = wanted(step, name, len, n == 1 ? today : -1);
	if (value >= 0)
		words_append(text, "; sysctl -w %s=%" PRId64, key, value);
	words_append(text, ".");
	return text;
}
