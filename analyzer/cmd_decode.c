/*
 * lostsyn decode: one source's records, as the analysis reads them.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/sandbox.h"
#include "command.h"
#include "decode.h"
#include "ingest/case_files.h"
#include "parsers/packet/packet.h"

static const char usage[] =
	"usage: lostsyn decode FILE\n"
	"\n"
	"Prints one source as it is read. Of a capture every packet: frame\n"
	"number, time (UTC, the capture's clock), what it is, and for TCP the\n"
	"addresses, flags, sequence numbers and payload length. Of a log, "
	"flow\n"
	"log or host snapshot every record with its line, and last what the\n"
	"file was taken for and how many lines were recognised. FILE may be\n"
	"-.\n"
	"\n"
	"Example: lostsyn decode client.pcap\n";

const char *
decode_usage(void)
{
	return usage;
}

static void
note(void *context, enum anomaly a, uint64_t at)
{
	(void)context;
	fprintf(stderr, "lostsyn: at byte %" PRIu64 ": %s: %s\n", at,
		anomaly_id(a), anomaly_meaning(a));
}

static void
print_flags(uint8_t flags)
{
	static const char letters[] = "FSRPAUEC";
	putchar('[');
	for (int i = 0; i < 8; i++)
		if (flags & 1 << i)
			putchar(letters[i]);
	putchar(']');
}

static void
print_packet(uint64_t frame, const struct capture_packet *c)
{
	char at[CLOCK_TEXT_MAX];
	char src[IP_TEXT_MAX];
	char dst[IP_TEXT_MAX];
	struct packet p;
	packet_decode(c->link_type, view_of(c->data, c->caplen),
		c->wirelen > c->fcs_len ? c->wirelen - c->fcs_len : 0, &p);
	printf("%" PRIu64 " %s %s", frame, clock_format(c->time.ns, 9, at),
		packet_kind_id(p.kind));
	if (p.kind == PACKET_ICMP_ERROR)
		printf(" type %u code %u from %s about", p.icmp_type,
			p.icmp_code, ip_format(p.icmp_src, src));
	if (p.kind == PACKET_TCP || p.kind == PACKET_ICMP_ERROR) {
		printf(" %s:%u > %s:%u ", ip_format(p.src, src), p.src_port,
			ip_format(p.dst, dst), p.dst_port);
		print_flags(p.flags);
		printf(" seq %" PRIu32 " ack %" PRIu32 " len %" PRIu32
		       " ttl %u",
			p.seq, p.ack, p.payload_len, p.ttl);
	}
	putchar('\n');
}

static void
decode_capture(struct stream *s, struct anomaly_sink sink)
{
	struct capture_packet packet;
	uint64_t frames = 0;
	struct capture_reader *reader = capture_new(sink);
	enum capture_status status = CAPTURE_MORE;
	while (status != CAPTURE_END) {
		status = capture_next(reader, &s->window, s->at_eof, &packet);
		if (status == CAPTURE_PACKET)
			print_packet(++frames, &packet);
		else if (status == CAPTURE_MORE)
			stream_fill(s, capture_need(reader));
	}
	capture_free(reader);
}

static int
decode(struct stream *s, struct error *e)
{
	struct anomaly_sink sink = {note, NULL};
	struct case_file f = {.name = s->name, .kind = CASE_FILE_OTHER};
	/* A capture may come from a pipe, slowly: wait for no more. */
	stream_fill(s, CAPTURE_MAGIC_BYTES);
	if (capture_recognise(s->window) == CAPTURE_FORMAT_NONE)
		stream_fill(s, CASE_FILE_HEAD_BYTES);
	case_file_recognise(&f, s->window);
	switch (f.kind) {
	case CASE_FILE_CAPTURE:
		decode_capture(s, sink);
		break;
	case CASE_FILE_FLOWS:
		decode_flows(s, &f, sink);
		break;
	case CASE_FILE_LOG:
		decode_log(s, &f);
		break;
	case CASE_FILE_SNAPSHOT:
		decode_snapshot(s, &f, sink);
		break;
	case CASE_FILE_TRANSCRIPT:
		decode_transcript(s, sink);
		break;
	default:
		if (s->error.kind == ERROR_NONE)
			error_set(e, ERROR_USAGE,
				"%s: no capture, log, flow log or host "
				"snapshot that is known",
				s->name);
		break;
	}
	if (s->error.kind != ERROR_NONE)
		*e = s->error;
	return e->kind == ERROR_NONE ? EXIT_ALL_WELL : EXIT_USAGE;
}

/* One file to read, nothing to write. */
static void
enter_sandbox(const char *path)
{
	struct sandbox s;
	sandbox_begin(&s);
	sandbox_read(&s, path);
	sandbox_enter(&s);
}

int
cmd_decode(int argc, char **argv)
{
	struct error e = {0};
	struct stream s;
	struct anomaly_sink sink = {note, NULL};
	if (argc == 2 && strcmp(argv[1], "--help") == 0) {
		fputs(usage, stdout);
		return command_done(EXIT_ALL_WELL);
	}
	if (argc != 2)
		return command_usage(usage);
	enter_sandbox(argv[1]);
	if (!stream_open(&s, argv[1], sink, &e))
		return command_fail(&e);
	int status = decode(&s, &e);
	stream_close(&s);
	if (e.kind != ERROR_NONE)
		status = command_fail(&e);
	return command_done(status);
}
