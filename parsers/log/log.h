/*
 * One record after the other out of the bytes of a log file.
 *
 * A log line is an envelope (time, host, program, severity) around a message.
 * The same kernel message reaches us in two dozen envelopes; this room takes
 * them off and says exactly what each one knows of its time, no more: a line
 * of RFC 3164 has neither year nor zone, a line of dmesg has only seconds since
 * boot, and nothing here guesses.
 *
 * Pure and incremental, as parsers/capture is: the caller owns a window of
 * consecutive bytes and moves it forward.
 *
 *	struct log_reader *r = log_new(log_recognise(head).family);
 *	for (;;) {
 *		switch (log_next(r, &window, at_eof, &record)) {
 *		case LOG_RECORD: ... views point into the window or reader ...
 *		case LOG_MORE:   ... give it more bytes, LOG_WINDOW_MAX at most
 *		case LOG_END:    ... all read ...
 *		}
 *	}
 *
 * Every byte of the input belongs to exactly one record; every line is counted
 * as recognised or other. A line that fits no envelope is a record of family
 * LOG_PLAIN; where it continues the one before it (indented, a stack trace) it
 * takes that one's time and says so. What others put before a line (a container's
 * column, grep's file name, colours, quote marks) is taken off first. Files may
 * mix formats, end lines with CR LF, begin with a byte order mark and hold any
 * bytes.
 *
 * Cost: about 0.1 us a line; nothing is copied but unescaped text.
 */
#ifndef PARSERS_LOG_LOG_H
#define PARSERS_LOG_LOG_H

#include <stdbool.h>
#include <stdint.h>

#include "base/bytes.h"
#include "base/clock.h"

/*
 * A line without a time takes that of a line at most this far above it: the
 * depth of a stack trace. Further up it says nothing about this line.
 */
#define LOG_INHERIT_LINES 64

/*
 * The longest line, or record of several lines, that is taken whole: journald
 * splits at 48 KiB, applications print megabytes of JSON. Of a longer one the
 * first LOG_LINE_MAX bytes are parsed, the rest is passed over, and the record
 * is marked cut.
 */
#define LOG_LINE_MAX ((size_t)1024 * 1024)

/* A window of this many bytes always allows progress. */
#define LOG_WINDOW_MAX (2 * LOG_LINE_MAX)

/* Unescaped text (JSON, /dev/kmsg) beyond this is cut off. */
#define LOG_TEXT_MAX ((size_t)256 * 1024)

/* Bytes and lines at the front of a file that decide what it is. */
#define LOG_HEAD_BYTES ((size_t)64 * 1024)
#define LOG_HEAD_LINES 200

/* No severity was written; our own. */
#define LOG_SEVERITY_NONE 0xff

enum log_family {
#define X(constant, id, parse, flags, example, meaning) LOG_##constant,
#include "parsers/log/log_parsers.def"
#undef X
	LOG_FAMILY_COUNT
};

/* What a line's time is, and so what is needed to make it UTC. */
enum log_time_kind {
	LOG_TIME_NONE,
	/* ns since the Unix epoch */
	LOG_TIME_UTC,
	/* ns from 1970-01-01 00:00 on the wall clock of an unknown zone */
	LOG_TIME_LOCAL,
	/* ns from 1 January 00:00 of a leap year on that clock: neither year
	   nor zone are known; log_time_in_year */
	LOG_TIME_LOCAL_NO_YEAR,
	/* ns since boot, of a clock that stands still in suspend */
	LOG_TIME_BOOT,
	/* ns since the line before, whose time is not known either */
	LOG_TIME_DELTA,
	/* ns since midnight of a day that the line does not name */
	LOG_TIME_CLOCK,
};

/* Of "03/04/2026": which number is the month. */
enum log_date_order {
	LOG_ORDER_CLEAR, /* it was written so that there is no question */
	LOG_ORDER_MONTH_FIRST,
	LOG_ORDER_DAY_FIRST,
	LOG_ORDER_UNKNOWN, /* read as month first */
};

/* The longest zone name kept, its NUL included. */
#define LOG_ZONE_MAX 8

struct log_time {
	int64_t ns;
	int64_t resolution_ns; /* the instant lies in [ns, ns + resolution) */
	int32_t offset_s;      /* east of UTC, as written; see offset_known */
	uint8_t kind;          /* enum log_time_kind */
	uint8_t order;         /* enum log_date_order */
	bool offset_known;
	bool offset_written; /* as a number: "+02:00", not "Z" */
	/* taken over from a line before: this line has none of its own */
	bool inherited;
	/* zone as a name that stands for no one offset ("EST"), or "" */
	char zone[LOG_ZONE_MAX];
};

struct log_record {
	uint64_t line;   /* of its first line, from 1 */
	uint64_t lines;  /* how many lines it takes, >= 1 */
	uint64_t offset; /* byte offset of its first byte in the source */
	struct view raw; /* without line end; at most LOG_LINE_MAX */
	struct log_time time;
	uint64_t time_line; /* where an inherited time was read; else 0 */
	/* a second clock in the same line: the kernel's boot stamp, the moment
	   HAProxy accepted, nginx's own stamp behind syslog's */
	struct log_time second;
	/* what looks like a date or time in a line whose time is not known, or
	   empty: such a line takes no other line's time */
	struct view unread;
	struct view host; /* as written, or empty */
	struct view tag;  /* program or "kernel", or empty */
	struct view pid;  /* or empty */
	struct view message;
	/* the JSON object that the message was taken out of, or empty */
	struct view object;
	uint32_t repeat; /* the message stands for so many, >= 1 */
	/* "last message repeated N times": repeat counts the record before */
	bool repeats_previous;
	bool cut; /* longer than LOG_LINE_MAX */
	/* the lines above say that it came of what was told there */
	bool chained;
	uint8_t severity; /* RFC 5424 section 6.2.1, or LOG_SEVERITY_NONE */
	uint8_t family;   /* enum log_family of the envelope */
	/* family of a complete log line inside the message (nginx behind
	   syslog), then message is that line's; otherwise LOG_PLAIN */
	uint8_t inner;
};

enum log_status { LOG_RECORD, LOG_MORE, LOG_END };

struct log_summary {
	uint64_t bytes;
	uint64_t lines;      /* recognised + other */
	uint64_t recognised; /* lines of records that had an envelope */
	uint64_t other;      /* plain and empty lines */
	uint64_t records;
	uint64_t cut; /* records longer than LOG_LINE_MAX */
};

/* More columns than an export of logs has. */
#define LOG_COLUMNS_MAX 64

/* The columns of a table that its header names, from 1; 0: it has none, and count
   is 0 when the file is no such table (csv_export.h). */
struct log_columns {
	uint8_t count;
	char separator; /* ',' with quotes, or ' ' */
	uint8_t date;   /* of the day alone, beside time */
	uint8_t time;
	uint8_t host;
	uint8_t source; /* of the machine, or of a file of it */
	uint8_t tag;
	uint8_t text;
	/* Where no column holds a text: what each says of a connection, in the
	   words of firewall_keys.def, or NULL. Static. */
	const char *fields[LOG_COLUMNS_MAX];
};

/* What the front of a file is. */
struct log_guess {
	enum log_family family; /* the most frequent; LOG_PLAIN if none */
	uint32_t lines;         /* whole lines looked at, blank ones left out */
	uint32_t recognised;    /* of them with any envelope */
	uint32_t named;         /* of them that name a program or the kernel */
	/* what lines alone do not tell: */
	enum log_date_order order; /* of ambiguous dates; or UNKNOWN */
	bool utc;                  /* a W3C header: times are UTC */
	bool local;                /* or local, as it says */
	bool coloured;             /* ESC sequences stand within the text */
	struct log_time day; /* midnight of the one day it is of, or NONE */
	struct log_columns columns;
};

struct log_reader;

/* By content alone; at most LOG_HEAD_BYTES and LOG_HEAD_LINES are read. */
struct log_guess log_recognise(struct view head);

/* Is it text of any kind (UTF-8 or an 8-bit set), not binary data? */
bool log_is_text(struct view head);

/* A file's name that holds a date (app.2026-11-20.log) is the day of lines that
   have only a time of day. */
void log_guess_name(struct log_guess *guess, const char *name);

/* "syslog", "dmesg", ...: the ids of log_parsers.def. Static storage. */
const char *log_family_id(enum log_family f);

/* What it is, and a line of it. Static storage. */
const char *log_family_meaning(enum log_family f);
const char *log_family_example(enum log_family f);

/* A form of time that lines begin with (log_times.def): an example, and who
   writes it. False beyond the last. */
bool log_time_form(size_t i, const char **example, const char **who);

/* Says its envelope nothing of the program that wrote the line? */
bool log_family_is_nameless(enum log_family f);

/*
 * Must every record be read in order, because one gives sense to the next
 * (several lines to a record, times as differences)? Where not, any line may
 * be parsed alone: log_parse_line.
 */
bool log_family_is_sequential(enum log_family f);

/* Owned by the caller, freed with log_free. family: tried first on each line. */
struct log_reader *log_new(enum log_family family);

/* The same for a file, with all that its front tells. */
struct log_reader *log_new_for(const struct log_guess *guess);
void log_free(struct log_reader *r);

/* The columns of the rows that follow, once the header was seen. */
void log_columns_set(struct log_reader *r, const struct log_columns *columns);

/*
 * Read the next record at the front of window, whose first byte must be the
 * byte behind what was consumed so far. at_eof: the window's end is the end of
 * the file. The views of record are valid until the next call or until the
 * window's bytes go, whichever is first.
 */
enum log_status log_next(struct log_reader *r, struct view *window, bool at_eof,
	struct log_record *record);

/*
 * Parse one line alone (without its line end; a CR is taken off). record's
 * line, lines and offset are set to 1, 1 and 0. Does not count in the summary;
 * a plain line has no time. May a line take the time of an earlier one?
 * log_continues.
 */
void log_parse_line(
	struct log_reader *r, struct view line, struct log_record *record);

/* Is record, which has no time of its own, the continuation of an earlier line:
   a part of a report of several lines? */
bool log_continues(const struct log_record *record);

/* What may stand below a line with a time. */
enum log_head {
	LOG_HEAD_OF_ITSELF, /* kernel, proxy, container: what is indented */
	LOG_HEAD_OF_TRACE,  /* an application's: a trace at the margin, too */
	LOG_HEAD_OF_LEVEL,  /* and, right below, the level and the text */
};

enum log_head log_head_of(const struct log_record *record);

/* Is record, so many lines below a line with a time, a continuation of that? */
bool log_continues_head(
	const struct log_record *record, enum log_head head, uint64_t below);

/* Of a line that log_continues: does it say itself that it is a part of a report
   ("Caused by:", a stack's frame)? Others belong to the line right above, and
   what stands between that one and the last time must be a continuation too. */
bool log_names_report(const struct log_record *record);

/* Does its message say of itself, in any envelope, that it is the cause of what
   was told above ("Caused by: ...")? */
bool log_is_cause(const struct log_record *record);

/* "name.of.Error: text" at the margin: the last line of a trace of Python's. */
bool log_is_exception(const struct log_record *record);

/* Does Python say that another exception came of the one above? */
bool log_is_chain(const struct log_record *record);

/*
 * Bytes of the sentence whose first line is text[0, used), line end included:
 * used, or more where the next lines complete it (libpq's reason, host and port).
 * at_eof: nothing follows text. *more: it ends before that can be said.
 */
size_t log_completed(struct view text, size_t used, bool at_eof, bool *more);

/* Lines of such a sentence, at most. */
#define LOG_SENTENCE_LINES 3

/* Does a line with a time stand as the head of whatever follows it: has it
   nothing but its time? */
bool log_is_head(const struct log_record *record);

const struct log_summary *log_summary(const struct log_reader *r);

/*
 * The wall-clock time of a LOG_TIME_LOCAL_NO_YEAR in a year: ns from
 * 1970-01-01 00:00 of its zone. False for 29 February of a common year, for
 * another kind and for a year outside 1970 to 2261.
 */
bool log_time_in_year(const struct log_time *t, int year, int64_t *local_ns);

#endif
