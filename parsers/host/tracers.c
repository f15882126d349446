/*
 * Dropped packets with their addresses, from tools that trace a kernel or a
 * datapath.
 *
 * spec: iovisor/bcc tools/tcpdrop.py, tools/tcpretrans.py and their
 * *_example.txt; bpftrace tools/tcpdrop.bt; cilium/pwru
 * internal/pwru/output.go; cilium pkg/monitor/datapath_drop.go and
 * datapath_policy.go; nft(8), MONITOR, and libnftnl src/trace.c; iptables
 * iptables/xtables-monitor.c trace_cb, xtables-monitor(8).
 *
 *	23:41:22 0      4  192.0.2.10:40131     > 198.51.100.20:80     LISTEN (SYN)
 *	23:41:22 0      4  192.0.2.10:40131     R> 198.51.100.20:80    SYN_SENT
 *	0xffff000000001000 1 ~r/bin/curl:8493 .. 192.0.2.10:40131->198.51.100.20:80(tcp) kfree_skb_reason(SKB_DROP_REASON_NETFILTER_DROP)
 *	xx drop (Policy denied) flow 0x0 to endpoint 0, .. identity 1->2: 192.0.2.10:40131 -> 198.51.100.20:80 tcp SYN
 *	Policy verdict log: flow 0x0 .. action deny, match none, 192.0.2.10:40131 -> 198.51.100.20:80 tcp SYN
 *	trace id a95ea7ef ip filter input rule tcp dport 80 drop (verdict drop)
 *	 TRACE: 2 a95ea7ef filter:INPUT:rule:0x7:DROP  -4 -t filter -A INPUT -j DROP
 *
 * The first two print a time of day without a date or zone, which is no time.
 * bpftrace's tool prints the socket's addresses, bcc's the packet's. A
 * retransmission is a socket in its state. Lines of stacks, and packets that
 * pwru saw without a drop, are read over.
 */
#include "parsers/host/endpoint.h"
#include "parsers/host/formats.h"

#define REASON_PREFIX "SKB_DROP_REASON_"

/* Columns of pwru's widest output and of the others. */
#define WORDS_MAX 24

static bool
is_table(struct view line)
{
	return (view_has(line, "SADDR:SPORT") &&
		       view_has(line, "DADDR:DPORT")) ||
		(view_has(line, "LADDR:LPORT") &&
			view_has(line, "RADDR:RPORT"));
}

/* A row of tcpdrop or tcpretrans, whose heading may be cut off: a time of day, a
   process, the version of IP, two ends and a state. */
static bool
is_row(struct view line, bool *retransmits)
{
	struct view w[WORDS_MAX];
	struct host_endpoint end;
	size_t n = words_split(line, w, WORDS_MAX);
	size_t at = n > 3 && !endpoint_read(w[3], &end) ? 4 : 3;
	if (n < at + 4 || w[0].len != 8 || w[0].data[2] != ':' ||
		w[0].data[5] != ':' || !is_number(w[1]) ||
		!(view_is(w[at - 1], "4") || view_is(w[at - 1], "6")) ||
		!endpoint_read(w[at], &end) || !end.known ||
		!endpoint_read(w[at + 2], &end) || !end.known ||
		state_read(w[at + 3]).len == 0)
		return false;
	*retransmits = view_is(w[at + 1], "R>") || view_is(w[at + 1], "L>");
	return *retransmits || view_is(w[at + 1], ">");
}

/* Of a policy's verdicts only the denials are drops. */
static bool
is_cilium_verdict(struct view line)
{
	return view_has(line, "Policy verdict log: flow ");
}

static bool
is_cilium(struct view line)
{
	return (view_has(line, "xx drop (") || is_cilium_verdict(line)) &&
		view_has(line, " -> ");
}

static bool
is_nft_trace(struct view line)
{
	return view_begins(line, "trace id ");
}

/* "PACKET: 2 a95ea7ef ...", " TRACE: 2 a95ea7ef table:chain:rule:0x7:DROP ..." */
static bool
is_xtables_trace(struct view line)
{
	struct view rest = line;
	struct view word = word_next(&rest);
	int64_t id;
	bool trace = view_equal(word, view_str("TRACE:"));
	return (trace || view_equal(word, view_str("PACKET:"))) &&
		is_number(word_next(&rest)) &&
		number_read(word_next(&rest), 16, &id) == NUMBER_GOOD &&
		(!trace || view_has(word_next(&rest), ":"));
}

/* Later versions have the flags behind the protocol; a time may stand in front.
   The first versions end with the tuple. */
static bool
is_pwru(struct view line)
{
	struct view rest = line;
	struct view word = word_next(&rest);
	return view_has(line, "->") &&
		(view_has(line, "(tcp) ") || view_has(line, "(tcp:") ||
			view_ends(view_trim(line), "(tcp)")) &&
		(view_begins(word, "0x") ||
			view_begins(word_next(&rest), "0x"));
}

static bool
is_tracer_line(struct view line)
{
	bool retransmits;
	return is_table(line) || is_row(line, &retransmits) ||
		is_cilium(line) || is_nft_trace(line) ||
		is_xtables_trace(line) || is_pwru(line);
}

enum host_match
tracers_recognise(struct view head)
{
	return head_has(head, is_tracer_line);
}

static struct view
reason_of(struct view word)
{
	return view_begins(word, REASON_PREFIX)
		? view_skip(word, strlen(REASON_PREFIX))
		: word;
}

/* "192.0.2.10:40131->198.51.100.20:80": both or nothing. */
static bool
ends_read(struct view src, struct view dst, struct host_drop *d)
{
	return endpoint_read(src, &d->src) && endpoint_read(dst, &d->dst) &&
		d->src.known && d->dst.known;
}

static void
socket_emit(struct host_run *r, const struct host_drop *d, struct view state)
{
	struct view known = state_read(state);
	struct host_socket s = {
		.state = known.len > 0 ? known : view_str("UNKNOWN"),
		.recv_q = HOST_UNKNOWN,
		.send_q = HOST_UNKNOWN,
		.local = d->src,
		.peer = d->dst,
		.retransmits = HOST_UNKNOWN,
		.process = view_str(""),
	};
	emit_socket(r, &s);
}

/* How many words behind the second end the heading has REASON; 0: it has none. */
static size_t
reason_column(struct view heading)
{
	struct view words[WORDS_MAX];
	size_t n = words_split(heading, words, WORDS_MAX);
	size_t end = n;
	for (size_t i = 0; i < n; i++)
		if (view_equal(words[i], view_str("DADDR:DPORT")))
			end = i;
	for (size_t i = end; i < n; i++)
		if (view_equal(words[i], view_str("REASON")))
			return i - end;
	return 0;
}

/* "NETFILTER_DROP", or its number, which kernels count differently. */
static void
reason_take(struct host_drop *d, struct view word)
{
	word = reason_of(word);
	d->reason_is_number = is_number(word);
	for (size_t i = 0; i < word.len; i++)
		if (!byte_digit(word.data[i]) && word.data[i] != '_' &&
			(word.data[i] < 'A' || word.data[i] > 'Z'))
			return;
	d->reason = word;
}

/* The first two words that are ends, whatever stands between; behind them the
   state, and in later versions the reason. */
static bool
table_line_read(struct host_run *r, bool retransmits, size_t reason)
{
	struct view words[WORDS_MAX];
	size_t n = words_split(r->line, words, WORDS_MAX);
	struct host_drop d = drop_none();
	size_t i = 0;
	while (i + 1 < n && !(endpoint_read(words[i], &d.src) && d.src.known))
		i++;
	size_t k = i + 1;
	while (k < n && view_ends(words[k], ">"))
		k++;
	if (k >= n || !ends_read(words[i], words[k], &d))
		return false;
	if (run_line_is_cut(r)) {
		run_malformed(r);
		return true;
	}
	if (reason > 0 && k + reason < n)
		reason_take(&d, words[k + reason]);
	for (size_t w = k + 1; w < n; w++)
		if (view_begins(words[w], REASON_PREFIX))
			d.reason = reason_of(words[w]);
	if (retransmits)
		socket_emit(r, &d, k + 1 < n ? words[k + 1] : view_str(""));
	else
		emit_drop(r, &d);
	run_claim(r);
	return true;
}

static void
cilium_read(struct host_run *r)
{
	struct host_drop d = drop_none();
	struct view rest = view_skip(r->line, view_find(r->line, "xx drop ("));
	struct view reason = view_skip(rest, strlen("xx drop ("));
	d.reason = view_first(reason, view_find(reason, ") flow "));
	d.location = view_between(rest, "file ", ",");
	if (is_cilium_verdict(r->line)) {
		if (!view_has(r->line, ", action deny,")) {
			run_claim(r);
			return;
		}
		rest = r->line;
		d.reason = view_str("Policy denied");
		d.location = view_str("");
	}
	size_t at = view_find(rest, " -> ");
	struct view before = view_first(rest, at);
	size_t blank = view_find_last(before, ' ');
	struct view after = view_skip(rest, at + strlen(" -> "));
	if (run_line_is_cut(r)) {
		run_malformed(r);
		return;
	}
	run_claim(r);
	/* ICMP and the like have no ports, and UDP is not asked about. */
	if (blank == TEXT_NOWHERE ||
		!ends_read(
			view_skip(before, blank + 1), word_next(&after), &d) ||
		!view_begins(view_trim(after), "tcp"))
		return;
	d.flags = drop_flags(view_has(after, "SYN"), view_has(after, "ACK"));
	emit_drop(r, &d);
}

/* The word in front of "->" and the one behind it, up to "(". The same packet
   is freed by one function and seen by the next: told once. */
static void
pwru_read(struct host_run *r, struct view *packet)
{
	struct host_drop d = drop_none();
	size_t at = view_find(r->line, "->");
	struct view before = view_first(r->line, at);
	size_t blank = view_find_last(before, ' ');
	struct view after = view_skip(r->line, at + strlen("->"));
	struct view dst = view_first(after, view_find(after, "("));
	struct view words = r->line;
	struct view first = word_next(&words);
	if (!view_begins(first, "0x"))
		first = word_next(&words);
	run_claim(r);
	/* Before 5.17 a drop has no reason: kfree_skb is called for it alone. */
	size_t reason = view_find(r->line, REASON_PREFIX);
	if (reason == TEXT_NOWHERE && !view_has(r->line, " kfree_skb"))
		return;
	if (reason != TEXT_NOWHERE) {
		struct view text =
			view_skip(r->line, reason + strlen(REASON_PREFIX));
		d.reason = view_first(text, view_find(text, ")"));
	}
	if (view_equal(*packet, first))
		return;
	if (blank == TEXT_NOWHERE || run_line_is_cut(r) ||
		!ends_read(view_skip(before, blank + 1), dst, &d)) {
		run_malformed(r);
		return;
	}
	*packet = first;
	emit_drop(r, &d);
}

/* The packet that the latest "packet:" line shows. */
struct traced {
	struct view id;
	struct host_drop drop;
};

static struct view
word_behind(struct view line, const char *key)
{
	size_t at = view_find(line, key);
	if (at == TEXT_NOWHERE)
		return view_str("");
	struct view rest = view_skip(line, at + strlen(key));
	return word_next(&rest);
}

static void
traced_read(struct view line, struct view id, struct traced *t)
{
	*t = (struct traced){.id = id, .drop = drop_none()};
	struct host_drop *d = &t->drop;
	bool v6 = view_has(line, " ip6 saddr ");
	d->src.known = address_read(
		word_behind(line, v6 ? " ip6 saddr " : " ip saddr "),
		&d->src.ip);
	d->dst.known = address_read(
		word_behind(line, v6 ? " ip6 daddr " : " ip daddr "),
		&d->dst.ip);
	/* A packet of UDP or ICMP is none that is asked about. */
	if (!view_has(line, " tcp sport "))
		d->src.known = false;
	d->src.port = port_read(word_behind(line, " tcp sport "));
	d->dst.port = port_read(word_behind(line, " tcp dport "));
}

/* "trace id ID FAMILY TABLE CHAIN rule ... (verdict drop)", "... verdict drop",
   "... policy drop" */
static void
nft_read(struct host_run *r, struct traced *t)
{
	struct view rest = view_skip(r->line, strlen("trace id "));
	struct view id = word_next(&rest);
	if (view_has(rest, " packet: ")) {
		traced_read(rest, id, t);
	} else if (view_equal(id, t->id) && t->drop.src.known &&
		(view_has(rest, "verdict drop") ||
			view_has(rest, "policy drop"))) {
		struct view words = rest;
		word_next(&words);
		word_next(&words);
		struct view chain = word_next(&words);
		rest = view_trim(rest);
		t->drop.reason = view_str("NETFILTER_DROP");
		t->drop.location = view_of(rest.data,
			(size_t)(chain.data + chain.len - rest.data));
		emit_drop(r, &t->drop);
	}
	run_claim(r);
}

/* Of UDP there are ports as well: only TCP has flags behind them. */
static void
xtables_packet_read(struct view line, struct view id, struct traced *t)
{
	*t = (struct traced){.id = id, .drop = drop_none()};
	struct host_drop *d = &t->drop;
	size_t ports = view_find(line, " DPORT=");
	struct view flags =
		ports == TEXT_NOWHERE ? view_str("") : view_skip(line, ports);
	if (!view_has(flags, " SYN") && !view_has(flags, " ACK") &&
		!view_has(flags, " RST"))
		return;
	d->src.known = address_read(word_behind(line, " SRC="), &d->src.ip);
	d->dst.known = address_read(word_behind(line, " DST="), &d->dst.ip);
	d->src.port = port_read(word_behind(line, "SPORT="));
	d->dst.port = port_read(word_behind(line, " DPORT="));
}

/* "table:chain:rule:0x7:DROP", "table:chain:policy:DROP" */
static void
xtables_read(struct host_run *r, struct traced *t)
{
	struct view rest = r->line;
	bool packet = view_equal(word_next(&rest), view_str("PACKET:"));
	word_next(&rest);
	struct view id = word_next(&rest);
	struct view where = word_next(&rest);
	run_claim(r);
	if (packet) {
		xtables_packet_read(r->line, id, t);
	} else if (view_equal(id, t->id) && t->drop.src.known &&
		t->drop.dst.known && view_ends(where, ":DROP")) {
		t->drop.reason = view_str("NETFILTER_DROP");
		t->drop.location =
			view_first(where, where.len - strlen(":DROP"));
		emit_drop(r, &t->drop);
	}
}

/* A frame of a stack, as bcc and bpftrace print it. */
static bool
is_frame(struct view line)
{
	struct view words = line;
	struct view word = word_next(&words);
	return view_has(word, "+") && view_trim(words).len == 0;
}

void
tracers_parse(struct host_run *r)
{
	struct traced t = {.id = view_str(""), .drop = drop_none()};
	struct view packet = view_str("");
	bool table = false;
	bool retransmits = false;
	size_t reason = 0;
	while (run_next(r)) {
		if (run_blank(r))
			continue;
		if (is_table(r->line)) {
			table = true;
			retransmits = view_has(r->line, "RADDR:RPORT");
			reason = reason_column(r->line);
			run_claim(r);
		} else if (is_cilium(r->line)) {
			cilium_read(r);
		} else if (is_nft_trace(r->line)) {
			nft_read(r, &t);
		} else if (is_xtables_trace(r->line)) {
			xtables_read(r, &t);
		} else if (is_pwru(r->line)) {
			pwru_read(r, &packet);
		} else if (is_frame(r->line) ||
			((table || is_row(r->line, &retransmits)) &&
				table_line_read(r, retransmits, reason))) {
			run_claim(r);
		}
	}
}
