/*
 * Attempts in the words of other tools: lostsyn export. Behind them stand the
 * failures that somebody reports and no capture shows: they have no attempt, and
 * say how it failed, how often, and who tells of it.
 *
 * Every format is written from one table of names (export_fields.def) and one
 * query; they stream, and memory does not grow with the number of attempts. In
 * CSV a text that a spreadsheet would take for a formula begins with a '.
 */
#ifndef REPORT_EXPORT_H
#define REPORT_EXPORT_H

#include "report/report.h"

/* The rows of export_formats.def, in its order. */
enum export_format {
#define X(name, word, function, meaning) EXPORT_##name,
#include "report/export_formats.def"
#undef X
	EXPORT_FORMATS
};

/* The attempts that are not clean, or all of them; of clean ones it is known
 * only with analyze --all-attempts what each vantage saw. False with *e set when
 * the database cannot be read or out not be written. */
bool report_export(struct report *r, FILE *out, enum export_format format,
	bool all, struct error *e);

#endif
