/*
 * One hole at a time: the first of the direction in which one opened. It closes
 * when its piece comes; whether the receiver took it shows what it
 * acknowledges, which stitch/gather_story.c compares.
 */
#include "ingest/track_hole.h"

#include "ingest/track_notes.h"

/* So many acknowledgements that stand still are counted; one is enough. */
#define ASKS_MAX 3

/* How far number is behind the first of its direction; saturates. */
static uint16_t
offset(uint32_t number, uint32_t first)
{
	uint32_t far = number - first;
	return far < UINT16_MAX ? (uint16_t)far : UINT16_MAX;
}

/* The receiver still lacks that piece. */
static bool
is_open(const struct sighting *s)
{
	if (s->hole_at == SIGHTING_AT_NONE)
		return false;
	return s->hole_of_server ? s->s_acked - (s->server_isn + 1) <= s->hole
				 : s->c_acked <= s->hole;
}

/* Data [seq, seq + len) came, where next was expected; numbers are counted from
   the first of their direction. */
static void
note_piece(struct sighting *s, const struct track_event *ev, bool server,
	uint32_t first, uint32_t next)
{
	const struct packet *p = ev->packet;
	uint32_t end = p->seq + p->payload_len;
	bool open = is_open(s);
	if (!open && !seq_ge(next, p->seq) &&
		offset(next, first) != UINT16_MAX) {
		s->hole_of_server = server;
		s->hole = offset(next, first);
		s->hole_at = track_at(s, ev->ns);
	}
	if (!open || s->hole_of_server != server)
		return;
	uint32_t from = first + s->hole;
	if (!seq_ge(from, p->seq) || !seq_ge(end, from + 1))
		return;
	/* What lies behind the piece may be another hole, or nothing. */
	s->hole = offset(end, first);
	if (s->hole == UINT16_MAX || seq_ge(end, next))
		s->hole_at = SIGHTING_AT_NONE;
}

void
track_hole_client(struct sighting *s, const struct track_event *ev)
{
	note_piece(s, ev, false, s->isn + 1, s->c_next);
}

void
track_hole_server(struct sighting *s, const struct track_event *ev)
{
	note_piece(s, ev, true, s->server_isn + 1, s->s_next);
}

void
track_hole_acked(struct sighting *s, const struct packet *p)
{
	if (!(p->flags & TCP_ACK) || !seq_ge(p->ack, s->isn + 1))
		return;
	uint16_t acked = offset(p->ack, s->isn + 1);
	/* Beyond what is counted nobody knows which acknowledgement is new. */
	if (acked > s->c_acked || acked == UINT16_MAX ||
		seq_ge(p->ack, s->c_next))
		s->again_c = 0;
	if (acked > s->c_acked) {
		s->c_acked = acked;
		s->asks = 0;
		return;
	}
	bool bare = p->payload_len == 0 && !(p->flags & (TCP_SYN | TCP_FIN));
	if (bare && acked == s->c_acked && s->data_c > 0 &&
		!seq_ge(p->ack, s->c_next) && s->asks < ASKS_MAX)
		s->asks++;
}
