/*
 * report.json as somebody hands it in: the figures that two reports are
 * compared by.
 *
 * A report comes by mail or from a ticket, so its bytes are as hostile as a
 * capture's. What is taken from it has a bound; a report that says two things
 * at once (more failed attempts than attempts) is refused. The list of attempts
 * is not read: it is skipped byte by byte, so that memory does not grow with it.
 *
 * spec: analyzer/report/report.schema.json, version 1
 *
 * Costs: one pass over the bytes, and jansson's tree of what is left.
 */
#ifndef PARSERS_REPORT_REPORT_FILE_H
#define PARSERS_REPORT_REPORT_FILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/bytes.h"
#include "base/error.h"

/* More than a report has, by far; beyond it the file is refused. */
#define REPORT_FILE_VERDICTS_MAX 64
#define REPORT_FILE_SERVICES_MAX 200
#define REPORT_FILE_CLIENTS_MAX 500
#define REPORT_FILE_HOSTS_MAX 1000
#define REPORT_FILE_CAUSES_MAX 1000
#define REPORT_FILE_VANTAGES_MAX 64
/* Characters of one name; longer ones are cut. */
#define REPORT_FILE_TEXT_MAX 200
/* Attempts: what a double and a sum of 64 of them hold exactly. */
#define REPORT_FILE_COUNT_MAX INT64_C(1000000000000)
/* Levels of {} and []: the format has 6. */
#define REPORT_FILE_DEPTH_MAX 32

struct report_file_verdict {
	const char *verdict;
	int64_t count;
};

struct report_file_outcome {
	int64_t attempts, failed;
	int64_t undecided; /* undetermined, and not known to have failed */
	struct report_file_verdict *verdicts; /* as in the file, by name */
	size_t verdict_count;
};

struct report_file_client {
	const char *ip;
	int64_t attempts, failed, undecided;
};

struct report_file_service {
	const char *ip;
	int64_t port;
	struct report_file_outcome outcome; /* all 0: only logs know of it */
	int64_t slow;                       /* of what did not fail */
	int64_t reported;   /* failures that logs tell of beside the attempts */
	bool clients_known; /* the report counts by client */
	struct report_file_client *clients;
	size_t client_count;
	int64_t clients_left_out;
};

/* A machine, by the name and addresses that the evidence gives it. */
struct report_file_host {
	const char *name;
	const char **addresses;
	size_t address_count;
};

struct report_file_cause {
	const char *cause, *title, *confidence;
	const char *host; /* or NULL */
	int64_t attempts; /* that it explains */
	int64_t reported; /* and failures that logs alone tell of */
};

/* A vantage with a capture. */
struct report_file_vantage {
	const char *role;
	bool weak; /* one of its captures is not graded "good" */
};

struct report_file {
	const char *tool_version;
	const char *rules_sha256; /* or NULL */
	struct report_file_outcome all;
	bool services_known; /* the report counts by service */
	struct report_file_service *services;
	size_t service_count;
	int64_t services_left_out;
	struct report_file_host *hosts;
	size_t host_count;
	struct report_file_cause *causes;
	size_t cause_count;
	struct report_file_vantage *vantages; /* by role, each once */
	size_t vantage_count;
	const char *first, *last; /* of the overlap; NULL when there is none */
	/* SHA-256 of the captures, in the order of the file. */
	const char **captures;
	size_t capture_count;
};

/*
 * Read text. It is scribbled on. Everything in *file lives in a. False with *e
 * set, as "what; what to do" without the file's name, on anything that is no
 * report of version 1.
 */
bool report_file_read(struct report_file *file, char *text, size_t len,
	struct arena *a, struct error *e);

/*
 * Take the list of attempts out of text: what is left is text[0 .. *len). False
 * when brackets and strings do not match, or nest too deeply. In
 * report_file_cut.c; public for its test.
 */
bool report_file_cut(char *text, size_t *len);

#endif
