/*
 * Small snapshots of every kind, written for these tests in the documented
 * layouts, with the records they must yield. Addresses are those of RFC 5737 and
 * RFC 3849. Shared by the tests of meaning, of damage, and the fuzz seeds.
 */
#ifndef TESTS_UNIT_HOST_SAMPLES_H
#define TESTS_UNIT_HOST_SAMPLES_H

#include "parsers/host/host.h"

#define WANTS_MAX 14

struct sample {
	const char *caption; /* which variant of the format this is */
	const char *name;    /* of the file; what recognition sees */
	enum host_kind kind;
	const char *text;
	const char *wants[WANTS_MAX]; /* records, as host_seen.h prints them */
	uint64_t other;               /* lines that nobody understands */
	/* totals over lines: a cut file has other ones */
	bool sums;
};

static const struct sample samples[] = {
#include "host_samples_firewall.def"
#include "host_samples_load.def"
#include "host_samples_more.def"
#include "host_samples_network.def"
#include "host_samples_protocols.def"
#include "host_samples_sockets.def"
#include "host_samples_tables.def"
#include "host_samples_traces.def"
};

#define SAMPLES (sizeof samples / sizeof samples[0])

#endif
