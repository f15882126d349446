/*
 * Real flow logs: what the providers' documentation prints and what other
 * tools test with, plus our own case. Counts and known records are asserted;
 * the table that is printed says what was read. The third-party files are not
 * in the tree; where they are missing the test says so and is skipped.
 */
#include "flow_read.h"

#include <stdio.h>

#define AWS "awsdocs_amazon-vpc-user-guide/"
#define AZURE "MicrosoftDocs_azure-docs/"
#define ELASTIC "elastic_integrations/"

/* A known record: the nth (from 0) of a file. */
struct known {
	unsigned nth;
	const char *src;
	const char *dst;
	int32_t dst_port;
	enum flow_action action;
	int tcp_flags;
	int64_t packets;
};

static const struct {
	const char *file;
	enum flow_format recognised;
	unsigned records;
	unsigned other;
	unsigned anomalies;
	struct known known;
} rows[] = {
	{AWS "vpcflow-v2-default-noheader.log", FLOW_FORMAT_AWS_VPC, 7, 0, 0,
		{1, "172.31.9.69", "172.31.9.12", 3389, FLOW_ACTION_REJECT, -1,
			20}},
	{AWS "vpcflow-v2-default-s3header.log", FLOW_FORMAT_AWS_VPC, 7, 1, 0,
		{3, "", "", -1, FLOW_ACTION_SKIPDATA, -1, -1}},
	/* its last line has two blanks between two fields */
	{AWS "vpcflow-v3-tcpflags-s3header.log", FLOW_FORMAT_AWS_VPC, 8, 1, 0,
		{7, "10.0.0.62", "52.213.180.42", 43638, FLOW_ACTION_ACCEPT, 19,
			14}},
	/* an instance's interface beside a gateway: fields of version 3 */
	{AWS "vpcflow-v3-transit-gateway-s3header.log", FLOW_FORMAT_AWS_VPC, 4,
		1, 0,
		{2, "10.40.1.175", "10.40.2.236", 80, FLOW_ACTION_ACCEPT, 3,
			-1}},
	{AWS "vpcflow-v5-s3header.log", FLOW_FORMAT_AWS_VPC, 2, 1, 0,
		{1, "10.0.0.71", "52.95.128.179", 80, FLOW_ACTION_ACCEPT, 3,
			7}},
	/* neither times nor an action in its layout */
	{AWS "vpcflow-natgw-fields-s3header.log", FLOW_FORMAT_AWS_VPC, 6, 1, 0,
		{3, "10.0.0.220", "10.0.1.5", -1, FLOW_ACTION_UNKNOWN, -1, -1}},
	{AZURE "nsg-flow-log-v1-sample.json", FLOW_FORMAT_AZURE_NSG, 9, 0, 0,
		{0, "192.0.2.95", "10.1.0.4", 5358, FLOW_ACTION_REJECT, -1,
			-1}},
	{AZURE "nsg-flow-log-v1-sample-nested.json", FLOW_FORMAT_AZURE_NSG, 18,
		0, 0,
		{9, "192.0.2.95", "10.1.0.4", 5358, FLOW_ACTION_REJECT, -1,
			-1}},
	{AZURE "nsg-flow-log-v2-sample.json", FLOW_FORMAT_AZURE_NSG, 11, 0, 0,
		{5, "10.5.16.4", "203.0.113.115", 443, FLOW_ACTION_ACCEPT, -1,
			30}},
	{AZURE "vnet-flow-log-sample.json", FLOW_FORMAT_AZURE_VNET, 19, 0, 0,
		{10, "101.33.218.153", "10.0.0.6", 22, FLOW_ACTION_REJECT, -1,
			0}},
	{ELASTIC "azure-nsg-flow-v2-record.json", FLOW_FORMAT_AZURE_NSG, 1, 0,
		0,
		{0, "1.128.0.0", "1.128.0.1", 443, FLOW_ACTION_ACCEPT, -1, 1}},
	{ELASTIC "azure-vnet-flow-v4-record.json", FLOW_FORMAT_AZURE_VNET, 2, 0,
		0,
		{1, "216.160.83.56", "81.2.69.142", 443, FLOW_ACTION_ACCEPT, -1,
			22}},
	{ELASTIC "gcp-vpcflow-entry.json", FLOW_FORMAT_GCP_VPC, 1, 0, 0,
		{0, "10.139.99.242", "192.0.2.23", 59679, FLOW_ACTION_UNKNOWN,
			-1, 1}},
	{ELASTIC "gcp-firewall-entry.json", FLOW_FORMAT_GCP_FIREWALL, 1, 0, 0,
		{0, "10.142.0.10", "10.128.0.16", 80, FLOW_ACTION_REJECT, -1,
			-1}},
	{ELASTIC "aws-vpcflow-test-extra-samples.log", FLOW_FORMAT_AWS_VPC, 7,
		0, 0,
		{4, "78.24.182.42", "158.109.0.1", 3389, FLOW_ACTION_REJECT, -1,
			20}},
	/* without a header: the default fields with others behind them are read */
	{ELASTIC "aws-vpcflow-test-v5-all-fields.log", FLOW_FORMAT_AWS_VPC, 1,
		0, 0,
		{0, "89.160.20.156", "10.200.0.0", 33004, FLOW_ACTION_REJECT,
			-1, 52}},
	/* other orders are never guessed */
	{ELASTIC "aws-vpcflow-test-v8-samples.log", FLOW_FORMAT_AWS_VPC, 0, 1,
		1, {0}},
	/* a load balancer's log */
	{ELASTIC "aws-elb-mixed.log", FLOW_FORMAT_NONE, 0, 4, 4, {0}},
};

static const char *
corpus(void)
{
	const char *path = getenv("LOSTSYN_CORPUS");
	return path != NULL ? path : SOURCE_DIR "/../shared/corpus";
}

/* The whole file; false when there is none. */
static bool
load(const char *path, uint8_t *room, size_t room_len, struct view *out)
{
	FILE *f = fopen(path, "rb");
	if (f == NULL)
		return false;
	*out = view_of(room, fread(room, 1, room_len, f));
	assert_true(out->len < room_len);
	fclose(f);
	return true;
}

static void
check_known(const struct known *k, const struct kept *found)
{
	assert_string_equal(found->src, k->src);
	assert_string_equal(found->dst, k->dst);
	assert_int_equal(found->r.dst_port, k->dst_port);
	assert_int_equal(found->r.action, k->action);
	assert_int_equal(found->r.tcp_flags, k->tcp_flags);
	assert_int_equal(found->r.packets, k->packets);
}

static void
check_file(struct view text, size_t i)
{
	struct reading s = read_flow(text, 0);
	struct reading split = read_flow(text, 97);
	enum flow_format recognised = flow_recognise(text);
	print_message("%-64s %-16s %3u records %2u other %u anomalies\n",
		rows[i].file, flow_format_name(recognised), s.count,
		(unsigned)s.summary.other, s.noted);
	assert_int_equal(recognised, rows[i].recognised);
	assert_int_equal(s.count, rows[i].records);
	assert_int_equal(s.summary.other, rows[i].other);
	assert_int_equal(s.noted, rows[i].anomalies);
	assert_memory_equal(&s.summary, &split.summary, sizeof s.summary);
	if (rows[i].records > 0)
		check_known(&rows[i].known, &s.kept[rows[i].known.nth]);
}

static void
test_corpus(void **state)
{
	(void)state;
	static uint8_t room[65536];
	unsigned missing = 0;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		char path[1024];
		struct view text;
		snprintf(path, sizeof path, "%s/%s", corpus(), rows[i].file);
		if (!load(path, room, sizeof room, &text)) {
			print_message("skipped: no %s\n", path);
			missing++;
			continue;
		}
		check_file(text, i);
	}
	if (missing > 0)
		skip();
}

/* Our case: what the router passed and what its rule dropped. */
static void
test_case(void **state)
{
	(void)state;
	static uint8_t room[65536];
	struct view text;
	assert_true(load(SOURCE_DIR "/samples/cases/flow-log-reject/network/"
				    "vpc-flow-logs.log",
		room, sizeof room, &text));
	struct reading s = read_flow(text, 0);
	unsigned rejected = 0;
	assert_int_equal(s.noted, 0);
	assert_int_equal(s.summary.other, 1);
	for (unsigned i = 0; i < s.count; i++) {
		if (s.kept[i].r.action != FLOW_ACTION_REJECT)
			continue;
		assert_int_equal(s.kept[i].r.dst_port, 443);
		assert_int_equal(s.kept[i].r.packets, 3);
		rejected++;
	}
	assert_int_equal(rejected, 2);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_corpus),
		cmocka_unit_test(test_case),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
