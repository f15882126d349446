/*
 * lostsyn completion: what a shell needs to complete commands, options, their
 * arguments and the words of explain. Made from commands.def and the rows of
 * options (options.h), so that nothing can be forgotten here.
 */
#include <stdio.h>
#include <string.h>

#include "base/bytes.h"
#include "command.h"

static const struct option_row rows[] = {
#include "cmd_completion.def"
};
const struct options completion_options = OPTIONS("completion", rows);

static void
print_view(struct view v)
{
	fwrite(v.data, 1, v.len, stdout);
}

/* The words that may follow the command itself: "list | show NAME | ..." */
static void
print_actions(const char *arguments)
{
	if (strchr(arguments, '|') == NULL)
		return;
	for (const char *at = arguments; at != NULL;) {
		at += strspn(at, "| ");
		print_view(view_of(at, strcspn(at, " |")));
		at = strchr(at, '|');
		if (at != NULL)
			putchar(' ');
	}
}

static void
print_options(const struct command *c)
{
	const struct option_row *row;
	for (size_t at = 0; (row = options_next(c->options, &at)) != NULL;)
		printf("%s ", option_shown(row));
	fputs("--help", stdout);
}

/* bash: "command:--option) reply ;;" for what takes an argument. */
static void
bash_arguments(const struct command *c)
{
	const struct option_row *row;
	for (size_t at = 0; (row = options_next(c->options, &at)) != NULL;) {
		if (row->argument == NULL)
			continue;
		printf("\t%s:%s) ", c->name, option_shown(row));
		switch (option_offer(row)) {
		case OFFER_WORDS:
			printf("_lostsyn_words \"%s\"", row->words);
			break;
		case OFFER_FOLDERS:
			fputs("_lostsyn_files -d", stdout);
			break;
		case OFFER_FILES:
			fputs("_lostsyn_files -f", stdout);
			break;
		case OFFER_NOTHING:
			fputs("COMPREPLY=()", stdout);
			break;
		}
		puts("; return ;;");
	}
}

static void
bash_command(const struct command *c)
{
	printf("\t%s)\n\t\toptions=\"", c->name);
	print_options(c);
	fputs("\"\n", stdout);
	if (strcmp(c->name, "explain") == 0)
		fputs("\t\twords=$(lostsyn explain --list 2>/dev/null)\n",
			stdout);
	if (strchr(c->arguments, '|') != NULL) {
		fputs("\t\twords=\"", stdout);
		print_actions(c->arguments);
		fputs("\"\n", stdout);
	}
	fputs("\t\t;;\n", stdout);
}

static void
print_bash(void)
{
	fputs("# bash completion of lostsyn, made by: lostsyn completion bash\n"
	      "_lostsyn_words() {\n"
	      "\tmapfile -t COMPREPLY < <(compgen -W \"$1\" -- \"$cur\")\n"
	      "}\n"
	      "_lostsyn_files() {\n"
	      "\tcompopt -o filenames\n"
	      "\tmapfile -t COMPREPLY < <(compgen \"$1\" -- \"${cur#*=}\")\n"
	      "}\n"
	      "_lostsyn() {\n"
	      "\tlocal cur=${COMP_WORDS[COMP_CWORD]}\n"
	      "\tlocal prev=${COMP_WORDS[COMP_CWORD - 1]}\n"
	      "\tlocal command=${COMP_WORDS[1]} options='' words=''\n"
	      "\tif [ \"$COMP_CWORD\" -eq 1 ]; then\n"
	      "\t\t_lostsyn_words \"",
		stdout);
	for (const struct command *c = commands; c->name != NULL; c++)
		printf("%s ", c->name);
	fputs("--help --version\"\n\t\treturn\n\tfi\n"
	      "\tcase $command:$prev in\n",
		stdout);
	for (const struct command *c = commands; c->name != NULL; c++)
		bash_arguments(c);
	fputs("\tesac\n\tcase $command in\n", stdout);
	for (const struct command *c = commands; c->name != NULL; c++)
		bash_command(c);
	fputs("\tesac\n"
	      "\tcase $cur in\n"
	      "\t-*) _lostsyn_words \"$options\" ;;\n"
	      "\t*)\n"
	      "\t\t_lostsyn_files -f\n"
	      "\t\t[ -z \"$words\" ] || _lostsyn_words \"$words\"\n"
	      "\t\t;;\n"
	      "\tesac\n"
	      "}\n"
	      "complete -F _lostsyn lostsyn\n",
		stdout);
}

/* In a single-quoted zsh word of _arguments: brackets end the words, colons
 * the field, and lines are joined. */
static void
zsh_words(struct view v)
{
	bool blank = false;
	for (size_t i = 0; i < v.len; i++) {
		char c = (char)v.data[i];
		if (c == ' ' || c == '\n') {
			blank = true;
			continue;
		}
		if (blank)
			putchar(' ');
		blank = false;
		if (c == '\'')
			fputs("'\\''", stdout);
		else if (c == '[' || c == ']' || c == ':' || c == '\\')
			printf("\\%c", c);
		else
			putchar(c);
	}
}

static void
zsh_option(const struct option_row *row)
{
	printf(" \\\n\t\t\t'*%s[", option_shown(row));
	zsh_words(view_str(option_help(row)));
	putchar(']');
	if (row->argument != NULL) {
		putchar(':');
		zsh_words(view_str(row->argument));
		putchar(':');
		switch (option_offer(row)) {
		case OFFER_WORDS:
			printf("(%s)", row->words);
			break;
		case OFFER_FOLDERS:
			fputs("_files -/", stdout);
			break;
		case OFFER_FILES:
			fputs("_files", stdout);
			break;
		case OFFER_NOTHING:
			break;
		}
	}
	putchar('\'');
}

static void
zsh_command(const struct command *c)
{
	const struct option_row *row;
	printf("\t\t%s)\n\t\t\t_arguments '--help[how it is used]'", c->name);
	for (size_t at = 0; (row = options_next(c->options, &at)) != NULL;)
		zsh_option(row);
	if (strcmp(c->name, "explain") == 0)
		fputs(" \\\n\t\t\t'1:word:($(lostsyn explain --list))'",
			stdout);
	if (strchr(c->arguments, '|') != NULL) {
		fputs(" \\\n\t\t\t'1:action:(", stdout);
		print_actions(c->arguments);
		fputs(")'", stdout);
	}
	fputs(" \\\n\t\t\t'*:file:_files'\n\t\t\t;;\n", stdout);
}

static void
print_zsh(void)
{
	fputs("#compdef lostsyn\n"
	      "# zsh completion of lostsyn, made by: lostsyn completion zsh\n"
	      "_lostsyn() {\n"
	      "\tlocal -a commands\n"
	      "\tlocal curcontext=$curcontext state line\n"
	      "\tcommands=(\n",
		stdout);
	for (const struct command *c = commands; c->name != NULL; c++) {
		printf("\t\t'%s:", c->name);
		zsh_words(view_str(c->help));
		fputs("'\n", stdout);
	}
	fputs("\t)\n"
	      "\t_arguments -C '--help[how it is used]'"
	      " '--version[which version this is]' \\\n"
	      "\t\t'1:command:->command' '*::argument:->argument'\n"
	      "\tcase $state in\n"
	      "\tcommand) _describe command commands ;;\n"
	      "\targument)\n"
	      "\t\tcase $line[1] in\n",
		stdout);
	for (const struct command *c = commands; c->name != NULL; c++)
		zsh_command(c);
	fputs("\t\tesac\n\t\t;;\n\tesac\n}\n_lostsyn \"$@\"\n", stdout);
}

int
cmd_completion(int argc, char **argv)
{
	const char *shell = argc == 2 ? argv[1] : "";
	if (strcmp(shell, "bash") == 0)
		print_bash();
	else if (strcmp(shell, "zsh") == 0)
		print_zsh();
	else if (strcmp(shell, "--help") == 0)
		options_print(&completion_options, stdout);
	else
		return command_usage(&completion_options);
	return command_done(EXIT_ALL_WELL);
}
