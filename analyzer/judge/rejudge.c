/*
 * Stored evidence, judged by the rules of today.
 *
 * The judgement that the evidence came with is kept beside the new one, in the
 * tables former_*: what changed can be seen there, and nobody's verdict is gone
 * because somebody tried a rule. By the same rules and program the judgement is
 * the same, and so is what stood in former_*.
 */
#include <string.h>

#include "base/arena.h"
#include "judge/judge.h"
#include "store/select.h"

/* Words that the judge puts into meta, and their names once they are old. */
static const struct {
	const char *key;
	const char *former;
} words[] = {
	{"rules_sha256", "former_rules_sha256"},
	{"clean_verdict", "former_clean_verdict"},
	{"tool_version", "former_tool_version"},
	{"causes_unexamined", NULL},
};

/* What becomes of the judgement before this one. */
static const struct {
	const char *target;
	const char *was;   /* judged by other rules */
	const char *still; /* by the same: what was former before */
} former[] = {
	{"former_verdict (attempt, verdict, segment, place, confidence, "
	 "failed, candidates, missing, why)",
		"SELECT attempt, verdict, segment, place, confidence, failed, "
		"candidates, missing, why FROM verdict ORDER BY attempt",
		"SELECT attempt, verdict, segment, place, confidence, failed, "
		"candidates, missing, why FROM former_verdict "
		"ORDER BY attempt"},
	{"former_finding (id, rule, cause, title, confidence, host, attempts, "
	 "explains)",
		"SELECT id, rule, cause, title, confidence, host, attempts, "
		"explains FROM finding ORDER BY id",
		"SELECT id, rule, cause, title, confidence, host, attempts, "
		"explains FROM former_finding ORDER BY id"},
	{"former_rule (name, kind, sha256)",
		"SELECT name, kind, sha256 FROM rule ORDER BY name",
		"SELECT name, kind, sha256 FROM former_rule ORDER BY name"},
};

/* One statement over meta, from one key to another. */
static bool
meta_run(struct store *s, const char *sql, const char *to, const char *key,
	struct error *e)
{
	sqlite3_stmt *stmt = store_prepare(s, sql, e);
	if (stmt == NULL)
		return false;
	store_bind_text(stmt, ":to", to);
	store_bind_text(stmt, ":key", key);
	bool ok = store_step(s, stmt, e);
	sqlite3_finalize(stmt);
	return ok;
}

/* The old judge's words get their old names, or are forgotten. */
static bool
words_age(struct store *s, bool same, struct error *e)
{
	for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
		if (!same && words[i].former != NULL &&
			!meta_run(s,
				"INSERT OR REPLACE INTO meta SELECT :to, value "
				"FROM meta WHERE key = :key",
				words[i].former, words[i].key, e))
			return false;
		if (!meta_run(s, "DELETE FROM meta WHERE key IN (:to, :key)",
			    words[i].key, words[i].key, e))
			return false;
	}
	return store_meta(s, "tool_version", LOSTSYN_VERSION, e);
}

bool
judge_rejudge(struct store *s, struct store *from, const struct rule_set *r,
	struct error *e)
{
	if (!store_copy_evidence(s, from, e))
		return false;
	bool same = store_meta_is(s, "rules_sha256", rules_digest(r)) &&
		store_meta_is(s, "tool_version", LOSTSYN_VERSION);
	bool carry = !same || store_meta_is(from, "former_rules_sha256", NULL);
	char *sql = store_former_sql();
	bool ok = store_exec(s, sql, e);
	sqlite3_free(sql);
	if (!ok)
		return false;
	store_stage(s, STORE_JUDGE);
	if (!words_age(s, same, e))
		return false;
	for (size_t i = 0; carry && i < sizeof former / sizeof *former; i++)
		if (!store_copy(s, former[i].target, from,
			    same ? former[i].still : former[i].was, e))
			return false;
	return judge_run(s, r, e);
}
