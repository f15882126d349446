/*
 * One part is decoded at a time, when its turn comes.
 */
#include "ingest/letters.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/arena.h"
#include "ingest/unread.h"
#include "parsers/json/attached.h"
#include "parsers/mail/mail.h"

struct letters {
	enum members_format format;
	uint8_t *whole; /* owned; NULL when there is none */
	struct view rest;
	struct mail mail;
	struct attached attached;
	bool told;     /* the document around the files was given */
	uint8_t *part; /* owned; the bytes of the member */
	size_t len;
	size_t at;
	unsigned count; /* of members so far */
	bool cut;
	char name[MAIL_NAME_MAX];
};

enum members_format
letters_recognise(struct view head)
{
	if (mail_is_box(head))
		return MEMBERS_BOX;
	if (mail_is_packed(head))
		return MEMBERS_MAIL;
	if (attached_is(head))
		return MEMBERS_ATTACHED;
	return unread_is_base64(head) ? MEMBERS_BASE64 : MEMBERS_NONE;
}

struct letters *
letters_open(enum members_format format, struct stream *s)
{
	struct letters *l = memory_take(1, sizeof *l);
	size_t len;
	l->format = format;
	l->whole = stream_read_whole(s, LETTERS_BYTES_MAX, &len);
	l->cut = stream_fill(s, 1);
	l->rest = view_of(l->whole, l->whole == NULL ? 0 : len);
	mail_open(&l->mail, l->rest);
	attached_open(&l->attached, l->rest);
	return l;
}

void
letters_close(struct letters *l)
{
	if (l == NULL)
		return;
	free(l->whole);
	free(l->part);
	free(l);
}

static uint8_t *
part_room(struct letters *l, size_t len)
{
	free(l->part);
	l->part = memory_take(len + 1, 1);
	l->at = 0;
	return l->part;
}

/* A name for what was written and not attached. */
static void
name_text(struct letters *l, const struct mail_part *part)
{
	const char *kind = "text";
	if (mail_is(part->body))
		kind = "message.eml";
	else if (part->type.len == strlen("text/html") &&
		strncasecmp((const char *)part->type.data, "text/html",
			part->type.len) == 0)
		kind = "text.html";
	snprintf(l->name, sizeof l->name, "%s", kind);
}

static bool
next_of_mail(struct letters *l, struct member *out)
{
	struct mail_part part;
	if (!mail_next(&l->mail, &part))
		return false;
	l->len = mail_decode(&part, part_room(l, part.body.len));
	memcpy(l->name, part.name, sizeof l->name);
	out->written = part.name[0] == '\0';
	if (out->written)
		name_text(l, &part);
	if (part.again) {
		out->kind = MEMBER_OTHER;
		out->reason = "the same text as HTML";
	}
	return true;
}

static bool
next_of_box(struct letters *l)
{
	struct view message;
	if (!mail_box_next(&l->rest, &message))
		return false;
	memcpy(part_room(l, message.len), message.data, message.len);
	l->len = message.len;
	snprintf(l->name, sizeof l->name, "message-%u.eml", l->count + 1);
	return true;
}

static bool
next_of_base64(struct letters *l)
{
	if (l->count > 0 || l->rest.len == 0)
		return false;
	l->len = mail_base64(l->rest, part_room(l, l->rest.len));
	snprintf(l->name, sizeof l->name, "base64 -d");
	return true;
}

/* What people wrote around the files: the document, without their bytes. */
static bool
next_of_document(struct letters *l, struct member *out)
{
	if (l->told || l->rest.len == 0)
		return false;
	l->told = true;
	out->written = true;
	memcpy(part_room(l, l->rest.len), l->whole, l->rest.len);
	l->len = l->rest.len;
	snprintf(l->name, sizeof l->name, "text.json");
	return true;
}

static bool
next_of_attached(struct letters *l, struct member *out)
{
	struct attached_file file;
	char name[MAIL_NAME_MAX];
	if (!attached_next(&l->attached, &file))
		return next_of_document(l, out);
	size_t n = file.name.len < sizeof name ? json_unescape(file.name, name)
					       : 0;
	snprintf(l->name, sizeof l->name, "%.*s", (int)n, name);
	if (l->name[0] == '\0')
		snprintf(l->name, sizeof l->name, "file-%u", l->count + 1);
	l->len = mail_base64(file.coded, part_room(l, file.coded.len));
	memset(l->whole + (file.coded.data - l->whole), ' ', file.coded.len);
	return true;
}

enum members_status
letters_next(struct letters *l, struct member *out)
{
	*out = (struct member){.kind = MEMBER_FILE, .name = l->name};
	bool one = l->format == MEMBERS_MAIL    ? next_of_mail(l, out)
		: l->format == MEMBERS_BOX      ? next_of_box(l)
		: l->format == MEMBERS_ATTACHED ? next_of_attached(l, out)
						: next_of_base64(l);
	if (!one)
		return l->cut ? MEMBERS_BROKEN : MEMBERS_END;
	l->count++;
	return MEMBERS_ONE;
}

ssize_t
letters_read(struct letters *l, uint8_t *to, size_t room)
{
	size_t n = l->len - l->at;
	if (n > room)
		n = room;
	memcpy(to, l->part + l->at, n);
	l->at += n;
	return (ssize_t)n;
}
