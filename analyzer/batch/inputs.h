/*
 * What a case's result depends on: its files, by content.
 *
 *	case.inputs   a line per file: SHA-256, bytes, kind, role, name
 *	quick digest  over names, sizes and times of change, for --quick
 *
 * Costs: nothing but names and times for what an analysis has read, because
 * that was hashed as it was read (inputs_take); the rest, and what --resume
 * compares, is read and hashed once (1.5 GB/s).
 */
#ifndef BATCH_INPUTS_H
#define BATCH_INPUTS_H

#include <stdio.h>

#include "base/digest.h"
#include "batch/plan.h"

/* Files of one case; analyze's own bound. */
#define INPUTS_FILES_MAX 20000
#define INPUTS_DEPTH_MAX 8

struct input {
	const char *path; /* to open it */
	const char *name; /* below the case's folder, or the file's own */
	const char *role; /* or NULL */
	const char *kind; /* entry_kind_name */
	int64_t bytes;
	int64_t mtime_ns;
	char sha256[DIGEST_TEXT_MAX]; /* "-" for what is no plain file */
};

struct inputs {
	struct arena arena;
	struct input *list; /* by name; owned */
	size_t count;
	size_t room;
};

/* Find the files of a case. What cannot be listed is left to the analysis to
 * complain about. Only a worker has such a list: what it takes, the end of its
 * process gives back. */
void inputs_find(struct inputs *in, const struct batch_case *c);

/* Digest of names, sizes and times of change. */
void inputs_quick(const struct inputs *in, char hex[DIGEST_TEXT_MAX]);

/* Take the digests of the files that an analysis has read from the
 * evidence.sqlite that it wrote: of the very bytes that it saw. */
void inputs_take(struct inputs *in, const struct batch_case *c, const char *db,
	bool own);

/* Read and hash every file that has no digest yet. One that cannot be read, or
 * is no longer as inputs_find found it, keeps the digest "-". */
void inputs_hash(struct inputs *in);

/* The lines of case.inputs; names are percent-escaped (inputs_escape). */
void inputs_write(const struct inputs *in, FILE *out);

/* Digest of these lines. */
void inputs_digest(const struct inputs *in, char hex[DIGEST_TEXT_MAX]);

/* name with every byte but letters, digits and "-_./~" as %XX. In a. */
char *inputs_escape(struct arena *a, const char *name);

/* The reverse, in place. */
void inputs_unescape(char *name);

#endif
