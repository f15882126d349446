/*
 * lostsyn manual: the manual page in man(7)'s language, made from commands.def
 * and the rows of options (options.h); what they do not say stands in manual.def.
 *
 * It carries no date: the same version is the same page.
 */
#include <stdio.h>
#include <string.h>

#include "base/bytes.h"
#include "command.h"

static const struct option_row rows[] = {
#include "cmd_manual.def"
};
const struct options manual_options = OPTIONS("manual", rows);

static const struct {
	const char *title, *text;
} manual_parts[] = {
#define X(title, text) {title, text},
#include "manual.def"
#undef X
};

/* Text as it is: a backslash and a hyphen mean something to troff, a dot or a
 * quote only where a line begins. Blanks at a line's beginning are left out
 * when it is filled. */
static void
print_text(struct view v, bool filled)
{
	bool begins = true;
	for (size_t i = 0; i < v.len; i++) {
		char c = (char)v.data[i];
		if (filled && begins && c == ' ')
			continue;
		if (begins && (c == '.' || c == '\''))
			fputs("\\&", stdout);
		begins = c == '\n';
		if (c == '\\')
			fputs("\\e", stdout);
		else if (c == '-')
			fputs("\\-", stdout);
		else
			putchar(c);
	}
}

static void
print_option(const struct option_row *row, bool first)
{
	fputs(first ? ".TP\n\\fB" : " \\fB", stdout);
	print_text(view_str(option_shown(row)), true);
	fputs("\\fR", stdout);
	if (row->argument != NULL) {
		fputs(" \\fI", stdout);
		print_text(view_str(row->argument), true);
		fputs("\\fR", stdout);
	}
	if (row->help == NULL)
		return;
	putchar('\n');
	print_text(view_str(row->help), true);
	putchar('\n');
}

/* Columns, and what follows "usage:", stay as they are. */
static bool
is_columns(const char *line)
{
	size_t len = strcspn(line, "\n");
	return line[0] == ' ' || strncmp(line, "usage:", 6) == 0 ||
		strncmp(line, "Example:", 8) == 0 ||
		memmem(line, len, "  ", 2) != NULL;
}

/* Where a command's text stands. */
struct flow {
	bool columns; /* between .nf and .fi */
	bool gap;     /* a paragraph begins with the next text; an empty one is
	                 a warning of mandoc(1) */
};

static void
print_line(const char *line, struct flow *f)
{
	struct view v = view_of(line, strcspn(line, "\n"));
	bool columns = is_columns(line);
	if (v.len == 0) {
		if (f->columns)
			putchar('\n');
		f->gap = !f->columns;
		return;
	}
	if (f->columns && !columns)
		puts(".fi");
	if (f->gap || (columns && !f->columns))
		puts(".PP");
	if (columns && !f->columns)
		puts(".nf");
	*f = (struct flow){.columns = columns};
	print_text(v, !columns);
	putchar('\n');
}

static void
print_paragraph(const char *text, struct flow *f)
{
	while (*text != '\0') {
		print_line(text, f);
		text += strcspn(text, "\n");
		text += *text == '\n';
	}
}

static void
print_command(const struct command *c)
{
	struct flow flow = {.gap = true};
	printf(".SS %s\n", c->name);
	print_text(view_str(c->help), true);
	puts(".");
	bool first = true; /* of the options on its line */
	for (size_t i = 0; i < c->options->count; i++) {
		const struct option_row *row = &c->options->rows[i];
		if (row->kind == OPTION_TEXT) {
			print_paragraph(row->help, &flow);
			continue;
		}
		if (flow.columns)
			puts(".fi");
		print_option(row, first);
		first = row->help != NULL;
		flow = (struct flow){.gap = true};
	}
	if (flow.columns)
		puts(".fi");
}

static void
print_page(void)
{
	puts(".TH LOSTSYN 1 \"\" \"lostsyn " LOSTSYN_VERSION "\" \"\"\n"
	     ".SH NAME\n"
	     "lostsyn \\- which segment of a TCP handshake vanished, where "
	     "and why\n"
	     ".SH SYNOPSIS\n.nf");
	for (const struct command *c = commands; c->name != NULL; c++) {
		printf("\\fBlostsyn %s\\fR ", c->name);
		print_text(view_str(c->arguments), true);
		putchar('\n');
	}
	puts(".fi");
	for (size_t i = 0; i < sizeof manual_parts / sizeof *manual_parts;
		i++) {
		printf(".SH %s\n", manual_parts[i].title);
		print_text(view_str(manual_parts[i].text), true);
		if (i > 0)
			continue;
		puts(".SH COMMANDS");
		for (const struct command *c = commands; c->name != NULL; c++)
			print_command(c);
	}
}

int
cmd_manual(int argc, char **argv)
{
	if (argc == 2 && strcmp(argv[1], "--help") == 0)
		options_print(&manual_options, stdout);
	else if (argc == 1)
		print_page();
	else
		return command_usage(&manual_options);
	return command_done(EXIT_ALL_WELL);
}
