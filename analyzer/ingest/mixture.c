/*
 * See mixture.h. Each part has to be what it is by itself, by several lines.
 */
#include "ingest/mixture.h"

#include "base/text.h"
#include "parsers/flow/flow.h"
#include "parsers/host/host.h"
#include "parsers/log/log.h"

/* Fewer lines of a table are a quotation. Of the log one is enough: it names its
 * program and has a time, and the table's parser would pass over it. */
#define TABLE_LINES_MIN 3

/* Of a table's own lines its parser reads so many in ten; of the log's lines no
 * more than one in ten. */
#define TABLE_TENTHS 6
#define STRANGE_TENTHS 1

enum { TABLE, LOG, PARTS };

/* Is more than half of the lines an object of JSON each? Such a flow log's records
 * have a time and name who wrote them, as a log's do. */
static bool
is_json(struct view text)
{
	size_t objects = 0;
	size_t lines = 0;
	while (text.len > 0) {
		struct view line = view_trim(transcript_line(&text));
		lines += line.len > 0;
		objects += line.len > 0 && line.data[0] == '{';
	}
	return objects * 2 > lines;
}

/* Whose each line is; how many there are of each, without the blank ones. */
static void
owners_find(struct transcript_row *row, struct view text, size_t count[PARTS])
{
	bool json = is_json(text);
	struct log_reader *reader = log_new(LOG_PLAIN);
	for (size_t i = 0; i < row->lines; i++) {
		struct view line = view_trim(transcript_line(&text));
		struct log_record record;
		if (line.len == 0)
			continue;
		log_parse_line(reader, line, &record);
		bool log = !(json && line.data[0] == '{') &&
			record.family != LOG_PLAIN && record.tag.len > 0 &&
			record.time.kind != LOG_TIME_NONE;
		row->owners[i] = log ? LOG : TABLE;
		count[row->owners[i]]++;
	}
	log_free(reader);
}

/* How many lines there are, and how many of them a parser reads. */
struct share {
	uint64_t lines;
	uint64_t read;
};

static struct share
share_of_table(enum host_kind kind, struct view text)
{
	const struct host_sink nobody = {0};
	struct host_result r;
	host_parse(kind, text, "", &nobody, &r);
	return (struct share){r.lines, r.recognised};
}

/* The same of a flow log; its headings are neither. */
static struct share
share_of_flows(struct view text)
{
	struct flow_reader *r = flow_new((struct anomaly_sink){0});
	struct flow_record record;
	while (flow_next(r, &text, true, &record) == FLOW_RECORD)
		;
	const struct flow_summary s = *flow_summary(r);
	flow_free(r);
	return (struct share){s.records + s.malformed + s.no_header, s.records};
}

/* Is the one part a table or a flow log by itself, whose parser reads nothing of
 * the other? */
static bool
bodies_differ(struct view table, struct view log)
{
	struct share own;
	struct share strange;
	enum host_kind kind = HOST_NONE;
	if (flow_recognise(table) != FLOW_FORMAT_NONE) {
		own = share_of_flows(table);
		strange = share_of_flows(log);
	} else {
		kind = host_recognise(table, "");
		if (kind == HOST_NONE || kind == HOST_UNRELATED)
			return false;
		own = share_of_table(kind, table);
		strange = share_of_table(kind, log);
	}
	return own.read > 0 && own.read * 10 >= own.lines * TABLE_TENTHS &&
		strange.read * 10 <= strange.lines * STRANGE_TENTHS;
}

static bool
parts_differ(const struct transcript_row *row, struct view text)
{
	struct arena a = {0};
	struct transcript_run run[PARTS];
	uint32_t *numbers = arena_take(&a, row->lines * sizeof *numbers);
	bool differ = transcript_row_run(
			      row, TABLE, text, numbers, &a, &run[TABLE]) &&
		transcript_row_run(row, LOG, text, numbers, &a, &run[LOG]) &&
		bodies_differ(run[TABLE].body, run[LOG].body);
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
	if (count[TABLE] >= TABLE_LINES_MIN && count[LOG] > 0 &&
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
