/*
 * What each file of a case is and whose (contract, section 5).
 */
#include "scratch_folder.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "ingest/case_files.h"
#include "ingest/case_names.h"

/* A pcap file without packets: the header alone tells what it is. */
static const uint8_t pcap[24] = {
	0xd4, 0xc3, 0xb2, 0xa1, 2, 0, 4, 0, [16] = 96, [20] = 1};

static struct case_files files;

static int
begin(void **state)
{
	case_files_init(&files);
	return scratch_make(state);
}

static int
end(void **state)
{
	case_files_release(&files);
	return scratch_remove(state);
}

static void
capture(const char *name)
{
	scratch_file(name, pcap, sizeof pcap);
}

static void
text(const char *name)
{
	scratch_file(name, "plain words\n", 12);
}

static void
walk(void)
{
	struct error e = {0};
	assert_true(case_files_walk(&files, scratch, &e));
	assert_true(case_files_look(&files, NULL));
	case_files_place(&files);
}

static const struct case_file *
file(const char *name)
{
	for (size_t i = 0; i < files.count; i++)
		if (strcmp(files.list[i].name, name) == 0)
			return &files.list[i];
	fail_msg("%s is not in the list", name);
	return NULL;
}

/* A capture with this role; NULL: no capture. */
static void
expect(const char *name, const char *role)
{
	const struct case_file *f = file(name);
	if (role == NULL) {
		assert_int_not_equal(f->kind, CASE_FILE_CAPTURE);
		return;
	}
	assert_int_equal(f->kind, CASE_FILE_CAPTURE);
	assert_non_null(f->role);
	assert_string_equal(f->role, role);
}

static void
folders_name_vantages(void **state)
{
	(void)state;
	capture("client/capture.pcap");
	capture("server/capture.pcap0");
	capture("server/old/capture.pcap1");
	capture("load-balancer/x.pcap");
	capture("lb1/x.pcap");
	capture("lb2/x.pcap");
	text("server/dmesg.txt");
	walk();
	expect("client/capture.pcap", "client");
	expect("server/capture.pcap0", "server");
	expect("server/old/capture.pcap1", "server");
	expect("load-balancer/x.pcap", "load-balancer");
	/* Two machines, not two pieces of one capture. */
	expect("lb1/x.pcap", "lb1");
	expect("lb2/x.pcap", "lb2");
	expect("server/dmesg.txt", NULL);
	assert_string_equal(file("server/dmesg.txt")->role, "server");
	assert_int_equal(file("server/dmesg.txt")->kind, CASE_FILE_OTHER);
}

static void
file_names_name_vantages(void **state)
{
	(void)state;
	capture("client.pcap");
	capture("Server-eth0.pcap");
	capture("client_2.pcap");
	capture("firewall-1.pcap");
	walk();
	expect("client.pcap", "client");
	expect("client_2.pcap", "client");
	expect("Server-eth0.pcap", "server");
	expect("firewall-1.pcap", "firewall-1");
}

/* A folder that only wraps the captures is no vantage. */
static void
names_inside_a_folder_count(void **state)
{
	(void)state;
	capture("captures/client.pcap");
	capture("captures/server.pcap");
	capture("day1/client/a.pcap");
	capture("server/client-facing.pcap");
	walk();
	expect("captures/client.pcap", "client");
	expect("captures/server.pcap", "server");
	expect("day1/client/a.pcap", "client");
	expect("server/client-facing.pcap", "server");
}

static void
two_captures_without_names(void **state)
{
	(void)state;
	capture("a.pcap");
	capture("b.pcap");
	text("notes.txt");
	walk();
	expect("a.pcap", "client");
	expect("b.pcap", "server");
}

static void
lone_capture_is_the_clients(void **state)
{
	(void)state;
	capture("10.0.0.1.pcap");
	walk();
	expect("10.0.0.1.pcap", "client");
}

static void
many_captures_by_their_words(void **state)
{
	(void)state;
	capture("app-1.pcap");
	capture("app-2-eth0.pcap0");
	capture("app-2-eth0.pcap1");
	capture("capture_db_20261121.pcap");
	/* A ring of dumpcap's. */
	capture("lb-3_00001_20261130105213.pcapng");
	capture("lb-3_00002_20261130105213.pcapng");
	walk();
	/* Two machines, as their folders would be. */
	expect("app-1.pcap", "app-1");
	expect("app-2-eth0.pcap0", "app-2");
	expect("app-2-eth0.pcap1", "app-2");
	expect("capture_db_20261121.pcap", "db");
	expect("lb-3_00001_20261130105213.pcapng", "lb-3");
	expect("lb-3_00002_20261130105213.pcapng", "lb-3");
}

/* Never mixed into the capture of an end that is known. */
static void
nameless_capture_beside_a_known_end(void **state)
{
	(void)state;
	capture("client.pcap");
	capture("10.0.0.9.pcap");
	walk();
	expect("client.pcap", "client");
	expect("10.0.0.9.pcap", "server");
}

static void
nameless_capture_beside_the_server(void **state)
{
	(void)state;
	capture("server.pcap");
	capture("10.0.0.9.pcap");
	walk();
	expect("server.pcap", "server");
	expect("10.0.0.9.pcap", "client");
}

static void
nameless_capture_beside_both_ends(void **state)
{
	(void)state;
	capture("client.pcap");
	capture("server.pcap");
	capture("10.0.0.9.pcap");
	walk();
	expect("10.0.0.9.pcap", "10.0.0.9");
}

/* Addresses are names, dates and versions are none; hashes before a name are none
 * of it. */
static void
names_of_machines(void **state)
{
	static const char *const names[][2] = {
		{"10.0.0.5-dmesg.txt", "10.0.0.5"},
		{"dmesg_10-0-0-5.log", "10-0-0-5"},
		{"ip-10-0-1-6.ss.txt", "ip-10-0-1-6"},
		{"2026-03-01-09-web-01.pcap", "web-01"},
		{"a3f1c9e2b7_web-01-dmesg.txt", "web-01"},
		{"front-7d9f8b6c5-x2x4z.log", "front-7d9f8b6c5-x2x4z"},
		{"3f2a1b9c8d7e.log", "3f2a1b9c8d7e"},
		{"ping-10.0.2.7.txt", "ping-10.0.2.7"},
	};
	struct arena a = {0};
	struct ip_addr ip;
	(void)state;
	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		assert_string_equal(
			case_name_machine(&a, names[i][0]), names[i][1]);
	assert_null(case_name_machine(&a, "26-03-01-09.pcap"));
	assert_true(case_name_address("ip-10-0-1-6", &ip));
	assert_true(ip_equal(ip, ip_from_v4(0x0a000106)));
	assert_false(case_name_address("10.0.0.5-x", &ip));
	assert_false(case_name_address("ping-10.0.2.7", &ip));
	assert_false(case_name_address("10.0.0.256", &ip));
	arena_release(&a);
}

/* Which role has the file of this name? */
static void
expect_role(const char *name, const char *role)
{
	const char *got = file(name)->role;
	if (role == NULL)
		assert_null(got);
	else if (got == NULL)
		fail_msg("%s has no role", name);
	else
		assert_string_equal(got, role);
}

/* Side by side, the files of machines by their names. */
static void
machines_by_common_names(void **state)
{
	static const char log[] = "[    1.000000] words of the kernel\n";
	static const char *const logs[] = {"web-01-dmesg.txt", "dmesg.db-02",
		"db-02_kern_before.log", "notes-of-nobody.log", "kern.log",
		"dmesg-cache7.txt"};
	(void)state;
	capture("web-01.pcap");
	capture("tcpdump_db-02_eth0.pcap");
	for (size_t i = 0; i < sizeof logs / sizeof *logs; i++)
		scratch_file(logs[i], log, sizeof log - 1);
	walk();
	/* In the order of names; the packets may exchange the two. */
	expect("tcpdump_db-02_eth0.pcap", "client");
	expect("web-01.pcap", "server");
	expect_role("web-01-dmesg.txt", "server");
	expect_role("dmesg.db-02", "client");
	expect_role("db-02_kern_before.log", "client");
	expect_role("dmesg-cache7.txt", "cache7");
	expect_role("kern.log", NULL);
	expect_role("notes-of-nobody.log", NULL);
	assert_true(file("web-01.pcap")->role_guessed);
}

/* A machine beside one whose role was said is at the end that is free, unless
 * its name says that it stands between. */
static void
machines_beside_an_end(void **state)
{
	(void)state;
	capture("client/a.pcap");
	capture("db-02/a.pcap");
	capture("fw-01/a.pcap");
	walk();
	expect("db-02/a.pcap", "server");
	expect("fw-01/a.pcap", "fw-01");
	assert_true(file("db-02/a.pcap")->role_guessed);
	assert_false(file("fw-01/a.pcap")->role_guessed);
}

static void
wrappers_are_taken_off(void **state)
{
	(void)state;
	capture("incident-4711/web-01/a.pcap");
	capture("incident-4711/sosreport-db-02-2026-11-21-abcdefg/a.pcap");
	walk();
	assert_string_equal(
		file("incident-4711/web-01/a.pcap")->place, "web-01/a.pcap");
	assert_int_equal(files.hosts_count, 2);
	assert_string_equal(files.hosts[0].name, "db-02");
	assert_string_equal(files.hosts[1].name, "web-01");
}

static void
kinds_by_content(void **state)
{
	(void)state;
	static const uint8_t pcapng[16] = {
		0x0a, 0x0d, 0x0d, 0x0a, 28, 0, 0, 0, 0x4d, 0x3c, 0x2b, 0x1a, 1};
	scratch_file("client.txt", pcap, sizeof pcap);
	scratch_file("server.log", pcapng, sizeof pcapng);
	text("client.pcap");
	scratch_file("empty.pcap", "", 0);
	text("expected.json");
	text("README.md");
	walk();
	expect("client.txt", "client");
	assert_int_equal(file("client.txt")->format, CAPTURE_FORMAT_PCAP);
	expect("server.log", "server");
	assert_int_equal(file("server.log")->format, CAPTURE_FORMAT_PCAPNG);
	assert_int_equal(file("client.pcap")->kind, CASE_FILE_OTHER);
	assert_int_equal(file("empty.pcap")->kind, CASE_FILE_OTHER);
	assert_int_equal(file("expected.json")->kind, CASE_FILE_NOTE);
	assert_int_equal(file("README.md")->kind, CASE_FILE_NOTE);
	assert_int_equal(files.count, 6);
}

/* To open a pipe without a writer would block for ever. */
static void
pipes_and_links_in_a_folder(void **state)
{
	(void)state;
	capture("server/a.pcap");
	assert_int_equal(mkfifo(scratch_path("client.pcap"), 0600), 0);
	assert_int_equal(symlink("server", scratch_path("client-link")), 0);
	assert_int_equal(symlink("server/a.pcap", scratch_path("client-a")), 0);
	assert_int_equal(symlink("nowhere", scratch_path("dangling")), 0);
	walk();
	assert_int_equal(file("client.pcap")->kind, CASE_FILE_BROKEN);
	assert_int_equal(file("client-link")->kind, CASE_FILE_BROKEN);
	assert_int_equal(file("dangling")->kind, CASE_FILE_BROKEN);
	assert_non_null(file("dangling")->problem);
	expect("client-a", "client");
	expect("server/a.pcap", "server");
}

static void
nested_too_deep(void **state)
{
	(void)state;
#define DEEP "1/2/3/4/5/6/7/8/1/2/3/4/5/6/7/8"
	capture(DEEP "/deep.pcap");
	capture(DEEP "/9/deeper.pcap");
	walk();
	/* Folders that hold nothing but each other are no machines. */
	expect(DEEP "/deep.pcap", "client");
	assert_int_equal(file(DEEP "/9")->kind, CASE_FILE_BROKEN);
}

static void
roles_of_the_command_line_stand(void **state)
{
	(void)state;
	struct error e = {0};
	capture("server.pcap");
	capture("x.pcap");
	text("x.txt");
	case_files_add(&files, scratch_path("server.pcap"), "client");
	case_files_add(&files, scratch_path("x.pcap"), "server");
	case_files_add(&files, scratch_path("x.txt"), NULL);
	assert_true(case_files_look(&files, NULL));
	case_files_place(&files);
	assert_string_equal(files.list[0].role, "client");
	assert_string_equal(files.list[1].role, "server");
	assert_null(files.list[2].role);
	assert_true(case_files_check_named(&files, &e));
	assert_string_equal(files.name, "server.pcap");
}

/* The innermost part of a path that somebody typed. */
static void
typed_paths_name_ends(void **state)
{
	(void)state;
	text("server-room/client/dmesg.txt");
	case_files_add(
		&files, scratch_path("server-room/client/dmesg.txt"), NULL);
	assert_true(case_files_look(&files, NULL));
	case_files_place(&files);
	assert_string_equal(files.list[0].role, "client");
}

static void
named_files_must_be_usable(void **state)
{
	(void)state;
	struct error e = {0};
	text("x.txt");
	case_files_add(&files, scratch_path("x.txt"), "client");
	assert_true(case_files_look(&files, NULL));
	case_files_place(&files);
	assert_false(case_files_check_named(&files, &e));
	assert_int_equal(e.kind, ERROR_USAGE);
	assert_non_null(strstr(e.text, "x.txt"));
	e = (struct error){0};
	case_files_add(&files, scratch_path("not-there"), NULL);
	files.list[0].named = files.list[0].asked = false;
	assert_true(case_files_look(&files, NULL));
	case_files_place(&files);
	assert_false(case_files_check_named(&files, &e));
	assert_non_null(strstr(e.text, "not-there"));
}

static void
order_is_by_name(void **state)
{
	(void)state;
	capture("server/c");
	capture("server/a");
	capture("client/b");
	capture("b");
	walk();
	assert_string_equal(files.list[0].name, "b");
	assert_string_equal(files.list[1].name, "client/b");
	assert_string_equal(files.list[2].name, "server/a");
	assert_string_equal(files.list[3].name, "server/c");
}

static void
folder_that_is_not_there(void **state)
{
	(void)state;
	struct error e = {0};
	assert_false(case_files_walk(&files, scratch_path("nothing"), &e));
	assert_int_equal(e.kind, ERROR_USAGE);
}

static void
too_many_files(void **state)
{
	(void)state;
	struct error e = {0};
	for (int i = 0; i <= CASE_FILES_MAX; i++) {
		char name[32];
		snprintf(name, sizeof name, "f%d", i);
		scratch_file(name, "", 0);
	}
	assert_false(case_files_walk(&files, scratch, &e));
	assert_int_equal(e.kind, ERROR_USAGE);
}

#define CASE(f) cmocka_unit_test_setup_teardown(f, begin, end)

/* A line that looks like a table's entry does not make a table of a log, nor a
   log's line one of a table. */
static void
one_line_decides_nothing(void **state)
{
	(void)state;
	static const struct {
		const char *text;
		enum case_file_kind kind;
		const char *id;
	} cases[] = {
		{"Nov 20 23:41:22 gw ids[412]: ALERT tcp 6 117 SYN_SENT "
		 "src=192.0.2.1 dst=192.0.2.2 sport=5 dport=80 [UNREPLIED] "
		 "src=192.0.2.2 dst=192.0.2.1 sport=80 dport=5 mark=0 use=1\n"
		 "Nov 20 23:41:22 gw kernel: nf_conntrack: table full\n"
		 "Nov 20 23:41:23 gw kernel: nf_conntrack: table full\n",
			CASE_FILE_LOG, "syslog"},
		{"tcp      6 117 SYN_SENT src=192.0.2.1 dst=192.0.2.2 sport=5 "
		 "dport=80 [UNREPLIED] src=192.0.2.2 dst=192.0.2.1 sport=80 "
		 "dport=5 mark=0 use=1\n"
		 "tcp      6 118 SYN_SENT src=192.0.2.1 dst=192.0.2.2 sport=6 "
		 "dport=80 [UNREPLIED] src=192.0.2.2 dst=192.0.2.1 sport=80 "
		 "dport=6 mark=0 use=1\n"
		 "conntrack v1.4.7 (conntrack-tools): 2 flow entries have been "
		 "shown.\n",
			CASE_FILE_SNAPSHOT, "conntrack-L"},
		{"curl: (28) Failed to connect to 192.0.2.2 port 80\n",
			CASE_FILE_OTHER, "unrecognised"},
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct case_file f = {.name = "x", .kind = CASE_FILE_OTHER};
		case_file_recognise(&f, view_str(cases[i].text));
		assert_int_equal(f.kind, cases[i].kind);
		assert_string_equal(f.kind_id, cases[i].id);
		assert_int_equal(f.text, cases[i].kind == CASE_FILE_OTHER);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(one_line_decides_nothing),
		CASE(folders_name_vantages),
		CASE(file_names_name_vantages),
		CASE(names_inside_a_folder_count),
		CASE(two_captures_without_names),
		CASE(lone_capture_is_the_clients),
		CASE(many_captures_by_their_words),
		CASE(nameless_capture_beside_a_known_end),
		CASE(nameless_capture_beside_the_server),
		CASE(nameless_capture_beside_both_ends),
		CASE(names_of_machines),
		CASE(machines_by_common_names),
		CASE(machines_beside_an_end),
		CASE(wrappers_are_taken_off),
		CASE(kinds_by_content),
		CASE(pipes_and_links_in_a_folder),
		CASE(nested_too_deep),
		CASE(roles_of_the_command_line_stand),
		CASE(typed_paths_name_ends),
		CASE(named_files_must_be_usable),
		CASE(order_is_by_name),
		CASE(folder_that_is_not_there),
		CASE(too_many_files),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
