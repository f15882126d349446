/*
 * Names of captures: which end, which incident.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include "batch/names.h"

static void
split(const char *file, const char *incident, const char *role, bool full)
{
	struct name_parts parts;
	name_split(file, &parts);
	assert_string_equal(parts.incident, incident);
	if (role == NULL) {
		assert_null(parts.role);
		return;
	}
	assert_non_null(parts.role);
	assert_string_equal(parts.role, role);
	assert_int_equal(parts.full_word, full);
}

static void
test_end_last(void **state)
{
	(void)state;
	split("db-client.pcap", "db", "client", true);
	split("db_server.pcapng.gz", "db", "server", true);
	split("db.client.pcap3", "db", "client", true);
	split("db-server.pcap.12", "db", "server", true);
	split("db-client-00007.pcap", "db", "client", true);
	split("my db-timeout CLIENT.PCAP", "my db-timeout", "client", true);
	split("db-c.pcap", "db", "client", false);
	split("db.srv.cap.zst", "db", "server", false);
}

static void
test_end_first(void **state)
{
	struct name_parts parts;
	(void)state;
	split("client-db.pcap", "db", "client", true);
	split("server_db-2.pcap", "db-2", "server", true);
	split("client.pcap", "", "client", true);
	name_split("client-0001.pcap", &parts);
	assert_true(parts.leads);
	name_split("db-client.pcap", &parts);
	assert_false(parts.leads);
}

static void
test_no_end(void **state)
{
	(void)state;
	split("capture.pcap", "capture", NULL, false);
	split("clientele.pcap", "clientele", NULL, false);
	split("webserver.pcap", "webserver", NULL, false);
	split("a-clients.pcap", "a-clients", NULL, false);
	split("notes", "notes", NULL, false);
	split("-client.pcap", "-client", NULL, false);
	split("", "", NULL, false);
}

static void
test_is_capture(void **state)
{
	(void)state;
	assert_true(name_is_capture("a.pcap"));
	assert_true(name_is_capture("a.PCAPNG.xz"));
	assert_true(name_is_capture("a.pcap17"));
	assert_false(name_is_capture("a.log"));
	assert_false(name_is_capture("a.gz"));
	assert_false(name_is_capture(".pcap"));
	assert_false(name_is_capture("pcap"));
}

static void
test_folders(void **state)
{
	(void)state;
	assert_int_equal(name_of_folder("client"), FOLDER_CLIENT);
	assert_int_equal(name_of_folder("server-2"), FOLDER_SERVER);
	assert_int_equal(name_of_folder("client-only"), FOLDER_CLIENT_WORD);
	assert_int_equal(name_of_folder("server.lab"), FOLDER_SERVER_WORD);
	assert_int_equal(name_of_folder("clients"), FOLDER_OTHER);
	assert_int_equal(name_of_folder(""), FOLDER_OTHER);
}

static void
test_evidence(void **state)
{
	(void)state;
	assert_string_equal(
		name_evidence_of("db-server-dmesg.txt", "db"), "server");
	assert_string_equal(name_evidence_of("db.client.log", "db"), "client");
	assert_null(name_evidence_of("db-server-dmesg.txt", "d"));
	assert_null(name_evidence_of("db-s.log", "db"));
	assert_null(name_evidence_of("db.log", "db"));
	assert_null(name_evidence_of("server.log", ""));
}

/* Any bytes: nothing is read past the end, and the rest fits. */
static void
test_long_name(void **state)
{
	char name[600];
	struct name_parts parts;
	(void)state;
	memset(name, 'x', sizeof name - 1);
	name[sizeof name - 1] = '\0';
	memcpy(name + sizeof name - 13, "-client.pcap", 12);
	name_split(name, &parts);
	assert_string_equal(parts.role, "client");
	assert_int_equal(strlen(parts.incident), sizeof parts.incident - 1);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_end_last),
		cmocka_unit_test(test_end_first),
		cmocka_unit_test(test_no_end),
		cmocka_unit_test(test_is_capture),
		cmocka_unit_test(test_folders),
		cmocka_unit_test(test_evidence),
		cmocka_unit_test(test_long_name),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
