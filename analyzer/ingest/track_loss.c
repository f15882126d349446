/*
 * A short list of gaps that may still be filled.
 *
 * When the list is full the oldest gap counts as a loss: so many at a time are
 * no matter of order. What is open when the capture ends is none: it may have
 * come behind the last packet.
 */
#include "ingest/track_loss.h"

#include "ingest/track_notes.h"

/*
 * How long acknowledged data may be missing. Queues of a card differ by
 * microseconds, the block timeout of a merged ring by milliseconds; a real loss
 * stays one, so that waiting costs nothing.
 */
#define MISSING_NS (10 * NS_PER_MS)
#define MISSING_PACKETS 3

/* Not one segment of the client's was captured: that side is missing as a whole
 * (a bridge shows answers under another name than requests, a filter took one
 * direction), and speaks of no losses. The sighting's own flag stays. */
static bool
lacks_client(const struct sighting *s)
{
	return s->syn == 0 && s->ack == 0 && s->data_c == 0 &&
		s->rst_client == 0;
}

static void
count_loss(struct tracker *t, const struct track_gap *g)
{
	struct vantage *v = t->vantage;
	g->sighting->flags |= SIGHTING_LOSS;
	if (g->single || (g->row == 0 && lacks_client(g->sighting)))
		return;
	v->audit.loss_events++;
	timemap_mark(&v->losses, g->row, g->ns);
}

/* Forget gap i; the order of the others stays. */
static void
remove_gap(struct tracker *t, uint32_t i)
{
	struct sighting *s = t->gaps[i].sighting;
	t->gaps_count--;
	for (; i < t->gaps_count; i++)
		t->gaps[i] = t->gaps[i + 1];
	for (i = 0; i < t->gaps_count; i++)
		if (t->gaps[i].sighting == s)
			return;
	s->flags &= ~(uint32_t)SIGHTING_GAP;
}

void
track_loss_suspect(struct tracker *t, struct sighting *s,
	const struct track_event *ev, int row, uint32_t from, uint32_t to)
{
	if (t->gaps_count == TRACK_GAPS_MAX) {
		count_loss(t, &t->gaps[0]);
		remove_gap(t, 0);
	}
	t->gaps[t->gaps_count++] = (struct track_gap){
		.sighting = s,
		.ns = ev->ns,
		.frame = ev->frame,
		.from = from,
		.to = to,
		.single = to - from == 1,
		.row = (uint8_t)row,
	};
	s->flags |= SIGHTING_GAP;
}

void
track_loss_suspect_synack(
	struct tracker *t, struct sighting *s, const struct track_event *ev)
{
	track_loss_suspect(t, s, ev, 1, s->server_isn, s->server_isn + 1);
	t->gaps[t->gaps_count - 1].single = false;
}

/* How much of [from, to) lies in [seq, seq + len). */
static uint32_t
overlap(const struct track_gap *g, uint32_t seq, uint32_t len)
{
	uint32_t from = seq_ge(seq, g->from) ? seq : g->from;
	uint32_t end = seq + len;
	uint32_t to = seq_ge(end, g->to) ? g->to : end;
	return seq_ge(to, from) ? to - from : 0;
}

void
track_loss_fill(struct tracker *t, struct sighting *s, int row, uint32_t seq,
	uint32_t len)
{
	for (uint32_t i = 0; i < t->gaps_count; i++) {
		struct track_gap *g = &t->gaps[i];
		if (g->sighting != s || g->row != row)
			continue;
		g->filled += overlap(g, seq, len);
		/* The last number may be the FIN's. */
		if (g->filled > 0 && g->filled + 1 >= g->to - g->from) {
			remove_gap(t, i);
			return;
		}
	}
}

void
track_loss_settle(struct tracker *t, const struct track_event *ev)
{
	while (t->gaps_count > 0 && ev->ns - t->gaps[0].ns > MISSING_NS &&
		ev->frame - t->gaps[0].frame >= MISSING_PACKETS) {
		count_loss(t, &t->gaps[0]);
		remove_gap(t, 0);
	}
}
