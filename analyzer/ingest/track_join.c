/*
 * An answer whose source was not translated back, or that a server gave in its
 * own name, has other addresses than the SYN, and the same number.
 *
 * Cost: nothing in a capture without SYN-ACKs that lack their SYN; else one
 * search for each attempt among those.
 */
#include "ingest/track_join.h"

#include <stdlib.h>

#include "base/arena.h"
#include "ingest/track_flow.h"

/* A client's connect ends this long after its last SYN at the latest: Linux
 * waits 64 s behind the sixth repetition (ip-sysctl, tcp_syn_retries). */
#define ANSWER_NS (75 * NS_PER_S)

struct stray {
	uint32_t isn;
	uint32_t index;
};

/* A RST that acknowledges a SYN of somebody's, and whose own 4-tuple was never
 * asked: it begins no attempt, and refuses nothing for a client that asked
 * another address (RFC 9293 section 3.10.7.3 knows connections by both ends). */
static bool
is_stray_reset(const struct sighting *s)
{
	return s->flags & SIGHTING_MIDSTREAM && s->rst_server > 0 &&
		s->isn != 0 && s->syn == 0 && s->synack == 0 && s->data_c == 0;
}

static bool
is_stray(const struct sighting *s)
{
	return s->flags & SIGHTING_NO_SYN && s->syn == 0 && s->ack == 0 &&
		!(s->flags & (SIGHTING_MIDSTREAM | SIGHTING_PROGRESS));
}

static int
by_isn(const void *a, const void *b)
{
	const struct stray *x = a;
	const struct stray *y = b;
	if (x->isn != y->isn)
		return x->isn < y->isn ? -1 : 1;
	return x->index < y->index ? -1 : x->index > y->index;
}

/* All strays in the order of their ISNs; the caller frees. */
static struct stray *
collect(const struct vantage *v, uint32_t *count)
{
	uint32_t room = 0;
	struct stray *list = NULL;
	*count = 0;
	for (uint32_t i = 0; i < v->sightings; i++) {
		const struct sighting *s = vantage_sighting(v, i);
		if (!is_stray(s) && !is_stray_reset(s))
			continue;
		if (*count == room) {
			room = room == 0 ? 64 : room * 2;
			list = memory_grow(list, room, sizeof *list);
		}
		list[(*count)++] = (struct stray){s->isn, i};
	}
	if (*count > 1)
		qsort(list, *count, sizeof *list, by_isn);
	return list;
}

static uint32_t
first_with(const struct stray *list, uint32_t count, uint32_t isn)
{
	uint32_t low = 0;
	uint32_t high = count;
	while (low < high) {
		uint32_t middle = low + (high - low) / 2;
		if (list[middle].isn < isn)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

/* The answer was given to this client, and while it asked; the first SYNs may
 * not have been captured. */
static bool
answers(const struct sighting *asked, const struct sighting *answer)
{
	int64_t last =
		asked->first_ns + (int64_t)asked->syn_last_at * NS_PER_US;
	return asked->client_port == answer->client_port &&
		ip_equal(asked->client, answer->client) &&
		answer->first_ns >= asked->first_ns - ANSWER_NS &&
		answer->last_ns >= asked->first_ns - TRACK_DUPLICATE_NS &&
		answer->first_ns <= last + ANSWER_NS;
}

static void
join(struct sighting *asked, struct sighting *answer, uint32_t index)
{
	/* Beside one that fits it is told, and changes nothing. */
	bool fits = asked->synack > 0;
	if (!fits || asked->other == SIGHTING_NONE)
		asked->other = index;
	asked->bad_at = track_at(asked, answer->first_ns);
	uint32_t sum = (uint32_t)asked->synack_bad + answer->synack;
	asked->synack_bad = sum > UINT16_MAX ? UINT16_MAX : (uint16_t)sum;
	if (!fits)
		asked->server_isn = answer->server_isn;
	if (answer->rst_client > 0) {
		asked->flags |= SIGHTING_RST_C_OF_BAD;
		int64_t reset = answer->first_ns +
			(int64_t)answer->rst_client_at * NS_PER_US;
		if (track_at(asked, reset) < asked->syn_last_at)
			asked->flags |= SIGHTING_SYN_AFTER_RST;
	}
	if (answer->last_ns > asked->last_ns)
		asked->last_ns = answer->last_ns;
	answer->flags |= SIGHTING_MIDSTREAM;
}

/* What the reset came from is told; the client took no notice of it. */
static void
join_reset(struct sighting *asked, const struct sighting *reset, uint32_t index)
{
	if (asked->other != SIGHTING_NONE || asked->rst_server > 0 ||
		ip_equal(asked->server, reset->server))
		return;
	asked->other = index;
	if (reset->last_ns > asked->last_ns)
		asked->last_ns = reset->last_ns;
}

void
track_join_answers(struct vantage *v)
{
	uint32_t count;
	struct stray *list = collect(v, &count);
	for (uint32_t i = 0; count > 0 && i < v->sightings; i++) {
		struct sighting *s = vantage_sighting(v, i);
		if (s->syn == 0 || s->flags & SIGHTING_MIDSTREAM)
			continue;
		uint32_t at = first_with(list, count, s->isn);
		for (; at < count && list[at].isn == s->isn; at++) {
			struct sighting *answer =
				vantage_sighting(v, list[at].index);
			if (!answers(s, answer))
				continue;
			if (is_stray(answer))
				join(s, answer, list[at].index);
			else if (is_stray_reset(answer) && s->synack == 0)
				join_reset(s, answer, list[at].index);
		}
	}
	free(list);
}
