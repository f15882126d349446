/*
 * Link headers of the BSDs, Darwin and Solaris that name an address family.
 *
 * spec: tcpdump.org/linktypes.html (NULL, LOOP, ENC, PFLOG, IPNET); OpenBSD
 * sys/net/if_pflog.h; illumos uts/common/inet/ipnet.h.
 *
 *	+-----------------+
 *	| address family  | IP ...     NULL: the writer's byte order; LOOP: big
 *	+-----------------+
 *	| family | SPI | flags | IP    ENC: 4 bytes each, the writer's order
 *	+--------+--------+--------+--------+ - - +-----+-----+
 *	| length | family | action | reason | ... | dir | pad | IP    PFLOG
 *	+--------+--------+--------+--------+ - - +-----+-----+
 *
 * The family's number for IPv6 differs with the system that wrote the file;
 * none of them clashes with another family that carries TCP.
 */
#include "parsers/packet/walk.h"

/* cite: tcpdump.org/linktypes.html, LINKTYPE_NULL; 10 is Linux, 23 Windows,
 * 24 NetBSD and OpenBSD, 26 Solaris, 28 FreeBSD, 30 Darwin */
static bool
family_is_ipv6(uint32_t family)
{
	return family == 10 || family == 23 || family == 24 || family == 26 ||
		family == 28 || family == 30;
}

#define FAMILY_IPV4 2

static void
family_dispatch(struct walk *w, uint32_t family)
{
	if (family == FAMILY_IPV4)
		w->next = ipv4_peel;
	else if (family_is_ipv6(family))
		w->next = ipv6_peel;
}

/* A family in either byte order: it always fits 16 bits, so that the half
 * which is zero tells. */
static uint32_t
family_load(const uint8_t *p)
{
	uint32_t family = load_le32(p);
	return family > UINT16_MAX ? load_be32(p) : family;
}

void
null_peel(struct walk *w)
{
	const uint8_t *header = walk_take(w, 4);
	if (header != NULL)
		family_dispatch(w, family_load(header));
}

/* Big-endian by definition; some writers used their own order all the same. */
void
loop_peel(struct walk *w)
{
	null_peel(w);
}

void
enc_peel(struct walk *w)
{
	const uint8_t *header = walk_take(w, 12);
	if (header != NULL)
		family_dispatch(w, family_load(header));
}

/* cite: OpenBSD sys/net/if_pflog.h (7.4), struct pfloghdr: dir at 60 */
#define PFLOG_HEADER_MIN 28 /* the oldest one, before rule numbers grew */
#define PFLOG_DIRECTION 60
#define PFLOG_IN 1
#define PFLOG_OUT 2

void
pflog_peel(struct walk *w)
{
	if (w->have < 1) {
		walk_short(w, 1);
		return;
	}
	/* The length leaves out the padding to four bytes. */
	uint32_t length = (w->at[0] + 3u) & ~3u;
	if (length < PFLOG_HEADER_MIN) {
		walk_stop(w, PACKET_MALFORMED);
		return;
	}
	const uint8_t *header = walk_take(w, length);
	if (header == NULL)
		return;
	if (length > PFLOG_DIRECTION && header[PFLOG_DIRECTION] == PFLOG_IN)
		w->p->direction = PACKET_DIRECTION_IN;
	if (length > PFLOG_DIRECTION && header[PFLOG_DIRECTION] == PFLOG_OUT)
		w->p->direction = PACKET_DIRECTION_OUT;
	family_dispatch(w, header[1]);
}

/*
 *	+---------+--------+-------+--------+---------+----------+------+------+
 *	| version | family | htype | pktlen | ifindex | grifindex| zsrc | zdst |
 *	| 1       | 1      | 2     | 4      | 4       | 4        | 4    | 4    |
 *	+---------+--------+-------+--------+---------+----------+------+------+
 */
void
ipnet_peel(struct walk *w)
{
	const uint8_t *header = walk_take(w, 24);
	if (header != NULL)
		family_dispatch(w, header[1]);
}

/*
 * SLIP as pcap holds it: direction, kind of the header compression, the
 * compressed header's room, then IP.
 * cite: tcpdump print-sl.c and libpcap, LINKTYPE_SLIP (16 byte header)
 */
#define SLIP_HEADER 16
#define SLIP_OUT 1

void
slip_peel(struct walk *w)
{
	const uint8_t *header = walk_take(w, SLIP_HEADER);
	if (header == NULL)
		return;
	w->p->direction = header[0] == SLIP_OUT ? PACKET_DIRECTION_OUT
						: PACKET_DIRECTION_IN;
	w->next = ip_peel;
}
