/*
 * Which lines continue the one above: parts of a report of several lines.
 *
 * Indented lines do; so do the heads of causes and exceptions that Java, Python,
 * .NET, Ruby and Node.js print at the margin. Any other line without a time of
 * its own has none: the line above it may be of another program and another day.
 *
 * cite: java.lang.Throwable printStackTrace; CPython Lib/traceback.py;
 * java.util.logging.SimpleFormatter (the level begins the second line)
 */
#include "parsers/log/envelope.h"

static const char *const heads[] = {"Caused by:", "Suppressed:",
	"Traceback (most recent call last)", "During handling of the above",
	"The above exception was the direct", "Exception in thread",
	"--- End of", "... ", "goroutine ", "nested exception is", "at "};

/* "SEVERE: text" below the line of java.util.logging that has the time. */
static bool
is_level_line(struct view line)
{
	struct cursor c = cursor_of(line);
	struct view word;
	return cursor_until(&c, ':', &word) && word.len >= 4 && word.len <= 8 &&
		word.data[0] >= 'A' && word.data[0] <= 'Z' &&
		severity_of(word) != LOG_SEVERITY_NONE &&
		cursor_peek(&c) == ' ';
}

static bool
ends_in(struct view v, const char *word)
{
	size_t n = strlen(word);
	return v.len >= n && memcmp(v.data + v.len - n, word, n) == 0;
}

/* "java.net.ConnectException: text", "TimeoutError: text": a dotted name, or one
   that ends like an exception's, before a colon or the line's end. */
static bool
is_exception_line(struct view line)
{
	struct cursor c = cursor_of(line);
	const uint8_t *first = c.p;
	bool dotted = false;
	bool letters = false;
	while (c.p < c.end &&
		(byte_letter(*c.p) || byte_digit(*c.p) ||
			byte_among(*c.p, "._$/"))) {
		dotted = dotted || *c.p == '.';
		letters = letters || byte_letter(*c.p);
		c.p++;
	}
	struct view name = view_of(first, (size_t)(c.p - first));
	if (!letters || (cursor_left(&c) > 0 && *c.p != ':') ||
		byte_digit(*first))
		return false;
	return dotted || ends_in(name, "Error") || ends_in(name, "Exception") ||
		ends_in(name, "Timeout") || ends_in(name, "Interrupt");
}

bool
log_continues(const struct log_record *record)
{
	struct view line = record->message;
	if (record->family != LOG_PLAIN)
		return false;
	if (line.len == 0 || line.data[0] == ' ' || line.data[0] == '\t')
		return true;
	if (byte_among(line.data[0], "}])>"))
		return true;
	for (size_t i = 0; i < sizeof heads / sizeof *heads; i++) {
		struct cursor c = cursor_of(line);
		if (cursor_take_text(&c, heads[i]))
			return true;
	}
	return is_level_line(line) || is_exception_line(line);
}

bool
log_is_head(const struct log_record *record)
{
	return record->family == LOG_STAMPED && record->message.len == 0;
}
