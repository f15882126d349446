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

/* Lines that go on another one stand behind a full one, each of them. */
static bool
goes_on(struct log_reader *r, struct view text, size_t width)
{
	struct view line;
	bool full = false;
	size_t on = 0;
	size_t starts = 0;
	while (line_next(&text, &line)) {
		bool plain = line.len > 0 && is_plain(r, line);
		if (plain != full && line.len > 0)
			return false;
		on += plain;
		starts += !plain && line.len > 0;
		full = line.len == width;
	}
	return on > 0 && starts > 0;
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
	uint8_t *joined = arena_take(a, text->len + 1);
	uint32_t *numbers =
		arena_take(a, (lines_of(*text) + 1) * sizeof *numbers);
	size_t len = 0;
	size_t count = 0;
	size_t index = 0;
	bool full = false;
	struct view rest = *text;
	for (struct view line; line_next(&rest, &line); index++) {
		if (!full)
			numbers[count++] = (*lines)[index];
		memcpy(joined + len, line.data, line.len);
		len += line.len;
		full = line.len == width;
		if (!full)
			joined[len++] = '\n';
	}
	*text = view_of(joined, len);
	*lines = numbers;
	return true;
}
