/*
 * An archive's members become files of the case.
 *
 * One pass over the archive: of each member the first bytes tell what it is.
 * What will be read is kept in the spool, the rest is counted and passed over.
 * Archives within archives are members that are looked into in their turn, by
 * the list, never by recursion.
 *
 * Whatever is wrong is a sentence in the archive's or the member's problem, and
 * the case goes on with what there is.
 */
#include <stdlib.h>
#include <string.h>

#include "ingest/case_files.h"
#include "ingest/members.h"

#define BLOCK ((size_t)256 * 1024)
_Static_assert(BLOCK >= CASE_FILE_HEAD_BYTES, "a head fits");

struct unpacking {
	struct case_files *c;
	size_t archive;        /* its index in the list */
	const char *name;      /* of the archive; the list moves */
	const char *place;     /* what its members' places begin with */
	bool letter;           /* what came by mail, and no archive */
	bool alone;            /* its member has no name but the file's own */
	int depth;             /* of its members */
	struct stream *stored; /* of the archive's own bytes */
	uint64_t size;         /* of it; 0 when that is not known yet */
	uint64_t unpacked;     /* bytes of its members so far */
	size_t listed;         /* members, folders not counted */
	struct members *in;
	const char *stopped; /* by a limit or damage, or NULL */
	bool damaged;        /* a member was */
	uint8_t *block;      /* BLOCK bytes; owned */
};

static const char *const endings[] = {".tar", ".tgz", ".txz", ".tbz2", ".tbz",
	".tzst", ".tlz4", ".zip", ".7z", ".cpio", ".gz", ".xz", ".zst", ".bz2",
	".lz4", ".eml", ".mbox", ".b64", ".base64"};

const char *
case_archive_stem(struct arena *a, const char *name)
{
	char *stem = arena_copy(a, name, strlen(name));
	for (size_t i = 0; i < sizeof endings / sizeof *endings;) {
		size_t len = strlen(stem);
		size_t end = strlen(endings[i]);
		if (len > end && stem[len - end - 1] != '/' &&
			strcasecmp(stem + len - end, endings[i]) == 0) {
			stem[len - end] = '\0';
			i = 0;
			continue;
		}
		i++;
	}
	return stem;
}

const char *
case_archive_name(struct arena *a, const char *name)
{
	static const char *const folders[] = {".tar", ".tgz", ".txz", ".tbz2",
		".tbz", ".tzst", ".tlz4", ".zip", ".7z", ".cpio"};
	for (size_t i = 0; i < sizeof folders / sizeof *folders; i++)
		if (strcasestr(name, folders[i]) != NULL)
			return case_archive_stem(a, name);
	return arena_copy(a, name, strlen(name));
}

/* A member's path as that of a file below a folder: no way up, no way out. */
static const char *
place_of(const struct unpacking *u, const char *name)
{
	struct arena *a = &u->c->arena;
	char *out = arena_take(a, strlen(u->place) + strlen(name) + 2);
	size_t n = strlen(u->place);
	memcpy(out, u->place, n);
	while (*name != '\0') {
		size_t len = strcspn(name, "/\\");
		bool dots = (len == 1 && name[0] == '.') ||
			(len == 2 && name[0] == '.' && name[1] == '.');
		if (len > 0 && !dots) {
			if (n > 0 && out[n - 1] != '/')
				out[n++] = '/';
			memcpy(out + n, name, len);
			n += len;
		}
		name += len + (name[len] != '\0');
	}
	out[n] = '\0';
	return out;
}

static struct case_file *
append_member(struct unpacking *u, const char *name)
{
	struct case_files *c = u->c;
	const char *shown = arena_format(&c->arena, "%s: %s", u->name, name);
	struct case_file *f = case_files_new(c, "", shown);
	f->path = NULL;
	f->place = u->alone ? case_archive_stem(&c->arena, u->place)
			    : place_of(u, name);
	f->member = true;
	f->spool = &u->c->spool;
	f->depth = u->depth;
	c->members++;
	u->listed++;
	return f;
}

/* The archive makes more of itself than evidence does. */
static const char *
beyond_bounds(struct unpacking *u, size_t more)
{
	u->unpacked += more;
	u->c->unpacked += more;
	if (u->c->unpacked > CASE_ARCHIVE_BYTES_MAX)
		return "more than 64 GiB come out of the case's archives; the "
		       "rest is not looked at";
	uint64_t stored =
		u->stored->raw_bytes > u->size ? u->stored->raw_bytes : u->size;
	if (u->unpacked > CASE_ARCHIVE_SMALL &&
		u->unpacked / CASE_ARCHIVE_RATIO_MAX > stored)
		return "it unpacks to more than 1000 times its size, as bombs "
		       "do; the rest is not looked at";
	return NULL;
}

/* Fill the block from the member's front; false when it breaks off. */
static bool
read_block(struct unpacking *u, size_t *len)
{
	*len = 0;
	while (*len < BLOCK) {
		ssize_t n = members_read(u->in, u->block + *len, BLOCK - *len);
		if (n < 0)
			return false;
		if (n == 0)
			break;
		*len += (size_t)n;
	}
	return true;
}

/* Will anybody read a member that begins so? */
static bool
is_wanted(const struct case_file *f, struct view head)
{
	struct case_file probe = *f;
	struct view first = view_of(head.data,
		head.len < CASE_FILE_HEAD_BYTES ? head.len
						: CASE_FILE_HEAD_BYTES);
	if (case_file_is_note(f) || stream_is_packed(head) ||
		members_recognise(head) != MEMBERS_NONE)
		return true;
	case_file_recognise(&probe, first);
	return probe.kind != CASE_FILE_OTHER || probe.text;
}

/* All bytes of a member; false with *e set when the spool is full. */
static bool
take_bytes(struct unpacking *u, struct case_file *f, struct error *e)
{
	struct spool *spool = &u->c->spool;
	size_t len;
	f->part_at = spool->used;
	bool whole = read_block(u, &len);
	f->spooled = is_wanted(f, view_of(u->block, len));
	if (!f->spooled)
		case_file_explain(f, view_of(u->block, len));
	while (len > 0) {
		if (f->spooled && !spool_add(spool, view_of(u->block, len), e))
			return false;
		f->bytes += len;
		u->stopped = beyond_bounds(u, len);
		if (u->stopped != NULL || !whole)
			break;
		whole = read_block(u, &len);
	}
	if (u->stopped != NULL) {
		spool_cut(spool, f->part_at);
		f->spooled = false;
		f->bytes = 0;
		f->kind = CASE_FILE_BROKEN;
		f->problem = u->stopped;
	} else if (!whole && f->bytes == 0) {
		f->kind = CASE_FILE_BROKEN;
		f->problem = "its bytes in the archive are damaged, or packed "
			     "in a way that is not known";
	}
	u->damaged = u->damaged || (!whole && u->stopped == NULL);
	return true;
}

static bool
take_member(struct unpacking *u, const struct member *m, struct error *e)
{
	if (m->kind == MEMBER_FOLDER)
		return true;
	if (u->c->count >= CASE_FILES_MAX) {
		u->stopped = "the case has more than 20000 files; the "
			     "archive's other members are not looked at";
		return true;
	}
	struct case_file *f = append_member(u, m->name);
	f->changed_s = m->changed_s;
	if (m->written)
		f->problem = "what was written; nothing in it is evidence";
	if (m->encrypted) {
		f->kind = CASE_FILE_BROKEN;
		f->problem = "encrypted; unpack it with its password and give "
			     "the folder";
		return true;
	}
	if (m->kind == MEMBER_FILE)
		return take_bytes(u, f, e);
	f->kind = CASE_FILE_PASSED;
	f->problem = m->kind == MEMBER_LINK
		? arena_format(&u->c->arena,
			  "a link to %s, which is read where it lies in the "
			  "archive, if it does",
			  m->link)
		: m->reason != NULL ? m->reason
				    : "no regular file";
	return true;
}

/* "x.tar.gz.aa", "x.zip.001": the first piece of what somebody split; the length
 * of the name without that, or 0.
 * cite: coreutils split(1); 7-Zip -v */
static size_t
piece_len(const char *name)
{
	static const char *const ends[] = {".aa", ".000", ".001", ".00"};
	size_t n = strlen(name);
	for (size_t i = 0; i < sizeof ends / sizeof *ends; i++) {
		size_t k = strlen(ends[i]);
		if (n > k && strcmp(name + n - k, ends[i]) == 0)
			return n - k;
	}
	return 0;
}

/* One piece of a split archive looks damaged, and is not. */
static void
explain_piece(struct unpacking *u)
{
	struct case_files *c = u->c;
	size_t n = piece_len(u->name);
	if (n == 0)
		return;
	u->stopped = arena_format(&c->arena,
		"the first piece of an archive that was split; put them "
		"together first: cat %.*s.* > %.*s; what it holds itself is "
		"read",
		(int)n, u->name, (int)n, u->name);
	for (size_t i = c->count - u->listed; i < c->count; i++)
		if (c->list[i].kind == CASE_FILE_BROKEN)
			c->list[i].problem = u->stopped;
}

static bool
take_members(struct unpacking *u, struct error *e)
{
	struct member m;
	enum members_status status;
	bool ok = true;
	while (ok && u->stopped == NULL &&
		(status = members_next(u->in, &m)) == MEMBERS_ONE)
		ok = take_member(u, &m, e);
	if (!ok || u->stopped != NULL)
		return ok;
	if (status == MEMBERS_END && u->damaged)
		u->stopped = "damaged: not all of its files are whole";
	else if (status == MEMBERS_LOCKED)
		u->stopped = "encrypted; unpack it with its password and give "
			     "the folder";
	else if (status == MEMBERS_BROKEN)
		u->stopped = u->listed == 0
			? "damaged, or cut short: nothing in it can be read"
			: "damaged, or cut short; what came before is read";
	if (status == MEMBERS_BROKEN || u->damaged)
		explain_piece(u);
	return true;
}

/* zip and 7z are read at any place: what comes otherwise is kept first. */
static bool
keep_whole(struct case_files *c, struct stream *s, uint64_t *at, uint64_t *len,
	struct error *e)
{
	*at = c->spool.used;
	while (stream_fill(s, 1)) {
		if (!spool_add(&c->spool, s->window, e))
			return false;
		stream_consume(s, s->window.len);
	}
	*len = c->spool.used - *at;
	return true;
}

/* An archive that is read at any place. */
static bool
take_part(struct unpacking *u, struct stream *s, struct error *e)
{
	struct case_files *c = u->c;
	struct case_file *f = &c->list[u->archive];
	uint64_t at = f->part_at;
	uint64_t len = case_file_bytes(f);
	int fd = f->member ? spool_fd(&c->spool) : s->fd;
	if (stream_compression(s) != NULL || !case_file_stays(f)) {
		if (!keep_whole(c, s, &at, &len, e))
			return false;
		fd = spool_fd(&c->spool);
	}
	u->in = members_of_part(fd, at, len);
	return take_members(u, e);
}

/* What the archive's own row says. */
static void
sum_up(struct unpacking *u, struct stream *s)
{
	struct case_file *f = &u->c->list[u->archive];
	stream_finish(s);
	memcpy(f->sha256, s->sha256, sizeof f->sha256);
	if (!f->member)
		f->bytes = s->raw_bytes;
	f->problem = u->stopped != NULL
		? u->stopped
		: arena_format(&u->c->arena, "%s of %zu %s%s",
			  u->letter ? "a mail" : "an archive", u->listed,
			  u->letter ? "part" : "file",
			  u->listed == 1 ? "" : "s");
	f->damaged = u->stopped != NULL;
}

/* What the places of an archive's members begin with: an archive that is the
 * whole case is its folder, and a mail is no folder: its files lie beside it. */
static const char *
place_below(struct case_files *c, const struct case_file *f, bool letter)
{
	const char *slash = strrchr(f->place, '/');
	if (letter)
		return arena_copy(&c->arena, f->place,
			slash == NULL ? 0 : (size_t)(slash - f->place));
	bool alone = !f->member && c->walked == 1 && c->count == 1;
	return alone ? "" : case_archive_stem(&c->arena, f->place);
}

bool
case_archive_unpack(
	struct case_files *c, size_t i, struct stream *s, struct error *e)
{
	struct case_file *f = &c->list[i];
	enum members_format format = members_recognise(s->window);
	bool letter = format == MEMBERS_MAIL || format == MEMBERS_BOX ||
		format == MEMBERS_ATTACHED;
	bool alone = format == MEMBERS_BASE64 || format == MEMBERS_PACKED;
	struct unpacking u = {
		.c = c,
		.archive = i,
		.name = f->name,
		.place = alone ? f->place : place_below(c, f, letter),
		.letter = letter,
		.alone = alone,
		.depth = f->depth + 1,
		.stored = s,
		.size = case_file_bytes(f),
	};
	f->kind = CASE_FILE_ARCHIVE;
	f->kind_id = members_format_name(format);
	if (f->depth >= CASE_ARCHIVE_DEPTH_MAX) {
		u.stopped = "archives nested too deep; not looked into";
		sum_up(&u, s);
		return true;
	}
	u.block = memory_take(BLOCK, 1);
	bool ok;
	if (members_need_part(format))
		ok = take_part(&u, s, e);
	else {
		u.in = members_of_stream(format, s);
		ok = take_members(&u, e);
	}
	members_close(u.in);
	free(u.block);
	if (ok)
		sum_up(&u, s);
	return ok;
}
