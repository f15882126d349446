/*
 * Sorting counters by scope and name, and pairing two snapshots.
 */
#include "ingest/counters.h"

#include <stdlib.h>
#include <string.h>

#include "ingest/source_rows.h"

void
counters_add(struct counters *c, struct view scope, struct view name,
	int64_t value, bool gauge, uint32_t line)
{
	if (c->count == COUNTERS_MAX) {
		c->beyond++;
		return;
	}
	if (c->count == c->room) {
		c->room = c->room == 0 ? 64 : c->room * 2;
		c->list = memory_grow(c->list, c->room, sizeof *c->list);
	}
	c->list[c->count++] = (struct counter_value){
		.scope = arena_copy(&c->arena, scope.data, scope.len),
		.name = arena_copy(&c->arena, name.data, name.len),
		.first = value,
		.last = value,
		.gauge = gauge,
		.line = line,
	};
}

static int
compare_keys(const struct counter_value *a, const struct counter_value *b)
{
	int order = strcmp(a->scope, b->scope);
	return order != 0 ? order : strcmp(a->name, b->name);
}

static int
compare(const void *a, const void *b)
{
	const struct counter_value *x = a;
	const struct counter_value *y = b;
	int order = compare_keys(x, y);
	if (order != 0)
		return order;
	return x->line < y->line ? -1 : x->line > y->line;
}

void
counters_end(struct counters *c, bool zeros_omitted)
{
	c->zeros_omitted = zeros_omitted;
	if (c->count == 0)
		return;
	qsort(c->list, c->count, sizeof *c->list, compare);
	size_t kept = 0;
	for (size_t i = 1; i < c->count; i++) {
		if (compare_keys(&c->list[kept], &c->list[i]) != 0) {
			c->list[++kept] = c->list[i];
			continue;
		}
		c->list[kept].last = c->list[i].last;
		c->list[kept].line = c->list[i].line;
		c->list[kept].repeated = true;
	}
	c->count = kept + 1;
}

void
counters_release(struct counters *c)
{
	arena_release(&c->arena);
	free(c->list);
	*c = (struct counters){0};
}

/* Where the words of a packet filter's rule begin in its scope ("filter INPUT 4:
 * -p tcp ..."): behind its number in the chain. NULL for every other scope. */
static const char *
rule_number(const char *scope)
{
	const char *colon = strstr(scope, ": ");
	if (colon == NULL)
		return NULL;
	const char *number = colon;
	while (number > scope && number[-1] >= '0' && number[-1] <= '9')
		number--;
	return number < colon && number > scope && number[-1] == ' ' ? number
								     : NULL;
}

/* By chain, words and name: rules of the same words are equal wherever they
 * stand in their chain. Both are rules. */
static int
compare_rules(const struct counter_value *a, const struct counter_value *b)
{
	size_t a_len = (size_t)(rule_number(a->scope) - a->scope);
	size_t b_len = (size_t)(rule_number(b->scope) - b->scope);
	if (a_len != b_len)
		return a_len < b_len ? -1 : 1;
	int order = memcmp(a->scope, b->scope, a_len);
	if (order == 0)
		order = strcmp(strstr(a->scope + a_len, ": "),
			strstr(b->scope + b_len, ": "));
	return order != 0 ? order : strcmp(a->name, b->name);
}

static int
compare_rule_pointers(const void *a, const void *b)
{
	return compare_rules(*(const struct counter_value *const *)a,
		*(const struct counter_value *const *)b);
}

/* The rules of the snapshot before, in the order of compare_rules. */
struct rules_before {
	const struct counter_value **list; /* owned */
	size_t count;
};

static struct rules_before
rules_before_of(const struct counters *before)
{
	struct rules_before rules = {0};
	if (before == NULL || before->count == 0)
		return rules;
	rules.list = memory_grow(NULL, before->count, sizeof *rules.list);
	for (size_t i = 0; i < before->count; i++)
		if (rule_number(before->list[i].scope) != NULL)
			rules.list[rules.count++] = &before->list[i];
	qsort(rules.list, rules.count, sizeof *rules.list,
		compare_rule_pointers);
	return rules;
}

/* What a rule had counted that stands at its place for the first time: one that
 * moved what it had where it stood, one that is new nothing (a rule begins at 0
 * unless it is loaded with a count, and so does one that replaces another). Of several with its words nobody knows
 * which it was: SOURCE_UNKNOWN.
 * cite: Linux 6.12 net/netfilter/nft_counter.c nft_counter_do_init,
 * net/ipv4/netfilter/ip_tables.c translate_table */
static int64_t
rule_before(const struct rules_before *rules, const struct counter_value *v)
{
	if (rule_number(v->scope) == NULL)
		return SOURCE_UNKNOWN;
	size_t low = 0;
	size_t high = rules->count;
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (compare_rules(rules->list[middle], v) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	if (low == rules->count || compare_rules(rules->list[low], v) != 0)
		return 0;
	bool several = low + 1 < rules->count &&
		compare_rules(rules->list[low + 1], v) == 0;
	return several ? SOURCE_UNKNOWN : rules->list[low]->last;
}

/* The value that came before, or SOURCE_UNKNOWN. */
static int64_t
value_before(const struct counters *before, const struct rules_before *rules,
	const struct counter_value *v)
{
	if (before == NULL)
		return v->repeated ? v->first : SOURCE_UNKNOWN;
	size_t low = 0;
	size_t high = before->count;
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		int order = compare_keys(&before->list[middle], v);
		if (order == 0)
			return before->list[middle].last;
		if (order < 0)
			low = middle + 1;
		else
			high = middle;
	}
	if (before->zeros_omitted)
		return 0;
	/* A listing that holds no rule may have been cut short. */
	return rules->count > 0 || before->whole ? rule_before(rules, v)
						 : SOURCE_UNKNOWN;
}

bool
counters_write(struct store *s, const char *role, const char *kind,
	const struct counters *before, const struct counters *after,
	struct error *e)
{
	struct store_counter row = store_counter_null;
	row.source = after->source;
	row.role = source_text(role);
	row.kind = kind;
	struct rules_before rules = rules_before_of(before);
	bool ok = true;
	for (size_t i = 0; ok && i < after->count; i++) {
		const struct counter_value *v = &after->list[i];
		row.scope = v->scope;
		row.name = v->name;
		row.gauge = v->gauge;
		row.before = value_before(before, &rules, v);
		row.after = v->last;
		if (row.before == SOURCE_UNKNOWN ||
			__builtin_sub_overflow(
				row.after, row.before, &row.delta))
			row.delta = SOURCE_UNKNOWN;
		row.line = v->line;
		ok = store_insert_counter(s, &row, e);
	}
	free(rules.list);
	return ok;
}
