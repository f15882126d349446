/*
 * The stage as a whole: pair, align, sort, work out facts, write.
 */
#include "stitch/stitch.h"

#include <assert.h>
#include <stdlib.h>

#include "base/arena.h"
#include "stitch/case.h"
#include "stitch/event_rows.h"
#include "stitch/flow_facts.h"
#include "stitch/gather.h"
#include "stitch/lookup_rows.h"
#include "stitch/rows.h"
#include "stitch/totals.h"

static uint32_t
duration_us(const struct sighting *g)
{
	if (g->ack > 0)
		return g->ack_first_at;
	int64_t us = clock_sub(g->last_ns, g->first_ns) / NS_PER_US;
	return us > UINT32_MAX ? UINT32_MAX : (uint32_t)us;
}

static void
fill_row(const struct stitch_case *k, struct hosts *hosts, uint32_t attempt,
	struct attempt_row *row)
{
	size_t v;
	const struct sighting *g = stitch_case_first(k, attempt, &v);
	struct attempt_ends ends;
	stitch_case_ends(k, attempt, &ends);
	*row = (struct attempt_row){
		.first_ns = stitch_case_time(k, v, g, 0),
		.attempt = attempt,
		.client = hosts_id(hosts, g->client),
		.server = hosts_id(hosts, g->server),
		.server_port = g->server_port,
		.duration_us = duration_us(g),
		.syn_retransmits = (uint16_t)(g->syn > 0 ? g->syn - 1 : 0),
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
all_rows(const struct stitch_case *k, struct hosts *hosts)
{
	uint32_t count = k->match.count;
	struct attempt_row *rows = memory_grow(NULL, count, sizeof *rows);
	bool sorted = true;
	for (uint32_t i = 0; i < count; i++) {
		fill_row(k, hosts, i, &rows[i]);
		sorted = sorted &&
			(i == 0 || by_time(&rows[i - 1], &rows[i]) < 0);
	}
	if (!sorted)
		qsort(rows, count, sizeof *rows, by_time);
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
	struct stitch_result *result)
{
	*result = (struct stitch_result){.attempts = k->match.count};
	for (uint32_t i = 0; i < k->match.count; i++) {
		result->clean += rows[i].clean;
		result->paired += k->match.kind[i] != MATCH_NONE;
	}
}

bool
stitch_run(struct vantage *vantages, size_t count,
	const struct event_list *events, const struct stitch_options *options,
	struct store *s, struct stitch_result *result, struct error *e)
{
	struct stitch_case k;
	struct hosts hosts;
	uint64_t twice = 0;
	struct translations translations;
	if (!translations_load(&translations, options->config, s, e))
		return false;
	stitch_case_init(&k, vantages, count, options->config, &translations);
	translations_release(&translations);
	hosts_init(&hosts, most_hosts(vantages, count));
	struct attempt_row *rows = all_rows(&k, &hosts);
	bool ok = rows_write_clocks(&k, s, e) &&
		rows_write_attempts(&k, rows, k.match.count, s, e) &&
		rows_write_sightings(&k, &hosts, rows, k.match.count,
			options->all_attempts, s, e) &&
		rows_write_facts(&k, rows, k.match.count, s, e) &&
		totals_write(rows, k.match.count, s, e) &&
		hosts_write(&hosts, s, e) && flow_facts_write(s, e) &&
		event_rows_write(&k, events, s, &twice, e) &&
		lookup_rows_write(&k, s, e);
	summarize(&k, rows, result);
	result->twice = twice;
	free(rows);
	hosts_release(&hosts);
	stitch_case_release(&k);
	return ok;
}
