/*
 * Which attempts are wanted, and what an evidence.sqlite knows of them: files,
 * 4-tuples and times at each vantage.
 */
#ifndef EXTRACT_CHOICE_H
#define EXTRACT_CHOICE_H

#include "base/arena.h"
#include "base/digest.h"
#include "ingest/ingest.h"
#include "ingest/slice.h"
#include "store/store.h"

struct extract_choice {
	const char *attempts; /* "3,5,8-12", or NULL */
	const char *verdict;  /* or NULL */
	int64_t first;        /* of each verdict at most; 0: all */
	bool only;            /* no witnesses */
	int64_t margin_ns;    /* before and after an attempt */
};

/* A capture that the analysis read. */
struct extract_source {
	const char *name;
	const char *sha256;
	int64_t bytes;
	int64_t vantage; /* index in extract_plan.vantages */
	int64_t first_ns, last_ns;
	int64_t dropped;    /* -1: not said */
	const char *filter; /* of the capture, or NULL */
	const struct case_file
		*file; /* where it was found, or NULL; borrowed */
};

struct extract_vantage {
	const char *name;
	/* What its slice is called: its name, or where nobody said and no
	 * packet shows that it is that end, its machine's: the slice must not
	 * say what the whole did not. */
	const char *file_name;
	struct slice_targets targets;
	/* When the whole capture ran, as far as its packets tell. */
	struct captured_time started, ended;
	int64_t dropped;
	const char *filter; /* with which it was made, or NULL */
};

struct extract_plan {
	struct arena arena;
	struct extract_vantage vantages[INGEST_VANTAGES_MAX];
	size_t vantages_count;
	struct extract_source *sources; /* owned; by vantage and time */
	size_t sources_count;
	int64_t attempts;
	int64_t witnesses; /* attempts beside them */
};

/* Read it all from s. False with *e set when nothing is chosen, or when s was
 * redacted: its addresses are in no capture. */
bool extract_plan_read(struct extract_plan *p, struct store *s,
	const struct extract_choice *choice, struct error *e);
void extract_plan_release(struct extract_plan *p);

#endif
