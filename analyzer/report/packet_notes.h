/*
 * What a report has to say of single packets: which copy of which segment it
 * is, where else it was seen, where not and what that proves, and the verdict.
 * As comments they stand in a capture beside the packets that they are about.
 */
#ifndef REPORT_PACKET_NOTES_H
#define REPORT_PACKET_NOTES_H

#include "report/report.h"

struct packet_note {
	int64_t vantage;
	/* The attempt as it is called there. Not NULL. */
	const char *client_ip, *server_ip;
	int64_t client_port, server_port;
	const char
		*segment; /* "SYN", "SYN-ACK", "RST" ...: report/segments.def */
	int64_t captured_ns; /* clock of the vantage; whole us from the
	                        attempt's first packet there */
	int64_t frame;       /* in its vantage; 0 when it was not kept */
	const char *text;    /* one line; what it names is a stranger's */
};

/* Told of each note; what it points to lives until it returns. */
typedef void packet_note_sink(void *context, const struct packet_note *note);

/* All notes on an attempt; none when there is no such. False with *e set when
 * the database cannot be read. */
bool packet_notes_read(struct report *r, int64_t attempt,
	packet_note_sink *sink, void *context, struct error *e);

#endif
