/*
 * Writes a pcapng file: one section, an interface for each link type of each
 * vantage, packets with nanoseconds and what is said of them, statistics at the
 * end.
 *
 * Why not libpcap: its writer knows one link type a file and no interface
 * statistics, which say from when to when a capture ran (decisions/0015).
 *
 * spec: draft-ietf-opsawg-pcapng-02, sections 4.1 (section header), 4.2
 * (interface description), 4.3 (enhanced packet), 4.6 (interface statistics)
 */
#ifndef INGEST_PCAPNG_WRITE_H
#define INGEST_PCAPNG_WRITE_H

#include <stdio.h>

#include "parsers/capture/capture.h"

/* Pairs of link type and length of frame check sequence in one file. */
#define PCAPNG_WRITE_INTERFACES_MAX 64

struct pcapng_write {
	FILE *out; /* borrowed; the caller looks at its error in the end */
	const char *filter; /* with which the capture was made; or NULL */
	/* Of the interfaces of the packets that follow: whose they are. Both
	   borrowed until the end; NULL: not said. */
	const char *name;
	const char *description;
	int count;
	struct {
		uint16_t link_type;
		uint8_t fcs_len;
		const char *name;
	} interfaces[PCAPNG_WRITE_INTERFACES_MAX];
};

/* Begin a section. tool is what shb_userappl says, comment its opt_comment;
 * filter is borrowed until the end. */
void pcapng_write_begin(struct pcapng_write *w, FILE *out, const char *tool,
	const char *comment, const char *filter);

/* Longer names and comments are cut. Bytes. */
#define PCAPNG_WRITE_TEXT_MAX 1024

/* One packet as it was read, at time t, with a comment or NULL. False when the
 * file would need more interfaces than there is room for. */
bool pcapng_write_packet(struct pcapng_write *w, const struct capture_packet *p,
	struct captured_time t, const char *comment);

/* A file without a packet still needs an interface, of this link type. */
void pcapng_write_interface(struct pcapng_write *w, uint16_t link_type);

/* What the capture says of itself: from when to when it ran (unknown times are
 * left out), and how many packets it lost (-1: not said). Ends the file. */
void pcapng_write_end(struct pcapng_write *w, struct captured_time started,
	struct captured_time ended, int64_t dropped);

#endif
