/*
 * The source addresses that a packet filter's rule names: the texts of
 * iptables-save, iptables -L with and without -v, and nft.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "judge/firewall_source.h"

static const struct {
	const char *rule;
	const char *address;
	enum source_named named;
} samples[] = {
	/* iptables-save */
	{"filter INPUT 1: -s 10.1.0.0/16 -p tcp --dport 80 -j DROP", "10.1.0.2",
		SOURCE_THIS},
	{"filter INPUT 1: -s 10.1.0.0/16 -p tcp --dport 80 -j DROP", "10.2.0.2",
		SOURCE_OTHERS},
	{"filter INPUT 1: -s 10.1.0.0/255.255.0.0 -j DROP", "10.1.9.2",
		SOURCE_THIS},
	{"filter INPUT 1: ! -s 10.1.0.2/32 -j DROP", "10.1.0.2", SOURCE_OTHERS},
	{"filter INPUT 1: ! -s 10.1.0.2/32 -j DROP", "10.1.0.3", SOURCE_THIS},
	{"filter INPUT 1: -d 10.1.0.2/32 -j DROP", "10.1.0.3", SOURCE_NONE},
	{"INPUT 1: -m iprange --src-range 10.1.0.1-10.1.0.9 -j DROP",
		"10.1.0.9", SOURCE_THIS},
	{"INPUT 1: -m iprange --src-range 10.1.0.1-10.1.0.9 -j DROP",
		"10.1.0.10", SOURCE_OTHERS},
	{"INPUT 1: -m set --match-set bad src -j DROP", "10.1.0.2",
		SOURCE_NONE},
	{"INPUT 1: -s 0.0.0.0/0 -j DROP", "10.1.0.2", SOURCE_NONE},
	/* iptables -L, with and without -v */
	{"INPUT 1: DROP tcp -- 192.0.2.0/24 anywhere tcp dpt:80", "192.0.2.7",
		SOURCE_THIS},
	{"INPUT 1: DROP tcp -- 192.0.2.0/24 anywhere tcp dpt:80", "192.0.3.7",
		SOURCE_OTHERS},
	{"INPUT 1: DROP tcp -- anywhere 192.0.2.0/24 tcp dpt:80", "192.0.3.7",
		SOURCE_NONE},
	{"INPUT 1: DROP tcp -- eth0 * 192.0.2.51 0.0.0.0/0 tcp dpt:80",
		"192.0.2.51", SOURCE_THIS},
	{"INPUT 1: DROP tcp -- * * !192.0.2.51 0.0.0.0/0", "192.0.2.51",
		SOURCE_OTHERS},
	{"INPUT 1: DROP tcp -- * * 0.0.0.0/0 192.0.2.51 tcp dpt:80",
		"192.0.2.9", SOURCE_NONE},
	{"INPUT 1: DROP tcp -- web.example 192.0.2.51 tcp dpt:80", "192.0.2.9",
		SOURCE_NONE},
	/* nft */
	{"inet t in 1: ip saddr 203.0.113.7 tcp dport 80 drop", "203.0.113.7",
		SOURCE_THIS},
	{"inet t in 1: ip saddr { 203.0.113.7, 10.0.0.0/8, 192.0.2.1-192.0.2.9 "
	 "} tcp dport { 80, 443 } drop",
		"192.0.2.4", SOURCE_THIS},
	{"inet t in 1: ip saddr { 203.0.113.7, 10.0.0.0/8 } tcp dport 80 drop",
		"192.0.2.4", SOURCE_OTHERS},
	{"inet t in 1: ip saddr != { 203.0.113.7, 10.0.0.0/8 } drop",
		"10.2.3.4", SOURCE_OTHERS},
	{"inet t in 1: ip saddr @bad tcp dport 80 drop", "10.2.3.4",
		SOURCE_NONE},
	{"inet t in 1: ip saddr . tcp dport @bad drop", "10.2.3.4",
		SOURCE_NONE},
	{"inet t in 1: ip6 saddr 2001:db8::/32 drop", "2001:db8:1::7",
		SOURCE_THIS},
	{"inet t in 1: ip6 saddr 2001:db8::/65 drop", "2001:db8:0:0:8000::7",
		SOURCE_OTHERS},
	{"inet t in 1: ip6 saddr 2001:db8::/32 drop", "10.0.0.1",
		SOURCE_OTHERS},
	{"inet t in 1: tcp dport 80 drop", "10.0.0.1", SOURCE_NONE},
	/* what is cut or no address says nothing */
	{"inet t in 1: ip saddr", "10.0.0.1", SOURCE_NONE},
	{"inet t in 1: ip saddr { 10.0.0.1,", "10.0.0.2", SOURCE_OTHERS},
	{"filter INPUT 1: -s 10.1.0.0/33 -j DROP", "10.2.0.2", SOURCE_NONE},
	{"filter INPUT 1: -s 10.1.0.0/16 -j DROP", "web.example", SOURCE_NONE},
	{"", "10.0.0.1", SOURCE_NONE},
};

static void
sources_are_named(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof samples / sizeof *samples; i++) {
		enum source_named got =
			firewall_source(samples[i].rule, samples[i].address);
		if (got != samples[i].named)
			fail_msg("%s from %s: %d, expected %d", samples[i].rule,
				samples[i].address, got, samples[i].named);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(sources_are_named),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
