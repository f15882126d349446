/*
 * What the envelope parsers share: a cursor over one line, and the functions
 * that log_parsers.def names.
 *
 * A parse function looks at one line, without line end. It returns false and
 * may have scribbled on the record when the line is not its own: the caller
 * starts every attempt with a fresh record.
 */
#ifndef PARSERS_LOG_ENVELOPE_H
#define PARSERS_LOG_ENVELOPE_H

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

/* Reads forward in a line and never past its end. */
struct cursor {
	const uint8_t *p;
	const uint8_t *end;
};

static inline struct cursor
cursor_of(struct view v)
{
	if (v.len == 0)
		return (struct cursor){0};
	return (struct cursor){.p = v.data, .end = v.data + v.len};
}

static inline size_t
cursor_left(const struct cursor *c)
{
	return (size_t)(c->end - c->p);
}

static inline struct view
cursor_rest(const struct cursor *c)
{
	return view_of(c->p, cursor_left(c));
}

/* The next byte, or NUL at the end. */
static inline uint8_t
cursor_peek(const struct cursor *c)
{
	return c->p < c->end ? *c->p : 0;
}

static inline bool
cursor_take(struct cursor *c, char x)
{
	if (c->p == c->end || *c->p != (uint8_t)x)
		return false;
	c->p++;
	return true;
}

static inline bool
cursor_take_text(struct cursor *c, const char *text)
{
	size_t n = strlen(text);
	if (cursor_left(c) < n || memcmp(c->p, text, n) != 0)
		return false;
	c->p += n;
	return true;
}

static inline void
cursor_skip_spaces(struct cursor *c)
{
	while (c->p < c->end && *c->p == ' ')
		c->p++;
}

/* Exactly n digits. */
bool cursor_digits(struct cursor *c, int n, int *out);

/* 1 to max digits (max <= 18). */
bool cursor_number(struct cursor *c, int max, int64_t *out);

/* Bytes up to stop, which is passed; false when stop is missing. */
bool cursor_until(struct cursor *c, char stop, struct view *out);

/* Bytes up to the next space or the end; spaces behind it are left. */
struct view cursor_token(struct cursor *c);

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

/* Take "[ 1354.222671] " and "[    T1] " off a kernel's message. */
void kernel_message(struct log_record *r);

#endif
