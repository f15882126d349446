/*
 * SHA-256 (FIPS 180-4), for the identity of inputs and rules in a report.
 * The work is nettle's, which uses the CPU's SHA instructions where it can.
 */
#ifndef BASE_DIGEST_H
#define BASE_DIGEST_H

#include <nettle/sha2.h>

#include "base/bytes.h"

/* 64 lower-case hex digits and a NUL. */
#define DIGEST_TEXT_MAX 65

struct digest {
	struct sha256_ctx state;
};

void digest_init(struct digest *d);
void digest_add(struct digest *d, struct view bytes);

/*
 * len bytes more to each of two digests. A block waits for the one before it, so
 * that the CPU's SHA instructions do two streams in the time of one: where the CPU
 * has them (x86-64) and neither digest holds a part of a block, this is nearly
 * twice as fast as digest_add for each, otherwise the same.
 */
void digest_add_two(struct digest *a, const uint8_t *a_bytes, struct digest *b,
	const uint8_t *b_bytes, size_t len);

/* Write the digest of all bytes added; d is ready for new input afterwards. */
void digest_finish(struct digest *d, char hex[DIGEST_TEXT_MAX]);

/* 44 characters and a NUL. */
#define DIGEST_BASE64_MAX 45

/* The SHA-256 of bytes in base64, as a content security policy names a script.
 * spec: Content Security Policy Level 3, section 2.3.1, hash-source */
const char *digest_base64(struct view bytes, char text[DIGEST_BASE64_MAX]);

/*
 * A second value of the same bytes, for which the digest of digest_finish is no
 * help: the hash of the bytes with a text of ours behind them. The digest goes
 * on as before. Why that is so: decisions/0013.
 */
#define DIGEST_IMPRINT_BYTES 32
void digest_imprint(
	const struct digest *d, uint8_t imprint[DIGEST_IMPRINT_BYTES]);

#endif
