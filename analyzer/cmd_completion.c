/*
 * lostsyn completion: what a shell needs to complete commands, options, their
 * arguments and the words of explain. Made from commands.def and from what
 * --help prints, so that nothing can be forgotten here.
 */
#include <stdio.h>
#include <string.h>

#include "command.h"
#include "usage_text.h"

static const char usage[] =
	"usage: lostsyn completion bash | zsh\n"
	"\n"
	"Prints a completion script. Packages install it; by hand:\n"
	"\n"
	"bash   eval \"$(lostsyn completion bash)\" in ~/.bashrc\n"
	"zsh    lostsyn completion zsh >~/.zfunc/_lostsyn, in a folder of "
	"fpath\n"
	"\n"
	"Example: lostsyn completion bash >/etc/bash_completion.d/lostsyn\n";

const char *
completion_usage(void)
{
	return usage;
}

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
	struct usage_reader u;
	struct usage_option o;
	usage_begin(&u, c->usage());
	while (usage_next(&u, &o)) {
		print_view(o.name);
		putchar(' ');
	}
	fputs("--help", stdout);
}

/* bash: "command:--option) reply ;;" for what takes an argument. */
static void
bash_arguments(const struct command *c)
{
	struct usage_reader u;
	struct usage_option o;
	const char *words = NULL;
	usage_begin(&u, c->usage());
	while (usage_next(&u, &o)) {
		if (o.argument.len == 0)
			continue;
		printf("\t%s:", c->name);
		print_view(o.name);
		switch (usage_argument(o.argument, &words)) {
		case USAGE_WORDS:
			printf(") _lostsyn_words \"%s\"; return ;;\n", words);
			break;
		case USAGE_FOLDER:
			fputs(") _lostsyn_files -d; return ;;\n", stdout);
			break;
		case USAGE_FILE:
			fputs(") _lostsyn_files -f; return ;;\n", stdout);
			break;
		default:
			fputs(") COMPREPLY=(); return ;;\n", stdout);
		}
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
zsh_option(const struct usage_option *o)
{
	const char *words = NULL;
	fputs(" \\\n\t\t\t'*", stdout);
	print_view(o->name);
	putchar('[');
	zsh_words(o->help);
	putchar(']');
	if (o->argument.len > 0) {
		putchar(':');
		zsh_words(o->argument);
		putchar(':');
		switch (usage_argument(o->argument, &words)) {
		case USAGE_WORDS:
			printf("(%s)", words);
			break;
		case USAGE_FOLDER:
			fputs("_files -/", stdout);
			break;
		case USAGE_FILE:
			fputs("_files", stdout);
			break;
		default:
			break;
		}
	}
	putchar('\'');
}

static void
zsh_command(const struct command *c)
{
	struct usage_reader u;
	struct usage_option o;
	printf("\t\t%s)\n\t\t\t_arguments '--help[how it is used]'", c->name);
	usage_begin(&u, c->usage());
	while (usage_next(&u, &o))
		zsh_option(&o);
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
		fputs(usage, stdout);
	else
		return command_usage(usage);
	return command_done(EXIT_ALL_WELL);
}
