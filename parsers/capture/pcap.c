/*
 * pcap: one header, then records up to the end of the file.
 *
 * spec: draft-ietf-opsawg-pcap, pcap-savefile(5); for the old and the patched
 * variants the only truth is libpcap 1.10 sf-pcap.c, which this follows.
 *
 *	 0               1               2               3
 *	+---------------+---------------+---------------+---------------+
 *	|                magic number: variant, byte order              |
 *	+-------------------------------+-------------------------------+
 *	|         major version         |         minor version         |
 *	+-------------------------------+-------------------------------+
 *	|        zone and accuracy, 8 bytes: written as 0, ignored      |
 *	+---------------------------------------------------------------+
 *	|                            snaplen                            |
 *	+-------+---+-+-+-------------------+---------------------------+
 *	|FCS len|0 0|f|          link type (libpcap: 26 bits)           |
 *	+-------+---+-+-------------------------------------------------+
 *
 *	+---------------------------------------------------------------+
 *	|                    seconds since 1970, unsigned               |
 *	+---------------------------------------------------------------+
 *	|                 microseconds or nanoseconds                   |
 *	+---------------------------------------------------------------+
 *	|         captured length       |  the two swapped before 2.3   |
 *	+-------------------------------+-------------------------------+
 *	|                       length on the wire                      |
 *	+---------------------------------------------------------------+
 *	| modified only: interface index, protocol, packet type, 8 bytes|
 *	+---------------------------------------------------------------+
 *
 * Promises: a record is handed out whole or not at all. Nothing resynchronises
 * behind an impossible length: packets found by guessing would be made-up
 * evidence.
 */
#include "parsers/capture/pcap.h"

#include "parsers/capture/reader.h"

#define FILE_HEAD_LEN 24
#define RECORD_HEAD_LEN 16

/* cite: libpcap 1.10 sf-pcap.c, the *_TCPDUMP_MAGIC constants. */
static const struct pcap_variant variants[] = {
	{0xa1b2c3d4, NS_PER_US, RECORD_HEAD_LEN}, /* everyone's */
	{0xa1b23c4d, 1, RECORD_HEAD_LEN}, /* nanoseconds */
	{0xa1b2cd34, NS_PER_US, 24}, /* "modified", Kuznetzov */
	/* Navtel: libpcap reserves the number and says that it has nanoseconds;
	   the records are taken to be the ordinary ones. */
	{0xa12b3c4d, 1, RECORD_HEAD_LEN},
};

/* cite: libpcap 1.10 pcap-int.h, MAXIMUM_SNAPLEN: the longest packet that is
   believed when the header's snaplen does not ask for more. */
#define SANE_CAPLEN 262144

/* cite: libpcap 1.10 sf-pcap.c, LT_LINKTYPE. */
#define LINK_TYPE_MASK 0x03ffffff
/* cite: libpcap 1.10 pcap/pcap.h, LT_FCS_LENGTH_PRESENT and LT_FCS_LENGTH;
   the unit is 16 bits (draft-ietf-opsawg-pcap section 4). */
#define FCS_PRESENT 0x04000000
#define FCS_SHIFT 28
#define FCS_UNIT_BYTES 2

/* DG/UX tcpdump writes 543.0; cite: libpcap 1.10 sf-pcap.c. */
#define VERSION_MAJOR_DGUX 543

const struct pcap_variant *
pcap_variant_find(const uint8_t *magic)
{
	for (size_t i = 0; i < sizeof variants / sizeof variants[0]; i++) {
		if (variants[i].magic == load_le32(magic) ||
			variants[i].magic == load_be32(magic))
			return &variants[i];
	}
	return NULL;
}

/*
 * A record of no bytes that were none on the wire either. It is a packet to
 * libpcap; two things that happen to files look like it and are not packets.
 */
static enum capture_status
empty_record(struct capture_reader *r, const struct view *window)
{
	static const uint8_t zeros[RECORD_HEAD_LEN];

	/* A disk that was switched off: blocks allocated, never written. */
	if (memcmp(window->data, zeros, sizeof zeros) == 0)
		return capture_stop(r, ANOMALY_CAPTURE_DAMAGED);
	/* "cat a.pcap b.pcap": the next file's header, whose zone and accuracy
	   are 0 and lie where a record has its lengths. */
	if (pcap_variant_find(window->data) != NULL) {
		reader_note(r, ANOMALY_CAPTURE_JOINED);
		r->next = pcap_begin;
		return CAPTURE_AGAIN;
	}
	return CAPTURE_PACKET;
}

static bool
lengths_swapped(const struct pcap_state *s, const struct capture_packet *p)
{
	return s->lengths == PCAP_LENGTHS_WIRE_FIRST || p->caplen > p->wirelen;
}

/* Everything of the record's header but the time. */
static ALWAYS_INLINE void
record_head(const struct pcap_state *s, const uint8_t *head,
	struct capture_packet *packet, bool big_endian)
{
	packet->caplen = load32(big_endian, head + 8);
	packet->wirelen = load32(big_endian, head + 12);
	packet->data = head + s->head_len;
	packet->interface_id = 0;
	packet->link_type = s->link_type;
	packet->fcs_len = s->fcs_len;
	packet->direction = CAPTURE_DIRECTION_UNKNOWN;
	if (UNLIKELY(s->lengths != PCAP_LENGTHS_CAPTURED_FIRST) &&
		lengths_swapped(s, packet)) {
		uint32_t wirelen = packet->caplen;
		packet->caplen = packet->wirelen;
		packet->wirelen = wirelen;
	}
}

static ALWAYS_INLINE void
record_time(struct capture_reader *r, const uint8_t *head,
	struct capture_packet *packet, bool big_endian)
{
	/* At most 2^32 s and 2^32 us: 4.3e18 ns, far from overflow. */
	int64_t seconds = load32(big_endian, head);
	int64_t fraction_ns =
		(int64_t)load32(big_endian, head + 4) * r->pcap.ns_per_tick;
	if (UNLIKELY(fraction_ns >= NS_PER_S))
		reader_note(r, ANOMALY_CAPTURE_BAD_TIME);
	packet_set_time(r, packet, seconds * NS_PER_S + fraction_ns);
}

static ALWAYS_INLINE enum capture_status
record_next(struct capture_reader *r, struct view *window, bool at_eof,
	struct capture_packet *packet, bool big_endian)
{
	const struct pcap_state *s = &r->pcap;
	const uint8_t *head = window->data;
	size_t head_len = s->head_len;
	if (UNLIKELY(window->len < head_len))
		return capture_short(r, window, head_len, at_eof);
	record_head(s, head, packet, big_endian);
	if (UNLIKELY((packet->caplen | packet->wirelen) == 0)) {
		enum capture_status status = empty_record(r, window);
		if (status != CAPTURE_PACKET)
			return status;
	}
	bool oversized = packet->caplen > s->snaplen;
	if (UNLIKELY(oversized && packet->caplen > s->caplen_limit))
		return capture_stop(r, ANOMALY_CAPTURE_DAMAGED);
	size_t len = head_len + packet->caplen;
	if (UNLIKELY(window->len < len))
		return capture_short(r, window, len, at_eof);
	if (UNLIKELY(oversized)) {
		/* Cut, as libpcap does. */
		reader_note(r, ANOMALY_CAPTURE_SNAPLEN_EXCEEDED);
		packet->caplen = s->snaplen;
	}
	record_time(r, head, packet, big_endian);
	reader_skip(r, window, len);
	r->summary.packets++;
	return CAPTURE_PACKET;
}

static enum capture_status
pcap_next_le(struct capture_reader *r, struct view *window, bool at_eof,
	struct capture_packet *packet)
{
	return record_next(r, window, at_eof, packet, false);
}

static enum capture_status
pcap_next_be(struct capture_reader *r, struct view *window, bool at_eof,
	struct capture_packet *packet)
{
	return record_next(r, window, at_eof, packet, true);
}

/* cite: libpcap 1.10 sf-pcap.c, pcap_check_header(): the fields changed places
   with 2.3, and some 2.3 files had not heard of it. */
static enum pcap_lengths
lengths_of_version(uint16_t major, uint16_t minor)
{
	if (major == VERSION_MAJOR_DGUX || (major == 2 && minor < 3))
		return PCAP_LENGTHS_WIRE_FIRST;
	if (major < 2 || (major == 2 && minor == 3))
		return PCAP_LENGTHS_SMALLER_IS_CAPTURED;
	return PCAP_LENGTHS_CAPTURED_FIRST;
}

/*
 * AIX tcpdump: version 2.2, nanoseconds under the ordinary magic, and the link
 * type is an ifType. libpcap reads these files wrongly; Wireshark tells them by
 * the same two signs (wiretap/libpcap.c). The lengths' order is left to
 * each record to show.
 * cite: RFC 1573 section 6, IANAifType: ethernet-csmacd(6),
 * iso88025-tokenRing(9), fddi(15), softwareLoopback(24).
 */
static void
adapt_to_aix(struct pcap_state *s)
{
	static const struct {
		uint16_t if_type;
		uint16_t link_type;
	} rows[] = {{6, 1}, {9, 6}, {15, 10}, {24, 0}};

	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		if (s->link_type == rows[i].if_type) {
			s->link_type = rows[i].link_type;
			s->ns_per_tick = 1;
			s->lengths = PCAP_LENGTHS_SMALLER_IS_CAPTURED;
			return;
		}
	}
}

static void
set_limits(struct pcap_state *s, uint32_t declared, bool modified)
{
	/* cite: libpcap 1.10 savefile.c, pcap_adjust_snapshot(): 0 and
	   anything above INT_MAX mean "no limit". */
	bool limited = declared != 0 && declared <= INT32_MAX;
	s->snaplen = limited ? declared : SANE_CAPLEN;
	/* cite: libpcap 1.10 sf-pcap.c, pcap_check_header(): a patched kernel
	   captured in cooked mode and put an Ethernet header in front. */
	if (modified && s->link_type == 1 && s->snaplen <= INT32_MAX - 14)
		s->snaplen += 14;
	s->caplen_limit = s->snaplen > SANE_CAPLEN ? s->snaplen : SANE_CAPLEN;
	if (s->caplen_limit > CAPTURE_RECORD_MAX)
		s->caplen_limit = CAPTURE_RECORD_MAX;
	/* So that "longer than snaplen" also catches "longer than believed". */
	if (s->snaplen > s->caplen_limit)
		s->snaplen = s->caplen_limit;
}

enum capture_status
pcap_begin(struct capture_reader *r, struct view *window, bool at_eof,
	struct capture_packet *packet)
{
	(void)packet;
	if (window->len < FILE_HEAD_LEN)
		return capture_short(r, window, FILE_HEAD_LEN, at_eof);
	const uint8_t *head = window->data;
	const struct pcap_variant *v = pcap_variant_find(head);
	bool big_endian = v->magic == load_be32(head);
	uint16_t major = load16(big_endian, head + 4);
	uint16_t minor = load16(big_endian, head + 6);
	uint32_t declared = load32(big_endian, head + 16);
	uint32_t link = load32(big_endian, head + 20);
	bool dgux = major == VERSION_MAJOR_DGUX && minor == 0;

	/* libpcap refuses these; the layout may well be the known one, and a
	   record that does not fit it ends the reading anyway. */
	if (!dgux && (major != 2 || minor > 4))
		reader_note(r, ANOMALY_CAPTURE_VERSION);
	uint32_t link_type = link & LINK_TYPE_MASK;
	struct pcap_state *s = &r->pcap;
	*s = (struct pcap_state){
		.head_len = v->head_len,
		.ns_per_tick = v->ns_per_tick,
		.lengths = lengths_of_version(major, minor),
		.link_type = link_type < CAPTURE_LINK_UNKNOWN
			? (uint16_t)link_type
			: CAPTURE_LINK_UNKNOWN,
	};
	if ((link & FCS_PRESENT) != 0)
		s->fcs_len = (uint8_t)((link >> FCS_SHIFT) * FCS_UNIT_BYTES);
	if (major == 2 && minor == 2 && v == &variants[0])
		adapt_to_aix(s);
	set_limits(s, declared, v->head_len != RECORD_HEAD_LEN);
	capture_see_snaplen(r, declared <= INT32_MAX ? declared : 0);
	r->summary.interfaces++;
	r->next = big_endian ? pcap_next_be : pcap_next_le;
	reader_skip(r, window, FILE_HEAD_LEN);
	return CAPTURE_AGAIN;
}
