/*
 * What a record may be taken to say, a row per documented case.
 */
#include "flow_read.h"

#include "parsers/flow/flow_semantics.h"

/* The statement of the nth record (from 0) of text. */
static struct flow_statement
state_of(const char *text, unsigned nth)
{
	struct reading s = read_text(text);
	assert_true(nth < s.count && nth < KEPT_MAX);
	/* Only whether there is a reason counts, and its view is dead. */
	struct flow_record r = s.kept[nth].r;
	r.reason = view_str(s.kept[nth].reason);
	return flow_state(&r);
}

#define NAMES "srcaddr protocol packets bytes tcp-flags action log-status\n"

static const struct {
	const char *line;
	enum flow_says says;
	enum flow_segment segment;
	enum flow_known only_syns;
} aws_rows[] = {
	/* one packet with SYN: the SYN and nothing else */
	{"192.0.2.1 6 1 60 2 ACCEPT OK", FLOW_SAYS_SYN, FLOW_SEGMENT_SYN,
		FLOW_KNOWN_YES},
	/* a whole schedule of 60-byte SYNs, or SYN and ACKs */
	{"192.0.2.1 6 7 420 2 ACCEPT OK", FLOW_SAYS_SYN, FLOW_SEGMENT_SYN,
		FLOW_KNOWN_MAYBE},
	/* data went with it */
	{"192.0.2.1 6 70 100701 2 ACCEPT OK", FLOW_SAYS_SYN, FLOW_SEGMENT_SYN,
		FLOW_KNOWN_NO},
	/* an IPv6 SYN is 20 bytes longer */
	{"2001:db8::1 6 2 160 2 ACCEPT OK", FLOW_SAYS_SYN, FLOW_SEGMENT_SYN,
		FLOW_KNOWN_MAYBE},
	{"192.0.2.1 6 2 168 2 ACCEPT OK", FLOW_SAYS_SYN, FLOW_SEGMENT_SYN,
		FLOW_KNOWN_NO},
	{"192.0.2.1 6 - - 2 ACCEPT OK", FLOW_SAYS_SYN, FLOW_SEGMENT_SYN,
		FLOW_KNOWN_NOT},
	/* SYN and FIN, SYN and RST */
	{"192.0.2.1 6 5 300 3 ACCEPT OK", FLOW_SAYS_SYN, FLOW_SEGMENT_SYN,
		FLOW_KNOWN_NO},
	{"192.0.2.1 6 5 300 6 ACCEPT OK", FLOW_SAYS_SYN, FLOW_SEGMENT_SYN,
		FLOW_KNOWN_NO},
	{"192.0.2.1 6 1 60 18 ACCEPT OK", FLOW_SAYS_SYNACK, FLOW_SEGMENT_SYNACK,
		FLOW_KNOWN_NO},
	{"192.0.2.1 6 9 600 19 ACCEPT OK", FLOW_SAYS_SYNACK,
		FLOW_SEGMENT_SYNACK, FLOW_KNOWN_NO},
	/* a long connection's later record; a RST; flags not logged */
	{"192.0.2.1 6 9 600 0 ACCEPT OK", FLOW_SAYS_EXISTENCE, 0, 0},
	{"192.0.2.1 6 1 40 4 ACCEPT OK", FLOW_SAYS_EXISTENCE, 0, 0},
	{"192.0.2.1 6 1 60 - ACCEPT OK", FLOW_SAYS_EXISTENCE, 0, 0},
	/* stopped: a SYN, a SYN-ACK, who knows, and after a close */
	{"192.0.2.1 6 1 60 2 REJECT OK", FLOW_SAYS_REJECTED, FLOW_SEGMENT_SYN,
		FLOW_KNOWN_YES},
	{"192.0.2.1 6 1 60 18 REJECT OK", FLOW_SAYS_REJECTED,
		FLOW_SEGMENT_SYNACK, FLOW_KNOWN_NO},
	{"192.0.2.1 6 1 60 - REJECT OK", FLOW_SAYS_REJECTED, 0, 0},
	{"192.0.2.1 6 1 40 1 REJECT OK", FLOW_SAYS_EXISTENCE, 0, 0},
	/* not TCP; the two windows */
	{"192.0.2.1 17 1 60 - REJECT OK", FLOW_SAYS_NOTHING, 0, 0},
	{"- - - - - - NODATA", FLOW_SAYS_NO_TRAFFIC, 0, 0},
	{"- - - - - - SKIPDATA", FLOW_SAYS_HOLE, 0, 0},
	/* a layout whose record has no protocol may be TCP */
	{"192.0.2.1 - 1 60 2 ACCEPT OK", FLOW_SAYS_SYN, FLOW_SEGMENT_SYN,
		FLOW_KNOWN_YES},
};

static void
test_aws(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof aws_rows / sizeof aws_rows[0]; i++) {
		char text[256] = NAMES;
		strncat(text, aws_rows[i].line, 128);
		struct flow_statement s = state_of(text, 0);
		if (s.says != aws_rows[i].says ||
			s.segment != aws_rows[i].segment ||
			s.only_syns != aws_rows[i].only_syns)
			fail_msg("%s: %s, segment %d, only SYNs %d",
				aws_rows[i].line, flow_says_id(s.says),
				(int)s.segment, (int)s.only_syns);
		assert_int_equal(s.answered, FLOW_KNOWN_NOT);
		assert_true(strlen(s.cite) > 0);
	}
}

/* A gateway ORs every ACK in: 18 is not a SYN-ACK there. */
static void
test_transit_gateway(void **state)
{
	(void)state;
	assert_int_equal(
		state_of(sample("aws-tgw")->text, 0).says, FLOW_SAYS_SYN);
	static const char text[] = "tgw-id srcaddr protocol tcp-flags\n"
				   "tgw-1 192.0.2.1 6 18\n"
				   "tgw-1 192.0.2.1 6 -\n";
	assert_int_equal(state_of(text, 0).says, FLOW_SAYS_EXISTENCE);
	assert_int_equal(state_of(text, 1).says, FLOW_SAYS_EXISTENCE);
}

static void
assert_state(const char *name, unsigned nth, enum flow_says says,
	enum flow_known answered)
{
	struct flow_statement s = state_of(sample(name)->text, nth);
	if (s.says != says || s.answered != answered)
		fail_msg("%s %u: %s, answered %d", name, nth,
			flow_says_id(s.says), (int)s.answered);
}

static void
test_azure(void **state)
{
	(void)state;
	assert_state("nsg-v1", 0, FLOW_SAYS_REJECTED, FLOW_KNOWN_NOT);
	assert_state("nsg-v1", 1, FLOW_SAYS_NOTHING, FLOW_KNOWN_NOT);
	assert_state("nsg-v2", 0, FLOW_SAYS_SYN, FLOW_KNOWN_NOT);
	assert_state("nsg-v2", 1, FLOW_SAYS_EXISTENCE, FLOW_KNOWN_NO);
	assert_state("nsg-v2", 2, FLOW_SAYS_EXISTENCE, FLOW_KNOWN_YES);
	assert_state("nsg-v2", 3, FLOW_SAYS_REJECTED, FLOW_KNOWN_NOT);
	assert_state("vnet-v4", 0, FLOW_SAYS_SYN, FLOW_KNOWN_NOT);
	assert_state("vnet-v4", 1, FLOW_SAYS_EXISTENCE, FLOW_KNOWN_NO);
	assert_state("vnet-v4", 2, FLOW_SAYS_EXISTENCE, FLOW_KNOWN_YES);
	assert_state("vnet-v4", 3, FLOW_SAYS_REJECTED, FLOW_KNOWN_NOT);
	/* dropped for want of encryption */
	assert_state("vnet-v4", 4, FLOW_SAYS_REJECTED, FLOW_KNOWN_NOT);
	assert_state("nsg-v1-nested", 0, FLOW_SAYS_EXISTENCE, FLOW_KNOWN_NOT);
}

/* Inbound NSG flows may lack counters, so no reply there means nothing. */
static void
test_azure_inbound_counters(void **state)
{
	(void)state;
	struct flow_record r = {.format = FLOW_FORMAT_AZURE_NSG,
		.protocol = 6,
		.action = FLOW_ACTION_ACCEPT,
		.state = 'E',
		.packets = 3,
		.reply_packets = 0,
		.direction = FLOW_DIRECTION_INGRESS};
	assert_int_equal(flow_state(&r).answered, FLOW_KNOWN_NOT);
	r.direction = FLOW_DIRECTION_EGRESS;
	assert_int_equal(flow_state(&r).answered, FLOW_KNOWN_NO);
	r.reply_packets = -1;
	assert_int_equal(flow_state(&r).answered, FLOW_KNOWN_NOT);
}

static void
test_gcp(void **state)
{
	(void)state;
	assert_state("gcp-array", 0, FLOW_SAYS_EXISTENCE, FLOW_KNOWN_NOT);
	assert_state("gcp-array", 2, FLOW_SAYS_REJECTED, FLOW_KNOWN_NOT);
	assert_state("gcp-lines", 0, FLOW_SAYS_SYN, FLOW_KNOWN_NOT);
	assert_state("gcp-lines", 1, FLOW_SAYS_NOTHING, FLOW_KNOWN_NOT);
	assert_string_equal(flow_says_id(FLOW_SAYS_SYNACK), "synack");
	assert_true(strlen(flow_says_meaning(FLOW_SAYS_HOLE)) > 0);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_aws),
		cmocka_unit_test(test_transit_gateway),
		cmocka_unit_test(test_azure),
		cmocka_unit_test(test_azure_inbound_counters),
		cmocka_unit_test(test_gcp),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
