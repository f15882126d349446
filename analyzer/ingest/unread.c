/*
 * Fronts of files that are known and not read, then endings of names.
 *
 * spec: PKWARE APPNOTE 6.3.10 section 4.3.7 (local file header); RFC 5322
 * section 2.2 (header fields); RFC 2045 sections 4, 5 and 6
 */
#include "ingest/unread.h"

#include <stddef.h>
#include <string.h>
#include <strings.h>

#include "base/text.h"

/* A name's place in the header of a zip archive's first member. */
#define ZIP_NAME_AT 30

/* Lines of base64 that are asked, and how long whole ones are at least. */
#define BASE64_LINES 8
#define BASE64_LINE_MIN 60

bool
unread_is_document(struct view head)
{
	/* cite: ECMA-376 part 2, section 10 (packages); OpenDocument 1.2 part
	 * 3, section 3.3: what such archives begin with, and no others */
	static const char *const first[] = {"[Content_Types].xml",
		"_rels/.rels", "docProps/", "mimetypeapplication/vnd.oasis"};
	if (!view_begins(head, "PK\x03\x04") || head.len < ZIP_NAME_AT)
		return false;
	struct view name = view_skip(head, ZIP_NAME_AT);
	for (size_t i = 0; i < sizeof first / sizeof *first; i++)
		if (view_begins(name, first[i]))
			return true;
	return false;
}

bool
unread_is_program(struct view head)
{
	/* cite: JAR File Specification (Java SE 17), "The META-INF directory":
	 * what a Java archive begins with */
	return view_begins(head, "PK\x03\x04") && head.len > ZIP_NAME_AT &&
		view_begins(view_skip(head, ZIP_NAME_AT), "META-INF/");
}

/* Only letters, digits, "+" and "/", of both cases, then at most "=". */
static bool
is_base64_line(struct view line)
{
	bool upper = false;
	bool lower = false;
	while (line.len > 0 && line.data[line.len - 1] == '=')
		line.len--;
	for (size_t i = 0; i < line.len; i++) {
		uint8_t byte = line.data[i];
		if (!byte_letter(byte) && !byte_digit(byte) &&
			!byte_among(byte, "+/"))
			return false;
		upper |= byte >= 'A' && byte <= 'Z';
		lower |= byte >= 'a' && byte <= 'z';
	}
	return upper && lower;
}

/* Lines of one length of nothing but its alphabet, as base64(1) and mails have
 * them, the last one shorter: no words and no digests stand like that.
 * cite: RFC 2045 section 6.8 */
bool
unread_is_base64(struct view head)
{
	struct view line;
	size_t len = 0;
	size_t lines = 0;
	bool last = false;
	while (lines < BASE64_LINES && line_next(&head, &line)) {
		line = view_trim(line);
		if (line.len == 0)
			continue;
		if (last || !is_base64_line(line))
			return false;
		last = len > 0 && line.len < len;
		if (lines++ == 0)
			len = line.len;
		if (len < BASE64_LINE_MIN || line.len > len)
			return false;
	}
	return lines > 1;
}

/* Lines that are asked whether they are printed packets. */
#define PRINTED_LINES 64

/* "IP 10.1.0.2.40131 > 10.2.0.2.80: Flags [S], seq 1" of tcpdump; "10.1.0.2 ->
 * 10.2.0.2 TCP 74 40131 -> 80 [SYN] Seq=0 Win=64240" of tshark. A packet filter's
 * log that tcpdump prints names its rule first, and is read.
 * cite: tcpdump 4.99 print-tcp.c, tcp_print; Wireshark 4.2
 * epan/dissectors/packet-tcp.c, the info column; pcap-filter(7), pflog */
static bool
is_printed_packet(struct view line)
{
	if (view_has(line, "(match)"))
		return false;
	return (view_has(line, " > ") && view_has(line, ": Flags [")) ||
		(view_has(line, " TCP ") && view_has(line, " Seq=") &&
			view_has(line, " Win="));
}

bool
unread_is_printed_packets(struct view head)
{
	struct view line;
	size_t lines = 0;
	size_t packets = 0;
	while (lines < PRINTED_LINES && line_next(&head, &line)) {
		bool packet = is_printed_packet(line);
		/* -v prints a line before a packet, -x indented ones below. */
		bool beside = line.len == 0 ||
			byte_among(line.data[0], " \t") ||
			view_has(line, " IP (") || view_has(line, " IP6 (");
		if (packet || !beside)
			lines++;
		packets += packet;
	}
	return packets > 0 && 2 * packets >= lines;
}

/* What a name says of a file whose content says nothing. */
static const struct {
	const char *ending;
	const char *advice;
} endings[] = {
	{".zip",
		"called a zip archive, and does not begin as one: damaged, or "
		"the last part of a split one, whose parts zip -s 0 NAME.zip "
		"--out whole.zip joins"},
	{".7z", "called a 7z archive, and does not begin as one: damaged"},
	{".etl",
		"a trace of Windows; convert it with etl2pcapng, or with "
		"pktmon etl2pcap"},
	{".pcap",
		"called a capture, and begins as none: damaged, or of a "
		"format that is not known"},
	{".pcapng",
		"called a capture, and begins as none: damaged, or of a "
		"format that is not known"},
	{".gpg", "encrypted; decrypt it first"},
};

/* ".z01", ".001": a part of an archive, which begins as nothing. */
static bool
is_part(const char *ending)
{
	size_t digits = strlen(ending) == 4 ? 3 : 0;
	if (digits > 0 && (ending[1] == 'z' || ending[1] == 'Z'))
		digits = 2;
	return digits > 0 &&
		strspn(ending + 4 - digits, "0123456789") == digits;
}

static const char *
reason_of_name(const char *place)
{
	const char *ending = strrchr(place, '.');
	if (ending == NULL || strchr(ending, '/') != NULL)
		return NULL;
	for (size_t i = 0; i < sizeof endings / sizeof *endings; i++)
		if (strcasecmp(ending, endings[i].ending) == 0)
			return endings[i].advice;
	return is_part(ending)
		? "a part of a split archive; join all parts and give the whole"
		: NULL;
}

const char *
unread_reason(const char *place, struct view head)
{
	static const struct {
		size_t at;
		const char *magic;
		size_t len;
		const char *advice;
	} known[] = {
#define X(AT, MAGIC, ADVICE) {AT, MAGIC, sizeof MAGIC - 1, ADVICE},
#include "ingest/unread.def"
#undef X
	};
	if (head.len == 0)
		return "an empty file";
	if (unread_is_document(head))
		return "a document of an office; save it as plain text or CSV";
	if (unread_is_program(head))
		return "a program of Java; it holds no log";
	for (size_t i = 0; i < sizeof known / sizeof *known; i++)
		if (head.len >= known[i].at + known[i].len &&
			memcmp(head.data + known[i].at, known[i].magic,
				known[i].len) == 0)
			return known[i].advice;
	if (unread_is_printed_packets(head))
		return "what tcpdump or tshark printed of packets, which is no "
		       "capture: give the capture itself (tcpdump -w FILE)";
	return reason_of_name(place);
}
