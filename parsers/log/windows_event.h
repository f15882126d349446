/*
 * Events of Windows as text of several lines: copied from the Event Viewer,
 * `wevtutil qe /f:text`, `Get-WinEvent | Format-List`, `Get-EventLog`.
 *
 * cite: learn.microsoft.com, wevtutil; Get-WinEvent, Get-EventLog, examples
 */
#ifndef PARSERS_LOG_WINDOWS_EVENT_H
#define PARSERS_LOG_WINDOWS_EVENT_H

#include "parsers/log/log_block.h"

/* Is the front of a file one of those? */
bool windows_event_begins(struct view head);

/*
 * The event at the front of window, which ends where the next one begins: its
 * own date is the record's time, its description the message, and where the
 * date stands before that its line is the record's: lead is how far it is to
 * there. As log_block.
 */
enum block_status windows_event_block(struct view window, bool at_eof,
	size_t *lead, size_t *used, size_t *vain, struct log_record *r,
	struct log_scratch *s);

#endif
