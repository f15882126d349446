/*
 * Lines of keys and values.
 *
 *	level=error ts=2026-11-20T23:41:22Z caller=main.go:42 msg="text"
 *	time="2026-11-20T23:41:22Z" level=debug msg="text"
 *	date=2026-11-20 time=23:41:22 devname="FGT" srcip=192.0.2.10 ...
 *	<134>id=firewall sn=0017C5 time="2026-11-20 23:41:22 UTC" fw=...
 *
 * The message is the whole line behind the priority: each key may matter to a
 * pattern. The time is that of the first key that is one; of FortiGate, which
 * splits it, of date and time together, and of its zone where it is named.
 *
 * cite: pkg.go.dev/github.com/go-logfmt/logfmt; FortiOS "Log Message Reference",
 * log message fields; SonicOS "Log Events Reference Guide"
 */
#include "parsers/log/log_time.h"

/* Keys and values that are looked at for a time; of one that has more the time
   stands in front. */
#define PAIRS_MAX 24

/* "key=value" or key="value"; false at the end, or when it is none. */
static bool
pair_take(struct cursor *c, struct view *key, struct view *value)
{
	cursor_skip_spaces(c);
	const uint8_t *first = c->p;
	while (c->p < c->end &&
		(byte_letter(*c->p) || byte_digit(*c->p) ||
			byte_among(*c->p, "_-.@")))
		c->p++;
	*key = view_of(first, (size_t)(c->p - first));
	if (key->len == 0 || !cursor_take(c, '='))
		return false;
	if (!cursor_take(c, '"')) {
		*value = cursor_token(c);
		return true;
	}
	first = c->p;
	while (c->p < c->end && *c->p != '"')
		c->p += *c->p == '\\' && c->p + 1 < c->end ? 2 : 1;
	*value = view_of(first, (size_t)(c->p - first));
	cursor_take(c, '"');
	return true;
}

static bool
is_time_key(struct view key)
{
	return view_is(key, "time") || view_is(key, "ts") ||
		view_is(key, "t") || view_is(key, "timestamp") ||
		view_is(key, "@timestamp") || view_is(key, "datetime");
}

static bool
whole_time(struct view value, struct log_time *t)
{
	struct cursor c = cursor_of(value);
	return (time_any(&c, t) || time_epoch(&c, t)) && cursor_left(&c) == 0;
}

/* What FortiGate spreads over keys. */
struct parts {
	struct view date, time, zone;
};

static bool
parts_take(const struct parts *p, struct log_time *t)
{
	char text[64];
	struct view all = view_of(text, 0);
	const struct view views[] = {p->date, view_str(" "), p->time, p->zone};
	if (p->date.len != 10 || p->time.len < 8 || p->time.len > 16 ||
		p->zone.len > 6)
		return false;
	for (size_t i = 0; i < sizeof views / sizeof *views; i++) {
		if (views[i].len > 0)
			memcpy(text + all.len, views[i].data, views[i].len);
		all.len += views[i].len;
	}
	return whole_time(all, t);
}

bool
logfmt_parse(struct view line, struct log_record *r, struct log_scratch *s)
{
	(void)s;
	struct cursor c = cursor_of(line);
	struct parts parts = {0};
	struct view key;
	struct view value;
	int pairs = 0;
	cursor_pri(&c, r);
	r->message = cursor_rest(&c);
	for (; pairs < PAIRS_MAX && pair_take(&c, &key, &value); pairs++) {
		if (is_time_key(key) && r->time.kind == LOG_TIME_NONE)
			whole_time(value, &r->time);
		if (view_is(key, "date"))
			parts.date = value;
		else if (view_is(key, "time"))
			parts.time = value;
		else if (view_is(key, "tz"))
			parts.zone = value;
		else if ((view_is(key, "level") || view_is(key, "lvl")) &&
			r->severity == LOG_SEVERITY_NONE)
			r->severity = severity_of(value);
	}
	if (pairs < 2)
		return false;
	return r->time.kind != LOG_TIME_NONE || parts_take(&parts, &r->time);
}
