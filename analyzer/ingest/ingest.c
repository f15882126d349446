/*
 * Grouping captures into vantages and reading them side by side.
 */
#include "ingest/ingest.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/tempfile.h"
#include "base/message.h"
#include "ingest/own_addresses.h"

/* How often the waiting thread looks at the progress. */
#define TICK_NS (250 * NS_PER_MS)

/* One vantage's reading, for its thread. */
struct job {
	struct ingest *in;
	size_t v;
	const struct feed_options *options;
	struct progress *progress;
	pthread_t thread;
	bool running;
};

static size_t
find_vantage(const struct ingest *in, const char *name)
{
	for (size_t v = 0; v < in->count; v++)
		if (strcmp(in->vantages[v].name, name) == 0)
			return v;
	return in->count;
}

/*
 * Path order is what case.yaml says; around that, client first, server last,
 * the others by name before the server.
 */
static int
path_rank(const struct case_config *c, const char *name)
{
	const struct case_role *r = case_config_role(c, name);
	int last = c == NULL ? 1 : c->positions + 1;
	if (r != NULL && r->position >= 0)
		return r->position + 1;
	if (strcmp(name, "client") == 0)
		return 0;
	return strcmp(name, "server") == 0 ? last + 1 : last;
}

static int
by_path(const void *a, const void *b, void *config)
{
	const struct vantage *x = a;
	const struct vantage *y = b;
	int order = path_rank(config, x->name) - path_rank(config, y->name);
	return order != 0 ? order : strcmp(x->name, y->name);
}

/* One vantage per role that has a capture. */
static bool
name_vantages(struct ingest *in, struct error *e)
{
	for (size_t i = 0; i < in->files->count; i++) {
		const struct case_file *f = &in->files->list[i];
		if (f->kind != CASE_FILE_CAPTURE ||
			find_vantage(in, f->role) < in->count)
			continue;
		if (in->count == INGEST_VANTAGES_MAX)
			return error_set(e, ERROR_USAGE,
				"captures of more than %d places (%s is one "
				"too many); name them with --client, "
				"--server and --vantage",
				INGEST_VANTAGES_MAX, f->role);
		snprintf(in->vantages[in->count++].name,
			sizeof in->vantages[0].name, "%s", f->role);
	}
	qsort_r(in->vantages, in->count, sizeof *in->vantages, by_path,
		(void *)in->files->config);
	return true;
}

static void
give_pieces(struct ingest *in, struct progress *progress)
{
	for (size_t v = 0; v < in->count; v++) {
		in->pieces[v] =
			memory_take(in->files->count, sizeof **in->pieces);
		in->vantages[v].origin = (uint32_t)v;
	}
	for (size_t i = 0; i < in->files->count; i++) {
		const struct case_file *f = &in->files->list[i];
		if (f->kind != CASE_FILE_CAPTURE)
			continue;
		size_t v = find_vantage(in, f->role);
		if (!f->role_guessed)
			in->vantages[v].role_said = true;
		in->pieces[v][in->pieces_count[v]++].file = f;
		progress->total_bytes += case_file_bytes(f);
	}
}

static void *
run_job(void *argument)
{
	struct job *j = argument;
	struct ingest *in = j->in;
	feed_vantage(&in->vantages[j->v], in->pieces[j->v],
		in->pieces_count[j->v], j->options, j->progress);
	return NULL;
}

/* Wait for a thread, showing how far all of them are. */
static void
wait_for(struct job *j)
{
	for (;;) {
		struct timespec until;
		clock_gettime(CLOCK_REALTIME, &until);
		int64_t ns = until.tv_nsec + TICK_NS;
		until.tv_sec += ns / NS_PER_S;
		until.tv_nsec = ns % NS_PER_S;
		if (pthread_timedjoin_np(j->thread, NULL, &until) == 0)
			return;
		progress_tick(j->progress, "reading captures");
	}
}

static void
read_all(struct ingest *in, const struct feed_options *options,
	struct progress *progress)
{
	struct job jobs[INGEST_VANTAGES_MAX];
	for (size_t v = 0; v < in->count; v++) {
		jobs[v] = (struct job){in, v, options, progress, 0, false};
		jobs[v].running =
			tempfile_thread(&jobs[v].thread, run_job, &jobs[v]);
		if (!jobs[v].running)
			run_job(&jobs[v]); /* no thread to be had: in turn */
	}
	for (size_t v = 0; v < in->count; v++)
		if (jobs[v].running)
			wait_for(&jobs[v]);
}

/* Logs, flow logs and host state make a case, too; text may. */
static bool
any_understood(const struct case_files *files, bool text)
{
	for (size_t i = 0; i < files->count; i++) {
		const struct case_file *f = &files->list[i];
		if ((f->text && text) || f->kind == CASE_FILE_FLOWS ||
			f->kind == CASE_FILE_LOG ||
			(f->kind == CASE_FILE_SNAPSHOT &&
				f->host_kind != HOST_UNRELATED))
			return true;
	}
	return false;
}

/* The first file that could not be read, for a message. */
static bool
nothing_usable(const struct ingest *in, struct error *e)
{
	for (size_t i = 0; i < in->files->count; i++) {
		const struct case_file *f = &in->files->list[i];
		if (f->kind == CASE_FILE_BROKEN)
			return error_set(e,
				f->member ? ERROR_USAGE : ERROR_ENVIRONMENT,
				"%s: not read: %s", f->name, f->problem);
	}
	char found[256] = "";
	size_t n = 0;
	for (size_t i = 0; i < in->files->count && n < sizeof found; i++)
		n += (size_t)snprintf(found + n, sizeof found - n, "%s%s",
			i == 0 ? ": " : ", ", in->files->list[i].name);
	for (size_t i = 0; i < in->files->count; i++)
		if (in->files->list[i].kind == CASE_FILE_OTHER &&
			in->files->list[i].problem != NULL)
			return error_set(e, ERROR_USAGE,
				"%s: %s; nothing that is understood among %zu "
				"files%s%s",
				in->files->list[i].name,
				in->files->list[i].problem, in->files->count,
				found, n >= sizeof found ? "..." : "");
	return error_set(e, ERROR_USAGE,
		"%s: nothing that is understood among %zu files%s%s; a "
		"case needs captures (best client/ and server/), logs, flow "
		"logs or host state",
		in->files->name, in->files->count, found,
		n >= sizeof found ? "..." : "");
}

bool
ingest_understood(const struct ingest *in, const struct event_list *events,
	struct error *e)
{
	return in->count > 0 || events->count > 0 ||
		any_understood(in->files, false) || nothing_usable(in, e);
}

/* When captures ran that cannot say it themselves. */
static void
state_spans(struct ingest *in)
{
	for (size_t v = 0; v < in->count; v++) {
		struct vantage *x = &in->vantages[v];
		const struct case_role *r =
			case_config_role(in->files->config, x->name);
		if (r != NULL && x->started.ns == CLOCK_UNKNOWN_NS)
			x->started.ns = r->captured_from_ns;
		/* What was not read to its end shows nothing up to there. */
		if (r != NULL && x->ended.ns == CLOCK_UNKNOWN_NS &&
			!x->audit.timed_out)
			x->ended.ns = r->captured_to_ns;
	}
}

/* Set the hashing of large files going. */
static void
hash_late(struct ingest *in)
{
	size_t count = 0;
	size_t room = 0;
	for (size_t v = 0; v < in->count; v++)
		room += in->pieces_count[v];
	struct late_file *list = memory_take(room, sizeof *list);
	for (size_t v = 0; v < in->count; v++)
		for (size_t i = 0; i < in->pieces_count[v]; i++)
			if (in->pieces[v][i].late_fd >= 0)
				list[count++].piece = &in->pieces[v][i];
	late_hash_start(&in->late, list, count);
}

bool
ingest_read(struct ingest *in, const struct case_files *files,
	const struct feed_options *options, struct progress *progress,
	struct error *e)
{
	*in = (struct ingest){.files = files};
	if (!name_vantages(in, e))
		return false;
	if (in->count == 0)
		return any_understood(files, true) || nothing_usable(in, e);
	give_pieces(in, progress);
	read_all(in, options, progress);
	state_spans(in);
	hash_late(in);
	for (size_t v = 0; v < in->count; v++)
		for (size_t i = 0; i < in->pieces_count[v]; i++)
			if (in->pieces[v][i].error.kind == ERROR_NONE)
				return true;
	*e = in->pieces[0][0].error;
	return false;
}

/* The machine that a vantage's captures are of. */
static struct case_host *
host_of(const struct ingest *in, struct case_files *files,
	const struct vantage *v)
{
	return &files->hosts[in->pieces[v->origin][0].file->host_at - 1];
}

bool
ingest_order_open(const struct ingest *in)
{
	const struct vantage *v = in->vantages;
	return in->count != 2 || v[0].role_said == v[1].role_said;
}

/* Nobody exchanged what nobody had named. */
static void
give_role(struct ingest *in, struct case_files *files, struct vantage *v,
	const char *role, const char *because, bool shown)
{
	struct case_host *h = host_of(in, files, v);
	v->swapped = false;
	snprintf(v->name, sizeof v->name, "%s", role);
	case_host_rename(
		files, (size_t)(h - files->hosts), role, because, shown);
}

static bool
role_free(const struct ingest *in, struct case_files *files, const char *role)
{
	for (size_t v = 0; v < in->count; v++) {
		const struct case_host *h =
			host_of(in, files, &in->vantages[v]);
		if (h->said && strcmp(h->role, role) == 0)
			return false;
	}
	return true;
}

/* Files that nobody placed may name the addresses of a capture's own end. */
static void
claim_files(struct ingest *in, struct case_files *files)
{
	static const char *const ends[] = {"client", "server"};
	for (size_t v = 0; v < in->count; v++) {
		const struct case_host *h =
			host_of(in, files, &in->vantages[v]);
		for (int end = 0; end < 2; end++) {
			struct own_addresses own;
			if (h->role == NULL || strcmp(h->role, ends[end]) != 0)
				continue;
			own_addresses_find(&own, &in->vantages[v], end == 1);
			for (size_t i = 0; i < own.count; i++)
				case_files_claim(files,
					(size_t)(h - files->hosts),
					own.list[i]);
		}
	}
}

void
ingest_claim(
	struct ingest *in, struct case_files *files, const struct ip_addr *own)
{
	for (size_t v = 0; v < in->count; v++)
		case_files_claim(files,
			(size_t)(host_of(in, files, &in->vantages[v]) -
				files->hosts),
			own[v]);
}

/* "delays and TTLs show that its capture was taken there". */
static const char *
shown_because(struct case_files *files, uint8_t shown_by)
{
	static const struct {
		uint8_t bit;
		const char *words;
	} all[] = {
#define X(name, bit, words) {bit, words},
#include "model/shown_by.def"
#undef X
	};
	const char *text = "";
	for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
		if (!(shown_by & all[i].bit))
			continue;
		bool last = shown_by >> 1 < all[i].bit;
		text = arena_format(&files->arena, "%s%s%s", text,
			text[0] == '\0' ? ""
				: last  ? " and "
					: ", ",
			all[i].words);
	}
	return arena_format(&files->arena,
		"%s show that its capture was taken there", text);
}

static void
settle_roles(struct ingest *in, struct case_files *files, int lone_end)
{
	static const char guess[] =
		"nothing in the packets tells the captures' order; taken by "
		"their names";
	if (in->count == 0)
		return;
	struct vantage *first = &in->vantages[0];
	struct vantage *last = &in->vantages[in->count - 1];
	if (in->count == 1) {
		if (!host_of(in, files, first)->said && lone_end != 0)
			give_role(in, files, first,
				lone_end > 0 ? "client" : "server",
				shown_because(files, first->shown_by), true);
		return;
	}
	bool all_said = true;
	for (size_t v = 0; v < in->count; v++) {
		bool said = host_of(in, files, &in->vantages[v])->said;
		all_said = all_said && said;
	}
	for (size_t v = 0; v < in->count && !all_said; v++) {
		struct vantage *x = &in->vantages[v];
		struct case_host *h = host_of(in, files, x);
		x->role_said = h->said;
		if (h->said) {
			snprintf(x->name, sizeof x->name, "%s", h->role);
			x->swapped = false;
			continue;
		}
		bool client = x == first && role_free(in, files, "client");
		bool server = x == last && role_free(in, files, "server");
		give_role(in, files, x,
			client                       ? "client"
				: server             ? "server"
				: h->name[0] != '\0' ? h->name
						     : "unnamed",
			vantage_is_placed(x) ? shown_because(files, x->shown_by)
					     : guess,
			vantage_is_placed(x));
	}
}

/* Each is called as its files are. */
static void
keep_names(struct ingest *in, struct case_files *files)
{
	static const char because[] =
		"its capture shows it as client and as server";
	for (size_t v = 0; v < in->count; v++) {
		struct vantage *x = &in->vantages[v];
		const struct case_host *h = host_of(in, files, x);
		if (!h->said && h->name[0] != '\0')
			give_role(in, files, x, h->name, because, true);
	}
}

void
ingest_settle_roles(struct ingest *in, struct case_files *files, int lone_end,
	bool both_ways)
{
	settle_roles(in, files, lone_end);
	if (both_ways)
		keep_names(in, files);
	claim_files(in, files);
}

static void
complain_of_piece(const struct feed_piece *p)
{
	const char *name = p->file->name;
	if (p->error.kind != ERROR_NONE)
		message("%s", p->error.text);
	for (int i = 0; i < ANOMALY_COUNT; i++)
		if (p->anomalies.list[i].count > 0)
			message("%s: at byte %jd: %s (%s)", name,
				(intmax_t)p->anomalies.list[i].at,
				anomaly_meaning((enum anomaly)i),
				anomaly_id((enum anomaly)i));
}

void
ingest_complain(const struct ingest *in)
{
	for (size_t i = 0; i < in->files->count; i++) {
		const struct case_file *f = &in->files->list[i];
		if (f->kind == CASE_FILE_BROKEN)
			message("%s: not read: %s", f->name, f->problem);
		else if (f->kind == CASE_FILE_ARCHIVE && f->damaged)
			message("%s: %s", f->name, f->problem);
	}
	bool swapped = false;
	for (size_t v = 0; v < in->count; v++) {
		for (size_t i = 0; i < in->pieces_count[v]; i++)
			complain_of_piece(&in->pieces[v][i]);
		swapped = swapped || in->vantages[v].swapped;
	}
	if (swapped)
		message("client and server captures are exchanged; judged the "
			"right way round");
}

void
ingest_release_vantages(struct ingest *in)
{
	for (size_t v = 0; v < in->count; v++)
		vantage_release(&in->vantages[v]);
}

void
ingest_release(struct ingest *in)
{
	if (in->late.list != NULL)
		late_hash_wait(&in->late);
	ingest_release_vantages(in);
	for (size_t v = 0; v < in->count; v++)
		free(in->pieces[v]);
	*in = (struct ingest){0};
}
