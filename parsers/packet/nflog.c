/*
 * Linux netfilter log messages: attributes, one of which is the packet.
 *
 * spec: tcpdump.org/linktypes/LINKTYPE_NFLOG.html; Linux
 * include/uapi/linux/netfilter/nfnetlink_log.h (6.12).
 *
 *	+--------+---------+-------------+
 *	| family | version | resource id |
 *	+--------+---------+-------------+ - - - - - - +
 *	| length 2         | type 2      | value | pad |   repeated
 *	+------------------+-------------+ - - - - - - +
 *
 * Lengths and types are in the byte order of the machine that captured; the
 * first attribute's type tells which, for no type reaches 256.
 * Attributes are at most ATTRIBUTES_MAX; the kernel knows about twenty.
 */
#include "parsers/packet/walk.h"

#define MESSAGE_HEADER 4
#define ATTRIBUTE_HEADER 4
#define ATTRIBUTES_MAX 32

/* cite: nfnetlink_log.h (6.12), enum nfulnl_attr_type */
#define ATTRIBUTE_PACKET_HEADER 1
#define ATTRIBUTE_PAYLOAD 9
#define ATTRIBUTE_TYPE_MASK 0x7fff /* without NLA_F_NESTED */

/* cite: Linux include/uapi/linux/netfilter.h (6.12), enum nf_inet_hooks */
#define HOOK_LOCAL_IN 1
#define HOOK_LOCAL_OUT 3

struct attribute {
	uint16_t type;
	uint32_t len; /* of the value */
};

static uint16_t
load_16(const uint8_t *p, bool big_endian)
{
	return big_endian ? load_be16(p) : load_le16(p);
}

/* The next attribute's header; false, and the walk ended, without one. */
static bool
attribute_take(struct walk *w, bool big_endian, struct attribute *a)
{
	const uint8_t *header = walk_take(w, ATTRIBUTE_HEADER);
	if (header == NULL)
		return false;
	uint32_t len = load_16(header, big_endian);
	if (len < ATTRIBUTE_HEADER) {
		walk_stop(w, PACKET_MALFORMED);
		return false;
	}
	a->len = len - ATTRIBUTE_HEADER;
	a->type = load_16(header + 2, big_endian) & ATTRIBUTE_TYPE_MASK;
	return true;
}

/* Hardware protocol (2), netfilter hook (1). */
static void
direction_read(struct walk *w, uint32_t len)
{
	if (len < 3 || w->have < 3)
		return;
	if (w->at[2] <= HOOK_LOCAL_IN)
		w->p->direction = PACKET_DIRECTION_IN;
	else if (w->at[2] >= HOOK_LOCAL_OUT)
		w->p->direction = PACKET_DIRECTION_OUT;
}

void
nflog_peel(struct walk *w)
{
	if (walk_take(w, MESSAGE_HEADER) == NULL)
		return;
	if (w->have < ATTRIBUTE_HEADER) {
		walk_short(w, ATTRIBUTE_HEADER);
		return;
	}
	bool big_endian = load_be16(w->at + 2) < load_le16(w->at + 2);
	for (int i = 0; i < ATTRIBUTES_MAX && w->wire > 0; i++) {
		struct attribute a;
		if (!attribute_take(w, big_endian, &a))
			return;
		if (a.type == ATTRIBUTE_PAYLOAD) {
			if (a.len < w->wire)
				walk_limit(w, a.len);
			w->next = ip_peel;
			return;
		}
		if (a.type == ATTRIBUTE_PACKET_HEADER)
			direction_read(w, a.len);
		uint32_t padded = (a.len + 3) & ~3u;
		/* The last one need not be padded. */
		if (padded > w->wire)
			padded = a.len;
		if (walk_take(w, padded) == NULL)
			return;
	}
}
