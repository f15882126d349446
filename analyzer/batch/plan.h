/*
 * Which cases an archive holds.
 *
 * A case is, in this order: a folder that --case names; a folder with case.yaml; a folder with parts or
 * captures named client and server as analyze takes them, or network; captures of one
 * incident named by their ends (names.h); any other capture, and any archive, alone. What is
 * none of these is listed as unplaced, never silently left out. Where there is no
 * case at all, each folder directly in it is one of logs alone, or the archive
 * itself where it has none.
 */
#ifndef BATCH_PLAN_H
#define BATCH_PLAN_H

#include "base/arena.h"
#include "batch/batch.h"

/* Bounds of an archive; beyond them the batch stops and says so. */
#define PLAN_DEPTH_MAX 32
#define PLAN_ENTRIES_MAX 5000000

/* Hex digits of a case's key: 64 bits of the SHA-256 of its name. */
#define PLAN_KEY_LEN 16

enum case_kind { CASE_FOLDER, CASE_PAIR, CASE_SINGLE };

/* A file that is named on the analysis's command line, or its folder. */
struct case_part {
	const char *path; /* to open it */
	const char *role; /* "client", "server" or NULL */
	bool capture;     /* false: other evidence */
};

struct batch_case {
	const char *name;   /* path in the archive, "." for the archive itself;
	                       any bytes; unique in a plan */
	const char *folder; /* of its results in DIR/cases: safe letters only */
	char key[PLAN_KEY_LEN + 1];
	enum case_kind kind;
	struct case_part *parts;
	size_t parts_count;
};

struct plan {
	struct arena arena;
	struct batch_case *cases; /* by name; owned */
	size_t count;
	size_t room;
	const char **unplaced; /* paths in the archive, by name; owned */
	size_t unplaced_count;
	size_t unplaced_room;
};

/*
 * Walk the archive. Its folder o->out is left out when it lies inside. Links to
 * folders are not followed. Release with plan_release in either case.
 */
bool plan_make(struct plan *p, const struct batch_options *o, struct error *e);
void plan_release(struct plan *p);

/* "folder/entry", or "entry" in the archive itself. */
const char *plan_join(struct arena *a, const char *folder, const char *entry);

/* For the walk: add a case or an unplaced file, and bring all of it in order,
 * with one name for one case, for a pair may be called as a folder is. */
struct batch_case *plan_add(
	struct plan *p, enum case_kind kind, const char *name);
void plan_unplaced(struct plan *p, const char *name);
void plan_settle(struct plan *p);

/* Keep the cases of one shard only; each case is in exactly one. */
void plan_keep_shard(struct plan *p, uint32_t shard, uint32_t shards);

/* The shard (1 to shards) of the case with this name. */
uint32_t plan_shard_of(const char *name, uint32_t shards);

/* Word for a kind; static. */
const char *case_kind_name(enum case_kind kind);

/* Is this the name of a result folder as plan_make gives them: the last part of
 * a case's name, "-", its key? Nothing else is looked for below cases/. */
bool plan_is_result_folder(const char *name);

#endif
