/*
 * The folder of results: its lock, its cases, what is whole and what is not.
 */
#ifndef BATCH_RESULTS_H
#define BATCH_RESULTS_H

#include "base/arena.h"
#include "batch/batch.h"
#include "batch/plan.h"
#include "batch/state.h"

struct results {
	struct arena arena;
	const char *dir;
	const char *cases; /* DIR/cases */
	const char *work;  /* DIR/unfinished */
	int lock;          /* descriptor; -1 */
};

/*
 * Open DIR for one batch: made when it is not there, locked against a second
 * batch, left-overs of a killed one removed. Results that are there already
 * are refused unless resume. Release with results_close in either case.
 */
bool results_open(
	struct results *r, const char *dir, bool resume, struct error *e);
void results_close(struct results *r);

/* DIR/cases/FOLDER, or NULL when there is none. In r's memory. */
const char *results_earlier(struct results *r, const char *folder);

/* What the case.state in it says; false when there is no whole one. */
bool results_state(
	struct results *r, const char *folder, struct batch_state *s);

/* An empty DIR/unfinished/FOLDER; NULL with *e set when it cannot be made. */
const char *results_work(
	struct results *r, const char *folder, struct error *e);

/*
 * Write case.state into DIR/unfinished/FOLDER and move it to DIR/cases/FOLDER, in the
 * place of an earlier one. Half-made outputs of a case that did not end well
 * are removed first.
 */
bool results_publish(struct results *r, const char *folder,
	const struct batch_state *s, struct error *e);

/* Drop DIR/unfinished/FOLDER. */
bool results_discard(struct results *r, const char *folder, struct error *e);

/* Move DIR/unfinished/NAME, a file, to DIR/NAME. */
bool results_place(struct results *r, const char *name, struct error *e);

/* Write the sorted list of files that are in no case: unplaced.txt. */
bool results_unplaced(struct results *r, const char *const *names, size_t count,
	struct error *e);

#endif
