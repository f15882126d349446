/*
 * From weighed subjects to findings: which attempts each covers, and what is
 * left for findings that nothing but the verdict speaks for.
 */
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "judge/cause_run.h"
#include "store/select.h"

/* The index of a verdict among those the rule explains, or -1 (undetermined). */
static int
explained_index(const struct cause *c, const char *verdict)
{
	for (size_t i = 0; verdict != NULL && i < c->explains_count; i++)
		if (strcmp((const char *)verdict, c->explains[i]) == 0)
			return (int)i;
	return -1;
}

/* Best first; more attempts first; then by number, to be the same each time. */
static int
by_worth(const void *a, const void *b)
{
	const struct subject *x = a;
	const struct subject *y = b;
	if (x->confidence != y->confidence)
		return x->confidence < y->confidence ? -1 : 1;
	if (x->attempts != y->attempts)
		return x->attempts > y->attempts ? -1 : 1;
	return (x->id > y->id) - (x->id < y->id);
}

/* Does a deciding row speak of all attempts (neither time nor number)? */
static bool
speaks_of_all(struct cause_run *run, int64_t subject, enum weighs weighs)
{
	static const char sql[] =
		"SELECT 1 FROM pointed WHERE subject=:subject AND "
		"weighs=:weighs AND attempt=-1";
	sqlite3_stmt *stmt = cause_statement(run, sql);
	bool all = false;
	if (stmt != NULL) {
		store_bind_int(stmt, ":subject", subject);
		store_bind_int(stmt, ":weighs", weighs);
		all = sqlite3_step(stmt) == SQLITE_ROW;
		sqlite3_reset(stmt);
	}
	return all;
}

/* An attempt that a finding covers. verdict is NULL where the attempt is
 * undetermined. */
#define COVERED(X)                 \
	X(INT, attempt, "attempt") \
	X(TEXT, verdict, "verdict")
STORE_SELECT(covered, COVERED)

/* An attempt of the scope whose verdict the rule explains, and what it belongs
 * to. */
#define LEFT(X)                    \
	X(INT, subject, "subject") \
	X(INT, attempt, "attempt") \
	X(TEXT, verdict, "verdict")
STORE_SELECT(left, LEFT)

/* A parameter that only some of the statements have. */
static void
bind_where_used(sqlite3_stmt *stmt, const char *name, int64_t value)
{
	if (sqlite3_bind_parameter_index(stmt, name) > 0)
		store_bind_int(stmt, name, value);
}

/* Read the attempts of f's subject that sql gives. */
static bool
cover_read(struct cause_run *run, struct finding *f, const char *sql,
	int64_t subject, enum weighs weighs)
{
	const struct cause *c = run->rule->cause;
	size_t room = 0;
	sqlite3_stmt *stmt = cause_statement(run, sql);
	if (stmt == NULL)
		return false;
	bind_where_used(stmt, ":subject", subject);
	bind_where_used(stmt, ":weighs", weighs);
	bind_where_used(stmt, ":reach", c->reach_s * NS_PER_S);
	while (sqlite3_step(stmt) == SQLITE_ROW) {
		if (f->attempts_count == room) {
			room = room ? 2 * room : 64;
			f->attempts = memory_grow(
				f->attempts, room, sizeof *f->attempts);
		}
		struct covered row = covered_of(stmt);
		f->attempts[f->attempts_count++] = row.attempt;
		int index = explained_index(c, row.verdict);
		if (index >= 0)
			f->explains |= UINT32_C(1) << index;
	}
	sqlite3_reset(stmt);
	return true;
}

/*
 * Which attempts a finding speaks of: all of its subject, those that its rows
 * name, or those near its rows in time. Never none: a finding about nothing
 * would be read as one about everything.
 *
 * What decided is what points: of a confirmed finding the rows that confirm,
 * else those that support (row_point in cause_gather.c notes every row under
 * the latter). What is ruled out is ruled out for the whole subject, wherever
 * the contradiction stood.
 */
static bool
finding_cover(struct cause_run *run, struct finding *f, int64_t subject)
{
	static const char all[] = "SELECT 0" STORE_COLUMNS(
		COVERED) " FROM scope "
			 "WHERE subject = :subject ORDER BY attempt";
	/* By number or by time: a row without an attempt's number covers what
	 * was under way within :reach of it, on either side. */
	static const char some[] = "SELECT 0" STORE_COLUMNS(
		COVERED) " FROM scope WHERE subject = :subject AND "
			 "(attempt IN (SELECT attempt FROM pointed WHERE "
			 "subject = :subject "
			 "AND weighs = :weighs) OR EXISTS (SELECT 1 FROM "
			 "moment m "
			 "WHERE m.subject = :subject AND m.weighs = :weighs "
			 "AND m.at_ns BETWEEN "
			 "first_ns - :reach AND last_ns + :reach)) ORDER BY "
			 "attempt";
	static const char named[] = "SELECT 0" STORE_COLUMNS(
		COVERED) " FROM scope WHERE subject = :subject AND "
			 "attempt IN (SELECT attempt FROM pointed WHERE "
			 "subject = :subject "
			 "AND weighs = :weighs) ORDER BY attempt";
	enum cause_covers covers = run->rule->cause->covers;
	enum weighs weighs = f->confidence == FINDING_CONFIRMED
		? WEIGHS_CONFIRMS
		: WEIGHS_SUPPORTS;
	if (f->confidence == FINDING_RULED_OUT ||
		speaks_of_all(run, subject, weighs))
		covers = COVERS_SUBJECT;
	if (covers != COVERS_SUBJECT &&
		!cover_read(run, f, covers == COVERS_NAMED ? named : some,
			subject, weighs))
		return false;
	/* Costs nothing more than the first query: it runs when that one gave
	 * no row. */
	/* A line whose clock is uncertain may point beside every attempt. */
	return f->attempts_count > 0 ||
		cover_read(run, f, all, subject, weighs);
}

/* Room for one more finding of the rule at hand. The pointer lasts until the
 * next one. */
static struct finding *
finding_add(struct cause_run *run)
{
	if (run->findings_count == run->findings_room) {
		run->findings_room =
			run->findings_room ? 2 * run->findings_room : 32;
		run->findings = memory_grow(run->findings, run->findings_room,
			sizeof *run->findings);
	}
	struct finding *f = &run->findings[run->findings_count++];
	*f = (struct finding){.rule = run->rule};
	return f;
}

/* A subject becomes a finding of its own, which takes over what was gathered.
 * */
static bool
subject_find_out(struct cause_run *run, struct subject *s)
{
	struct finding *f = finding_add(run);
	f->confidence = s->confidence;
	/* The name lives in the run's arena: findings outlive the rule's
	 * subjects. */
	f->host = subject_host(run, s->id);
	f->gathered = s->gathered;
	s->gathered = NULL;
	return finding_cover(run, f, s->id);
}

/* The subjects from index first on that have this confidence become one finding:
 * a scan of ten thousand ports must not make as many, and none may be lost. */
static bool
others_find_out(struct cause_run *run, size_t first, enum finding_confidence as)
{
	static const char every[] = "SELECT 0" STORE_COLUMNS(
		COVERED) " FROM scope WHERE subject IN "
			 "(SELECT subject FROM other_subject) ORDER BY attempt";
	static const char none[] = "DELETE FROM other_subject";
	static const char one[] =
		"INSERT INTO other_subject (subject) VALUES (:subject)";
	if (!cause_exec(run, none))
		return false;
	sqlite3_stmt *stmt = cause_statement(run, one);
	size_t count = 0;
	bool ok = stmt != NULL;
	for (size_t i = first; ok && i < run->subjects_count; i++) {
		if (run->subjects[i].confidence != as)
			continue;
		store_bind_int(stmt, ":subject", run->subjects[i].id);
		ok = store_step(run->store, stmt, run->error);
		count++;
	}
	if (!ok || count == 0)
		return ok;
	struct finding *f = finding_add(run);
	/* The words stand where a host's name stands in every report. */
	char host[40];
	int len = snprintf(host, sizeof host, "%zu other places", count);
	f->confidence = as;
	f->host = arena_copy(&run->arena, host, (size_t)len);
	return cover_read(run, f, every, 0, WEIGHS_SUPPORTS);
}

/* Subjects stand with those that have a finding first, so that the search ends
 * at the first without one. */
static bool
subject_has_finding(const struct cause_run *run, int64_t id)
{
	for (size_t i = 0; i < run->subjects_count &&
		run->subjects[i].confidence != FINDING_NONE;
		i++)
		if (run->subjects[i].id == id)
			return true;
	return false;
}

/* Note an attempt that the rule could explain, with the verdict for which it
 * could, by its place in the rule's list. */
static void
leftover_add(struct leftover *l, int64_t attempt, int index)
{
	if (l->count == l->room) {
		l->room = l->room ? 2 * l->room : 64;
		l->attempts =
			memory_grow(l->attempts, l->room, sizeof *l->attempts);
		l->explains =
			memory_grow(l->explains, l->room, sizeof *l->explains);
	}
	l->attempts[l->count] = attempt;
	l->explains[l->count++] = (uint8_t)index;
}

/* Attempts with a verdict that the rule explains, of subjects without a finding
 * of it. An undetermined one is nobody's until evidence speaks. */
static bool
leftover_read(struct cause_run *run)
{
	struct leftover *l = &run->leftovers[run->leftovers_count++];
	*l = (struct leftover){.rule = run->rule, .subject = -1};
	static const char sql[] = "SELECT 0" STORE_COLUMNS(
		LEFT) " FROM scope WHERE determined ORDER BY attempt";
	sqlite3_stmt *stmt = cause_statement(run, sql);
	if (stmt == NULL)
		return false;
	while (sqlite3_step(stmt) == SQLITE_ROW) {
		struct left row = left_of(stmt);
		if (subject_has_finding(run, row.subject))
			continue;
		if (l->count == 0)
			/* One subject alone may be named in the finding; the
			 * first that differs makes it one about several, for
			 * good (a subject's number is never below 0). */
			l->subject = row.subject;
		else if (l->subject != row.subject)
			l->subject = -1;
		int index = explained_index(run->rule->cause, row.verdict);
		leftover_add(l, row.attempt, index < 0 ? 0 : index);
	}
	sqlite3_reset(stmt);
	if (l->subject >= 0)
		l->host = subject_host(run, l->subject);
	return true;
}

/* Weigh all subjects first, and only then choose: the best CAUSE_FINDINGS_MAX
 * become findings of their own, and each confidence among the rest becomes one
 * finding together. Subjects are reordered for that; cause_gather.c, which
 * looks them up by number, has done its work by then. */
bool
findings_make(struct cause_run *run)
{
	const struct cause *c = run->rule->cause;
	for (size_t i = 0; i < run->subjects_count; i++) {
		struct subject *s = &run->subjects[i];
		if (s->gathered != NULL)
			s->confidence = cause_weigh(c, s->gathered);
	}
	if (run->subjects_count > 0)
		qsort(run->subjects, run->subjects_count, sizeof *run->subjects,
			by_worth);
	bool ok = true;
	for (size_t i = 0; ok && i < run->subjects_count; i++)
		if (i < CAUSE_FINDINGS_MAX &&
			run->subjects[i].confidence != FINDING_NONE)
			ok = subject_find_out(run, &run->subjects[i]);
	for (int f = FINDING_CONFIRMED; ok && f <= FINDING_RULED_OUT; f++)
		ok = run->subjects_count <= CAUSE_FINDINGS_MAX ||
			others_find_out(run, CAUSE_FINDINGS_MAX,
				(enum finding_confidence)f);
	return ok && (!c->possible_always || leftover_read(run));
}
