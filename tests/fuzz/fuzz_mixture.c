/*
 * Any text as a table and a log in one: every line is of one part, in the order
 * in which it stood, and the parts have all of them.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "fuzz_run.h"

#include "ingest/mixture.h"

/* The numbers of the lines, from 1. */
static uint32_t *
lines_number(struct arena *a, size_t count)
{
	uint32_t *lines = arena_take(a, (count + 1) * sizeof *lines);
	for (size_t i = 0; i < count; i++)
		lines[i] = (uint32_t)i + 1;
	return lines;
}

static void
require_whole(const struct transcript_row *row, struct view text)
{
	struct arena a = {0};
	const uint32_t *lines = lines_number(&a, row->lines);
	size_t bytes = 0;
	for (size_t i = 0; i < row->count; i++) {
		struct transcript_run run;
		require(transcript_row_run(row, i, text, lines, &a, &run));
		bytes += run.body.len;
		uint32_t last = 0;
		for (size_t k = 0; run.body.len > 0; k++) {
			require(run.lines[k] > last);
			last = run.lines[k];
			require(transcript_line(&run.body).len > 0);
		}
	}
	require(bytes == text.len);
	arena_release(&a);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	/* Of its own size, so that reading behind it is seen. */
	uint8_t *bytes = malloc(size > 0 ? size : 1);
	require(bytes != NULL);
	if (size > 0)
		memcpy(bytes, data, size);
	struct view text = view_of(bytes, size);
	struct transcript_row row;
	if (mixture_split(&row, text)) {
		require_whole(&row, text);
		transcript_row_release(&row);
	}
	free(bytes);
	return 0;
}
