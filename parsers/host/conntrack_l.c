/*
 * conntrack -L and /proc/net/nf_conntrack: the tracked connections.
 *
 * spec: libnetfilter_conntrack 1.0.9 src/conntrack/snprintf_default.c; Linux
 * 6.12 net/netfilter/nf_conntrack_standalone.c ct_seq_show().
 *
 *	ipv4     2 tcp      6 116 SYN_SENT src=10.1.0.2 dst=10.2.0.2 sport=35774 dport=80
 *	^ only in /proc   ^ ^ seconds left  ^ original direction
 *	  and -o extended | IP protocol
 *	    [UNREPLIED] src=10.2.0.2 dst=10.1.0.2 sport=80 dport=35774 mark=0 use=1
 *	                ^ the reply that is expected: its dst:dport shows SNAT
 *
 * Besides the entries, their number by state is told as levels: scope SYN_SENT,
 * names tcp_entries and tcp_unreplied. Lines of conntrack -E ("[NEW] tcp ...")
 * are what happened, not what is: read over.
 */
#include "parsers/host/formats.h"

/* States of nf_conntrack_proto_tcp.c, Linux 6.12, enum tcp_conntrack names. */
static const char *const states[] = {"NONE", "SYN_SENT", "SYN_RECV",
	"ESTABLISHED", "FIN_WAIT", "CLOSE_WAIT", "LAST_ACK", "TIME_WAIT",
	"CLOSE", "SYN_SENT2", "LISTEN"};
#define STATES (sizeof states / sizeof states[0])

struct tally {
	int64_t entries[STATES];
	int64_t unreplied[STATES];
};

#define PROTOCOL_TCP 6 /* cite: IANA, Protocol Numbers */
#define PROTOCOL_MAX 255

/* An upper-case word like SYN_SENT or TIME_WAIT. */
static bool
is_state(struct view word)
{
	for (size_t i = 0; i < word.len; i++)
		if ((word.data[i] < 'A' || word.data[i] > 'Z') &&
			word.data[i] != '_' &&
			(word.data[i] < '0' || word.data[i] > '9'))
			return false;
	return word.len > 0 && word.data[0] >= 'A' && word.data[0] <= 'Z';
}

/* protocol name, number, seconds left, state: rest is moved behind them. */
static bool
front_read(struct view *rest, struct host_conntrack *c)
{
	struct view word = word_next(rest);
	int64_t n = 0;
	if (view_is(word, "ipv4") || view_is(word, "ipv6")) {
		word_next(rest);
		word = word_next(rest);
	}
	if (word.len == 0 || view_has(word, "=") || is_number(word) ||
		number_read(word_next(rest), 10, &n) != NUMBER_GOOD || n < 0 ||
		n > PROTOCOL_MAX)
		return false;
	c->protocol = (uint8_t)n;
	struct view behind = *rest;
	word = word_next(&behind);
	if (number_read(word, 10, &c->timeout_s) == NUMBER_GOOD &&
		c->timeout_s >= 0) {
		*rest = behind;
		word = word_next(&behind);
	} else {
		c->timeout_s = HOST_UNKNOWN; /* -o timestamp, offloaded */
	}
	if (is_state(word)) {
		c->state = word;
		*rest = behind;
	}
	return true;
}

static void
field_read(struct view word, struct host_conntrack *c, bool *reply)
{
	size_t at = view_find(word, "=");
	struct view key = view_first(word, at);
	struct view value = view_skip(word, at + 1);
	/* The second src begins the reply. */
	*reply = *reply || (view_is(key, "src") && c->src.known);
	struct host_endpoint *src = *reply ? &c->reply_src : &c->src;
	struct host_endpoint *dst = *reply ? &c->reply_dst : &c->dst;
	if (view_is(key, "src"))
		src->known = address_read(value, &src->ip);
	else if (view_is(key, "dst"))
		dst->known = address_read(value, &dst->ip);
	else if (view_is(key, "sport"))
		src->port = port_read(value);
	else if (view_is(key, "dport"))
		dst->port = port_read(value);
}

static void
fields_read(struct view rest, struct host_conntrack *c)
{
	bool reply = false;
	struct view word;
	while ((word = word_next(&rest)).len > 0) {
		if (view_is(word, "[UNREPLIED]"))
			c->unreplied = true;
		else if (view_is(word, "[ASSURED]"))
			c->assured = true;
		else if (view_has(word, "="))
			field_read(word, c, &reply);
	}
}

static bool
entry_read(struct view line, struct host_conntrack *c)
{
	*c = (struct host_conntrack){
		.state = view_str(""),
		.timeout_s = HOST_UNKNOWN,
		.src = endpoint_none(),
		.dst = endpoint_none(),
		.reply_src = endpoint_none(),
		.reply_dst = endpoint_none(),
	};
	/* "[1795218082.501242]": -o timestamp */
	struct view rest = line;
	struct view word = word_next(&rest);
	if (view_begins(word, "[1") && view_ends(word, "]") &&
		view_has(word, "."))
		line = rest;
	if (!front_read(&line, c))
		return false;
	fields_read(line, c);
	return c->src.known && c->dst.known;
}

/* "[1700000000.123456]\t    [NEW] tcp ...", conntrack -E. */
static bool
is_event(struct view line)
{
	struct view text = view_trim(line);
	return view_begins(text, "[") &&
		(view_has(text, "[NEW]") || view_has(text, "[UPDATE]") ||
			view_has(text, "[DESTROY]"));
}

static bool
is_footer(struct view line)
{
	return view_begins(line, "conntrack v") ||
		view_has(line, "flow entries have been shown");
}

static bool
is_conntrack_line(struct view line)
{
	struct host_conntrack c;
	return is_footer(line) || entry_read(line, &c) ||
		(is_event(line) && view_has(line, "src="));
}

enum host_match
conntrack_l_recognise(struct view head)
{
	return head_has(head, is_conntrack_line);
}

static void
tally_add(struct tally *t, const struct host_conntrack *c)
{
	for (size_t i = 0; c->protocol == PROTOCOL_TCP && i < STATES; i++)
		if (view_is(c->state, states[i])) {
			t->entries[i]++;
			t->unreplied[i] += c->unreplied;
		}
}

static void
tally_emit(struct host_run *r, const struct tally *t)
{
	for (size_t i = 0; i < STATES; i++) {
		struct view scope = view_str(states[i]);
		if (t->entries[i] == 0)
			continue;
		emit_counter(
			r, scope, view_str("tcp_entries"), t->entries[i], true);
		emit_counter(r, scope, view_str("tcp_unreplied"),
			t->unreplied[i], true);
	}
}

void
conntrack_l_parse(struct host_run *r)
{
	struct tally tally = {0};
	struct host_conntrack c;
	while (run_next(r)) {
		if (run_blank(r))
			continue;
		if (is_footer(r->line) || is_event(r->line)) {
			run_claim(r);
		} else if (!entry_read(r->line, &c)) {
			if (view_has(r->line, "src="))
				run_malformed(r);
		} else if (run_line_is_cut(r)) {
			run_note(r, ANOMALY_SNAPSHOT_CUT);
		} else {
			tally_add(&tally, &c);
			emit_conntrack(r, &c);
			run_claim(r);
		}
	}
	tally_emit(r, &tally);
}
