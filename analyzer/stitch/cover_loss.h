/*
 * How far a capture's own losses reach.
 */
#ifndef STITCH_COVER_LOSS_H
#define STITCH_COVER_LOSS_H

#include "model/coverage.h"
#include "model/vantage.h"

/*
 * The best that a capture can say of segments that it lacks, at a moment (its
 * clock, ns) and of so many copies, sent one after the other, that it would
 * have had to lose every one: WITNESSED when it lost nothing that matters,
 * COVERED when losing them all is far-fetched, LOSSY when it is not.
 */
enum coverage cover_loss(const struct vantage *v, int64_t ns, int copies);

#endif
