/*
 * lostsyn manual: the manual page in man(7)'s language, made from commands.def
 * and from what --help prints; what no help says stands in manual.def.
 *
 * It carries no date: the same version is the same page.
 */
#include <stdio.h>
#include <string.h>

#include "command.h"
#include "usage_text.h"

static const char usage[] =
	"usage: lostsyn manual\n"
	"\n"
	"Prints the manual page. Packages install it as lostsyn.1.\n"
	"\n"
	"Example: lostsyn manual | man -l -\n";

const char *
manual_usage(void)
{
	return usage;
}

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
print_option_line(const char *line)
{
	struct usage_reader u;
	struct usage_option o = {0};
	const char *end = usage_option_end(line);
	const char *between = "";
	usage_begin(&u, line);
	fputs(".TP\n", stdout);
	while (u.line < end && usage_next(&u, &o)) {
		do {
			printf("%s\\fB", between);
			print_text(o.name, true);
			fputs("\\fR", stdout);
			if (o.argument.len > 0) {
				fputs(" \\fI", stdout);
				print_text(o.argument, true);
				fputs("\\fR", stdout);
			}
			between = " ";
		} while (u.spec != NULL && usage_next(&u, &o));
	}
	putchar('\n');
	print_text(o.help, true);
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
print_command(const struct command *c)
{
	struct flow flow = {.gap = true};
	printf(".SS %s\n", c->name);
	print_text(view_str(c->help), true);
	puts(".");
	for (const char *line = c->usage(); *line != '\0';) {
		if (!usage_is_option(line)) {
			print_line(line, &flow);
			line = usage_line_after(line);
			continue;
		}
		if (flow.columns)
			puts(".fi");
		print_option_line(line);
		line = usage_option_end(line);
		flow = (struct flow){.gap = !usage_is_option(line)};
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
		fputs(usage, stdout);
	else if (argc == 1)
		print_page();
	else
		return command_usage(usage);
	return command_done(EXIT_ALL_WELL);
}
