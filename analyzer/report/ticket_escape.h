/*
 * Text from evidence in the markups of tickets: a log line may hold anything,
 * and whoever wrote it must not mention people, link, include or end anything in
 * somebody's ticket.
 *
 * One code point at a time; what is hidden or no UTF-8 has been replaced before
 * (safe_format.h).
 */
#ifndef REPORT_TICKET_ESCAPE_H
#define REPORT_TICKET_ESCAPE_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

struct ticket_sink {
	FILE *out;         /* borrowed */
	uint32_t previous; /* code point of the same text; 0 at its beginning */
	int run;           /* so often did it stand there, one behind another */
	bool verbatim;     /* in a block of code */
};

/* Write one code point of a text. */
typedef void ticket_escape(struct ticket_sink *t, uint32_t code);

/* One for each markup; ticket_forms.def says which system has which. */
ticket_escape escape_markdown; /* GitHub's and GitLab's */
ticket_escape escape_jira;
ticket_escape escape_servicenow;
ticket_escape escape_slack;
ticket_escape escape_text;

#endif
