/*
 * Reading a rule's conditions word by word. Whatever is not understood may match:
 * the caller concludes something only from rules whose text excludes the SYN.
 */
#include "judge/firewall_match.h"

#include "base/text.h"
#include "judge/firewall_ports.h"
#include "judge/firewall_source.h"

/* A rule's words; of what somebody wrote (a comment, a log's prefix) and of
 * modules none. */
struct words {
	struct view rest;
	struct view word;
	bool negated; /* "!" or "!=" stands in front */
};

static bool
one_of(struct view word, const char *const *list)
{
	for (; *list != NULL; list++)
		if (view_is(word, *list))
			return true;
	return false;
}

/* Pass over a text in quotes, or the one word that it is. */
static void
text_skip(struct view *rest)
{
	struct view word = word_next(rest);
	if (!view_begins(word, "\""))
		return;
	while (word.len > 0 && (word.len < 2 || !view_ends(word, "\"")))
		word = word_next(rest);
}

static struct view
unquoted(struct view word)
{
	if (word.len >= 2 && view_begins(word, "\"") && view_ends(word, "\""))
		return view_of(word.data + 1, word.len - 2);
	return word;
}

static bool
words_next(struct words *w)
{
	static const char *const said[] = {"-m", "--match", "--comment",
		"comment", "prefix", "--log-prefix", NULL};
	w->negated = view_is(w->word, "!") || view_is(w->word, "!=");
	for (;;) {
		w->word = word_next(&w->rest);
		if (view_is(w->word, "/*")) {
			while (w->word.len > 0 && !view_is(w->word, "*/"))
				w->word = word_next(&w->rest);
			continue;
		}
		if (!one_of(w->word, said))
			return w->word.len > 0;
		text_skip(&w->rest);
	}
}

/* What stands behind a condition's word: one word, or all within braces. */
static struct view
value_of(struct words *w, bool *negated)
{
	*negated = w->negated;
	if (!words_next(w))
		return view_str("");
	if (view_is(w->word, "!") || view_is(w->word, "!=")) {
		*negated = !*negated;
		words_next(w);
	}
	struct view value = w->word;
	if (!view_begins(value, "{"))
		return unquoted(value);
	while (!view_has(w->word, "}") && words_next(w))
		value.len = (size_t)(w->word.data + w->word.len - value.data);
	return value;
}

/* A connection begins in state NEW; what was translated is so as well. */
static bool
state_fits(struct view states)
{
	return view_has(states, "NEW") || view_has(states, "new") ||
		view_has(states, "DNAT") || view_has(states, "dnat");
}

static bool
protocol_fits(struct view protocols)
{
	static const char *const fitting[] = {
		"tcp", "6", "0", "all", "ip", "ip6", NULL};
	return one_of(protocols, fitting) ||
		(view_begins(protocols, "{") && view_has(protocols, "tcp"));
}

static bool
kind_fits(struct view kind)
{
	return !view_has(kind, "MULTICAST") && !view_has(kind, "BROADCAST") &&
		!view_has(kind, "multicast") && !view_has(kind, "broadcast") &&
		!view_is(kind, "ANYCAST");
}

static bool
card_fits(struct view card)
{
	return !view_is(card, "lo");
}

static const struct condition {
	const char *word;
	bool (*fits)(struct view value);
} conditions[] = {
	{"-p", protocol_fits},
	{"--protocol", protocol_fits},
	{"l4proto", protocol_fits},
	{"nexthdr", protocol_fits},
	{"protocol", protocol_fits},
	{"-i", card_fits},
	{"--in-interface", card_fits},
	{"iif", card_fits},
	{"iifname", card_fits},
	{"state", state_fits},
	{"ctstate", state_fits},
	{"--state", state_fits},
	{"--ctstate", state_fits},
	{"--dst-type", kind_fits},
	{"dst-type", kind_fits},
	{"--pkt-type", kind_fits},
	{"pkttype", kind_fits},
};

static const struct condition *
condition_of(struct view word)
{
	for (size_t i = 0; i < sizeof conditions / sizeof *conditions; i++)
		if (view_is(word, conditions[i].word))
			return &conditions[i];
	return NULL;
}

/* The columns of iptables -L: "TARGET PROT -- [IN OUT] SOURCE DESTINATION". */
static bool
columns_fit(struct view rule)
{
	struct view word = word_next(&rule);
	struct view protocol = view_str("");
	struct view card;
	for (int i = 0; i < 2 && !view_is(word, "--"); i++) {
		protocol = word;
		word = word_next(&rule);
	}
	if (!view_is(word, "--") || protocol.len == 0)
		return true;
	card = word_next(&rule);
	return protocol_fits(protocol) && card_fits(card);
}

/* "udp dport 53 accept", "icmp type echo-request accept": other protocols'
 * expressions, and none of tcp's. */
static bool
is_of_others(struct view word)
{
	static const char *const others[] = {"udp", "icmp", "icmpv6", "igmp",
		"sctp", "dccp", "udplite", "esp", "ah", NULL};
	return one_of(word, others);
}

static bool
conditions_fit(const char *rule)
{
	struct words w = {.rest = view_str(rule)};
	bool others = false;
	bool tcp = false;
	while (words_next(&w)) {
		const struct condition *c = condition_of(w.word);
		tcp = tcp || view_is(w.word, "tcp");
		others = others || is_of_others(w.word);
		if (c == NULL)
			continue;
		bool negated;
		struct view value = value_of(&w, &negated);
		tcp = tcp || view_has(value, "tcp");
		/* A map decides by what it holds, a negated match by the rest. */
		if (value.len > 0 && !negated && !view_is(value, "vmap") &&
			!c->fits(value))
			return false;
	}
	return tcp || !others;
}

bool
firewall_may_match(const char *rule, const struct firewall_syn *syn)
{
	if (firewall_ports(rule, syn->port) == PORTS_OTHERS)
		return false;
	if (syn->address != NULL &&
		firewall_source(rule, syn->address) == SOURCE_OTHERS)
		return false;
	return columns_fit(view_str(rule)) && conditions_fit(rule);
}

bool
firewall_takes_all(const char *rule)
{
	static const char *const open[] = {"-j", "DROP", "drop", "counter",
		"all", "0", "--", "*", "anywhere", "0.0.0.0/0", "::/0", NULL};
	struct words w = {.rest = view_str(rule)};
	while (words_next(&w))
		if (!one_of(w.word, open))
			return false;
	return true;
}

/* Targets and statements that leave the packet where it was. */
static bool
goes_on(struct view target)
{
	static const char *const list[] = {"LOG", "NFLOG", "ULOG", "MARK",
		"CONNMARK", "CONNSECMARK", "SECMARK", "SET", "CLASSIFY", "TOS",
		"DSCP", "TCPMSS", "TTL", "HL", "RETURN", "AUDIT", "LED",
		"TRACE", "CT", "NOTRACK", "RATEEST", "CHECKSUM", NULL};
	return one_of(target, list);
}

struct view
firewall_jump(const char *rule)
{
	static const char *const words[] = {"-j", "-g", "jump", "goto", NULL};
	struct words w = {.rest = view_str(rule)};
	struct view text = w.rest;
	struct view target = word_next(&text);
	struct view protocol = word_next(&text);
	/* Of -L, the target is the first word. */
	if (view_is(word_next(&text), "--") && protocol.len > 0)
		return goes_on(target) ? view_str("") : target;
	while (words_next(&w))
		if (one_of(w.word, words)) {
			words_next(&w);
			return goes_on(w.word) ? view_str("") : w.word;
		}
	return view_str("");
}

bool
firewall_hands_on(const char *rule, const struct firewall_syn *syn)
{
	static const char *const handing[] = {"vmap", "queue", "synproxy",
		"dnat", "redirect", "tproxy", "masquerade", "snat", NULL};
	struct words w = {.rest = view_str(rule)};
	struct view before = view_str("");
	while (words_next(&w)) {
		/* A map of states without "new" holds no connection's first SYN. */
		if (view_is(w.word, "vmap") && view_is(before, "state")) {
			bool negated;
			if (state_fits(value_of(&w, &negated)))
				return firewall_may_match(rule, syn);
			continue;
		}
		if (one_of(w.word, handing))
			return firewall_may_match(rule, syn);
		before = w.word;
	}
	return false;
}
