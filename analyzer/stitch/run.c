/*
 * The stage as a whole: pair, find sides, align, cover, work out facts, write.
 */
#include "stitch/run.h"

#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/arena.h"
#include "model/syn_traits.h"
#include "stitch/abreast.h"
#include "stitch/alike.h"
#include "stitch/behind.h"
#include "stitch/clock_stated.h"
#include "stitch/event_rows.h"
#include "stitch/flow_facts.h"
#include "stitch/gather.h"
#include "stitch/lookup_rows.h"
#include "stitch/neighbour_rows.h"
#include "stitch/once.h"
#include "stitch/machine_roles.h"
#include "stitch/outside.h"
#include "stitch/own.h"
#include "stitch/passed_by.h"
#include "stitch/reported.h"
#include "stitch/rewritten.h"
#include "stitch/rows.h"
#include "stitch/settle.h"
#include "stitch/standing.h"
#include "stitch/totals.h"

static uint32_t
duration_us(const struct sighting *g)
{
	if (g->ack > 0)
		return g->ack_first_at;
	int64_t us = clock_sub(g->last_ns, g->first_ns) / NS_PER_US;
	return us > UINT32_MAX ? UINT32_MAX : (uint32_t)us;
}

/* What only the arrival shows is asked of the end nearest the server. */
static uint16_t
traits_of(const struct sighting *first, const struct attempt_ends *ends)
{
	unsigned traits = first->syn_traits & ~(unsigned)SYN_ON_ARRIVAL;
	if (ends->s != NULL)
		traits |= ends->s->syn_traits & (SYN_ON_ARRIVAL | SYN_OLDER);
	return (uint16_t)traits;
}

static void
fill_row(const struct stitch_case *k, struct hosts *hosts, uint32_t attempt,
	struct attempt_row *row)
{
	size_t v;
	const struct sighting *g = stitch_case_first(k, attempt, &v);
	struct attempt_ends ends;
	stitch_case_ends(k, attempt, &ends);
	uint32_t sighting = match_row(&k->match, attempt)[v];
	*row = (struct attempt_row){
		.first_ns = stitch_case_time(k, v, g, 0),
		.attempt = attempt,
		.client = hosts_id(hosts, g->client),
		.server = hosts_id(hosts, g->server),
		.server_port = g->server_port,
		.duration_us = duration_us(g),
		.syn_retransmits = (uint16_t)(g->syn > 0 ? g->syn - 1 : 0),
		.traits = traits_of(g, &ends),
		.client_port = g->client_port,
		.answer_ttl = g->synack == 0 ? 0 : g->ttl_s,
		.answer_clock = g->answer_clock,
		.alike = crowd_alike(&k->vantages[v].crowd, sighting),
		.clean = gather_is_clean(k, &ends),
	};
}

static int
by_time(const void *a, const void *b)
{
	const struct attempt_row *x = a;
	const struct attempt_row *y = b;
	if (x->first_ns != y->first_ns)
		return x->first_ns < y->first_ns ? -1 : 1;
	return x->attempt < y->attempt ? -1 : x->attempt > y->attempt;
}

/* Rows of all attempts in order of time; captures are sorted as a rule. */
static struct attempt_row *
all_rows(const struct stitch_case *k, struct hosts *hosts, uint32_t *count)
{
	struct attempt_row *rows =
		memory_grow(NULL, k->match.count, sizeof *rows);
	bool sorted = true;
	uint32_t n = 0;
	for (uint32_t i = 0; i < k->match.count; i++) {
		if (once_is_spare(k, i))
			continue;
		fill_row(k, hosts, i, &rows[n]);
		sorted = sorted &&
			(n == 0 || by_time(&rows[n - 1], &rows[n]) < 0);
		n++;
	}
	if (!sorted)
		qsort(rows, n, sizeof *rows, by_time);
	*count = n;
	return rows;
}

static uint64_t
most_hosts(const struct vantage *vantages, size_t count)
{
	uint64_t most = 0;
	for (size_t v = 0; v < count; v++)
		most += 2 * (uint64_t)vantages[v].pairs_count;
	return most;
}

static void
summarize(const struct stitch_case *k, const struct attempt_row *rows,
	uint32_t count, struct stitch_result *result)
{
	*result = (struct stitch_result){.attempts = count};
	for (uint32_t i = 0; i < count; i++) {
		result->attempts += rows[i].alike;
		result->clean += rows[i].clean;
		result->paired += k->match.kind[rows[i].attempt] != MATCH_NONE;
	}
}

/* Packets that a switch or a tap sent on in a tunnel: that their place is next
 * to a host, the packets may tell, but not that it is the host's own. Without a
 * person's word an overlay's node looks the same. */
static bool
may_be_mirror(const struct stitch_case *k)
{
	const struct vantage *v = &k->vantages[0];
	if (k->count != 1 || k->lone != LONE_UNSAID)
		return false;
	for (uint32_t i = 0; i < v->sightings; i++)
		if (vantage_sighting(v, i)->syn_traits & SYN_TUNNEL)
			return true;
	return false;
}

static void
cover(struct stitch_case *k)
{
	bool doubted = k->sides.contradicted || may_be_mirror(k);
	for (size_t v = 0; v < k->count; v++) {
		const struct vantage *x = &k->vantages[v];
		cover_init(&k->covers[v], x, &k->maps[v]);
		k->covers[v].end_doubted = doubted;
		k->covers[v].no_answers = k->count == 1 &&
			k->lone == LONE_UNSAID && x->audit.answered == 0 &&
			x->audit.two_sided == 0;
		/* A capture goes on behind its last packet, where it says so. */
		struct captured_time last = x->last;
		if (last.ns != CLOCK_UNKNOWN_NS &&
			x->ended.ns != CLOCK_UNKNOWN_NS &&
			x->ended.ns > last.ns)
			last = x->ended;
		k->last_ns[v] = last.ns == CLOCK_UNKNOWN_NS
			? INT64_MIN
			: clock_to_reference(&k->maps[v], last).ns;
	}
	passed_by_find(k);
}

static void
find_sides(struct stitch_case *k)
{
	sides_find(&k->sides, &k->match, k->vantages, k->near, k->far);
	outside_find(&k->sides, &k->match, k->vantages, k->near, k->far);
}

/* Bounds of clocks depend on the way that attempts run, so that sides come
 * before clocks. */
void
stitch_relate(struct stitch_case *k, struct vantage *vantages, size_t count,
	const struct case_config *config,
	const struct translations *translations)
{
	*k = (struct stitch_case){.vantages = vantages,
		.count = count,
		.config = config,
		.keys = hash_keys_random()};
	stitch_case_find_ends(k);
	match_run(&k->match, vantages, count, translations);
	rewritten_match(&k->match, vantages, count);
	for (size_t v = 0; v < count; v++) {
		inside_learn(&k->inside[v], &vantages[v]);
		leaving_learn(&k->leaving[v], &vantages[v]);
	}
	if (count == 1)
		sides_find_lone(&k->sides, &k->match, vantages, k->lone,
			case_config_role(config, vantages[0].name));
	else if (!own_find(k))
		find_sides(k);
	abreast_find(k);
	clock_align(k->maps, &k->match, vantages, &k->sides);
	clock_state_all(k);
	cover(k);
	behind_learn(k);
	orphans_find(k);
	once_find(k);
}

/* How many attempts have no row, if any: reports add them to what they count. */
static bool
write_alike(const struct attempt_row *rows, uint32_t count, struct store *s,
	struct error *e)
{
	char text[24];
	uint64_t alike = 0;
	for (uint32_t i = 0; i < count; i++)
		alike += rows[i].alike;
	snprintf(text, sizeof text, "%" PRIu64, alike);
	return alike == 0 || store_meta(s, "attempts_alike", text, e);
}

static bool
write(const struct stitch_case *k, struct hosts *hosts,
	const struct attempt_row *rows, uint32_t count, bool all,
	struct store *s, struct error *e)
{
	return rows_write_clocks(k, s, e) &&
		rows_write_attempts(k, hosts, rows, count, s, e) &&
		rows_write_sightings(k, hosts, rows, count, all, s, e) &&
		rows_write_facts(k, rows, count, s, e) &&
		write_alike(rows, count, s, e) &&
		totals_write(rows, count, s, e) &&
		standing_write(k, hosts, rows, count, s, e) &&
		hosts_write(hosts, s, e);
}

bool
stitch_run(struct vantage *vantages, size_t count,
	const struct event_list *events, const struct stitch_options *options,
	struct store *s, struct stitch_result *result, struct error *e)
{
	struct stitch_case k;
	struct hosts hosts;
	uint64_t twice = 0;
	uint64_t reported = 0;
	struct translations translations;
	if (!settle_crowds(vantages, count, events, s, e) ||
		!translations_load(&translations, options->config, s, e))
		return false;
	stitch_relate(&k, vantages, count, options->config, &translations);
	translations_release(&translations);
	struct routes routes;
	if (!routes_load(&routes, vantages, count, s, e)) {
		stitch_case_release(&k);
		return false;
	}
	passed_by_routes(&k, &routes);
	hosts_init(&hosts, most_hosts(vantages, count));
	uint32_t rows_count;
	struct attempt_row *rows = all_rows(&k, &hosts, &rows_count);
	bool ok = write(&k, &hosts, rows, rows_count, options->all_attempts, s,
			  e) &&
		alike_write(s, e) && flow_facts_write(s, e) &&
		event_rows_write(&k, events, s, &twice, e) &&
		flow_facts_by_events(s, e) && flow_facts_of_arrivals(s, e) &&
		flow_facts_of_waits(s, e) && reported_write(s, &reported, e) &&
		machine_roles_write(s, e) && lookup_rows_write(&k, s, e) &&
		neighbour_rows_write(&k, s, e);
	summarize(&k, rows, rows_count, result);
	result->twice = twice;
	result->reported = reported;
	free(rows);
	hosts_release(&hosts);
	stitch_case_release(&k);
	routes_release(&routes);
	return ok;
}
