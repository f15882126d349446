/*
 * Wireshark display filters, and tcpdump commands.
 *
 * spec: wireshark-filter(4): "ip.addr", "ipv6.addr" and "tcp.port" match either
 * end, and any layer of the packet, so that an ICMP error that quotes the
 * segment matches as well.
 */
#include "report/report_model.h"

#include <string.h>

/* IPv4 and IPv6 have fields of their own in Wireshark; only IPv6 has a colon.
 * */
static const char *
address_field(const char *ip)
{
	return strchr(ip, ':') ? "ipv6.addr" : "ip.addr";
}

/* Append what fits; by hand, because a report has one for each view. */
static char *
append(char *p, const char *end, const char *piece)
{
	while (*piece && p < end)
		*p++ = *piece++;
	return p;
}

/* A port in digits. It comes from a database, so that a negative one is 0 and a
 * long one is cut by the end. */
static char *
append_port(char *p, const char *end, int64_t port)
{
	char digits[24];
	char *d = digits + sizeof digits - 1;
	uint64_t rest = port < 0 ? 0 : (uint64_t)port;
	*d = '\0';
	do
		*--d = (char)('0' + rest % 10);
	while ((rest /= 10) > 0);
	return append(p, end, d);
}

/* A vantage that saw nothing of the attempt gets a filter all the same, with
 * the client's own view: that it shows no packet is the point. */
const char *
report_filter(const struct report_attempt *a, const struct report_view *v,
	char text[REPORT_FILTER_MAX])
{
	const char *ips[2] = {v->seen ? v->client_ip : a->client_ip,
		v->seen ? v->server_ip : a->server_ip};
	int64_t ports[2] = {v->seen ? v->client_port : a->client_port,
		v->seen ? v->server_port : a->server_port};
	const char *end = text + REPORT_FILTER_MAX - 1;
	char *p = text;
	for (int i = 0; i < 2; i++) {
		p = append(p, end, i > 0 ? " && " : "");
		p = append(p, end, address_field(ips[i]));
		p = append(p, end, "==");
		p = append(p, end, ips[i]);
		p = append(p, end, " && tcp.port==");
		p = append_port(p, end, ports[i]);
	}
	*p = '\0';
	return text;
}

/* Append a file name as one word of a POSIX shell; false when it does not fit.
 * spec: POSIX.1-2017, Shell Command Language, 2.2.2 Single-Quotes. */
static bool
quote(char text[REPORT_FILTER_MAX], const char *name)
{
	size_t used = strlen(text);
	/* A shell's word holds anything between single quotes but a single
	 * quote, which is written outside of them. */
	/* The longest piece is a quote's four bytes, and the end's two. */
	text[used++] = '\'';
	for (; *name; name++) {
		if (used + 6 > REPORT_FILTER_MAX)
			return false;
		if (*name == '\'') {
			memcpy(text + used, "'\\''", 4);
			used += 4;
		} else {
			text[used++] = *name;
		}
	}
	text[used++] = '\'';
	text[used] = '\0';
	return true;
}

/* Packed captures are unpacked in a pipe, as tcpdump reads no packed file; with
 * -- in front of a name that begins with a dash. An ICMP error names the
 * connection only in the packet that it quotes, where host and port are not
 * looked for; so all ICMP of the file is shown. */
const char *
report_command(const struct report *r, const struct report_view *v,
	char text[REPORT_FILTER_MAX])
{
	const struct report_vantage *at = NULL;
	for (size_t i = 0; i < r->vantage_count; i++)
		if (r->vantages[i].id == v->vantage)
			at = &r->vantages[i];
	if (!at || !at->file || !v->seen)
		return NULL;
	int64_t frame = v->frame_count > 0 ? v->frames[0] : 0;
	const char *piece = report_frame_file(r, v->vantage, &frame);
	const char *unpack = NULL;
	if (at->compression)
		unpack = strcmp(at->compression, "gzip") == 0  ? "zcat --"
			: strcmp(at->compression, "zstd") == 0 ? "zstdcat --"
			: strcmp(at->compression, "xz") == 0   ? "xzcat --"
							       : NULL;
	snprintf(text, REPORT_FILTER_MAX, "%s ",
		unpack ? unpack : "tcpdump -nn -r");
	if (!quote(text, piece ? piece : at->file))
		return NULL;
	size_t used = strlen(text);
	int n = snprintf(text + used, REPORT_FILTER_MAX - used,
		"%s \"%shost %s and host %s and port %lld and port %lld%s\"",
		unpack ? " | tcpdump -nn -r -" : "",
		v->icmp ? "icmp or icmp6 or (" : "", v->client_ip, v->server_ip,
		(long long)v->client_port, (long long)v->server_port,
		v->icmp ? ")" : "");
	return n > 0 && (size_t)n < REPORT_FILTER_MAX - used ? text : NULL;
}
