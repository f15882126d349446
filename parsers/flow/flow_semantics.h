/*
 * What a flow record says about a handshake, by the documentation of its log.
 *
 * Pure, and of one record alone; whoever matches records with attempts brings
 * addresses, ports and windows. Three cautions hold for every answer:
 *
 * - "passed" is at the interface of the record and in its direction, somewhere
 *   in its window, which may lie up to 60 s beside the packet;
 * - the absence of a record proves nothing where the log is sampled, where any
 *   record of the interface says HOLE, or outside the log's coverage;
 * - REJECTED names neither security group nor network ACL, and AWS also writes
 *   REJECT for packets that arrive after a connection was closed.
 */
#ifndef PARSERS_FLOW_FLOW_SEMANTICS_H
#define PARSERS_FLOW_FLOW_SEMANTICS_H

#include "parsers/flow/flow.h"

enum flow_says {
#define X(constant, id, meaning) FLOW_SAYS_##constant,
#include "parsers/flow/flow_says.def"
#undef X
	FLOW_SAYS_COUNT
};

/* Which segment SYN, SYNACK and REJECTED are about. */
enum flow_segment {
	FLOW_SEGMENT_UNKNOWN,
	FLOW_SEGMENT_SYN,
	FLOW_SEGMENT_SYNACK,
};

/* An answer that may be missing. */
enum flow_known {
	FLOW_KNOWN_NOT,
	FLOW_KNOWN_NO,
	FLOW_KNOWN_MAYBE,
	FLOW_KNOWN_YES,
};

struct flow_statement {
	enum flow_says says;
	enum flow_segment segment;
	/* Did packets come back from dst to src? Only logs that count both
	   directions know. NO is of this record's span alone. */
	enum flow_known answered;
	/* Is the record nothing but SYNs? YES for one packet, MAYBE where the
	   mean size is one that a SYN can have. */
	enum flow_known only_syns;
	const char *cite; /* the page and section it rests on; static */
};

struct flow_statement flow_state(const struct flow_record *record);

/* "syn", ... Static storage. */
const char *flow_says_id(enum flow_says says);

/* One clause for people. Static storage. */
const char *flow_says_meaning(enum flow_says says);

#endif
