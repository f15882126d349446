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
#define SIGHTING_SYN_TIMES 12
#define SIGHTING_SYNACK_TIMES 8

/* No sighting, no earlier sighting. */
#define SIGHTING_NONE UINT32_MAX

/* Times inside a sighting: microseconds after first_ns, saturating (71 min). */
#define SIGHTING_AT_NONE UINT32_MAX
#define SIGHTING_AT_MAX (UINT32_MAX - 1)

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
	SIGHTING_RST_S_ACKS_SYN = 1 << 16,   /* the RST acknowledges ISN + 1 */
	SIGHTING_ICMP_FROM_SERVER = 1 << 17, /* the error's sender is the
	                                        server's own address */
	SIGHTING_SYN_CUT = 1 << 18,        /* the SYN's options were cut off or
	                                 malformed: they tell nothing */
	SIGHTING_FAST_OPEN = 1 << 19,      /* SYN asked for or used Fast Open */
	SIGHTING_ICMP_OF_SYNACK = 1 << 20, /* the errors quote the SYN-ACK */
	SIGHTING_ICMP_FROM_CLIENT = 1 << 21, /* the error's sender is the
	                                        client's own address */
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
	uint32_t previous;   /* earlier sighting of this 4-tuple, or NONE */
	uint32_t pair;       /* index of the host pair's activity */

	/* Counts; saturate at 65535. */
	uint16_t syn;
	uint16_t synack;     /* those that acknowledge this SYN */
	uint16_t synack_bad; /* those that acknowledge something else */
	uint16_t ack;        /* client segments that complete the handshake */
	uint16_t challenge; /* bare ACKs of the server for another connection */
	uint16_t rst_c;
	uint16_t rst_s;
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
	uint16_t rst_s_ip_id;
	uint8_t syn_options; /* TCP_OPT_* of the first SYN */
	uint8_t ttl_c;       /* of the client's first segment; 0 unknown */
	uint8_t ttl_s;       /* of the server's first segment other than RST */
	uint8_t ttl_rst_s;
	uint8_t icmp_type; /* of the first error */
	uint8_t icmp_code;
	uint8_t wscale;
	uint8_t spare;

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
	uint32_t rst_s_at;
	uint32_t rst_c_at;
	uint32_t icmp_at;
	uint32_t challenge_at;
	uint32_t data_c_first_at;
	uint32_t data_c_last_at;
	uint32_t data_s_first_at;
	uint32_t fin_c_at; /* first FIN of the client, or RST once it works */
	uint32_t fin_s_at;

	/* Frame numbers, counted from 1 over the vantage's pieces; 0 = none. */
	uint32_t syn_first_frame;
	uint32_t syn_last_frame;
	uint32_t synack_first_frame;
	uint32_t synack_last_frame;
	uint32_t ack_first_frame;
	uint32_t ack_last_frame;
	uint32_t rst_c_frame;
	uint32_t rst_s_frame;
	uint32_t icmp_frame;
	uint32_t challenge_frame;
	uint32_t data_c_frame;
	uint32_t data_s_frame;
};

_Static_assert(sizeof(struct sighting) <= 320, "the memory budget of design");

#endif
