/*
 * Writing in a ticket's markup; see ticket_markup.h. Text goes out character by
 * character, each through the form's escape.
 */
#include "report/ticket_markup.h"

#include <stdarg.h>

#include "base/safe_format.h"
#include "base/utf8.h"

/* One text in a comment. */
#define TICKET_TEXT_MAX 500

const struct ticket_form ticket_forms[] = {
#define X(name, ...) [REPORT_TICKET_##name] = {__VA_ARGS__},
#include "report/ticket_forms.def"
#undef X
};

/* Of the format's own words: they are ours, and no word of evidence continues
 * one. */
static void
put_raw(void *context, const char *data, size_t len)
{
	struct ticket *m = context;
	fwrite_unlocked(data, 1, len, m->sink.out);
	m->sink.previous = ' ';
}

/* One code point of an argument, through the form's escape; what stood before
 * it is kept for the next. */
static void
put_code(void *context, uint32_t code)
{
	struct ticket *m = context;
	m->form->escape(&m->sink, code);
	m->sink.run = code == m->sink.previous ? m->sink.run + 1 : 1;
	m->sink.previous = code;
}

/* Each call is a text of its own: what an earlier one ended with makes no
 * mention of this one's beginning. */
void
ticket_text(struct ticket *m, const char *format, ...)
{
	const struct safe_sink sink = {
		.raw = put_raw,
		.code = put_code,
		.context = m,
		.text_max = TICKET_TEXT_MAX,
	};
	va_list arguments;
	m->sink.previous = ' ';
	va_start(arguments, format);
	safe_vformat(&sink, format, arguments);
	va_end(arguments);
}

void
ticket_mark(struct ticket *m, const char *markup)
{
	fputs(markup, m->sink.out);
}

void
ticket_para(struct ticket *m, const char *text)
{
	if (!text[0])
		return;
	ticket_text(m, "%s", text);
	ticket_mark(m, m->form->para_end);
}

void
ticket_code_begin(struct ticket *m)
{
	ticket_mark(m, m->form->code);
	m->sink.verbatim = true;
}

void
ticket_code_end(struct ticket *m)
{
	m->sink.verbatim = false;
	ticket_mark(m, m->form->code_end);
}

/* Without heads (a form without tables) each row becomes a paragraph, its cells
 * with their labels. */
void
ticket_table(struct ticket *m, const char *const *heads, const char *align)
{
	const struct ticket_form *f = m->form;
	ticket_mark(m, f->table);
	if (f->head == NULL)
		return;
	for (size_t i = 0; align[i] != '\0'; i++) {
		ticket_mark(m, i == 0 ? f->head : f->head_between);
		ticket_mark(m, heads[i]);
	}
	ticket_mark(m, f->head_end);
	if (f->escape != escape_markdown)
		return;
	for (size_t i = 0; align[i] != '\0'; i++)
		ticket_mark(m, align[i] == 'r' ? "| ---: " : "| --- ");
	ticket_mark(m, "|\n");
}

void
ticket_row(struct ticket *m)
{
	ticket_mark(m, m->form->row);
	m->cells = 0;
}

/* In a form without tables an empty cell leaves nothing, not even its label. */
void
ticket_cell(struct ticket *m, const char *label, const char *text)
{
	if (m->form->between != NULL) {
		ticket_mark(m, m->cells++ > 0 ? m->form->between : "");
		ticket_text(m, "%s", text);
	} else if (text[0]) {
		ticket_mark(m, m->cells++ > 0 ? "; " : "");
		ticket_mark(m, label);
		ticket_text(m, "%s", text);
	}
}

void
ticket_row_end(struct ticket *m)
{
	ticket_mark(m, m->form->row_end);
}
