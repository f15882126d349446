/*
 * --filter: a BPF expression, compiled for each link type that turns up.
 */
#ifndef INGEST_FILTER_H
#define INGEST_FILTER_H

#include <pcap/pcap.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"

/* Link types in one case that a filter is compiled for. */
#define FILTER_PROGRAMS_MAX 8

struct filter {
	const char *expression; /* borrowed; NULL lets everything pass */
	struct {
		uint16_t link_type;
		bool usable;
		struct bpf_program program; /* owned when usable */
	} programs[FILTER_PROGRAMS_MAX];
	int count;
};

void filter_init(struct filter *f, const char *expression);
void filter_release(struct filter *f);

/* True when the expression is well-formed (for Ethernet). */
bool filter_check(const char *expression, struct error *e);

/* Does a frame pass? One whose link type the expression does not fit, or that
 * is beyond the bound above, does not. */
bool filter_passes(struct filter *f, uint16_t link_type, const uint8_t *data,
	uint32_t caplen, uint32_t wirelen);

#endif
