/*
 * Names by majority of a log's lines, or from the settings that hold them;
 * addresses of interfaces, and of connections that are this machine's.
 */
#include "ingest/case_identity.h"

#include "ingest/case_names.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "ingest/transcripts.h"
#include "parsers/transcript/transcript.h"

/* Lines of a log's front that are asked. */
#define LINES_ASKED 200

/* Names of RFC 1123 are no longer. */
#define NAME_MAX_BYTES 253

struct finding_out {
	struct case_file *file;
	struct arena *arena;
	struct ip_addr list[CASE_IDENTITY_ADDRESSES_MAX];
	size_t count;
	bool prompts; /* of a transcript name machines */
	bool several; /* names in one transcript */
};

/* Every machine has these, or containers on every machine do: loopback, link
 * local, unspecified.
 * cite: RFC 6890 section 2.2.2 (127.0.0.0/8, 169.254.0.0/16), RFC 4291 section
 * 2.4 (::1, fe80::/10) */
static bool
is_everybodys(struct ip_addr ip)
{
	uint32_t v4 = (uint32_t)ip.lo;
	if (ip_is_v4(ip))
		return v4 >> 24 == 127 || v4 >> 16 == 0xa9fe || v4 == 0;
	return ip.hi >> 54 == 0x3fa || (ip.hi == 0 && ip.lo < 2);
}

static void
address_add(struct finding_out *x, struct ip_addr ip)
{
	if (is_everybodys(ip) || x->count == CASE_IDENTITY_ADDRESSES_MAX)
		return;
	for (size_t i = 0; i < x->count; i++)
		if (ip_equal(x->list[i], ip))
			return;
	x->list[x->count++] = ip;
}

static const char *
name_copy(struct arena *a, struct view name)
{
	static const char *const nobody[] = {
		"localhost", "localhost.localdomain", "kernel", "-", "(none)"};
	if (name.len == 0 || name.len > NAME_MAX_BYTES)
		return NULL;
	const char *text = arena_copy(a, name.data, name.len);
	for (size_t i = 0; i < sizeof nobody / sizeof *nobody; i++)
		if (strcasecmp(text, nobody[i]) == 0)
			return NULL;
	return text;
}

static void
take_setting(void *context, const struct host_setting *s)
{
	struct finding_out *x = context;
	struct ip_addr ip;
	if (view_equal(s->name, view_str("kernel.hostname"))) {
		x->file->says = name_copy(x->arena, s->value);
		return;
	}
	if (!view_equal(s->name, view_str("address")))
		return;
	const uint8_t *slash = memchr(s->value.data, '/', s->value.len);
	size_t len =
		slash == NULL ? s->value.len : (size_t)(slash - s->value.data);
	if (ip_read(view_of(s->value.data, len), &ip))
		address_add(x, ip);
}

/* The local end of a socket is here; a listener's may be any. */
static void
take_socket(void *context, const struct host_socket *s)
{
	if (s->local.known)
		address_add(context, s->local.ip);
}

static void
ask_snapshot(struct finding_out *x, struct view head)
{
	const struct host_sink sink = {
		.context = x, .setting = take_setting, .socket = take_socket};
	struct host_result r;
	host_parse(
		x->file->host_kind, head, case_file_hint(x->file), &sink, &r);
}

/* The host that nine of ten lines name; none of one that was collected. */
static void
ask_log(struct finding_out *x, struct view head)
{
	const struct log_guess guess = log_recognise(head);
	struct log_reader *r = log_new_for(&guess);
	struct log_record record;
	char name[NAME_MAX_BYTES + 1] = "";
	size_t named = 0;
	size_t other = 0;
	for (int i = 0; i < LINES_ASKED; i++) {
		if (log_next(r, &head, true, &record) != LOG_RECORD)
			break;
		struct view host = record.host;
		if (host.len == 0 || host.len > NAME_MAX_BYTES)
			continue;
		if (named == 0) {
			memcpy(name, host.data, host.len);
			name[host.len] = '\0';
		}
		bool same = view_equal(host, view_str(name));
		named += same;
		other += !same;
	}
	log_free(r);
	if (named > 0 && named >= 9 * other)
		x->file->says = name_copy(x->arena, view_str(name));
	x->file->collected = named > 0 && named < 9 * other;
}

/* A part of a session whose prompts name no machine. */
static void
take_part(void *context, const struct transcript_source *s)
{
	struct finding_out *x = context;
	struct case_file part = s->file;
	if (s->several || s->unknown)
		return;
	struct finding_out y = {.file = &part, .arena = x->arena};
	x->prompts = x->prompts || s->host.len > 0;
	if (part.kind == CASE_FILE_LOG)
		ask_log(&y, s->body);
	else
		ask_snapshot(&y, s->body);
	x->several = x->several ||
		(part.says != NULL && x->file->says != NULL &&
			!case_name_same(part.says, x->file->says));
	if (part.says != NULL)
		x->file->says = part.says;
	for (size_t i = 0; i < y.count; i++)
		address_add(x, y.list[i]);
}

/* Its prompts say whose each part is; where they name nobody, its parts may. */
static void
ask_transcript(struct finding_out *x, struct view head)
{
	uint8_t *copy = memory_take(head.len == 0 ? 1 : head.len, 1);
	if (head.len > 0)
		memcpy(copy, head.data, head.len);
	struct transcript_text whole;
	transcript_unfold(view_of(copy, transcript_clean(copy, head.len)),
		x->arena, &whole);
	transcript_sources(&whole, x->arena, take_part, x);
	free(copy);
	if (x->several || x->prompts)
		x->file->says = NULL;
	if (x->prompts)
		x->count = 0;
}

void
case_identity_find(struct case_file *f, struct view head, struct arena *a)
{
	struct finding_out x = {.file = f, .arena = a};
	if (f->kind == CASE_FILE_LOG)
		ask_log(&x, head);
	else if (f->kind == CASE_FILE_SNAPSHOT)
		ask_snapshot(&x, head);
	else if (f->kind == CASE_FILE_TRANSCRIPT)
		ask_transcript(&x, head);
	/* What a file is called after is its machine's, as far as it is a name. */
	const char *name = case_name_machine(a, f->place);
	struct ip_addr ip;
	if (x.count == 0 && f->hint == NULL && name != NULL &&
		case_name_address(name, &ip))
		address_add(&x, ip);
	if (x.count > 0)
		f->addresses =
			(void *)arena_copy(a, x.list, x.count * sizeof *x.list);
	f->addresses_count = x.count;
}
