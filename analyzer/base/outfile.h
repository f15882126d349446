/*
 * An output file that appears whole or not at all: written under a temporary
 * name beside its own, which it gets when everything is on disk.
 */
#ifndef BASE_OUTFILE_H
#define BASE_OUTFILE_H

#include <stdbool.h>
#include <stdio.h>

#include "base/error.h"

struct outfile {
	FILE *stream;   /* write here; owned */
	char *path;     /* owned */
	char *tempfile; /* its name until then; NULL for standard output and
	                  for devices and pipes, which are written to */
	bool on_disk;   /* flushed, and nothing was written since */
};

/* Begin path; "-" is standard output, and what is no ordinary file is written
 * to as it is, never replaced. False with *e set. */
bool outfile_open(struct outfile *f, const char *path, struct error *e);

/* Bring everything to disk; the name is still to be given. Write no more. Any
 * thread may do this. */
bool outfile_flush(struct outfile *f, struct error *e);

/* Flush, and give the file its name; releases f either way. */
bool outfile_publish(struct outfile *f, struct error *e);

/* Give up: nothing stays behind. Fine on a zeroed or released f. */
void outfile_abandon(struct outfile *f);

/* True when the stream is a pipe whose reader has left: what cannot be written
 * there is not wanted. */
bool outfile_unread(FILE *stream);

#endif
