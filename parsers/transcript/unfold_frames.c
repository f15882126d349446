/*
 * What stands before every line of a text, and is none of it: taken off where
 * (nearly) all lines have it.
 *
 *	messages:12:LINE   messages-11-LINE   grep -H, -n, -C
 *	     7  LINE       cat -n, less -N
 *	> LINE  * LINE  | LINE |              mails, lists, tables of a ticket
 *	web-7d4b9c-x2x nginx LINE             stern
 *	Nov 21 09:14:58 LINE  00:00:05 LINE   ts, of a session only
 *	[2026-11-21 09:14:58] LINE            terminals' logs, likewise
 *
 * cite: GNU grep(1) 3.8 (context lines have "-" for ":", groups "--" between);
 * stern 1.30 default template; moreutils ts(1)
 */
#include "mark.h"
#include "unfold.h"
#include "words.h"

/* A time in brackets, bytes. */
#define BRACKET_MAX 40

/* A file's name before a line; longer is none. */
#define PATH_MAX_BYTES 200

/* What the lines before had, which the next ones must fit. */
struct frame {
	struct view name; /* the same in all lines */
	int64_t number;   /* rises */
};

static bool
indent_skip(struct view v, struct frame *f, struct view *behind)
{
	(void)f;
	*behind = view_skip(v, 1);
	return byte_among(v.data[0], " \t");
}

static bool
quote_skip(struct view v, struct frame *f, struct view *behind)
{
	(void)f;
	if (!view_begins(v, ">"))
		return false;
	v = view_skip(v, 1);
	*behind = view_begins(v, " ") ? view_skip(v, 1) : v;
	return true;
}

static bool
bullet_skip(struct view v, struct frame *f, struct view *behind)
{
	(void)f;
	*behind = view_skip(v, v.len > 2 ? 2 : v.len);
	return view_begins(v, "* ") || view_begins(v, "- ");
}

static bool
bars_skip(struct view v, struct frame *f, struct view *behind)
{
	(void)f;
	v = view_trim(v);
	if (v.len < 4 || !view_begins(v, "| ") || !view_ends(v, " |"))
		return false;
	*behind = view_of(v.data + 2, v.len - 4);
	return true;
}

/* Digits at the front as a number; 0 bytes for none. */
static size_t
digits_take(struct view v, int64_t *number)
{
	size_t n = 0;
	while (n < v.len && byte_digit(v.data[n]))
		n++;
	return n > 0 && n < 10 &&
			number_read(view_of(v.data, n), 10, number) ==
				NUMBER_GOOD
		? n
		: 0;
}

static bool
number_skip(struct view v, struct frame *f, struct view *behind)
{
	int64_t number;
	while (v.len > 0 && v.data[0] == ' ')
		v = view_skip(v, 1);
	size_t n = digits_take(v, &number);
	if (n == 0 || n == v.len || !byte_among(v.data[n], ":\t ") ||
		number <= f->number)
		return false;
	f->number = number;
	*behind = view_skip(v, n + 1);
	return true;
}

/* A name with a slash, a dot or a digit, and no time: that begins with one. */
static bool
is_path(struct view v)
{
	bool odd = false;
	if (v.len < 2 || v.len > PATH_MAX_BYTES || byte_digit(v.data[0]))
		return false;
	for (size_t i = 0; i < v.len; i++) {
		if (!byte_letter(v.data[i]) && !byte_digit(v.data[i]) &&
			!byte_among(v.data[i], "/._-+@,~"))
			return false;
		odd = odd || byte_among(v.data[i], "/.") ||
			byte_digit(v.data[i]);
	}
	return odd;
}

/* "web-01: LINE" is of a machine; grep puts no blank in. */
static bool
is_spaced(struct view behind)
{
	return view_begins(behind, " ") && !view_begins(behind, "  ");
}

/* "12:" or "12-" behind a path, if there is one. */
static struct view
place_skip(struct view v, char sign)
{
	int64_t number;
	size_t n = digits_take(v, &number);
	return n > 0 && n < v.len && v.data[n] == (uint8_t)sign
		? view_skip(v, n + 1)
		: v;
}

static bool
path_skip(struct view v, struct frame *f, struct view *behind)
{
	size_t n = f->name.len;
	if (n > 0) {
		bool same =
			v.len > n && view_equal(view_of(v.data, n), f->name);
		if (!same || !byte_among(v.data[n], ":-"))
			return false;
		*behind = place_skip(view_skip(v, n + 1), (char)v.data[n]);
		return v.data[n] == ':' || behind->len < v.len - n - 1;
	}
	n = words_find(v, ":");
	if (n == v.len || !is_path(view_of(v.data, n)))
		return false;
	f->name = view_of(v.data, n);
	*behind = place_skip(view_skip(v, n + 1), ':');
	return !is_spaced(*behind);
}

/* "web-7d4b9c-x2x", as the controllers of Kubernetes call pods. */
static bool
is_pod(struct view word)
{
	bool digit = false;
	size_t dashes = 0;
	for (size_t i = 0; i < word.len; i++) {
		dashes += word.data[i] == '-';
		digit = digit || byte_digit(word.data[i]);
	}
	return dashes > 0 && digit && words_host(word);
}

static bool
stern_skip(struct view v, struct frame *f, struct view *behind)
{
	if (f->name.len > 0) {
		if (v.len <= f->name.len || v.data[f->name.len] != ' ' ||
			!view_equal(view_of(v.data, f->name.len), f->name))
			return false;
		*behind = view_skip(v, f->name.len + 1);
		return true;
	}
	struct view rest = v;
	struct view word = word_next(&rest);
	/* With all namespaces theirs stands first. */
	if (!is_pod(word) && words_host(word))
		word = word_next(&rest);
	struct view container = word_next(&rest);
	if (!is_pod(word) || !words_host(container) || rest.len == 0)
		return false;
	f->name = view_of(
		v.data, (size_t)(container.data + container.len - v.data));
	*behind = view_skip(v, f->name.len + 1);
	return true;
}

/* Bytes at the front as told: d a digit, a a letter, else that byte; 0: others. */
static size_t
shape_len(struct view v, const char *shape)
{
	size_t n = strlen(shape);
	if (v.len < n)
		return 0;
	for (size_t i = 0; i < n; i++) {
		uint8_t x = v.data[i];
		bool fits = shape[i] == 'd' ? byte_digit(x)
			: shape[i] == 'a'   ? byte_letter(x)
					    : x == (uint8_t)shape[i];
		if (!fits)
			return 0;
	}
	return n;
}

/* "[2026-11-21 09:14:58] ", "[11/21/2026, 9:14:58 AM] ": terminals' logs. */
static size_t
bracket_len(struct view v)
{
	size_t end = words_find(view_first(v, BRACKET_MAX), "] ");
	if (!view_begins(v, "[") || end >= BRACKET_MAX)
		return 0;
	struct view text = view_of(v.data + 1, end - 1);
	if (view_ends(text, " AM") || view_ends(text, " PM"))
		text.len -= 3;
	return words_is_time(text) ? end + 1 : 0;
}

/* "Nov 21 09:14:58", "2026-11-21T09:14:58", "09:14:58.123456", "1795252498". */
static size_t
stamp_len(struct view v)
{
	static const char *const shapes[] = {"aaa dd dd:dd:dd",
		"aaa  d dd:dd:dd", "dddd-dd-ddTdd:dd:dd", "dddd-dd-dd dd:dd:dd",
		"dd:dd:dd", "dddddddddd"};
	for (size_t i = 0; i < sizeof shapes / sizeof *shapes; i++) {
		size_t n = shape_len(v, shapes[i]);
		if (n > 0)
			return n;
	}
	return 0;
}

/* The stamp with its fraction and zone, and one blank. */
static bool
stamp_skip(struct view v, struct frame *f, struct view *behind)
{
	(void)f;
	size_t n = bracket_len(v);
	if (n == 0)
		n = stamp_len(v);
	while (n > 0 && n < v.len &&
		(byte_digit(v.data[n]) || byte_among(v.data[n], ".+-:Z")))
		n++;
	if (n == 0 || (n < v.len && v.data[n] != ' '))
		return false;
	*behind = view_skip(v, n < v.len ? n + 1 : n);
	return true;
}

/* Logs have such stamps, too: a first line that is a prompt with a command, or
 * two of them, make a session. */
static bool
is_session(const struct unfold *in)
{
	struct frame f = {0};
	struct view behind;
	size_t prompts = 0;
	for (size_t i = 0; i < in->count && prompts < 2; i++) {
		if (!stamp_skip(in->list[i].text, &f, &behind))
			continue;
		struct mark m = mark_of(behind);
		bool prompt = m.command.known &&
			(m.kind == MARK_PROMPT || m.kind == MARK_PROMPT_BARE);
		prompts += prompt ? (i == 0 ? 2 : 1) : 0;
	}
	return prompts >= 2;
}

static bool
is_gap(struct view v)
{
	return view_trim(v).len == 0 || view_is(v, "--");
}

/* Salt's machines stand at the left above what is indented. */
static bool
has_machines(const struct unfold *in)
{
	for (size_t i = 0; i < in->count; i++) {
		struct view v = in->list[i].text;
		size_t n = words_host_len(v);
		if (n > 0 && v.len == n + 1 && v.data[n] == ':' &&
			words_names_host(view_of(v.data, n)))
			return true;
	}
	return false;
}

typedef bool (*frame_skip)(struct view v, struct frame *f, struct view *behind);

/* Nine of ten lines have it: an empty one may have lost it. */
static bool
has_frame(const struct unfold *in, frame_skip skip)
{
	struct frame f = {.number = -1};
	size_t lines = 0;
	size_t framed = 0;
	for (size_t i = 0; i < in->count; i++) {
		struct view behind;
		if (is_gap(in->list[i].text))
			continue;
		lines++;
		framed += skip(in->list[i].text, &f, &behind);
	}
	return framed > 1 && framed * 10 >= lines * 9;
}

static void
take_frame(const struct unfold *in, frame_skip skip, struct unfold *out)
{
	struct frame f = {.number = -1};
	for (size_t i = 0; i < in->count; i++) {
		struct view text = in->list[i].text;
		struct view behind = view_of(text.data, 0);
		bool gap = is_gap(text);
		if (!gap && !skip(text, &f, &behind))
			behind = text; /* the one in ten that has none */
		unfold_add(out, behind, in->list[i].number);
	}
}

bool
unfold_frame(const struct unfold *in, struct unfold *out)
{
	static const frame_skip skips[] = {indent_skip, quote_skip, path_skip,
		stamp_skip, number_skip, stern_skip, bullet_skip, bars_skip};
	for (size_t i = 0; i < sizeof skips / sizeof *skips; i++) {
		if (!has_frame(in, skips[i]) ||
			(skips[i] == indent_skip && has_machines(in)) ||
			(skips[i] == stamp_skip && !is_session(in)))
			continue;
		take_frame(in, skips[i], out);
		return true;
	}
	return false;
}
