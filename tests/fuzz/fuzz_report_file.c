/*
 * A report.json from a stranger: any bytes are read or refused with a reason;
 * what is read can be compared with itself, in words and as JSON, and nothing
 * then steers the terminal.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/utf8.h"
#include "diff/diff.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
compare(const struct report_file *file, struct arena *a)
{
	struct diff d;
	char *text = NULL;
	size_t len = 0;
	FILE *out = open_memstream(&text, &len);
	diff_make(&d, file, file, NULL, 0, a);
	/* The same report shows no change, whatever it says. */
	if (d.worse || d.proved)
		abort();
	diff_write_text(&d, out, 80, false);
	diff_write_json(&d, out);
	diff_write_junit(&d, out);
	diff_write_sarif(&d, out);
	fclose(out);
	for (struct view v = view_of(text, len); v.len > 0;) {
		uint32_t code = utf8_take(&v);
		if (code != '\n' && utf8_is_hidden(code))
			abort();
	}
	free(text);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct report_file file;
	struct arena a = {0};
	struct error e = {0};
	char *text = malloc(size ? size : 1);
	memcpy(text, data, size);
	if (report_file_read(&file, text, size, &a, &e))
		compare(&file, &a);
	else if (e.text[0] == '\0')
		abort();
	arena_release(&a);
	free(text);
	return 0;
}
