/*
 * Bodies as they were before they were made fit for mail.
 *
 * spec: RFC 2045 sections 6.7 (quoted-printable) and 6.8 (base64); RFC 3676
 * section 4 (format=flowed)
 */
#include "coding.h"

#include "mail.h"

/* A byte's six bits, or -1: other bytes are passed over. */
static int
base64_bits(uint8_t byte)
{
	if (byte >= 'A' && byte <= 'Z')
		return byte - 'A';
	if (byte >= 'a' && byte <= 'z')
		return byte - 'a' + 26;
	if (byte_digit(byte))
		return byte - '0' + 52;
	return byte == '+' ? 62 : byte == '/' ? 63 : -1;
}

size_t
mail_base64(struct view coded, uint8_t *out)
{
	uint32_t bits = 0;
	unsigned held = 0;
	size_t len = 0;
	for (size_t i = 0; i < coded.len; i++) {
		int six = base64_bits(coded.data[i]);
		if (coded.data[i] == '=')
			held = 0;
		if (six < 0)
			continue;
		bits = bits << 6 | (uint32_t)six;
		held += 6;
		if (held < 8)
			continue;
		held -= 8;
		out[len++] = (uint8_t)(bits >> held);
	}
	return len;
}

static int
hex_digit(uint8_t byte)
{
	if (byte_digit(byte))
		return byte - '0';
	byte |= 0x20;
	return byte >= 'a' && byte <= 'f' ? byte - 'a' + 10 : -1;
}

int
coding_hex(const uint8_t two[2])
{
	int high = hex_digit(two[0]);
	int low = hex_digit(two[1]);
	return high < 0 || low < 0 ? -1 : high * 16 + low;
}

/* Length of "=" and a line's end, with the blanks that a relay put between; 0
 * for none. */
static size_t
soft_break(struct view v)
{
	size_t n = 1;
	while (n < v.len && byte_among(v.data[n], " \t\r"))
		n++;
	if (n == v.len)
		return n;
	return v.data[n] == '\n' ? n + 1 : 0;
}

static size_t
decode_quoted(struct view coded, uint8_t *out)
{
	size_t len = 0;
	while (coded.len > 0) {
		size_t n = 1;
		int byte = coded.data[0] == '=' && coded.len > 2
			? coding_hex(coded.data + 1)
			: -1;
		if (byte >= 0) {
			out[len++] = (uint8_t)byte;
			n = 3;
		} else if (coded.data[0] != '=' ||
			(n = soft_break(coded)) == 0) {
			out[len++] = coded.data[0];
			n = 1;
		}
		coded = view_skip(coded, n);
	}
	return len;
}

/* How deep a line is quoted: text flows within one depth. */
static size_t
quote_depth(const uint8_t *bytes, size_t len)
{
	size_t n = 0;
	while (n < len && bytes[n] == '>')
		n++;
	return n;
}

/* Join lines that were broken behind a blank, in place. */
static size_t
unflow(uint8_t *bytes, size_t len, bool delsp)
{
	size_t out = 0;
	size_t before = 0; /* the depth of the line that goes on */
	bool goes_on = false;
	for (size_t i = 0; i < len;) {
		size_t end = i;
		while (end < len && bytes[end] != '\n')
			end++;
		size_t next = end < len ? end + 1 : end;
		if (end > i && bytes[end - 1] == '\r')
			end--;
		size_t depth = quote_depth(bytes + i, end - i);
		size_t from = i + (goes_on && depth == before ? depth : 0);
		if (goes_on && depth != before)
			bytes[out++] = '\n';
		size_t stuffed = i + depth;
		/* A blank that was put in front, of "From " and the like. */
		if (from == stuffed && from < end && bytes[from] == ' ')
			from++;
		bool sign = end - stuffed == 3 &&
			memcmp(bytes + stuffed, "-- ", 3) == 0;
		goes_on = !sign && end > from && bytes[end - 1] == ' ';
		before = depth;
		size_t keep = end - from - (goes_on && delsp ? 1 : 0);
		memmove(bytes + out, bytes + from, keep);
		out += keep;
		if (!goes_on && next > end)
			bytes[out++] = '\n';
		i = next;
	}
	return out;
}

size_t
mail_decode(const struct mail_part *part, uint8_t *out)
{
	size_t len = part->body.len;
	if (part->coding == MAIL_BASE64)
		len = mail_base64(part->body, out);
	else if (part->coding == MAIL_QUOTED)
		len = decode_quoted(part->body, out);
	else if (len > 0)
		memcpy(out, part->body.data, len);
	return part->flowed ? unflow(out, len, part->delsp) : len;
}
