/*
 * Events of Windows as XML: the Event Viewer's "XML View" and its export,
 * `wevtutil qe` (an element a line, or all in one), Get-WinEvent's ToXml.
 *
 * cite: learn.microsoft.com, wevtutil; Event Schema (System, EventData)
 */
#ifndef PARSERS_LOG_WINDOWS_XML_H
#define PARSERS_LOG_WINDOWS_XML_H

#include "parsers/log/log_block.h"

/* Is the front of a file one of those? */
bool windows_xml_begins(struct view head);

/* The element at the front of window is the message, its SystemTime the time. As
   log_block. */
enum block_status windows_xml_block(
	struct view window, bool at_eof, size_t *used, struct log_record *r);

#endif
