/*
 * The readings behind flow_semantics.h, one function per cloud.
 */
#include "parsers/flow/flow_semantics.h"

#include <assert.h>

/* cite: IANA, Assigned Internet Protocol Numbers. */
#define PROTOCOL_TCP 6

/*
 * Bits of tcp-flags. cite: docs.aws.amazon.com, flow-log-records.html,
 * "tcp-flags": FIN 1, SYN 2, RST 4, SYN-ACK 18; ACK and PSH are not recorded,
 * so in a VPC flow log bit 16 comes with a SYN-ACK only.
 */
#define FLAG_SYN 2
#define FLAG_ACK 16

#define CITE_FLAGS "docs.aws.amazon.com flow-log-records.html, tcp-flags"
#define CITE_ACTION "docs.aws.amazon.com flow-log-records.html, action"
#define CITE_STATUS "docs.aws.amazon.com flow-log-records.html, log-status"
#define CITE_TGW "docs.aws.amazon.com tgw-flow-logs.html, available fields"
#define CITE_NSG \
	"learn.microsoft.com nsg-flow-logs-overview, flow state and counters"
#define CITE_VNET \
	"learn.microsoft.com vnet-flow-logs-overview, flow state, encryption"
#define CITE_GCP_VPC "cloud.google.com vpc/docs/flow-logs, key properties"
#define CITE_GCP_FIREWALL \
	"cloud.google.com firewall/docs/firewall-rules-logging, overview"

#define CITE_NAMED "field references of the log's maker, flow_names.def"

static struct flow_statement
statement(enum flow_says says, enum flow_segment segment, const char *cite)
{
	return (struct flow_statement){
		.says = says, .segment = segment, .cite = cite};
}

/*
 * A SYN is an IP header, a TCP header of 20 to 60 bytes and no payload (save
 * for TCP Fast Open, RFC 7413, whose data AWS counts: then NO is wrong, so
 * callers must not build on NO alone).
 * cite: RFC 9293 section 3.1, data offset; RFC 791; RFC 8200.
 */
static enum flow_known
only_syns(const struct flow_record *r)
{
	int64_t header = r->src.has && !ip_is_v4(r->src.ip) ? 40 : 20;
	if (r->tcp_flags < 0)
		return FLOW_KNOWN_NOT;
	if (r->tcp_flags != FLAG_SYN)
		return FLOW_KNOWN_NO;
	if (r->packets <= 0 || r->bytes < 0)
		return FLOW_KNOWN_NOT;
	if (r->packets == 1)
		return FLOW_KNOWN_YES;
	int64_t mean = r->bytes / r->packets;
	bool fits = mean >= header + 20 && mean <= header + 60;
	return fits ? FLOW_KNOWN_MAYBE : FLOW_KNOWN_NO;
}

/*
 * A record without the SYN bit says nothing of the handshake: a long
 * connection's later records have 0. A REJECT of packets that hold no SYN is
 * not about a handshake either (they may follow a close).
 */
static struct flow_statement
state_aws_vpc(const struct flow_record *r)
{
	bool reject = r->action == FLOW_ACTION_REJECT;
	if (r->tcp_flags < 0)
		return reject ? statement(FLOW_SAYS_REJECTED,
					FLOW_SEGMENT_UNKNOWN, CITE_ACTION)
			      : statement(FLOW_SAYS_EXISTENCE,
					FLOW_SEGMENT_UNKNOWN, CITE_ACTION);
	if ((r->tcp_flags & FLAG_SYN) == 0)
		return statement(
			FLOW_SAYS_EXISTENCE, FLOW_SEGMENT_UNKNOWN, CITE_FLAGS);
	bool synack = (r->tcp_flags & FLAG_ACK) != 0;
	struct flow_statement s = statement(
		synack ? FLOW_SAYS_SYNACK : FLOW_SAYS_SYN,
		synack ? FLOW_SEGMENT_SYNACK : FLOW_SEGMENT_SYN, CITE_FLAGS);
	if (reject)
		s.says = FLOW_SAYS_REJECTED;
	s.only_syns = only_syns(r);
	return s;
}

/*
 * A transit gateway's page lists PSH 8, ACK 16 and URG 32 as well, so 18 may be
 * a SYN-ACK or a client's SYN and later ACKs; only a SYN without ACK is one. Its
 * packets-lost counters (the record's reason) do not say which packets were
 * lost.
 */
static struct flow_statement
state_aws_tgw(const struct flow_record *r)
{
	struct flow_statement s =
		statement(FLOW_SAYS_EXISTENCE, FLOW_SEGMENT_UNKNOWN, CITE_TGW);
	if (r->tcp_flags < 0 || (r->tcp_flags & FLAG_SYN) == 0 ||
		(r->tcp_flags & FLAG_ACK) != 0)
		return s;
	s.says = FLOW_SAYS_SYN;
	s.segment = FLOW_SEGMENT_SYN;
	s.only_syns = only_syns(r);
	return s;
}

/*
 * Azure gives no flags. A flow begins (B) with its first packet, which in a TCP
 * attempt is its SYN; the counters of C and E are of the span since the tuple
 * before. Inbound NSG flows often lack them (non-default TCP rules), so 0
 * replies mean something in outbound or VNet tuples only.
 */
static struct flow_statement
state_azure(const struct flow_record *r)
{
	bool vnet = r->format == FLOW_FORMAT_AZURE_VNET;
	const char *cite = vnet ? CITE_VNET : CITE_NSG;
	struct flow_statement s =
		statement(FLOW_SAYS_EXISTENCE, FLOW_SEGMENT_UNKNOWN, cite);
	if (r->action == FLOW_ACTION_REJECT || r->reason.len > 0) {
		s.says = FLOW_SAYS_REJECTED;
		return s;
	}
	if (r->state == 'B') {
		s.says = FLOW_SAYS_SYN;
		s.segment = FLOW_SEGMENT_SYN;
		return s;
	}
	if (r->reply_packets > 0)
		s.answered = FLOW_KNOWN_YES;
	else if (r->packets > 0 && r->reply_packets == 0 &&
		(vnet || r->direction == FLOW_DIRECTION_EGRESS))
		s.answered = FLOW_KNOWN_NO;
	return s;
}

/*
 * Records that name their fields (named.c): what was stopped was stopped; counts
 * of both directions tell whether anything came back. Where a device counts, its
 * own "no" is of what came to it.
 */
static struct flow_statement
state_named(const struct flow_record *r)
{
	struct flow_statement s = statement(
		FLOW_SAYS_EXISTENCE, FLOW_SEGMENT_UNKNOWN, CITE_NAMED);
	if (r->action == FLOW_ACTION_REJECT)
		s.says = FLOW_SAYS_REJECTED;
	else if (r->reply_packets > 0)
		s.answered = FLOW_KNOWN_YES;
	else if (r->packets > 0 && r->reply_packets == 0)
		s.answered = FLOW_KNOWN_NO;
	return s;
}

/* A rule is logged once per connection, when its first packet meets it. */
static struct flow_statement
state_gcp_firewall(const struct flow_record *r)
{
	bool denied = r->action == FLOW_ACTION_REJECT;
	return statement(denied ? FLOW_SAYS_REJECTED : FLOW_SAYS_SYN,
		denied ? FLOW_SEGMENT_UNKNOWN : FLOW_SEGMENT_SYN,
		CITE_GCP_FIREWALL);
}

struct flow_statement
flow_state(const struct flow_record *r)
{
	if (r->action == FLOW_ACTION_SKIPDATA)
		return statement(
			FLOW_SAYS_HOLE, FLOW_SEGMENT_UNKNOWN, CITE_STATUS);
	if (r->action == FLOW_ACTION_NODATA)
		return statement(FLOW_SAYS_NO_TRAFFIC, FLOW_SEGMENT_UNKNOWN,
			CITE_STATUS);
	/* An unknown protocol may be TCP. */
	if (r->protocol >= 0 && r->protocol != PROTOCOL_TCP)
		return statement(
			FLOW_SAYS_NOTHING, FLOW_SEGMENT_UNKNOWN, CITE_ACTION);
	switch (r->format) {
	case FLOW_FORMAT_AWS_VPC:
		return state_aws_vpc(r);
	case FLOW_FORMAT_AWS_TGW:
		return state_aws_tgw(r);
	case FLOW_FORMAT_AZURE_NSG:
	case FLOW_FORMAT_AZURE_VNET:
		return state_azure(r);
	case FLOW_FORMAT_GCP_FIREWALL:
		return state_gcp_firewall(r);
	case FLOW_FORMAT_GCP_VPC:
		return statement(FLOW_SAYS_EXISTENCE, FLOW_SEGMENT_UNKNOWN,
			CITE_GCP_VPC);
	case FLOW_FORMAT_AWS_FIREWALL:
	case FLOW_FORMAT_AZURE_FIREWALL:
	case FLOW_FORMAT_AZURE_NTA:
	case FLOW_FORMAT_IBM_VPC:
	case FLOW_FORMAT_ORACLE_VCN:
	case FLOW_FORMAT_CALICO:
	case FLOW_FORMAT_HUBBLE:
	case FLOW_FORMAT_ZEEK:
	case FLOW_FORMAT_SURICATA:
	case FLOW_FORMAT_ULOGD:
	case FLOW_FORMAT_NFDUMP:
		return state_named(r);
	case FLOW_FORMAT_NONE:
	case FLOW_FORMAT_AWS_CLOUDWATCH:
	case FLOW_FORMAT_COUNT:
		break;
	}
	return statement(FLOW_SAYS_NOTHING, FLOW_SEGMENT_UNKNOWN, "");
}

static const struct {
	const char *id;
	const char *meaning;
} says_rows[FLOW_SAYS_COUNT] = {
#define X(constant, id, meaning) {id, meaning},
#include "parsers/flow/flow_says.def"
#undef X
};

const char *
flow_says_id(enum flow_says says)
{
	assert(says < FLOW_SAYS_COUNT);
	return says_rows[says].id;
}

const char *
flow_says_meaning(enum flow_says says)
{
	assert(says < FLOW_SAYS_COUNT);
	return says_rows[says].meaning;
}
