/*
 * What counters mean, for `lostsyn explain`: counter_words.def.
 */
#ifndef PARSERS_HOST_COUNTER_WORDS_H
#define PARSERS_HOST_COUNTER_WORDS_H

#include <stddef.h>

struct counter_words {
	const char *name;
	const char *meaning; /* a clause */
	const char *caution; /* or "" */
	const char *cite;
};

/* By its name, or without TcpExt, IpExt, Tcp or Ip in front, as rules and
 * people call it; NULL when it is not known. Static storage. */
const struct counter_words *counter_words_find(const char *name);

/* The i-th of them, NULL beyond the last. */
const struct counter_words *counter_words_at(size_t i);

#endif
