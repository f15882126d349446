/*
 * Tables of text: CSV, Zeek's logs, Prometheus' counts. Nothing goes out as it
 * came: each has its own marks, and its own way to take them from a text.
 *
 * spec: RFC 4180; Zeek, src/threading/formatters/Ascii.cc (escapes, unset and
 * empty fields); Prometheus text exposition format 0.0.4
 */
#include "report/export_field.h"

#include <inttypes.h>
#include <string.h>

#include "base/clock.h"
#include "base/utf8.h"

/* A list's texts are joined by this in CSV. */
#define CSV_LIST_SIGN "; "
#define CSV_TIME_DECIMALS 6

/* Seconds with six decimals, without floating point: nothing is rounded. */
static void
write_seconds(FILE *out, int64_t us)
{
	fprintf(out, "%" PRId64 ".%06" PRId64, us / 1000000, us % 1000000);
}

/* A spreadsheet takes what begins so for a formula. */
static bool
is_formula(const char *text)
{
	return text[0] != '\0' && strchr("=+-@\t\r", text[0]) != NULL;
}

/* The next code point of what is left, written to bytes (at most 4); their
 * number. *hidden: it must not go out as it is; breaks and tabs are for the
 * caller. */
static size_t
next_code(struct view *v, char bytes[4], bool *hidden)
{
	uint32_t code = utf8_take(v);
	bool blank = code == '\t' || code == '\n' || code == '\r';
	*hidden = utf8_is_hidden(code) && !blank;
	return utf8_put(code, bytes);
}

/* Where the format has no escape for it. */
static void
put_replacement(FILE *out)
{
	char bytes[4];
	fwrite(bytes, 1, utf8_put(UTF8_REPLACEMENT, bytes), out);
}

/* The text between a cell's quotes: a quote is doubled, breaks stay, for RFC
 * 4180 allows them there. */
static void
csv_inside(FILE *out, const char *text)
{
	char bytes[4];
	bool hidden;
	for (struct view v = view_str(text); v.len > 0;) {
		size_t n = next_code(&v, bytes, &hidden);
		if (bytes[0] == '"')
			putc('"', out);
		if (hidden)
			put_replacement(out);
		else
			fwrite(bytes, 1, n, out);
	}
}

/* A text as RFC 4180 has it. What a spreadsheet would take for a formula gets
 * an apostrophe: the evidence may have been written to be opened. */
static void
csv_text(FILE *out, const char *text)
{
	if (strpbrk(text, "\",\r\n") == NULL && !is_formula(text)) {
		csv_inside(out, text);
		return;
	}
	putc('"', out);
	if (is_formula(text))
		putc('\'', out);
	csv_inside(out, text);
	putc('"', out);
}

/* A list in one cell. */
static void
csv_list(struct report *r, FILE *out, const char *json)
{
	const char *text;
	bool first = true;
	report_list_begin(r, json);
	putc('"', out);
	while (report_list_next(r, &text)) {
		if (first && is_formula(text))
			putc('\'', out);
		fputs(first ? "" : CSV_LIST_SIGN, out);
		csv_inside(out, text);
		first = false;
	}
	putc('"', out);
}

/* A cell; empty when it is not known. */
static void
csv_value(struct report *r, FILE *out, const struct report_export *x, int id)
{
	char at[CLOCK_TEXT_MAX];
	if (export_unknown(x, id))
		return;
	switch (export_fields[id].kind) {
	case EXPORT_INT:
		fprintf(out, "%" PRId64, export_number(x, id));
		break;
	case EXPORT_TIME:
		fputs(clock_format(export_number(x, id), CSV_TIME_DECIMALS, at),
			out);
		break;
	case EXPORT_SPAN:
		write_seconds(out, export_number(x, id));
		break;
	case EXPORT_LIST:
		csv_list(r, out, export_text(x, id));
		break;
	case EXPORT_TEXT:
		csv_text(out, export_text(x, id));
		break;
	}
}

/* The head's names are those of export_fields.def. Lines end with CR LF, as RFC
 * 4180 has them. */
void
export_csv(struct report *r, FILE *out, bool all)
{
	struct report_export x;
	const char *sign = "";
	for (int i = 0; i < EXPORT_FIELDS; i++) {
		if (export_fields[i].name[EXPORT_CSV][0] == '\0')
			continue;
		fprintf(out, "%s%s", sign, export_fields[i].name[EXPORT_CSV]);
		sign = ",";
	}
	fputs("\r\n", out);
	struct export_rows rows = export_begin(r, all);
	while (export_next(&rows, &x)) {
		sign = "";
		for (int i = 0; i < EXPORT_FIELDS; i++) {
			if (export_fields[i].name[EXPORT_CSV][0] == '\0')
				continue;
			fputs(sign, out);
			csv_value(r, out, &x, i);
			sign = ",";
		}
		fputs("\r\n", out);
	}
}

/* A text as Zeek's ASCII writer has it: bytes that would mean something are
 * \xNN. A text that is the word for unset or empty is escaped in its first
 * byte, so that it is not taken for it. in_set: a comma ends an element there.
 * */
static void
zeek_text(FILE *out, const char *text, bool in_set)
{
	if (text[0] == '\0') {
		fputs("(empty)", out);
		return;
	}
	/* Zeek's words for unset and for an empty text. */
	bool is_mark = strcmp(text, "-") == 0 || strcmp(text, "(empty)") == 0;
	char bytes[4];
	bool hidden;
	for (struct view v = view_str(text); v.len > 0; is_mark = false) {
		size_t n = next_code(&v, bytes, &hidden);
		bool escaped = hidden || is_mark || bytes[0] == '\\' ||
			(unsigned char)bytes[0] < 0x20 ||
			(bytes[0] == ',' && in_set);
		for (size_t i = 0; i < n; i++)
			fprintf(out, escaped ? "\\x%02x" : "%c",
				(unsigned char)bytes[i]);
	}
}

/* A set as Zeek's logs write one, with its own word for an empty one. */
static void
zeek_list(struct report *r, FILE *out, const char *json)
{
	const char *text;
	const char *sign = "";
	report_list_begin(r, json);
	while (report_list_next(r, &text)) {
		fputs(sign, out);
		zeek_text(out, text, true);
		sign = ",";
	}
	if (sign[0] == '\0')
		fputs("(empty)", out);
}

/* A column of Zeek's; "-" when it is not known. Times before 1970 are none. */
static void
zeek_value(struct report *r, FILE *out, const struct report_export *x, int id)
{
	int64_t n;
	if (export_unknown(x, id)) {
		putc('-', out);
		return;
	}
	switch (export_fields[id].kind) {
	case EXPORT_INT:
		fprintf(out, "%" PRId64, export_number(x, id));
		break;
	case EXPORT_TIME:
		n = export_number(x, id);
		write_seconds(out, n < 0 ? 0 : n / NS_PER_US);
		break;
	case EXPORT_SPAN:
		write_seconds(out, export_number(x, id));
		break;
	case EXPORT_LIST:
		zeek_list(r, out, export_text(x, id));
		break;
	case EXPORT_TEXT:
		zeek_text(out, export_text(x, id), false);
		break;
	}
}

/* The lines by which zeek-cut and its like find columns and types. */
static void
zeek_header(FILE *out)
{
	fputs("#separator \\x09\n#set_separator\t,\n#empty_field\t(empty)\n"
	      "#unset_field\t-\n#path\tlostsyn\n#fields",
		out);
	for (int i = 0; i < EXPORT_FIELDS; i++)
		if (export_fields[i].name[EXPORT_ZEEK][0] != '\0')
			fprintf(out, "\t%s",
				export_fields[i].name[EXPORT_ZEEK]);
	fputs("\n#types", out);
	for (int i = 0; i < EXPORT_FIELDS; i++)
		if (export_fields[i].name[EXPORT_ZEEK][0] != '\0')
			fprintf(out, "\t%s", export_fields[i].zeek_type);
	putc('\n', out);
}

/* Without #open and #close, which hold the hour: the same evidence gives the
 * same bytes. */
void
export_zeek(struct report *r, FILE *out, bool all)
{
	struct report_export x;
	zeek_header(out);
	struct export_rows rows = export_begin(r, all);
	while (export_next(&rows, &x)) {
		const char *sign = "";
		for (int i = 0; i < EXPORT_FIELDS; i++) {
			if (export_fields[i].name[EXPORT_ZEEK][0] == '\0')
				continue;
			fputs(sign, out);
			zeek_value(r, out, &x, i);
			sign = "\t";
		}
		putc('\n', out);
	}
}

/* A label of Prometheus, with the three characters escaped that its format
 * names. */
static void
label(FILE *out, const char *sign, enum export_field_id id, const char *text)
{
	fprintf(out, "%s%s=\"", sign,
		export_fields[id].name[EXPORT_PROMETHEUS]);
	char bytes[4];
	bool hidden;
	for (struct view v = view_str(text != NULL ? text : ""); v.len > 0;) {
		size_t n = next_code(&v, bytes, &hidden);
		if (bytes[0] == '\n') {
			fputs("\\n", out);
			continue;
		}
		if (bytes[0] == '"' || bytes[0] == '\\')
			putc('\\', out);
		if (hidden)
			put_replacement(out);
		else
			fwrite(bytes, 1, n, out);
	}
	putc('"', out);
}

/* One sample. Labels are few on purpose: each set of them is a series of its
 * own for whoever stores it. */
static void
sum_line(FILE *out, const char *metric, const struct report_export_sum *x,
	int64_t value)
{
	char port[24];
	snprintf(port, sizeof port, "%" PRId64, x->server_port);
	fputs(metric, out);
	label(out, "{", EXPORT_FIELD_server_ip, x->server_ip);
	label(out, ",", EXPORT_FIELD_server_port, port);
	label(out, ",", EXPORT_FIELD_verdict, x->verdict);
	label(out, ",", EXPORT_FIELD_confidence, x->confidence);
	fprintf(out, "} %" PRId64 "\n", value);
}

/* What Prometheus is told of a metric before its samples. All are gauges: a
 * report's figures do not grow while it is read. */
static void
family(FILE *out, const char *metric, const char *help)
{
	fprintf(out, "# HELP %s %s\n# TYPE %s gauge\n", metric, help, metric);
}

/* What each finding explains, by its number: two causes may have one name. */
static void
write_causes(struct report *r, FILE *out)
{
	static const char metric[] = "lostsyn_finding_attempts";
	struct report_finding f;
	family(out, metric, "Attempts that a finding explains.");
	report_begin(r, QUERY_FINDINGS);
	for (int n = 1; report_finding_next(r, &f); n++) {
		fprintf(out, "%s{finding=\"%" PRId64 "\"", metric, f.id);
		label(out, ",", EXPORT_FIELD_cause, f.cause);
		label(out, ",", EXPORT_FIELD_cause_confidence, f.confidence);
		fprintf(out, "} %" PRId64 "\n", f.attempts);
	}
}

/* Clean ones always: a rate needs them. Figures per service and verdict, never
 * per attempt: each set of labels is a series for whoever stores it. */
void
export_prometheus(struct report *r, FILE *out, bool all)
{
	static const char attempts[] = "lostsyn_attempts";
	static const char failed[] = "lostsyn_failed_attempts";
	static const char reported[] = "lostsyn_reported_failures";
	struct report_export_sum x;
	(void)all;
	family(out, attempts, "Connection attempts, by service and verdict.");
	report_begin(r, QUERY_EXPORT_SUMS);
	while (report_export_sum_read(r, QUERY_EXPORT_SUMS, &x))
		sum_line(out, attempts, &x, x.count);
	family(out, failed, "Those that failed.");
	report_begin(r, QUERY_EXPORT_SUMS);
	while (report_export_sum_read(r, QUERY_EXPORT_SUMS, &x))
		sum_line(out, failed, &x, x.failed);
	write_causes(r, out);
	family(out, reported,
		"Failed connections that logs tell of and no capture shows.");
	fprintf(out, "%s %" PRId64 "\n", reported, report_reported(r));
}
