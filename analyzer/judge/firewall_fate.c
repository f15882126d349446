/*
 * Rules are sorted by the chain that they stand in; from the base chains of a hook
 * the walk goes on to each chain that a rule may jump to, and looks at each once.
 */
#include "judge/firewall_fate.h"

#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/text.h"
#include "judge/firewall_match.h"

enum act {
	ACT_ACCEPT,
	ACT_DROP,
	ACT_OTHER,
	ACT_POLICY_DROP,
	ACT_BASE,
	ACT_CHAIN
};

struct rule {
	struct view chain; /* with family and table: "inet fw input" */
	struct view hook;  /* "input"; empty: the chain's name tells */
	const char *text;  /* behind the place */
	enum act act;
	bool seen; /* of a chain that the walk has been to */
};

struct firewall_rules {
	struct arena arena;
	struct rule *list; /* owned */
	size_t count;
	size_t room;
	bool full;
	bool sorted;
};

struct firewall_rules *
firewall_rules_new(void)
{
	return memory_take(1, sizeof(struct firewall_rules));
}

void
firewall_rules_free(struct firewall_rules *rules)
{
	if (rules == NULL)
		return;
	arena_release(&rules->arena);
	free(rules->list);
	free(rules);
}

/* A record's name, as what it says of the chain. */
static bool
act_of(const char *name, const char *value, enum act *act)
{
	static const struct {
		const char *name;
		enum act act;
	} acts[] = {
		{"accept_packets", ACT_ACCEPT},
		{"uncounted_accept", ACT_ACCEPT},
		{"drop_packets", ACT_DROP},
		{"uncounted_drop", ACT_DROP},
		{"other_packets", ACT_OTHER},
		{"uncounted_other", ACT_OTHER},
		{"chain", ACT_CHAIN},
	};
	if (strcmp(name, "policy") == 0 && value != NULL) {
		bool drops = strcmp(value, "DROP") == 0 ||
			strcmp(value, "drop") == 0;
		*act = drops ? ACT_POLICY_DROP : ACT_BASE;
		return true;
	}
	for (size_t i = 0; i < sizeof acts / sizeof *acts; i++)
		if (strcmp(name, acts[i].name) == 0) {
			*act = acts[i].act;
			return true;
		}
	return false;
}

/* "inet fw input hook input 3: tcp dport 22 accept": place, hook and text. */
static void
place_read(const char *scope, struct rule *r)
{
	struct view rest = view_str(scope);
	struct view place = view_first(rest, 0);
	struct view word;
	r->text = "";
	while ((word = word_next(&rest)).len > 0) {
		struct view number = word;
		bool ends = view_ends(word, ":");
		number.len -= ends;
		if (ends && is_number(number)) {
			/* The copy ends with the scope. */
			r->text = (const char *)rest.data;
			break;
		}
		if (view_is(word, "hook"))
			r->hook = word_next(&rest);
		else
			place.len = (size_t)(word.data + word.len - place.data);
	}
	r->chain = place;
}

void
firewall_rules_add(struct firewall_rules *rules, const char *scope,
	const char *name, const char *value)
{
	struct rule r = {.hook = view_str("")};
	if (!act_of(name, value, &r.act))
		return;
	if (rules->count == FIREWALL_RULES_MAX) {
		rules->full = true;
		return;
	}
	if (rules->count == rules->room) {
		rules->room = rules->room > 0 ? rules->room * 2 : 64;
		rules->list = memory_grow(
			rules->list, rules->room, sizeof *rules->list);
	}
	place_read(arena_copy(&rules->arena, scope, strlen(scope)), &r);
	rules->list[rules->count++] = r;
	rules->sorted = false;
}

static int
view_order(struct view a, struct view b)
{
	size_t len = a.len < b.len ? a.len : b.len;
	int order = len > 0 ? memcmp(a.data, b.data, len) : 0;
	return order != 0 ? order : (a.len > b.len) - (a.len < b.len);
}

static int
rule_order(const void *a, const void *b)
{
	return view_order(((const struct rule *)a)->chain,
		((const struct rule *)b)->chain);
}

/* The first rule of a chain, or NULL. */
static struct rule *
chain_find(struct firewall_rules *rules, struct view chain)
{
	size_t low = 0;
	size_t high = rules->count;
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (view_order(rules->list[middle].chain, chain) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low < rules->count && view_equal(rules->list[low].chain, chain)
		? &rules->list[low]
		: NULL;
}

static struct view
last_word(struct view chain)
{
	size_t blank = view_find_last(chain, ' ');
	return blank == TEXT_NOWHERE ? chain : view_skip(chain, blank + 1);
}

/* Is the base chain at the hook? Its name tells, or its listing does. */
static bool
is_at(const struct rule *r, const char *hook)
{
	struct view name = r->hook.len > 0 ? r->hook : last_word(r->chain);
	size_t len = strlen(hook);
	for (size_t at = 0; at + len <= name.len; at++) {
		size_t i = 0;
		while (i < len && (name.data[at + i] | 0x20) == hook[i])
			i++;
		if (i == len)
			return true;
	}
	return false;
}

/* Base chains beyond these are not walked: nobody has more at one hook. */
#define BASES_MAX 64

/* Chains that the walk still has to look at: the first rule of each. */
struct walk {
	struct firewall_rules *rules;
	struct firewall_syn syn;
	struct rule **todo; /* owned; as many as there are rules */
	size_t count;
	bool accepts; /* some rule accepts something */
	bool drops;   /* the base chain's end, or a rule for everything */
};

static void
walk_to(struct walk *w, struct rule *first)
{
	if (first->seen)
		return;
	first->seen = true;
	w->todo[w->count++] = first;
}

/* May what this rule does end in an acceptance here or where it is not seen? */
static bool
rule_passes(struct walk *w, const struct rule *r)
{
	switch (r->act) {
	case ACT_ACCEPT:
		w->accepts = true;
		return firewall_may_match(r->text, &w->syn);
	case ACT_OTHER: {
		struct view target = firewall_jump(r->text);
		if (target.len == 0)
			return firewall_hands_on(r->text, &w->syn);
		if (!firewall_may_match(r->text, &w->syn))
			return false;
		struct view table = r->chain;
		table.len -= last_word(table).len;
		struct rule *first = chain_find(w->rules,
			view_str(arena_format(&w->rules->arena, "%.*s%.*s",
				(int)table.len, (const char *)table.data,
				(int)target.len, (const char *)target.data)));
		if (first == NULL)
			return true;
		walk_to(w, first);
		return false;
	}
	default:
		return false;
	}
}

/* The base chain with this policy: is a SYN dropped in it for sure? */
static bool
base_drops(struct walk *w, struct rule *base)
{
	const struct rule *end = w->rules->list + w->rules->count;
	struct view chain = base->chain;
	for (size_t i = 0; i < w->rules->count; i++)
		w->rules->list[i].seen = false;
	w->count = 0;
	w->accepts = false;
	w->drops = base->act == ACT_POLICY_DROP;
	walk_to(w, chain_find(w->rules, chain));
	while (w->count > 0) {
		const struct rule *r = w->todo[--w->count];
		struct view here = r->chain;
		for (; r < end && view_equal(r->chain, here); r++) {
			if (rule_passes(w, r))
				return false;
			if (r->act == ACT_DROP && view_equal(here, chain) &&
				firewall_takes_all(r->text))
				w->drops = true;
		}
	}
	return w->accepts && w->drops;
}

enum firewall_fate
firewall_fate(struct firewall_rules *rules, const char *hook, unsigned port,
	const char *address)
{
	enum firewall_fate fate = FIREWALL_UNKNOWN;
	if (rules->full || rules->count == 0)
		return fate;
	if (!rules->sorted)
		qsort(rules->list, rules->count, sizeof *rules->list,
			rule_order);
	rules->sorted = true;
	struct walk w = {.rules = rules,
		.syn = {.port = port, .address = address},
		.todo = memory_take(rules->count, sizeof *w.todo)};
	size_t bases = 0;
	for (size_t i = 0; i < rules->count && bases < BASES_MAX; i++) {
		struct rule *r = &rules->list[i];
		if ((r->act != ACT_POLICY_DROP && r->act != ACT_BASE) ||
			!is_at(r, hook) || fate == FIREWALL_DROPPED)
			continue;
		bases++;
		fate = base_drops(&w, r) ? FIREWALL_DROPPED : FIREWALL_MAY_PASS;
	}
	free(w.todo);
	return fate;
}
