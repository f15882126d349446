/*
 * What the envelope parsers share, and the functions that log_parsers.def names.
 *
 * A parse function looks at one line, without line end. It returns false and
 * may have scribbled on the record when the line is not its own: the caller
 * starts every attempt with a fresh record.
 */
#ifndef PARSERS_LOG_ENVELOPE_H
#define PARSERS_LOG_ENVELOPE_H

#include "parsers/log/cursor.h"
#include "parsers/log/log.h"

/* Room for unescaped text of one record; never moves. */
struct log_scratch {
	uint8_t *data;
	size_t len;  /* bytes used */
	size_t room; /* LOG_TEXT_MAX */
};

/* Append; what does not fit is dropped. Returns where it went. */
struct view scratch_add(struct log_scratch *s, const void *data, size_t len);

typedef bool log_parse(
	struct view line, struct log_record *r, struct log_scratch *s);

#define X(constant, id, parse, flags, example, meaning) log_parse parse;
#include "parsers/log/log_parsers.def"
#undef X

/* RFC 5424 section 6.2.1 PRI "<0>" to "<191>": sets severity. */
bool cursor_pri(struct cursor *c, struct log_record *r);

/* Severity of a word ("err", "ERROR", "crit", ...), or LOG_SEVERITY_NONE. */
uint8_t severity_of(struct view word);

/* "kern.warn", "<local0.info>": facility and level as one word. */
bool priority_word(struct view token, uint8_t *severity);

/* The tag of a line of the kernel; static storage. */
struct view kernel_tag(void);

/*
 * Behind the time: "HOST TAG[PID]: message", or without host, or without tag.
 * Then kernel_message for lines of the kernel.
 */
bool host_tag_message(struct cursor *c, struct log_record *r);

/* A sentence over three lines without what stands before the second and third
   (log_continue.c); another message as it is. */
struct view log_sentence(struct view message, struct log_scratch *s);

/* Take "[ 1354.222671] " and "[    T1] " off a kernel's message. */
void kernel_message(struct log_record *r);

#endif
