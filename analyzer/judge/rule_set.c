/*
 * Finding rule files, letting later ones override earlier ones, and refusing
 * a set that does not hold together.
 */
#include "judge/rule.h"

#include <dirent.h>
#include <errno.h>
#include <sqlite3.h>
#include <stdlib.h>
#include <string.h>

#include "judge/cause.h"
#include "judge/expression.h"
#include "judge/verdict_sql.h"

/* Folders that a --rules folder may have inside it. */
/* As rules/ has them, so that a copy of ours is a folder of somebody's. */
static const char *const subfolders[] = {"", "verdicts", "causes"};

struct loading {
	struct rule_set *set;
	bool trusting;           /* our own files are taken as they are */
	struct checker *checker; /* NULL until a file is checked */
	struct problems problems;
	struct error *error;
};

/* The file's name without folders and ending. */
static const char *
rule_name(struct arena *a, const char *path)
{
	const char *slash = strrchr(path, '/');
	const char *base = slash != NULL ? slash + 1 : path;
	const char *dot = strrchr(base, '.');
	size_t len = dot != NULL ? (size_t)(dot - base) : strlen(base);
	return arena_copy(a, base, len);
}

/* A problem of the file as a whole: it has no place in it. Always false. */
static bool
file_problem(struct loading *l, const char *path, const char *what)
{
	problem_add(&l->problems, path, (struct place){0}, "%s", what);
	return false;
}

/* Put a file into the set: a new rule, or in the place of its namesake. */
static bool
rule_add(struct loading *l, struct rule *rule)
{
	for (size_t i = 0; i < l->set->files_count; i++)
		if (strcmp(l->set->files[i]->name, rule->name) == 0) {
			l->set->files[i] = rule;
			return true;
		}
	if (l->set->files_count == RULES_MAX)
		return file_problem(l, rule->path, "more than 200 rule files");
	l->set->files[l->set->files_count++] = rule;
	return true;
}

/* A rule of the build. Its digest was made by the build as well: it is text
 * that cannot have changed. */
static bool
ours_add(struct loading *l, const struct embedded *ours)
{
	struct arena *a = &l->set->arena;
	struct rule *rule = arena_take(a, sizeof *rule);
	rule->ours = ours;
	rule->path = ours->name;
	rule->name = rule_name(a, ours->name);
	rule->text = view_of(ours->text, ours->len);
	memcpy(rule->sha256, ours->sha256, DIGEST_TEXT_MAX);
	return rule_add(l, rule);
}

/* A rule of the user's, with a digest made here. The text is copied: places in
 * it are shown when something is wrong. */
static bool
text_add(struct loading *l, const char *path, struct view text)
{
	struct arena *a = &l->set->arena;
	struct rule *rule = arena_take(a, sizeof *rule);
	rule->path = arena_copy(a, path, strlen(path));
	rule->name = rule_name(a, path);
	rule->text = view_of(arena_copy(a, text.data, text.len), text.len);
	struct digest digest;
	digest_init(&digest);
	digest_add(&digest, rule->text);
	digest_finish(&digest, rule->sha256);
	return rule_add(l, rule);
}

/* A rule file. One that cannot be read is a problem among others. */
static bool
file_load(struct loading *l, const char *path)
{
	size_t len;
	char *text = tree_load(path, &len);
	bool ok = text == NULL ? file_problem(l, path, strerror(errno))
			       : text_add(l, path, view_of(text, len));
	free(text);
	return ok;
}

/* Files that begin with a dot are an editor's. */
static int
is_rule_file(const struct dirent *entry)
{
	const char *dot = strrchr(entry->d_name, '.');
	return entry->d_name[0] != '.' && dot != NULL &&
		(strcmp(dot, ".yaml") == 0 || strcmp(dot, ".yml") == 0 ||
			strcmp(dot, ".json") == 0);
}

/* Files of one folder in name order; -1 when it cannot be listed. */
static int
folder_load(struct loading *l, const char *folder)
{
	struct dirent **entries = NULL;
	int count = scandir(folder, &entries, is_rule_file, alphasort);
	for (int i = 0; i < count; i++) {
		char *path = arena_format(
			&l->set->arena, "%s/%s", folder, entries[i]->d_name);
		file_load(l, path);
		free(entries[i]);
	}
	free(entries);
	return count;
}

/* A user's folder: its own files and those of the two folders that ours has.
 * One without any rule is a slip and is told. */
static bool
folders_load(struct loading *l, const char *folder)
{
	int found = 0;
	for (size_t i = 0; i < sizeof subfolders / sizeof *subfolders; i++) {
		const char *sub = subfolders[i];
		char *path = arena_format(&l->set->arena, "%s%s%s", folder,
			*sub != '\0' ? "/" : "", sub);
		int count = folder_load(l, path);
		if (count < 0 && *sub == '\0')
			return file_problem(l, folder, strerror(errno));
		found += count > 0 ? count : 0;
	}
	if (found == 0)
		return file_problem(
			l, folder, "no *.yaml, *.yml or *.json file in it");
	return true;
}

static int
by_name(const void *a, const void *b)
{
	const struct rule *const *x = a;
	const struct rule *const *y = b;
	return strcmp((*x)->name, (*y)->name);
}

/* The order in which rules are tried. Names decide between equal ranks, which
 * are refused later, so that messages come in the same order each time. */
static int
by_rank(const void *a, const void *b)
{
	const struct rule *const *x = a;
	const struct rule *const *y = b;
	if ((*x)->rank != (*y)->rank)
		return (*x)->rank < (*y)->rank ? -1 : 1;
	return strcmp((*x)->name, (*y)->name);
}

/* One digest over all rules, by their names in order, so that it does not
 * depend on how they were found. */
static void
set_digest(struct rule_set *set)
{
	struct digest digest;
	digest_init(&digest);
	qsort(set->files, set->files_count, sizeof *set->files, by_name);
	for (size_t i = 0; i < set->files_count; i++) {
		const struct rule *rule = set->files[i];
		/* With its NUL, so that name and text cannot run together. */
		digest_add(
			&digest, view_of(rule->name, strlen(rule->name) + 1));
		digest_add(&digest, view_of(rule->sha256, DIGEST_TEXT_MAX));
	}
	digest_finish(&digest, set->digest);
}

/* Two rules may not claim one verdict or one rank. */
static void
check_neighbours(struct loading *l)
{
	struct rule_set *set = l->set;
	for (size_t i = 0; i < set->count; i++)
		for (size_t j = 0; j < i; j++) {
			const struct rule *a = set->rules[j];
			const struct rule *b = set->rules[i];
			if (strcmp(a->verdict, b->verdict) == 0)
				problem_add(&l->problems, b->path,
					(struct place){0},
					"verdict '%s' is that of %s already",
					b->verdict, a->path);
			if (a->rank == b->rank)
				problem_add(&l->problems, b->path,
					(struct place){0},
					"rank %d is that of %s already",
					b->rank, a->path);
		}
}

/* "1" and nothing else: what is always true without being asked. */
static bool
is_one(const char *sql)
{
	return sql[0] == '1' && sql[1 + strspn(sql + 1, " \n")] == '\0';
}

/* The last way of the fallback catches every attempt. */
static bool
catches_all(const struct rule *rule)
{
	const struct way *way = &rule->ways[rule->ways_count - 1];
	return is_one(way->proof) && way->rests_count == 0 &&
		(way->limits_count == 0 ||
			is_one(way->limits[way->limits_count - 1].sql));
}

/* The set as a whole: one verdict for what is clean, and one at the end that
 * takes whatever is left, so that every attempt gets exactly one. */
static void
check_roles(struct loading *l)
{
	struct rule_set *set = l->set;
	size_t clean = 0;
	size_t fallback = 0;
	for (size_t i = 0; i < set->count; i++) {
		clean += set->rules[i]->clean;
		fallback += set->rules[i]->fallback;
	}
	if (set->count == 0) {
		file_problem(l, "rules", "there are no verdicts");
		return;
	}
	const struct rule *last = set->rules[set->count - 1];
	if (clean != 1)
		file_problem(l, "rules",
			"exactly one verdict must say "
			"'clean: true'");
	if (fallback != 1 || !last->fallback)
		file_problem(l, "rules",
			"exactly one verdict must say 'fallback: true', and "
			"its rank must be the highest");
	else if (!catches_all(last))
		file_problem(l, last->path,
			"the last way of the fallback must hold always: "
			"'proof: 1' without rests_on");
}

/* Tests may expect verdicts of other rules; they must exist. */
static void
check_expectations(struct loading *l)
{
	struct rule_set *set = l->set;
	for (size_t i = 0; i < set->count; i++) {
		const struct rule *rule = set->rules[i];
		for (size_t t = 0; t < rule->tests_count; t++) {
			const struct rule_test *test = &rule->tests[t];
			if (rule_find(set, test->verdict) == NULL)
				problem_add(&l->problems, rule->path, test->at,
					"no rule gives the verdict '%.60s'",
					test->verdict);
		}
	}
}

/* Made at the first rule that must be checked. Where all are ours none is, and
 * a small case saves the making of its tables. */
static struct checker *
checker_of(struct loading *l)
{
	if (l->checker == NULL)
		l->checker = checker_new(cause_views_database);
	return l->checker;
}

/* Read every rule, put them into order, and check them against each other.
 * Rules of the build are checked by its tests, and not again at every start. */
static void
set_read(struct loading *l)
{
	struct rule_set *set = l->set;
	if (set->files_count == 0) {
		file_problem(l, "rules", "there are no rules");
		return;
	}
	set_digest(set);
	bool ok = true;
	for (size_t i = 0; i < set->files_count; i++) {
		struct rule *rule = set->files[i];
		bool trusted = l->trusting && rule->ours != NULL;
		ok &= rule_read(rule, &set->arena,
			trusted ? NULL : checker_of(l), &l->problems);
		if (rule->cause != NULL)
			set->causes[set->causes_count++] = rule;
		else
			set->rules[set->count++] = rule;
	}
	if (!ok)
		return;
	qsort(set->rules, set->count, sizeof *set->rules, by_rank);
	check_neighbours(l);
	check_roles(l);
	check_expectations(l);
	causes_check(l->set, &l->problems);
}

/* The parts are right; is the whole one statement that SQLite takes? */
static void
set_compile(struct loading *l)
{
	if (l->checker == NULL)
		return;
	l->set->select = verdict_select(l->set);
	sqlite3 *db = facts_database();
	sqlite3_stmt *stmt = NULL;
	if (sqlite3_prepare_v2(db, l->set->select, -1, &stmt, NULL) !=
		SQLITE_OK)
		file_problem(l, "rules", sqlite3_errmsg(db));
	sqlite3_finalize(stmt);
	sqlite3_close(db);
}

const char *
rules_embedded(size_t index, size_t *len)
{
	if (index >= embedded_rules_count)
		return NULL;
	*len = embedded_rules[index].len;
	return embedded_rules[index].text;
}

/* The rules of the build with those of the user, who may replace one by its
 * name. NULL, with the first problem, when there is any. */
static struct rule_set *
set_load(struct loading *l, const char *const *folders, size_t count,
	struct error *e)
{
	l->set = memory_take(1, sizeof *l->set);
	memset(l->set, 0, sizeof *l->set);
	for (size_t i = 0; i < embedded_rules_count; i++)
		ours_add(l, &embedded_rules[i]);
	for (size_t i = 0; i < count; i++)
		folders_load(l, folders[i]);
	set_read(l);
	if (l->problems.count == 0)
		set_compile(l);
	checker_free(l->checker);
	if (l->problems.count == 0)
		return l->set;
	if (l->problems.count == 1)
		error_set(e, ERROR_RULE, "%s", l->problems.first);
	else
		error_set(e, ERROR_RULE,
			"%zu problems in rule files; first: %s",
			l->problems.count, l->problems.first);
	rules_free(l->set);
	return NULL;
}

/* NULL with *e set when anything is wrong; a set with problems is not used in
 * part, as a missing rule changes the verdicts of the others. */
struct rule_set *
rules_load(const char *const *folders, size_t count, FILE *problems,
	struct error *e)
{
	struct loading l = {.problems = {.out = problems}};
	return set_load(&l, folders, count, e);
}

struct rule_set *
rules_load_to_judge(const char *const *folders, size_t count, FILE *problems,
	struct error *e)
{
	struct loading l = {.trusting = true, .problems = {.out = problems}};
	return set_load(&l, folders, count, e);
}

void
rules_free(struct rule_set *r)
{
	if (r == NULL)
		return;
	sqlite3_free(r->select);
	arena_release(&r->arena);
	free(r);
}

const char *
rules_digest(const struct rule_set *r)
{
	return r->digest;
}
