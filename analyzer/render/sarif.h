/*
 * SARIF, which code hosts and editors show as a list of findings.
 *
 * spec: OASIS, Static Analysis Results Interchange Format 2.1.0 (sections 3.13
 *       log file, 3.19 tool component, 3.27 result, 3.28 location)
 */
#ifndef RENDER_SARIF_H
#define RENDER_SARIF_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "render/json_writer.h"

/* What results are instances of. */
struct sarif_rule {
	const char *id, *words;
};

struct sarif_result {
	size_t rule;       /* index */
	const char *level; /* "error", "warning" or "note" */
	const char *message;
	const char *subject; /* what it is about, as a name */
	const char *path;    /* the file that shows it, or NULL */
	int64_t line;        /* in it, -1: none */
};

/* Begin a log of one run; rules may be NULL when there are none. */
void sarif_begin(struct json_writer *w, FILE *out, const char *version,
	const struct sarif_rule *rules, size_t rule_count);
void sarif_result(struct json_writer *w, const struct sarif_rule *rules,
	const struct sarif_result *r);
void sarif_end(struct json_writer *w);

#endif
