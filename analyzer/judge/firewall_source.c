/*
 * Reading the source in "-s 10.0.0.0/8", "ip saddr != { 192.0.2.1, 192.0.2.7-9 }"
 * and in the columns of iptables -L ("DROP tcp -- * * 10.0.0.0/8 0.0.0.0/0").
 *
 * The text is taken word by word. A word that announces a source is followed by
 * one address, network or range, or by a list in braces; what is none of these
 * (a set, a variable, a name, a concatenation) says nothing, and nothing is
 * concluded from it: the caller lets a rule go only when its text excludes the
 * address.
 */
#include "judge/firewall_source.h"

#include <stdbool.h>

#include "base/bytes.h"
#include "base/ip.h"
#include "base/text.h"

#define V4_BITS 32
#define V6_BITS 128

/* The next word of the text, without the comma behind it; empty at the end. */
static struct view
word_take(struct view *text)
{
	struct view word = word_next(text);
	while (word.len > 1 && view_ends(word, ","))
		word.len--;
	return word;
}

/* Split a word at the first mark; false where it has none. */
static bool
word_cut(struct view word, const char *mark, struct view *left,
	struct view *right)
{
	size_t at = view_find(word, mark);
	if (at == TEXT_NOWHERE)
		return false;
	*left = view_first(word, at);
	*right = view_skip(word, at + 1);
	return true;
}

/* The bits of an address that a network of so many leaves free are the same in
 * none: one word at a time, since a shift by 64 is none in C. */
static bool
network_has(struct ip_addr net, unsigned bits, struct ip_addr address)
{
	uint64_t hi = net.hi ^ address.hi;
	uint64_t lo = net.lo ^ address.lo;
	if (bits <= 64)
		return bits == 0 || hi >> (64 - bits) == 0;
	return hi == 0 && lo >> (V6_BITS - bits) == 0;
}

/* "24", or the mask "255.255.255.0", in bits of the 128 that ip_addr has. */
static bool
prefix_read(struct view text, bool v4, unsigned *bits)
{
	struct ip_addr mask;
	uint64_t n = 0;
	unsigned most = v4 ? V4_BITS : V6_BITS;
	if (v4 && ip_read(text, &mask) && ip_is_v4(mask)) {
		for (uint32_t m = (uint32_t)mask.lo; m & 0x80000000u; m <<= 1)
			n++;
	} else if (!view_number(text, most, &n)) {
		return false;
	}
	*bits = (unsigned)n + V6_BITS - most;
	return true;
}

/* One address, network or range: is the address in it? A network of everything
 * names nobody. */
static enum source_named
element_has(struct view word, struct ip_addr address)
{
	struct view left;
	struct view right;
	struct ip_addr low;
	struct ip_addr high;
	unsigned bits = V6_BITS;
	if (word_cut(word, "-", &left, &right)) {
		if (!ip_read(left, &low) || !ip_read(right, &high))
			return SOURCE_NONE;
		return !ip_less(address, low) && !ip_less(high, address)
			? SOURCE_THIS
			: SOURCE_OTHERS;
	}
	bool network = word_cut(word, "/", &left, &right);
	if (!ip_read(network ? left : word, &low) ||
		(network && !prefix_read(right, ip_is_v4(low), &bits)))
		return SOURCE_NONE;
	if (bits == 0 || (ip_is_v4(low) && bits == V6_BITS - V4_BITS))
		return SOURCE_NONE;
	return network_has(low, bits, address) ? SOURCE_THIS : SOURCE_OTHERS;
}

/* What stands behind an announcement: one element, or several in braces. */
static enum source_named
list_has(struct view *text, bool negated, struct ip_addr address)
{
	enum source_named named = SOURCE_OTHERS;
	struct view word = word_take(text);
	if (view_is(word, "!=") || view_is(word, "!")) {
		negated = !negated;
		word = word_take(text);
	}
	bool braces = view_is(word, "{");
	if (braces)
		word = word_take(text);
	do {
		enum source_named one = element_has(word, address);
		if (one == SOURCE_THIS)
			named = SOURCE_THIS;
		if (one == SOURCE_NONE && named == SOURCE_OTHERS)
			named = SOURCE_NONE;
		if (braces)
			word = word_take(text);
	} while (braces && word.len > 0 && !view_is(word, "}"));
	if (!negated || named == SOURCE_NONE)
		return named;
	return named == SOURCE_THIS ? SOURCE_OTHERS : SOURCE_THIS;
}

/* "-- SOURCE DESTINATION", or with -v "-- IN OUT SOURCE DESTINATION"; "anywhere"
 * and a name are no address and say nothing. */
static enum source_named
columns_have(struct view text, struct ip_addr address)
{
	struct ip_addr any;
	struct view left;
	struct view right;
	for (int i = 0; i < 3; i++) {
		struct view word = word_take(&text);
		bool negated = word.len > 1 && view_begins(word, "!");
		if (negated)
			word = view_skip(word, 1);
		struct view first =
			word_cut(word, "/", &left, &right) ? left : word;
		if (i == 1 || !ip_read(first, &any))
			continue;
		enum source_named named = element_has(word, address);
		if (!negated || named == SOURCE_NONE)
			return named;
		return named == SOURCE_THIS ? SOURCE_OTHERS : SOURCE_THIS;
	}
	return SOURCE_NONE;
}

enum source_named
firewall_source(const char *rule, const char *from)
{
	static const char *const announcements[] = {
		"saddr", "-s", "--source", "--src", "--src-range"};
	enum source_named named = SOURCE_NONE;
	struct view text = view_str(rule);
	struct ip_addr address;
	struct view word;
	bool negated = false; /* "! -s": the mark stands in front */
	if (!ip_parse(from, &address))
		return SOURCE_NONE;
	while ((word = word_take(&text)).len > 0) {
		enum source_named here = SOURCE_NONE;
		for (size_t i = 0;
			i < sizeof announcements / sizeof *announcements; i++)
			if (view_is(word, announcements[i]))
				here = list_has(&text, negated, address);
		if (view_is(word, "--"))
			here = columns_have(text, address);
		/* All that a rule names has to fit. */
		if (here == SOURCE_OTHERS || named == SOURCE_NONE)
			named = here;
		if (named == SOURCE_OTHERS)
			return named;
		negated = view_is(word, "!");
	}
	return named;
}
