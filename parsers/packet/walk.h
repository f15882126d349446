/*
 * The walk over one frame's headers: the state that peel functions share.
 *
 * Private to parsers/packet. A peel function consumes one header and names the
 * function for the next one, or stops the walk with a kind. Nobody calls
 * another layer's function directly: packet_decode loops, so that nesting costs
 * a counter and not stack.
 *
 * Promise that every function keeps: have <= wire, and at[0..have) lies within
 * the captured bytes.
 */
#ifndef PARSERS_PACKET_WALK_H
#define PARSERS_PACKET_WALK_H

#include <stdbool.h>
#include <stdint.h>

#include "base/bytes.h"
#include "parsers/packet/packet.h"

struct walk;
typedef void peel_fn(struct walk *w);

struct walk {
	const uint8_t *at; /* first byte of the next header */
	uint32_t have;     /* captured bytes from there on */
	uint32_t wire;     /* bytes from there on that the enclosing headers
	                      claim for the wire */
	peel_fn *next;     /* who reads there; NULL ends the walk */
	struct packet *p;
	uint8_t protocol;   /* IP protocol number of what is at `at` */
	uint8_t ip_headers; /* IP headers so far, quotes not counted */
	bool v6;            /* the innermost one is IPv6 */
	bool fragment;      /* ... and a first fragment */
	bool quoted;        /* ... and was quoted by an ICMP error */
	/* The UDP header of the innermost tunnel in UDP, where all of the
	 * datagram was captured and has a checksum; else NULL. */
	const uint8_t *outer;
	uint32_t outer_len;
	struct ip_addr outer_src;
	struct ip_addr outer_dst;
};

/* End the walk with a kind. */
static inline void
walk_stop(struct walk *w, enum packet_kind kind)
{
	w->p->kind = kind;
	w->next = NULL;
}

/* End the walk at a header of n bytes that is not all there: cut by the
 * snaplen, or contradicted by the header around it. */
static inline void
walk_short(struct walk *w, uint32_t n)
{
	walk_stop(w, w->wire < n ? PACKET_MALFORMED : PACKET_CUT);
}

/* Step over n bytes that the caller knows to be captured. */
static inline void
walk_skip(struct walk *w, uint32_t n)
{
	w->at += n;
	w->have -= n;
	w->wire -= n;
}

/* Take a header of n bytes; NULL, and the walk ended, when it is cut. */
static inline const uint8_t *
walk_take(struct walk *w, uint32_t n)
{
	const uint8_t *header = w->at;
	if (__builtin_expect(w->have < n, 0)) {
		walk_short(w, n);
		return NULL;
	}
	walk_skip(w, n);
	return header;
}

/* A header says that n bytes follow: believe it over the frame's length, which
 * is too long by padding, or too short when a tool cut without saying so. */
static inline void
walk_limit(struct walk *w, uint32_t n)
{
	w->wire = n;
	if (w->have > n)
		w->have = n;
}

/* Link layers, one row each in link_layers.def. */
#define X(link_type, name, peel) peel_fn peel;
#include "parsers/packet/link_layers.def"
#undef X

/* The peel function of a LINKTYPE_ value, or NULL. */
peel_fn *link_layer_find(uint32_t link_type);

/* What is inside link layers. */
peel_fn llc_peel; /* IEEE 802.2 LLC, SNAP */
peel_fn mpls_peel;
peel_fn pppoe_peel;
peel_fn nlpid_peel; /* RFC 2427: one byte says what follows */

/* Network layer and above. */
peel_fn ip_peel; /* IPv4 or IPv6 by the first nibble */
peel_fn ipv4_peel;
peel_fn ipv6_peel;
peel_fn ipv6_extension_peel;
peel_fn authentication_peel;
peel_fn gre_peel;
peel_fn udp_peel;
peel_fn icmp_peel;
peel_fn tcp_peel;

/* Choose the next function by EtherType (or length), or by IP protocol number;
 * these read nothing and are no step of the walk. */
void ethertype_next(struct walk *w, uint16_t type);
void transport_next(struct walk *w, uint8_t protocol);

/* Tunnels in UDP: true when the payload is one, which is then entered. */
bool udp_tunnel_enter(struct walk *w, uint16_t src_port, uint16_t dst_port);

#endif
