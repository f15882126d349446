/*
 * Pieces that several envelopes share: numbers, PRI, severity, host and tag.
 *
 * spec: RFC 3164 section 4.1, RFC 5424 section 6.2.1
 */
#include "parsers/log/envelope.h"

#include "base/ip.h"
#include "parsers/log/log_time.h"

/* The largest PRI: facility 23, severity 7 (RFC 5424 section 6.2.1). */
#define PRI_MAX 191

bool
cursor_pri(struct cursor *c, struct log_record *r)
{
	int64_t pri;
	struct cursor at = *c;
	if (!cursor_take(&at, '<') || !cursor_number(&at, 3, &pri) ||
		pri > PRI_MAX || !cursor_take(&at, '>'))
		return false;
	r->severity = (uint8_t)(pri & 7);
	*c = at;
	return true;
}

/* Words of dmesg -x, nginx, Apache httpd, gunicorn, java.util.logging and common
   libraries; the numbers are RFC 5424 section 6.2.1's. */
static const struct {
	const char *word;
	uint8_t severity;
} severities[] = {
	{"emerg", 0},
	{"panic", 0},
	{"alert", 1},
	{"crit", 2},
	{"critical", 2},
	{"fatal", 2},
	{"severe", 3},
	{"err", 3},
	{"error", 3},
	{"eror", 3},
	{"warn", 4},
	{"warning", 4},
	{"notice", 5},
	{"info", 6},
	{"information", 6},
	{"config", 6},
	{"debug", 7},
	{"dbug", 7},
	{"fine", 7},
	{"finer", 7},
	{"finest", 7},
	{"trace", 7},
	{"verbose", 7},
};

/* A word in small letters, as it is or in capitals. */
static bool
word_is_same(struct view word, const char *small)
{
	size_t n = 0;
	while (n < word.len && small[n] != '\0' &&
		(word.data[n] | 0x20) == (uint8_t)small[n])
		n++;
	return n == word.len && small[n] == '\0';
}

uint8_t
severity_of(struct view word)
{
	for (size_t i = 0; i < sizeof severities / sizeof *severities; i++)
		if (word_is_same(word, severities[i].word))
			return severities[i].severity;
	return LOG_SEVERITY_NONE;
}

struct view
kernel_tag(void)
{
	return view_str("kernel");
}

struct view
scratch_add(struct log_scratch *s, const void *data, size_t len)
{
	if (len > s->room - s->len)
		len = s->room - s->len;
	uint8_t *to = s->data + s->len;
	if (len > 0)
		memcpy(to, data, len);
	s->len += len;
	return view_of(to, len);
}

/* Only digits: a sequence number of Cisco's, no program. */
static bool
is_all_digits(struct view v)
{
	for (size_t i = 0; i < v.len; i++)
		if (!byte_digit(v.data[i]))
			return false;
	return true;
}

/* "TAG:", "TAG[PID]:", taken apart; false when token is no tag. A message that
   names itself (%ASA-6-302014:, CEF:0|...) keeps its name. */
static bool
tag_take(struct view token, struct log_record *r)
{
	if (token.len < 2 || token.data[token.len - 1] != ':' ||
		byte_among(token.data[0], "%*<{\"(") ||
		view_is(token, "CEF:") || view_is(token, "LEEF:"))
		return false;
	token.len--;
	const uint8_t *open = memchr(token.data, '[', token.len);
	if (open != NULL && token.data[token.len - 1] == ']') {
		size_t n = (size_t)(open - token.data);
		r->pid = view_of(open + 1, token.len - n - 2);
		token.len = n;
	}
	r->tag = token;
	return token.len > 0 && !is_all_digits(token);
}

/* Facilities as syslogd names them (cite: POSIX syslog.h; RFC 5424 section
   6.2.1, table 1). */
static bool
is_facility(struct view v)
{
	static const char *const names[] = {"kern", "user", "mail", "daemon",
		"auth", "security", "syslog", "lpr", "news", "uucp", "cron",
		"authpriv", "ftp", "ntp", "local0", "local1", "local2",
		"local3", "local4", "local5", "local6", "local7"};
	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		if (view_is(v, names[i]))
			return true;
	return false;
}

bool
priority_word(struct view token, uint8_t *severity)
{
	if (token.len > 2 && token.data[0] == '<' &&
		token.data[token.len - 1] == '>')
		token = view_of(token.data + 1, token.len - 2);
	const uint8_t *point =
		token.len > 0 ? memchr(token.data, '.', token.len) : NULL;
	if (point == NULL)
		return false;
	size_t n = (size_t)(point - token.data);
	*severity = severity_of(view_skip(token, n + 1));
	return *severity != LOG_SEVERITY_NONE &&
		is_facility(view_of(token.data, n));
}

/* BusyBox and NetScaler write "kern.warn", F5 BIG-IP "err" between host and
   program. The bare level only before what is a program. */
static void
priority_take(struct cursor *c, struct log_record *r)
{
	struct cursor at = *c;
	uint8_t severity;
	struct view word = cursor_token(&at);
	bool whole = priority_word(word, &severity);
	if (!whole)
		severity = severity_of(word);
	if (severity == LOG_SEVERITY_NONE || !cursor_take(&at, ' '))
		return;
	struct cursor behind = at;
	struct log_record next = {0};
	if (!whole && !tag_take(cursor_token(&behind), &next))
		return;
	r->severity = severity;
	*c = at;
}

/* The program behind host and priority, if there is one. */
static void
tag_behind(struct cursor *c, struct log_record *r)
{
	struct cursor at = *c;
	/* Cisco: "HOST : %ASA-6-302014: text" */
	if (cursor_take_text(&at, ": %")) {
		c->p = at.p - 1;
		return;
	}
	if (tag_take(cursor_token(&at), r))
		*c = at;
	else
		r->tag = r->pid = view_of(NULL, 0);
}

/* "10.1.0.2:40131   10.2.0.2:80": a table's column is no host. */
static bool
is_end_of_table(struct view word, const struct cursor *behind)
{
	struct ip_addr ip;
	uint64_t port;
	const uint8_t *colon = memrchr(word.data, ':', word.len);
	return colon != NULL && cursor_left(behind) > 1 &&
		behind->p[0] == ' ' && behind->p[1] == ' ' &&
		ip_read(view_of(word.data, (size_t)(colon - word.data)), &ip) &&
		view_number(view_skip(word, (size_t)(colon + 1 - word.data)),
			UINT16_MAX, &port);
}

/* "E1120 23:41:22.123456 ": of klog. */
static bool
is_klog(struct cursor c)
{
	struct log_time t;
	int day;
	return byte_among(cursor_peek(&c), "IWEF") && c.p++ < c.end &&
		cursor_digits(&c, 4, &day) && cursor_take(&c, ' ') &&
		time_read(&c, "%T", &t);
}

/* " [20/Nov/2026:" or " - - [20/Nov/2026:" behind an address: of a proxy. */
static bool
is_requests(struct cursor c)
{
	if (cursor_take_text(&c, " - "))
		cursor_token(&c);
	return cursor_take_text(&c, " [") && byte_digit(cursor_peek(&c));
}

/*
 * Does a whole line with its own time or form stand where a host would? Then what
 * stands before it is a stamp that somebody else put there.
 * cite: moreutils ts(1)
 */
static bool
is_whole_line(struct cursor c)
{
	struct log_time t;
	struct ip_addr ip;
	struct cursor behind = c;
	struct view first = cursor_token(&behind);
	if (first.len == 0 || first.data[0] == '{')
		return first.len > 0;
	if (first.data[0] == '[')
		return first.len < 3 || first.data[first.len - 1] != ']' ||
			!ip_read(view_of(first.data + 1, first.len - 2), &ip);
	if (byte_digit(first.data[0]))
		return is_requests(behind) || time_any(&c, &t);
	/* Weekdays and months have three letters. */
	return is_klog(c) || memchr(first.data, '=', first.len) != NULL ||
		(first.len == 3 && time_any(&c, &t));
}

/* What the kernel's own lines begin with: of no program, where neither a machine
 * nor a process number stands by it.
 * cite: Linux 6.12 pr_fmt of net/netfilter/nf_conntrack_core.c,
 * net/ipv4/tcp_input.c, net/core/neighbour.c, net/core/utils.c; 2.6.32
 * net/ipv4/netfilter/ip_conntrack_core.c */
static bool
is_kernels_part(struct view tag)
{
	static const char *const parts[] = {"nf_conntrack", "ip_conntrack",
		"nf_nat", "TCP", "request_sock_TCP", "neighbour", "Neighbour",
		"net_ratelimit", "IPv4", "IPv6", "IPVS", "xt_hashlimit"};
	for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
		if (view_is(tag, parts[i]))
			return true;
	return false;
}

/* The first word of what a program says, behind a stamp that somebody else put
 * there (ts): machines are called otherwise. Only where no program's name stands
 * behind it. cite: moreutils ts(1) */
static bool
is_sentence(struct view word)
{
	static const char *const starts[] = {"a", "an", "all", "attempt",
		"attempting", "cannot", "check", "checking", "connect",
		"connecting", "connection", "could", "done", "dial", "error",
		"exception", "failed", "failure", "fatal", "get", "giving",
		"got", "http", "info", "is", "lost", "no", "not", "ok",
		"operation", "post", "read", "reading", "received",
		"reconnecting", "request", "retry", "retrying", "sending",
		"sleeping", "socket", "still", "success", "the", "there",
		"timed", "timeout", "trying", "unable", "upstream", "waiting",
		"warn", "warning", "will", "write"};
	for (size_t i = 0; i < word.len; i++)
		if (byte_among(word.data[i], "'\"(),;!?"))
			return true;
	for (size_t i = 0; i < sizeof starts / sizeof *starts; i++)
		if (word_is_same(word, starts[i]))
			return true;
	return false;
}

bool
host_tag_message(struct cursor *c, struct log_record *r)
{
	uint8_t severity;
	struct ip_addr ip;
	cursor_skip_spaces(c);
	struct cursor start = *c;
	if (is_whole_line(start))
		return false;
	struct view first = cursor_token(c);
	if (first.len == 0)
		return false;
	if (is_end_of_table(first, c)) {
		*c = start;
		r->message = cursor_rest(c);
		return true;
	}
	if (priority_word(first, &severity)) {
		r->severity = severity;
		cursor_skip_spaces(c);
		tag_behind(c, r);
	} else if (!tag_take(first, r)) {
		if (first.data[0] == '%') {
			*c = start;
			r->tag = r->pid = view_of(NULL, 0);
			r->message = cursor_rest(c);
			return true;
		}
		r->host = first;
		r->tag = r->pid = view_of(NULL, 0);
		cursor_skip_spaces(c);
		priority_take(c, r);
		tag_behind(c, r);
		if (r->tag.len == 0 && is_sentence(first)) {
			r->host = view_of(NULL, 0);
			*c = start;
		}
	} else if (r->pid.len == 0 && is_kernels_part(r->tag)) {
		r->tag = kernel_tag();
		*c = start;
	} else if (r->pid.len == 0 && ip_read(r->tag, &ip)) {
		r->host = r->tag;
		r->tag = view_of(NULL, 0);
		cursor_skip_spaces(c);
		priority_take(c, r);
		tag_behind(c, r);
	}
	cursor_take(c, ' ');
	r->message = cursor_rest(c);
	if (view_is(r->tag, "kernel"))
		kernel_message(r);
	return true;
}

/* "[    T1] " or "[   C0] ": thread or processor, with CONFIG_PRINTK_CALLER
   (cite: kernel/printk/printk.c print_caller, Linux 6.12). */
static void
caller_skip(struct cursor *c)
{
	struct cursor at = *c;
	int64_t n;
	if (!cursor_take(&at, '['))
		return;
	cursor_skip_spaces(&at);
	if (!cursor_take(&at, 'T') && !cursor_take(&at, 'C'))
		return;
	if (!cursor_number(&at, 10, &n) || !cursor_take(&at, ']'))
		return;
	cursor_take(&at, ' ');
	*c = at;
}

void
kernel_message(struct log_record *r)
{
	struct cursor c = cursor_of(r->message);
	struct cursor at = c;
	struct log_time stamp;
	cursor_skip_spaces(&at);
	if (cursor_take(&at, '[') && time_boot(&at, &stamp) &&
		cursor_take(&at, ']')) {
		cursor_take(&at, ' ');
		r->second = stamp;
		c = at;
	}
	caller_skip(&c);
	r->message = cursor_rest(&c);
}
