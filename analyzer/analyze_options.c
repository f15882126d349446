/*
 * Reading the options of analyze.
 */
#include "analyze_options.h"

#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/clock.h"
#include "base/sandbox.h"
#include "ingest/track.h"
#include "report/report.h"

enum {
	OPT_CLIENT = 256,
	OPT_SERVER,
	OPT_VANTAGE,
	OPT_EVIDENCE,
	OPT_JSON,
	OPT_HTML,
	OPT_DB,
	OPT_MARKDOWN,
	OPT_RULES,
	OPT_PATTERNS,
	OPT_FILTER,
	OPT_FROM,
	OPT_TO,
	OPT_TIMEZONE,
	OPT_YEAR,
	OPT_ALL,
	OPT_PROGRESS,
	OPT_LIMIT,
	OPT_NO_SANDBOX,
	OPT_SANDBOX,
	OPT_REDACT,
	OPT_REDACT_KEY,
	OPT_FOLLOW_LINKS,
	OPT_SLOW,
	OPT_FAIL_ON,
};

static const struct option long_options[] = {
	{"client", required_argument, NULL, OPT_CLIENT},
	{"server", required_argument, NULL, OPT_SERVER},
	{"vantage", required_argument, NULL, OPT_VANTAGE},
	{"evidence", required_argument, NULL, OPT_EVIDENCE},
	{"output", required_argument, NULL, 'o'},
	{"json", required_argument, NULL, OPT_JSON},
	{"html", required_argument, NULL, OPT_HTML},
	{"db", required_argument, NULL, OPT_DB},
	{"markdown", required_argument, NULL, OPT_MARKDOWN},
	{"rules", required_argument, NULL, OPT_RULES},
	{"patterns", required_argument, NULL, OPT_PATTERNS},
	{"filter", required_argument, NULL, OPT_FILTER},
	{"from", required_argument, NULL, OPT_FROM},
	{"to", required_argument, NULL, OPT_TO},
	{"timezone", required_argument, NULL, OPT_TIMEZONE},
	{"year", required_argument, NULL, OPT_YEAR},
	{"all-attempts", no_argument, NULL, OPT_ALL},
	{"progress", required_argument, NULL, OPT_PROGRESS},
	{"max-attempts", required_argument, NULL, OPT_LIMIT},
	{"no-sandbox", no_argument, NULL, OPT_NO_SANDBOX},
	{"sandbox", required_argument, NULL, OPT_SANDBOX},
	{"redact", no_argument, NULL, OPT_REDACT},
	{"redact-key", required_argument, NULL, OPT_REDACT_KEY},
	{"follow-links", no_argument, NULL, OPT_FOLLOW_LINKS},
	{"slow", required_argument, NULL, OPT_SLOW},
	{"fail-on", required_argument, NULL, OPT_FAIL_ON},
	{"quiet", no_argument, NULL, 'q'},
	{"verbose", no_argument, NULL, 'v'},
	{"help", no_argument, NULL, 'h'},
	{NULL, 0, NULL, 0},
};

const char *
analyze_usage(void)
{
	return "usage: lostsyn analyze [PATH]... [options]\n"
	       "\n"
	       "A PATH is a folder, a file, an archive (tar, zip, 7z, cpio, "
	       "packed\n"
	       "and nested as you like; it is read as a folder) or - for "
	       "standard\n"
	       "input. Files under client/ and server/, or named so, are "
	       "those\n"
	       "ends'; other hosts go by the names of folders and files. "
	       "Options:\n"
	       "\n"
	       "  --client F          a capture taken at the client\n"
	       "  --server F          a capture taken at the server\n"
	       "  --vantage NAME=F    a capture taken in between\n"
	       "  --evidence [ROLE=]F any other evidence\n"
	       "  -o DIR              outputs (default: <case>.lostsyn/)\n"
	       "  --json F|-          report.json elsewhere, or on stdout\n"
	       "  --html F            report.html elsewhere\n"
	       "  --db F              evidence.sqlite elsewhere\n"
	       "  --markdown F|-      a comment for a ticket as well\n"
	       "  --rules DIR         more rule files, or others of a name\n"
	       "  --patterns DIR      more patterns of log lines, tried first\n"
	       "  --filter BPF        only packets that match pcap-filter(7)\n"
	       "  --from T --to T     only packets in this time (RFC 3339 or\n"
	       "                      seconds since 1970, capture's clock)\n"
	       "  --timezone [ROLE=]TZ  zone of log times that name none:\n"
	       "                      Europe/Berlin, UTC, +02:00\n"
	       "  --year [ROLE=]Y     year of a log's first line\n"
	       "  --all-attempts      list the clean attempts too\n"
	       "  --redact            pseudonyms for addresses, host names "
	       "and\n"
	       "                      paths in everything that is written;\n"
	       "                      outputs go to redacted.lostsyn/ then\n"
	       "  --redact-key FILE   the same ones in every run with this "
	       "FILE\n"
	       "  --follow-links      also links that lead out of the "
	       "evidence\n"
	       "  --max-attempts N    memory limit, attempts per vantage\n"
	       "  --no-sandbox        do not give up network, programs and\n"
	       "                      other files before reading evidence\n"
	       "  --sandbox WHEN      auto, require (fail where this kernel "
	       "lacks\n"
	       "                      a part of it) or off\n"
	       "  --progress WHEN     auto, always or never\n"
	       "  --slow S            what succeeds after more than S seconds\n"
	       "                      is slow (default: 1)\n"
	       "  --fail-on WHAT      what gives status 1: failed (default),\n"
	       "                      slow, any (both) or never\n"
	       "  -q                  no summary on the terminal\n"
	       "  -v                  a longer one: examples, inputs, clocks\n"
	       "\n"
	       "Example: lostsyn analyze --client c.pcap --server s.pcap.gz\n";
}

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

static bool
parse_limit(struct analyze_options *o, const char *text, struct error *e)
{
	char *end;
	unsigned long n = strtoul(text, &end, 10);
	if (end == text || *end != '\0' || n == 0 || n >= UINT32_MAX / 2)
		return error_set(e, ERROR_USAGE,
			"--max-attempts %s: write a number from 1 to %u", text,
			UINT32_MAX / 2 - 1);
	o->limit = (uint32_t)n;
	return true;
}

/* No handshake that anybody waits for takes longer. */
#define SLOW_MAX_S 86400

static bool
parse_slow(struct analyze_options *o, const char *text, struct error *e)
{
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

static bool
parse_fail_on(struct analyze_options *o, const char *text, struct error *e)
{
	static const char *const words[] = {
		[FAIL_ON_FAILED] = "failed",
		[FAIL_ON_SLOW] = "slow",
		[FAIL_ON_ANY] = "any",
		[FAIL_ON_NEVER] = "never",
	};
	for (int i = 0; i < (int)(sizeof words / sizeof words[0]); i++)
		if (strcmp(text, words[i]) == 0) {
			o->fail_on = (enum fail_on)i;
			return true;
		}
	return error_set(e, ERROR_USAGE,
		"--fail-on takes failed, slow, any or never, not '%s'", text);
}

static bool
read_sandbox(struct analyze_options *o, const char *word, struct error *e)
{
	o->no_sandbox = strcmp(word, SANDBOX_OFF) == 0;
	o->require_sandbox = strcmp(word, "require") == 0;
	return o->no_sandbox || o->require_sandbox ||
		strcmp(word, "auto") == 0 ||
		error_set(e, ERROR_USAGE, "--sandbox %s: auto, require or off",
			word);
}

static bool
add_rules(struct analyze_options *o, const char *folder, struct error *e)
{
	if (o->rules_count == ANALYZE_RULE_FOLDERS_MAX)
		return error_set(e, ERROR_USAGE, "more than %d --rules folders",
			ANALYZE_RULE_FOLDERS_MAX);
	o->rules[o->rules_count++] = folder;
	return true;
}

/* An option that is there or not; false when it is another one. */
static bool
read_switch(struct analyze_options *o, int option)
{
	bool *const switches[] = {
		option == OPT_ALL ? &o->all_attempts : NULL,
		option == OPT_NO_SANDBOX ? &o->no_sandbox : NULL,
		option == OPT_REDACT ? &o->redact : NULL,
		option == OPT_FOLLOW_LINKS ? &o->follow_links : NULL,
		option == 'q' ? &o->quiet : NULL,
		option == 'v' ? &o->verbose : NULL,
		option == 'h' ? &o->help : NULL,
	};
	for (size_t i = 0; i < sizeof switches / sizeof *switches; i++)
		if (switches[i] != NULL)
			return *switches[i] = true;
	return false;
}

static bool
add_patterns(struct analyze_options *o, const char *folder, struct error *e)
{
	if (o->patterns_count == PATTERN_FOLDERS_MAX)
		return error_set(e, ERROR_USAGE,
			"more than %d --patterns folders", PATTERN_FOLDERS_MAX);
	o->patterns[o->patterns_count++] = folder;
	return true;
}

static bool
read_option(struct analyze_options *o, struct case_files *files,
	struct case_config *config, int option, struct error *e)
{
	if (read_switch(o, option))
		return true;
	switch (option) {
	case OPT_CLIENT:
		case_files_add(files, optarg, "client");
		return true;
	case OPT_SERVER:
		case_files_add(files, optarg, "server");
		return true;
	case OPT_VANTAGE:
		return add_named(files, optarg, true, e);
	case OPT_EVIDENCE:
		return add_named(files, optarg, false, e);
	case 'o':
		o->out = optarg;
		return true;
	case OPT_JSON:
		o->json = optarg;
		return true;
	case OPT_HTML:
		o->html = optarg;
		return true;
	case OPT_DB:
		o->db = optarg;
		return true;
	case OPT_MARKDOWN:
		o->markdown = optarg;
		return true;
	case OPT_RULES:
		return add_rules(o, optarg, e);
	case OPT_PATTERNS:
		return add_patterns(o, optarg, e);
	case OPT_FILTER:
		o->filter = optarg;
		return true;
	case OPT_FROM:
		return parse_time(optarg, &o->from_ns, e);
	case OPT_TO:
		return parse_time(optarg, &o->to_ns, e);
	case OPT_TIMEZONE:
		return case_config_timezone(config, optarg, e);
	case OPT_YEAR:
		return case_config_year(config, optarg, e);
	case OPT_PROGRESS:
		return progress_mode_read(&o->progress, optarg, e);
	case OPT_LIMIT:
		return parse_limit(o, optarg, e);
	case OPT_SANDBOX:
		return read_sandbox(o, optarg, e);
	case OPT_REDACT_KEY:
		o->redact_key = optarg;
		o->redact = true;
		return true;
	case OPT_SLOW:
		return parse_slow(o, optarg, e);
	case OPT_FAIL_ON:
		return parse_fail_on(o, optarg, e);
	default:
		return error_set(e, ERROR_USAGE,
			"see 'lostsyn analyze --help' for the options");
	}
}

bool
analyze_options_read(struct analyze_options *o, struct case_files *files,
	struct case_config *config, int argc, char **argv, struct error *e)
{
	*o = (struct analyze_options){
		.from_ns = INT64_MIN,
		.to_ns = INT64_MAX,
		.limit = TRACK_LIMIT,
		.slow_us = REPORT_SLOW_US,
	};
	int option;
	optind = 1;
	while ((option = getopt_long(
			argc, argv, "o:qvh", long_options, NULL)) != -1)
		if (!read_option(o, files, config, option, e))
			return false;
	if (o->help)
		return true;
	o->paths = (const char *const *)argv + optind;
	o->paths_count = (size_t)(argc - optind);
	if (o->paths_count == 0 && files->count == 0)
		return error_set(e, ERROR_USAGE,
			"no evidence named; give folders, archives or files, "
			"or --client and --server captures");
	files->follow_links = o->follow_links;
	return true;
}
