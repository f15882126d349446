/*
 * What the parts of the redactor share.
 */
#ifndef REDACT_REDACTOR_TEXT_H
#define REDACT_REDACTOR_TEXT_H

#include <stdio.h>

#include "redact/ip_cipher.h"
#include "redact/redactor.h"
#include "redact/words.h"

/* A name that is replaced as a whole. */
struct known_name {
	struct view text; /* in the arena */
	bool path;
	bool in_prose;
};

struct redactor {
	bool keyed;
	struct ip_cipher ip;
	uint8_t name_key[32];
	struct words vocabulary;
	struct known_name *names; /* owned; in order when sorted */
	size_t names_count;
	bool sorted;
	struct arena arena;
};

/* Characters of a word: [A-Za-z0-9_], and all bytes that are not ASCII. */
static inline bool
redact_is_word(uint8_t c)
{
	return byte_digit(c) || (c >= 'A' && c <= 'Z') ||
		(c >= 'a' && c <= 'z') || c == '_' || c >= 0x80;
}

/* The usual names of vantages, which say nothing. */
bool redact_is_role(struct view name);

/*
 * An address at text[at]: writes its pseudonym to out and returns how many
 * bytes it took; 0 when there is none. Dotted, dashed and underscored IPv4
 * (also as part of a word: ip-10-0-0-1), IPv6, networks of both, hardware
 * addresses with colons, dashes or Cisco's dots.
 */
size_t redact_address(
	const struct redactor *r, struct view text, size_t at, FILE *out);

/* True when an IPv4 address in any spelling begins at text[at]. */
bool redact_quad_at(struct view text, size_t at);

/* x-ab2cd3ef for a word. */
void redact_word(const struct redactor *r, struct view word, FILE *out);
/* The same for each label of a dotted name; an address is one. */
void redact_name(const struct redactor *r, struct view name, FILE *out);
/* The same for each component of a path. */
void redact_path(const struct redactor *r, struct view path, FILE *out);

/* The length of the name that stands at text[at]; 0 when there is none. */
size_t redact_known(struct redactor *r, struct view text, size_t at, bool prose,
	const struct known_name **found);

/*
 * The unit of text from outside that begins at text[at], a word character:
 * words joined by dashes and dots. Its length, >= 1.
 */
size_t redact_unit(struct view text, size_t at);

/* Does a unit stay? */
bool redact_unit_stays(const struct redactor *r, struct view unit);

#endif
