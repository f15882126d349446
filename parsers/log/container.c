/*
 * What containers and Kubernetes put around a line.
 *
 *	2021-01-01T00:00:00.123456789Z stderr F text              CRI
 *	E0102 15:04:05.000000   1234 file.go:12] text             klog
 *	{"log":"text\n","stream":"stderr","time":"2021-..."}      Docker json-file
 *	{"time":"...","level":"error","msg":"text", ...}          applications
 *
 * A JSON line without a text of its own (an access log) is its own message.
 *
 * spec: Kubernetes cri-api "CRI container log format"; klog README; Docker
 * "JSON File logging driver"
 */
#include "parsers/log/json_walk.h"
#include "parsers/log/log_time.h"

bool
cri_parse(struct view line, struct log_record *r, struct log_scratch *s)
{
	(void)s;
	struct cursor c = cursor_of(line);
	if (!is_digit(cursor_peek(&c)) || !time_iso(&c, &r->time))
		return false;
	if (!cursor_take_text(&c, " stdout ") &&
		!cursor_take_text(&c, " stderr "))
		return false;
	if (!cursor_take_text(&c, "F ") && !cursor_take_text(&c, "P "))
		return false;
	r->message = cursor_rest(&c);
	return true;
}

bool
klog_parse(struct view line, struct log_record *r, struct log_scratch *s)
{
	(void)s;
	static const char letters[] = "IWEF";
	static const uint8_t levels[] = {
		6, 4, 3, 2}; /* RFC 5424 section 6.2.1 */
	struct cursor c = cursor_of(line);
	const char *letter = strchr(letters, cursor_peek(&c));
	if (cursor_left(&c) == 0 || *c.p == 0 || letter == NULL)
		return false;
	c.p++;
	if (!time_klog(&c, &r->time))
		return false;
	r->severity = levels[letter - letters];
	cursor_skip_spaces(&c);
	r->pid = cursor_token(&c);
	struct view source;
	if (!cursor_until(&c, ']', &source))
		return false;
	cursor_take(&c, ' ');
	r->message = cursor_rest(&c);
	return true;
}

static bool
is_one_of(struct view key, const char *const *names)
{
	for (; *names != NULL; names++)
		if (view_is(key, *names))
			return true;
	return false;
}

/* "1795218292.501235" or a whole count. */
static bool
epoch_take(struct view word, struct log_time *t)
{
	struct cursor c = cursor_of(word);
	if (time_unix(&c, t))
		return true;
	c = cursor_of(word);
	return time_epoch(&c, t) && cursor_left(&c) == 0;
}

static void
json_time(struct json_value v, struct log_record *r)
{
	struct log_time t;
	struct cursor c = cursor_of(v.raw);
	if (r->time.kind == LOG_TIME_NONE &&
		((v.kind == JSON_STRING && time_iso(&c, &t)) ||
			epoch_take(v.raw, &t)))
		r->time = t;
}

bool
json_line_parse(struct view line, struct log_record *r, struct log_scratch *s)
{
	static const char *const times[] = {"time", "ts", "timestamp",
		"@timestamp", "start_time", "t", "asctime", NULL};
	static const char *const texts[] = {
		"log", "msg", "message", "MESSAGE", "textPayload", NULL};
	static const char *const levels[] = {
		"level", "severity", "lvl", "levelname", NULL};
	struct json j;
	struct view key;
	struct json_value v;
	bool text = false;
	if (line.len == 0 || line.data[0] != '{' || !json_begin(&j, line))
		return false;
	while (json_member(&j, &key, &v)) {
		if (is_one_of(key, times)) {
			json_time(v, r);
		} else if (!text && is_one_of(key, texts)) {
			r->message = json_text(v, s);
			text = true;
		} else if (is_one_of(key, levels) && v.kind == JSON_STRING) {
			r->severity = severity_of(v.raw);
		}
	}
	if (!text)
		r->message = line;
	while (r->message.len > 0 &&
		r->message.data[r->message.len - 1] == '\n')
		r->message.len--;
	return r->time.kind != LOG_TIME_NONE;
}
