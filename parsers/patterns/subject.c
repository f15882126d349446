/*
 * What a line above has named: see subject.h.
 */
#include "parsers/patterns/subject.h"

#include "base/hash.h"
#include "base/text.h"
#include "parsers/patterns/event_field.h"

/* In the order of struct subject's parts. */
static const char *const names[SUBJECT_PARTS] = {"dst", "host", "dport", "src"};
#define PART_DST 0
#define PART_HOST 1
#define PART_PORT 2

static uint64_t
text_mix(uint64_t sum, struct view v)
{
	for (size_t i = 0; i < v.len; i++)
		sum = hash_mix(sum ^ v.data[i], UINT64_C(0x9e3779b97f4a7c15));
	return hash_mix(sum ^ v.len, UINT64_C(0xbf58476d1ce4e5b9));
}

/* Lines of one program on one machine in one envelope have the same. */
static uint64_t
writer_of(const struct log_record *r)
{
	uint64_t sum = 1 + r->family + ((uint64_t)r->inner << 8);
	sum = text_mix(sum, r->host);
	sum = text_mix(sum, r->tag);
	return text_mix(sum, r->pid);
}

/* "$ telnet ...", "PS C:\> ...": somebody has begun something else. */
static bool
is_prompt(struct view line)
{
	return view_begins(line, "PS ") || view_begins(line, "C:\\") ||
		(line.len > 1 && byte_among(line.data[0], "$#%>") &&
			line.data[1] == ' ');
}

static void
part_set(struct subject *s, int part, struct view v)
{
	if (v.len == 0 || v.len > SUBJECT_TEXT_MAX)
		return;
	memcpy(s->parts[part].text, v.data, v.len);
	s->parts[part].len = v.len;
}

static struct view
part_of(const struct subject *s, int part)
{
	return view_of(s->parts[part].text, s->parts[part].len);
}

/* A line that is nothing but a name or an address. */
static void
name_take(struct subject *s, struct view line)
{
	struct ip_addr ip;
	line = view_trim(line);
	for (size_t i = 0; i < line.len; i++)
		if (byte_among(line.data[i], " \t"))
			return;
	part_set(s, ip_read(line, &ip) ? PART_DST : PART_HOST, line);
}

void
subject_pass(struct subject *s, const struct log_record *r)
{
	if (s->word == NULL)
		return;
	struct view text = view_trim(r->message);
	bool blank = text.len == 0;
	if (r->line <= s->line || r->line > s->last || (blank && !s->blanks) ||
		(!blank && writer_of(r) != s->writer) || is_prompt(text)) {
		s->word = NULL;
		return;
	}
	if (s->unnamed && !blank) {
		s->unnamed = false;
		name_take(s, text);
	}
}

/* Says the event nothing else than the subject does? */
static bool
agrees(const struct subject *s, const struct log_event *e)
{
	for (int i = 0; i < SUBJECT_PARTS; i++) {
		const struct log_field *f = event_field_find(e, names[i]);
		if (f != NULL && s->parts[i].len > 0 &&
			!view_equal(f->value, part_of(s, i)))
			return false;
	}
	return true;
}

static void
parts_add(struct subject *s, const struct log_event *e)
{
	for (int i = 0; i < SUBJECT_PARTS; i++) {
		const struct log_field *f = event_field_find(e, names[i]);
		if (f != NULL && s->parts[i].len == 0)
			part_set(s, i, f->value);
	}
}

/* "Trying 192.0.2.8..." behind what became of another address: the same name and
   port, of which the line says nothing. */
static bool
is_next_address(const struct subject *before, const struct subject_rule *rule,
	const struct log_event *e)
{
	return before->word != NULL && before->parts[PART_PORT].len > 0 &&
		strcmp(before->word, rule->word) == 0 &&
		before->writer == writer_of(e->record) &&
		event_field_find(e, "dst") != NULL &&
		event_field_find(e, "host") == NULL &&
		event_field_find(e, "dport") == NULL;
}

/* A line names it: anew, unless it is the one in hand, of which nothing has been
   told yet. */
static void
begin(struct subject *s, const struct subject_rule *rule,
	const struct log_event *e)
{
	if (s->word == NULL || strcmp(s->word, rule->word) != 0 || s->over ||
		!agrees(s, e)) {
		const struct subject before = *s;
		*s = (struct subject){.word = rule->word};
		if (is_next_address(&before, rule, e)) {
			s->parts[PART_HOST] = before.parts[PART_HOST];
			s->parts[PART_PORT] = before.parts[PART_PORT];
		}
		s->writer = writer_of(e->record);
		s->line = e->record->line;
	}
	s->last = e->record->line + rule->lines;
	s->blanks = rule->blanks;
	parts_add(s, e);
	s->unnamed = s->parts[PART_DST].len + s->parts[PART_HOST].len == 0;
}

/* What the event's own line does not say. */
static void
fill(const struct subject *s, struct log_event *e)
{
	for (int i = 0; i < SUBJECT_PARTS; i++)
		if (s->parts[i].len > 0)
			event_field_take(names[i], part_of(s, i), e);
}

/* Was the same told of it before, in other words? */
static bool
told_again(struct subject *s, const struct log_event *e)
{
	const char *event = e->pattern->event;
	bool again = s->told != NULL && strcmp(s->told, event) == 0 &&
		s->told_port == e->dport;
	s->told = event;
	s->told_port = e->dport;
	return again;
}

bool
subject_settle(
	struct subject *s, const struct subject_rule *rule, struct log_event *e)
{
	bool silent = strcmp(e->pattern->event, SUBJECT_EVENT) == 0;
	if (rule->role == SUBJECT_NAMES) {
		begin(s, rule, e);
		if (!silent)
			told_again(s, e);
		return !silent;
	}
	if (s->word == NULL || strcmp(s->word, rule->word) != 0 ||
		!agrees(s, e))
		return !silent;
	if (rule->role == SUBJECT_ADDS) {
		parts_add(s, e);
		return !silent;
	}
	s->over = true;
	fill(s, e);
	return !told_again(s, e);
}
