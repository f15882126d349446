/*
 * Reading one vantage's capture files, in order, into its tracker.
 */
#ifndef INGEST_FEED_H
#define INGEST_FEED_H

#include <time.h>

#include "base/digest.h"
#include "base/progress.h"
#include "ingest/case_files.h"
#include "ingest/anomaly_counts.h"
#include "ingest/track.h"

/* Different link types that one file is reported to hold. */
#define FEED_LINK_TYPES_MAX 8

struct feed_options {
	const char *filter; /* BPF expression, or NULL */
	int64_t from_ns;    /* captured clock; packets before are not read */
	int64_t to_ns;      /* and after */
	uint32_t limit;     /* sightings per vantage */
	uint32_t whole;     /* from so many on SYNs go into a crowd */
};

/* What became of one file. */
struct feed_piece {
	const struct case_file *file; /* borrowed */
	struct captured_time first;   /* unknown when without packets */
	struct captured_time last;
	struct capture_summary summary;
	char sha256[DIGEST_TEXT_MAX];
	uint8_t imprint[DIGEST_IMPRINT_BYTES]; /* digest_imprint of it */
	uint64_t raw_bytes;
	uint64_t packets;
	uint64_t first_frame; /* in the vantage's count, from 1; 0 when
	                                 the file was mixed with others */
	uint64_t kinds[PACKET_KIND_COUNT];
	uint64_t filtered_out; /* by --filter, --from, --to */
	struct anomaly_counts anomalies;
	uint16_t link_types[FEED_LINK_TYPES_MAX];
	int link_types_count;
	struct error error; /* it could not be read (to its end) */
	int late_fd;        /* open until late_hash is done with it; or -1 */
	struct timespec late_mtime; /* of the file when it was opened */
	int64_t source;             /* source.id, once its row is written */
	bool hash_owed;             /* the row was written without it */
};

/*
 * Read count pieces into v (zeroed but for its name). The order of pieces is
 * changed to that of their first packets. Files that cannot be read say so in
 * their piece.
 */
void feed_vantage(struct vantage *v, struct feed_piece *pieces, size_t count,
	const struct feed_options *options, struct progress *progress);

#endif
