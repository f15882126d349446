/*
 * case.yaml: what is read of a good one, and what is said of bad ones.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "ingest/case_config.h"
#include "ingest/case_files.h"
#include "ingest/case_yaml.h"

static struct case_config config;

static int
begin(void **state)
{
	(void)state;
	config = (struct case_config){0};
	return 0;
}

static int
end(void **state)
{
	(void)state;
	case_config_release(&config);
	return 0;
}

/* Read text; what was complained of, one problem a line. The caller frees. */
static char *
problems_of(const char *text, const char *folder)
{
	char *said = NULL;
	size_t len = 0;
	FILE *out = open_memstream(&said, &len);
	struct problems p = {.out = out};
	case_yaml_read(
		&config, "case.yaml", view_of(text, strlen(text)), folder, &p);
	fclose(out);
	return said;
}

static void
good(const char *text, const char *folder)
{
	char *said = problems_of(text, folder);
	assert_string_equal(said, "");
	free(said);
}

static const char whole[] = "# A load balancer in between.\n"
			    "vantages:\n"
			    "  - name: web\n"
			    "    files: [app-01, nginx.]\n"
			    "    timezone: Europe/Berlin\n"
			    "    addresses: [192.0.2.10, '2001:db8::10']\n"
			    "  - name: balancer\n"
			    "    clock_ahead_s: -137.25\n"
			    "    clock_uncertainty_s: 0.5\n"
			    "  - name: db\n"
			    "    year: 2026\n"
			    "    boot: 2026-11-20T10:15:04.5+01:00\n"
			    "    captured_from: 2026-11-20 10:15:04.5Z\n"
			    "files:\n"
			    "  - path: db/container.log\n"
			    "    timezone: UTC\n"
			    "  - path: stray.log\n"
			    "    role: web\n"
			    "    year: 2025\n"
			    "translations:\n"
			    "  - from: 198.51.100.20:443\n"
			    "    to: '[2001:db8::7]:8443'\n"
			    "  - {from: 192.0.2.10, to: 203.0.113.1}\n";

static void
everything_is_read(void **state)
{
	(void)state;
	good(whole, NULL);
	const struct case_role *web = case_config_role(&config, "web");
	const struct case_role *lb = case_config_role(&config, "balancer");
	const struct case_role *db = case_config_role(&config, "db");
	assert_int_equal(config.positions, 3);
	assert_int_equal(web->position, 0);
	assert_int_equal(lb->position, 1);
	assert_int_equal(db->position, 2);
	assert_string_equal(web->zone->name, "Europe/Berlin");
	assert_int_equal(web->addresses_count, 2);
	char text[IP_TEXT_MAX];
	assert_string_equal(ip_format(web->addresses[1], text), "2001:db8::10");
	assert_true(lb->offset_known);
	assert_int_equal(lb->offset_ns, -137250 * NS_PER_MS);
	assert_int_equal(lb->offset_uncertainty_ns, 500 * NS_PER_MS);
	assert_false(web->offset_known);
	assert_int_equal(db->year, 2026);
	char when[CLOCK_TEXT_MAX];
	assert_string_equal(
		clock_format(db->boot_ns, 1, when), "2026-11-20T09:15:04.5Z");
	assert_int_equal(web->boot_ns, CLOCK_UNKNOWN_NS);
	assert_int_equal(db->captured_to_ns, CLOCK_UNKNOWN_NS);
	assert_int_equal(db->captured_from_ns - db->boot_ns, 3600 * NS_PER_S);
	assert_int_equal(config.files_count, 2);
	assert_int_equal(config.translations_count, 2);
	assert_int_equal(config.translations[0].from.port, 443);
	assert_int_equal(config.translations[0].to.port, 8443);
	assert_int_equal(config.translations[1].from.port, -1);
	assert_string_equal(
		ip_format(config.translations[0].to.ip, text), "2001:db8::7");
}

static void
files_are_placed(void **state)
{
	(void)state;
	static const struct {
		const char *name;
		const char *role;
	} rows[] = {{"app-01/dmesg.txt", "web"}, {"app-01.pcap", "web"},
		{"nginx.error.log", "web"}, {"web/x", "web"},
		{"web1.pcap", "web"}, {"website.pcap", NULL},
		{"db/container.log", "db"}, {"stray.log", "web"},
		{"stray.logs", NULL}, {"app-011.pcap", NULL},
		{"balancer", "balancer"}, {"other/db", NULL}};
	good(whole, NULL);
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		const char *role = case_config_place(&config, rows[i].name);
		if ((role == NULL) != (rows[i].role == NULL) ||
			(role != NULL && strcmp(role, rows[i].role) != 0))
			fail_msg("%s belongs to %s", rows[i].name,
				role == NULL ? "nobody" : role);
	}
}

static void
a_folder_speaks_for_itself(void **state)
{
	(void)state;
	good("vantages: [{name: server, timezone: UTC}]\n", NULL);
	good("host: {name: db-7, timezone: +02:00, year: 2026}\n", "server");
	const struct case_role *r = case_config_role(&config, "server");
	assert_string_equal(r->zone->name, "UTC"); /* said first */
	assert_int_equal(r->year, 2026);
	assert_null(case_config_role(&config, "db-7"));
	assert_null(config.rest);
}

static void
the_rest_is_the_hosts(void **state)
{
	(void)state;
	good("host: {name: server}\n", NULL);
	assert_string_equal(config.rest, "server");
}

/* Each text, and every line that must be said of it. */
static const struct {
	const char *text;
	const char *said;
} bad[] = {
	{"vantage: []\n",
		"case.yaml:1:1: unknown key 'vantage' in case.yaml; "
		"did you mean 'vantages'?\n"},
	{"vantages:\n  - name: a\n    timezon: UTC\n    boot: now\n",
		"case.yaml:3:5: unknown key 'timezon' in an entry of "
		"'vantages'; did you mean 'timezone'?\n"
		"case.yaml:4:11: 'now' is no such time; write "
		"2026-11-20T09:15:04Z or 2026-11-20T10:15:04+01:00\n"},
	{"vantages:\n  - timezone: UTC\n",
		"case.yaml:2:5: an entry of 'vantages' lacks "
		"'name'\n"},
	{"vantages: client\n", "case.yaml:1:11: 'vantages' must be a list\n"},
	{"vantages: [client]\n",
		"case.yaml:1:12: an entry of 'vantages' must be a "
		"map\n"},
	{"vantages: [{name: a}, {name: a}]\n",
		"case.yaml:1:23: 'a' is given twice\n"},
	{"vantages: [{name: a/b}]\n",
		"case.yaml:1:19: a name consists of up to 48 letters, "
		"digits, '-', '_' and '.'\n"},
	{"host: {name: a, timezone: Mars/Olympus}\n",
		"case.yaml:1:27: 'Mars/Olympus' is no time zone of "
		"this system; write a name such as Europe/Berlin or "
		"an offset such as +02:00\n"},
	{"host: {name: a, year: 26, clock_ahead_s: fast}\n",
		"case.yaml:1:23: a year is a number from 1970 to "
		"2115\ncase.yaml:1:42: write seconds, such as "
		"-137.25\n"},
	{"host: {name: a, clock_uncertainty_s: 1}\n",
		"case.yaml:1:38: 'clock_uncertainty_s' needs "
		"'clock_ahead_s'\n"},
	{"host: {name: a, clock_ahead_s: 1, clock_uncertainty_s: "
	 "-1}\n",
		"case.yaml:1:56: an uncertainty is not negative\n"},
	{"host: {name: a, clock_ahead_s: nan}\n",
		"case.yaml:1:32: write seconds, such as -137.25\n"},
	{"host: {name: a, boot: 2026-11-20T09:15:04}\n",
		"case.yaml:1:23: '2026-11-20T09:15:04' is no such "
		"time; write 2026-11-20T09:15:04Z or "
		"2026-11-20T10:15:04+01:00\n"},
	{"host: {name: a, boot: 2026-02-30T09:15:04Z}\n",
		"case.yaml:1:23: '2026-02-30T09:15:04Z' is no such "
		"time; write 2026-11-20T09:15:04Z or "
		"2026-11-20T10:15:04+01:00\n"},
	{"host: {name: a, captured_from: 2026-11-20T09:15:04Z,\n"
	 "  captured_to: 2026-11-20T09:15:03Z}\n",
		"case.yaml:2:16: 'captured_to' is before "
		"'captured_from'\n"},
	{"host: {name: a, addresses: [10.0.0.256]}\n",
		"case.yaml:1:29: write an IPv4 or IPv6 address\n"},
	{"host: {name: a, files: [../b, /etc]}\n",
		"case.yaml:1:25: write a path below the case folder, "
		"or its beginning\n"
		"case.yaml:1:31: write a path below the case folder, "
		"or its beginning\n"},
	{"files: [{role: a}]\n",
		"case.yaml:1:9: an entry of 'files' lacks 'path'\n"},
	{"translations: [{from: 10.0.0.1:0, to: 10.0.0.2:65536}]\n",
		"case.yaml:1:23: write an address, or address:port "
		"([address]:port of IPv6)\n"
		"case.yaml:1:39: write an address, or address:port "
		"([address]:port of IPv6)\n"},
	{"translations: [{from: 10.0.0.1}]\n",
		"case.yaml:1:16: a translation has 'from' and 'to'\n"},
	{"- a\n", "case.yaml:1:1: case.yaml must be a map\n"},
	{"", "case.yaml:1:1: the file is empty\n"},
	{"host: &x {name: a}\n", "case.yaml:1:7: anchors are not allowed\n"},
};

static void
bad_ones_are_refused(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		char *said = problems_of(bad[i].text, NULL);
		assert_string_equal(said, bad[i].said);
		free(said);
		case_config_release(&config);
	}
}

static void
a_folder_does_not_draw_the_path(void **state)
{
	(void)state;
	char *said = problems_of("vantages: [{name: a}]\n", "server");
	assert_string_equal(said,
		"case.yaml:1:1: 'vantages' belongs into the case's own "
		"case.yaml; write 'host' here\n");
	free(said);
}

static void
options_win(void **state)
{
	(void)state;
	struct error e = {0};
	struct case_files files;
	case_files_init(&files);
	case_files_add(&files, "a.log", "web");
	case_files_add(&files, "b.log", "db");
	case_files_add(&files, "db/container.log", "db");
	assert_true(case_config_timezone(&config, "web=+05:30", &e));
	assert_true(case_config_year(&config, "2024", &e));
	good(whole, NULL);
	assert_true(case_config_settle(&config, &files, &e));
	struct case_file_said a = case_config_said(&config, 0);
	struct case_file_said db = case_config_said(&config, 1);
	struct case_file_said own = case_config_said(&config, 2);
	assert_string_equal(a.zone->name, "+05:30");
	assert_int_equal(a.year, 2024);
	assert_null(db.zone);
	assert_int_equal(db.year, 2024);
	assert_string_equal(own.zone->name, "UTC");
	assert_int_equal(case_config_said(&config, 3).year, 0);
	assert_true(case_config_timezone(&config, "-01:00", &e));
	assert_true(case_config_settle(&config, &files, &e));
	assert_string_equal(case_config_said(&config, 2).zone->name, "-01:00");
	assert_string_equal(case_config_said(&config, 0).zone->name, "+05:30");
	/* Nobody has that role. */
	assert_true(case_config_year(&config, "wed=2024", &e));
	assert_false(case_config_settle(&config, &files, &e));
	assert_non_null(strstr(e.text, "did you mean 'web'"));
	case_files_release(&files);
}

static void
bad_options_are_refused(void **state)
{
	(void)state;
	struct error e = {0};
	static const char *const zones[] = {"", "web=", "=UTC", "Nowhere/X"};
	static const char *const years[] = {
		"", "99", "1969", "2116", "20266", "web=", "-2026", "MMXXVI"};
	for (size_t i = 0; i < sizeof zones / sizeof *zones; i++)
		assert_false(case_config_timezone(&config, zones[i], &e));
	for (size_t i = 0; i < sizeof years / sizeof *years; i++)
		assert_false(case_config_year(&config, years[i], &e));
}

static void
put(const char *folder, const char *name, const char *text)
{
	char path[512];
	snprintf(path, sizeof path, "%s/%s", folder, name);
	FILE *f = fopen(path, "w");
	assert_non_null(f);
	fputs(text, f);
	fclose(f);
}

static const struct case_file *
find(const struct case_files *files, const char *name)
{
	for (size_t i = 0; i < files->count; i++)
		if (strcmp(files->list[i].name, name) == 0)
			return &files->list[i];
	fail_msg("no file %s", name);
	return NULL;
}

/* A folder with case.yaml twice, one too deep, and a pipe that nobody writes:
 * to open it would hang. */
static void
a_case_folder(void **state)
{
	(void)state;
	char folder[] = "/tmp/case_config.XXXXXX";
	assert_non_null(mkdtemp(folder));
	char path[512];
	static const char *const folders[] = {"app1", "app1/deep"};
	for (size_t i = 0; i < 2; i++) {
		snprintf(path, sizeof path, "%s/%s", folder, folders[i]);
		assert_int_equal(mkdir(path, 0700), 0);
	}
	put(folder, "case.yaml", "vantages: [{name: app1}, {name: db}]\n");
	put(folder, "app1/case.yaml", "host: {timezone: +01:00}\n");
	put(folder, "app1/deep/case.yaml", "nonsense\n");
	put(folder, "db-1.log", "Nov 20 18:39:43 vm kernel: hello\n");
	put(folder, "app1/notes.txt", "hello\n");
	snprintf(path, sizeof path, "%s/app1/pipe", folder);
	assert_int_equal(mkfifo(path, 0600), 0);
	struct case_files files;
	struct error e = {0};
	case_files_init(&files);
	alarm(600); /* a test that hangs has failed */
	assert_true(case_files_walk(&files, folder, &e));
	assert_true(case_files_look(&files, &e));
	assert_true(case_config_read(&config, &files, stderr, &e));
	files.config = &config;
	case_files_place(&files);
	assert_true(case_config_settle(&config, &files, &e));
	alarm(0);
	assert_string_equal(find(&files, "db-1.log")->role, "db");
	assert_string_equal(find(&files, "app1/notes.txt")->role, "app1");
	assert_int_equal(find(&files, "case.yaml")->kind, CASE_FILE_NOTE);
	assert_int_equal(find(&files, "app1/case.yaml")->kind, CASE_FILE_NOTE);
	assert_int_equal(
		find(&files, "app1/deep/case.yaml")->kind, CASE_FILE_OTHER);
	assert_int_equal(find(&files, "app1/pipe")->kind, CASE_FILE_BROKEN);
	size_t notes = (size_t)(find(&files, "app1/notes.txt") - files.list);
	assert_int_equal(
		case_config_said(&config, notes).zone->changes[0].offset_ns,
		3600 * NS_PER_S);
	case_files_release(&files);
	snprintf(path, sizeof path, "rm -r %s", folder);
	assert_int_equal(system(path), 0);
}

int
main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, begin, end)
	const struct CMUnitTest tests[] = {
		TEST(everything_is_read),
		TEST(files_are_placed),
		TEST(a_folder_speaks_for_itself),
		TEST(the_rest_is_the_hosts),
		TEST(bad_ones_are_refused),
		TEST(a_folder_does_not_draw_the_path),
		TEST(options_win),
		TEST(bad_options_are_refused),
		TEST(a_case_folder),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
