/*
 * Addresses with ports as the tools print them, and the names of TCP states.
 *
 * The port stands behind the last colon, whatever the address looks like; BSD
 * puts it behind the last dot. A lone * is any address of either family and is
 * held as ::.
 */
#include "parsers/host/endpoint.h"

#include <ctype.h>

#include "base/text.h"
#include "parsers/service.h"

#define PORT_MAX 65535 /* cite: RFC 9293 section 3.1, 16 bits */

static const struct {
	const char *ss;
	const char *linux_netstat;
	const char *others;
} states[] = {
#define X(number, ss, linux_netstat, others) {ss, linux_netstat, others},
#include "parsers/host/tcp_states.def"
#undef X
};

struct host_endpoint
endpoint_none(void)
{
	return (struct host_endpoint){.port = HOST_UNKNOWN};
}

struct host_drop
drop_none(void)
{
	return (struct host_drop){
		.clock = HOST_CLOCK_NONE,
		.reason = view_str(""),
		.location = view_str(""),
		.flags = view_str(""),
		.count = 1,
		.src = endpoint_none(),
		.dst = endpoint_none(),
	};
}

bool
address_read(struct view word, struct ip_addr *out)
{
	if (view_is(word, "*")) {
		*out = (struct ip_addr){0, 0};
		return true;
	}
	if (view_begins(word, "[") && word.len > 1)
		word = view_skip(word, 1);
	/* ss puts the zone behind the bracket: "[fe80::1]%eth0". */
	size_t zone = view_find(word, "%");
	size_t bracket = view_find(word, "]");
	return ip_read(view_first(word, zone < bracket ? zone : bracket), out);
}

int32_t
port_read(struct view word)
{
	int64_t n;
	if (number_read(word, 10, &n) == NUMBER_GOOD)
		return n >= 0 && n <= PORT_MAX ? (int32_t)n : HOST_UNKNOWN;
	return number_read(service_port(word), 10, &n) == NUMBER_GOOD
		? (int32_t)n
		: HOST_UNKNOWN;
}

bool
endpoint_read(struct view word, struct host_endpoint *out)
{
	size_t at = view_find_last(word, ':');
	if (at == TEXT_NOWHERE)
		at = view_find_last(word, '.');
	*out = endpoint_none();
	if (at == TEXT_NOWHERE || at == 0 || at + 1 == word.len)
		return false;
	out->known = address_read(view_first(word, at), &out->ip);
	out->port = port_read(view_skip(word, at + 1));
	return true;
}

/* Letters and digits alone count: SYN_SENT, SYN-SENT and SynSent are one. */
static bool
same_state(struct view word, const char *name)
{
	size_t i = 0;
	for (; *name != '\0'; name++) {
		if (*name == '-' || *name == '_')
			continue;
		while (i < word.len && byte_among(word.data[i], "-_"))
			i++;
		if (i == word.len ||
			toupper(word.data[i]) != toupper((uint8_t)*name))
			return false;
		i++;
	}
	return i == word.len && i > 0;
}

/* What Windows in German says, which other languages do not translate. cite: published
   outputs of netstat.exe, German; the first with the code page of a console, too */
static struct view
state_german(struct view word)
{
	static const char *const words[][2] = {{"HERGESTELLT", "ESTAB"},
		{"SYN_GESENDET", "SYN-SENT"}, {"SYN_EMPFANGEN", "SYN-RECV"},
		{"FIN_WARTEN_1", "FIN-WAIT-1"}, {"FIN_WARTEN_2", "FIN-WAIT-2"},
		{"WARTEND", "TIME-WAIT"}, {"SCHLIESSEN_WARTEN", "CLOSE-WAIT"},
		{"SCHLIESSEND", "CLOSING"}};
	if (word.len <= 8 && view_begins(word, "ABH") && view_ends(word, "REN"))
		return view_str("LISTEN");
	for (size_t i = 0; i < sizeof words / sizeof *words; i++)
		if (view_is(word, words[i][0]))
			return view_str(words[i][1]);
	return view_str("");
}

struct view
state_read(struct view word)
{
	for (size_t i = 0; i < sizeof states / sizeof states[0]; i++)
		if (same_state(word, states[i].ss) ||
			same_state(word, states[i].linux_netstat) ||
			same_state(word, states[i].others))
			return view_str(states[i].ss);
	return state_german(word);
}

struct view
drop_flags(bool syn, bool ack)
{
	return view_str(syn && ack ? "ACK SYN"
			: syn      ? "SYN"
			: ack      ? "ACK"
				   : "");
}

bool
drop_take_end(struct host_drop *d, struct view key, struct view value)
{
	if (view_is(key, "saddr"))
		d->src.known = address_read(value, &d->src.ip);
	else if (view_is(key, "daddr"))
		d->dst.known = address_read(value, &d->dst.ip);
	else if (view_is(key, "sport"))
		d->src.port = port_read(value);
	else if (view_is(key, "dport"))
		d->dst.port = port_read(value);
	else
		return false;
	return true;
}
