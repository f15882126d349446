/*
 * The rows of export_fields.def, for the writers of the formats.
 */
#ifndef REPORT_EXPORT_FIELD_H
#define REPORT_EXPORT_FIELD_H

#include "report/export.h"
#include "report/report_model.h"

/* What a member is, and so how each format writes it. SPANs are microseconds,
 * TIMEs nanoseconds on the reference clock, LISTs a JSON array of texts. */
enum export_kind {
	EXPORT_INT,  /* below 0: unknown */
	EXPORT_TEXT, /* NULL: unknown */
	EXPORT_LIST, /* NULL: unknown */
	EXPORT_TIME, /* CLOCK_UNKNOWN_NS: unknown */
	EXPORT_SPAN, /* below 0: unknown */
};

enum export_field_id {
#define X(member, kind, plain, zeek_type, zeek, ecs, ocsf, otlp) \
	EXPORT_FIELD_##member,
#include "report/export_fields.def"
#undef X
	EXPORT_FIELDS
};

/* A row of export_fields.def. */
struct export_field {
	enum export_kind kind;
	size_t member; /* offset in struct report_export */
	const char *zeek_type;
	const char *name[EXPORT_FORMATS]; /* "" : has none */
};

extern const struct export_field export_fields[EXPORT_FIELDS];

/* The member: of INT, TIME and SPAN; of TEXT and LIST (NULL: none). */
int64_t export_number(const struct report_export *x, enum export_field_id id);
const char *export_text(const struct report_export *x, enum export_field_id id);
/* The member is not known of this row. */
bool export_unknown(const struct report_export *x, enum export_field_id id);

/* A writer; all: the clean ones too. In trouble it stops; r knows. */
typedef void export_writer(struct report *r, FILE *out, bool all);
#define X(name, word, function, meaning) export_writer function;
#include "report/export_formats.def"
#undef X

/* The rows that are being read: attempts, then what was only reported. */
struct export_rows {
	struct report *r;
	bool all;  /* the clean ones too */
	bool told; /* attempts are at their end */
};

/* Begin the rows, and the next one. */
struct export_rows export_begin(struct report *r, bool all);
bool export_next(struct export_rows *rows, struct report_export *x);

#endif
