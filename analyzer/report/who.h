/*
 * Who is who, in words: what machines are, how sure that is, and from what it
 * was concluded.
 */
#ifndef REPORT_WHO_H
#define REPORT_WHO_H

#include "report/report_model.h"
#include "report/sentences.h"

/* "server of 198.51.100.20:80", "client of ... and server of ..."; what its role
 * says where it is no service's. Not while QUERY_MACHINE_ROLES is read. */
const char *who_roles(
	struct report *r, const struct report_machine *m, char text[WORDS_MAX]);

/* "stated by name or option", "shown by the evidence", "likely", "nothing shows
 * it". Static storage. */
const char *who_sure(const struct report_machine *m);

/* "If not so" or, of a machine whose role nothing shows, "To tell it": what stands
 * before the words that say so. Static storage. */
const char *who_otherwise(const struct report_machine *m);

/* What says which files are its and what it is; no full stop. */
const char *who_known(
	struct report *r, const struct report_machine *m, char text[WORDS_MAX]);

/* Does anything but a guess tell its role? */
bool who_is_sure(const struct report_machine *m);

#endif
