/*
 * Capture files into a vantage: order of pieces, frame numbers, times that
 * cannot be believed, gaps, windows and filters.
 */
#include "scratch_folder.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <pthread.h>

#include "ingest/audit.h"
#include "ingest/feed.h"
#include "pcap_file.h"

#define T0 (INT64_C(1795132800) * NS_PER_S)
#define PIECES_MAX 80

static struct vantage v;
static struct case_file files[PIECES_MAX];
static struct feed_piece pieces[PIECES_MAX];
static size_t count;
static struct feed_options options;

static int
begin(void **state)
{
	v = (struct vantage){.name = "server"};
	memset(pieces, 0, sizeof pieces);
	memset(files, 0, sizeof files);
	count = 0;
	options = (struct feed_options){
		NULL, INT64_MIN, INT64_MAX, TRACK_LIMIT, TRACK_WHOLE};
	return scratch_make(state);
}

static int
end(void **state)
{
	for (size_t i = 0; i < count; i++)
		free((char *)files[i].path);
	vantage_release(&v);
	return scratch_remove(state);
}

static void
add_piece(const char *name, const void *data, size_t len)
{
	assert_true(count < PIECES_MAX);
	files[count].path = strdup(scratch_file(name, data, len));
	files[count].name = name;
	pieces[count].file = &files[count];
	count++;
}

/* A piece of SYNs, one at each of n times (ns after T0), ports counting up. */
static void
add_syns(const char *name, int n, const int64_t *after)
{
	static struct pcap_file f;
	static uint16_t port;
	pcap_begin(&f);
	for (int i = 0; i < n; i++)
		pcap_add(&f,
			&(struct pcap_segment){.ns = T0 + after[i],
				.src = 1,
				.dst = 2,
				.src_port = ++port,
				.dst_port = 80,
				.flags = TCP_SYN});
	add_piece(name, f.data, f.len);
}

static void
feed(void)
{
	struct progress progress = {0};
	feed_vantage(&v, pieces, count, &options, &progress);
}

#define S(n) ((n)*NS_PER_S)

static void
pieces_in_order_of_time(void **state)
{
	(void)state;
	/* tcpdump -C names its pieces x.pcap, x.pcap1 ... x.pcap10. */
	add_syns("x.pcap10", 1, (int64_t[]){S(20)});
	add_syns("x.pcap2", 2, (int64_t[]){S(10), S(11)});
	add_syns("x.pcap", 1, (int64_t[]){S(1)});
	feed();
	assert_string_equal(pieces[0].file->name, "x.pcap");
	assert_string_equal(pieces[1].file->name, "x.pcap2");
	assert_string_equal(pieces[2].file->name, "x.pcap10");
	assert_int_equal(pieces[0].first_frame, 1);
	assert_int_equal(pieces[1].first_frame, 2);
	assert_int_equal(pieces[2].first_frame, 4);
	assert_int_equal(v.sightings, 4);
	assert_int_equal(vantage_sighting(&v, 3)->syn_first_frame, 4);
	assert_int_equal(v.first.ns, T0 + S(1));
	assert_int_equal(v.last.ns, T0 + S(20));
	assert_int_equal(v.pieces, 3);
	assert_int_equal(v.audit.packets, 4);
	assert_int_equal(v.audit.tcp, 4);
}

/* A piece may be missing where the capture falls silent between two. */
static void
gaps_between_pieces(void **state)
{
	(void)state;
	add_syns("0", 2, (int64_t[]){S(0), S(5)});
	add_syns("1", 2, (int64_t[]){S(6), S(9)});
	add_syns("3", 2, (int64_t[]){S(30), S(31)});
	feed();
	assert_int_equal(v.gaps_count, 2);
	assert_int_equal(v.gaps[1].from_ns, T0 + S(9));
	assert_int_equal(v.gaps[1].to_ns, T0 + S(30));
}

/* Pieces of two interfaces overlap: no gap. */
static void
overlapping_pieces_have_no_gap(void **state)
{
	(void)state;
	add_syns("eth0", 2, (int64_t[]){S(0), S(60)});
	add_syns("eth1", 2, (int64_t[]){S(1), S(5)});
	add_syns("eth2", 1, (int64_t[]){S(60) + 5 * NS_PER_MS});
	feed();
	assert_int_equal(v.gaps_count, 0);
	assert_int_equal(v.last.ns, T0 + S(60) + 5 * NS_PER_MS);
}

/* Two interfaces of one host, each with one direction of the handshake: the
 * answer must be tracked behind its question. */
static void
pieces_side_by_side(void **state)
{
	static struct pcap_file f;
	(void)state;
	struct pcap_segment syn = {.ns = T0,
		.src = 1,
		.dst = 2,
		.src_port = 40000,
		.dst_port = 80,
		.flags = TCP_SYN,
		.seq = 100};
	struct pcap_segment answer = {.ns = T0 + S(1),
		.src = 2,
		.dst = 1,
		.src_port = 80,
		.dst_port = 40000,
		.flags = TCP_SYN | TCP_ACK,
		.seq = 700,
		.ack = 101};
	struct pcap_segment ack = {.ns = T0 + S(2),
		.src = 1,
		.dst = 2,
		.src_port = 40000,
		.dst_port = 80,
		.flags = TCP_ACK,
		.seq = 101,
		.ack = 701};
	pcap_begin(&f);
	pcap_add(&f, &syn);
	pcap_add(&f, &ack);
	add_piece("in", f.data, f.len);
	pcap_begin(&f);
	pcap_add(&f, &answer);
	add_piece("out", f.data, f.len);
	feed();
	assert_int_equal(v.sightings, 1);
	const struct sighting *s = vantage_sighting(&v, 0);
	assert_int_equal(s->syn, 1);
	assert_int_equal(s->synack, 1);
	assert_int_equal(s->ack, 1);
	assert_int_equal(s->ack_first_frame, 3);
	assert_int_equal(pieces[0].first_frame, 0);
	assert_int_equal(pieces[1].first_frame, 0);
}

/* Two queues of a card, the second written down after the first: what
 * followed the ACK came before it. A clock that was set back is another matter:
 * its packets stay in their order. */
static void
records_out_of_order(void **state)
{
	static struct pcap_file f;
	(void)state;
	for (int back = 0; back < 2; back++) {
		int64_t late = back ? S(-3) : 0;
		struct pcap_segment to = {.src = 1,
			.dst = 2,
			.src_port = (uint16_t)(40000 + back),
			.dst_port = 80};
		struct pcap_segment from = {.src = 2,
			.dst = 1,
			.src_port = 80,
			.dst_port = to.src_port};
		struct pcap_segment syn = to;
		syn.ns = T0;
		syn.flags = TCP_SYN;
		syn.seq = 100;
		struct pcap_segment synack = from;
		synack.ns = T0 + NS_PER_MS + late;
		synack.flags = TCP_SYN | TCP_ACK;
		synack.seq = 700;
		synack.ack = 101;
		struct pcap_segment ack = to;
		ack.ns = T0 + 2 * NS_PER_MS + late;
		ack.flags = TCP_ACK;
		ack.seq = 101;
		ack.ack = 701;
		struct pcap_segment later = ack;
		later.ns = T0 + 5 * NS_PER_MS + late;
		later.flags = TCP_ACK | TCP_FIN;
		pcap_begin(&f);
		pcap_add(&f, &syn);
		pcap_add(&f, &synack);
		pcap_add(&f, &later);
		pcap_add(&f, &ack);
		add_piece(back ? "set back" : "queues", f.data, f.len);
		feed();
		assert_int_equal(v.sightings, 1);
		const struct sighting *s = vantage_sighting(&v, 0);
		assert_int_equal(s->synack, 1);
		assert_int_equal(s->ack_first_frame, 4);
		end(state);
		begin(state);
	}
}

/* The same packets captured twice count once. */
static void
the_same_packets_twice(void **state)
{
	static struct pcap_file f;
	(void)state;
	for (int copy = 0; copy < 2; copy++) {
		pcap_begin(&f);
		for (int i = 0; i < 3; i++)
			pcap_add(&f,
				&(struct pcap_segment){.ns = T0 + S(i),
					.src = 1,
					.dst = 2,
					.src_port = 40000,
					.dst_port = 80,
					.flags = TCP_SYN,
					.seq = 100});
		add_piece(copy == 0 ? "a" : "b", f.data, f.len);
	}
	feed();
	assert_int_equal(v.sightings, 1);
	assert_int_equal(vantage_sighting(&v, 0)->syn, 3);
	assert_int_equal(vantage_sighting(&v, 0)->duplicates, 3);
}

static void
more_gaps_than_are_kept(void **state)
{
	(void)state;
	for (int i = 0; i < PIECES_MAX; i++) {
		static char names[PIECES_MAX][8];
		snprintf(names[i], sizeof names[i], "%02d", i);
		add_syns(names[i], 1, (int64_t[]){S(10 * (int64_t)i)});
	}
	feed();
	assert_int_equal(v.gaps_count, VANTAGE_GAPS_MAX);
	assert_int_equal(v.gaps[VANTAGE_GAPS_MAX - 1].to_ns, T0 + S(10 * 79));
}

/* Only what --from and --to let through is covered by the capture. */
static void
window_of_time(void **state)
{
	(void)state;
	add_syns("x", 4, (int64_t[]){S(0), S(10), S(20), S(30)});
	options.from_ns = T0 + S(5);
	options.to_ns = T0 + S(25);
	feed();
	assert_int_equal(v.sightings, 2);
	assert_int_equal(pieces[0].filtered_out, 2);
	assert_int_equal(v.first.ns, T0 + S(5));
	assert_int_equal(v.last.ns, T0 + S(25));
	/* What is said of the file itself stays. */
	assert_int_equal(pieces[0].first.ns, T0);
	assert_int_equal(pieces[0].last.ns, T0 + S(30));
}

static void
window_beside_the_capture(void **state)
{
	(void)state;
	add_syns("x", 2, (int64_t[]){S(0), S(10)});
	options.from_ns = T0 + S(100);
	feed();
	assert_int_equal(v.sightings, 0);
	assert_int_equal(v.first.ns, CLOCK_UNKNOWN_NS);
}

static void
filter_is_remembered(void **state)
{
	(void)state;
	add_syns("x", 2, (int64_t[]){S(0), S(10)});
	options.filter = "tcp port 81";
	feed();
	assert_int_equal(v.sightings, 0);
	assert_int_equal(pieces[0].filtered_out, 2);
	assert_true(v.audit.filtered);
}

static void
filter_that_passes(void **state)
{
	(void)state;
	add_syns("x", 2, (int64_t[]){S(0), S(10)});
	options.filter = "tcp port 80";
	feed();
	assert_int_equal(v.sightings, 2);
	assert_int_equal(pieces[0].filtered_out, 0);
}

/* pcapng: a section, one interface (raw IP), then packets. Ticks are ns. */
static void
pcapng_begin(struct pcap_file *f)
{
	f->len = 0;
	pcap_le32(f, 0x0a0d0d0a);
	pcap_le32(f, 28);
	pcap_le32(f, 0x1a2b3c4d);
	pcap_le32(f, 1);
	pcap_le32(f, UINT32_MAX);
	pcap_le32(f, UINT32_MAX);
	pcap_le32(f, 28);
	pcap_le32(f, 1);
	pcap_le32(f, 32);
	pcap_le32(f, 101);
	pcap_le32(f, 0);
	pcap_le32(f, 9 | 1 << 16); /* if_tsresol: 10^-9 */
	pcap_le32(f, 9);
	pcap_le32(f, 0); /* end of options */
	pcap_le32(f, 32);
}

/* A SYN from 10.0.0.1 in an Enhanced Packet Block, or without a time in a
 * Simple Packet Block. */
static void
pcapng_syn(struct pcap_file *f, bool timed, uint64_t ns, uint16_t port)
{
	struct pcap_file whole;
	pcap_begin(&whole);
	pcap_add(&whole,
		&(struct pcap_segment){.src = 1,
			.dst = 2,
			.src_port = port,
			.dst_port = 80,
			.flags = TCP_SYN});
	pcap_le32(f, timed ? 6 : 3);
	pcap_le32(f, timed ? 72 : 56);
	if (timed) {
		pcap_le32(f, 0);
		pcap_le32(f, (uint32_t)(ns >> 32));
		pcap_le32(f, (uint32_t)ns);
		pcap_le32(f, 40);
	}
	pcap_le32(f, 40);
	memcpy(f->data + f->len, whole.data + 40, 40);
	f->len += 40;
	pcap_le32(f, timed ? 72 : 56);
}

static void
untimed_packets_take_their_neighbours_time(void **state)
{
	(void)state;
	static struct pcap_file f;
	pcapng_begin(&f);
	pcapng_syn(&f, false, 0, 1000);
	pcapng_syn(&f, true, (uint64_t)T0, 1001);
	pcapng_syn(&f, true, (uint64_t)(T0 + S(2)), 1002);
	pcapng_syn(&f, false, 0, 1003);
	add_piece("x.pcapng", f.data, f.len);
	feed();
	assert_int_equal(v.sightings, 4);
	assert_int_equal(vantage_sighting(&v, 0)->first_ns, T0);
	assert_int_equal(vantage_sighting(&v, 3)->first_ns, T0 + S(2));
	assert_int_equal(v.first.ns, T0);
	assert_int_equal(v.last.ns, T0 + S(2));
}

static void
capture_without_any_time(void **state)
{
	(void)state;
	static struct pcap_file f;
	pcapng_begin(&f);
	pcapng_syn(&f, false, 0, 1000);
	pcapng_syn(&f, false, 0, 1001);
	add_piece("x.pcapng", f.data, f.len);
	feed();
	assert_int_equal(v.sightings, 2);
	assert_int_equal(vantage_sighting(&v, 0)->first_ns, 0);
	assert_int_equal(v.first.ns, CLOCK_UNKNOWN_NS);
	assert_int_equal(v.last.ns, CLOCK_UNKNOWN_NS);
}

/* The year 2262 is in range for the reader, but nobody's clock. */
static void
times_that_nobody_believes(void **state)
{
	(void)state;
	static struct pcap_file f;
	pcapng_begin(&f);
	pcapng_syn(&f, true, INT64_MAX, 1000);
	pcapng_syn(&f, true, (uint64_t)T0, 1001);
	pcapng_syn(&f, true, INT64_MAX - 5, 1002);
	add_piece("x.pcapng", f.data, f.len);
	feed();
	assert_int_equal(v.sightings, 3);
	for (uint32_t i = 0; i < 3; i++)
		assert_int_equal(vantage_sighting(&v, i)->first_ns, T0);
	assert_int_equal(v.last.ns, T0);
	assert_int_equal(
		pieces[0].anomalies.list[ANOMALY_CAPTURE_BAD_TIME].count, 2);
}

/* Standard input cannot be looked at before it is read. */
static void *
write_to_pipe(void *argument)
{
	static struct pcap_file f;
	int fd = *(int *)argument;
	pcap_begin(&f);
	for (int i = 0; i < 3; i++)
		pcap_add(&f,
			&(struct pcap_segment){.ns = T0 + S(50 + i),
				.src = 1,
				.dst = 2,
				.src_port = (uint16_t)(5000 + i),
				.dst_port = 80,
				.flags = TCP_SYN});
	assert_int_equal(write(fd, f.data, f.len), f.len);
	close(fd);
	return NULL;
}

static void
pipe_beside_a_file(void **state)
{
	(void)state;
	int ends[2];
	pthread_t writer;
	int saved = dup(STDIN_FILENO);
	assert_int_equal(pipe(ends), 0);
	dup2(ends[0], STDIN_FILENO);
	close(ends[0]);
	pthread_create(&writer, NULL, write_to_pipe, &ends[1]);
	add_syns("x", 2, (int64_t[]){S(0), S(10)});
	files[count].path = strdup("-");
	files[count].name = "-";
	pieces[count].file = &files[count];
	count++;
	feed();
	pthread_join(writer, NULL);
	dup2(saved, STDIN_FILENO);
	close(saved);
	assert_int_equal(v.sightings, 5);
	assert_int_equal(pieces[1].packets, 3);
}

static void
unreadable_piece_says_so(void **state)
{
	(void)state;
	add_syns("x", 1, (int64_t[]){S(0)});
	files[count].path = strdup("/nonexistent/y");
	files[count].name = "y";
	pieces[count].file = &files[count];
	count++;
	feed();
	assert_int_equal(pieces[0].error.kind, ERROR_NONE);
	assert_int_equal(pieces[1].error.kind, ERROR_ENVIRONMENT);
	assert_int_equal(v.sightings, 1);
	struct audit audit;
	audit_piece(&audit, &v, &pieces[1]);
	assert_int_equal(audit.grade, AUDIT_UNUSABLE);
	assert_string_equal(audit.reasons[0].id, "unreadable");
}

static void
cut_file_is_read_as_far_as_it_goes(void **state)
{
	(void)state;
	static struct pcap_file f;
	struct audit audit;
	pcap_begin(&f);
	for (int i = 0; i < 2; i++)
		pcap_add(&f,
			&(struct pcap_segment){.ns = T0 + i,
				.src = 1,
				.dst = 2,
				.src_port = 7,
				.dst_port = 80,
				.flags = TCP_SYN,
				.seq = (uint32_t)i});
	add_piece("x", f.data, f.len - 1);
	feed();
	assert_int_equal(v.sightings, 1);
	assert_true(v.audit.damaged);
	audit_piece(&audit, &v, &pieces[0]);
	assert_int_equal(audit.grade, AUDIT_WEAK);
}

static void
limit_is_reported(void **state)
{
	(void)state;
	add_syns("x", 3, (int64_t[]){S(0), S(1), S(2)});
	options.limit = 2;
	feed();
	assert_int_equal(v.sightings, 2);
	assert_int_equal(
		pieces[0].anomalies.list[ANOMALY_ATTEMPTS_BEYOND_MEMORY].count,
		1);
}

/* Only the server's packets: the audit must notice. */
static void
one_sided_capture(void **state)
{
	(void)state;
	static struct pcap_file f;
	struct pcap_segment s = {.ns = T0,
		.src = 2,
		.dst = 1,
		.src_port = 80,
		.dst_port = 7,
		.flags = TCP_SYN | TCP_ACK,
		.seq = 50,
		.ack = 10};
	pcap_begin(&f);
	pcap_add(&f, &s);
	s.flags = TCP_ACK;
	s.seq = 51;
	s.ack = 200;
	s.len = 100;
	pcap_add(&f, &s);
	add_piece("x", f.data, f.len);
	feed();
	assert_int_equal(v.audit.lacks_client_side, 1);
	assert_int_equal(v.audit.lacks_server_side, 0);
	assert_int_equal(v.audit.two_sided, 0);
}

#define CASE(f) cmocka_unit_test_setup_teardown(f, begin, end)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(records_out_of_order),
		CASE(pieces_in_order_of_time),
		CASE(gaps_between_pieces),
		CASE(overlapping_pieces_have_no_gap),
		CASE(pieces_side_by_side),
		CASE(the_same_packets_twice),
		CASE(more_gaps_than_are_kept),
		CASE(window_of_time),
		CASE(window_beside_the_capture),
		CASE(filter_is_remembered),
		CASE(filter_that_passes),
		CASE(untimed_packets_take_their_neighbours_time),
		CASE(capture_without_any_time),
		CASE(times_that_nobody_believes),
		CASE(pipe_beside_a_file),
		CASE(unreadable_piece_says_so),
		CASE(cut_file_is_read_as_far_as_it_goes),
		CASE(limit_is_reported),
		CASE(one_sided_capture),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
