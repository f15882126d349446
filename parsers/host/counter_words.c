/*
 * Looking a counter's words up: a table of a hundred rows, read once.
 */
#include "parsers/host/counter_words.h"

#include <string.h>

static const struct counter_words table[] = {
#define X(name, meaning, caution, cite) {name, meaning, caution, cite},
#include "parsers/host/counter_words.def"
#undef X
};

/* What nstat puts in front of a counter's own name. The longer ones first.
 * cite: iproute2 6.1 misc/nstat.c load_good_table(), names as in
 * /proc/net/snmp and /proc/net/netstat */
static const char *const prefixes[] = {"TcpExt", "IpExt", "Tcp", "Ip"};

static const char *
bare_name(const char *name)
{
	for (size_t i = 0; i < sizeof prefixes / sizeof *prefixes; i++) {
		size_t len = strlen(prefixes[i]);
		if (strncmp(name, prefixes[i], len) == 0)
			return name + len;
	}
	return name;
}

const struct counter_words *
counter_words_at(size_t i)
{
	return i < sizeof table / sizeof *table ? &table[i] : NULL;
}

const struct counter_words *
counter_words_find(const char *name)
{
	const struct counter_words *w;
	for (size_t i = 0; (w = counter_words_at(i)) != NULL; i++)
		if (strcmp(w->name, name) == 0)
			return w;
	for (size_t i = 0; (w = counter_words_at(i)) != NULL; i++)
		if (strcmp(bare_name(w->name), name) == 0)
			return w;
	return NULL;
}
