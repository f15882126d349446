/*
 * Zeek's states of an endpoint, from what was counted of it.
 */
#include "stitch/conn_log.h"

#include <stdbool.h>
#include <string.h>

/* cite: Zeek 7, src/analyzer/protocol/tcp/TCP_Endpoint.h, EndpointState */
enum endpoint {
	INACTIVE, /* or PARTIAL: no SYN seen of it */
	SYN_SENT,
	ESTABLISHED,
	CLOSED,
	RESET,
};

static bool
client_reset(const struct sighting *s)
{
	return s->rst_client > 0 ||
		s->flags &
		(SIGHTING_RST_C_EARLY | SIGHTING_RST_C_LATE |
			SIGHTING_RST_C_OF_BAD);
}

static bool
server_reset(const struct sighting *s)
{
	return s->rst_server > 0 ||
		s->flags &
		(SIGHTING_RST_S_EARLY | SIGHTING_RST_S_LATE |
			SIGHTING_RST_S_END);
}

static bool
synack_seen(const struct sighting *s)
{
	return s->synack > 0 || s->synack_bad > 0 ||
		s->flags & SIGHTING_SIMULTANEOUS;
}

static bool
both_closed(const struct sighting *s)
{
	return s->flags & SIGHTING_FIN_C && s->flags & SIGHTING_FIN_S;
}

/* A RST behind the FINs of both changes nothing. */
static enum endpoint
client_state(const struct sighting *s)
{
	if (client_reset(s) && !both_closed(s))
		return RESET;
	if (s->flags & SIGHTING_FIN_C)
		return CLOSED;
	if (s->syn == 0)
		return synack_seen(s) && s->ack > 0 ? ESTABLISHED : INACTIVE;
	return synack_seen(s) ? ESTABLISHED : SYN_SENT;
}

static enum endpoint
server_state(const struct sighting *s)
{
	if (server_reset(s) && !both_closed(s))
		return RESET;
	if (s->flags & SIGHTING_FIN_S)
		return CLOSED;
	return synack_seen(s) ? ESTABLISHED : INACTIVE;
}

/* The client reset a SYN that nothing had answered. */
static bool
is_half_open_reset(const struct sighting *s)
{
	return s->syn > 0 && s->ack == 0 && !(s->flags & SIGHTING_FIN_C);
}

const char *
conn_log_state(const struct sighting *s)
{
	enum endpoint c = client_state(s);
	enum endpoint r = server_state(s);
	if (r == RESET) {
		bool silent = s->data_c == 0 && s->data_s == 0;
		if (c == SYN_SENT || (c == RESET && silent))
			return "REJ";
		return c == INACTIVE ? "RSTRH" : "RSTR";
	}
	if (c == RESET && r == INACTIVE)
		return is_half_open_reset(s) ? "RSTOS0" : "OTH";
	if (c == RESET)
		return "RSTO";
	if (c == CLOSED && r == CLOSED)
		return "SF";
	if (c == CLOSED)
		return r == INACTIVE ? "SH" : "S2";
	if (r == CLOSED)
		return c == INACTIVE ? "SHR" : "S3";
	if (c == SYN_SENT && r == INACTIVE)
		return "S0";
	return c == ESTABLISHED && r == ESTABLISHED ? "S1" : "OTH";
}

struct letter {
	char letter;
	uint32_t at; /* SIGHTING_AT_NONE: when is not known, so at the end */
	uint32_t frame;
};

struct letters {
	struct letter list[CONN_LOG_HISTORY_MAX - 1];
	size_t count;
};

static bool
is_before(const struct letter *a, const struct letter *b)
{
	if (a->at != b->at)
		return a->at < b->at;
	return a->frame != 0 && b->frame != 0 && a->frame < b->frame;
}

/* Into its place in time; behind those of its own moment without frames. */
static void
add(struct letters *l, bool seen, char letter, uint32_t at, uint32_t frame)
{
	const struct letter x = {letter, at, frame};
	if (!seen)
		return;
	size_t i = l->count++;
	for (; i > 0 && is_before(&x, &l->list[i - 1]); i--)
		l->list[i] = l->list[i - 1];
	l->list[i] = x;
}

static void
add_client(struct letters *l, const struct sighting *s)
{
	const uint32_t never = SIGHTING_AT_NONE;
	bool fin = s->flags & SIGHTING_FIN_C;
	/* Data that completes the handshake is no pure ACK. */
	bool bare = s->ack > 0 && s->ack_first_frame != s->data_c_frame;
	add(l, s->syn > 0, 'S', s->syn_at[0], s->syn_first_frame);
	add(l, bare, 'A', s->ack_first_at, s->ack_first_frame);
	add(l, s->data_c > 0, 'D', s->data_c_first_at, s->data_c_frame);
	add(l, fin, 'F', s->fin_c_at, 0);
	add(l, client_reset(s), 'R',
		s->rst_client > 0 ? s->rst_client_at
			: fin     ? never
				  : s->fin_c_at,
		s->rst_client_frame);
}

static void
add_server(struct letters *l, const struct sighting *s)
{
	bool fin = s->flags & SIGHTING_FIN_S;
	bool worked = s->flags & SIGHTING_PROGRESS && s->data_c > 0;
	if (s->synack > 0)
		add(l, true, 'h', s->synack_at[0], s->synack_first_frame);
	else
		add(l, s->synack_bad > 0, 'h', s->bad_at, 0);
	add(l, s->data_s > 0, 'd', s->data_s_first_at, s->data_s_frame);
	add(l, fin, 'f', s->fin_s_at, 0);
	add(l, server_reset(s), 'r', s->rst_server_at, s->rst_server_frame);
	/* Data may carry the acknowledgement. */
	add(l, s->challenge > 0 || (worked && s->data_s == 0 && !fin), 'a',
		s->challenge_at, s->challenge_frame);
}

const char *
conn_log_history(const struct sighting *s, char text[CONN_LOG_HISTORY_MAX])
{
	struct letters l = {.count = 0};
	add_client(&l, s);
	add_server(&l, s);
	for (size_t i = 0; i < l.count; i++)
		text[i] = l.list[i].letter;
	text[l.count] = '\0';
	return text;
}
