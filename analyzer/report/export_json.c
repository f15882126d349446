/*
 * Objects: NDJSON, ECS, OCSF and OTLP. One line each, so that line tools can
 * take them apart; names with dots go levels down, where rows of
 * export_fields.def that begin alike share an object.
 *
 * spec: OTLP 1.3, opentelemetry/proto/logs/v1/logs.proto in its JSON encoding
 * (numbers of 64 bits are texts)
 *
 *	ndjson  {"first_syn":"2026-...","client_ip":"192.0.2.10",...}
 *	ecs     {"@timestamp":"2026-...","source":{"ip":"192.0.2.10",...},...}
 *	ocsf    {"time":1795221445812,"src_endpoint":{"ip":"192.0.2.10",...},...}
 *	otlp    {"resourceLogs":[{"scopeLogs":[{"logRecords":[...]}]}]}
 */
#include "report/export_field.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "render/json_writer.h"

/* Levels of a name with dots, "metadata.product.name" being the deepest so far,
 * and one to spare; and bytes of a part of one. */
#define LEVELS_MAX 4
#define NAME_MAX 32

/* cite: OpenTelemetry logs data model, SeverityNumber: 9 INFO, 17 ERROR */
#define OTLP_INFO 9
#define OTLP_ERROR 17

/* Objects that are open, by name. */
struct levels {
	char name[LEVELS_MAX][NAME_MAX];
	int count;
};

/* Close what the name is not below, open what it is; returns its last part. */
static const char *
go_to(struct json_writer *w, struct levels *l, const char *name)
{
	int same = 0;
	for (const char *dot; (dot = strchr(name, '.')) != NULL;
		name = dot + 1) {
		size_t len = (size_t)(dot - name);
		if (same < l->count && strlen(l->name[same]) == len &&
			memcmp(l->name[same], name, len) == 0) {
			same++;
			continue;
		}
		for (; l->count > same; l->count--)
			jsonw_end(w);
		snprintf(l->name[same], NAME_MAX, "%.*s", (int)len, name);
		jsonw_object(w, l->name[same]);
		l->count = ++same;
	}
	for (; l->count > same; l->count--)
		jsonw_end(w);
	return name;
}

/* An array of texts, from a column that holds one as JSON. */
static void
list(struct json_writer *w, struct report *r, const char *name,
	const char *json)
{
	const char *text;
	jsonw_array(w, name);
	report_list_begin(r, json);
	while (report_list_next(r, &text))
		jsonw_text(w, NULL, text);
	jsonw_end(w);
}

/* Times and spans are milliseconds in OCSF, spans nanoseconds in ECS. */
static void
value(struct json_writer *w, struct report *r, enum export_format f,
	const char *name, const struct report_export *x, int id)
{
	int64_t n;
	switch (export_fields[id].kind) {
	case EXPORT_INT:
		jsonw_int(w, name, export_number(x, id));
		break;
	case EXPORT_TIME:
		if (f == EXPORT_OCSF)
			jsonw_int(w, name, export_number(x, id) / NS_PER_MS);
		else
			jsonw_time(w, name, export_number(x, id));
		break;
	case EXPORT_SPAN:
		n = export_number(x, id);
		if (f == EXPORT_OCSF)
			jsonw_int(w, name, n / 1000);
		else if (f == EXPORT_ECS)
			jsonw_int(w, name, clock_of_us(n));
		else
			jsonw_fixed(w, name, n, 6);
		break;
	case EXPORT_LIST:
		list(w, r, name, export_text(x, id));
		break;
	case EXPORT_TEXT:
		jsonw_text(w, name, export_text(x, id));
		break;
	}
}

/* One object a line, for ndjson and the forms made of it. A name with dots
 * opens levels; fields of one level follow each other in the table. */
static void
objects(struct report *r, FILE *out, bool all, enum export_format f)
{
	struct json_writer *w = memory_take(1, sizeof *w);
	struct report_export x;
	struct export_rows rows = export_begin(r, all);
	while (export_next(&rows, &x)) {
		struct levels l = {.count = 0};
		jsonw_begin_line(w, out);
		jsonw_object(w, NULL);
		for (int i = 0; i < EXPORT_FIELDS; i++) {
			const char *name = export_fields[i].name[f];
			if (name[0] == '\0')
				continue;
			if (!export_unknown(&x, i))
				value(w, r, f, go_to(w, &l, name), &x, i);
			else if (f == EXPORT_NDJSON)
				jsonw_null(w, name);
		}
		for (; l.count > 0; l.count--)
			jsonw_end(w);
		jsonw_end(w);
		jsonw_finish(w);
	}
	free(w);
}

/* The only one of the three in which what is unknown is null: whoever reads
 * lines by column wants every member in each. */
void
export_ndjson(struct report *r, FILE *out, bool all)
{
	objects(r, out, all, EXPORT_NDJSON);
}

/* Names of Elastic's schema. What is unknown is left out. */
void
export_ecs(struct report *r, FILE *out, bool all)
{
	objects(r, out, all, EXPORT_ECS);
}

/* Names and units of OCSF: times and durations in milliseconds. */
void
export_ocsf(struct report *r, FILE *out, bool all)
{
	objects(r, out, all, EXPORT_OCSF);
}

/* An attribute whose value is a text. */
static void
otlp_text(struct json_writer *w, const char *key, const char *text)
{
	jsonw_object(w, NULL);
	jsonw_text(w, "key", key);
	jsonw_object(w, "value");
	jsonw_text(w, "stringValue", text);
	jsonw_end(w);
	jsonw_end(w);
}

/* A number as the text that OTLP's JSON wants. */
static void
otlp_number(struct json_writer *w, const char *name, int64_t n)
{
	char text[24];
	snprintf(text, sizeof text, "%" PRId64, n);
	jsonw_text(w, name, text);
}

/* A list as OTLP writes one, each entry with its type. */
static void
otlp_list(struct json_writer *w, struct report *r, const char *json)
{
	const char *text;
	jsonw_object(w, "arrayValue");
	jsonw_array(w, "values");
	report_list_begin(r, json);
	while (report_list_next(r, &text)) {
		jsonw_object(w, NULL);
		jsonw_text(w, "stringValue", text);
		jsonw_end(w);
	}
	jsonw_end(w);
	jsonw_end(w);
}

/* A field as key and typed value. Whole numbers are texts there: JSON's own
 * would lose the last digits of a time. */
static void
otlp_attribute(struct json_writer *w, struct report *r,
	const struct report_export *x, int id)
{
	jsonw_object(w, NULL);
	jsonw_text(w, "key", export_fields[id].name[EXPORT_OTLP]);
	jsonw_object(w, "value");
	switch (export_fields[id].kind) {
	case EXPORT_INT:
	case EXPORT_TIME:
		otlp_number(w, "intValue", export_number(x, id));
		break;
	case EXPORT_SPAN:
		jsonw_fixed(w, "doubleValue", export_number(x, id), 6);
		break;
	case EXPORT_LIST:
		otlp_list(w, r, export_text(x, id));
		break;
	case EXPORT_TEXT:
		jsonw_text(w, "stringValue", export_text(x, id));
		break;
	}
	jsonw_end(w);
	jsonw_end(w);
}

/* An attempt as a log record: when, how bad, the sentence, and all else as
 * attributes. */
static void
otlp_record(
	struct json_writer *w, struct report *r, const struct report_export *x)
{
	bool failed = strcmp(x->outcome, "failure") == 0;
	jsonw_object(w, NULL);
	if (!export_unknown(x, EXPORT_FIELD_first_ns))
		otlp_number(w, "timeUnixNano", x->first_ns);
	jsonw_int(w, "severityNumber", failed ? OTLP_ERROR : OTLP_INFO);
	jsonw_text(w, "severityText", failed ? "ERROR" : "INFO");
	jsonw_object(w, "body");
	jsonw_text(w, "stringValue", x->why != NULL ? x->why : x->verdict);
	jsonw_end(w);
	jsonw_array(w, "attributes");
	for (int i = 0; i < EXPORT_FIELDS; i++)
		if (export_fields[i].name[EXPORT_OTLP][0] != '\0' &&
			!export_unknown(x, i))
			otlp_attribute(w, r, x, i);
	jsonw_end(w);
	jsonw_end(w);
}

/* One request, as a collector takes it (POST /v1/logs), on one line. Its end
 * closes what was opened above, which is six levels. */
void
export_otlp(struct report *r, FILE *out, bool all)
{
	struct json_writer *w = memory_take(1, sizeof *w);
	struct report_export x;
	jsonw_begin_line(w, out);
	jsonw_object(w, NULL);
	jsonw_array(w, "resourceLogs");
	jsonw_object(w, NULL);
	jsonw_object(w, "resource");
	jsonw_array(w, "attributes");
	otlp_text(w, "service.name", "lostsyn");
	jsonw_end(w);
	jsonw_end(w);
	jsonw_array(w, "scopeLogs");
	jsonw_object(w, NULL);
	jsonw_object(w, "scope");
	jsonw_text(w, "name", "lostsyn");
	jsonw_text(w, "version", r->tool_version);
	jsonw_end(w);
	jsonw_array(w, "logRecords");
	struct export_rows rows = export_begin(r, all);
	while (export_next(&rows, &x))
		otlp_record(w, r, &x);
	for (int level = 0; level < 6; level++)
		jsonw_end(w);
	jsonw_finish(w);
	free(w);
}
