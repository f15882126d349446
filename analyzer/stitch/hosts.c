/*
 * Numbering addresses in the order in which they are first asked for.
 */
#include "stitch/hosts.h"

#include <assert.h>
#include <stdlib.h>

#include "base/arena.h"
#include "store/tables.h"

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

struct host_rows {
	const struct hosts *hosts;
	struct store_host row;
	char text[IP_TEXT_MAX];
};

static void
host_fill(void *context, int64_t number)
{
	struct host_rows *x = context;
	x->row.id = number;
	x->row.ip = ip_format(x->hosts->list[number], x->text);
}

bool
hosts_write(const struct hosts *h, struct store *s, struct error *e)
{
	struct host_rows x = {.hosts = h};
	return store_append_host(s, h->count, &x.row, host_fill, &x, e);
}
