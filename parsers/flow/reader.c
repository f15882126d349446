/*
 * Counting entries, and asking for more of a file; see reader.h.
 */
#include "parsers/flow/reader.h"

static void
count_other(struct flow_reader *r, uint64_t *kind)
{
	r->summary.read++;
	r->summary.other++;
	if (kind != NULL)
		++*kind;
}

bool
reader_count(struct flow_reader *r, enum flow_entry entry, uint64_t at,
	struct flow_record *record)
{
	struct flow_summary *s = &r->summary;
	switch (entry) {
	case FLOW_ENTRY_RECORD:
		record->line = ++s->read;
		s->records++;
		if (s->format == FLOW_FORMAT_NONE)
			s->format = record->format;
		return true;
	case FLOW_ENTRY_BLANK:
		count_other(r, NULL);
		break;
	case FLOW_ENTRY_FOREIGN:
		count_other(r, &s->foreign);
		break;
	case FLOW_ENTRY_MALFORMED:
		count_other(r, &s->malformed);
		anomaly_note(&r->sink, ANOMALY_FLOW_MALFORMED, at);
		break;
	case FLOW_ENTRY_NO_HEADER:
		count_other(r, &s->no_header);
		anomaly_note(&r->sink, ANOMALY_FLOW_NO_HEADER, at);
		break;
	case FLOW_ENTRY_NONE:
		break;
	}
	return false;
}

void
reader_count_lost(struct flow_reader *r, enum anomaly a, uint64_t at)
{
	count_other(
		r, a == ANOMALY_FLOW_TOO_LONG ? &r->summary.too_long : NULL);
	anomaly_note(&r->sink, a, at);
}

enum flow_status
reader_more(struct flow_reader *r, size_t have, size_t least, size_t most)
{
	size_t need = have > most / 2 ? most : have * 2;
	r->need = need < least ? least : need;
	return FLOW_MORE;
}
