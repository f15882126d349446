/*
 * The datapoints of a metric, as cloud monitors print them: an array of objects,
 * each with its period's start and one statistic or several.
 *
 *	[{"Timestamp":"2026-11-20T23:38:00Z","Sum":12.0,"Unit":"Count"}, ...]
 *
 *	struct datapoints points = {.when_key = "Timestamp", .statistics = {...}};
 *	datapoints_open(&points, array);
 *	while (datapoints_next(&points))
 *		... points.when, points.number ...
 *	host_json_trouble(run, &points.json);
 */
#ifndef PARSERS_HOST_DATAPOINTS_H
#define PARSERS_HOST_DATAPOINTS_H

#include <stdbool.h>

#include "base/bytes.h"
#include "parsers/host/run.h"
#include "parsers/json/json.h"

/* Statistics of one period that are told apart: a sum, an extreme, a mean. */
#define DATAPOINT_STATISTICS 3

struct datapoints {
	/* By the caller: the member that holds a period's start, and those that
	   hold a number, the one that counts first before the others. */
	const char *when_key;
	const char *statistics[DATAPOINT_STATISTICS];
	/* Of the point that was read last, both within the array's text; empty
	   where it has none. */
	struct view when;
	struct view number;
	struct json json;
};

/* array: the JSON text of the array, kept as long as its points are read. */
void datapoints_open(struct datapoints *p, struct view array);

/* The next point; false at the end, or where the JSON broke off. */
bool datapoints_next(struct datapoints *p);

/* Longest name of a metric's level in bytes; what is longer is cut: metrics with
   what they are divided by have some forty characters. */
#define DATAPOINT_NAME_MAX 120

/* A point as a level of this name, with its period's start as scope and fractions
   cut. False, with ANOMALY_SNAPSHOT_VALUE_RANGE noted, where it has no time, or no
   number of at least 0. */
bool datapoint_emit(struct host_run *run, struct view when, struct view number,
	struct view name);

#endif
