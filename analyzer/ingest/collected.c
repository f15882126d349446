/*
 * See collected.h. Linear in the text: one pass finds whose each record is, one
 * more for each machine copies its lines.
 */
#include "ingest/collected.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/ip.h"
#include "base/text.h"
#include "ingest/case_files.h"
#include "ingest/case_names.h"
#include "parsers/log/log.h"
#include "parsers/transcript/words.h"

/* Whose a record is, where that is no machine: of all parts, as a table's head. */
#define OF_ALL COLLECTED_HOSTS_MAX

/* A front that tells the envelope. */
#define HEAD_BYTES ((size_t)64 * 1024)

struct span {
	size_t len;
	uint32_t lines;
	uint8_t owner;
};

struct collecting {
	struct arena *a;
	struct view hosts[COLLECTED_HOSTS_MAX];
	size_t count;
	bool full;
	struct span *spans; /* owned */
	size_t spans_count;
	size_t room;
};

bool
collected_names(struct view host)
{
	struct ip_addr ip;
	static const char *const nobody[] = {
		"localhost", "localhost.localdomain", "kernel", "-", "(none)"};
	for (size_t i = 0; i < sizeof nobody / sizeof *nobody; i++)
		if (words_same(host, nobody[i]))
			return false;
	return host.len <= CASE_ROLE_MAX &&
		(words_names_host(host) || ip_read(host, &ip));
}

/* The machine's index; a new one where none is called so. */
static uint8_t
host_of(struct collecting *x, struct view host, uint8_t last)
{
	if (last < x->count && view_equal(x->hosts[last], host))
		return last;
	const char *name = arena_copy(x->a, (const char *)host.data, host.len);
	for (size_t i = 0; i < x->count; i++)
		if (case_name_same((const char *)x->hosts[i].data, name))
			return (uint8_t)i;
	if (x->count == COLLECTED_HOSTS_MAX) {
		x->full = true;
		return last;
	}
	x->hosts[x->count] = view_str(name);
	return (uint8_t)x->count++;
}

static uint32_t
lines_in(struct view v)
{
	uint32_t n = 0;
	for (size_t i = 0; i < v.len; i++)
		n += v.data[i] == '\n' || i + 1 == v.len;
	return n;
}

static void
span_add(struct collecting *x, struct view bytes, uint8_t owner)
{
	if (x->spans_count == x->room) {
		x->room = x->room == 0 ? 256 : x->room * 2;
		x->spans = memory_grow(x->spans, x->room, sizeof *x->spans);
	}
	x->spans[x->spans_count++] =
		(struct span){bytes.len, lines_in(bytes), owner};
}

static void
owners_find(struct collecting *x, struct view text)
{
	const struct log_guess guess =
		log_recognise(view_first(text, HEAD_BYTES));
	struct log_reader *r = log_new_for(&guess);
	struct log_record record;
	uint8_t owner = OF_ALL;
	struct view rest = text;
	while (!x->full && rest.len > 0) {
		struct view from = rest;
		if (log_next(r, &rest, true, &record) != LOG_RECORD)
			break;
		if (collected_names(record.host))
			owner = host_of(x, record.host, owner);
		span_add(x, view_of(from.data, from.len - rest.len), owner);
	}
	log_free(r);
}

static bool
is_of(const struct span *s, uint8_t owner)
{
	return s->owner == owner || s->owner == OF_ALL;
}

static void
part_make(const struct collecting *x, struct view text, uint8_t owner,
	struct collected_part *out)
{
	size_t bytes = 0;
	size_t lines = 0;
	for (size_t i = 0; i < x->spans_count; i++)
		if (is_of(&x->spans[i], owner)) {
			bytes += x->spans[i].len;
			lines += x->spans[i].lines;
		}
	uint8_t *data = arena_take(x->a, bytes + 1);
	uint32_t *numbers = arena_take(x->a, (lines + 1) * sizeof *numbers);
	size_t at = 0;
	size_t line = 0;
	uint32_t number = 1;
	for (size_t i = 0; i < x->spans_count; i++) {
		const struct span *s = &x->spans[i];
		if (is_of(s, owner)) {
			memcpy(data + at, text.data, s->len);
			at += s->len;
			for (uint32_t k = 0; k < s->lines; k++)
				numbers[line++] = number + k;
		}
		text = view_skip(text, s->len);
		number += s->lines;
	}
	*out = (struct collected_part){
		x->hosts[owner], view_of(data, bytes), numbers};
}

size_t
collected_split(struct view text, struct arena *a,
	void (*take)(void *context, const struct collected_part *part),
	void *context)
{
	struct collecting x = {.a = a};
	owners_find(&x, text);
	size_t count = x.full || x.count < 2 ? 0 : x.count;
	for (size_t i = 0; i < count; i++) {
		struct collected_part part;
		part_make(&x, text, (uint8_t)i, &part);
		take(context, &part);
	}
	free(x.spans);
	return count;
}
