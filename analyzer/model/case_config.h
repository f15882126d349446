/*
 * What a person said about a case: case.yaml and the command line, as a plain
 * record. It wins over everything that is inferred.
 *
 * Made by ingest/case_config before any thread starts, read by ingest and
 * stitch. Everything lies in its arena. Zones are held as tables of changes,
 * so that nobody asks the C library for local times later.
 */
#ifndef MODEL_CASE_CONFIG_H
#define MODEL_CASE_CONFIG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/clock.h"
#include "base/ip.h"

/* From from_ns (UTC) on, local time is UTC + offset_ns. */
struct zone_change {
	int64_t from_ns;
	int64_t offset_ns;
};

struct case_zone {
	const char *name; /* as it was written */
	const struct zone_change
		*changes; /* ascending; the first has INT64_MIN */
	size_t count;     /* >= 1 */
};

/*
 * The UTC times at which clocks of the zone show local_ns: one as a rule, two
 * in the hour that is repeated when clocks go back (earlier first), and one for
 * a time that clocks going forward skip: what they would show without the
 * change. Returns the count, 1 or 2. local_ns must be believable (base/clock.h).
 */
int case_zone_utc(
	const struct case_zone *z, int64_t local_ns, int64_t utc_ns[2]);

/* One place: a vantage, or a host of which there are only logs. */
struct case_role {
	const char *name;
	int position; /* among the vantages in path order, from 0; or -1 */
	const char **files; /* beginnings of the names of its files */
	size_t files_count;
	const struct case_zone *zone; /* of its logs, or NULL */
	int year;                     /* of the first line of its logs, or 0 */
	int64_t boot_ns;              /* UTC, its clock; or CLOCK_UNKNOWN_NS */
	/* Its capture ran from and to, its clock; or CLOCK_UNKNOWN_NS. A pcap file
	   ends with its last packet and cannot say that silence followed. */
	int64_t captured_from_ns;
	int64_t captured_to_ns;
	bool offset_known;
	int64_t offset_ns; /* its clock shows so much more than true time */
	int64_t offset_uncertainty_ns;
	const struct ip_addr *addresses;
	size_t addresses_count;
	/* The same from the command line: wins over files' own. */
	const struct case_zone *asked_zone;
	int asked_year;
};

/* Files that differ from the rest of their role; texts may be NULL. */
struct case_file_config {
	const char *path; /* the beginning of their names */
	const char *role;
	const struct case_zone *zone;
	int year;
};

/* An address, and a port or -1 for all. */
struct case_endpoint {
	struct ip_addr ip;
	int32_t port;
};

/* What connects to `from` arrives at `to`. */
struct case_translation {
	struct case_endpoint from;
	struct case_endpoint to;
};

/* What holds for one file of the case, by its index there. */
struct case_file_said {
	const struct case_zone *zone; /* or NULL */
	int year;                     /* or 0 */
};

struct case_config {
	struct arena arena;
	struct case_role *roles; /* owned, as are the other lists */
	size_t roles_count;
	int positions;    /* how many roles have a place on the path */
	const char *rest; /* role of the files that nothing places, or NULL */
	struct case_file_config *files;
	size_t files_count;
	struct case_translation *translations;
	size_t translations_count;
	/* From the command line, for every file. */
	const struct case_zone *zone;
	int year;
	int64_t newest_ns; /* when the newest log file was written; 0: unknown */
	struct case_file_said *said; /* by file index; filled last */
	size_t said_count;
};

void case_config_release(struct case_config *c);

/* What was said of a role, or NULL. c and name may be NULL. */
const struct case_role *case_config_role(
	const struct case_config *c, const char *name);

/* What holds for a file; nothing for one that is not known. c may be NULL. */
struct case_file_said case_config_said(
	const struct case_config *c, size_t file);

#endif
