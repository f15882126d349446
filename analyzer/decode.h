/*
 * What decode prints of a source that is no capture: its records, a line each,
 * and last the accounting, "# kind: N lines = M recognised + K other".
 */
#ifndef DECODE_H
#define DECODE_H

#include "ingest/stream.h"
#include "parsers/flow/flow.h"
#include "parsers/host/host.h"
#include "parsers/log/log.h"

/*
 * All of an open stream to standard output; sink hears of anomalies. What the
 * files say is printed with control and other hidden characters replaced.
 */
void decode_flows(struct stream *s, const char *kind, struct anomaly_sink sink);
void decode_log(struct stream *s, enum log_family family);
void decode_snapshot(struct stream *s, enum host_kind kind, const char *name,
	struct anomaly_sink sink);

#endif
