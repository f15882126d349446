/*
 * Which ports the text of a packet filter's rule names.
 */
#ifndef JUDGE_FIREWALL_PORTS_H
#define JUDGE_FIREWALL_PORTS_H

enum ports_named { PORTS_NONE = -1, PORTS_OTHERS = 0, PORTS_THIS = 1 };

/*
 * Whether the text of an iptables or nft rule (a counter's scope) names port:
 * itself, in a list or in a range, as source or destination. PORTS_NONE when it
 * names no port at all, PORTS_OTHERS when only others; a negated match
 * ("! --dport 22", "dport != 22") names all but the port.
 *
 * cite: iptables 1.8.9 extensions/libxt_tcp.c, libxt_multiport.c (dpt:, dpts:,
 * spt:, multiport dports); nft(8) "tcp dport { 80, 8000-8010 }"
 */
enum ports_named firewall_ports(const char *text, unsigned port);

#endif
