/*
 * What a Zeek sensor at a vantage would have logged of an attempt: conn_state
 * and history of its conn.log, for people who think in these and for joining
 * with the logs themselves.
 *
 * Made of a sighting, which has constant size, so history is not all of Zeek's:
 * each letter once for each side, in the order of its first segment, and of
 * s h a d f r only. A bare ACK of a server that works is known by what it
 * acknowledged, not by its time: its 'a' stands at the end. Where Zeek has a letter twice
 * (another sequence number) or one of c g t w i q ^ x, this has not. Until a
 * connection works the two agree, which is where failed ones end.
 *
 * spec: Zeek 7, scripts/base/protocols/conn/main.zeek, conn_state() and the
 * table at `history`; src/packet_analysis/protocol/tcp/TCPSessionAdapter.cc for
 * the states that the first asks for
 */
#ifndef STITCH_CONN_LOG_H
#define STITCH_CONN_LOG_H

#include "model/sighting.h"

/* Six letters for each of two sides, and a NUL. */
#define CONN_LOG_HISTORY_MAX 13

/* S0, S1, SF, REJ, S2, S3, RSTO, RSTR, RSTOS0, RSTRH, SH, SHR or OTH. Static. */
const char *conn_log_state(const struct sighting *s);

/* Upper case of the client, lower case of the server. Returns text. */
const char *conn_log_history(
	const struct sighting *s, char text[CONN_LOG_HISTORY_MAX]);

#endif
