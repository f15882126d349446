/*
 * Findings, put into order and written.
 *
 * The order is the contract's: by confidence, then by attempts explained; what
 * explains attempts that the captures show goes before what is only reported of
 * services that they do not show, for they were taken of the former. Attempts
 * that no finding explains as likely are what a rule's mere possibility is left with
 * (a bit per attempt says which). Every finding is written with the evidence that was
 * kept for it, the ones ruled out too: what was examined stays in the report.
 */
#include <stdlib.h>
#include <string.h>

#include "judge/cause_run.h"
#include "model/verdict.h"
#include "store/select.h"
#include "store/tables.h"

/* One bit per attempt: some finding explains it at least as likely. */
struct bits {
	uint8_t *bytes;
	size_t len;
};

/* Reported failures are numbered below 0: between the attempts. */
static size_t
bit_of(int64_t n)
{
	return n < 0 ? (size_t)-n * 2 - 1 : (size_t)n * 2;
}

/* Mark a number. The map grows as far as the highest: attempts are numbered
 * from 1 without gaps, and reports of logs below 0. */
static void
bits_set(struct bits *b, int64_t n)
{
	size_t byte = bit_of(n) / 8;
	if (byte >= b->len) {
		size_t len = byte + 4096;
		b->bytes = memory_grow(b->bytes, len, 1);
		memset(b->bytes + b->len, 0, len - b->len);
		b->len = len;
	}
	b->bytes[byte] |= (uint8_t)(1 << bit_of(n) % 8);
}

static bool
bits_has(const struct bits *b, int64_t n)
{
	size_t byte = bit_of(n) / 8;
	return byte < b->len && (b->bytes[byte] >> bit_of(n) % 8 & 1) != 0;
}

/* How well its evidence fits: 2 some of it is of the attempts' own time and
 * speaks of their trouble, 1 all of it is faint, 0 there is none. */
static int
timeliness(const struct finding *f)
{
	const struct cause *c = f->rule->cause;
	int best = 0;
	for (size_t i = 0; f->gathered != NULL && i < c->evidence_count; i++)
		if (f->gathered[i].rows > 0 && best < 2)
			best = c->evidence[i].faint ? 1 : 2;
	return best;
}

/* An attempt that is explained, or of which something speaks for a cause, needs no
 * guesses; what is left of each rule is one finding over all hosts, possible and no
 * more. */
static void
leftovers_add(struct cause_run *run)
{
	struct bits explained = {0};
	for (size_t i = 0; i < run->findings_count; i++) {
		const struct finding *f = &run->findings[i];
		bool better = f->confidence <= FINDING_LIKELY ||
			(f->confidence == FINDING_POSSIBLE &&
				timeliness(f) == 2);
		for (size_t k = 0; better && k < f->attempts_count; k++)
			bits_set(&explained, f->attempts[k]);
	}
	for (size_t i = 0; i < run->leftovers_count; i++) {
		struct leftover *l = &run->leftovers[i];
		struct finding f = {.rule = l->rule,
			.confidence = FINDING_POSSIBLE,
			.host = l->host,
			.attempts = l->attempts};
		for (size_t k = 0; k < l->count; k++) {
			if (bits_has(&explained, l->attempts[k]))
				continue;
			f.attempts[f.attempts_count++] = l->attempts[k];
			f.explains |= UINT32_C(1) << l->explains[k];
		}
		if (f.attempts_count == 0)
			continue;
		l->attempts = NULL;
		run->findings = memory_grow(run->findings,
			run->findings_count + 1, sizeof *run->findings);
		run->findings[run->findings_count++] = f;
	}
	free(explained.bytes);
}

/* How deep the finding's cause lies under what others show. A mere possibility
 * lies under nothing. */
static int
depth_of(const struct finding *f)
{
	return f->confidence <= FINDING_LIKELY ? f->rule->cause->depth : 0;
}

/* How many of what it covers are only reported: they come first. */
static size_t
reported_count(const struct finding *f)
{
	size_t n = 0;
	while (n < f->attempts_count && f->attempts[n] < 0)
		n++;
	return n;
}

/* Contract section 7: by confidence, then by attempts explained. What brings
 * others about goes before them, what fits before what does not; the rest makes
 * the order complete. */
static int
by_order(const void *a, const void *b)
{
	const struct finding *x = a;
	const struct finding *y = b;
	bool ruled_out = x->confidence == FINDING_RULED_OUT ||
		y->confidence == FINDING_RULED_OUT;
	if (!ruled_out && x->elsewhere != y->elsewhere)
		return x->elsewhere ? 1 : -1;
	if (x->confidence != y->confidence)
		return x->confidence < y->confidence ? -1 : 1;
	size_t x_shown = x->attempts_count - reported_count(x);
	size_t y_shown = y->attempts_count - reported_count(y);
	if (x_shown != y_shown)
		return x_shown > y_shown ? -1 : 1;
	if (x->attempts_count != y->attempts_count)
		return x->attempts_count > y->attempts_count ? -1 : 1;
	if (depth_of(x) != depth_of(y))
		return depth_of(x) > depth_of(y) ? -1 : 1;
	if (timeliness(x) != timeliness(y))
		return timeliness(x) > timeliness(y) ? -1 : 1;
	int order = strcmp(x->rule->cause->id, y->rule->cause->id);
	if (order != 0 || x->host == NULL || y->host == NULL)
		return order;
	return strcmp(x->host, y->host);
}

/* A JSON array of texts; the caller frees. */
static char *
json_list(const char *const *text, size_t count)
{
	sqlite3_str *json = sqlite3_str_new(NULL);
	sqlite3_str_appendall(json, "[");
	for (size_t i = 0; i < count; i++) {
		sqlite3_str_appendall(json, i > 0 ? ",\"" : "\"");
		for (const char *s = text[i]; *s != '\0'; s++) {
			if (*s == '"' || *s == '\\')
				sqlite3_str_appendchar(json, 1, '\\');
			/* One-line YAML texts may still hold tabs. */
			bool control = (unsigned char)*s < 0x20;
			sqlite3_str_appendchar(json, 1, control ? ' ' : *s);
		}
		sqlite3_str_appendall(json, "\"");
	}
	sqlite3_str_appendall(json, "]");
	char *list = sqlite3_str_finish(json);
	if (list == NULL)
		memory_exhausted();
	return list;
}

/* The verdicts among those covered; all of the rule's where none is decided,
 * none where the finding covers nothing. The caller frees. */
static char *
explains_list(const struct finding *f)
{
	const struct cause *c = f->rule->cause;
	const char *list[CAUSE_EXPLAINS_MAX];
	size_t count = 0;
	size_t most = f->attempts_count > 0 ? c->explains_count : 0;
	for (size_t i = 0; i < most; i++)
		if (f->explains == 0 || (f->explains >> i & 1) != 0)
			list[count++] = c->explains[i];
	return json_list(list, count);
}

/* The finding's own row, with what its rule says to do. The lists become JSON
 * here, once, for all reports. */
static bool
finding_write(struct cause_run *run, int64_t id, const struct finding *f)
{
	const struct cause *c = f->rule->cause;
	char *explains = explains_list(f);
	char *fix = json_list(c->fix.text, c->fix.count);
	char *verify = json_list(c->verify.text, c->verify.count);
	char *collect = json_list(c->collect.text, c->collect.count);
	char *worse = json_list(c->worse.text, c->worse.count);
	struct store_finding row = store_finding_null;
	row.id = id;
	row.rule = f->rule->name;
	row.cause = c->id;
	row.title = f->rule->title;
	row.confidence = finding_word(f->confidence);
	row.host = f->host;
	row.attempts = (int64_t)(f->attempts_count - reported_count(f));
	row.explains = explains;
	row.fix = fix;
	row.verify = verify;
	row.collect = collect;
	row.worse = worse;
	bool ok = store_insert_finding(run->store, &row, run->error);
	sqlite3_free(explains);
	sqlite3_free(fix);
	sqlite3_free(verify);
	sqlite3_free(collect);
	sqlite3_free(worse);
	return ok;
}

/* A line of evidence, with where it stands, so that a reader can look it up. */
static bool
evidence_row_write(struct cause_run *run, int64_t id,
	const struct evidence_row *r, enum weighs weighs)
{
	static const char *const words[] = {
		"confirms", "contradicts", "supports"};
	struct store_finding_evidence row = store_finding_evidence_null;
	row.finding = id;
	row.source = r->source == -1 ? STORE_NULL : r->source;
	row.line = r->line == -1 ? STORE_NULL : r->line;
	row.at_ns = r->at_ns;
	row.text = r->text;
	row.weighs = words[weighs];
	return store_insert_finding_evidence(run->store, &row, run->error);
}

/* What one piece of evidence says. A row that would confirm but is not sure
 * supports; sure rows come first. */
static bool
gathered_write(struct cause_run *run, int64_t id, const struct gathered *g,
	enum weighs weighs)
{
	bool ok = true;
	for (int i = 0; ok && i < g->kept_count; i++) {
		bool sure = g->kept[i].sure || weighs != WEIGHS_CONFIRMS;
		ok = evidence_row_write(
			run, id, &g->kept[i], sure ? weighs : WEIGHS_SUPPORTS);
	}
	if (!ok || g->rows <= g->kept_count)
		return ok;
	char text[80];
	snprintf(text, sizeof text, "and %lld more like these",
		(long long)(g->rows - g->kept_count));
	bool sure = g->sure_rows > g->kept_count || weighs != WEIGHS_CONFIRMS;
	/* The time is that of the last of them, so that what the rows say began
	 * and ended is known without them. */
	int64_t last_ns = sure && weighs == WEIGHS_CONFIRMS ? g->sure_last_ns
							    : g->last_ns;
	struct evidence_row more = {-1, -1, last_ns, text, true};
	return evidence_row_write(
		run, id, &more, sure ? weighs : WEIGHS_SUPPORTS);
}

/* All rows of a finding: what confirms first, then what contradicts, then what
 * supports. */
static bool
evidence_write(struct cause_run *run, int64_t id, const struct finding *f)
{
	const struct cause *c = f->rule->cause;
	if (f->gathered == NULL)
		return true;
	bool ok = true;
	for (int w = WEIGHS_CONFIRMS; w <= WEIGHS_SUPPORTS; w++)
		for (size_t i = 0; ok && i < c->evidence_count; i++)
			if ((int)c->evidence[i].weighs == w)
				ok = gathered_write(run, id, &f->gathered[i],
					(enum weighs)w);
	return ok;
}

/* finding_attempt in bulk. */
struct attempt_rows {
	struct store_finding_attempt row;
	const int64_t *attempts;
};

static void
attempt_fill(void *context, int64_t number)
{
	struct attempt_rows *rows = context;
	rows->row.attempt = rows->attempts[number];
}

/* finding_reported in bulk. */
struct reported_rows {
	struct store_finding_reported row;
	const int64_t *attempts; /* count of them, below 0 and ascending */
	size_t count;
};

/* Ascending, as the table's key is: the last has the number nearest to 0. */
static void
reported_fill(void *context, int64_t number)
{
	struct reported_rows *rows = context;
	rows->row.reported = -rows->attempts[rows->count - 1 - (size_t)number];
}

/* Which attempts and which reports of logs the finding covers. Both are in one
 * ascending list, the reports with negative numbers and so in front. */
static bool
attempts_write(struct cause_run *run, int64_t id, const struct finding *f)
{
	size_t told = reported_count(f);
	size_t count = f->attempts_count - told;
	struct attempt_rows rows = {{.finding = id}, f->attempts + told};
	struct reported_rows reported = {{.finding = id}, f->attempts, told};
	return (told == 0 ||
		       store_append_finding_reported(run->store, (int64_t)told,
			       &reported.row, reported_fill, &reported,
			       run->error)) &&
		(count == 0 ||
			store_append_finding_attempt(run->store, (int64_t)count,
				&rows.row, attempt_fill, &rows, run->error));
}

/* Is the finding only of reported failures, of a service to which no capture
 * shows an attempt? */
static bool
elsewhere(sqlite3_stmt *stmt, const struct finding *f)
{
	if (f->attempts_count == 0 || f->attempts[f->attempts_count - 1] >= 0)
		return false;
	store_bind_int(stmt, ":attempt", f->attempts[0]);
	bool alone = sqlite3_step(stmt) == SQLITE_ROW;
	sqlite3_reset(stmt);
	return alone;
}

/* Only where captures show trouble of their own does it matter. */
static bool
elsewhere_set(struct cause_run *run)
{
	sqlite3_stmt *stmt = store_prepare(run->store,
		"SELECT 1 FROM failing f WHERE f.attempt = :attempt "
		"AND NOT EXISTS (SELECT 1 FROM pair_sum p "
		"WHERE p.server = f.server AND p.server_port = f.server_port) "
		"AND EXISTS (SELECT 1 FROM failing c WHERE c.attempt >= 0 "
		"AND c.verdict <> '" VERDICT_CLEAN "')",
		run->error);
	if (stmt == NULL)
		return false;
	for (size_t i = 0; i < run->findings_count; i++)
		run->findings[i].elsewhere = elsewhere(stmt, &run->findings[i]);
	sqlite3_finalize(stmt);
	return true;
}

/* An attempt may stand for others, which the finding is about as well. */
static bool
alike_add(struct cause_run *run)
{
	static const char sql[] =
		"UPDATE finding SET attempts = attempts + (SELECT "
		"coalesce(sum(a.alike), 0) FROM finding_attempt e CROSS JOIN "
		"attempt a ON a.id = e.attempt WHERE e.finding = finding.id) "
		"WHERE EXISTS (SELECT 1 FROM meta WHERE key = "
		"'attempts_alike')";
	return cause_exec(run, sql);
}

bool
findings_finish(struct cause_run *run)
{
	leftovers_add(run);
	if (run->findings_count == 0)
		return true;
	if (!elsewhere_set(run))
		return false;
	qsort(run->findings, run->findings_count, sizeof *run->findings,
		by_order);
	bool ok = true;
	int64_t id = 0;
	for (size_t i = 0; ok && i < run->findings_count; i++) {
		const struct finding *f = &run->findings[i];
		if (finding_told_before(run->findings, i, f))
			continue;
		id++;
		ok = finding_write(run, id, f) && evidence_write(run, id, f) &&
			attempts_write(run, id, f);
	}
	return ok && alike_add(run);
}
