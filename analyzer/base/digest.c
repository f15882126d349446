/*
 * SHA-256 by nettle, written as hex or base64.
 */
#include "base/digest.h"

#include <nettle/base64.h>
#include <stdio.h>

#include "base/digest_two.h"

void
digest_init(struct digest *d)
{
	sha256_init(&d->state);
}

void
digest_add(struct digest *d, struct view bytes)
{
	sha256_update(&d->state, bytes.len, bytes.data);
}

void
digest_add_two(struct digest *a, const uint8_t *a_bytes, struct digest *b,
	const uint8_t *b_bytes, size_t len)
{
	size_t blocks = len / SHA256_BLOCK_SIZE;
	size_t done = blocks * SHA256_BLOCK_SIZE;
	if (!digest_two_usable() || a->state.index != 0 || b->state.index != 0)
		done = 0;
	if (done > 0) {
		digest_two_compress(a->state.state, a_bytes, b->state.state,
			b_bytes, blocks);
		a->state.count += blocks;
		b->state.count += blocks;
	}
	digest_add(a, view_of(a_bytes + done, len - done));
	digest_add(b, view_of(b_bytes + done, len - done));
}

void
digest_finish(struct digest *d, char hex[DIGEST_TEXT_MAX])
{
	uint8_t raw[SHA256_DIGEST_SIZE];
	sha256_digest(&d->state, sizeof raw, raw);
	for (size_t i = 0; i < sizeof raw; i++)
		snprintf(hex + 2 * i, 3, "%02x", raw[i]);
}

void
digest_imprint(const struct digest *d, uint8_t imprint[DIGEST_IMPRINT_BYTES])
{
	static const char text[] = "lostsyn: imprint of the bytes before";
	struct sha256_ctx state = d->state;
	sha256_update(&state, sizeof text, (const uint8_t *)text);
	sha256_digest(&state, DIGEST_IMPRINT_BYTES, imprint);
}

_Static_assert(
	DIGEST_BASE64_MAX == BASE64_ENCODE_RAW_LENGTH(SHA256_DIGEST_SIZE) + 1,
	"room for the text and a NUL");

const char *
digest_base64(struct view bytes, char text[DIGEST_BASE64_MAX])
{
	struct digest d;
	uint8_t raw[SHA256_DIGEST_SIZE];
	digest_init(&d);
	digest_add(&d, bytes);
	sha256_digest(&d.state, sizeof raw, raw);
	base64_encode_raw(text, sizeof raw, raw);
	text[DIGEST_BASE64_MAX - 1] = '\0';
	return text;
}
