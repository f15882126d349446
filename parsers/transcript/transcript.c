/*
 * From marks to parts.
 */
#include "parsers/transcript/transcript.h"

#include "mark.h"
#include "words.h"

struct counts {
	unsigned sure; /* prompts by their form, with a command */
	unsigned bare;
	unsigned headers;
	unsigned fences;
};

static struct counts
count_marks(struct view text)
{
	struct counts n = {0};
	struct view line;
	while (line_next(&text, &line)) {
		struct mark m = mark_of(line);
		n.sure += m.kind == MARK_PROMPT && m.command.text.len > 0;
		n.bare += m.kind == MARK_PROMPT_BARE;
		n.headers += m.kind == MARK_HEADER;
		n.fences += m.kind == MARK_FENCE;
	}
	return n;
}

unsigned
transcript_marks(struct view head)
{
	struct counts n = count_marks(head);
	unsigned prompts = n.sure > 0 ? n.sure : n.bare;
	return prompts + n.headers + (n.fences > 1);
}

bool
transcript_begins(struct view head)
{
	struct view line;
	while (line_next(&head, &line)) {
		if (view_trim(line).len == 0)
			continue;
		struct mark m = mark_of(line);
		if (m.kind != MARK_BREAK)
			return m.kind == MARK_PROMPT && m.command.known;
	}
	return false;
}

void
transcript_open(struct transcript *t, struct view whole)
{
	struct counts n = count_marks(whole);
	*t = (struct transcript){
		.rest = whole,
		.line = 1,
		.sure = n.sure > 0,
		.fenced = n.fences > 1,
	};
}

/* A mark that counts in this file. */
static struct mark
mark_here(const struct transcript *t, struct view line)
{
	struct mark m = mark_of(line);
	if ((m.kind == MARK_PROMPT_BARE && t->sure) ||
		(m.kind == MARK_FENCE && !t->fenced))
		m.kind = MARK_NONE;
	return m;
}

static void
set_command(struct transcript *t, const struct command *c)
{
	t->command = c->text;
	t->row = c->row;
}

static void
take_prompt(struct transcript *t, const struct mark *m)
{
	if (m->host.len > 0)
		t->host = m->host;
	set_command(t, &m->command);
	t->loop = m->command.loop;
	t->part_host = m->command.host.len > 0 ? m->command.host : t->host;
	/* A shell on another machine: prompts that name none are there. */
	if (m->command.shell && m->command.host.len > 0 && !t->sure)
		t->host = m->command.host;
}

static void
take_header(struct transcript *t, const struct mark *m)
{
	if (m->host.len > 0) {
		t->part_host = m->host;
		/* Prompts that name no machine below it are on this one. */
		if (!t->sure)
			t->host = m->host;
	}
	if (m->command.text.len > 0 || !t->loop)
		set_command(t, &m->command);
}

static void
take_fence(struct transcript *t)
{
	t->inside = !t->inside;
	t->loop = false;
	if (!t->inside)
		set_command(t, &(struct command){0});
	t->part_host = t->host;
}

static void
take_mark(struct transcript *t, const struct mark *m)
{
	switch (m->kind) {
	case MARK_PROMPT:
	case MARK_PROMPT_BARE:
		take_prompt(t, m);
		return;
	case MARK_HEADER:
		take_header(t, m);
		return;
	case MARK_FENCE:
		take_fence(t);
		return;
	case MARK_BREAK:
		set_command(t, &(struct command){0});
		t->loop = false;
		return;
	case MARK_BANNER:
	case MARK_NONE:
		return;
	}
}

/* The last `command` in a line of prose tells what the next block shows. */
static void
take_prose(struct transcript *t, struct view line)
{
	size_t open = words_find(line, "`");
	while (open < line.len) {
		line = view_skip(line, open + 1);
		size_t close = words_find(line, "`");
		struct command c = command_of(view_of(line.data, close));
		if (close < line.len && c.known)
			set_command(t, &c);
		line = view_skip(line, close < line.len ? close + 1 : close);
		open = words_find(line, "`");
	}
}

static void
part_fill(const struct transcript *t, struct transcript_part *part)
{
	part->host = t->part_host;
	part->command = t->command;
	part->row = t->row;
}

bool
transcript_next(struct transcript *t, struct transcript_part *part)
{
	*part = (struct transcript_part){0};
	bool last = t->parts + 1 >= TRANSCRIPT_PARTS_MAX;
	struct view after = t->rest;
	struct view line;
	while (line_next(&after, &line)) {
		struct mark m = mark_here(t, line);
		bool output = m.kind == MARK_NONE && (!t->fenced || t->inside);
		bool blank = view_trim(line).len == 0;
		if (part->line != 0 && !output && !last)
			break;
		if (output && part->line == 0 && !blank) {
			part->line = t->line;
			part->body = view_of(t->rest.data, 0);
			part_fill(t, part);
		}
		if (part->line != 0)
			part->body.len = (size_t)(after.data - part->body.data);
		else if (m.kind != MARK_NONE)
			take_mark(t, &m);
		else if (!output)
			take_prose(t, line);
		t->rest = after;
		t->line++;
	}
	t->parts += part->line != 0;
	return part->line != 0;
}
