/*
 * lostsyn batch: an archive of cases becomes a folder of reports and an index.
 *
 * Each case is analysed by a process of its own, with limits, so that a broken,
 * hanging or memory-eating case is one line in the index and nothing more. What
 * is on disk is whole at any moment: a batch that was killed is started again
 * with resume and ends with the same bytes as one that was not.
 *
 *	DIR/cases/<name>-<key>/  report.html report.json evidence.sqlite
 *	                         stderr.txt case.inputs case.quick case.state
 *	DIR/index.sqlite index.html index.ndjson unplaced.txt batch.log
 *	DIR/unfinished/                what is being made; emptied at each start
 *
 * The why of it: decisions/0009-batch.md.
 */
#ifndef BATCH_BATCH_H
#define BATCH_BATCH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "base/progress.h"
#include "base/sandbox.h"

struct batch_options {
	/* What is read and written. */
	const char *archive;     /* folder with the cases; NULL for merge */
	const char *out;         /* DIR */
	const char *const *said; /* folders of the archive, each one case */
	size_t said_count;
	const char *const *merge; /* shards' DIRs, or NULL */
	size_t merge_count;
	const char *const *rules; /* --rules folders, for the analyses */
	size_t rules_count;
	const char *const *patterns; /* --patterns folders, passed on */
	size_t patterns_count;
	const char *rules_sha256; /* of the rules that the analyses load */
	bool redact;              /* passed on to the analyses */
	const char *redact_key;   /* file, passed on, or NULL */
	/* What it makes of a result, as its state's "tool" ends: "" or
	   " --redact", or that with the key file's digest. */
	const char *redact_word;
	/* Bounds of one analysis, which its process takes on before it reads
	 * anything. */
	int jobs;          /* analyses at a time, >= 1 */
	uint32_t shard;    /* 1 to shards */
	uint32_t shards;   /* 1: everything */
	int64_t timeout_s; /* of one analysis, wall clock */
	int64_t memory_mb; /* address space of one analysis; 0: any */
	int64_t output_mb; /* largest file that one may write */
	bool rejudge;      /* what o->out holds; without an archive */
	/* What was done before counts; without it a folder that holds results
	 * is refused. */
	bool resume;
	bool quick; /* size and mtime stand for the content */
	bool dry_run;
	int64_t settle_s; /* leave out what changed within that time; 0: none */
	bool quiet;
	enum progress_mode progress;
	enum sandbox_wanted sandbox; /* of the batch and of its cases */
	/* Is this file a capture? By its first bytes; never blocks. */
	bool (*is_capture)(const char *path);
	/* `lostsyn analyze` and `lostsyn judge` with these arguments, called in
	 * a process of its own; the exit status. */
	int (*analyze)(void *context, int argc, char **argv);
	int (*judge)(void *context, int argc, char **argv);
	void *context; /* NULL: they load the rules, which the arguments name */
};

/* What came of it, for the exit status. */
struct batch_result {
	int64_t cases;
	int64_t usable;        /* analysed to the end */
	int64_t with_failures; /* of these, with failed attempts */
	int64_t unfinished;    /* timeout, memory, signal, disk; re-judging:
	                          stayed as they were */
	int64_t kept;          /* taken over from an earlier run */
	int64_t unplaced;      /* files and links that are in no case */
	int64_t duplicates;    /* of the usable: with the evidence of another */
	int64_t worse;         /* server ports at which more fails now */
	int64_t changed;       /* re-judged: with another verdict or finding */
};

/* Analyse the archive, or say what would be done (dry_run). False with *e set
 * when it could not be brought to its end; what is finished stays. */
bool batch_run(
	const struct batch_options *o, struct batch_result *r, struct error *e);

/* Judge the evidence in o->out by the rules of today, without the archive. */
bool batch_rejudge(
	const struct batch_options *o, struct batch_result *r, struct error *e);

/* Join the results of shards into o->out. */
bool batch_merge(
	const struct batch_options *o, struct batch_result *r, struct error *e);

#endif
