/*
 * The header of a mail or of a part of one: fields, and their parameters.
 */
#ifndef PARSERS_MAIL_HEADER_H
#define PARSERS_MAIL_HEADER_H

#include "mail.h"

struct header {
	struct view type;        /* the value of Content-Type, or empty */
	struct view disposition; /* of Content-Disposition */
	struct view coding;      /* of Content-Transfer-Encoding */
	bool from;
	bool mime;
};

/* Read a header up to its blank line, or all of rest; rest is what follows.
 * False when a line is no field: then it is no header. */
bool header_read(struct view *rest, struct header *out);

/* The value's first word, up to ";". */
struct view header_word(struct view value);

/* A parameter as it stands, without its quotes; empty when there is none. */
struct view header_parameter(struct view value, const char *name);

/* What the part is called as a file, decoded; "" when nothing says it. */
void header_name(const struct header *f, char out[MAIL_NAME_MAX]);

/* Equal but for the case of ASCII letters. */
bool header_same(struct view v, const char *text);

#endif
