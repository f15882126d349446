/*
 * Cases of an archive: how folders and files become cases, and which shard
 * they are in. The archive is made of empty files; names alone decide here.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "scratch_folder.h"

#include "batch/names.h"
#include "batch/plan.h"

static struct plan plan;

static bool
by_name(const char *path)
{
	const char *slash = strrchr(path, '/');
	return name_is_capture(slash == NULL ? path : slash + 1);
}

static void
make(const char *name)
{
	scratch_file(name, "", 0);
}

static int
tear_down(void **state)
{
	plan_release(&plan);
	return scratch_remove(state);
}

static void
look(const char *out)
{
	struct error e = {0};
	const struct batch_options o = {
		.archive = scratch, .out = out, .is_capture = by_name};
	plan_release(&plan);
	if (!plan_make(&plan, &o, &e))
		fail_msg("%s", e.text);
}

static const struct batch_case *
find(const char *name)
{
	for (size_t i = 0; i < plan.count; i++)
		if (strcmp(plan.cases[i].name, name) == 0)
			return &plan.cases[i];
	fail_msg("no case %s", name);
	return NULL;
}

static void
expect(const char *name, enum case_kind kind, size_t parts)
{
	const struct batch_case *c = find(name);
	assert_int_equal(c->kind, kind);
	assert_int_equal(c->parts_count, parts);
}

static void
test_folders(void **state)
{
	(void)state;
	make("a/one/client/x.pcap");
	make("a/one/server/x.pcap");
	make("a/one/server/deep/er/dmesg.txt");
	make("a/two/client.pcap");
	make("a/two/server.pcap");
	make("a/two/dmesg.txt");
	make("a/three/case.yaml");
	make("a/three/left.pcap");
	make("a/four/server/x.pcap");
	make("a/five/client-web1/x.pcap");
	make("a/five/server-db1/x.pcap");
	make("a/six/client-2026-11-20T0915.pcap");
	look(NULL);
	assert_int_equal(plan.count, 6);
	expect("a/one", CASE_FOLDER, 1);
	expect("a/two", CASE_FOLDER, 1);
	expect("a/three", CASE_FOLDER, 1);
	expect("a/four", CASE_FOLDER, 1);
	expect("a/five", CASE_FOLDER, 1);
	expect("a/six", CASE_FOLDER, 1);
	assert_int_equal(plan.unplaced_count, 0);
}

/* samples/cases holds cases called client-only and server-only. */
static void
test_cases_called_as_ends(void **state)
{
	(void)state;
	make("client-only/client/x.pcap");
	make("server-only/server/x.pcap");
	look(NULL);
	assert_int_equal(plan.count, 2);
	expect("client-only", CASE_FOLDER, 1);
}

static void
test_pairs(void **state)
{
	(void)state;
	make("p/db-client.pcap");
	make("p/db-server.pcap.gz");
	make("p/db-server-dmesg.txt");
	make("p/web_c.pcap");
	make("p/web_s.pcap1");
	make("p/web_s.pcap2");
	make("p/lone.pcap");
	make("p/half-client.pcap");
	make("p/short-c.pcap");
	make("p/readme.txt");
	look(NULL);
	assert_int_equal(plan.count, 5);
	expect("p/db", CASE_PAIR, 3);
	expect("p/web", CASE_PAIR, 3);
	expect("p/lone.pcap", CASE_SINGLE, 1);
	expect("p/half-client.pcap", CASE_SINGLE, 1);
	assert_string_equal(
		find("p/half-client.pcap")->parts[0].role, "client");
	assert_null(find("p/short-c.pcap")->parts[0].role);
	assert_int_equal(plan.unplaced_count, 1);
	assert_string_equal(plan.unplaced[0], "p/readme.txt");
}

/* Words after the end are incidents, digits are pieces. */
static void
test_incidents_side_by_side(void **state)
{
	(void)state;
	make("q/client-checkout.pcap");
	make("q/server-checkout.pcap");
	make("q/client-search.pcap");
	make("q/server-search.pcap");
	make("r/client-1.pcap");
	make("r/server-1.pcap");
	make("r/client-2.pcap");
	look(NULL);
	assert_int_equal(plan.count, 3);
	expect("q/checkout", CASE_PAIR, 2);
	expect("q/search", CASE_PAIR, 2);
	expect("r", CASE_FOLDER, 1);
}

/* A pair and a folder of one name are two cases. */
static void
test_same_name(void **state)
{
	(void)state;
	make("x-client.pcap");
	make("x-server.pcap");
	make("x/client/a.pcap");
	look(NULL);
	assert_int_equal(plan.count, 2);
	assert_string_not_equal(plan.cases[0].name, plan.cases[1].name);
	assert_string_not_equal(plan.cases[0].folder, plan.cases[1].folder);
}

static void
test_not_followed(void **state)
{
	char link_path[128];
	char out[128];
	(void)state;
	make("one/client/x.pcap");
	make("results/cases/one/client/x.pcap");
	snprintf(link_path, sizeof link_path, "%s/again", scratch);
	snprintf(out, sizeof out, "%s/results", scratch);
	assert_int_equal(symlink(scratch, link_path), 0);
	look(out);
	assert_int_equal(plan.count, 1);
	assert_int_equal(plan.unplaced_count, 1);
	assert_string_equal(plan.unplaced[0], "again");
}

static void
test_result_folder_is_safe(void **state)
{
	(void)state;
	make("..hidden/client/x.pcap");
	make("b <script>\n\xff/client/x.pcap");
	look(NULL);
	assert_int_equal(plan.count, 2);
	for (size_t i = 0; i < plan.count; i++) {
		const char *folder = plan.cases[i].folder;
		assert_int_not_equal(folder[0], '.');
		assert_int_equal(strspn(folder,
					 "abcdefghijklmnopqrstuvwxyz"
					 "0123456789-_."),
			strlen(folder));
	}
}

static void
test_shards(void **state)
{
	size_t total = 0;
	(void)state;
	for (int i = 0; i < 40; i++) {
		char name[64];
		snprintf(name, sizeof name, "case%d/client/x.pcap", i);
		make(name);
	}
	for (uint32_t shard = 1; shard <= 3; shard++) {
		look(NULL);
		assert_int_equal(plan.count, 40);
		plan_keep_shard(&plan, shard, 3);
		assert_in_range(plan.count, 1, 39);
		for (size_t i = 0; i < plan.count; i++)
			assert_int_equal(
				plan_shard_of(plan.cases[i].name, 3), shard);
		total += plan.count;
	}
	assert_int_equal(total, 40);
	/* The same on every machine: shards of one archive meet. By hand: the first 16 hex digits
	 * of sha256("a/one") modulo 1000, plus 1. */
	assert_int_equal(plan_shard_of("a/one", 1000), 188);
}

/* Machines' folders, and a file of a machine that has no capture: one case where
   somebody says so. */
static void
test_said(void **state)
{
	(void)state;
	static const char *const one[] = {"x/4711/"};
	static const char *const root[] = {"."};
	static const char *const none[] = {"x/4711/app-01/a.pcap"};
	struct batch_options o = {.archive = scratch,
		.is_capture = by_name,
		.said = one,
		.said_count = 1};
	struct error e = {0};
	make("x/4711/app-01/a.pcap");
	make("x/4711/web-01/b.pcap");
	make("x/4711/db-01/dmesg.txt");
	make("x/4712/c.pcap");
	assert_true(plan_make(&plan, &o, &e));
	assert_int_equal(plan.count, 2);
	expect("x/4711", CASE_FOLDER, 1);
	expect("x/4712/c.pcap", CASE_SINGLE, 1);
	assert_int_equal(plan.unplaced_count, 0);
	plan_release(&plan);
	o.said = root;
	assert_true(plan_make(&plan, &o, &e));
	assert_int_equal(plan.count, 1);
	expect(".", CASE_FOLDER, 1);
	plan_release(&plan);
	o.said = none;
	assert_false(plan_make(&plan, &o, &e));
	assert_int_equal(e.kind, ERROR_USAGE);
}

#define TEST(name) \
	cmocka_unit_test_setup_teardown(name, scratch_make, tear_down)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_folders),
		TEST(test_cases_called_as_ends),
		TEST(test_pairs),
		TEST(test_incidents_side_by_side),
		TEST(test_same_name),
		TEST(test_not_followed),
		TEST(test_result_folder_is_safe),
		TEST(test_shards),
		TEST(test_said),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
