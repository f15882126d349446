/*
 * Which lines continue the one above: parts of a report of several lines.
 *
 * Indented lines do; so do the heads of causes and exceptions that Java, Python,
 * .NET, Ruby and Node.js print at the margin. Any other line without a time of
 * its own has none: the line above it may be of another program and another day.
 *
 * Below a line of the kernel's, of a proxy's or of a container's log, each of whose
 * lines has a stamp, only what is indented does: a trace there is another program's. A level at the
 * margin belongs to the line of java.util.logging right above.
 *
 * One message is a sentence over three lines, of which the first has the reason,
 * the second the host and the third the port:
 *
 *	could not connect to server: Connection timed out
 *		Is the server running on host "db" (192.0.2.9) and accepting
 *		TCP/IP connections on port 5432?
 *
 * What stamps each line anew (a container's runtime) stands before all three.
 *
 * cite: libpq 13 fe-connect.c connectFailureMessage; java.lang.Throwable printStackTrace; CPython Lib/traceback.py;
 * java.util.logging.SimpleFormatter (the level begins the second line)
 */
#include "base/text.h"
#include "parsers/log/envelope.h"

static const char *const heads[] = {"Caused by:", "Suppressed:",
	"Traceback (most recent call last)", "During handling of the above",
	"The above exception was the direct", "Exception in thread",
	"--- End of", "... ", "goroutine ", "nested exception is", "at "};

/* What java.util.logging calls SEVERE, WARNING and INFO in other languages. cite:
   OpenJDK sun.util.logging.resources, logging_de.properties and the others */
static const char *const levels[] = {"SCHWERWIEGEND", "WARNUNG", "INFORMATION",
	"GRAVE", "AVERTISSEMENT", "INFOS", "ADVERTENCIA", "INFORMACI\303\223N",
	"AVVERTENZA", "INFORMAZIONI", "ADVERT\303\212NCIA",
	"INFORMA\303\207\303\225ES", "\350\207\264\345\221\275\347\232\204",
	"\350\255\246\345\221\212", "\346\203\205\345\240\261",
	"\344\270\245\351\207\215", "\344\277\241\346\201\257"};

/* "SEVERE: text" below the line of java.util.logging that has the time. */
static bool
is_level_line(struct view line)
{
	struct cursor c = cursor_of(line);
	struct view word;
	if (!cursor_until(&c, ':', &word) || cursor_peek(&c) != ' ')
		return false;
	for (size_t i = 0; i < sizeof levels / sizeof *levels; i++)
		if (view_is(word, levels[i]))
			return true;
	return word.len >= 4 && word.len <= 8 && word.data[0] >= 'A' &&
		word.data[0] <= 'Z' && severity_of(word) != LOG_SEVERITY_NONE;
}

static bool
ends_in(struct view v, const char *word)
{
	size_t n = strlen(word);
	return v.len >= n && memcmp(v.data + v.len - n, word, n) == 0;
}

/* " [ECONNREFUSED]" behind the name of an error of Node.js. */
static void
code_skip(struct cursor *c)
{
	struct cursor at = *c;
	struct view code;
	if (!cursor_take_text(&at, " [") || !cursor_until(&at, ']', &code) ||
		code.len > 64)
		return;
	for (size_t i = 0; i < code.len; i++)
		if (!byte_letter(code.data[i]) && !byte_digit(code.data[i]) &&
			code.data[i] != '_')
			return;
	*c = at;
}

/* "java.net.ConnectException: text", "TimeoutError: text": a name before a colon
   or the line's end that is spelled like a class in its package, or that ends
   like an exception's. "mount.nfs: text" and "db.example.com: text" are other
   programs' own lines. */
static bool
is_exception_line(struct view line)
{
	static const char *const ends[] = {"Error", "Exception", "Timeout",
		"Interrupt", "socket.timeout", ".gaierror", ".error"};
	struct cursor c = cursor_of(line);
	const uint8_t *first = c.p;
	const uint8_t *last = c.p; /* of its dotted parts */
	while (c.p < c.end &&
		(byte_letter(*c.p) || byte_digit(*c.p) ||
			byte_among(*c.p, "._$/"))) {
		if (byte_among(*c.p, "./"))
			last = c.p + 1;
		c.p++;
	}
	struct view name = view_of(first, (size_t)(c.p - first));
	code_skip(&c);
	if (name.len == 0 || (cursor_left(&c) > 0 && *c.p != ':') ||
		byte_digit(*first))
		return false;
	if (last > first && last < c.p && *last >= 'A' && *last <= 'Z')
		return true;
	for (size_t i = 0; i < sizeof ends / sizeof *ends; i++)
		if (ends_in(name, ends[i]))
			return true;
	return false;
}

bool
log_names_report(const struct log_record *record)
{
	struct view line = record->message;
	size_t at = 0;
	while (at < line.len && byte_among(line.data[at], " \t"))
		at++;
	for (size_t i = 0; i < sizeof heads / sizeof *heads; i++) {
		struct cursor c = cursor_of(view_skip(line, at));
		if (cursor_take_text(&c, heads[i]))
			return true;
	}
	return false;
}

bool
log_is_cause(const struct log_record *record)
{
	static const char *const words[] = {"Caused by:", "Suppressed:",
		"nested exception is", "---> ", "[cause]:", "cause:"};
	struct view line = record->message;
	while (line.len > 0 && byte_among(line.data[0], " \t"))
		line = view_skip(line, 1);
	for (size_t i = 0; i < sizeof words / sizeof *words; i++)
		if (view_begins(line, words[i]))
			return true;
	return false;
}

/* "}", "],", "} {": the end of what was printed over several lines, and no text. */
static bool
is_closing(struct view line)
{
	size_t at = 0;
	while (at < line.len && byte_among(line.data[at], "}])>,;{[( "))
		at++;
	return at > 0 && byte_among(line.data[0], "}])>") &&
		(at == line.len || !byte_letter(line.data[at]));
}

/* "com.example.Pool open": what java.util.logging puts behind the time, in a line of
   its own. */
static bool
is_class_and_method(struct view v)
{
	struct cursor c = cursor_of(v);
	struct view class = cursor_token(&c);
	cursor_skip_spaces(&c);
	struct view method = cursor_token(&c);
	return class.len > 0 && method.len > 0 && cursor_left(&c) == 0 &&
		memchr(class.data, '.', class.len) != NULL &&
		!byte_among(class.data[class.len - 1], ".:,");
}

enum log_head
log_head_of(const struct log_record *record)
{
	if (view_is(record->tag, "kernel"))
		return LOG_HEAD_OF_ITSELF;
	switch (record->family) {
	case LOG_STAMPED:
		return is_class_and_method(record->message) ? LOG_HEAD_OF_LEVEL
							    : LOG_HEAD_OF_TRACE;
	case LOG_DMESG:
	case LOG_DMESG_DELTA:
	case LOG_KMSG:
	case LOG_CRI:
	case LOG_ACCESS:
	case LOG_HAPROXY:
	case LOG_AWS_ELB:
	case LOG_ENVOY:
	case LOG_NGINX_ERROR:
	case LOG_CEF:
		return LOG_HEAD_OF_ITSELF;
	default:
		return LOG_HEAD_OF_TRACE;
	}
}

bool
log_continues_head(
	const struct log_record *record, enum log_head head, uint64_t below)
{
	struct view line = record->message;
	if (!log_continues(record))
		return false;
	if (line.len == 0 || byte_among(line.data[0], " \t") ||
		is_closing(line))
		return true;
	if (is_level_line(line) && !log_names_report(record) &&
		!is_exception_line(line))
		return head == LOG_HEAD_OF_LEVEL && below == 1;
	return head != LOG_HEAD_OF_ITSELF;
}

bool
log_continues(const struct log_record *record)
{
	struct view line = record->message;
	if (record->family != LOG_PLAIN)
		return false;
	if (line.len == 0 || byte_among(line.data[0], " \t") ||
		is_closing(line))
		return true;
	return log_names_report(record) || is_level_line(line) ||
		is_exception_line(line);
}

bool
log_is_head(const struct log_record *record)
{
	return record->family == LOG_STAMPED && record->message.len == 0;
}

/* The longest line that completes a sentence: a host's name and an address. */
#define COMPLETION_MAX ((size_t)1024)

/* The line at the front of text; of a whole line *used is its length. False: it does
   not end in time. */
static bool
completion_line(struct view text, bool at_eof, struct view *line, size_t *used)
{
	size_t most = text.len < COMPLETION_MAX ? text.len : COMPLETION_MAX;
	const uint8_t *end = most > 0 ? memchr(text.data, '\n', most) : NULL;
	if (end == NULL && (!at_eof || most < text.len || most == 0))
		return false;
	*used = end != NULL ? (size_t)(end - text.data) + 1 : text.len;
	*line = view_of(text.data, *used);
	return true;
}

static const char sentence_first[] = "could not connect to server: ";
static const char *const sentence_rest[LOG_SENTENCE_LINES - 1] = {
	"Is the server running on host ", "TCP/IP connections on port "};

/* Bytes of an envelope that is written anew before each line. */
#define ANEW_MAX 64

/* Where the words begin in a line that has blanks before them or an envelope, or
   line.len. */
static size_t
words_at(struct view line, const char *words)
{
	size_t n = strlen(words);
	struct view front = view_first(line, ANEW_MAX + n);
	const uint8_t *at =
		front.len > 0 ? memmem(front.data, front.len, words, n) : NULL;
	return at != NULL ? (size_t)(at - line.data) : line.len;
}

size_t
log_completed(struct view text, size_t used, bool at_eof, bool *more)
{
	size_t at = used;
	*more = false;
	if (used == 0 ||
		memmem(text.data, used, sentence_first,
			sizeof sentence_first - 1) == NULL)
		return used;
	for (size_t i = 0; i < LOG_SENTENCE_LINES - 1; i++) {
		struct view line;
		size_t n = 0;
		struct view next = view_skip(text, at);
		if (!completion_line(next, at_eof, &line, &n)) {
			*more = n == 0 && !at_eof && next.len < COMPLETION_MAX;
			return used;
		}
		if (words_at(line, sentence_rest[i]) == line.len)
			return used;
		at += n;
	}
	return at;
}

struct view
log_sentence(struct view message, struct log_scratch *s)
{
	if (message.len == 0 ||
		memchr(message.data, '\n', message.len) == NULL ||
		memmem(message.data, message.len, sentence_first,
			sizeof sentence_first - 1) == NULL)
		return message;
	struct cursor c = cursor_of(message);
	struct view line;
	struct view out = scratch_add(s, NULL, 0);
	for (size_t i = 0; i < LOG_SENTENCE_LINES; i++) {
		if (!cursor_until(&c, '\n', &line)) {
			line = cursor_rest(&c);
			c.p = c.end;
		}
		size_t at = i == 0 ? 0 : words_at(line, sentence_rest[i - 1]);
		if (at == line.len)
			return message;
		line = view_skip(line, at);
		out.len += scratch_add(s, line.data, line.len).len;
		if (i + 1 < LOG_SENTENCE_LINES)
			out.len += scratch_add(s, "\n", 1).len;
	}
	return out;
}

bool
log_is_exception(const struct log_record *record)
{
	return is_exception_line(record->message);
}

bool
log_is_chain(const struct log_record *record)
{
	return view_begins(record->message, "During handling of the above") ||
		view_begins(record->message,
			"The above exception was the direct cause");
}
