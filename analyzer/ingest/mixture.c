/*
 * See mixture.h. Each part has to be what it is by itself, by several lines.
 */
#include "ingest/mixture.h"

#include "base/text.h"
#include "parsers/host/host.h"
#include "parsers/log/log.h"

/* Fewer lines of either are a quotation, and decide nothing. */
#define LINES_MIN 3

/* Of a table's own lines its parser reads so many in ten; of the log's lines no
 * more than one in ten. */
#define TABLE_TENTHS 6
#define STRANGE_TENTHS 1

enum { TABLE, LOG, PARTS };

/* Whose each line is; how many there are of each, without the blank ones. */
static void
owners_find(struct transcript_row *row, struct view text, size_t count[PARTS])
{
	struct log_reader *reader = log_new(LOG_PLAIN);
	for (size_t i = 0; i < row->lines; i++) {
		struct view line = view_trim(transcript_line(&text));
		struct log_record record;
		if (line.len == 0)
			continue;
		log_parse_line(reader, line, &record);
		bool log = record.family != LOG_PLAIN && record.tag.len > 0 &&
			record.time.kind != LOG_TIME_NONE;
		row->owners[i] = log ? LOG : TABLE;
		count[row->owners[i]]++;
	}
	log_free(reader);
}

static struct host_result
result_of(enum host_kind kind, struct view text)
{
	const struct host_sink nobody = {0};
	struct host_result r;
	host_parse(kind, text, "", &nobody, &r);
	return r;
}

/* Is the one part a table by itself, whose parser reads nothing of the other? */
static bool
parts_differ(const struct transcript_row *row, struct view text)
{
	struct arena a = {0};
	struct transcript_run run[PARTS];
	bool differ = false;
	uint32_t *numbers = arena_take(&a, row->lines * sizeof *numbers);
	if (transcript_row_run(row, TABLE, text, numbers, &a, &run[TABLE]) &&
		transcript_row_run(row, LOG, text, numbers, &a, &run[LOG])) {
		enum host_kind kind = host_recognise(run[TABLE].body, "");
		struct host_result own = result_of(kind, run[TABLE].body);
		struct host_result strange = result_of(kind, run[LOG].body);
		differ = kind != HOST_NONE && kind != HOST_UNRELATED &&
			own.recognised * 10 >= own.lines * TABLE_TENTHS &&
			strange.recognised * 10 <=
				strange.lines * STRANGE_TENTHS;
	}
	arena_release(&a);
	return differ;
}

static size_t
lines_in(struct view text)
{
	size_t n = 0;
	for (; text.len > 0; n++)
		transcript_line(&text);
	return n;
}

bool
mixture_split(struct transcript_row *row, struct view text)
{
	size_t count[PARTS] = {0};
	*row = (struct transcript_row){0};
	row->count = PARTS;
	row->lines = lines_in(text);
	row->owners = memory_take(row->lines + 1, 1);
	owners_find(row, text, count);
	if (count[TABLE] >= LINES_MIN && count[LOG] >= LINES_MIN &&
		parts_differ(row, text))
		return true;
	transcript_row_release(row);
	return false;
}

bool
mixture_is(struct view text)
{
	struct transcript_row row;
	if (!mixture_split(&row, text))
		return false;
	transcript_row_release(&row);
	return true;
}
