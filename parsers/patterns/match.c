/*
 * One record against the patterns whose words it contains.
 *
 * Regexes run over bytes (no UTF mode, so no line is refused for its
 * encoding), with limits on steps, depth and memory: a line that reaches one is
 * counted and has no event.
 */
#include "parsers/patterns/set.h"

#include <stdlib.h>

#include "parsers/log/firewall_line.h"
#include "parsers/log/netfilter_line.h"
#include "parsers/patterns/beside.h"
#include "parsers/patterns/event_field.h"

/* Steps of the matcher; our worst sample takes a hundredth. */
#define MATCH_LIMIT 200000

/* Backtracking points within each other. */
#define DEPTH_LIMIT 2000

/* Groups of one regex that are looked at; ours have up to 136. */
#define GROUPS_MAX 256

#define HEAP_LIMIT_KIB 1024 /* of the interpreter */
#define JIT_STACK_MIN ((size_t)32 * 1024)
#define JIT_STACK_MAX ((size_t)512 * 1024)

struct pattern_matcher {
	const struct pattern_set *set;
	pcre2_match_data *data;
	pcre2_match_context *context;
	pcre2_jit_stack *stack;
	uint64_t *words;      /* bit a literal: occurs in the message */
	uint64_t *candidates; /* bit a pattern */
	uint64_t limits;
	struct log_record whole; /* a record with its JSON object as message */
	struct subject subject;  /* what lines above have named */
};

struct pattern_matcher *
pattern_matcher_new(const struct pattern_set *set)
{
	struct pattern_matcher *m = memory_take(1, sizeof *m);
	*m = (struct pattern_matcher){.set = set};
	/* A pair for the whole and one a group. */
	m->data = pcre2_match_data_create(GROUPS_MAX, NULL);
	m->context = pcre2_match_context_create(NULL);
	m->stack = pcre2_jit_stack_create(JIT_STACK_MIN, JIT_STACK_MAX, NULL);
	if (m->data == NULL || m->context == NULL)
		memory_exhausted();
	if (m->stack != NULL)
		pcre2_jit_stack_assign(m->context, NULL, m->stack);
	pcre2_set_match_limit(m->context, MATCH_LIMIT);
	pcre2_set_depth_limit(m->context, DEPTH_LIMIT);
	pcre2_set_heap_limit(m->context, HEAP_LIMIT_KIB);
	m->words = memory_take(set->literals_count / 64 + 1, sizeof(uint64_t));
	m->candidates = memory_take(set->pattern_words + 1, sizeof(uint64_t));
	return m;
}

void
pattern_matcher_free(struct pattern_matcher *m)
{
	if (m == NULL)
		return;
	pcre2_match_data_free(m->data);
	pcre2_match_context_free(m->context);
	pcre2_jit_stack_free(m->stack);
	free(m->words);
	free(m->candidates);
	free(m);
}

uint64_t
pattern_matcher_limits(const struct pattern_matcher *m)
{
	return m->limits;
}

/* "haproxy" is the program "haproxy", "haproxy-1", not "haproxyctl". */
static bool
tag_is(struct view tag, const char *word)
{
	if (!view_begins(tag, word))
		return false;
	if (tag.len == strlen(word))
		return true;
	uint8_t next = tag.data[strlen(word)] | 0x20; /* bits of ASCII */
	return next < 'a' || next > 'z';
}

/* A line whose text strangers write: the address that they asked for and who they
   say they are. Only a pattern that knows its columns reads it. */
static bool
is_request(const struct log_record *r)
{
	return r->family == LOG_ACCESS || r->inner == LOG_ACCESS ||
		r->family == LOG_AWS_ELB || r->inner == LOG_AWS_ELB;
}

/* Lines that name no program are allowed everywhere: the words decide. */
static bool
where_allows(const struct pattern *p, const struct log_record *r)
{
	if (p->where_count == 0)
		return !is_request(r);
	if (r->tag.len == 0 && log_family_is_nameless(r->family) &&
		log_family_is_nameless(r->inner))
		return true;
	for (size_t i = 0; i < p->where_count; i++) {
		if (tag_is(r->tag, p->where[i]) ||
			strcmp(log_family_id(r->family), p->where[i]) == 0 ||
			(r->inner != LOG_PLAIN &&
				strcmp(log_family_id(r->inner), p->where[i]) ==
					0))
			return true;
	}
	return false;
}

/* The port that a URL leaves out. cite: RFC 9110 4.2.1, 4.2.2; RFC 6455 3; IANA,
   Service Name and Transport Protocol Port Number Registry */
static void
scheme_take(struct log_event *e)
{
	static const char *const ports[][2] = {{"http", "80"}, {"https", "443"},
		{"ws", "80"}, {"wss", "443"}, {"redis", "6379"},
		{"rediss", "6379"}, {"amqp", "5672"}, {"amqps", "5671"}};
	uint8_t i = 0;
	while (i < e->fields_count && strcmp(e->fields[i].name, "scheme") != 0)
		i++;
	if (i == e->fields_count || (e->has & EVENT_DPORT))
		return;
	for (size_t k = 0; k < sizeof ports / sizeof *ports; k++)
		if (view_is(e->fields[i].value, ports[k][0]))
			event_field_take("dport", view_str(ports[k][1]), e);
}

/* Named groups that took part, in the order of their names. */
static void
groups_take(const struct pattern_matcher *m, const pcre2_code *code,
	struct view subject, struct log_event *e)
{
	uint32_t names;
	uint32_t size;
	PCRE2_SPTR row;
	const PCRE2_SIZE *at = pcre2_get_ovector_pointer(m->data);
	uint32_t pairs = pcre2_get_ovector_count(m->data);
	pcre2_pattern_info(code, PCRE2_INFO_NAMECOUNT, &names);
	if (names == 0)
		return;
	pcre2_pattern_info(code, PCRE2_INFO_NAMEENTRYSIZE, &size);
	pcre2_pattern_info(code, PCRE2_INFO_NAMETABLE, &row);
	for (; names > 0; names--, row += size) {
		/* cite: pcre2api(3): two bytes of number, then the name */
		uint32_t group = load_be16(row);
		if (group >= pairs || at[2 * group] == PCRE2_UNSET ||
			at[2 * group + 1] < at[2 * group])
			continue;
		event_field_take((const char *)row + 2,
			view_of(subject.data + at[2 * group],
				at[2 * group + 1] - at[2 * group]),
			e);
	}
}

static bool
regex_accepts(struct pattern_matcher *m, struct pattern *p,
	const struct log_record *record, struct log_event *e)
{
	pcre2_code *code = pattern_code(m->set, p);
	if (code == NULL)
		return true;
	struct view subject = record->message;
	if (subject.len > PATTERN_SUBJECT_MAX)
		subject.len = PATTERN_SUBJECT_MAX;
	if (subject.len == 0)
		return false;
	int n = pcre2_match(code, subject.data, subject.len, 0,
		PCRE2_NO_UTF_CHECK, m->data, m->context);
	if (n < 0) {
		m->limits += n != PCRE2_ERROR_NOMATCH;
		return false;
	}
	groups_take(m, code, subject, e);
	scheme_take(e);
	return true;
}

/* Facts of the code parser; its numbers were checked there. */
static bool
netfilter_accepts(const struct log_record *record, struct log_event *e)
{
	struct netfilter_line line;
	if (!netfilter_line_parse(record->message, &line))
		return false;
	if (line.has & NETFILTER_ADDRESSES) {
		e->src = line.src;
		e->dst = line.dst;
		e->has |= EVENT_SRC | EVENT_DST;
	}
	if (line.has & NETFILTER_PORTS) {
		e->sport = line.sport;
		e->dport = line.dport;
		e->has |= EVENT_SPORT | EVENT_DPORT;
	}
	if (line.has & NETFILTER_PROTOCOL) {
		e->protocol = line.protocol;
		e->has |= EVENT_PROTOCOL;
	}
	if (line.has & NETFILTER_IP_ID) {
		e->ip_id = line.ip_id;
		e->has |= EVENT_IP_ID;
	}
	if (line.has & NETFILTER_SEQ) {
		e->seq = line.seq;
		e->has |= EVENT_SEQ;
	}
	event_field_take("prefix", line.prefix, e);
	event_field_take("in", line.in, e);
	event_field_take("out", line.out, e);
	if (line.flags.len > 0)
		event_field_take("flags", line.flags, e);
	return true;
}

/* The fields of a firewall's line, when it did what the pattern is about. */
static bool
firewall_accepts(enum pattern_parser parser, const struct log_record *record,
	struct log_event *e)
{
	struct view m = record->message;
	static const enum pattern_parser wanted[] = {
		[FIREWALL_SEEN] = PARSER_FIREWALL_SEEN,
		[FIREWALL_STOPPED] = PARSER_FIREWALL_STOPPED,
		[FIREWALL_PASSED] = PARSER_FIREWALL_PASSED,
		[FIREWALL_UNANSWERED] = PARSER_FIREWALL_UNANSWERED,
	};
	struct firewall_line line;
	bool object = m.len > 0 && m.data[0] == '{';
	if (!(object ? firewall_object_parse(m, &line)
		     : firewall_line_parse(m, &line)) ||
		wanted[line.action] != parser)
		return false;
	for (uint8_t i = 0; i < line.fields_count; i++)
		event_field_take(line.fields[i].name, line.fields[i].value, e);
	return true;
}

bool
pattern_try(struct pattern_matcher *m, size_t i,
	const struct log_record *record, struct log_event *event)
{
	struct pattern *p = &m->set->patterns[i];
	*event = (struct log_event){
		.pattern = &p->facts,
		.record = record,
		.count = record->repeat,
	};
	if (!where_allows(p, record) || !regex_accepts(m, p, record, event))
		return false;
	if (p->parser == PARSER_NONE)
		return true;
	if (p->parser == PARSER_NETFILTER)
		return netfilter_accepts(record, event);
	return firewall_accepts(p->parser, record, event);
}

/* Is the pattern about the members of JSON objects, too? */
static bool
reads_objects(const struct pattern *p)
{
	for (size_t i = 0; i < p->where_count; i++)
		if (strcmp(p->where[i], "json") == 0)
			return true;
	return p->parser >= PARSER_FIREWALL_SEEN;
}

/* Which patterns have a word in this text. */
static void
candidates_find(struct pattern_matcher *m, struct view text)
{
	const struct pattern_set *set = m->set;
	size_t words = set->literals_count / 64 + 1;
	memset(m->words, 0, words * sizeof *m->words);
	memset(m->candidates, 0, set->pattern_words * sizeof *m->candidates);
	literals_all(set->literals, text, m->words);
	for (size_t w = 0; w < words; w++) {
		for (uint64_t left = m->words[w]; left != 0; left &= left - 1) {
			size_t literal = w * 64 + (size_t)__builtin_ctzll(left);
			const uint64_t *users =
				set->users + literal * set->pattern_words;
			for (size_t k = 0; k < set->pattern_words; k++)
				m->candidates[k] |= users[k];
		}
	}
}

/* The first of the candidates that accepts; objects: only those about them. */
static bool
candidates_try(struct pattern_matcher *m, const struct log_record *record,
	bool objects, struct log_event *event, const struct pattern **taken)
{
	const struct pattern_set *set = m->set;
	for (size_t k = 0; k < set->pattern_words; k++) {
		for (uint64_t left = m->candidates[k]; left != 0;
			left &= left - 1) {
			size_t i = k * 64 + (size_t)__builtin_ctzll(left);
			if ((!objects || reads_objects(&set->patterns[i])) &&
				pattern_try(m, i, record, event)) {
				*taken = &set->patterns[i];
				return true;
			}
		}
	}
	return false;
}

/* The first pattern that accepts the record's message or its JSON object. */
static const struct pattern *
pattern_find(struct pattern_matcher *m, const struct log_record *record,
	struct log_event *event)
{
	const struct pattern *p = NULL;
	if (record->message.len >= LITERAL_MIN) {
		candidates_find(m, record->message);
		if (candidates_try(m, record, false, event, &p))
			return p;
	}
	if (record->object.len < LITERAL_MIN)
		return NULL;
	/* What is no text of its own: the whole object, as it stands. */
	candidates_find(m, record->object);
	m->whole = *record;
	m->whole.message = record->object;
	candidates_try(m, &m->whole, true, event, &p);
	event->record = record;
	return p;
}

bool
pattern_match(struct pattern_matcher *m, const struct log_record *record,
	struct log_event *event)
{
	subject_pass(&m->subject, record);
	const struct pattern *p = pattern_find(m, record, event);
	if (p == NULL)
		return false;
	if (p->beside)
		beside_take(record->object, event);
	return p->subject.role == SUBJECT_NONE ||
		subject_settle(&m->subject, &p->subject, event);
}

void
pattern_match_command(struct pattern_matcher *m, const char *command)
{
	struct log_event event;
	struct log_record record = {.message = view_str(command),
		.raw = view_str(command),
		.repeat = 1,
		.family = LOG_PLAIN,
		.inner = LOG_PLAIN};
	pattern_match(m, &record, &event);
}

bool
pattern_matcher_remembers(const struct pattern_matcher *m)
{
	return m->subject.word != NULL;
}
