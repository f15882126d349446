/*
 * Attempts of which a device on the way changed address, port and sequence
 * number (PAT with randomised sequence numbers).
 */
#ifndef STITCH_REWRITTEN_H
#define STITCH_REWRITTEN_H

#include "stitch/match.h"

/*
 * Pair the attempts that match_run left and only one of two vantages saw by what
 * such a device leaves, where chance alone would do as well in less than one
 * case of a million (REWRITTEN_CHANCE); else pair none.
 */
void rewritten_match(struct match *m, struct vantage *vantages, size_t count);

#endif
