/*
 * Rules of packet filters as records, the same for iptables and nftables.
 *
 * A rule's scope is its place and its text ("filter INPUT 2: -p tcp --dport 443
 * -j DROP"), so that a before and an after snapshot pair the same rule; counts
 * are left out of it. Its counter is named after what the rule does:
 * drop_packets, reject_packets, accept_packets, other_packets (log, jump ...).
 * A rule that does not count is a setting: uncounted_drop, uncounted_reject,
 * uncounted_accept, uncounted_other. A chain that rules jump to is a setting
 * "chain" of its scope, "user". A base chain's policy is a setting "policy" of the scope
 * "filter INPUT", and, where the tool counts it, policy_drop_packets or
 * policy_accept_packets.
 */
#ifndef PARSERS_HOST_FIREWALL_H
#define PARSERS_HOST_FIREWALL_H

#include "parsers/host/run.h"

enum firewall_does {
	FIREWALL_OTHER,
	FIREWALL_ACCEPT,
	FIREWALL_DROP,
	FIREWALL_REJECT,
};

/* What a target or statement does: "DROP", "drop", "REJECT", ... */
enum firewall_does firewall_does(struct view word);

/* The rule whose scope stands in r->scope. packets is the count as printed, or
   an empty view for a rule without one; K, M, G and T multiply by thousands. */
void firewall_rule(
	struct host_run *r, enum firewall_does does, struct view packets);

/* The policy of a base chain; packets as above. */
void firewall_policy(struct host_run *r, struct view chain, struct view policy,
	struct view packets);

/* A chain without a policy, whose scope stands in r->scope. */
void firewall_chain(struct host_run *r);

/* Start a scope: words, parted by blanks, then " N: "; empty words are left
   out. number 0 leaves it out. */
void firewall_place(struct host_run *r, struct view family, struct view table,
	struct view chain, uint64_t number);

#endif
