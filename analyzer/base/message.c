/*
 * Messages through the safe formatter.
 */
#include "base/message.h"

#include <stdarg.h>
#include <stdio.h>

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

void
message(const char *format, ...)
{
	const struct safe_sink sink = {
		.raw = put_raw,
		.code = put_code,
		.context = stderr,
		.text_max = NAME_MAX_SHOWN,
	};
	va_list arguments;
	fputs("lostsyn: ", stderr);
	va_start(arguments, format);
	safe_vformat(&sink, format, arguments);
	va_end(arguments);
	fputc('\n', stderr);
}
