/*
 * How many attempts at one service show the same.
 *
 * One packet that a capture lacks convicts nobody: the capture may have missed
 * it. Several attempts that lack the same packet, each at another moment, are
 * not one capture's own miss.
 */
#ifndef STITCH_ALIKE_H
#define STITCH_ALIKE_H

#include <stdbool.h>

#include "base/error.h"
#include "store/store.h"

/* Set the fact alike of attempts whose segments were not repeated. */
bool alike_write(struct store *s, struct error *e);

#endif
