/*
 * Any bytes as a transcript: cleaned in place, unfolded, then split.
 *
 * Beyond memory errors it looks for broken promises of transcript.h: bodies that
 * overlap, lie outside of the bytes or hold no line, and line numbers that are
 * not those of the bytes. Seeds are written by hand.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "fuzz_run.h"

#include "parsers/transcript/transcript.h"

static uint32_t
line_at(const uint8_t *bytes, const uint8_t *at)
{
	uint32_t line = 1;
	for (; bytes < at; bytes++)
		line += *bytes == '\n';
	return line;
}

static void
require_inside(struct view v, const uint8_t *bytes, size_t len)
{
	require(v.len == 0 ||
		(v.data >= bytes && v.data + v.len <= bytes + len));
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	uint8_t *copy = malloc(size + 1);
	require(copy != NULL);
	memcpy(copy, data, size);
	size_t len = transcript_clean(copy, size);
	require(len <= size);
	/* Of its own size, so that reading behind it is seen. */
	uint8_t *bytes = malloc(len > 0 ? len : 1);
	require(bytes != NULL);
	memcpy(bytes, copy, len);
	free(copy);
	struct arena a = {0};
	struct transcript_text whole;
	transcript_unfold(view_of(bytes, len), &a, &whole);
	free(bytes);
	bytes = malloc(whole.text.len > 0 ? whole.text.len : 1);
	require(bytes != NULL);
	memcpy(bytes, whole.text.data, whole.text.len);
	len = whole.text.len;
	struct transcript t;
	struct transcript_part part;
	const uint8_t *end = bytes;
	size_t parts = 0;
	transcript_marks(view_of(bytes, len));
	transcript_open(&t, view_of(bytes, len));
	while (transcript_next(&t, &part)) {
		require(++parts <= TRANSCRIPT_PARTS_MAX);
		require(part.body.len > 0 && part.body.data >= end);
		require_inside(part.body, bytes, len);
		require_inside(part.host, bytes, len);
		require_inside(part.command, bytes, len);
		/* Of a loop that only dates part it is a list of its own. */
		if (!t.dated)
			require_inside(part.row, bytes, len);
		require(part.line == line_at(bytes, part.body.data));
		require(part.line <= whole.count);
		require(whole.lines[part.line - 1] <= size + 1);
		end = part.body.data + part.body.len;
	}
	arena_release(&a);
	free(bytes);
	return 0;
}
