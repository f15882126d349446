/*
 * What the table of services says in each of its cells, for all formats.
 */
#ifndef REPORT_SERVICE_WORDS_H
#define REPORT_SERVICE_WORDS_H

#include "report/evidence.h"
#include "report/report_model.h"

/* True when services are worth a table: there are several, and one of them is
 * in trouble. One alone is told in prose. */
bool services_have_table(const struct report *r);

/* Rows of the terminal that come with their evidence. */
#define SERVICES_DECIDED_MAX 3

/* True when a row that stands for several services has this rule's cause. */
bool services_group_of(const struct report *r, const char *rule);

/* True when one of these shows the strongest evidence of the finding. */
bool services_show(const struct report *r, int64_t finding);

/* "198.51.100.20:5432", "198.51.100.20, 37 ports", "37 services at 12
 * addresses". */
const char *services_name(const struct report *r, const struct report_group *g,
	char text[WORDS_MAX]);

/* "10.1.0.9", "3 clients"; "" when nobody failed. */
const char *services_from(
	struct report *r, const struct report_group *g, char text[WORDS_MAX]);

/* "1,545 of 1,545", "5 of 2,500, 3 undecided". */
const char *services_failed(const struct report_group *g, char text[WORDS_MAX]);

/* "100 %", "0.2 %", "<0.1 %": of the attempts failed. */
const char *services_share(const struct report_group *g, char text[WORDS_MAX]);

/* "SYN dropped by server, certain", and of how many where not of all; what is
 * possible, and why no more, where the evidence cannot say; "" when nothing
 * failed. */
const char *services_where(
	struct report *r, const struct report_group *g, char text[WORDS_MAX]);

/* "confirmed: the server's own firewall drops", and how many it explains where
 * not all; "no cause found" without one, "" when nothing failed. */
const char *services_why(const struct report *r, const struct report_group *g,
	char text[WORDS_MAX]);

/* The one piece that decides: of the cause, else the packets of one attempt.
 * place is where it stands, "" when in no single input. */
const char *services_evidence(struct report *r, const struct service_sum *s,
	char text[WORDS_MAX], char place[WORDS_MAX]);

/* The input and line of it, -1 where there is none. */
struct evidence_at {
	int64_t source, line;
	bool is_capture;
};
struct evidence_at services_evidence_at(
	struct report *r, const struct service_sum *s);

/* "13 other services: 4,455 attempts, none failed"; "" without others. */
const char *services_others(const struct report *r, char text[WORDS_MAX]);

#endif
