/*
 * Reading the options of analyze.
 */
#include "analyze_options.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "command.h"
#include "ingest/track.h"
#include "report/report.h"

/* Seconds from 1970 that fit nanoseconds in 64 bits, either way. */
#define PARSE_SECONDS_MAX 9000000000

/* ".25" at *rest as nanoseconds, what is beyond them cut off; *rest moves. */
static int64_t
parse_fraction(const char **rest)
{
	const char *p = *rest;
	int64_t ns = 0;
	if (p[0] != '.' || p[1] < '0' || p[1] > '9')
		return 0;
	p++;
	for (int64_t unit = NS_PER_S / 10; *p >= '0' && *p <= '9'; unit /= 10)
		ns += (*p++ - '0') * unit;
	*rest = p;
	return ns;
}

/* RFC 3339 in UTC or with an offset, or seconds since 1970. */
static bool
parse_time(const char *text, int64_t *ns, struct error *e)
{
	char *end;
	errno = 0;
	double seconds = strtod(text, &end);
	if (end != text && *end == '\0' && errno == 0 &&
		seconds > -PARSE_SECONDS_MAX && seconds < PARSE_SECONDS_MAX) {
		*ns = (int64_t)(seconds * 1e9);
		return true;
	}
	struct tm tm = {0};
	const char *rest = strptime(text, "%Y-%m-%dT%H:%M:%S", &tm);
	if (rest == NULL)
		rest = strptime(text, "%Y-%m-%d %H:%M:%S", &tm);
	if (rest == NULL)
		return error_set(e, ERROR_USAGE,
			"'%s' is no time; write 2026-11-20T09:15:04Z or "
			"seconds since 1970",
			text);
	int64_t fraction = parse_fraction(&rest);
	/* strptime's %z takes Z, +01:00 and +0100. */
	struct tm zone = {0};
	if (*rest != '\0') {
		rest = strptime(rest, "%z", &zone);
		if (rest == NULL || *rest != '\0')
			return error_set(e, ERROR_USAGE,
				"'%s' is no time: what follows the seconds is "
				"not Z or an offset such as +01:00",
				text);
	}
	int64_t since_1970 = (int64_t)timegm(&tm) - zone.tm_gmtoff;
	if (since_1970 < -PARSE_SECONDS_MAX || since_1970 > PARSE_SECONDS_MAX)
		return error_set(e, ERROR_USAGE,
			"'%s' is beyond the years 1685 to 2255", text);
	*ns = since_1970 * NS_PER_S + fraction;
	return true;
}

/* NAME=F, or F alone when a name is not needed. */
static bool
add_named(struct case_files *files, const char *argument, bool need_name,
	struct error *e)
{
	const char *equals = strchr(argument, '=');
	if (equals == NULL && !need_name) {
		case_files_add(files, argument, NULL);
		return true;
	}
	size_t n = equals == NULL ? 0 : (size_t)(equals - argument);
	if (n == 0 || n > CASE_ROLE_MAX)
		return error_set(e, ERROR_USAGE,
			"'%s': write NAME=FILE, the name of up to %d letters",
			argument, CASE_ROLE_MAX);
	char name[CASE_ROLE_MAX + 1];
	memcpy(name, argument, n);
	name[n] = '\0';
	case_files_add(files, equals + 1, name);
	return true;
}

/* No handshake that anybody waits for takes longer. */
#define SLOW_MAX_S 86400

static bool
read_slow(void *into, const char *text, struct error *e)
{
	struct analyze_options *o = into;
	char *end;
	double seconds = strtod(text, &end);
	if (end == text || *end != '\0' || !(seconds >= 0) ||
		seconds > SLOW_MAX_S)
		return error_set(e, ERROR_USAGE,
			"--slow takes seconds from 0 to %d, not '%s'",
			SLOW_MAX_S, text);
	o->slow_us = (int64_t)(seconds * 1e6 + 0.5);
	return true;
}

/* Readers of the rows: into is the struct analyze_options. */

static bool
read_client(void *into, const char *text, struct error *e)
{
	(void)e;
	case_files_add(((struct analyze_options *)into)->files, text, "client");
	return true;
}

static bool
read_server(void *into, const char *text, struct error *e)
{
	(void)e;
	case_files_add(((struct analyze_options *)into)->files, text, "server");
	return true;
}

static bool
read_vantage(void *into, const char *text, struct error *e)
{
	return add_named(
		((struct analyze_options *)into)->files, text, true, e);
}

static bool
read_evidence(void *into, const char *text, struct error *e)
{
	return add_named(
		((struct analyze_options *)into)->files, text, false, e);
}

static bool
read_from(void *into, const char *text, struct error *e)
{
	return parse_time(text, &((struct analyze_options *)into)->from_ns, e);
}

static bool
read_to(void *into, const char *text, struct error *e)
{
	return parse_time(text, &((struct analyze_options *)into)->to_ns, e);
}

static bool
read_timezone(void *into, const char *text, struct error *e)
{
	return case_config_timezone(
		((struct analyze_options *)into)->config, text, e);
}

static bool
read_year(void *into, const char *text, struct error *e)
{
	return case_config_year(
		((struct analyze_options *)into)->config, text, e);
}

#define OPTIONS_INTO struct analyze_options
static const struct option_row rows[] = {
#include "cmd_analyze.def"
};
const struct options analyze_options = OPTIONS("analyze", rows);

bool
analyze_options_read(struct analyze_options *o, struct case_files *files,
	struct case_config *config, int argc, char **argv, struct error *e)
{
	*o = (struct analyze_options){
		.files = files,
		.config = config,
		.from_ns = INT64_MIN,
		.to_ns = INT64_MAX,
		.limit = TRACK_LIMIT,
		.crowd_after = TRACK_WHOLE,
		.slow_us = REPORT_SLOW_US,
	};
	bool read = options_read(&analyze_options, o, argc, argv, &o->help, e);
	o->redact |= o->redact_key != NULL;
	if (!read || o->help)
		return read;
	o->paths = (const char *const *)argv + optind;
	o->paths_count = (size_t)(argc - optind);
	if (o->paths_count == 0 && files->count == 0)
		return error_set(e, ERROR_USAGE,
			"no evidence named; give folders, archives or files, "
			"or --client and --server captures");
	files->follow_links = o->follow_links;
	return true;
}
