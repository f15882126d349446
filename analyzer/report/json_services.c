/*
 * The services of report.json's summary: how the attempts to each ended.
 *
 * Shares need the number of all attempts, and the attempts that went well are
 * not listed; so the totals stand here, and those of each client: whether a
 * service fares better is asked of the same clients. `lostsyn diff` compares by
 * them.
 *
 * Costs a pass over all attempts.
 *
 *	{"server": {"ip", "port"}, "attempts", "failed", "by_verdict": {WORD: n},
 *	 "undecided", "by_client": [{"ip", "attempts", "failed", "undecided"}],
 *	 "clients_left_out"}
 */
#include "report/json_sections.h"

#include "report/service_tally.h"
#include "report/service_words.h"

/* Beyond these, which are those with most failures, they are only counted. */
#define SERVICES_MAX 200

/* Clients of one service; more are only counted. */
#define CLIENTS_MAX 500

/* A client's figures at the service that is being written. */
static void
write_client(struct json_writer *w, const struct tally_client *c)
{
	jsonw_object(w, NULL);
	jsonw_text(w, "ip", c->ip);
	jsonw_int(w, "attempts", c->attempts);
	jsonw_int(w, "failed", c->failed);
	jsonw_int(w, "undecided", c->undecided);
	jsonw_end(w);
}

/* The members of by_verdict and by_client stand as service_tally.h has them. */
static void
write_tally(struct json_writer *w, const struct tally_service *x)
{
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
		write_client(w, &x->clients[i]);
	jsonw_end(w);
	jsonw_int(w, "clients_left_out", x->clients_in_all - x->client_count);
	jsonw_end(w);
}

/* Services beyond SERVICES_MAX are counted and not written; so are clients beyond
 * CLIENTS_MAX. */
void
json_write_services(struct json_writer *w, struct report *r)
{
	struct service_tally t;
	service_tally_read(&t, r, CLIENTS_MAX);
	jsonw_array(w, "services");
	for (int i = 0; i < t.count && i < SERVICES_MAX; i++)
		write_tally(w, &t.services[i]);
	jsonw_end(w);
	jsonw_int(w, "services_left_out",
		t.count > SERVICES_MAX ? t.count - SERVICES_MAX : 0);
	service_tally_release(&t);
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

/* The rows of the first screen before they are put together, worst first. */
void
json_write_service_list(struct json_writer *w, struct report *r)
{
	const struct report_services *x = &r->services;
	jsonw_array(w, "services");
	for (int i = 0; i < x->count && i < SERVICES_MAX; i++)
		write_service(w, r, &x->list[i]);
	jsonw_end(w);
}
