/*
 * The reader of help texts. They are ours: what is not as usage_text.h says is
 * left out, and the test says so.
 */
#include "usage_text.h"

#include <ctype.h>
#include <string.h>

/* Words that begin here on a further line belong to the option above. */
#define WORDS_INDENT 6

const char *
usage_line_after(const char *line)
{
	const char *end = strchr(line, '\n');
	return end == NULL ? line + strlen(line) : end + 1;
}

bool
usage_is_option(const char *line)
{
	return strncmp(line, "  -", 3) == 0;
}

const char *
usage_option_end(const char *line)
{
	do
		line = usage_line_after(line);
	while (strspn(line, " ") >= WORDS_INDENT);
	return line;
}

void
usage_begin(struct usage_reader *u, const char *usage)
{
	*u = (struct usage_reader){.line = usage};
}

static struct view
word_at(const char *at)
{
	return view_of(at, strcspn(at, " \n"));
}

/* An argument's name has capitals and no small letters. */
static bool
is_argument(struct view word)
{
	bool capital = false;
	for (size_t i = 0; i < word.len; i++) {
		if (islower(word.data[i]))
			return false;
		capital |= isupper(word.data[i]) != 0;
	}
	return capital;
}

/* Take the option at *at, and move behind it. */
static void
option_take(const char **at, struct usage_option *o)
{
	o->name = word_at(*at);
	o->argument = view_of(NULL, 0);
	*at += o->name.len;
	if ((*at)[0] == ' ' && (*at)[1] != ' ' &&
		is_argument(word_at(*at + 1))) {
		o->argument = word_at(*at + 1);
		*at += 1 + o->argument.len;
	}
}

/* Where the words of the option's line begin. */
static struct view
help_of(const char *line)
{
	struct usage_option o;
	const char *at = line + 2;
	const char *end = usage_option_end(line);
	while (*at == '-') {
		option_take(&at, &o);
		if (at[0] == ' ' && at[1] == '-')
			at++;
	}
	at += strspn(at, " ");
	while (end > at && (end[-1] == '\n' || end[-1] == ' '))
		end--;
	return view_of(at, (size_t)(end - at));
}

bool
usage_next(struct usage_reader *u, struct usage_option *o)
{
	if (u->spec == NULL) {
		while (*u->line != '\0' && !usage_is_option(u->line))
			u->line = usage_line_after(u->line);
		if (*u->line == '\0')
			return false;
		u->spec = u->line + 2;
		u->help = help_of(u->line);
		u->line = usage_option_end(u->line);
	}
	option_take(&u->spec, o);
	o->help = u->help;
	/* " -" goes on with another name. */
	u->spec = u->spec[0] == ' ' && u->spec[1] == '-' ? u->spec + 1 : NULL;
	return true;
}

enum usage_kind
usage_argument(struct view argument, const char **words)
{
	static const struct {
		const char *end;
		enum usage_kind kind;
		const char *words;
	} kinds[] = {
		{"DIR", USAGE_FOLDER, NULL},
		{"F", USAGE_FILE, NULL},
		{"F|-", USAGE_FILE, NULL},
		{"FILE", USAGE_FILE, NULL},
		{"WHEN", USAGE_WORDS, "auto always never"},
	};
	/* Behind "NAME=" or "[ROLE=]" */
	for (size_t i = argument.len; i > 0; i--)
		if (argument.data[i - 1] == '=' ||
			argument.data[i - 1] == ']') {
			argument = view_skip(argument, i);
			break;
		}
	for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
		if (view_is(argument, kinds[i].end)) {
			*words = kinds[i].words;
			return kinds[i].kind;
		}
	return USAGE_TEXT;
}
