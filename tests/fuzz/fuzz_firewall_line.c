/*
 * Any bytes as a firewall's line. What it names lies in the line or is ours.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "fuzz_run.h"

#include "parsers/log/firewall_line.h"

/* Longer than the lines of any firewall in the seeds. */
#define LINE_MAX_FUZZED 4096

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct firewall_line line;
	size_t n = size < LINE_MAX_FUZZED ? size : LINE_MAX_FUZZED;
	uint8_t *exact = malloc(n + 1);
	require(exact != NULL);
	memcpy(exact, data, n);
	if (firewall_line_parse(view_of(exact, n), &line)) {
		require(line.fields_count > 2);
		require(line.fields_count <= FIREWALL_FIELDS_MAX);
		for (uint8_t i = 0; i < line.fields_count; i++)
			require(line.fields[i].value.len <= n + 16);
	}
	free(exact);
	return 0;
}
