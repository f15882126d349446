/*
 * Real log files: what each is taken for, that every line is accounted for, and
 * that known events are found in known files.
 *
 * The corpus is the folder named by LOSTSYN_CORPUS, or ../shared/corpus beside
 * the source; without one the test says so and is skipped.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <glob.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/text.h"
#include "parsers/patterns/scan.h"

#define LAB "lab-linux-6.18/"

static const char *const globs[] = {
	LAB "*/dmesg.txt",
	LAB "hoststate/dmesg*",
	LAB "logformats/*",
	LAB "nginx/*.log",
	"tstack_lnav/test__*.[0-9]",
	"tstack_lnav/*.json",
	"kellyjonbrazil_jc/*syslog*",
	"RedHatInsights_insights-core/dmesg*",
	"RedHatInsights_insights-core/messages*",
	"logpai_loghub/*.log",
	"elastic_integrations/aws-elb-mixed.log",
};

/* What is known of some of them. event NULL: none asked for. */
static const struct {
	const char *file;
	const char *family;
	const char *event;
	uint64_t count; /* events of that name, at least */
} known[] = {
	{LAB "conntrack_table_full/dmesg.txt", "dmesg", "conntrack-table-full",
		16},
	{LAB "syn_queue_full_cookies/dmesg.txt", "dmesg", "syn-flood-cookies",
		1},
	{LAB "syn_queue_full_nocookies/dmesg.txt", "dmesg",
		"syn-flood-dropping", 1},
	{LAB "martian_source/dmesg.txt", "dmesg", "martian-source", 1},
	{LAB "conntrack_synack_lost/dmesg.txt", "dmesg", "conntrack-ignored",
		1},
	{LAB "syn_dropped_router/dmesg.txt", "dmesg", "firewall-log-drop", 1},
	{LAB "synack_dropped_router/dmesg.txt", "dmesg", "firewall-log-drop",
		1},
	{LAB "conntrack_midstream_noloose/dmesg.txt", "dmesg",
		"conntrack-bad-checksum", 1},
	{LAB "hoststate/dmesg-J.json", "dmesg-json", "promiscuous-mode", 3},
	{LAB "hoststate/dmesg-T.txt", "dmesg", "promiscuous-mode", 3},
	{LAB "hoststate/dmesg-delta.txt", "dmesg-delta", "promiscuous-mode", 3},
	{LAB "hoststate/dmesg-iso.txt", "dmesg", "promiscuous-mode", 3},
	{LAB "hoststate/dmesg-r.txt", "dmesg", "promiscuous-mode", 3},
	{LAB "hoststate/dmesg-reltime.txt", "dmesg-delta", "promiscuous-mode",
		3},
	{LAB "hoststate/dmesg-x.txt", "dmesg", "promiscuous-mode", 3},
	{LAB "hoststate/dmesg-x-ctime.txt", "dmesg", "promiscuous-mode", 3},
	{LAB "logformats/rsyslog-traditional.log", "syslog",
		"conntrack-table-full", 4},
	{LAB "logformats/rsyslog-traditional.log", "syslog", "connect-timeout",
		1},
	{LAB "logformats/rsyslog-fileformat.log", "syslog-iso",
		"conntrack-table-full", 4},
	{LAB "logformats/rsyslog-rfc5424.log", "syslog-5424",
		"conntrack-table-full", 4},
	{LAB "logformats/rsyslog-rfc5424.log", "syslog-5424", "connect-timeout",
		1},
	{LAB "logformats/rsyslog-fwd.log", "syslog", NULL, 0},
	{LAB "logformats/rsyslog-fwdhp.log", "syslog-iso", NULL, 0},
	{LAB "logformats/journalctl-short.txt", "syslog",
		"conntrack-table-full", 4},
	{LAB "logformats/journalctl-short-precise.txt", "syslog",
		"conntrack-table-full", 4},
	{LAB "logformats/journalctl-short-full.txt", "journal-full",
		"conntrack-table-full", 4},
	{LAB "logformats/journalctl-short-iso.txt", "syslog-iso",
		"conntrack-table-full", 4},
	{LAB "logformats/journalctl-short-iso-precise.txt", "syslog-iso",
		"conntrack-table-full", 4},
	{LAB "logformats/journalctl-short-unix.txt", "journal-unix",
		"conntrack-table-full", 4},
	{LAB "logformats/journalctl-short-monotonic.txt", "journal-monotonic",
		"conntrack-table-full", 4},
	{LAB "logformats/journalctl-with-unit.txt", "journal-full",
		"promiscuous-mode", 2},
	{LAB "logformats/journalctl-json.txt", "journal-json",
		"promiscuous-mode", 2},
	{LAB "logformats/journalctl-json-seq.txt", "journal-json",
		"promiscuous-mode", 2},
	{LAB "logformats/journalctl-json-pretty.txt", "journal-pretty",
		"promiscuous-mode", 2},
	{LAB "logformats/journalctl-export.txt", "journal-export",
		"promiscuous-mode", 2},
	{LAB "logformats/journalctl-verbose.txt", "journal-verbose",
		"promiscuous-mode", 2},
	{LAB "logformats/journalctl-cat.txt", "plain", "promiscuous-mode", 2},
	{LAB "nginx/nginx-1.22-error.log", "nginx-error",
		"nginx-connect-timeout", 2},
	{LAB "nginx/nginx-1.22-error.log", "nginx-error",
		"nginx-connect-refused", 10},
	{LAB "nginx/nginx-1.22-error.log", "nginx-error",
		"nginx-connect-unreachable", 4},
	{LAB "nginx/nginx-1.22-error.log", "nginx-error", "nginx-no-local-port",
		3},
	{LAB "nginx/nginx-1.22-error.log", "nginx-error", "nginx-read-timeout",
		5},
	{LAB "nginx/nginx-1.22-error.log", "nginx-error",
		"nginx-worker-connections", 9},
	{LAB "nginx/nginx-1.22-error.log", "nginx-error",
		"nginx-connections-scarce", 1},
	{LAB "nginx/nginx-1.22-error.log", "nginx-error",
		"nginx-no-live-upstreams", 1},
	{LAB "nginx/nginx-1.22-error.log", "nginx-error",
		"nginx-connect-unix-failed", 1},
	{LAB "nginx/nginx-1.22-error.log", "nginx-error",
		"nginx-upstream-reset", 1},
	{LAB "nginx/nginx-1.22-error.log", "nginx-error",
		"nginx-upstream-closed", 1},
	{LAB "nginx/nginx-1.22-error.log", "nginx-error", "nginx-client-left",
		10},
	{LAB "nginx/nginx-1.22-emfile.log", "nginx-error",
		"nginx-too-many-open-files", 2},
	{LAB "nginx/nginx-1.22-emfile.log", "nginx-error",
		"nginx-connect-too-many-open-files", 3},
	{LAB "nginx/nginx-1.22-access.log", "access", "access-gateway-timeout",
		1},
	{LAB "nginx/haproxy-2.6.log", "syslog", "haproxy-connect-timeout", 3},
	{LAB "nginx/haproxy-2.6.log", "syslog", "haproxy-connect-refused", 1},
	{LAB "nginx/haproxy-2.6.log", "syslog", "haproxy-no-server", 1},
	{LAB "nginx/haproxy-2.6.log", "syslog", "haproxy-queue-timeout", 1},
	{LAB "nginx/haproxy-2.6.log", "syslog", "haproxy-response-timeout", 2},
	{LAB "nginx/haproxy-2.6.log", "syslog", "haproxy-server-closed", 2},
	{LAB "nginx/haproxy-2.6.log", "syslog", "haproxy-server-down", 1},
	{LAB "nginx/haproxy-2.6.log", "syslog", "haproxy-backend-down", 1},
	{"tstack_lnav/test__logfile_syslog_fr.0", "syslog", NULL, 0},
	{"tstack_lnav/test__logfile_journald.json", "journal-json", NULL, 0},
	{"tstack_lnav/test__logfile_with_zones.0", "syslog-iso", NULL, 0},
	{"tstack_lnav/test__logfile_crlf.0", "stamped", NULL, 0},
	{"tstack_lnav/test__logfile_haproxy.0", "syslog", NULL, 0},
	{"logpai_loghub/Linux__Linux_2k.log", "syslog", NULL, 0},
	{"logpai_loghub/Apache__Apache_2k.log", "apache-error", NULL, 0},
	{"elastic_integrations/aws-elb-mixed.log", "aws-elb", NULL, 0},
	{"kellyjonbrazil_jc/tests__fixtures__generic__syslog-5424.out",
		"syslog-5424", NULL, 0},
	{"RedHatInsights_insights-core/messages__MSGINFO.txt", "syslog", NULL,
		0},
	{"RedHatInsights_insights-core/dmesg__TS_MSGINFO.txt", "dmesg", NULL,
		0},
};

#define KNOWN (sizeof known / sizeof *known)
#define NAMES_MAX 64

struct tally {
	const char *names[NAMES_MAX];
	uint64_t counts[NAMES_MAX];
	size_t n;
};

static struct pattern_set *set;
static char root[512];
static bool met[KNOWN];

static void
tally_event(void *context, const struct log_event *e)
{
	struct tally *t = context;
	size_t i = 0;
	while (i < t->n && strcmp(t->names[i], e->pattern->event) != 0)
		i++;
	if (i == NAMES_MAX)
		return;
	if (i == t->n) {
		t->names[t->n++] = e->pattern->event;
		t->counts[i] = 0;
	}
	t->counts[i]++;
}

static uint64_t
tally_of(const struct tally *t, const char *name)
{
	for (size_t i = 0; i < t->n; i++)
		if (strcmp(t->names[i], name) == 0)
			return t->counts[i];
	return 0;
}

static struct view
file_read(const char *path)
{
	FILE *f = fopen(path, "rb");
	assert_non_null(f);
	fseek(f, 0, SEEK_END);
	long len = ftell(f);
	rewind(f);
	uint8_t *bytes = malloc((size_t)len + 1);
	assert_non_null(bytes);
	assert_int_equal(fread(bytes, 1, (size_t)len, f), len);
	fclose(f);
	return view_of(bytes, (size_t)len);
}

static void
known_check(const char *name, const char *family, const struct tally *t)
{
	for (size_t i = 0; i < KNOWN; i++) {
		if (strcmp(known[i].file, name) != 0)
			continue;
		met[i] = true;
		if (strcmp(family, known[i].family) != 0)
			fail_msg("%s is taken for %s", name, family);
		if (known[i].event == NULL)
			continue;
		uint64_t n = tally_of(t, known[i].event);
		if (n < known[i].count)
			fail_msg("%s: %s: %llu, expected %llu", name,
				known[i].event, (unsigned long long)n,
				(unsigned long long)known[i].count);
	}
}

static void
file_check(const char *path)
{
	struct view file = file_read(path);
	struct log_scanner *s = log_scanner_new(set, file, "");
	struct tally tally = {.n = 0};
	struct view window = file;
	log_scan(s, &window, true, tally_event, &tally);
	const struct log_scan_summary *scan = log_scan_summary(s);
	struct log_reader *r = log_new(scan->guess.family);
	struct log_record record;
	window = file;
	while (log_next(r, &window, true, &record) == LOG_RECORD)
		;
	const struct log_summary *read = log_summary(r);
	uint64_t lines = lines_count(file) +
		(file.len > 0 && file.data[file.len - 1] != '\n');
	assert_int_equal(read->lines, lines);
	assert_int_equal(read->lines, read->recognised + read->other);
	assert_int_equal(scan->lines, lines);
	assert_int_equal(scan->lines,
		scan->recognised + scan->weightless + scan->unknown +
			scan->other);
	assert_int_equal(scan->limits, 0);
	const char *name = path + strlen(root) + 1;
	const char *family = log_family_id(scan->guess.family);
	print_message("%-17s %6llu = %6llu + %4llu  %4llu  %s\n", family,
		(unsigned long long)lines, (unsigned long long)read->recognised,
		(unsigned long long)read->other,
		(unsigned long long)scan->events, name);
	known_check(name, family, &tally);
	log_free(r);
	log_scanner_free(s);
	free((void *)(uintptr_t)file.data);
}

static void
corpus_is_read(void **state)
{
	(void)state;
	size_t files = 0;
	const char *named = getenv("LOSTSYN_CORPUS");
	snprintf(root, sizeof root, "%s",
		named != NULL && named[0] != '\0' ? named
						  : SOURCE_DIR
			"/../shared/corpus");
	char probe[1024];
	snprintf(probe, sizeof probe, "%s/" LAB "ORIGIN.md", root);
	FILE *f = fopen(probe, "r");
	if (f == NULL) {
		print_message("skipped: no corpus at %s\n", root);
		skip();
	}
	fclose(f);
	print_message("family             lines = known + other  events\n");
	for (size_t i = 0; i < sizeof globs / sizeof *globs; i++) {
		char pattern[1024];
		glob_t found;
		snprintf(pattern, sizeof pattern, "%s/%s", root, globs[i]);
		if (glob(pattern, 0, NULL, &found) != 0)
			continue;
		for (size_t k = 0; k < found.gl_pathc; k++, files++)
			file_check(found.gl_pathv[k]);
		globfree(&found);
	}
	assert_true(files > 50);
	for (size_t i = 0; i < KNOWN; i++)
		if (!met[i])
			fail_msg("%s was not found", known[i].file);
}

int
main(void)
{
	struct problems problems = {.out = stderr};
	set = pattern_set_new();
	if (!pattern_set_add_embedded(set, &problems))
		return 1;
	pattern_set_seal(set);
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(corpus_is_read),
	};
	int failed = cmocka_run_group_tests(tests, NULL, NULL);
	pattern_set_free(set);
	return failed;
}
