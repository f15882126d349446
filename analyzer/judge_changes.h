/*
 * What judging again has changed: for a person, and as JSON.
 */
#ifndef JUDGE_CHANGES_H
#define JUDGE_CHANGES_H

#include <stdio.h>

#include "render/json_writer.h"
#include "store/store.h"

/* How many verdicts and findings are different, and what the attempts came to. */
struct judge_changes {
	int64_t attempts;
	int64_t verdicts; /* attempts with another verdict */
	int64_t findings; /* causes found or weighed otherwise */
};

/* Count; false with *e set when the store cannot be read. */
bool judge_changes_count(
	struct store *s, struct judge_changes *c, struct error *e);

/* Lines for a person, the first of each kind; name is the case's or the file's,
 * and may be anything. */
bool judge_changes_print(struct store *s, const struct judge_changes *c,
	const char *name, FILE *out, struct error *e);

/* One object with all of them, in the order of attempts and causes. */
bool judge_changes_json(struct store *s, const struct judge_changes *c,
	const char *name, struct json_writer *w, struct error *e);

#endif
