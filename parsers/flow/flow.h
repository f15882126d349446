/*
 * One flow-log record after the other, out of the logs of clouds and collectors.
 *
 * Pure and incremental like parsers/capture: the caller owns a window of
 * consecutive bytes and moves it forward. Unpacking is the caller's.
 *
 *	struct flow_reader *r = flow_new(sink);
 *	for (;;) {
 *		switch (flow_next(r, &window, at_eof, &record)) {
 *		case FLOW_RECORD: ... its views last until the next call ...
 *		case FLOW_MORE:   ... give it flow_need(r) bytes or eof ...
 *		case FLOW_END:    ... nothing more can be read ...
 *		}
 *	}
 *
 * Text (AWS): with the header line of S3 files, any fields in any order, also
 * several files joined; without one, the default layouts only. JSON (all
 * three): documents with a "records", "events", "logEvents", "entries" or
 * "results" array, arrays, and objects one behind the other. A document is
 * never held whole, only one element of its array (json_scan.h).
 *
 * A bad line is an anomaly (ANOMALY_FLOW_*, noted here and nowhere else) and
 * counted; after damage the reader finds the next line or object by itself.
 *
 * A record says that packets existed in a window of time and what a filter did
 * with them, not when each passed: times are coarse, logs are best effort, and
 * some are sampled. Three cautions hold for whoever concludes from one:
 *
 * - "passed" is at the interface of the record and in its direction, somewhere
 *   in its window, which may lie up to 60 s beside the packet;
 * - the absence of a record proves nothing where the log is sampled, where any
 *   record of the interface has a hole, or outside the log's coverage;
 * - a REJECT names neither security group nor network ACL, and AWS also writes
 *   it for packets that arrive after a connection was closed.
 *
 * Cost: 0.3 us a text line; JSON runs at 60 MB/s, most of it in the library:
 * 1.2 us a tuple of Azure, 17 us a LogEntry of 1 KB. Memory is one line or one
 * JSON element with its tree.
 */
#ifndef PARSERS_FLOW_FLOW_H
#define PARSERS_FLOW_FLOW_H

#include <stdbool.h>
#include <stdint.h>

#include "base/bytes.h"
#include "base/clock.h"
#include "base/ip.h"
#include "parsers/anomaly.h"

/* Bytes of a file's beginning that flow_recognise should be given. */
#define FLOW_HEAD_BYTES ((size_t)8192)

/*
 * The longest text line that is believed. All fields of all versions with the
 * longest tags and ARNs stay below 20 KiB.
 */
#define FLOW_LINE_MAX ((size_t)64 * 1024)

/*
 * The longest element of a JSON document that is believed. Azure writes one
 * per interface and minute: 100 bytes a flow, so 160 thousand flows.
 */
#define FLOW_ELEMENT_MAX ((size_t)16 * 1024 * 1024)

enum flow_format {
	FLOW_FORMAT_NONE, /* not a flow log */
#define X(constant, id, cloud, meaning) FLOW_FORMAT_##constant,
#include "parsers/flow/flow_parsers.def"
#undef X
	FLOW_FORMAT_COUNT
};

enum flow_status {
	FLOW_RECORD, /* record filled, window moved */
	FLOW_MORE,   /* the window ends inside a line or element */
	FLOW_END,    /* end of file */
};

enum flow_action {
	/* The log has no such field: a layout without action, a transit
	   gateway, packets that Google samples before the firewall. */
	FLOW_ACTION_UNKNOWN,
	FLOW_ACTION_ACCEPT,
	FLOW_ACTION_REJECT,
	FLOW_ACTION_NODATA,   /* no traffic in the window; no addresses */
	FLOW_ACTION_SKIPDATA, /* records were lost in the window */
};

/* Relative to the interface that the record is about. */
enum flow_direction {
	FLOW_DIRECTION_UNKNOWN,
	FLOW_DIRECTION_INGRESS,
	FLOW_DIRECTION_EGRESS,
};

struct flow_address {
	struct ip_addr ip; /* meaningless unless has */
	bool has;
};

/*
 * One record; the columns of table flow_record, -1 or empty where they would
 * be NULL. Every view is borrowed until the next flow_next or flow_free.
 */
struct flow_record {
	/* 1-based: the line of a text; in JSON the how-manieth tuple, event
	   or entry of the file */
	uint64_t line;
	enum flow_format format;
	struct view text;      /* the line or tuple; empty for GCP */
	struct view interface; /* ENI, attachment, MAC or VM name */
	/* UTC; CLOCK_UNKNOWN_NS where the layout has no such field. Azure gives
	   one instant, which is both. */
	int64_t start_ns;
	int64_t end_ns;
	struct flow_address src;
	struct flow_address dst;
	int32_t src_port; /* 0 to 65535, or -1 */
	int32_t dst_port;
	int16_t protocol;            /* IANA number, or -1 */
	struct flow_address pkt_src; /* in the packet, where src is the ENI's */
	struct flow_address pkt_dst;
	int64_t packets; /* from src to dst; -1 unknown, as below */
	int64_t bytes;
	int64_t reply_packets; /* from dst to src, only Azure */
	int64_t reply_bytes;
	enum flow_action action;
	int16_t tcp_flags; /* ORed over the window; -1 unknown */
	enum flow_direction direction;
	char state;         /* Azure: B, C, E, D; otherwise 0 */
	bool sampled;       /* absence of a record means nothing */
	struct view rule;   /* the rule that decided */
	struct view reason; /* why it was rejected or lost, see the parsers */
};

/* Accounting: read = records + other. */
struct flow_summary {
	enum flow_format format; /* of the first record */
	uint64_t read;           /* lines, tuples, events, entries */
	uint64_t records;        /* handed out as FLOW_RECORD */
	uint64_t other; /* blank and header lines, and all of the below */
	uint64_t malformed;
	uint64_t no_header;
	uint64_t too_long;
	uint64_t foreign; /* well-formed entries that are no flow records */
};

struct flow_reader;

/*
 * What the first bytes (FLOW_HEAD_BYTES, or all of a shorter file) are.
 * Never guesses from a name; a text must hold a line that fits.
 */
enum flow_format flow_recognise(struct view head);

/* "aws-vpc-flow" ..., or "" for none. Static storage, as the next three. */
const char *flow_format_name(enum flow_format f);

/* "aws", "azure", "gcp", or "" for none. */
const char *flow_format_cloud(enum flow_format f);

/* "ACCEPT", "REJECT", "NODATA", "SKIPDATA" or "UNKNOWN". */
const char *flow_action_name(enum flow_action a);

/* "ingress", "egress" or "". */
const char *flow_direction_name(enum flow_direction d);

/* Owned by the caller, freed with flow_free (NULL is fine); sink is copied. */
struct flow_reader *flow_new(struct anomaly_sink sink);
void flow_free(struct flow_reader *r);

/*
 * Read the next record at the front of window, whose first byte must be the
 * byte behind what was consumed so far. at_eof: the window's end is the end of
 * the file. After FLOW_END every further call gives FLOW_END.
 */
enum flow_status flow_next(struct flow_reader *r, struct view *window,
	bool at_eof, struct flow_record *record);

/* After FLOW_MORE: the window length that allows progress, in bytes, at most
 * FLOW_ELEMENT_MAX + 1. */
size_t flow_need(const struct flow_reader *r);

/* Valid at any time; complete after FLOW_END. */
const struct flow_summary *flow_summary(const struct flow_reader *r);

#endif
