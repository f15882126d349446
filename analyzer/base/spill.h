/*
 * Memory that lies in a file without a name: what is too much to be held and is
 * passed through in order, over and over.
 *
 * A piece is used like any other memory. Where spill_rest is told that it will not
 * be needed for a while, it takes no room in memory until it is touched again. The
 * file is below TMPDIR, /var/tmp or /tmp; nobody else can open it and it is gone when
 * the run ends. Where that folder is in memory itself (tmpfs), nothing is won.
 *
 * Opened before the sandbox is entered, because nothing can be opened there
 * afterwards. It costs one system call when nothing is spilled, a page fault for 4 KB
 * when something is.
 */
#ifndef BASE_SPILL_H
#define BASE_SPILL_H

#include <stddef.h>

/* So much stays free where the file lies: the report may have to be written there.
 * Bytes. */
#define SPILL_LEAVE ((unsigned long long)1 << 30)

/* Open the file; once a process, before threads. Without it spill_take fails. */
void spill_open(void);

/* len zeroed bytes of the file, a multiple of 4096; any thread. NULL when there is no
 * file or no room: then the caller takes memory. Given back with spill_free. */
void *spill_take(size_t len);

/* The piece leaves memory and stays what it is. */
void spill_rest(void *piece, size_t len);

/* The piece is gone; its room in the file stays taken until the run ends. */
void spill_free(void *piece, size_t len);

/* Bytes of the file that were asked for, whether they were to be had or not. */
unsigned long long spill_used(void);

/* An empty file without a name for this process alone, below TMPDIR, /var/tmp or
 * /tmp; -1 when none can be made. The caller closes it. */
int spill_unnamed(void);

#endif
