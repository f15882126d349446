/*
 * Why a file that people send along is not read, and what to do about it.
 *
 * Tickets hold pictures, mails, sheets and parts of archives. None of these is
 * evidence that can be read here, and each has a way to become some.
 *
 * Only of files that nothing else recognised: a reason never decides what is
 * read. What a name alone says comes last. Costs: the front of the file, once.
 */
#ifndef INGEST_UNREAD_H
#define INGEST_UNREAD_H

#include <stdbool.h>

#include "base/bytes.h"

/*
 * The reason and the advice for a file with this place in the case and this
 * front; NULL when the file is of no kind that is known. Static storage.
 */
const char *unread_reason(const char *place, struct view head);

/* A sheet or a text of an office, which is a zip archive of XML. */
bool unread_is_document(struct view head);

/* A program of Java: a zip archive of its classes. */
bool unread_is_program(struct view head);

/* What tcpdump or tshark printed of packets, and little else. */
bool unread_is_printed_packets(struct view head);

/* Lines of base64 and nothing else. */
bool unread_is_base64(struct view head);

#endif
