/*
 * See collected_files.h. The file is held in memory while it is split, and its
 * parts in the case's arena, as those of transcripts are.
 */
#include "ingest/collected_files.h"

#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "ingest/collected.h"
#include "ingest/stream.h"
#include "ingest/transcripts.h"

struct expanding {
	struct case_files *c;
	size_t index;
};

static void
append_part(void *context, const struct collected_part *part)
{
	const struct expanding *x = context;
	struct case_files *c = x->c;
	struct case_file f = {.hint = "", .collected = true};
	case_file_recognise(&f, view_first(part->body, CASE_FILE_HEAD_BYTES));
	const struct case_file *whole = &c->list[x->index];
	f.path = whole->path;
	f.place = whole->place;
	f.moment = whole->moment;
	f.whole = whole->name;
	f.host = (const char *)part->host.data;
	const char *end = case_role_word(f.host);
	f.role = end != NULL ? end : f.host;
	f.name = arena_format(&c->arena, "%s: %s (line %u)", whole->name,
		f.host, (unsigned)part->lines[0]);
	f.stem = f.name;
	f.part = part->body;
	f.part_lines = part->lines;
	case_files_append(c, &f);
}

static void
nobody_listens(void *context, enum anomaly a, uint64_t at)
{
	(void)context;
	(void)a;
	(void)at;
}

void
collected_expand(struct case_files *c, size_t index)
{
	struct stream s;
	struct anomaly_sink sink = {nobody_listens, NULL};
	struct expanding x = {c, index};
	const struct case_file *f = &c->list[index];
	bool placed = f->host_at > 0 && !case_host_alone(c, index);
	if (placed || f->part.len > 0 ||
		c->count + COLLECTED_HOSTS_MAX > CASE_FILES_MAX ||
		!case_file_stays(f) || !case_file_open(f, &s, sink, NULL))
		return;
	size_t len;
	uint8_t *data = stream_read_whole(&s, TRANSCRIPT_BYTES_MAX, &len);
	bool whole = s.at_eof && s.window.len == 0;
	stream_close(&s);
	if (whole &&
		collected_split(
			view_of(data, len), &c->arena, append_part, &x) > 0) {
		struct case_file *file = &c->list[index];
		file->kind = CASE_FILE_TRANSCRIPT;
		file->kind_id = "transcript";
		file->host_at = 0;
		file->role = NULL;
		file->problem = "split by the machines that its lines name; "
				"each part is read as a file";
	}
	free(data);
}
