/*
 * ipfw -a list: FreeBSD's packet filter, with counters.
 *
 * spec: FreeBSD 14 sbin/ipfw/ipfw2.c show_static_rule(); ipfw(8).
 *
 *	00100  12  720 allow ip from any to any via lo0
 *	00500  17 1020 deny tcp from any to any dst-port 443
 *	^ rule ^ packets, bytes
 *
 * Packets are told as those of other packet filters, the rule as scope.
 */
#include "parsers/host/formats.h"

#define NUMBER_DIGITS 5

struct rule {
	struct view packets;
	struct view action;
	struct view text; /* from the action on */
};

static bool
rule_read(struct view line, struct rule *rule)
{
	struct view rest = line;
	struct view number = word_next(&rest);
	*rule = (struct rule){.packets = word_next(&rest)};
	struct view bytes = word_next(&rest);
	rule->text = view_trim(rest);
	rule->action = word_next(&rest);
	return number.len == NUMBER_DIGITS && is_number(number) &&
		is_number(rule->packets) && is_number(bytes) &&
		view_has(rest, " from ") && view_has(rest, " to ");
}

static bool
is_rule(struct view line)
{
	struct rule rule;
	return rule_read(line, &rule);
}

enum host_match
ipfw_recognise(struct view head)
{
	return head_has(head, is_rule);
}

/* cite: ipfw(8), RULE ACTIONS; "unreach" and "reset" answer */
static const char *
name_of(struct view action)
{
	static const char *const rows[][2] = {{"deny", "drop_packets"},
		{"drop", "drop_packets"}, {"reject", "reject_packets"},
		{"reset", "reject_packets"}, {"unreach", "reject_packets"},
		{"allow", "accept_packets"}, {"accept", "accept_packets"},
		{"pass", "accept_packets"}, {"permit", "accept_packets"}};
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
		if (view_is(action, rows[i][0]))
			return rows[i][1];
	return "other_packets";
}

void
ipfw_parse(struct host_run *r)
{
	struct rule rule;
	while (run_next_whole(r)) {
		if (!rule_read(r->line, &rule))
			continue;
		scratch_clear(&r->scope);
		host_scratch_add(&r->scope, rule.text);
		if (emit_value(r, run_text(r, &r->scope),
			    view_str(name_of(rule.action)), rule.packets,
			    VALUE_COUNTER))
			run_claim(r);
	}
}
