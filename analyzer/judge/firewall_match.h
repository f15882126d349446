/*
 * What a new connection can match of a packet filter's rule.
 */
#ifndef JUDGE_FIREWALL_MATCH_H
#define JUDGE_FIREWALL_MATCH_H

#include <stdbool.h>

#include "base/bytes.h"

/* A SYN that comes over the network. */
struct firewall_syn {
	unsigned port;       /* of the destination */
	const char *address; /* of the source; NULL: not known */
};

/*
 * Can the rule take this SYN? rule is its text without its place, as iptables or
 * nft list it ("-p tcp --dport 80 -j ACCEPT", "ACCEPT tcp -- anywhere anywhere").
 * False only where the text says that it cannot: another protocol, port, source,
 * the loopback card, a state other than new. Reads only; costs the text's length.
 *
 * cite: iptables-extensions(8) conntrack, state, multiport, addrtype, pkttype;
 * iptables 1.8.9 iptables/xshared.c print_rule_details (-L); nft(8) CT EXPRESSIONS,
 * META EXPRESSIONS
 */
bool firewall_may_match(const char *rule, const struct firewall_syn *syn);

/* Does it take every packet there is: no condition stands in its text? */
bool firewall_takes_all(const char *rule);

/* The chain that the rule jumps or goes to; empty when it names none. What only
 * logs, marks or returns is no chain; a target of a module that may do anything
 * (NFQUEUE, DNAT) looks like one. */
struct view firewall_jump(const char *rule);

/* Does the rule, which is none that accepts by itself, hand its packets to a map
 * or to a program that may accept them? */
bool firewall_hands_on(const char *rule, const struct firewall_syn *syn);

#endif
