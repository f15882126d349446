/*
 * Looking for words first, for lines only around them.
 *
 * What a hit line needs from the lines above it (a time, for a line of a stack
 * trace; the line that "last message repeated" repeats) is looked up backwards,
 * LOG_INHERIT_LINES at most. For the lines that have left the window, their
 * last time and the last line itself are remembered, so that it makes no
 * difference where windows end.
 */
#include "parsers/patterns/scan.h"

#include <stdlib.h>

#include "base/text.h"
#include "parsers/patterns/set.h"

/* Bytes of the last line of a window that are kept for a repeat. */
#define SAVED_MAX ((size_t)4096)

struct log_scanner {
	struct log_reader *reader;
	struct log_reader *above; /* parses lines above the one in hand */
	struct pattern_matcher *matcher;
	const struct literals *literals; /* of the set: what fits the file */
	struct log_scan_summary summary;
	bool sequential;
	bool cutting; /* within the rest of a line beyond LOG_LINE_MAX */
	/* the nearest time at or above line time_line; 0: none */
	struct log_time time;
	uint64_t time_line;
	bool time_is_head;  /* that line has nothing but its time */
	enum log_head head; /* what may stand below it */
	/* that line shows a time which could not be read: nobody's */
	bool time_unread;
	/* all lines behind it, to the end of the window before, continue it */
	bool joined;
	/* the last whole line that left the window */
	uint8_t saved[SAVED_MAX];
	size_t saved_len;
};

/* What one call of log_scan hands around. */
struct run {
	struct log_scanner *s;
	struct view text; /* whole lines, or all that is left at the end */
	log_emit *emit;
	void *context;
};

struct log_scanner *
log_scanner_new(
	const struct pattern_set *set, struct view head, const char *name)
{
	struct log_scanner *s = memory_take(1, sizeof *s);
	memset(s, 0, sizeof *s);
	bool escapes = head.len > 0 &&
		(memmem(head.data, head.len, "\\\"", 2) != NULL ||
			memmem(head.data, head.len, "\\/", 2) != NULL);
	s->literals = escapes ? pattern_escaped(set) : set->literals;
	s->summary.guess = log_recognise(head);
	log_guess_name(&s->summary.guess, name);
	s->reader = log_new_for(&s->summary.guess);
	s->above = log_new_for(&s->summary.guess);
	s->matcher = pattern_matcher_new(set);
	s->joined = true;
	/* Colours may stand within a word that is looked for; a row of a table
	   has its words in the header, and its text over several lines. */
	s->sequential = log_family_is_sequential(s->summary.guess.family) ||
		s->summary.guess.coloured || s->summary.guess.columns.count > 0;
	return s;
}

void
log_scanner_told(struct log_scanner *s, const char *command)
{
	pattern_match_command(s->matcher, command);
}

void
log_scanner_free(struct log_scanner *s)
{
	if (s == NULL)
		return;
	log_free(s->reader);
	log_free(s->above);
	pattern_matcher_free(s->matcher);
	free(s);
}

const struct log_scan_summary *
log_scan_summary(struct log_scanner *s)
{
	s->summary.limits = pattern_matcher_limits(s->matcher);
	return &s->summary;
}

static struct view
without_end(struct view line)
{
	if (line.len > 0 && line.data[line.len - 1] == '\n')
		line.len--;
	return line;
}

/* Where the line that ends at (behind its newline) end begins. */
static size_t
line_start(struct view text, size_t end)
{
	const uint8_t *newline =
		end > 1 ? memrchr(text.data, '\n', end - 1) : NULL;
	return newline != NULL ? (size_t)(newline - text.data) + 1 : 0;
}

static void
time_keep(struct log_scanner *s, const struct log_record *record, uint64_t line)
{
	s->time = record->time;
	s->time_line = line;
	s->time_is_head = log_is_head(record);
	s->head = log_head_of(record);
	s->time_unread = record->time.kind == LOG_TIME_NONE;
}

/*
 * The nearest time above the line number `line`, which begins at text[at], or
 * none. Remembered, so that the lines of one stack trace look only once. False:
 * a line between them belongs to neither.
 */
static bool
time_above(struct run *run, size_t at, uint64_t line)
{
	struct log_scanner *s = run->s;
	bool joined = true;
	for (uint64_t n = line - 1;
		at > 0 && n > s->time_line && line - n <= LOG_INHERIT_LINES;
		n--) {
		struct log_record record;
		size_t start = line_start(run->text, at);
		log_parse_line(s->above,
			without_end(
				view_of(run->text.data + start, at - start)),
			&record);
		if (record.time.kind != LOG_TIME_NONE ||
			record.unread.len > 0) {
			time_keep(s, &record, n);
			return joined;
		}
		joined = joined && log_continues(&record);
		at = start;
	}
	/* What lies between may reach into the windows before. */
	return joined && (at > 0 || s->joined);
}

static void
time_inherit(struct run *run, struct log_record *record, size_t at)
{
	struct log_scanner *s = run->s;
	if (record->time.kind != LOG_TIME_NONE || record->unread.len > 0) {
		time_keep(s, record, record->line);
		return;
	}
	bool joined = time_above(run, at, record->line);
	if (s->time_line != 0 && s->time_line < record->line &&
		!s->time_unread &&
		record->line - s->time_line <= LOG_INHERIT_LINES &&
		(s->time_is_head ||
			(log_continues_head(record, s->head,
				 record->line - s->time_line) &&
				(joined || log_names_report(record))))) {
		record->time = s->time;
		record->time.inherited = true;
		record->time_line = s->time_line;
	}
}

static void
show(struct log_shown *shown, uint64_t line, struct view text)
{
	if (shown->line != 0)
		return;
	shown->line = line;
	shown->len = text.len < LOG_SHOWN_MAX ? text.len : LOG_SHOWN_MAX;
	if (shown->len > 0)
		memcpy(shown->text, text.data, shown->len);
}

static void
name_add(struct log_scan_summary *sum, struct ip_addr ip)
{
	for (size_t i = 0; i < sum->names_count; i++)
		if (ip_equal(sum->names[i], ip))
			return;
	if (sum->names_count < LOG_NAMES_MAX)
		sum->names[sum->names_count++] = ip;
}

/* Addresses in a line: runs of hexadecimal digits, points and colons, a port
   behind them or not. */
static void
names_take(struct log_scan_summary *sum, struct view line)
{
	size_t at = 0;
	while (at < line.len && sum->names_count < LOG_NAMES_MAX) {
		size_t from = at;
		while (at < line.len &&
			byte_among(line.data[at], "0123456789abcdefABCDEF.:"))
			at++;
		struct view run = view_of(line.data + from, at - from);
		struct ip_addr ip;
		at++;
		if (run.len < 7)
			continue;
		const uint8_t *colon = memrchr(run.data, ':', run.len);
		struct view host = run;
		if (colon != NULL)
			host.len = (size_t)(colon - run.data);
		if (ip_read(run, &ip) || ip_read(host, &ip))
			name_add(sum, ip);
	}
}

/* Where a record that was looked at belongs in the accounting. */
static void
weigh(struct log_scanner *s, const struct log_record *record, uint64_t line,
	uint64_t lines, bool event)
{
	struct log_scan_summary *sum = &s->summary;
	bool known = record->family != LOG_PLAIN || log_continues(record);
	if (record->unread.len > 0) {
		sum->unread++;
		show(&sum->first_unread, line, record->unread);
	}
	if (event)
		return;
	if (sum->events == 0)
		names_take(sum, record->message);
	if (known) {
		sum->weightless += lines;
		return;
	}
	sum->unknown += lines;
	show(&sum->first_unknown, line, record->message);
}

static void
event_emit(struct run *run, struct log_event *event, uint64_t lines)
{
	run->s->summary.events++;
	run->s->summary.recognised += lines;
	run->emit(run->context, event);
}

/* "last message repeated N times": the event of the line above, again. */
static bool
repeat_emit(struct run *run, struct log_record *record, size_t at)
{
	struct log_scanner *s = run->s;
	struct log_record before;
	struct log_event event;
	struct view line = view_of(s->saved, s->saved_len);
	if (at > 0) {
		size_t start = line_start(run->text, at);
		line = without_end(view_of(run->text.data + start, at - start));
		if (line.len > SAVED_MAX)
			line.len = SAVED_MAX;
	}
	log_parse_line(s->above, line, &before);
	if (before.repeats_previous ||
		!pattern_match(s->matcher, &before, &event))
		return false;
	before.line = record->line;
	before.offset = record->offset;
	before.raw = record->raw;
	before.time = record->time;
	before.second = record->second;
	event.count = event.count / before.repeat * record->repeat;
	before.repeat = record->repeat;
	event.record = &before;
	event_emit(run, &event, 1);
	return true;
}

/* Lines of a trace, above its last one. */
#define TRACE_LINES 64

/*
 * Python prints what came of an exception below it. Above the line that begins at
 * text[at]: frames, "Traceback", and what joins two traces? Where each line has a
 * stamp of its own nothing else tells that they are one report.
 */
static bool
is_chained(struct run *run, size_t at)
{
	struct log_scanner *s = run->s;
	bool head = false;
	for (int n = 0; n < TRACE_LINES && at > 0; n++) {
		struct log_record record;
		size_t start = line_start(run->text, at);
		log_parse_line(s->above,
			without_end(
				view_of(run->text.data + start, at - start)),
			&record);
		struct view m = record.message;
		bool blank = view_trim(m).len == 0;
		if (log_is_chain(&record))
			return head;
		if (!blank && head)
			return false;
		if (view_begins(m, "Traceback (most recent call last)"))
			head = true;
		else if (!blank && m.data[0] != ' ' && m.data[0] != '\t')
			return false;
		at = start;
	}
	return false;
}

/* The line text[start, end), whose number is summary.lines + 1, with those that
   complete its sentence. */
static void
line_take(struct run *run, size_t start, size_t end)
{
	struct log_scanner *s = run->s;
	struct log_record record;
	struct log_event event;
	struct view whole = view_of(run->text.data + start, end - start);
	uint64_t lines = lines_count(whole);
	lines += whole.data[whole.len - 1] != '\n';
	log_parse_line(s->reader, without_end(whole), &record);
	record.lines = lines;
	record.line = s->summary.lines + 1;
	record.offset = s->summary.bytes + start;
	s->summary.candidates++;
	time_inherit(run, &record, start);
	bool found = record.repeats_previous
		? repeat_emit(run, &record, start)
		: pattern_match(s->matcher, &record, &event);
	if (found && !record.repeats_previous) {
		record.chained = !record.time.inherited &&
			log_is_exception(&record) && is_chained(run, start);
		event_emit(run, &event, lines);
	}
	weigh(s, &record, record.line, lines, found);
	s->summary.lines += lines;
}

/* Lines without a pattern's word: counted, and near the front looked at. */
static void
lines_pass(struct run *run, size_t from, size_t to)
{
	struct log_scanner *s = run->s;
	while (from < to && s->summary.bytes + from < LOG_CLOSE_BYTES) {
		struct log_record record;
		const uint8_t *end =
			memchr(run->text.data + from, '\n', to - from);
		size_t next =
			end != NULL ? (size_t)(end - run->text.data) + 1 : to;
		log_parse_line(s->above,
			without_end(
				view_of(run->text.data + from, next - from)),
			&record);
		s->summary.lines++;
		weigh(s, &record, s->summary.lines, 1, false);
		from = next;
	}
	if (from == to)
		return;
	s->summary.lines +=
		lines_count(view_of(run->text.data + from, to - from));
	if (run->text.data[to - 1] != '\n')
		s->summary.lines++;
}

/* Remember what lines of the next window may need of this one. */
static void
tail_keep(struct run *run)
{
	struct log_scanner *s = run->s;
	size_t len = run->text.len;
	/* As if the line behind the window asked for its time. */
	s->joined = time_above(run, len, s->summary.lines + 1);
	size_t start = line_start(run->text, len);
	struct view last =
		without_end(view_of(run->text.data + start, len - start));
	s->saved_len = last.len < SAVED_MAX ? last.len : SAVED_MAX;
	memcpy(s->saved, last.data, s->saved_len);
}

/* Where the next line to be taken apart begins, at or behind `from`: one with a
   word of a pattern, or the very next where a line above names what it may be
   about. text.len: none. */
static size_t
line_find(const struct log_scanner *s, struct view text, size_t from)
{
	if (pattern_matcher_remembers(s->matcher))
		return from;
	size_t hit = literals_find(s->literals, text, from);
	if (hit == text.len)
		return hit;
	if (text.data[hit] == '\n')
		return hit + 1;
	/* From the hit back to the start of its line. */
	return line_start(view_of(text.data + from, text.len - from),
		       hit - from + 1) +
		from;
}

/* Behind the line that begins at start, or the sentence. */
static size_t
line_end(struct view text, size_t start)
{
	struct view rest = view_skip(text, start);
	const uint8_t *newline = memchr(rest.data, '\n', rest.len);
	size_t n =
		newline != NULL ? (size_t)(newline - rest.data) + 1 : rest.len;
	bool more;
	return start + log_completed(rest, n, true, &more);
}

/* All of run->text. */
static void
lines_scan(struct run *run)
{
	struct log_scanner *s = run->s;
	struct view text = run->text;
	size_t done = 0;
	while (done < text.len) {
		size_t start = line_find(s, text, done);
		if (start == text.len)
			break;
		size_t end = line_end(text, start);
		lines_pass(run, done, start);
		line_take(run, start, end);
		done = end;
	}
	lines_pass(run, done, text.len);
	tail_keep(run);
	s->summary.bytes += text.len;
}

/* Bytes of the window's whole lines, without a sentence at their end whose next
   line is not there yet. */
static size_t
lines_len(struct view window)
{
	const uint8_t *last = memrchr(window.data, '\n', window.len);
	size_t len = last != NULL ? (size_t)(last - window.data) + 1 : 0;
	size_t at = len;
	bool more = false;
	for (int i = 0; i < LOG_SENTENCE_LINES && at > 0 && !more; i++) {
		size_t end = at;
		at = line_start(window, at);
		log_completed(view_skip(window, at), end - at, false, &more);
	}
	return more ? at : len;
}

/* A line beyond LOG_LINE_MAX: its front is parsed, its rest passed over. */
static bool
long_line(struct run *run, struct view *window)
{
	struct log_scanner *s = run->s;
	if (s->cutting) {
		const uint8_t *end = memchr(window->data, '\n', window->len);
		size_t n = end != NULL ? (size_t)(end - window->data) + 1
				       : window->len;
		s->cutting = end == NULL;
		s->summary.bytes += n;
		*window = view_skip(*window, n);
		return true;
	}
	if (window->len <= LOG_LINE_MAX ||
		memchr(window->data, '\n', LOG_LINE_MAX + 1) != NULL)
		return false;
	run->text = view_of(window->data, LOG_LINE_MAX);
	line_take(run, 0, LOG_LINE_MAX);
	tail_keep(run);
	s->summary.bytes += LOG_LINE_MAX;
	*window = view_skip(*window, LOG_LINE_MAX);
	s->cutting = true;
	return true;
}

/* Formats whose records must be read in order. */
static void
records_scan(struct run *run, struct view *window, bool at_eof)
{
	struct log_scanner *s = run->s;
	struct log_record record;
	struct log_event event;
	while (log_next(s->reader, window, at_eof, &record) == LOG_RECORD) {
		s->summary.candidates++;
		/* As many as the reader counted: records may share a line. */
		uint64_t lines =
			log_summary(s->reader)->lines - s->summary.lines;
		bool found = pattern_match(s->matcher, &record, &event);
		if (found)
			event_emit(run, &event, lines);
		weigh(s, &record, record.line, lines, found);
		s->summary.lines += lines;
	}
	s->summary.bytes = log_summary(s->reader)->bytes;
	s->summary.lines = log_summary(s->reader)->lines;
}

void
log_scan(struct log_scanner *s, struct view *window, bool at_eof,
	log_emit *emit, void *context)
{
	struct run run = {.s = s, .emit = emit, .context = context};
	if (s->sequential)
		records_scan(&run, window, at_eof);
	while (!s->sequential && window->len > 0) {
		if (long_line(&run, window))
			continue;
		size_t len = at_eof ? window->len : lines_len(*window);
		if (len == 0)
			break;
		run.text = view_of(window->data, len);
		lines_scan(&run);
		*window = view_skip(*window, len);
	}
	s->summary.other = s->summary.lines - s->summary.recognised -
		s->summary.weightless - s->summary.unknown;
}
