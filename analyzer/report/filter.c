/*
 * Wireshark display filters.
 *
 * spec: wireshark-filter(4): "ip.addr", "ipv6.addr" and "tcp.port" match either
 * end, and any layer of the packet, so that an ICMP error that quotes the
 * segment matches as well.
 */
#include "report/report_model.h"

#include <string.h>

static const char *
address_field(const char *ip)
{
	return strchr(ip, ':') ? "ipv6.addr" : "ip.addr";
}

const char *
report_filter(const struct report_attempt *a, const struct report_view *v,
	char text[REPORT_FILTER_MAX])
{
	const char *client = v->seen ? v->client_ip : a->client_ip;
	const char *server = v->seen ? v->server_ip : a->server_ip;
	long long client_port = v->seen ? v->client_port : a->client_port;
	long long server_port = v->seen ? v->server_port : a->server_port;
	snprintf(text, REPORT_FILTER_MAX,
		"%s==%s && tcp.port==%lld && %s==%s && tcp.port==%lld",
		address_field(client), client, client_port,
		address_field(server), server, server_port);
	return text;
}
