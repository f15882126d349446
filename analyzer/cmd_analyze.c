/*
 * lostsyn analyze: the whole program on one screen.
 *
 *	open    the case's files, the sandbox, the rules      analyze_case.c
 *	read    evidence -> parsers -> ingest -> store         ingest/
 *	stitch  sightings of several vantages -> attempts      stitch/
 *	judge   attempts -> verdicts, findings                 judge/
 *	report  all of it -> page, JSON, text                  report/
 *
 * Each station writes its own tables of the store and no other: the store's
 * authorizer holds it to that (store_stage).
 */
#include <inttypes.h>

#include "analyze.h"
#include "analyze_case.h"
#include "analyze_redact.h"
#include "base/message.h"
#include "command.h"
#include "redact/redact_store.h"
#include "stitch/stitch.h"

static bool
read_evidence(struct analyze_case *c, struct error *e)
{
	return analyze_read(c, e) && analyze_keep(c, e);
}

static bool
stitch(struct analyze_case *c, struct error *e)
{
	struct ingest *in = &c->ingest;
	struct stitch_options options = {c->options.all_attempts, &c->config};
	struct stitch_result result;
	store_stage(c->store, STORE_STITCH);
	progress_stage(&c->progress, "stitching attempts");
	bool ok = stitch_run(in->vantages, in->count, &c->events, &options,
		c->store, &result, e);
	progress_end(&c->progress);
	if (!ok)
		return false;
	if (result.twice > 0)
		message("%ju log times lie in the hour that clocks going back "
			"show twice; they are uncertain by that hour",
			(uintmax_t)result.twice);
	if (result.attempts == 0 && in->count > 0 && result.reported == 0)
		return error_set(e, ERROR_USAGE,
			"%s: no connection attempt (SYN) in the captures; "
			"check the capture filter and the interface",
			c->files.name);
	ingest_release_vantages(in);
	return true;
}

static bool
judge(struct analyze_case *c, struct error *e)
{
	store_stage(c->store, STORE_JUDGE);
	progress_stage(&c->progress, "judging attempts");
	bool ok = judge_run(c->store, c->given, e);
	progress_end(&c->progress);
	return ok;
}

/* The files' hashes were worked out meanwhile; then names give way to
 * pseudonyms, and nothing writes to the store any more. */
static bool
settle(struct analyze_case *c, struct error *e)
{
	store_stage(c->store, STORE_INGEST);
	if (!ingest_write_hashes(&c->ingest, c->store, e))
		return false;
	store_stage(c->store, STORE_REDACT);
	return c->redactor == NULL || redact_store(c->redactor, c->store, e);
}

static bool
report(struct analyze_case *c, struct error *e)
{
	struct report_options options = {
		c->options.all_attempts, c->options.verbose};
	if (!settle(c, e))
		return false;
	store_stage(c->store, STORE_REPORT);
	c->report = report_new(c->store, &options, e);
	return c->report != NULL && analyze_write(c, e);
}

static bool
run_all(struct analyze_case *c, struct error *e)
{
	return analyze_open(c, e) && read_evidence(c, e) && stitch(c, e) &&
		judge(c, e) && report(c, e);
}

/* What was found, as an exit status. What the evidence cannot decide may have
 * failed. */
static int
status_of(const struct analyze_case *c)
{
	enum fail_on on = c->options.fail_on;
	bool failed = report_failed(c->report) +
			report_undetermined(c->report) +
			report_reported(c->report) >
		0;
	bool slow = report_slow(c->report) > 0;
	bool found = (failed && (on == FAIL_ON_FAILED || on == FAIL_ON_ANY)) ||
		(slow && (on == FAIL_ON_SLOW || on == FAIL_ON_ANY));
	return found ? EXIT_FAILED_ATTEMPTS : EXIT_ALL_WELL;
}

int
analyze_run(int argc, char **argv, const struct analyze_given *given)
{
	struct analyze_case c = {.given = given->rules};
	struct error e = {0};
	int status = EXIT_ALL_WELL;
	case_files_init(&c.files);
	c.files.patterns = given->patterns;
	bool ok = analyze_options_read(
		&c.options, &c.files, &c.config, argc, argv, &e);
	c.redactor = analyze_redact_begin(&c.options, argc, argv, &e);
	ok = ok && e.kind == ERROR_NONE;
	if (ok && c.options.help)
		options_print(&analyze_options, stdout);
	else if (!ok || !run_all(&c, &e))
		status = command_fail(&e);
	else
		status = status_of(&c);
	analyze_release(&c);
	analyze_redact_end(c.redactor);
	return command_done(status);
}

int
cmd_analyze(int argc, char **argv)
{
	const struct analyze_given nothing = {0};
	return analyze_run(argc, argv, &nothing);
}
