/*
 * IEEE 802.11 data frames, bare and behind the headers that monitor mode adds.
 *
 * spec: IEEE 802.11-2020 clause 9.2 and 9.3.2, radiotap.org, linktypes.html
 * (AVS and Prism headers).
 *
 *	+---------+----------+----------+----------+----------+-----+ - - - +
 *	| control | duration | address1 | address2 | address3 | seq | addr4 |
 *	| 2 LE    | 2        | 6        | 6        | 6        | 2   | 6     |
 *	+---------+----------+----------+----------+----------+-----+ - - - +
 *	| QoS 2 | HT 4 | LLC SNAP ...
 *	+ - - - + - - -+
 *
 * Encrypted frames are only counted. Of an aggregate (A-MSDU) the first frame
 * is decoded: a record holds one packet.
 */
#include "parsers/packet/walk.h"

/* Frame control, first byte: type and subtype. cite: 802.11-2020 9.2.4.1 */
#define TYPE_MASK 0x0c
#define TYPE_DATA 0x08
#define SUBTYPE_NO_DATA 0x40
#define SUBTYPE_QOS 0x80
/* Frame control, second byte. cite: 802.11-2020 section 9.2.4.1 */
#define TO_AND_FROM_DS 0x03
#define PROTECTED 0x40
#define HT_CONTROL 0x80
/* QoS control, first byte. cite: 802.11-2020 9.2.4.5 */
#define QOS_AGGREGATE 0x80

#define HEADER 24
#define ADDRESS 6
#define QOS_BYTES 2
#define HT_BYTES 4
/* Destination, source, length. cite: 802.11-2020 9.3.2.2.2 */
#define SUBFRAME_HEADER 14

/* The bytes of a data frame's header, from its first two. */
static uint32_t
header_len(const uint8_t *control)
{
	uint32_t len = HEADER;
	if ((control[1] & TO_AND_FROM_DS) == TO_AND_FROM_DS)
		len += ADDRESS;
	if ((control[0] & SUBTYPE_QOS) == 0)
		return len;
	len += QOS_BYTES;
	if (control[1] & HT_CONTROL)
		len += HT_BYTES;
	return len;
}

static bool
is_aggregate(const uint8_t *header, uint32_t len)
{
	if ((header[0] & SUBTYPE_QOS) == 0)
		return false;
	uint32_t qos = len - QOS_BYTES;
	if (header[1] & HT_CONTROL)
		qos -= HT_BYTES;
	return header[qos] & QOS_AGGREGATE;
}

/* align: the driver padded the header to a multiple of so many bytes. */
static void
data_frame_peel(struct walk *w, uint32_t align)
{
	if (w->have < 2) {
		walk_short(w, 2);
		return;
	}
	uint8_t type = w->at[0];
	if ((type & TYPE_MASK) != TYPE_DATA || type & SUBTYPE_NO_DATA)
		return;
	if (w->at[1] & PROTECTED) {
		walk_stop(w, PACKET_ENCRYPTED);
		return;
	}
	uint32_t len = header_len(w->at);
	const uint8_t *header = walk_take(w, len);
	if (header == NULL || walk_take(w, -len & (align - 1)) == NULL)
		return;
	if (is_aggregate(header, len)) {
		const uint8_t *subframe = walk_take(w, SUBFRAME_HEADER);
		if (subframe == NULL)
			return;
		uint16_t length = load_be16(subframe + 2 * ADDRESS);
		if (length < w->wire)
			walk_limit(w, length);
	}
	w->next = llc_peel;
}

void
wifi_peel(struct walk *w)
{
	data_frame_peel(w, 1);
}

static void
wifi_padded_peel(struct walk *w)
{
	data_frame_peel(w, 4);
}

/*
 *	+---------+-----+--------+---------+ - - - +--------+
 *	| version | pad | length | present | more  | fields |   little endian
 *	| 1       | 1   | 2      | 4       | 4 ... |        |
 *	+---------+-----+--------+---------+ - - - +--------+
 */
/* cite: radiotap.org, "Radiotap" (header, presence bits, flags field) */
#define RADIOTAP_HEADER 8
/* Bits of the first presence word. cite: radiotap.org, defined fields */
#define PRESENT_TIMER 0x00000001u /* 8 bytes, aligned to 8 */
#define PRESENT_FLAGS 0x00000002u /* 1 byte */
#define PRESENT_MORE 0x80000000u
/* Bits of the flags field. cite: radiotap.org, Flags */
#define FLAG_FCS 0x10
#define FLAG_PADDED 0x20
#define FCS_BYTES 4

/* The flags field, or 0: it comes first but for the timer. */
static uint8_t
radiotap_flags(const uint8_t *header, uint32_t len)
{
	uint32_t present = load_le32(header + 4);
	if ((present & PRESENT_FLAGS) == 0)
		return 0;
	uint32_t at = 4;
	uint32_t word;
	do {
		if (at + 4 > len)
			return 0;
		word = load_le32(header + at);
		at += 4;
	} while (word & PRESENT_MORE);
	if (present & PRESENT_TIMER)
		at = ((at + 7) & ~7u) + 8;
	return at < len ? header[at] : 0;
}

void
radiotap_peel(struct walk *w)
{
	if (w->have < RADIOTAP_HEADER) {
		walk_short(w, RADIOTAP_HEADER);
		return;
	}
	uint32_t len = load_le16(w->at + 2);
	if (len < RADIOTAP_HEADER) {
		walk_stop(w, PACKET_MALFORMED);
		return;
	}
	const uint8_t *header = walk_take(w, len);
	if (header == NULL)
		return;
	uint8_t flags = radiotap_flags(header, len);
	if (flags & FLAG_FCS && w->wire >= FCS_BYTES)
		walk_limit(w, w->wire - FCS_BYTES);
	w->next = flags & FLAG_PADDED ? wifi_padded_peel : wifi_peel;
}

#define PRISM_HEADER 144
/* cite: linktypes.html, LINKTYPE_IEEE802_11_AVS; Prism captures of later
 * drivers carry this header under the older link type */
#define AVS_MAGIC 0x80211000u
#define AVS_MAGIC_MASK 0xfffff000u

void
avs_peel(struct walk *w)
{
	if (w->have < 8) {
		walk_short(w, 8);
		return;
	}
	uint32_t len = load_be32(w->at + 4);
	if (len < 8)
		walk_stop(w, PACKET_MALFORMED);
	else if (walk_take(w, len) != NULL)
		w->next = wifi_peel;
}

void
prism_peel(struct walk *w)
{
	if (w->have < 4) {
		walk_short(w, 4);
		return;
	}
	if ((load_be32(w->at) & AVS_MAGIC_MASK) == AVS_MAGIC)
		w->next = avs_peel;
	else if (walk_take(w, PRISM_HEADER) != NULL)
		w->next = wifi_peel;
}
