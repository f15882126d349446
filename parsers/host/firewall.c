/*
 * Rules of packet filters as records. See firewall.h.
 *
 * cite: iptables 1.8.9 iptables/xshared.c xtables_print_num(): counts above
 * 99999 are printed in thousands, millions, ..., rounded to nearest, unless -x.
 */
#include "parsers/host/firewall.h"

enum firewall_does
firewall_does(struct view word)
{
	if (view_is(word, "DROP") || view_is(word, "drop"))
		return FIREWALL_DROP;
	if (view_is(word, "REJECT") || view_is(word, "reject") ||
		view_is(word, "TARPIT"))
		return FIREWALL_REJECT;
	if (view_is(word, "ACCEPT") || view_is(word, "accept"))
		return FIREWALL_ACCEPT;
	return FIREWALL_OTHER;
}

void
firewall_rule(struct host_run *r, enum firewall_does does, struct view packets)
{
	static const char *const names[] = {"other_packets", "accept_packets",
		"drop_packets", "reject_packets"};
	static const char *const uncounted[] = {"uncounted_other",
		"uncounted_accept", "uncounted_drop", "uncounted_reject"};
	int64_t n = 0;
	struct view scope = run_text(r, &r->scope);
	/* What a cut rule does is not known. */
	if (!r->quoted && run_line_is_cut(r)) {
		run_note(r, ANOMALY_SNAPSHOT_CUT);
		return;
	}
	if (packets.len > 0) {
		if (run_count(r, packets, &n))
			emit_counter(r, scope, view_str(names[does]), n, false);
		return;
	}
	emit_setting(r, scope, view_str(uncounted[does]), view_str("yes"));
}

void
firewall_chain(struct host_run *r)
{
	emit_setting(
		r, run_text(r, &r->scope), view_str("chain"), view_str("user"));
}

void
firewall_policy(struct host_run *r, struct view chain, struct view policy,
	struct view packets)
{
	int64_t n = 0;
	bool drop = firewall_does(policy) == FIREWALL_DROP;
	emit_setting(r, chain, view_str("policy"), policy);
	if (!r->quoted && run_line_is_cut(r))
		return;
	if (packets.len > 0 && run_count(r, packets, &n))
		emit_counter(r, chain,
			view_str(drop ? "policy_drop_packets"
				      : "policy_accept_packets"),
			n, false);
}

void
firewall_place(struct host_run *r, struct view family, struct view table,
	struct view chain, uint64_t number)
{
	const struct view words[] = {family, table, chain};
	scratch_clear(&r->scope);
	for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
		if (words[i].len == 0)
			continue;
		if (r->scope.len > 0)
			scratch_adds(&r->scope, " ");
		host_scratch_add(&r->scope, words[i]);
	}
	if (number == 0)
		return;
	scratch_adds(&r->scope, " ");
	scratch_add_number(&r->scope, number);
	scratch_adds(&r->scope, ":");
}
