/*
 * A JSON object as a log line: what containers, shippers and applications write.
 *
 *	{"log":"text\n","stream":"stderr","time":"2021-..."}      Docker json-file
 *	{"@timestamp":"...","message":"text","host":{...}}        Elasticsearch
 *	{"_source":{"@timestamp":"...","message":"text"}}         its exports
 *	{"_time":"...","_raw":"Nov 20 ... text"}                  Splunk
 *	{"level":"error","ts":1795218082.97,"msg":"a","error":"b"} zap, caddy
 *	{"textPayload":"text","timestamp":"..."}                  Google Cloud
 *	{"t":{"$date":"..."},"msg":"a","attr":{"error":"b"}}      MongoDB
 *	{"instant":{"epochSecond":1795218082,...},"message":"a"}  log4j 2
 *	{"@timestamp":"...","message":"a","stack_trace":"b"}      logback
 *
 * The message is every text among the members, those of nested objects
 * included, joined by ": " in their order: what failed and why often stand in
 * two of them. An object without any (an access log) is its own message.
 *
 * cite: Docker "JSON File logging driver"; Elastic Common Schema; Splunk
 * "Export data"; go.uber.org/zap EncoderConfig; log/slog keys; pino, structlog,
 * Serilog compact format, GELF 1.1, OpenTelemetry log data model; Google Cloud
 * LogEntry; MongoDB "Log Messages"; log4j 2 JsonLayout; logstash-logback-encoder; Aliyun Log Service
 */
#include <stdlib.h>

#include "parsers/log/json_walk.h"
#include "parsers/log/log_time.h"

/* Nested objects that are looked into, and texts that are joined. */
#define DEPTH_MAX 4
#define TEXTS_MAX 6

static bool
is_one_of(struct view key, const char *const *names)
{
	for (; *names != NULL; names++)
		if (view_is(key, *names))
			return true;
	return false;
}

static bool
is_time_key(struct view key)
{
	static const char *const names[] = {"time", "ts", "timestamp",
		"@timestamp", "start_time", "t", "asctime", "timeStamp",
		"_time", "@t", "$date", "eventTime", "datetime", "Datetime",
		"date", "Timestamp", "TimeGenerated", "time_iso8601",
		"StartUTC", "timeLocal", "time_local", "Time",
		"EdgeStartTimestamp", "event_time", "eventtime",
		"event_timestamp", "log_time", "logTime", "TimeReceived",
		"received_time", "generated_time", "EventReceivedTime",
		"TimeCreated", "SystemTime", "timeMillis", "epochSecond",
		"__time__", "eventTimestamp", "timestampSeconds",
		"timeUnixNano", "observedTimeUnixNano", "lastTimestamp", NULL};
	return is_one_of(key, names);
}

static bool
is_text_key(struct view key)
{
	static const char *const names[] = {"log", "msg", "message", "MESSAGE",
		"Message", "textPayload", "error", "err", "event", "@m", "@mt",
		"@x", "@message", "_raw", "short_message", "text", "body",
		"Body", "line", "exception", "error_message", "errorMessage",
		"error.message", "stack_trace", "error.stack_trace",
		"stackTrace", "stacktrace", "full_message", "errmsg",
		"Exception", "RenderedMessage", "exc_info", "cause", "reason",
		"exception.message", "lastError", "stringValue", NULL};
	return is_one_of(key, names);
}

static bool
is_level_key(struct view key)
{
	static const char *const names[] = {"level", "severity", "lvl",
		"levelname", "log.level", "@l", "Level", NULL};
	return is_one_of(key, names);
}

/* "1.7952180829736793e+09": zap, where it was not told otherwise. */
static bool
exponent_take(struct view word, struct log_time *t)
{
	char text[40];
	if (word.len == 0 || word.len >= sizeof text ||
		memchr(word.data, 'e', word.len) == NULL)
		return false;
	memcpy(text, word.data, word.len);
	text[word.len] = '\0';
	double s = strtod(text, NULL);
	/* Ten digits before the point, as in time_unix. */
	if (!(s >= 1e9 && s < 9.2e9))
		return false;
	*t = time_count((uint64_t)(s * 1e6), NS_PER_US, LOG_TIME_UTC);
	return true;
}

static void
time_take(enum json_token kind, struct view raw, struct log_record *r)
{
	struct log_time t;
	struct cursor c = cursor_of(raw);
	if (r->time.kind != LOG_TIME_NONE)
		return;
	bool ok = (kind == JSON_STRING && time_any(&c, &t)) ||
		time_unix(&c, &t) || time_epoch(&c, &t);
	ok = (ok && cursor_left(&c) == 0) ||
		(kind == JSON_NUMBER && exponent_take(raw, &t));
	if (ok)
		r->time = t;
}

/* Beside "epochSecond" of log4j 2, "seconds" and "timestampSeconds" of Google's
   shippers. */
static bool
is_nanos_key(struct view key)
{
	return view_is(key, "nanoOfSecond") || view_is(key, "nanos") ||
		view_is(key, "timestampNanos");
}

static void
nanos_take(struct view raw, struct log_record *r)
{
	uint64_t ns;
	if (r->time.kind != LOG_TIME_UTC || r->time.resolution_ns != NS_PER_S ||
		!view_number(raw, NS_PER_S - 1, &ns))
		return;
	r->time.ns += (int64_t)ns;
	r->time.resolution_ns = 1;
}

/* Texts so far, one behind the other. */
struct texts {
	struct view all;
	int count;
};

static void
text_add(struct texts *x, struct view raw, struct log_scratch *s)
{
	struct json_value v = {JSON_STRING, raw};
	struct view text = json_text(v, s);
	while (text.len > 0 && text.data[text.len - 1] == '\n')
		text.len--;
	if (text.len == 0 || x->count == TEXTS_MAX)
		return;
	/* GELF's full message begins with the short one. */
	if (x->count++ == 0 ||
		(text.len >= x->all.len &&
			memcmp(text.data, x->all.data, x->all.len) == 0)) {
		x->all = text;
		return;
	}
	struct view joined = scratch_add(s, NULL, 0);
	joined.len += scratch_add(s, x->all.data, x->all.len).len;
	joined.len += scratch_add(s, ": ", 2).len;
	joined.len += scratch_add(s, text.data, text.len).len;
	x->all = joined;
}

static void
member_take(struct json *j, enum json_token kind, struct log_record *r,
	struct texts *texts, struct log_scratch *s)
{
	struct view key = json_key(j);
	bool seconds = view_is(key, "seconds") && j->depth > 1 &&
		view_is(json_key_at(j, j->depth - 1), "timestamp");
	if ((is_time_key(key) && j->depth <= 3) || seconds)
		time_take(kind, j->value, r);
	if (kind == JSON_NUMBER && is_nanos_key(key))
		nanos_take(j->value, r);
	if (kind != JSON_STRING)
		return;
	if (is_text_key(key))
		text_add(texts, j->value, s);
	else if (is_level_key(key) && r->severity == LOG_SEVERITY_NONE)
		r->severity = severity_of(j->value);
	else if (view_is(key, "hostname") ||
		/* Of Datadog; elsewhere it is the one that a client asked for. */
		(view_is(key, "host") && j->depth > 1 &&
			view_is(json_key_at(j, j->depth - 1), "attributes")) ||
		view_is(key, "compute.googleapis.com/resource_name") ||
		(view_is(key, "name") && j->depth > 1 &&
			view_is(json_key_at(j, j->depth - 1), "host")))
		r->host = j->value;
}

bool
json_line_parse(struct view line, struct log_record *r, struct log_scratch *s)
{
	struct json j;
	struct texts texts = {0};
	enum json_token kind;
	if (line.len == 0 || line.data[0] != '{' || !json_begin(&j, line))
		return false;
	while ((kind = json_next(&j)) != JSON_END) {
		if (j.depth == 0)
			break;
		if (kind == JSON_OPEN && j.depth > DEPTH_MAX)
			json_skip(&j);
		else if (kind != JSON_OPEN && kind != JSON_CLOSE)
			member_take(&j, kind, r, &texts, s);
	}
	r->message = texts.count > 0 ? texts.all : line;
	r->object = texts.count > 0 ? line : view_of(NULL, 0);
	return r->time.kind != LOG_TIME_NONE || texts.count > 0;
}
