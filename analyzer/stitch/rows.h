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
	uint16_t syn_retransmits;
	bool clean;
};

bool rows_write_clocks(
	const struct stitch_case *k, struct store *s, struct error *e);

/* All attempts; row i gets id i + 1. */
bool rows_write_attempts(const struct stitch_case *k,
	const struct attempt_row *rows, uint32_t count, struct store *s,
	struct error *e);

/* Statements for the rows of single attempts. */
struct rows_writer {
	const struct stitch_case *k;
	struct hosts *hosts;
	struct store *store;
	sqlite3_stmt *sighting; /* owned */
	sqlite3_stmt *facts;    /* owned */
};

bool rows_writer_init(struct rows_writer *w, const struct stitch_case *k,
	struct hosts *hosts, struct store *s, struct error *e);
void rows_writer_release(struct rows_writer *w);

/* What every vantage saw of an attempt. */
bool rows_write_sightings(struct rows_writer *w, int64_t id, uint32_t attempt,
	struct error *e);

bool rows_write_facts(struct rows_writer *w, int64_t id, const struct facts *f,
	struct error *e);

#endif
