/*
 * Parts of sentences; see words.h.
 */
#include "render/words.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

void
words_append(char text[WORDS_MAX], const char *format, ...)
{
	size_t used = strlen(text);
	va_list arguments;
	va_start(arguments, format);
	vsnprintf(text + used, WORDS_MAX - used, format, arguments);
	va_end(arguments);
}

const char *
words_number(int64_t n, char text[WORDS_MAX])
{
	char digits[24];
	snprintf(digits, sizeof digits, "%" PRId64, n);
	size_t len = strlen(digits), k = 0;
	for (size_t i = 0; i < len; i++) {
		text[k++] = digits[i];
		size_t left = len - 1 - i;
		if (left > 0 && left % 3 == 0 && digits[i] != '-')
			text[k++] = ',';
	}
	text[k] = '\0';
	return text;
}

const char *
words_endpoint(const char *ip, int64_t port, char text[WORDS_MAX])
{
	bool v6 = strchr(ip, ':') != NULL;
	text[0] = '\0';
	words_append(text, "%s%s%s:%" PRId64, v6 ? "[" : "", ip, v6 ? "]" : "",
		port);
	return text;
}

const char *
words_plural(int64_t n)
{
	return n == 1 ? "" : "s";
}
