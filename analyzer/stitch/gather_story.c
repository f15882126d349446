/*
 * A story is told in order: what a reset or a silence means depends on what was
 * there before it.
 */
#include "stitch/gather_story.h"

#include <string.h>

#include "model/coverage.h"
#include "stitch/gather_sights.h"

/* Idle timeouts of devices and servers begin here; shorter silences are
   ordinary. (HTTP keep-alive of nginx: 75 s; AWS network load balancer: 350 s.)
   cite: https://nginx.org/en/docs/http/ngx_http_core_module.html,
   keepalive_timeout; AWS Network Load Balancers, "Connection idle timeout" */
#define IDLE_US (UINT32_C(30) * 1000 * 1000)

/* A server whose program reads its connection answers a FIN within this time. */
#define ORDERLY_US (1000 * 1000)

/* A program that gives up waiting does so after a second or more. */
#define WAIT_US (1000 * 1000)

/* Timeouts are multiples of this, and fire so much late: half a percent. */
#define ROUND_US (500 * 1000)
#define LATE_US (5 * 1000)
#define LATE_MAX_US (50 * 1000)

/* So often did a client that waits for nobody speak again, unanswered. */
#define TURNS_ONE_WAY 2

/* A server repeats its data after 200 ms, doubling (Linux 6.12
   include/net/tcp.h, TCP_RTO_MIN): by then it has done so four times. */
#define STUCK_US (INT64_C(3) * 1000 * 1000)
#define STUCK_COPIES 2

int64_t
story_stuck_us(const struct sighting *g)
{
	if (g->ack == 0 || g->data_s == 0 || g->again_s < STUCK_COPIES ||
		g->flags & (SIGHTING_LOSS | SIGHTING_GAP) ||
		(int32_t)(g->s_next - g->s_acked) <= 0)
		return FACT_UNKNOWN;
	int64_t us = (g->last_ns - g->first_ns) / NS_PER_US - g->s_acked_at;
	return us >= STUCK_US ? us : FACT_UNKNOWN;
}

/* The server answered, or acknowledged some of the client's data and not the
   rest: an upload that begins and stops. Offsets end at UINT16_MAX. */
static bool
had_worked(const struct sighting *g)
{
	return g->data_s > 0 ||
		(g->c_acked > 0 && g->c_acked < UINT16_MAX &&
			g->c_next - (g->isn + 1) > g->c_acked);
}

int64_t
story_request_stuck_us(const struct sighting *g)
{
	if (g->ack == 0 || !had_worked(g) || g->again_c < STUCK_COPIES ||
		g->flags & (SIGHTING_LOSS | SIGHTING_GAP) ||
		g->data_c_last_at >= SIGHTING_AT_MAX)
		return FACT_UNKNOWN;
	int64_t us = (g->last_ns - g->first_ns) / NS_PER_US - g->data_c_last_at;
	return us >= STUCK_US ? us : FACT_UNKNOWN;
}

/* A window closes behind the last data that it has room for. */
int64_t
story_shut_us(
	const struct stitch_case *k, size_t vantage, const struct sighting *g)
{
	if (!(g->flags & SIGHTING_WINDOW_SHUT_S) || g->ack == 0 ||
		g->data_c == 0 || g->data_c_last_at >= SIGHTING_AT_MAX ||
		g->shut_asks < STUCK_COPIES)
		return FACT_UNKNOWN;
	int64_t ns = story_waited_ns(k, vantage, g, g->data_c_last_at);
	return ns != FACT_UNKNOWN && ns / NS_PER_US >= STUCK_US ? ns / NS_PER_US
								: FACT_UNKNOWN;
}

/* Silence before the data that stuck: since the client acknowledged what it had
 * got before. */
static int64_t
request_idle_us(const struct sighting *g)
{
	if (story_request_stuck_us(g) == FACT_UNKNOWN ||
		g->data_c_last_at < g->s_acked_at ||
		g->data_c_last_at - g->s_acked_at < IDLE_US)
		return FACT_UNKNOWN;
	return g->data_c_last_at - g->s_acked_at;
}

/* The client's FIN acknowledges what it got before: no answer of that time is
 * missing, whatever the capture lacks of it. */
static bool
closed_by_fin(const struct sighting *g)
{
	return g->flags & SIGHTING_FIN_C &&
		!(g->flags & (SIGHTING_RST_C_EARLY | SIGHTING_RST_C_LATE));
}

int64_t
story_waited_ns(const struct stitch_case *k, size_t vantage,
	const struct sighting *g, uint32_t since_at)
{
	uint32_t over = g->fin_c_at;
	if (g->flags & STORY_RESETS_WHAT_BEGAN && g->rst_server_at < over)
		over = g->rst_server_at;
	int64_t end = over != SIGHTING_AT_NONE
		? g->first_ns + (int64_t)over * NS_PER_US
		: k->vantages[vantage].last.ns;
	int64_t since = g->first_ns + (int64_t)since_at * NS_PER_US;
	const struct vantage *v = &k->vantages[vantage];
	bool told = over == g->fin_c_at && closed_by_fin(g);
	for (uint32_t i = 0; i < v->gaps_count && !told; i++)
		if (v->gaps[i].from_ns < end && v->gaps[i].to_ns > since)
			return FACT_UNKNOWN;
	return end > since ? clock_sub(end, since) : 0;
}

bool
story_unheard(const struct sighting *g)
{
	return g->ack > 0 && g->s_acked == g->server_isn + 1;
}

/* Microseconds for which the client repeated itself behind its last new data,
   because nothing came that acknowledges it: its last segment before the
   connection was seen to work is later than that data. */
static uint32_t
repeats_us(const struct sighting *g)
{
	uint32_t last =
		g->ack_last_at < g->fin_c_at ? g->ack_last_at : g->fin_c_at;
	if (g->data_c < 2 || last == SIGHTING_AT_NONE ||
		last < g->data_c_last_at)
		return 0;
	return last - g->data_c_last_at;
}

int64_t
story_unheard_ns(const struct sighting *g)
{
	int64_t us = repeats_us(g);
	if (closed_by_fin(g) && g->fin_c_at > g->data_c_last_at &&
		g->fin_c_at - g->data_c_last_at > us)
		us = g->fin_c_at - g->data_c_last_at;
	return us * NS_PER_US;
}

/* A torn stream is mended by a repetition; this one was not. Linux sends the
   first after 200 ms, doubling (TCP_RTO_MIN, as above): three by then. */
#define TORN_US (INT64_C(1) * 1000 * 1000)
#define CLIENT_RESETS (SIGHTING_RST_C_EARLY | SIGHTING_RST_C_LATE)

/* Microseconds since an offset within the first ones, TORN_US or more. */
static int64_t
torn_us(const struct stitch_case *k, size_t vantage, const struct sighting *g,
	uint32_t since_at)
{
	int64_t ns = story_waited_ns(k, vantage, g, since_at);
	return ns != FACT_UNKNOWN && ns / NS_PER_US >= TORN_US ? ns / NS_PER_US
							       : FACT_UNKNOWN;
}

/* The capture lacks nothing that was acknowledged, and shows the handshake. */
static bool
shows_all(const struct sighting *g)
{
	return g->ack > 0 && !(g->flags & (SIGHTING_LOSS | SIGHTING_GAP));
}

/* Whoever gets a piece behind a hole acknowledges it at once, up to the hole
 * (RFC 5681 section 4.2): where nothing follows it, the capture lacks that. */
static bool
ends_with_the_hole(const struct sighting *g)
{
	return clock_sub(g->last_ns, g->first_ns) / NS_PER_US <= g->hole_at;
}

/* For how long the client lacked a piece of the answer behind which others had
   come: it acknowledges up to there. As this capture shows it. */
static int64_t
answer_torn_us(
	const struct stitch_case *k, size_t vantage, const struct sighting *g)
{
	if (!shows_all(g) || g->hole_at == SIGHTING_AT_NONE ||
		!g->hole_of_server || ends_with_the_hole(g) ||
		g->s_acked - (g->server_isn + 1) != g->hole)
		return FACT_UNKNOWN;
	return torn_us(k, vantage, g, g->hole_at);
}

/*
 * The server heard a RST in the client's name before it was to repeat the piece, so
 * that it repeats none: the connection ended, and no way lost what was never sent
 * again. Counted from the client's ACK, whatever the clocks say.
 */
static bool
ended_untold(const struct sighting *c, const struct sighting *s)
{
	if (s == NULL || !(s->flags & CLIENT_RESETS) ||
		s->fin_c_at == SIGHTING_AT_NONE || s->ack == 0 ||
		s->ack_first_at > s->fin_c_at || c->ack_first_at > c->hole_at)
		return false;
	return s->fin_c_at - s->ack_first_at <
		c->hole_at - c->ack_first_at + TORN_US;
}

/* The same of the client's request. At the client's end the server's
   acknowledgements tell, which stand still behind data. */
static int64_t
request_torn_us(
	const struct stitch_case *k, size_t vantage, const struct sighting *g)
{
	if (!shows_all(g) || g->data_c == 0)
		return FACT_UNKNOWN;
	if (g->hole_at != SIGHTING_AT_NONE && !g->hole_of_server &&
		g->c_acked == g->hole)
		return torn_us(k, vantage, g, g->hole_at);
	if (g->asks > 0 && g->c_next - (g->isn + 1) > g->c_acked)
		return torn_us(k, vantage, g, g->data_c_last_at);
	return FACT_UNKNOWN;
}

bool
story_is_torn(
	const struct stitch_case *k, size_t vantage, const struct sighting *g)
{
	return answer_torn_us(k, vantage, g) != FACT_UNKNOWN ||
		request_torn_us(k, vantage, g) != FACT_UNKNOWN;
}

/* What stood still in the middle of a stream: a piece that is missing, a window
 * that stays closed. An answer tears on its way to the client: only that end
 * shows it. Of the rest the server's capture knows better. */
static void
gather_torn(const struct stitch_case *k, const struct attempt_ends *a,
	struct facts *f)
{
	f->answer_torn_us = a->c != NULL && !ended_untold(a->c, a->s)
		? answer_torn_us(k, a->near, a->c)
		: FACT_UNKNOWN;
	f->request_torn_us = FACT_UNKNOWN;
	f->window_shut_us = FACT_UNKNOWN;
	if (a->s != NULL)
		f->window_shut_us = story_shut_us(k, a->far, a->s);
	if (a->c != NULL && f->window_shut_us == FACT_UNKNOWN)
		f->window_shut_us = story_shut_us(k, a->near, a->c);
	if (a->s != NULL)
		f->request_torn_us = request_torn_us(k, a->far, a->s);
	else if (a->c != NULL)
		f->request_torn_us = request_torn_us(k, a->near, a->c);
}

static bool
was_reset(const struct sighting *g)
{
	return g->flags & (SIGHTING_RST_S_END | SIGHTING_RST_S_LATE);
}

bool
story_has_idle_reset(const struct sighting *g)
{
	return was_reset(g) && g->quiet_us >= IDLE_US;
}

/* What the client said last got no data for an answer, in a connection that
 * neither side had closed. */
static bool
is_unanswered(const struct sighting *g)
{
	if (g->data_c == 0 || g->fin_c_at < g->rst_server_at ||
		g->fin_s_at < g->rst_server_at)
		return false;
	return g->data_s == 0 ||
		(g->s_next == g->s_acked && g->s_acked_at <= g->data_c_last_at);
}

/* All of the client's data is acknowledged: a RST that comes a second later
 * answers none of it. */
static bool
is_taken(const struct sighting *g)
{
	return g->c_acked > 0 && g->c_acked == g->c_next - (g->isn + 1);
}

int64_t
story_request_reset_us(const struct sighting *g)
{
	if (!was_reset(g) && !(g->flags & SIGHTING_RST_S_ACKS_DATA))
		return FACT_UNKNOWN;
	if (g->ack == 0 || g->rst_server_at >= SIGHTING_AT_MAX ||
		g->rst_server_at < g->data_c_last_at || !is_unanswered(g))
		return FACT_UNKNOWN;
	uint32_t us = g->rst_server_at - g->data_c_last_at;
	return us < (is_taken(g) ? WAIT_US : IDLE_US) ? us : FACT_UNKNOWN;
}

/* The server's resets that refuse nothing, and the silence before them. */
static void
gather_resets(
	struct facts *f, const struct sighting *c, const struct sighting *s)
{
	f->c_rst_server_end = c != NULL && c->flags & SIGHTING_RST_S_END;
	f->s_rst_server_end = s != NULL && s->flags & SIGHTING_RST_S_END;
	f->rst_server_end_us = FACT_UNKNOWN;
	f->idle_reset_us = FACT_UNKNOWN;
	f->request_reset_us = FACT_UNKNOWN;
	const struct sighting *const ends[] = {s, c};
	for (int i = 0; i < 2; i++) {
		const struct sighting *g = ends[i];
		if (g == NULL)
			continue;
		if (g->flags & SIGHTING_RST_S_END && g->synack > 0 &&
			f->rst_server_end_us == FACT_UNKNOWN)
			f->rst_server_end_us =
				(int64_t)g->rst_server_at - g->synack_at[0];
		if (story_has_idle_reset(g) && f->idle_reset_us == FACT_UNKNOWN)
			f->idle_reset_us = g->quiet_us;
		if (f->request_reset_us == FACT_UNKNOWN)
			f->request_reset_us = story_request_reset_us(g);
	}
}

/* So many routers nearer is a device; one may be the server's own, in front of
 * a container or behind a balancer. */
#define DEVICE_HOPS_MIN 2

static bool
is_good(const char *word)
{
	return strcmp(word, coverage_word(COVERAGE_COVERED)) == 0 ||
		strcmp(word, coverage_word(COVERAGE_WITNESSED)) == 0;
}

void
gather_reset_by(const struct attempt_ends *a, struct facts *f)
{
	f->reset_by = NULL;
	if (f->request_reset_us == FACT_UNKNOWN &&
		f->idle_reset_us == FACT_UNKNOWN)
		return;
	f->reset_by = "the server's side";
	if (a->s != NULL && a->s->rst_server_at != SIGHTING_AT_NONE)
		f->reset_by = "the server";
	else if (a->s != NULL && is_good(f->s_sends))
		f->reset_by = "a device on the way (no RST left the server)";
	else if (f->rst_hops_nearer != FACT_UNKNOWN &&
		f->rst_hops_nearer >= DEVICE_HOPS_MIN)
		f->reset_by = "a device on the way (by its TTL it stands "
			      "nearer than the server)";
}

static bool
port_answers(const struct vantage *v, uint16_t port)
{
	return v->answers[port >> 6] >> (port & 63) & 1;
}

/* The client closed and the server did so in return. */
static bool
ended_orderly(const struct sighting *g)
{
	return g->flags & SIGHTING_FIN_C && g->flags & SIGHTING_FIN_S &&
		!(g->flags & (SIGHTING_RST_C_EARLY | SIGHTING_RST_C_LATE)) &&
		g->fin_s_at >= g->fin_c_at &&
		g->fin_s_at - g->fin_c_at < ORDERLY_US;
}

/* People set timeouts in whole and half seconds, and timers fire late. */
static bool
is_timeout(uint32_t us)
{
	uint32_t late = us % ROUND_US;
	uint32_t slack = LATE_US + us / 200;
	return us >= WAIT_US &&
		late < (slack < LATE_MAX_US ? slack : LATE_MAX_US);
}

/* The client ended the connection some time after its last data, and not as
   one does that has said what it had to say; orderly: one of the ends saw that
   the server closed in return. */
static bool
client_waited(const struct sighting *g, bool orderly)
{
	if (g->data_c == 0 || g->fin_c_at == SIGHTING_AT_NONE ||
		g->fin_c_at < g->data_c_last_at)
		return false;
	uint32_t us = g->fin_c_at - g->data_c_last_at;
	return us >= WAIT_US && (!orderly || is_timeout(us));
}

/* Whether anybody waited for an answer; each end may have seen what tells. */
static void
gather_waits(const struct stitch_case *k, const struct attempt_ends *a,
	struct facts *f)
{
	const struct {
		const struct sighting *g;
		size_t v;
	} ends[] = {{a->c, a->near}, {a->s, a->far}};
	for (size_t i = 0; i < sizeof ends / sizeof *ends; i++) {
		const struct sighting *g = ends[i].g;
		if (g == NULL)
			continue;
		f->port_answers |=
			port_answers(&k->vantages[ends[i].v], g->server_port);
		f->orderly_end |= ended_orderly(g);
		f->one_way |= g->data_s == 0 && g->turns >= TURNS_ONE_WAY;
	}
	for (size_t i = 0; i < sizeof ends / sizeof *ends; i++)
		if (ends[i].g != NULL)
			f->client_waited |=
				client_waited(ends[i].g, f->orderly_end != 0);
}

/* What each end shows of requests and answers. */
static void
gather_data(struct facts *f, const struct sighting *c, const struct sighting *s)
{
	f->answer_stuck_us = FACT_UNKNOWN;
	f->request_stuck_us = FACT_UNKNOWN;
	f->request_idle_us = FACT_UNKNOWN;
	if (c != NULL) {
		f->request_stuck_us = story_request_stuck_us(c);
		f->request_idle_us = request_idle_us(c);
		f->unheard = story_unheard(c);
		f->repeats_us = repeats_us(c);
		f->c_answers = c->data_s;
		f->c_request_len = c->len_c;
		f->c_answer_len = c->len_s;
		f->window_shut |= (c->flags & SIGHTING_WINDOW_SHUT_S) != 0;
		f->answer_stuck_us = story_stuck_us(c);
	}
	if (s != NULL) {
		f->s_request_len = s->len_c;
		f->s_answer_len = s->len_s;
		f->window_shut |= (s->flags & SIGHTING_WINDOW_SHUT_S) != 0;
		int64_t us = story_stuck_us(s);
		f->answer_stuck_us =
			us != FACT_UNKNOWN ? us : f->answer_stuck_us;
	}
}

/*
 * A router said that the data is too large, wherever that was captured; the
 * sender's own capture shows whether it was told.
 */
static void
gather_too_big(const struct stitch_case *k, const struct attempt_ends *a,
	struct facts *f)
{
	for (size_t v = 0; v < k->count; v++) {
		const struct sighting *g =
			match_seen(&k->match, k->vantages, a->attempt, v);
		const struct sighting *const sights[] = {
			g, sights_twin(k, v, g)};
		for (int i = 0; i < 2; i++) {
			if (sights[i] == NULL)
				continue;
			f->request_too_big |= sights[i]->too_big_c;
			f->answer_too_big |= sights[i]->too_big_s;
		}
	}
	f->c_too_big = a->c != NULL && a->c->too_big_c;
	f->s_too_big = a->s != NULL && a->s->too_big_s;
}

void
gather_story(const struct stitch_case *k, const struct attempt_ends *a,
	struct facts *f)
{
	gather_resets(f, a->c, a->s);
	gather_waits(k, a, f);
	gather_data(f, a->c, a->s);
	gather_torn(k, a, f);
	gather_too_big(k, a, f);
	/* A RST that left the server and acknowledges data came from a socket
	   that had taken it. What reached the client may be a device's. */
	if (a->s != NULL && a->s->flags & SIGHTING_RST_S_ACKS_DATA) {
		f->s_progress = 1;
		f->s_rst_server = 0;
	}
}
