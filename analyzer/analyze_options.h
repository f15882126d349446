/*
 * The command line of `lostsyn analyze`.
 */
#ifndef ANALYZE_OPTIONS_H
#define ANALYZE_OPTIONS_H

#include <stdbool.h>
#include <stdint.h>

#include "report/report.h"
#include "base/progress.h"
#include "base/sandbox.h"
#include "ingest/case_config.h"
#include "ingest/case_files.h"
#include "options.h"

/* What gives exit status 1, in the order of --fail-on's words. */
enum fail_on {
	FAIL_ON_FAILED, /* attempts that failed, or may have */
	FAIL_ON_SLOW,   /* attempts that succeeded late */
	FAIL_ON_ANY,    /* both */
	FAIL_ON_NEVER,
};

struct analyze_options {
	struct case_files *files;   /* borrowed: what options name goes there */
	struct case_config *config; /* borrowed: zones and years */
	const char *const *paths;   /* of argv; what is analysed */
	size_t paths_count;
	const char *out;  /* -o, or NULL for <case name>.lostsyn */
	const char *json; /* --json, or NULL */
	const char *html;
	const char *db;
	const char *markdown; /* --markdown, or NULL: none is written */
	const char *junit, *sarif;
	enum report_ticket ticket; /* on standard output */
	const char *filter;
	struct option_list rules;
	struct option_list patterns;
	int64_t from_ns;
	int64_t to_ns;
	int64_t limit;       /* sightings per vantage, below 2^31 */
	int64_t crowd_after; /* from so many on lone SYNs are counted */
	int64_t timeout_s;   /* of reading; 0: none */
	enum progress_mode progress;
	const char *redact_key; /* file, or NULL: from the evidence */
	bool redact;
	bool all_attempts;
	bool quiet;
	bool verbose;
	int64_t slow_us; /* a success that took longer is slow */
	enum fail_on fail_on;
	enum sandbox_wanted sandbox;
	bool follow_links;
	bool force; /* write over another case's report */
	bool help;
};

/* Read argv; files named on it go to files, zones and years to config. False
 * with *e set on a bad one. */
bool analyze_options_read(struct analyze_options *o, struct case_files *files,
	struct case_config *config, int argc, char **argv, struct error *e);

#endif
