/*
 * Files that are known and not read: by their first bytes, by the rules of a
 * package of an office's documents, then by the ending of a name.
 */
#include "ingest/unread.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#define BYTES(TEXT) view_of(TEXT, sizeof(TEXT) - 1)

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
	says("x", BYTES("RIFF\x24\0\0\0WEBP"), "picture");
	says("x", BYTES("MZ\x90\0\3"), "program");
	says("x", BYTES("-----BEGIN RSA PRIVATE KEY-----\nMII"), "secret");
	says("x",
		BYTES("PK\3\4\24\0\0\0\10\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0"
		      "\24\0\0\0META-INF/MANIFEST.MF"),
		"Java");
	static uint8_t disc[40000];
	memcpy(disc + 32769, "CD001", 5);
	says("x.iso", view_of(disc, sizeof disc), "disc");
}

static void
test_printed_packets(void **state)
{
	(void)state;
	says("x.txt",
		BYTES("23:41:22.501235 IP 192.0.2.10.40131 > 198.51.100.20.80: "
		      "Flags [S], seq 1, win 64240, length 0\n"),
		"tcpdump -w");
	says("x.txt",
		BYTES("tcpdump: listening on eth0\n"
		      "23:41:22.501235 IP (tos 0x0, ttl 64)\n"
		      "    192.0.2.10.40131 > 198.51.100.20.80: Flags [S], seq "
		      "1\n"
		      "23:41:23.501235 IP (tos 0x0, ttl 64)\n"
		      "    192.0.2.10.40131 > 198.51.100.20.80: Flags [S], seq "
		      "1\n"),
		"no capture");
	says("x.txt",
		BYTES("    1   0.000000   192.0.2.10 -> 198.51.100.20 TCP 58 "
		      "40131 "
		      "-> 80 [SYN] Seq=0 Win=64240 Len=0\n"),
		"tshark");
	/* A log of a packet filter, and a note that quotes one line. */
	says("x.txt",
		BYTES("23:41:22.5 rule 5/0(match): block in on em0: "
		      "192.0.2.10.40131 > 198.51.100.20.80: Flags [S], seq "
		      "1\n"),
		NULL);
	says("x.txt",
		BYTES("We saw this on Monday:\n"
		      "23:41:22.501235 IP 192.0.2.10.40131 > 198.51.100.20.80: "
		      "Flags [S], seq 1\n"
		      "and nothing came back.\n"),
		NULL);
}

static void
test_packed_text(void **state)
{
	(void)state;
	const char *line =
		"H4sIAAAAAAAAA5Vb3W4bNxa+76sYOEDRAg0MSf5JvdcWG3gXbRM0uehV"
		"QY04\n";
	char text[400] = "";
	for (int i = 0; i < 4; i++)
		strcat(text, line);
	assert_false(unread_is_base64(BYTES("H4sIAAAAAAAAA5Vb\n")));
	assert_true(unread_is_base64(view_of(text, strlen(text))));
	/* Digests of files are no base64. */
	line = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b8"
	       "55\n";
	text[0] = '\0';
	for (int i = 0; i < 4; i++)
		strcat(text, line);
	assert_false(unread_is_base64(view_of(text, strlen(text))));
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
		cmocka_unit_test(test_printed_packets),
		cmocka_unit_test(test_packed_text),
		cmocka_unit_test(test_documents_are_no_archives_of_evidence),
		cmocka_unit_test(test_names_come_last),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
