/*
 * The services of report.json's summary: how the attempts to each ended.
 *
 * Shares need the number of all attempts, and the attempts that went well are
 * not listed; so the totals stand here, and those of each client: whether a
 * service fares better is asked of the same clients. `lostsyn diff` compares by
 * them.
 *
 * Costs a pass over all attempts.
 */
#include "report/json_sections.h"

#include <stdlib.h>
#include <string.h>

#include "report/service_words.h"

/* Beyond these, which are those with most failures, they are only counted. */
#define SERVICES_MAX 200

/* Clients of one service; more are only counted. */
#define CLIENTS_MAX 500

/* A client of the service that is being written. */
struct client {
	int64_t attempts, failed, undecided;
	const char *ip;
};

struct ending {
	const char *verdict;
	int64_t count;
};

struct service {
	int64_t server, port, attempts, failed, undecided;
	const char *ip;
	struct ending *endings; /* by name; owned */
	int ending_count;
	struct client client[CLIENTS_MAX]; /* as they come, worst first */
	int client_count;
	int64_t clients;     /* with those that are left out */
	int64_t last_client; /* host.id */
};

static int
by_name(const void *a, const void *b)
{
	return strcmp(((const struct ending *)a)->verdict,
		((const struct ending *)b)->verdict);
}

static void
write_client(struct json_writer *w, const struct client *c)
{
	jsonw_object(w, NULL);
	jsonw_text(w, "ip", c->ip);
	jsonw_int(w, "attempts", c->attempts);
	jsonw_int(w, "failed", c->failed);
	jsonw_int(w, "undecided", c->undecided);
	jsonw_end(w);
}

/* Write the service that was being added up, if there is one. Rows come in the
 * order of services, so that one at a time is held. */
static void
service_end(struct json_writer *w, struct service *x)
{
	if (x->ip == NULL)
		return;
	qsort(x->endings, (size_t)x->ending_count, sizeof *x->endings, by_name);
	jsonw_object(w, NULL);
	jsonw_object(w, "server");
	jsonw_text(w, "ip", x->ip);
	jsonw_int(w, "port", x->port);
	jsonw_end(w);
	jsonw_int(w, "attempts", x->attempts);
	jsonw_int(w, "failed", x->failed);
	jsonw_object(w, "by_verdict");
	for (int i = 0; i < x->ending_count; i++)
		jsonw_int(w, x->endings[i].verdict, x->endings[i].count);
	jsonw_end(w);
	jsonw_int(w, "undecided", x->undecided);
	jsonw_array(w, "by_client");
	for (int i = 0; i < x->client_count; i++)
		write_client(w, &x->client[i]);
	jsonw_end(w);
	jsonw_int(w, "clients_left_out", x->clients - x->client_count);
	jsonw_end(w);
	x->ip = NULL;
}

/* Begin to add up a service. */
static void
service_begin(
	struct service *x, struct report *r, const struct report_service *s)
{
	x->server = s->server;
	x->port = s->port;
	x->ip = report_keep(r, s->ip);
	x->attempts = s->attempts;
	x->failed = s->failed;
	x->undecided = 0;
	x->ending_count = x->client_count = 0;
	x->clients = 0;
	x->last_client = -1;
}

/* Count a verdict of the service; there are some fifteen, so that a list will
 * do. */
static void
count_ending(
	struct service *x, struct report *r, const struct report_service *s)
{
	for (int i = 0; i < x->ending_count; i++)
		if (strcmp(x->endings[i].verdict, s->verdict) == 0) {
			x->endings[i].count += s->count;
			return;
		}
	x->endings = memory_grow(
		x->endings, (size_t)x->ending_count + 1, sizeof *x->endings);
	x->endings[x->ending_count++] =
		(struct ending){report_keep(r, s->verdict), s->count};
}

/* The rows of one client follow each other. */
static void
count_client(
	struct service *x, struct report *r, const struct report_service *s)
{
	if (s->client != x->last_client) {
		x->last_client = s->client;
		if (x->clients++ < CLIENTS_MAX)
			x->client[x->client_count++] =
				(struct client){.attempts = s->client_attempts,
					.failed = s->client_failed,
					.ip = report_keep(r, s->client_ip)};
	}
	if (x->clients <= CLIENTS_MAX)
		x->client[x->client_count - 1].undecided += s->undecided;
}

void
json_write_services(struct json_writer *w, struct report *r)
{
	struct service *x = memory_take(1, sizeof *x);
	struct report_service s;
	int64_t services = 0;
	*x = (struct service){.server = -1};
	jsonw_array(w, "services");
	report_begin_id(r, QUERY_SERVICES, !r->all_judged);
	while (report_service_read(r, QUERY_SERVICES, &s)) {
		if (s.server != x->server || s.port != x->port) {
			service_end(w, x);
			service_begin(x, r, &s);
			if (++services > SERVICES_MAX)
				x->ip = NULL;
		}
		if (x->ip == NULL)
			continue;
		x->undecided += s.undecided;
		count_ending(x, r, &s);
		count_client(x, r, &s);
	}
	service_end(w, x);
	jsonw_end(w);
	jsonw_int(w, "services_left_out",
		services > SERVICES_MAX ? services - SERVICES_MAX : 0);
	free(x->endings);
	free(x);
}

/* The piece of evidence that decides, or null. */
static void
write_deciding(
	struct json_writer *w, struct report *r, const struct service_sum *s)
{
	char text[WORDS_MAX], place[WORDS_MAX];
	services_evidence(r, s, text, place);
	if (!text[0]) {
		jsonw_null(w, "deciding_evidence");
		return;
	}
	struct evidence_at at = services_evidence_at(r, s);
	jsonw_object(w, "deciding_evidence");
	jsonw_count(w, "source", at.source);
	if (at.line >= 0)
		jsonw_int(w, at.is_capture ? "frame" : "line", at.line);
	jsonw_text(w, "text", text);
	jsonw_end(w);
}

/* A row of the first screen, with the same figures. */
static void
write_service(
	struct json_writer *w, struct report *r, const struct service_sum *s)
{
	jsonw_object(w, NULL);
	jsonw_text(w, "address", s->ip);
	jsonw_int(w, "port", s->port);
	jsonw_int(w, "attempts", s->attempts);
	jsonw_int(w, "failed", s->failed);
	jsonw_int(w, "slow", s->slow);
	jsonw_int(w, "reported", s->reported);
	jsonw_text(w, "verdict",
		s->verdict < 0 ? NULL : r->verdicts[s->verdict].verdict);
	jsonw_text(w, "confidence", s->confidence);
	if (s->finding < 0)
		jsonw_null(w, "finding");
	else
		jsonw_int(w, "finding", r->services.findings[s->finding].id);
	write_deciding(w, r, s);
	jsonw_time(w, "first", s->first_ns);
	jsonw_time(w, "last", s->last_ns);
	jsonw_int(w, "undecided", s->undecided);
	jsonw_int(w, "clients", s->clients);
	jsonw_end(w);
}

void
json_write_service_list(struct json_writer *w, struct report *r)
{
	const struct report_services *x = &r->services;
	jsonw_array(w, "services");
	for (int i = 0; i < x->count && i < SERVICES_MAX; i++)
		write_service(w, r, &x->list[i]);
	jsonw_end(w);
}
