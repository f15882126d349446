/*
 * Files that grow under a temporary name until they are whole.
 *
 * Whatever way the program ends by itself, out of memory included, or on being
 * asked to (SIGINT, SIGTERM, SIGHUP), names that were not given up before are
 * removed; only SIGKILL and a crash leave them behind.
 */
#ifndef BASE_TEMPFILE_H
#define BASE_TEMPFILE_H

#include <pthread.h>
#include <stdbool.h>

#include "base/error.h"

/* Files that grow at the same time, at most: the outputs of one run. */
#define TEMPFILE_MAX 16

/*
 * Create an empty file beside path, readable by all (less the umask), open for
 * writing as *fd. Returns its name, which tempfile_publish or tempfile_abandon
 * frees; NULL with *e set, also when path is a folder, device or pipe.
 */
char *tempfile_create(const char *path, int *fd, struct error *e);

/* Give the file its name; frees name. False with *e set: then it is gone. */
bool tempfile_publish(char *name, const char *path, struct error *e);

/* Remove the file; frees name. NULL is fine. */
void tempfile_abandon(char *name);

/*
 * Start a thread that never is the one a signal ends the run on: only the
 * thread that makes outputs knows which are there, so every other thread is
 * started with this. False when no thread was to be had; nothing runs then.
 */
bool tempfile_thread(pthread_t *thread, void *(*run)(void *), void *argument);

/* Remove this folder too at such an end, if it is empty then; NULL: none any
 * more. One at a time; the path is copied. */
void tempfile_folder(const char *path);

#endif
