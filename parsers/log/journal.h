/*
 * The fields of one journal entry, whichever way journalctl spelled them.
 *
 * journald stamps a line when it READS it. For lines of the kernel that can be
 * minutes late (after boot, under load), while the entry also holds the
 * kernel's own stamp and both clocks at the moment of reading. So for them
 *
 *	time = __REALTIME - __MONOTONIC + _SOURCE_MONOTONIC
 *
 * which is when the kernel spoke; second is that stamp since boot. Other lines
 * have _SOURCE_REALTIME_TIMESTAMP, the moment they were sent.
 *
 * spec: systemd.journal-fields(7)
 */
#ifndef PARSERS_LOG_JOURNAL_H
#define PARSERS_LOG_JOURNAL_H

#include "parsers/log/envelope.h"

struct journal_entry {
	/* microseconds; 0: not given */
	uint64_t realtime, monotonic, source_realtime, source_monotonic;
	struct view host, identifier, comm, pid, message;
	uint8_t severity;
	bool kernel;
	bool journal; /* a field that only journald writes was seen */
};

/* One field; value's bytes must live as long as the record made of them. */
void journal_field(struct journal_entry *e, struct view key, struct view value);

/* False when the entry is none: no time and no message. */
bool journal_take(const struct journal_entry *e, struct log_record *r);

/* The members of a JSON object as an entry. */
bool journal_object(
	struct view text, struct log_record *r, struct log_scratch *s);

#endif
