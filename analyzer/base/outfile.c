/*
 * Temporary name, flush, sync, rename.
 */
#include "base/outfile.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/leftovers.h"

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
	*f = (struct outfile){.path = memory_copy(path)};
	if (strcmp(path, "-") == 0) {
		f->stream = stdout;
		return true;
	}
	size_t room = strlen(path) + sizeof ".growing-XXXXXX";
	f->temporary = memory_take(room, 1);
	snprintf(f->temporary, room, "%s.growing-XXXXXX", path);
	int fd = mkstemp(f->temporary);
	if (fd >= 0) {
		leftovers_add(f->temporary);
		fchmod(fd, 0644);
		f->stream = fdopen(fd, "w");
	}
	if (f->stream != NULL)
		return true;
	fail(f, e);
	if (fd >= 0)
		close(fd);
	else
		f->temporary[0] = '\0';
	outfile_abandon(f);
	return false;
}

static void
release(struct outfile *f)
{
	leftovers_drop(f->temporary);
	free(f->path);
	free(f->temporary);
	*f = (struct outfile){0};
}

bool
outfile_flush(struct outfile *f, struct error *e)
{
	bool ok = fflush(f->stream) == 0 && !ferror(f->stream) &&
		(f->temporary == NULL || fdatasync(fileno(f->stream)) == 0);
	return ok || fail(f, e);
}

bool
outfile_publish(struct outfile *f, struct error *e)
{
	if (!outfile_flush(f, e)) {
		outfile_abandon(f);
		return false;
	}
	if (f->temporary != NULL) {
		bool ok = fclose(f->stream) == 0;
		f->stream = NULL;
		if (!ok || rename(f->temporary, f->path) != 0) {
			fail(f, e);
			outfile_abandon(f);
			return false;
		}
	}
	release(f);
	return true;
}

void
outfile_abandon(struct outfile *f)
{
	if (f->temporary != NULL) {
		if (f->stream != NULL)
			fclose(f->stream);
		if (f->temporary[0] != '\0')
			unlink(f->temporary);
	}
	release(f);
}
