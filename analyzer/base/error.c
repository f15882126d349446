/*
 * Filling an error and mapping it to an exit status.
 */
#include "base/error.h"

#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>

bool
error_set(struct error *e, enum error_kind kind, const char *format, ...)
{
	if (e == NULL || e->kind != ERROR_NONE)
		return false;
	e->kind = kind;
	va_list args;
	va_start(args, format);
	vsnprintf(e->text, sizeof e->text, format, args);
	va_end(args);
	return false;
}

int
error_exit_status(const struct error *e)
{
	switch (e->kind) {
	case ERROR_NONE:
		return 0;
	case ERROR_USAGE:
	case ERROR_RULE:
		return 2;
	case ERROR_ENVIRONMENT:
		break;
	}
	return 3;
}
