/*
 * A stream over a temporary file: flush, sync, name.
 */
#include "base/outfile.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/tempfile.h"

static bool
fail(struct outfile *f, struct error *e)
{
	return error_set(e, ERROR_ENVIRONMENT,
		"%s: cannot be written: %s; free some space or choose another "
		"folder with -o",
		f->path, strerror(errno));
}

static void
release(struct outfile *f)
{
	free(f->path);
	*f = (struct outfile){0};
}

/* A device or pipe is written to; renaming a file over it would replace it, for
   everybody. */
static bool
is_special(const char *path)
{
	struct stat st;
	return stat(path, &st) == 0 && !S_ISREG(st.st_mode);
}

/* A pipe is there to be read; without a reader opening it would wait for one. */
static FILE *
open_special(const char *path)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
	if (fd < 0)
		return NULL;
	/* From here on a slow reader may take its time. */
	int flags = fcntl(fd, F_GETFL);
	FILE *stream =
		flags >= 0 && fcntl(fd, F_SETFL, flags & ~O_NONBLOCK) == 0
		? fdopen(fd, "w")
		: NULL;
	if (stream == NULL)
		close(fd);
	return stream;
}

static bool
fail_special(struct outfile *f, struct error *e)
{
	struct stat st;
	if (errno == ENXIO && stat(f->path, &st) == 0 && S_ISFIFO(st.st_mode))
		return error_set(e, ERROR_ENVIRONMENT,
			"%s: is a pipe that nobody reads; start its reader "
			"first, or name a file",
			f->path);
	return fail(f, e);
}

bool
outfile_open(struct outfile *f, const char *path, struct error *e)
{
	int fd;
	*f = (struct outfile){.path = memory_copy(path)};
	if (strcmp(path, "-") == 0) {
		f->stream = stdout;
		return true;
	}
	if (is_special(path)) {
		f->stream = open_special(path);
		if (f->stream != NULL)
			return true;
		fail_special(f, e);
		release(f);
		return false;
	}
	f->tempfile = tempfile_create(path, &fd, e);
	if (f->tempfile != NULL)
		f->stream = fdopen(fd, "w");
	if (f->stream != NULL)
		return true;
	if (f->tempfile != NULL)
		close(fd);
	fail(f, e);
	outfile_abandon(f);
	return false;
}

bool
outfile_unread(FILE *stream)
{
	struct pollfd p = {.fd = fileno(stream), .events = POLLOUT};
	return poll(&p, 1, 0) == 1 && (p.revents & POLLERR) != 0;
}

bool
outfile_flush(struct outfile *f, struct error *e)
{
	if (!f->on_disk)
		f->on_disk = fflush(f->stream) == 0 && !ferror(f->stream) &&
			(f->tempfile == NULL ||
				fdatasync(fileno(f->stream)) == 0);
	if (!f->on_disk && f->stream == stdout)
		f->on_disk = outfile_unread(stdout);
	return f->on_disk || fail(f, e);
}

bool
outfile_publish(struct outfile *f, struct error *e)
{
	bool ok = outfile_flush(f, e);
	if (!ok) {
		outfile_abandon(f);
		return false;
	}
	char *tempfile = f->tempfile;
	f->tempfile = NULL;
	if (f->stream != stdout)
		ok = fclose(f->stream) == 0 || fail(f, e);
	if (ok && tempfile != NULL)
		ok = tempfile_publish(tempfile, f->path, e);
	else
		tempfile_abandon(tempfile);
	release(f);
	return ok;
}

void
outfile_abandon(struct outfile *f)
{
	if (f->stream != NULL && f->stream != stdout)
		fclose(f->stream);
	tempfile_abandon(f->tempfile);
	release(f);
}
