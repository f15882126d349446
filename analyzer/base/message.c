/*
 * Messages through the safe formatter.
 */
#include "base/message.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/safe_format.h"
#include "base/utf8.h"

/* Longest name that is shown whole. */
#define NAME_MAX_SHOWN 400

static void
put_raw(void *context, const char *data, size_t len)
{
	fwrite(data, 1, len, context);
}

static void
put_code(void *context, uint32_t code)
{
	char bytes[4];
	fwrite(bytes, 1, utf8_put(code, bytes), context);
}

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
	const struct safe_sink sink = {
		.raw = put_raw,
		.code = put_code,
		.context = line != NULL ? line : stderr,
		.text_max = NAME_MAX_SHOWN,
	};
	va_list arguments;
	fputs("lostsyn: ", stderr);
	va_start(arguments, format);
	if (line != NULL || filter.rewrite == NULL)
		safe_vformat(&sink, format, arguments);
	va_end(arguments);
	if (line != NULL)
		print_rewritten(line, &text);
	fputc('\n', stderr);
}
