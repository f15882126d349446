/*
 * Reading and printing rows of options; see options.h. getopt_long(3) does the
 * splitting; this is the table that it wants, and the words for what it refuses.
 */
#include "options.h"

#include <assert.h>
#include <errno.h>
#include <getopt.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/message.h"
#include "base/problems.h"

/* Rows of one command, at most. */
#define ROWS_MAX 64
/* What getopt_long returns for row i is this and i. */
#define ROW_FIRST 256
/* Where the words of --help begin. */
#define HELP_COLUMN 22

/* The tables of getopt_long. */
struct tables {
	struct option longs[ROWS_MAX + 2];
	char shorts[2 * ROWS_MAX + 3];
};

static void
tables_fill(struct tables *t, const struct options *o)
{
	size_t longs = 0, shorts = 0;
	/* A missing argument is told apart from an option that is not there. */
	t->shorts[shorts++] = ':';
	assert(o->count <= ROWS_MAX);
	for (size_t i = 0; i < o->count; i++) {
		const struct option_row *row = &o->rows[i];
		bool takes = row->argument != NULL;
		if (row->kind == OPTION_TEXT)
			continue;
		t->longs[longs++] = (struct option){row->name,
			takes ? required_argument : no_argument, NULL,
			ROW_FIRST + (int)i};
		if (row->letter == 0)
			continue;
		t->shorts[shorts++] = row->letter;
		if (takes)
			t->shorts[shorts++] = ':';
	}
	t->longs[longs++] = (struct option){"help", no_argument, NULL, 'h'};
	t->longs[longs] = (struct option){0};
	t->shorts[shorts++] = 'h';
	t->shorts[shorts] = '\0';
}

static bool
read_number(const struct option_row *row, const char *text, int64_t *to,
	struct error *e)
{
	char *end;
	errno = 0;
	*to = strtoll(text, &end, 10);
	if (end != text && *end == '\0' && errno == 0 && *to >= row->least &&
		*to <= row->most)
		return true;
	return error_set(e, ERROR_USAGE,
		"--%s %s: write a number from %" PRId64 " to %" PRId64,
		row->name, text, row->least, row->most);
}

/* "auto, always or never" */
static void
words_list(const char *words, char *list, size_t room)
{
	size_t used = 0;
	list[0] = '\0';
	for (const char *word = words; *word != '\0' && used < room;) {
		size_t len = strcspn(word, " ");
		const char *next = word + len + (word[len] == ' ');
		const char *glue = word == words ? ""
			: *next == '\0'          ? " or "
						 : ", ";
		used += (size_t)snprintf(list + used, room - used, "%s%.*s",
			glue, (int)len, word);
		word = next;
	}
}

/* Words of one choice, and letters of each, at most. */
#define CHOICES_MAX 16
#define CHOICE_LEN_MAX 31

struct choices {
	char at[CHOICES_MAX][CHOICE_LEN_MAX + 1];
	size_t count;
};

static const char *
choice_at(const void *context, size_t i)
{
	const struct choices *c = context;
	return c->at[i];
}

static bool
refuse_choice(const struct option_row *row, const char *text, struct error *e)
{
	char list[128];
	struct choices c = {.count = 0};
	for (const char *word = row->words;
		*word != '\0' && c.count < CHOICES_MAX;) {
		int len = (int)strcspn(word, " ");
		snprintf(c.at[c.count++], sizeof c.at[0], "%.*s", len, word);
		word += len + (word[len] == ' ');
	}
	words_list(row->words, list, sizeof list);
	const char *near = word_nearest(text, c.count, choice_at, &c);
	if (near == NULL)
		return error_set(e, ERROR_USAGE, "--%s %s: write %s", row->name,
			text, list);
	return error_set(e, ERROR_USAGE, "--%s %s: did you mean '%s'? Write %s",
		row->name, text, near, list);
}

static bool
read_choice(const struct option_row *row, const char *text, unsigned *to,
	struct error *e)
{
	unsigned nth = 0;
	for (const char *word = row->words; *word != '\0'; nth++) {
		size_t len = strcspn(word, " ");
		if (strlen(text) == len && memcmp(text, word, len) == 0) {
			*to = nth;
			return true;
		}
		word += len + (word[len] == ' ');
	}
	return refuse_choice(row, text, e);
}

static bool
list_add(const struct option_row *row, const char *text, struct option_list *to,
	struct error *e)
{
	if (to->count == OPTION_LIST_MAX)
		return error_set(e, ERROR_USAGE, "more than %d --%s folders",
			OPTION_LIST_MAX, row->name);
	to->at[to->count++] = text;
	return true;
}

static bool
row_read(const struct option_row *row, void *into, const char *text,
	struct error *e)
{
	void *member = (char *)into + row->member;
	switch (row->kind) {
	case OPTION_FLAG:
		*(bool *)member = true;
		return true;
	case OPTION_SET:
		*(unsigned *)member = (unsigned)row->least;
		return true;
	case OPTION_CHOICE:
		return read_choice(row, text, member, e);
	case OPTION_WORD:
		*(const char **)member = text;
		return true;
	case OPTION_LIST:
		return list_add(row, text, member, e);
	case OPTION_NUMBER:
		return read_number(row, text, member, e);
	case OPTION_READ:
		return row->read(into, text, e);
	case OPTION_TEXT:
		break;
	}
	assert(false && "a paragraph is no option");
	return false;
}

/* The row that getopt_long means; NULL when it means none. */
static const struct option_row *
row_of(const struct options *o, int got)
{
	if (got >= ROW_FIRST)
		return &o->rows[got - ROW_FIRST];
	for (size_t i = 0; i < o->count; i++)
		if (o->rows[i].letter != 0 && o->rows[i].letter == got)
			return &o->rows[i];
	return NULL;
}

/* "" for a paragraph, which is near to nothing. */
static const char *
row_name(const void *context, size_t i)
{
	const struct options *o = context;
	return o->rows[i].kind == OPTION_TEXT ? "" : o->rows[i].name;
}

/* What was typed is no option: it may be near to one. */
static bool
refuse(const struct options *o, const char *typed, struct error *e)
{
	char name[64] = "";
	const char *near = NULL;
	size_t len = strcspn(typed, "=");
	if (strncmp(typed, "--", 2) == 0 && len < sizeof name) {
		snprintf(name, sizeof name, "%.*s", (int)len - 2, typed + 2);
		near = word_nearest(name, o->count, row_name, o);
	}
	if (near != NULL && strcmp(near, name) != 0)
		return error_set(e, ERROR_USAGE,
			"did you mean --%s? 'lostsyn %s --help' has the "
			"options",
			near, o->command);
	return error_set(e, ERROR_USAGE,
		"see 'lostsyn %s --help' for the options", o->command);
}

/* In the place of getopt_long's own sentence, which shows what was typed raw. */
static void
say_refused(int got, const char *typed)
{
	const char letter[] = {(char)optopt, '\0'};
	if (got == ':')
		message("%s: wants an argument", typed);
	else if (optopt >= ROW_FIRST)
		message("%s: takes no argument", typed);
	else if (optopt > 0 && optopt < 0x7f)
		message("-%s is no option", letter);
	else
		message("%s is no option", typed);
}

bool
options_read(const struct options *o, void *into, int argc, char **argv,
	bool *help, struct error *e)
{
	struct tables t;
	int got;
	tables_fill(&t, o);
	*help = false;
	optind = 1;
	opterr = 0;
	while ((got = getopt_long(argc, argv, t.shorts, t.longs, NULL)) != -1) {
		const struct option_row *row = row_of(o, got);
		if (got == 'h')
			*help = true;
		else if (row == NULL) {
			say_refused(got, argv[optind - 1]);
			return refuse(o, argv[optind - 1], e);
		} else if (!row_read(row, into, optarg, e))
			return false;
	}
	return true;
}

const char *
option_shown(const struct option_row *row)
{
	static char shown[64];
	if (row->letter != 0)
		snprintf(shown, sizeof shown, "-%c", row->letter);
	else
		snprintf(shown, sizeof shown, "--%s", row->name);
	return shown;
}

const char *
option_help(const struct option_row *row)
{
	while (row->help == NULL)
		row++;
	return row->help;
}

const struct option_row *
options_next(const struct options *o, size_t *at)
{
	while (*at < o->count && o->rows[*at].kind == OPTION_TEXT)
		(*at)++;
	return *at < o->count ? &o->rows[(*at)++] : NULL;
}

/* The words, behind a line's first `used` columns. */
static void
print_help(const char *help, int used, FILE *out)
{
	if (used >= HELP_COLUMN)
		fputs("  ", out);
	for (;; used = 0) {
		int len = (int)strcspn(help, "\n");
		if (used < HELP_COLUMN)
			fprintf(out, "%*s", HELP_COLUMN - used, "");
		fprintf(out, "%.*s\n", len, help);
		if (help[len] == '\0')
			return;
		help += len + 1;
	}
}

void
options_print(const struct options *o, FILE *out)
{
	int used = 0;
	for (size_t i = 0; i < o->count; i++) {
		const struct option_row *row = &o->rows[i];
		if (row->kind == OPTION_TEXT) {
			fputs(row->help, out);
			continue;
		}
		used += fprintf(
			out, "%s%s", used == 0 ? "  " : " ", option_shown(row));
		if (row->argument != NULL)
			used += fprintf(out, " %s", row->argument);
		if (row->help == NULL)
			continue;
		print_help(row->help, used, out);
		used = 0;
	}
}

enum option_offer
option_offer(const struct option_row *row)
{
	if (row->kind == OPTION_CHOICE)
		return OFFER_WORDS;
	/* Behind "NAME=" or "[ROLE=]" */
	const char *argument = row->argument;
	for (const char *p = argument; *p != '\0'; p++)
		if (*p == '=' && p[1] != ']')
			argument = p + 1;
		else if (*p == ']')
			argument = p + 1;
	if (strcmp(argument, "DIR") == 0)
		return OFFER_FOLDERS;
	return strcmp(argument, "F") == 0 || strcmp(argument, "F|-") == 0 ||
			strcmp(argument, "FILE") == 0
		? OFFER_FILES
		: OFFER_NOTHING;
}
