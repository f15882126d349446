/*
 * Names that a snapshot does not spell out ("cpu0", "filter INPUT 3: ..."), put
 * together in the run's own room; too long ones are cut and say so.
 */
#ifndef PARSERS_HOST_SCRATCH_H
#define PARSERS_HOST_SCRATCH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/bytes.h"

/* Text that is put together, at most this many bytes; the rest is cut. */
#define SCRATCH_MAX 240

struct scratch {
	char data[SCRATCH_MAX];
	size_t len;
	bool cut;
};

void scratch_clear(struct scratch *t);
void host_scratch_add(struct scratch *t, struct view v);
void scratch_adds(struct scratch *t, const char *s);
void scratch_add_number(struct scratch *t, uint64_t n);
struct view scratch_view(const struct scratch *t);

#endif
