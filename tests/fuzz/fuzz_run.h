/*
 * What fuzz targets share: a claim that must hold in every build, and a hash of
 * what a run gave, so that two ways of reading the same bytes can be compared.
 */
#ifndef TESTS_FUZZ_FUZZ_RUN_H
#define TESTS_FUZZ_FUZZ_RUN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include "parsers/anomaly.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* A claim that does not hold is a finding. */
static inline void
require(bool claim)
{
	if (!claim)
		abort();
}

#define FNV_START UINT64_C(0xcbf29ce484222325)

/* FNV-1a, 64 bits. */
static inline void
hash_mix(uint64_t *hash, const void *data, size_t len)
{
	const uint8_t *p = data;
	for (size_t i = 0; i < len; i++)
		*hash = (*hash ^ p[i]) * UINT64_C(0x100000001b3);
}

/* What a run gave: a hash of records and anomalies, in order. */
struct run {
	uint64_t hash;
	uint64_t anomalies;
};

static inline void
mix(struct run *run, const void *data, size_t len)
{
	hash_mix(&run->hash, data, len);
}

/* An anomaly_sink's function; the context is the run. */
static inline void
mix_anomaly(void *context, enum anomaly a, uint64_t at)
{
	struct run *run = context;
	mix(run, &a, sizeof a);
	mix(run, &at, sizeof at);
	run->anomalies++;
}

#endif
