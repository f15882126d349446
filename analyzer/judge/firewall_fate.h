/*
 * What the rules of a packet filter, as they were listed, do with a new connection.
 *
 *	struct firewall_rules *rules = firewall_rules_new();
 *	firewall_rules_add(rules, "filter INPUT", "policy", "DROP");
 *	firewall_rules_add(rules, "filter INPUT 1: -i lo -j ACCEPT", "accept_packets", NULL);
 *	... firewall_fate(rules, "input", 443, "192.0.2.1") ...
 *	firewall_rules_free(rules);
 */
#ifndef JUDGE_FIREWALL_FATE_H
#define JUDGE_FIREWALL_FATE_H

/* UNKNOWN: no chain of the hook is listed, or more rules than are looked at.
 * MAY_PASS: some rule may accept it; which packets a set, a mark or a map means is
 * not known, and a chain that is not listed may accept anything. */
enum firewall_fate {
	FIREWALL_UNKNOWN,
	FIREWALL_MAY_PASS,
	FIREWALL_DROPPED,
};

/* Rules beyond these are not taken, and the fate is UNKNOWN. */
#define FIREWALL_RULES_MAX 50000

struct firewall_rules;

/* Owned by the caller; never NULL. */
struct firewall_rules *firewall_rules_new(void);
void firewall_rules_free(struct firewall_rules *rules);

/*
 * One record of a listing, as parsers/host/firewall.h makes them: its scope, its
 * name (a counter's or a setting's) and the setting's value or NULL. The texts are
 * copied. Names that are no packet filter's are passed over.
 */
void firewall_rules_add(struct firewall_rules *rules, const char *scope,
	const char *name, const char *value);

/*
 * The fate of a SYN to port from address (NULL: from somewhere) at the hook
 * ("input", "forward"). DROPPED only where a base chain there ends in a drop, has
 * rules that accept, and none that is reached from it can take this SYN. In which
 * order the rules stand does not count. Costs n log n for n rules.
 */
enum firewall_fate firewall_fate(struct firewall_rules *rules, const char *hook,
	unsigned port, const char *address);

#endif
