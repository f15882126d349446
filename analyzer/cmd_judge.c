/*
 * lostsyn judge: new rules over stored evidence, without the captures.
 *
 *	evidence.sqlite -> judge -> what changed, and a report
 *
 * By itself it changes nothing: a verdict that stands in a ticket is not to be
 * replaced by trying a rule. With -o the new judgement goes to another folder,
 * with --in-place to where the old one is; either keeps the old one in the
 * tables former_*. Files appear whole or not at all.
 *
 * Costs: what the rules and the report cost, and a copy of the evidence; without
 * an output that copy is in memory.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/message.h"
#include "base/outfile.h"
#include "base/sandbox.h"
#include "batch/folder.h"
#include "command.h"
#include "judge/judge.h"
#include "judge_changes.h"
#include "judge_command.h"
#include "report/report.h"

#define DB_NAME "evidence.sqlite"

/* One database and where its judgement goes. */
struct target {
	const char *db;
	const char *name; /* of the folder that holds it */
	const char *out;  /* folder, or NULL: nothing is written */
};

struct judging {
	struct option_list rules_folders;
	const struct rule_set *rules;
	struct rule_set *own; /* loaded here, or NULL */
	const char *out;
	const char *json;
	struct target *targets; /* owned */
	size_t count;
	struct arena names;
	bool in_place;
	enum sandbox_wanted sandbox;
	bool quiet;
	bool help;
};

#define OPTIONS_INTO struct judging
static const struct option_row rows[] = {
#include "cmd_judge.def"
};
const struct options judge_options = OPTIONS("judge", rows);

/* "a/b/evidence.sqlite" is in "a/b", "evidence.sqlite" in ".". */
static const char *
folder_of(struct arena *a, const char *path)
{
	const char *slash = strrchr(path, '/');
	if (slash == NULL)
		return ".";
	return arena_copy(a, path, slash == path ? 1 : (size_t)(slash - path));
}

/* The last part of a folder's path. */
static const char *
last_part(struct arena *a, const char *folder)
{
	size_t len = strlen(folder);
	while (len > 1 && folder[len - 1] == '/')
		len--;
	const char *copy = arena_copy(a, folder, len);
	const char *slash = strrchr(copy, '/');
	return slash == NULL || slash[1] == '\0' ? copy : slash + 1;
}

/* A case of a batch has a state that says by which rules it was judged. */
static bool
refuse_batch(struct judging *j, const char *folder, struct error *e)
{
	struct stat st;
	const char *state = arena_format(&j->names, "%s/case.state", folder);
	const char *index = arena_format(&j->names, "%s/index.sqlite", folder);
	if (stat(index, &st) == 0)
		return error_set(e, ERROR_USAGE,
			"%s: the results of a batch; lostsyn batch --rejudge "
			"-o %s judges them again",
			folder, folder);
	if (!j->in_place || stat(state, &st) != 0)
		return true;
	return error_set(e, ERROR_USAGE,
		"%s: a case of a batch, whose index would not know; use "
		"lostsyn batch --rejudge, or -o",
		folder);
}

static bool
find_target(
	struct judging *j, const char *named, struct target *t, struct error *e)
{
	struct arena *a = &j->names;
	struct stat st;
	if (stat(named, &st) != 0)
		return error_set(
			e, ERROR_USAGE, "%s: %s", named, strerror(errno));
	bool is_folder = S_ISDIR(st.st_mode);
	t->db = is_folder ? arena_format(a, "%s/" DB_NAME, named) : named;
	const char *folder = is_folder ? named : folder_of(a, named);
	if (!refuse_batch(j, folder, e))
		return false;
	if (is_folder && stat(t->db, &st) != 0)
		return error_set(
			e, ERROR_USAGE, "%s: no " DB_NAME " in it", named);
	t->name = last_part(a, folder);
	if (j->in_place && !is_folder &&
		strcmp(last_part(a, named), DB_NAME) != 0)
		return error_set(e, ERROR_USAGE,
			"%s: --in-place wants a file named " DB_NAME "; use -o",
			named);
	if (j->in_place)
		t->out = folder;
	else if (j->out != NULL)
		t->out = j->count == 1
			? j->out
			: arena_format(a, "%s/%s", j->out, t->name);
	return true;
}

static bool
find_targets(struct judging *j, int argc, char **argv, struct error *e)
{
	j->count = (size_t)(argc - optind);
	if (j->count == 0)
		return error_set(e, ERROR_USAGE,
			"missing DB: an " DB_NAME
			" or the folder that holds it");
	if (j->in_place && j->out != NULL)
		return error_set(
			e, ERROR_USAGE, "-o and --in-place exclude each other");
	j->targets = memory_take(j->count, sizeof *j->targets);
	for (size_t i = 0; i < j->count; i++) {
		struct target *t = &j->targets[i];
		*t = (struct target){0};
		if (!find_target(j, argv[optind + (int)i], t, e))
			return false;
		for (size_t k = 0; t->out != NULL && k < i; k++)
			if (strcmp(j->targets[k].out, t->out) == 0)
				return error_set(e, ERROR_USAGE,
					"%s and %s would both go to %s; judge "
					"them one by one",
					j->targets[k].db, t->db, t->out);
	}
	return true;
}

/* Folders are made, then the rest of the machine is given up: the databases may
 * come from anywhere. */
static bool
enter_sandbox(struct judging *j, struct error *e)
{
	struct sandbox s;
	if (j->out != NULL && !folder_make(j->out, e))
		return false;
	for (size_t i = 0; i < j->count; i++)
		if (j->targets[i].out != NULL &&
			!folder_make(j->targets[i].out, e))
			return false;
	sandbox_begin(&s);
	for (size_t i = 0; i < j->rules_folders.count; i++)
		sandbox_read(&s, j->rules_folders.at[i]);
	for (size_t i = 0; i < j->count; i++) {
		sandbox_read(&s, j->targets[i].db);
		if (j->targets[i].out != NULL)
			sandbox_write(&s, j->targets[i].out);
	}
	if (j->json != NULL && strcmp(j->json, "-") != 0)
		sandbox_write(&s, folder_of(&j->names, j->json));
	return sandbox_enter_as_wanted(&s, j->sandbox, e) != NULL;
}

static bool
write_file(struct report *r, struct outfile *out, const char *path,
	bool (*write)(struct report *, FILE *, struct error *), struct error *e)
{
	return outfile_open(out, path, e) && write(r, out->stream, e) &&
		outfile_flush(out, e);
}

/* Everything is on disk before anything gets its name. */
static bool
write_outputs(struct judging *j, const struct target *t, struct store *s,
	struct report *r, struct error *e)
{
	struct outfile html = {0};
	struct outfile json = {0};
	if (t->out == NULL)
		return true;
	bool ok = write_file(r, &html,
			  arena_format(&j->names, "%s/report.html", t->out),
			  report_write_html, e) &&
		write_file(r, &json,
			arena_format(&j->names, "%s/report.json", t->out),
			report_write_json, e) &&
		store_publish(s, e) && outfile_publish(&html, e) &&
		outfile_publish(&json, e);
	outfile_abandon(&html);
	outfile_abandon(&json);
	return ok;
}

static bool
tell(struct judging *j, const struct target *t, struct store *s,
	struct json_writer *w, struct error *e)
{
	struct judge_changes c;
	FILE *to =
		j->json != NULL && strcmp(j->json, "-") == 0 ? stderr : stdout;
	return judge_changes_count(s, &c, e) &&
		(w == NULL || judge_changes_json(s, &c, t->name, w, e)) &&
		(j->quiet || judge_changes_print(s, &c, t->name, to, e));
}

/* Judge one; *failed is set when attempts failed or are undetermined. */
static bool
judge_one(struct judging *j, const struct target *t, struct json_writer *w,
	bool *failed, struct error *e)
{
	struct report_options options = {0};
	struct report *r = NULL;
	struct store *s = NULL;
	const char *path = t->out == NULL
		? NULL
		: arena_format(&j->names, "%s/" DB_NAME, t->out);
	struct store *from = store_open(t->db, e);
	if (from != NULL)
		s = store_create(path, e);
	bool ok = s != NULL && judge_rejudge(s, from, j->rules, e);
	store_free(from);
	if (ok) {
		options.all_attempts = store_meta_is(s, "all_attempts", NULL);
		store_stage(s, STORE_REPORT);
		r = report_new(s, &options, e);
	}
	/* What is told is told before the store is closed to more questions. */
	ok = ok && r != NULL && tell(j, t, s, w, e) &&
		write_outputs(j, t, s, r, e);
	if (ok &&
		report_failed(r) + report_undetermined(r) + report_reported(r) >
			0)
		*failed = true;
	report_free(r);
	store_free(s);
	return ok;
}

/* A database that does not hold together does not keep the others from being
 * judged; the worst status is the command's. */
static int
judge_all(struct judging *j, struct json_writer *w)
{
	int status = EXIT_ALL_WELL;
	bool failed = false;
	for (size_t i = 0; i < j->count; i++) {
		struct error e = {0};
		if (judge_one(j, &j->targets[i], w, &failed, &e))
			continue;
		message("%s: %s", j->targets[i].db, e.text);
		int bad = error_exit_status(&e);
		status = bad > status ? bad : status;
	}
	return status == EXIT_ALL_WELL && failed ? EXIT_FAILED_ATTEMPTS
						 : status;
}

static int
judge_with_json(struct judging *j, struct error *e)
{
	struct outfile out = {0};
	struct json_writer *w = memory_take(1, sizeof *w);
	int status = EXIT_ENVIRONMENT;
	if (outfile_open(&out, j->json, e)) {
		jsonw_begin(w, out.stream);
		jsonw_object(w, NULL);
		jsonw_text(w, "format", "lostsyn-judgement");
		jsonw_int(w, "version", 1);
		jsonw_array(w, "cases");
		status = judge_all(j, w);
		jsonw_end(w);
		jsonw_end(w);
		jsonw_finish(w);
		if (!outfile_publish(&out, e))
			status = EXIT_ENVIRONMENT;
	}
	free(w);
	return status;
}

static int
run(struct judging *j, struct error *e)
{
	if (!enter_sandbox(j, e))
		return EXIT_ENVIRONMENT;
	if (j->rules == NULL)
		j->rules = j->own = rules_load_to_judge(
			j->rules_folders.at, j->rules_folders.count, stderr, e);
	if (j->rules == NULL)
		return error_exit_status(e);
	int status =
		j->json == NULL ? judge_all(j, NULL) : judge_with_json(j, e);
	if (j->out == NULL && !j->in_place && !j->quiet && status <= 1)
		fputs("lostsyn: nothing was written; -o DIR or --in-place "
		      "keeps the new judgement\n",
			stderr);
	return status;
}

int
judge_command(int argc, char **argv, const struct rule_set *rules)
{
	struct judging j = {.rules = rules};
	struct error e = {0};
	int status = EXIT_ALL_WELL;
	bool ok = options_read(&judge_options, &j, argc, argv, &j.help, &e);
	if (ok && j.help)
		options_print(&judge_options, stdout);
	else if (ok && find_targets(&j, argc, argv, &e))
		status = run(&j, &e);
	if (e.kind != ERROR_NONE)
		status = command_fail(&e);
	rules_free(j.own);
	free(j.targets);
	arena_release(&j.names);
	return command_done(status);
}

int
cmd_judge(int argc, char **argv)
{
	return judge_command(argc, argv, NULL);
}
