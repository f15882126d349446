/*
 * A log record as one line of text, for tables of expected readings:
 *
 *	syslog no-year 2028-11-20T18:39:43Z/1s host vm tag kernel pid - sev -
 *	second boot 1354.222671 | text
 *
 * Times without a year are shown in 2028, a leap year; local ones as if UTC.
 */
#ifndef TESTS_UNIT_TEST_LOG_TEXT_H
#define TESTS_UNIT_TEST_LOG_TEXT_H

#include <stdio.h>

#include "parsers/log/log.h"

#define RECORD_TEXT_MAX 2048

static inline void
time_text(const struct log_time *t, char text[128])
{
	static const char *const kinds[] = {
		"none", "utc", "local", "no-year", "boot", "delta", "clock"};
	char when[CLOCK_TEXT_MAX] = "";
	int decimals = t->resolution_ns >= NS_PER_S ? 0
		: t->resolution_ns >= NS_PER_MS     ? 3
		: t->resolution_ns >= NS_PER_US     ? 6
						    : 9;
	int64_t ns = t->ns;
	if (t->kind == LOG_TIME_NONE) {
		snprintf(text, 128, "none");
		return;
	}
	if (t->kind == LOG_TIME_LOCAL_NO_YEAR)
		log_time_in_year(t, 2028, &ns);
	if (t->kind >= LOG_TIME_BOOT)
		snprintf(when, sizeof when, "%lld.%06lld",
			(long long)(ns / NS_PER_S),
			(long long)(ns % NS_PER_S / NS_PER_US));
	else
		clock_format(ns, decimals, when);
	snprintf(text, 128, "%s %s%s%s%s%.0d%s%s", kinds[t->kind], when,
		t->resolution_ns > NS_PER_S ? " minute" : "",
		t->zone[0] != '\0' ? " zone " : "", t->zone,
		t->offset_known && t->offset_s != 0 ? t->offset_s : 0,
		t->offset_known && t->offset_s != 0 ? " east" : "",
		t->inherited ? " inherited" : "");
}

static inline const char *
record_text(const struct log_record *r, char text[RECORD_TEXT_MAX])
{
	char time[128];
	char second[128];
	char severity[8] = "-";
	time_text(&r->time, time);
	time_text(&r->second, second);
	if (r->severity != LOG_SEVERITY_NONE)
		snprintf(
			severity, sizeof severity, "%u", (unsigned)r->severity);
#define V(v) (int)(v).len, (v).len > 0 ? (const char *)(v).data : ""
	snprintf(text, RECORD_TEXT_MAX,
		"%s%s%s, %s, second %s, host '%.*s' tag '%.*s' pid '%.*s' sev "
		"%s%s%s | %.*s",
		log_family_id((enum log_family)r->family),
		r->inner != LOG_PLAIN ? "+" : "",
		r->inner != LOG_PLAIN ? log_family_id((enum log_family)r->inner)
				      : "",
		time, second, V(r->host), V(r->tag), V(r->pid), severity,
		r->repeat > 1 ? ", repeated" : "",
		r->repeats_previous ? " previous" : "", V(r->message));
#undef V
	return text;
}

#endif
