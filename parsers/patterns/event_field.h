/*
 * Fields of an event: what is put in, and what it fills.
 */
#ifndef PARSERS_PATTERNS_EVENT_FIELD_H
#define PARSERS_PATTERNS_EVENT_FIELD_H

#include "parsers/patterns/pattern.h"

/* A field more, which the event does not have yet, LOG_EVENT_FIELDS_MAX at most;
   src, dst, sport, dport, proto, ip_id, seq and count fill the event's columns
   where they can be read; of a port a service's name becomes its number. name must outlive the event; value is borrowed. */
void event_field_take(const char *name, struct view value, struct log_event *e);

/* The field of that name, or NULL. */
const struct log_field *event_field_find(
	const struct log_event *e, const char *name);

#endif
