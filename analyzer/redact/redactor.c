/*
 * From left to right through a text, the most telling thing first: a name that
 * was told, an address, a path, a word.
 */
#include "redact/redactor.h"

#include <nettle/hmac.h>
#include <stdlib.h>
#include <string.h>

#include "redact/redactor_text.h"

struct redactor *
redactor_new(void)
{
	struct redactor *r = memory_take(1, sizeof *r);
	words_init(&r->vocabulary);
#define X(word) words_add(&r->vocabulary, view_str(word));
#include "redact/known_words.def"
#undef X
	return r;
}

void
redactor_free(struct redactor *r)
{
	if (r == NULL)
		return;
	words_release(&r->vocabulary);
	arena_release(&r->arena);
	free(r->names);
	free(r);
}

/* 32 bytes for one purpose out of the secret. */
static void
derive(struct view secret, const char *purpose, uint8_t out[32])
{
	struct hmac_sha256_ctx mac;
	hmac_sha256_set_key(&mac, secret.len, secret.data);
	hmac_sha256_update(&mac, strlen(purpose), (const uint8_t *)purpose);
	hmac_sha256_digest(&mac, 32, out);
}

void
redactor_key(struct redactor *r, struct view secret)
{
	uint8_t address[IP_CIPHER_SECRET];
	derive(secret, "lostsyn redact addresses", address);
	derive(secret, "lostsyn redact names", r->name_key);
	ip_cipher_init(&r->ip, address);
	r->keyed = true;
}

/* How long a path from text[at], a slash, is. */
static size_t
path_len(struct view t, size_t at)
{
	size_t n = at;
	while (n < t.len && t.data[n] > ' ' &&
		!byte_among(t.data[n], "\"'`,;()[]{}<>|\\"))
		n++;
	while (n > at + 1 && (t.data[n - 1] == ':' || t.data[n - 1] == '.'))
		n--;
	return n - at;
}

/* Are all words of a path ours? "from/to", "20/Nov/2026:23:41:22", "HTTP/2" */
static bool
path_stays(const struct redactor *r, struct view path)
{
	size_t at = 0;
	while (at < path.len) {
		if (!redact_is_word(path.data[at])) {
			at++;
			continue;
		}
		size_t n = redact_unit(path, at);
		if (!redact_unit_stays(r, view_of(path.data + at, n)) ||
			redact_quad_at(path, at))
			return false;
		at += n;
	}
	return true;
}

static size_t
put_path(const struct redactor *r, struct view t, size_t at, FILE *out)
{
	size_t len = path_len(t, at);
	struct view path = view_of(t.data + at, len);
	bool follows = at > 0 && redact_is_word(t.data[at - 1]);
	/* "//" behind a scheme, and a slash alone. */
	bool second = at > 0 && t.data[at - 1] == '/';
	if (len < 2 || second || path.data[1] == '/' ||
		(follows && path_stays(r, path))) {
		fputc('/', out);
		return 1;
	}
	fputc('/', out);
	redact_word(r, path, out);
	return len;
}

static size_t
put_unit(const struct redactor *r, struct view t, size_t at, FILE *out)
{
	size_t len = redact_unit(t, at);
	struct view unit = view_of(t.data + at, len);
	if (redact_unit_stays(r, unit))
		fwrite(unit.data, 1, unit.len, out);
	else
		redact_name(r, unit, out);
	return len;
}

/* A name that was told, at text[at]. */
static size_t
put_known(struct redactor *r, struct view t, size_t at, bool prose, FILE *out)
{
	const struct known_name *k;
	if (at > 0 && redact_is_word(t.data[at - 1]))
		return 0;
	size_t len = redact_known(r, t, at, prose, &k);
	struct view name = view_of(t.data + at, len);
	if (len > 0 && k->path)
		redact_path(r, name, out);
	else if (len > 0)
		redact_name(r, name, out);
	return len;
}

static void
rewrite(struct redactor *r, bool prose, struct view t, FILE *out)
{
	size_t at = 0;
	while (at < t.len) {
		uint8_t c = t.data[at];
		size_t n = put_known(r, t, at, prose, out);
		if (n == 0)
			n = redact_address(r, t, at, out);
		if (n == 0 && !prose && c == '/')
			n = put_path(r, t, at, out);
		if (n == 0 && !prose && redact_is_word(c))
			n = put_unit(r, t, at, out);
		if (n == 0) {
			fputc(c, out);
			n = 1;
		}
		at += n;
	}
}

/* What stands in single quotes is somebody else's. */
static void
rewrite_message(struct redactor *r, struct view t, FILE *out)
{
	size_t at = 0;
	while (at < t.len) {
		const uint8_t *open = memchr(t.data + at, '\'', t.len - at);
		size_t from = open != NULL ? (size_t)(open - t.data) : t.len;
		const uint8_t *close = open != NULL && from + 1 < t.len &&
				(from == 0 || !redact_is_word(open[-1]))
			? memchr(open + 1, '\'', t.len - from - 1)
			: NULL;
		if (open == NULL) {
			rewrite(r, true, view_of(t.data + at, t.len - at), out);
			return;
		}
		if (close == NULL) {
			rewrite(r, true, view_of(t.data + at, from + 1 - at),
				out);
			at = from + 1;
			continue;
		}
		size_t to = (size_t)(close - t.data);
		rewrite(r, true, view_of(t.data + at, from + 1 - at), out);
		rewrite(r, false, view_of(open + 1, to - from - 1), out);
		fputc('\'', out);
		at = to + 1;
	}
}

/* A name that is an address is one; other names go whatever they are. */
static void
rewrite_name(struct redactor *r, struct view t, FILE *out)
{
	struct ip_addr a;
	char text[IP_TEXT_MAX];
	if (t.len < sizeof text) {
		memcpy(text, t.data, t.len);
		text[t.len] = '\0';
		if (ip_parse(text, &a) || redact_quad_at(t, 0)) {
			rewrite(r, true, t, out);
			return;
		}
	}
	redact_name(r, t, out);
}

char *
redactor_rewrite(
	struct redactor *r, enum redact_how how, struct view text, size_t *len)
{
	char *result = NULL;
	size_t size = 0;
	FILE *out = open_memstream(&result, &size);
	if (out == NULL)
		memory_exhausted();
	if (how == REDACT_PATH)
		redact_path(r, text, out);
	else if (how == REDACT_NAME)
		rewrite_name(r, text, out);
	else if (how == REDACT_MESSAGE)
		rewrite_message(r, text, out);
	else
		rewrite(r, how == REDACT_PROSE, text, out);
	if (fclose(out) != 0)
		memory_exhausted();
	if (len != NULL)
		*len = size;
	return result;
}
