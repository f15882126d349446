/*
 * A table and lines of a log in one text, as somebody copied one into the other:
 *
 *	Nov 20 23:41:22 db-02 kernel: nf_conntrack: table full, dropping packet
 *	TCP Statistics for IPv4
 *	  Failed Connection Attempts          = 13
 *	Nov 20 23:41:23 db-02 kernel: nf_conntrack: table full, dropping packet
 *
 * No line is of both: each of the log's names its program and has a time, and
 * the table's parser reads what is left, and none of them.
 */
#ifndef INGEST_MIXTURE_H
#define INGEST_MIXTURE_H

#include "ingest/transcript_rows.h"

/* The owners of the lines: 0 the table, 1 the log. False, with nothing to be
 * released, where the text is no such mixture. */
bool mixture_split(struct transcript_row *row, struct view text);

/* Is the text one? */
bool mixture_is(struct view text);

#endif
