/*
 * Any bytes as a DNS message. A message cut shorter may lose its question, but
 * never asks another one; a name is bounded, lower-case text.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "parsers/packet/dns.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Header, name, type and class, and some more. */
#define MESSAGE_MAX_FUZZED 300

static void
require(bool claim)
{
	if (!claim)
		abort();
}

static bool
decode(const uint8_t *data, size_t n, struct dns_message *m)
{
	/* Its own allocation: a byte read beyond it is found. */
	uint8_t *exact = malloc(n + 1);
	require(exact != NULL);
	memcpy(exact, data, n);
	bool ok = dns_decode(view_of(exact, n), m);
	free(exact);
	if (!ok)
		return false;
	size_t len = strnlen(m->name, DNS_NAME_SIZE);
	require(len < DNS_NAME_SIZE && m->has_question == (len > 0));
	for (size_t i = 0; i < len; i++)
		require(m->name[i] > ' ' && m->name[i] < 0x7f &&
			(m->name[i] < 'A' || m->name[i] > 'Z'));
	return true;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct dns_message whole;
	struct dns_message cut;
	size_t n = size < MESSAGE_MAX_FUZZED ? size : MESSAGE_MAX_FUZZED;
	bool ok = decode(data, n, &whole);
	for (size_t less = 1; less <= n; less++) {
		if (!decode(data, n - less, &cut))
			continue;
		require(ok && cut.id == whole.id &&
			cut.response == whole.response);
		if (!cut.has_question)
			continue;
		require(whole.has_question && cut.type == whole.type);
		require(strcmp(cut.name, whole.name) == 0);
	}
	return 0;
}
