/*
 * The width is the longest line's. A line as long as that is whole, or goes on:
 * what the next one begins with tells.
 */
#include "ingest/wraps.h"

#include <string.h>

#include "base/text.h"
#include "parsers/log/log.h"

/* Widths of terminals, in bytes; longer lines are none's. */
#define WIDTH_MIN 60
#define WIDTH_MAX 400

static size_t
width_of(struct view text)
{
	size_t width = 0;
	struct view line;
	while (line_next(&text, &line)) {
		if (line.len > WIDTH_MAX)
			return 0;
		width = line.len > width ? line.len : width;
	}
	return width < WIDTH_MIN ? 0 : width;
}

static bool
is_plain(struct log_reader *r, struct view line)
{
	struct log_record record;
	log_parse_line(r, line, &record);
	return record.family == LOG_PLAIN || record.time.kind == LOG_TIME_NONE;
}

/* Widths that terminals have by themselves. */
static bool
is_usual(size_t width)
{
	static const size_t widths[] = {80, 100, 120, 132, 160, 200};
	for (size_t i = 0; i < sizeof widths / sizeof *widths; i++)
		if (width == widths[i])
			return true;
	return false;
}

/* Bytes at the end of a line by which a message that repeats is known. */
#define END_BYTES 12

struct breaks {
	struct view first; /* the end of the first line that was broken */
	size_t count;
	size_t blank; /* what goes on begins with a blank */
	bool differ;  /* lines break at different words */
	bool whole;   /* one of them ends as a sentence does */
};

static void
break_take(struct breaks *b, struct view full, struct view next)
{
	struct view end = view_skip(full, full.len - END_BYTES);
	if (b->count++ == 0)
		b->first = end;
	b->differ = b->differ || !view_equal(end, b->first);
	b->blank += next.data[0] == ' ';
	b->whole = b->whole || byte_among(full.data[full.len - 1], ".!?)]}\"");
}

/*
 * Did a terminal break the lines? One dated line with an undated one below it is
 * no more than that, and the same message twice has the same length twice: the
 * second line would get a time that is not its own.
 */
static bool
breaks_show(const struct breaks *b, size_t width)
{
	return b->count > 0 &&
		((is_usual(width) && !b->whole) || b->blank == b->count ||
			b->differ);
}

/* Up to the width; a line that broke at a blank may have lost it. */
static bool
is_full(struct view line, size_t width)
{
	return line.len == width;
}

static bool
is_near(struct view line, size_t width)
{
	return line.len + 1 == width;
}

/* Lines that go on another one stand behind a full one, each of them. */
static bool
goes_on(struct log_reader *r, struct view text, size_t width)
{
	struct view line;
	struct view before = {0};
	struct breaks breaks = {0};
	size_t starts = 0;
	while (line_next(&text, &line)) {
		bool full = is_full(before, width);
		bool plain = line.len > 0 && is_plain(r, line);
		if (plain != full && line.len > 0 &&
			!(plain && is_near(before, width)))
			return false;
		if (plain)
			break_take(&breaks, before, line);
		starts += !plain && line.len > 0;
		before = line;
	}
	return starts > 0 && breaks_show(&breaks, width);
}

bool
wraps_has(struct view text)
{
	size_t width = width_of(text);
	if (width == 0)
		return false;
	struct log_reader *r = log_new(LOG_PLAIN);
	bool has = goes_on(r, text, width);
	log_free(r);
	return has;
}

static size_t
lines_of(struct view text)
{
	size_t count = 0;
	struct view line;
	while (line_next(&text, &line))
		count++;
	return count;
}

bool
wraps_join(struct view *text, const uint32_t **lines, struct arena *a)
{
	size_t width = width_of(*text);
	if (!wraps_has(*text))
		return false;
	struct log_reader *r = log_new(LOG_PLAIN);
	uint8_t *joined = arena_take(a, text->len + 1);
	uint32_t *numbers =
		arena_take(a, (lines_of(*text) + 1) * sizeof *numbers);
	size_t len = 0;
	size_t count = 0;
	size_t index = 0;
	bool full = false;
	bool near = false;
	struct view rest = *text;
	for (struct view line; line_next(&rest, &line); index++) {
		bool blank = near && line.len > 0 && is_plain(r, line);
		if (index > 0 && !full)
			joined[len++] = blank ? ' ' : '\n';
		if (!full && !blank)
			numbers[count++] = (*lines)[index];
		memcpy(joined + len, line.data, line.len);
		len += line.len;
		full = is_full(line, width);
		near = is_near(line, width);
	}
	log_free(r);
	*text = view_of(joined, len);
	*lines = numbers;
	return true;
}
