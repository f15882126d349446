/*
 * What came by mail, as the members of an archive: a mail's texts and files, an
 * mbox's mails, the file that base64(1) made text of, the files in a tracker's
 * export.
 *
 * The whole lies in memory while it is looked at, and one of its parts beside it.
 */
#ifndef INGEST_LETTERS_H
#define INGEST_LETTERS_H

#include "ingest/members.h"

/* More of one mail or mbox is passed over: servers take 25 to 150 MB. */
#define LETTERS_BYTES_MAX ((size_t)256 * 1024 * 1024)

/* MEMBERS_MAIL, MEMBERS_BOX, MEMBERS_BASE64, MEMBERS_ATTACHED, or MEMBERS_NONE. */
enum members_format letters_recognise(struct view head);

struct letters;

/* Reads s, which stays the caller's, to its end or LETTERS_BYTES_MAX. */
struct letters *letters_open(enum members_format format, struct stream *s);
void letters_close(struct letters *l);

/* As members_next and members_read. */
enum members_status letters_next(struct letters *l, struct member *out);
ssize_t letters_read(struct letters *l, uint8_t *to, size_t room);

#endif
