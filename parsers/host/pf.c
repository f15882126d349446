/*
 * pfctl: what the packet filter of BSD and macOS counts and tracks.
 *
 * spec: FreeBSD 14 sbin/pfctl/pfctl_parser.c print_status(),
 * pf_print_state.c print_state(), print_seq(), pfctl.c pfctl_print_rule_counters();
 * OpenBSD sbin/pfctl, the same.
 *
 *	State Table                          Total             Rate
 *	  current entries                    65536                       <- -s info
 *	Counters
 *	  memory                                42            0.0/s
 *
 *	states        hard limit   100000                                <- -s memory
 *
 *	all tcp 198.51.100.20:80 <- 192.0.2.10:40131       CLOSED:SYN_SENT
 *	em0 tcp 203.0.113.1:50001 (192.0.2.10:40131) -> 198.51.100.20:80  SYN_SENT:CLOSED
 *	                          ^ before translation            -s states
 *
 *	block drop in quick on em0 proto tcp from any to any port = https   <- -vs rules
 *	  [ Evaluations: 100  Packets: 17  Bytes: 1020  States: 0 ]
 *
 * A rule's packets are told as those of other packet filters, the rule as scope.
 * A state's peers are told as a tracked connection, the one that began as src.
 * Its state is that of the opener; the answer is outstanding (unreplied) while
 * the other has none (CLOSED, NO_TRAFFIC).
 */
#include "parsers/host/formats.h"

#define WORDS 8
#define PROTOCOL_TCP 6 /* cite: IANA, Protocol Numbers */

static bool
is_info(struct view line)
{
	struct view first = word_next(&line);
	struct view second = word_next(&line);
	return view_is(first, "State") && view_is(second, "Table") &&
		view_is(word_next(&line), "Total");
}

static bool
is_limit(struct view line)
{
	struct view rest = line;
	return word_next(&rest).len > 0 &&
		view_begins(view_trim(rest), "hard limit ");
}

/* Behind the interface and "tcp": address, arrow, address. */
static bool
state_read_line(struct view line, struct host_conntrack *c)
{
	struct view w[WORDS];
	size_t n = words_split(line, w, WORDS);
	struct host_endpoint a;
	struct host_endpoint b;
	if (n < 6 || !view_is(w[1], "tcp") || !endpoint_read(w[2], &a))
		return false;
	/* In brackets stands the address before translation. */
	size_t at = view_begins(w[3], "(") ? 4 : 3;
	bool in = view_is(w[at], "<-");
	if ((!in && !view_is(w[at], "->")) || n <= at + 2 ||
		!endpoint_read(w[at + 1], &b) || !a.known || !b.known)
		return false;
	size_t last = view_begins(w[at + 2], "(") ? at + 3 : at + 2;
	size_t colon = last < n ? view_find(w[last], ":") : TEXT_NOWHERE;
	if (colon == TEXT_NOWHERE)
		return false;
	struct view left = view_first(w[last], colon);
	struct view right = view_skip(w[last], colon + 1);
	*c = (struct host_conntrack){
		.protocol = PROTOCOL_TCP,
		.state = in ? right : left,
		.timeout_s = HOST_UNKNOWN,
		.src = in ? b : a,
		.dst = in ? a : b,
		.reply_src = endpoint_none(),
		.reply_dst = endpoint_none(),
	};
	struct view other = in ? left : right;
	c->unreplied = view_is(other, "CLOSED") || view_is(other, "NO_TRAFFIC");
	if (at == 4) {
		c->reply_dst = c->src;
		struct view inside = view_between(w[3], "(", ")");
		endpoint_read(inside, &c->src);
	}
	return true;
}

static bool
is_rule_counters(struct view line)
{
	return view_begins(view_trim(line), "[ Evaluations: ") &&
		view_has(line, " Packets: ");
}

static bool
is_rule(struct view line)
{
	return view_begins(line, "block ") || view_begins(line, "pass ");
}

static bool
is_pf_line(struct view line)
{
	struct host_conntrack c;
	return is_info(line) || state_read_line(line, &c) ||
		is_rule_counters(line);
}

enum host_match
pf_recognise(struct view head)
{
	return head_has(head, is_pf_line);
}

/* "  current entries    65536   11.8/s": the words up to the number. */
static bool
counter_read(struct host_run *r, struct view section)
{
	struct view rest = r->line;
	struct view name = view_trim(rest);
	for (;;) {
		struct view word = word_next(&rest);
		if (word.len == 0)
			return false;
		if (!is_number(word))
			continue;
		name.len = (size_t)(word.data - name.data);
		bool level = view_begins(name, "current entries");
		return emit_value(r, section, view_trim(name), word,
			level ? VALUE_GAUGE : VALUE_COUNTER);
	}
}

static bool
limit_read(struct host_run *r)
{
	struct view rest = r->line;
	struct view name = word_next(&rest);
	word_next(&rest);
	word_next(&rest);
	scratch_clear(&r->text);
	host_scratch_add(&r->text, name);
	scratch_adds(&r->text, " limit");
	return emit_value(r, view_str(""), run_text(r, &r->text),
		word_next(&rest), VALUE_GAUGE);
}

/* Only what is dropped or passed is counted so; scrub and nat rules are not. */
static bool
rule_counters_read(struct host_run *r, struct view rule)
{
	if (rule.len == 0)
		return true;
	scratch_clear(&r->scope);
	host_scratch_add(&r->scope, rule);
	bool blocks = view_begins(rule, "block ");
	const char *name = !blocks                  ? "accept_packets"
		: view_begins(rule, "block return") ? "reject_packets"
						    : "drop_packets";
	return emit_value(r, run_text(r, &r->scope), view_str(name),
		word_after(r->line, "Packets:"), VALUE_COUNTER);
}

/* "State Table   Total  Rate", "Counters", "Limit Counters" */
static bool
section_read(struct view line, struct view *section)
{
	static const char *const names[] = {"State Table",
		"Source Tracking Table", "Counters", "Limit Counters",
		"Fragments"};
	for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
		if (view_begins(line, names[i])) {
			*section = view_str(names[i]);
			return true;
		}
	return false;
}

void
pf_parse(struct host_run *r)
{
	struct view section = view_str("");
	struct view rule = view_str("");
	struct host_conntrack c;
	while (run_next_whole(r)) {
		bool known = true;
		if (state_read_line(r->line, &c))
			emit_conntrack(r, &c);
		else if (is_rule(r->line))
			rule = view_trim(r->line);
		else if (is_rule_counters(r->line)) {
			known = rule_counters_read(r, rule);
			rule = view_str("");
		} else if (view_begins(view_trim(r->line), "[ Inserted: "))
			known = true;
		else if (is_limit(r->line))
			known = limit_read(r);
		else if (section_read(r->line, &section) ||
			view_begins(r->line, "Status: "))
			known = true;
		else
			known = section.len > 0 && view_begins(r->line, "  ") &&
				counter_read(r, section);
		if (known)
			run_claim(r);
	}
}
