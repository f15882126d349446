/*
 * Time zones that a person named, as tables of changes.
 */
#ifndef INGEST_ZONES_H
#define INGEST_ZONES_H

#include "model/case_config.h"

/* Bytes of zone_read's complaint. */
#define ZONE_WHY_MAX 200

/*
 * The zone of "Europe/Berlin" (tz database, from the system's zoneinfo), "UTC",
 * "Z" or an offset such as "+02:00", "-0330", "+2" (ISO 8601: east of Greenwich
 * is +). In the arena. NULL, with why written, when it is none.
 *
 * Changes are known from 1980 to 2060; outside, the nearest one holds. A name
 * costs some milliseconds. It changes TZ for a moment, so no other thread may
 * run yet.
 */
const struct case_zone *zone_read(
	const char *text, struct arena *a, char why[ZONE_WHY_MAX]);

#endif
