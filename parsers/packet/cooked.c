/*
 * Linux cooked captures, which `tcpdump -i any` writes.
 *
 * spec: tcpdump.org/linktypes/LINKTYPE_LINUX_SLL.html and ..._SLL2.html.
 *
 *	 0       2        4         6                 14       16
 *	+-------+--------+---------+-----------------+--------+
 *	| type  | ARPHRD | address | address         | proto  |       v1
 *	|       |        | length  | (8)             |        |
 *	+-------+--------+---------+-----------------+--------+
 *
 *	 0        2        4         8        10     11       12       20
 *	+--------+--------+---------+--------+------+--------+--------+
 *	| proto  | zero   | ifindex | ARPHRD | type | length | (8)    |  v2
 *	+--------+--------+---------+--------+------+--------+--------+
 *
 * The packet type says which way a frame went: the only link header that does
 * on an ordinary Linux machine.
 */
#include "parsers/packet/ethertype.h"
#include "parsers/packet/walk.h"

#define COOKED_HEADER 16
#define COOKED_V2_HEADER 20

/* cite: Linux include/uapi/linux/if_packet.h (6.12), PACKET_* */
#define PACKET_TYPE_MULTICAST 2
#define PACKET_TYPE_OTHERHOST 3
#define PACKET_TYPE_OUTGOING 4

/* cite: Linux include/uapi/linux/if_arp.h (6.12) */
#define ARPHRD_FRAME_RELAY 770
#define ARPHRD_GRE 778
#define ARPHRD_WIFI 801
#define ARPHRD_WIFI_RADIOTAP 803
#define ARPHRD_NONE 0xfffe

/* cite: Linux include/uapi/linux/if_ether.h (6.12), ETH_P_802_2 */
#define PROTOCOL_LLC 0x0004

static enum packet_direction
direction_of(uint16_t packet_type)
{
	if (packet_type <= PACKET_TYPE_MULTICAST)
		return PACKET_DIRECTION_IN;
	if (packet_type == PACKET_TYPE_OUTGOING)
		return PACKET_DIRECTION_OUT;
	/* To another host: overheard, in no direction of ours. */
	return PACKET_DIRECTION_UNKNOWN;
}

static void
type_read(struct packet *p, uint16_t packet_type)
{
	p->direction = direction_of(packet_type);
	if (packet_type == PACKET_TYPE_OTHERHOST)
		p->traits |= PACKET_OVERHEARD;
}

static void
protocol_dispatch(struct walk *w, uint16_t arphrd, uint16_t protocol)
{
	if (arphrd == ARPHRD_FRAME_RELAY)
		w->next = frame_relay_peel;
	else if (arphrd == ARPHRD_WIFI)
		w->next = wifi_peel;
	else if (arphrd == ARPHRD_WIFI_RADIOTAP)
		w->next = radiotap_peel;
	else if (protocol == PROTOCOL_LLC)
		w->next = llc_peel;
	else if (protocol >= ETHERTYPE_MIN)
		ethertype_next(w, protocol);
	else if (protocol == 0 &&
		(arphrd == ARPHRD_NONE || arphrd == ARPHRD_GRE))
		w->next = ip_peel;
}

void
cooked_peel(struct walk *w)
{
	const uint8_t *header = walk_take(w, COOKED_HEADER);
	if (header == NULL)
		return;
	type_read(w->p, load_be16(header));
	protocol_dispatch(w, load_be16(header + 2), load_be16(header + 14));
}

void
cooked_v2_peel(struct walk *w)
{
	const uint8_t *header = walk_take(w, COOKED_V2_HEADER);
	if (header == NULL)
		return;
	type_read(w->p, header[10]);
	w->p->ifindex = load_be32(header + 4);
	protocol_dispatch(w, load_be16(header + 8), load_be16(header));
}
