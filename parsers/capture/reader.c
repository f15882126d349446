/*
 * How reading ends, and what every format tells the summary; see reader.h.
 */
#include "parsers/capture/reader.h"

enum capture_status
capture_next_ended(struct capture_reader *r, struct view *window, bool at_eof,
	struct capture_packet *packet)
{
	(void)r;
	(void)window;
	(void)at_eof;
	(void)packet;
	return CAPTURE_END;
}

enum capture_status
capture_finish(struct capture_reader *r)
{
	if (r->summary.packets + r->summary.packets_skipped == 0)
		reader_note(r, ANOMALY_CAPTURE_EMPTY);
	r->next = capture_next_ended;
	return CAPTURE_END;
}

enum capture_status
capture_stop(struct capture_reader *r, enum anomaly a)
{
	reader_note(r, a);
	return capture_finish(r);
}

enum capture_status
capture_short(struct capture_reader *r, const struct view *window, size_t need,
	bool at_eof)
{
	if (!at_eof) {
		r->need = need;
		return CAPTURE_MORE;
	}
	if (window->len == 0)
		return capture_finish(r);
	return capture_stop(r, ANOMALY_CAPTURE_CUT);
}

void
capture_see_snaplen(struct capture_reader *r, uint32_t snaplen)
{
	struct capture_summary *s = &r->summary;
	if (snaplen != 0 && (s->snaplen == 0 || snaplen < s->snaplen))
		s->snaplen = snaplen;
}

const struct capture_summary *
capture_summary(const struct capture_reader *r)
{
	return &r->summary;
}
