/*
 * The passes in their order, and those that take away what surrounds lines.
 */
#include "unfold.h"

#include <stdlib.h>

#include "mark.h"
#include "parsers/transcript/transcript.h"
#include "words.h"

/* Frames within frames: a quoted mail with grep's lines, indented. An indent
 * counts for each of its blanks. */
#define FRAMES_MAX 24

/* Mails that quote mails; more is no correspondence. */
#define QUOTES_MAX 4

/* The longest word behind a fence that names a language. */
#define LANGUAGE_MAX 24

/* Behind the signs of one quotation; false where there is none. */
static bool
quote_skip(struct view v, struct view *behind)
{
	while (v.len > 0 && v.data[0] == ' ')
		v = view_skip(v, 1);
	if (!view_begins(v, ">"))
		return false;
	v = view_skip(v, 1);
	*behind = view_begins(v, " ") ? view_skip(v, 1) : v;
	return true;
}

/* Lines from i on that are quoted; marked: a prompt or header is among them. */
static size_t
quote_len(const struct unfold *in, size_t i, bool *marked)
{
	size_t from = i;
	struct view behind;
	*marked = false;
	for (; i < in->count && quote_skip(in->list[i].text, &behind); i++) {
		struct view inner;
		*marked = *marked || quote_skip(behind, &inner) ||
			mark_of(behind).kind != MARK_NONE;
	}
	return i - from;
}

void
unfold_quotes(const struct unfold *in, struct unfold *out)
{
	for (size_t i = 0; i < in->count; i++) {
		bool marked;
		size_t run = quote_len(in, i, &marked);
		bool typed = i > 0 &&
			mark_of(in->list[i - 1].text).command.text.len > 0;
		for (size_t k = i; k < i + run; k++) {
			struct view text = in->list[k].text;
			if (marked && !typed)
				quote_skip(text, &text);
			unfold_add(out, text, in->list[k].number);
		}
		i += run;
		if (i < in->count)
			unfold_add(out, in->list[i].text, in->list[i].number);
	}
}

/* Length of a fence at the front, with Jira's braces; 0 for none. */
static size_t
fence_len(struct view v)
{
	static const char *const plain[] = {"```", "~~~"};
	static const char *const braced[] = {"{code", "{noformat"};
	for (size_t i = 0; i < 2; i++)
		if (view_begins(v, plain[i]))
			return 3;
	for (size_t i = 0; i < 2; i++)
		if (view_begins(v, braced[i]) && words_find(v, "}") < v.len)
			return words_find(v, "}") + 1;
	return 0;
}

static bool
is_language(struct view v)
{
	v = view_trim(v);
	for (size_t i = 0; i < v.len; i++)
		if (byte_among(v.data[i], " $#%"))
			return false;
	return v.len <= LANGUAGE_MAX && mark_of(v).kind == MARK_NONE;
}

/* The fence behind a line's text, as "```" or "{code}"; 0 for none. */
static size_t
fence_behind(struct view v)
{
	static const char *const fences[] = {
		"```", "~~~", "{code}", "{noformat}"};
	for (size_t i = 0; i < sizeof fences / sizeof *fences; i++)
		if (view_ends(v, fences[i]) && v.len > strlen(fences[i]))
			return strlen(fences[i]);
	return 0;
}

void
unfold_fences(const struct unfold *in, struct unfold *out)
{
	for (size_t i = 0; i < in->count; i++) {
		struct unfold_line line = in->list[i];
		struct view v = view_trim(line.text);
		size_t n = fence_len(v);
		if (n > 0 && n < v.len && !is_language(view_skip(v, n))) {
			unfold_add(out, view_of(v.data, n), line.number);
			line.text = v = view_skip(v, n);
			n = 0;
		}
		size_t end = n > 0 ? 0 : fence_behind(v);
		if (end == 0) {
			unfold_add(out, line.text, line.number);
			continue;
		}
		unfold_add(out, view_of(v.data, v.len - end), line.number);
		unfold_add(out, view_skip(v, v.len - end), line.number);
	}
}

void
unfold_indents(const struct unfold *in, struct unfold *out)
{
	size_t indent = 0;
	for (size_t i = 0; i < in->count; i++) {
		struct view text = in->list[i].text;
		size_t n = view_indent(text);
		enum mark_kind kind = mark_of(text).kind;
		if (kind != MARK_NONE && kind != MARK_BANNER)
			indent = n;
		if (n < text.len)
			text = view_skip(text, n < indent ? n : indent);
		unfold_add(out, text, in->list[i].number);
	}
}

static void
run(struct unfold *u, void (*pass)(const struct unfold *in, struct unfold *out))
{
	struct unfold out = {.arena = u->arena};
	pass(u, &out);
	free(u->list);
	*u = out;
}

static void
run_frames(struct unfold *u)
{
	for (int i = 0; i < FRAMES_MAX; i++) {
		struct unfold out = {.arena = u->arena};
		if (!unfold_frame(u, &out))
			return;
		free(u->list);
		*u = out;
	}
}

static void
text_join(const struct unfold *u, struct transcript_text *out)
{
	size_t len = 0;
	for (size_t i = 0; i < u->count; i++)
		len += u->list[i].text.len + 1;
	uint8_t *text = arena_take(u->arena, len + 1);
	uint32_t *lines = arena_take(u->arena, (u->count + 1) * sizeof *lines);
	uint8_t *at = text;
	for (size_t i = 0; i < u->count; i++) {
		struct unfold_line line = u->list[i];
		if (line.text.len > 0)
			memcpy(at, line.text.data, line.text.len);
		at += line.text.len;
		*at++ = '\n';
		lines[i] = line.number;
	}
	*out = (struct transcript_text){
		.text = view_of(text, len), .lines = lines, .count = u->count};
}

void
transcript_unfold(
	struct view clean, struct arena *a, struct transcript_text *out)
{
	struct unfold u = {.arena = a};
	unfold_json(clean, TRANSCRIPT_LINES_MAX, &u);
	run_frames(&u);
	for (int i = 0; i < QUOTES_MAX; i++)
		run(&u, unfold_quotes);
	run(&u, unfold_fences);
	run(&u, unfold_indents);
	run(&u, unfold_prompts);
	run(&u, unfold_tools);
	run(&u, unfold_columns);
	text_join(&u, out);
	free(u.list);
}

uint32_t
transcript_lines(const struct transcript_text *t)
{
	uint32_t last = 0;
	for (size_t i = 0; i < t->count; i++)
		last = t->lines[i] > last ? t->lines[i] : last;
	return last;
}
