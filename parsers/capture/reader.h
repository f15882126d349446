/*
 * What the capture format files share: the reader's state and the few steps
 * that every format takes. Private to parsers/capture.
 *
 * A format is one function of type capture_next_fn. The reader calls the
 * current one through a pointer, so that finding the format, its byte order and
 * the end cost nothing per packet: each state installs its successor.
 */
#ifndef PARSERS_CAPTURE_READER_H
#define PARSERS_CAPTURE_READER_H

#include "parsers/capture/capture.h"

typedef enum capture_status capture_next_fn(struct capture_reader *r,
	struct view *window, bool at_eof, struct capture_packet *packet);

/*
 * A capture_next_fn's fourth answer: the state has changed, call r->next again.
 * A loop instead of calls from state to state, because the input decides how
 * many states follow each other.
 */
#define CAPTURE_AGAIN ((enum capture_status)(CAPTURE_END + 1))

#define ALWAYS_INLINE inline __attribute__((always_inline))
#define UNLIKELY(x) __builtin_expect(!!(x), 0)

/* In which order a pcap record gives its two lengths (pcap.c). */
enum pcap_lengths {
	PCAP_LENGTHS_CAPTURED_FIRST,
	PCAP_LENGTHS_WIRE_FIRST,
	PCAP_LENGTHS_SMALLER_IS_CAPTURED,
};

/* What the file header of a pcap says about its records. */
struct pcap_state {
	uint32_t head_len;     /* bytes of a record header: 16 or 24 */
	uint32_t ns_per_tick;  /* of the fraction: 1 or 1000 */
	uint32_t snaplen;      /* as libpcap adjusts it, never 0 */
	uint32_t caplen_limit; /* longer than this is damage */
	enum pcap_lengths lengths;
	uint16_t link_type;
	uint8_t fcs_len;
};

/* How ticks of a pcapng interface become nanoseconds (pcapng_time.c). */
enum tick_scale {
	TICK_MULTIPLY, /* 10^-0 to 10^-9 s */
	TICK_DIVIDE,   /* 10^-10 to 10^-19 s */
	TICK_SHIFT,    /* 2^-0 to 2^-63 s */
	TICK_UNUSABLE, /* the options make no time that can be held */
};

struct capture_interface {
	uint64_t ticks_max; /* up to here ticks * factor + offset_ns fits */
	uint64_t factor;    /* multiplier, divisor, or binary exponent */
	int64_t offset_ns;  /* if_tsoffset */
	uint64_t ifdrop;    /* latest isb_ifdrop */
	uint64_t osdrop;    /* latest isb_osdrop */
	uint32_t snaplen;   /* 0 = no limit */
	uint16_t link_type;
	uint8_t fcs_len;
	uint8_t scale; /* enum tick_scale */
	char name[CAPTURE_INTERFACE_NAME_MAX];
};

struct pcapng_state {
	struct capture_interface *interfaces; /* of this section; owned */
	uint32_t kept;                        /* used elements of interfaces */
	uint32_t room;                        /* allocated elements */
	bool section_skipped;   /* of a version that we cannot read */
	uint64_t counted_drops; /* sum of the packets' own drop counts */
	/* Sum of the latest statistics of every interface of every section;
	   wide, so that replacing one never meets an overflow. */
	unsigned __int128 statistic_drops;
};

struct capture_reader {
	capture_next_fn *next;
	struct anomaly_sink sink;
	uint64_t offset; /* bytes consumed: where the window begins */
	size_t need;     /* after CAPTURE_MORE */
	int64_t last_ns; /* time of the packet before, or INT64_MIN */
	struct capture_summary summary;
	struct pcap_state pcap;
	struct pcapng_state pcapng;
};

/* Format entries; each reads its own file header first. */
capture_next_fn pcap_begin;
capture_next_fn pcapng_next_le;
capture_next_fn pcapng_next_be;
capture_next_fn snoop_begin;

/* The state behind the end: CAPTURE_END for ever. */
capture_next_fn capture_next_ended;

/* Note a (at the window's beginning) and end. */
enum capture_status capture_stop(struct capture_reader *r, enum anomaly a);

/*
 * The window holds fewer than need bytes: ask for more, or end where the file
 * does, with CAPTURE_CUT unless it ends exactly here.
 */
enum capture_status capture_short(struct capture_reader *r,
	const struct view *window, size_t need, bool at_eof);

/* The end: nothing more is read. */
enum capture_status capture_finish(struct capture_reader *r);

/* Take part in the summary's smallest non-zero snaplen. */
void capture_see_snaplen(struct capture_reader *r, uint32_t snaplen);

static inline void
reader_note(struct capture_reader *r, enum anomaly a)
{
	anomaly_note(&r->sink, a, r->offset);
}

static inline void
reader_skip(struct capture_reader *r, struct view *window, size_t len)
{
	*window = view_skip(*window, len);
	r->offset += len;
}

/* Set the packet's time, and notice a clock that jumps back. */
static ALWAYS_INLINE void
packet_set_time(
	struct capture_reader *r, struct capture_packet *packet, int64_t ns)
{
	packet->time.ns = ns;
	/* Unsigned, because the distance may exceed INT64_MAX. */
	if (UNLIKELY(ns < r->last_ns &&
		    (uint64_t)r->last_ns - (uint64_t)ns > NS_PER_S))
		reader_note(r, ANOMALY_CAPTURE_TIME_BACKWARDS);
	r->last_ns = ns;
}

static ALWAYS_INLINE uint16_t
load16(bool big_endian, const uint8_t *p)
{
	return big_endian ? load_be16(p) : load_le16(p);
}

static ALWAYS_INLINE uint32_t
load32(bool big_endian, const uint8_t *p)
{
	return big_endian ? load_be32(p) : load_le32(p);
}

static ALWAYS_INLINE uint64_t
load64(bool big_endian, const uint8_t *p)
{
	return big_endian ? load_be64(p) : load_le64(p);
}

#endif
