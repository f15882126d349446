/*
 * A stream over a growing file: flush, sync, name.
 */
#include "base/outfile.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/growing.h"

static bool
fail(struct outfile *f, struct error *e)
{
	return error_set(e, ERROR_ENVIRONMENT,
		"%s: cannot be written: %s; free some space or choose another "
		"folder with -o",
		f->path, strerror(errno));
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
	f->growing = growing_create(path, &fd, e);
	if (f->growing != NULL)
		f->stream = fdopen(fd, "w");
	if (f->stream != NULL)
		return true;
	if (f->growing != NULL)
		close(fd);
	fail(f, e);
	outfile_abandon(f);
	return false;
}

static void
release(struct outfile *f)
{
	free(f->path);
	*f = (struct outfile){0};
}

bool
outfile_flush(struct outfile *f, struct error *e)
{
	if (!f->on_disk)
		f->on_disk = fflush(f->stream) == 0 && !ferror(f->stream) &&
			(f->growing == NULL ||
				fdatasync(fileno(f->stream)) == 0);
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
	if (f->growing != NULL) {
		char *growing = f->growing;
		f->growing = NULL;
		ok = fclose(f->stream) == 0 || fail(f, e);
		if (ok)
			ok = growing_publish(growing, f->path, e);
		else
			growing_abandon(growing);
	}
	release(f);
	return ok;
}

void
outfile_abandon(struct outfile *f)
{
	if (f->growing != NULL) {
		if (f->stream != NULL)
			fclose(f->stream);
		growing_abandon(f->growing);
	}
	release(f);
}
