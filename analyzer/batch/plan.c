/*
 * The list of cases, and what a case is called: its name for people, its folder and
 * key for being the only one. The walk that fills it is plan_make.c.
 */
#include "batch/plan.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/digest.h"

/* Letters of a result folder that come from the case's name. */
#define SLUG_MAX 60

/* The pointer is good until the next case is added. name is kept, not copied.
 * */
struct batch_case *
plan_add(struct plan *p, enum case_kind kind, const char *name)
{
	if (p->count == p->room) {
		p->room = p->room == 0 ? 64 : p->room * 2;
		p->cases = memory_grow(p->cases, p->room, sizeof *p->cases);
	}
	struct batch_case *c = &p->cases[p->count++];
	*c = (struct batch_case){.kind = kind, .name = name};
	return c;
}

void
plan_unplaced(struct plan *p, const char *name)
{
	if (p->unplaced_count == p->unplaced_room) {
		p->unplaced_room =
			p->unplaced_room == 0 ? 64 : p->unplaced_room * 2;
		p->unplaced = memory_grow(
			p->unplaced, p->unplaced_room, sizeof *p->unplaced);
	}
	p->unplaced[p->unplaced_count++] = name;
}

const char *
plan_join(struct arena *a, const char *folder, const char *entry)
{
	if (folder[0] == '\0')
		return arena_copy(a, entry, strlen(entry));
	return arena_format(a, "%s/%s", folder, entry);
}

/* By name, byte for byte: the same order in every locale. */
static int
compare_cases(const void *a, const void *b)
{
	const struct batch_case *x = a;
	const struct batch_case *y = b;
	int order = strcmp(x->name, y->name);
	return order != 0 ? order : (int)x->kind - (int)y->kind;
}

/* By bytes, for qsort. */
static int
compare_names(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* What a result folder's name ends with, so that two cases whose names differ
 * only in odd bytes do not meet in one folder. */
static void
name_hash(const char *name, char hex[DIGEST_TEXT_MAX])
{
	struct digest d;
	digest_init(&d);
	digest_add(&d, view_str(name));
	digest_finish(&d, hex);
}

/* The name's last part for people, the key for being the only one. */
static const char *
result_folder(struct arena *a, const struct batch_case *c)
{
	char slug[SLUG_MAX + 1];
	size_t n = 0;
	const char *slash = strrchr(c->name, '/');
	for (const char *t = slash ? slash + 1 : c->name;
		*t != '\0' && n < SLUG_MAX; t++) {
		bool plain =
			isalnum((unsigned char)*t) && (unsigned char)*t < 0x80;
		/* No dot in front: nothing hidden, no "..". */
		bool mark = n > 0 && strchr("-_.", *t) != NULL;
		slug[n++] = plain || mark ? *t : '_';
	}
	slug[n] = '\0';
	return arena_format(a, "%s-%s", slug, c->key);
}

bool
plan_is_result_folder(const char *name)
{
	size_t len = strlen(name);
	size_t slug = strspn(name,
		"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
		"abcdefghijklmnopqrstuvwxyz-_.");
	if (slug != len || name[0] == '.' || len < PLAN_KEY_LEN + 1 ||
		len > SLUG_MAX + 1 + PLAN_KEY_LEN)
		return false;
	const char *key = name + len - PLAN_KEY_LEN;
	return key[-1] == '-' &&
		strspn(key, "0123456789abcdef") == PLAN_KEY_LEN;
}

void
plan_settle(struct plan *p)
{
	if (p->count > 0)
		qsort(p->cases, p->count, sizeof *p->cases, compare_cases);
	if (p->unplaced_count > 0)
		qsort(p->unplaced, p->unplaced_count, sizeof *p->unplaced,
			compare_names);
	for (size_t i = 1; i < p->count; i++)
		if (strcmp(p->cases[i].name, p->cases[i - 1].name) == 0)
			p->cases[i].name = arena_format(&p->arena, "%s (%s)",
				p->cases[i].name,
				case_kind_name(p->cases[i].kind));
	for (size_t i = 0; i < p->count; i++) {
		struct batch_case *c = &p->cases[i];
		char hex[DIGEST_TEXT_MAX];
		name_hash(c->name, hex);
		memcpy(c->key, hex, PLAN_KEY_LEN);
		c->key[PLAN_KEY_LEN] = '\0';
		c->folder = result_folder(&p->arena, c);
	}
	if (p->count > 0)
		qsort(p->cases, p->count, sizeof *p->cases, compare_cases);
}

/* Also after plan_make failed. */
void
plan_release(struct plan *p)
{
	arena_release(&p->arena);
	free(p->cases);
	free(p->unplaced);
	*p = (struct plan){0};
}

/* From the name alone, so that every machine of a cluster finds the same
 * without a word to the others. */
uint32_t
plan_shard_of(const char *name, uint32_t shards)
{
	char hex[DIGEST_TEXT_MAX];
	name_hash(name, hex);
	hex[PLAN_KEY_LEN] = '\0';
	return (uint32_t)(strtoull(hex, NULL, 16) % shards) + 1;
}

void
plan_keep_shard(struct plan *p, uint32_t shard, uint32_t shards)
{
	size_t kept = 0;
	for (size_t i = 0; i < p->count; i++)
		if (plan_shard_of(p->cases[i].name, shards) == shard)
			p->cases[kept++] = p->cases[i];
	p->count = kept;
}

const char *
case_kind_name(enum case_kind kind)
{
	static const char *const names[] = {"folder", "pair", "single"};
	return names[kind];
}
