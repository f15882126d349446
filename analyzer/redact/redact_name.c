/*
 * Names to pseudonyms, and the list of names that were told.
 */
#include <nettle/hmac.h>
#include <stdlib.h>
#include <string.h>

#include "redact/redactor_text.h"

/* 40 bits: 10,000 names share one with a chance of 5 in 100,000. */
#define PSEUDONYM_LETTERS 8

/* Extensions tell what a file is and nothing about whose it is. */
static const char *const extensions[] = {"pcap", "pcapng", "cap", "snoop", "gz",
	"zst", "xz", "log", "txt", "json", "csv", "yaml", "yml", "md", "out",
	"conf", "html", "sqlite"};

static const char *const roles[] = {"client", "server", "network", "balancer",
	"lb", "proxy", "firewall", "fw", "gateway", "gw", "nat", "router",
	"localhost"};

static bool
listed(struct view v, const char *const *list, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (view_is(v, list[i]))
			return true;
	return false;
}

bool
redact_is_role(struct view name)
{
	return listed(name, roles, sizeof roles / sizeof *roles);
}

static bool
all_digits(struct view v)
{
	for (size_t i = 0; i < v.len; i++)
		if (!byte_digit(v.data[i]))
			return false;
	return true;
}

void
redact_word(const struct redactor *r, struct view word, FILE *out)
{
	/* spec: RFC 4648 section 6, in lower case. */
	static const char letters[] = "abcdefghijklmnopqrstuvwxyz234567";
	uint8_t digest[SHA256_DIGEST_SIZE];
	struct hmac_sha256_ctx mac;
	if (!r->keyed) {
		fputs("[name]", out);
		return;
	}
	hmac_sha256_set_key(&mac, sizeof r->name_key, r->name_key);
	hmac_sha256_update(&mac, 5, (const uint8_t *)"word:");
	for (size_t i = 0; i < word.len; i++) {
		uint8_t c = word.data[i];
		uint8_t low = c >= 'A' && c <= 'Z' ? (uint8_t)(c | 0x20) : c;
		hmac_sha256_update(&mac, 1, &low);
	}
	hmac_sha256_digest(&mac, sizeof digest, digest);
	uint64_t bits = load_be64(digest);
	fputs("x-", out);
	for (int i = 0; i < PSEUDONYM_LETTERS; i++)
		fputc(letters[bits >> (59 - 5 * i) & 31], out);
}

/* The next piece of *rest up to sign; false when there is none. */
static bool
next_piece(struct view *rest, char sign, struct view *piece)
{
	if (rest->data == NULL)
		return false;
	const uint8_t *end =
		rest->len > 0 ? memchr(rest->data, sign, rest->len) : NULL;
	*piece = view_of(rest->data,
		end != NULL ? (size_t)(end - rest->data) : rest->len);
	*rest = end != NULL ? view_skip(*rest, piece->len + 1)
			    : view_of(NULL, 0);
	return true;
}

void
redact_name(const struct redactor *r, struct view name, FILE *out)
{
	struct view piece;
	struct view rest = name;
	if (redact_is_role(name)) {
		fwrite(name.data, 1, name.len, out);
		return;
	}
	for (bool more = false; next_piece(&rest, '.', &piece); more = true) {
		if (more)
			fputc('.', out);
		if (all_digits(piece))
			fwrite(piece.data, 1, piece.len, out);
		else
			redact_word(r, piece, out);
	}
}

/* The length of the extensions at the end: ".pcap.gz". */
static size_t
extension_len(struct view name)
{
	size_t len = 0;
	for (;;) {
		size_t n = name.len - len;
		while (n > 0 && name.data[n - 1] != '.')
			n--;
		if (n < 2)
			return len;
		struct view e = view_of(name.data + n, name.len - len - n);
		if (!listed(e, extensions,
			    sizeof extensions / sizeof *extensions))
			return len;
		len = name.len - n + 1;
	}
}

void
redact_path(const struct redactor *r, struct view path, FILE *out)
{
	struct view piece;
	struct view rest = path;
	for (bool more = false; next_piece(&rest, '/', &piece); more = true) {
		if (more)
			fputc('/', out);
		bool plain = piece.len == 0 || view_is(piece, ".") ||
			view_is(piece, "..") || view_is(piece, "-") ||
			(rest.data != NULL && redact_is_role(piece));
		size_t end = rest.data == NULL ? extension_len(piece) : 0;
		if (plain)
			end = piece.len;
		else
			redact_word(
				r, view_of(piece.data, piece.len - end), out);
		fwrite(piece.data + piece.len - end, 1, end, out);
	}
}

static int
by_bytes(const void *a, const void *b)
{
	const struct view *x = &((const struct known_name *)a)->text;
	const struct view *y = &((const struct known_name *)b)->text;
	size_t shorter = x->len < y->len ? x->len : y->len;
	int order = memcmp(x->data, y->data, shorter);
	return order != 0 ? order : (x->len > y->len) - (x->len < y->len);
}

void
redactor_name(struct redactor *r, const char *name, enum redact_how how,
	bool in_prose)
{
	struct view v = view_str(name);
	bool path = how == REDACT_PATH;
	if (v.len < 2 || redact_is_role(v) || all_digits(v) ||
		view_is(v, "..") || view_is(v, "./"))
		return;
	r->names = memory_grow(r->names, r->names_count + 1, sizeof *r->names);
	r->names[r->names_count++] = (struct known_name){
		view_of(arena_copy(&r->arena, name, v.len), v.len), path,
		in_prose};
	r->sorted = false;
}

/* In order, each name once. */
static void
names_sort(struct redactor *r)
{
	size_t kept = 0;
	if (r->sorted || r->names_count == 0)
		return;
	qsort(r->names, r->names_count, sizeof *r->names, by_bytes);
	for (size_t i = 1; i < r->names_count; i++) {
		if (by_bytes(&r->names[kept], &r->names[i]) == 0)
			r->names[kept].in_prose |= r->names[i].in_prose;
		else
			r->names[++kept] = r->names[i];
	}
	r->names_count = kept + 1;
	r->sorted = true;
}

/* The part of [from, to) whose byte n is c; all are alike before n. */
static void
narrow(const struct redactor *r, size_t *from, size_t *to, size_t n, uint8_t c)
{
	size_t bound[2];
	for (int upper = 0; upper < 2; upper++) {
		size_t low = *from;
		size_t high = *to;
		while (low < high) {
			size_t middle = low + (high - low) / 2;
			struct view v = r->names[middle].text;
			int at = v.len > n ? v.data[n] : -1;
			if (at < c + upper)
				low = middle + 1;
			else
				high = middle;
		}
		bound[upper] = low;
	}
	*from = bound[0];
	*to = bound[1];
}

size_t
redact_known(struct redactor *r, struct view text, size_t at, bool prose,
	const struct known_name **found)
{
	names_sort(r);
	size_t from = 0;
	size_t to = r->names_count;
	size_t longest = 0;
	for (size_t n = 0; from < to && at + n < text.len; n++) {
		narrow(r, &from, &to, n, text.data[at + n]);
		if (from == to || r->names[from].text.len != n + 1)
			continue;
		const struct known_name *k = &r->names[from];
		bool ends = at + n + 1 == text.len ||
			!(redact_is_word(text.data[at + n + 1]) ||
				text.data[at + n + 1] == '-');
		if (ends && (k->in_prose || !prose)) {
			longest = n + 1;
			*found = k;
		}
	}
	return longest;
}
