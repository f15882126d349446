/*
 * The way of an analysis into the store: files are found, the rest of the machine
 * is given up, and only then is a byte of the evidence looked at.
 *
 * With --redact the redactor is told every name as soon as it is known, and what
 * problems say of rules and case.yaml passes through it.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "analyze_case.h"
#include "analyze_redact.h"
#include "analyze_sandbox.h"
#include "base/message.h"
#include "base/sandbox.h"
#include "base/spill.h"
#include "ingest/filter.h"
#include "ingest/pattern_folders.h"
#include "ingest/stream.h"
#include "stitch/stitch.h"

static bool
load_rules(struct analyze_case *c, struct error *e)
{
	char *text;
	size_t len;
	if (c->given != NULL)
		return true;
	FILE *problems = analyze_redact_open(c->redactor, &text, &len);
	c->given = c->rules = rules_load_to_judge(
		c->options.rules.at, c->options.rules.count, problems, e);
	analyze_redact_problems(c->redactor, problems, &text);
	return c->rules != NULL;
}

/* Only those of the user are loaded here: ours when there is a log to read. */
static bool
load_patterns(struct analyze_case *c, struct error *e)
{
	const struct analyze_options *o = &c->options;
	char *text;
	size_t len;
	if (o->patterns.count == 0)
		return true;
	FILE *problems = analyze_redact_open(c->redactor, &text, &len);
	c->files.patterns = c->patterns = pattern_folders_load(
		o->patterns.at, o->patterns.count, problems, e);
	analyze_redact_problems(c->redactor, problems, &text);
	return c->patterns != NULL;
}

static bool
enter_sandbox(struct analyze_case *c, struct error *e)
{
	const struct analyze_options *o = &c->options;
	c->named = c->files.count;
	c->second = c->named > 1 ? c->files.list[1].path : NULL;
	case_files_spool(&c->files);
	spill_open();
	if (!case_files_paths(&c->files, o->paths, o->paths_count, e))
		return false;
	if (!analyze_choose_outputs(c, e))
		return false;
	analyze_redact_files(c->redactor, &c->files);
	const char *wanted[] = {
		c->html, c->json, c->db, o->markdown, o->junit, o->sarif};
	const char *outputs[sizeof wanted / sizeof *wanted + 1] = {0};
	size_t count = 0;
	for (size_t i = 0; i < sizeof wanted / sizeof *wanted; i++)
		if (wanted[i] != NULL)
			outputs[count++] = wanted[i];
	c->sandbox = analyze_sandbox(o, &c->files, outputs, c->made, e);
	if (c->sandbox == NULL)
		return false;
	if (strcmp(c->sandbox, SANDBOX_OFF) == 0)
		message("the sandbox is off, as asked for by --no-sandbox");
	return true;
}

/* From here on: looking for files takes time as well. */
static void
limit_time(const struct analyze_options *o)
{
	struct timespec now;
	clock_gettime(CLOCK_MONOTONIC, &now);
	if (o->timeout_s > 0)
		stream_stop_at(((int64_t)now.tv_sec + o->timeout_s) * NS_PER_S +
			now.tv_nsec);
}

bool
analyze_open(struct analyze_case *c, struct error *e)
{
	limit_time(&c->options);
	return enter_sandbox(c, e) && load_rules(c, e) && load_patterns(c, e);
}

bool
analyze_read(struct analyze_case *c, struct error *e)
{
	const struct analyze_options *o = &c->options;
	struct feed_options feed = {o->filter, o->from_ns, o->to_ns,
		(uint32_t)o->limit,
		o->all_attempts ? UINT32_MAX : (uint32_t)o->crowd_after};
	if (o->filter != NULL && !filter_check(o->filter, e))
		return false;
	if (!case_files_look(&c->files, e))
		return false;
	char *text;
	size_t len;
	FILE *problems = analyze_redact_open(c->redactor, &text, &len);
	bool read = case_config_read(&c->config, &c->files, problems, e);
	analyze_redact_problems(c->redactor, problems, &text);
	if (!read)
		return false;
	c->files.config = &c->config;
	case_files_place(&c->files);
	if (!case_config_settle(&c->config, &c->files, e))
		return false;
	if (!case_files_check_named(&c->files, e))
		return false;
	analyze_redact_files(c->redactor, &c->files);
	progress_begin(&c->progress, o->progress);
	bool ok = ingest_read(&c->ingest, &c->files, &feed, &c->progress, e);
	progress_end(&c->progress);
	if (ok && c->redactor != NULL && o->redact_key == NULL) {
		/* Large files are hashed later, as a rule. */
		late_hash_wait(&c->ingest.late);
		analyze_redact_key(c->redactor, &c->ingest);
	}
	return ok;
}

/* What the report calls the case: its folder, or the files that were named. */
static const char *
case_title(struct analyze_case *c)
{
	const struct analyze_options *o = &c->options;
	const char *second = o->paths_count == 0 ? c->second : NULL;
	size_t count = o->paths_count == 0 ? c->named : o->paths_count;
	if (o->paths_count > 1)
		second = o->paths[1];
	if (count < 2)
		return c->files.name;
	const char *slash = strrchr(second, '/');
	if (count == 2)
		return arena_format(&c->names, "%s and %s", c->files.name,
			slash != NULL && slash[1] != '\0' ? slash + 1 : second);
	return arena_format(&c->names, "%s and %zu more %s", c->files.name,
		count - 1, o->paths_count == 0 ? "files" : "paths");
}

/* A report that is made again counts by the same second. */
static bool
slow_write(struct analyze_case *c, struct error *e)
{
	char text[32];
	if (c->options.slow_us == REPORT_SLOW_US)
		return true;
	snprintf(text, sizeof text, "%" PRId64, c->options.slow_us);
	return store_meta(c->store, "slow_us", text, e);
}

/* What the report and a later judgement have to know of this run. */
static bool
say_how(struct analyze_case *c, struct error *e)
{
	return store_meta(c->store, "case_name", case_title(c), e) &&
		store_meta(c->store, "tool_version", LOSTSYN_VERSION, e) &&
		store_meta(c->store, "sandbox", c->sandbox, e) &&
		(!c->options.all_attempts ||
			store_meta(c->store, "all_attempts", "1", e)) &&
		slow_write(c, e);
}

/* An empty store of the kind that suits what was read. */
static struct store *
make_store(struct analyze_case *c, struct error *e)
{
	uint64_t attempts = 0;
	for (size_t v = 0; v < c->ingest.count; v++)
		attempts += c->ingest.vantages[v].sightings;
	c->small = attempts <= STORE_SMALL_ATTEMPTS;
	if (c->redactor != NULL && c->db != NULL)
		return store_create_in_memory(c->db, e);
	return c->small ? store_create_small(c->db, e) : store_create(c->db, e);
}

bool
analyze_keep(struct analyze_case *c, struct error *e)
{
	struct ingest *in = &c->ingest;
	c->store = make_store(c, e);
	if (c->store == NULL)
		return false;
	if (ingest_order_open(in))
		stitch_arrange(in->vantages, in->count);
	int lone_end = in->count == 1
		? stitch_lone_end(&in->vantages[0], &in->vantages[0].shown_by)
		: 0;
	ingest_settle_roles(in, &c->files, lone_end,
		stitch_calls_both_ways(in->vantages, in->count));
	struct ip_addr own[STITCH_VANTAGES_MAX];
	if (stitch_own_addresses(in->vantages, in->count, own))
		ingest_claim(in, &c->files, own);
	case_config_apply(&c->config, &c->files);
	analyze_redact_files(c->redactor, &c->files);
	case_files_ask(&c->files);
	ingest_complain(in);
	store_stage(c->store, STORE_INGEST);
	return ingest_write(in, &c->events, c->store, e) && say_how(c, e);
}

void
analyze_release(struct analyze_case *c)
{
	report_free(c->report);
	store_free(c->store);
	rules_free(c->rules);
	pattern_set_free(c->patterns);
	ingest_release(&c->ingest);
	event_list_release(&c->events);
	case_files_release(&c->files);
	case_config_release(&c->config);
	/* A run that published nothing leaves no empty folder behind. */
	if (c->made != NULL)
		rmdir(c->made);
	arena_release(&c->names);
}
