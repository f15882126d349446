/*
 * Counting and finding lines, and how far a time reaches.
 */
#ifndef PARSERS_LOG_LOG_LINES_H
#define PARSERS_LOG_LOG_LINES_H

#include "base/bytes.h"

/*
 * A line without a time takes that of a line at most this far above it: the
 * depth of a stack trace. Further up it says nothing about this line.
 */
#define LOG_INHERIT_LINES 64

/* Newlines in v; about 20 bytes a nanosecond. */
size_t lines_count(struct view v);

#endif
