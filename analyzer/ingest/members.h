/*
 * The members of an archive, one behind the other: tar, cpio, zip, 7z, and what
 * came by mail.
 *
 *	struct members *m = members_open(format, stream or part, ...);
 *	while (members_next(m, &member) == MEMBERS_ONE)
 *		while ((n = members_read(m, buffer, room)) > 0)
 *			...
 *	members_close(m);
 *
 * libarchive reads the containers; what is wrapped around them (gzip, xz ...) is
 * the stream's, with the stream's bounds and its way with damage. Nothing is
 * ever written anywhere: names are texts, links and owners are not acted upon.
 * Why so: decisions/0110.
 *
 * Costs: libarchive's own buffers, a dictionary for 7z and zip's LZMA.
 */
#ifndef INGEST_MEMBERS_H
#define INGEST_MEMBERS_H

#include <stdint.h>
#include <sys/types.h>

#include "ingest/stream.h"

enum members_format {
	MEMBERS_NONE, /* no archive */
	MEMBERS_TAR,
	MEMBERS_CPIO,
	MEMBERS_ZIP,
	MEMBERS_7Z,
	MEMBERS_PACKED, /* compressed once more: its one member is what is inside */
	MEMBERS_MAIL, /* these by letters.h */
	MEMBERS_BOX,
	MEMBERS_BASE64,
	MEMBERS_ATTACHED,
};

/* Bytes of a beginning that tell an archive: one tar header. */
#define MEMBERS_HEAD_BYTES 512

/* Longer names are cut: nothing has longer ones but an attack. */
#define MEMBERS_NAME_MAX 1024

enum members_kind {
	MEMBER_FILE,
	MEMBER_FOLDER,
	MEMBER_LINK,  /* link says whereto */
	MEMBER_OTHER, /* a device, a pipe; or reason says why it is left out */
};

struct member {
	const char *name; /* as stored, never empty; good until members_next */
	enum members_kind kind;
	const char *link;   /* of MEMBER_LINK, else NULL */
	const char *reason; /* of MEMBER_OTHER: a clause, static; or NULL */
	bool written;       /* by whoever wrote the mail, and no file */
	bool encrypted;     /* its bytes cannot be read */
	int64_t changed_s; /* seconds since the epoch; 0 when it does not say */
};

enum members_status {
	MEMBERS_ONE,
	MEMBERS_END,
	MEMBERS_BROKEN, /* damaged or cut; what came before is good */
	MEMBERS_LOCKED, /* the list of members is encrypted */
};

struct members;

/* Load what names that are not ASCII need, once; before the sandbox. Where the
 * system lacks it, such names are "(no name)". */
void members_prepare(void);

/* What a beginning is. */
enum members_format members_recognise(struct view head);

/* "tar", "cpio", "zip", "7z", "packed", "mail", "mbox", "base64", "json with files". Static storage. */
const char *members_format_name(enum members_format format);

/* zip and 7z have their list of members at the end: a stream will not do. */
bool members_need_part(enum members_format format);

/* Read from a stream, which stays the caller's: what needs no part. The caller
 * closes m before the stream. */
struct members *members_of_stream(enum members_format format, struct stream *s);

/* Read len bytes of a file from at on. fd stays the caller's and open. */
struct members *members_of_part(int fd, uint64_t at, uint64_t len);

void members_close(struct members *m);

enum members_status members_next(struct members *m, struct member *out);

/* The next bytes of the member; 0 at its end, -1 when they cannot be had. */
ssize_t members_read(struct members *m, uint8_t *to, size_t room);

#endif
