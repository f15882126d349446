/*
 * Comparing the copies of a segment at both ends.
 *
 * The fate that counts is that of the last copy sent while the other end's
 * capture was running; earlier ones are counts. A copy arrived when the far end
 * shows one at the same reference time, or with the same timestamp value.
 */
#include "stitch/copies.h"

#include "stitch/behind.h"
#include "stitch/gather_sights.h"
#include "stitch/passed_by.h"
#include "stitch/syn_order.h"

/*
 * A copy that arrives does so within this time: a path with more than a second
 * of delay would overlap the next retransmission.
 */
#define TRANSIT_NS (750 * NS_PER_MS)
/* Clock jitter between the two captures beyond the stated uncertainty. */
#define JITTER_NS (50 * NS_PER_MS)

/* What clocks that nothing compares are taken to differ by, when it is asked
 * which SYN may be which. */
#define UNCOMPARED_NS (3 * NS_PER_S)

#define ENDS_BEFORE_LAST "the capture ends before the last copies"

/* Times of one segment's copies at one vantage, reference clock. */
struct copies {
	int64_t at_ns[SIGHTING_SYN_TIMES + 1];
	int64_t shown_ns[SIGHTING_SYN_TIMES + 1]; /* by its own clock */
	int count;
	size_t vantage; /* whose clock showed them */
};

static void
copies_add(struct copies *c, const struct stitch_case *k,
	const struct sighting *g, uint32_t at_us)
{
	c->shown_ns[c->count] =
		clock_add(g->first_ns, (int64_t)at_us * NS_PER_US);
	c->at_ns[c->count++] = stitch_case_time(k, c->vantage, g, at_us);
}

/* The kept times, and the last one when it is beyond them. */
static struct copies
copies_of(const struct stitch_case *k, size_t v, const struct sighting *g,
	const uint32_t *at, int kept_max, int seen, uint32_t last_at)
{
	struct copies c = {.count = 0, .vantage = v};
	int kept = seen < kept_max ? seen : kept_max;
	for (int i = 0; i < kept; i++)
		copies_add(&c, k, g, at[i]);
	if (seen > kept)
		copies_add(&c, k, g, last_at);
	return c;
}

static struct copies
syn_copies(const struct stitch_case *k, size_t v, const struct sighting *g)
{
	return copies_of(
		k, v, g, g->syn_at, SIGHTING_SYN_TIMES, g->syn, g->syn_last_at);
}

static struct copies
synack_copies(const struct stitch_case *k, size_t v, const struct sighting *g)
{
	return copies_of(k, v, g, g->synack_at, SIGHTING_SYNACK_TIMES,
		g->synack, g->synack_last_at);
}

/* The client's ACKs: first and last are what is kept. */
static struct copies
ack_copies(const struct stitch_case *k, size_t v, const struct sighting *g)
{
	const uint32_t at[] = {g->ack_first_at, g->ack_last_at};
	return copies_of(
		k, v, g, at, 2, g->ack < 2 ? g->ack : 2, g->ack_last_at);
}

static int64_t
distance(int64_t a, int64_t b)
{
	return a < b ? clock_sub(b, a) : clock_sub(a, b);
}

/* Another copy was sent nearer to this moment than the one that is asked for. */
static bool
is_another_copy(const struct copies *sent, int which, int64_t at_ns)
{
	for (int i = 0; i < sent->count; i++)
		if (distance(sent->at_ns[i], at_ns) <
			distance(sent->at_ns[which], at_ns))
			return true;
	return false;
}

/* How far a vantage's clock may be off at a moment on the reference clock. */
static int64_t
unsure_at(const struct stitch_case *k, size_t v, int64_t at_ns)
{
	const struct clock_map *map = &k->maps[v];
	return clock_uncertainty(map,
		clock_from_reference(map, (struct reference_time){at_ns}, NULL)
			.ns);
}

/*
 * One of the copies that vantage at shows is the copy sent[which]: it is there
 * a plausible transit later, and no other copy that was sent fits better.
 */
static bool
arrived_at(const struct stitch_case *k, const struct attempt_ends *a, size_t at,
	const struct copies *got, const struct copies *sent, int which)
{
	int64_t slack = JITTER_NS;
	for (size_t v = 0; v < k->count; v++)
		if (v == at || v == a->near || v == a->far)
			slack = clock_add(
				slack, unsure_at(k, v, sent->at_ns[which]));
	int64_t from = clock_sub(sent->at_ns[which], slack);
	int64_t to =
		clock_add(sent->at_ns[which], clock_add(TRANSIT_NS, slack));
	for (int i = 0; i < got->count; i++)
		if (got->at_ns[i] >= from && got->at_ns[i] <= to &&
			!is_another_copy(sent, which, got->at_ns[i]))
			return true;
	return false;
}

/* How many of the covered copies, counted back from the last of them, did not
 * arrive. */
static int
count_absent(const struct stitch_case *k, const struct attempt_ends *a,
	size_t at, const struct copies *got, const struct copies *sent,
	const struct cover_answer *answer)
{
	int absent = 0;
	while (absent < answer->inside && absent <= answer->last_inside &&
		!arrived_at(k, a, at, got, sent, answer->last_inside - absent))
		absent++;
	return absent;
}

/* How many of all covered copies did not arrive: no more than the other end
 * lacks, for those that took very long are there, and unrecognised. */
static int
count_lost(const struct stitch_case *k, const struct attempt_ends *a, size_t at,
	const struct copies *got, const struct copies *sent,
	const struct cover_answer *answer)
{
	int lost = 0;
	int first = answer->last_inside + 1 - answer->inside;
	for (int i = first < 0 ? 0 : first; i <= answer->last_inside; i++)
		lost += !arrived_at(k, a, at, got, sent, i);
	int lacks = sent->count > got->count ? sent->count - got->count : 0;
	return lost < lacks ? lost : lacks;
}

/*
 * Whether the last copy arrived, by the last one that the capture covers. When
 * that is not the last one of all, it may stand for it as long as none arrived:
 * for the one that follows at the edge of the capture without more ado, for
 * several with a doubt that the report names. Else nobody knows.
 */
static int64_t
fate_of_last(const struct copies *sent, const struct cover_answer *answer,
	int absent, const char **coverage, struct facts *f)
{
	if (absent == 0)
		return 1;
	int behind = sent->count - 1 - answer->last_inside;
	if (behind == 0)
		return 0;
	if (absent < answer->inside)
		return FACT_UNKNOWN;
	if ((behind > 1 || absent == 1) &&
		answer->coverage >= COVERAGE_COVERED) {
		*coverage = coverage_word(COVERAGE_DOUBTFUL);
		f->doubt_note = ENDS_BEFORE_LAST;
		f->coverage_note = f->doubt_note;
	}
	return 0;
}

/*
 * The same for coverage. Of an offset that one direction of segments bounds the
 * greatest part is the delay that was assumed of them. COVER_LAST_NS knows the
 * delay there; this is the one back.
 */
static int64_t
unsure_to_cover(const struct stitch_case *k, size_t v, int64_t at_ns)
{
	int64_t ns = unsure_at(k, v, at_ns);
	if (k->maps[v].method != CLOCK_ONE_DIRECTION || ns < CLOCK_ONE_WAY_NS)
		return ns;
	return clock_add(ns - CLOCK_ONE_WAY_NS, COVER_LAST_NS);
}

/* How far apart the clock that showed the moments and that of vantage v may be
 * beyond what the reference says of both. A clock agrees with itself. */
static int64_t
unsure_between(
	const struct stitch_case *k, size_t v, const struct copies *moments)
{
	int64_t most = 0;
	/* Clocks that nothing compares are doubted as a whole, in cover.c. */
	if (v == moments->vantage || !clock_known(&k->maps[v]) ||
		!clock_known(&k->maps[moments->vantage]))
		return 0;
	for (int i = 0; i < moments->count; i++) {
		int64_t at = moments->at_ns[i];
		int64_t ns = clock_add(unsure_to_cover(k, v, at),
			unsure_to_cover(k, moments->vantage, at));
		most = ns > most ? ns : most;
	}
	return most;
}

/* A capture's answer about segments of one direction at some moments. */
static struct cover_answer
ask(const struct stitch_case *k, size_t v, const struct attempt_ends *a,
	bool from_client, bool beyond_syn, const struct copies *moments)
{
	const struct sighting *g =
		match_seen(&k->match, k->vantages, a->attempt, v);
	bool seen = g != NULL;
	size_t elsewhere;
	if (!seen)
		g = a->c != NULL ? a->c : a->s;
	/* An attempt may have been seen between the ends only. */
	if (g == NULL)
		g = stitch_case_first(k, a->attempt, &elsewhere);
	struct behind_ends e = {g->client, g->server, g->server_port, false};
	if (!seen && v == a->far) {
		const struct sighting *last = behind_last_between(k, a);
		behind_ends(k, v, last != NULL ? last : g, &e);
	}
	struct cover_question q = {
		.seen_here = seen,
		.answers = seen && !from_client && g->syn > 0,
		.alone = a->c == NULL,
		.own = v == a->near ? e.client : e.server,
		.from = from_client ? e.client : e.server,
		.to = from_client ? e.server : e.client,
		.server_port = e.server_port,
		.from_client = from_client,
		.beyond_syn = beyond_syn,
		.at_ns = moments->at_ns,
		.shown_ns = v == moments->vantage ? moments->shown_ns : NULL,
		.count = moments->count,
		.unsure_ns = unsure_between(k, v, moments),
	};
	struct cover_answer answer;
	cover_ask(&k->covers[v], &q, &answer);
	if (seen && !from_client && passed_by_lacks_reset(g) &&
		answer.coverage > COVERAGE_LOSSY) {
		answer.coverage = COVERAGE_LOSSY;
		answer.note = "the client reset an answer that the capture "
			      "does not show";
	}
	return answer;
}

/* Every moment at which something of the attempt was seen anywhere. */
static struct copies
any_moments(const struct stitch_case *k, const struct attempt_ends *a)
{
	struct copies c = {.count = 0};
	if (a->c != NULL && a->c->syn > 0)
		c = syn_copies(k, a->near, a->c);
	else if (a->s != NULL && a->s->syn > 0)
		c = syn_copies(k, a->far, a->s);
	if (c.count == 0) {
		size_t v;
		const struct sighting *g = stitch_case_first(k, a->attempt, &v);
		c.vantage = v;
		copies_add(&c, k, g, 0);
	}
	return c;
}

static void
note(struct facts *f, const struct cover_answer *answer)
{
	if (f->coverage_note[0] == '\0' && answer->note[0] != '\0')
		f->coverage_note = answer->note;
	if (f->doubt_note[0] == '\0' && answer->coverage == COVERAGE_DOUBTFUL)
		f->doubt_note = answer->note;
}

/* Of the ACKs the first and the last are known. Where the server's capture had
 * ended by the last one, the first may stand for it; with a doubt, though, when
 * a RST that this capture lacks came back to the client. */
static void
doubt_last_ack(const struct attempt_ends *a, const struct copies *acks,
	struct cover_answer *answer)
{
	bool came = a->c != NULL && a->c->flags & SIGHTING_RST_S_END;
	bool left = a->s != NULL && a->s->flags & SIGHTING_RST_S_END;
	if (!came || left || answer->coverage < COVERAGE_COVERED ||
		answer->last_inside == acks->count - 1)
		return;
	answer->coverage = COVERAGE_DOUBTFUL;
	answer->note = ENDS_BEFORE_LAST;
}

/* Coverage of the four directions, at the moments that matter for each. By order:
 * answers came between the client's SYNs, if they came. */
static void
compare_coverage(const struct stitch_case *k, const struct attempt_ends *a,
	bool by_order, struct facts *f)
{
	const char *none = coverage_word(COVERAGE_NONE);
	f->c_sends = f->c_receives = f->s_receives = f->s_sends = none;
	f->coverage_note = f->doubt_note = "";
	struct copies moments = any_moments(k, a);
	struct copies synacks = a->s != NULL && a->s->synack > 0 && !by_order
		? synack_copies(k, a->far, a->s)
		: moments;
	/* What the server answers it has seen: its own capture dates that. */
	struct copies came = a->s != NULL && a->s->syn > 0
		? syn_copies(k, a->far, a->s)
		: moments;
	struct copies acks = a->c != NULL && a->c->ack > 0
		? ack_copies(k, a->near, a->c)
		: moments;
	struct cover_answer answer;
	if (a->far != CASE_NO_END) {
		bool acked = a->c != NULL && a->c->ack > 0;
		answer = ask(k, a->far, a, true, acked, &acks);
		if (answer.coverage == COVERAGE_OUTSIDE &&
			syn_order_brackets_acks(a->c, a->s))
			answer = ask(k, a->far, a, true, acked, &synacks);
		doubt_last_ack(a, &acks, &answer);
		f->s_receives = coverage_word(answer.coverage);
		note(f, &answer);
		answer = ask(k, a->far, a, false, true, &came);
		sights_limit_to_leaving(k, a, f, &answer);
		f->s_sends = coverage_word(answer.coverage);
		note(f, &answer);
	}
	if (a->near != CASE_NO_END) {
		answer = ask(k, a->near, a, false, false, &synacks);
		f->c_receives = coverage_word(answer.coverage);
		note(f, &answer);
		answer = ask(k, a->near, a, true, true, &moments);
		f->c_sends = coverage_word(answer.coverage);
		note(f, &answer);
	}
}

/* True when this way leads from the first vantage towards the last. */
static bool
ascends(const struct attempt_ends *a, bool to_server)
{
	return (a->near <= a->far) == to_server;
}

/* The i-th vantage on the way. */
static size_t
on_way(const struct stitch_case *k, const struct attempt_ends *a,
	bool to_server, size_t i)
{
	return ascends(a, to_server) ? i : k->count - 1 - i;
}

/* The neighbour of a vantage on the way. One between that shows nothing of an
 * attempt which the end behind it shows stands on another path: that of another
 * server behind a balancer. */
static size_t
next_on_way(const struct stitch_case *k, const struct attempt_ends *a,
	size_t reached, bool to_server)
{
	size_t end = to_server ? a->far : a->near;
	bool passed = (to_server ? a->s : a->c) != NULL;
	if (k->own_known)
		return end;
	size_t step = ascends(a, to_server) ? 1 : (size_t)-1;
	size_t next = reached + step;
	while (next < k->count && next != end && (passed || k->abreast[next]) &&
		match_seen(&k->match, k->vantages, a->attempt, next) == NULL)
		next += step;
	return next < k->count ? next : end;
}

/* "client and server": the neighbours between which the last copy vanished,
 * of which reached shows it, and is not the last one on the way. */
static const char *
between(const struct stitch_case *k, const struct attempt_ends *a,
	struct arena *arena, size_t reached, bool to_server)
{
	size_t next = next_on_way(k, a, reached, to_server);
	return arena_format(arena, "%s and %s", k->vantages[reached].name,
		k->vantages[next].name);
}

/* The furthest vantage on the way that shows the copy sent[which]. */
static size_t
last_seen_at(const struct stitch_case *k, const struct attempt_ends *a,
	bool to_server, const struct copies *sent, int which, size_t from,
	struct copies (*copies)(
		const struct stitch_case *, size_t, const struct sighting *))
{
	size_t reached = from;
	for (size_t i = 0; i < k->count; i++) {
		size_t v = on_way(k, a, to_server, i);
		const struct sighting *g =
			match_seen(&k->match, k->vantages, a->attempt, v);
		if (g == NULL)
			continue;
		struct copies got = copies(k, v, g);
		if (arrived_at(k, a, v, &got, sent, which))
			reached = v;
	}
	return reached;
}

/* The SYN's way: which copies the server's capture covers, which it shows. */
static void
compare_syn(const struct stitch_case *k, const struct attempt_ends *a,
	struct arena *arena, struct facts *f)
{
	f->syn_arrived = FACT_UNKNOWN;
	f->syn_covered = 0;
	if (a->s != NULL && a->s->flags & SIGHTING_NO_SYN)
		f->syn_arrived = 1; /* it was answered */
	if (a->c == NULL || a->c->syn == 0 || a->far == CASE_NO_END)
		return;
	struct copies sent = syn_copies(k, a->near, a->c);
	struct cover_answer answer = ask(k, a->far, a, true, false, &sent);
	f->syn_covered = answer.inside;
	if (f->syn_arrived != FACT_UNKNOWN)
		return;
	struct copies got = {.count = 0};
	if (a->s != NULL)
		got = syn_copies(k, a->far, a->s);
	f->syn_lost = count_lost(k, a, a->far, &got, &sent, &answer);
	if (a->s != NULL && a->s->syn > 0 && a->c->syn_tsval_last != 0 &&
		a->c->syn_tsval_last == a->s->syn_tsval_last) {
		f->syn_arrived = 1;
		return;
	}
	if (answer.last_inside < 0) {
		/* No clock says which; none that was seen leaving lacks here. */
		if (got.count > 0 && a->s->syn >= a->c->syn)
			f->syn_arrived = 1;
		return;
	}
	int last = answer.last_inside;
	f->syn_absent = count_absent(k, a, a->far, &got, &sent, &answer);
	/* The server shows a later copy than any that the client's capture
	   holds: that one was the last, and arrived. */
	if (got.count > 0 &&
		got.at_ns[got.count - 1] >
			clock_add(sent.at_ns[sent.count - 1], TRANSIT_NS))
		f->syn_absent = 0;
	f->syn_arrived = fate_of_last(
		&sent, &answer, (int)f->syn_absent, &f->s_receives, f);
	if (f->syn_arrived != 0)
		return;
	size_t reached =
		last_seen_at(k, a, true, &sent, last, a->near, syn_copies);
	f->syn_lost_between = between(k, a, arena, reached, true);
}

static void
compare_synack(const struct stitch_case *k, const struct attempt_ends *a,
	bool by_order, struct arena *arena, struct facts *f)
{
	f->synack_arrived = FACT_UNKNOWN;
	f->synack_covered = 0;
	if (a->s == NULL || a->s->synack == 0 || a->near == CASE_NO_END)
		return;
	struct copies sent = synack_copies(k, a->far, a->s);
	struct copies asked = by_order ? any_moments(k, a) : sent;
	struct cover_answer answer = ask(k, a->near, a, false, false, &asked);
	if (by_order) {
		answer.inside =
			syn_order_answers(a->s, passed_by_until_ns(k, a));
		answer.last_inside = answer.inside - 1;
	}
	f->synack_covered = answer.inside;
	if (answer.last_inside < 0)
		return;
	int last = answer.last_inside;
	struct copies got = {.count = 0};
	if (a->c != NULL)
		got = synack_copies(k, a->near, a->c);
	f->synack_absent = count_absent(k, a, a->near, &got, &sent, &answer);
	f->synack_lost = count_lost(k, a, a->near, &got, &sent, &answer);
	f->synack_arrived = fate_of_last(
		&sent, &answer, (int)f->synack_absent, &f->c_receives, f);
	if (f->synack_arrived != 0)
		return;
	size_t reached =
		last_seen_at(k, a, false, &sent, last, a->far, synack_copies);
	f->synack_lost_between = between(k, a, arena, reached, false);
}

/* The client's ACK: lost when the server shows none at all. */
static void
compare_ack(const struct stitch_case *k, const struct attempt_ends *a,
	struct arena *arena, struct facts *f)
{
	if (a->c == NULL || a->c->ack == 0 || a->far == CASE_NO_END ||
		(a->s != NULL && a->s->ack > 0))
		return;
	size_t reached = a->near;
	for (size_t i = 0; i < k->count; i++) {
		size_t v = on_way(k, a, true, i);
		const struct sighting *g =
			match_seen(&k->match, k->vantages, a->attempt, v);
		if (g != NULL && g->ack > 0)
			reached = v;
	}
	if (reached != a->far)
		f->ack_lost_between = between(k, a, arena, reached, true);
}

/* SYNs that only the other end saw and that could be this attempt's. */
static int64_t
count_orphans(const struct stitch_case *k, const struct attempt_ends *a)
{
	if (a->c == NULL || a->s != NULL || a->far == CASE_NO_END)
		return 0;
	struct copies sent = syn_copies(k, a->near, a->c);
	if (sent.count == 0)
		return 0;
	int64_t early = clock_known(&k->maps[a->far])
		? clock_add(JITTER_NS, unsure_at(k, a->far, sent.at_ns[0]))
		: UNCOMPARED_NS;
	return orphans_like(k, a->far, a->c, sent.at_ns[0],
		sent.at_ns[sent.count - 1], early);
}

/* Times of both ends' first or last copies, when they are the same ones. */
static bool
agree(const struct copies *sent, const struct copies *got, int64_t slack)
{
	for (int i = 0; i < 2 && sent->count > 0; i++) {
		int at = i == 0 ? 0 : sent->count - 1;
		int64_t took = clock_sub(got->at_ns[at], sent->at_ns[at]);
		if (took < -slack || took > clock_add(TRANSIT_NS, slack))
			return false;
	}
	return true;
}

/*
 * The clocks tell the same of this attempt as of the others. When one was set
 * meanwhile, copies that both ends saw appear to have travelled through time.
 */
static bool
times_agree(const struct stitch_case *k, const struct attempt_ends *a)
{
	if (a->c == NULL || a->s == NULL)
		return true;
	int64_t slack = JITTER_NS;
	int64_t at = stitch_case_time(k, a->near, a->c, 0);
	slack = clock_add(slack, unsure_at(k, a->near, at));
	slack = clock_add(slack, unsure_at(k, a->far, at));
	struct copies c = syn_copies(k, a->near, a->c);
	struct copies s = syn_copies(k, a->far, a->s);
	if (a->c->syn == a->s->syn && !agree(&c, &s, slack))
		return false;
	c = synack_copies(k, a->near, a->c);
	s = synack_copies(k, a->far, a->s);
	return a->c->synack != a->s->synack || agree(&s, &c, slack);
}

/* The clocks are compared, and too badly to date an answer. */
static bool
answers_undated(const struct stitch_case *k, const struct attempt_ends *a)
{
	if (a->s->synack == 0)
		return false;
	struct copies sent = synack_copies(k, a->far, a->s);
	return unsure_between(k, a->near, &sent) >= CLOCK_ONE_WAY_NS;
}

void
copies_compare(const struct stitch_case *k, const struct attempt_ends *a,
	struct arena *arena, struct facts *f)
{
	bool agrees = times_agree(k, a);
	bool both = a->c != NULL && a->s != NULL;
	bool by_order = both && (!agrees || answers_undated(k, a)) &&
		syn_order_tells(a->c, a->s, passed_by_until_ns(k, a));
	compare_coverage(k, a, by_order, f);
	compare_syn(k, a, arena, f);
	compare_synack(k, a, by_order, arena, f);
	compare_ack(k, a, arena, f);
	if (!agrees && !by_order)
		syn_order_doubt(a->c, a->s, f);
	f->orphans = count_orphans(k, a);
}
