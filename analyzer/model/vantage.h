/*
 * What ingest hands to stitch: everything that one vantage saw.
 *
 * Filled by ingest, read by stitch, freed by the command (vantage_release).
 * Sightings lie in chunks that never move, so that a large capture is never
 * copied while it is read.
 */
#ifndef MODEL_VANTAGE_H
#define MODEL_VANTAGE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/clock.h"
#include "base/timemap.h"
#include "model/crowd.h"
#include "model/datagrams.h"
#include "model/lookup.h"
#include "model/neighbour.h"
#include "model/sighting.h"

/* Sightings per chunk: 1.2 MB at a time. */
#define SIGHTING_CHUNK_BITS 12
#define SIGHTING_CHUNK (1u << SIGHTING_CHUNK_BITS)

/* Senders of ICMP errors that are told apart; later ones stay unnamed. */
#define VANTAGE_SENDERS_MAX 256

/* Two hosts that exchanged packets, and when. */
struct host_pair {
	struct ip_addr low; /* the smaller address of the two */
	struct ip_addr high;
	struct timemap seen; /* row 0: low -> high, row 1: high -> low */
	uint8_t ttl[2];      /* of such a SYN-ACK; 0 none was seen */
	/* The time stamp of the latest SYN that was answered, of low's and of
	   high's, and when it was (captured clock); 0, 0 none was. */
	uint32_t tsval[2];
	int64_t tsval_ns[2];
};

/*
 * Pieces of one rotated capture follow each other within milliseconds; a longer
 * silence between two of them is either silence or a piece that is missing.
 * Of a longer list of such gaps those that are nearest each other are joined.
 */
#define VANTAGE_GAP_NS (10 * NS_PER_MS)
#define VANTAGE_GAPS_MAX 64

struct capture_gap {
	int64_t from_ns; /* captured clock */
	int64_t to_ns;
};

/*
 * Interfaces of one host that are told apart; packets of more have none. Their
 * numbers go from 1: 0 is "unknown", as in an ordinary capture.
 */
#define VANTAGE_CARDS_MAX 63
#define VANTAGE_CARD_NAME_MAX 24

struct vantage_card {
	/* "eth0", or "interface 3" where the capture has the number alone; may
	   hold bytes from outside */
	char name[VANTAGE_CARD_NAME_MAX];
};

/* Why a capture is trusted less, as counts; 0 is good. */
struct capture_audit {
	uint64_t packets; /* read */
	uint64_t tcp;
	uint64_t other;   /* neither TCP nor ICMP about TCP */
	uint64_t cut;     /* cut before the TCP header was complete */
	uint64_t dropped; /* the capture's own drop counters */
	bool dropped_known;
	bool damaged;         /* ends in the middle of a packet or worse */
	bool filtered;        /* a capture filter is named in the file */
	bool overflowed;      /* more attempts than memory was allowed */
	bool timed_out;       /* its reading was stopped */
	uint64_t loss_events; /* acknowledged data that was never captured */
	uint64_t duplicates;  /* handshake packets captured twice */
	uint64_t lacks_client_side; /* connections of which the client's side
	                               must have been sent but is not seen */
	uint64_t lacks_server_side; /* the same of the server's side */
	uint64_t two_sided;         /* connections seen in both */
	uint64_t
		beyond_syn; /* attempts with segments other than SYN, SYN-ACK */
	uint64_t answered;  /* attempts with a SYN-ACK */
};

/* A copy of a SYN or SYN-ACK between the first and the last, of which the sighting
 * keeps the frames itself. Of copies beyond those whose times are kept there is
 * none. */
struct sighting_copy {
	const struct sighting *of;
	uint32_t frame;
	bool answer; /* a SYN-ACK */
};

/* Bits of vantage.shown_by. */
enum shown_by {
#define X(name, bit, words) SHOWN_BY_##name = bit,
#include "model/shown_by.def"
#undef X
};

struct vantage {
	char name[64];
	uint32_t sightings;       /* count */
	struct sighting **chunks; /* owned */
	struct crowd crowd;       /* attempts that are no sightings */
	uint32_t copies_count;
	struct sighting_copy *copies; /* owned; sorted when all is read */
	uint32_t pairs_count;
	struct host_pair *pairs; /* owned */
	uint32_t lookups_count;
	struct lookup *lookups; /* owned */
	uint32_t datagrams_count;
	struct datagrams *datagrams; /* owned */
	uint32_t neighbours_count;
	struct neighbour *neighbours; /* owned */
	uint32_t senders_count;
	struct ip_addr senders[VANTAGE_SENDERS_MAX]; /* of ICMP errors */
	struct captured_time first; /* of all packets; unknown when empty */
	struct captured_time last;
	/* Stated by the file itself (pcapng interface statistics), or unknown. */
	struct captured_time started;
	struct captured_time ended;
	int64_t set_back_ns; /* a file's times went back by so much at most */
	uint32_t cards_count;
	struct vantage_card cards[VANTAGE_CARDS_MAX]; /* number - 1 */
	uint32_t gaps_count;
	struct capture_gap gaps[VANTAGE_GAPS_MAX]; /* between pieces */
	struct timemap losses;  /* row 0: client -> server data, row 1: back */
	uint64_t ports[1024];   /* bitmap of TCP server ports seen */
	uint64_t answers[1024]; /* of those from which data came */
	struct capture_audit audit;
	uint32_t pieces; /* capture files of this vantage */
	uint32_t origin; /* index of its files; stays when vantages are
	                            rearranged */
	bool swapped;    /* its files were given as another's */
	/* What in the packets shows where it stands among the others, or at
	   which end; 0: nothing does */
	uint8_t shown_by; /* enum shown_by */
	bool shows_ways;  /* cards or directions of some handshake segment */
	bool all_cards;   /* each of its files was captured on "any" */
	bool role_said;   /* a person gave its name: by option, folder, file
	                    name or case.yaml */
};

/* Do the packets show where it stands? Else it is a guess, or was said. */
static inline bool
vantage_is_placed(const struct vantage *v)
{
	return v->shown_by != 0;
}

static inline struct sighting *
vantage_sighting(const struct vantage *v, uint32_t index)
{
	return &v->chunks[index >> SIGHTING_CHUNK_BITS]
			 [index & (SIGHTING_CHUNK - 1)];
}

static inline bool
vantage_saw_port(const struct vantage *v, uint16_t port)
{
	return v->ports[port >> 6] >> (port & 63) & 1;
}

static inline void
vantage_note_port(struct vantage *v, uint16_t port)
{
	v->ports[port >> 6] |= UINT64_C(1) << (port & 63);
}

/* One more sighting, all zero, at the end. */
struct sighting *vantage_add_sighting(struct vantage *v);

/* Order the copies, so that they can be found. */
void vantage_sort_copies(struct vantage *v);

/* The copies of a sighting in the order of their frames, SYNs or SYN-ACKs; how many.
 * They are lent by the sorted vantage. */
uint32_t vantage_find_copies(const struct vantage *v, const struct sighting *of,
	bool answer, const struct sighting_copy **first);

/* Free what a vantage owns. */
void vantage_release(struct vantage *v);

#endif
