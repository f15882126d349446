/*
 * Where the outputs of an analysis go, and writing them.
 *
 * Every output is written under a temporary name and named at the end, so that
 * a run that fails leaves nothing half-made. The page, which takes longest, is
 * written by a thread of its own; in turn without one to be had, and of a small
 * case, where a second look at the database's schema costs more than the page.
 */
#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "analyze_case.h"
#include "analyze_folder.h"
#include "base/outfile.h"
#include "base/tempfile.h"

/* The folders above one that is named; what is wrong with them shows when it is
 * made itself. */
static void
make_parents(struct analyze_case *c, const char *folder)
{
	char *path = arena_copy(&c->names, folder, strlen(folder));
	for (char *p = path + 1; path[0] != '\0' && *p != '\0'; p++) {
		if (*p != '/' || p[1] == '\0')
			continue;
		*p = '\0';
		mkdir(path, 0777);
		*p = '/';
	}
}

/* An output that was asked for elsewhere, or its place in the folder; none
 * where there is no folder. */
static const char *
output_path(struct analyze_case *c, const char *said, const char *folder,
	const char *name)
{
	if (said != NULL || folder == NULL)
		return said;
	return arena_format(&c->names, "%s/%s", folder, name);
}

/* Who wants the report on standard output, and nothing else, gets no folder. */
static bool
is_wanted_alone(const struct analyze_options *o)
{
	return o->out == NULL && o->html == NULL && o->json != NULL &&
		strcmp(o->json, "-") == 0;
}

static bool
make_folder(struct analyze_case *c, const char *folder, struct error *e)
{
	make_parents(c, folder);
	if (mkdir(folder, 0777) == 0) {
		c->made = arena_copy(&c->names, folder, strlen(folder));
		tempfile_folder(c->made);
	} else if (errno != EEXIST)
		return error_set(e, ERROR_ENVIRONMENT,
			"%s: cannot be made: %s; choose another folder with -o",
			folder, strerror(errno));
	return true;
}

bool
analyze_choose_outputs(struct analyze_case *c, struct error *e)
{
	const struct analyze_options *o = &c->options;
	const char *folder = o->out;
	if (folder == NULL && !is_wanted_alone(o)) {
		folder = analyze_folder(c);
		c->guarded = !o->force && analyze_folder_taken(folder);
	}
	if (folder != NULL && !make_folder(c, folder, e))
		return false;
	c->json = output_path(c, o->json, folder, "report.json");
	c->html = output_path(c, o->html, folder, "report.html");
	c->db = output_path(c, o->db, folder, "evidence.sqlite");
	return true;
}

/* Write a report to disk, short of giving it its name. */
static bool
write_file(struct analyze_case *c, struct outfile *out, const char *path,
	bool (*write)(struct report *, FILE *, struct error *), struct error *e)
{
	return outfile_open(out, path, e) && write(c->report, out->stream, e) &&
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
summary_stream(const struct analyze_case *c)
{
	const char *md = c->options.markdown;
	bool taken = strcmp(c->json, "-") == 0 ||
		c->options.ticket != REPORT_TICKET_NONE ||
		(md != NULL && strcmp(md, "-") == 0);
	return taken ? stderr : stdout;
}

static bool
summary_make(struct summary *s, struct analyze_case *c, struct error *e)
{
	const struct analyze_options *o = &c->options;
	/* Folders are called after cases, customers and users, but for the one
	 * that is named here. */
	const char *const paths[] = {c->html, c->json, c->db};
	const char *const said[] = {o->html, o->json, o->db};
	const char *const names[] = {
		"report.html", "report.json", "evidence.sqlite"};
	const char *outputs[4] = {NULL};
	for (size_t i = 0, n = 0; i < 3; i++) {
		bool ours = o->out == NULL && said[i] == NULL;
		if (paths[i] != NULL && strcmp(paths[i], "-") != 0)
			outputs[n++] = c->redactor == NULL || ours ? paths[i]
								   : names[i];
	}
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
	return report_write_text(
		c->report, s->stream, columns, colour, outputs, e);
}

/* Show it, or only let go of it. */
static void
summary_end(struct summary *s, const struct analyze_case *c, bool shown)
{
	if (s->stream == NULL)
		return;
	fclose(s->stream);
	if (shown)
		fwrite(s->text, 1, s->len, summary_stream(c));
	free(s->text);
}

/* The page is written beside the other outputs, through a database connection of
 * its own. */
struct page {
	struct store
		*store; /* NULL: the case's own serves, or no page is wanted */
	struct report *beside; /* likewise; of that connection */
	struct report *report; /* the one that writes it */
	struct outfile file;
	struct error error;
	bool ok;
	bool running;
	pthread_t thread;
};

static void
page_write(struct page *p)
{
	p->ok = report_write_html(p->report, p->file.stream, &p->error) &&
		outfile_flush(&p->file, &p->error);
}

static void *
page_thread(void *argument)
{
	page_write(argument);
	return NULL;
}

static bool
page_begin(struct page *p, struct analyze_case *c, struct error *e)
{
	*p = (struct page){.ok = true};
	if (c->html == NULL)
		return true;
	if (!store_settle(c->store, e) || !outfile_open(&p->file, c->html, e))
		return false;
	if (c->small) {
		/* Its statements serve the other outputs once more. */
		p->report = c->report;
		page_write(p);
		return true;
	}
	p->store = store_reader(c->store, e);
	if (p->store == NULL)
		return false;
	p->report = p->beside = report_beside(c->report, p->store);
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
	report_free(p->beside);
	store_free(p->store);
	if (!p->ok && e->kind == ERROR_NONE)
		*e = p->error;
	return p->ok;
}

/* The outputs that the report writes in turn. */
enum { JSON, MARKDOWN, JUNIT, SARIF, TICKET, FORMS };

struct form {
	const char *path; /* NULL: not wanted */
	bool (*write)(struct report *, FILE *, struct error *);
	struct outfile file;
};

static bool
write_ticket(struct analyze_case *c, struct form *f, struct error *e)
{
	if (f->path == NULL)
		return true;
	return outfile_open(&f->file, f->path, e) &&
		report_write_ticket(
			c->report, f->file.stream, c->options.ticket, e) &&
		outfile_flush(&f->file, e);
}

static bool
forms_write(struct analyze_case *c, struct form forms[FORMS], struct error *e)
{
	const struct analyze_options *o = &c->options;
	forms[JSON] = (struct form){c->json, report_write_json, {0}};
	forms[MARKDOWN] =
		(struct form){o->markdown, report_write_markdown, {0}};
	forms[JUNIT] = (struct form){o->junit, report_write_junit, {0}};
	forms[SARIF] = (struct form){o->sarif, report_write_sarif, {0}};
	forms[TICKET] = (struct form){
		o->ticket != REPORT_TICKET_NONE ? "-" : NULL, NULL, {0}};
	for (int i = 0; i < TICKET; i++)
		if (forms[i].path != NULL &&
			!write_file(c, &forms[i].file, forms[i].path,
				forms[i].write, e))
			return false;
	return write_ticket(c, &forms[TICKET], e);
}

static bool
forms_publish(struct form forms[FORMS], struct error *e)
{
	for (int i = 0; i < FORMS; i++)
		if (forms[i].path != NULL &&
			!outfile_publish(&forms[i].file, e))
			return false;
	return true;
}

bool
analyze_write(struct analyze_case *c, struct error *e)
{
	struct page html = {0};
	struct form forms[FORMS] = {{0}};
	struct summary summary = {0};
	if (c->guarded && !analyze_folder_same(c, e))
		return false;
	progress_stage(&c->progress, "writing the reports");
	bool ok = page_begin(&html, c, e) && forms_write(c, forms, e) &&
		(c->options.quiet || summary_make(&summary, c, e));
	ok = page_end(&html, e) && ok && store_publish(c->store, e) &&
		(c->html == NULL || outfile_publish(&html.file, e)) &&
		forms_publish(forms, e);
	progress_end(&c->progress);
	outfile_abandon(&html.file);
	for (int i = 0; i < FORMS; i++)
		outfile_abandon(&forms[i].file);
	summary_end(&summary, c, ok);
	return ok;
}
