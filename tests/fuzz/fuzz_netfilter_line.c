/*
 * Any bytes as a kernel's packet log line. A line cut shorter must not name
 * other addresses than the whole one.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "fuzz_run.h"

#include "parsers/log/netfilter_line.h"

/* A line of the kernel has at most 1024 bytes. */
#define LINE_MAX_FUZZED 1200

static bool
parse(const uint8_t *data, size_t n, struct netfilter_line *out)
{
	uint8_t *exact = malloc(n + 1);
	require(exact != NULL);
	memcpy(exact, data, n);
	bool ok = netfilter_line_parse(view_of(exact, n), out);
	if (ok) {
		require(out->prefix.len <= n && out->in.len <= n);
		require(out->out.len <= n && out->flags.len <= n);
	}
	free(exact);
	return ok;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct netfilter_line whole;
	struct netfilter_line cut;
	size_t n = size < LINE_MAX_FUZZED ? size : LINE_MAX_FUZZED;
	bool ok = parse(data, n, &whole);
	for (size_t less = 1; less <= n; less += 1 + less / 8) {
		/* A number cut in half is another number: cut at a space. */
		if (data[n - less] != ' ' || !parse(data, n - less, &cut))
			continue;
		require(ok);
		if ((cut.has & NETFILTER_ADDRESSES) &&
			(whole.has & NETFILTER_ADDRESSES)) {
			require(ip_equal(cut.src, whole.src));
			require(ip_equal(cut.dst, whole.dst));
		}
		if (cut.has & whole.has & NETFILTER_SEQ)
			require(cut.prefix.len == whole.prefix.len);
	}
	return 0;
}
