/*
 * What one vantage saw of one attempt: a fixed-size record.
 *
 * Constant state each, whatever the capture holds: counts saturate, times and
 * frame numbers are first and last, SYN and SYN-ACK copies keep the times of
 * the first few. "c" is the client (who sent the SYN), "s" the
 * server; c fields count segments that travel client -> server.
 *
 * Size matters: with the table and the attempt it must stay under 400 bytes.
 */
#ifndef MODEL_SIGHTING_H
#define MODEL_SIGHTING_H

#include <stdint.h>

#include "base/ip.h"

/* Linux sends 11 SYNs at most by default (ip-sysctl, tcp_syn_retries = 6 with
 * tcp_syn_linear_timeouts = 4) and 6 SYN-ACKs (tcp_synack_retries = 5). */
#define SIGHTING_SYN_TIMES 11
#define SIGHTING_SYNACK_TIMES 7

/* No sighting, no earlier sighting. */
#define SIGHTING_NONE UINT32_MAX

/*
 * The interfaces of one host that showed a segment, in their order: card number
 * (model/vantage.h) and the direction it had there. A packet that a container's host forwards passes a card, a bridge and a virtual
 * cable.
 */
#define SIGHTING_WAY_STEPS 4
enum sighting_direction {
	SIGHTING_DIRECTION_UNKNOWN,
	SIGHTING_DIRECTION_IN,
	SIGHTING_DIRECTION_OUT,
};
#define SIGHTING_STEP(card, direction) ((uint8_t)((card) << 2 | (direction)))
#define SIGHTING_STEP_CARD(step) ((step) >> 2)
#define SIGHTING_STEP_DIRECTION(step) ((step)&3)

/* Times inside a sighting: microseconds after first_ns, saturating (71 min). */
#define SIGHTING_AT_NONE UINT32_MAX
#define SIGHTING_AT_MAX (UINT32_MAX - 1)

/* Fast Open among a SYN's options: TCP_OPT_FAST_OPEN, as ingest asserts. */
#define SIGHTING_OPTION_FAST_OPEN 0x10

enum sighting_flag {
	SIGHTING_NO_SYN = 1 << 0,    /* begun by a SYN-ACK: SYN not captured */
	SIGHTING_MIDSTREAM = 1 << 1, /* begun after the handshake: no attempt,
	                                 but a witness of the host pair */
	SIGHTING_SIMULTANEOUS = 1 << 2, /* SYNs crossed (RFC 9293, 3.5) */
	SIGHTING_FIN_C = 1 << 3,
	SIGHTING_FIN_S = 1 << 4,
	SIGHTING_PROGRESS = 1 << 5,    /* the server sent data or FIN, or
	                                 acknowledged data: its side is open */
	SIGHTING_RST_C_EARLY = 1 << 6, /* RST by the client before PROGRESS */
	SIGHTING_RST_S_EARLY = 1 << 7, /* RST by the server before PROGRESS */
	SIGHTING_RST_C_LATE = 1 << 8,
	SIGHTING_RST_S_LATE = 1 << 9,
	SIGHTING_SERVER_ISN_CHANGED = 1 << 10, /* SYN-ACKs with several ISNs */
	SIGHTING_SYN_DATA = 1 << 11,      /* SYN carried data (Fast Open) */
	SIGHTING_SYNACK_MISSED = 1 << 12, /* client acknowledged a SYN-ACK that
	                                     this capture does not hold */
	SIGHTING_LOSS = 1 << 13,          /* acknowledges data never captured */
	SIGHTING_DUPLICATES = 1 << 14,    /* packets captured twice */
	SIGHTING_ZERO_WINDOW_SYNACK = 1 << 15, /* as a SYN proxy sends it */
	SIGHTING_RST_S_ACKS_DATA = 1 << 16,    /* the RST acknowledges data */
	SIGHTING_ICMP_FROM_SERVER = 1 << 17,   /* the error's sender is the
	                                        server's own address */
	SIGHTING_SYN_CUT = 1 << 18,        /* the SYN's options were cut off or
	                                 malformed: they tell nothing */
	SIGHTING_FAST_OPEN = 1 << 19,      /* SYN asked for or used Fast Open */
	SIGHTING_ICMP_OF_SYNACK = 1 << 20, /* the errors quote the SYN-ACK */
	SIGHTING_ICMP_FROM_CLIENT = 1 << 21, /* the error's sender is the
	                                        client's own address */
	SIGHTING_GAP = 1 << 22, /* while reading: acknowledged data may come */
	SIGHTING_WINDOW_SHUT_S = 1 << 26, /* the server's last window is 0: it
	                                     does not read */
	/* Where the capture says which way a packet went: into this host or out
	   of it, at any of its interfaces. */
	SIGHTING_SYN_IN = 1 << 27,
	SIGHTING_SYN_OUT = 1 << 28,
	SIGHTING_SYNACK_IN = 1 << 29,
	SIGHTING_SYNACK_OUT = 1 << 30,
	SIGHTING_RST_C_OF_BAD = 1 << 24, /* RST by the client for an answer that
	                                    does not fit its SYN */
	SIGHTING_SYN_AFTER_RST = 1 << 25, /* the client resets answers and goes
	                                     on asking */
	SIGHTING_FORWARDED = INT32_MIN, /* bit 31: two sights of one SYN differ
	                                   in their TTL */
	SIGHTING_RST_S_END = 1 << 23, /* RST by the server that answers neither
	                                 SYN nor ACK: it ends what was begun */
};

struct sighting {
	/* The 4-tuple, oriented by who sent the SYN. */
	struct ip_addr client;
	struct ip_addr server;
	uint16_t client_port;
	uint16_t server_port;

	uint32_t flags;   /* enum sighting_flag */
	int64_t first_ns; /* captured clock: first SYN, or first packet */
	int64_t last_ns;  /* last packet of the attempt */

	/* Sequence space. */
	uint32_t isn;        /* the client's initial sequence number */
	uint32_t server_isn; /* of the first valid SYN-ACK; 0 before */
	uint32_t c_next;     /* end of the client's data seen so far */
	uint32_t s_next;     /* end of the server's data seen so far */
	uint32_t s_acked;    /* so far the client has acknowledged it */
	uint32_t s_acked_at; /* since when it has */
	uint32_t previous;   /* earlier sighting of this 4-tuple, or NONE */
	uint32_t pair;       /* index of the host pair's activity */

	/* Counts; saturate at 65535. */
	uint16_t syn;
	uint16_t synack;     /* those that acknowledge this SYN */
	uint16_t synack_bad; /* those that acknowledge something else, or come
	                        from elsewhere (other) */
	uint16_t ack;        /* client segments that complete the handshake */
	uint16_t challenge; /* bare ACKs of the server for another connection */
	uint16_t rst_client;
	uint16_t rst_server;
	uint16_t icmp;   /* errors that quote the SYN, or the SYN-ACK */
	uint16_t data_c; /* client segments with payload */
	uint16_t data_s;
	uint16_t duplicates;       /* handshake segments captured twice */
	uint16_t syn_after_synack; /* SYN copies after a valid SYN-ACK */
	uint16_t synack_after_ack; /* SYN-ACK copies after the client's ACK */
	uint16_t mss;              /* of the SYN; 0 none */
	uint16_t window;           /* of the SYN */
	uint16_t syn_ip_id_first;
	uint16_t syn_ip_id_last;
	uint8_t again_s; /* segments that repeat the server's data, since the
	                    client acknowledged any; saturates */
	uint8_t again_c; /* the same of the client's data */
	uint16_t len_c;  /* longest payload of the client, and of the server */
	uint16_t len_s;
	uint8_t syn_options; /* TCP_OPT_* of the first SYN */
	uint8_t ttl_c;       /* of the client's first segment; 0 unknown */
	uint8_t ttl_s;       /* of the server's first segment other than RST */
	uint8_t ttl_rst_server;
	uint8_t icmp_type; /* of the first error */
	uint8_t icmp_code;
	uint8_t wscale : 4;      /* of the SYN; beyond 14 is 15 */
	uint8_t data_parted : 1; /* the client's data came in IP fragments, of
	                      which the first alone are known by ports */
	uint8_t shut_asks : 3; /* bare ACKs of the server that repeat its window
	                      of 0: the client has more to send; saturates */
	uint8_t turns : 3; /* the client sent more, unanswered; saturates at 7 */
	uint8_t asks : 2;  /* bare ACKs of the server that stand still while the
	                      client's data is on its way; saturates at 3 */
	uint8_t too_big_c : 1; /* an ICMP error: the client's data is too large
	                      for a link on the way; and the server's */
	uint8_t too_big_s : 1;
	uint8_t hole_of_server : 1; /* the hole is in the server's data */
	uint16_t syn_traits;        /* SYN_* of the first SYN */
	uint16_t syn_traits_last;   /* ... of the last copy */
	uint16_t synack_traits;     /* SYN_SUM_* of the first valid SYN-ACK */

	uint8_t syn_way[SIGHTING_WAY_STEPS]; /* of the last copy; 0: none */
	uint8_t synack_way[SIGHTING_WAY_STEPS];
	/* Of the time stamp of the first valid SYN-ACK: what its clock showed at
	   second 0 of the captured clock, in units of 1024 ms, of which there
	   are 65536; 0 without a time stamp. One machine has one. */
	uint16_t answer_clock;

	uint32_t syn_tsval_first; /* 0 without timestamps */
	uint32_t syn_tsval_last;
	uint32_t icmp_sender; /* index into the vantage's addresses */

	/* Microseconds after first_ns. */
	uint32_t syn_at[SIGHTING_SYN_TIMES];
	uint32_t synack_at[SIGHTING_SYNACK_TIMES];
	uint32_t syn_last_at;
	uint32_t synack_last_at;
	uint32_t ack_first_at;
	uint32_t ack_last_at;
	uint32_t rst_server_at;
	uint32_t rst_client_at;
	uint32_t icmp_at;
	uint32_t challenge_at;
	uint32_t data_c_first_at;
	uint32_t data_c_last_at; /* of data that repeats none before it */
	uint32_t data_s_first_at;
	uint32_t fin_c_at; /* first FIN of the client, or RST once it works */
	uint32_t fin_s_at;
	/* Another sight of this attempt in the same vantage, by other names:
	   index of its sighting, or SIGHTING_NONE. */
	uint32_t other;
	int32_t bad_ack;  /* of the first SYN-ACK that does not fit: how far its
	                    acknowledgement number is beyond ISN + 1 */
	uint32_t bad_at;  /* of the last such SYN-ACK */
	uint16_t c_acked; /* bytes of the client's data that the server has
	                      acknowledged; saturates at 65535 */
	uint16_t hole;    /* bytes of data before the first that is missing */
	uint32_t hole_at; /* since when later ones have been there */
	uint32_t quiet_us; /* longest silence between the handshake and a RST */

	/* Frame numbers, counted from 1 over the vantage's pieces; 0 = none. */
	uint32_t syn_first_frame;
	uint32_t syn_last_frame;
	uint32_t synack_first_frame;
	uint32_t synack_last_frame;
	uint32_t ack_first_frame;
	uint32_t ack_last_frame;
	uint32_t rst_client_frame;
	uint32_t rst_server_frame;
	uint32_t icmp_frame;
	uint32_t challenge_frame;
	uint32_t data_c_frame;
	uint32_t data_s_frame;
};

_Static_assert(sizeof(struct sighting) <= 360, "the memory budget of design");

#endif
