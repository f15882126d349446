/*
 * The capture reader over any bytes: twice, once as one window and once in
 * windows that grow by a few bytes, which must give the same packets.
 *
 * Windows are exact heap blocks and every packet byte is read, so that the
 * sanitizers see one byte too far.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "fuzz_run.h"

#include "parsers/capture/capture.h"

/* Larger inputs would be slow in small steps, and show nothing new. */
#define SIZE_MAX_FUZZED 65536

static void
mix_packet(struct run *run, const struct capture_packet *p)
{
	mix(run, &p->time.ns, sizeof p->time.ns);
	mix(run, &p->caplen, sizeof p->caplen);
	mix(run, &p->wirelen, sizeof p->wirelen);
	mix(run, &p->interface_id, sizeof p->interface_id);
	mix(run, &p->link_type, sizeof p->link_type);
	mix(run, &p->fcs_len, sizeof p->fcs_len);
	mix(run, &p->direction, sizeof p->direction);
	mix(run, p->data, p->caplen);
}

/* Read one exact copy of data[*at..end); moves *at behind what was taken. */
static enum capture_status
read_window(struct capture_reader *r, struct run *run, const uint8_t *data,
	size_t *at, size_t end, bool at_eof)
{
	size_t len = end - *at;
	uint8_t *exact = malloc(len > 0 ? len : 1);
	if (exact == NULL)
		abort();
	memcpy(exact, data + *at, len);
	struct view window = view_of(exact, len);
	struct capture_packet packet;
	enum capture_status status;
	while ((status = capture_next(r, &window, at_eof, &packet)) ==
		CAPTURE_PACKET)
		mix_packet(run, &packet);
	if (status == CAPTURE_MORE &&
		(at_eof || capture_need(r) <= window.len ||
			capture_need(r) > CAPTURE_RECORD_MAX + 64))
		abort();
	*at += len - window.len;
	free(exact);
	return status;
}

static struct run
read_all(const uint8_t *data, size_t size, size_t step)
{
	struct run run = {.hash = FNV_START};
	struct capture_reader *r =
		capture_new((struct anomaly_sink){mix_anomaly, &run});
	size_t at = 0;
	size_t end = 0;
	enum capture_status status = CAPTURE_MORE;
	while (status != CAPTURE_END) {
		end = step < size - end ? end + step : size;
		status = read_window(r, &run, data, &at, end, end == size);
	}
	struct capture_summary summary = *capture_summary(r);
	mix(&run, &summary.packets, sizeof summary.packets);
	mix(&run, &summary.dropped, sizeof summary.dropped);
	mix(&run, summary.filter, sizeof summary.filter);
	capture_free(r);
	return run;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (size > SIZE_MAX_FUZZED)
		size = SIZE_MAX_FUZZED;
	struct run whole = read_all(data, size, SIZE_MAX_FUZZED);
	size_t step = size < 1024 ? 1 : size / 64;
	struct run split = read_all(data, size, step);
	if (whole.hash != split.hash || whole.anomalies != split.anomalies)
		abort();
	return 0;
}
