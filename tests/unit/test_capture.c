/*
 * pcap and snoop, recognition, and what all formats promise. Files are built in
 * memory; capture_bytes.h reads each of them in windows of several sizes.
 */
#include "capture_bytes.h"

#define PCAP_MICRO 0xa1b2c3d4
#define PCAP_NANO 0xa1b23c4d
#define PCAP_MODIFIED 0xa1b2cd34
#define PCAP_NAVTEL 0xa12b3c4d

/* Two packets, 5 bytes of 60 at 100.000250 s and 8 of 8 at 101 s. */
static void
put_two_packets(struct build *b)
{
	put_pcap_record(b, 100, 250, 5, 60, 5);
	put_pcap_record(b, 101, 0, 8, 8, 8);
}

static void
assert_two_packets(const struct seen *s, int64_t first_ns)
{
	assert_int_equal(s->packets, 2);
	assert_int_equal(s->packet[0].time.ns, first_ns);
	assert_int_equal(s->packet[0].caplen, 5);
	assert_int_equal(s->packet[0].wirelen, 60);
	assert_int_equal(s->first_byte[0], 100);
	assert_int_equal(s->last_byte[0], 104);
	assert_int_equal(s->packet[1].time.ns, 101 * NS_PER_S);
	assert_int_equal(s->packet[1].caplen, 8);
	assert_int_equal(s->first_byte[1], 101);
}

static void
test_pcap_byte_orders_and_units(void **state)
{
	(void)state;
	static const struct {
		uint32_t magic;
		int64_t unit_ns;
	} rows[] = {{PCAP_MICRO, 1000}, {PCAP_NANO, 1}, {PCAP_NAVTEL, 1}};

	for (size_t i = 0; i < 2 * sizeof rows / sizeof rows[0]; i++) {
		struct build b = {.big_endian = i % 2 != 0};
		struct seen s;
		put_pcap_head(&b, rows[i / 2].magic, 2, 4, 65535, 113);
		put_two_packets(&b);
		read_build(&b, &s);
		assert_two_packets(
			&s, 100 * NS_PER_S + 250 * rows[i / 2].unit_ns);
		assert_only_anomaly(&s, ANOMALY_COUNT);
		assert_int_equal(s.packet[0].link_type, 113);
		assert_int_equal(s.packet[0].fcs_len, 0);
		assert_int_equal(s.summary.format, CAPTURE_FORMAT_PCAP);
		assert_int_equal(s.summary.snaplen, 65535);
		assert_int_equal(s.summary.interfaces, 1);
		assert_false(s.summary.has_drop_count);
	}
}

static void
test_pcap_modified_has_longer_records(void **state)
{
	(void)state;
	for (int big = 0; big < 2; big++) {
		struct build b = {.big_endian = big != 0};
		struct seen s;
		put_pcap_head(&b, PCAP_MODIFIED, 2, 4, 68, 1);
		put_pcap_record(&b, 100, 250, 5, 60, 0);
		put32(&b, 2); /* interface index */
		put16(&b, 8); /* protocol */
		put16(&b, 0x04); /* packet type, padding */
		put_ramp(&b, 100, 5);
		read_build(&b, &s);
		assert_only_anomaly(&s, ANOMALY_COUNT);
		assert_int_equal(s.packets, 1);
		assert_int_equal(s.first_byte[0], 100);
		assert_int_equal(s.last_byte[0], 104);
	}
}

/* Before 2.3 the wire length came first; a 2.3 file may do either. */
static void
test_pcap_old_versions_swap_lengths(void **state)
{
	(void)state;
	static const struct {
		uint16_t major, minor;
		uint32_t first, second;
	} rows[] = {
		{2, 2, 60, 5}, {2, 3, 60, 5}, {2, 3, 5, 60}, {543, 0, 60, 5}};

	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		struct build b = {0};
		struct seen s;
		put_pcap_head(
			&b, PCAP_MICRO, rows[i].major, rows[i].minor, 68, 1);
		put_pcap_record(&b, 100, 250, rows[i].first, rows[i].second, 5);
		read_build(&b, &s);
		assert_only_anomaly(&s, ANOMALY_COUNT);
		assert_int_equal(s.packets, 1);
		assert_int_equal(s.packet[0].caplen, 5);
		assert_int_equal(s.packet[0].wirelen, 60);
	}
}

static void
test_pcap_of_aix(void **state)
{
	(void)state;
	struct build b = {.big_endian = true};
	struct seen s;
	put_pcap_head(&b, PCAP_MICRO, 2, 2, 68, 6); /* ethernet-csmacd(6) */
	put_pcap_record(&b, 100, 999999999, 60, 5, 5);
	read_build(&b, &s);
	assert_only_anomaly(&s, ANOMALY_COUNT);
	assert_int_equal(s.packet[0].link_type, 1);
	assert_int_equal(s.packet[0].caplen, 5);
	assert_int_equal(s.packet[0].time.ns, 100 * NS_PER_S + 999999999);
}

static void
test_pcap_unknown_version_is_noted(void **state)
{
	(void)state;
	struct build b = {0};
	struct seen s;
	put_pcap_head(&b, PCAP_MICRO, 2, 5, 65535, 1);
	put_two_packets(&b);
	read_build(&b, &s);
	assert_only_anomaly(&s, ANOMALY_CAPTURE_VERSION);
	assert_two_packets(&s, 100 * NS_PER_S + 250000);
}

static void
test_pcap_link_field_upper_bits(void **state)
{
	(void)state;
	struct build b = {0};
	struct seen s;
	/* FCS length 2 (of 16 bits), f bit, link type 1 */
	put_pcap_head(&b, PCAP_MICRO, 2, 4, 65535, 0x24000001);
	put_two_packets(&b);
	read_build(&b, &s);
	assert_int_equal(s.packet[0].link_type, 1);
	assert_int_equal(s.packet[0].fcs_len, 4);

	b.len = 0; /* without the f bit the length means nothing */
	put_pcap_head(&b, PCAP_MICRO, 2, 4, 65535, 0x20000001);
	put_two_packets(&b);
	read_build(&b, &s);
	assert_int_equal(s.packet[0].link_type, 1);
	assert_int_equal(s.packet[0].fcs_len, 0);

	b.len = 0; /* more than 16 bits name no link type */
	put_pcap_head(&b, PCAP_MICRO, 2, 4, 65535, 0x00010001);
	put_two_packets(&b);
	read_build(&b, &s);
	assert_int_equal(s.packet[0].link_type, CAPTURE_LINK_UNKNOWN);
}

static void
test_pcap_longer_than_snaplen_is_cut(void **state)
{
	(void)state;
	struct build b = {0};
	struct seen s;
	put_pcap_head(&b, PCAP_MICRO, 2, 4, 6, 1);
	put_two_packets(&b);
	read_build(&b, &s);
	assert_only_anomaly(&s, ANOMALY_CAPTURE_SNAPLEN_EXCEEDED);
	assert_int_equal(s.packets, 2);
	assert_int_equal(s.packet[1].caplen, 6);
	assert_int_equal(s.packet[1].wirelen, 8);
	assert_int_equal(s.last_byte[1], 106);
}

static void
test_pcap_snaplen_without_meaning(void **state)
{
	(void)state;
	static const uint32_t snaplens[] = {0, 0x80000000, 0xffffffff};
	for (size_t i = 0; i < 3; i++) {
		struct build b = {0};
		struct seen s;
		put_pcap_head(&b, PCAP_MICRO, 2, 4, snaplens[i], 1);
		put_two_packets(&b);
		read_build(&b, &s);
		assert_only_anomaly(&s, ANOMALY_COUNT);
		assert_two_packets(&s, 100 * NS_PER_S + 250000);
		assert_int_equal(s.summary.snaplen, 0);
	}
}

static void
test_pcap_impossible_length_ends_it(void **state)
{
	(void)state;
	static const uint32_t lengths[] = {262145, 0xffffffff};
	for (size_t i = 0; i < 2; i++) {
		struct build b = {0};
		struct seen s;
		put_pcap_head(&b, PCAP_MICRO, 2, 4, 65535, 1);
		put_two_packets(&b);
		put_pcap_record(&b, 102, 0, lengths[i], lengths[i], 4);
		put_two_packets(&b);
		read_build(&b, &s);
		assert_only_anomaly(&s, ANOMALY_CAPTURE_DAMAGED);
		assert_int_equal(s.anomaly_at, 24 + 21 + 24);
		assert_two_packets(&s, 100 * NS_PER_S + 250000);
	}
}

/* Every cut of a file keeps the packets before it, and says so. */
static void
test_pcap_cut_anywhere(void **state)
{
	(void)state;
	struct build b = {0};
	put_pcap_head(&b, PCAP_MICRO, 2, 4, 65535, 1);
	put_two_packets(&b);
	size_t whole = b.len;
	for (b.len = 4; b.len < whole; b.len++) {
		struct seen s;
		read_build(&b, &s);
		bool first_complete = b.len >= 24 + 21;
		bool between = b.len == 24 || b.len == 24 + 21;
		assert_int_equal(s.packets, first_complete ? 1 : 0);
		assert_int_equal(
			s.anomalies[ANOMALY_CAPTURE_CUT], between ? 0 : 1);
		assert_int_equal(s.anomalies[ANOMALY_CAPTURE_EMPTY],
			first_complete ? 0 : 1);
		assert_int_equal(s.anomalies[ANOMALY_CAPTURE_DAMAGED], 0);
	}
}

static void
test_pcap_times(void **state)
{
	(void)state;
	struct build b = {0};
	struct seen s;
	put_pcap_head(&b, PCAP_MICRO, 2, 4, 65535, 1);
	put_pcap_record(&b, 0xffffffff, 999999, 4, 4, 4); /* the year 2106 */
	read_build(&b, &s);
	assert_only_anomaly(&s, ANOMALY_COUNT);
	assert_int_equal(s.packet[0].time.ns, INT64_C(4294967295999999000));

	b.len = 24;
	put_pcap_record(&b, 100, 1000000, 4, 4, 4); /* no such microsecond */
	read_build(&b, &s);
	assert_only_anomaly(&s, ANOMALY_CAPTURE_BAD_TIME);
	assert_int_equal(s.packet[0].time.ns, 101 * NS_PER_S);

	b.len = 24;
	put_pcap_record(&b, 100, 0, 4, 4, 4);
	put_pcap_record(&b, 99, 0, 4, 4, 4); /* a second is forgiven */
	put_pcap_record(&b, 97, 999999, 4, 4, 4);
	put_pcap_record(&b, 98, 0, 4, 4, 4);
	read_build(&b, &s);
	assert_only_anomaly(&s, ANOMALY_CAPTURE_TIME_BACKWARDS);
	assert_int_equal(s.anomaly_at, 24 + 2 * 20);
	assert_int_equal(s.packets, 4);
}

/* "cat a.pcap b.pcap", the second in the other byte order and unit. */
static void
test_pcap_joined_files(void **state)
{
	(void)state;
	struct build b = {0};
	struct seen s;
	put_pcap_head(&b, PCAP_MICRO, 2, 4, 65535, 1);
	put_two_packets(&b);
	b.big_endian = true;
	put_pcap_head(&b, PCAP_NANO, 2, 4, 1000, 101);
	put_pcap_record(&b, 102, 7, 5, 60, 5);
	read_build(&b, &s);
	assert_only_anomaly(&s, ANOMALY_CAPTURE_JOINED);
	assert_int_equal(s.packets, 3);
	assert_int_equal(s.packet[2].time.ns, 102 * NS_PER_S + 7);
	assert_int_equal(s.packet[2].link_type, 101);
	assert_int_equal(s.summary.snaplen, 1000);
	assert_int_equal(s.summary.interfaces, 2);
}

/* Headers only, as many as fit: states must not pile up on the stack. */
static void
test_pcap_many_joined_heads(void **state)
{
	(void)state;
	static struct build b;
	struct seen s;
	while (sizeof b.data - b.len >= 24)
		put_pcap_head(&b, PCAP_MICRO, 2, 4, 65535, 1);
	read_stepwise(&b, sizeof b.data, &s);
	assert_int_equal(s.packets, 0);
	assert_int_equal(
		s.anomalies[ANOMALY_CAPTURE_JOINED], sizeof b.data / 24 - 1);
}

static void
test_pcap_zeros_at_the_end(void **state)
{
	(void)state;
	struct build b = {0};
	struct seen s;
	put_pcap_head(&b, PCAP_MICRO, 2, 4, 65535, 1);
	put_two_packets(&b);
	static const uint8_t zeros[64];
	put(&b, zeros, sizeof zeros);
	read_build(&b, &s);
	assert_only_anomaly(&s, ANOMALY_CAPTURE_DAMAGED);
	assert_int_equal(s.packets, 2);

	b.len = 24; /* an empty packet that has a time is a packet */
	put_pcap_record(&b, 100, 0, 0, 0, 0);
	read_build(&b, &s);
	assert_only_anomaly(&s, ANOMALY_COUNT);
	assert_int_equal(s.packets, 1);
	assert_int_equal(s.packet[0].caplen, 0);
}

static void
test_snoop(void **state)
{
	(void)state;
	struct build b = {0};
	struct seen s;
	put_snoop_head(&b, 2, 4);
	put_snoop_record(&b, 0, 100);
	put_snoop_record(&b, 3, 101);
	read_build(&b, &s);
	assert_only_anomaly(&s, ANOMALY_COUNT);
	assert_int_equal(s.packets, 2);
	assert_int_equal(s.packet[0].time.ns, 100 * NS_PER_S + 250000);
	assert_int_equal(s.packet[0].caplen, 5);
	assert_int_equal(s.packet[0].wirelen, 60);
	assert_int_equal(s.packet[0].link_type, 1);
	assert_int_equal(s.first_byte[1], 101);
	assert_true(s.summary.has_drop_count);
	assert_int_equal(s.summary.dropped, 3);
	assert_string_equal(capture_format_name(s.summary.format), "snoop");

	b.len -= 1;
	read_build(&b, &s);
	assert_only_anomaly(&s, ANOMALY_CAPTURE_CUT);
	assert_int_equal(s.packets, 1);

	b.len = 0; /* a record shorter than its own header */
	put_snoop_head(&b, 3, 77);
	put_snoop_record(&b, 0, 100);
	b.data[16 + 11] = 23;
	read_build(&b, &s);
	assert_int_equal(s.packets, 0);
	assert_int_equal(s.anomalies[ANOMALY_CAPTURE_VERSION], 1);
	assert_int_equal(s.anomalies[ANOMALY_CAPTURE_DAMAGED], 1);

	b.data[16 + 11] = 28; /* data longer than the record */
	read_build(&b, &s);
	assert_int_equal(s.anomalies[ANOMALY_CAPTURE_DAMAGED], 1);
	assert_int_equal(s.packets, 0);
	b.data[16 + 11] = 32;
	read_build(&b, &s);
	assert_int_equal(s.packet[0].link_type, CAPTURE_LINK_UNKNOWN);
}

static void
test_recognise(void **state)
{
	(void)state;
	static const struct {
		const char *bytes;
		size_t len;
		enum capture_format format;
	} rows[] = {
		{"\xd4\xc3\xb2\xa1", 4, CAPTURE_FORMAT_PCAP},
		{"\xa1\xb2\x3c\x4d", 4, CAPTURE_FORMAT_PCAP},
		{"\x34\xcd\xb2\xa1", 4, CAPTURE_FORMAT_PCAP},
		{"\xd4\xc3\xb2", 3, CAPTURE_FORMAT_NONE},
		{"\n\r\r\n\x1c\0\0\0\x4d\x3c\x2b\x1a", 12,
			CAPTURE_FORMAT_PCAPNG},
		{"\n\r\r\n\0\0\0\x1c\x1a\x2b\x3c\x4d", 12,
			CAPTURE_FORMAT_PCAPNG},
		{"\n\r\r\nsome text", 13, CAPTURE_FORMAT_NONE},
		{"snoop\0\0\0", 8, CAPTURE_FORMAT_SNOOP},
		{"snoop dogg", 10, CAPTURE_FORMAT_NONE},
		{"", 0, CAPTURE_FORMAT_NONE},
	};
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
		assert_int_equal(
			capture_recognise(view_of(rows[i].bytes, rows[i].len)),
			rows[i].format);
}

static void
test_not_a_capture(void **state)
{
	(void)state;
	struct build b = {0};
	struct seen s;
	read_build(&b, &s);
	assert_only_anomaly(&s, ANOMALY_CAPTURE_EMPTY);
	put(&b, "Nov 20 23:32:31 host kernel: eth0", 33);
	read_build(&b, &s);
	assert_int_equal(s.anomalies[ANOMALY_CAPTURE_DAMAGED], 1);
	assert_int_equal(s.packets, 0);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_pcap_byte_orders_and_units),
		cmocka_unit_test(test_pcap_modified_has_longer_records),
		cmocka_unit_test(test_pcap_old_versions_swap_lengths),
		cmocka_unit_test(test_pcap_of_aix),
		cmocka_unit_test(test_pcap_unknown_version_is_noted),
		cmocka_unit_test(test_pcap_link_field_upper_bits),
		cmocka_unit_test(test_pcap_longer_than_snaplen_is_cut),
		cmocka_unit_test(test_pcap_snaplen_without_meaning),
		cmocka_unit_test(test_pcap_impossible_length_ends_it),
		cmocka_unit_test(test_pcap_cut_anywhere),
		cmocka_unit_test(test_pcap_times),
		cmocka_unit_test(test_pcap_joined_files),
		cmocka_unit_test(test_pcap_many_joined_heads),
		cmocka_unit_test(test_pcap_zeros_at_the_end),
		cmocka_unit_test(test_snoop),
		cmocka_unit_test(test_recognise),
		cmocka_unit_test(test_not_a_capture),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
