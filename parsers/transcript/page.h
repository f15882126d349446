/*
 * A page of a browser, a wiki or a mail as the text that it shows.
 *
 *	<p>On <code>web-01</code>:</p><pre># ss -ltn
 *	State &hellip;</pre>
 * becomes
 *	On `web-01`:
 *	```
 *	# ss -ltn
 *	State ...
 *	```
 *
 * No document is built: tags become line ends, fences or nothing, references to
 * characters become characters, scripts and styles are left out. What stands in
 * the source on several lines does so in the text, too: many pages show it so
 * without saying it in a tag.
 *
 * spec: HTML Living Standard, sections 13.1.2 (elements), 13.1.4 (character
 * references) and 13.5 (their names)
 */
#ifndef PARSERS_TRANSCRIPT_PAGE_H
#define PARSERS_TRANSCRIPT_PAGE_H

#include "base/bytes.h"

/* Does it begin with a document type or with an element that pages and mails
 * begin with? No log and no other XML does. */
bool page_is(struct view head);

/* The text, in place; returns its length. What is no page stays as it is. */
size_t page_play(uint8_t *bytes, size_t len);

#endif
