/*
 * Where the members of archives lie while they are read: one file without a
 * name, that nobody else can open and that is gone when the run ends.
 *
 * It is memory up to SPOOL_MEMORY bytes. What is more goes to a file below
 * TMPDIR, /var/tmp or /tmp that never had a name (O_TMPFILE); where none can be
 * made there, memory up to SPOOL_MEMORY_ALONE has to do. Members are appended
 * one behind the other and read as parts of it (stream_take_part).
 *
 * Opened before the sandbox is entered, because nothing can be opened there
 * afterwards. It costs two system calls when no archive comes.
 */
#ifndef INGEST_SPOOL_H
#define INGEST_SPOOL_H

#include <stdbool.h>
#include <stdint.h>

#include "base/bytes.h"
#include "base/error.h"

#define SPOOL_MEMORY (UINT64_C(128) * 1024 * 1024)
#define SPOOL_MEMORY_ALONE (UINT64_C(1024) * 1024 * 1024)

/* What all archives of a case may bring, at most. */
#define SPOOL_BYTES_MAX (UINT64_C(8) * 1024 * 1024 * 1024)

struct spool {
	int memory; /* owned; -1 when there is none */
	int disk;   /* owned; -1 when there is none */
	bool on_disk;
	uint64_t used; /* bytes */
};

void spool_begin(struct spool *s);
void spool_release(struct spool *s);

/* The descriptor that all bytes can be read from; borrowed. It changes when
 * bytes move to disk: ask again for every member. -1 when there is none. */
int spool_fd(const struct spool *s);

/* Append bytes. False with *e set (environment) when there is no more room. */
bool spool_add(struct spool *s, struct view bytes, struct error *e);

/* Forget what was appended from byte `used` on. */
void spool_cut(struct spool *s, uint64_t used);

#endif
