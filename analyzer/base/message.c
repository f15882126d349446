/*
 * Messages through the safe formatter.
 */
#include "base/message.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/safe_format.h"

/* Longest name that is shown whole. */
#define NAME_MAX_SHOWN 400

static struct {
	char *(*rewrite)(void *context, const char *text);
	void *context;
} filter;

void
message_rewrite(
	char *(*rewrite)(void *context, const char *text), void *context)
{
	filter.rewrite = rewrite;
	filter.context = context;
}

/* Print what was put into line, rewritten; without memory nothing is shown. */
static void
print_rewritten(FILE *line, char **text)
{
	if (fclose(line) == 0) {
		char *shown = filter.rewrite(filter.context, *text);
		fputs(shown, stderr);
		free(shown);
	}
	free(*text);
}

void
message(const char *format, ...)
{
	char *text = NULL;
	size_t len = 0;
	FILE *line =
		filter.rewrite != NULL ? open_memstream(&text, &len) : NULL;
	va_list arguments;
	fputs("lostsyn: ", stderr);
	va_start(arguments, format);
	if (line != NULL || filter.rewrite == NULL)
		safe_vprint(line != NULL ? line : stderr, NAME_MAX_SHOWN,
			format, arguments);
	va_end(arguments);
	if (line != NULL)
		print_rewritten(line, &text);
	fputc('\n', stderr);
}
