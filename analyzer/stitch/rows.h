/*
 * Writing what stitch found: clock, attempt, sighting and facts rows.
 */
#ifndef STITCH_ROWS_H
#define STITCH_ROWS_H

#include "model/facts.h"
#include "stitch/case.h"
#include "stitch/hosts.h"

/* One attempt as it will be written. */
struct attempt_row {
	int64_t first_ns; /* reference clock */
	uint32_t attempt; /* index in the match */
	uint32_t client;  /* host id */
	uint32_t server;
	uint32_t duration_us;
	uint16_t server_port;
	uint16_t syn_retransmits;
	uint16_t traits;       /* model/syn_traits.def */
	uint16_t client_port;  /* as the first vantage saw it */
	uint32_t alike;        /* others that it stands for */
	uint8_t answer_ttl;    /* of the first SYN-ACK there; 0 none was seen */
	uint16_t answer_clock; /* of its time stamp (sighting.h); 0 none */
	bool clean;
};

bool rows_write_clocks(
	const struct stitch_case *k, struct store *s, struct error *e);

/* All attempts; row i gets id i + 1. Gives hosts behind a translation their ids;
 * write them afterwards. */
bool rows_write_attempts(const struct stitch_case *k, struct hosts *hosts,
	const struct attempt_row *rows, uint32_t count, struct store *s,
	struct error *e);

/* What every vantage saw of the attempts: of those that are not clean, or of
 * all. Gives new hosts their ids; write them afterwards. */
bool rows_write_sightings(const struct stitch_case *k, struct hosts *hosts,
	const struct attempt_row *rows, uint32_t count, bool all,
	struct store *s, struct error *e);

/* The facts about every attempt that is not clean. */
bool rows_write_facts(const struct stitch_case *k,
	const struct attempt_row *rows, uint32_t count, struct store *s,
	struct error *e);

#endif
