/*
 * ARP and neighbour discovery: question and answer.
 *
 * spec: RFC 826 (ARP), RFC 4861 sections 4.3, 4.4 and 4.6.1 (neighbour
 * solicitation, advertisement, target link-layer address).
 *
 *	 0      2      4    5    6      8         14        18        24      28
 *	+------+------+----+----+------+---------+---------+---------+--------+
 *	| type | prot | 6  | 4  | op   | sender  | sender  | target  | target |
 *	+------+------+----+----+------+---------+---------+---------+--------+
 *	                                 hardware  address   hardware  address
 *
 *	 0     1     2          4                 8                 24
 *	+-----+-----+----------+-----------------+-----------------+---------
 *	| 135 | 0   | checksum | reserved, flags | target address  | options
 *	+-----+-----+----------+-----------------+-----------------+---------
 */
#include "parsers/packet/neighbour.h"

#include <string.h>

#define ARP_BYTES 28
#define ARP_ETHERNET 1       /* cite: IANA "ARP Parameters", hardware types */
#define ARP_IPV4 0x0800      /* the EtherType; RFC 826 */
#define ARP_REQUEST 1        /* cite: RFC 826, opcode */
#define ARP_REPLY 2          /* cite: RFC 826, opcode */
#define ND_BYTES 24          /* without options */
#define ND_SOLICITATION 135  /* cite: RFC 4861 section 4.3 */
#define ND_ADVERTISEMENT 136 /* cite: RFC 4861 section 4.4 */
#define ND_TARGET_HARDWARE 2 /* cite: RFC 4861 section 4.6.1 */
#define ND_HARDWARE_OPTION 8 /* its bytes on Ethernet: one unit of eight */
#define IPV6_MULTICAST 0xff  /* the first byte; RFC 4291 section 2.7 */

static bool
arp_read(const uint8_t *b, struct neighbour_message *m)
{
	uint16_t op = load_be16(b + 6);
	struct ip_addr sender = ip_from_v4(load_be32(b + 14));
	struct ip_addr target = ip_from_v4(load_be32(b + 24));
	if (load_be16(b) != ARP_ETHERNET || load_be16(b + 2) != ARP_IPV4 ||
		b[4] != NEIGHBOUR_HARDWARE_SIZE || b[5] != 4 ||
		(op != ARP_REQUEST && op != ARP_REPLY) ||
		load_be32(b + 14) == 0 || load_be32(b + 24) == 0 ||
		ip_equal(sender, target))
		return false;
	m->answer = op == ARP_REPLY;
	m->asker = m->answer ? target : sender;
	m->target = m->answer ? sender : target;
	m->has_hardware = m->answer;
	memcpy(m->hardware, b + 8, NEIGHBOUR_HARDWARE_SIZE);
	return true;
}

/* Of the options only the first is looked at: an answer needs no other. */
static void
nd_hardware(struct view bytes, struct neighbour_message *m)
{
	const uint8_t *option = bytes.data + ND_BYTES;
	if (!m->answer || bytes.len < ND_BYTES + ND_HARDWARE_OPTION ||
		option[0] != ND_TARGET_HARDWARE || option[1] != 1)
		return;
	m->has_hardware = true;
	memcpy(m->hardware, option + 2, NEIGHBOUR_HARDWARE_SIZE);
}

static bool
nd_read(const struct packet *p, struct neighbour_message *m)
{
	const uint8_t *b = p->payload.data;
	if (b[0] != ND_SOLICITATION && b[0] != ND_ADVERTISEMENT)
		return false;
	m->answer = b[0] == ND_ADVERTISEMENT;
	m->asker = m->answer ? p->dst : p->src;
	m->target = ip_from_v6(b + 8);
	nd_hardware(p->payload, m);
	/* From nobody: a probe. To all: an announcement. */
	return (m->asker.hi | m->asker.lo) != 0 &&
		m->asker.hi >> 56 != IPV6_MULTICAST;
}

bool
neighbour_decode(const struct packet *p, struct neighbour_message *m)
{
	*m = (struct neighbour_message){0};
	if (p->kind == PACKET_ARP)
		return p->payload.len >= ARP_BYTES &&
			arp_read(p->payload.data, m);
	if (p->kind == PACKET_ICMP_OTHER)
		return p->payload.len >= ND_BYTES && nd_read(p, m);
	return false;
}
