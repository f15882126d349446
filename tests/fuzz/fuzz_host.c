/*
 * Any bytes as any kind of host snapshot: the first byte chooses the kind, the
 * rest is the file.
 *
 * Beyond memory errors it looks for broken promises of host.h: lines that do not
 * add up, records that the result does not count, line numbers beyond the file,
 * values that cannot be, and text outside of any bounds. Seeds: the samples of
 * tests/unit, written by `LOSTSYN_WRITE_SEEDS=1 build/tests/unit/test_host_seeds`.
 */
#include <stdint.h>
#include <stdlib.h>

#include "fuzz_run.h"

#include "parsers/host/host.h"

struct seen {
	uint64_t counters;
	uint64_t settings;
	uint64_t sockets;
	uint64_t conntracks;
	uint64_t drops;
	uint64_t bytes; /* touched, so that every view is read */
	uint32_t line;
};

static void
touch(struct seen *s, struct view v, uint32_t line)
{
	for (size_t i = 0; i < v.len; i++)
		s->bytes += v.data[i];
	require(line >= 1 || s->line == 0);
	if (line > s->line)
		s->line = line;
}

static void
require_end(struct host_endpoint e)
{
	require(e.port >= HOST_UNKNOWN && e.port <= UINT16_MAX);
}

static void
counter(void *context, const struct host_counter *c)
{
	struct seen *s = context;
	s->counters++;
	touch(s, c->scope, c->line);
	touch(s, c->name, c->line);
	require(c->name.len > 0);
	require(c->gauge || c->value >= 0);
}

static void
setting(void *context, const struct host_setting *t)
{
	struct seen *s = context;
	s->settings++;
	touch(s, t->scope, t->line);
	touch(s, t->name, t->line);
	touch(s, t->value, t->line);
	require(t->name.len > 0);
}

static void
sock(void *context, const struct host_socket *k)
{
	struct seen *s = context;
	s->sockets++;
	touch(s, k->state, k->line);
	touch(s, k->process, k->line);
	require(k->state.len > 0 && k->retransmits >= HOST_UNKNOWN);
	require_end(k->local);
	require_end(k->peer);
}

static void
conntrack(void *context, const struct host_conntrack *c)
{
	struct seen *s = context;
	s->conntracks++;
	touch(s, c->state, c->line);
	require(c->src.known && c->dst.known && c->timeout_s >= HOST_UNKNOWN);
	require_end(c->src);
	require_end(c->reply_dst);
}

static void
drop(void *context, const struct host_drop *d)
{
	struct seen *s = context;
	s->drops++;
	touch(s, d->reason, d->line);
	touch(s, d->location, d->line);
	require(d->count >= 1 && d->time_ns >= 0);
	require_end(d->src);
	require_end(d->dst);
}

static void
anomaly(void *context, enum anomaly a, uint64_t at)
{
	struct seen *s = context;
	require(a < ANOMALY_COUNT);
	s->bytes += at;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct seen s = {0};
	struct host_sink sink = {
		.context = &s,
		.counter = counter,
		.setting = setting,
		.socket = sock,
		.conntrack = conntrack,
		.drop = drop,
		.anomalies = {.note = anomaly, .context = &s},
	};
	struct host_result r;
	if (size < 1)
		return 0;
	enum host_kind kind = data[0] % HOST_KIND_COUNT;
	struct view whole = view_of(data + 1, size - 1);
	require(host_recognise(whole, "x/proc/sys/net/y") < HOST_KIND_COUNT);
	host_parse(kind, whole, "server/ethtool_-S_eth0", &sink, &r);
	require(r.lines == r.recognised + r.other);
	require(r.lines <= whole.len && s.line <= r.lines);
	require(r.counters == s.counters && r.settings == s.settings);
	require(r.sockets == s.sockets && r.conntracks == s.conntracks);
	require(r.drops == s.drops);
	return 0;
}
