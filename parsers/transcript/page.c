/*
 * One pass: what is written is never longer than what was read for it.
 */
#include "page.h"

#include <strings.h>

#include "base/text.h"
#include "words.h"

/* The longest name of an element that is looked for, and of a reference. */
#define NAME_MAX_BYTES 12

static bool
name_among(struct view name, const char *const *list, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (words_same(name, list[i]))
			return true;
	return false;
}

#define AMONG(NAME, LIST) name_among(NAME, LIST, sizeof LIST / sizeof *LIST)

struct tag {
	struct view name;
	bool closes;
	size_t len; /* of all of it; 0: no tag, or none that ends */
};

/* Its name, without looking for its end. */
static struct tag
tag_begin(struct view v)
{
	struct tag t = {.name = view_of(v.data, 0)};
	struct view at = view_skip(v, 1);
	t.closes = view_begins(at, "/");
	at = view_skip(at, t.closes ? 1 : 0);
	size_t n = view_begins(at, "!") || view_begins(at, "?") ? 1 : 0;
	while (n < at.len && n <= NAME_MAX_BYTES &&
		(byte_letter(at.data[n]) || byte_digit(at.data[n])))
		n++;
	if (n > 0 && !byte_digit(at.data[0]))
		t.name = view_of(at.data, n);
	return t;
}

/* Up to the text behind the front, that included; 0 when it never comes. */
static size_t
len_to(struct view v, const char *end)
{
	size_t at = view_find(v, end);
	return at == TEXT_NOWHERE ? 0 : at + strlen(end);
}

/* A ">" in an attribute ends the tag: what is left of it is a word too many, and
 * no tag can hide a page behind a quote. */
static struct tag
tag_of(struct view v)
{
	struct tag t = tag_begin(v);
	if (view_begins(v, "<!--"))
		t.len = len_to(v, "-->");
	else if (t.name.len > 0)
		t.len = len_to(v, ">");
	return t;
}

bool
page_is(struct view head)
{
	static const char *const first[] = {"html", "head", "body", "meta",
		"div", "p", "pre", "span", "table", "style", "title", "h1",
		"h2", "h3", "font", "blockquote"};
	if (view_begins(head, "\xef\xbb\xbf"))
		head = view_skip(head, 3);
	for (int i = 0; i < 4; i++) {
		while (head.len > 0 && byte_among(head.data[0], " \t\r\n"))
			head = view_skip(head, 1);
		if (!view_begins(head, "<"))
			return false;
		struct tag t = tag_of(head);
		if (words_same(t.name, "!doctype"))
			return view_begins(
				       view_trim(view_skip(head, 9)), "html") ||
				view_begins(
					view_trim(view_skip(head, 9)), "HTML");
		if (t.len == 0 || AMONG(t.name, first))
			return t.len > 0 && !t.closes;
		/* A comment, or XML's prologue. */
		if (t.name.len > 0 && !words_same(t.name, "?xml"))
			return false;
		head = view_skip(head, t.len);
	}
	return false;
}

/* UTF-8 of a code point; what is none becomes a question mark. */
static size_t
point_write(uint64_t point, uint8_t *out)
{
	if (point == 0xa0)
		point = ' ';
	if (point < 0x80) {
		out[0] = point == 0 ? '?' : (uint8_t)point;
		return 1;
	}
	if (point < 0x800) {
		out[0] = (uint8_t)(0xc0 | point >> 6);
		out[1] = (uint8_t)(0x80 | (point & 0x3f));
		return 2;
	}
	if (point > 0xffff || (point >= 0xd800 && point < 0xe000)) {
		out[0] = '?';
		return 1;
	}
	out[0] = (uint8_t)(0xe0 | point >> 12);
	out[1] = (uint8_t)(0x80 | (point >> 6 & 0x3f));
	out[2] = (uint8_t)(0x80 | (point & 0x3f));
	return 3;
}

/* "#8211" or "#x2013" between "&" and ";"; false when it is no number. */
static bool
number_of(struct view v, uint64_t *point)
{
	int64_t number;
	int base = v.len > 1 && (v.data[1] | 0x20) == 'x' ? 16 : 10;
	v = view_skip(v, base == 16 ? 2 : 1);
	if (v.len == 0 || v.len > 7 || byte_among(v.data[0], "+-") ||
		number_read(v, base, &number) != NUMBER_GOOD)
		return false;
	*point = (uint64_t)number;
	return true;
}

/* A reference at the front: its length, and its character in out; 0 for none. */
static size_t
reference(struct view v, uint8_t *out, size_t *len)
{
	static const struct {
		const char *name;
		const char *text;
	} names[] = {{"lt", "<"}, {"gt", ">"}, {"amp", "&"}, {"quot", "\""},
		{"apos", "'"}, {"nbsp", " "}, {"ldquo", "\""}, {"rdquo", "\""},
		{"lsquo", "'"}, {"rsquo", "'"}, {"ndash", "-"}, {"mdash", "-"},
		{"hellip", "..."}, {"Tab", "\t"}, {"NewLine", "\n"},
		{"colon", ":"}, {"equals", "="}, {"lowbar", "_"}};
	struct view name = view_skip(v, 1);
	size_t n = view_find(view_first(name, NAME_MAX_BYTES), ";");
	if (n == TEXT_NOWHERE || n == 0)
		return 0;
	name = view_of(name.data, n);
	uint64_t point;
	if (name.data[0] == '#') {
		if (!number_of(name, &point))
			return 0;
		*len = point_write(point, out);
		return n + 2;
	}
	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		if (!view_is(name, names[i].name))
			continue;
		*len = strlen(names[i].text);
		memcpy(out, names[i].text, *len);
		return n + 2;
	}
	return 0;
}

/* Elements whose content is not shown. */
static const char *const hidden[] = {
	"script", "style", "head", "title", "template", "svg"};
#define HIDDEN (sizeof hidden / sizeof *hidden)

struct page {
	uint8_t *bytes;
	size_t out;
	bool pre;          /* what stands here is shown as it stands */
	bool endless;      /* no tag ends any more: "<" is a sign like others */
	bool open[HIDDEN]; /* nothing closes such an element any more */
};

static void
add(struct page *p, const char *text)
{
	size_t n = strlen(text);
	memcpy(p->bytes + p->out, text, n);
	p->out += n;
}

static void
end_line(struct page *p)
{
	if (p->out > 0 && p->bytes[p->out - 1] != '\n')
		add(p, "\n");
}

/* What a tag shows: no more bytes than it has. */
static void
take_tag(struct page *p, const struct tag *t)
{
	static const char *const blocks[] = {"p", "div", "li", "tr", "table",
		"ul", "ol", "dl", "dt", "dd", "h1", "h2", "h3", "h4", "h5",
		"h6", "section", "article", "blockquote", "hr", "body"};
	if (words_same(t->name, "br")) {
		add(p, "\n");
	} else if (words_same(t->name, "pre") && p->pre == t->closes) {
		p->pre = !t->closes;
		end_line(p);
		add(p, "```\n");
	} else if (AMONG(t->name, blocks)) {
		end_line(p);
	} else if (words_same(t->name, "code") && !p->pre) {
		add(p, "`");
	} else if (t->closes &&
		(words_same(t->name, "td") || words_same(t->name, "th"))) {
		add(p, "\t");
	}
}

/* Behind the tag that closes the element at the front; 0 when none does. */
static size_t
len_closed(struct view v, const struct tag *t)
{
	for (size_t at = t->len; at < v.len; at += 2) {
		size_t n = view_find(view_skip(v, at), "</");
		if (n == TEXT_NOWHERE)
			break;
		at += n;
		struct tag end = tag_begin(view_skip(v, at));
		if (end.name.len == t->name.len &&
			strncasecmp((const char *)end.name.data,
				(const char *)t->name.data, t->name.len) == 0)
			return at + len_to(view_skip(v, at), ">");
	}
	return 0;
}

/* The length of a hidden element up to its end, or of the tag alone. The end is
 * looked for once in vain: what closes none closes no later one either. */
static size_t
hidden_len(struct page *p, struct view v, const struct tag *t)
{
	size_t i = 0;
	while (i < HIDDEN && !words_same(t->name, hidden[i]))
		i++;
	if (t->closes || i == HIDDEN || p->open[i])
		return t->len;
	size_t len = len_closed(v, t);
	p->open[i] = len == 0;
	return len == 0 ? t->len : len;
}

/* A tag, a reference or a byte at the front: how much of it was taken. */
static size_t
take_front(struct page *p, struct view v)
{
	uint8_t text[8];
	size_t len = 0;
	size_t n = 0;
	if (v.data[0] == '<' && !p->endless) {
		struct tag t = tag_of(v);
		p->endless = t.len == 0 && t.name.len > 0;
		if (t.len > 0) {
			take_tag(p, &t);
			return hidden_len(p, v, &t);
		}
	}
	if (v.data[0] == '&')
		n = reference(v, text, &len);
	if (n > 0)
		memcpy(p->bytes + p->out, text, len);
	else
		p->bytes[p->out] = v.data[0];
	p->out += n > 0 ? len : 1;
	return n > 0 ? n : 1;
}

size_t
page_play(uint8_t *bytes, size_t len)
{
	struct page p = {.bytes = bytes};
	if (!page_is(view_of(bytes, len)))
		return len;
	for (size_t i = 0; i < len;) {
		bool again = !p.pre && p.out > 0 && bytes[p.out - 1] == '\n';
		/* Blank lines of the source are none of the text. */
		if (again && byte_among(bytes[i], "\r\n"))
			i++;
		else
			i += take_front(&p, view_of(bytes + i, len - i));
	}
	return p.out;
}
