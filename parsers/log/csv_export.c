/*
 * Rows of a log store's CSV export: see csv_export.h.
 *
 * spec: RFC 4180 section 2 (a quote within quotes is doubled)
 * cite: Elastic Common Schema @timestamp, message, host.name, process.name,
 * log.syslog.appname; Kibana "Reporting and sharing" CSV; Grafana
 * "Logs in Explore" download; Splunk "Export search results"; CloudWatch Logs
 * Insights @timestamp, @message
 */
#include "parsers/log/csv_export.h"

#include "parsers/log/log_time.h"

/* More columns than an export of logs has. */
#define COLUMNS_MAX 64

static bool
is_one_of(struct view name, const char *const *names)
{
	for (; *names != NULL; names++)
		if (view_is(name, *names))
			return true;
	return false;
}

/* Two quotes are one. */
static struct view
undoubled(struct view raw, struct log_scratch *s)
{
	struct view out = scratch_add(s, NULL, 0);
	struct cursor c = cursor_of(raw);
	while (c.p < c.end) {
		const uint8_t *quote = memchr(c.p, '"', cursor_left(&c));
		const uint8_t *end = quote != NULL ? quote + 1 : c.end;
		out.len += scratch_add(s, c.p, (size_t)(end - c.p)).len;
		c.p = end;
		cursor_take(&c, '"');
	}
	return out;
}

/* Behind the opening quote, up to the one that closes. */
static bool
quoted_take(struct cursor *c, struct view *out, struct log_scratch *s)
{
	const uint8_t *first = c->p;
	bool doubled = false;
	for (;;) {
		const uint8_t *quote = memchr(c->p, '"', cursor_left(c));
		if (quote == NULL)
			return false;
		c->p = quote + 1;
		if (!cursor_take(c, '"'))
			break;
		doubled = true;
	}
	*out = view_of(first, (size_t)(c->p - 1 - first));
	if (doubled)
		*out = undoubled(*out, s);
	return cursor_left(c) == 0 || *c->p == ',';
}

static bool
field_take(struct cursor *c, struct view *out, struct log_scratch *s)
{
	if (cursor_take(c, '"'))
		return quoted_take(c, out, s);
	const uint8_t *comma =
		cursor_left(c) > 0 ? memchr(c->p, ',', cursor_left(c)) : NULL;
	const uint8_t *end = comma != NULL ? comma : c->end;
	*out = view_of(c->p, (size_t)(end - c->p));
	c->p = end;
	return true;
}

/* Of two columns of one meaning the first. */
static void
column_name(struct log_columns *x, uint8_t nth, struct view name)
{
	static const char *const times[] = {"@timestamp", "Time", "_time",
		"timestamp", "Timestamp", "time", NULL};
	static const char *const hosts[] = {
		"host.name", "host.hostname", "host", "hostname", NULL};
	static const char *const tags[] = {
		"process.name", "log.syslog.appname", NULL};
	static const char *const texts[] = {"message", "Message", "Line",
		"_raw", "@message", "event.original", NULL};
	if (x->time == 0 && is_one_of(name, times))
		x->time = nth;
	else if (x->host == 0 && is_one_of(name, hosts))
		x->host = nth;
	else if (x->tag == 0 && is_one_of(name, tags))
		x->tag = nth;
	else if (x->text == 0 && is_one_of(name, texts))
		x->text = nth;
}

bool
csv_columns_read(struct view header, struct log_columns *out)
{
	uint8_t room[512];
	struct log_scratch s = {.data = room, .room = sizeof room};
	struct cursor c = cursor_of(header);
	struct log_columns x = {0};
	*out = x;
	cursor_take_text(&c, "\xef\xbb\xbf");
	do {
		struct view name;
		if (x.count == COLUMNS_MAX || !field_take(&c, &name, &s))
			return false;
		column_name(&x, ++x.count, name);
	} while (cursor_take(&c, ','));
	if (x.time == 0 || x.text == 0)
		return false;
	*out = x;
	return true;
}

/* What Kibana and Splunk print for a field that a document has not. */
static struct view
nil_to_empty(struct view v)
{
	static const char *const nils[] = {"-", "(null)", NULL};
	return is_one_of(v, nils) ? view_of(NULL, 0) : v;
}

static bool
whole_time(struct view field, struct log_time *t)
{
	struct cursor c = cursor_of(field);
	return (time_any(&c, t) || time_unix(&c, t) || time_epoch(&c, t)) &&
		cursor_left(&c) == 0;
}

bool
csv_row_take(const struct log_columns *columns, struct view line,
	struct log_record *r, struct log_scratch *s)
{
	struct cursor c = cursor_of(line);
	uint8_t nth = 0;
	r->message = view_of(NULL, 0);
	do {
		struct view field;
		if (nth++ == columns->count || !field_take(&c, &field, s))
			return false;
		if (nth == columns->time && !whole_time(field, &r->time))
			return false;
		if (nth == columns->host)
			r->host = nil_to_empty(field);
		if (nth == columns->tag)
			r->tag = nil_to_empty(field);
		if (nth == columns->text)
			r->message = field;
	} while (cursor_take(&c, ','));
	if (nth != columns->count || r->message.len == 0)
		return false;
	if (view_is(r->tag, "kernel"))
		kernel_message(r);
	return true;
}
