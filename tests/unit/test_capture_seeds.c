/*
 * The seeds of fuzz_capture are what this file builds, byte for byte; with
 * LOSTSYN_WRITE_SEEDS set it writes them instead of comparing:
 *
 *	LOSTSYN_WRITE_SEEDS=1 build/tests/unit/test_capture_seeds
 */
#include "capture_bytes.h"

#include <stdio.h>

#define SEEDS SOURCE_DIR "/tests/fuzz/seeds/fuzz_capture/"

static void
build_pcap(struct build *b)
{
	put_pcap_head(b, 0xa1b2c3d4, 2, 4, 65535, 1);
	put_pcap_record(b, 100, 250, 5, 60, 5);
	put_pcap_record(b, 101, 0, 8, 8, 8);
}

static void
build_pcap_nano_big(struct build *b)
{
	b->big_endian = true;
	put_pcap_head(b, 0xa1b23c4d, 2, 4, 4, 0x24000001);
	put_pcap_record(b, 100, 999999999, 5, 60, 5);
	put_pcap_record(b, 90, 1000000000, 4, 4, 4);
}

static void
build_pcap_modified(struct build *b)
{
	put_pcap_head(b, 0xa1b2cd34, 2, 4, 68, 1);
	put_pcap_record(b, 100, 250, 5, 60, 13); /* 8 of header, 5 of data */
}

static void
build_pcap_old(struct build *b)
{
	put_pcap_head(b, 0xa1b2c3d4, 2, 3, 68, 1);
	put_pcap_record(b, 100, 250, 60, 5, 5);
	put_pcap_record(b, 101, 250, 5, 60, 5);
	put_pcap_head(b, 0xa1b2c3d4, 2, 2, 68, 6); /* joined, of AIX */
	put_pcap_record(b, 102, 250, 60, 5, 5);
}

static void
build_pcapng(struct build *b)
{
	static const uint8_t flags[] = {0x81, 0, 0, 0};
	put_section(b);
	size_t at = block_begin(b, 1);
	put32(b, 1);
	put32(b, 96);
	put_option(b, 2, "eth0", 4);
	put_option(b, 11, "\0tcp port 80", 12);
	put_option(b, 12, "Linux", 5);
	put_option(b, 13, "\4", 1);
	put_option(b, 0, "", 0);
	block_end(b, at);
	put_epb(b, 0, 100000250, 5, 60);
	at = epb_begin(b, 0, 2, 5, 5);
	put_option(b, 2, flags, 4);
	put_option64(b, 4, 7);
	block_end(b, at);
	put_statistics(b, 0, 1, 2, 3, 4);
	block_end(b, block_begin(b, 10));
}

static void
build_pcapng_sections(struct build *b)
{
	put_section(b);
	put_interface_ticks(b, 9, 0);
	put_interface_ticks(b, 12, -7);
	put_epb(b, 0, UINT64_C(1763681551191644123), 4, 4);
	put_epb(b, 1, UINT64_C(1763681551191644), 4, 4);
	b->big_endian = true;
	put_section(b);
	put_interface_ticks(b, 0x80 | 32, 5);
	put_epb(b, 0, UINT64_C(0x6543210080000000), 4, 4);
	put_epb(b, 7, 1, 4, 4);
}

static void
build_pcapng_old_packets(struct build *b)
{
	put_section(b);
	put_interface(b, 101, 6);
	size_t at = block_begin(b, 3);
	put32(b, 60);
	put_ramp(b, 50, 8);
	block_end(b, at);
	at = block_begin(b, 2);
	put16(b, 0);
	put16(b, 4);
	put_number(b, 0, 8);
	put32(b, 4);
	put32(b, 60);
	put_ramp(b, 7, 4);
	block_end(b, at);
}

static void
build_snoop(struct build *b)
{
	put_snoop_head(b, 2, 4);
	put_snoop_record(b, 0, 100);
	put_snoop_record(b, 3, 101);
}

static void
write_seed(const char *path, const struct build *b)
{
	FILE *f = fopen(path, "wb");
	assert_non_null(f);
	assert_int_equal(fwrite(b->data, 1, b->len, f), b->len);
	assert_int_equal(fclose(f), 0);
}

static void
compare_seed(const char *path, const struct build *b)
{
	static uint8_t found[sizeof b->data];
	FILE *f = fopen(path, "rb");
	assert_non_null(f);
	assert_int_equal(fread(found, 1, sizeof found, f), b->len);
	fclose(f);
	assert_memory_equal(found, b->data, b->len);
}

static void
test_seeds(void **state)
{
	(void)state;
	static const struct {
		const char *name;
		void (*build)(struct build *b);
	} rows[] = {
		{"pcap", build_pcap},
		{"pcap-nano-big-endian", build_pcap_nano_big},
		{"pcap-modified", build_pcap_modified},
		{"pcap-old", build_pcap_old},
		{"pcapng", build_pcapng},
		{"pcapng-sections", build_pcapng_sections},
		{"pcapng-old-packets", build_pcapng_old_packets},
		{"snoop", build_snoop},
	};
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		struct build b = {0};
		struct seen s;
		char path[512];
		rows[i].build(&b);
		read_build(&b, &s);
		assert_true(s.packets > 0);
		snprintf(path, sizeof path, SEEDS "%s", rows[i].name);
		if (getenv("LOSTSYN_WRITE_SEEDS") != NULL)
			write_seed(path, &b);
		else
			compare_seed(path, &b);
	}
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_seeds),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
