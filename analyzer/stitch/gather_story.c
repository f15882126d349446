/*
 * A story is told in order: what a reset or a silence means depends on what was
 * there before it.
 */
#include "stitch/gather_story.h"

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

/* The server's resets that refuse nothing, and the silence before them. */
static void
gather_resets(
	struct facts *f, const struct sighting *c, const struct sighting *s)
{
	f->c_rst_server_end = c != NULL && c->flags & SIGHTING_RST_S_END;
	f->s_rst_server_end = s != NULL && s->flags & SIGHTING_RST_S_END;
	f->rst_server_end_us = FACT_UNKNOWN;
	f->idle_reset_us = FACT_UNKNOWN;
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
	}
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
	if (c != NULL) {
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

void
gather_story(const struct stitch_case *k, const struct attempt_ends *a,
	struct facts *f)
{
	gather_resets(f, a->c, a->s);
	gather_waits(k, a, f);
	gather_data(f, a->c, a->s);
	/* A RST that left the server and acknowledges data came from a socket
	   that had taken it. What reached the client may be a device's. */
	if (a->s != NULL && a->s->flags & SIGHTING_RST_S_ACKS_DATA) {
		f->s_progress = 1;
		f->s_rst_server = 0;
	}
}
