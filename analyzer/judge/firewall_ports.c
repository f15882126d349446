/*
 * Reading the ports in "tcp dpt:443", "--dports 80,443", "dport { 80, 90-99 }".
 *
 * A word that announces ports is followed by numbers, ranges, separators and
 * negation; anything else ends the list.
 */
#include "judge/firewall_ports.h"

#include <ctype.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

/* The longest first: "dports" begins with "dport". */
static const char *const announcements[] = {"dports", "sports", "dport",
	"sport", "dpts", "spts", "dpt", "spt", "ports"};

/* The text behind an announcement that begins at s, or NULL. */
static const char *
announced(const char *text, const char *s)
{
	if (s > text && isalnum((unsigned char)s[-1]))
		return NULL;
	for (size_t i = 0; i < sizeof announcements / sizeof *announcements;
		i++) {
		size_t len = strlen(announcements[i]);
		if (strncmp(s, announcements[i], len) == 0 &&
			!isalnum((unsigned char)s[len]))
			return s + len;
	}
	return NULL;
}

/* Read one number or range "a-b", "a:b" at *s and step over it. */
static bool
range_has(const char **s, unsigned port)
{
	char *end;
	unsigned long low = strtoul(*s, &end, 10);
	unsigned long high = low;
	if ((*end == '-' || *end == ':') && isdigit((unsigned char)end[1]))
		high = strtoul(end + 1, &end, 10);
	*s = end;
	return port >= low && port <= high;
}

/* Read a list of ports at *s and step over it. */
static enum ports_named
list_has(const char **s, bool negated, unsigned port)
{
	enum ports_named named = PORTS_NONE;
	while (**s != '\0' && strchr(" ,:{}!=", **s) != NULL) {
		negated |= **s == '!';
		*s += 1;
		while (isdigit((unsigned char)**s)) {
			bool has = range_has(s, port);
			if (named != PORTS_THIS)
				named = has ? PORTS_THIS : PORTS_OTHERS;
		}
	}
	if (!negated || named == PORTS_NONE)
		return named;
	return named == PORTS_THIS ? PORTS_OTHERS : PORTS_THIS;
}

enum ports_named
firewall_ports(const char *text, unsigned port)
{
	enum ports_named named = PORTS_NONE;
	bool negated = false; /* "! --dport": the mark stands in front */
	for (const char *s = text; *s != '\0';) {
		const char *list = announced(text, s);
		if (list == NULL) {
			if (*s != '-' && *s != ' ')
				negated = *s == '!';
			s++;
			continue;
		}
		enum ports_named here = list_has(&list, negated, port);
		negated = false;
		if (here > named)
			named = here;
		s = list;
	}
	return named;
}
