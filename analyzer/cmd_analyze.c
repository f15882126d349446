/*
 * lostsyn analyze: the whole program on one screen.
 *
 *	evidence -> ingest -> stitch -> judge -> report
 *
 * Every output is written under a temporary name and named at the end, so that
 * a run that fails leaves nothing half-made.
 */
#include <inttypes.h>
#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "analyze.h"
#include "analyze_options.h"
#include "analyze_redact.h"
#include "analyze_sandbox.h"
#include "base/arena.h"
#include "base/tempfile.h"
#include "base/message.h"
#include "base/outfile.h"
#include "base/sandbox.h"
#include "command.h"
#include "ingest/filter.h"
#include "ingest/ingest.h"
#include "ingest/pattern_folders.h"
#include "judge/judge.h"
#include "redact/redact_store.h"
#include "report/report.h"
#include "stitch/stitch.h"

/* What a run holds; all released at its end. */
struct run {
	struct analyze_options options;
	struct case_files files;
	struct case_config config;
	struct ingest ingest;
	struct event_list events;
	struct rule_set *rules;
	struct pattern_set *patterns; /* with --patterns, or NULL */
	const struct rule_set *given; /* rules of the caller's, or NULL */
	struct store *store;
	struct report *report;
	struct redactor *redactor; /* NULL without --redact */
	struct progress progress;
	struct arena names;
	const char *json;
	const char *html;
	const char *db;
	const char *second;  /* file named by an option, or NULL */
	size_t named;        /* files named by options */
	const char *made;    /* output folder that this run made, or NULL */
	const char *sandbox; /* how much of it: sandbox_enter */
};

/* Folders of redacted reports in one place, at most. */
#define REDACTED_FOLDERS_MAX 1000

/* A folder for what names nothing must not be named after the case: the first
 * of redacted.lostsyn, redacted-2.lostsyn ... that is not there. */
static const char *
redacted_folder(struct run *r)
{
	const char *folder = "redacted.lostsyn";
	for (int n = 2; n < REDACTED_FOLDERS_MAX && access(folder, F_OK) == 0;
		n++)
		folder = arena_format(&r->names, "redacted-%d.lostsyn", n);
	return folder;
}

/* What the report calls the case: its folder, or the files that were named. */
static const char *
case_title(struct run *r)
{
	const struct analyze_options *o = &r->options;
	const char *second = o->paths_count == 0 ? r->second : NULL;
	size_t count = o->paths_count == 0 ? r->named : o->paths_count;
	if (o->paths_count > 1)
		second = o->paths[1];
	if (count < 2)
		return r->files.name;
	const char *slash = strrchr(second, '/');
	if (count == 2)
		return arena_format(&r->names, "%s and %s", r->files.name,
			slash != NULL && slash[1] != '\0' ? slash + 1 : second);
	return arena_format(&r->names, "%s and %zu more %s", r->files.name,
		count - 1, o->paths_count == 0 ? "files" : "paths");
}

/* The folders above one that is named; what is wrong with them shows when it is
 * made itself. */
static void
make_parents(struct run *r, const char *folder)
{
	char *path = arena_copy(&r->names, folder, strlen(folder));
	for (char *p = path + 1; path[0] != '\0' && *p != '\0'; p++) {
		if (*p != '/' || p[1] == '\0')
			continue;
		*p = '\0';
		mkdir(path, 0777);
		*p = '/';
	}
}

/* Where the outputs go; the folder is made when it is not there. */
static bool
choose_outputs(struct run *r, struct error *e)
{
	const struct analyze_options *o = &r->options;
	const char *folder = o->out;
	if (folder == NULL && o->redact)
		folder = redacted_folder(r);
	else if (folder == NULL)
		folder = arena_format(&r->names, "%s.lostsyn", r->files.name);
	make_parents(r, folder);
	if (mkdir(folder, 0777) == 0) {
		r->made = arena_copy(&r->names, folder, strlen(folder));
		tempfile_folder(r->made);
	} else if (errno != EEXIST)
		return error_set(e, ERROR_ENVIRONMENT,
			"%s: cannot be made: %s; choose another folder with -o",
			folder, strerror(errno));
	r->json = o->json != NULL
		? o->json
		: arena_format(&r->names, "%s/report.json", folder);
	r->html = o->html != NULL
		? o->html
		: arena_format(&r->names, "%s/report.html", folder);
	r->db = o->db != NULL
		? o->db
		: arena_format(&r->names, "%s/evidence.sqlite", folder);
	return true;
}

/*
 * Find the files of the case and give up the rest of the machine. No byte from
 * outside has been parsed before.
 */
static bool
enter_sandbox(struct run *r, struct error *e)
{
	const struct analyze_options *o = &r->options;
	r->named = r->files.count;
	r->second = r->named > 1 ? r->files.list[1].path : NULL;
	case_files_spool(&r->files);
	if (!case_files_paths(&r->files, o->paths, o->paths_count, e))
		return false;
	if (!choose_outputs(r, e))
		return false;
	analyze_redact_files(r->redactor, &r->files);
	const char *outputs[] = {r->html, r->json, r->db, o->markdown, NULL};
	r->sandbox = analyze_sandbox(o, &r->files, outputs, r->made);
	if (o->sandbox == SANDBOX_WANT_WHOLE && !sandbox_is_whole(r->sandbox))
		return error_set(e, ERROR_ENVIRONMENT,
			"--sandbox require: this kernel offers only: %s; "
			"Landlock and seccomp are needed",
			r->sandbox);
	if (strcmp(r->sandbox, SANDBOX_OFF) == 0)
		message("the sandbox is off, as asked for by --no-sandbox");
	return true;
}

static bool
read_evidence(struct run *r, struct error *e)
{
	const struct analyze_options *o = &r->options;
	struct feed_options feed = {
		o->filter, o->from_ns, o->to_ns, (uint32_t)o->limit};
	if (o->filter != NULL && !filter_check(o->filter, e))
		return false;
	if (!case_files_look(&r->files, e))
		return false;
	char *text;
	size_t len;
	FILE *problems = analyze_redact_open(r->redactor, &text, &len);
	bool read = case_config_read(&r->config, &r->files, problems, e);
	analyze_redact_problems(r->redactor, problems, &text);
	if (!read)
		return false;
	r->files.config = &r->config;
	case_files_place(&r->files);
	if (!case_config_settle(&r->config, &r->files, e))
		return false;
	if (!case_files_check_named(&r->files, e))
		return false;
	analyze_redact_files(r->redactor, &r->files);
	progress_begin(&r->progress, o->progress);
	bool ok = ingest_read(&r->ingest, &r->files, &feed, &r->progress, e);
	progress_end(&r->progress);
	if (ok && r->redactor != NULL && o->redact_key == NULL) {
		/* Large files are hashed later, as a rule. */
		late_hash_wait(&r->ingest.late);
		analyze_redact_key(r->redactor, &r->ingest);
	}
	return ok;
}

/* A report that is made again counts by the same second. */
static bool
slow_write(struct run *r, struct error *e)
{
	char text[32];
	if (r->options.slow_us == REPORT_SLOW_US)
		return true;
	snprintf(text, sizeof text, "%" PRId64, r->options.slow_us);
	return store_meta(r->store, "slow_us", text, e);
}

static bool
work_out(struct run *r, struct error *e)
{
	struct ingest *in = &r->ingest;
	struct stitch_options options = {r->options.all_attempts, &r->config};
	struct stitch_result result;
	struct report_options report = {
		r->options.all_attempts, r->options.verbose};
	if (ingest_order_open(in))
		stitch_arrange(in->vantages, in->count);
	ingest_settle_roles(in, &r->files,
		in->count == 1 ? stitch_lone_end(&in->vantages[0]) : 0);
	case_config_apply(&r->config, &r->files);
	analyze_redact_files(r->redactor, &r->files);
	case_files_ask(&r->files);
	ingest_complain(in);
	store_stage(r->store, STORE_INGEST);
	if (!ingest_write(in, &r->events, r->store, e) ||
		!store_meta(r->store, "case_name", case_title(r), e) ||
		!store_meta(r->store, "tool_version", LOSTSYN_VERSION, e) ||
		!store_meta(r->store, "sandbox", r->sandbox, e) ||
		(r->options.all_attempts &&
			!store_meta(r->store, "all_attempts", "1", e)) ||
		!slow_write(r, e))
		return false;
	store_stage(r->store, STORE_STITCH);
	progress_stage(&r->progress, "stitching attempts");
	bool ok = stitch_run(in->vantages, in->count, &r->events, &options,
		r->store, &result, e);
	progress_end(&r->progress);
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
			r->files.name);
	ingest_release_vantages(in);
	store_stage(r->store, STORE_JUDGE);
	progress_stage(&r->progress, "judging attempts");
	ok = judge_run(r->store, r->given, e);
	progress_end(&r->progress);
	if (!ok)
		return false;
	store_stage(r->store, STORE_INGEST);
	if (!ingest_write_hashes(in, r->store, e))
		return false;
	store_stage(r->store, STORE_REDACT);
	if (r->redactor != NULL && !redact_store(r->redactor, r->store, e))
		return false;
	store_stage(r->store, STORE_REPORT);
	r->report = report_new(r->store, &report, e);
	return r->report != NULL;
}

/* Write a report to disk, short of giving it its name. */
static bool
write_file(struct run *r, struct outfile *out, const char *path,
	bool (*write)(struct report *, FILE *, struct error *), struct error *e)
{
	return outfile_open(out, path, e) && write(r->report, out->stream, e) &&
		outfile_flush(out, e);
}

/* The summary names the files as written, so it is shown once they are: until
 * then it is kept in memory. */
struct summary {
	FILE *stream;
	char *text;
	size_t len;
};

/* Where it goes: standard output, unless a report does. */
static FILE *
summary_stream(const struct run *r)
{
	const char *md = r->options.markdown;
	bool taken = strcmp(r->json, "-") == 0 ||
		(md != NULL && strcmp(md, "-") == 0);
	return taken ? stderr : stdout;
}

static bool
summary_make(struct summary *s, struct run *r, struct error *e)
{
	const struct analyze_options *o = &r->options;
	const char *outputs[] = {r->html, r->json, r->db, NULL};
	/* Folders are called after cases, customers and users, but for the one
	 * that is named here. */
	bool ours = o->out == NULL;
	const char *redacted[] = {
		ours && o->html == NULL ? r->html : "report.html",
		ours && o->json == NULL ? r->json : "report.json",
		ours && o->db == NULL ? r->db : "evidence.sqlite", NULL};
	bool terminal = isatty(STDOUT_FILENO);
	struct winsize size;
	int columns = 80;
	if (terminal && ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 &&
		size.ws_col >= 40)
		columns = size.ws_col < 100 ? size.ws_col : 100;
	const char *no_color = getenv("NO_COLOR");
	bool colour = terminal && (no_color == NULL || no_color[0] == '\0');
	s->stream = open_memstream(&s->text, &s->len);
	if (s->stream == NULL)
		memory_exhausted();
	return report_write_text(r->report, s->stream, columns, colour,
		r->redactor != NULL ? redacted : outputs, e);
}

/* Show it, or only let go of it. */
static void
summary_end(struct summary *s, const struct run *r, bool shown)
{
	if (s->stream == NULL)
		return;
	fclose(s->stream);
	if (shown)
		fwrite(s->text, 1, s->len, summary_stream(r));
	free(s->text);
}

/* The page is written beside the other outputs, from a database connection and
 * a report of its own. */
struct page {
	struct run *run;
	struct outfile file;
	struct error error;
	bool ok;
	bool running;
	pthread_t thread;
};

static void
page_write(struct page *p)
{
	struct report_options options = {
		.all_attempts = p->run->options.all_attempts};
	struct store *s = store_reader(p->run->store, &p->error);
	struct report *report =
		s != NULL ? report_new(s, &options, &p->error) : NULL;
	p->ok = report != NULL &&
		report_write_html(report, p->file.stream, &p->error) &&
		outfile_flush(&p->file, &p->error);
	report_free(report);
	store_free(s);
}

static void *
page_thread(void *argument)
{
	page_write(argument);
	return NULL;
}

static bool
page_begin(struct page *p, struct run *r, struct error *e)
{
	*p = (struct page){.run = r};
	if (!store_settle(r->store, e) || !outfile_open(&p->file, r->html, e))
		return false;
	p->running = tempfile_thread(&p->thread, page_thread, p);
	if (!p->running)
		page_write(p); /* no thread to be had: in turn */
	return true;
}

static bool
page_end(struct page *p, struct error *e)
{
	if (p->running)
		pthread_join(p->thread, NULL);
	p->running = false;
	if (!p->ok && e->kind == ERROR_NONE)
		*e = p->error;
	return p->ok;
}

/* Everything is on disk before anything gets its name. */
static bool
write_outputs(struct run *r, struct error *e)
{
	struct page html = {0};
	struct outfile json = {0};
	struct outfile markdown = {0};
	struct summary summary = {0};
	const char *to = r->options.markdown;
	progress_stage(&r->progress, "writing the reports");
	bool ok = page_begin(&html, r, e) &&
		write_file(r, &json, r->json, report_write_json, e) &&
		(to == NULL ||
			write_file(
				r, &markdown, to, report_write_markdown, e)) &&
		(r->options.quiet || summary_make(&summary, r, e));
	ok = page_end(&html, e) && ok && store_publish(r->store, e) &&
		outfile_publish(&html.file, e) && outfile_publish(&json, e) &&
		(to == NULL || outfile_publish(&markdown, e));
	progress_end(&r->progress);
	outfile_abandon(&html.file);
	outfile_abandon(&json);
	outfile_abandon(&markdown);
	summary_end(&summary, r, ok);
	return ok;
}

static bool
load_rules(struct run *r, struct error *e)
{
	char *text;
	size_t len;
	if (r->given != NULL)
		return true;
	FILE *problems = analyze_redact_open(r->redactor, &text, &len);
	r->given = r->rules = rules_load(
		r->options.rules.at, r->options.rules.count, problems, e);
	analyze_redact_problems(r->redactor, problems, &text);
	return r->rules != NULL;
}

/* Only those of the user are loaded here: ours when there is a log to read. */
static bool
load_patterns(struct run *r, struct error *e)
{
	const struct analyze_options *o = &r->options;
	char *text;
	size_t len;
	if (o->patterns.count == 0)
		return true;
	FILE *problems = analyze_redact_open(r->redactor, &text, &len);
	r->files.patterns = r->patterns = pattern_folders_load(
		o->patterns.at, o->patterns.count, problems, e);
	analyze_redact_problems(r->redactor, problems, &text);
	return r->patterns != NULL;
}

static bool
run_all(struct run *r, struct error *e)
{
	if (!enter_sandbox(r, e))
		return false;
	if (!load_rules(r, e) || !load_patterns(r, e) || !read_evidence(r, e))
		return false;
	r->store = r->redactor != NULL ? store_create_in_memory(r->db, e)
				       : store_create(r->db, e);
	return r->store != NULL && work_out(r, e) && write_outputs(r, e);
}

static void
release(struct run *r)
{
	report_free(r->report);
	store_free(r->store);
	rules_free(r->rules);
	pattern_set_free(r->patterns);
	ingest_release(&r->ingest);
	event_list_release(&r->events);
	case_files_release(&r->files);
	case_config_release(&r->config);
	/* A run that published nothing leaves no empty folder behind. */
	if (r->made != NULL)
		rmdir(r->made);
	arena_release(&r->names);
}

/* What was found, as an exit status. What the evidence cannot decide may have
 * failed. */
static int
status_of(const struct run *r)
{
	enum fail_on on = r->options.fail_on;
	bool failed = report_failed(r->report) +
			report_undetermined(r->report) +
			report_reported(r->report) >
		0;
	bool slow = report_slow(r->report) > 0;
	bool found = (failed && (on == FAIL_ON_FAILED || on == FAIL_ON_ANY)) ||
		(slow && (on == FAIL_ON_SLOW || on == FAIL_ON_ANY));
	return found ? EXIT_FAILED_ATTEMPTS : EXIT_ALL_WELL;
}

int
analyze_run(int argc, char **argv, const struct rule_set *rules)
{
	struct run r = {.given = rules};
	struct error e = {0};
	int status = EXIT_ALL_WELL;
	case_files_init(&r.files);
	bool ok = analyze_options_read(
		&r.options, &r.files, &r.config, argc, argv, &e);
	r.redactor = analyze_redact_begin(&r.options, argc, argv, &e);
	ok = ok && e.kind == ERROR_NONE;
	if (ok && r.options.help)
		options_print(&analyze_options, stdout);
	else if (!ok || !run_all(&r, &e))
		status = command_fail(&e);
	else
		status = status_of(&r);
	release(&r);
	analyze_redact_end(r.redactor);
	return command_done(status);
}

int
cmd_analyze(int argc, char **argv)
{
	return analyze_run(argc, argv, NULL);
}
