/*
 * Flow logs in JSON: Azure's tuples, Google's entries, AWS lines in wrappings.
 */
#include "flow_read.h"

static void
test_nsg(void **state)
{
	(void)state;
	struct reading s = read_sample("nsg-v1");
	const struct kept *k = &s.kept[0];
	assert_int_equal(k->r.format, FLOW_FORMAT_AZURE_NSG);
	assert_string_equal(k->interface, "0022AA");
	assert_string_equal(k->rule, "DenyAll");
	assert_int_equal(k->r.start_ns, SAMPLE_S * NS_PER_S);
	assert_int_equal(k->r.end_ns, SAMPLE_S * NS_PER_S);
	assert_int_equal(k->r.protocol, 6);
	assert_int_equal(k->r.direction, FLOW_DIRECTION_INGRESS);
	assert_int_equal(k->r.action, FLOW_ACTION_REJECT);
	assert_int_equal(k->r.state, 0);
	assert_int_equal(k->r.packets, -1);
	assert_int_equal(s.kept[1].r.protocol, 17);
	assert_int_equal(s.kept[1].r.direction, FLOW_DIRECTION_EGRESS);
	assert_int_equal(s.kept[1].r.action, FLOW_ACTION_ACCEPT);

	s = read_sample("nsg-v2");
	assert_int_equal(s.kept[0].r.state, 'B');
	assert_int_equal(s.kept[0].r.packets, -1);
	assert_int_equal(s.kept[1].r.state, 'E');
	assert_int_equal(s.kept[1].r.packets, 3);
	assert_int_equal(s.kept[1].r.reply_packets, 0);
	assert_int_equal(s.kept[2].r.reply_bytes, 14008);
	assert_int_equal(s.kept[3].r.action, FLOW_ACTION_REJECT);
	assert_int_equal(s.kept[3].r.line, 4);

	s = read_sample("nsg-v1-nested");
	assert_string_equal(s.kept[0].interface, "m");
	assert_string_equal(s.kept[1].interface, "n");
}

/* Flags are members that are true; a flow without them has none. */
static void
test_hubble(void **state)
{
	(void)state;
	struct reading s = read_sample("hubble");
	assert_int_equal(s.kept[0].r.action, FLOW_ACTION_REJECT);
	assert_string_equal(s.kept[0].reason, "POLICY_DENIED");
	assert_int_equal(s.kept[0].r.tcp_flags, 2);
	assert_int_equal(s.kept[1].r.action, FLOW_ACTION_ACCEPT);
	assert_int_equal(s.kept[1].r.tcp_flags, -1);
}

static void
test_vnet(void **state)
{
	(void)state;
	struct reading s = read_sample("vnet-v4");
	const struct kept *k = &s.kept[0];
	assert_int_equal(k->r.format, FLOW_FORMAT_AZURE_VNET);
	assert_string_equal(k->interface, "0022BB");
	assert_int_equal(k->r.start_ns, (SAMPLE_S * 1000 + 599) * NS_PER_MS);
	assert_int_equal(k->r.protocol, 6);
	assert_int_equal(k->r.packets, 0);
	assert_string_equal(k->reason, "");
	assert_int_equal(s.kept[1].r.start_ns, SAMPLE_S * NS_PER_S);
	assert_int_equal(s.kept[2].r.reply_packets, 2);
	assert_int_equal(s.kept[3].r.action, FLOW_ACTION_REJECT);
	assert_int_equal(s.kept[3].r.state, 'D');
	assert_string_equal(s.kept[4].reason, "NX_NOT_ACCEPTED");

	s = read_sample("vnet-flat");
	assert_string_equal(s.kept[0].interface, "0022BB");
	assert_string_equal(s.kept[0].rule, "r");
	assert_int_equal(s.kept[0].r.action, FLOW_ACTION_REJECT);
	assert_int_equal(s.kept[0].r.dst_port, 22);
	assert_int_equal(s.kept[1].r.action, FLOW_ACTION_ACCEPT);
}

static void
test_gcp(void **state)
{
	(void)state;
	struct reading s = read_sample("gcp-array");
	const struct kept *k = &s.kept[0];
	assert_int_equal(k->r.format, FLOW_FORMAT_GCP_VPC);
	assert_true(k->r.sampled);
	assert_string_equal(k->interface, "client");
	assert_string_equal(k->dst, "198.51.100.20");
	assert_int_equal(k->r.packets, 1);
	assert_int_equal(k->r.bytes, 0);
	assert_int_equal(k->r.start_ns, SAMPLE_S * NS_PER_S + 123456789);
	/* Sampled before the sender's firewall: nobody knows. */
	assert_int_equal(k->r.action, FLOW_ACTION_UNKNOWN);
	k = &s.kept[1];
	assert_int_equal(k->r.action, FLOW_ACTION_ACCEPT);
	assert_int_equal(k->r.direction, FLOW_DIRECTION_INGRESS);
	assert_int_equal(k->r.start_ns, SAMPLE_S * NS_PER_S);
	assert_int_equal(k->r.protocol, 6);
	assert_int_equal(k->r.src_port, 40105);
	k = &s.kept[2];
	assert_int_equal(k->r.format, FLOW_FORMAT_GCP_FIREWALL);
	assert_false(k->r.sampled);
	assert_int_equal(k->r.action, FLOW_ACTION_REJECT);
	assert_string_equal(k->rule, "network:n/firewall:f");
	assert_string_equal(k->interface, "server");
	assert_int_equal(k->r.line, 4);
	assert_int_equal(s.summary.foreign, 1);
}

/* What each sample is said to hold, and the offset of damage. */
static void
test_counts(void **state)
{
	(void)state;
	for (size_t i = 0; i < FLOW_SAMPLES; i++) {
		const struct flow_sample *f = &flow_samples[i];
		struct reading s = read_text(f->text);
		if (s.count != f->records || s.summary.other != f->other ||
			s.noted != f->anomalies)
			fail_msg("%s: %u records, %u other, %u anomalies",
				f->name, s.count, (unsigned)s.summary.other,
				s.noted);
	}
	assert_int_equal(read_sample("json-damage").first_at, 0);
}

#define TUPLES(t)                                                              \
	"{\"records\":[{\"properties\":{\"flows\":[{\"rule\":\"r\",\"flows\":" \
	"[{\"mac\":\"m\",\"flowTuples\":[" t                                   \
	",\"1795222320,192.0.2.1,192.0.2.2,1,2,T,I,A\"]}]}]}}]}"

/* One bad tuple never costs its neighbour. */
static void
test_refused_tuples(void **state)
{
	(void)state;
	static const char *const rows[] = {
		TUPLES("7"),
		TUPLES("\"\""),
		TUPLES("\",,,,,,,\""),
		TUPLES("\"1795222320,192.0.2.1,192.0.2.2,1,2,T,I\""),
		TUPLES("\"1795222320,192.0.2.1,192.0.2.2,1,2,T,I,A,B\""),
		TUPLES("\"1795222320,192.0.2.1,192.0.2.2,1,2,T,I,X\""),
		TUPLES("\"1795222320,192.0.2.1,192.0.2.2,1,2,T,X,A\""),
		TUPLES("\"1795222320,192.0.2.1,192.0.2.2,1,2,X,I,A\""),
		TUPLES("\"1795222320,192.0.2.1,192.0.2.2,1,65536,T,I,A\""),
		TUPLES("\"1795222320,192.0.2,192.0.2.2,1,2,T,I,A\""),
		TUPLES("\"99999999999999999999,192.0.2.1,192.0.2.2,1,2,T,I,A"
		       "\""),
		TUPLES("\"1795222320,192.0.2.1,192.0.2.2,1,2,T,I,A,B,-1,,,\""),
		TUPLES("\"1795222320,192.0.2.1,192.0.2.2,1,2,T,I,A,D,,,,\""),
		TUPLES("\"1,2,3,4,5,6,7,8,9,10,11,12,13,14\""),
	};
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		struct reading s = read_text(rows[i]);
		assert_int_equal(s.count, 1);
		assert_int_equal(s.noted, 1);
		assert_int_equal(s.anomalies[ANOMALY_FLOW_MALFORMED], 1);
	}
}

#define ENTRY(connection, rest) \
	"{\"jsonPayload\":{\"connection\":{" connection "}," rest "}}\n"
#define ENDS "\"src_ip\":\"192.0.2.1\",\"dest_ip\":\"192.0.2.2\""
#define TIMES                                                   \
	"\"start_time\":\"2026-11-21T00:52:00Z\",\"end_time\":" \
	"\"2026-11-21T00:52:01Z\""

static void
test_refused_entries(void **state)
{
	(void)state;
	static const char *const rows[] = {
		ENTRY(ENDS, TIMES), /* no protocol */
		ENTRY(ENDS ",\"protocol\":300", TIMES),
		ENTRY(ENDS ",\"protocol\":\"quux\"", TIMES),
		ENTRY("\"protocol\":6", TIMES),
		ENTRY(ENDS ",\"protocol\":6,\"src_port\":70000", TIMES),
		ENTRY(ENDS ",\"protocol\":6,\"src_port\":-1", TIMES),
		ENTRY(ENDS ",\"protocol\":6", TIMES ",\"bytes_sent\":\"1e3\""),
		ENTRY(ENDS ",\"protocol\":6",
			"\"start_time\":\"2026-13-21T00:52:00Z\""),
		ENTRY(ENDS ",\"protocol\":6",
			"\"start_time\":\"2026-11-21T00:52:00Z\",\"end_time\":"
			"\"2026-11-21T00:51:00Z\""),
		ENTRY(ENDS ",\"protocol\":6", "\"disposition\":\"MAYBE\""),
		ENTRY(ENDS ",\"protocol\":6", "\"disposition\":\"DENIED\""),
		/* an integer beyond 64 bits: no JSON that we take */
		"{\"a\":99999999999999999999}",
	};
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		struct reading s = read_text(rows[i]);
		assert_int_equal(s.count, 0);
		assert_int_equal(s.anomalies[ANOMALY_FLOW_MALFORMED], 1);
	}
	struct reading good = read_text(ENTRY(ENDS ",\"protocol\":1", TIMES));
	assert_int_equal(good.count, 1);
	assert_int_equal(good.kept[0].r.src_port, -1);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_nsg),
		cmocka_unit_test(test_hubble),
		cmocka_unit_test(test_vnet),
		cmocka_unit_test(test_gcp),
		cmocka_unit_test(test_counts),
		cmocka_unit_test(test_refused_tuples),
		cmocka_unit_test(test_refused_entries),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
