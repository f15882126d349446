/*
 * From marks to parts.
 */
#include "parsers/transcript/transcript.h"

#include "heading.h"
#include "mark.h"
#include "words.h"

struct counts {
	unsigned sure; /* prompts by their form, with a command */
	unsigned bare;
	unsigned headers;
	unsigned fences;
	unsigned dates; /* alone on their lines; 0 unless one is the first */
};

/* What people run in a loop with a date before it, when no prompt says so:
 * whose each line is, the tables' parsers find. */
#define LOOPED \
	"nstat -az; ss -s; ss -ltn; conntrack -S; conntrack -C; netstat -s"

/* Only dates part such a file: the output of "date; nstat; ss -s" in a loop. */
static bool
is_dated_loop(struct counts n)
{
	return n.dates > 1 && n.sure + n.bare + n.headers + n.fences == 0;
}

static struct counts
count_marks(struct view text)
{
	struct counts n = {0};
	struct view line;
	bool first = true;
	while (line_next(&text, &line)) {
		struct mark m = mark_of(line);
		bool dated = m.kind == MARK_NONE && words_is_time(line);
		n.dates += dated && (first || n.dates > 0);
		first = first && view_trim(line).len == 0;
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
	return is_dated_loop(n) ? n.dates
				: prompts + n.headers + (n.fences > 1);
}

bool
transcript_begins(struct view head)
{
	struct view line;
	bool first = true;
	unsigned prompts = 0;
	while (line_next(&head, &line) && prompts < 2) {
		if (view_trim(line).len == 0)
			continue;
		struct mark m = mark_of(line);
		bool prompt = m.kind == MARK_PROMPT && m.command.known;
		bool tool = m.kind == MARK_HEADER && m.tool && m.host.len > 0;
		if ((prompt || tool) && first)
			return true;
		prompts += prompt;
		first = first && m.kind == MARK_BREAK;
	}
	return prompts == 2;
}

struct view
transcript_preface(struct view head)
{
	struct view rest = head;
	struct view line;
	for (size_t at = 0; line_next(&rest, &line); at = head.len - rest.len) {
		struct mark m = mark_of(line);
		if (((m.kind == MARK_PROMPT || m.kind == MARK_PROMPT_BARE) &&
			    m.command.known) ||
			(m.kind == MARK_HEADER && m.host.len > 0))
			return view_of(head.data, at);
	}
	return head;
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
		.dated = is_dated_loop(n),
		.row = view_str(is_dated_loop(n) ? LOOPED : ""),
	};
}

/* Is the word among a loop's? */
static bool
in_list(struct view list, struct view word)
{
	struct view one;
	while ((one = words_next(&list)).len > 0) {
		while (one.len > 0 && byte_among(one.data[one.len - 1], ";,"))
			one.len--;
		if (view_equal(one, word))
			return true;
	}
	return false;
}

/* A line with a machine's name alone, which a loop over machines printed. */
static bool
is_loop_header(const struct transcript *t, struct view line, struct mark *m)
{
	line = view_trim(line);
	while (line.len > 0 && byte_among(line.data[0], "=-#*>[ "))
		line = view_skip(line, 1);
	while (line.len > 0 && byte_among(line.data[line.len - 1], "=-#*<:] "))
		line.len--;
	if (!t->loop || !words_host(line) ||
		!(in_list(t->list, line) ||
			(t->many && words_names_host(line))))
		return false;
	*m = (struct mark){.kind = MARK_HEADER, .host = line};
	return true;
}

/* A header drawn as those that name machines: it may name one whose name is a
 * word as others are, or is no machine's. Titles within a machine's output are
 * drawn otherwise, or say what they are. */
static bool
is_nameless_header(const struct transcript *t, struct view line, struct mark *m)
{
	struct view text;
	if (t->drawn == 0 || heading_style(view_trim(line), &text) != t->drawn)
		return false;
	*m = (struct mark){.kind = MARK_HEADER};
	m->unsure = !heading_is_title(text);
	m->when = view_of(line.data, 0);
	m->host = m->unsure && words_host(text) ? text : m->when;
	return true;
}

/* A mark that counts in this file. */
static struct mark
mark_here(const struct transcript *t, struct view line)
{
	struct mark m = mark_of(line);
	if ((m.kind == MARK_PROMPT_BARE && t->sure_met) ||
		(m.kind == MARK_FENCE && !t->fenced))
		m.kind = MARK_NONE;
	if (m.kind == MARK_NONE)
		is_loop_header(t, line, &m);
	if (m.kind == MARK_NONE)
		is_nameless_header(t, line, &m);
	if (m.kind == MARK_NONE && t->dated && words_is_time(line))
		m = (struct mark){.kind = MARK_HEADER, .when = view_trim(line)};
	return m;
}

static void
set_command(struct transcript *t, const struct command *c)
{
	t->command = c->text;
	t->row = c->row;
}

/* From here on another machine speaks: its clock is another, too. */
static void
set_host(struct transcript *t, struct view host)
{
	if (!view_equal(t->part_host, host))
		t->when = view_of(host.data, 0);
	t->part_host = host;
	t->several = false;
}

static void
take_prompt(struct transcript *t, const struct mark *m)
{
	const struct command *c = &m->command;
	struct view nobody = view_of(m->typed.data, 0);
	if (m->host.len > 0)
		t->host = m->host;
	t->prompted = t->prompted || m->host.len > 0;
	if (m->host.len > 0 || c->host.len > 0)
		t->unsure = false;
	t->sure_met = t->sure_met || m->kind == MARK_PROMPT;
	set_command(t, c);
	t->loop = c->loop;
	t->list = c->list;
	t->many = c->many || (c->loop && c->elsewhere);
	set_host(t,
		c->host.len > 0                   ? c->host
			: c->many || c->elsewhere ? nobody
			/* No shell of the machine that the last prompt named. */
			: m->windows && t->prompted ? nobody
						    : t->host);
	t->several = t->many;
	/* A shell on another machine: prompts that name none are there. */
	if (c->shell && c->host.len > 0 && !t->sure)
		t->host = c->host;
}

static void
take_header(struct transcript *t, const struct mark *m, struct view line)
{
	struct view text;
	if (m->host.len > 0 || m->unsure)
		t->unsure = m->unsure;
	if (m->host.len > 0 && !m->unsure)
		t->drawn = heading_style(view_trim(line), &text);
	if (m->unsure) {
		set_host(t, m->host);
		t->host = t->sure ? t->host : m->host;
	}
	if (m->several) {
		set_host(t, view_of(t->host.data, 0));
		t->several = true;
	}
	if (m->host.len > 0) {
		set_host(t, m->host);
		/* Prompts that name no machine below it are on this one. */
		if (!t->sure)
			t->host = m->host;
	}
	if (m->when.len > 0)
		t->when = m->when;
	bool kept = t->loop || t->many || m->when.len > 0;
	if (m->command.text.len > 0 || !kept)
		set_command(t, &m->command);
}

static void
take_fence(struct transcript *t)
{
	t->inside = !t->inside;
	t->loop = t->many = false;
	if (!t->inside)
		set_command(t, &(struct command){0});
	set_host(t, t->host);
}

static void
take_mark(struct transcript *t, const struct mark *m, struct view line)
{
	switch (m->kind) {
	case MARK_PROMPT:
	case MARK_PROMPT_BARE:
		take_prompt(t, m);
		return;
	case MARK_HEADER:
		take_header(t, m, line);
		return;
	case MARK_FENCE:
		take_fence(t);
		return;
	case MARK_BREAK:
		set_command(t, &(struct command){0});
		t->loop = t->many = false;
		return;
	case MARK_BANNER:
	case MARK_NONE:
		return;
	}
}

/* "On `db-02`", "on db-02:", "auf db-02": whose the next block is. */
static void
take_prose_host(struct transcript *t, struct view line)
{
	static const char *const before[] = {"on", "from", "host", "server",
		"node", "machine", "auf", "von"};
	bool named = false;
	for (struct view word; (word = words_next(&line)).len > 0;) {
		bool ticks = view_begins(word, "`");
		while (word.len > 0 && byte_among(word.data[0], "`*"))
			word = view_skip(word, 1);
		while (word.len > 0 &&
			byte_among(word.data[word.len - 1], "`*:,."))
			word.len--;
		if (named && words_names_host(word) &&
			(ticks || view_trim(line).len == 0)) {
			t->host = word;
			t->prompted = t->unsure = false;
			set_host(t, word);
		}
		named = false;
		for (size_t i = 0; i < sizeof before / sizeof *before; i++)
			named = named || words_same(word, before[i]);
	}
}

/* The last `command` in a line of prose tells what the next block shows. */
static void
take_prose(struct transcript *t, struct view line)
{
	take_prose_host(t, line);
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
	part->when = t->when;
	part->several = t->several;
	part->unsure = t->unsure;
}

/* What an output tells of those behind it: the time, and whose they are. */
static void
part_learn(struct transcript *t, struct transcript_part *part)
{
	struct view rest = part->body;
	struct view line = {0};
	bool first = true;
	for (; line_next(&rest, &line); first = first && line.len == 0) {
		if (!words_is_time(line))
			continue;
		t->when = view_trim(line);
		if (first)
			part->when = t->when;
	}
	rest = part->body;
	line_next(&rest, &line);
	line = view_trim(line);
	struct view command = part->command;
	if ((view_is(words_next(&command), "hostname") ||
		    view_is(part->command, "uname -n")) &&
		!t->sure && words_host(line)) {
		t->host = t->part_host = line;
		t->unsure = false;
	}
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
			take_mark(t, &m, line);
		else if (!output)
			take_prose(t, line);
		t->rest = after;
		t->line++;
	}
	t->parts += part->line != 0;
	if (part->line != 0)
		part_learn(t, part);
	return part->line != 0;
}
