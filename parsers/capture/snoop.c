/*
 * snoop: the capture format of Solaris; big-endian throughout.
 *
 * spec: RFC 1761.
 *
 *	file:   "snoop\0\0\0" | version (2) | datalink type
 *
 *	record: +-----------------------------------------------------------+
 *	        |                  original length                          |
 *	        +-----------------------------------------------------------+
 *	        |                  included length                          |
 *	        +-----------------------------------------------------------+
 *	        |       packet record length: header, data and padding      |
 *	        +-----------------------------------------------------------+
 *	        |       cumulative drops since the first record             |
 *	        +-----------------------------------------------------------+
 *	        |            seconds            |        microseconds       |
 *	        +-----------------------------------------------------------+
 */
#include "parsers/capture/reader.h"

#define FILE_HEAD_LEN 16
#define RECORD_HEAD_LEN 24

/* cite: RFC 1761 section 2, "The current version of the format is 2". */
#define SNOOP_VERSION 2

/* cite: RFC 1761 section 2 for the datalink types (0 IEEE 802.3, 2 the token
   rings, 4 Ethernet, 8 FDDI); www.tcpdump.org/linktypes for what they are. */
static uint16_t
link_type_of(uint32_t datalink)
{
	switch (datalink) {
	case 0:
	case 4:
		return 1; /* LINKTYPE_ETHERNET */
	case 2:
		return 6; /* LINKTYPE_IEEE802_5 */
	case 8:
		return 10; /* LINKTYPE_FDDI */
	default:
		return CAPTURE_LINK_UNKNOWN;
	}
}

static void
see_drops(struct capture_reader *r, uint32_t cumulative)
{
	r->summary.has_drop_count = true;
	if (cumulative > r->summary.dropped)
		r->summary.dropped = cumulative;
}

static enum capture_status
snoop_next(struct capture_reader *r, struct view *window, bool at_eof,
	struct capture_packet *packet)
{
	if (window->len < RECORD_HEAD_LEN)
		return capture_short(r, window, RECORD_HEAD_LEN, at_eof);
	const uint8_t *head = window->data;
	uint32_t caplen = load_be32(head + 4);
	uint32_t record_len = load_be32(head + 8);
	uint32_t micros = load_be32(head + 20);
	if (record_len < RECORD_HEAD_LEN || record_len > CAPTURE_RECORD_MAX ||
		caplen > record_len - RECORD_HEAD_LEN)
		return capture_stop(r, ANOMALY_CAPTURE_DAMAGED);
	if (window->len < record_len)
		return capture_short(r, window, record_len, at_eof);
	*packet = (struct capture_packet){
		.data = head + RECORD_HEAD_LEN,
		.caplen = caplen,
		.wirelen = load_be32(head),
		.link_type = r->pcap.link_type,
	};
	see_drops(r, load_be32(head + 12));
	if (micros >= NS_PER_S / NS_PER_US)
		reader_note(r, ANOMALY_CAPTURE_BAD_TIME);
	packet_set_time(r, packet,
		(int64_t)load_be32(head + 16) * NS_PER_S +
			(int64_t)micros * NS_PER_US);
	reader_skip(r, window, record_len);
	r->summary.packets++;
	return CAPTURE_PACKET;
}

enum capture_status
snoop_begin(struct capture_reader *r, struct view *window, bool at_eof,
	struct capture_packet *packet)
{
	(void)packet;
	if (window->len < FILE_HEAD_LEN)
		return capture_short(r, window, FILE_HEAD_LEN, at_eof);
	if (load_be32(window->data + 8) != SNOOP_VERSION)
		reader_note(r, ANOMALY_CAPTURE_VERSION);
	r->pcap.link_type = link_type_of(load_be32(window->data + 12));
	r->summary.interfaces = 1;
	reader_skip(r, window, FILE_HEAD_LEN);
	r->next = snoop_next;
	return CAPTURE_AGAIN;
}
