/*
 * A log scanned in windows: what a file's events are, whatever the pieces in
 * which it comes.
 */
#ifndef TESTS_UNIT_LOG_WINDOWS_H
#define TESTS_UNIT_LOG_WINDOWS_H

#include <stdio.h>
#include <stdlib.h>

#include "parsers/patterns/scan.h"

/*
 * What print says of the events of a file whose end is seen step bytes further at
 * each turn, as text that the caller frees. Each window lies in memory of its own
 * size, so that a read beyond it shows under a sanitizer. Every byte is asked to
 * be taken, and every line to be counted once.
 */
static inline char *
log_windows(const struct pattern_set *set, struct view file, size_t step,
	log_emit *print, struct log_scan_summary *summary)
{
	char *text = NULL;
	size_t text_len = 0;
	FILE *out = open_memstream(&text, &text_len);
	struct log_scanner *s = log_scanner_new(set, file, "");
	size_t start = 0;
	size_t have = 0;
	do {
		have = have + step < file.len ? have + step : file.len;
		size_t n = have - start;
		uint8_t *exact = malloc(n + (n == 0));
		assert_non_null(exact);
		memcpy(exact, file.data + start, n);
		struct view window = view_of(exact, n);
		log_scan(s, &window, have == file.len, print, out);
		start += n - window.len;
		free(exact);
	} while (have < file.len);
	*summary = *log_scan_summary(s);
	assert_int_equal(start, file.len);
	assert_int_equal(summary->bytes, file.len);
	assert_int_equal(summary->lines,
		summary->recognised + summary->weightless + summary->unknown +
			summary->other);
	log_scanner_free(s);
	fclose(out);
	return text;
}

#endif
