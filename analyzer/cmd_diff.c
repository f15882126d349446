/*
 * lostsyn diff: two reports, before and after a fix.
 *
 * Both are read whole before anything of them is parsed, and they are parsed
 * behind the sandbox's walls: a report comes from a ticket.
 */
#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/outfile.h"
#include "base/sandbox.h"
#include "command.h"
#include "diff/diff.h"

/* report.json of half a million failed attempts; it is held in memory. */
#define REPORT_BYTES_MAX ((size_t)512 << 20)
#define READ_STEP 65536

struct diff_command {
	const char *path[DIFF_SIDES];
	bool json, proved, help;
	enum sandbox_wanted sandbox;
	const char *junit, *sarif; /* paths, NULL: not wanted */
	struct diff_same *same;    /* owned */
	size_t same_count;
	struct arena names; /* the texts of same, and more */
};

/* "OLD=NEW" */
static bool
read_same(void *into, const char *text, struct error *e)
{
	struct diff_command *c = into;
	const char *sign = strchr(text, '=');
	if (sign == NULL || sign == text || sign[1] == '\0')
		return error_set(e, ERROR_USAGE,
			"--same %s: say OLD=NEW, an address of the former "
			"report and of the other one",
			text);
	c->same = memory_grow(c->same, c->same_count + 1, sizeof *c->same);
	c->same[c->same_count++] = (struct diff_same){
		arena_copy(&c->names, text, (size_t)(sign - text)), sign + 1};
	return true;
}

#define OPTIONS_INTO struct diff_command
static const struct option_row rows[] = {
#include "cmd_diff.def"
};
const struct options diff_options = OPTIONS("diff", rows);

/* One of the two, as bytes. */
struct bytes {
	char *data; /* owned */
	size_t len;
};

static bool
read_all(int fd, const char *path, struct bytes *b, struct error *e)
{
	size_t room = 0;
	for (;;) {
		if (b->len == REPORT_BYTES_MAX)
			return error_set(e, ERROR_USAGE,
				"%s: more than %zu MiB; this is no report",
				path, REPORT_BYTES_MAX >> 20);
		if (room - b->len < READ_STEP) {
			room = 2 * room + READ_STEP;
			b->data = memory_grow(b->data, room, 1);
		}
		size_t want = room - b->len;
		if (want > REPORT_BYTES_MAX - b->len)
			want = REPORT_BYTES_MAX - b->len;
		ssize_t n = read(fd, b->data + b->len, want);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return error_set(e, ERROR_ENVIRONMENT,
				"%s: cannot be read: %s", path,
				strerror(errno));
		if (n == 0)
			return true;
		b->len += (size_t)n;
	}
}

/* A folder stands for the report.json in it. */
static bool
read_report(const char *path, struct bytes *b, struct error *e)
{
	struct stat st;
	assert(path != NULL);
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
	if (fd >= 0 && fstat(fd, &st) == 0 && S_ISDIR(st.st_mode)) {
		int folder = fd;
		fd = openat(
			folder, "report.json", O_RDONLY | O_CLOEXEC | O_NOCTTY);
		close(folder);
	}
	if (fd < 0)
		return error_set(e,
			errno == ENOENT ? ERROR_USAGE : ERROR_ENVIRONMENT,
			"%s: cannot be opened: %s; name a report.json or the "
			"folder that holds it",
			path, strerror(errno));
	bool ok = read_all(fd, path, b, e);
	close(fd);
	return ok;
}

static bool
parse_report(const char *path, struct bytes *b, struct report_file *file,
	struct arena *a, struct error *e)
{
	struct error why = {0};
	if (report_file_read(file, b->data, b->len, a, &why))
		return true;
	return error_set(e, why.kind, "%s: %.800s", path, why.text);
}

static bool
read_options(struct diff_command *c, int argc, char **argv, struct error *e)
{
	if (!options_read(&diff_options, c, argc, argv, &c->help, e))
		return false;
	if (c->help)
		return true;
	if (argc - optind != DIFF_SIDES)
		return error_set(e, ERROR_USAGE,
			"name two reports: the one from before, then the one "
			"from after");
	c->path[DIFF_OLD] = argv[optind];
	c->path[DIFF_NEW] = argv[optind + 1];
	return true;
}

static void
print(const struct diff *d, bool json)
{
	struct winsize size;
	bool terminal = isatty(STDOUT_FILENO);
	const char *no_color = getenv("NO_COLOR");
	int columns = 80;
	if (terminal && ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 &&
		size.ws_col >= 40)
		columns = size.ws_col < 100 ? size.ws_col : 100;
	if (json)
		diff_write_json(d, stdout);
	else
		diff_write_text(d, stdout, columns,
			terminal && (no_color == NULL || no_color[0] == '\0'));
}

static bool
write_file(const struct diff *d, const char *path,
	void (*write)(const struct diff *d, FILE *out), struct error *e)
{
	struct outfile out = {0};
	if (path == NULL)
		return true;
	if (!outfile_open(&out, path, e))
		return false;
	write(d, out.stream);
	return outfile_publish(&out, e);
}

static void
may_write(struct sandbox *s, const char *path)
{
	if (path == NULL || strcmp(path, "-") == 0)
		return;
	char *folder = memory_copy(path);
	char *slash = strrchr(folder, '/');
	if (slash != NULL)
		slash[slash == folder] = '\0';
	sandbox_write(s, slash != NULL ? folder : ".");
	free(folder);
}

/* The exit status, or -1 with *e set. */
static int
run(const struct diff_command *c, struct error *e)
{
	struct bytes bytes[DIFF_SIDES] = {{0}};
	struct report_file file[DIFF_SIDES];
	struct arena names = {0};
	struct sandbox walls;
	struct diff d;
	int status = -1;
	bool ok = read_report(c->path[DIFF_OLD], &bytes[DIFF_OLD], e) &&
		read_report(c->path[DIFF_NEW], &bytes[DIFF_NEW], e);
	if (ok) {
		sandbox_begin(&walls);
		may_write(&walls, c->junit);
		may_write(&walls, c->sarif);
		ok = sandbox_enter_as_wanted(&walls, c->sandbox, e) != NULL;
	}
	for (int s = 0; ok && s < DIFF_SIDES; s++)
		ok = parse_report(c->path[s], &bytes[s], &file[s], &names, e);
	if (ok) {
		diff_make(&d, &file[DIFF_OLD], &file[DIFF_NEW], c->same,
			c->same_count, &names);
		d.name[DIFF_OLD] = c->path[DIFF_OLD];
		d.name[DIFF_NEW] = c->path[DIFF_NEW];
		print(&d, c->json);
		ok = write_file(&d, c->junit, diff_write_junit, e) &&
			write_file(&d, c->sarif, diff_write_sarif, e);
	}
	if (ok) {
		status = d.worse || (c->proved && !d.proved)
			? EXIT_FAILED_ATTEMPTS
			: EXIT_ALL_WELL;
	}
	free(bytes[DIFF_OLD].data);
	free(bytes[DIFF_NEW].data);
	arena_release(&names);
	return status;
}

int
cmd_diff(int argc, char **argv)
{
	struct diff_command c = {0};
	struct error e = {0};
	int status = EXIT_ALL_WELL;
	if (!read_options(&c, argc, argv, &e))
		return command_fail(&e);
	if (c.help)
		options_print(&diff_options, stdout);
	else
		status = run(&c, &e);
	free(c.same);
	arena_release(&c.names);
	return status < 0 ? command_fail(&e) : command_done(status);
}
