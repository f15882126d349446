/*
 * Rewrites text so that addresses, host names and paths become pseudonyms, the
 * same one for the same thing wherever it stands.
 *
 * Two kinds of text are treated differently. Our own sentences (PROSE) hold
 * strangers' words only where we put them: addresses, and names that were told
 * to redactor_name. Text from outside (TEXT: log lines, firewall rules,
 * settings) may hold a name anywhere and without any mark, so there the burden
 * of proof is turned round: a word stays only when it is known, from the
 * patterns and rules that travel in the program, or looks like a number, a
 * date or an interface. Everything else is replaced.
 *
 * Pseudonyms: addresses by ip_cipher.h; hardware addresses become locally
 * administered ones; a word or a label of a dotted name x-ab2cd3ef (40 bits of
 * a keyed hash; labels one by one, so that domains can still be told); a path
 * in text one such word; a file name that of each component, with its
 * extension.
 *
 * Until redactor_key there are no pseudonyms: [address] and [name] stand
 * instead.
 */
#ifndef REDACT_REDACTOR_H
#define REDACT_REDACTOR_H

#include <stdbool.h>

#include "base/bytes.h"

struct redactor;

enum redact_how {
	REDACT_PROSE,   /* our sentence */
	REDACT_TEXT,    /* anything from outside */
	REDACT_NAME,    /* a host, vantage or case: replaced whatever it is */
	REDACT_PATH,    /* a file's name */
	REDACT_MESSAGE, /* our sentence; what stands in '...' is from outside */
};

struct redactor *redactor_new(void);
void redactor_free(struct redactor *r);

/* What pseudonyms depend on, and nothing else; any length. */
void redactor_key(struct redactor *r, struct view secret);

/* Words of this text may stay in text from outside. */
void redactor_know(struct redactor *r, struct view text);

/*
 * Replace name wherever it stands between other than word characters. how:
 * REDACT_NAME or REDACT_PATH. in_prose: in our own sentences as well; a host
 * that is called as a word of ours must not take those apart. Names of one
 * byte and the usual names of vantages (client, server ...) are left alone.
 */
void redactor_name(struct redactor *r, const char *name, enum redact_how how,
	bool in_prose);

/*
 * The text as it may be shown, NUL-terminated; *len (may be NULL) its length.
 * The caller frees. text may hold any bytes.
 */
char *redactor_rewrite(
	struct redactor *r, enum redact_how how, struct view text, size_t *len);

#endif
