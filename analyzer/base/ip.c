/*
 * Addresses to and from text, by inet_ntop and inet_pton.
 */
#include "base/ip.h"

#include <arpa/inet.h>
#include <stddef.h>
#include <string.h>

const char *
ip_format(struct ip_addr a, char text[IP_TEXT_MAX])
{
	if (ip_is_v4(a)) {
		uint32_t v4 = htonl((uint32_t)a.lo);
		inet_ntop(AF_INET, &v4, text, IP_TEXT_MAX);
		return text;
	}
	uint64_t raw[2] = {__builtin_bswap64(a.hi), __builtin_bswap64(a.lo)};
	inet_ntop(AF_INET6, raw, text, IP_TEXT_MAX);
	return text;
}

bool
ip_parse(const char *text, struct ip_addr *out)
{
	uint8_t raw[16];
	if (inet_pton(AF_INET, text, raw) == 1) {
		*out = ip_from_v4(load_be32(raw));
		return true;
	}
	if (inet_pton(AF_INET6, text, raw) == 1) {
		*out = ip_from_v6(raw);
		return true;
	}
	return false;
}

bool
ip_read(struct view text, struct ip_addr *out)
{
	char copy[IP_TEXT_MAX];
	/* inet_pton stops at a NUL; rubbish behind it must not pass. */
	if (text.len == 0 || text.len >= sizeof copy ||
		memchr(text.data, '\0', text.len) != NULL)
		return false;
	memcpy(copy, text.data, text.len);
	copy[text.len] = '\0';
	return ip_parse(copy, out);
}
