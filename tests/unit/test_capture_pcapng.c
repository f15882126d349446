/*
 * pcapng: blocks, options, times, sections, damage. Files are built in memory;
 * capture_bytes.h reads each of them in windows of several sizes.
 */
#include "capture_bytes.h"

#define ETHERNET 1
#define RAW 101

static void
test_both_byte_orders(void **state)
{
	(void)state;
	for (int big = 0; big < 2; big++) {
		struct build b = {.big_endian = big != 0};
		struct seen s;
		put_section(&b);
		put_interface(&b, ETHERNET, 96);
		put_epb(&b, 0, 100000250, 5, 60);
		put_epb(&b, 0, 101000000, 8, 8);
		read_build(&b, &s);
		assert_only_anomaly(&s, ANOMALY_COUNT);
		assert_int_equal(s.packets, 2);
		assert_int_equal(s.packet[0].time.ns, 100 * NS_PER_S + 250000);
		assert_int_equal(s.packet[0].caplen, 5);
		assert_int_equal(s.packet[0].wirelen, 60);
		assert_int_equal(s.packet[0].link_type, ETHERNET);
		assert_int_equal(s.first_byte[0], (uint8_t)100000250);
		assert_int_equal(s.packet[1].caplen, 8);
		assert_int_equal(s.summary.format, CAPTURE_FORMAT_PCAPNG);
		assert_int_equal(s.summary.snaplen, 96);
		assert_int_equal(s.summary.interfaces, 1);
	}
}

/* Two sections, the second in the other byte order with its own interfaces. */
static void
test_sections_change_byte_order(void **state)
{
	(void)state;
	struct build b = {0};
	struct seen s;
	put_section(&b);
	put_interface(&b, ETHERNET, 96);
	put_epb(&b, 0, 1000000, 4, 4);
	b.big_endian = true;
	put_section(&b);
	put_epb(&b, 0, 2000000, 4, 4); /* no interface yet */
	put_interface(&b, RAW, 64);
	put_interface(&b, ETHERNET, 128);
	put_epb(&b, 1, 3000000, 4, 4);
	put_epb(&b, 0, 3000000, 4, 4);
	read_build(&b, &s);
	assert_only_anomaly(&s, ANOMALY_CAPTURE_UNKNOWN_INTERFACE);
	assert_int_equal(s.packets, 3);
	assert_int_equal(s.packet[1].interface_id, 1);
	assert_int_equal(s.packet[1].link_type, ETHERNET);
	assert_int_equal(s.packet[2].link_type, RAW);
	assert_int_equal(s.packet[2].time.ns, 3 * NS_PER_S);
	assert_int_equal(s.summary.packets_skipped, 1);
	assert_int_equal(s.summary.interfaces, 3);
	assert_int_equal(s.summary.snaplen, 64);
}

static void
test_time_resolutions(void **state)
{
	(void)state;
	static const struct {
		uint8_t resolution;
		int64_t offset_s;
		uint64_t ticks;
		int64_t ns;
	} rows[] = {
		{0, 0, 100, 100 * NS_PER_S},
		{3, 0, 100250, 100 * NS_PER_S + 250 * NS_PER_MS},
		{6, 0, 0, 0},
		{9, 0, 1763681551191644123, 1763681551191644123},
		{9, 0, INT64_MAX, INT64_MAX},
		{9, 0, (uint64_t)INT64_MAX + 1, CLOCK_UNKNOWN_NS},
		{9, 0, (uint64_t)INT64_MAX + 9, CLOCK_UNKNOWN_NS},
		{9, 7, INT64_MAX, CLOCK_UNKNOWN_NS},
		{9, -7, INT64_MAX, INT64_MAX - 7 * NS_PER_S},
		/* Too large before the offset, in range behind it. */
		{9, -7, (uint64_t)INT64_MAX + 1, INT64_MAX - 7 * NS_PER_S + 1},
		{6, 1763681551, 191644, 1763681551191644000},
		{12, 0, 1763681551191644, 1763681551191},
		{19, 0, UINT64_MAX, 1844674407},
		{20, 0, 1, CLOCK_UNKNOWN_NS},
		{0x80, 0, 100, 100 * NS_PER_S},
		{0x80 | 10, 0, 1536, NS_PER_S + NS_PER_S / 2},
		{0x80 | 32, 0, UINT64_C(0x6543210080000000),
			INT64_C(0x65432100) * NS_PER_S + NS_PER_S / 2},
		{0x80 | 63, 0, UINT64_MAX, 1999999999},
		{0x80 | 64, 0, 1, CLOCK_UNKNOWN_NS},
		{6, INT64_MAX, 1, CLOCK_UNKNOWN_NS},
		{6, INT64_MIN, 0, CLOCK_UNKNOWN_NS},
		{6, -10, 0, -10 * NS_PER_S},
	};

	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		struct build b = {0};
		struct seen s;
		put_section(&b);
		put_interface_ticks(&b, rows[i].resolution, rows[i].offset_s);
		put_epb(&b, 0, rows[i].ticks, 4, 4);
		read_build(&b, &s);
		if (s.packet[0].time.ns != rows[i].ns)
			fail_msg("row %zu: %lld", i,
				(long long)s.packet[0].time.ns);
		assert_only_anomaly(&s,
			rows[i].ns == CLOCK_UNKNOWN_NS
				? ANOMALY_CAPTURE_BAD_TIME
				: ANOMALY_COUNT);
	}
}

static void
test_interface_and_section_options(void **state)
{
	(void)state;
	struct build b = {0};
	struct seen s;
	size_t at = block_begin(&b, 0x0a0d0d0a);
	put32(&b, 0x1a2b3c4d);
	put16(&b, 1);
	put16(&b, 2); /* version 1.2 */
	put_number(&b, 48, 8);
	put_option(&b, 2, "x86", 3); /* shb_hardware */
	put_option(&b, 3, "Linux 6", 7); /* shb_os */
	put_option(&b, 0, "", 0);
	block_end(&b, at);
	at = block_begin(&b, 1);
	put16(&b, ETHERNET);
	put16(&b, 0);
	put32(&b, 262144);
	put_option(&b, 2, "eth0", 4); /* if_name */
	put_option(&b, 11, "\0tcp port 80", 12); /* if_filter, a string */
	put_option(&b, 12, "other", 5); /* if_os, second to shb_os */
	put_option(&b, 13, "\4", 1); /* if_fcslen */
	block_end(&b, at); /* no opt_endofopt: allowed */
	put_epb(&b, 0, 1, 4, 4);
	read_build(&b, &s);
	assert_only_anomaly(&s, ANOMALY_COUNT);
	assert_string_equal(s.summary.os, "Linux 6");
	assert_string_equal(s.summary.hardware_or_if_name, "eth0");
	assert_true(s.summary.has_filter);
	assert_string_equal(s.summary.filter, "tcp port 80");
	assert_int_equal(s.packet[0].fcs_len, 4);
}

static void
test_long_text_and_bytecode_filter(void **state)
{
	(void)state;
	struct build b = {0};
	struct seen s;
	char name[200];
	memset(name, 'n', sizeof name);
	put_section(&b);
	size_t at = block_begin(&b, 1);
	put32(&b, ETHERNET);
	put32(&b, 0);
	put_option(&b, 2, name, sizeof name);
	put_option(&b, 11, "\1\0\0\0\0\0\0\0\0", 9); /* BPF bytecode */
	block_end(&b, at);
	read_build(&b, &s);
	assert_only_anomaly(&s, ANOMALY_CAPTURE_EMPTY);
	assert_int_equal(strlen(s.summary.hardware_or_if_name),
		sizeof s.summary.hardware_or_if_name - 1);
	assert_true(s.summary.has_filter);
	assert_string_equal(s.summary.filter, "");
}

/* Option lists that overrun: the rest of the block counts all the same. */
static void
test_bad_options(void **state)
{
	(void)state;
	static const struct {
		uint16_t code, len;
		size_t data_len;
	} rows[] = {
		{9, 100, 4}, /* if_tsresol beyond the block */
		{2, 100, 4}, /* if_name beyond the block */
		{11, 100, 4}, /* if_filter beyond the block */
		{9, 2, 4}, /* if_tsresol of two bytes */
		{14, 4, 4}, /* if_tsoffset of four */
		{13, 0, 0}, /* if_fcslen of none */
	};
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		struct build b = {0};
		struct seen s;
		put_section(&b);
		size_t at = block_begin(&b, 1);
		put32(&b, ETHERNET);
		put32(&b, 0);
		put16(&b, rows[i].code);
		put16(&b, rows[i].len);
		put_ramp(&b, 9, rows[i].data_len);
		block_end(&b, at);
		put_epb(&b, 0, 1000000, 4, 4);
		read_build(&b, &s);
		assert_only_anomaly(&s, ANOMALY_CAPTURE_BAD_OPTION);
		assert_int_equal(s.packet[0].time.ns, NS_PER_S);
	}
}

static void
test_packet_options(void **state)
{
	(void)state;
	struct build b = {0};
	struct seen s;
	put_section(&b);
	put_interface(&b, ETHERNET, 0);
	static const uint8_t inbound_fcs4[] = {0x81, 0, 0, 0};
	static const uint8_t outbound[] = {2, 0, 0, 0};
	size_t at = epb_begin(&b, 0, 1, 5, 5);
	put_option(&b, 1, "a comment", 9);
	put_option(&b, 2, inbound_fcs4, 4);
	put_option64(&b, 4, 7); /* epb_dropcount */
	put_option(&b, 0, "", 0);
	block_end(&b, at);
	at = epb_begin(&b, 0, 2, 4, 4);
	put_option(&b, 2, outbound, 4);
	put_option64(&b, 4, 3);
	block_end(&b, at);
	put_epb(&b, 0, 3, 4, 4);
	read_build(&b, &s);
	assert_only_anomaly(&s, ANOMALY_COUNT);
	assert_int_equal(s.packet[0].direction, CAPTURE_DIRECTION_IN);
	assert_int_equal(s.packet[0].fcs_len, 4);
	assert_int_equal(s.packet[1].direction, CAPTURE_DIRECTION_OUT);
	assert_int_equal(s.packet[1].fcs_len, 0);
	assert_int_equal(s.packet[2].direction, CAPTURE_DIRECTION_UNKNOWN);
	assert_true(s.summary.has_drop_count);
	assert_int_equal(s.summary.dropped, 10);
}

static void
test_interface_statistics(void **state)
{
	(void)state;
	for (int big = 0; big < 2; big++) {
		struct build b = {.big_endian = big != 0};
		struct seen s;
		put_section(&b);
		put_interface(&b, ETHERNET, 0);
		put_interface_ticks(&b, 9, 0);
		put_epb(&b, 0, 5000000, 4, 4);
		put_statistics(&b, 0, 4000000, 6000000, 1, 2);
		put_statistics(&b, 0, 4000000, 7000000, 3, 4); /* replaces */
		put_statistics(&b, 1, 2000000000, 3000000000, 0, 10);
		put_statistics(&b, 2, 0, 0, 99, 99); /* no such interface */
		put_section(&b);
		put_interface(&b, ETHERNET, 0);
		put_statistics(&b, 0, 9000000, 9500000, 100, 0);
		read_build(&b, &s);
		assert_only_anomaly(&s, ANOMALY_CAPTURE_UNKNOWN_INTERFACE);
		assert_true(s.summary.has_drop_count);
		assert_int_equal(s.summary.dropped, 3 + 4 + 10 + 100);
		assert_int_equal(s.summary.started.ns, 2 * NS_PER_S);
		assert_int_equal(
			s.summary.ended.ns, 9 * NS_PER_S + 500 * NS_PER_MS);
		assert_int_equal(s.summary.packets_skipped, 0);
	}
}

/* No statistics: nothing is known of drops. A count of 0 is knowledge. */
static void
test_drop_count_known_or_not(void **state)
{
	(void)state;
	struct build b = {0};
	struct seen s;
	put_section(&b);
	put_interface(&b, ETHERNET, 0);
	put_epb(&b, 0, 5000000, 4, 4);
	read_build(&b, &s);
	assert_false(s.summary.has_drop_count);
	assert_int_equal(s.summary.started.ns, CLOCK_UNKNOWN_NS);
	put_statistics(&b, 0, 1, 2, 0, 0);
	put_statistics(&b, 0, 1, 2, UINT64_MAX, UINT64_MAX);
	read_build(&b, &s);
	assert_true(s.summary.has_drop_count);
	assert_int_equal(s.summary.dropped, UINT64_MAX);
}

static void
test_simple_packets(void **state)
{
	(void)state;
	struct build b = {0};
	struct seen s;
	put_section(&b);
	put_interface(&b, RAW, 6);
	size_t at = block_begin(&b, 3);
	put32(&b, 60); /* original length; 6 bytes are here, and 2 pad */
	put_ramp(&b, 50, 8);
	block_end(&b, at);
	read_build(&b, &s);
	assert_only_anomaly(&s, ANOMALY_CAPTURE_NO_TIME);
	assert_int_equal(s.packets, 1);
	assert_int_equal(s.packet[0].time.ns, CLOCK_UNKNOWN_NS);
	assert_int_equal(s.packet[0].caplen, 6);
	assert_int_equal(s.packet[0].wirelen, 60);
	assert_int_equal(s.packet[0].link_type, RAW);
	assert_int_equal(s.last_byte[0], 55);

	b.len = 28; /* the section only: a packet of an unknown interface */
	at = block_begin(&b, 3);
	put32(&b, 4);
	put_ramp(&b, 50, 4);
	block_end(&b, at);
	read_build(&b, &s);
	assert_only_anomaly(&s, ANOMALY_CAPTURE_UNKNOWN_INTERFACE);
	assert_int_equal(s.packets, 0);
	assert_int_equal(s.summary.packets_skipped, 1);

	b.len = 28; /* shorter than original length and snaplen allow */
	put_interface(&b, RAW, 0);
	at = block_begin(&b, 3);
	put32(&b, 5);
	put_ramp(&b, 50, 4);
	block_end(&b, at);
	read_build(&b, &s);
	assert_int_equal(s.anomalies[ANOMALY_CAPTURE_DAMAGED], 1);
}

static void
test_obsolete_packets(void **state)
{
	(void)state;
	for (int big = 0; big < 2; big++) {
		struct build b = {.big_endian = big != 0};
		struct seen s;
		static const uint16_t drops[] = {4, 0xffff};
		put_section(&b);
		put_interface(&b, ETHERNET, 0);
		put_interface(&b, RAW, 0);
		for (size_t i = 0; i < 2; i++) {
			size_t at = block_begin(&b, 2);
			put16(&b, 1); /* interface */
			put16(&b, drops[i]); /* drops count; ffff unknown */
			put32(&b, 0);
			put32(&b, 1000000);
			put32(&b, 4);
			put32(&b, 60);
			put_ramp(&b, 7, 4);
			block_end(&b, at);
		}
		read_build(&b, &s);
		assert_only_anomaly(&s, ANOMALY_COUNT);
		assert_int_equal(s.packets, 2);
		assert_int_equal(s.packet[0].link_type, RAW);
		assert_int_equal(s.packet[0].time.ns, NS_PER_S);
		assert_int_equal(s.packet[0].wirelen, 60);
		assert_int_equal(s.first_byte[0], 7);
		assert_int_equal(s.summary.dropped, 4);
	}
}

static void
test_other_blocks_are_passed_over(void **state)
{
	(void)state;
	static const uint32_t types[] = {4 /* names */, 9 /* journal */,
		0xbad /* custom */, 0x40000bad, 0x80000001 /* local use */};
	struct build b = {0};
	struct seen s;
	put_section(&b);
	put_interface(&b, ETHERNET, 0);
	for (size_t i = 0; i < sizeof types / sizeof types[0]; i++) {
		size_t at = block_begin(&b, types[i]);
		put_ramp(&b, 0, 4 * i);
		block_end(&b, at);
	}
	put_epb(&b, 0, 1, 4, 4);
	read_build(&b, &s);
	assert_only_anomaly(&s, ANOMALY_COUNT);
	assert_int_equal(s.packets, 1);

	size_t at = block_begin(&b, 10); /* Decryption Secrets Block */
	put32(&b, 0x544c534b); /* TLS key log */
	put32(&b, 8);
	put(&b, "CLIENT_R", 8);
	block_end(&b, at);
	read_build(&b, &s);
	assert_only_anomaly(&s, ANOMALY_CAPTURE_SECRETS);
}

static void
test_longer_than_snaplen_is_kept(void **state)
{
	(void)state;
	struct build b = {0};
	struct seen s;
	put_section(&b);
	put_interface(&b, ETHERNET, 4);
	put_epb(&b, 0, 1, 8, 60);
	read_build(&b, &s);
	assert_only_anomaly(&s, ANOMALY_CAPTURE_SNAPLEN_EXCEEDED);
	assert_int_equal(s.packet[0].caplen, 8);
}

/* A section of version 2 is passed over, the next one read. */
static void
test_unknown_version_skips_its_section(void **state)
{
	(void)state;
	struct build b = {0};
	struct seen s;
	put_section(&b);
	b.data[12] = 2;
	put_interface(&b, ETHERNET, 0);
	put_epb(&b, 0, 1, 4, 4);
	put_section(&b);
	put_interface(&b, ETHERNET, 0);
	put_epb(&b, 0, 2, 4, 4);
	read_build(&b, &s);
	assert_only_anomaly(&s, ANOMALY_CAPTURE_VERSION);
	assert_int_equal(s.packets, 1);
	assert_int_equal(s.packet[0].time.ns, 2000);
}

/* One field of the third block (an EPB at 48) is made impossible. */
static void
test_damage_keeps_what_came_before(void **state)
{
	(void)state;
	static const struct {
		size_t at;
		uint32_t value;
	} rows[] = {
		{4, 0}, /* total length: none */
		{4, 8}, /* shorter than the smallest block */
		{4, 34}, /* no multiple of 4 */
		{4, 0xfffffffc}, /* longer than any */
		{4, 16}, /* no room for a packet header */
		{32, 40}, /* the length behind disagrees */
		{20, 5}, /* captured length beyond the block */
		{20, 0xffffffff},
	};
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		struct build b = {0};
		struct seen s;
		put_section(&b);
		put_interface(&b, ETHERNET, 0);
		put_epb(&b, 0, 1, 4, 4);
		size_t block = b.len;
		put_epb(&b, 0, 2, 4, 4);
		put_epb(&b, 0, 3, 4, 4);
		size_t whole = b.len;
		b.len = block + rows[i].at;
		put32(&b, rows[i].value);
		b.len = whole;
		read_build(&b, &s);
		assert_only_anomaly(&s, ANOMALY_CAPTURE_DAMAGED);
		assert_int_equal(s.anomaly_at, block);
		assert_int_equal(s.packets, 1);
	}
}

static void
test_short_fixed_parts(void **state)
{
	(void)state;
	static const uint32_t types[] = {
		1 /* IDB */, 2 /* PB */, 3 /* SPB */, 5 /* ISB */, 6 /* EPB */};
	for (size_t i = 0; i < sizeof types / sizeof types[0]; i++) {
		struct build b = {0};
		struct seen s;
		put_section(&b);
		put_interface(&b, ETHERNET, 0);
		put_epb(&b, 0, 1, 4, 4);
		block_end(&b, block_begin(&b, types[i]));
		read_build(&b, &s);
		assert_only_anomaly(&s, ANOMALY_CAPTURE_DAMAGED);
		assert_int_equal(s.packets, 1);
	}
}

static void
test_bad_section_headers(void **state)
{
	(void)state;
	struct build b = {0};
	struct seen s;
	put_section(&b);
	put_interface(&b, ETHERNET, 0);
	put_epb(&b, 0, 1, 4, 4);
	size_t second = b.len;
	put_section(&b);
	b.data[second + 8] = 0; /* the byte-order magic */
	read_build(&b, &s);
	assert_only_anomaly(&s, ANOMALY_CAPTURE_DAMAGED);
	assert_int_equal(s.packets, 1);

	b.len = second; /* a section header of 16 bytes */
	size_t at = block_begin(&b, 0x0a0d0d0a);
	put32(&b, 0x1a2b3c4d);
	block_end(&b, at);
	read_build(&b, &s);
	assert_only_anomaly(&s, ANOMALY_CAPTURE_DAMAGED);
}

static void
test_cut_anywhere(void **state)
{
	(void)state;
	struct build b = {0};
	put_section(&b);
	put_interface(&b, ETHERNET, 0);
	size_t head = b.len;
	put_epb(&b, 0, 1, 4, 4);
	size_t first = b.len;
	put_epb(&b, 0, 2, 5, 60);
	size_t whole = b.len;
	for (b.len = head; b.len < whole; b.len++) {
		struct seen s;
		read_build(&b, &s);
		bool between = b.len == head || b.len == first;
		assert_int_equal(s.packets, b.len < first ? 0 : 1);
		assert_int_equal(
			s.anomalies[ANOMALY_CAPTURE_CUT], between ? 0 : 1);
		assert_int_equal(s.anomalies[ANOMALY_CAPTURE_DAMAGED], 0);
	}
}

/* One interface more than is kept, in a file too large for a build. */
static void
test_too_many_interfaces(void **state)
{
	(void)state;
	struct build one = {0};
	put_section(&one);
	size_t head = one.len;
	put_interface(&one, ETHERNET, 0);
	size_t each = one.len - head;
	size_t count = CAPTURE_INTERFACES_MAX + 1;
	uint8_t *file = malloc(head + count * each);
	assert_non_null(file);
	memcpy(file, one.data, head);
	for (size_t i = 0; i < count; i++)
		memcpy(file + head + i * each, one.data + head, each);

	struct seen s = {0};
	struct capture_reader *r =
		capture_new((struct anomaly_sink){seen_anomaly, &s});
	struct capture_packet packet;
	struct view window = view_of(file, head + count * each);
	assert_int_equal(capture_next(r, &window, true, &packet), CAPTURE_END);
	assert_int_equal(s.anomalies[ANOMALY_CAPTURE_TOO_MANY_INTERFACES], 1);
	assert_int_equal(capture_summary(r)->interfaces, count);
	capture_free(r);
	free(file);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_both_byte_orders),
		cmocka_unit_test(test_sections_change_byte_order),
		cmocka_unit_test(test_time_resolutions),
		cmocka_unit_test(test_interface_and_section_options),
		cmocka_unit_test(test_long_text_and_bytecode_filter),
		cmocka_unit_test(test_bad_options),
		cmocka_unit_test(test_packet_options),
		cmocka_unit_test(test_interface_statistics),
		cmocka_unit_test(test_drop_count_known_or_not),
		cmocka_unit_test(test_simple_packets),
		cmocka_unit_test(test_obsolete_packets),
		cmocka_unit_test(test_other_blocks_are_passed_over),
		cmocka_unit_test(test_longer_than_snaplen_is_kept),
		cmocka_unit_test(test_unknown_version_skips_its_section),
		cmocka_unit_test(test_damage_keeps_what_came_before),
		cmocka_unit_test(test_short_fixed_parts),
		cmocka_unit_test(test_bad_section_headers),
		cmocka_unit_test(test_cut_anywhere),
		cmocka_unit_test(test_too_many_interfaces),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
