/*
 * Parts by their boundaries. The levels are a list of a fixed length: a boundary
 * of an outer one ends all inner ones, whether they were closed or not.
 */
#include "mail.h"

#include "base/text.h"
#include "header.h"

/* The line of an mbox that begins a message: "From ", a sender, a date. */
static bool
is_from_line(struct view line)
{
	return view_begins(line, "From ") && words_count(line) >= 6 &&
		view_has(line, ":");
}

/* Behind the "From " line that an mbox puts before a message. */
static struct view
envelope_skip(struct view v)
{
	struct view rest = v;
	struct view line;
	return line_next(&rest, &line) && is_from_line(line) ? rest : v;
}

/* A header, and whether it is all there. */
static bool
header_of(struct view head, struct header *f)
{
	return header_read(&head, f);
}

static bool
is_multipart(struct view type)
{
	return header_same(view_first(header_word(type), 10), "multipart/") &&
		header_parameter(type, "boundary").len > 0;
}

static enum mail_coding
coding_of(struct view value)
{
	struct view word = header_word(value);
	return header_same(word, "base64")              ? MAIL_BASE64
		: header_same(word, "quoted-printable") ? MAIL_QUOTED
							: MAIL_AS_IS;
}

bool
mail_is(struct view head)
{
	struct header f;
	return header_of(envelope_skip(head), &f) && f.mime && f.from;
}

bool
mail_is_packed(struct view head)
{
	struct header f;
	return header_of(envelope_skip(head), &f) && f.mime &&
		(is_multipart(f.type) ||
			(f.from && coding_of(f.coding) != MAIL_AS_IS));
}

bool
mail_is_box(struct view head)
{
	struct view rest = envelope_skip(head);
	struct header f;
	return rest.len < head.len && header_of(rest, &f) && f.from;
}

bool
mail_box_next(struct view *rest, struct view *message)
{
	struct view at = envelope_skip(*rest);
	struct view line;
	bool blank = false;
	*message = at;
	for (struct view before = at; line_next(&at, &line); before = at) {
		if (blank && is_from_line(line)) {
			message->len = (size_t)(before.data - message->data);
			at = before;
			break;
		}
		blank = view_trim(line).len == 0;
	}
	*rest = at;
	return message->len > 0;
}

void
mail_open(struct mail *m, struct view whole)
{
	*m = (struct mail){.rest = envelope_skip(whole), .within = true};
}

/* The level whose boundary the line is, + 1; 0 for none. closes: its last one. */
static size_t
level_of(const struct mail *m, struct view line, bool *closes)
{
	if (!view_begins(line, "--"))
		return 0;
	line = view_skip(line, 2);
	while (line.len > 0 && byte_among(line.data[line.len - 1], " \t\r"))
		line.len--;
	for (size_t i = m->depth; i > 0; i--) {
		struct view b = m->levels[i - 1].boundary;
		if (line.len < b.len ||
			!view_equal(view_of(line.data, b.len), b))
			continue;
		struct view behind = view_skip(line, b.len);
		*closes = view_is(behind, "--");
		if (behind.len == 0 || *closes)
			return i;
	}
	return 0;
}

/* Go behind the next boundary; what stood before it. */
static struct view
skip_to_boundary(struct mail *m)
{
	struct view from = m->rest;
	struct view line;
	m->within = false;
	for (struct view at = from; line_next(&m->rest, &line); at = m->rest) {
		bool closes = false;
		size_t level = level_of(m, line, &closes);
		if (level == 0)
			continue;
		m->depth = closes ? level - 1 : level;
		m->within = !closes;
		size_t len = (size_t)(at.data - from.data);
		/* The line's end before a boundary is the boundary's. */
		len -= len > 0 && from.data[len - 1] == '\n';
		len -= len > 0 && from.data[len - 1] == '\r';
		return view_of(from.data, len);
	}
	return from;
}

static void
push_level(struct mail *m, struct view type)
{
	m->levels[m->depth++] = (struct mail_level){
		.boundary = header_parameter(type, "boundary"),
		.alternative =
			header_same(header_word(type), "multipart/alternative"),
	};
}

/* Plain text, or HTML of the same that was given before? */
static void
mark_alternative(struct mail *m, struct mail_part *part)
{
	for (size_t i = 0; i < m->depth; i++) {
		struct mail_level *l = &m->levels[i];
		bool words = part->name[0] == '\0';
		if (!l->alternative || !words)
			continue;
		l->text = l->text || header_same(part->type, "text/plain");
		part->again = part->again ||
			(l->text && header_same(part->type, "text/html"));
	}
}

static void
fill_part(struct mail *m, const struct header *f, struct mail_part *part)
{
	*part = (struct mail_part){
		.type = header_word(f->type),
		.coding = coding_of(f->coding),
		.flowed = header_same(
			header_parameter(f->type, "format"), "flowed"),
		.delsp = header_same(header_parameter(f->type, "delsp"), "yes"),
	};
	header_name(f, part->name);
	mark_alternative(m, part);
}

/* Into a multipart: false when none of its boundaries comes, and what stands
 * there is a text as it lies. What is before the first one is for readers that
 * know no parts (RFC 2046 section 5.1.1). */
static bool
enter(struct mail *m, struct view type, struct view *text)
{
	push_level(m, type);
	size_t depth = m->depth;
	*text = skip_to_boundary(m);
	return m->within && m->depth == depth;
}

bool
mail_next(struct mail *m, struct mail_part *part)
{
	while (m->rest.len > 0) {
		struct header f = {0};
		struct view text;
		if (!m->within) {
			if (m->depth == 0)
				return false;
			skip_to_boundary(m);
			continue;
		}
		header_read(&m->rest, &f);
		bool parts = is_multipart(f.type) && m->depth < MAIL_DEPTH_MAX;
		if (parts && enter(m, f.type, &text))
			continue;
		fill_part(m, &f, part);
		part->body = parts ? text : skip_to_boundary(m);
		if (part->body.len > 0)
			return true;
	}
	return false;
}
