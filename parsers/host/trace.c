/*
 * Packets that the kernel threw away, from ftrace, perf and dropwatch.
 *
 * spec: Linux 6.12 include/trace/events/skb.h kfree_skb, Documentation/trace/
 * ftrace.rst; perf-script(1), perf-trace(1); dropwatch 1.5 src/main.c,
 * and gist.github.com/idosch/3d524b887e16bc11b4b19e25c23dcc23 for its alerts.
 *
 *	python3-19055 [001] .Ns1.   785.782005: kfree_skb: skbaddr=.. rx_sk=.. protocol=2048 location=nft_do_chain+0x3e8/0x610 reason: NETFILTER_DROP
 *	python3 30922 [001]  1885.601036: skb:kfree_skb: skbaddr=.. location=tcp_v4_rcv+0x91 reason: NO_SOCKET
 *	 0.167 python3/30922 skb:kfree_skb(skbaddr: .., location: 0xffffffff82033251, protocol: 2048, reason: 3)
 *	1 drops at tcp_v4_rcv+91 (0xffffffff82033251) [software]
 *	drop at: nf_hook_slow+0x9a/0xc0 (0xffffffff8e1c3f5a)    (alertmode packet)
 *	timestamp: Fri Nov 20 09:14:58 2026 123456789 nsec       (local time)
 *	drop reason: NETFILTER_DROP
 *
 * Other events of the trace are recognised and read over. Reasons came with 5.17;
 * as numbers (perf trace) they mean different things in different kernels and
 * are handed on as such. Events that the tracer itself lost are a level,
 * trace_lost_events: with it, absence means nothing.
 */
#include "base/clock.h"
#include "parsers/host/endpoint.h"
#include "parsers/host/formats.h"
#include "parsers/host/wall_time.h"

#define US_PLACES 6
#define MS_PLACES 3

static bool
is_event(struct view line)
{
	return view_has(line, "]") && view_has(line, ": ") &&
		(view_has(line, ": kfree_skb: ") ||
			view_has(line, " skb:kfree_skb: "));
}

static bool
is_perf_trace(struct view line)
{
	return view_has(line, " skb:kfree_skb(");
}

static bool
is_dropwatch(struct view line)
{
	struct view rest = line;
	return is_number(word_next(&rest)) &&
		view_begins(view_trim(rest), "drops at ");
}

static bool
is_alert(struct view line)
{
	return view_begins(line, "drop at: ");
}

/* Where an event of that name stands behind its time, with perf's group in front or
   without; TEXT_NOWHERE. */
static size_t
event_at(struct view line, const char *name)
{
	static const char *const groups[] = {": ", ": tcp:", ": sock:"};
	size_t named = view_find(line, name);
	if (named == TEXT_NOWHERE)
		return TEXT_NOWHERE;
	for (size_t i = 0; i < sizeof groups / sizeof groups[0]; i++) {
		size_t n = strlen(groups[i]);
		if (named >= n &&
			view_begins(view_skip(line, named - n), groups[i]))
			return named - n + 1;
	}
	return TEXT_NOWHERE;
}

/* Others of TCP, whose ends are told. */
static bool
is_tcp_event(struct view line)
{
	static const char *const events[] = {"tcp_send_reset: ",
		"inet_sock_set_state: ", "tcp_bad_csum: ", "tcp_hash_"};
	for (size_t i = 0; i < sizeof events / sizeof events[0]; i++)
		if (event_at(line, events[i]) != TEXT_NOWHERE &&
			view_has(line, "] "))
			return true;
	return false;
}

static bool
is_trace_line(struct view line)
{
	return view_begins(line, "# tracer: ") || is_event(line) ||
		view_has(line, ": tcp_retransmit_") ||
		view_has(line, " tcp:tcp_retransmit_") || is_tcp_event(line) ||
		is_perf_trace(line) || is_dropwatch(line) || is_alert(line);
}

enum host_match
trace_recognise(struct view head)
{
	return head_has(head, is_trace_line);
}

/* The word behind a key, up to a blank, a comma or a closing parenthesis. */
static struct view
value_of(struct view line, const char *key)
{
	size_t at = view_find(line, key);
	if (at == TEXT_NOWHERE)
		return view_str("");
	struct view rest = view_skip(line, at + strlen(key));
	struct view word = word_next(&rest);
	word = view_first(word, view_find(word, ","));
	return view_first(word, view_find(word, ")"));
}

/* "[001] .Ns1.   785.782005:": the word that ends in ":" and is a time. */
static bool
time_read(struct view line, struct host_drop *d)
{
	struct view word;
	int64_t us;
	while ((word = word_next(&line)).len > 0) {
		if (!view_ends(word, ":") || !view_has(word, "."))
			continue;
		word.len--;
		if (decimal_read(word, US_PLACES, &us) == NUMBER_GOOD &&
			us >= 0 && us <= INT64_MAX / NS_PER_US) {
			d->clock = HOST_CLOCK_BOOT;
			d->time_ns = us * NS_PER_US;
			return true;
		}
	}
	return false;
}

/* The time stands before the event's name; a command may hold anything. */
static bool
event_time_read(struct view line, struct host_drop *d)
{
	size_t at = view_find(line, ": kfree_skb: ");
	if (at == TEXT_NOWHERE)
		at = view_find(line, " skb:kfree_skb: ");
	else
		at++; /* with the colon */
	struct view before = view_first(line, at);
	size_t blank = view_find_last(before, ' ');
	return blank != TEXT_NOWHERE && time_read(view_skip(before, blank), d);
}

static void
event_read(struct host_run *r)
{
	struct host_drop d = drop_none();
	d.reason = value_of(r->line, "reason: ");
	d.location = value_of(r->line, "location=");
	if (!event_time_read(r->line, &d) || run_line_is_cut(r)) {
		run_malformed(r);
		return;
	}
	d.reason_is_number = is_number(d.reason);
	emit_drop(r, &d);
	run_claim(r);
}

/* Milliseconds since the trace began come first. */
static void
perf_trace_read(struct host_run *r)
{
	struct host_drop d = drop_none();
	struct view rest = r->line;
	int64_t us;
	d.reason = value_of(r->line, "reason: ");
	d.location = value_of(r->line, "location: ");
	if (run_line_is_cut(r) ||
		decimal_read(word_next(&rest), MS_PLACES, &us) != NUMBER_GOOD ||
		us < 0 || us > INT64_MAX / NS_PER_US) {
		run_malformed(r);
		return;
	}
	d.clock = HOST_CLOCK_START;
	d.time_ns = us * NS_PER_US;
	d.reason_is_number = is_number(d.reason);
	emit_drop(r, &d);
	run_claim(r);
}

static void
dropwatch_read(struct host_run *r)
{
	struct host_drop d = drop_none();
	struct view rest = r->line;
	int64_t n = 0;
	d.location = value_of(r->line, "drops at ");
	if (number_read(word_next(&rest), 10, &n) != NUMBER_GOOD || n < 1 ||
		n > UINT32_MAX || run_line_is_cut(r)) {
		run_malformed(r);
		return;
	}
	d.count = (uint32_t)n;
	emit_drop(r, &d);
	run_claim(r);
}

/* "Fri Nov 20 09:14:58 2026 123456789 nsec", on the wall clock of the host. */
static bool
stamp_read(struct view text, struct host_drop *d)
{
	int64_t nsec;
	struct view words[7];
	if (words_split(text, words, 7) != 7 ||
		!view_equal(words[6], view_str("nsec")) ||
		number_read(words[5], 10, &nsec) != NUMBER_GOOD || nsec < 0 ||
		nsec >= NS_PER_S)
		return false;
	struct view date = view_of(words[1].data,
		(size_t)(words[4].data + words[4].len - words[1].data));
	if (!wall_time_read(date, &d->time_ns))
		return false;
	d->time_ns += nsec;
	d->clock = HOST_CLOCK_LOCAL;
	return true;
}

/* What an alert says of its packet, in any order; other lines end it. */
static bool
alert_line_read(struct host_run *r, struct host_drop *d)
{
	static const char *const others[] = {"origin: ", "input port ",
		"protocol: ", "length: ", "original length: ",
		"flow action cookie"};
	if (view_begins(r->line, "drop reason: ")) {
		if (run_line_is_cut(r))
			run_malformed(r);
		else
			d->reason = value_of(r->line, "drop reason: ");
		return true;
	}
	if (view_begins(r->line, "timestamp: ")) {
		if (run_line_is_cut(r) ||
			!stamp_read(
				view_skip(r->line, strlen("timestamp: ")), d))
			run_malformed(r);
		return true;
	}
	for (size_t i = 0; i < sizeof others / sizeof *others; i++)
		if (view_begins(r->line, others[i]))
			return true;
	return false;
}

/* An alert is handed on where the next one begins, as of its own first line. */
static void
alert_end(struct host_run *r, struct host_drop *d, uint32_t *line)
{
	uint32_t now = r->number;
	if (*line == 0)
		return;
	r->number = *line;
	emit_drop(r, d);
	r->number = now;
	*line = 0;
}

/* "src=10.2.0.2:443 dest=10.1.0.2:40131", "src=[::1]:443", as %pISpc prints it. */
static bool
ends_of(struct view line, struct host_endpoint *src, struct host_endpoint *dst)
{
	return endpoint_read(value_of(line, " src="), src) && src->known &&
		endpoint_read(value_of(line, " dest="), dst) && dst->known;
}

/*
 * Events that tell of one packet that was refused, and how a drop's reason calls
 * it. Of a reset that was sent, the ends are those of the reset: the packet came
 * from the other. A reset of an established connection says nothing of a lost
 * SYN; only that nobody listened is told. cite: Linux 6.12
 * include/trace/events/tcp.h tcp_send_reset, tcp_bad_csum, tcp_hash_event; the
 * reasons of include/net/dropreason-core.h
 */
static bool
refused_read(struct host_run *r)
{
	static const struct {
		const char *event;
		const char *reason;
	} rows[] = {{"tcp_bad_csum: ", "TCP_CSUM"},
		{"tcp_hash_md5_required: ", "TCP_MD5NOTFOUND"},
		{"tcp_hash_md5_unexpected: ", "TCP_MD5UNEXPECTED"},
		{"tcp_hash_md5_mismatch: ", "TCP_MD5FAILURE"},
		{"tcp_hash_ao_required: ", "TCP_AONOTFOUND"},
		{"tcp_send_reset: ", "NO_SOCKET"}};
	struct host_drop d = drop_none();
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		size_t at = event_at(r->line, rows[i].event);
		if (at == TEXT_NOWHERE)
			continue;
		bool reset =
			view_is(view_str(rows[i].event), "tcp_send_reset: ");
		if (reset &&
			!view_is(value_of(r->line, " reason="), "NO_SOCKET"))
			return false;
		struct view before = view_first(r->line, at);
		size_t blank = view_find_last(before, ' ');
		if (run_line_is_cut(r) || blank == TEXT_NOWHERE ||
			!time_read(view_skip(before, blank), &d) ||
			!ends_of(r->line, reset ? &d.dst : &d.src,
				reset ? &d.src : &d.dst))
			return false;
		d.reason = view_str(rows[i].reason);
		emit_drop(r, &d);
		run_claim(r);
		return true;
	}
	return false;
}

/*
 * "tcp_retransmit_skb: .. sport=40131 dport=80 saddr=.. daddr=.. state=TCP_SYN_SENT"
 * and "tcp_retransmit_synack", whose socket waits for the last ACK: a socket in its
 * state, as tcpretrans tells it; "inet_sock_set_state: .. newstate=", as tcpstates
 * does. cite: Linux 6.12 include/trace/events/tcp.h, sock.h
 */
static bool
retransmit_read(struct host_run *r)
{
	bool synack = view_has(r->line, "tcp_retransmit_synack:");
	struct host_endpoint local = endpoint_none();
	struct host_endpoint peer = endpoint_none();
	/* Of a socket's changes of state only the end of a try that failed: the
	   others are no picture of what the sockets are. */
	bool change = view_has(r->line, "inet_sock_set_state: ") &&
		view_has(r->line, "protocol=IPPROTO_TCP") &&
		view_is(value_of(r->line, " oldstate="), "TCP_SYN_SENT") &&
		view_is(value_of(r->line, " newstate="), "TCP_CLOSE");
	if (!synack && !change && !view_has(r->line, "tcp_retransmit_skb:"))
		return false;
	local.known = address_read(value_of(r->line, " saddr="), &local.ip);
	peer.known = address_read(value_of(r->line, " daddr="), &peer.ip);
	if (address_read(value_of(r->line, " saddrv6="), &local.ip))
		address_read(value_of(r->line, " daddrv6="), &peer.ip);
	local.port = port_read(value_of(r->line, " sport="));
	peer.port = port_read(value_of(r->line, " dport="));
	struct view word = value_of(r->line, change ? " newstate=" : " state=");
	if (view_begins(word, "TCP_"))
		word = view_skip(word, strlen("TCP_"));
	struct view state = synack ? view_str("SYN-RECV") : state_read(word);
	if (!local.known || !peer.known || run_line_is_cut(r))
		return false;
	struct host_socket s = {
		.state = state.len > 0 ? state : view_str("UNKNOWN"),
		.recv_q = HOST_UNKNOWN,
		.send_q = HOST_UNKNOWN,
		.local = local,
		.peer = peer,
		.retransmits = HOST_UNKNOWN,
		.process = view_str(""),
	};
	emit_socket(r, &s);
	run_claim(r);
	return true;
}

/* "comm-pid [cpu] flags time: event: ..." of any other event. */
static bool
is_other_event(struct view line)
{
	struct host_drop d;
	size_t at = view_find(line, " [");
	return at != TEXT_NOWHERE && time_read(view_skip(line, at), &d);
}

/* "CPU:0 [LOST 123 EVENTS]", "LOST 12 events!" */
static bool
lost_read(struct host_run *r)
{
	struct view rest = r->line;
	size_t at = view_find(rest, "LOST ");
	if (at == TEXT_NOWHERE ||
		!(view_has(rest, "EVENTS") || view_has(rest, "events")))
		return false;
	rest = view_skip(rest, at + strlen("LOST "));
	return emit_value(r, view_str(""), view_str("trace_lost_events"),
		word_next(&rest), VALUE_GAUGE);
}

void
trace_parse(struct host_run *r)
{
	struct host_drop alert = drop_none();
	uint32_t alert_at = 0; /* its first line; 0: none is open */
	while (run_next(r)) {
		if (alert_at != 0 && alert_line_read(r, &alert)) {
			run_claim(r);
			continue;
		}
		if (!run_line_is_cut(r))
			alert_end(r, &alert, &alert_at);
		if (run_blank(r))
			continue;
		if (is_alert(r->line) && !run_line_is_cut(r)) {
			alert = drop_none();
			alert.location = value_of(r->line, "drop at: ");
			alert_at = r->number;
			run_claim(r);
		} else if (is_event(r->line))
			event_read(r);
		else if (is_perf_trace(r->line))
			perf_trace_read(r);
		else if (is_dropwatch(r->line))
			dropwatch_read(r);
		else if (refused_read(r) || retransmit_read(r) ||
			view_begins(r->line, "#") || lost_read(r) ||
			is_other_event(r->line))
			run_claim(r);
	}
	/* What a file breaks off in has no reason yet. */
	if (alert_at != 0 && alert.reason.len == 0)
		run_malformed(r);
	else
		alert_end(r, &alert, &alert_at);
}
