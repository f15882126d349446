/*
 * Text lines that begin with a time: what most applications and devices write.
 *
 *	2026-11-20 23:44:52,501 ERROR text        [2026-11-20T23:44:52Z] text
 *	ERROR 2026-11-20 23:44:52 text            [error] 2026/11/20 23:44:52 text
 *	000123: *Nov 20 23:41:23.001: text        1:M 20 Nov 2026 23:41:22.123 * text
 *	E, [2026-11-20T23:41:22.123456 #1] ERROR  "2026-11-20 23:41:22.000","text"
 *	  Date: 2026-11-20T23:41:22.123           [Fri Nov 20 23:41:22 2026] text
 *	[7] 20 Nov 23:41:22.123 # text            WARN  [main] 2026-11-20 23:41:22,123
 *	%3|1795218082.501|FAIL|name| text         INFO   | jvm 1    | 2026/11/20 23:41:22
 *	type=AVC msg=audit(1795218082.501:7): ..  [I 261120 23:41:22 web:2239] text
 *
 * Before the time may stand a priority, a sequence number, a level or a label,
 * each of which only one family of programs writes; behind it what closes it.
 * The message is all that follows. A time without a zone is local.
 *
 * cite: Cisco IOS "System Message Logging" (sequence numbers, * and .); Redis
 * src/server.c serverLogRaw; librdkafka rdkafka_conf.c rd_kafka_log_print; Linux
 * kernel/audit.c; Mosquitto src/logging.c; Consul 1.6 logger/gated_writer.go and others (indented lines); Java Service Wrapper logformat; Tornado log.py; Ruby logger/formatter.rb; wevtutil(1) text output
 */
#include "parsers/log/log_time.h"

/* A thread's name between brackets; longer is none. */
#define THREAD_MAX 128

/* The first or second word behind the time, when it is a severity. */
static uint8_t
severity_behind(struct cursor c)
{
	for (int words = 0; words < 2 && c.p < c.end; words++) {
		while (c.p < c.end && !byte_letter(*c.p))
			c.p++;
		const uint8_t *first = c.p;
		while (c.p < c.end && byte_letter(*c.p))
			c.p++;
		uint8_t severity =
			severity_of(view_of(first, (size_t)(c.p - first)));
		if (severity != LOG_SEVERITY_NONE)
			return severity;
	}
	return LOG_SEVERITY_NONE;
}

static void
blanks_skip(struct cursor *c)
{
	while (cursor_peek(c) == ' ' || cursor_peek(c) == '\t')
		c->p++;
}

/* "[7] " in front of a time that names its month (Redis before 3). */
static bool
pid_skip(struct cursor *c)
{
	struct cursor at = *c;
	struct log_time t;
	int64_t n;
	if (!cursor_take(&at, '[') || !cursor_number(&at, 7, &n) ||
		!cursor_take(&at, ']') || !cursor_take(&at, ' '))
		return false;
	struct cursor behind = at;
	if (!time_read(&behind, "%e %b %T", &t))
		return false;
	*c = at;
	return true;
}

/* "%3|" in front of seconds: librdkafka's own log. */
static bool
facility_skip(struct cursor *c)
{
	struct cursor at = *c;
	int64_t n;
	struct log_time t;
	if (!cursor_take(&at, '%') || !cursor_number(&at, 1, &n) ||
		!cursor_take(&at, '|'))
		return false;
	struct cursor behind = at;
	if (!time_unix(&behind, &t))
		return false;
	*c = at;
	return true;
}

/* "000123: " of Cisco, "1:M " of Redis, "123:" of Zabbix. */
static void
number_skip(struct cursor *c)
{
	struct cursor at = *c;
	int64_t n;
	cursor_skip_spaces(&at);
	if (pid_skip(c) || facility_skip(c) || !cursor_number(&at, 10, &n) ||
		!cursor_take(&at, ':'))
		return;
	if (cursor_take(&at, ' ')) {
		*c = at;
		return;
	}
	struct cursor role = at;
	if (byte_letter(cursor_peek(&role))) {
		role.p++;
		if (cursor_take(&role, ' '))
			*c = role;
		return;
	}
	struct log_time t;
	role = at;
	if (time_read(&role, "%Y%m%d:%H%M%S%f", &t))
		*c = at;
}

/* "[main] " between a level and a time (Cassandra and other logback patterns). */
static void
thread_skip(struct cursor *c)
{
	struct cursor at = *c;
	struct view name;
	if (cursor_take(&at, '[') && byte_letter(cursor_peek(&at)) &&
		cursor_until(&at, ']', &name) && name.len < THREAD_MAX &&
		cursor_take(&at, ' ') && byte_digit(cursor_peek(&at)))
		*c = at;
}

/* "jvm 1    | " between a level and a time (Java Service Wrapper). */
static void
source_skip(struct cursor *c)
{
	struct cursor at = *c;
	struct view name;
	if (byte_letter(cursor_peek(&at)) && cursor_until(&at, '|', &name) &&
		name.len < 24 && cursor_take(&at, ' ') &&
		byte_digit(cursor_peek(&at)))
		*c = at;
}

/* "[I 261120 ", "W 2026-11-20 ": a level of one letter before a date (Tornado,
   Jupyter). Anything but a date behind it is no level. */
static bool
letter_skip(struct cursor *c, struct log_record *r)
{
	static const char letters[] = "EWIDCF"; /* tornado/log.py */
	static const uint8_t severities[] = {3, 4, 6, 7, 2, 2};
	struct cursor at = *c;
	struct log_time t;
	cursor_take(&at, '[');
	const char *found =
		at.p < at.end && *at.p != 0 ? strchr(letters, *at.p) : NULL;
	if (found == NULL)
		return false;
	at.p++;
	if (!cursor_take(&at, ' ') || !byte_digit(cursor_peek(&at)))
		return false;
	struct cursor behind = at;
	if (!time_any(&behind, &t))
		return false;
	r->severity = severities[found - letters];
	*c = at;
	return true;
}

/* "ERROR ", "[error] ", "INFO:     ", "E, ": the level in front. */
static void
level_skip(struct cursor *c, struct log_record *r)
{
	if (letter_skip(c, r))
		return;
	struct cursor at = *c;
	bool bracket = cursor_take(&at, '[');
	const uint8_t *first = at.p;
	while (at.p < at.end && byte_letter(*at.p))
		at.p++;
	struct view word = view_of(first, (size_t)(at.p - first));
	uint8_t severity = severity_of(word);
	if (word.len == 0 || (bracket && !cursor_take(&at, ']')))
		return;
	/* One letter (Ruby) is followed by a comma. */
	if (severity == LOG_SEVERITY_NONE &&
		(word.len > 1 || cursor_peek(&at) != ','))
		return;
	bool joined = bracket && cursor_peek(&at) == '[';
	if (!joined && (cursor_left(&at) == 0 || !byte_among(*at.p, " \t:,|-")))
		return;
	while (cursor_left(&at) > 0 && byte_among(*at.p, " \t:,|-"))
		at.p++;
	thread_skip(&at);
	source_skip(&at);
	if (severity != LOG_SEVERITY_NONE)
		r->severity = severity;
	*c = at;
}

/* "Date: ", "TimeCreated  : ": Windows events as text. */
static void
label_skip(struct cursor *c)
{
	static const char *const labels[] = {"Date", "TimeCreated",
		"TimeGenerated", "TimeWritten", "Timestamp", "timestamp"};
	struct cursor at = *c;
	blanks_skip(&at);
	for (size_t i = 0; i < sizeof labels / sizeof *labels; i++) {
		struct cursor behind = at;
		if (!cursor_take_text(&behind, labels[i]))
			continue;
		blanks_skip(&behind);
		if (!cursor_take(&behind, ':'))
			continue;
		blanks_skip(&behind);
		*c = behind;
		return;
	}
}

/* "type=AVC msg=audit(": records of auditd. */
static void
audit_skip(struct cursor *c)
{
	struct cursor at = *c;
	struct view type;
	if (cursor_take_text(&at, "type=") && cursor_until(&at, ' ', &type) &&
		type.len < 32 && cursor_take_text(&at, "msg=audit("))
		*c = at;
}

/* What opens a time. */
static void
opening_skip(struct cursor *c)
{
	audit_skip(c);
	if (!cursor_take_text(c, "####<"))
		while (cursor_left(c) > 0 && byte_among(*c->p, "[\"(<="))
			c->p++;
	/* "=ERROR REPORT==== 20-Nov-2026::23:41:22 ===" of Erlang. */
	struct cursor at = *c;
	struct view report;
	if (cursor_until(&at, '=', &report) && report.len < 32 &&
		report.len > 7 &&
		memcmp(report.data + report.len - 7, " REPORT", 7) == 0) {
		while (cursor_take(&at, '='))
			continue;
		blanks_skip(&at);
		*c = at;
	}
	/* Cisco: the clock is not synchronised, or was. */
	if (cursor_peek(c) == '*' || cursor_peek(c) == '.')
		c->p++;
}

/* What closes a time, and what stands between it and the text. */
static void
closing_skip(struct cursor *c)
{
	struct cursor at = *c;
	struct view rest;
	/* Ruby: " #1234]" */
	if (cursor_take_text(&at, " #") && cursor_until(&at, ']', &rest))
		*c = at;
	/* auditd: ":4711): " */
	int64_t serial;
	at = *c;
	if (cursor_take(&at, ':') && cursor_number(&at, 10, &serial) &&
		cursor_peek(&at) == ')')
		*c = at;
	while (cursor_left(c) > 0 && byte_among(*c->p, "]\")>=:,;"))
		c->p++;
	if (cursor_left(c) >= 2 && c->p[0] == '"' && c->p[1] == '"')
		c->p += 2;
	blanks_skip(c);
	cursor_take(c, '"');
	if (cursor_take_text(c, "- ") || cursor_take_text(c, "| ") ||
		cursor_take_text(c, "==="))
		blanks_skip(c);
}

/* "02:00:5e:00:53:01" is an address of a network card, no time of day. */
static bool
goes_on_in_pairs(const struct cursor *c)
{
	struct cursor at = *c;
	int pair;
	return cursor_take(&at, ':') && cursor_digits(&at, 2, &pair) &&
		cursor_peek(&at) == ':';
}

/* Blanks before a date, by which Consul and Nomad once set off every line; a
   line with a date of its own goes on with no other. */
static void
indent_skip(struct cursor *c)
{
	struct cursor at = *c;
	struct log_time t;
	blanks_skip(&at);
	struct cursor behind = at;
	if (at.p > c->p && byte_digit(cursor_peek(&at)) &&
		time_any(&behind, &t))
		*c = at;
}

/* "1795218082: text" of Mosquitto: seconds, which Cisco's sequence numbers, also
   before a colon, do not reach. */
static bool
epoch_take(struct cursor *c, struct log_record *r)
{
	struct cursor at = *c;
	if (!time_epoch(&at, &r->time) || r->time.resolution_ns != NS_PER_S ||
		!cursor_take_text(&at, ": ")) {
		r->time = (struct log_time){0};
		return false;
	}
	*c = at;
	return true;
}

/* Seconds alone are a time only in brackets (Nagios). */
static bool
stamp_take(struct cursor *c, bool bracket, struct log_time *t)
{
	struct cursor at = *c;
	if (time_any(c, t))
		return true;
	if (bracket && time_epoch(&at, t) && cursor_peek(&at) == ']') {
		*c = at;
		return true;
	}
	/* A time of day: two digits for the hour, and text behind. */
	if (cursor_left(c) < 9 || c->p[2] != ':' || c->p[5] != ':')
		return false;
	return time_read(c, "%T", t) && !goes_on_in_pairs(c);
}

/* "HOST PROGRAM[PID]: text" or "HOST kernel: text", and nothing less sure. */
static void
program_take(struct cursor c, struct log_record *r)
{
	struct log_record named = {.severity = r->severity};
	if (!host_tag_message(&c, &named) || named.host.len == 0 ||
		named.tag.len == 0 ||
		severity_of(named.host) != LOG_SEVERITY_NONE)
		return;
	struct cursor pid = cursor_of(named.pid);
	int64_t n;
	if (!view_is(named.tag, "kernel") && !cursor_number(&pid, 10, &n))
		return;
	r->host = named.host;
	r->tag = named.tag;
	r->pid = named.pid;
	r->second = named.second;
	r->severity = named.severity;
	r->message = named.message;
}

/* "{app="nginx", host="web-03"} text": labels of a stream, and its line behind them.
 * cite: grafana.com/docs/loki/latest/query/logcli (output default) */
static void
labels_take(struct log_record *r)
{
	static const char *const hosts[] = {
		"host", "hostname", "node_name", "nodename", "node"};
	struct cursor c = cursor_of(r->message);
	struct view host = view_of(NULL, 0);
	bool any = false;
	if (!cursor_take(&c, '{'))
		return;
	do {
		struct view name;
		struct view value;
		cursor_skip_spaces(&c);
		if (!cursor_until(&c, '=', &name) || !cursor_take(&c, '"') ||
			!cursor_until(&c, '"', &value))
			return;
		for (size_t i = 0; i < sizeof hosts / sizeof *hosts; i++)
			if (view_is(name, hosts[i]))
				host = value;
		any = true;
	} while (cursor_take(&c, ','));
	if (!any || !cursor_take(&c, '}') || !cursor_take(&c, ' '))
		return;
	r->host = host;
	r->message = cursor_rest(&c);
}

/* "web-03 2026/11/21 09:14:58 [error] ...": the stream that a line is of, and the
 * line with a time of its own. Names of machines have digits, dashes or dots.
 * cite: docs.aws.amazon.com/cli/latest/reference/logs/tail.html (--format detailed) */
static void
stream_take(struct log_record *r)
{
	struct cursor c = cursor_of(r->message);
	struct view word = cursor_token(&c);
	struct log_time t;
	bool odd = false;
	for (size_t i = 0; i < word.len; i++) {
		bool sign = byte_among(word.data[i], "-.");
		if (!sign && !byte_letter(word.data[i]) &&
			!byte_digit(word.data[i]) && word.data[i] != '_')
			return;
		odd = odd || sign || byte_digit(word.data[i]);
	}
	if (!odd || word.len == 0 || !byte_letter(word.data[0]) ||
		!cursor_take(&c, ' '))
		return;
	struct view behind = cursor_rest(&c);
	cursor_take(&c, '[');
	if (!time_any(&c, &t) ||
		(t.kind != LOG_TIME_UTC && t.kind != LOG_TIME_LOCAL &&
			t.kind != LOG_TIME_LOCAL_NO_YEAR))
		return;
	r->host = word;
	r->message = behind;
}

bool
stamped_parse(struct view line, struct log_record *r, struct log_scratch *s)
{
	(void)s;
	struct cursor c = cursor_of(line);
	cursor_pri(&c, r);
	indent_skip(&c);
	if (epoch_take(&c, r)) {
		r->message = cursor_rest(&c);
		return true;
	}
	number_skip(&c);
	level_skip(&c, r);
	label_skip(&c);
	bool bracket = cursor_peek(&c) == '[';
	opening_skip(&c);
	if (!stamp_take(&c, bracket, &r->time))
		return false;
	/* "23:44:52FOO" is no time: what the zone is cannot be said. */
	if (byte_letter(cursor_peek(&c)) || byte_digit(cursor_peek(&c)))
		return false;
	closing_skip(&c);
	if (r->severity == LOG_SEVERITY_NONE)
		r->severity = severity_behind(c);
	r->message = cursor_rest(&c);
	program_take(c, r);
	if (r->host.len == 0) {
		labels_take(r);
		stream_take(r);
	}
	return true;
}
