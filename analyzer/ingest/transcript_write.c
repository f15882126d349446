/*
 * The row of a transcript: its size and hash, and how many of its lines parts have.
 */
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "ingest/anomaly_counts.h"
#include "ingest/stream.h"
#include "ingest/transcripts.h"

uint64_t
transcript_part_lines(struct view body, const uint32_t *lines, uint32_t *last)
{
	uint64_t count = 0;
	struct view line;
	for (size_t i = 0; line_next(&body, &line); i++) {
		count += lines[i] != *last;
		*last = lines[i];
	}
	return count;
}

/* Lines of the transcript that parts have. */
static uint64_t
lines_of_parts(const struct case_files *files, const struct case_file *f)
{
	uint64_t lines = 0;
	uint32_t last = 0;
	for (size_t i = 0; i < files->count; i++) {
		const struct case_file *p = &files->list[i];
		if (p->whole != NULL && strcmp(p->whole, f->name) == 0)
			lines += transcript_part_lines(
				p->part, p->part_lines, &last);
	}
	return lines;
}

bool
transcript_write(struct source_rows *w, const struct case_files *files,
	size_t index, struct error *e)
{
	const struct case_file *f = &files->list[index];
	struct anomaly_counts counts = {0};
	struct stream s;
	struct error unreadable = {0};
	struct store_source row = source_row_of(f, f->kind_id);
	int64_t id;
	row.compression = f->compression;
	bool open = case_file_open(
		f, &s, anomaly_counts_sink(&counts), &unreadable);
	if (!open)
		row.note = unreadable.text;
	bool ok = source_rows_add(w, &row, &id, e);
	if (!open)
		return ok;
	size_t len;
	uint64_t lines = 0;
	uint8_t *data = stream_read_whole(&s, TRANSCRIPT_BYTES_MAX, &len);
	for (size_t i = 0; i < len; i++)
		lines += data[i] == '\n' || i + 1 == len;
	bool cut =
		!s.at_eof || s.window.len > 0 || lines > TRANSCRIPT_LINES_MAX;
	free(data);
	stream_finish(&s);
	uint64_t read = lines_of_parts(files, f);
	read = read < lines ? read : lines;
	const char *note = s.error.kind != ERROR_NONE ? s.error.text
		: cut ? "longer than is read; the rest was passed over"
		: f->problem != NULL
		? f->problem
		: "split at its prompts; each part is read as a file";
	ok = ok &&
		source_rows_complete(w, id, s.sha256, (int64_t)s.raw_bytes,
			(int64_t)lines, note, e) &&
		source_rows_count(w, id, "recognised", read, e) &&
		source_rows_count(w, id, "other", lines - read, e) &&
		anomaly_counts_write(&counts, w, id, e);
	stream_close(&s);
	return ok;
}
