/*
 * Things in steps; see steps.h. Costs a look into the settings for each dotted
 * name, and one for a rule or a listener.
 */
#include "report/steps.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "report/evidence.h"
#include "report/things.h"

/* Machines of which the value is told, and settings of one step. */
#define STEP_VALUES_MAX 2
#define STEP_NAMES_MAX 3
/* A setting's name, and the figures of its value. */
#define KEY_MAX 128
#define VALUE_MAX 24

/* Of a setting's name. A name may hold "*" in place of an interface's. */
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

/* What to set it to: the figures behind "NAME to " or "NAME=", or twice today's
 * when it is to be raised; false: the step does not say. */
static bool
wanted(const char *step, const char *name, size_t len, int64_t today,
	char value[VALUE_MAX + 2])
{
	const char *behind = name + len;
	size_t skip = strncmp(behind, " to ", 4) == 0 ? 4 : *behind == '=';
	size_t n = skip > 0 ? strspn(behind + skip, "0123456789 ") : 0;
	while (n > 0 && behind[skip + n - 1] == ' ')
		n--;
	if (n > 0 && n < VALUE_MAX) {
		/* Two numbers are one word of the shell in quotes. */
		const char *quote = memchr(behind + skip, ' ', n) ? "'" : "";
		snprintf(value, VALUE_MAX + 2, "%s%.*s%s", quote, (int)n,
			behind + skip, quote);
		return true;
	}
	if (strncmp(step, "Raise ", 6) != 0 || today <= 0 ||
		today >= INT64_MAX / 2)
		return false;
	snprintf(value, VALUE_MAX, "%" PRId64, 2 * today);
	return true;
}

/* The value and where it stands, so that a reader can see that it was read
 * rightly. */
static void
add_value(const struct report_setting *g, char text[WORDS_MAX])
{
	words_append(text, "%.40s (", g->value ? g->value : "");
	evidence_stands(g->file ? g->file : "?", g->line, false, text);
	words_append(text, ")");
}

/* What the setting is today and what to type. A queue that is shorter than the
 * setting lets it be is not made longer by it. */
static void
add_setting(struct report *r, const char *step, const char *name, size_t len,
	int64_t backlog, char text[WORDS_MAX])
{
	char key[KEY_MAX], value[VALUE_MAX + 2];
	if (len >= sizeof key)
		return;
	memcpy(key, name, len);
	key[len] = '\0';
	struct report_setting g;
	char before[VALUE_MAX] = "";
	int64_t today = -1;
	int n = 0;
	report_begin_text(r, QUERY_SETTING, key);
	while (n < STEP_VALUES_MAX &&
		report_setting_read(r, QUERY_SETTING, &g)) {
		/* Where it was read twice it is one value. */
		if (n > 0 && g.value &&
			strncmp(g.value, before, sizeof before - 1) == 0)
			continue;
		snprintf(before, sizeof before, "%s", g.value ? g.value : "");
		/* Of several numbers none is to be doubled. */
		char *end = NULL;
		today = g.value ? strtoll(g.value, &end, 10) : -1;
		if (end != NULL && *end != '\0')
			today = -1;
		if (n++ == 0)
			words_append(text, " Today: %s ", key);
		else
			words_append(text, ", ");
		add_value(&g, text);
	}
	report_begin(r, QUERY_SETTING);
	if (n == 0)
		return;
	bool queue = strcmp(key, "net.core.somaxconn") == 0;
	if (queue && n == 1 && backlog >= 0 && backlog < today)
		words_append(text, ", so the program's own is the smaller");
	else if (wanted(step, name, len, n == 1 ? today : -1, value))
		words_append(text, "; sysctl -w %s=%s", key, value);
	words_append(text, ".");
}

/* Words of the rule stay as they are; what the evidence knows of its things is
 * put behind them. */
const char *
step_words(struct report *r, int64_t finding, const char *step,
	char text[WORDS_MAX])
{
	const char *name = step;
	int64_t backlog = -1;
	size_t len;
	text[0] = '\0';
	words_append(text, "%s", step);
	if (strstr(step, "the rule") != NULL)
		thing_rule(r, finding, strncmp(step, "Allow ", 6) == 0, text);
	if (strstr(step, "backlog") != NULL)
		backlog = thing_listener(r, finding, text);
	for (int n = 0; n < STEP_NAMES_MAX && (len = name_find(&name)) > 0;
		n++, name += len)
		add_setting(r, step, name, len, backlog, text);
	return text;
}
