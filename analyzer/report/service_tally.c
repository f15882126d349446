/*
 * Counting by two keyed hashes, then sorting what was counted.
 *
 * SQLite would sort all rows several times over to say the same. Addresses are
 * looked up for the clients that are handed out, and where they decide which ones
 * these are.
 */
#include "report/service_tally.h"

#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "report/pair_map.h"

/* What is only needed while counting. */
struct counting {
	struct service_tally *t;
	struct report *r;
	struct pair_map services, clients;
	int room, client_count, client_room;
};

/* The index of the row's service, made when it is new. An index and not a
 * pointer: the list moves as it grows. */
static int
service_at(struct counting *c, const struct report_service *row)
{
	struct service_tally *t = c->t;
	int at = pair_map_put(&c->services, row->server, row->port, t->count);
	if (at >= 0)
		return at;
	if (t->count == c->room) {
		c->room = c->room == 0 ? 16 : 2 * c->room;
		t->services = memory_grow(
			t->services, (size_t)c->room, sizeof *t->services);
	}
	t->services[t->count] = (struct tally_service){
		.server = row->server,
		.port = row->port,
		.ip = report_host_name(c->r, row->server),
	};
	return t->count++;
}

/* The client's figures at the service; the pointer is good until the next
 * client is added. */
static struct tally_client *
client_at(struct counting *c, int service, int64_t client)
{
	struct service_tally *t = c->t;
	int at = pair_map_put(&c->clients, service, client, c->client_count);
	if (at >= 0)
		return &t->clients[at];
	if (c->client_count == c->client_room) {
		c->client_room = c->client_room == 0 ? 64 : 2 * c->client_room;
		t->clients = memory_grow(
			t->clients, (size_t)c->client_room, sizeof *t->clients);
	}
	t->clients[c->client_count] =
		(struct tally_client){.service = service, .client = client};
	return &t->clients[c->client_count++];
}

/* Count a verdict of the service; there are some fifteen, so that a list will
 * do. */
static void
ending_count(struct counting *c, struct tally_service *x,
	const struct report_service *row)
{
	for (int i = 0; i < x->ending_count; i++)
		if (strcmp(x->endings[i].verdict, row->verdict) == 0) {
			x->endings[i].count += row->count + row->alike;
			return;
		}
	x->endings = memory_grow(
		x->endings, (size_t)x->ending_count + 1, sizeof *x->endings);
	x->endings[x->ending_count++] = (struct tally_ending){
		report_keep(c->r, row->verdict), row->count + row->alike};
}

/* A row is one verdict of one client at one service; its numbers go to both. */
static void
row_count(struct counting *c, const struct report_service *row)
{
	int service = service_at(c, row);
	struct tally_service *x = &c->t->services[service];
	struct tally_client *k = client_at(c, service, row->client);
	ending_count(c, x, row);
	x->attempts += row->count + row->alike;
	x->failed += row->failed + (row->failed ? row->alike : 0);
	x->undecided += row->undecided + (row->undecided ? row->alike : 0);
	k->attempts += row->count;
	k->failed += row->failed;
	k->undecided += row->undecided;
}

/* The larger first. */
static int
by_number(int64_t a, int64_t b)
{
	return (a < b) - (a > b);
}

/* By bytes, for qsort. */
static int
by_name(const void *a, const void *b)
{
	return strcmp(((const struct tally_ending *)a)->verdict,
		((const struct tally_ending *)b)->verdict);
}

/* Worst first; addresses and ports make the order complete, so that it is the
 * evidence's alone. */
static int
by_failures(const void *a, const void *b)
{
	const struct tally_service *x = a, *y = b;
	int order = by_number(x->failed, y->failed);
	if (order == 0)
		order = by_number(x->attempts, y->attempts);
	if (order == 0)
		order = strcmp(x->ip, y->ip);
	return order != 0 ? order : by_number(y->port, x->port);
}

/* By service; then those with most failures, then those who tried most. */
static int
by_service(const void *a, const void *b)
{
	const struct tally_client *x = a, *y = b;
	int order = by_number(y->service, x->service);
	if (order == 0)
		order = by_number(x->failed, y->failed);
	return order != 0 ? order : by_number(x->attempts, y->attempts);
}

/* Of clients that fared the same, by address. */
static int
by_address(const void *a, const void *b)
{
	const struct tally_client *x = a, *y = b;
	int order = by_service(x, y);
	return order != 0 ? order : strcmp(x->ip, y->ip);
}

/* Put the first clients of a service into their order. Who is as good as the last
 * of them has to be looked at as well. */
static void
clients_order(struct report *r, struct tally_client *list, int count, int most)
{
	int end = count < most ? count : most;
	while (end < count && by_service(&list[end - 1], &list[end]) == 0)
		end++;
	for (int i = 0; i < end; i++) {
		list[i].ip = report_host_name(r, list[i].client);
		if (list[i].ip == NULL)
			list[i].ip = "";
	}
	qsort(list, (size_t)end, sizeof *list, by_address);
}

/* Hand each service its clients. */
static void
clients_share_out(struct counting *c, int most)
{
	struct tally_client *list = c->t->clients;
	if (c->client_count > 0)
		qsort(list, (size_t)c->client_count, sizeof *list, by_service);
	for (int from = 0, end; from < c->client_count; from = end) {
		struct tally_service *x = &c->t->services[list[from].service];
		end = from;
		while (end < c->client_count &&
			list[end].service == list[from].service)
			end++;
		clients_order(c->r, &list[from], end - from, most);
		x->clients = &list[from];
		x->clients_in_all = end - from;
		x->client_count = end - from < most ? end - from : most;
	}
}

/* Clients are shared out before services are sorted, while they still know
 * their service by its index. */
void
service_tally_read(struct service_tally *t, struct report *r, int clients_max)
{
	struct counting c = {.t = t, .r = r};
	struct report_service row;
	*t = (struct service_tally){0};
	c.services.keys = c.clients.keys = hash_keys_random();
	report_begin_id(r, QUERY_SERVICES, !r->all_judged);
	while (report_service_read(r, QUERY_SERVICES, &row))
		row_count(&c, &row);
	clients_share_out(&c, clients_max);
	for (int i = 0; i < t->count; i++) {
		struct tally_service *x = &t->services[i];
		qsort(x->endings, (size_t)x->ending_count, sizeof *x->endings,
			by_name);
		if (x->ip == NULL)
			x->ip = "";
	}
	if (t->count > 0)
		qsort(t->services, (size_t)t->count, sizeof *t->services,
			by_failures);
	pair_map_release(&c.services);
	pair_map_release(&c.clients);
}

/* The addresses belong to the report. */
void
service_tally_release(struct service_tally *t)
{
	for (int i = 0; i < t->count; i++)
		free(t->services[i].endings);
	free(t->services);
	free(t->clients);
}
