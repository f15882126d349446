/*
 * What decode prints of a source that is no capture: its records, a line each,
 * and last the accounting, "# kind: N lines = M recognised + K other".
 */
#ifndef DECODE_H
#define DECODE_H

#include "ingest/case_files.h"
#include "ingest/stream.h"
#include "parsers/patterns/pattern.h"

/* "# name": what follows is of this member of an archive. */
void decode_heading(const char *name);

/*
 * All of an open stream to standard output, with the lines of f's whole; sink hears of anomalies. What the
 * files say is printed with control and other hidden characters replaced.
 */
void decode_flows(
	struct stream *s, const struct case_file *f, struct anomaly_sink sink);
/* False when f is a text in which nothing is known; then nothing is printed. */
bool decode_log(struct stream *s, const struct case_file *f,
	const struct pattern_set *set);
void decode_snapshot(
	struct stream *s, const struct case_file *f, struct anomaly_sink sink);

/* Every part that is known, with the lines of the whole. */
void decode_transcript(struct stream *s, const struct pattern_set *set,
	struct anomaly_sink sink);

#endif
