/*
 * Who asks for an address's hardware address, and who answers: ARP and IPv6
 * neighbour discovery.
 *
 * Pure: a decoded packet in, record out. Messages may be cut anywhere and hold
 * any bytes.
 */
#ifndef PARSERS_PACKET_NEIGHBOUR_H
#define PARSERS_PACKET_NEIGHBOUR_H

#include <stdbool.h>
#include <stdint.h>

#include "parsers/packet/packet.h"

#define NEIGHBOUR_HARDWARE_SIZE 6 /* IEEE 802 EUI-48 */

struct neighbour_message {
	bool answer; /* else a question */
	struct ip_addr asker;
	struct ip_addr target; /* the address that is asked for */
	bool has_hardware;     /* an answer that says which machine has it */
	uint8_t hardware[NEIGHBOUR_HARDWARE_SIZE];
};

/*
 * Read a packet of kind ARP or ICMP_OTHER. False for what neither asks nor
 * answers somebody: other messages, announcements (sender and target are one),
 * probes of an address that nobody has yet (RFC 5227, RFC 4862 section 5.4), and
 * networks other than Ethernet. Fills all of *m when true.
 */
bool neighbour_decode(const struct packet *p, struct neighbour_message *m);

#endif
