/*
 * What a firewall logs of one connection as named or numbered fields: who,
 * whither, and what it did. Texts in a sentence (Cisco ASA, MikroTik) are
 * patterns of firewall.yaml.
 *
 *	date=.. devname="FGT" srcip=10.1.0.2 srcport=40131 .. action="deny"
 *	RT_FLOW_SESSION_DENY [junos@.. source-address="10.1.0.2" ..]
 *	1,2026/11/20 23:41:22,0012,TRAFFIC,drop,2561,..,10.1.0.2,10.2.0.2,..
 *	5,,,1000000103,em0,match,block,in,4,0x0,..,tcp,60,10.1.0.2,10.2.0.2,..
 *
 * A record is of the device that wrote it: it speaks of what reached that
 * device, and of nothing behind it. Most say nothing of TCP flags; a device that
 * keeps state logs the packet that would have opened the session, the SYN.
 */
#ifndef PARSERS_LOG_FIREWALL_LINE_H
#define PARSERS_LOG_FIREWALL_LINE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/bytes.h"

/* More than the meanings there are. */
#define FIREWALL_FIELDS_MAX 24

enum firewall_action {
	FIREWALL_SEEN,       /* a session was logged, of the outcome nothing */
	FIREWALL_STOPPED,    /* denied, dropped, blocked, reset */
	FIREWALL_PASSED,     /* let through */
	FIREWALL_UNANSWERED, /* let through, and nothing came back */
};

/* name is static: src, dst, sport, dport, proto, action, rule, device, in, out,
   flags, reason, replied, service, event_id, direction. value points into the line
   or is static. */
struct firewall_field {
	const char *name;
	struct view value;
};

struct firewall_line {
	enum firewall_action action;
	uint8_t fields_count;
	struct firewall_field fields[FIREWALL_FIELDS_MAX];
};

/* False when message names no source, destination and port of the latter, or
   does not tell that it is a firewall's. */
bool firewall_line_parse(struct view message, struct firewall_line *out);

/* The same of a JSON object, whose members may be of any program: only one that
   says what was done with the connection counts. */
bool firewall_object_parse(struct view object, struct firewall_line *out);

#endif
