/*
 * Which source addresses the text of a packet filter's rule names.
 */
#ifndef JUDGE_FIREWALL_SOURCE_H
#define JUDGE_FIREWALL_SOURCE_H

enum source_named { SOURCE_NONE = -1, SOURCE_OTHERS = 0, SOURCE_THIS = 1 };

/*
 * Whether the text of an iptables or nft rule (a counter's scope) is about
 * packets from address: SOURCE_THIS when it names it, itself, in a list, a range
 * or a network; SOURCE_OTHERS when it names others alone, or all but it;
 * SOURCE_NONE when it names no source, a set whose members stand elsewhere, or
 * a name, so that nothing is known. A text that is no address gives SOURCE_NONE.
 * Reads only; costs the text's length.
 *
 * cite: iptables 1.8.9 iptables/xshared.c print_ipv4_addresses (-L),
 * save_ipv4_addr (-S), extensions/libxt_iprange.c; nft(8) "ip saddr { 10.0.0.1,
 * 10.1.0.0/16, 10.2.0.1-10.2.0.9 }"
 */
enum source_named firewall_source(const char *text, const char *address);

#endif
