/*
 * The parts of report.json that have a file of their own, and what they share.
 */
#ifndef REPORT_JSON_SECTIONS_H
#define REPORT_JSON_SECTIONS_H

#include "render/json_writer.h"
#include "report/report_model.h"

void json_write_attempts(struct json_writer *w, struct report *r);
void json_write_hosts(struct json_writer *w, struct report *r);
void json_write_reported(struct json_writer *w, struct report *r);
void json_write_findings(struct json_writer *w, struct report *r);

/* An array of texts from one that a column holds as JSON. */
static inline void
jsonw_list(struct json_writer *w, const char *name, struct report *r,
	const char *list)
{
	const char *text;
	jsonw_array(w, name);
	if (list && strcmp(list, "[]") != 0) {
		report_list_begin(r, list);
		while (report_list_next(r, &text))
			jsonw_text(w, NULL, text);
	}
	jsonw_end(w);
}

/* The services of the contract: worst first, with where and why. */
void json_write_service_list(struct json_writer *w, struct report *r);

/* "services" and "services_left_out" of the summary. */
void json_write_services(struct json_writer *w, struct report *r);

#endif
