/*
 * One run over one file: lines, accounting and emission. See run.h.
 */
#include "parsers/host/run.h"

static void
account(struct host_run *r)
{
	if (!r->open)
		return;
	r->open = false;
	r->result->lines++;
	if (r->claimed)
		r->result->recognised++;
	else
		r->result->other++;
}

bool
run_next(struct host_run *r)
{
	account(r);
	r->at = r->whole.len - r->rest.len;
	if (!line_next(&r->rest, &r->line))
		return false;
	r->open = true;
	r->claimed = false;
	if (r->number < UINT32_MAX)
		r->number++;
	return true;
}

bool
run_next_whole(struct host_run *r)
{
	while (run_next(r)) {
		if (run_blank(r))
			continue;
		if (!run_line_is_cut(r))
			return true;
		run_note(r, ANOMALY_SNAPSHOT_CUT);
	}
	return false;
}

void
run_note(struct host_run *r, enum anomaly a)
{
	anomaly_note(&r->sink->anomalies, a, r->at);
}

void
run_malformed(struct host_run *r)
{
	/* A last line that was cut is told as such. */
	bool cut = run_line_is_cut(r);
	run_note(r, cut ? ANOMALY_SNAPSHOT_CUT : ANOMALY_SNAPSHOT_MALFORMED);
}

bool
run_blank(struct host_run *r)
{
	if (view_trim(r->line).len > 0)
		return false;
	run_claim(r);
	return true;
}

void
run_claim_until(struct host_run *r, size_t at)
{
	while (r->whole.len - r->rest.len < at && run_next(r))
		run_claim(r);
}

void
run_finish(struct host_run *r)
{
	while (run_next(r))
		continue;
}

static bool
lacks_end(const struct host_run *r)
{
	const uint8_t *end = r->whole.data + r->whole.len;
	if (r->whole.len == 0 || end[-1] == '\n')
		return false;
	return !r->bare || memchr(r->whole.data, '\n', r->whole.len) != NULL;
}

bool
run_is_cut(const struct host_run *r, struct view v)
{
	return v.data + v.len == r->whole.data + r->whole.len && lacks_end(r);
}

bool
run_line_is_cut(const struct host_run *r)
{
	return r->rest.len == 0 && lacks_end(r);
}

bool
run_columns_fit(struct host_run *r, struct view names, struct view values)
{
	size_t want = words_count(names);
	size_t have = words_count(values);
	if (have == want || (have < want && run_line_is_cut(r)))
		return true;
	run_malformed(r);
	return false;
}

static bool
name_fits(struct view name, const char *pattern)
{
	size_t n = strlen(pattern);
	if (pattern[0] == '*')
		return view_ends(name, pattern + 1);
	if (pattern[n - 1] == '*')
		return name.len >= n - 1 &&
			memcmp(name.data, pattern, n - 1) == 0;
	return view_is(name, pattern);
}

static bool
is_gauge(struct view name)
{
	static const char *const gauges[] = {
#define X(pattern) pattern,
#include "parsers/host/host_gauges.def"
#undef X
	};

	for (size_t i = 0; i < sizeof gauges / sizeof gauges[0]; i++)
		if (name_fits(name, gauges[i]))
			return true;
	return false;
}

void
emit_counter(struct host_run *r, struct view scope, struct view name,
	int64_t value, bool gauge)
{
	struct host_counter c = {
		.scope = scope,
		.name = name,
		.value = value,
		.gauge = gauge,
		.line = r->number,
	};
	r->result->counters++;
	if (r->sink->counter != NULL)
		r->sink->counter(r->sink->context, &c);
}

bool
emit_value(struct host_run *r, struct view scope, struct view name,
	struct view word, unsigned flags)
{
	int64_t value = 0;
	enum number got =
		number_read(word, (flags & VALUE_HEX) != 0 ? 16 : 10, &value);
	if (got == NUMBER_NONE || name.len == 0)
		return false;
	if (run_is_cut(r, word)) {
		run_note(r, ANOMALY_SNAPSHOT_CUT);
		return true;
	}
	bool gauge = (flags & VALUE_GAUGE) != 0 || is_gauge(name);
	if (got == NUMBER_RANGE || (value < 0 && !gauge)) {
		run_note(r, ANOMALY_SNAPSHOT_VALUE_RANGE);
		return true;
	}
	emit_counter(r, scope, name, value, gauge);
	return true;
}

void
emit_setting(struct host_run *r, struct view scope, struct view name,
	struct view value)
{
	struct host_setting s = {
		.scope = scope,
		.name = name,
		.value = value,
		.line = r->number,
	};
	if (!r->quoted && run_line_is_cut(r)) {
		run_note(r, ANOMALY_SNAPSHOT_CUT);
		return;
	}
	r->result->settings++;
	if (r->sink->setting != NULL)
		r->sink->setting(r->sink->context, &s);
}

void
emit_socket(struct host_run *r, struct host_socket *s)
{
	s->line = r->number;
	r->result->sockets++;
	if (r->sink->socket != NULL)
		r->sink->socket(r->sink->context, s);
}

void
emit_conntrack(struct host_run *r, struct host_conntrack *c)
{
	c->line = r->number;
	r->result->conntracks++;
	if (r->sink->conntrack != NULL)
		r->sink->conntrack(r->sink->context, c);
}

void
emit_drop(struct host_run *r, struct host_drop *d)
{
	d->line = r->number;
	r->result->drops++;
	if (r->sink->drop != NULL)
		r->sink->drop(r->sink->context, d);
}

struct view
run_text(struct host_run *r, const struct scratch *t)
{
	if (t->cut)
		run_note(r, ANOMALY_SNAPSHOT_TEXT_CUT);
	return scratch_view(t);
}

bool
run_count(struct host_run *r, struct view word, int64_t *out)
{
	static const char suffixes[] = "KMGT";
	const char *suffix = NULL;
	if (word.len > 1 && byte_among(word.data[word.len - 1], suffixes))
		suffix = strchr(suffixes, word.data[--word.len]);
	if (run_is_cut(r, word)) {
		run_note(r, ANOMALY_SNAPSHOT_CUT);
		return false;
	}
	enum number got = number_read(word, 10, out);
	bool range = got == NUMBER_RANGE;
	for (ptrdiff_t i = 0; suffix != NULL && i <= suffix - suffixes; i++)
		range = range || __builtin_mul_overflow(*out, 1000, out);
	if (got == NUMBER_NONE)
		return false;
	if (range || *out < 0) {
		run_note(r, ANOMALY_SNAPSHOT_VALUE_RANGE);
		return false;
	}
	if (suffix != NULL)
		run_note(r, ANOMALY_SNAPSHOT_ROUNDED);
	return true;
}
