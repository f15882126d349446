/*
 * From one folder's entries to cases.
 */
#ifndef BATCH_FORM_H
#define BATCH_FORM_H

#include "batch/folder.h"
#include "batch/names.h"
#include "batch/plan.h"

/* What is known of a file before cases are formed. */
struct looked_at {
	bool capture;
	bool taken; /* belongs to a case */
	struct name_parts parts;
};

struct listing {
	const char *path;
	const char *name; /* in the archive, "" for the archive itself */
	struct entry *entries;
	size_t count;
	struct looked_at *seen; /* one per entry */
};

/* Tell captures from other files, and read their names. */
void form_look(struct listing *l, bool (*is_capture)(const char *path),
	struct arena *a);

/* Is the folder as a whole a case? */
bool form_is_case(const struct listing *l);

/* Make cases of the captures in it; the other files become their evidence or
 * unplaced. */
void form_cases(struct plan *p, struct listing *l);

#endif
