/*
 * Our capture reader against libpcap, packet by packet, over every capture of
 * the corpus: count, time, lengths, bytes, link type.
 *
 * The corpus is the folder named by LOSTSYN_CORPUS, or ../shared/corpus beside
 * the source; without one the test says so and is skipped. All files are
 * tried, whatever their names; those that neither reader takes for a capture
 * are counted as skipped. Packed files reach libpcap through our stream.
 *
 * A difference fails the test unless it is a row of justified below: what
 * libpcap says when it gives up, and why we do not. Up to that point the two
 * must agree, and ours must then end without damage.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <ftw.h>
#include <pcap/pcap.h>
#include <stdio.h>
#include <stdlib.h>

#include "ingest/stream.h"

static const struct {
	const char *libpcap_says;
	const char *reason;
} justified[] = {
	{"different from the type of the first interface",
		"libpcap cannot express several link types"},
	{"different from the snapshot length of the first",
		"libpcap cannot express several snaplens"},
	{"sections with different byte orders",
		"libpcap cannot change byte order"},
	{"unknown file format", "libpcap does not read snoop"},
	{"has no Interface Description Blocks",
		"a capture without packets is empty, not unreadable"},
	{"unsupported pcapng savefile version",
		"an unknown version is noted, and read where its major is 1"},
	{"pcap savefile format", "an older pcap is noted, and read"},
	{"unsupported pcap savefile version",
		"a newer pcap is noted, and read"},
	{"bigger than snaplen of",
		"pcapng: bytes beyond the snaplen are still bytes"},
	{"a packet block before any Interface Description",
		"packets of an unknown interface are counted and passed over"},
	{"no Interface Description Block for that interface",
		"packets of an unknown interface are counted and passed over"},
};

/* How one file fared. */
enum outcome { AGREED, JUSTIFIED, DIFFERED, SKIPPED };

static int outcomes[SKIPPED + 1];
static uint64_t packets_compared;
static size_t corpus_prefix;

/* Our reader over a stream. */
struct ours {
	struct stream stream;
	struct capture_reader *reader;
	int anomalies[ANOMALY_COUNT];
};

static void
count_anomaly(void *context, enum anomaly a, uint64_t at)
{
	(void)at;
	((int *)context)[a]++;
}

static bool
ours_open(struct ours *o, const char *path)
{
	memset(o, 0, sizeof *o);
	struct anomaly_sink sink = {count_anomaly, o->anomalies};
	struct error error = {0};
	if (!stream_open(&o->stream, path, sink, &error))
		fail_msg("%s", error.text);
	o->reader = capture_new(sink);
	stream_fill(&o->stream, CAPTURE_MAGIC_BYTES);
	return capture_recognise(o->stream.window) != CAPTURE_FORMAT_NONE;
}

static void
ours_close(struct ours *o)
{
	capture_free(o->reader);
	stream_close(&o->stream);
}

static bool
ours_next(struct ours *o, struct capture_packet *packet)
{
	enum capture_status status;
	while ((status = capture_next(o->reader, &o->stream.window,
			o->stream.at_eof, packet)) == CAPTURE_MORE)
		stream_fill(&o->stream, capture_need(o->reader));
	return status == CAPTURE_PACKET;
}

static bool
ours_damaged(const struct ours *o)
{
	return o->anomalies[ANOMALY_CAPTURE_CUT] != 0 ||
		o->anomalies[ANOMALY_CAPTURE_DAMAGED] != 0;
}

/* path for libpcap, unpacked: a temporary file with what the stream gives. */
static pcap_t *
libpcap_open(const char *path, char errors[PCAP_ERRBUF_SIZE])
{
	struct stream s;
	FILE *f = tmpfile();
	assert_non_null(f);
	assert_true(stream_open(&s, path, (struct anomaly_sink){0}, NULL));
	while (stream_fill(&s, 1)) {
		assert_int_equal(fwrite(s.window.data, 1, s.window.len, f),
			s.window.len);
		stream_consume(&s, s.window.len);
	}
	stream_close(&s);
	rewind(f);
	pcap_t *p = pcap_fopen_offline_with_tstamp_precision(
		f, PCAP_TSTAMP_PRECISION_NANO, errors);
	if (p == NULL)
		fclose(f);
	return p;
}

/* The DLT_ value by which libpcap calls a LINKTYPE_, where they differ.
   cite: libpcap 1.10 pcap-common.c, the table map[]. */
static int
dlt_of(uint16_t link_type)
{
	static const struct {
		uint16_t link_type;
		int dlt;
	} rows[] = {{100, DLT_ATM_RFC1483}, {101, DLT_RAW},
		{102, DLT_SLIP_BSDOS}, {103, DLT_PPP_BSDOS},
		{106, DLT_ATM_CLIP}, {246, DLT_PFSYNC}};

	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
		if (rows[i].link_type == link_type)
			return rows[i].dlt;
	return link_type;
}

/* libpcap turns fields inside some link headers into the host's byte order;
   ours hands the bytes over as they are.
   cite: libpcap 1.10 pcap-common.c, swap_pseudo_headers(). */
static bool
libpcap_edits(pcap_t *p)
{
	int dlt = pcap_datalink(p);
	return pcap_is_swapped(p) != 0 &&
		(dlt == DLT_USB_LINUX || dlt == DLT_USB_LINUX_MMAPPED ||
			dlt == DLT_NFLOG || dlt == DLT_LINUX_SLL);
}

/* NULL when the two agree on a packet, otherwise on what they do not. */
static const char *
difference(pcap_t *p, const struct pcap_pkthdr *h, const u_char *data,
	const struct capture_packet *ours, bool bad_time)
{
	/* tv_usec holds nanoseconds. libpcap's seconds are signed in one byte
	   order and unsigned in the other; the file's are unsigned. */
	int64_t seconds = h->ts.tv_sec;
	if (seconds < 0)
		seconds = (uint32_t)seconds;
	int64_t ns = seconds * NS_PER_S + h->ts.tv_usec;
	/* libpcap gives a Simple Packet the time 0. A fraction of more than a
	   second overflows in it. */
	bool no_time = ns == 0 && ours->time.ns == CLOCK_UNKNOWN_NS;
	if (ours->time.ns != ns && !no_time && !bad_time)
		return "time";
	if (ours->caplen != h->caplen)
		return "captured length";
	if (ours->wirelen != h->len)
		return "wire length";
	if (dlt_of(ours->link_type) != pcap_datalink(p))
		return "link type";
	if (!libpcap_edits(p) && memcmp(ours->data, data, h->caplen) != 0)
		return "bytes";
	return NULL;
}

static enum outcome
differed(const char *path, uint64_t packet, const char *what)
{
	print_message("differs: %s: packet %llu: %s\n", path + corpus_prefix,
		(unsigned long long)packet, what);
	return DIFFERED;
}

static enum outcome
justify(const char *path, uint64_t packet, uint64_t more, const char *reason)
{
	print_message("justified: %s: %llu packets, %llu more of ours; %s\n",
		path + corpus_prefix, (unsigned long long)packet,
		(unsigned long long)more, reason);
	return JUSTIFIED;
}

static bool
is_all_zeros(const struct pcap_pkthdr *h)
{
	return h->caplen == 0 && h->len == 0 && h->ts.tv_sec == 0 &&
		h->ts.tv_usec == 0;
}

/* libpcap gave up behind packet n, or never began: does ours go on? */
static enum outcome
libpcap_stopped(struct ours *o, const char *path, uint64_t n, const char *says)
{
	struct capture_packet packet;
	uint64_t more = 0;
	while (ours_next(o, &packet))
		more++;
	for (size_t i = 0; i < sizeof justified / sizeof justified[0]; i++) {
		if (strstr(says, justified[i].libpcap_says) == NULL)
			continue;
		if (ours_damaged(o))
			return differed(path, n, "damage");
		return justify(path, n, more, justified[i].reason);
	}
	/* Both gave up at the same place, and ours said so. */
	if (more == 0 && ours_damaged(o))
		return AGREED;
	return differed(path, n, says);
}

static enum outcome
compare(struct ours *o, pcap_t *p, const char *path)
{
	for (uint64_t n = 0;; n++) {
		struct capture_packet packet;
		struct pcap_pkthdr *h;
		const u_char *data;
		int bad_times = o->anomalies[ANOMALY_CAPTURE_BAD_TIME];
		int status = pcap_next_ex(p, &h, &data);
		if (status == PCAP_ERROR)
			return libpcap_stopped(o, path, n, pcap_geterr(p));
		bool have = ours_next(o, &packet);
		if (status != 1 && have)
			return differed(path, n, "libpcap is at the end");
		if (status != 1)
			return ours_damaged(o)
				? differed(path, n, "damage that libpcap lacks")
				: AGREED;
		if (!have && is_all_zeros(h) && ours_damaged(o))
			return justify(path, n, 0,
				"a record of zeros is a block never written");
		if (!have)
			return differed(path, n, "ours is at the end");
		const char *what = difference(p, h, data, &packet,
			o->anomalies[ANOMALY_CAPTURE_BAD_TIME] != bad_times);
		if (what != NULL)
			return differed(path, n, what);
		packets_compared++;
	}
}

static int
compare_file(const char *path, const struct stat *st, int type, struct FTW *w)
{
	(void)st;
	(void)w;
	if (type != FTW_F)
		return 0;
	struct ours o;
	char errors[PCAP_ERRBUF_SIZE] = "";
	bool is_capture = ours_open(&o, path);
	pcap_t *p = libpcap_open(path, errors);
	enum outcome outcome = SKIPPED;
	if (is_capture && p != NULL)
		outcome = compare(&o, p, path);
	else if (is_capture)
		outcome = libpcap_stopped(&o, path, 0, errors);
	else if (p != NULL)
		outcome = differed(path, 0, "not a capture to us");
	outcomes[outcome]++;
	if (p != NULL)
		pcap_close(p);
	ours_close(&o);
	return 0;
}

static void
test_corpus(void **state)
{
	(void)state;
	const char *corpus = getenv("LOSTSYN_CORPUS");
	struct stat st;
	if (corpus == NULL)
		corpus = SOURCE_DIR "/../shared/corpus";
	if (stat(corpus, &st) != 0) {
		print_message("skipped: no corpus at %s\n", corpus);
		skip();
	}
	corpus_prefix = strlen(corpus) + 1;
	assert_int_equal(nftw(corpus, compare_file, 16, 0), 0);
	print_message("%d captures agree (%llu packets), %d differ for a "
		      "reason, %d differ, %d files are no captures\n",
		outcomes[AGREED], (unsigned long long)packets_compared,
		outcomes[JUSTIFIED], outcomes[DIFFERED], outcomes[SKIPPED]);
	assert_true(outcomes[AGREED] > 0);
	assert_int_equal(outcomes[DIFFERED], 0);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_corpus),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
