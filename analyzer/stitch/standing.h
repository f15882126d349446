/*
 * Where captures were made, in words of addresses: a vantage at the server's end
 * of an attempt is at the address that the attempt's server has there. From it
 * follows which machine is client and server of which service.
 */
#ifndef STITCH_STANDING_H
#define STITCH_STANDING_H

#include "stitch/hosts.h"
#include "stitch/rows.h"

/* Different standings that are kept; of more, those met first. A capture of a
 * scan has as many as it has services, a common one a handful. */
#define STANDINGS_MAX 4096

/* Write the rows of standing; new addresses go to hosts. Cost: one look into a
 * small table per attempt and end. */
bool standing_write(const struct stitch_case *k, struct hosts *hosts,
	const struct attempt_row *rows, uint32_t count, struct store *s,
	struct error *e);

#endif
