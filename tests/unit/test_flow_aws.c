/*
 * AWS flow-log lines: layouts, versions, wrappings, and what is refused.
 */
#include "flow_read.h"

#include <stdio.h>

static void
test_default_layout(void **state)
{
	(void)state;
	struct reading s = read_sample("aws-v2");
	const struct kept *k = &s.kept[0];
	assert_int_equal(k->r.line, 1);
	assert_int_equal(k->r.format, FLOW_FORMAT_AWS_VPC);
	assert_string_equal(k->interface, "eni-0a1");
	assert_string_equal(k->src, "192.0.2.10");
	assert_string_equal(k->dst, "198.51.100.20");
	assert_int_equal(k->r.src_port, 40105);
	assert_int_equal(k->r.dst_port, 443);
	assert_int_equal(k->r.protocol, 6);
	assert_int_equal(k->r.packets, 3);
	assert_int_equal(k->r.bytes, 180);
	assert_int_equal(k->r.reply_packets, -1);
	assert_int_equal(k->r.start_ns, SAMPLE_S * NS_PER_S);
	assert_int_equal(k->r.end_ns, (SAMPLE_S + 59) * NS_PER_S);
	assert_int_equal(k->r.action, FLOW_ACTION_ACCEPT);
	assert_int_equal(k->r.tcp_flags, -1);
	assert_false(k->r.sampled);
	assert_int_equal(s.kept[1].r.action, FLOW_ACTION_REJECT);
	assert_string_equal(s.kept[1].src, "2001:db8::1");
	assert_int_equal(s.kept[2].r.action, FLOW_ACTION_NODATA);
	assert_string_equal(s.kept[2].src, "");
	assert_int_equal(s.kept[2].r.src_port, -1);
	assert_int_equal(s.kept[2].r.packets, -1);
	assert_int_equal(s.kept[3].r.action, FLOW_ACTION_SKIPDATA);
	assert_int_equal(s.kept[3].r.line, 4);
}

static void
test_header_any_order(void **state)
{
	(void)state;
	struct reading s = read_sample("aws-header");
	const struct kept *k = &s.kept[0];
	assert_int_equal(k->r.line, 2);
	assert_string_equal(k->src, "192.0.2.10");
	assert_string_equal(k->pkt_src, "192.0.2.77");
	assert_string_equal(k->pkt_dst, "203.0.113.9");
	assert_string_equal(k->reason, "BPA");
	assert_int_equal(k->r.tcp_flags, 2);
	assert_int_equal(k->r.direction, FLOW_DIRECTION_INGRESS);
	assert_int_equal(k->r.action, FLOW_ACTION_REJECT);
	assert_int_equal(k->r.packets, 1);
	/* The joined file's own layout has neither times nor an action. */
	k = &s.kept[1];
	assert_string_equal(k->interface, "eni-0a3");
	assert_int_equal(k->r.start_ns, CLOCK_UNKNOWN_NS);
	assert_int_equal(k->r.action, FLOW_ACTION_UNKNOWN);
}

static void
test_transit_gateway(void **state)
{
	(void)state;
	static const char *const names[] = {"aws-tgw", "aws-tgw-header"};
	for (size_t i = 0; i < 2; i++) {
		struct reading s = read_sample(names[i]);
		const struct kept *k = &s.kept[0];
		assert_int_equal(k->r.format, FLOW_FORMAT_AWS_TGW);
		assert_string_equal(k->interface, "tgw-attach-0b2");
		assert_string_equal(k->reason, "packets-lost-blackhole");
		assert_int_equal(k->r.action, FLOW_ACTION_UNKNOWN);
		assert_int_equal(k->r.tcp_flags, 2);
		assert_int_equal(k->r.dst_port, 443);
	}
}

static void
test_layout_in_any_order(void **state)
{
	(void)state;
	static const char *const texts[] = {
		"dstport srcport dstaddr srcaddr protocol tcp-flags\n"
		"443 40105 198.51.100.20 192.0.2.10 6 18\n",
		"${dstport} ${srcport} ${dstaddr} ${srcaddr} ${protocol} "
		"${tcp-flags}\n"
		"443 40105 198.51.100.20 192.0.2.10 6 18\n",
	};
	for (size_t i = 0; i < 2; i++) {
		struct reading s = read_flow(view_str(texts[i]), 0);
		assert_int_equal(s.count, 1);
		assert_string_equal(s.kept[0].src, "192.0.2.10");
		assert_int_equal(s.kept[0].r.tcp_flags, 18);
	}
}

/* A SKIPDATA is a hole whatever else the line says; an action with data is
   not undone by NODATA. */
static void
test_status_and_action(void **state)
{
	(void)state;
	struct reading s = read_text("srcaddr action log-status\n"
				     "192.0.2.1 REJECT SKIPDATA\n"
				     "192.0.2.1 REJECT NODATA\n"
				     "- - NODATA\n"
				     "192.0.2.1 - OK\n");
	assert_int_equal(s.count, 4);
	assert_int_equal(s.kept[0].r.action, FLOW_ACTION_SKIPDATA);
	assert_int_equal(s.kept[1].r.action, FLOW_ACTION_REJECT);
	assert_int_equal(s.kept[2].r.action, FLOW_ACTION_NODATA);
	assert_int_equal(s.kept[3].r.action, FLOW_ACTION_UNKNOWN);
}

#define REST " 1795222320 1795222379 ACCEPT OK"

/* Lines with one thing wrong, each an anomaly, and the good one between. */
static void
test_refused_lines(void **state)
{
	(void)state;
	static const struct {
		const char *line;
		enum anomaly anomaly;
	} rows[] = {
		/* a port of 65536 */
		{"2 1 eni-1 192.0.2.1 192.0.2.2 65536 2 6 1 60" REST,
			ANOMALY_FLOW_MALFORMED},
		/* a protocol of 256 */
		{"2 1 eni-1 192.0.2.1 192.0.2.2 1 2 256 1 60" REST,
			ANOMALY_FLOW_MALFORMED},
		/* 2^63 bytes */
		{"2 1 eni-1 192.0.2.1 192.0.2.2 1 2 6 1 "
		 "9223372036854775808" REST,
			ANOMALY_FLOW_MALFORMED},
		/* more than 64 bits of packets */
		{"2 1 eni-1 192.0.2.1 192.0.2.2 1 2 6 99999999999999999999 "
		 "1" REST,
			ANOMALY_FLOW_MALFORMED},
		/* a sign */
		{"2 1 eni-1 192.0.2.1 192.0.2.2 1 2 6 -1 60" REST,
			ANOMALY_FLOW_MALFORMED},
		/* an address that is none */
		{"2 1 eni-1 192.0.2.256 192.0.2.2 1 2 6 1 60" REST,
			ANOMALY_FLOW_MALFORMED},
		/* times that end before they begin */
		{"2 1 eni-1 192.0.2.1 192.0.2.2 1 2 6 1 60 1795222379 "
		 "1795222320 ACCEPT OK",
			ANOMALY_FLOW_MALFORMED},
		/* seconds that no nanoseconds can hold */
		{"2 1 eni-1 192.0.2.1 192.0.2.2 1 2 6 1 60 1795222379 "
		 "9223372037 ACCEPT OK",
			ANOMALY_FLOW_MALFORMED},
		/* version 3 fits the default layout by number of fields only */
		{"3 1 eni-1 192.0.2.1 192.0.2.2 1 2 6 1 60" REST,
			ANOMALY_FLOW_NO_HEADER},
		/* version 2, but action and status are elsewhere */
		{"2 ACCEPT OK 1 eni-1 192.0.2.1 192.0.2.2 1 2 6 1 60 "
		 "1795222320 1795222379",
			ANOMALY_FLOW_NO_HEADER},
		/* a status with an action it cannot have */
		{"2 1 eni-1 192.0.2.1 192.0.2.2 1 2 6 1 60 1795222320 "
		 "1795222379 ACCEPT NODATA",
			ANOMALY_FLOW_NO_HEADER},
		/* cut */
		{"2 1 eni-1 192.0.2.1 192.0.2.2 1", ANOMALY_FLOW_MALFORMED},
		/* of another log */
		{"Nov 21 00:52:00 host sshd[1]: OK", ANOMALY_FLOW_MALFORMED},
	};
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		char text[512];
		snprintf(text, sizeof text,
			"%s\n2 1 eni-1 192.0.2.1 192.0.2.2 1 2 6 1 60" REST
			"\n",
			rows[i].line);
		struct reading s = read_text(text);
		assert_int_equal(s.count, 1);
		assert_int_equal(s.noted, 1);
		assert_int_equal(s.anomalies[rows[i].anomaly], 1);
		assert_int_equal(s.kept[0].r.line, 2);
	}
}

/* With a header, a line of another length is malformed. */
static void
test_wrong_length(void **state)
{
	(void)state;
	struct reading s = read_text("srcaddr dstaddr action\n"
				     "192.0.2.1 192.0.2.2\n"
				     "192.0.2.1 192.0.2.2 ACCEPT 1\n"
				     "192.0.2.1  192.0.2.2\tACCEPT\n");
	assert_int_equal(s.count, 1);
	assert_int_equal(s.anomalies[ANOMALY_FLOW_MALFORMED], 2);
	assert_int_equal(s.first_at, 23);
}

static void
test_recognise(void **state)
{
	(void)state;
	static const char *const others[] = {
		"",
		" \n",
		"{}",
		"[1,2,3]",
		"version type state\n1 a b\n",
		"Nov 21 00:52:00 host kernel: REJECT IN=eth0 OK - -\n",
		"{\"message\":\"connect() failed\"}\n",
		"2 files OK\n",
		/* prose that reads like a heading of columns decides nothing */
		"curl: (7) Failed to connect to 198.51.100.9\n"
		"\"msg\": \"connection to 198.51.100.9 failed\", "
		"\"unreachable\": 1\n"
		"ssh: connect to host 198.51.100.9 port 22: Host is down\n",
	};
	for (size_t i = 0; i < FLOW_SAMPLES; i++)
		assert_int_equal(flow_recognise(view_str(flow_samples[i].text)),
			flow_samples[i].recognised);
	for (size_t i = 0; i < sizeof others / sizeof others[0]; i++)
		assert_int_equal(
			flow_recognise(view_str(others[i])), FLOW_FORMAT_NONE);
	assert_string_equal(
		flow_format_name(FLOW_FORMAT_AZURE_VNET), "azure-vnet-flow");
	assert_string_equal(flow_format_cloud(FLOW_FORMAT_GCP_VPC), "gcp");
	assert_string_equal(flow_format_name(FLOW_FORMAT_NONE), "");
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_default_layout),
		cmocka_unit_test(test_header_any_order),
		cmocka_unit_test(test_transit_gateway),
		cmocka_unit_test(test_layout_in_any_order),
		cmocka_unit_test(test_status_and_action),
		cmocka_unit_test(test_refused_lines),
		cmocka_unit_test(test_wrong_length),
		cmocka_unit_test(test_recognise),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
