/*
 * Numbering addresses in the order in which they are first asked for.
 */
#include "stitch/hosts.h"

#include <assert.h>
#include <stdlib.h>

#include "base/arena.h"

void
hosts_init(struct hosts *h, uint64_t most)
{
	*h = (struct hosts){.keys = hash_keys_random()};
	h->list = memory_take(most, sizeof *h->list);
	index_init(&h->index, most);
}

void
hosts_release(struct hosts *h)
{
	index_release(&h->index);
	free(h->list);
	*h = (struct hosts){0};
}

uint32_t
hosts_id(struct hosts *h, struct ip_addr ip)
{
	uint64_t key = hash_endpoint(h->keys, ip, 0);
	uint32_t id = index_find(&h->index, key);
	if (id != INDEX_NONE && ip_equal(h->list[id], ip))
		return id;
	id = h->count++;
	h->list[id] = ip;
	index_add(&h->index, key, id);
	return id;
}

static void
host_cell(void *context, int64_t row, int column, sqlite3_context *result)
{
	const struct hosts *h = context;
	char text[IP_TEXT_MAX];
	if (column == 0)
		sqlite3_result_int64(result, row);
	else
		sqlite3_result_text(result, ip_format(h->list[row], text), -1,
			SQLITE_TRANSIENT);
}

bool
hosts_write(const struct hosts *h, struct store *s, struct error *e)
{
	return store_append(s, "host", 2, h->count, host_cell, (void *)h, e);
}
