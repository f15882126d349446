/*
 * The command line of `lostsyn analyze`.
 */
#ifndef ANALYZE_OPTIONS_H
#define ANALYZE_OPTIONS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/progress.h"
#include "ingest/case_config.h"
#include "ingest/case_files.h"
#include "ingest/pattern_folders.h"

#define ANALYZE_RULE_FOLDERS_MAX 16

/* What gives exit status 1. */
enum fail_on {
	FAIL_ON_FAILED, /* attempts that failed, or may have */
	FAIL_ON_SLOW,   /* attempts that succeeded late */
	FAIL_ON_ANY,    /* both */
	FAIL_ON_NEVER,
};

struct analyze_options {
	const char *const *paths; /* of argv; what is analysed */
	size_t paths_count;
	const char *out;  /* -o, or NULL for <case name>.lostsyn */
	const char *json; /* --json, or NULL */
	const char *html;
	const char *db;
	const char *markdown; /* --markdown, or NULL: none is written */
	const char *filter;
	const char *rules[ANALYZE_RULE_FOLDERS_MAX];
	size_t rules_count;
	const char *patterns[PATTERN_FOLDERS_MAX];
	size_t patterns_count;
	int64_t from_ns;
	int64_t to_ns;
	uint32_t limit; /* sightings per vantage */
	enum progress_mode progress;
	const char *redact_key; /* file, or NULL: from the evidence */
	bool redact;
	bool all_attempts;
	bool quiet;
	bool verbose;
	int64_t slow_us; /* a success that took longer is slow */
	enum fail_on fail_on;
	bool no_sandbox;
	bool require_sandbox; /* fail where it is not complete */
	bool follow_links;
	bool help;
};

/* Read argv; files named on it go to files, zones and years to config. False
 * with *e set on a bad one. */
bool analyze_options_read(struct analyze_options *o, struct case_files *files,
	struct case_config *config, int argc, char **argv, struct error *e);

/* What --help prints. Static storage. */
const char *analyze_usage(void);

#endif
