/*
 * Captures that lie side by side: each is of a machine, or a piece of one that
 * a program wrote into several files.
 *
 * A number in a name says neither: 1.pcap, 2.pcap and 3.pcap may be three
 * machines' or one's that was rotated. Their packets tell.
 */
#ifndef INGEST_CASE_PIECES_H
#define INGEST_CASE_PIECES_H

#include "ingest/case_files.h"

/* Give every capture that has no machine yet one. Reads up to
 * CASE_PIECE_SKIM_BYTES of those of which names leave it open. */
void case_pieces_place(struct case_files *c);

/* Do captures in a folder, whose names name no machine, show by their packets
 * that they were made at several places at one time? skip: bytes of the folder's
 * name, which is borrowed, and its slash. */
bool case_pieces_apart(struct case_files *c, const char *folder, size_t skip);

/* What is read of a capture, unpacked: pieces of rotated captures are 1 to 100
 * MB as a rule, and captures that overlap show it sooner. */
#define CASE_PIECE_SKIM_BYTES (UINT64_C(64) * 1024 * 1024)

#endif
