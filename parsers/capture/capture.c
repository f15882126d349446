/*
 * Recognising a capture and handing its window to the format's own file.
 *
 * Adding a format: one file with a capture_next_fn, one row in recognise and
 * one in begin_format.
 */
#include "parsers/capture/capture.h"

#include <stdlib.h>

#include "base/arena.h"
#include "parsers/capture/pcap.h"
#include "parsers/capture/pcapng.h"
#include "parsers/capture/reader.h"

/* cite: RFC 1761 section 2: "snoop" and three NULs. */
static const uint8_t snoop_magic[8] = {'s', 'n', 'o', 'o', 'p', 0, 0, 0};

enum capture_format
capture_recognise(struct view head)
{
	if (head.len >= 4 && pcap_variant_find(head.data) != NULL)
		return CAPTURE_FORMAT_PCAP;
	/* The block type alone is "\n\r\r\n", which a text could begin with. */
	if (head.len >= 12 && load_le32(head.data) == PCAPNG_BLOCK_SHB &&
		(load_le32(head.data + 8) == PCAPNG_BYTE_ORDER_MAGIC ||
			load_be32(head.data + 8) == PCAPNG_BYTE_ORDER_MAGIC))
		return CAPTURE_FORMAT_PCAPNG;
	if (head.len >= sizeof snoop_magic &&
		memcmp(head.data, snoop_magic, sizeof snoop_magic) == 0)
		return CAPTURE_FORMAT_SNOOP;
	return CAPTURE_FORMAT_NONE;
}

const char *
capture_format_name(enum capture_format f)
{
	switch (f) {
	case CAPTURE_FORMAT_PCAP:
		return "pcap";
	case CAPTURE_FORMAT_PCAPNG:
		return "pcapng";
	case CAPTURE_FORMAT_SNOOP:
		return "snoop";
	case CAPTURE_FORMAT_NONE:
		break;
	}
	return "";
}

/* The first state: wait for the magic bytes, then begin the format. */
static enum capture_status
begin_format(struct capture_reader *r, struct view *window, bool at_eof,
	struct capture_packet *packet)
{
	(void)packet;
	if (window->len < CAPTURE_MAGIC_BYTES && !at_eof)
		return capture_short(r, window, CAPTURE_MAGIC_BYTES, at_eof);
	r->summary.format = capture_recognise(*window);
	switch (r->summary.format) {
	case CAPTURE_FORMAT_PCAP:
		r->next = pcap_begin;
		break;
	case CAPTURE_FORMAT_PCAPNG:
		/* Either will do: a section header sets the byte order. */
		r->next = pcapng_next_le;
		break;
	case CAPTURE_FORMAT_SNOOP:
		r->next = snoop_begin;
		break;
	case CAPTURE_FORMAT_NONE:
		if (window->len == 0)
			return capture_finish(r);
		return capture_stop(r, ANOMALY_CAPTURE_DAMAGED);
	}
	return CAPTURE_AGAIN;
}

struct capture_reader *
capture_new(struct anomaly_sink sink)
{
	struct capture_reader *r = memory_take(1, sizeof *r);
	*r = (struct capture_reader){
		.next = begin_format,
		.sink = sink,
		.need = CAPTURE_MAGIC_BYTES,
		.last_ns = INT64_MIN,
		.summary = {.started = {CLOCK_UNKNOWN_NS},
			.ended = {CLOCK_UNKNOWN_NS}},
	};
	return r;
}

void
capture_free(struct capture_reader *r)
{
	if (r == NULL)
		return;
	free(r->pcapng.interfaces);
	free(r);
}

enum capture_status
capture_next(struct capture_reader *r, struct view *window, bool at_eof,
	struct capture_packet *packet)
{
	enum capture_status status;
	do
		status = r->next(r, window, at_eof, packet);
	while (UNLIKELY(status == CAPTURE_AGAIN));
	return status;
}

size_t
capture_need(const struct capture_reader *r)
{
	return r->need;
}

const char *
capture_interface_name(const struct capture_reader *r, uint32_t interface_id)
{
	const struct pcapng_state *s = &r->pcapng;
	return interface_id < s->kept ? s->interfaces[interface_id].name : "";
}
