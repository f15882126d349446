/*
 * The comments of lostsyn extract --annotate: what the report says of each
 * packet of the chosen attempts, for the slices.
 */
#ifndef EXTRACT_NOTES_H
#define EXTRACT_NOTES_H

#include "extract_choice.h"

/* Give the targets of every vantage of p, whose attempts are chosen in s, their
 * notes. False with *e set when the report cannot be read. */
bool extract_notes_read(
	struct extract_plan *p, struct store *s, struct error *e);

#endif
