/*
 * What the front of a file is: every line votes for its envelope.
 *
 * Records of several lines are known by their first lines instead. Short
 * monotonic lines of journalctl look like dmesg; they are told by a host that
 * is the same in every line, in front of "kernel:" or "program[pid]:".
 *
 * What no single line tells is found out here, too: whether day or month comes
 * first, whether a header says that times are UTC, of which day the file is.
 */
#include <stdlib.h>

#include "parsers/log/csv_export.h"
#include "parsers/log/envelope.h"
#include "parsers/log/json_document.h"
#include "parsers/log/log.h"
#include "parsers/log/log_civil.h"
#include "parsers/log/log_time.h"
#include "parsers/log/windows_event.h"

/* The next whole line; the head may end within one, which then does not count
   unless it is the only one. */
static bool
head_line(struct cursor *c, bool first, struct view *line)
{
	if (cursor_until(c, '\n', line)) {
		if (line->len > 0 && line->data[line->len - 1] == '\r')
			line->len--;
		return true;
	}
	if (!first || cursor_left(c) == 0)
		return false;
	*line = cursor_rest(c);
	c->p = c->end;
	return true;
}

static bool
holds(struct view v, const char *text)
{
	return v.len > 0 && memmem(v.data, v.len, text, strlen(text)) != NULL;
}

/* Families whose records take several lines. */
static enum log_family
block_family(struct view head)
{
	struct cursor c = cursor_of(head);
	cursor_take_text(&c, "\xef\xbb\xbf");
	head = cursor_rest(&c);
	if (view_begins(head, "__CURSOR=") ||
		view_begins(head, "__REALTIME_TIMESTAMP="))
		return LOG_JOURNAL_EXPORT;
	if (holds(head, "\"pri\":") && holds(head, "\"msg\":") &&
		holds(head, "\"time\":") && holds(head, "\n"))
		return LOG_DMESG_JSON;
	if (windows_event_begins(head))
		return LOG_WINDOWS_EVENT;
	struct view line;
	if (cursor_until(&c, '\n', &line)) {
		/* jq and others print it again without the first blank. */
		if (view_is(line, "{") &&
			(holds(head, "_TIMESTAMP\" : ") ||
				holds(head, "_TIMESTAMP\": ")))
			return LOG_JOURNAL_PRETTY;
		if (holds(line, " [s=") && holds(line, ";i=") &&
			view_begins(cursor_rest(&c), "    "))
			return LOG_JOURNAL_VERBOSE;
	}
	return json_document_begins(head) ? LOG_JSON_DOCUMENT : LOG_PLAIN;
}

struct monotonic {
	struct view host; /* of the first line; empty once another was seen */
	uint32_t lines, certain;
};

static void
monotonic_vote(struct monotonic *m, struct view line)
{
	struct log_record r = {0};
	if (!journal_monotonic_parse(line, &r, NULL))
		return;
	if (m->lines++ == 0)
		m->host = r.host;
	else if (!view_equal(r.host, m->host))
		m->host = view_of(NULL, 0);
	m->certain += view_is(r.tag, "kernel") || r.pid.len > 0;
}

/* A date that only one order allows settles the file's; two that contradict
   each other leave it open. */
static void
order_vote(struct log_guess *g, const struct log_time *t, bool *settled)
{
	if (t->order != LOG_ORDER_MONTH_FIRST &&
		t->order != LOG_ORDER_DAY_FIRST)
		return;
	if (!*settled)
		g->order = (enum log_date_order)t->order;
	else if (g->order != (enum log_date_order)t->order)
		g->order = LOG_ORDER_UNKNOWN;
	*settled = true;
}

/* The header of the W3C's extended log format: times are UTC unless it says
   otherwise, as Windows Firewall does. cite: W3C WD-logfile-960323; Microsoft,
   "IIS W3C extended log file format", "Configure Windows Firewall logging" */
static void
header_vote(struct log_guess *g, struct view line)
{
	if (view_begins(line, "#Fields:") && holds(line, " date") &&
		holds(line, " time") && !g->local)
		g->utc = true;
	if (view_begins(line, "#Time Format: Local")) {
		g->local = true;
		g->utc = false;
	}
}

static bool
is_blank(struct view line)
{
	for (size_t i = 0; i < line.len; i++)
		if (!byte_among(line.data[i], " \t"))
			return false;
	return true;
}

static void
lines_vote(struct log_guess *g, struct view head,
	uint32_t votes[LOG_FAMILY_COUNT], struct monotonic *m)
{
	struct log_reader *r = log_new(LOG_PLAIN);
	struct cursor c = cursor_of(head);
	struct view line;
	bool first = true;
	bool settled = false;
	while (g->lines < LOG_HEAD_LINES && head_line(&c, first, &line)) {
		struct log_record record;
		if ((first || view_begins(line, "#Fields: ")) &&
			csv_columns_read(line, &g->columns))
			log_columns_set(r, &g->columns);
		first = false;
		header_vote(g, line);
		if (is_blank(line))
			continue;
		log_parse_line(r, line, &record);
		votes[record.family]++;
		g->lines++;
		g->recognised += record.family != LOG_PLAIN;
		g->named += record.family != LOG_PLAIN &&
			(record.tag.len > 0 ||
				(record.inner != LOG_PLAIN &&
					!log_family_is_nameless(
						record.inner)) ||
				!log_family_is_nameless(record.family));
		order_vote(g, &record.time, &settled);
		monotonic_vote(m, line);
	}
	log_free(r);
}

struct log_guess
log_recognise(struct view head)
{
	struct log_guess guess = {
		.family = LOG_PLAIN, .order = LOG_ORDER_UNKNOWN};
	uint32_t votes[LOG_FAMILY_COUNT] = {0};
	struct monotonic m = {0};
	if (head.len > LOG_HEAD_BYTES)
		head.len = LOG_HEAD_BYTES;
	guess.family = block_family(head);
	guess.coloured = head.len > 0 && memchr(head.data, '\x1b', head.len);
	lines_vote(&guess, head, votes, &m);
	if (guess.family != LOG_PLAIN) {
		guess.recognised = guess.lines;
		return guess;
	}
	for (int f = 1; f < LOG_FAMILY_COUNT; f++)
		if (votes[f] > 0 &&
			(guess.family == LOG_PLAIN ||
				votes[f] > votes[guess.family]))
			guess.family = (enum log_family)f;
	if (guess.family == LOG_DMESG && m.lines == votes[LOG_DMESG] &&
		m.certain > 0 && m.host.len > 0)
		guess.family = LOG_JOURNAL_MONOTONIC;
	return guess;
}

/* Control characters that text has none of, among a hundred bytes. */
#define CONTROLS_PERCENT 2

bool
log_is_text(struct view head)
{
	size_t controls = 0;
	if (head.len > LOG_HEAD_BYTES)
		head.len = LOG_HEAD_BYTES;
	for (size_t i = 0; i < head.len; i++) {
		uint8_t x = head.data[i];
		if (x == 0)
			return false;
		controls += x < 0x20 && !byte_among(x, "\t\n\r\f\b\x1b");
	}
	return head.len > 0 && controls * 100 <= head.len * CONTROLS_PERCENT;
}

void
log_guess_name(struct log_guess *guess, const char *name)
{
	/* Only the separated form: a rotated file's 20261120 is the day of the
	   rotation, not of its lines (logrotate dateext). */
	for (; *name != '\0'; name++) {
		struct cursor c = cursor_of(view_str(name));
		struct civil v = {.resolution_ns = NS_PER_S};
		struct log_time t = {0};
		if (!cursor_digits(&c, 4, &v.year) || !cursor_take(&c, '-') ||
			!cursor_digits(&c, 2, &v.month) ||
			!cursor_take(&c, '-') ||
			!cursor_digits(&c, 2, &v.day) ||
			byte_digit(cursor_peek(&c)) || v.month == 0)
			continue;
		if (civil_take(&v, &t))
			guess->day = t;
		return;
	}
}
