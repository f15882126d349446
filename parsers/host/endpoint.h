/*
 * Addresses with ports as the tools print them.
 */
#ifndef PARSERS_HOST_ENDPOINT_H
#define PARSERS_HOST_ENDPOINT_H

#include "base/bytes.h"
#include "parsers/host/host.h"

/* Neither address nor port. */
struct host_endpoint endpoint_none(void);

/* One packet of which no time, reason, place or end is known. */
struct host_drop drop_none(void);

/* Flags of TCP as host_drop has them. Static storage. */
struct view drop_flags(bool syn, bool ack);

/*
 * Takes a member of a tracer's JSON that says an end in the kernel's words:
 * saddr, daddr, sport, dport. False for every other key, with nothing done.
 */
bool drop_take_end(struct host_drop *d, struct view key, struct view value);

/*
 * "10.0.0.1:80", "[::1]:80", ":::22", "*:http", "fe80::1%eth0:22",
 * "localhost:ssh"; and with dots only, as BSD prints it, "10.0.0.1.80". False
 * when there is no port part at all.
 */
bool endpoint_read(struct view word, struct host_endpoint *out);

/* The address alone: numbers, * and brackets, a zone after %. */
bool address_read(struct view word, struct ip_addr *out);

/* A port number or a well-known service's name; HOST_UNKNOWN otherwise. */
int32_t port_read(struct view word);

/* State of a TCP socket as ss spells it, from any tool's word; "" if none. */
struct view state_read(struct view word);

#endif
