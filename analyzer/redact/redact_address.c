/*
 * Finding addresses in text, in all the ways in which they are spelled.
 */
#include <nettle/hmac.h>
#include <string.h>

#include "redact/redactor_text.h"

/* Bytes of a hardware address (IEEE 802 EUI-48). */
#define MAC_BYTES 6

/* The longest run of hexadecimal digits and colons that is looked at. */
#define RUN_MAX 64

static int
hex_value(uint8_t c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c |= 0x20;
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* Byte n of the text, 0 behind its end. */
static uint8_t
byte_at(struct view t, size_t n)
{
	return n < t.len ? t.data[n] : 0;
}

/*
 * Four numbers up to 255 with the same sign between them. Returns the length.
 */
static size_t
quad(struct view t, size_t at, char *sign, uint32_t *value)
{
	size_t n = at;
	*value = 0;
	*sign = 0;
	for (int i = 0; i < 4; i++) {
		if (i > 0) {
			uint8_t c = byte_at(t, n++);
			if (i == 1 && (c == '.' || c == '-' || c == '_'))
				*sign = (char)c;
			if (*sign == 0 || c != (uint8_t)*sign)
				return 0;
		}
		uint32_t number = 0;
		size_t from = n;
		while (byte_digit(byte_at(t, n)) && n - from < 4)
			number = number * 10 + (t.data[n++] - '0');
		if (n == from || n - from > 3 || number > 255)
			return 0;
		*value = *value << 8 | number;
	}
	return n - at;
}

bool
redact_quad_at(struct view text, size_t at)
{
	char sign;
	uint32_t value;
	return quad(text, at, &sign, &value) > 0;
}

/* "/24" behind an address: its length, and the number. */
static size_t
slash(struct view t, size_t at, int most, int *length)
{
	size_t n = at + 1;
	int number = 0;
	if (byte_at(t, at) != '/')
		return 0;
	while (byte_digit(byte_at(t, n)) && n - at <= 3)
		number = number * 10 + (t.data[n++] - '0');
	bool more = redact_is_word(byte_at(t, n)) || byte_at(t, n) == '/';
	if (n == at + 1 || more || number > most)
		return 0;
	*length = number;
	return n - at;
}

/* Nothing behind the first length bits? */
static bool
is_network(struct ip_addr a, int length)
{
	if (ip_is_v4(a))
		length += 96;
	uint64_t hi = length >= 64 ? 0 : UINT64_MAX >> length;
	uint64_t lo = length >= 128 ? 0
		: length > 64       ? UINT64_MAX >> (length - 64)
				    : UINT64_MAX;
	return (a.hi & hi) == 0 && (a.lo & lo) == 0;
}

/* An address's pseudonym, and that of the network it may name. Returns the
 * length of what follows it and belongs to it. */
static size_t
put_address(const struct redactor *r, struct ip_addr a, struct view t,
	size_t end, const char **sign_text, char text[IP_TEXT_MAX])
{
	int most = ip_is_v4(a) ? 32 : 128;
	int length = most;
	size_t more = slash(t, end, most, &length);
	*sign_text = text;
	if (!r->keyed) {
		*sign_text = "[address]";
		return more;
	}
	if (more == 0 || !is_network(a, length))
		length = most;
	ip_format(ip_cipher_network(&r->ip, a, length), text);
	return more;
}

static size_t
put_v4(const struct redactor *r, struct view t, size_t at, FILE *out)
{
	char sign;
	uint32_t value;
	char text[IP_TEXT_MAX];
	const char *shown;
	size_t len = quad(t, at, &sign, &value);
	if (len == 0)
		return 0;
	size_t more =
		put_address(r, ip_from_v4(value), t, at + len, &shown, text);
	for (const char *p = shown; *p != '\0'; p++)
		fputc(*p == '.' ? sign : *p, out);
	fwrite(t.data + at + len, 1, more, out);
	return len + more;
}

static size_t
put_v6(const struct redactor *r, struct view t, size_t at, FILE *out)
{
	char text[RUN_MAX + 1];
	char shown[IP_TEXT_MAX];
	const char *p;
	struct ip_addr a;
	size_t len = 0;
	int colons = 0;
	while (len < RUN_MAX &&
		(hex_value(byte_at(t, at + len)) >= 0 ||
			byte_at(t, at + len) == ':' ||
			byte_at(t, at + len) == '.')) {
		colons += t.data[at + len] == ':';
		len++;
	}
	if (colons < 2)
		return 0;
	memcpy(text, t.data + at, len);
	/* What follows may look like more of it: "::1.443", "::1:". */
	for (; len >= 2; len--) {
		text[len] = '\0';
		if (redact_is_word(byte_at(t, at + len)) || !ip_parse(text, &a))
			continue;
		size_t more = put_address(r, a, t, at + len, &p, shown);
		fputs(p, out);
		fwrite(t.data + at + len, 1, more, out);
		return len + more;
	}
	return 0;
}

/* The pseudonym of six bytes: locally administered, group bit kept. Zeros and
 * broadcast are nobody's.
 * cite: IEEE 802-2014 section 8.2.2 (I/G and U/L bits) */
static void
mac_map(const struct redactor *r, const uint8_t in[MAC_BYTES],
	uint8_t out[MAC_BYTES])
{
	static const uint8_t zeros[MAC_BYTES];
	static const uint8_t ones[MAC_BYTES] = {
		0xff, 0xff, 0xff, 0xff, 0xff, 0xff};
	struct hmac_sha256_ctx mac;
	memcpy(out, in, MAC_BYTES);
	if (memcmp(in, zeros, MAC_BYTES) == 0 ||
		memcmp(in, ones, MAC_BYTES) == 0)
		return;
	hmac_sha256_set_key(&mac, sizeof r->name_key, r->name_key);
	hmac_sha256_update(&mac, 4, (const uint8_t *)"mac:");
	hmac_sha256_update(&mac, MAC_BYTES, in);
	hmac_sha256_digest(&mac, MAC_BYTES, out);
	out[0] = (uint8_t)((out[0] & 0xfc) | 2 | (in[0] & 1));
}

/* One hardware address of groups of `digits` with the sign between them. */
static size_t
mac_read(struct view t, size_t at, int digits, char sign,
	uint8_t bytes[MAC_BYTES])
{
	size_t n = at;
	for (int i = 0; i < 2 * MAC_BYTES; i++) {
		if (i > 0 && i % digits == 0 &&
			byte_at(t, n++) != (uint8_t)sign)
			return 0;
		int value = hex_value(byte_at(t, n++));
		if (value < 0)
			return 0;
		bytes[i / 2] = (uint8_t)(bytes[i / 2] << 4 | value);
	}
	return n - at;
}

/* netfilter writes two and an Ethernet type behind each other: those after the
 * first begin at a colon. */
static size_t
put_mac(const struct redactor *r, struct view t, size_t at, FILE *out)
{
	static const struct {
		int digits;
		char sign;
	} ways[] = {{2, ':'}, {2, '-'}, {4, '.'}};
	for (size_t i = 0; i < sizeof ways / sizeof *ways; i++) {
		uint8_t in[MAC_BYTES] = {0};
		uint8_t mapped[MAC_BYTES];
		size_t len = mac_read(t, at, ways[i].digits, ways[i].sign, in);
		if (len == 0 || hex_value(byte_at(t, at + len)) >= 0)
			continue;
		if (!r->keyed) {
			fputs("[address]", out);
			return len;
		}
		mac_map(r, in, mapped);
		for (int k = 0; k < MAC_BYTES; k++) {
			if (k > 0 && 2 * k % ways[i].digits == 0)
				fputc(ways[i].sign, out);
			fprintf(out, "%02x", mapped[k]);
		}
		return len;
	}
	return 0;
}

/* Eight groups of two are IPv6, unless a MAC stands before them. */
static bool
starts_v6(struct view t, size_t at)
{
	char text[RUN_MAX + 1];
	size_t len = 0;
	if (at > 0 && t.data[at - 1] == ':')
		return false;
	while (len < RUN_MAX &&
		(hex_value(byte_at(t, at + len)) >= 0 ||
			byte_at(t, at + len) == ':'))
		len++;
	struct ip_addr a;
	memcpy(text, t.data + at, len);
	text[len] = '\0';
	return ip_parse(text, &a) && !ip_is_v4(a);
}

size_t
redact_address(const struct redactor *r, struct view text, size_t at, FILE *out)
{
	uint8_t c = byte_at(text, at);
	bool first = at == 0 || !redact_is_word(text.data[at - 1]);
	if (hex_value(c) < 0 && c != ':')
		return 0;
	if (first && (c != ':' || byte_at(text, at + 1) == ':')) {
		size_t len =
			starts_v6(text, at) ? 0 : put_mac(r, text, at, out);
		if (len == 0)
			len = put_v6(r, text, at, out);
		if (len > 0)
			return len;
	}
	if (!byte_digit(c) || (at > 0 && byte_digit(text.data[at - 1])))
		return 0;
	return put_v4(r, text, at, out);
}
