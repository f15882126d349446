/*
 * Files that are known and not read: by their first bytes, by the rules of a
 * mail and of an office's documents, then by the ending of a name.
 */
#include "ingest/unread.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#define BYTES(TEXT) view_of(TEXT, sizeof(TEXT) - 1)

static const char mail[] = "Received: from mx (mx [192.0.2.1])\r\n"
			   "\tby example.com; Sat, 21 Nov 2026 01:00:00\r\n"
			   "From: a@example.com\r\n"
			   "MIME-Version: 1.0\r\n"
			   "\r\n"
			   "see attached\r\n";

static void
says(const char *name, struct view head, const char *word)
{
	const char *reason = unread_reason(name, head);
	if (word == NULL) {
		assert_null(reason);
		return;
	}
	assert_non_null(reason);
	assert_non_null(strstr(reason, word));
}

static void
test_first_bytes_tell(void **state)
{
	(void)state;
	says("x", BYTES("Rar!\x1a\x07\x01"), "RAR");
	says("x.log", BYTES("\x89PNG\r\n\x1a\n"), "picture");
	says("x",
		BYTES("\0\0\0\x18"
		      "ftypheic"),
		"picture");
	says("x", BYTES("ElfFile\0\0"), "wevtutil");
	says("x", BYTES("ElfFiles are many"), NULL);
	says("x.pcap", BYTES("LPKSHHRH\0"), "journalctl");
	says("x", BYTES(""), "empty");
	says("x", BYTES("R"), NULL);
}

/* The first member's name tells, not that there is one such folder. */
static void
test_documents_are_no_archives_of_evidence(void **state)
{
	(void)state;
	assert_true(unread_is_document(
		BYTES("PK\3\4\24\0\0\0\10\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0"
		      "\23\0\0\0[Content_Types].xml")));
	assert_false(unread_is_document(
		BYTES("PK\3\4\24\0\0\0\10\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0"
		      "\16\0\0\0server/dmesg.txt")));
	assert_false(unread_is_document(BYTES("PK\3\4\24\0")));
}

/* A whole header with a sender and a MIME version, to its empty line. */
static void
test_mails_are_told_by_whole_headers(void **state)
{
	(void)state;
	assert_true(unread_is_mail(BYTES(mail)));
	assert_false(unread_is_mail(view_of(mail, 60)));
	assert_false(unread_is_mail(BYTES("From: a@example.com\n"
					  "Date: Sat, 21 Nov 2026\n\nx\n")));
	assert_false(unread_is_mail(BYTES("MIME-Version: 1.0\n"
					  "From here: x\n\nx\n")));
	says("x", BYTES(mail), "attachments");
}

/* Only where the content says nothing. */
static void
test_names_come_last(void **state)
{
	(void)state;
	struct view noise = BYTES("\1\2\3\4\5\6\7");
	says("a/incident.z02", noise, "split");
	says("incident.7z.001", noise, "split");
	says("incident.ZIP", noise, "last part");
	says("x.etl", noise, "etl2pcapng");
	says("capture.pcap", noise, "called a capture");
	says("rotated.log.01", noise, NULL);
	says("web.z", noise, NULL);
	says("dir.zip/file", noise, NULL);
	says("x.zip", BYTES("%PDF-1.7"), "PDF");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_first_bytes_tell),
		cmocka_unit_test(test_documents_are_no_archives_of_evidence),
		cmocka_unit_test(test_mails_are_told_by_whole_headers),
		cmocka_unit_test(test_names_come_last),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
