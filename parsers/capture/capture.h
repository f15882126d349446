/*
 * One packet after the other out of capture file bytes.
 *
 * Pure and incremental: the caller owns a window of consecutive bytes and moves
 * it forward; the reader never reads a file and never looks outside the window.
 *
 *	struct capture_reader *r = capture_new(sink);
 *	for (;;) {
 *		switch (capture_next(r, &window, at_eof, &packet)) {
 *		case CAPTURE_PACKET: ... packet.data points into the window ...
 *		case CAPTURE_MORE:   ... give it capture_need(r) bytes or eof ...
 *		case CAPTURE_END:    ... nothing more can be read ...
 *		}
 *	}
 *
 * Formats: pcap (both byte orders; microseconds and nanoseconds; the "modified"
 * variant of patched kernels; AIX; files joined by cat), pcapng (both byte
 * orders, several sections and interfaces, Enhanced, Simple and obsolete Packet
 * blocks, interface statistics), snoop. The format is recognised from the first
 * bytes. Every ANOMALY_CAPTURE_* is noted here and nowhere else.
 *
 * Cost: about 5 ns a packet, fields in cache; nothing is copied.
 */
#ifndef PARSERS_CAPTURE_CAPTURE_H
#define PARSERS_CAPTURE_CAPTURE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/bytes.h"
#include "base/clock.h"
#include "parsers/anomaly.h"

/*
 * The longest record or block that is believed; a longer one is "damaged".
 * libpcap's own limit for pcapng blocks (sf-pcapng.c, MAX_BLOCKSIZE) is the
 * same order; the window must be able to grow this far.
 */
#define CAPTURE_RECORD_MAX ((size_t)16 * 1024 * 1024)

/* Bytes that decide what a file is (capture_recognise). */
#define CAPTURE_MAGIC_BYTES 16

/*
 * Interfaces kept in one pcapng section; packets of those beyond are skipped
 * and counted. Real captures have one to a few hundred; this many cost 3 MiB.
 */
#define CAPTURE_INTERFACES_MAX 65536

/* link_type of a packet whose link layer no LINKTYPE_ value names. */
#define CAPTURE_LINK_UNKNOWN UINT16_C(0xffff)

/* Longest name of an interface that is kept, with its end: Linux allows 15
 * bytes (include/uapi/linux/if.h, IFNAMSIZ); longer ones are cut. */
#define CAPTURE_INTERFACE_NAME_MAX 16

enum capture_format {
	CAPTURE_FORMAT_NONE, /* not a capture */
	CAPTURE_FORMAT_PCAP,
	CAPTURE_FORMAT_PCAPNG,
	CAPTURE_FORMAT_SNOOP,
};

/* Which way a packet went, where a pcapng file says so (epb_flags). */
enum capture_direction {
	CAPTURE_DIRECTION_UNKNOWN,
	CAPTURE_DIRECTION_IN,
	CAPTURE_DIRECTION_OUT,
};

enum capture_status {
	CAPTURE_PACKET, /* packet filled, window moved behind it */
	/* the window ends inside a record; window unmoved or moved to that
	   record's start */
	CAPTURE_MORE,
	/* end of file, or damage behind which nothing can be read (an
	   anomaly says so) */
	CAPTURE_END,
};

struct capture_packet {
	struct captured_time time; /* CLOCK_UNKNOWN_NS when it has none */
	const uint8_t *data;       /* borrowed from the window */
	uint32_t caplen;           /* bytes present at data */
	uint32_t wirelen;          /* bytes on the wire, >= caplen as a rule */
	uint32_t interface_id;     /* within its section; 0 for pcap */
	/* LINKTYPE_ value (not DLT_) as in the file, or
	   CAPTURE_LINK_UNKNOWN */
	uint16_t link_type;
	/* bytes of frame check sequence at the end of wirelen, as the file
	   declares */
	uint8_t fcs_len;
	uint8_t direction; /* enum capture_direction */
};

/*
 * What a file says of itself beyond its packets: the trust audit's raw
 * material. Sums over all sections and interfaces so far.
 */
struct capture_summary {
	enum capture_format format;
	uint64_t packets; /* handed out as CAPTURE_PACKET */
	/* in the file, but not handed out: their interface is unknown */
	uint64_t packets_skipped;
	/* described interfaces, all sections; 1 for each pcap or snoop
	   header */
	uint32_t interfaces;
	uint32_t snaplen; /* smallest non-zero snaplen; 0 = none */
	/* the file counts drops somewhere (may be 0): without it nothing is
	   known of losses */
	bool has_drop_count;
	/* isb_ifdrop + isb_osdrop of all interfaces, or the sum of the
	   packets' own counts if larger; packets */
	uint64_t dropped;
	struct captured_time started; /* earliest isb_starttime, or unknown */
	struct captured_time ended;   /* latest isb_endtime, or unknown */
	bool has_filter;              /* an if_filter option was present */
	char filter[128]; /* its text when it is a string, cut to fit */
	char os[64];      /* shb_os / if_os, cut to fit, may be "" */
	char hardware_or_if_name[64]; /* if_name of the first interface */
};

struct capture_reader;

/* What the first bytes of a file are; fewer than 4 bytes are never a capture. */
enum capture_format capture_recognise(struct view head);

/* "pcap", "pcapng", "snoop" or "". Static storage. */
const char *capture_format_name(enum capture_format f);

/* Owned by the caller, freed with capture_free; sink is copied. */
struct capture_reader *capture_new(struct anomaly_sink sink);
void capture_free(struct capture_reader *r);

/*
 * Read the next packet at the front of window, whose first byte must be the
 * byte behind what was consumed so far. at_eof: the window's end is the end of
 * the file. After CAPTURE_END every further call gives CAPTURE_END.
 */
enum capture_status capture_next(struct capture_reader *r, struct view *window,
	bool at_eof, struct capture_packet *packet);

/* After CAPTURE_MORE: the window length that allows progress, in bytes, at
 * most CAPTURE_RECORD_MAX plus a header. */
size_t capture_need(const struct capture_reader *r);

/* The name (if_name) of an interface of the section that is being read, ""
 * without; any bytes but 0. Borrowed until the next capture_next. */
const char *capture_interface_name(
	const struct capture_reader *r, uint32_t interface_id);

/* Valid at any time; complete after CAPTURE_END. */
const struct capture_summary *capture_summary(const struct capture_reader *r);

#endif
