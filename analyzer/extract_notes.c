/*
 * From the report's notes to those of slices.
 */
#include "extract_notes.h"

#include <string.h>

#include "report/packet_notes.h"
#include "store/select.h"

static enum slice_segment
segment_of(const char *word)
{
	return strcmp(word, "SYN") == 0        ? SLICE_SYN
		: strcmp(word, "SYN-ACK") == 0 ? SLICE_SYNACK
		: strcmp(word, "RST") == 0     ? SLICE_RST
					       : SLICE_OTHER;
}

/* A note whose addresses are none is of no packet. */
static void
add(void *context, const struct packet_note *note)
{
	struct extract_plan *p = context;
	struct slice_note x = {
		.one_port = (uint16_t)note->client_port,
		.other_port = (uint16_t)note->server_port,
		.segment = segment_of(note->segment),
		.at_ns = note->captured_ns,
	};
	if (note->vantage < 0 || note->vantage >= (int64_t)p->vantages_count ||
		!ip_parse(note->client_ip, &x.one) ||
		!ip_parse(note->server_ip, &x.other))
		return;
	struct slice_notes *n = &p->vantages[note->vantage].targets.notes;
	x.text = arena_copy(&n->arena, note->text, strlen(note->text));
	slice_notes_add(n, &x);
}

#define CHOSEN(X) X(INT, id, "id")
STORE_SELECT(chosen_row, CHOSEN)

static bool
read_each(struct extract_plan *p, struct report *r, struct store *s,
	struct error *e)
{
	sqlite3_stmt *stmt = store_prepare(s,
		"SELECT 0" STORE_COLUMNS(CHOSEN) " FROM chosen ORDER BY id", e);
	bool ok = stmt != NULL;
	while (ok && sqlite3_step(stmt) == SQLITE_ROW)
		ok = packet_notes_read(r, chosen_row_of(stmt).id, add, p, e);
	sqlite3_finalize(stmt);
	return ok;
}

bool
extract_notes_read(struct extract_plan *p, struct store *s, struct error *e)
{
	const struct report_options options = {.all_attempts = false};
	struct report *r = report_new(s, &options, e);
	if (r == NULL)
		return false;
	bool ok = read_each(p, r, s, e);
	report_free(r);
	for (size_t v = 0; v < p->vantages_count; v++)
		slice_notes_sort(&p->vantages[v].targets.notes);
	return ok;
}
