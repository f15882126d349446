/*
 * The table of names, and which writer is whose. A member's type follows from
 * its KIND, for that is how it is read here: the compiler sees to it.
 */
#include "report/export_field.h"

#include <stddef.h>
#include <string.h>

#include "base/clock.h"

const struct export_field export_fields[EXPORT_FIELDS] = {
#define X(member, kind, plain, type, zeek, ecs, ocsf, otlp)            \
	{EXPORT_##kind, offsetof(struct report_export, member), #type, \
		{[EXPORT_CSV] = plain,                                 \
			[EXPORT_NDJSON] = plain,                       \
			[EXPORT_ZEEK] = zeek,                          \
			[EXPORT_ECS] = ecs,                            \
			[EXPORT_OCSF] = ocsf,                          \
			[EXPORT_OTLP] = otlp,                          \
			[EXPORT_PROMETHEUS] = plain}},
#include "report/export_fields.def"
#undef X
};

/* A row whose member is of another type than its KIND does not compile. */
#define IS_INT(x) _Generic((x), int64_t : true, default : false)
#define IS_TIME(x) IS_INT(x)
#define IS_SPAN(x) IS_INT(x)
#define IS_TEXT(x) _Generic((x), const char * : true, default : false)
#define IS_LIST(x) IS_TEXT(x)
#define X(member, kind, plain, type, zeek, ecs, ocsf, otlp)            \
	_Static_assert(IS_##kind(((struct report_export *)0)->member), \
		#member " is not of its KIND");
#include "report/export_fields.def"
#undef X

/* Read by its offset, which memcpy does without a cast. Only for kinds whose
 * member is an int64_t. */
int64_t
export_number(const struct report_export *x, enum export_field_id id)
{
	int64_t value;
	memcpy(&value, (const char *)x + export_fields[id].member,
		sizeof value);
	return value;
}

const char *
export_text(const struct report_export *x, enum export_field_id id)
{
	const char *value;
	memcpy(&value, (const char *)x + export_fields[id].member,
		sizeof value);
	return value;
}

bool
export_unknown(const struct report_export *x, enum export_field_id id)
{
	switch (export_fields[id].kind) {
	case EXPORT_INT:
	case EXPORT_SPAN:
		return export_number(x, id) < 0;
	case EXPORT_TIME:
		return export_number(x, id) == CLOCK_UNKNOWN_NS;
	case EXPORT_TEXT:
	case EXPORT_LIST:
		return export_text(x, id) == NULL;
	}
	return true;
}

/* Whoever asks for clean attempts pays for reading them: the other query never
 * touches them. */
struct export_rows
export_begin(struct report *r, bool all)
{
	report_begin(r, all ? QUERY_EXPORT_ALL : QUERY_EXPORT);
	return (struct export_rows){.r = r, .all = all};
}

bool
export_next(struct export_rows *rows, struct report_export *x)
{
	if (!rows->told) {
		if (report_export_read(rows->r,
			    rows->all ? QUERY_EXPORT_ALL : QUERY_EXPORT, x))
			return true;
		rows->told = true;
		report_begin(rows->r, QUERY_EXPORT_REPORTED);
	}
	return report_export_read(rows->r, QUERY_EXPORT_REPORTED, x);
}

/* The writers themselves know nothing of trouble: a query that fails ends their
 * rows, and what failed is told here. */
bool
report_export(struct report *r, FILE *out, enum export_format format, bool all,
	struct error *e)
{
	static export_writer *const writers[EXPORT_FORMATS] = {
#define X(name, word, function, meaning) [EXPORT_##name] = function,
#include "report/export_formats.def"
#undef X
	};
	writers[format](r, out, all);
	return report_settled(r, out, e);
}
