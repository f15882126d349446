/*
 * A recording of asciinema as the session that it shows.
 *
 * spec: asciicast v2 and v3 (docs.asciinema.org/manual/asciicast): a line of JSON
 * with the header, then one for each event,
 *
 *	[0.248848, "o", "\u001b[1mHello\r\n"]
 *
 * of which "o" is what was written to the terminal. Other events (input, marks,
 * sizes) tell nothing that is not written as well.
 */
#ifndef PARSERS_TRANSCRIPT_CAST_H
#define PARSERS_TRANSCRIPT_CAST_H

#include <stddef.h>
#include <stdint.h>

/*
 * What was written, in place; returns its length. What is no recording stays as
 * it is. Lines are those of the session, of which one may be many events and an
 * event many lines. Lines that are no events are left out.
 */
size_t cast_play(uint8_t *bytes, size_t len);

#endif
