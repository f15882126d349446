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
	if (c->count == COUNTERS_MAX)
		return;
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

/* The value that came before, or SOURCE_UNKNOWN. */
static int64_t
value_before(const struct counters *before, const struct counter_value *v)
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
	return before->zeros_omitted ? 0 : SOURCE_UNKNOWN;
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
	bool ok = true;
	for (size_t i = 0; ok && i < after->count; i++) {
		const struct counter_value *v = &after->list[i];
		row.scope = v->scope;
		row.name = v->name;
		row.gauge = v->gauge;
		row.before = value_before(before, v);
		row.after = v->last;
		if (row.before == SOURCE_UNKNOWN ||
			__builtin_sub_overflow(
				row.after, row.before, &row.delta))
			row.delta = SOURCE_UNKNOWN;
		row.line = v->line;
		ok = store_insert_counter(s, &row, e);
	}
	return ok;
}
