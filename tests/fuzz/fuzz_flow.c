/*
 * The flow-log reader over any bytes: twice, once as one window and once in
 * windows that grow by a few bytes, which must give the same records.
 *
 * Windows are exact heap blocks and every byte of every view is read, so that
 * the sanitizers see one byte too far. Recognition and the accounting are run as well.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "fuzz_run.h"

#include "parsers/flow/flow.h"

/* Larger inputs would be slow in small steps, and show nothing new. */
#define SIZE_MAX_FUZZED 65536

static void
mix_view(struct run *run, struct view v)
{
	mix(run, &v.len, sizeof v.len);
	mix(run, v.data, v.len);
}

static void
mix_address(struct run *run, struct flow_address a)
{
	mix(run, &a.has, sizeof a.has);
	if (a.has)
		mix(run, &a.ip, sizeof a.ip);
}

static void
mix_record(struct run *run, const struct flow_record *r)
{
	const int64_t numbers[] = {(int64_t)r->line, r->format, r->start_ns,
		r->end_ns, r->src_port, r->dst_port, r->protocol, r->packets,
		r->bytes, r->reply_packets, r->reply_bytes, r->action,
		r->tcp_flags, r->direction, r->state, r->sampled};
	mix(run, numbers, sizeof numbers);
	mix_view(run, r->text);
	mix_view(run, r->interface);
	mix_view(run, r->rule);
	mix_view(run, r->reason);
	mix_address(run, r->src);
	mix_address(run, r->dst);
	mix_address(run, r->pkt_src);
	mix_address(run, r->pkt_dst);
	if (r->src_port < -1 || r->src_port > 65535 || r->packets < -1 ||
		r->start_ns > r->end_ns)
		if (r->end_ns != CLOCK_UNKNOWN_NS)
			abort();
}

/* Read one exact copy of data[*at..end); moves *at behind what was taken. */
static enum flow_status
read_window(struct flow_reader *r, struct run *run, const uint8_t *data,
	size_t *at, size_t end, bool at_eof)
{
	size_t len = end - *at;
	uint8_t *exact = malloc(len > 0 ? len : 1);
	if (exact == NULL)
		abort();
	memcpy(exact, data + *at, len);
	struct view window = view_of(exact, len);
	struct flow_record record;
	enum flow_status status;
	while ((status = flow_next(r, &window, at_eof, &record)) == FLOW_RECORD)
		mix_record(run, &record);
	if (status == FLOW_MORE &&
		(at_eof || flow_need(r) <= window.len ||
			flow_need(r) > FLOW_ELEMENT_MAX + 1))
		abort();
	*at += len - window.len;
	free(exact);
	return status;
}

static struct run
read_all(const uint8_t *data, size_t size, size_t step)
{
	struct run run = {.hash = FNV_START};
	struct flow_reader *r =
		flow_new((struct anomaly_sink){mix_anomaly, &run});
	size_t at = 0;
	size_t end = 0;
	enum flow_status status = FLOW_MORE;
	while (status != FLOW_END) {
		end = step < size - end ? end + step : size;
		status = read_window(r, &run, data, &at, end, end == size);
	}
	struct flow_summary s = *flow_summary(r);
	if (at != size || s.read != s.records + s.other)
		abort();
	mix(&run, &s, sizeof s);
	flow_free(r);
	return run;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (size > SIZE_MAX_FUZZED)
		size = SIZE_MAX_FUZZED;
	flow_format_name(flow_recognise(view_of(data, size)));
	struct run whole = read_all(data, size, SIZE_MAX_FUZZED);
	size_t step = size < 1024 ? 1 : size / 64;
	struct run split = read_all(data, size, step);
	if (whole.hash != split.hash || whole.anomalies != split.anomalies)
		abort();
	return 0;
}
