/*
 * A mail as it is stored (.eml, .mht, a message of an mbox): its texts and what
 * is attached to it, one behind the other.
 *
 *	struct mail m;
 *	struct mail_part part;
 *	mail_open(&m, whole);
 *	while (mail_next(&m, &part))
 *		len = mail_decode(&part, out);   (out: part.body.len bytes)
 *
 * Pure: bytes in, views into them out. Multiparts nest to a stated depth without
 * recursion; a mail within a mail is a part that is a mail in its turn. A mail
 * that breaks off gives what came before the break.
 *
 * Nothing here knows a charset: what evidence is made of is ASCII in all of them
 * that mails have.
 *
 * spec: RFC 5322 section 2.2, RFC 2045, RFC 2046 section 5.1, RFC 2047, RFC 2183,
 * RFC 2231 sections 3 and 4, RFC 3676 section 4; RFC 4155 (mbox)
 *
 * Cost: one pass over the lines, each compared with at most MAIL_DEPTH_MAX
 * boundaries.
 */
#ifndef PARSERS_MAIL_MAIL_H
#define PARSERS_MAIL_MAIL_H

#include <stdbool.h>
#include <stddef.h>

#include "base/bytes.h"

/* Multiparts within multiparts; what is nested deeper is one part as it stands.
 * Outlook and Apple Mail make 4. */
#define MAIL_DEPTH_MAX 12

/* Bytes of a part's name with its NUL; longer ones are cut. */
#define MAIL_NAME_MAX 256

enum mail_coding {
	MAIL_AS_IS, /* 7bit, 8bit, binary, and what is not known */
	MAIL_BASE64,
	MAIL_QUOTED, /* quoted-printable */
};

struct mail_part {
	struct view type; /* "text/plain", as the mail spells it; or empty */
	struct view body; /* as it stands, coded */
	enum mail_coding coding;
	bool flowed;              /* its long lines are broken behind a blank */
	bool delsp;               /* and the blank is none of theirs */
	bool again;               /* HTML of which the text was given before */
	char name[MAIL_NAME_MAX]; /* of a file; "" for what was written */
};

/* Private. */
struct mail_level {
	struct view boundary;
	bool alternative; /* its parts say the same */
	bool text;        /* one of them, that has been given, is plain text */
};
struct mail {
	struct view rest;
	bool within; /* rest begins with an entity's header */
	size_t depth;
	struct mail_level levels[MAIL_DEPTH_MAX];
};

/* Whole headers of a mail, with From: and MIME-Version:. A pasted "From:" or
 * "Date:" is a line like others. */
bool mail_is(struct view head);
/* One of which something is coded or attached: as it lies there it cannot be
 * read. */
bool mail_is_packed(struct view head);
/* Several, behind "From " lines: an mbox. */
bool mail_is_box(struct view head);

void mail_open(struct mail *m, struct view whole);
bool mail_next(struct mail *m, struct mail_part *part);

/* Take the next message off an mbox; false at its end. */
bool mail_box_next(struct view *rest, struct view *message);

/* The part's bytes into out, which has room for part->body.len of them; returns
 * how many there are. Bytes that are no coding's are passed over. */
size_t mail_decode(const struct mail_part *part, uint8_t *out);

/* The same of base64 (RFC 2045 section 6.8) alone. */
size_t mail_base64(struct view coded, uint8_t *out);

#endif
