/*
 * The parts of report.json that have a file of their own, and what they share.
 */
#ifndef REPORT_JSON_SECTIONS_H
#define REPORT_JSON_SECTIONS_H

#include "report/json_writer.h"
#include "report/report_model.h"

void json_write_attempts(struct json_writer *w, struct report *r);
void json_write_findings(struct json_writer *w, struct report *r);

/* A time on the reference clock, or null for CLOCK_UNKNOWN_NS. */
void jsonw_time(struct json_writer *w, int64_t ns);

/* An array of texts from one that a column holds as JSON. */
void jsonw_list(struct json_writer *w, struct report *r, const char *list);

/* "services" and "services_left_out" of the summary. */
void json_write_services(struct json_writer *w, struct report *r);

#endif
