/*
 * The rungs of an attempt's ladder, packet by packet. Each says no more than its
 * rung: a copy is "not in" a capture only with what that proves. Costs what a
 * ladder costs, and no memory beyond it.
 *
 *	attempt 17: SYN of the client, copy 2 of 3; also seen at server (frame
 *	121); dropped by that host; verdict syn-dropped-by-server, certain
 */
#include "report/packet_notes.h"

#include <inttypes.h>
#include <string.h>

#include "base/ip.h"
#include "model/verdict.h"
#include "report/ladder.h"
#include "report/sentences.h"

/* How the attempt is called at a column. */
struct tuple {
	bool seen;
	char client_ip[IP_TEXT_MAX], server_ip[IP_TEXT_MAX];
	int64_t client_port, server_port;
};

struct notes {
	struct report *r;
	const struct report_attempt *attempt;
	struct ladder ladder;
	struct tuple tuples[LADDER_COLUMNS_MAX];
};

/* The addresses that packets of the attempt have at a vantage. */
static void
tuple_read(struct tuple *t, const struct report_view *v)
{
	t->seen = v->client_ip != NULL && v->server_ip != NULL;
	if (!t->seen)
		return;
	snprintf(t->client_ip, sizeof t->client_ip, "%s", v->client_ip);
	snprintf(t->server_ip, sizeof t->server_ip, "%s", v->server_ip);
	t->client_port = v->client_port;
	t->server_port = v->server_port;
}

/* The same for all columns of the ladder. */
static void
tuples_read(struct notes *n)
{
	struct report_view v;
	report_views_begin(n->r, n->attempt->id);
	while (report_view_next(n->r, &v))
		for (int c = 0; c < n->ladder.column_count; c++) {
			if (n->ladder.columns[c].vantage == v.vantage && v.seen)
				tuple_read(&n->tuples[c], &v);
		}
}

/* Which segment it is, and which of its copies. */
static void
say_copy(char text[WORDS_MAX], const struct ladder *l,
	const struct ladder_rung *g)
{
	int copies = 0;
	for (int i = 0; i < l->rung_count; i++)
		copies += l->rungs[i].word == g->word &&
			l->rungs[i].to_server == g->to_server;
	words_append(text, "%s of the %s", g->word,
		g->to_server ? "client" : "server");
	/* Of a single copy its number says nothing. */
	if (copies > 1)
		words_append(text, ", copy %d of %s%d", g->repeat + 1,
			l->more > 0 ? "at least " : "", copies);
}

/* Where else this copy was seen. */
static void
say_seen(char text[WORDS_MAX], const struct ladder *l,
	const struct ladder_rung *g, int here)
{
	for (int c = 0; c < l->column_count; c++) {
		if (c == here || !g->dots[c].seen)
			continue;
		words_append(text, "; also seen at %s", l->columns[c].name);
		if (g->dots[c].frame > 0)
			words_append(
				text, " (frame %" PRId64 ")", g->dots[c].frame);
	}
}

/* What became of it, and what a capture without it proves. */
static void
say_fate(char text[WORDS_MAX], const struct ladder *l,
	const struct ladder_rung *g)
{
	const char *next = l->columns[ladder_towards(l, g)].name;
	int origin = g->to_server ? 0 : l->column_count - 1;
	switch (g->fate) {
	case LADDER_ARRIVED:
		if (g->dropped)
			words_append(text, "; dropped by that host");
		break;
	case LADDER_LOST:
		words_append(text, "; not in the %s's capture, which covers it",
			next);
		break;
	case LADDER_UNSEEN:
		words_append(text,
			"; not in the %s's capture, which proves nothing here",
			next);
		break;
	case LADDER_UNCAPTURED:
		words_append(text, "; nobody captured at the %s", next);
		break;
	}
	if (g->stray && l->columns[origin].vantage >= 0)
		words_append(text,
			"; not in the capture of the %s, which sent it%s",
			l->columns[origin].name,
			g->stray_sure ? ": that one covers it" : "");
}

/* Are the ends called the same at both? */
static bool
same_tuple(const struct tuple *a, const struct tuple *b)
{
	return strcmp(a->client_ip, b->client_ip) == 0 &&
		strcmp(a->server_ip, b->server_ip) == 0 &&
		a->client_port == b->client_port &&
		a->server_port == b->server_port;
}

/* Another column knows the attempt by other names. */
static void
say_translated(char text[WORDS_MAX], const struct notes *n, int here)
{
	const struct tuple *mine = &n->tuples[here];
	char from[WORDS_MAX], to[WORDS_MAX];
	for (int c = 0; c < n->ladder.column_count; c++) {
		const struct tuple *t = &n->tuples[c];
		/* Names are told only where they differ: a note must be read in
		 * one line. */
		if (!t->seen || same_tuple(mine, t))
			continue;
		words_append(text, "; translated: at %s it is %s -> %s",
			n->ladder.columns[c].name,
			words_endpoint(t->client_ip, t->client_port, from),
			words_endpoint(t->server_ip, t->server_port, to));
	}
}

/* An undetermined one has no confidence that would say anything. */
static void
say_verdict(char text[WORDS_MAX], const struct report_attempt *a)
{
	words_append(text, "; verdict %s", a->verdict);
	if (strcmp(a->verdict, VERDICT_UNDETERMINED) != 0)
		words_append(text, ", %s", a->confidence);
}

/* The comment for one packet: which attempt, which copy, where else it was
 * seen, and the verdict. */
static void
note_dot(const struct notes *n, const struct ladder_rung *g, int c,
	packet_note_sink *sink, void *context)
{
	const struct tuple *t = &n->tuples[c];
	char text[WORDS_MAX] = "";
	/* No packet at this column to put a note beside. */
	if (!g->dots[c].seen || !t->seen)
		return;
	words_append(text, "attempt %" PRId64 ": ", n->attempt->id);
	say_copy(text, &n->ladder, g);
	say_seen(text, &n->ladder, g, c);
	say_fate(text, &n->ladder, g);
	say_translated(text, n, c);
	say_verdict(text, n->attempt);
	const struct packet_note note = {
		.vantage = n->ladder.columns[c].vantage,
		.client_ip = t->client_ip,
		.server_ip = t->server_ip,
		.client_port = t->client_port,
		.server_port = t->server_port,
		.segment = g->word,
		.captured_ns = g->dots[c].captured_ns,
		.frame = g->dots[c].frame,
		.text = text,
	};
	sink(context, &note);
}

/* Notes come in the order of time; those of one copy in the order of the path. */
bool
packet_notes_read(struct report *r, int64_t attempt, packet_note_sink *sink,
	void *context, struct error *e)
{
	struct report_attempt a;
	report_begin_id(r, QUERY_ATTEMPT_ONE, attempt);
	if (report_attempt_next(r, QUERY_ATTEMPT_ONE, &a)) {
		struct notes n = {.r = r, .attempt = &a};
		ladder_read(r, &a, &n.ladder);
		tuples_read(&n);
		for (int i = 0; i < n.ladder.rung_count; i++)
			for (int c = 0; c < n.ladder.column_count; c++)
				note_dot(&n, &n.ladder.rungs[i], c, sink,
					context);
	}
	return r->trouble.kind == ERROR_NONE ||
		error_set(e, r->trouble.kind, "%s", r->trouble.text);
}
