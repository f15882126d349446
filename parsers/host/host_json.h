/*
 * A snapshot that is JSON: the pull reader of parsers/json over a run's file,
 * with its lines numbered and its troubles noted.
 *
 *	struct host_json h;
 *	host_json_open(&h, r);
 *	while (host_json_next(&h) != JSON_END)
 *		... h.json.value, json_key(&h.json), h.json.depth ...
 *	host_json_close(&h);
 *
 * Reading stops at the first byte that fits no JSON, with an anomaly; lines up
 * to there count as recognised.
 */
#ifndef PARSERS_HOST_HOST_JSON_H
#define PARSERS_HOST_HOST_JSON_H

#include "parsers/host/run.h"
#include "parsers/json/json.h"

struct host_json {
	struct json json;
	struct host_run *run;
	size_t behind; /* bytes of the file before the JSON: a byte order mark */
};

void host_json_open(struct host_json *h, struct host_run *r);
enum json_token host_json_next(struct host_json *h);
void host_json_close(struct host_json *h);

/* Note why a reader of part of the run's file stopped, if it did. */
void host_json_trouble(struct host_run *r, const struct json *j);

#endif
