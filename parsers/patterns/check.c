/*
 * Patterns prove themselves: every sample is a line that must become the
 * event, with the fields it names, and every reject one that must not.
 */
#include "parsers/patterns/event_field.h"
#include "parsers/patterns/set.h"

struct checker {
	const struct pattern_set *set;
	struct problems *problems;
	struct pattern_matcher *matcher;
	struct log_reader *reader;
};

/* Facts that are no fields but can be asked for: those of the columns. */
static bool
column_text(const struct log_event *e, const char *name, char text[IP_TEXT_MAX])
{
	text[0] = '\0';
	if (strcmp(name, "src") == 0 && (e->has & EVENT_SRC))
		ip_format(e->src, text);
	else if (strcmp(name, "dst") == 0 && (e->has & EVENT_DST))
		ip_format(e->dst, text);
	else if (strcmp(name, "sport") == 0 && (e->has & EVENT_SPORT))
		snprintf(text, IP_TEXT_MAX, "%u", (unsigned)e->sport);
	else if (strcmp(name, "dport") == 0 && (e->has & EVENT_DPORT))
		snprintf(text, IP_TEXT_MAX, "%u", (unsigned)e->dport);
	else if (strcmp(name, "proto") == 0 && (e->has & EVENT_PROTOCOL))
		snprintf(text, IP_TEXT_MAX, "%u", (unsigned)e->protocol);
	else if (strcmp(name, "ip_id") == 0 && (e->has & EVENT_IP_ID))
		snprintf(text, IP_TEXT_MAX, "%u", (unsigned)e->ip_id);
	else if (strcmp(name, "seq") == 0 && (e->has & EVENT_SEQ))
		snprintf(text, IP_TEXT_MAX, "%u", (unsigned)e->seq);
	else if (strcmp(name, "count") == 0)
		snprintf(text, IP_TEXT_MAX, "%llu",
			(unsigned long long)e->count);
	return text[0] != '\0';
}

static void
fields_check(const struct checker *c, const struct pattern *p,
	const struct pattern_sample *s, const struct log_event *e)
{
	char text[IP_TEXT_MAX];
	if (s->fields == NULL)
		return;
	for (const struct tree_node *n = s->fields->child; n != NULL;
		n = n->next) {
		const char *name = n->key->text;
		struct view got = view_of(NULL, 0);
		const struct log_field *field = event_field_find(e, name);
		/* An address must have been understood, not only found. */
		if (column_text(e, name, text))
			got = view_str(text);
		else if (field != NULL && strcmp(name, "src") != 0 &&
			strcmp(name, "dst") != 0)
			got = field->value;
		if (n->kind != TREE_TEXT || !view_is(got, n->text))
			problem_add(c->problems, p->facts.file, n->at,
				"'%.40s' is '%.*s' in the line", name,
				(int)(got.len < 80 ? got.len : 80),
				got.len > 0 ? (const char *)got.data : "");
	}
}

static bool
contains_one(const struct pattern *p, struct view message)
{
	for (size_t i = 0; i < p->contains_count; i++)
		if (message.len > 0 &&
			memmem(message.data, message.len, p->contains[i].data,
				p->contains[i].len) != NULL)
			return true;
	return false;
}

static void
sample_check(const struct checker *c, size_t i, const struct pattern_sample *s)
{
	const struct pattern *p = &c->set->patterns[i];
	struct log_record record;
	struct log_event event;
	log_parse_line(c->reader, s->line, &record);
	uint64_t limits = pattern_matcher_limits(c->matcher);
	bool word = contains_one(p, record.message);
	bool accepted = word && pattern_try(c->matcher, i, &record, &event);
	/* Or it is about the members of the JSON object around the message. */
	struct log_record whole = record;
	whole.message = record.object;
	if (!accepted && record.object.len > 0 &&
		contains_one(p, record.object)) {
		word = true;
		accepted = pattern_try(c->matcher, i, &whole, &event);
	}
	if (pattern_matcher_limits(c->matcher) != limits)
		problem_add(c->problems, p->facts.file, s->at,
			"the regex takes too many steps on this line");
	if (s->reject) {
		if (accepted)
			problem_add(c->problems, p->facts.file, s->at,
				"'%s' accepts what it should reject",
				p->facts.event);
		return;
	}
	if (!accepted) {
		problem_add(c->problems, p->facts.file, s->at,
			"'%s' does not accept its sample%s", p->facts.event,
			word ? "" : ": no word of 'contains' is in it");
		return;
	}
	fields_check(c, p, s, &event);
	if (pattern_match(c->matcher, &record, &event) &&
		strcmp(event.pattern->event, p->facts.event) != 0)
		problem_add(c->problems, p->facts.file, s->at,
			"'%s' never sees this line: '%s' of %s:%u takes it",
			p->facts.event, event.pattern->event,
			event.pattern->file, event.pattern->at.line);
}

bool
pattern_set_check(
	const struct pattern_set *set, size_t count, struct problems *problems)
{
	size_t before = problems->count;
	struct checker c = {
		.set = set,
		.problems = problems,
		.matcher = pattern_matcher_new(set),
		.reader = log_new(LOG_PLAIN),
	};
	for (size_t i = 0; i < count && i < set->count; i++)
		for (const struct pattern_sample *s = set->patterns[i].samples;
			s != NULL; s = s->next)
			sample_check(&c, i, s);
	log_free(c.reader);
	pattern_matcher_free(c.matcher);
	return problems->count == before;
}
