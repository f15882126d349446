/*
 * Rows of a log store's CSV export: see csv_export.h.
 *
 * spec: RFC 4180 section 2 (a quote within quotes is doubled)
 * spec: W3C WD-logfile-960323 (#Fields); OPNsense core, www/diag_fw_log, "Firewall:
 * Log Files: Live View" (names of columns)
 * cite: Elastic Common Schema @timestamp, message, host.name, process.name,
 * log.syslog.appname; Kibana "Reporting and sharing" CSV; Grafana
 * "Logs in Explore" download; Splunk "Export search results"; CloudWatch Logs
 * Insights @timestamp, @message
 */
#include "parsers/log/csv_export.h"

#include "parsers/log/firewall_fields.h"
#include "parsers/log/log_time.h"

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
field_take(struct cursor *c, char separator, struct view *out,
	struct log_scratch *s)
{
	if (separator == ' ') {
		*out = cursor_token(c);
		return out->len > 0;
	}
	if (cursor_take(c, '"'))
		return quoted_take(c, out, s);
	const uint8_t *comma =
		cursor_left(c) > 0 ? memchr(c->p, ',', cursor_left(c)) : NULL;
	const uint8_t *end = comma != NULL ? comma : c->end;
	*out = view_of(c->p, (size_t)(end - c->p));
	c->p = end;
	return true;
}

/* Is there another field? */
static bool
next_field(struct cursor *c, char separator)
{
	if (separator == ',')
		return cursor_take(c, ',');
	cursor_skip_spaces(c);
	return cursor_left(c) > 0;
}

/* Of two columns of one meaning the first. */
static void
column_name(struct log_columns *x, uint8_t nth, struct view name)
{
	static const char *const times[] = {"@timestamp", "Time", "_time",
		"timestamp", "Timestamp", "time", "TimeGenerated",
		"TimeGenerated [UTC]", "Date", "__timestamp__", NULL};
	static const char *const hosts[] = {"host.name", "host.hostname",
		"host", "hostname", "Host", "HostName", "Computer", NULL};
	static const char *const tags[] = {"process.name", "log.syslog.appname",
		"ProcessName", "Service", "application_name", NULL};
	static const char *const texts[] = {"message", "Message", "Line",
		"_raw", "@message", "event.original", "SyslogMessage", NULL};
	x->fields[nth - 1] = firewall_name_of(name);
	if (x->time == 0 && is_one_of(name, times))
		x->time = nth;
	else if (x->date == 0 && view_is(name, "date"))
		x->date = nth;
	else if (x->host == 0 && is_one_of(name, hosts))
		x->host = nth;
	else if (x->source == 0 && view_is(name, "source"))
		x->source = nth;
	else if (x->tag == 0 && is_one_of(name, tags))
		x->tag = nth;
	else if (x->text == 0 && is_one_of(name, texts))
		x->text = nth;
}

/* Are there columns for both ends, the port and what was done? */
static bool
is_firewall(const struct log_columns *x)
{
	static const char *const needed[] = {"src", "dst", "dport", "action"};
	for (size_t i = 0; i < sizeof needed / sizeof *needed; i++) {
		uint8_t k = 0;
		while (k < x->count &&
			(x->fields[k] == NULL ||
				strcmp(x->fields[k], needed[i]) != 0))
			k++;
		if (k == x->count)
			return false;
	}
	return true;
}

bool
csv_columns_read(struct view header, struct log_columns *out)
{
	uint8_t room[512];
	struct log_scratch s = {.data = room, .room = sizeof room};
	struct cursor c = cursor_of(header);
	struct log_columns x = {.separator = ','};
	*out = (struct log_columns){0};
	cursor_take_text(&c, "\xef\xbb\xbf");
	if (cursor_take_text(&c, "#Fields: "))
		x.separator = ' ';
	do {
		struct view name;
		if (x.count == LOG_COLUMNS_MAX ||
			!field_take(&c, x.separator, &name, &s))
			return false;
		column_name(&x, ++x.count, name);
	} while (next_field(&c, x.separator));
	/* Graylog's is the machine; beside a machine's column it is a file. */
	if (x.host == 0)
		x.host = x.source;
	/* A day without its time of day is a column like others. */
	if (x.time == 0 || (x.text == 0 && !is_firewall(&x)))
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

/* Day and time of day stand in columns of their own. */
static bool
row_time(struct view date, struct view time, struct log_time *t,
	struct log_scratch *s)
{
	if (date.len == 0)
		return whole_time(time, t);
	struct view both = scratch_add(s, date.data, date.len);
	both.len += scratch_add(s, " ", 1).len;
	both.len += scratch_add(s, time.data, time.len).len;
	return whole_time(both, t);
}

/* How a field is called where its value is found again (firewall_keys.def). */
static const char *
key_of(const char *field)
{
	static const struct {
		const char *field;
		const char *key;
	} rows[] = {{"src", "src_ip"}, {"dst", "dst"}, {"sport", "sport"},
		{"dport", "dport"}, {"proto", "proto"}, {"action", "action"},
		{"rule", "rule"}, {"flags", "tcpflags"}, {"reason", "reason"},
		{"device", "devname"}, {"replied", "rcvdbyte"},
		{"service", "service"}, {"path", "path"}};
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
		if (strcmp(field, rows[i].field) == 0)
			return rows[i].key;
	return NULL;
}

/* One more "name="value"" behind what out holds; the scratch is its alone. */
static void
pair_add(struct view *out, const char *field, struct view value,
	struct log_scratch *s)
{
	const char *key = field != NULL ? key_of(field) : NULL;
	if (key == NULL || value.len == 0 ||
		memchr(value.data, '"', value.len) != NULL)
		return;
	out->len += scratch_add(s, key, strlen(key)).len;
	out->len += scratch_add(s, "=\"", 2).len;
	out->len += scratch_add(s, value.data, value.len).len;
	out->len += scratch_add(s, "\" ", 2).len;
}

/* What the row's fields say, once all are taken. */
static bool
row_settle(const struct log_columns *x, const struct view *fields,
	struct log_record *r, struct log_scratch *s)
{
	struct view date = x->date > 0 ? fields[x->date - 1] : view_of(NULL, 0);
	if (!row_time(date, fields[x->time - 1], &r->time, s))
		return false;
	if (x->host > 0)
		r->host = nil_to_empty(fields[x->host - 1]);
	if (x->host == x->source && r->host.len > 0 &&
		memchr(r->host.data, '/', r->host.len) != NULL)
		r->host = view_of(NULL, 0); /* a file's path */
	if (x->tag > 0)
		r->tag = nil_to_empty(fields[x->tag - 1]);
	if (x->text > 0) {
		r->message = fields[x->text - 1];
		return r->message.len > 0;
	}
	r->message = scratch_add(s, NULL, 0);
	for (uint8_t i = 0; i < x->count; i++)
		pair_add(&r->message, x->fields[i], fields[i], s);
	return r->message.len > 0;
}

bool
csv_row_take(const struct log_columns *columns, struct view line,
	struct log_record *r, struct log_scratch *s)
{
	struct view fields[LOG_COLUMNS_MAX];
	struct cursor c = cursor_of(line);
	uint8_t n = 0;
	do {
		if (n == columns->count ||
			!field_take(&c, columns->separator, &fields[n++], s))
			return false;
	} while (next_field(&c, columns->separator));
	if (n != columns->count || !row_settle(columns, fields, r, s))
		return false;
	if (view_is(r->tag, "kernel"))
		kernel_message(r);
	return true;
}

/* Quotes in v, odd or even: doubled ones take each other away. */
static bool
is_open(struct view v, bool open)
{
	for (size_t i = 0; i < v.len; i++)
		open ^= v.data[i] == '"';
	return open;
}

size_t
csv_row_len(const struct log_columns *columns, struct view text, size_t used,
	bool at_eof, bool *more)
{
	*more = false;
	if (columns->count == 0 || columns->separator != ',')
		return used;
	bool open = is_open(view_of(text.data, used), false);
	size_t at = used;
	for (int lines = 0; open && lines < CSV_ROW_LINES_MAX; lines++) {
		struct view rest = view_skip(text, at);
		const uint8_t *end =
			rest.len > 0 ? memchr(rest.data, '\n', rest.len) : NULL;
		if (end == NULL && !at_eof && text.len < CSV_ROW_MAX) {
			*more = true;
			return used;
		}
		size_t n =
			end != NULL ? (size_t)(end - rest.data) + 1 : rest.len;
		if (n == 0 || at + n > CSV_ROW_MAX)
			return used;
		open = is_open(view_of(rest.data, n), open);
		at += n;
	}
	return open ? used : at;
}
