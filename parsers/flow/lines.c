/*
 * Flow records in lines whose values have places or marks instead of names:
 * nfdump -o pipe, and what softflowctl dump-flows prints.
 *
 *	2|1795218082|501|1795218085|502|6|0|0|0|3232235521|40131|0|0|0|167903234|80|..
 *	ACTIVE seq:1 [10.1.0.2]:40131 <> [10.2.0.2]:80 proto:6 octets>:180 packets>:3
 *		octets<:0 packets<:0 start:2026-11-20T23:41:22.501 finish:.. tcp>:02 ..
 *
 * cite: nfdump 1.6 bin/output_pipe.c flow_record_to_pipe(); softflowd 1.0
 * softflowd.c format_flow(), format_time() (UTC since 0.9.9; local time before)
 */
#include "base/text.h"
#include "parsers/flow/named.h"
#include "parsers/flow/values.h"

/* Values of a line of nfdump -o pipe. */
#define PIPE_VALUES 24

/* Families of addresses, as Linux, FreeBSD and macOS number them. cite: Linux
   include/linux/socket.h, FreeBSD sys/sys/socket.h, XNU bsd/sys/socket.h */
#define PIPE_INET 2
static const uint64_t pipe_inet6[] = {10, 28, 30};

/* TCP flags. cite: RFC 9293 3.1 */
#define TCP_ACK 0x10

static bool
pipe_split(struct view text, uint64_t values[PIPE_VALUES])
{
	for (size_t i = 0; i < PIPE_VALUES; i++) {
		const uint8_t *bar =
			text.len == 0 ? NULL : memchr(text.data, '|', text.len);
		size_t n = bar == NULL ? text.len : (size_t)(bar - text.data);
		if (!view_number(
			    view_of(text.data, n), INT64_MAX, &values[i]) ||
			(bar == NULL) != (i == PIPE_VALUES - 1))
			return false;
		text = view_skip(text, bar == NULL ? n : n + 1);
	}
	return true;
}

/* Four words of an address, the highest first; of IPv4 the last alone. */
static bool
pipe_address(const uint64_t *words, bool v6, struct flow_address *out)
{
	uint8_t bytes[16];
	for (size_t i = 0; i < 4; i++) {
		if (words[i] > UINT32_MAX)
			return false;
		for (size_t k = 0; k < 4; k++)
			bytes[4 * i + k] = (uint8_t)(words[i] >> (24 - 8 * k));
	}
	out->ip = v6 ? ip_from_v6(bytes) : ip_from_v4((uint32_t)words[3]);
	out->has = true;
	return true;
}

static bool
pipe_time(const uint64_t *seconds, int64_t *ns)
{
	if (seconds[0] > INT64_MAX / NS_PER_S - 1 || seconds[1] > 999)
		return false;
	*ns = (int64_t)seconds[0] * NS_PER_S + (int64_t)seconds[1] * NS_PER_MS;
	return true;
}

/* A clock that was set back while a flow lasted: its beginning is known. */
static void
end_not_before(struct flow_record *r)
{
	if (r->end_ns < r->start_ns && r->end_ns != CLOCK_UNKNOWN_NS)
		r->end_ns = r->start_ns;
}

bool
nfdump_pipe_read(struct view text, struct flow_record *r)
{
	uint64_t v[PIPE_VALUES];
	if (!pipe_split(text, v))
		return false;
	bool v6 = v[0] == pipe_inet6[0] || v[0] == pipe_inet6[1] ||
		v[0] == pipe_inet6[2];
	if ((!v6 && v[0] != PIPE_INET) || v[5] > UINT8_MAX ||
		v[10] > UINT16_MAX || v[15] > UINT16_MAX || v[20] > UINT8_MAX)
		return false;
	flow_record_clear(r);
	r->format = FLOW_FORMAT_NFDUMP;
	r->text = text;
	r->protocol = (int16_t)v[5];
	r->src_port = (int32_t)v[10];
	r->dst_port = (int32_t)v[15];
	r->tcp_flags = (int16_t)v[20];
	r->packets = (int64_t)v[22];
	r->bytes = (int64_t)v[23];
	if (!pipe_address(v + 6, v6, &r->src) ||
		!pipe_address(v + 11, v6, &r->dst) ||
		!pipe_time(v + 1, &r->start_ns) ||
		!pipe_time(v + 3, &r->end_ns))
		return false;
	end_not_before(r);
	return true;
}

/* "[10.1.0.2]:40131", "10.1.0.2:40131" */
static bool
softflow_end(struct view word, struct flow_address *address, int32_t *port)
{
	const uint8_t *colon =
		word.len == 0 ? NULL : memrchr(word.data, ':', word.len);
	if (colon == NULL)
		return false;
	struct view host = view_of(word.data, (size_t)(colon - word.data));
	if (host.len > 2 && host.data[0] == '[' &&
		host.data[host.len - 1] == ']')
		host = view_of(host.data + 1, host.len - 2);
	return value_address(host, address) &&
		value_port(
			view_skip(word, (size_t)(colon + 1 - word.data)), port);
}

/* The value of "name:value" among words, or empty. */
static struct view
softflow_value(const struct view *words, size_t count, const char *name)
{
	for (size_t i = 0; i < count; i++)
		if (view_begins(words[i], name))
			return view_skip(words[i], strlen(name));
	return view_of(NULL, 0);
}

static int
softflow_flags(struct view v)
{
	int sum = 0;
	for (size_t i = 0; i < v.len && v.len == 2; i++) {
		uint8_t c = v.data[i] | 0x20;
		if (byte_digit(v.data[i]))
			sum = sum * 16 + v.data[i] - '0';
		else if (c >= 'a' && c <= 'f')
			sum = sum * 16 + c - 'a' + 10;
	}
	return sum;
}

static void
ends_exchange(struct flow_record *r)
{
	const struct flow_record x = *r;
	r->src = x.dst;
	r->src_port = x.dst_port;
	r->dst = x.src;
	r->dst_port = x.src_port;
	r->packets = x.reply_packets;
	r->bytes = x.reply_bytes;
	r->reply_packets = x.packets;
	r->reply_bytes = x.bytes;
}

bool
softflow_line_read(struct view text, struct flow_record *r)
{
	struct view words[AWS_FIELDS_MAX];
	size_t count = aws_split(text, words);
	size_t arrow = 0;
	if (count > AWS_FIELDS_MAX)
		return false;
	while (arrow < count && !view_is(words[arrow], "<>"))
		arrow++;
	if (arrow < 2 || arrow + 2 >= count ||
		!view_begins(words[arrow - 2], "seq:"))
		return false;
	flow_record_clear(r);
	r->format = FLOW_FORMAT_NETFLOW;
	r->text = text;
	if (!softflow_end(words[arrow - 1], &r->src, &r->src_port) ||
		!softflow_end(words[arrow + 1], &r->dst, &r->dst_port) ||
		!value_protocol(
			softflow_value(words, count, "proto:"), &r->protocol))
		return false;
	const struct {
		const char *name;
		int64_t *out;
	} counts[] = {{"octets>:", &r->bytes}, {"packets>:", &r->packets},
		{"octets<:", &r->reply_bytes},
		{"packets<:", &r->reply_packets}};
	for (size_t i = 0; i < sizeof counts / sizeof *counts; i++)
		if (!value_count(softflow_value(words, count, counts[i].name),
			    counts[i].out))
			*counts[i].out = -1;
	if (!named_time(softflow_value(words, count, "start:"), &r->start_ns))
		r->start_ns = CLOCK_UNKNOWN_NS;
	if (!named_time(softflow_value(words, count, "finish:"), &r->end_ns))
		r->end_ns = r->start_ns;
	end_not_before(r);
	/* The ends stand in the order of their addresses: who began is the one
	   that sent alone, or whose first segment alone has no ACK. */
	int to = softflow_flags(softflow_value(words, count, "tcp>:"));
	int back = softflow_flags(softflow_value(words, count, "tcp<:"));
	if (r->packets == 0 ||
		(r->reply_packets > 0 && back != 0 && !(back & TCP_ACK) &&
			(to & TCP_ACK)))
		ends_exchange(r);
	return true;
}
