/*
 * What a parser handed out, kept for the tests: every record as one line of
 * text, so that a test can say which lines it wants.
 *
 *	counter  SCOPE|NAME=VALUE (gauge: "~" before the value)
 *	setting  SCOPE|NAME:VALUE
 *	socket   STATE RECVQ/SENDQ LOCAL PEER rN PROCESS
 *	conntrack PROTO STATE TIMEOUT SRC>DST REPLYSRC>REPLYDST FLAGS
 *	drop     CLOCK TIME REASON LOCATION xCOUNT SRC>DST
 */
#ifndef TESTS_UNIT_HOST_SEEN_H
#define TESTS_UNIT_HOST_SEEN_H

#include <inttypes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "parsers/host/host.h"

#define SEEN_TEXT_MAX 400000

struct seen {
	size_t len; /* of text */
	uint64_t counters;
	uint64_t settings;
	uint64_t sockets;
	uint64_t conntracks;
	uint64_t drops;
	unsigned anomalies[ANOMALY_COUNT];
	uint32_t line_max; /* the highest line number that a record named */
	struct host_result result;
	/* Last, and not cleared: lines, each ended by \n; NUL-terminated. */
	char text[SEEN_TEXT_MAX];
};

static inline void
seen_line(struct seen *s, uint32_t line, const char *format, ...)
{
	va_list args;
	va_start(args, format);
	char text[2048];
	int n = vsnprintf(text, sizeof text, format, args);
	va_end(args);
	size_t len = n < (int)sizeof text ? (size_t)n : sizeof text - 1;
	if (line > s->line_max)
		s->line_max = line;
	if (s->len + len + 2 > sizeof s->text)
		return;
	memcpy(s->text + s->len, text, len);
	s->len += len;
	s->text[s->len++] = '\n';
	s->text[s->len] = '\0';
}

#define VIEW(v) (int)((v).len < 500 ? (v).len : 500), (const char *)(v).data

static inline const char *
seen_end(struct host_endpoint e, char text[IP_TEXT_MAX + 8])
{
	char ip[IP_TEXT_MAX] = "-";
	if (e.known)
		ip_format(e.ip, ip);
	if (e.port == HOST_UNKNOWN)
		snprintf(text, IP_TEXT_MAX + 8, "%s,-", ip);
	else
		snprintf(text, IP_TEXT_MAX + 8, "%s,%" PRId32, ip, e.port);
	return text;
}

static inline void
seen_counter(void *context, const struct host_counter *c)
{
	struct seen *s = context;
	s->counters++;
	seen_line(s, c->line, "%.*s|%.*s=%s%" PRId64, VIEW(c->scope),
		VIEW(c->name), c->gauge ? "~" : "", c->value);
}

static inline void
seen_setting(void *context, const struct host_setting *t)
{
	struct seen *s = context;
	s->settings++;
	seen_line(s, t->line, "%.*s|%.*s:%.*s", VIEW(t->scope), VIEW(t->name),
		VIEW(t->value));
}

static inline void
seen_socket(void *context, const struct host_socket *k)
{
	struct seen *s = context;
	char local[IP_TEXT_MAX + 8];
	char peer[IP_TEXT_MAX + 8];
	s->sockets++;
	seen_line(s, k->line,
		"%.*s %" PRId64 "/%" PRId64 " %s %s r%" PRId32 " %.*s",
		VIEW(k->state), k->recv_q, k->send_q, seen_end(k->local, local),
		seen_end(k->peer, peer), k->retransmits, VIEW(k->process));
}

static inline void
seen_conntrack(void *context, const struct host_conntrack *c)
{
	struct seen *s = context;
	char end[4][IP_TEXT_MAX + 8];
	s->conntracks++;
	seen_line(s, c->line, "%u %.*s %" PRId64 " %s>%s %s>%s%s%s",
		c->protocol, VIEW(c->state), c->timeout_s,
		seen_end(c->src, end[0]), seen_end(c->dst, end[1]),
		seen_end(c->reply_src, end[2]), seen_end(c->reply_dst, end[3]),
		c->unreplied ? " unreplied" : "", c->assured ? " assured" : "");
}

static inline void
seen_drop(void *context, const struct host_drop *d)
{
	static const char *const clocks[] = {
		"none", "boot", "epoch", "start", "local"};
	struct seen *s = context;
	char end[2][IP_TEXT_MAX + 8];
	s->drops++;
	seen_line(s, d->line, "%s %" PRId64 " %s%.*s %.*s x%" PRIu32 " %s>%s",
		clocks[d->clock], d->time_ns, d->reason_is_number ? "#" : "",
		VIEW(d->reason), VIEW(d->location), d->count,
		seen_end(d->src, end[0]), seen_end(d->dst, end[1]));
}

static inline void
seen_anomaly(void *context, enum anomaly a, uint64_t at)
{
	struct seen *s = context;
	(void)at;
	s->anomalies[a]++;
}

/* Lines as an editor counts them. */
static inline uint64_t
lines_in(struct view v)
{
	uint64_t n = 0;
	for (size_t i = 0; i < v.len; i++)
		n += v.data[i] == '\n';
	return n + (v.len > 0 && v.data[v.len - 1] != '\n');
}

/* Parse an exact copy, so that a read past the end is a read past a block, and
   check what host.h promises of every run. */
static inline void
see(struct seen *s, enum host_kind kind, struct view whole, const char *name)
{
	struct host_sink sink = {
		.context = s,
		.counter = seen_counter,
		.setting = seen_setting,
		.socket = seen_socket,
		.conntrack = seen_conntrack,
		.drop = seen_drop,
		.anomalies = {.note = seen_anomaly, .context = s},
	};
	uint8_t *exact = malloc(whole.len > 0 ? whole.len : 1);
	assert_non_null(exact);
	if (whole.len > 0)
		memcpy(exact, whole.data, whole.len);
	memset(s, 0, offsetof(struct seen, text));
	s->text[0] = '\0';
	host_parse(kind, view_of(exact, whole.len), name, &sink, &s->result);
	free(exact);
	const struct host_result *r = &s->result;
	/* A byte order mark with nothing behind it is no line. */
	assert_true(r->lines <= lines_in(whole));
	assert_true(r->lines + 1 >= lines_in(whole));
	assert_int_equal(r->lines, r->recognised + r->other);
	assert_int_equal(r->counters, s->counters);
	assert_int_equal(r->settings, s->settings);
	assert_int_equal(r->sockets, s->sockets);
	assert_int_equal(r->conntracks, s->conntracks);
	assert_int_equal(r->drops, s->drops);
	assert_true(s->line_max <= r->lines);
}

/* Was this line handed out? */
static inline bool
seen_has(const struct seen *s, const char *line)
{
	size_t n = strlen(line);
	for (const char *at = s->text; (at = strstr(at, line)) != NULL; at++)
		if ((at == s->text || at[-1] == '\n') && at[n] == '\n')
			return true;
	return false;
}

static inline void
want(const struct seen *s, const char *line)
{
	if (!seen_has(s, line))
		fail_msg("no record \"%s\" in:\n%.3000s", line, s->text);
}

#endif
