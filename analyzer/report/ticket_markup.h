/*
 * The markup of a ticket: paragraphs, lists, tables and blocks of code in the
 * form that is asked for. What is ours is written as it is; every %s and the
 * like is escaped (ticket_escape.h).
 */
#ifndef REPORT_TICKET_MARKUP_H
#define REPORT_TICKET_MARKUP_H

#include "report/report_model.h"
#include "report/ticket_escape.h"

/* A row of ticket_forms.def, which says what each stands around. */
struct ticket_form {
	const char *id;
	ticket_escape *escape;
	bool inputs; /* there is room for them */
	const char *begin, *end;
	const char *heading, *sub, *heading_end;
	const char *bold, *bold_end, *para_end;
	const char *item, *item_end, *list_end;
	const char *code, *code_end, *line_end; /* a block, and a line of it */
	const char *table, *head, *head_between, *head_end;
	const char *row, *between, *row_end, *table_end;
};

extern const struct ticket_form ticket_forms[];

/* Filled by its first user: everything zero but sink.out, r and form. */
struct ticket {
	struct ticket_sink sink; /* first: what the escapes get */
	struct report *r;
	const struct ticket_form *form;
	int cells; /* of the row that is being written */
};

/* Text, of which arguments are escaped. */
void ticket_text(struct ticket *m, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/* Markup of the form, written as it is. */
void ticket_mark(struct ticket *m, const char *markup);

/* A paragraph of one text; nothing where it is empty. */
void ticket_para(struct ticket *m, const char *text);

/* Between these two text is verbatim, and a line ends with form->line_end. */
void ticket_code_begin(struct ticket *m);
void ticket_code_end(struct ticket *m);

/* The head of a table, of our own words: a letter of align for each, 'l' or
 * 'r', which Markdown asks for. It ends with form->table_end. */
void ticket_table(
	struct ticket *m, const char *const *heads, const char *align);
void ticket_row(struct ticket *m);
/* label is said where there is no head over the column. */
void ticket_cell(struct ticket *m, const char *label, const char *text);
void ticket_row_end(struct ticket *m);

/* One attempt's segments as lines of characters; nothing where no capture shows
 * it. */
void ticket_ladder(struct ticket *m, const struct report_attempt *a);

#endif
