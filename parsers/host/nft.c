/*
 * nft list ruleset, as text.
 *
 * spec: nftables 1.0.6 src/rule.c, src/statement.c (the output is nft's own
 * input language).
 *
 *	table inet lab {
 *		chain input {
 *			type filter hook input priority filter; policy drop;
 *			tcp dport 443 counter packets 6 bytes 360 drop comment "x"
 *		}
 *		counter c1 {
 *			packets 3 bytes 180
 *		}
 *	}
 *
 * A base chain may have any name; where that does not tell its hook, the hook
 * stands behind it in the scope: "inet lab from-net hook input 1: ...".
 *
 * A named set's members are settings of it, "set_member": rules name the set alone
 * ("ip saddr @banned drop"). Of a larger one the first SET_MEMBERS_MAX, and
 * "set_cut".
 *
 * Words in quotes and in braces (sets, maps) are no statements. A chain's policy
 * drops are not counted unless a rule does. With -a a rule ends in "# handle 7".
 * Where there are no rules nothing is printed: the setting "rules" is "none".
 */
#include "parsers/host/firewall.h"
#include "parsers/host/formats.h"

#include <string.h>
#include <strings.h>

enum block {
	BLOCK_NONE,
	BLOCK_TABLE,
	BLOCK_CHAIN,
	BLOCK_COUNTER, /* a named counter */
	BLOCK_OTHER,   /* set, map, flowtable, ...: read over */
};

/* Of one set. Ban lists hold some hundreds; lists of countries tell no client. */
#define SET_MEMBERS_MAX 4096

struct place {
	struct view family;
	struct view table;
	struct view chain; /* or the named counter */
	struct view hook;  /* of a base chain whose name does not tell it */
	bool base;
	enum block block;
	unsigned other_depth; /* braces open in BLOCK_OTHER */
	bool is_set;
	bool in_elements;
	unsigned members;
	uint64_t rules;
	unsigned rule_braces; /* a rule goes on in the next line */
};

static bool
is_table(struct view line)
{
	static const char *const families[] = {
		"ip", "ip6", "inet", "arp", "bridge", "netdev"};
	struct view word = word_next(&line);
	struct view family = word_next(&line);
	if (!view_is(word, "table"))
		return false;
	for (size_t i = 0; i < sizeof families / sizeof families[0]; i++)
		if (view_is(family, families[i]))
			return view_has(line, "{");
	return false;
}

enum host_match
nft_recognise(struct view head)
{
	return head_has(head, is_table);
}

/* Walks a rule's words; says which are statements. */
struct words {
	struct view rest;
	unsigned braces;
	bool quoted;
};

static struct view
statement_next(struct words *w, bool *plain)
{
	struct view word = word_next(&w->rest);
	*plain = !w->quoted && w->braces == 0;
	for (size_t i = 0; i < word.len; i++) {
		if (word.data[i] == '"')
			w->quoted = !w->quoted;
		else if (!w->quoted && word.data[i] == '{')
			w->braces++;
		else if (!w->quoted && word.data[i] == '}' && w->braces > 0)
			w->braces--;
	}
	return word;
}

/* Start the scope of a chain or of one of its rules, counted from 1. */
static void
scope_begin(struct host_run *r, const struct place *p, uint64_t number)
{
	if (p->hook.len == 0) {
		firewall_place(r, p->family, p->table, p->chain, number);
		return;
	}
	firewall_place(r, p->family, p->table, p->chain, 0);
	scratch_adds(&r->scope, " hook ");
	host_scratch_add(&r->scope, p->hook);
	if (number == 0)
		return;
	scratch_adds(&r->scope, " ");
	scratch_add_number(&r->scope, number);
	scratch_adds(&r->scope, ":");
}

/* One rule: its text without counts into the scope, its verdict, its count. */
static void
rule_read(struct host_run *r, struct place *p)
{
	struct words w = {.rest = view_trim(r->line)};
	struct view packets = view_str("");
	struct view word;
	enum firewall_does does = FIREWALL_OTHER;
	bool plain;

	scope_begin(r, p, ++p->rules);
	while ((word = statement_next(&w, &plain)).len > 0) {
		if (plain && view_is(word, "#"))
			break; /* "# handle 7" */
		struct view behind = w.rest;
		struct view number = word_next(&behind);
		if (plain && view_is(word, "packets") && is_number(number)) {
			packets = number;
			word_next(&behind); /* "bytes" */
			word_next(&behind);
			w.rest = behind;
			continue;
		}
		if (plain && firewall_does(word) != FIREWALL_OTHER)
			does = firewall_does(word);
		scratch_adds(&r->scope, " ");
		host_scratch_add(&r->scope, word);
	}
	p->rule_braces = w.braces;
	firewall_rule(r, does, packets);
}

static bool
name_tells(struct view name, struct view hook)
{
	for (size_t i = 0; i + hook.len <= name.len; i++)
		if (strncasecmp((const char *)name.data + i,
			    (const char *)hook.data, hook.len) == 0)
			return true;
	return false;
}

/* "type filter hook input priority filter; policy drop;" */
static void
base_chain_read(struct host_run *r, struct place *p)
{
	struct view policy = view_between(r->line, "policy ", ";");
	p->base = true;
	struct view hook = view_between(r->line, " hook ", " ");
	if (!name_tells(p->chain, hook))
		p->hook = hook;
	scope_begin(r, p, 0);
	if (policy.len > 0)
		firewall_policy(
			r, run_text(r, &r->scope), policy, view_str(""));
}

static void
table_block_read(struct place *p, struct view line)
{
	struct view word = word_next(&line);
	struct view name = word_next(&line);
	if (view_is(word, "}")) {
		p->block = BLOCK_NONE;
		return;
	}
	if (!view_ends(line, "{") && !view_is(word_next(&line), "{"))
		return; /* "flags dormant" and the like */
	p->chain = name;
	p->hook = view_str("");
	p->base = false;
	p->rules = 0;
	p->other_depth = 1;
	p->is_set = view_is(word, "set");
	p->in_elements = false;
	p->members = 0;
	p->block = view_is(word, "chain")  ? BLOCK_CHAIN
		: view_is(word, "counter") ? BLOCK_COUNTER
					   : BLOCK_OTHER;
}

static void
member_read(struct host_run *r, struct place *p, struct view member)
{
	/* "198.51.100.7 timeout 10m expires 9m58s" */
	struct view word = word_next(&member);
	if (word.len == 0 || p->members > SET_MEMBERS_MAX)
		return;
	bool full = p->members++ == SET_MEMBERS_MAX;
	firewall_place(r, p->family, p->table, view_str(""), 0);
	scratch_adds(&r->scope, " @");
	host_scratch_add(&r->scope, p->chain);
	emit_setting(r, run_text(r, &r->scope),
		view_str(full ? "set_cut" : "set_member"),
		full ? view_str("yes") : word);
}

/* "elements = { 198.51.100.7, 203.0.113.0/24,", and the lines behind it. */
static void
elements_read(struct host_run *r, struct place *p, struct view line)
{
	if (!p->in_elements && !view_begins(line, "elements = {"))
		return;
	size_t from = p->in_elements ? 0 : strlen("elements = {");
	p->in_elements = true;
	for (size_t i = from; i <= line.len && p->in_elements; i++) {
		bool end = i < line.len && line.data[i] == '}';
		if (i < line.len && line.data[i] != ',' && !end)
			continue;
		member_read(r, p, view_first(view_skip(line, from), i - from));
		from = i + 1;
		p->in_elements = !end;
	}
}

static void
other_block_read(struct host_run *r, struct place *p, struct view line)
{
	if (p->is_set)
		elements_read(r, p, line);
	for (size_t i = 0; i < line.len; i++) {
		if (line.data[i] == '{')
			p->other_depth++;
		else if (line.data[i] == '}' && p->other_depth > 0)
			p->other_depth--;
	}
	if (p->other_depth == 0)
		p->block = BLOCK_TABLE;
}

static void
counter_block_read(struct host_run *r, struct place *p, struct view text)
{
	struct view rest = text;
	if (!view_is(word_next(&rest), "packets"))
		return;
	firewall_place(r, p->family, p->table, p->chain, 0);
	emit_value(r, run_text(r, &r->scope), view_str("packets"),
		word_next(&rest), VALUE_COUNTER);
}

/* The rest of a map or set that a rule spreads over several lines. */
static void
rule_go_on(struct place *p, struct view text)
{
	struct words w = {.rest = text, .braces = p->rule_braces};
	bool plain;
	while (statement_next(&w, &plain).len > 0)
		continue;
	p->rule_braces = w.braces;
}

static void
chain_end(struct host_run *r, struct place *p)
{
	if (p->block == BLOCK_CHAIN && !p->base) {
		scope_begin(r, p, 0);
		firewall_chain(r);
	}
	p->block = BLOCK_TABLE;
}

static void
block_read(struct host_run *r, struct place *p, struct view text)
{
	if (p->block == BLOCK_TABLE) {
		table_block_read(p, text);
	} else if (p->block == BLOCK_OTHER) {
		other_block_read(r, p, text);
	} else if (p->rule_braces > 0) {
		rule_go_on(p, text);
	} else if (view_is(text, "}")) {
		chain_end(r, p);
	} else if (p->block == BLOCK_COUNTER) {
		counter_block_read(r, p, text);
	} else if (view_begins(text, "type ") && view_has(text, " hook ")) {
		base_chain_read(r, p);
	} else if (!view_begins(text, "comment ") &&
		!view_begins(text, "policy ")) {
		rule_read(r, p);
	}
}

void
nft_parse(struct host_run *r)
{
	struct place p = {0};
	while (run_next(r)) {
		struct view text = view_trim(r->line);
		if (run_blank(r))
			continue;
		if (is_table(text)) {
			struct view rest = text;
			word_next(&rest);
			p = (struct place){.block = BLOCK_TABLE};
			p.family = word_next(&rest);
			p.table = word_next(&rest);
		} else if (p.block != BLOCK_NONE) {
			block_read(r, &p, text);
		} else {
			continue;
		}
		run_claim(r);
	}
	if (r->result->lines == 0)
		emit_setting(
			r, view_str(""), view_str("rules"), view_str("none"));
	if (p.block != BLOCK_NONE)
		run_note(r, ANOMALY_SNAPSHOT_CUT);
}
