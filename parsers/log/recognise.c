/*
 * What the front of a file is: every line votes for its envelope.
 *
 * Records of several lines are known by their first lines instead. Short
 * monotonic lines of journalctl look like dmesg; they are told by a host that
 * is the same in every line, in front of "kernel:" or "program[pid]:".
 */
#include <stdlib.h>

#include "parsers/log/envelope.h"
#include "parsers/log/log.h"

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
begins(struct view v, const char *text)
{
	size_t n = strlen(text);
	return v.len >= n && memcmp(v.data, text, n) == 0;
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
	if (begins(head, "__CURSOR=") || begins(head, "__REALTIME_TIMESTAMP="))
		return LOG_JOURNAL_EXPORT;
	if (holds(head, "\"pri\":") && holds(head, "\"msg\":") &&
		holds(head, "\"time\":") && holds(head, "\n"))
		return LOG_DMESG_JSON;
	struct view line;
	if (!cursor_until(&c, '\n', &line))
		return LOG_PLAIN;
	if (view_is(line, "{") && holds(head, "_TIMESTAMP\" : "))
		return LOG_JOURNAL_PRETTY;
	struct cursor verbose = cursor_of(line);
	cursor_token(&verbose);
	if (holds(line, " [s=") && holds(line, ";i=") &&
		begins(cursor_rest(&c), "    "))
		return LOG_JOURNAL_VERBOSE;
	return LOG_PLAIN;
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

struct log_guess
log_recognise(struct view head)
{
	struct log_guess guess = {.family = LOG_PLAIN};
	uint32_t votes[LOG_FAMILY_COUNT] = {0};
	struct monotonic m = {0};
	if (head.len > LOG_HEAD_BYTES)
		head.len = LOG_HEAD_BYTES;
	guess.family = block_family(head);
	struct log_reader *r = log_new(LOG_PLAIN);
	struct cursor c = cursor_of(head);
	struct view line;
	while (guess.lines < LOG_HEAD_LINES &&
		head_line(&c, guess.lines == 0, &line)) {
		struct log_record record;
		log_parse_line(r, line, &record);
		votes[record.family]++;
		guess.lines++;
		guess.recognised += record.family != LOG_PLAIN;
		monotonic_vote(&m, line);
	}
	log_free(r);
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
