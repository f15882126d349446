/*
 * Log lines that a terminal broke at its width, as copying from one gives them:
 *
 *	Nov 21 00:37:27 web-01 kernel: nf_conntrack: nf_conntrack: table full, dropping
 *	 packet
 */
#ifndef INGEST_WRAPS_H
#define INGEST_WRAPS_H

#include "base/arena.h"
#include "base/bytes.h"

/* Is the text a log whose longest lines go on, without an envelope, on the next
 * line, and which has no other lines without one? It has to show that a terminal
 * broke them: by its width, or by breaking at different words. */
bool wraps_has(struct view text);

/*
 * The same text with its lines made whole, in the arena, and the number of each
 * by those of the broken ones' first; false, with nothing changed, where
 * wraps_has is not true.
 */
bool wraps_join(struct view *text, const uint32_t **lines, struct arena *a);

#endif
