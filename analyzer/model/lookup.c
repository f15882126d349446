/*
 * The words for how a lookup ended.
 */
#include "model/lookup.h"

static const char *const ids[] = {
#define X(constant, id) id,
#include "model/lookup.def"
#undef X
};

const char *
lookup_outcome_id(enum lookup_outcome o)
{
	return ids[o];
}
