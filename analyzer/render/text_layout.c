/*
 * Filling lines; see text_layout.h. Costs a paragraph's memory.
 */
#include "render/text_layout.h"

#include <assert.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/safe_format.h"
#include "base/utf8.h"
#include "render/words.h"

void
text_init(struct text *t, FILE *out, int columns, bool colour)
{
	if (columns == 0)
		columns = TEXT_COLUMNS_DEFAULT;
	if (columns < TEXT_COLUMNS_MIN)
		columns = TEXT_COLUMNS_MIN;
	*t = (struct text){.out = out, .columns = columns, .colour = colour};
}

void
text_release(struct text *t)
{
	free(t->line);
	t->line = NULL;
}

static void
append(void *context, const char *data, size_t len)
{
	struct text *t = context;
	if (t->room - t->used < len) {
		t->room = 2 * t->room + len + 256;
		t->line = memory_grow(t->line, t->room, 1);
	}
	memcpy(t->line + t->used, data, len);
	t->used += len;
}

/* Arrows of our own words (places) are written so that every terminal has
 * them, whatever its locale. */
static void
append_code(void *context, uint32_t code)
{
	char bytes[4];
	if (code == 0x2192)
		append(context, "->", 2);
	else
		append(context, bytes, utf8_put(code, bytes));
}

static struct safe_sink
sink_of(struct text *t, size_t most)
{
	return (struct safe_sink){
		.raw = append,
		.code = append_code,
		.context = t,
		.text_max = most,
	};
}

void
text_add(struct text *t, const char *format, ...)
{
	const struct safe_sink sink = sink_of(t, TEXT_NAME_MAX);
	va_list arguments;
	va_start(arguments, format);
	safe_vformat(&sink, format, arguments);
	va_end(arguments);
}

void
text_prose(struct text *t, const char *sentences)
{
	const struct safe_sink sink = sink_of(t, TEXT_PROSE_MAX);
	safe_text(&sink, sentences);
}

static int
width_of(const char *data, size_t len)
{
	struct view v = view_of(data, len);
	int width = 0;
	while (v.len > 0)
		width += utf8_columns(utf8_take(&v));
	return width;
}

void
text_pad(struct text *t, int column)
{
	int width = width_of(t->line, t->used);
	do
		append(t, " ", 1);
	while (++width < column);
}

void
text_number(struct text *t, int column, int64_t value)
{
	char text[WORDS_MAX];
	int n = (int)strlen(words_number(value, text));
	if (width_of(t->line, t->used) < column - n)
		text_pad(t, column - n);
	append(t, text, (size_t)n);
}

static void
write_line(struct text *t, int indent, const char *data, size_t len,
	enum text_style style)
{
	/* cite: ECMA-48, 8.3.117 SGR. */
	static const char *const starts[] = {
		[TEXT_PLAIN] = "",
		[TEXT_HEADING] = "\033[1m",
		[TEXT_BAD] = "\033[31m",
		[TEXT_UNSURE] = "\033[33m",
		[TEXT_GOOD] = "\033[32m",
		[TEXT_FAINT] = "\033[2m",
	};
	bool styled = t->colour && style != TEXT_PLAIN;
	fprintf(t->out, "%*s%s", indent, "", styled ? starts[style] : "");
	fwrite(data, 1, len, t->out);
	fputs(styled ? "\033[0m\n" : "\n", t->out);
}

/* How many bytes of v go on a line of room columns: up to the last space that
 * fits, or as many characters as fit when there is no space. */
static size_t
line_fit(struct view v, int room)
{
	const uint8_t *start = v.data;
	size_t fits = 0, space = 0;
	int width = 0;
	while (v.len > 0) {
		struct view rest = v;
		uint32_t code = utf8_take(&rest);
		width += utf8_columns(code);
		if (code == ' ' && v.data > start)
			space = (size_t)(v.data - start);
		if (width > room)
			return space > 0 ? space : fits > 0 ? fits : 1;
		v = rest;
		fits = (size_t)(v.data - start);
	}
	return fits;
}

void
text_end(struct text *t, int hang, enum text_style style)
{
	/* However narrow the terminal, half of it stays for words. */
	if (hang > t->columns / 2)
		hang = t->columns / 2;
	struct view v = view_of(t->line, t->used);
	int indent = 0;
	while (v.len > 0 && v.data[0] == ' ') {
		v = view_skip(v, 1);
		indent++;
	}
	while (v.len > 0) {
		size_t n = line_fit(v, t->columns - indent);
		size_t shown = n;
		while (shown > 0 && v.data[shown - 1] == ' ')
			shown--;
		write_line(t, indent, (const char *)v.data, shown, style);
		v = view_skip(v, n);
		while (v.len > 0 && v.data[0] == ' ')
			v = view_skip(v, 1);
		indent = hang;
	}
	t->used = 0;
}

void
text_gap(struct text *t)
{
	assert(t->used == 0);
	fputc('\n', t->out);
}
