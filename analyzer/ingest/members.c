/*
 * libarchive behind callbacks of ours: it sees bytes, never a path or a
 * descriptor.
 *
 * spec: POSIX.1-2017 pax (ustar, pax, cpio), PKWARE APPNOTE 6.3.10 (zip), 7-Zip
 * 7zFormat.txt
 */
#include "ingest/members.h"

#include <archive.h>
#include <archive_entry.h>
#include <errno.h>
#include <locale.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/arena.h"
#include "ingest/letters.h"

#define BLOCK ((size_t)64 * 1024)

/* Headers that are damaged and passed over, one behind the other; then the
 * archive counts as broken. */
#define DAMAGED_MAX 64

/* libarchive has no name for what the locale's character set cannot hold: of
 * zip and 7z, whose names are Unicode, it would give none but ASCII's. */
static locale_t unicode;

void
members_prepare(void)
{
	if (unicode == (locale_t)0)
		unicode = newlocale(LC_CTYPE_MASK, "C.UTF-8", (locale_t)0);
}

struct members {
	struct archive
		*archive; /* owned; NULL of letters and of what is packed */
	struct letters *letters; /* owned, or NULL */
	struct stream *stream;   /* borrowed, or NULL: then a part of fd */
	size_t lent;             /* bytes of the window that libarchive has */
	int fd;
	uint64_t from; /* of the part */
	uint64_t len;
	uint64_t at; /* in the part */
	bool packed; /* the stream is the one member */
	bool taken;  /* and was named */
	char name[MEMBERS_NAME_MAX + 1];
	char link[MEMBERS_NAME_MAX + 1];
	uint8_t block[BLOCK];
};

/* The sum over a tar header, with its own field as blanks, is in that field.
 * cite: POSIX.1-2017 pax, "ustar Interchange Format", chksum at 148, 8 octal */
static bool
is_tar(struct view head)
{
	unsigned sum = 0;
	unsigned stated = 0;
	int digits = 0;
	if (head.len < MEMBERS_HEAD_BYTES || head.data[0] == 0)
		return false;
	for (size_t i = 0; i < MEMBERS_HEAD_BYTES; i++)
		sum += i >= 148 && i < 156 ? ' ' : head.data[i];
	for (size_t i = 148; i < 156; i++) {
		uint8_t c = head.data[i];
		if (c >= '0' && c <= '7') {
			stated = stated * 8 + (c - '0');
			digits++;
		} else if (digits > 0)
			break;
	}
	return digits > 0 && stated == sum;
}

static bool
begins(struct view head, const char *magic, size_t len)
{
	return head.len >= len && memcmp(head.data, magic, len) == 0;
}

enum members_format
members_recognise(struct view head)
{
	/* cite: APPNOTE 4.3.7, 4.3.16: a member, or the end of none */
	if (begins(head, "PK\x03\x04", 4) || begins(head, "PK\x05\x06", 4))
		return MEMBERS_ZIP;
	/* cite: 7zFormat.txt, SignatureHeader */
	if (begins(head, "7z\xbc\xaf\x27\x1c", 6))
		return MEMBERS_7Z;
	/* cite: POSIX.1-2017 pax, "cpio Interchange Format", c_magic; Linux
	 * Documentation/driver-api/early-userspace/buffer-format.rst */
	if (begins(head, "070707", 6) || begins(head, "070701", 6) ||
		begins(head, "070702", 6))
		return MEMBERS_CPIO;
	if (stream_is_packed(head))
		return MEMBERS_PACKED;
	return is_tar(head) ? MEMBERS_TAR : letters_recognise(head);
}

const char *
members_format_name(enum members_format format)
{
	static const char *const names[] = {"", "tar", "cpio", "zip", "7z",
		"packed", "mail", "mbox", "base64", "json with files"};
	return names[format];
}

bool
members_need_part(enum members_format format)
{
	return format == MEMBERS_ZIP || format == MEMBERS_7Z;
}

/* The next bytes of the stream, lent until libarchive asks again. */
static ssize_t
read_stream(struct members *m, const void **data)
{
	struct stream *s = m->stream;
	stream_consume(s, m->lent);
	m->lent = 0;
	stream_fill(s, 1);
	*data = s->window.data;
	m->lent = s->window.len;
	return (ssize_t)m->lent;
}

static ssize_t
read_part(struct members *m, const void **data)
{
	uint64_t left = m->at < m->len ? m->len - m->at : 0;
	size_t room = left < BLOCK ? (size_t)left : BLOCK;
	ssize_t n;
	do
		n = pread(m->fd, m->block, room, (off_t)(m->from + m->at));
	while (n < 0 && errno == EINTR);
	if (n > 0)
		m->at += (uint64_t)n;
	*data = m->block;
	return n;
}

static ssize_t
on_read(struct archive *a, void *context, const void **data)
{
	(void)a;
	struct members *m = context;
	return m->stream != NULL ? read_stream(m, data) : read_part(m, data);
}

static int64_t
on_skip(struct archive *a, void *context, int64_t n)
{
	(void)a;
	struct members *m = context;
	uint64_t left = m->at < m->len ? m->len - m->at : 0;
	if (n < 0)
		return 0;
	if ((uint64_t)n > left)
		n = (int64_t)left;
	m->at += (uint64_t)n;
	return n;
}

static int64_t
on_seek(struct archive *a, void *context, int64_t offset, int whence)
{
	(void)a;
	struct members *m = context;
	int64_t base = whence == SEEK_SET ? 0
		: whence == SEEK_CUR      ? (int64_t)m->at
					  : (int64_t)m->len;
	if (offset < -base || offset > (int64_t)m->len - base)
		return ARCHIVE_FATAL;
	m->at = (uint64_t)(base + offset);
	return (int64_t)m->at;
}

/* A false return leaves the archive such that its first header is broken. */
static struct members *
begin(struct members *m)
{
	m->archive = archive_read_new();
	if (m->archive == NULL)
		memory_exhausted();
	struct archive *a = m->archive;
	archive_read_support_filter_none(a);
	if (m->stream == NULL) {
		archive_read_support_format_zip(a);
		archive_read_support_format_7zip(a);
		archive_read_set_skip_callback(a, on_skip);
		archive_read_set_seek_callback(a, on_seek);
	} else {
		archive_read_support_format_tar(a);
		archive_read_support_format_cpio(a);
	}
	archive_read_set_read_callback(a, on_read);
	archive_read_set_callback_data(a, m);
	archive_read_open1(a);
	return m;
}

struct members *
members_of_stream(enum members_format format, struct stream *s)
{
	struct members *m = memory_take(1, sizeof *m);
	m->stream = s;
	m->packed = format == MEMBERS_PACKED;
	if (m->packed)
		return m;
	if (format < MEMBERS_MAIL)
		return begin(m);
	m->letters = letters_open(format, s);
	return m;
}

struct members *
members_of_part(int fd, uint64_t at, uint64_t len)
{
	struct members *m = memory_take(1, sizeof *m);
	m->fd = fd;
	m->from = at;
	m->len = len;
	return begin(m);
}

void
members_close(struct members *m)
{
	if (m == NULL)
		return;
	letters_close(m->letters);
	if (m->archive != NULL)
		archive_read_free(m->archive);
	free(m);
}

/* Names are bytes as they are stored; formats that hold Unicode give UTF-8. */
static void
copy_name(char to[MEMBERS_NAME_MAX + 1], const char *bytes, const char *utf8)
{
	const char *from = bytes != NULL ? bytes : utf8;
	if (from == NULL)
		from = "";
	size_t n = strnlen(from, MEMBERS_NAME_MAX);
	memcpy(to, from, n);
	to[n] = '\0';
}

static void
fill_member(struct members *m, struct archive_entry *entry, struct member *out)
{
	copy_name(m->name, archive_entry_pathname(entry),
		archive_entry_pathname_utf8(entry));
	if (m->name[0] == '\0')
		memcpy(m->name, "(no name)", sizeof "(no name)");
	*out = (struct member){
		.name = m->name,
		.kind = MEMBER_FILE,
		.encrypted = archive_entry_is_data_encrypted(entry) != 0,
		.changed_s = archive_entry_mtime_is_set(entry)
			? archive_entry_mtime(entry)
			: 0,
	};
	const char *hard = archive_entry_hardlink(entry);
	const char *soft = archive_entry_symlink(entry);
	int type = archive_entry_filetype(entry);
	if (hard != NULL || type == AE_IFLNK) {
		copy_name(m->link, hard != NULL ? hard : soft,
			archive_entry_symlink_utf8(entry));
		out->kind = MEMBER_LINK;
		out->link = m->link;
	} else if (type == AE_IFDIR)
		out->kind = MEMBER_FOLDER;
	else if (type != AE_IFREG && type != 0)
		out->kind = MEMBER_OTHER;
}

/* Asked of an archive whose format was not settled, libarchive 3.6.2 calls a
 * function that is not there. */
static bool
list_is_locked(struct members *m)
{
	return archive_format(m->archive) != 0 &&
		archive_read_has_encrypted_entries(m->archive) > 0;
}

static enum members_status
next_header(struct members *m, struct member *out)
{
	struct archive_entry *entry;
	for (int damaged = 0; damaged < DAMAGED_MAX; damaged++) {
		int rc = archive_read_next_header(m->archive, &entry);
		if (rc == ARCHIVE_EOF)
			return MEMBERS_END;
		if (rc == ARCHIVE_OK || rc == ARCHIVE_WARN) {
			fill_member(m, entry, out);
			return MEMBERS_ONE;
		}
		if (list_is_locked(m))
			return MEMBERS_LOCKED;
		if (rc != ARCHIVE_RETRY && rc != ARCHIVE_FAILED)
			break;
	}
	return MEMBERS_BROKEN;
}

/* What a compressed stream holds is one member without a name. */
static enum members_status
next_packed(struct members *m, struct member *out)
{
	if (m->taken)
		return MEMBERS_END;
	m->taken = true;
	*out = (struct member){.name = "unpacked", .kind = MEMBER_FILE};
	return MEMBERS_ONE;
}

static ssize_t
read_packed(struct stream *s, uint8_t *to, size_t room)
{
	if (!stream_fill(s, 1))
		return 0;
	size_t n = s->window.len < room ? s->window.len : room;
	memcpy(to, s->window.data, n);
	stream_consume(s, n);
	return (ssize_t)n;
}

enum members_status
members_next(struct members *m, struct member *out)
{
	if (m->packed)
		return next_packed(m, out);
	if (m->letters != NULL)
		return letters_next(m->letters, out);
	if (unicode == (locale_t)0)
		return next_header(m, out);
	locale_t before = uselocale(unicode);
	enum members_status status = next_header(m, out);
	uselocale(before);
	return status;
}

ssize_t
members_read(struct members *m, uint8_t *to, size_t room)
{
	if (m->letters != NULL)
		return letters_read(m->letters, to, room);
	if (m->packed)
		return read_packed(m->stream, to, room);
	ssize_t n = archive_read_data(m->archive, to, room);
	return n < 0 ? -1 : n;
}
