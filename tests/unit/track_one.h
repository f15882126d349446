/*
 * A script of one vantage for each test: begin and end are its set-up and
 * tear-down, only plays it.
 */
#ifndef TESTS_UNIT_TRACK_ONE_H
#define TESTS_UNIT_TRACK_ONE_H

#include "track_script.h"

static struct script script;

static inline int
begin(void **state)
{
	(void)state;
	script_begin(&script, "client");
	return 0;
}

static inline int
end(void **state)
{
	(void)state;
	script_end(&script);
	return 0;
}

/* The only sighting after these packets. */
static inline const struct sighting *
only(const char *text)
{
	script_play(&script, text);
	assert_int_equal(script.v.sightings, 1);
	return script_sighting(&script, 0);
}

#endif
