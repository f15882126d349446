/*
 * Events out of a whole log, as fast as the words can be looked for.
 *
 *	struct log_scanner *s = log_scanner_new(set, head, name);
 *	while (...)
 *		log_scan(s, &window, at_eof, emit, context);
 *
 * Only lines that contain a word of some pattern are taken apart; of the others
 * only their line ends are counted. Formats whose records need each other
 * (log_family_is_sequential) are read record by record. Both ways give the same
 * events, however the windows are cut.
 *
 * Cost: see analyzer/decisions/0006-log-scan.md.
 */
#ifndef PARSERS_PATTERNS_SCAN_H
#define PARSERS_PATTERNS_SCAN_H

#include "parsers/patterns/pattern.h"

/* Called for every event, in order; its views are valid during the call. */
typedef void log_emit(void *context, const struct log_event *event);

/* Bytes of a file's front whose every line is looked at, so that it can be said
   what is not understood; further down only lines with a word of a pattern. */
#define LOG_CLOSE_BYTES ((uint64_t)256 * 1024)

/* Bytes of a line that are shown of one that was not understood. */
#define LOG_SHOWN_MAX ((size_t)160)

/* The first line of a kind, to be shown. */
struct log_shown {
	uint64_t line; /* 0: there is none */
	size_t len;
	uint8_t text[LOG_SHOWN_MAX];
};

/* Addresses that are remembered of a file that gives no event. */
#define LOG_NAMES_MAX 32

struct log_scan_summary {
	struct log_guess guess; /* of the head */
	uint64_t bytes;
	uint64_t lines;      /* all of the next four */
	uint64_t recognised; /* lines of events */
	uint64_t
		weightless; /* known lines, and their continuations, of no event */
	uint64_t unknown; /* no envelope, no event */
	uint64_t other;   /* behind LOG_CLOSE_BYTES, without a pattern's word */
	uint64_t unread;  /* lines whose date or time could not be read */
	struct log_shown first_unknown;
	struct log_shown first_unread; /* of it, the date */
	/* what lines name that were looked at before the first event */
	struct ip_addr names[LOG_NAMES_MAX];
	size_t names_count;
	uint64_t events;
	uint64_t candidates; /* records looked at by regexes */
	uint64_t limits;     /* regexes given up (pattern_matcher_limits) */
};

struct log_scanner;

/* set is sealed and outlives the scanner; head as for log_recognise, name the
   file's (it may hold a date) or "". Freed with log_scanner_free. */
struct log_scanner *log_scanner_new(
	const struct pattern_set *set, struct view head, const char *name);
void log_scanner_free(struct log_scanner *s);

/* The text is what a command printed: whom it tries is known before the first line
   (pattern_match_command). */
void log_scanner_told(struct log_scanner *s, const char *command);

/*
 * Take all whole lines off the front of window and emit their events. What is
 * left is part of a line (or record): bring more behind it, LOG_WINDOW_MAX in
 * all at most. At at_eof nothing is left.
 */
void log_scan(struct log_scanner *s, struct view *window, bool at_eof,
	log_emit *emit, void *context);

const struct log_scan_summary *log_scan_summary(struct log_scanner *s);

#endif
