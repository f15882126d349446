/*
 * lostsyn extract: the packets of chosen attempts, out of every vantage's
 * captures, into one file for each, or into one for all of them; with what the
 * report says of each packet beside it, where that is asked for.
 */
#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <sys/stat.h>

#include "base/message.h"
#include "base/outfile.h"
#include "base/safe_format.h"
#include "base/sandbox.h"
#include "command.h"
#include "extract_choice.h"
#include "extract_merge.h"
#include "extract_notes.h"
#include "ingest/stream.h"

/* tcpdump's file of a link layer that nothing is known of. */
#define LINKTYPE_ETHERNET 1

#define MARGIN_S 10
#define MARGIN_MAX_S 100000

struct extraction {
	struct extract_choice choice;
	int64_t margin_s;
	struct extract_plan plan;
	struct case_files files;
	struct store *store;
	const char *report;
	const char *out;
	const char *const *evidence;
	int evidence_count;
	struct outfile outputs[INGEST_VANTAGES_MAX];
	struct slice_result results[INGEST_VANTAGES_MAX];
	bool annotate;
	bool merged;
	enum sandbox_wanted sandbox;
	bool help;
};

#define OPTIONS_INTO struct extraction
static const struct option_row rows[] = {
#include "cmd_extract.def"
};
const struct options extract_options = OPTIONS("extract", rows);

static bool
read_arguments(struct extraction *x, int argc, char **argv, struct error *e)
{
	if (!options_read(&extract_options, x, argc, argv, &x->help, e))
		return false;
	x->choice.margin_ns = x->margin_s * NS_PER_S;
	if (x->help)
		return true;
	if (argc - optind < 2)
		return error_set(e, ERROR_USAGE,
			"name the report and the evidence: lostsyn extract "
			"case.lostsyn/ case/");
	if (x->choice.attempts != NULL &&
		(x->choice.verdict != NULL || x->choice.first > 0))
		return error_set(e, ERROR_USAGE,
			"--attempt names attempts one by one; --verdict and "
			"--first choose among all");
	x->report = argv[optind];
	x->evidence = (const char *const *)argv + optind + 1;
	x->evidence_count = argc - optind - 1;
	return true;
}

static bool
is_folder(const char *path)
{
	struct stat st;
	return stat(path, &st) == 0 && S_ISDIR(st.st_mode);
}

static bool
open_report(struct extraction *x, struct error *e)
{
	struct arena *a = &x->files.arena;
	const char *path = is_folder(x->report)
		? arena_format(a, "%s/evidence.sqlite", x->report)
		: x->report;
	x->store = store_open(path, e);
	return x->store != NULL &&
		extract_plan_read(&x->plan, x->store, &x->choice, e) &&
		(!(x->annotate || x->merged) ||
			extract_notes_read(&x->plan, x->store, e));
}

/* What may be read and written from now on; the report's database, the captures
 * and the archives that they lie in are strangers' bytes. */
static bool
enter_sandbox(struct extraction *x, struct error *e)
{
	struct sandbox s;
	if (mkdir(x->out, 0777) != 0 && errno != EEXIST)
		return error_set(e, ERROR_ENVIRONMENT,
			"%s: cannot be made: %s; choose another folder with -o",
			x->out, strerror(errno));
	sandbox_begin(&s);
	sandbox_read(&s, x->report);
	for (int i = 0; i < x->evidence_count; i++)
		sandbox_read(&s, x->evidence[i]);
	for (size_t i = 0; i < x->files.count; i++) {
		struct stat st;
		if (lstat(x->files.list[i].path, &st) == 0 &&
			S_ISLNK(st.st_mode))
			sandbox_read(&s, x->files.list[i].path);
	}
	sandbox_write(&s, x->out);
	return sandbox_enter_as_wanted(&s, x->sandbox, e) != NULL;
}

static void
ignore(void *context, enum anomaly a, uint64_t at)
{
	(void)context;
	(void)a;
	(void)at;
}

/* Hash a file that has the size of one that is wanted. */
static void
recognise(struct extraction *x, const struct case_file *f)
{
	const struct anomaly_sink sink = {ignore, NULL};
	struct extract_plan *p = &x->plan;
	int64_t bytes = (int64_t)case_file_bytes(f);
	struct stream s;
	bool candidate = false;
	if (f->kind != CASE_FILE_CAPTURE || !case_file_stays(f))
		return;
	for (size_t i = 0; i < p->sources_count; i++)
		candidate |= p->sources[i].bytes == bytes &&
			p->sources[i].file == NULL;
	if (!candidate || !case_file_open(f, &s, sink, NULL))
		return;
	if (stream_finish(&s))
		for (size_t i = 0; i < p->sources_count; i++)
			if (strcmp(p->sources[i].sha256, s.sha256) == 0)
				p->sources[i].file = f;
	stream_close(&s);
}

/* A capture that can be read only once cannot be known by its hash first; and
 * what an archive did not give may have been in it. */
static void
say_what_was_not_read(const struct extraction *x)
{
	for (size_t i = 0; i < x->files.count; i++) {
		const struct case_file *f = &x->files.list[i];
		if (f->kind == CASE_FILE_CAPTURE && !case_file_stays(f))
			message("%s: a capture through a pipe can be read only "
				"once; give extract the file, or an archive "
				"that it is in",
				f->name);
		else if (f->problem != NULL &&
			(f->kind == CASE_FILE_BROKEN || f->damaged))
			message("%s: %s", f->name, f->problem);
	}
}

/* Find every capture that the analysis read. False when none is there. */
static bool
find_captures(struct extraction *x, struct error *e)
{
	struct extract_plan *p = &x->plan;
	size_t found = 0;
	/* Archives are looked into as analyze does, within the same bounds. */
	if (!case_files_look(&x->files, e))
		return false;
	for (size_t i = 0; i < x->files.count; i++)
		recognise(x, &x->files.list[i]);
	for (size_t i = 0; i < p->sources_count; i++)
		found += p->sources[i].file != NULL;
	if (found < p->sources_count)
		say_what_was_not_read(x);
	if (found == 0)
		return error_set(e, ERROR_USAGE,
			"none of the report's captures is among the evidence "
			"named (they are known by their SHA-256)");
	for (size_t i = 0; i < p->sources_count; i++)
		if (p->sources[i].file == NULL)
			message("%s (SHA-256 %s) is not among the evidence "
				"named; no slice of %s",
				p->sources[i].name, p->sources[i].sha256,
				p->vantages[p->sources[i].vantage].name);
	return true;
}

/* The pieces of a vantage; 0 when one of them was not found. */
static size_t
pieces_of(const struct extraction *x, size_t v, struct feed_piece *pieces)
{
	const struct extract_plan *p = &x->plan;
	size_t count = 0;
	for (size_t i = 0; i < p->sources_count; i++) {
		const struct extract_source *s = &p->sources[i];
		if (s->vantage != (int64_t)v)
			continue;
		if (s->file == NULL)
			return 0;
		pieces[count].file = s->file;
		pieces[count].first.ns = s->first_ns == CLOCK_UNKNOWN_NS
			? INT64_MAX
			: s->first_ns;
		count++;
	}
	return count;
}

/* The file is the one that was analysed, to its end. */
static bool
check_pieces(const struct extraction *x, size_t v,
	const struct feed_piece *pieces, size_t count, struct error *e)
{
	const struct extract_plan *p = &x->plan;
	for (size_t i = 0, k = 0; i < p->sources_count && k < count; i++) {
		if (p->sources[i].vantage != (int64_t)v)
			continue;
		if (strcmp(pieces[k++].sha256, p->sources[i].sha256) != 0)
			return error_set(e, ERROR_ENVIRONMENT,
				"%s: has changed while it was read",
				p->sources[i].file->name);
	}
	return true;
}

/* When the capture ran: its packets, and what its files state. */
static void
state_span(struct extract_vantage *v, const struct feed_piece *pieces,
	size_t count)
{
	for (size_t i = 0; i < count; i++) {
		int64_t from = pieces[i].summary.started.ns;
		int64_t to = pieces[i].summary.ended.ns;
		if (clock_believable(from) &&
			(v->started.ns == CLOCK_UNKNOWN_NS ||
				from < v->started.ns))
			v->started.ns = from;
		if (clock_believable(to) && to > v->ended.ns)
			v->ended.ns = to;
	}
}

/* The slice of one vantage, short of its name. */
static bool
write_vantage(struct extraction *x, size_t v, struct error *e)
{
	struct extract_plan *p = &x->plan;
	struct extract_vantage *vantage = &p->vantages[v];
	struct feed_piece *pieces =
		memory_take(p->sources_count, sizeof *pieces);
	struct outfile *out = &x->outputs[v];
	struct pcapng_write w;
	char comment[96];
	char *path = arena_format(
		&p->arena, "%s/%s.pcapng", x->out, vantage->file_name);
	/* The name is the database's word: a file's name is all it may be. */
	for (char *c = path + strlen(x->out) + 1; *c != '\0'; c++)
		if (!isgraph((unsigned char)*c) || *c == '/')
			*c = '_';
	snprintf(comment, sizeof comment,
		"cut out: %" PRId64 " attempts, %" PRId64 " witnesses",
		p->attempts, p->witnesses);
	size_t count = pieces_of(x, v, pieces);
	bool ok = true;
	if (count > 0 && (ok = outfile_open(out, path, e))) {
		/* Without witnesses it must not be taken for a capture that
		 * would have shown more. */
		pcapng_write_begin(&w, out->stream,
			"lostsyn " LOSTSYN_VERSION " extract", comment,
			x->choice.only ? comment : vantage->filter);
		if (x->annotate)
			w.name = vantage->name;
		ok = slice_write(&vantage->targets,
			     !x->choice.only || p->witnesses > 0, pieces, count,
			     &w, &x->results[v], e) &&
			check_pieces(x, v, pieces, count, e);
		if (w.count == 0)
			pcapng_write_interface(&w, LINKTYPE_ETHERNET);
		state_span(vantage, pieces, count);
		pcapng_write_end(
			&w, vantage->started, vantage->ended, vantage->dropped);
		ok = ok && outfile_flush(out, e);
	}
	free(pieces);
	return ok;
}

/* The slices of all vantages in one file. */
static bool
write_merged(struct extraction *x, struct error *e)
{
	struct extract_plan *p = &x->plan;
	struct merge_part *parts =
		memory_take(p->vantages_count, sizeof *parts);
	struct feed_piece *pieces = memory_take(
		p->sources_count * p->vantages_count, sizeof *pieces);
	for (size_t v = 0; v < p->vantages_count; v++) {
		size_t at = v * p->sources_count;
		parts[v].pieces = pieces + at;
		parts[v].count = pieces_of(x, v, pieces + at);
	}
	const char *path = arena_format(&p->arena, "%s/merged.pcapng", x->out);
	struct outfile *out = &x->outputs[0];
	bool ok = outfile_open(out, path, e) &&
		extract_merge(p, x->store, !x->choice.only || p->witnesses > 0,
			parts, out->stream, x->results, e);
	for (size_t v = 0; ok && v < p->vantages_count; v++)
		ok = check_pieces(x, v, parts[v].pieces, parts[v].count, e);
	ok = ok && outfile_flush(out, e) && outfile_publish(out, e);
	if (ok)
		safe_print(stdout,
			"%s: look at it with: wireshark -C lostsyn %s\n", path,
			path);
	free(pieces);
	free(parts);
	return ok;
}

/* Everything is on disk before anything gets its name. */
static bool
write_slices(struct extraction *x, struct error *e)
{
	struct extract_plan *p = &x->plan;
	bool ok = true;
	for (size_t v = 0; ok && v < p->vantages_count; v++)
		ok = write_vantage(x, v, e);
	for (size_t v = 0; ok && v < p->vantages_count; v++) {
		if (x->outputs[v].stream == NULL)
			continue;
		const char *path = arena_copy(&p->arena, x->outputs[v].path,
			strlen(x->outputs[v].path));
		ok = outfile_publish(&x->outputs[v], e);
		if (ok)
			safe_print(stdout, "%s: %ju of %ju packets\n", path,
				(uintmax_t)x->results[v].written,
				(uintmax_t)x->results[v].read);
	}
	return ok;
}

/* Where the members of archives will lie is opened here, too: nothing can be
 * opened in the sandbox. */
static bool
list_evidence(struct extraction *x, struct error *e)
{
	case_files_spool(&x->files);
	return case_files_paths(
		&x->files, x->evidence, (size_t)x->evidence_count, e);
}

int
cmd_extract(int argc, char **argv)
{
	struct extraction x = {.out = "slices", .margin_s = MARGIN_S};
	struct error e = {0};
	int status = EXIT_ALL_WELL;
	case_files_init(&x.files);
	bool ok = read_arguments(&x, argc, argv, &e);
	if (ok && x.help)
		options_print(&extract_options, stdout);
	else if (!ok || !list_evidence(&x, &e) || !enter_sandbox(&x, &e) ||
		!open_report(&x, &e) || !find_captures(&x, &e) ||
		!(x.merged ? write_merged : write_slices)(&x, &e))
		status = command_fail(&e);
	for (size_t v = 0; v < INGEST_VANTAGES_MAX; v++)
		outfile_abandon(&x.outputs[v]);
	extract_plan_release(&x.plan);
	store_free(x.store);
	case_files_release(&x.files);
	return command_done(status);
}
