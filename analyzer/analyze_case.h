/*
 * What one run of lostsyn analyze holds, and the stations of its way: open, read,
 * stitch, judge, report. cmd_analyze.c calls them in that order, and nobody else
 * does.
 */
#ifndef ANALYZE_CASE_H
#define ANALYZE_CASE_H

#include "analyze_options.h"
#include "ingest/ingest.h"
#include "judge/judge.h"
#include "redact/redactor.h"
#include "report/report.h"

/* All of it is released at the run's end. */
struct analyze_case {
	struct analyze_options options;
	struct case_files files;
	struct case_config config;
	struct ingest ingest;
	struct event_list events;
	struct rule_set *rules;
	struct pattern_set *patterns; /* with --patterns, or NULL */
	const struct rule_set *given; /* rules of the caller's, or NULL */
	struct store *store;
	struct report *report;
	struct redactor *redactor; /* NULL without --redact */
	struct progress progress;
	struct arena names;
	const char *json; /* where the outputs go; html and db may be NULL */
	const char *html;
	const char *db;
	const char *second; /* file named by an option, or NULL */
	size_t named;       /* files named by options */
	bool guarded;       /* the folder may hold another case's report */
	bool small; /* few attempts: what saves time in large cases costs */
	const char *made;    /* output folder that this run made, or NULL */
	const char *sandbox; /* how much of it: sandbox_enter */
};

/*
 * Find the files of the case, choose where the outputs go, and give up the rest
 * of the machine; then the rules and patterns are loaded. No byte from outside
 * has been parsed before. False with *e set, as all of these.
 */
bool analyze_open(struct analyze_case *c, struct error *e);

/* Read every file of the case into memory. */
bool analyze_read(struct analyze_case *c, struct error *e);

/* Into the store: what was read, with what the report says of the case. */
bool analyze_keep(struct analyze_case *c, struct error *e);

/* Where the outputs go (analyze_case.json and the like); the folder is made when
 * it is not there. */
bool analyze_choose_outputs(struct analyze_case *c, struct error *e);

/* Every output, under its name once all of them are on disk; then the summary on
 * the terminal. */
bool analyze_write(struct analyze_case *c, struct error *e);

/* Give it all back; a folder that this run made and left empty is removed. */
void analyze_release(struct analyze_case *c);

#endif
