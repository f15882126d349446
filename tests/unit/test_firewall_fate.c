/*
 * What a packet filter's listing does with a new connection to port 5432, as
 * iptables -S, iptables -L, nft and iptables-save print it.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "judge/firewall_fate.h"
#include "judge/firewall_match.h"

#define PORT 5432
#define CLIENT "192.0.2.7"

/* What every host that drops by policy has. */
#define USUAL                                                             \
	"INPUT 1: -i lo -j ACCEPT\n"                                      \
	"INPUT 2: -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT\n" \
	"INPUT 3: -p icmp -j ACCEPT\n"

/* One record a line: "scope" of a rule, "scope = POLICY" of a base chain, "scope ="
 * of another chain. */
static const struct {
	const char *listing;
	enum firewall_fate fate;
} rows[] = {
	{"INPUT = DROP\n" USUAL, FIREWALL_DROPPED},
	{"INPUT = DROP\n" USUAL "INPUT 4: -p tcp -m tcp --dport 22 -j ACCEPT\n",
		FIREWALL_DROPPED},
	{"INPUT = DROP\n" USUAL "INPUT 4: -p tcp --dport 5432 -j ACCEPT\n",
		FIREWALL_MAY_PASS},
	{"INPUT = ACCEPT\n" USUAL, FIREWALL_MAY_PASS},
	{"INPUT = ACCEPT\n" USUAL "INPUT 4: -j DROP\n", FIREWALL_DROPPED},
	{"INPUT = ACCEPT\n" USUAL "INPUT 4: -p udp -j DROP\n",
		FIREWALL_MAY_PASS},
	/* a policy alone is a part of a listing */
	{"INPUT = DROP\n", FIREWALL_MAY_PASS},
	{"INPUT = DROP\nINPUT 1: -s 203.0.113.0/24 -j DROP\n",
		FIREWALL_MAY_PASS},
	{"FORWARD = DROP\n" USUAL, FIREWALL_UNKNOWN},
	{"OUTPUT = DROP\n" USUAL, FIREWALL_UNKNOWN},
	/* sources */
	{"INPUT = DROP\n" USUAL
	 "INPUT 4: -s 10.0.0.0/8 -p tcp -m multiport --dports 80,5432 -j "
	 "ACCEPT\n",
		FIREWALL_DROPPED},
	{"INPUT = DROP\n" USUAL
	 "INPUT 4: -s 192.0.2.0/24 -p tcp -m multiport --dports 80,5432 -j "
	 "ACCEPT\n",
		FIREWALL_MAY_PASS},
	{"INPUT = DROP\n" USUAL
	 "INPUT 4: -m set --match-set office src -j ACCEPT\n",
		FIREWALL_MAY_PASS},
	/* chains */
	{"INPUT = DROP\nWEB =\n" USUAL "INPUT 4: -p tcp -j WEB\n"
	 "WEB 1: -p tcp --dport 443 -j ACCEPT\n",
		FIREWALL_DROPPED},
	{"INPUT = DROP\nWEB =\n" USUAL "INPUT 4: -p tcp -j WEB\n"
	 "WEB 1: -j ACCEPT\n",
		FIREWALL_MAY_PASS},
	{"INPUT = DROP\nWEB =\n" USUAL "INPUT 4: -p udp -j WEB\n"
	 "WEB 1: -j ACCEPT\n",
		FIREWALL_DROPPED},
	{"INPUT = DROP\nWEB =\n" USUAL "INPUT 4: -g WEB\n", FIREWALL_DROPPED},
	{"INPUT = DROP\n" USUAL "INPUT 4: -j WEB\n", FIREWALL_MAY_PASS},
	{"INPUT = DROP\n" USUAL "INPUT 4: -j LOG --log-prefix \"to udp \"\n",
		FIREWALL_DROPPED},
	{"INPUT = DROP\n" USUAL "INPUT 4: -j NFQUEUE --queue-num 0\n",
		FIREWALL_MAY_PASS},
	{"INPUT = DROP\nA =\nB =\n" USUAL "INPUT 4: -j A\nA 1: -j B\n"
	 "B 1: -j A\nB 2: -p tcp --dport 80 -j ACCEPT\n",
		FIREWALL_DROPPED},
	/* what only seems to exclude */
	{"INPUT = DROP\n" USUAL "INPUT 4: ! -i lo -j ACCEPT\n",
		FIREWALL_MAY_PASS},
	{"INPUT = DROP\n" USUAL
	 "INPUT 4: -m conntrack ! --ctstate INVALID -j ACCEPT\n",
		FIREWALL_MAY_PASS},
	{"INPUT = DROP\n" USUAL
	 "INPUT 4: -m state --state NEW,ESTABLISHED -j ACCEPT\n",
		FIREWALL_MAY_PASS},
	{"INPUT = DROP\n" USUAL
	 "INPUT 4: -m comment --comment \"udp port 53\" -j ACCEPT\n",
		FIREWALL_MAY_PASS},
	{"INPUT = DROP\n" USUAL
	 "INPUT 4: -p tcp -m tcp ! --dport 22 -j ACCEPT\n",
		FIREWALL_MAY_PASS},
	/* iptables -L */
	{"INPUT = DROP\n"
	 "INPUT 1: ACCEPT all -- lo * 0.0.0.0/0 0.0.0.0/0\n"
	 "INPUT 2: ACCEPT 0 -- * * 0.0.0.0/0 0.0.0.0/0 ctstate "
	 "RELATED,ESTABLISHED\n"
	 "INPUT 3: ACCEPT 17 -- * * 0.0.0.0/0 0.0.0.0/0\n"
	 "INPUT 4: ACCEPT tcp -- * * 0.0.0.0/0 0.0.0.0/0 tcp dpt:22\n"
	 "INPUT 5: LOG all -- * * 0.0.0.0/0 0.0.0.0/0 LOG flags 0 level 4\n",
		FIREWALL_DROPPED},
	{"INPUT = DROP\nINPUT 1: ACCEPT all -- anywhere anywhere\n",
		FIREWALL_MAY_PASS},
	{"INPUT = ACCEPT\nINPUT 1: ACCEPT tcp -- anywhere anywhere tcp "
	 "dpt:ssh\nINPUT 2: DROP all -- anywhere anywhere\n",
		FIREWALL_MAY_PASS},
	{"INPUT = ACCEPT\nINPUT 1: ACCEPT tcp -- anywhere anywhere tcp "
	 "dpt:22\nINPUT 2: DROP all -- anywhere anywhere\n",
		FIREWALL_DROPPED},
	{"INPUT = DROP\nf2b =\nINPUT 1: f2b tcp -- anywhere anywhere\n"
	 "f2b 1: RETURN all -- anywhere anywhere\n"
	 "INPUT 2: ACCEPT tcp -- anywhere anywhere multiport dports 80,443\n",
		FIREWALL_DROPPED},
	/* nft */
	{"inet f input = drop\n"
	 "inet f input 1: ct state { established, related } accept\n"
	 "inet f input 2: ct state vmap { established : accept, invalid : drop "
	 "}\n"
	 "inet f input 3: iif \"lo\" accept\n"
	 "inet f input 4: icmp type echo-request counter accept\n"
	 "inet f input 5: meta l4proto { icmp, ipv6-icmp } accept\n"
	 "inet f input 6: udp dport { 53, 5432 } accept\n"
	 "inet f input 7: tcp dport { 22, 80-90 } accept\n"
	 "inet f input 8: log prefix \"new tcp \"\n",
		FIREWALL_DROPPED},
	{"inet f input = drop\n"
	 "inet f input 1: ct state established,related accept\n"
	 "inet f input 2: tcp dport vmap { 22 : accept, 5432 : jump db }\n",
		FIREWALL_MAY_PASS},
	{"inet f input = drop\n"
	 "inet f input 1: ct state established,related accept\n"
	 "inet f input 2: tcp dport @open accept\n",
		FIREWALL_MAY_PASS},
	{"inet f in hook input = drop\n"
	 "inet f in hook input 1: ct state established accept\n"
	 "inet f in hook input 2: iifname \"eth1\" jump db\n"
	 "inet f db =\n"
	 "inet f db 1: ip saddr 10.0.0.0/8 tcp dport 5432 accept\n",
		FIREWALL_DROPPED},
	/* a family is no protocol */
	{"inet f input = drop\n"
	 "inet f input 1: ct state established accept\n"
	 "inet f input 2: meta protocol ip6 accept\n",
		FIREWALL_MAY_PASS},
	/* one base chain that drops is enough */
	{"inet a input = accept\ninet a input 1: accept\n"
	 "inet b input = drop\ninet b input 1: tcp dport 22 accept\n",
		FIREWALL_DROPPED},
};

static struct firewall_rules *
listing_read(const char *text)
{
	struct firewall_rules *rules = firewall_rules_new();
	char line[400];
	for (; *text != '\0'; text += strlen(line) + 1) {
		snprintf(line, sizeof line, "%.*s", (int)strcspn(text, "\n"),
			text);
		char scope[400];
		snprintf(scope, sizeof scope, "%s", line);
		char *policy = strstr(scope, " =");
		bool rule = strstr(line, ": ") != NULL;
		if (!rule && policy != NULL) {
			*policy = '\0';
			policy += 2 + (policy[2] == ' ');
			firewall_rules_add(rules, scope,
				*policy != '\0' ? "policy" : "chain",
				*policy != '\0' ? policy : "user");
			continue;
		}
		bool drops = strstr(line, "DROP") != NULL;
		bool accepts = strstr(line, "ACCEPT") != NULL ||
			(strstr(line, "accept") != NULL &&
				strstr(line, "vmap") == NULL);
		firewall_rules_add(rules, scope,
			drops             ? "drop_packets"
				: accepts ? "uncounted_accept"
					  : "other_packets",
			NULL);
	}
	return rules;
}

static void
fates_are_told(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct firewall_rules *rules = listing_read(rows[i].listing);
		enum firewall_fate fate =
			firewall_fate(rules, "input", PORT, CLIENT);
		firewall_rules_free(rules);
		if (fate != rows[i].fate)
			fail_msg("%d, expected %d:\n%s", fate, rows[i].fate,
				rows[i].listing);
	}
}

/* From nobody knows where, a rule of some sources may be about the client. */
static void
a_source_that_is_not_known_may_pass(void **state)
{
	(void)state;
	struct firewall_rules *rules =
		listing_read("INPUT = DROP\n" USUAL
			     "INPUT 4: -s 10.0.0.0/8 -p tcp -j ACCEPT\n");
	assert_int_equal(
		firewall_fate(rules, "input", PORT, NULL), FIREWALL_MAY_PASS);
	assert_int_equal(
		firewall_fate(rules, "input", PORT, CLIENT), FIREWALL_DROPPED);
	firewall_rules_free(rules);
}

/* More rules than are looked at prove nothing. */
static void
too_many_rules_are_unknown(void **state)
{
	(void)state;
	struct firewall_rules *rules = listing_read("INPUT = DROP\n" USUAL);
	char scope[40];
	for (int i = 0; i < FIREWALL_RULES_MAX; i++) {
		snprintf(scope, sizeof scope, "INPUT %d: -p udp", i + 4);
		firewall_rules_add(rules, scope, "uncounted_accept", "yes");
	}
	assert_int_equal(
		firewall_fate(rules, "input", PORT, CLIENT), FIREWALL_UNKNOWN);
	firewall_rules_free(rules);
}

/* Cut, empty and strange texts are read to their end. */
static void
rules_that_are_cut_are_read(void **state)
{
	(void)state;
	static const char *const texts[] = {"", " ", "-p", "! ", "-i !",
		"ct state {", "ct state { established", "/* cut",
		"--comment \"", "-m comment --comment", "--", "a --", "a b --",
		"-j", "jump", "ct state vmap", "ct state vmap {"};
	const struct firewall_syn syn = {.port = PORT, .address = CLIENT};
	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
		firewall_may_match(texts[i], &syn);
		firewall_hands_on(texts[i], &syn);
		firewall_jump(texts[i]);
		firewall_takes_all(texts[i]);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(fates_are_told),
		cmocka_unit_test(a_source_that_is_not_known_may_pass),
		cmocka_unit_test(too_many_rules_are_unknown),
		cmocka_unit_test(rules_that_are_cut_are_read),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
