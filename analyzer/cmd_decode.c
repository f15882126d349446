/*
 * lostsyn decode: one source's records, as the analysis reads them.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/message.h"
#include "base/sandbox.h"
#include "command.h"
#include "decode.h"
#include "decode_print.h"
#include "ingest/case_files.h"
#include "ingest/pattern_folders.h"
#include "parsers/packet/packet.h"

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

/* The same for scripts. */
static void
print_packet_members(uint64_t frame, const char *at, const struct packet *p)
{
	print_begin(frame, packet_kind_id(p->kind));
	print_bare("time", at);
	if (p->kind == PACKET_ICMP_ERROR) {
		print_number("icmp-type", p->icmp_type);
		print_number("icmp-code", p->icmp_code);
		print_endpoint("icmp-from", true, p->icmp_src, -1);
	}
	if (p->kind == PACKET_TCP || p->kind == PACKET_ICMP_ERROR) {
		print_endpoint("src", true, p->src, p->src_port);
		print_endpoint("dst", true, p->dst, p->dst_port);
		print_number("flags", p->flags);
		print_number("seq", p->seq);
		print_number("ack", p->ack);
		print_number("len", p->payload_len);
		print_number("ttl", p->ttl);
	}
	print_end(view_of(NULL, 0));
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
	clock_format(c->time.ns, 9, at);
	if (print_is_json()) {
		print_packet_members(frame, at, &p);
		return;
	}
	printf("%" PRIu64 " %s %s", frame, at, packet_kind_id(p.kind));
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

/* One file as what it was taken for; false with *e set when it is nothing. Not
 * used is a text in which no line is known. */
static bool
decode_file(const struct case_file *f, const struct pattern_set *set,
	bool *used, struct error *e)
{
	const struct anomaly_sink sink = {note, NULL};
	struct stream s;
	*used = true;
	if (!case_file_open(f, &s, sink, e))
		return false;
	switch (f->kind) {
	case CASE_FILE_CAPTURE:
		decode_capture(&s, sink);
		break;
	case CASE_FILE_FLOWS:
		decode_flows(&s, f, sink);
		break;
	case CASE_FILE_OTHER:
	case CASE_FILE_LOG:
		*used = decode_log(&s, f, set);
		break;
	case CASE_FILE_TRANSCRIPT:
		decode_transcript(&s, set, sink);
		break;
	default:
		decode_snapshot(&s, f, sink);
		break;
	}
	if (s.error.kind != ERROR_NONE)
		*e = s.error;
	stream_close(&s);
	return e->kind == ERROR_NONE;
}

/* Of an archive, each member under its name; with the reason where it is not
 * read. */
static bool
decode_member(const struct case_file *f, const struct pattern_set *set,
	bool headings, bool *used, struct error *e)
{
	*used = false;
	switch (f->kind) {
	case CASE_FILE_CAPTURE:
	case CASE_FILE_FLOWS:
	case CASE_FILE_LOG:
	case CASE_FILE_SNAPSHOT:
	case CASE_FILE_TRANSCRIPT:
		if (headings)
			decode_heading(f->name);
		return decode_file(f, set, used, e);
	case CASE_FILE_ARCHIVE:
		if (f->damaged)
			message("%s: %s", f->name, f->problem);
		return true;
	case CASE_FILE_BROKEN:
		if (!headings)
			return error_set(
				e, ERROR_ENVIRONMENT, "%s", f->problem);
		message("%s: not read: %s", f->name, f->problem);
		return true;
	default:
		if (f->text && !decode_file(f, set, used, e))
			return false;
		if (headings && !*used)
			message("%s: %s", f->name,
				f->problem != NULL ? f->problem
						   : "not recognised");
		return true;
	}
}

static bool
decode(struct case_files *c, struct error *e)
{
	const struct case_file *first = &c->list[0];
	size_t read = 0;
	bool headings = c->members > 0;
	bool ok = true;
	for (size_t i = 0; ok && i < c->count; i++) {
		bool used;
		ok = decode_member(
			&c->list[i], c->patterns, headings, &used, e);
		read += used;
	}
	if (!ok || read > 0)
		return ok;
	if (first->kind == CASE_FILE_ARCHIVE && first->damaged)
		return error_set(
			e, ERROR_USAGE, "%s: %s", first->name, first->problem);
	return error_set(e, ERROR_USAGE,
		"%s: no capture, log, flow log or host snapshot that is known"
		"%s%s",
		first->name, first->problem != NULL ? ": " : "",
		first->problem != NULL ? first->problem : "");
}

/* The command line. */
struct decode_options {
	struct option_list patterns;
	enum sandbox_wanted sandbox;
	bool json;
};

/* The file can be read, and nothing else. */
static bool
enter_sandbox(const struct decode_options *o, const char *path, struct error *e)
{
	struct sandbox s;
	sandbox_begin(&s);
	sandbox_read(&s, path);
	for (size_t i = 0; i < o->patterns.count; i++)
		sandbox_read(&s, o->patterns.at[i]);
	return sandbox_enter_as_wanted(&s, o->sandbox, e) != NULL;
}

#define OPTIONS_INTO struct decode_options
static const struct option_row rows[] = {
#include "cmd_decode.def"
};
const struct options decode_options = OPTIONS("decode", rows);

int
cmd_decode(int argc, char **argv)
{
	struct error e = {0};
	struct case_files files;
	struct decode_options o = {0};
	int status = EXIT_ALL_WELL;
	bool help;
	if (!options_read(&decode_options, &o, argc, argv, &help, &e))
		return command_fail(&e);
	if (help) {
		options_print(&decode_options, stdout);
		return command_done(EXIT_ALL_WELL);
	}
	if (optind + 1 != argc)
		return command_usage(&decode_options);
	print_as_json(o.json);
	case_files_init(&files);
	case_files_spool(&files);
	case_files_add(&files, argv[optind], NULL);
	files.walked = 1;
	struct pattern_set *patterns = enter_sandbox(&o, argv[optind], &e)
		? pattern_folders_load(
			  o.patterns.at, o.patterns.count, stderr, &e)
		: NULL;
	files.patterns = patterns;
	if (patterns == NULL || !case_files_look(&files, &e) ||
		!decode(&files, &e))
		status = command_fail(&e);
	case_files_release(&files);
	pattern_set_free(patterns);
	return command_done(status);
}
