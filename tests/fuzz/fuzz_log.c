/*
 * Any bytes as a log: the first byte names the family, the rest is the file.
 *
 * Twice, as one window and in windows that grow by a few bytes: the reader must
 * give the same records and the scan the same events. Windows are exact heap
 * blocks, and every view is read, so that sanitizers see one byte too far.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "fuzz_run.h"

#include "parsers/patterns/scan.h"

/* Larger inputs would be slow in small steps, and show nothing new. */
#define FILE_MAX 4096

static const struct pattern_set *set;

static void
mix_record(uint64_t *hash, const struct log_record *r)
{
	const struct view views[] = {
		r->raw, r->host, r->tag, r->pid, r->message};
	for (size_t i = 0; i < sizeof views / sizeof *views; i++) {
		hash_mix(hash, &views[i].len, sizeof views[i].len);
		hash_mix(hash, views[i].data, views[i].len);
	}
	hash_mix(hash, &r->line, sizeof r->line);
	hash_mix(hash, &r->lines, sizeof r->lines);
	hash_mix(hash, &r->offset, sizeof r->offset);
	hash_mix(hash, &r->time.ns, sizeof r->time.ns);
	hash_mix(hash, &r->time.kind, sizeof r->time.kind);
	hash_mix(hash, &r->second.ns, sizeof r->second.ns);
	require(r->family < LOG_FAMILY_COUNT && r->inner < LOG_FAMILY_COUNT);
	require(r->repeat >= 1 && r->lines >= 1);
}

static void
mix_event(void *context, const struct log_event *e)
{
	uint64_t *hash = context;
	hash_mix(hash, e->pattern->event, strlen(e->pattern->event));
	hash_mix(hash, &e->record->line, sizeof e->record->line);
	hash_mix(hash, &e->record->time.ns, sizeof e->record->time.ns);
	hash_mix(hash, &e->count, sizeof e->count);
	for (size_t i = 0; i < e->fields_count; i++)
		hash_mix(hash, e->fields[i].value.data, e->fields[i].value.len);
	require(e->count >= 1);
}

/* Windows of step more bytes each; returns a hash of all that came out. */
static uint64_t
run(enum log_family family, const uint8_t *data, size_t size, size_t step)
{
	uint64_t hash = FNV_START;
	struct log_reader *reader = log_new(family);
	struct log_scanner *scanner =
		log_scanner_new(set, view_of(data, size), "");
	size_t read_at = 0;
	size_t scan_at = 0;
	size_t have = 0;
	uint64_t events = FNV_START;
	do {
		have = have + step < size ? have + step : size;
		size_t first = read_at < scan_at ? read_at : scan_at;
		uint8_t *exact = malloc(have - first + 1);
		require(exact != NULL);
		memcpy(exact, data + first, have - first);
		struct view w =
			view_of(exact + (read_at - first), have - read_at);
		struct log_record record;
		while (log_next(reader, &w, have == size, &record) ==
			LOG_RECORD)
			mix_record(&hash, &record);
		read_at = have - w.len;
		w = view_of(exact + (scan_at - first), have - scan_at);
		log_scan(scanner, &w, have == size, mix_event, &events);
		scan_at = have - w.len;
		free(exact);
	} while (have < size);
	const struct log_summary *sum = log_summary(reader);
	require(sum->bytes == size);
	require(sum->lines == sum->recognised + sum->other);
	require(log_scan_summary(scanner)->bytes == size);
	require(log_scan_summary(scanner)->lines == sum->lines ||
		log_scan_summary(scanner)->guess.family != family);
	log_free(reader);
	log_scanner_free(scanner);
	hash_mix(&hash, &events, sizeof events);
	return hash;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (set == NULL) {
		struct problems problems = {0};
		struct pattern_set *own = pattern_set_new();
		require(pattern_set_add_embedded(own, &problems));
		pattern_set_seal(own);
		set = own;
	}
	if (size == 0)
		return 0;
	enum log_family family =
		(enum log_family)(data[0] % (int)LOG_FAMILY_COUNT);
	size_t n = size - 1 < FILE_MAX ? size - 1 : FILE_MAX;
	uint64_t whole = run(family, data + 1, n, n + 1);
	require(run(family, data + 1, n, 1 + n / 7) == whole);
	if (n < 300)
		require(run(family, data + 1, n, 1) == whole);
	return 0;
}
